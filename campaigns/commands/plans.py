"""Plans: a computed plan gets its ids and enters the log."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from designer.campaigns.commands.checks import Refusals, ensure_open, required_text
from designer.campaigns.commands.entries import PlanDraft, PlannedRun
from designer.campaigns.commands.runs import abandon
from designer.campaigns.errors import ConflictError, InputError, Problem
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.runs import DesignPoint, batch_id_text, plan_id_text, run_id_text
from designer.campaigns.log.state import CampaignState, PlanDesign
from designer.campaigns.space.factors import Setting
from designer.campaigns.specification.recipes import recipe_flags, recipe_problems

_NEW = re.compile(r"new-[0-9]+\Z")


def propose(
    state: CampaignState,
    plan: PlanDraft,
    *,
    replace: str | None = None,
    instead_of: Sequence[str] | None = None,
) -> list[NewEvent]:
    """Enter a plan: new ids for the plan, its runs (in the order of making) and new batches.

    Args:
        state: fresh state.
        plan: computed plan; a batch label ``new-1`` becomes the stage's next free id, any other
            label is a batch that exists.
        replace: reason for abandoning open runs first; None: they stay.
        instead_of: ids of those; None: all.

    Returns:
        The abandoned runs, then one ``plan_proposed`` event.

    Raises:
        InputError: no runs, recipes that are not feasible set-points, unknown batches, closed
            campaign.
        ConflictError: the log went on since the plan was computed.
    """
    ensure_open(state)
    if plan.position != state.seq:
        raise ConflictError.at(
            f"campaign {state.spec.name}",
            f"went on from event {plan.position} to event {state.seq} while the plan was computed",
            hint="Propose again",
        )
    runs = [_with_plain_settings(run) for run in sorted(plan.runs, key=lambda run: run.order)]
    refusals = Refusals()
    if not runs:
        refusals.input.report("plan", "holds no runs")
    for run in runs:
        _check_run(state, run, refusals)
    drafts: list[NewEvent] = []
    if replace is not None:
        gone = [run.id for run in state.open_runs] if instead_of is None else instead_of
        reason = required_text(replace, "reason")
        drafts = abandon(state, gone, reason) if gone else []
    batches = batch_ids(state, runs, refusals)
    refusals.raise_if_any()
    return [*drafts, NewEvent("plan_proposed", _plan_body(state, plan, runs, batches))]


def _plan_body(
    state: CampaignState,
    plan: PlanDraft,
    runs: list[PlannedRun],
    batches: list[dict[str, str]],
) -> dict[str, Any]:
    first = state.next_run_number
    body = {
        **_fields(plan),
        "plan": plan_id_text(state.next_plan_number),
        "runs": [
            {**_fields(run), "run": run_id_text(first + index), "batch": batches[index]}
            for index, run in enumerate(runs)
        ],
    }
    told: dict[str, Any] = plain(body)
    return told


def _fields(entry: PlanDraft | PlannedRun) -> dict[str, Any]:
    """The payload says what the plan says, under the same names."""
    return {field.name: getattr(entry, field.name) for field in fields(entry)}


def _with_plain_settings(run: PlannedRun) -> PlannedRun:
    """Bring the recipe to Python's own numbers."""
    settings: dict[str, Setting] = {
        name: value if isinstance(value, str) else float(value)
        for name, value in run.settings.items()
    }
    return replace(run, settings=settings)


def _check_run(state: CampaignState, run: PlannedRun, refusals: Refusals) -> None:
    where = f"proposal {run.order}"
    if run.extra is None:
        refusals.input.extend(recipe_problems(state.spec, run.settings, where, on_grid=True))
    else:  # what is there is made as it is: a coil of 151 um where the machine makes 150 and 155
        problems = recipe_problems(state.spec, run.settings, where, on_grid=False)
        flags = [] if problems else recipe_flags(state.spec, {**run.settings, **run.given})
        refusals.input.extend([*problems, *(Problem(where, flag) for flag in flags)])
    for name, value in run.given.items():
        if not any(given.name == name for given in state.spec.givens):
            refusals.input.report(f"{where}, {name}", "is no given of this campaign")
        elif not math.isfinite(value):
            refusals.input.report(f"{where}, {name}", "is not a finite number", str(value))


def batch_ids(
    state: CampaignState, runs: Sequence[PlannedRun], refusals: Refusals
) -> list[dict[str, str]]:
    """Turn labels of runs into ids: new ones are numbered by stage in the order of making."""
    stages = {stage.name for stage in state.spec.stages}
    given_out: dict[tuple[str, str], str] = {}
    free = {stage: state.next_batch_number(stage) for stage in stages}
    batches = []
    for run in runs:
        ids = {}
        for stage, label in run.batch.items():
            where = f"proposal {run.order}, batch of {stage}"
            if stage not in stages:
                refusals.input.report(where, "there is no such stage")
            elif not _NEW.match(label):
                if label not in state.batches.get(stage, ()):
                    refusals.input.report(where, "there is no such batch", label)
                ids[stage] = label
            else:
                if (stage, label) not in given_out:
                    given_out[stage, label] = batch_id_text(stage, free[stage])
                    free[stage] += 1
                ids[stage] = given_out[stage, label]
        batches.append(ids)
    return batches


def plain(value: Any) -> Any:  # noqa: ANN401 - any JSON-able value, numpy's included
    """Return a JSON-able value built of dicts, lists, texts and Python's own numbers.

    Raises:
        InputError: a number is not finite.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, DesignPoint | PlanDesign):
        return plain(asdict(value))
    if hasattr(value, "tolist"):  # numpy numbers and arrays, without importing numpy
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError.at("plan", "holds a number that is not finite", str(value))
    return value
