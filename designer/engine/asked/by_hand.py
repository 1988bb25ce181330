"""Runs that somebody planned by hand: what they are expected to give and teach, and what they cost.

They are judged together as a plan of ours is, and beside the plan of ours with as many runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from designer.acquisition.plan.plan import make_plan
from designer.acquisition.plan.wishes import Offer
from designer.campaigns.commands.by_hand import BY_HAND
from designer.campaigns.commands.entries import OfferedRecipe, PlannedRun
from designer.campaigns.errors import InputError
from designer.campaigns.log.state import CampaignState
from designer.engine.context import planning_context
from designer.engine.fitted_campaign import FittedCampaign, Progress, fit_campaign
from designer.engine.proposing import default_seed, make_improver
from designer.engine.threads import one_thread
from designer.models.compression.fit_cache import Memory


@dataclass(frozen=True)
class HandPlanned:
    """A run planned by hand.

    Attributes:
        run: its id.
        recipe: every factor, and the givens that were told.
        batch: stage to the batch it shall be made from, where that was told.
    """

    run: str
    recipe: OfferedRecipe
    batch: Mapping[str, str]


def judge_by_hand(
    state: CampaignState,
    planned: Sequence[HandPlanned],
    progress: Progress,
    *,
    fitted: FittedCampaign | None = None,
    memory: Memory | None = None,
) -> tuple[dict[str, PlannedRun], FittedCampaign]:
    """Figures of runs that somebody planned, by run id, and the models they come from.

    Args:
        state: the campaign without them.
        planned: the runs.
        progress: told what is being done.
        fitted: models of exactly this log, where there are any.
        memory: of what long histories said before; changes the time, never the result.
    """
    with one_thread():
        if fitted is None:
            fitted = fit_campaign(state, progress, memory)
        progress("judging what was planned", None)
        now = datetime.now(UTC)
        given, _ = fitted.givens({})
        try:
            plan = make_plan(
                state.spec,
                fitted.training.space,
                fitted.averaged,
                given=given,
                context=planning_context(fitted, now),
                make_improver=partial(make_improver, fitted),
                seed=default_seed(state),
                offer=Offer([each.recipe for each in planned], every=True),
            )
        except InputError:  # nothing of ours is left to compare with: they are planned all the same
            return _unjudged(state, planned, given), fitted
    reason = BY_HAND
    if plan.deviation is not None:
        reason += f", which costs {plan.deviation.cost_words(state.spec)}"
    runs = [planned[place] for place in plan.taken]
    told = [each.batch for each in runs]
    return {
        each.run: replace(run, reason=reason)
        for each, run in zip(runs, _priced(state, plan.runs, told), strict=True)
    }, fitted


def _unjudged(
    state: CampaignState, planned: Sequence[HandPlanned], given: Mapping[str, float]
) -> dict[str, PlannedRun]:
    """Runs of which nothing can be said, each of new batches."""
    stages = [stage.name for stage in state.spec.stages]
    runs = [
        PlannedRun(
            order=place, rank=place, settings=each.recipe.settings, predicted={}, bits=None,
            batch=dict.fromkeys(stages, f"new-{place}"), cost=0.0, in_spec=None,
            reason=BY_HAND, given={**given, **each.recipe.given},
        )
        for place, each in enumerate(planned, start=1)
    ]  # fmt: skip
    priced = _priced(state, runs, [each.batch for each in planned])
    return {each.run: run for each, run in zip(planned, priced, strict=True)}


def _priced(
    state: CampaignState, runs: Sequence[PlannedRun], told: Sequence[Mapping[str, str]]
) -> list[PlannedRun]:
    """The runs with their batches as told, and what they cost then, in the order of making."""
    spec = state.spec
    known = {(stage, batch) for stage, batches in state.batches.items() for batch in batches}
    priced = []
    for run, batches in zip(runs, told, strict=True):
        label = {**run.batch, **batches}
        new = set(label.items()) - known
        known |= new
        change = sum(stage.change_cost for stage in spec.stages if stage.name in dict(new))
        priced.append(replace(run, batch=label, cost=spec.costs.run + change))
    return priced
