"""Recipes that share batches: settings up to a stage as they are, the rest from other recipes.

In a region too large to list no two recipes of a sample have a slurry in common, and a plan over
stages could only ever open new ones. Completions are nested as batches are: some settings of the
next stage, for each some of the one after.
"""

from __future__ import annotations

import numpy as np

from designer.acquisition.candidates.grid import RecipeGrid
from designer.models.arrays import IntArray

_TRIES = 4  # draws where constraints refuse many completions


class Completions:
    """Completions by settings of known recipes.

    Args:
        grid: recipes in whole numbers.
        pool: feasible recipes spread over the region, ``[P, F]``.
    """

    def __init__(self, grid: RecipeGrid, pool: IntArray) -> None:
        self._grid, self._pool = grid, pool
        spec = grid.region.spec
        staged = [[f.name for f in spec.stage_factors(stage.name)] for stage in spec.stages]
        single = [f.name for f in spec.factors if f.stage is None]
        self._levels = [grid.places(names) for names in (*staged, single)]

    def places(self, depth: int) -> IntArray:
        """Places of the factors of the first ``depth`` stages."""
        return np.concatenate([*self._levels[:depth], np.zeros(0, dtype=np.int64)])

    def of(self, codes: IntArray, depth: int, each: int, rng: np.random.Generator) -> IntArray:
        """Feasible recipes that share the first ``depth`` stages with given ones.

        Args:
            codes: recipes, ``[G, F]``; only their settings up to that stage matter.
            depth: how many stages are shared.
            each: how many are wanted for each.
            rng: source of the settings of later stages.
        """
        levels = [places for places in self._levels[depth:] if len(places)]
        if not levels or not len(codes):
            return codes[self._grid.feasible(codes)]
        branches = max(2, round(each ** (1.0 / len(levels))))
        found = codes[:0]
        for _ in range(_TRIES):
            drawn = np.repeat(codes, branches ** len(levels), axis=0)
            for place, level in enumerate(levels):
                shared = branches ** (len(levels) - 1 - place)  # completions with these settings
                rows = rng.integers(len(self._pool), size=len(drawn) // shared)
                drawn[:, level] = self._pool[np.repeat(rows, shared)][:, level]
            found = np.vstack([found, drawn[self._grid.feasible(drawn)]])
            if len(found) >= len(codes) * each // 2:
                break
        return np.unique(found, axis=0)
