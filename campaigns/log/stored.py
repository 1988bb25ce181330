"""From stored rows to events and back: every link and every payload is checked or made here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from designer.campaigns.errors import (
    DesignerError,
    Findings,
    InputError,
    Problem,
    StoreDamagedError,
)
from designer.campaigns.log.events import (
    GENESIS,
    KINDS,
    Event,
    NewEvent,
    canonical_json,
    event_hash,
    event_problems,
    parse_json,
)
from designer.campaigns.log.payloads import PAYLOADS
from designer.campaigns.log.upcast import upcast
from designer.campaigns.values.shape import Misfit, has_shape, misfits
from designer.campaigns.values.times import is_stored_moment

EventRow = tuple[Any, ...]
"""seq, event id, kind, version, body (JSON text), actor, time, program, hash: not yet trusted."""
_COLUMNS = (int, str, str, int, str, str, str, str, str)  # SQLite takes anything anywhere


class HashChain:
    """The hashes of one campaign's log, followed row by row.

    Args:
        campaign_id: id of the campaign.
        name: its name, for messages.
        before: number of the event before the first row.
        previous: hash of that event.
    """

    def __init__(
        self, campaign_id: str, name: str, before: int = 0, previous: str = GENESIS
    ) -> None:
        self._id, self._name = campaign_id, name
        self._seq, self._hash = before, previous

    @property
    def position(self) -> tuple[int, str]:
        """Number and hash of the last row."""
        return self._seq, self._hash

    def check(self, row: EventRow) -> None:
        """Follow the chain to the next row.

        Raises:
            StoreDamagedError: the row is missing, changed or unreadable; names ``campaign#seq``.
        """
        self._seq += 1
        if row[0] != self._seq:
            raise StoreDamagedError.at(f"{self._name}#{self._seq}", "the event is missing")
        try:
            if tuple(map(type, row)) != _COLUMNS:
                raise TypeError("a column holds another type than it promises")
            found = event_hash(self._hash, (self._id, *row[:-1]))
            if found != row[-1]:
                raise ValueError("its hash does not match its contents")
        except (TypeError, ValueError, RecursionError) as error:
            raise _changed(self._name, self._seq, error) from error
        self._hash = found


def _changed(name: str, seq: int, why: Exception) -> StoreDamagedError:
    return StoreDamagedError.at(
        f"{name}#{seq}",
        f"the event was changed after it was written ({why})",
        hint="Restore a backup; nothing that follows can be trusted",
    )


def verified(
    rows: Sequence[EventRow],
    campaign_id: str,
    name: str,
    *,
    before: int = 0,
    previous: str = GENESIS,
) -> list[Event]:
    """Turn rows into events: every link of the chain checked, older payloads brought up to date.

    What is sealed by a right hash may be nonsense all the same, in a store from a stranger: time
    and payload of every event are what they promise, or the store is refused.

    Args:
        rows: of the whole log, or of what follows the event `before`.
        campaign_id: id of the campaign.
        name: its name, for messages.
        before: number of the event before the first row.
        previous: hash of that event.

    Raises:
        StoreDamagedError: a row is missing, changed or unreadable, or a field of a payload is;
            names ``campaign#seq``.
    """
    events, findings = [], Findings()
    chain = HashChain(campaign_id, name, before, previous)
    for row in rows:
        chain.check(row)
        seq, event_id, kind, version, body, actor, recorded_at, program, digest = row
        try:
            content = parse_json(body)
            if not isinstance(content, dict):
                raise TypeError("the payload is no object")
            _share_blanks(content.get("rows"))
        except (TypeError, ValueError, RecursionError) as error:
            raise _changed(name, seq, error) from error
        event = Event(seq, event_id, kind, version, content, actor, recorded_at, program, digest)
        event = upcast(event, name)
        events.append(event)
        if not is_stored_moment(recorded_at) or not _is_readable(event):
            findings.extend(_unreadable(event, name))
    findings.raise_if_any(StoreDamagedError)
    return events


def _is_readable(event: Event) -> bool:
    """Whether a payload holds what its kind promises; of other versions nobody here knows."""
    kind = KINDS.get(event.kind)
    if kind is None or kind.version != event.version:
        return True
    try:
        return has_shape(event.body, PAYLOADS[event.kind], others=True)
    except RecursionError:
        return False


def _unreadable(event: Event, name: str) -> Iterator[Problem]:
    """Name the time and every field of an event that cannot be read."""
    where, nobody = f"{name}#{event.seq}", "cannot be read; no version of this program writes it so"
    if not is_stored_moment(event.recorded_at):
        allowed = "such as 2026-03-01T08:15:00.000000Z"
        yield Problem(where, f"the time of the event {nobody}", repr(event.recorded_at), allowed)
    if _is_readable(event):
        return
    try:
        wrong = [*misfits(event.body, PAYLOADS[event.kind])]
    except RecursionError:
        wrong = [Misfit("the payload", "too deeply nested")]
    for misfit in wrong:
        if misfit.is_missing:
            yield Problem(where, f"{event.kind} lacks {misfit.place}")
        else:
            what = f"{misfit.place} of {event.kind} {nobody}"
            yield Problem(where, what, repr(misfit.found)[:80])


def _share_blanks(rows: object) -> None:
    """Keep one empty dict for the rows of a line that have no batch or given: 30 MB of 200,000."""
    blank: dict[str, Any] = {}
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            row.update((name, blank) for name in ("given", "batch") if row.get(name) == blank)


def chained(
    campaign_id: str,
    after: Event | None,
    drafts: Sequence[NewEvent],
    *,
    command_id: str,
    actor: str,
    recorded_at: str,
    program: str,
) -> list[Event]:
    """Give new events their place behind `after`, and the hash that seals it.

    Raises:
        InputError: a text holds half a character (lone surrogates).
        DesignerError: a payload is not what its kind demands: a fault of this program.
    """
    problems = event_problems(drafts)
    if problems:
        raise DesignerError("; ".join(problems))
    seq, previous = (0, GENESIS) if after is None else (after.seq, after.hash)
    events = []
    for index, draft in enumerate(drafts):
        seq += 1
        start = (seq, f"{command_id}.{index}", draft.kind, KINDS[draft.kind].version)
        end = (actor, recorded_at, program)
        try:
            body = canonical_json(draft.body)
            previous = event_hash(previous, (campaign_id, *start, body, *end))
        except UnicodeEncodeError as error:
            what = "holds half a character that no text file can keep"
            raise InputError.at("text", what, hint=str(error)) from None
        except (TypeError, ValueError) as error:
            raise DesignerError(f"{draft.kind} cannot be stored: {error}") from error
        event = Event(*start, _as_read_back(draft, body), *end, previous)
        if not _is_readable(event):  # nobody could read the log from here on
            raise DesignerError(_unreadable(event, campaign_id))
        events.append(event)
    return events


def _as_read_back(draft: NewEvent, text: str) -> dict[str, Any]:
    """A payload as its text gives it later, also in the order of its keys, which answers show.

    The rows of a line are told by none: they stay, as a second copy of them would be 200 MB.
    """
    rows = draft.body.get("rows")
    if draft.kind != "line_added" or not _is_plain(rows):
        read: dict[str, Any] = parse_json(text)
        return read
    rest: dict[str, Any] = parse_json(canonical_json({**draft.body, "rows": None}))
    return {**rest, "rows": rows}


def _is_plain(value: object) -> bool:
    """Whether JSON gives back exactly this value: nothing in it is of a type of its own."""
    kind = type(value)
    if isinstance(value, dict):
        return kind is dict and all(
            type(key) is str and _is_plain(inside) for key, inside in value.items()
        )
    if isinstance(value, list):
        return kind is list and all(map(_is_plain, value))
    return value is None or kind in (str, float, int, bool)
