"""A design on the machine: every point on the grid and feasible, and what that costs told.

A point goes to the nearest settings; where that breaks a constraint or a mixture, to the nearest
feasible recipe. Distances are shares of the ranges: another category counts as several, and factors
of dear stages move last, so that whole plots stay together. Only factors that constraints and
mixtures bind to those that are broken move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from designer.acquisition.candidates.candidates import every_recipe, make_candidates
from designer.acquisition.candidates.grid import RecipeGrid
from designer.acquisition.candidates.levels import FactorValues, Levels, floats
from designer.acquisition.candidates.region import Columns, ProposalRegion
from designer.models.arrays import BoolArray, FloatArray, IntArray
from designer.models.encoding import Space
from designer.render.words import count as counted
from designer.render.words import listed, share

if TYPE_CHECKING:
    from designer.campaigns.space.constraints import Constraint
    from designer.campaigns.space.factors import Factor

_CATEGORY: Final = 4.0  # ranges that another category counts as (assumption)
_DEAR: Final = 4.0  # times further that factors of the dearest stage count (assumption)
_LISTED: Final = 200_000  # recipes of bound factors that are listed
_PASSES: Final = 4  # of moving single factors back
_SHARES: Final = (0.0, 0.25, 0.5, 0.75)  # of the way a factor is left moved, tried in turn
_FELT: Final = 0.002  # share of a range below which a move is not told


@dataclass(frozen=True, eq=False)
class Placed:
    """Points of a design where the machine can make them.

    Attributes:
        codes: on the grid, ``[n, F]``.
        columns: settings per factor, each ``[n]``.
        facts: sentences about what that cost.
        moved: whether points were not feasible.
    """

    codes: IntArray
    columns: Columns
    facts: tuple[str, ...]
    moved: bool


def place(region: ProposalRegion, wanted: Columns, seed: int) -> Placed:
    """Put the points of a design on the machine.

    Args:
        region: where recipes may lie.
        wanted: settings per factor, each ``[n]``, as the design has them.
        seed: of the recipes tried where not all can be listed.

    Raises:
        InputError: nothing satisfies the fixed values and constraints.
    """
    grid, scale = RecipeGrid(region), _Scale(region)
    codes = _mixed(grid, wanted, grid.nearest(wanted))
    outside = ~grid.feasible(codes) | _beyond(region, wanted)
    if outside.any():
        rows = np.flatnonzero(outside)
        some = {name: values[rows] for name, values in wanted.items()}
        codes[rows] = _nearest_feasible(grid, scale, some, seed)
    columns = grid.columns(codes)
    apart = scale.apart(wanted, columns)
    facts = [*_snapped(region, apart[~outside])]
    if outside.any():
        facts.append(_moved(region, apart[outside], len(codes), _broken(region, wanted)))
    return Placed(codes, columns, (*facts, *_together(wanted, codes)), bool(outside.any()))


class _Scale:
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


# ---- where a point goes --------------------------------------------------------------------------


def _beyond(region: ProposalRegion, wanted: Columns) -> BoolArray:
    """Points of which a number lies outside its limits, ``[n]``."""
    beyond = np.zeros(len(next(iter(wanted.values()))), dtype=np.bool_)
    for factor in region.spec.factors:
        if not factor.is_categorical:
            beyond |= _off_limits(factor, wanted[factor.name])
    return beyond


def _off_limits(factor: Factor, values: np.ndarray[Any, Any]) -> BoolArray:
    place = factor.scale.position(np.asarray(values, dtype=np.float64))
    return np.asarray((place < -_FELT) | (place > 1.0 + _FELT))


def _mixed(grid: RecipeGrid, wanted: Columns, codes: IntArray) -> IntArray:
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


def _nearest_feasible(grid: RecipeGrid, scale: _Scale, wanted: Columns, seed: int) -> IntArray:
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


def _nearest(scale: _Scale, wanted: Columns, known: Columns, names: Sequence[str]) -> Columns:
    """Of some recipes those nearest to what is wanted, in some factors."""
    from scipy.spatial import KDTree  # loads long

    tree = KDTree(scale.positions(known, names))
    rows = np.asarray(tree.query(scale.positions(wanted, names))[1]).reshape(-1)
    return {name: known[name][rows] for name in names}


def _bound_factors(region: ProposalRegion, wanted: Columns) -> list[str]:
    """Factors of the constraints and mixtures that are broken, and all bound to those."""
    rules = [set(c.inputs) & {*region.names} for c in region.constraints]
    broken = [not _holds(region, c, wanted).all() for c in region.constraints]
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


def _closer(grid: RecipeGrid, scale: _Scale, wanted: Columns, codes: IntArray) -> IntArray:
    """Factors moved back to where the design has them, one by one, while that stays feasible."""
    names = grid.region.names
    aimed, goal = grid.nearest(wanted), scale.positions(wanted, names)

    def far(tried: IntArray) -> FloatArray:
        there = scale.positions(grid.columns(tried), names)
        return np.asarray(np.sum((there - goal) ** 2, axis=1))

    best, codes = far(codes), codes.copy()
    free = np.flatnonzero(~grid.mixed & (grid.high > grid.low)).tolist()
    for _ in range(_PASSES):
        before = best.copy()
        for place in free:
            for left in (0.0,) if grid.categorical[place] else _SHARES:
                tried = codes.copy()
                back = aimed[:, place] + left * (codes[:, place] - aimed[:, place])
                tried[:, place] = np.rint(back).astype(np.int64)
                distance = np.where(grid.feasible(tried), far(tried), np.inf)
                better = distance < best
                codes[better], best[better] = tried[better], distance[better]
        if np.array_equal(before, best):
            break
    return codes


# ---- what is told --------------------------------------------------------------------------------


def _snapped(region: ProposalRegion, apart: FloatArray) -> list[str]:
    """What the machine's steps cost the points that are feasible there."""
    most = apart.max(axis=0, initial=0.0)
    place = int(np.argmax(most))
    far, name = float(most[place]), region.names[place]
    if far < _FELT:
        return []
    return [f"set to the machine's steps: off by {share(far)} of the range of {name} at most"]


def _holds(region: ProposalRegion, constraint: Constraint, wanted: Columns) -> BoolArray:
    count = len(next(iter(wanted.values())))
    filled = wanted | {name: np.full(count, value) for name, value in region.given.items()}
    return constraint.holds(filled)


def _broken(region: ProposalRegion, wanted: Columns) -> str:
    """What the points as published break, in words."""
    rules = [c for c in region.constraints if not _holds(region, c, wanted).all()]
    told = [f"{c} ({c.reason})" if c.reason else str(c) for c in rules]
    short = [
        factor.name
        for factor in region.spec.factors
        if not factor.is_categorical and _off_limits(factor, wanted[factor.name]).any()
    ]
    if short:
        told.append(f"limits of {listed(short)}")
    return "; ".join(told) or "steps of the mixture"


def _moved(region: ProposalRegion, apart: FloatArray, count: int, why: str) -> str:
    most = apart.max(axis=0)
    place = int(np.argmax(most))
    name = region.names[place]
    if region.spec.factor(name).is_categorical:
        far = f"another {name}"
    else:
        far = f"by {share(float(most[place]))} of the range of {name} at most"
    verb = "is" if len(apart) == 1 else "are"
    return (
        f"{len(apart)} of {counted(count, 'point')} {verb} not feasible ({why}) and went to the"
        f" nearest recipe, {far}"
    )


def different_recipes(columns: Columns) -> int:
    """How many different recipes there are among some."""
    apart = np.stack([np.unique(v, return_inverse=True)[1] for v in columns.values()], axis=1)
    return len(np.unique(apart, axis=0))


def _together(wanted: Columns, codes: IntArray) -> list[str]:
    """Points that were different and now are the same recipe."""
    lost = different_recipes(wanted) - len(np.unique(codes, axis=0))
    if lost <= 0:
        return []
    return [f"{counted(lost, 'point')} fell together with others there: made again as replicates"]
