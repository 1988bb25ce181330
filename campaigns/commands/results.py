"""Results come in: of proposed runs (`record`), and of runs nobody proposed (`attach`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from designer.campaigns.commands.by_hand import planned_run
from designer.campaigns.commands.checks import (
    NOTE_LIMIT,
    Refusals,
    checked_facts,
    ensure_open,
    measured,
    named,
)
from designer.campaigns.commands.entries import ResultEntry
from designer.campaigns.commands.runs import note
from designer.campaigns.errors import InputError
from designer.campaigns.log.describe import who_when
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.fold import tried
from designer.campaigns.log.runs import Measurement, Run, normal_run_id, run_id_text
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import Setting, quantity_text
from designer.campaigns.specification.parts import Response
from designer.campaigns.values.names import clean_text
from designer.campaigns.values.times import parse_made_at, utc_now

LATE = "a result came in after the run was called failed"
"""Reason of the reopening that a late result implies."""
_FACTS = ("responses", "used", "given", "batch", "made_at")
"""What an entry and its payload tell besides a note."""


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
    return _in_turn(state, entries, now, _Entry.recorded, "record")


def attach(
    state: CampaignState, entries: Sequence[ResultEntry], *, now: datetime | None = None
) -> list[NewEvent]:
    """Record runs nobody proposed, all or nothing; each gets a new run id.

    A run of which no result is told, nor when it was made, is planned by hand.

    Args:
        state: fresh state.
        entries: recipe really used (every factor and given), with the results known so far; of a
            run planned by hand every factor.
        now: present moment, aware; default: the clock.

    Returns:
        One ``result_recorded`` event per entry, then one ``run_planned`` per run planned by hand,
        not judged yet (`by_hand.with_figures`); ``body["run"]`` is the new id.

    Raises:
        InputError: with all problems of all entries; closed campaign.
    """
    ensure_open(state)
    drafts = _in_turn(state, entries, now, _Entry.attached, "attach")
    return sorted(drafts, key=lambda draft: draft.kind == "run_planned")


def _in_turn(
    state: CampaignState,
    entries: Sequence[ResultEntry],
    now: datetime | None,
    decide: Callable[[_Entry], list[NewEvent]],
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
        called = normal_run_id(entry.run or "")
        where = entry.where or (place if verb == "attach" else f"run {called}")
        new = decide(_Entry(state, after, entry, where, moment, refusals))
        after = tried(after, new)
        drafts += new
    refusals.raise_if_any()
    return drafts


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry beside the state it meets.

    Attributes:
        state: fresh state.
        after: the state with the entries before this one.
        told: what was handed in.
        where: place for messages.
        now: present moment, aware.
        refusals: collects what is wrong.
    """

    state: CampaignState
    after: CampaignState
    told: ResultEntry
    where: str
    now: datetime
    refusals: Refusals

    def recorded(self) -> list[NewEvent]:
        """The events of a result; none when something is wrong with it."""
        told, refusals, before = self.told, self.refusals, len(self.refusals)
        run = self.after.runs.get(normal_run_id(told.run or ""))
        if run is None:
            problem = self.state.unknown_run(told.run or "without an id")
            refusals.input.add(replace(problem, where=self.where))
            return []
        if run.status == "abandoned":
            what = f"{run.id} was abandoned ({run.failure})"
            hint = f"If it was made after all, reopen {run.id} first"
            refusals.conflicts.report(self.where, what, hint=hint)
        body = self._body(run)
        if len(refusals) > before:
            return []
        if not any(body[key] for key in _FACTS):
            if body["note"]:
                return note(self.after, body["note"], run.id)
            if not any(getattr(told, key) for key in _FACTS):
                hint = "Name at least one response, setting, batch or time"
                refusals.input.report(self.where, "there is nothing to record", hint=hint)
            return []
        result = NewEvent("result_recorded", {"run": run.id, "attached": False, **body})
        if run.status == "failed":
            return [NewEvent("run_reopened", {"run": run.id, "reason": LATE}), result]
        return [result]

    def attached(self) -> list[NewEvent]:
        """The event of a run nobody proposed, made or planned; none when something is wrong."""
        told, found, before = self.told, self.refusals.input, len(self.refusals)
        if told.run is not None:
            hint = f"Record results of {told.run} with record"
            found.report(self.where, "a new run gets its id from the program", hint=hint)
        run_id = run_id_text(self.after.next_run_number)
        body = self._body(
            Run(run_id, plan=None, order=None, rank=None, planned=None, used={}, seq=0)
        )
        planned = not told.says_made
        for item in self.state.spec.factors if planned else self.state.spec.inputs:
            if item.name not in told.used.keys() | told.given.keys():
                place = f"{self.where}, {item.name}"
                found.report(place, "its value is missing", allowed=item.allowed)
        if planned and len(self.refusals) == before:
            event = planned_run(self.after, run_id, body, self.where, self.refusals)
            return [] if len(self.refusals) > before else [event]
        if len(self.refusals) > before:
            return []
        return [NewEvent("result_recorded", {"run": run_id, "attached": True, **body})]

    def _body(self, run: Run) -> dict[str, Any]:
        """The payload of ``result_recorded`` without ``run`` and ``attached``.

        Facts that were told before are not in it again.
        """
        told, refusals = self.told, self.refusals
        known: dict[str, Mapping[str, Setting]] = {
            "used": run.reported,
            "given": run.reported_given,
            "batch": run.reported_batch,
        }
        replicate = None
        if told.replicate:
            there = [v for name in told.responses for v in run.measurements.get(name, ())]
            replicate = max((value.replicate for value in there), default=0) + 1
            if any(run.measurements.values()):
                # The earlier silence meant "as planned". A replicate made at another setting is
                # another run: it must not move the results that are there.
                known["used"] = run.used
        new: dict[str, dict[str, Any]] = {part: {} for part in known}
        settings = {**told.used, **told.given}
        for fact in checked_facts(self.state, settings, told.batch, self.where, refusals):
            before = known[fact.part].get(fact.name)
            if before is None:
                new[fact.part][fact.name] = fact.stored
            elif before != fact.value:
                refusals.contradiction(fact.where, run.id, quantity_text(before, fact.unit))
        return {
            "replicate": replicate,
            "responses": self._responses(run),
            **new,
            "made_at": self._made_at(run),
            "note": self._note(),
        }

    def _responses(self, run: Run) -> dict[str, Any]:
        body: dict[str, Any] = {}
        told, where, found = self.told, self.where, self.refusals.input
        known = self.state.spec.responses
        for response, values in named(told.responses, known, where, "response", self.refusals):
            name, place = response.name, f"{where}, {response.name}"
            there = run.measurements.get(name, ())
            if there and (values is None or not told.replicate):
                self._refuse_second_value(run, response, there[0])
            if values is None:
                if name not in run.never:
                    body[name] = None
                continue
            if not values:
                found.report(place, "there is no value")
            checked = [measured(typed, response, where, found) for typed in values]
            body[name] = [value.stored() for value in checked if value is not None]
        return body

    def _refuse_second_value(self, run: Run, response: Response, there: Measurement) -> None:
        """Say that a response of a run has a value already: who, when, what."""
        if there.seq > self.state.seq:
            what = "is given twice in this input; further values are replicates"
            self.refusals.input.report(f"{self.where}, {response.name}", what)
            return
        told = who_when(there.actor, there.at)
        what = f"has a value already, recorded {told} (event {there.seq})"
        shown = quantity_text(there.number, response.unit)
        hint = "Correct that value, or record this one as a replicate"
        where = f"run {run.id}, {response.name}"
        self.refusals.conflicts.report(where, what, shown, hint=hint)

    def _made_at(self, run: Run) -> str | None:
        text = (self.told.made_at or "").strip()
        where = f"{self.where}, time"
        moment = text and self.refusals.input.read(where, lambda: parse_made_at(text, self.now))
        if not moment or moment == run.made_at:
            return None
        # a replicate may be another making of the recipe: then its time counts from now on
        if run.made_at is not None and not self.told.replicate:
            self.refusals.contradiction(where, run.id, run.made_at)
        return moment

    def _note(self) -> str | None:
        text = self.told.note
        if text is None or not text.strip():
            return None
        return self.refusals.input.read(
            f"{self.where}, note", lambda: clean_text(text, limit=NOTE_LIMIT, multiline=True)
        )
