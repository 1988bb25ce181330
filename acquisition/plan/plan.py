"""A plan: which runs to make next, in which order, what they teach and what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.functions.improvement import MakeImprover
from designer.acquisition.plan.assemble import PlanAssembly
from designer.acquisition.plan.choice import PlanChoice, PlanLimits
from designer.acquisition.plan.deviation import Deviation
from designer.acquisition.plan.outlook import Outlook, outlook
from designer.acquisition.plan.wishes import Offer, Wishes
from designer.acquisition.posterior import Posterior
from designer.acquisition.selection.context import PlanningContext
from designer.acquisition.selection.space_filling import NEUTRAL
from designer.campaigns.commands.entries import PlannedRun
from designer.campaigns.specification.parts import DEFAULT_RUNS
from designer.campaigns.values.numbers import number_text

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
        taken: which of the offered recipes the runs are, in their order; empty: nothing was.
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
    taken: tuple[int, ...] = ()


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
    offer: Offer | None = None,
    thorough: bool = True,
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
        offer: recipes the runs may be made of; None: all of the region.
        thorough: search for all runs; False: for the first ones only, which is faster;
            the plan is not nested beyond them.

    Raises:
        InputError: nothing satisfies the fixed values and constraints, or all of it was abandoned.
    """
    context, goal = context or PlanningContext(), goal or spec.goal
    if runs is None and budget is None:
        runs = DEFAULT_RUNS
    assumed, notes = _given(spec, given or {})
    wishes = Wishes(fixed or {}, offer, context.unlike)
    choice = PlanChoice(
        spec, space, posteriors, context, wishes, goal, assumed, make_improver, seed, thorough
    )
    limits = PlanLimits(runs, budget)
    rng = np.random.default_rng(seed)
    selection = choice.wished(limits, rng)
    problem, assembly = selection.problem, PlanAssembly(selection, rng)
    planned, uninformed = assembly.runs(), problem.uninformed
    ahead = outlook(problem, goal, len(planned))
    deviation = None
    if wishes and planned and not uninformed:
        deviation = Deviation.between(wishes, selection, choice.without(limits))
    return SelectedPlan(
        goal=selection.goal,
        value_name=NEUTRAL if uninformed else selection.value_name,
        value=None if selection.value_name is None else selection.value,
        runs=planned,
        bits=None if uninformed else selection.bits,
        cost=float(sum(run.cost for run in planned)),
        nested=thorough,
        given=choice.given,
        notes=(*notes, *assembly.notes()),
        deviation=deviation,
        outlook=ahead,
        taken=choice.taken(selection, planned),
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
