"""One recipe of a region in which no random point is feasible, found by branch and bound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from designer.acquisition.candidates.grid import RecipeGrid
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.space.solver import Region as Searched
from designer.campaigns.space.solver import search
from designer.models.arrays import IntArray

_NEAR = 4096  # settings around it that are tried, where a continuous factor must be rounded


def first_recipe(grid: RecipeGrid, seed: int) -> IntArray:
    """Codes ``[1, F]`` of a feasible recipe; no row when none was found.

    Args:
        grid: recipes of the region in whole numbers.
        seed: of the settings tried around a solution that is not on the grid.
    """
    region = grid.region
    inputs: list[Factor | Given] = []
    for factor in region.spec.factors:
        value = region.fixed.get(factor.name)
        if isinstance(value, str):
            inputs.append(replace(factor, categories=(value,)))
        elif value is not None:
            inputs.append(replace(factor, low=None, high=None, step=None, levels=(float(value),)))
        else:
            inputs.append(factor)
    known = region.given
    inputs += [replace(g, low=known[g.name], high=known[g.name]) for g in region.spec.givens]
    found = search(Searched(tuple(inputs), region.spec.mixtures, region.constraints)).recipe
    if found is None:
        return np.zeros((0, len(grid.low)), dtype=np.int64)
    codes, _ = grid.codes({name: np.array([found[name]]) for name in region.names})
    mixed = [k for members, _ in grid.mixtures for k in members]
    width = np.where(grid.categorical | (grid.high == grid.low), 0, 3)
    width[mixed] = 0
    near = np.random.default_rng(seed).integers(-width, width + 1, (_NEAR, len(width)))
    near[0] = 0
    tried = codes + near
    return tried[grid.feasible(tried)][:1]
