"""Feasible recipes of a region too large to list, or with continuous factors.

Scrambled Sobol points (Owen 1998) snapped to what the machines can set; the infeasible are
dropped, duplicates merged, and drawing goes on until there are enough. Where hardly any point is
feasible, the few found random_step through the region until there are more (`moves`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from designer.acquisition.candidates.grid import RecipeGrid
from designer.acquisition.candidates.levels import Continuum, Levels
from designer.acquisition.candidates.mixtures import simplex_sample, whole_numbers
from designer.acquisition.candidates.moves import Moves
from designer.acquisition.candidates.region import ProposalRegion
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.space.lattice import rows_that_sum
from designer.campaigns.space.solver import Region as Searched
from designer.campaigns.space.solver import search
from designer.models.arrays import FloatArray, IntArray
from designer.models.sobol import scrambled_sobol

DRAW = 1 << 14  # points per draw
MAX_DRAWN = 1 << 20  # points drawn in all
_SPARSE = 1 << 17  # points after which hopeless drawing ends where some recipes are known
_ENOUGH = 0.9  # of the recipes wanted: a few points fall together
_FEW = 64  # recipes known that are enough to begin to random_step
_EXACT_MIXTURE = 200_000  # rows; such a mixture is drawn from its exact list
_WANDERED = 4096  # recipes wanted from wandering
_WALKS = 400  # moves of every recipe at most
_NEAR = 4096  # settings around a first recipe, where a continuous factor must be rounded


def sample_region(region: ProposalRegion, seed: int, wanted: int) -> tuple[Levels, ...] | None:
    """Feasible recipes, quasi-uniform, sorted and without duplicates.

    Args:
        region: where to look.
        seed: seed of the scrambling.
        wanted: stop once so many distinct recipes were found.

    Returns:
        One `Levels` per factor whose ``values`` are that factor's column, ``[n]``; None when no
        feasible recipe was found.
    """
    grid = RecipeGrid(region)
    found = _drawn(grid, seed, wanted)
    if not len(found):
        found = _first_recipe(grid, seed)
    if not len(found):
        return None
    if len(found) < min(wanted, _WANDERED):
        found = _random_walks(grid, found, min(wanted, _WANDERED), seed)
    columns = grid.columns(found)
    return tuple(Levels(name, columns[name]) for name in region.names)


def _drawn(grid: RecipeGrid, seed: int, wanted: int) -> IntArray:
    """Codes of feasible Sobol points, ``[n, F]``, each once."""
    drawers = [_Drawer(grid.region, block) for block in grid.region.blocks]
    dimension = sum(drawer.dimension for drawer in drawers)
    found = np.zeros((0, len(grid.low)), dtype=np.int64)
    for drawn in range(DRAW, MAX_DRAWN + 1, DRAW):
        points = scrambled_sobol(DRAW, dimension, seed, first=drawn - DRAW)
        codes = _snapped(len(grid.low), drawers, points)
        found = _distinct(np.vstack([found, codes[grid.feasible(codes)]]))
        hopeless = drawn >= _SPARSE and len(found) * MAX_DRAWN < _WANDERED * drawn
        if len(found) >= _ENOUGH * wanted or (hopeless and len(found) >= _FEW):
            break
    return found


def _first_recipe(grid: RecipeGrid, seed: int) -> IntArray:
    """Codes ``[1, F]`` of a feasible recipe by branch and bound; no row when none was found.

    Args:
        grid: recipes of the region in whole numbers.
        seed: of the settings tried around a solution that is not on the grid.
    """
    region = grid.region
    fixed, known = region.fixed, region.given
    inputs: list[Factor | Given] = [
        factor.fixed_at(fixed[factor.name]) if factor.name in fixed else factor
        for factor in region.spec.factors
    ]
    inputs += [replace(g, low=known[g.name], high=known[g.name]) for g in region.spec.givens]
    found = search(Searched(tuple(inputs), region.spec.mixtures, region.constraints)).recipe
    if found is None:
        return np.zeros((0, len(grid.low)), dtype=np.int64)
    codes, _ = grid.codes({name: np.array([found[name]]) for name in region.names})
    width = np.where(grid.categorical | grid.mixed | (grid.high == grid.low), 0, 3)
    near = np.random.default_rng(seed).integers(-width, width + 1, (_NEAR, len(width)))
    near[0] = 0
    tried = codes + near
    return tried[grid.feasible(tried)][:1]


def _random_walks(grid: RecipeGrid, found: IntArray, wanted: int, seed: int) -> IntArray:
    """More recipes, by moves from those known; fewer where the region holds no more."""
    moves, rng = Moves(grid), np.random.default_rng(seed)
    walkers = found[np.sort(rng.integers(len(found), size=1024))]
    idle = 0
    for _ in range(_WALKS):
        before = len(found)
        walkers = moves.random_step(walkers, rng)
        found = _distinct(np.vstack([found, walkers]))
        idle = 0 if len(found) > before else idle + 1
        if len(found) >= wanted or idle == 20:
            break
    return found


class _Drawer:
    """Turns uniform numbers into codes of one block (`grid`)."""

    def __init__(self, region: ProposalRegion, block: tuple[int, ...]) -> None:
        self.block = list(block)
        self.members = [region.levels[k] for k in block]
        self.rows: IntArray | None = None
        totals = {tuple(mixture.factors): mixture.total for mixture in region.spec.mixtures}
        self.total = totals.get(tuple(member.name for member in self.members))
        choices = [member for member in self.members if isinstance(member, Levels)]
        if self.total is not None and len(choices) == len(self.members):
            codes, total = whole_numbers(choices, self.total)
            listed = rows_that_sum(codes, total, _EXACT_MIXTURE)
            if listed is not None:
                self.rows = np.stack([own[listed[:, k]] for k, own in enumerate(codes)], axis=1)
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
            return simplex_sample(self.members, self.total, u)[:2]
        member = self.members[0]
        codes = (u[:, :1] * len(member)).astype(np.int64)
        return everything, codes + (member.low if isinstance(member, Continuum) else 0)


def _snapped(factors: int, drawers: list[_Drawer], u: FloatArray) -> IntArray:
    """Codes of the rows of ``u`` that every block could use, ``[kept, factors]``."""
    codes = np.zeros((len(u), factors), dtype=np.int64)
    count = np.zeros(len(u), dtype=np.int64)
    start = 0
    for drawer in drawers:
        kept, own = drawer.draw(u[:, start : start + drawer.dimension])
        codes[kept[:, None], drawer.block] = own
        count[kept] += 1
        start += drawer.dimension
    return np.asarray(codes[count == len(drawers)])


def _distinct(codes: IntArray) -> IntArray:
    """The rows sorted, each once; numpy's unique of rows takes five times as long."""
    ordered = codes[np.lexsort(codes.T[::-1])]
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = np.any(ordered[1:] != ordered[:-1], axis=1)
    return np.asarray(ordered[first])
