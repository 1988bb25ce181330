"""The feasible recipe nearest to a point of a design.

Distances are shares of the ranges: another category counts as several, and factors of dear stages
move last, so that whole plots stay together. Only factors that constraints and mixtures bind to
those that are broken move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from designer.acquisition.candidates.candidates import every_recipe, make_candidates
from designer.acquisition.candidates.grid import RecipeGrid
from designer.acquisition.candidates.levels import FactorValues, Levels, floats
from designer.acquisition.candidates.region import Columns, ProposalRegion
from designer.models.arrays import BoolArray, FloatArray, IntArray
from designer.models.encoding import Space

if TYPE_CHECKING:
    from designer.campaigns.space.constraints import Constraint

_CATEGORY: Final = 4.0  # ranges that another category counts as (assumption)
_DEAR: Final = 4.0  # times further that factors of the dearest stage count (assumption)
_LISTED: Final = 200_000  # recipes of bound factors that are listed
_PASSES: Final = 4  # of moving single factors back
_MIXED_PASSES: Final = 20  # of moving two components
_SHARES: Final = (0.0, 0.25, 0.5, 0.75)  # of the way a factor is left moved, tried in turn


class RecipeScale:
    """How far apart recipes are, in shares of the ranges."""

    def __init__(self, region: ProposalRegion) -> None:
        spec = region.spec
        self._names = region.names
        self._axes = {axis.name: axis for axis in Space.from_specification(spec).axes}
        dearest = max((stage.change_cost for stage in spec.stages), default=0.0) or 1.0
        share = {stage.name: stage.change_cost / dearest for stage in spec.stages}
        self._weight = {f.name: 1.0 + _DEAR * share.get(f.stage or "", 0.0) for f in spec.factors}

    def positions(self, columns: Columns, names: Sequence[str]) -> FloatArray:
        """Points whose distance is that of the recipes in some factors, ``[n, D]``."""
        blocks = []
        for name in names:
            axis, values = self._axes[name], columns[name]
            own = axis.encode(values.tolist())  # two categories are at unit distance
            weight = self._weight[name] * (1.0 if axis.categories is None else _CATEGORY)
            blocks.append(weight * own)
        return np.hstack(blocks)

    def apart(self, one: Columns, other: Columns) -> FloatArray:
        """Per factor how far apart n pairs of recipes are, ``[n, F]``; other categories 1."""
        parts = []
        for name in self._names:
            axis = self._axes[name]
            if axis.categories is None:
                gap = axis.encode(one[name].tolist()) - axis.encode(other[name].tolist())
                parts.append(np.abs(gap[:, 0]))
            else:
                parts.append((one[name] != other[name]).astype(np.float64))
        return np.stack(parts, axis=1)


def mixed_codes(grid: RecipeGrid, wanted: Columns, codes: IntArray) -> IntArray:
    """Codes of which mixtures sum up, as far as steps of single components can do it."""
    codes = codes.copy()
    for members, total in grid.mixtures:
        names = [grid.region.names[k] for k in members]
        for row in range(len(codes)):
            aimed = [float(wanted[name][row]) for name in names]
            _share_out(grid, members, codes[row], np.array(aimed), total)
    return codes


def _share_out(
    grid: RecipeGrid, members: tuple[int, ...], code: IntArray, aimed: FloatArray, total: int
) -> None:
    """Move components by their steps, those first that were rounded the other way, to the total."""
    places = np.array(members)
    low, high, step = grid.low[places], grid.high[places], grid.step[places]
    scale = total / aimed.sum() if aimed.sum() else 1.0
    for _ in range(4 * len(members)):
        missing = total - int(code[places].sum())
        if not missing:
            return
        sign = 1 if missing > 0 else -1
        after = code[places] + sign * step
        can = (step <= abs(missing)) & (after >= low) & (after <= high)
        if not can.any():
            return
        error = np.abs(after - aimed * scale) / np.maximum(high - low, 1)
        code[places[int(np.argmin(np.where(can, error, np.inf)))]] += sign * int(
            step[int(np.argmin(np.where(can, error, np.inf)))]
        )


def nearest_feasible(grid: RecipeGrid, scale: RecipeScale, wanted: Columns, seed: int) -> IntArray:
    """Codes of the nearest feasible recipes, ``[n, F]``."""
    region = grid.region
    bound = _bound_factors(region, wanted)
    known = _thinned_recipes(region, bound)
    if known is not None and len(known[0][bound[0]]):
        columns, exact = known
        codes = grid.nearest({**wanted, **_nearest(scale, wanted, columns, bound)})
        if grid.feasible(codes).all():
            return codes if exact else _closer(grid, scale, wanted, codes)
    candidates = make_candidates(region.spec, fixed=region.fixed, given=region.given, seed=seed)
    codes, _ = grid.codes(_nearest(scale, wanted, candidates.columns, region.names))
    return codes if candidates.exact else _closer(grid, scale, wanted, codes)


def _nearest(scale: RecipeScale, wanted: Columns, known: Columns, names: Sequence[str]) -> Columns:
    """Of some recipes those nearest to what is wanted, in some factors."""
    from scipy.spatial import KDTree  # loads long

    tree = KDTree(scale.positions(known, names))
    rows = np.asarray(tree.query(scale.positions(wanted, names))[1]).reshape(-1)
    return {name: known[name][rows] for name in names}


def _bound_factors(region: ProposalRegion, wanted: Columns) -> list[str]:
    """Factors of the constraints and mixtures that are broken, and all bound to those."""
    rules = [set(c.inputs) & {*region.names} for c in region.constraints]
    broken = [not holds(region, c, wanted).all() for c in region.constraints]
    rules += [set(mixture.factors) for mixture in region.spec.mixtures]
    broken += [True] * len(region.spec.mixtures)
    found = {name for rule, fails in zip(rules, broken, strict=True) if fails for name in rule}
    while more := [rule for rule in rules if rule & found and not rule <= found]:
        found = found.union(*more)
    return [name for name in region.names if name in found] or list(region.names)


def _thinned_recipes(region: ProposalRegion, bound: Sequence[str]) -> tuple[Columns, bool] | None:
    """Feasible settings of bound factors, thinned where they are too many, and whether all are.

    Returns:
        None where a mixture would be thinned: its sums would be lost.
    """
    most = int(_LISTED ** (1.0 / len(bound)))
    mixed = {name for mixture in region.spec.mixtures for name in mixture.factors} & {*bound}
    levels: list[FactorValues] = []
    exact = True
    for level in region.levels:
        if level.name not in bound:
            levels.append(Levels(level.name, _some(level, 1)))
            continue
        fits = isinstance(level, Levels) and len(level) <= most
        if not fits and mixed:
            return None
        exact &= fits
        levels.append(level if fits else Levels(level.name, _some(level, most)))
    rules = tuple(c for c in region.constraints if {*c.inputs} & {*bound})
    spec = region.spec if mixed else replace(region.spec, mixtures=())
    every = every_recipe(replace(region, spec=spec, levels=tuple(levels), constraints=rules))
    return None if every is None else (every.columns, exact)


def _some(level: FactorValues, most: int) -> np.ndarray[Any, Any]:
    """Some settings of a factor, both ends among them."""
    count = min(most, len(level))
    places = np.unique(np.linspace(0, len(level) - 1, count).round().astype(np.int64))
    if isinstance(level, Levels):
        return np.asarray(level.values[places])
    return floats(places + level.low, level.decimals)


def _closer(grid: RecipeGrid, scale: RecipeScale, wanted: Columns, codes: IntArray) -> IntArray:
    """Codes moved back to where the design has them, step by step, while that stays feasible."""
    names = grid.region.names
    aimed, goal = grid.nearest(wanted), scale.positions(wanted, names)
    codes = codes.copy()

    def far(tried: IntArray) -> FloatArray:
        there = scale.positions(grid.columns(tried), names)
        return np.asarray(np.sum((there - goal) ** 2, axis=1))

    best = far(codes)

    def take(places: Sequence[int], steps: Sequence[IntArray]) -> None:
        tried = codes.copy()
        for place, step in zip(places, steps, strict=True):
            tried[:, place] += step
        distance = np.where(grid.feasible(tried), far(tried), np.inf)
        better = distance < best
        codes[better], best[better] = tried[better], distance[better]

    varies = grid.high > grid.low
    free = np.flatnonzero(~grid.mixed & varies).tolist()
    pairs = [
        pair
        for members, _ in grid.mixtures
        for pair in combinations([k for k in members if varies[k]], 2)
    ]
    for _ in range(_MIXED_PASSES if pairs else _PASSES):
        before = best.copy()
        for place in free:
            for left in (0.0,) if grid.categorical[place] else _SHARES:
                way = (1.0 - left) * (aimed[:, place] - codes[:, place])
                take((place,), (np.rint(way).astype(np.int64),))
        for i, j in pairs:  # one component in place of another: the sum stays
            step = int(np.lcm(grid.step[i], grid.step[j]))
            for share in (1.0, 0.5, 0.25):
                for apart in (aimed[:, i] - codes[:, i], codes[:, j] - aimed[:, j]):
                    more = step * np.rint(share * apart / step).astype(np.int64)
                    take((i, j), (more, -more))
            for smallest in (np.full(len(codes), step), np.full(len(codes), -step)):
                take((i, j), (smallest, -smallest))
        if np.array_equal(before, best):
            break
    return codes


def holds(region: ProposalRegion, constraint: Constraint, wanted: Columns) -> BoolArray:
    """Where a constraint holds, ``[n]``, of settings as the design has them."""
    count = len(next(iter(wanted.values())))
    filled = wanted | {name: np.full(count, value) for name, value in region.given.items()}
    return constraint.holds(filled)
