"""Fractions that sum to a total, exactly: every point of the simplex grid, or a sample of it.

All sums are taken in whole numbers (multiples of the finest decimal), so 0.1 + 0.2 is 0.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from designer.acquisition.candidates.levels import FactorValues, Levels, multiples
from designer.campaigns.values.numbers import decimals_of, whole
from designer.models.arrays import BoolArray, FloatArray, IntArray


def common_decimals(members: Sequence[FactorValues], total: Decimal) -> int:
    """Decimals in which every member and the total are whole numbers."""
    return max(decimals_of(total), *(max(0, member.decimals) for member in members))


def whole_numbers(members: Sequence[Levels], total: Decimal) -> tuple[list[IntArray], int]:
    """The members' values and the total in units of their last common decimal."""
    decimals = common_decimals(members, total)
    return [multiples(member.values, decimals) for member in members], whole(total, decimals)


def simplex_sample(
    members: Sequence[FactorValues], total: Decimal, u: FloatArray
) -> tuple[IntArray, IntArray, int]:
    """Points of the simplex, uniform for uniform ``u``, snapped to the members' grids.

    The gaps between sorted uniform numbers are uniform on the simplex (Devroye 1986, ch. V.2),
    here on the smaller one of those above the lower and below the upper bounds. The member with
    the finest grid takes what the others leave.

    Args:
        members: numeric factors; a continuous one takes any remainder within its bounds.
        total: what the values sum to.
        u: uniform numbers, ``[n, members - 1]`` (some stay unused when members are fixed).

    Returns:
        The rows of ``u`` that gave a point every machine can set, ``[kept]``; the values as
        multiples of ``10**-decimals``, ``[kept, members]``; ``decimals``.
    """
    decimals = common_decimals(members, total)
    grids = [_grid(member, decimals) for member in members]
    goal = whole(total, decimals)
    free = [place for place, grid in enumerate(grids) if len(grid) > 1]
    # a continuous member takes the remainder, else the one with the finest grid
    coarse = {p: (isinstance(members[p], Levels), int(np.diff(grids[p]).min())) for p in free}
    taker = min(free, key=lambda p: coarse[p], default=0)
    out = np.empty((len(u), len(members)), dtype=np.int64)
    out[:] = [grid[0] for grid in grids]
    keep = np.ones(len(u), dtype=np.bool_)
    if free:
        room = goal - sum(int(grid[0]) for grid in grids if len(grid) == 1)
        wanted = _on_simplex([grids[place] for place in free], room, u[:, : len(free) - 1])
        for column, place in enumerate(free):
            out[:, place] = _snap(wanted[:, column], grids[place])
            keep &= _near(wanted[:, column], grids[place])
    others = np.arange(len(members)) != taker
    out[:, taker] = goal - out[:, others].sum(axis=1)
    rest, grid = out[:, taker], grids[taker]
    keep &= (rest >= grid[0]) & (rest <= grid[-1])
    if isinstance(members[taker], Levels):
        keep &= np.isin(rest, grid)
    return np.flatnonzero(keep), out[keep], decimals


def _on_simplex(grids: Sequence[IntArray], room: int, u: FloatArray) -> FloatArray:
    """Points that sum to ``room``, uniform on the simplex at the lower or the upper bounds."""
    n = len(u)
    gaps = np.diff(np.hstack([np.zeros((n, 1)), np.sort(u, axis=1), np.ones((n, 1))]), axis=1)
    lows = np.array([grid[0] for grid in grids], dtype=np.float64)
    highs = np.array([grid[-1] for grid in grids], dtype=np.float64)
    if highs.sum() - room < room - lows.sum():
        return np.asarray(highs - gaps * (highs.sum() - room))
    return np.asarray(lows + gaps * (room - lows.sum()))


def _grid(member: FactorValues, decimals: int) -> IntArray:
    """Allowed multiples; of a continuous member its fine grid."""
    if isinstance(member, Levels):
        return multiples(member.values, decimals)
    factor = 10 ** (decimals - member.decimals)
    return np.asarray(np.arange(member.low, member.high + 1, dtype=np.int64) * factor)


def _snap(wanted: FloatArray, grid: IntArray) -> IntArray:
    """Nearest allowed multiples."""
    right = np.clip(np.searchsorted(grid, wanted), 1, len(grid) - 1)
    left_is_nearer = wanted - grid[right - 1] <= grid[right] - wanted
    return np.asarray(np.where(left_is_nearer, grid[right - 1], grid[right]))


def _near(wanted: FloatArray, grid: IntArray) -> BoolArray:
    """Not more than half a step outside the bounds (else the ends would be crowded)."""
    first, last = (grid[1] - grid[0]) / 2, (grid[-1] - grid[-2]) / 2
    return np.asarray((wanted >= grid[0] - first) & (wanted <= grid[-1] + last))
