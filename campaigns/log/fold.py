"""State = fold of the log: reads events in order, honours reversals, trusts nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from designer.campaigns.log import fold_campaign, fold_runs
from designer.campaigns.log.builder import ContradictionError, InconsistentLogError, StateBuilder
from designer.campaigns.log.events import Event, NewEvent, check_known, head_text
from designer.campaigns.log.state import CampaignState

_REVERSAL = "event_reversed"

_HANDLERS: Mapping[str, Callable[[StateBuilder, Event], None]] = {
    "campaign_created": fold_campaign.campaign_created,
    "spec_amended": fold_campaign.spec_amended,
    "line_added": fold_campaign.line_added,
    "line_excluded": fold_campaign.line_switched,
    "line_included": fold_campaign.line_switched,
    "plan_proposed": fold_campaign.plan_proposed,
    "run_planned": fold_campaign.run_planned,
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
    builder = StateBuilder(campaign_id)
    aims = ((e.seq, e.body.get("event")) for e in log if e.kind == _REVERSAL)
    reversals = reversed_events(campaign_id, aims)
    skipped = reversals.keys() | set(without)
    for event in log:
        _step(builder, event, alive=event.seq not in skipped)
    builder.reversals = reversals
    return _finish(builder)


def advance(state: CampaignState, events: Iterable[Event]) -> CampaignState:
    """Derive the state after some more events.

    The law: builder all events = builder the first ones and advancing by the rest.

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
    builder = StateBuilder.continuing(state)
    for event in new:
        _step(builder, event, alive=True)
    return _finish(builder)


def tried(state: CampaignState, drafts: Iterable[NewEvent]) -> CampaignState:
    """The state as new events would leave it, none of them stored.

    Raises:
        InconsistentLogError: they do not fit: the caller should have refused them.
    """
    return advance(
        state, (Event.unstored(seq, draft) for seq, draft in enumerate(drafts, state.seq + 1))
    )


def _step(builder: StateBuilder, event: Event, *, alive: bool) -> None:
    if event.seq != len(builder.events) + 1:
        raise InconsistentLogError(
            builder.name, event.seq, f"event {len(builder.events) + 1} is missing before it"
        )
    check_known(event, builder.name)
    builder.events.append(event)
    try:
        builder.count(event)
        if event.kind == _REVERSAL:
            _reversed_amendment(builder, event)
            return
        if not alive:
            return
        if builder.spec is None and event.kind != "campaign_created":
            raise ContradictionError("the campaign has not been created")
        if builder.closed and event.kind not in _AFTER_CLOSING:
            raise ContradictionError("the campaign was closed before")
        _HANDLERS[event.kind](builder, event)
    except ContradictionError as error:
        raise InconsistentLogError(builder.name, event.seq, str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        text = f"the payload of {event.kind} cannot be read ({type(error).__name__}: {error})"
        raise InconsistentLogError(builder.name, event.seq, text) from error


def _reversed_amendment(builder: StateBuilder, event: Event) -> None:
    """Remember a reversal that has changed the specification, be it by redoing an amendment."""
    aim = event
    while aim.kind == _REVERSAL:
        aim = builder.events[aim.body["event"] - 1]
    if aim.kind == "spec_amended":
        builder.spec_seq = event.seq


def reversed_events(campaign_id: str, reversals: Iterable[tuple[int, object]]) -> dict[int, int]:
    """Map each event that does not count to the event that reversed it.

    Reversing a reversal revives what it had reversed (redo), at any depth.

    Args:
        campaign_id: for messages.
        reversals: number of each event that reverses, and of the event it names, in order.

    Raises:
        InconsistentLogError: an event cannot be reversed, or was before.
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

    for seq, aim in reversals:
        if not isinstance(aim, int) or not 1 < aim < seq:
            raise InconsistentLogError(campaign_id, seq, f"event {aim} cannot be reversed")
        if aim in by:
            told = f"event {aim} is reversed already by event {by[aim]}"
            raise InconsistentLogError(campaign_id, seq, told)
        target[seq] = aim
        switch(aim, seq)
    return by


def _finish(builder: StateBuilder) -> CampaignState:
    if not builder.events:
        raise InconsistentLogError(builder.name, 0, "there are no events")
    first, last = builder.events[0], builder.events[-1]
    if builder.spec is None:
        raise InconsistentLogError(builder.name, first.seq, "the campaign was not created")
    return CampaignState(
        campaign_id=builder.campaign_id,
        spec=builder.spec,
        created_at=first.recorded_at,
        changed_at=last.recorded_at,
        closed=builder.closed,
        runs=builder.runs,
        lines=builder.lines,
        plans=builder.plans,
        notes=tuple(builder.notes),
        seq=last.seq,
        head=head_text(last.seq, last.hash),
        events=tuple(builder.events),
        reversals=builder.reversals,
        counters=builder.counters,
        spec_seq=builder.spec_seq,
    )
