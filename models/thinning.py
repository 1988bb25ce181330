"""Long histories: as many rows of earlier lines as an exact Gaussian process can afford.

Rows are picked one after the other, each farthest in the encoded space from those already picked
(Gonzalez 1985), so that what is left out lies close to what is kept. The target's rows all stay.
"""

from __future__ import annotations

import numpy as np

from designer.models.arrays import FloatArray, IntArray
from designer.models.data import ResponseData

MOST_ROWS = 600  # of all earlier lines together: about 1 s CPU per response (measured)


def thin(data: ResponseData) -> tuple[IntArray, tuple[str, ...]]:
    """Rows to learn from, ascending, and what the user should know about the others."""
    everything = np.arange(len(data.y))
    codes, counts = np.unique(data.line[data.line > 0], return_counts=True)
    shares = _shares(counts, MOST_ROWS)
    if (shares == counts).all():
        return everything, ()
    kept = [np.flatnonzero(data.line <= 0)]
    for code, share in zip(codes, shares, strict=True):
        rows = np.flatnonzero(data.line == code)
        kept.append(rows[_spread_out(data.X[rows], int(share))])
    rows = np.sort(np.concatenate(kept))
    message = (
        f"{data.name}: {len(data.y) - len(rows)} of {int(counts.sum())} rows of earlier lines are"
        " left out because others lie close to them"
    )
    return rows, (message,)


def _shares(counts: IntArray, total: int) -> IntArray:
    """Rows per line: all of short lines, the rest shared equally among the long ones."""
    shares = np.zeros_like(counts)
    left = total
    for done, k in enumerate(np.argsort(counts, kind="stable")):
        shares[k] = min(int(counts[k]), left // (len(counts) - done))
        left -= int(shares[k])
    return shares


def _spread_out(X: FloatArray, count: int) -> IntArray:
    """Indices ``[count]`` of points far from each other; the first is nearest to the mean."""
    if count >= len(X):
        return np.arange(len(X))
    picked = [int(np.argmin(np.square(X - X.mean(axis=0)).sum(axis=1)))]
    distance = np.full(len(X), np.inf)
    while len(picked) < count:
        np.minimum(distance, np.square(X - X[picked[-1]]).sum(axis=1), out=distance)
        distance[picked[-1]] = -1.0  # replicates of it are at distance 0 and may still come
        picked.append(int(np.argmax(distance)))
    return np.array(picked, dtype=np.int64)
