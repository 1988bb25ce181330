"""What surrounds a proposal: what stands on the line now, which runs are open, known, refused."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import UTC, datetime

from designer.acquisition.selection.context import (
    FailedRun,
    KnownRun,
    OpenRun,
    PlanningContext,
    Setup,
)
from designer.campaigns.log.state import CampaignState, Run
from designer.campaigns.specification.specification import Specification
from designer.engine.failing import learn_success
from designer.engine.fitted_campaign import FittedCampaign
from designer.engine.opinions import disagreements
from designer.engine.training import TrainingSet, believed_runs


def around(knowledge: FittedCampaign, now: datetime, *, replace: bool) -> PlanningContext:
    """`situation` with what the models say about the earlier lines."""
    found = situation(knowledge.state, knowledge.training, now, replace=replace)
    return dataclasses.replace(found, disagreements=disagreements(knowledge))


def situation(
    state: CampaignState, training: TrainingSet, now: datetime, *, replace: bool
) -> PlanningContext:
    """Everything around a proposal that is not the model.

    Args:
        state: the campaign.
        training: what the models learned from.
        now: present moment, for pot lives.
        replace: the open runs are abandoned first: they are not pending, and like every
            abandoned recipe not proposed again.
    """
    open_runs = state.open_runs
    refused = [run for run in state.runs.values() if run.status == "abandoned"]
    if replace:
        refused += open_runs
    pending = [] if replace else [OpenRun(r.id, r.used, r.batch, r.given) for r in open_runs]
    pending += [
        OpenRun(run.id, run.used, run.batch, run.given, awaited=frozenset(missing))
        for run in state.runs.values()
        if run.status == "partial" and (missing := _missing(state, run))
    ]
    return PlanningContext(
        setup=current_setup(state, now),
        pending=tuple(pending),
        known=tuple(KnownRun(run.id, run.used, run.given) for run in believed_runs(state)),
        excluded=tuple(run.planned or run.used for run in refused),
        failed=tuple(
            FailedRun(run.id, run.used, run.reason or "")
            for run in state.runs.values()
            if run.status == "failed"
        ),
        success=learn_success(state, training),
        codes=_codes(state, training),
        made=Counter(
            (stage, batch)
            for run in state.runs.values()
            if run.made_seq is not None and run.id not in {open_run.run for open_run in pending}
            for stage, batch in run.batch.items()
        ),
    )


def _missing(state: CampaignState, run: Run) -> list[str]:
    """Responses of a run that are still to come."""
    names = [response.name for response in state.spec.responses]
    return [name for name in names if not run.values(name) and name not in run.never]


def _codes(state: CampaignState, training: TrainingSet) -> dict[tuple[str, str], int]:
    codes: dict[tuple[str, str], int] = {}
    for run in believed_runs(state):
        row = training.batches.row(0, run.batch)
        for stage, code in zip(training.batches.stages, row, strict=True):
            if code >= 0:
                codes[stage, run.batch[stage]] = code
    return codes


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
    made = [made_moment(run) for run in state.runs.values() if run.batch.get(stage) == batch]
    known = [moment for moment in made if moment is not None]
    if not known:
        return 0.0
    return (now - min(known)).total_seconds() / 3600.0 / hours_per_unit(state.spec)


def hours_per_unit(spec: Specification) -> float:
    """Length of one cost unit in hours; 1 when it is no time."""
    return spec.costs.hours_per_unit or 1.0


def made_moment(run: Run) -> datetime | None:
    """When a run was made: as told, else when its first result was stored."""
    if run.made_seq is None:
        return None
    text = run.made_at or run.made_recorded_at
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
