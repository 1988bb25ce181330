"""Plans in regions too large to look at every recipe: each run is chosen, then improved nearby.

A run is chosen among recipes spread over the region, after the runs before it; steps from it to
recipes around are compared by the same choice until none is better (pattern search). Later runs,
which add less, are chosen and moved several at a time. The goal does not move: its reference
points are the same throughout. How many runs are asked for changes nothing but where the plan
ends, so the first k runs are the plan of k.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.candidates.candidates import Candidates, merged
from designer.acquisition.candidates.completions import Completions
from designer.acquisition.candidates.grid import RecipeGrid
from designer.acquisition.candidates.moves import Moves
from designer.acquisition.functions.reference_points import ReferencePoints
from designer.acquisition.selection.greedy import Pick, StoppingRule
from designer.acquisition.selection.problem import PlanningProblem
from designer.models.arrays import BoolArray, IntArray

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Setting

_SPREAD = 2048  # recipes a run is chosen among first
_GROUPS = 48  # settings of the dearest stage among them, in a plan over stages
_SHARED = 640  # recipes that would continue open batches, over all of them
_AROUND = 40  # recipes compared in one step of the search, per factor that may change
_MOST_AROUND = 2048  # for several runs together
_NEAR_GROUPS = 14  # settings of the dearest stage compared in one step
_GROUP_PATIENCE = 4  # steps without a better one that end their search
_STEPS = 12  # of a search at most; a quarter for several runs together
_CLOSE = 2.0**-6  # of every range: a step this small ends the search

ONE_BY_ONE = 12
"""Runs that are searched for singly; then half as many as there are together."""

Select = Callable[[PlanningProblem, ReferencePoints, BoolArray, StoppingRule], list[Pick]]
"""How runs are chosen among the points that may be proposed."""


@dataclass(frozen=True, eq=False)
class RefinedPlan:
    """A plan with the points it was chosen among last.

    Attributes:
        problem: fields, batches and candidates, all runs taken.
        reference: the goal at these candidates.
        picks: the runs.
        codes: their recipes in whole numbers, ``[k, F]``.
    """

    problem: PlanningProblem
    reference: ReferencePoints
    picks: list[Pick]
    codes: IntArray


class Refinement:
    """The search for a plan.

    Args:
        problem: recipes spread over the region.
        reference: the goal, with reference points among them.
        allowed: which of its points may be proposed, ``[n]``.
        grid: recipes that may be proposed, in whole numbers.
        make: the same proposal with other candidates.
        choose: how runs are chosen; it takes the runs of ``StoppingRule.first`` first.
        seed: of the recipes that are tried.
        thorough: move all runs to the best recipes around; False: those chosen singly, and the
            rest is taken among recipes spread over the region.
    """

    def __init__(
        self,
        problem: PlanningProblem,
        reference: ReferencePoints,
        allowed: BoolArray,
        grid: RecipeGrid,
        *,
        make: Callable[[Candidates], PlanningProblem],
        choose: Select,
        seed: int,
        thorough: bool = True,
    ) -> None:
        self._first, self._reference, self._grid = problem, reference, grid
        self._make, self._choose, self._seed, self._thorough = make, choose, seed, thorough
        candidates = problem.candidates
        self._references = candidates.subset(reference.rows).columns
        rows = np.flatnonzero(allowed[: len(candidates)])
        self._held = candidates.subset(rows)
        self._pool, _ = grid.codes(self._held.columns)
        self._usual = self._held.subset(np.array([0])).columns
        self._hard = None if problem.uninformed else problem.tree.hard_stage
        self._complete = Completions(grid, self._pool)
        self._open = list(self._open_batches())
        self._owed = list(self._reference_settings())

    def plan(self, stop: StoppingRule) -> RefinedPlan:
        """Choose runs until the plan is complete."""
        taken = self._pool[:0]
        while len(taken) < stop.runs:
            rest = len(taken) >= ONE_BY_ONE and not self._thorough
            more = 1 if len(taken) < ONE_BY_ONE else len(taken) // 2
            until = stop if rest else replace(stop, runs=len(taken) + more)
            rng = np.random.default_rng([self._seed, len(taken)])
            some = self._spread(taken, rng)
            found = self._among(taken, some, until)
            if len(found.picks) == len(taken):
                break
            if rest:
                taken = found.codes
                break
            taken = self._improved(taken, some, found, until, rng).codes
        taken = taken[: stop.runs]
        whole = self._evenly(_SPREAD, np.random.default_rng(self._seed))
        return self._among(taken, whole, replace(stop, runs=len(taken)))

    # ---- the next runs -------------------------------------------------------------------------

    def _improved(
        self,
        taken: IntArray,
        some: IntArray,
        found: RefinedPlan,
        stop: StoppingRule,
        rng: np.random.Generator,
    ) -> RefinedPlan:
        """The runs chosen last, moved to the best recipes around."""
        if self._hard is None:
            return self._climbed(taken, found, stop, self._steps(None, some[:0], rng))
        places = self._complete.places(self._hard + 1)
        later = np.ones(len(self._grid.low), dtype=np.bool_)
        later[places] = False
        if len(found.picks) == len(taken) + 1 and self._opens(found):
            group = some[np.all(some[:, places] == found.codes[-1, places], axis=1)]
            steps = self._group_steps(group, ~later, rng)
            found = self._climbed(taken, found, stop, steps, _GROUP_PATIENCE)
            some = group
        return self._climbed(taken, found, stop, self._steps(later, some, rng))

    def _climbed(
        self,
        taken: IntArray,
        found: RefinedPlan,
        stop: StoppingRule,
        around: Callable[[IntArray], IntArray],
        patience: int = 1,
    ) -> RefinedPlan:
        """Steps until nothing better is around, ``patience`` times."""
        single, idle = len(found.picks) == len(taken) + 1, 0
        room = np.where(self._grid.categorical, 0, self._grid.high - self._grid.low)
        for _ in range(_STEPS if single else _STEPS // 4):
            codes = found.codes
            better = self._among(taken, around(codes[len(taken) :]), stop)
            if len(better.picks) < len(found.picks):
                break  # the recipes around leave out what the rest of the plan needs
            found = better
            step = np.abs(found.codes[: len(codes)] - codes)
            idle = idle + 1 if np.all(step <= _CLOSE * room) else 0
            if idle == patience:
                break
        return found

    def _steps(
        self, free: BoolArray | None, some: IntArray, rng: np.random.Generator
    ) -> Callable[[IntArray], IntArray]:
        """Steps of some factors; of new batches of the dearest stage further recipes are kept."""
        moves = Moves(self._grid, free)
        count = _AROUND * (len(self._grid.low) if free is None else max(1, int(free.sum())))

        def around(codes: IntArray) -> IntArray:
            each = max(16, min(count, _MOST_AROUND // len(codes)))
            near = [moves.around(code, each, rng) for code in codes]
            if free is None or len(codes) == 1:
                return np.vstack(near)
            heads = np.unique(codes[:, ~free], axis=0)
            same = np.any(np.all(some[:, None, ~free] == heads, axis=2), axis=1)
            return np.vstack([some[same], *near])

        return around

    def _group_steps(
        self, group: IntArray, free: BoolArray, rng: np.random.Generator
    ) -> Callable[[IntArray], IntArray]:
        """Steps of the settings a new batch of the dearest stage shares, each with all the rest."""
        moves, later = Moves(self._grid, free), np.flatnonzero(~free)
        most = _NEAR_GROUPS * _GROUP_PATIENCE
        left: list[IntArray] = []  # settings around the best that were not compared yet
        last: list[IntArray] = []

        def around(codes: IntArray) -> IntArray:
            if not last or not np.array_equal(last[-1], codes[0, free]):
                last.append(codes[0, free])
                others = moves.around(codes[0], 2 * most, rng)[1:]
                left[:] = list(others[rng.permutation(len(others))][:most])
            near = np.vstack([codes[:1], *left[: _NEAR_GROUPS - 1]])
            del left[: _NEAR_GROUPS - 1]
            every = np.repeat(near, len(group), axis=0)
            every[:, later] = np.tile(group[:, later], (len(near), 1))
            return np.vstack([near, every[self._grid.feasible(every)]])

        return around

    def _opens(self, found: RefinedPlan) -> bool:
        """Whether the run chosen last needs a new batch of the dearest stage."""
        *before, last = found.picks
        number = last.chain[self._hard or 0]
        known = found.problem.tree.batches[number].label is not None
        return not known and all(number not in pick.chain for pick in before)

    # ---- recipes -------------------------------------------------------------------------------

    def _spread(self, taken: IntArray, rng: np.random.Generator) -> IntArray:
        """Recipes over the whole region, some of each batch that could be continued."""
        if self._hard is None:
            return self._evenly(_SPREAD, rng)
        heads = self._evenly(_GROUPS, rng)
        places = self._complete.places(self._hard + 1)
        heads = heads[np.sort(np.unique(heads[:, places], axis=0, return_index=True)[1])]
        each = max(1, _SPREAD // len(heads))
        parts = [heads, self._complete.of(heads, self._hard + 1, each, rng), taken]
        stages = len(self._first.spec.stages)
        shared = [*self._open, *((code, d) for code in taken for d in range(1, stages + 1))]
        each = max(8, min(128, _SHARED // max(1, len(shared))))
        parts += [self._complete.of(code[None, :], depth, each, rng) for code, depth in shared]
        return np.vstack(parts)

    def _evenly(self, count: int, rng: np.random.Generator) -> IntArray:
        """About so many of the recipes spread over the region."""
        return np.asarray(self._pool[np.unique(self._held.spread(count, rng))])

    def _open_batches(self) -> Iterator[tuple[IntArray, int]]:
        """Recipe and number of stages of everything that is set up or open."""
        context, stages = self._first.context, self._first.tree.stages
        around = [(run.settings, run.batch) for run in context.pending]
        if context.setup is not None:
            around.append((context.setup.settings, context.setup.batch))
        for settings, batch in around:
            for depth in range(1, len(stages) + 1):
                if stages[depth - 1] not in batch:
                    break
                names = [self._grid.region.names[k] for k in self._complete.places(depth)]
                if any(name not in settings for name in names):
                    break
                code = self._code({name: settings[name] for name in names})
                if code is not None:
                    yield code, depth

    def _reference_settings(self) -> Iterator[tuple[IntArray, IntArray]]:
        """Places and codes of the settings of every reference run that new batches get."""
        for stage in self._first.spec.stages:
            code = self._code(stage.reference) if stage.reference else None
            if code is not None:
                places = self._grid.places(list(stage.reference))
                yield places, code[places]

    def _code(self, settings: Mapping[str, Setting]) -> IntArray | None:
        """The usual recipe with some settings; None: the machines cannot be set to them."""
        changed = {name: np.array([value]) for name, value in settings.items()}
        codes, known = self._grid.codes(self._usual | changed)
        return codes[0] if known[0] else None

    def _with_references(self, some: IntArray) -> IntArray:
        """Some recipes, each followed by the reference runs its new batches would get."""
        parts = [some]
        for places, codes in self._owed:
            owed = some.copy()
            owed[:, places] = codes
            owed = np.unique(owed, axis=0)
            parts.append(owed[self._grid.feasible(owed)])
        return np.vstack(parts)

    # ---- choosing ------------------------------------------------------------------------------

    def _among(self, taken: IntArray, some: IntArray, stop: StoppingRule) -> RefinedPlan:
        """The plan with one run more than those taken, among some recipes."""
        grid = self._grid
        some = self._with_references(some)
        parts = [self._references, grid.columns(taken), grid.columns(some)]
        candidates, rows = merged(parts, grid.region.names, grid.region.given)
        problem = self._make(candidates)
        allowed = np.zeros(len(problem.X), dtype=np.bool_)
        allowed[rows[2]] = True
        allowed &= problem.allowed()
        reference = replace(self._reference, rows=rows[0])
        stop = replace(stop, first=tuple(rows[1].tolist()))
        picks = self._choose(problem, reference, allowed, stop)
        chosen = np.array([pick.row for pick in picks], dtype=np.int64)
        codes, _ = grid.codes(candidates.subset(chosen).columns)
        return RefinedPlan(problem, reference, picks, codes)
