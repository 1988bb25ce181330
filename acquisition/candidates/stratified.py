"""Drawing a few points that stand for many: stratified along a space-filling curve.

Candidates are put in Morton order (neighbours in the list are neighbours in the region), the
list is cut into pieces of equal weight and one point is drawn from each: uniform over the
feasible recipes, however odd their region, with far less scatter than independent draws.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from designer.models.arrays import FloatArray, IntArray

_BITS = 10  # per factor at most: 1024 cells, finer than any strata used here


def morton_order(
    index: np.ndarray[tuple[int, int], np.dtype[np.int32]], sizes: Sequence[int]
) -> IntArray:
    """Order in which neighbours are alike (Morton 1966: bits of all coordinates interleaved).

    Args:
        index: level indices, ``[n, factors]``.
        sizes: number of levels per factor.
    """
    bits = max(1, min(_BITS, 62 // max(1, len(sizes))))
    cells = [
        index[:, k].astype(np.int64) * ((1 << bits) - 1) // (size - 1)
        for k, size in enumerate(sizes)
        if size > 1
    ]
    key = np.zeros(len(index), dtype=np.int64)
    for bit in range(bits - 1, -1, -1):
        for cell in cells[: 62 // bits]:
            key = (key << 1) | ((cell >> bit) & 1)
    return np.argsort(key, kind="stable").astype(np.int64)


def draw(order: IntArray, weights: FloatArray, count: int, rng: np.random.Generator) -> IntArray:
    """``count`` rows drawn in proportion to their weights, one from every stratum.

    Args:
        order: rows, neighbours next to each other, ``[n]``.
        weights: weight per row (not per place in the order), ``[n]``; not all zero.
        count: number of strata.
        rng: source of the jitter.
    """
    cumulated = np.cumsum(weights[order])
    at = (np.arange(count) + rng.random(count)) / count * cumulated[-1]
    place = np.searchsorted(cumulated, at, side="right")
    return np.asarray(order[np.minimum(place, len(order) - 1)])
