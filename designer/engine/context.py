"""What surrounds a proposal: what stands on the line now, which runs are open, known, refused.

And where the earlier lines disagree: what each line's own surface says about a recipe.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

import numpy as np

from designer.acquisition.selection.context import (
    Disagreement,
    FailedRun,
    KnownRun,
    OpenRun,
    PlanningContext,
    Setup,
)
from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import quantity_text
from designer.campaigns.values.times import stored_moment
from designer.campaigns.values.units import is_share
from designer.engine.fitted_campaign import FittedCampaign
from designer.engine.training_rows.training_set import TrainingSet, training_runs
from designer.models.arrays import FloatArray
from designer.models.posterior.posterior import ResponsePosterior

_CLEARLY = 2.0  # standard deviations of the noise of both lines' measurements (about 95 %)


def planning_context(
    fitted: FittedCampaign,
    now: datetime,
    *,
    gone: Collection[str] = (),
    unlike: Collection[str] = (),
    apart: bool = False,
) -> PlanningContext:
    """Everything around a proposal that is not the model.

    Args:
        fitted: the campaign and what was learned from it.
        now: present moment, for pot lives.
        gone: open runs that are abandoned first: they are not pending, and like every abandoned
            recipe not proposed again (a coil of that recipe may be).
        unlike: those of them in whose place others are asked for.
        apart: what is offered is told apart by ids, so a coil that was abandoned refuses no recipe.
    """
    state = fitted.state
    refused = [
        run
        for run in state.runs.values()
        if (run.status == "abandoned" and not (apart and run.extra))
        or (run.id in gone and not apart)
    ]
    pending = [_open(run) for run in state.open_runs if run.id not in gone]
    pending += [
        OpenRun(run.id, run.used, run.batch, run.given, awaited=frozenset(missing))
        for run in state.runs.values()
        if run.status == "partial" and (missing := _missing(state, run))
    ]
    return PlanningContext(
        setup=current_setup(state, now),
        pending=tuple(pending),
        known=tuple(KnownRun(run.id, run.used, run.given) for run in training_runs(state)),
        excluded=tuple(run.planned or run.used for run in refused),
        failed=tuple(
            FailedRun(run.id, run.used, run.failure or "")
            for run in state.runs.values()
            if run.status == "failed"
        ),
        success=fitted.success,
        codes=_codes(state, fitted.training),
        made=Counter(
            (stage, batch)
            for run in state.runs.values()
            if run.made_seq is not None and run.id not in {open_run.run for open_run in pending}
            for stage, batch in run.batch.items()
        ),
        disagreements=disagreements(fitted),
        at=state.seq,
        unlike=tuple(_open(state.runs[run]) for run in unlike),
    )


def _open(run: Run) -> OpenRun:
    return OpenRun(run.id, run.used, run.batch, run.given)


def _missing(state: CampaignState, run: Run) -> list[str]:
    """Responses of a run that are still to come."""
    names = [response.name for response in state.spec.responses]
    return [name for name in names if not run.values(name) and name not in run.never]


def _codes(state: CampaignState, training: TrainingSet) -> dict[tuple[str, str], int]:
    batches = training.batches
    return {
        (stage, run.batch[stage]): code
        for run in training_runs(state)
        for stage, code in zip(batches.stages, batches.row(0, run.batch), strict=True)
        if code >= 0
    }


def current_setup(state: CampaignState, now: datetime) -> Setup | None:
    """What is set up now: batches of the last run made, up to the first whose pot life is over."""
    run = state.setup
    if run is None:
        return None
    usable: dict[str, str] = {}
    left: dict[str, float] = {}
    for stage in state.spec.stages:
        batch = run.batch.get(stage.name)
        if batch is None:
            break
        if stage.usable_for is not None and state.spec.costs.is_time:
            rest = stage.usable_for - _age(state, stage.name, batch, now)
            if rest <= 0:
                break
            left[stage.name] = rest
        usable[stage.name] = batch
    return Setup(settings=run.planned or run.used, batch=usable, left=left)


def _age(state: CampaignState, stage: str, batch: str, now: datetime) -> float:
    """Time since the first run of a batch, in ``costs.unit``."""
    made = [_made_moment(run) for run in state.runs.values() if run.batch.get(stage) == batch]
    known = [moment for moment in made if moment is not None]
    if not known:
        return 0.0
    return (now - min(known)).total_seconds() / 3600.0 / (state.spec.costs.hours_per_unit or 1.0)


def _made_moment(run: Run) -> datetime | None:
    """When a run was made: as told, else when its first result was stored."""
    text = run.made_at or run.made_recorded_at
    if run.made_seq is None or text is None:
        return None
    return stored_moment(text)


def disagreements(
    fitted: FittedCampaign,
) -> Callable[[FloatArray], Sequence[Disagreement | None]] | None:
    """Judge of recipes: the largest disagreement of the lines about each; None: no two lines."""
    if len(fitted.training.lines) < 2:
        return None

    def judge(X: FloatArray) -> list[Disagreement | None]:
        worst: list[tuple[float, Disagreement | None]] = [(_CLEARLY, None)] * len(X)
        for posterior in fitted.posteriors.values():
            for k, found in enumerate(_differences(fitted, posterior, X)):
                if found[0] > worst[k][0]:
                    worst[k] = found
        return [found for _, found in worst]

    return judge


def _differences(
    fitted: FittedCampaign, posterior: ResponsePosterior, X: FloatArray
) -> list[tuple[float, Disagreement]]:
    """Per recipe how far the two most different lines are apart, in noise, and in words."""
    own, scaling = posterior.fitted, posterior.scaling
    codes = [int(code) for code in own.rows.positions if code > 0]
    if len(codes) < 2:
        return []
    means, noises = [], []
    for code in codes:
        mean = posterior.line_mean(X, code)
        means.append(mean)
        factor = posterior.parameters.noise[own.rows.positions.index(code)]
        noises.append(scaling.noise_base(mean) * float(factor))
    z, noise = np.array(means), np.array(noises)
    raw = np.array([scaling.to_raw(mean, np.zeros(len(X)))[0] for mean in means])
    response = fitted.state.spec.response(posterior.name)
    share = is_share(response.unit)  # "9 % higher" would be read as a ratio
    found = []
    for k, (high, low) in enumerate(zip(z.argmax(axis=0), z.argmin(axis=0), strict=True)):
        sd = float(np.sqrt(noise[high, k] + noise[low, k]))
        apart = float(z[high, k] - z[low, k]) / max(sd, np.finfo(float).tiny)
        apart_raw = float(f"{raw[high, k] - raw[low, k]:.2g}")
        words = Disagreement(
            response=posterior.name,
            high=fitted.training.lines[codes[high] - 1],
            low=fitted.training.lines[codes[low] - 1],
            difference=quantity_text(apart_raw, "points" if share else response.unit),
        )
        found.append((apart, words))
    return found
