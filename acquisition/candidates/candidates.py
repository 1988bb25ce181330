"""Candidate recipes: every recipe that may be proposed, or a quasi-uniform part of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from designer.acquisition.candidates.levels import Levels
from designer.acquisition.candidates.mixtures import whole_numbers
from designer.acquisition.candidates.region import Columns, ProposalRegion, check_given
from designer.acquisition.candidates.sampling import sample_region
from designer.acquisition.candidates.stratified import draw, morton_order
from designer.campaigns.errors import InputError, Problem
from designer.campaigns.space.lattice import Index, MixtureGrid, combinations
from designer.models.arrays import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from designer.campaigns.space.constraints import Constraint
    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.specification import Specification
    from designer.models.encoding import Space

RAW_LIMIT = 2_000_000  # combinations looked at before constraints; .5 s at most (measured)
EXACT_LIMIT = 200_000  # feasible recipes that are all looked at
_SAME = 1e-6  # of the smallest step between levels: the same setting, but for rounding
SAMPLED = 1 << 15  # candidates otherwise (2**14 for up to three factors)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Feasible recipes on the machines' grids, without duplicates.

    Attributes:
        levels: the values of every factor, in the specification's order.
        index: level indices, ``[n, factors]``; rows in lexicographic order.
        given: value of every given, the same for all candidates.
        exact: every feasible recipe is among them.
        own: values of givens, ``[n]`` each, that are not the same for all: of coils in store.
        even: recipes spread evenly over the region, and their rows; None: the candidates are.
    """

    levels: tuple[Levels, ...]
    index: Index
    given: dict[str, float]
    exact: bool
    own: Mapping[str, FloatArray] = field(default_factory=dict)
    even: tuple[Candidates, IntArray] | None = None

    def __len__(self) -> int:
        return len(self.index)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the factors."""
        return tuple(level.name for level in self.levels)

    @cached_property
    def columns(self) -> Columns:
        """Settings per factor and values per given, each ``[n]`` (categories as names)."""
        settings = {c.name: c.values[self.index[:, k]] for k, c in enumerate(self.levels)}
        same = {name: np.full(len(self), value) for name, value in self.given.items()}
        return settings | same | dict(self.own)

    def given_at(self, row: int) -> dict[str, float]:
        """The value of every given for one candidate."""
        return self.given | {name: float(values[row]) for name, values in self.own.items()}

    def recipe(self, row: int) -> dict[str, Setting]:
        """The settings of one candidate as plain numbers and names."""
        return {c.name: c.values[self.index[row, k]].item() for k, c in enumerate(self.levels)}

    def encode(self, space: Space) -> FloatArray:
        """Encoded points ``[n, D]``: levels are encoded once and looked up."""
        place = {name: k for k, name in enumerate(self.names)}
        blocks = []
        for axis in space.axes:
            if axis.name in place:
                k = place[axis.name]
                blocks.append(axis.encode(self.levels[k].values.tolist())[self.index[:, k]])
            elif axis.name in self.own:
                blocks.append(axis.encode(self.own[axis.name]))
            else:
                blocks.append(np.repeat(axis.encode([self.given[axis.name]]), len(self), axis=0))
        return np.hstack(blocks)

    def level_of(self, name: str, value: Setting) -> int:
        """Level index of a setting, or -1 when no candidate has it."""
        values = self.levels[self.names.index(name)].values
        if isinstance(value, str) != (values.dtype.kind == "U"):
            return -1
        if isinstance(value, str):
            same = values == value
        else:
            # beside the closest two: settings may lie decades apart
            step = float(np.diff(values).min()) if len(values) > 1 else abs(float(values[0])) or 1.0
            same = np.abs(values - value) <= _SAME * step
        return int(np.argmax(same)) if same.any() else -1

    def matching(self, settings: Mapping[str, Setting]) -> BoolArray:
        """Which candidates have exactly these settings (of the factors named), ``[n]``."""
        same = np.ones(len(self), dtype=np.bool_)
        for name, value in settings.items():
            if name in self.names:
                same &= self.index[:, self.names.index(name)] == self.level_of(name, value)
        return same

    @property
    def region(self) -> tuple[Candidates, IntArray]:
        """Recipes that stand for the region, without others offered or fixed, and their rows."""
        return self.even or (self, np.arange(len(self)))

    @cached_property
    def morton(self) -> IntArray:
        """An order of the candidates in which neighbours are alike (Morton 1966), ``[n]``."""
        return morton_order(self.index, [len(level) for level in self.levels])

    @cached_property
    def numbered(self) -> tuple[IntArray, IntArray]:
        """A number per candidate, ascending, ``[n]``, and what level indices count in it."""
        sizes = [len(level) for level in self.levels]
        strides = np.append(np.cumprod(sizes[:0:-1])[::-1], 1).astype(np.int64)
        return self.index.astype(np.int64) @ strides, strides

    def spread(self, count: int, rng: np.random.Generator) -> IntArray:
        """About so many rows, evenly over the candidates, neighbours next to each other."""
        return draw(self.morton, np.ones(len(self)), min(count, len(self)), rng)

    def subset(self, rows: IntArray) -> Candidates:
        """Some of the candidates."""
        own = {name: values[rows] for name, values in self.own.items()}
        return Candidates(self.levels, self.index[rows], self.given, exact=False, own=own)


def make_candidates(
    spec: Specification,
    *,
    fixed: Mapping[str, Setting] | None = None,
    given: Mapping[str, float] | None = None,
    seed: int = 0,
    exact_limit: int | None = None,
    raw_limit: int | None = None,
) -> Candidates:
    """All feasible recipes, or a quasi-uniform part when there are too many to list.

    Args:
        spec: the campaign's specification.
        fixed: settings that every run shall have, checked by the caller.
        given: a value for every given of the specification.
        seed: seed of the part taken, where one is taken.
        exact_limit: feasible recipes up to which all are kept; None: `EXACT_LIMIT`.
        raw_limit: combinations up to which they are listed at all; None: `RAW_LIMIT`.

    Raises:
        InputError: a given has no value, or nothing satisfies the fixed values and constraints.
    """
    check_given(spec, given or {})
    region = ProposalRegion.of(spec, fixed or {}, given or {})
    exact_limit = EXACT_LIMIT if exact_limit is None else exact_limit
    raw_limit = RAW_LIMIT if raw_limit is None else raw_limit
    wanted = SAMPLED if len(region.levels) > 3 else SAMPLED // 2
    every = every_recipe(region, raw_limit)
    if every is not None:
        if not len(every):
            raise InputError(empty_region_problem(region))
        if len(every) <= exact_limit:
            return every
        part = every.spread(min(wanted, exact_limit), np.random.default_rng(seed))
        return every.subset(np.unique(part))
    columns = sample_region(region, seed, min(wanted, exact_limit))
    if columns is None:
        raise InputError(empty_region_problem(region))
    return from_columns(columns, region.given)[0]


def with_fixed(
    spec: Specification,
    fixed: Mapping[str, Setting] | None = None,
    given: Mapping[str, float] | None = None,
    seed: int = 0,
    **limits: int | None,
) -> tuple[Candidates, BoolArray]:
    """Recipes of the whole region, and which of them have the fixed settings.

    A plan with fixed settings still learns about the whole region. All recipes with the fixed
    settings are among them, or a quasi-uniform part of their own where they are too many to list;
    where not all can be listed, those at the stages' reference recipes are added.

    Args:
        spec: the campaign's specification.
        fixed: settings that every run shall have, checked by the caller.
        given: a value for every given of the specification.
        seed: seed of the parts taken, where any is taken.
        limits: see `make_candidates`.

    Returns:
        The recipes, and the mask ``[n]`` of those with the fixed settings (all when none is).

    Raises:
        InputError: a given has no value, or nothing satisfies the fixed values and constraints.
    """

    def made(held: Mapping[str, Setting]) -> Candidates:
        return make_candidates(spec, fixed=held, given=given, seed=seed, **limits)

    parts = [made(fixed)] if fixed else []  # first: it knows which fixed value leaves nothing
    whole = made({})
    if not whole.exact:
        parts += [made(stage.reference) for stage in spec.stages if stage.reference]
        if parts:
            columns = [part.columns for part in (whole, *parts)]
            together, rows = merged(columns, whole.names, whole.given)
            whole = replace(together, even=(whole, rows[0]))
    return whole, whole.matching(fixed or {})


def merged(
    parts: Sequence[Columns], names: Sequence[str], given: dict[str, float]
) -> tuple[Candidates, list[IntArray]]:
    """The recipes of several sets, each once, and the rows of each set's.

    Args:
        parts: settings per factor, each ``[n]``, of every set.
        names: factors in the specification's order.
        given: value of every given.
    """
    columns = tuple(Levels(name, np.concatenate([part[name] for part in parts])) for name in names)
    together, rows = from_columns(columns, given)
    ends = np.cumsum([len(part[names[0]]) for part in parts])
    return together, np.split(rows, ends[:-1])


def from_columns(
    columns: tuple[Levels, ...],
    given: dict[str, float],
    own: tuple[Levels, ...] = (),
    *,
    exact: bool = False,
) -> tuple[Candidates, IntArray]:
    """Recipes from one column of settings per factor, each once, and the row of every entry.

    Args:
        columns: n settings per factor.
        given: value of every given.
        own: n values per given that is not the same for all.
        exact: every feasible recipe is among them.
    """
    levels, index = [], []
    for column in (*columns, *own):
        values, inverse = np.unique(column.values, return_inverse=True)
        levels.append(Levels(column.name, values))
        index.append(inverse.reshape(-1).astype(np.int32))
    rows, place = np.unique(np.stack(index, axis=1), axis=0, return_inverse=True)
    count = len(columns)
    theirs = {x.name: x.values[rows[:, count + k]] for k, x in enumerate(levels[count:])}
    found = Candidates(tuple(levels[:count]), rows[:, :count], given, exact, theirs)
    return found, place.reshape(-1)


def every_recipe(region: ProposalRegion, raw_limit: int = RAW_LIMIT) -> Candidates | None:
    """Every feasible recipe of a region, in lexicographic order.

    Returns:
        None when a factor is continuous or there are more than ``raw_limit`` combinations before
        constraints.
    """
    listed = (level for level in region.levels if isinstance(level, Levels))
    levels = tuple(level for level in listed if not level.endless)
    if len(levels) < len(region.levels):
        return None
    mixtures = []
    for mixture in region.spec.mixtures:
        places = tuple(region.names.index(name) for name in mixture.factors)
        members = [levels[k] for k in places]
        mixtures.append(MixtureGrid(places, *whole_numbers(members, mixture.total)))
    blocks = combinations([len(level) for level in levels], mixtures, raw_limit)
    if blocks is None:
        return None
    kept = [np.zeros((0, len(levels)), dtype=np.int32)]
    for index in blocks:
        columns = {level.name: level.values[index[:, k]] for k, level in enumerate(levels)}
        kept.append(index[region.feasible(columns, len(index))])
    return Candidates(levels, np.vstack(kept), region.given, exact=True)


def empty_region_problem(region: ProposalRegion) -> Problem:
    """What leaves no recipe: the mixtures, one constraint alone, or all together."""
    fixed: dict[str, Any] = region.fixed | region.given
    found = ", ".join(f"{name} = {value}" for name, value in fixed.items()) or None
    where = "fixed values" if region.fixed else "constraints"
    if not _any(replace(region, constraints=())):
        sums = "; ".join(f"{' + '.join(m.factors)} = {m.total}" for m in region.spec.mixtures)
        what = f"no recipe on the machines' grids sums up as the mixture asks ({sums})"
        return Problem(where, what, found=found, hint=_freeing(region))
    alone = [c for c in region.constraints if not _any(replace(region, constraints=(c,)))]
    guilty = "; ".join(_words(c) for c in alone or region.constraints)
    together = "" if alone or len(region.constraints) == 1 else "together "
    what = f"no recipe is left that {together}satisfies: {guilty}"
    return Problem(where, what, found=found, hint=_freeing(region))


def _words(constraint: Constraint) -> str:
    reason = f" ({constraint.reason})" if constraint.reason else ""
    return f"{constraint.expression}{reason}"


def _any(region: ProposalRegion) -> bool:
    every = every_recipe(region)
    return sample_region(region, 0, 1) is not None if every is None else len(every) > 0


def _freeing(region: ProposalRegion) -> str | None:
    """Which fixed factor, set free, would leave recipes again."""
    helps = [name for name in region.fixed if _any(region.without(name))]
    return f"Leave {' or '.join(helps)} free" if helps else None
