"""A plan: which runs to make next, in which order, what they teach and what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.candidates.candidates import with_fixed
from designer.acquisition.candidates.grid import RecipeGrid
from designer.acquisition.candidates.region import ProposalRegion
from designer.acquisition.functions.improvement import MakeImprover
from designer.acquisition.functions.reference_points import ReferencePoints
from designer.acquisition.plan.assemble import PlanAssembly
from designer.acquisition.plan.deviation import Deviation
from designer.acquisition.plan.outlook import Outlook, outlook
from designer.acquisition.posterior import Posterior
from designer.acquisition.selection.context import PlanningContext
from designer.acquisition.selection.greedy import StoppingRule
from designer.acquisition.selection.problem import PlanningProblem
from designer.acquisition.selection.refinement import Refinement, Select
from designer.acquisition.selection.space_filling import NEUTRAL
from designer.acquisition.selection.strategy import Selection, select_runs
from designer.campaigns.commands.entries import PlannedRun
from designer.campaigns.specification.parts import DEFAULT_RUNS
from designer.campaigns.values.numbers import number_text
from designer.render.words import count as counted
from designer.render.words import priced

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.specification import Specification
    from designer.models.encoding import Space


@dataclass(frozen=True)
class SelectedPlan:
    """A computed plan.

    Attributes:
        goal: ``learn``, ``window`` or ``optimum``.
        value_name: of what was maximised when that is no information; ``space-filling`` when
            nothing is known yet.
        value: what the runs bring of it; None: information was maximised, or nothing is known.
        runs: the runs in the order to make them.
        bits: information it is expected to bring; None for space-filling.
        cost: of all its runs and new batches, in ``costs.unit``.
        nested: the first k by rank are the plan of k runs.
        given: value assumed for every given.
        notes: sentences for the user.
        deviation: what the fixed settings cost; None: none is fixed, or nothing is known yet.
        outlook: what will be known after it; None: nothing is known yet.
    """

    goal: str
    value_name: str | None
    value: float | None
    runs: tuple[PlannedRun, ...]
    bits: float | None
    cost: float
    nested: bool
    given: Mapping[str, float]
    notes: tuple[str, ...]
    deviation: Deviation | None = None
    outlook: Outlook | None = None


# float32 products of OpenBLAS raise flags for what lies behind the ends of their arrays (seen on
# finite arrays with finite results); `greedy.best` refuses values that are not numbers
@np.errstate(invalid="ignore")
def make_plan(
    spec: Specification,
    space: Space,
    posteriors: Mapping[str, Posterior],
    *,
    runs: int | None = None,
    budget: float | None = None,
    fixed: Mapping[str, Setting] | None = None,
    given: Mapping[str, float] | None = None,
    context: PlanningContext | None = None,
    goal: str | None = None,
    make_improver: MakeImprover | None = None,
    seed: int = 0,
) -> SelectedPlan:
    """Choose the next runs.

    Args:
        spec: the campaign's specification.
        space: encoding of its inputs.
        posteriors: belief per response, of responses something is known about; empty: the plan is
            space-filling.
        runs: most runs; default 4, with a budget alone as many as fit; 0: only look ahead.
        budget: most cost, in ``costs.unit``.
        fixed: settings every run shall have, checked by the caller.
        given: values of the givens; the middle of the range for those left out.
        context: what is set up, open, known and refused.
        goal: default: the specification's.
        make_improver: makes the judge of improvement on the responses' goals.
        seed: seed of all chance.

    Raises:
        InputError: nothing satisfies the fixed values and constraints, or all of it was abandoned.
    """
    context, goal = context or PlanningContext(), goal or spec.goal
    if runs is None and budget is None:
        runs = DEFAULT_RUNS
    assumed, notes = _given(spec, given or {})
    candidates, wanted = with_fixed(spec, fixed, assumed, seed)

    def chosen(held: Mapping[str, Setting], rng: np.random.Generator) -> Selection:
        only = wanted if held else None
        problem = PlanningProblem(spec, space, posteriors, candidates, context, wanted=only)

        def refine(first: PlanningProblem, reference: ReferencePoints, take: Select) -> Refinement:
            return Refinement(
                first,
                reference,
                first.allowed(),
                RecipeGrid(ProposalRegion.of(spec, held, candidates.given)),
                make=lambda others: PlanningProblem(spec, space, posteriors, others, context),
                choose=take,
                seed=seed,
            )

        stop = problem.stop(runs, budget)
        selection = select_runs(
            problem,
            goal,
            rng,
            stop,
            make_improver=make_improver,
            refine=None if candidates.exact else refine,
        )
        part = []
        if not candidates.exact:
            around = "" if selection.problem is problem else " and those around the best"
            part = [
                f"there are too many recipes to compare all: {len(candidates)} spread over the"
                f" region{around} were"
            ]
        short = _shortfall(problem, len(selection.picks), runs, budget, stop)
        return replace(selection, notes=(*notes, *part, *selection.notes, *short))

    rng = np.random.default_rng(seed)
    selection = chosen(fixed or {}, rng)
    problem, assembly = selection.problem, PlanAssembly(selection, rng)
    planned, uninformed = assembly.runs(), problem.uninformed
    ahead = outlook(problem, goal, len(planned))
    deviation = None
    if fixed and not uninformed:
        free = chosen({}, np.random.default_rng(seed))
        deviation = Deviation.between(fixed, selection, free)
    return SelectedPlan(
        goal=selection.goal,
        value_name=NEUTRAL if uninformed else selection.value_name,
        value=None if selection.value_name is None else selection.value,
        runs=planned,
        bits=None if uninformed else selection.bits,
        cost=float(sum(run.cost for run in planned)),
        nested=True,
        given=candidates.given,
        notes=assembly.notes(),
        deviation=deviation,
        outlook=ahead,
    )


def _given(spec: Specification, given: Mapping[str, float]) -> tuple[dict[str, float], list[str]]:
    assumed = {name: float(value) for name, value in given.items()}
    notes = []
    for item in spec.givens:
        if item.name not in assumed:
            assumed[item.name] = 0.5 * (item.low + item.high)
            text = number_text(assumed[item.name]) + (f" {item.unit}" if item.unit else "")
            notes.append(f"{item.name} was not given: planned for {text}, the middle of its range")
    return assumed, notes


def _shortfall(
    problem: PlanningProblem,
    count: int,
    runs: int | None,
    budget: float | None,
    stop: StoppingRule,
) -> list[str]:
    """Why there are fewer runs than asked for, if so."""
    if count == runs:
        return []
    if count == stop.runs:
        return [f"a plan over so many recipes holds at most {counted(count, 'run')}"]
    if not stop.repeat and count == np.count_nonzero(problem.allowed()):
        verb = "is" if count == 1 else "are"
        return [f"there {verb} only {counted(count, 'feasible recipe')}, and none is repeated yet"]
    limit = priced(budget or 0.0, problem.spec.costs.unit)
    if not count:
        cheapest = float(problem.tree.costs()[problem.allowed()].min())
        return [f"no run fits into {limit}: the cheapest costs {cheapest:g}"]
    if runs is None:
        return []
    return [
        f"only {count} of {counted(runs, 'run')} {'fits' if count == 1 else 'fit'} into {limit}"
    ]
