"""A computed plan on its way into the log, and what is told of it. The engine is not loaded."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, cast

from designer.campaigns import commands
from designer.campaigns.errors import InputError
from designer.campaigns.log.fold import tried
from designer.campaigns.log.state import CampaignState, Plan
from designer.campaigns.sheets.run_object import design_object, run_object
from designer.service.advice import outlook, spent
from designer.service.answers import PlanAnswer
from designer.service.asked.wishes import Unwanted, abandoned_with
from designer.service.fits import keep_evaluation
from designer.service.session import Session

if TYPE_CHECKING:
    from designer.campaigns.log.events import NewEvent
    from designer.engine.answers import Ahead
    from designer.engine.proposing import ComputedPlan

_ROUNDING = 1e-9


def enter(
    session: Session,
    state: CampaignState,
    computed: ComputedPlan,
    notes: Sequence[str],
    *,
    gone: Unwanted,
    dry_run: bool,
) -> PlanAnswer:
    """Enter a computed plan into the log, or only try it, and tell it.

    Args:
        session: user and store.
        state: what it was computed from.
        computed: the plan, and figures computed with it.
        notes: further sentences for the user.
        gone: open runs that are abandoned first.
        dry_run: write nothing.

    Raises:
        ConflictError: somebody changed the campaign meanwhile.
    """
    if computed.fitted is not None:
        session.fitted = computed.fitted
    if computed.evaluation is not None and not dry_run:  # about runs that exist nowhere
        keep_evaluation(session, state, computed.evaluation)
    # all that is told is kept with the plan, so that a repeated call can tell it again
    draft = dataclasses.replace(
        computed.draft,
        notes=[*computed.draft.notes, *notes],
        outlook=None if computed.evaluation is None else computed.evaluation["outlook"],
    )

    def decide(fresh: CampaignState) -> list[NewEvent]:
        return commands.propose(fresh, draft, replace=gone.reason, instead_of=gone.runs)

    if dry_run:
        after = tried(state, decide(state))
        return {**plan_told(after, [*after.plans.values()][-1], dry_run=True), "head": state.head}
    after = session.change(state.spec.name, decide, expected_seq=state.seq)
    return plan_told(after, [*after.plans.values()][-1])


def repeated_plan(session: Session, campaign: str, *, dry_run: bool) -> PlanAnswer | None:
    """The plan that this very command brought before; None: it is new.

    Raises:
        ConflictError: its request id was used for something else.
    """
    repeated = None if dry_run else session.repeated(campaign)
    if repeated is None:
        return None
    return plan_told(repeated.after, [*repeated.after.plans.values()][-1])


def plan_told(state: CampaignState, plan: Plan, *, dry_run: bool = False) -> PlanAnswer:
    """What is told of a plan that has just been made."""
    return {
        "campaign": state.spec.name,
        "plan": plan.id,
        "seed": plan.seed,
        "goal": plan.goal,
        "information_bits": plan.information_bits,
        "cost": plan.cost or 0.0,
        "nested": plan.nested,
        "value": plan.value,
        "value_name": plan.value_name,
        "deviation": plan.deviation,
        "fixed": plan.fixed,
        "design": None if plan.design is None else design_object(plan.design),
        "runs": [run_object(state.runs[run]) for run in plan.runs],
        "abandoned": abandoned_with(state, plan),
        "outlook": outlook(state.spec, cast("Ahead | None", plan.outlook)),
        "notes": [*plan.notes],
        "dry_run": dry_run,
        "head": state.head,
    }


def budget_left(state: CampaignState, gone: Collection[str]) -> float | None:
    """What is left of the campaign's budget once some runs are gone; None: there is none.

    Raises:
        InputError: nothing is left.
    """
    budget = state.spec.costs.budget
    if budget is None:
        return None
    used = spent(state, without=gone)
    left = budget - used
    if left < state.spec.costs.run - _ROUNDING:
        unit = state.spec.costs.unit
        raise InputError.at(
            "costs.budget",
            "the campaign's budget is used up",
            found=f"{used:g} {unit} spent or planned",
            allowed=f"{budget:g} {unit}",
            hint="Raise the budget with amend, or abandon open runs",
        )
    return left
