"""The campaign as a whole: create, amend, close, and undo anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from designer.campaigns.commands.checks import ensure_open, optional_text
from designer.campaigns.errors import ConflictError, InputError, Problem
from designer.campaigns.log.builder import InconsistentLogError
from designer.campaigns.log.describe import describe, who_when
from designer.campaigns.log.events import Event, NewEvent
from designer.campaigns.log.fold import fold
from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.specification.amend import amendment_problems, difference
from designer.campaigns.specification.specification import Specification
from designer.campaigns.specification.text import to_tables
from designer.campaigns.tables.headers import listed

_SHOWN = 20
_UNDOABLE_WHEN_CLOSED = ("campaign_closed", "note_added", "event_reversed")


def create(spec: Specification) -> list[NewEvent]:
    """Begin a campaign with a checked specification."""
    return [NewEvent("campaign_created", {"text": spec.text, "parsed": to_tables(spec)})]


def amend(state: CampaignState, spec: Specification, reason: str | None = None) -> list[NewEvent]:
    """Take a new specification; runs and lines keep their data.

    Args:
        state: fresh state.
        spec: the new specification, already checked by itself.
        reason: why.

    Returns:
        One ``spec_amended`` event, whose ``body["difference"]`` says in words what changes; none
        where the new specification changes nothing.

    Raises:
        InputError: with all problems: what cannot change while runs are kept, closed campaign.
    """
    ensure_open(state)
    problems = [*amendment_problems(state.spec, spec), *_runs_off_scale(state.runs, spec)]
    if problems:
        raise InputError(problems)
    changes = difference(state.spec, spec)
    if not changes:
        return []
    body = {
        "text": spec.text,
        "parsed": to_tables(spec),
        "difference": changes,
        "reason": optional_text(reason, "reason"),
    }
    return [NewEvent("spec_amended", body)]


def _runs_off_scale(runs: Mapping[str, Run], spec: Specification) -> Iterator[Problem]:
    """Factors whose logarithmic scale has no place for settings of runs."""
    for factor in spec.log_factors:
        name, used = factor.name, {run.id: run.used for run in runs.values()}
        odd = {run: s[name] for run, s in used.items() if factor.off_scale(s.get(name))}
        told = [f"{run} {factor.with_unit(value)}" for run, value in odd.items()]
        if told:
            what = "cannot be logarithmic: runs have settings that are not above 0"
            found = listed(told)
            hint = "Correct them where they are wrong, else leave the scale linear"
            yield Problem(f"factor {factor.name}.scale", what, found, "settings above 0", hint)


def close(state: CampaignState, reason: str | None = None) -> list[NewEvent]:
    """Finish a campaign; only notes are accepted from then on.

    Raises:
        InputError: it is closed already.
    """
    ensure_open(state)
    return [NewEvent("campaign_closed", {"reason": optional_text(reason, "reason")})]


def undo(
    state: CampaignState, event: int | None = None, reason: str | None = None
) -> list[NewEvent]:
    """Reverse events; nothing is erased, and reversing a reversal is a redo.

    Args:
        state: fresh state.
        event: number of the event; None: everything the last command appended that still counts
            (reversals are passed over, so repeated undo walks back).
        reason: why.

    Raises:
        InputError: no such event, nothing to undo, the campaign's creation, or later events
            depend on it (all are named); closed campaign.
        ConflictError: it is reversed already.
    """
    targets = _last_command(state) if event is None else [_chosen(state, event)]
    if state.closed and any(target.kind not in _UNDOABLE_WHEN_CLOSED for target in targets):
        ensure_open(state)
    _refuse_dependents(state, targets)
    told = optional_text(reason, "reason")
    return [
        NewEvent("event_reversed", {"event": target.seq, "reason": told})
        for target in reversed(targets)
    ]


def _last_command(state: CampaignState) -> list[Event]:
    """What the last command appended and still counts, in the order of the log."""
    alive = [
        event
        for event in state.events[1:]
        if event.seq not in state.reversals and event.kind != "event_reversed"
    ]
    if not alive:
        raise InputError(f"campaign {state.spec.name}: there is nothing to undo")
    return [event for event in alive if event.command_id == alive[-1].command_id]


def _chosen(state: CampaignState, seq: int) -> Event:
    if not 1 <= seq <= state.seq:
        raise InputError.at(f"event {seq}", "no such event", allowed=f"2 to {state.seq}")
    if seq == 1:
        raise InputError.at("event 1", "the creation of a campaign cannot be undone")
    if seq in state.reversals:
        by = state.events[state.reversals[seq] - 1]
        told = who_when(by.actor, by.recorded_at)
        raise ConflictError.at(
            f"event {seq}",
            f"is undone already {told} (event {by.seq})",
            hint=f"To redo it, undo event {by.seq}",
        )
    return state.events[seq - 1]


def _refuse_dependents(state: CampaignState, targets: list[Event]) -> None:
    """Fold as if the events were reversed; what no longer fits depends on them."""
    events = list(state.events)
    for target in reversed(targets):
        seq = len(events) + 1
        reversal = NewEvent("event_reversed", {"event": target.seq, "reason": None})
        events.append(Event.unstored(seq, reversal))
    left_out: set[int] = set()
    dependents: list[Problem] = []
    while len(dependents) < _SHOWN:
        try:
            after = fold(state.campaign_id, events, without=left_out)
        except InconsistentLogError as error:
            later = state.events[error.seq - 1]
            left_out.add(error.seq)
            told = f"{describe(later)} {who_when(later.actor, later.recorded_at)}: {error.text}"
            dependents.append(Problem(f"event {later.seq}", told))
        else:
            dependents += _runs_off_scale(after.runs, after.spec)
            break
    if dependents:
        names = ", ".join(f"event {target.seq} ({describe(target)})" for target in targets)
        verb = "cannot be undone: other events depend on it"
        hint = "Undo those first, the last one first"
        raise InputError([Problem(names, verb, hint=hint), *dependents])
