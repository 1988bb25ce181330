"""Looking through many values without the garbage collector looking through all objects again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Work without garbage collections.

    For work that makes many small objects of which none is garbage: collections find nothing, and
    took a third of loading a long log and most of looking at its results.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
