"""Nearest settings among the rows of a response."""

from __future__ import annotations

import numpy as np

from designer.models.arrays import FloatArray, IntArray


def nearest_others(X: FloatArray, asked: IntArray, count: int) -> IntArray:
    """The rows nearest to some, themselves left out, ``[k, m]`` with m ≤ ``count``.

    Args:
        X: encoded settings, ``[n, D]``, n ≥ 2.
        asked: rows asked about, ``[k]``.
        count: how many of each.
    """
    from scipy.spatial import KDTree  # loads long, and is rarely needed

    wanted = min(count + 1, len(X))
    found = KDTree(X).query(X[asked], k=wanted)[1].reshape(len(asked), wanted)
    own = found == asked[:, None]
    own[~own.any(axis=1), -1] = True  # among many equal settings the row itself may be missing
    return np.asarray(found[~own].reshape(len(asked), wanted - 1), dtype=np.int64)
