"""One thread around our own numerics, the caller's setting put back afterwards.

Small matrices on many threads spin instead of compute: three small fits took 25.6 s on two busy
cores and 1.3 s on one thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit every BLAS and OpenMP pool of this process to one thread inside the block."""
    import numpy as np  # noqa: F401 - its BLAS must be loaded to be limited
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield
