"""Every feasible recipe of a region, as level indices in lexicographic order."""

from __future__ import annotations

import numpy as np

from designer.acquisition.candidates.levels import Levels
from designer.acquisition.candidates.mixtures import whole_numbers
from designer.acquisition.candidates.region import Columns, ProposalRegion
from designer.campaigns.space.lattice import Index, MixtureGrid, combinations

RAW_LIMIT = 2_000_000  # combinations looked at before constraints; .5 s at most (measured)


def enumerate_region(region: ProposalRegion, raw_limit: int = RAW_LIMIT) -> Index | None:
    """Level indices of every feasible recipe, ``[n, factors]``.

    Returns:
        No rows when nothing is feasible; None when a factor is continuous or there are more than
        ``raw_limit`` combinations before constraints.
    """
    if not region.is_listed():
        return None
    levels = listed(region)
    mixtures = []
    for mixture in region.spec.mixtures:
        places = tuple(region.names.index(name) for name in mixture.factors)
        members = [levels[k] for k in places]
        mixtures.append(MixtureGrid(places, *whole_numbers(members, mixture.total)))
    blocks = combinations([len(level) for level in levels], mixtures, raw_limit)
    if blocks is None:
        return None
    kept = [index[region.feasible(columns_at(levels, index), len(index))] for index in blocks]
    return np.vstack(kept) if kept else np.zeros((0, len(levels)), dtype=np.int32)


def columns_at(levels: tuple[Levels, ...], index: Index) -> Columns:
    """Values of every factor at the given level indices."""
    return {level.name: level.values[index[:, k]] for k, level in enumerate(levels)}


def listed(region: ProposalRegion) -> tuple[Levels, ...]:
    """The levels of a region without continuous factors."""
    return tuple(level for level in region.levels if isinstance(level, Levels))
