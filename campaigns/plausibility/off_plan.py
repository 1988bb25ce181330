"""Runs whose really used settings are not those they were planned with."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from designer.campaigns.log.runs import OFF_PLAN, Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import Factor, Setting, quantity_text
from designer.campaigns.values.quantity import usual_units
from designer.campaigns.values.units import convert

_OF_STEP = 0.5  # of a machine step: beyond it, another set-point was meant
_OF_RANGE = 0.01  # of the range of a factor without steps (assumption)
_SAME = 1e-3  # of a planned setting, within which another unit explains the one used
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
            f" (planned {quantity_text(run.planned[factor.name], factor.unit)}"
            f"{_slip(factor, run.used[factor.name], run.planned[factor.name])})"
            for factor in state.spec.factors
            if factor.name in run.reported
            and factor.name in run.planned
            and differs(factor, run.used[factor.name], run.planned[factor.name])
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


def _slip(factor: Factor, used: Setting, planned: Setting) -> str:
    """``; 125 bar is 12.5 MPa: in bar?`` where another unit of the plan, or ten times it, fits."""
    if isinstance(used, str) or isinstance(planned, str) or used == 0 or planned == 0:
        return ""
    declared = factor.unit or "1"
    for unit in usual_units(factor.unit):
        for one, other in ((used, planned), (planned, used)):
            if math.isclose(convert(one, unit, declared), other, rel_tol=_SAME):
                there = quantity_text(one, unit), quantity_text(other, factor.unit)
                return f"; {' is '.join(there)}: in {unit}?"
    powers = (abs(math.log10(abs(used / planned))) - power for power in (1, 2, 3))
    return "; a slip of the point?" if any(abs(off) < _SAME / 3 for off in powers) else ""


def differs(factor: Factor, used: Setting, planned: Setting) -> bool:
    """Whether a setting is another one than planned, and not only read off the machine."""
    if isinstance(used, str) or isinstance(planned, str):
        return used != planned
    scale, near = factor.scale, _OF_RANGE
    if factor.kind == "stepped":
        near = _OF_STEP / max(1, (factor.count or 1) - 1)
    apart = scale.apart(used, planned)
    return apart > near and not math.isclose(apart, near, rel_tol=_ROUNDING)
