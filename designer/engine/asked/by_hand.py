"""Runs that somebody planned by hand: what they are expected to give and teach, and what they cost.

They are judged together as any brought plan is, and beside the plan of ours with as many runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from designer.acquisition.judge.hand_planned import chosen_runs
from designer.acquisition.judge.making import Making, in_best_order
from designer.acquisition.judge.worth import Worth
from designer.acquisition.plan.deviation import Deviation
from designer.acquisition.plan.wishes import Wishes
from designer.campaigns.commands.by_hand import BY_HAND
from designer.campaigns.commands.entries import OfferedRecipe, PlannedRun
from designer.campaigns.errors import InputError
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.brought_plan import BroughtRun
from designer.engine.context import planning_context
from designer.engine.fitted_campaign import FittedCampaign, Progress, fit_campaign
from designer.engine.judging import Measures, shared_givens
from designer.engine.proposing import default_seed
from designer.engine.threads import one_thread
from designer.models.compression.fit_cache import Memory

_MANY = 50  # runs above which they are not compared: so many of ours take longer than anybody waits


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
        usual, _ = fitted.givens({})
        runs = [
            BroughtRun(
                place,
                each.run,
                each.recipe.settings,
                {**usual, **each.recipe.given},
                each.batch,
                each.run,
            )
            for place, each in enumerate(planned, start=1)
        ]
        around, seed = planning_context(fitted, datetime.now(UTC)), default_seed(state)
        making = in_best_order(state.spec, runs, around, seed)
        worth, reason = None, BY_HAND
        try:
            measures = Measures.of(fitted, {**usual, **shared_givens(runs)}, seed, around)
        except InputError:  # no recipe is feasible: these are planned all the same
            measures = None
        if measures is not None and measures.yardstick is not None:
            worth = measures.yardstick.worth(making.open_runs(runs))
            reason += _beside_ours(measures, making, worth)
        told = chosen_runs(runs, making, worth, reason)
    return {planned[place].run: run for place, run in zip(making.order, told, strict=True)}, fitted


def _beside_ours(measures: Measures, making: Making, worth: Worth) -> str:
    """``, which costs 2 % of this plan's information (…)``; nothing where none of ours is left."""
    count = len(worth.each)
    beside = measures.beside
    ours = beside.told("ours", beside.ours(runs=count)) if count <= _MANY else None
    if ours is None or ours["information_bits"] is None:
        return ""
    compared = Deviation(
        wishes=Wishes(),
        bits=worth.bits,
        bits_free=ours["information_bits"],
        cost=making.cost,
        cost_free=ours["cost"],
        runs=count,
        runs_free=ours["runs"],
    )
    return f", which costs {compared.cost_words(measures.fitted.state.spec)}"
