"""What one exchange may change: a factor, two components of a mixture, two bound by a constraint.

Everything happens in the codes of a `RecipeGrid`, so what is chosen is on the machine's grid and a
mixture keeps its total. Components are exchanged in pairs; a factor set per whole plot changes in
all runs of the plot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from designer.acquisition.candidates.grid import RecipeGrid
from designer.models.arrays import BoolArray, IntArray

spread = 5
_FINEST = 8  # then steps down to 2**-8 of the range, and the smallest


@dataclass(frozen=True, eq=False)
class Direction:
    """Changes of some factors together.

    Attributes:
        places: the factors that change.
        step: smallest change of their codes.
        level: at which whole plots, or runs, they change.
        every: whether all settings are compared (categories have no order).
        jumps: changes as they are, in place of multiples of the step, ``[c, places]``.
    """

    places: tuple[int, ...]
    step: tuple[int, ...]
    level: int
    every: bool = False
    jumps: IntArray | None = None

    def changes(self, grid: RecipeGrid, codes: IntArray, spread: int, *, fine: bool) -> IntArray:
        """Changes of the codes of these factors, ``[S, c, places]``; some may not be feasible.

        Args:
            grid: recipes in whole numbers.
            codes: of the runs that change together, of every start, ``[S, r, F]``.
            spread: settings from end to end of the range that are compared.
            fine: compare small steps from where they are, too.
        """
        if self.jumps is not None:
            return np.broadcast_to(self.jumps, (len(codes), *self.jumps.shape))
        least, most = self._room(grid, codes)
        width = int((most - least).max()) + 1
        if self.every or width <= spread:
            times = least[:, None] + np.arange(width)
        else:
            share = np.arange(spread) / (spread - 1)
            times = least[:, None] + np.rint((most - least)[:, None] * share).astype(np.int64)
        if fine and not self.every and width > spread:
            times = np.hstack([times, np.broadcast_to(_small(width), (len(codes), 2 * _FINEST))])
        times = np.clip(times, least[:, None], most[:, None])
        return np.asarray(times[:, :, None] * np.array(self.step))

    def _room(self, grid: RecipeGrid, codes: IntArray) -> tuple[IntArray, IntArray]:
        """How often the step fits down and up, in all runs, ``[S]`` each."""
        least, most = [], []
        for k, step in zip(self.places, self.step, strict=True):
            down, up = grid.low[k] - codes[:, :, k], grid.high[k] - codes[:, :, k]
            first, last = (down, up) if step > 0 else (up, down)
            least.append(-(-first // step).max(axis=1))  # rounded towards the range
            most.append((last // step).min(axis=1))
        return np.max(least, axis=0), np.min(most, axis=0)


def _small(width: int) -> IntArray:
    """Steps up and down by powers of two of the range, the smallest possible among them."""
    sizes = np.maximum(1, np.rint(width * 0.5 ** np.arange(2, 2 + _FINEST)).astype(np.int64))
    sizes[-1] = 1
    return np.concatenate([-sizes, sizes])


def directions(grid: RecipeGrid, level_of: Sequence[int]) -> list[Direction]:
    """Single factors and pairs of components, those of whole plots first.

    Args:
        grid: recipes in whole numbers.
        level_of: level at which each factor is set, ``[F]``.
    """
    found = [
        Direction((k,), (1,), level_of[k], every=bool(grid.categorical[k]))
        for k in np.flatnonzero(~grid.mixed & (grid.high > grid.low)).tolist()
    ]
    for members, _ in grid.mixtures:
        varying = [k for k in members if grid.high[k] > grid.low[k]]
        for i, j in combinations(varying, 2):
            amount = int(np.lcm(grid.step[i], grid.step[j]))
            level = min(level_of[i], level_of[j])
            found.append(Direction((i, j), (amount, -amount), level))
    return sorted(found, key=lambda direction: direction.level)


def pairs_along_constraints(grid: RecipeGrid, level_of: Sequence[int]) -> Iterator[Direction]:
    """Two numbers of one constraint together: along its border neither can move alone."""
    seen = set()
    for constraint in grid.region.constraints:
        names = [name for name in constraint.names if name in grid.region.names]
        places = sorted(grid.region.names.index(name) for name in names)
        free = [k for k in places if not grid.mixed[k] and grid.high[k] > grid.low[k]]
        seen |= set(combinations(free, 2))
    for i, j in sorted(seen):
        one, other = (_small(int(grid.high[k] - grid.low[k]) + 1) for k in (i, j))
        signs = np.concatenate([other, -other])  # the same share of both ranges, or opposite
        jumps = np.unique(np.column_stack([np.tile(one, 2), signs]), axis=0)
        yield Direction((i, j), (1, 1), min(level_of[i], level_of[j]), jumps=jumps)


def feasible(grid: RecipeGrid, codes: IntArray) -> BoolArray:
    """Which changes leave only recipes, ``[S, c]``, of codes ``[S, c, r, F]``."""
    flat = codes.reshape(-1, codes.shape[-1])
    return np.asarray(grid.feasible(flat).reshape(codes.shape[:3]).all(axis=2))
