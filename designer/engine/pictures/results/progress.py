"""How the campaign came to know what it knows: information and typical ± after every run.

All at today's hyperparameters, so that what a run brought does not change sides with them: the
last point is `Evaluation.information_bits`. Nobody knew these hyperparameters then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import numpy as np

from designer.acquisition.predictions import SD_68, quantiles
from designer.campaigns.errors import InputError
from designer.campaigns.log.runs import Run
from designer.campaigns.sheets.brought_plan import plan_of_runs
from designer.engine.context import planning_context
from designer.engine.evaluation import goal_so_far
from designer.engine.fitted_campaign import FittedCampaign
from designer.engine.judging import Measures, shared_givens, told_seed
from designer.engine.pictures.answers import ProgressPoint, PromisedPoint
from designer.models.arrays import FloatArray

_MOST: Final = 40  # points of the curve: more than anybody tells apart
_REGION: Final = 128  # recipes the typical ± is taken over


def progress(fitted: FittedCampaign, made: Sequence[Run]) -> list[ProgressPoint]:
    """Information and typical ± after the runs, in the order they were made in.

    Args:
        fitted: the campaign and what was learned.
        made: runs that were made, failed ones too, in that order.
    """
    numbers = {run: number for number, run in enumerate(fitted.training.runs)}
    after = _thinned(len(made))
    costs = np.cumsum([_cost(fitted, run) for run in made])
    about = goal_so_far(fitted)
    some = fitted.candidates.spread(_REGION, np.random.default_rng(0))
    region = fitted.candidates.subset(np.unique(some)).encode(fitted.training.space)
    means = {name: belief.mean(region) for name, belief in fitted.averaged.items()}
    modes = {name: belief.at_mode for name, belief in fitted.averaged.items()}
    before = {name: known.after_runs(()).variance(about.X) for name, known in modes.items()}
    told: list[ProgressPoint] = []
    for k in after:
        runs = [numbers[run.id] for run in made[: k + 1] if run.id in numbers]
        then = {name: known.after_runs(runs) for name, known in modes.items()}
        told.append(
            {
                "run": made[k].id,
                "event": made[k].seq,
                "cost": float(costs[k]),
                "bits": about.bits(
                    before, {name: known.variance(about.X) for name, known in then.items()}
                ),
                "sd": {
                    name: _typical(fitted, name, means[name], known.variance(region))
                    for name, known in then.items()
                },
            }
        )
    return told


def _typical(
    fitted: FittedCampaign,
    name: str,
    mean: FloatArray,
    variance: FloatArray,
) -> float:
    """Typical ± in the response's unit where these are the means: as of `plan.outlook`."""
    known = fitted.averaged[name]
    possible = fitted.state.spec.response(name).possible
    low, high = quantiles(known, mean, variance, (-SD_68, SD_68), possible)
    return float(np.sqrt(np.mean(np.square(high - low)))) / 2


def _thinned(count: int) -> list[int]:
    """Places of the runs after which a point is told: the last always."""
    if count == 0:
        return []
    places = np.linspace(count - 1, 0, min(count, _MOST))
    return sorted({round(place) for place in places.tolist()})


def _cost(fitted: FittedCampaign, run: Run) -> float:
    """As `designer.service.advice.spent` counts it."""
    return fitted.state.spec.costs.run if run.cost is None else run.cost


def promised(fitted: FittedCampaign) -> list[PromisedPoint]:
    """What the open runs promise on top of today, in the order they are to be made in."""
    state = fitted.state
    brought = plan_of_runs(state, state.open_runs, "open").runs  # a judge's order and seed
    if not brought:
        return []
    runs = [state.run(each.where) for each in brought]
    given, _ = fitted.givens(shared_givens(brought))
    around = planning_context(fitted, datetime.now(UTC))
    try:
        measures = Measures.of(fitted, given, told_seed(state, brought), around).without(brought)
    except InputError:
        return []
    if measures.yardstick is None:
        return []
    # what was measured of a run already counts: only the rest of it is still promised
    open_runs = {each.run: each for each in around.pending}
    each = measures.yardstick.worth([open_runs[run.id] for run in runs]).each
    costs = np.cumsum([_cost(fitted, run) for run in runs])
    bits = np.cumsum(each)
    return [
        {"run": run.id, "cost": float(cost), "bits": float(gained)}
        for run, cost, gained in zip(runs, costs, bits, strict=True)
    ]
