"""The best recipes by any order of preference, also where there are too many to list."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from designer.acquisition.grid import RecipeGrid
from designer.acquisition.moves import Moves
from designer.models.arrays import IntArray

_PEAKS = 8  # recipes whose surroundings are looked at in every step
_AROUND = 160  # recipes around each
_STEPS = 12
_PATIENCE = 2  # steps without a better first recipe that end it


def climbed(
    grid: RecipeGrid,
    starts: IntArray,
    order: Callable[[IntArray], IntArray],
    count: int,
    seed: int = 0,
) -> IntArray:
    """Codes of the ``count`` best recipes found, best first.

    Args:
        grid: recipes of the region in whole numbers.
        starts: feasible recipes to begin with, ``[n, F]``, best first.
        order: puts recipes ``[m, F]`` from best to worst: their rows, ``[m]``.
        count: how many are wanted.
        seed: of the recipes that are tried.
    """
    moves, rng = Moves(grid), np.random.default_rng(seed)
    best, idle = starts, 0
    for _ in range(_STEPS):
        around = [moves.around(code, _AROUND, rng) for code in best[:_PEAKS]]
        some = np.unique(np.vstack([best, *around]), axis=0)
        found = some[order(some)[: max(count, _PEAKS)]]
        idle = idle + 1 if np.array_equal(found[0], best[0]) else 0
        best = found
        if idle == _PATIENCE:
            break
    return best[:count]
