"""Every recipe of a grid, by the numbers of its levels, with mixtures that sum up exactly.

Imports numpy, so nothing imports this module before recipes are listed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Index = np.ndarray[tuple[int, int], np.dtype[np.int32]]
"""Level indices, one row per recipe and one column per input."""

_BLOCK = 1 << 17  # recipes made together


@dataclass(frozen=True, eq=False)
class MixtureGrid:
    """Inputs whose levels, as whole numbers, must sum to a total.

    Attributes:
        places: columns of the members.
        levels: ascending whole numbers of every member, each ``[m]``.
        total: their sum.
    """

    places: tuple[int, ...]
    levels: Sequence[NDArray[np.int64]]
    total: int


def combinations(
    counts: Sequence[int], mixtures: Sequence[MixtureGrid], limit: int
) -> Iterator[Index] | None:
    """Level indices of every combination whose mixtures sum up, some at a time.

    Args:
        counts: number of levels of every input.
        mixtures: inputs that are chosen together; none is in two of them.
        limit: give up beyond this many combinations.

    Returns:
        Blocks ``[n, inputs]`` in lexicographic order (members of a mixture count as one, in its
        order, at the place of its first); None when there are more than ``limit``.
    """
    leading = {mixture.places[0]: mixture for mixture in mixtures}
    mixed = {place for mixture in mixtures for place in mixture.places}
    tables: list[tuple[tuple[int, ...], NDArray[np.int64]]] = []
    for place, count in enumerate(counts):
        if place in leading:
            rows = rows_that_sum(leading[place].levels, leading[place].total, limit)
            if rows is None:
                return None
            tables.append((leading[place].places, rows))
        elif place not in mixed:
            tables.append(((place,), np.arange(count, dtype=np.int64)[:, None]))
    if math.prod(len(rows) for _, rows in tables) > limit:
        return None
    return _product(tables, len(counts))


def _product(
    tables: Sequence[tuple[tuple[int, ...], NDArray[np.int64]]], inputs: int
) -> Iterator[Index]:
    """The product of all tables, in pieces."""
    sizes = tuple(len(rows) for _, rows in tables)
    for start in range(0, math.prod(sizes), _BLOCK):
        flat = np.arange(start, min(start + _BLOCK, math.prod(sizes)))
        index = np.empty((len(flat), inputs), dtype=np.int32)
        for (places, rows), at in zip(tables, np.unravel_index(flat, sizes), strict=True):
            index[:, list(places)] = rows[at]
        yield index


def rows_that_sum(
    members: Sequence[NDArray[np.int64]], total: int, limit: int
) -> NDArray[np.int64] | None:
    """Every combination of levels that sums to the total, in lexicographic order.

    Args:
        members: ascending whole numbers of every member, each ``[m]``.
        total: what they sum to.
        limit: give up beyond this many rows.

    Returns:
        Level indices ``[rows, members]`` (no rows: nothing sums to the total), or None when
        there are more than ``limit``.
    """
    rows = np.zeros((1, 0), dtype=np.int64)
    sums = np.zeros(1, dtype=np.int64)
    for place, levels in enumerate(members):
        rest = members[place + 1 :]
        least = total - sum(int(other[-1]) for other in rest)  # what the rest can still reach
        most = total - sum(int(other[0]) for other in rest)
        first = np.searchsorted(levels, least - sums)
        count = np.searchsorted(levels, most - sums, side="right") - first
        if count.sum() > limit:
            return None
        row = np.repeat(np.arange(len(rows)), count)
        level = np.arange(len(row)) + np.repeat(first - np.cumsum(count) + count, count)
        rows, sums = np.hstack([rows[row], level[:, None]]), sums[row] + levels[level]
    return rows
