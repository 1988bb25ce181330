"""Results come in: of proposed runs (`record`), and of runs nobody proposed (`attach`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from designer.campaigns.commands.checks import (
    NOTE_LIMIT,
    Refusals,
    checked_facts,
    ensure_open,
    measured,
    named,
)
from designer.campaigns.commands.entries import ResultEntry
from designer.campaigns.errors import InputError, Problem
from designer.campaigns.log.describe import who_when
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.fold import tried
from designer.campaigns.log.runs import Measurement, Run, normal_run_id, run_id_text
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import Setting, quantity_text
from designer.campaigns.specification.parts import Response
from designer.campaigns.values.names import clean_text
from designer.campaigns.values.quantity import Quantity
from designer.campaigns.values.times import parse_made_at, utc_now

LATE = "a result came in after the run was called failed"
"""Reason of the reopening that a late result implies."""
_FACTS = ("responses", "used", "given", "batch", "made_at")
"""What an entry and its payload tell besides a note."""


@dataclass(frozen=True, slots=True)
class _EntryContext:
    """One entry beside the state it meets.

    Attributes:
        state: fresh state.
        after: the state with the entries before this one.
        entry: what was told.
        where: place for messages.
        now: present moment, aware.
        refusals: collects what is wrong.
    """

    state: CampaignState
    after: CampaignState
    entry: ResultEntry
    where: str
    now: datetime
    refusals: Refusals


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
    return _in_turn(state, entries, now, _record, "record")


def _in_turn(
    state: CampaignState,
    entries: Sequence[ResultEntry],
    now: datetime | None,
    decide: Callable[[_EntryContext], list[NewEvent]],
    verb: str,
) -> list[NewEvent]:
    """Decide on the entries one after the other, each on the state the ones before it leave."""
    if not entries:
        raise InputError(f"there is nothing to {verb}")
    refusals, after = Refusals(), state
    moment = now or utc_now()
    drafts: list[NewEvent] = []
    for number, entry in enumerate(entries, start=1):
        place = "new run" if len(entries) == 1 else f"new run {number}"
        where = entry.where or (place if verb == "attach" else f"run {entry.run}")
        new = decide(_EntryContext(state, after, entry, where, moment, refusals))
        after = tried(after, new)
        drafts += new
    refusals.raise_if_any()
    return drafts


def _record(context: _EntryContext) -> list[NewEvent]:
    """Return the events of one entry; none when something is wrong with it."""
    entry, refusals = context.entry, context.refusals
    before = len(refusals)
    run = context.after.runs.get(normal_run_id(entry.run or ""))
    if run is None:
        problem = context.state.unknown_run(entry.run or "without an id")
        refusals.input.add(replace(problem, where=context.where))
        return []
    if run.status == "abandoned":
        what = f"was abandoned ({run.failure})"
        hint = f"If it was made after all, reopen {run.id} first"
        refusals.conflicts.report(context.where, what, hint=hint)
    body = _body(context, run)
    if len(refusals) > before:
        return []
    if not any(body[key] for key in _FACTS):
        if body["note"]:
            return [NewEvent("note_added", {"run": run.id, "text": body["note"]})]
        if not any(getattr(entry, key) for key in _FACTS):
            hint = "Name at least one response, setting, batch or time"
            refusals.input.report(context.where, "there is nothing to record", hint=hint)
        return []
    result = NewEvent("result_recorded", {"run": run.id, "attached": False, **body})
    if run.status == "failed":
        return [NewEvent("run_reopened", {"run": run.id, "reason": LATE}), result]
    return [result]


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
    return _in_turn(state, entries, now, _attach, "attach")


def _attach(context: _EntryContext) -> list[NewEvent]:
    entry, where, refusals = context.entry, context.where, context.refusals
    before = len(refusals)
    if entry.run is not None:
        hint = f"Record results of {entry.run} with record"
        refusals.input.report(where, "a new run gets its id from the program", hint=hint)
    run_id = run_id_text(context.after.next_run_number)
    run = Run(run_id, plan=None, order=None, rank=None, planned=None, used={}, seq=0)
    body = _body(context, run)
    for item in context.state.spec.inputs:
        if item.name not in entry.used.keys() | entry.given.keys():
            place = f"{where}, {item.name}"
            refusals.input.report(place, "its value is missing", allowed=item.allowed)
    if len(refusals) > before:
        return []
    return [NewEvent("result_recorded", {"run": run.id, "attached": True, **body})]


def _body(context: _EntryContext, run: Run) -> dict[str, Any]:
    """Check one entry against its run with the entries before this one.

    Returns:
        The payload of ``result_recorded`` without ``run`` and ``attached``; facts that were told
        before are not in it again.
    """
    entry, refusals = context.entry, context.refusals
    told: dict[str, Mapping[str, Setting]] = {
        "used": run.reported,
        "given": run.reported_given,
        "batch": run.reported_batch,
    }
    replicate = None
    if entry.replicate:
        numbers = [v.replicate for name in entry.responses for v in run.measurements.get(name, ())]
        replicate = max(numbers, default=0) + 1
        if any(run.measurements.values()):
            # The earlier silence meant "as planned". A replicate made at another setting is another
            # run: it must not move the results that are there.
            told["used"] = run.used
    new: dict[str, dict[str, Any]] = {part: {} for part in told}
    settings = {**entry.used, **entry.given}
    for fact in checked_facts(context.state, settings, entry.batch, context.where, refusals):
        before = told[fact.part].get(fact.name)
        if before is None:
            new[fact.part][fact.name] = fact.stored
        elif before != fact.value:
            refusals.told_differently(fact.where, quantity_text(before, fact.unit))
    return {
        "replicate": replicate,
        "responses": _responses(context, run),
        **new,
        "made_at": _made_at(context, run),
        "note": _note(context),
    }


def _responses(context: _EntryContext, run: Run) -> dict[str, Any]:
    body: dict[str, Any] = {}
    told, known = context.entry.responses, context.state.spec.responses
    where, refusals = context.where, context.refusals
    for response, values in named(told, known, where, "response", refusals):
        name = response.name
        there = run.measurements.get(name, ())
        if there and (values is None or not context.entry.replicate):
            if there[0].seq > context.state.seq:
                what = "is given twice in this input; further values are replicates"
                refusals.input.report(f"{where}, {name}", what)
            else:
                refusals.conflicts.add(_has_value(run, response, there[0]))
        if values is not None:
            body[name] = _values(values, response, context)
        elif name not in run.never:
            body[name] = None
    return body


def _has_value(run: Run, response: Response, there: Measurement) -> Problem:
    """Say that a response of a run has a value already: who, when, what."""
    told = who_when(there.actor, there.at)
    return Problem(
        f"run {run.id}, {response.name}",
        f"has a value already, recorded {told} (event {there.seq})",
        quantity_text(there.number, response.unit),
        hint="Correct that value, or record this one as a replicate",
    )


def _values(
    values: Sequence[Quantity], response: Response, context: _EntryContext
) -> list[dict[str, Any]]:
    if not values:
        context.refusals.input.report(f"{context.where}, {response.name}", "there is no value")
    found = [measured(typed, response, context.where, context.refusals.input) for typed in values]
    return [value.stored() for value in found if value is not None]


def _made_at(context: _EntryContext, run: Run) -> str | None:
    text = context.entry.made_at
    if text is None or not text.strip():
        return None
    where = f"{context.where}, time"
    moment = context.refusals.input.read(where, lambda: parse_made_at(text, context.now))
    if moment is None or moment == run.made_at:
        return None
    # a replicate may be another making of the recipe: then its time counts from now on
    if run.made_at is not None and not context.entry.replicate:
        context.refusals.told_differently(where, run.made_at)
    return moment


def _note(context: _EntryContext) -> str | None:
    text = context.entry.note
    if text is None or not text.strip():
        return None
    return context.refusals.input.read(
        f"{context.where}, note", lambda: clean_text(text, limit=NOTE_LIMIT, multiline=True)
    )
