"""Steps from one feasible recipe to others nearby, near and far, exactly on the grid.

One step changes one factor, or exchanges an amount between two members of a mixture, by a share
of the range that is a power of two; a move is one step or a few at once. Moves that leave the
region are shortened until they stay inside, so recipes along a constraint's border are found.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from designer.acquisition.candidates.grid import RecipeGrid
from designer.models.arrays import BoolArray, IntArray

FINEST = 7  # steps down to 2**-7 of the range, and the smallest possible one
_TOGETHER = 4  # steps of one move at most
_SHORTENED = 6  # times a move out of the region is halved
_SWITCHED = 0.15  # share of moves that also change one category


class Moves:
    """Moves within a region.

    Args:
        grid: recipes in whole numbers.
        free: factors that may change, ``[F]``; None: all.
    """

    def __init__(self, grid: RecipeGrid, free: BoolArray | None = None) -> None:
        self._grid = grid
        free = np.ones(len(grid.low), dtype=np.bool_) if free is None else free
        self._steps, self._most = _directions(grid, free)
        self._categories = np.flatnonzero(free & grid.categorical & (grid.high > grid.low))

    def around(self, code: IntArray, count: int, rng: np.random.Generator) -> IntArray:
        """Feasible recipes around one, itself first, ``[m, F]`` with about ``count`` rows.

        Args:
            code: a feasible recipe, ``[F]``.
            count: how many are tried; every single step is among them if there is room.
            rng: source of the moves of several steps.
        """
        single = self._single(code)
        if len(single) > count // 2:
            single = single[rng.permutation(len(single))[: count // 2]]
        many = self.random_step(np.repeat(code[None, :], max(0, count - len(single)), axis=0), rng)
        found = np.vstack([single[self._grid.feasible(single)], many])
        found = np.unique(found[np.any(found != code, axis=1)], axis=0)
        return np.vstack([code[None, :], found])

    def random_step(self, codes: IntArray, rng: np.random.Generator) -> IntArray:
        """One move from each of some feasible recipes, ``[n, F]``; where there is none, itself."""
        start, times = codes.copy(), self._drawn(len(codes), rng)
        if len(self._categories):
            self._switch(start, rng)
        out = codes.copy()
        left = np.arange(len(codes))
        for _ in range(_SHORTENED):
            tried = self._clipped(start[left] + times[left] @ self._steps)
            fine = self._grid.feasible(tried)
            out[left[fine]] = tried[fine]
            left = left[~fine]
            times[left] = np.trunc(times[left] / 2).astype(np.int64)
            if not len(left):
                break
        return out

    def _single(self, code: IntArray) -> IntArray:
        """Every step of one factor or pair and every other category, ``[m, F]``."""
        found = []
        for step, most in zip(self._steps, self._most.tolist(), strict=True):
            sizes = {max(1, round(most * 0.5**r)) for r in range(1, FINEST + 1)} | {1}
            times = np.array(sorted(sizes | {-size for size in sizes}))
            found.append(code + times[:, None] * step)
        for k in self._categories.tolist():
            others = np.delete(np.arange(self._grid.high[k] + 1), code[k])
            switched = np.repeat(code[None, :], len(others), axis=0)
            switched[:, k] = others
            found.append(switched)
        return np.unique(self._clipped(np.vstack([code[None, :], *found])), axis=0)

    def _drawn(self, count: int, rng: np.random.Generator) -> IntArray:
        """How often each step is made, a few of them per move, ``[count, steps]``."""
        directions = len(self._steps)
        times = np.zeros((count, directions), dtype=np.int64)
        if not directions:
            return times
        scale = 0.5 ** rng.uniform(1.0, FINEST, count)
        rows = np.arange(count)
        several = rng.integers(1, min(_TOGETHER, directions) + 1, count)
        for place in range(min(_TOGETHER, directions)):
            pick = rng.integers(directions, size=count)
            size = self._most[pick] * scale * rng.uniform(0.5, 1.5, count)
            step = np.maximum(1, np.rint(size)).astype(np.int64) * rng.choice([-1, 1], count)
            use = place < several
            times[rows[use], pick[use]] = step[use]
        return times

    def _switch(self, codes: IntArray, rng: np.random.Generator) -> None:
        """Another category in some of the rows."""
        rows = np.flatnonzero(rng.random(len(codes)) < _SWITCHED)
        k = rng.choice(self._categories, len(rows))
        sizes = self._grid.high[k] + 1
        codes[rows, k] = (codes[rows, k] + 1 + rng.integers(sizes - 1)) % sizes

    def _clipped(self, codes: IntArray) -> IntArray:
        """Factors outside mixtures within their ranges."""
        bound = np.clip(codes, self._grid.low, self._grid.high)
        return np.where(self._grid.mixed, codes, bound)


def _directions(grid: RecipeGrid, free: BoolArray) -> tuple[IntArray, IntArray]:
    """Smallest steps ``[E, F]`` and how often each fits into the range ``[E]``."""
    room = grid.high - grid.low
    steps, most = [], []
    for k in np.flatnonzero(free & ~grid.categorical & ~grid.mixed & (room > 0)).tolist():
        steps.append({k: 1})
        most.append(int(room[k]))
    for members, _ in grid.mixtures:
        for i, j in combinations([k for k in members if free[k] and room[k] > 0], 2):
            amount = int(np.lcm(grid.step[i], grid.step[j]))
            steps.append({i: amount, j: -amount})
            most.append(max(1, int(min(room[i], room[j])) // amount))
    rows = np.zeros((len(steps), len(grid.low)), dtype=np.int64)
    for e, step in enumerate(steps):
        for k, amount in step.items():
            rows[e, k] = amount
    return rows, np.array(most, dtype=np.int64)
