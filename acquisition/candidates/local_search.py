"""The best recipes by any order of preference, without looking at all of them.

Where recipes are listed, a quasi-uniform part is looked at everywhere; then, again and again, all
neighbours of the best found so far, until the best have no unseen neighbour: a steepest ascent
from many places at once. Where there are too many to list, steps from one to another are tried.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np

from designer.acquisition.candidates.candidates import Candidates
from designer.acquisition.candidates.grid import RecipeGrid
from designer.acquisition.candidates.moves import Moves
from designer.models.arrays import FloatArray, IntArray

COARSE = 4096  # candidates looked at before the neighbourhoods of the best
PEAKS = 32  # of the best whose neighbours are looked at
_ROUNDS = 12  # of looking at neighbours: a plateau of equally good recipes has no end of them
_MOST_MOVES = 3**6  # neighbours per recipe; with more factors one is changed at a time
_SUMMITS = 8  # recipes of no list whose surroundings are looked at in every step
_AROUND = 160  # recipes around each
_STEPS = 12
_PATIENCE = 2  # steps without a better first recipe that end it

Score = Callable[[IntArray], FloatArray]
Sort = Callable[[FloatArray, IntArray], IntArray]


def best_rows(candidates: Candidates, score: Score, sort: Sort, count: int) -> IntArray:
    """Rows of the best candidates, best first.

    Args:
        candidates: where to look; all of them where they are spread over what cannot be listed.
        score: figures of some rows, ``[m, …]``.
        sort: order of rows with such figures, best first.
        count: at least so many rows are found, where there are so many.
    """
    n = len(candidates)
    if n <= COARSE or not candidates.exact:
        every = np.arange(n)
        return every[sort(score(every), every)]
    seen = np.zeros(n, dtype=np.bool_)
    rows = np.unique(candidates.spread(COARSE, np.random.default_rng(0)))
    figures = score(rows)
    seen[rows] = True
    for _ in range(_ROUNDS):
        order = sort(figures, rows)
        near = neighbours(candidates, rows[order[: max(PEAKS, count)]])
        near = near[~seen[near]]
        if not len(near):
            break
        seen[near] = True
        rows, figures = np.concatenate([rows, near]), np.concatenate([figures, score(near)])
    return rows[sort(figures, rows)]


def largest_first(figures: FloatArray, rows: IntArray) -> IntArray:
    """Order of rows by their first figure, the largest first; among equals the first row."""
    return np.lexsort((rows, -figures[:, 0]))


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
        around = [moves.around(code, _AROUND, rng) for code in best[:_SUMMITS]]
        some = np.unique(np.vstack([best, *around]), axis=0)
        found = some[order(some)[: max(count, _SUMMITS)]]
        idle = idle + 1 if np.array_equal(found[0], best[0]) else 0
        best = found
        if idle == _PATIENCE:
            break
    return best[:count]


def neighbours(candidates: Candidates, rows: IntArray) -> IntArray:
    """Candidates at most one level away from some rows in every factor, ascending, ``[m]``.

    With many factors: at most one level away in one factor.
    """
    sizes = [len(level) for level in candidates.levels]
    if math.prod(sizes) >= 2**62:  # more than a key can number: a mixture of many members
        place = np.empty(len(candidates), dtype=np.int64)
        place[candidates.morton] = np.arange(len(candidates))
        near = place[rows][:, None] + np.arange(-8, 9)
        return np.unique(candidates.morton[np.clip(near, 0, len(candidates) - 1)])
    one = np.eye(len(sizes), dtype=np.int64)
    moves = np.vstack([one, -one])
    if 3 ** len(sizes) <= _MOST_MOVES:
        moves = np.array([*itertools.product((-1, 0, 1), repeat=len(sizes))], dtype=np.int64)
    there = candidates.index[rows].astype(np.int64)[:, None, :] + moves
    inside = ((there >= 0) & (there < np.array(sizes))).all(axis=2)
    keys, strides = candidates.numbered
    wanted = np.unique(there[inside] @ strides)
    found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.asarray(found[keys[found] == wanted])
