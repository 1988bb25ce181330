"""Runs whose really used settings are not those they were planned with."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from designer.campaigns.log.runs import OFF_PLAN, Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import Factor, Setting, quantity_text

_OF_STEP = 0.5  # of a machine step: beyond it, another set-point was meant
_OF_RANGE = 0.01  # of the range of a factor without steps (assumption)
_ROUNDING = 1e-9  # relative; half a step is no deviation


class OffPlan(NamedTuple):
    """A run, a sentence about all its factors, and when its settings were told (UTC)."""

    run: str
    message: str
    since: str | None


def off_plan(state: CampaignState, runs: Iterable[Run]) -> list[OffPlan]:
    """What was made notably off its plan, and is not confirmed, in the order of the runs."""
    found = []
    for run in runs:
        if run.planned is None or not run.reported or run.status == "abandoned":
            continue
        if run.confirmed_seq(OFF_PLAN):
            continue
        told = [
            f"{factor.name} {quantity_text(run.used[factor.name], factor.unit)}"
            f" (planned {quantity_text(run.planned[factor.name], factor.unit)})"
            for factor in state.spec.factors
            if factor.name in run.reported
            and factor.name in run.planned
            and _differs(factor, run.used[factor.name], run.planned[factor.name])
        ]
        if told:
            message = f"{run.id}: not made as planned: {', '.join(told)}"
            found.append(OffPlan(run.id, message, run.recorded_at or run.made_recorded_at))
    return found


def off_plan_since(state: CampaignState, runs: Iterable[str], since: int) -> list[str]:
    """Sentences about those of some runs whose settings were told after a log position."""
    told = {
        event.body["run"]
        for event in state.events[since:]
        if (event.kind == "result_recorded" and event.body["used"])
        or (event.kind == "run_started" and event.body["settings"])
        or (event.kind == "result_corrected" and event.body["what"].get("used"))
    }
    new = (state.run(run) for run in dict.fromkeys(runs) if run in told)
    return [each.message for each in off_plan(state, new)]


def _differs(factor: Factor, used: Setting, planned: Setting) -> bool:
    """Whether a setting is another one than planned, and not only read off the machine."""
    if isinstance(used, str) or isinstance(planned, str):
        return used != planned
    if factor.step is not None:
        near = _OF_STEP * float(factor.step)
    else:
        low, high = factor.bounds
        near = _OF_RANGE * (high - low)
    return abs(used - planned) > near and not math.isclose(
        abs(used - planned), near, rel_tol=_ROUNDING
    )
