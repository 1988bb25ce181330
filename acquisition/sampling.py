"""Feasible recipes of a region too large to list, or with continuous factors.

Scrambled Sobol points (Owen 1998) snapped to what the machines can set; the infeasible are
dropped, duplicates merged, and drawing goes on until there are enough.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from designer.acquisition.levels import Choice, Continuum, floats
from designer.acquisition.mixtures import simplex_rows, simplex_sample
from designer.acquisition.region import Columns, Region
from designer.models.arrays import FloatArray, IntArray

DRAW = 1 << 14  # points per draw
MAX_DRAWN = 1 << 20  # then the constraints are taken as they are: fewer candidates, or none
_EXACT_MIXTURE = 200_000  # rows; such a mixture is drawn from its exact list


def sample_region(region: Region, seed: int, wanted: int) -> tuple[Choice, ...] | None:
    """Feasible recipes, quasi-uniform, sorted and without duplicates.

    Args:
        region: where to look.
        seed: seed of the scrambling.
        wanted: stop once so many distinct recipes were found.

    Returns:
        One `Choice` per factor whose ``values`` are that factor's column, ``[n]``; None when no
        feasible recipe was found among `MAX_DRAWN` points.
    """
    drawers = _drawers(region)
    draw = _sobol(sum(drawer.dimension for drawer in drawers), seed)
    found = np.zeros((0, len(region.levels)), dtype=np.int64)
    for _ in range(MAX_DRAWN // DRAW):
        u = draw()
        kept, codes = _snapped(region, drawers, u)
        codes = codes[region.feasible(_columns(region, drawers, codes), len(kept))]
        found = np.unique(np.vstack([found, codes]), axis=0)
        if len(found) >= wanted:
            break
    if not len(found):
        return None
    columns = _columns(region, drawers, found)
    return tuple(Choice(name, columns[name]) for name in region.names)


class _Drawer:
    """Turns uniform numbers into codes of one block: level indices, or decimal multiples."""

    def __init__(self, region: Region, block: tuple[int, ...]) -> None:
        self.block = list(block)
        self.members = [region.levels[k] for k in block]
        self.decimals: int | None = None  # of codes that are multiples; else indices
        self.rows: IntArray | None = None
        totals = {tuple(mixture.factors): mixture.total for mixture in region.spec.mixtures}
        self.total = totals.get(tuple(member.name for member in self.members))
        choices = [member for member in self.members if isinstance(member, Choice)]
        if self.total is not None and len(choices) == len(self.members):
            self.rows = simplex_rows(choices, self.total, _EXACT_MIXTURE)
        self.dimension = 1
        if self.total is not None and self.rows is None:
            self.dimension = len(self.members) - 1

    def draw(self, u: FloatArray) -> tuple[IntArray, IntArray]:
        """The rows of ``u`` that gave a point, and the codes there ``[kept, members]``."""
        everything = np.arange(len(u))
        if self.rows is not None:
            if not len(self.rows):
                return everything[:0], self.rows
            return everything, self.rows[(u[:, 0] * len(self.rows)).astype(np.int64)]
        if self.total is not None:
            kept, codes, self.decimals = simplex_sample(self.members, self.total, u)
            return kept, codes
        member = self.members[0]
        codes = (u[:, :1] * len(member)).astype(np.int64)
        if isinstance(member, Continuum):
            self.decimals = member.decimals
            codes += member.low
        return everything, codes

    def values(self, place: int, codes: IntArray) -> np.ndarray[Any, Any]:
        """Settings of the block's ``place``-th factor."""
        member = self.members[place]
        if self.decimals is None and isinstance(member, Choice):
            return member.values[codes]
        return floats(codes, self.decimals or 0)


def _drawers(region: Region) -> list[_Drawer]:
    return [_Drawer(region, block) for block in region.blocks]


def _snapped(region: Region, drawers: list[_Drawer], u: FloatArray) -> tuple[IntArray, IntArray]:
    """Rows of ``u`` every block could use, and their codes, ``[kept, factors]``."""
    codes = np.zeros((len(u), len(region.levels)), dtype=np.int64)
    count = np.zeros(len(u), dtype=np.int64)
    start = 0
    for drawer in drawers:
        kept, own = drawer.draw(u[:, start : start + drawer.dimension])
        codes[kept[:, None], drawer.block] = own
        count[kept] += 1
        start += drawer.dimension
    complete = np.flatnonzero(count == len(drawers))
    return complete, codes[complete]


def _columns(region: Region, drawers: list[_Drawer], codes: IntArray) -> Columns:
    columns: Columns = {}
    for drawer in drawers:
        for place, k in enumerate(drawer.block):
            columns[region.names[k]] = drawer.values(place, codes[:, k])
    return columns


def _sobol(dimension: int, seed: int) -> Any:  # noqa: ANN401 - a closure over scipy's engine
    from scipy.stats import qmc  # 0.5 s CPU: only where it is needed

    engine = qmc.Sobol(dimension, scramble=True, rng=np.random.default_rng(seed))
    return lambda: engine.random(DRAW)
