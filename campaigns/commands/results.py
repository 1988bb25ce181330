"""Results come in: of proposed runs (`record`), and of runs nobody proposed (`attach`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from designer.campaigns.commands.checks import Refusals, ensure_open
from designer.campaigns.commands.entries import ResultEntry
from designer.campaigns.commands.result_body import Told, result_body, says_something
from designer.campaigns.errors import InputError, Problem
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.fold import Scratch
from designer.campaigns.log.state import (
    CampaignState,
    Run,
    normal_run_id,
    run_id_text,
)
from designer.campaigns.values.times import utc_now

LATE = "a result came in after the run was called failed"
"""Reason of the reopening that a late result implies."""


def record(
    state: CampaignState, entries: Sequence[ResultEntry], *, now: datetime | None = None
) -> list[NewEvent]:
    """Record results of runs, all or nothing.

    A result before the start is accepted; a late result on a failed run reopens it. Facts told
    before (a value, a really used setting, a batch, a time) are never overwritten: the same
    setting, batch or time again is ignored, anything else is a conflict.

    Args:
        state: fresh state.
        entries: what is known now; several entries of one run follow each other.
        now: present moment, aware; default: the clock.

    Returns:
        New events in the order of the entries.

    Raises:
        InputError: with all problems of all entries: unknown runs (nearest ids, open runs),
            unknown names, impossible values, unreadable units, times, texts; closed campaign.
        ConflictError: a response has a value already (who, when, what), another setting was told
            before, or the run was abandoned.
    """
    ensure_open(state)
    if not entries:
        raise InputError("there is nothing to record")
    refusals, scratch = Refusals(), Scratch(state)
    moment = now or utc_now()
    drafts: list[NewEvent] = []
    for entry in entries:
        new = _record(state, scratch, entry, moment, refusals)
        scratch.add(new)
        drafts += new
    refusals.raise_if_any()
    return drafts


def _record(
    state: CampaignState, scratch: Scratch, entry: ResultEntry, now: datetime, refusals: Refusals
) -> list[NewEvent]:
    """Return the events of one entry; none when something is wrong with it."""
    where = entry.where or f"run {entry.run}"
    run = scratch.runs.get(normal_run_id(entry.run or ""))
    if run is None:
        problem = state.unknown_run(entry.run or "without an id")
        refusals.input.add(replace(problem, where=where))
        return []
    if run.status == "abandoned":
        told = f"was abandoned ({run.reason})"
        hint = f"If it was made after all, reopen {run.id} first"
        refusals.conflicts.add(Problem(where, told, hint=hint))
    found = Refusals()
    body = result_body(Told(state, scratch.since, run, entry, where, now, found))
    refusals.include(found)
    if found or run.status == "abandoned":
        return []
    if not says_something(body):
        if body["note"]:
            return [NewEvent("note_added", {"run": run.id, "text": body["note"]})]
        if not says_something(_parts(entry)):
            hint = "Name at least one response, setting, batch or time"
            refusals.input.add(Problem(where, "there is nothing to record", hint=hint))
        return []
    result = NewEvent("result_recorded", {"run": run.id, "attached": False, **body})
    if run.status == "failed":
        return [NewEvent("run_reopened", {"run": run.id, "reason": LATE}), result]
    return [result]


def _parts(entry: ResultEntry) -> dict[str, Any]:
    """Return the parts of an entry under the names `says_something` looks at."""
    return {key: getattr(entry, key) for key in ("responses", "used", "given", "batch", "made_at")}


def attach(
    state: CampaignState, entries: Sequence[ResultEntry], *, now: datetime | None = None
) -> list[NewEvent]:
    """Record runs nobody proposed, all or nothing; each gets a new run id.

    Args:
        state: fresh state.
        entries: recipe really used (every factor and given), with the results known so far.
        now: present moment, aware; default: the clock.

    Returns:
        One ``result_recorded`` event per entry; ``body["run"]`` is the new id.

    Raises:
        InputError: with all problems of all entries; closed campaign.
    """
    ensure_open(state)
    if not entries:
        raise InputError("there is nothing to attach")
    refusals, scratch = Refusals(), Scratch(state)
    moment = now or utc_now()
    drafts: list[NewEvent] = []
    for number, entry in enumerate(entries, start=1):
        if entry.where is None:
            entry = replace(entry, where=_new_run(number, len(entries)))  # noqa: PLW2901
        new = _attach(state, scratch, entry, moment, refusals)
        scratch.add(new)
        drafts += new
    refusals.raise_if_any()
    return drafts


def _new_run(number: int, entries: int) -> str:
    return "new run" if entries == 1 else f"new run {number}"


def _attach(
    state: CampaignState, scratch: Scratch, entry: ResultEntry, now: datetime, refusals: Refusals
) -> list[NewEvent]:
    found = Refusals()
    where = entry.where or "new run"
    if entry.run is not None:
        hint = f"Record results of {entry.run} with record"
        found.input.add(Problem(where, "a new run gets its id from the program", hint=hint))
    run = Run(
        run_id_text(scratch.next_run_number),
        plan=None,
        order=None,
        rank=None,
        planned=None,
        used={},
        seq=0,
    )
    body = result_body(Told(state, scratch.since, run, entry, where, now, found))
    told = entry.used.keys() | entry.given.keys()
    for item in state.spec.inputs:
        if item.name not in told:
            place = f"{where}, {item.name}"
            found.input.add(Problem(place, "its value is missing", allowed=item.allowed))
    refusals.include(found)
    if found:
        return []
    return [NewEvent("result_recorded", {"run": run.id, "attached": True, **body})]
