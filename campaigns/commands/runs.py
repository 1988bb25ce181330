"""What happens to runs besides results: started, failed, abandoned, reopened; and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from designer.campaigns.commands.checks import (
    NOTE_LIMIT,
    Refusals,
    ensure_open,
    input_value,
    named,
    optional_text,
    required_text,
)
from designer.campaigns.errors import ConflictError, InputError, Problem
from designer.campaigns.log.describe import who_when
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.runs import BREACH, Run, normal_run_id
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.open_runs import breaches
from designer.campaigns.values.quantity import Quantity


def start(
    state: CampaignState,
    run: str,
    *,
    used: Mapping[str, Quantity] | None = None,
    anyway: bool = False,
) -> list[NewEvent]:
    """Say that a run is being made.

    Args:
        state: fresh state.
        run: run id.
        used: settings really used, as far as known.
        anyway: also where it breaks the specification, which changed since it was planned.

    Raises:
        InputError: unknown run, closed campaign, settings that cannot be; or it breaks the
            specification: its recipe is not allowed any more, or it will miss a changed window.
        ConflictError: it was started, made, failed or abandoned already.
    """
    ensure_open(state)
    there = state.run(run)
    if there.status != "proposed":
        raise ConflictError(_in_the_way(state, there, "cannot be started"))
    refusals = Refusals()
    where = f"run {there.id}"
    if not anyway:
        planned = [] if there.confirmed_seq(BREACH) else there.flags
        against = [*(Problem(where, text) for text in planned)]
        against += [breach.problem for breach in breaches(state, [there.id])]
        hint = "Abandon it or plan anew with propose --replace; else start it with --anyway"
        refusals.input.extend(
            replace(problem, hint=f"{problem.hint}. {hint}" if problem.hint else hint)
            for problem in against
        )
    settings = {}
    for factor, typed in named(used or {}, state.spec.factors, where, "factor", refusals):
        value = input_value(typed, factor, where, refusals.input)
        settings[factor.name] = value and value.stored()
    refusals.raise_if_any()
    return [NewEvent("run_started", {"run": there.id, "settings": settings})]


def fail(state: CampaignState, run: str, reason: str) -> list[NewEvent]:
    """Say that a run was made and failed; values measured before are kept.

    Raises:
        InputError: unknown run, no reason, closed campaign.
        ConflictError: it is called failed or abandoned already.
    """
    ensure_open(state)
    there = state.run(run)
    reason = required_text(reason, "reason")
    if there.status in ("failed", "abandoned"):
        raise ConflictError(_in_the_way(state, there, "cannot be called failed"))
    return [NewEvent("run_failed", {"run": there.id, "reason": reason})]


def abandon(state: CampaignState, runs: Sequence[str], reason: str) -> list[NewEvent]:
    """Say that runs will not be made, all or none of them.

    Raises:
        InputError: unknown runs (all are named), no reason, no run, closed campaign.
        ConflictError: some were made, failed or abandoned already.
    """
    ensure_open(state)
    reason = required_text(reason, "reason")
    if not runs:
        raise InputError("name the runs that will not be made")
    refusals = Refusals()
    chosen: dict[str, Run] = {}
    for text in runs:
        try:
            there = state.run(text)
        except InputError as error:
            refusals.input.extend(error.problems)
            continue
        chosen[there.id] = there
        if not there.is_open:
            refusals.conflicts.add(_in_the_way(state, there, "cannot be abandoned"))
    refusals.raise_if_any()
    return [NewEvent("run_abandoned", {"run": run_id, "reason": reason}) for run_id in chosen]


def reopen(state: CampaignState, run: str, reason: str | None = None) -> list[NewEvent]:
    """Put a failed or abandoned run back to what its data say.

    Raises:
        InputError: unknown run, closed campaign.
        ConflictError: it is neither failed nor abandoned.
    """
    ensure_open(state)
    there = state.run(run)
    if there.status not in ("failed", "abandoned"):
        raise ConflictError.at(f"run {there.id}", f"is {there.status}: there is nothing to reopen")
    body = {"run": there.id, "reason": optional_text(reason, "reason")}
    return [NewEvent("run_reopened", body)]


def note(
    state: CampaignState,
    text: str,
    run: str | None = None,
    *,
    confirms: str | None = None,
    responses: Sequence[str] = (),
) -> list[NewEvent]:
    """Add a remark to the campaign or to a run; a closed campaign takes it too.

    Args:
        state: fresh state.
        text: the remark.
        run: run id; None: about the campaign.
        confirms: kind of flag of that run that is looked at and right; the caller knows that the
            run has such a flag.
        responses: those it is right for; empty: the flag is not about responses.

    Raises:
        InputError: unknown run; the text is empty, too long or holds invisible characters.
    """
    run_id = None if run is None else state.run(run).id
    cleaned = required_text(text, "note", limit=NOTE_LIMIT, multiline=True)
    if run_id is None and normal_run_id(cleaned) in state.runs:
        hint = "Write the run, then the remark in quotes"
        raise InputError.at("note", "names a run, but the remark is missing", cleaned, hint=hint)
    body = {"run": run_id, "text": cleaned, "confirms": confirms, "responses": [*responses] or None}
    return [NewEvent("note_added", body)]


_NEXT = {
    "running": "Record its results, or call it failed",
    "partial": "What will never be measured is recorded as `none`",
    "completed": "If its results are wrong, correct them or undo the event",
    "failed": "Reopen it first",
    "abandoned": "Reopen it first",
}


def _in_the_way(state: CampaignState, run: Run, what: str) -> Problem:
    """Say that a run has gone another way meanwhile: what, who, when."""
    last = next(
        (
            event
            for event in reversed(state.events)
            if event.body.get("run") == run.id
            and event.seq not in state.reversals
            and event.kind != "note_added"
        ),
        None,
    )
    told = "" if last is None else f" {who_when(last.actor, last.recorded_at)} (event {last.seq})"
    failure = f", {run.failure}" if run.failure else ""
    return Problem(
        f"run {run.id}", f"is {run.status}{failure}{told}, and {what}", hint=_NEXT.get(run.status)
    )
