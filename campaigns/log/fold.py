"""State = fold of the log: reads events in order, honours reversals, trusts nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from designer.campaigns.log import fold_campaign, fold_runs
from designer.campaigns.log.builder import ContradictionError, InconsistentLogError, StateBuilder
from designer.campaigns.log.events import (
    Event,
    NewEvent,
    check_known,
    head_text,
)
from designer.campaigns.log.state import CampaignState, Plan, Run

_REVERSAL = "event_reversed"

_HANDLERS: Mapping[str, Callable[[StateBuilder, Event], None]] = {
    "campaign_created": fold_campaign.campaign_created,
    "spec_amended": fold_campaign.spec_amended,
    "line_added": fold_campaign.line_added,
    "line_excluded": fold_campaign.line_excluded,
    "line_included": fold_campaign.line_included,
    "plan_proposed": fold_campaign.plan_proposed,
    "run_started": fold_runs.run_started,
    "result_recorded": fold_runs.result_recorded,
    "result_corrected": fold_runs.result_corrected,
    "run_failed": fold_runs.run_failed,
    "run_abandoned": fold_runs.run_abandoned,
    "run_reopened": fold_runs.run_reopened,
    "note_added": fold_runs.note_added,
    "campaign_closed": fold_campaign.campaign_closed,
}
_AFTER_CLOSING = ("note_added", _REVERSAL)


def fold(
    campaign_id: str, events: Iterable[Event], *, without: Collection[int] = ()
) -> CampaignState:
    """Derive the state of a campaign from its whole log.

    Args:
        campaign_id: id in the store.
        events: the log, complete and in order.
        without: numbers of events to leave out, as if they were reversed ("what if").

    Returns:
        The state after the last event.

    Raises:
        InconsistentLogError: events contradict each other, or there is none.
        StoreDamagedError: an event of unknown kind or newer payload version.
    """
    log = list(events)
    folding = StateBuilder(campaign_id)
    reversals = _reversals(campaign_id, log)
    skipped = reversals.keys() | set(without)
    for event in log:
        _step(folding, event, alive=event.seq not in skipped)
    folding.reversals = reversals
    return _finish(folding)


def advance(state: CampaignState, events: Iterable[Event]) -> CampaignState:
    """Derive the state after some more events.

    The law: folding all events = folding the first ones and advancing by the rest.

    Args:
        state: state after the events before; it is left as it is.
        events: the events that follow, in order.

    Returns:
        The new state (the same object when there is nothing new).

    Raises:
        InconsistentLogError: the events do not fit.
        StoreDamagedError: an event of unknown kind or newer payload version.
    """
    new = list(events)
    if not new:
        return state
    if any(event.kind == _REVERSAL for event in new):
        return fold(state.campaign_id, [*state.events, *new])
    folding = StateBuilder.continuing(state)
    for event in new:
        _step(folding, event, alive=True)
    return _finish(folding)


class Scratch:
    """A copy of a state to try new events on, one after the other, before any is stored.

    Attributes:
        since: numbers above this one belong to the events tried here.
    """

    def __init__(self, state: CampaignState) -> None:
        self.since = state.seq
        self._folding = StateBuilder.continuing(state)

    @property
    def runs(self) -> Mapping[str, Run]:
        """All runs, those of the new events included."""
        return self._folding.runs

    @property
    def plans(self) -> Mapping[str, Plan]:
        """All plans, those of the new events included."""
        return self._folding.plans

    @property
    def next_run_number(self) -> int:
        """Number of the next new run."""
        return self._folding.last_run + 1

    def add(self, drafts: Iterable[NewEvent]) -> None:
        """Apply new events (no reversals).

        Raises:
            InconsistentLogError: they do not fit: the caller should have refused them.
        """
        for draft in drafts:
            seq = len(self._folding.events) + 1
            _step(self._folding, Event.untold(seq, draft), alive=True)


def _step(folding: StateBuilder, event: Event, *, alive: bool) -> None:
    if event.seq != len(folding.events) + 1:
        raise InconsistentLogError(
            folding.name, event.seq, f"event {len(folding.events) + 1} is missing before it"
        )
    check_known(event, folding.name)
    folding.events.append(event)
    try:
        folding.count(event)
        if not alive or event.kind == _REVERSAL:
            return
        if folding.spec is None and event.kind != "campaign_created":
            raise ContradictionError("the campaign has not been created")
        if folding.closed and event.kind not in _AFTER_CLOSING:
            raise ContradictionError("the campaign was closed before")
        _HANDLERS[event.kind](folding, event)
    except ContradictionError as error:
        raise InconsistentLogError(folding.name, event.seq, str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        text = f"the payload of {event.kind} cannot be read ({type(error).__name__}: {error})"
        raise InconsistentLogError(folding.name, event.seq, text) from error


def _reversals(campaign_id: str, log: list[Event]) -> dict[int, int]:
    """Map each event that does not count to the event that reversed it.

    Reversing a reversal revives what it had reversed (redo), at any depth.
    """
    by: dict[int, int] = {}
    target: dict[int, int] = {}

    def switch(seq: int, cause: int | None) -> None:
        while True:
            if cause is None:
                by.pop(seq, None)
            else:
                by[seq] = cause
            if seq not in target:
                return
            seq, cause = target[seq], (seq if cause is None else None)

    for event in log:
        if event.kind != _REVERSAL:
            continue
        aim = event.body.get("event")
        if not isinstance(aim, int) or not 1 < aim < event.seq:
            raise InconsistentLogError(campaign_id, event.seq, f"event {aim} cannot be reversed")
        if aim in by:
            raise InconsistentLogError(
                campaign_id, event.seq, f"event {aim} is reversed already by event {by[aim]}"
            )
        target[event.seq] = aim
        switch(aim, event.seq)
    return by


def _finish(folding: StateBuilder) -> CampaignState:
    if not folding.events:
        raise InconsistentLogError(folding.name, 0, "there are no events")
    first, last = folding.events[0], folding.events[-1]
    try:
        spec = folding.specification
    except ContradictionError as error:
        raise InconsistentLogError(folding.name, first.seq, str(error)) from error
    return CampaignState(
        campaign_id=folding.campaign_id,
        spec=spec,
        created_at=first.recorded_at,
        changed_at=last.recorded_at,
        closed=folding.closed,
        runs=folding.runs,
        lines=folding.lines,
        plans=folding.plans,
        notes=tuple(folding.notes),
        seq=last.seq,
        head=head_text(last.seq, last.hash),
        events=tuple(folding.events),
        reversals=folding.reversals,
        counters=folding.counters(),
    )
