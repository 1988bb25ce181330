"""Every feasible recipe of a region, as level indices in lexicographic order."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from designer.acquisition.candidates.levels import Levels
from designer.acquisition.candidates.mixtures import simplex_rows
from designer.acquisition.candidates.region import Columns, ProposalRegion
from designer.models.arrays import IntArray

RAW_LIMIT = 2_000_000  # combinations looked at before constraints; .5 s at most (measured)
_BLOCK = 1 << 17

Index = np.ndarray[tuple[int, int], np.dtype[np.int32]]


def enumerate_region(region: ProposalRegion, raw_limit: int = RAW_LIMIT) -> Index | None:
    """Level indices of every feasible recipe, ``[n, factors]``.

    Returns:
        No rows when nothing is feasible; None when a factor is continuous or there are more than
        ``raw_limit`` combinations before constraints.
    """
    if not region.is_listed():
        return None
    tables = _block_tables(region, raw_limit)
    if tables is None or math.prod(len(table) for table in tables) > raw_limit:
        return None
    kept = [index[_feasible(region, index)] for index in _combinations(region, tables)]
    return np.vstack(kept) if kept else np.zeros((0, len(region.levels)), dtype=np.int32)


def columns_at(choices: tuple[Levels, ...], index: Index) -> Columns:
    """Values of every factor at the given level indices."""
    return {choice.name: choice.values[index[:, k]] for k, choice in enumerate(choices)}


def listed(region: ProposalRegion) -> tuple[Levels, ...]:
    """The levels of a region without continuous factors."""
    return tuple(level for level in region.levels if isinstance(level, Levels))


def _feasible(region: ProposalRegion, index: Index) -> np.ndarray[Any, Any]:
    return region.feasible(columns_at(listed(region), index), len(index))


def _block_tables(region: ProposalRegion, limit: int) -> list[IntArray] | None:
    """Per block the level indices of its factors, ``[combinations, members]``."""
    totals = {tuple(mixture.factors): mixture.total for mixture in region.spec.mixtures}
    choices = listed(region)
    tables: list[IntArray] = []
    for block in region.blocks:
        members = [choices[k] for k in block]
        total = totals.get(tuple(member.name for member in members))
        if total is None:
            tables.append(np.arange(len(members[0]), dtype=np.int64)[:, None])
            continue
        rows = simplex_rows(members, total, limit)
        if rows is None:
            return None
        tables.append(rows)
    return tables


def _combinations(region: ProposalRegion, tables: list[IntArray]) -> Iterator[Index]:
    """The product of all blocks, in pieces."""
    sizes = tuple(len(table) for table in tables)
    for start in range(0, math.prod(sizes), _BLOCK):
        flat = np.arange(start, min(start + _BLOCK, math.prod(sizes)))
        index = np.empty((len(flat), len(region.levels)), dtype=np.int32)
        for table, block, rows in zip(
            tables, region.blocks, np.unravel_index(flat, sizes), strict=True
        ):
            index[:, list(block)] = table[rows]
        yield index
