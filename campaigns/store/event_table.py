"""The table of events: verified reading, appending."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select

from designer.campaigns.errors import DesignerError, InputError, Problem, StoreDamagedError
from designer.campaigns.log.events import (
    KINDS,
    Event,
    NewEvent,
    canonical_json,
    draft_problems,
    parse_json,
)
from designer.campaigns.log.hashchain import GENESIS, event_hash
from designer.campaigns.store.schema import CAMPAIGN, EVENT

_COLUMNS = (
    EVENT.c.seq,
    EVENT.c.event_id,
    EVENT.c.kind,
    EVENT.c.version,
    EVENT.c.body,
    EVENT.c.actor,
    EVENT.c.recorded_at,
    EVENT.c.program,
    EVENT.c.hash,
)
EventRow = tuple[Any, ...]
"""The columns above as the database gives them, not yet trusted; the hash comes last."""


def campaigns(connection: Connection) -> list[tuple[str, str]]:
    """Return (id, name) of all campaigns, in the order of their creation."""
    rows = connection.execute(select(CAMPAIGN.c.id, CAMPAIGN.c.name)).all()
    return [(row.id, row.name) for row in rows]


def last_positions(connection: Connection) -> dict[str, int]:
    """Return campaign id to the position of its newest event in the whole store."""
    rows = connection.execute(
        select(EVENT.c.campaign_id, func.max(EVENT.c.position).label("last")).group_by(
            EVENT.c.campaign_id
        )
    ).all()
    return {row.campaign_id: row.last for row in rows}


def campaign_of(connection: Connection, command_id: str) -> str | None:
    """Return the id of the campaign a command wrote to before; None when it is new."""
    return connection.execute(
        select(EVENT.c.campaign_id).where(EVENT.c.event_id == f"{command_id}.0")
    ).scalar_one_or_none()


def read_rows(connection: Connection, campaign_id: str) -> list[EventRow]:
    """Fetch all rows of a campaign in order, in one SELECT.

    Reads the table itself, not through an index: a damaged index can hide the last events, and
    nothing else would show it.
    """
    rows = connection.execute(
        select(*_COLUMNS)
        .where(EVENT.c.campaign_id.concat("") == campaign_id)
        .order_by(EVENT.c.position)
    )
    return [tuple(row) for row in rows.all()]


def read_since(connection: Connection, campaign_id: str, seq: int) -> list[EventRow]:
    """Fetch the rows of a campaign from event `seq` on, in order, in one SELECT."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(EVENT.c.campaign_id == campaign_id, EVENT.c.seq >= seq)
        .order_by(EVENT.c.seq)
    )
    return [tuple(row) for row in rows.all()]


def lost_rows(connection: Connection) -> str | None:
    """Return what shows that rows vanished, or None.

    Positions are given out without gaps and SQLite keeps the last one, so a cut-off end, which
    no chain of hashes can show, is visible here, even after further events.
    """
    events, last, counted, strays = connection.exec_driver_sql(
        "SELECT COUNT(*), COALESCE(MAX(position), 0),"
        " COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0),"
        " COALESCE(SUM(campaign_id NOT IN (SELECT id FROM campaign NOT INDEXED)), 0)"
        " FROM event NOT INDEXED"
    ).one()
    if not events == last == counted:
        return f"events were removed: {counted} were written, {events} are there"
    if strays:
        return f"{strays} events belong to no campaign"
    return None


def verified(
    rows: Sequence[EventRow],
    campaign_id: str,
    name: str,
    *,
    before: int = 0,
    previous: str = GENESIS,
) -> list[Event]:
    """Turn rows into events, checking every link of the chain.

    Args:
        rows: rows of `read_rows`.
        campaign_id: id of the campaign.
        name: its name, for messages.
        before: number of the event before the first row.
        previous: hash of that event.

    Raises:
        StoreDamagedError: a row is missing, changed or unreadable; names ``campaign#seq``.
    """
    events = []
    for row in rows:
        seq, event_id, kind, version, body, actor, recorded_at, program, digest = row
        before += 1
        if seq != before:
            raise StoreDamagedError(Problem(f"{name}#{before}", "the event is missing"))
        try:
            expected = event_hash(
                previous,
                (campaign_id, seq, event_id, kind, version, body, actor, recorded_at, program),
            )
            if expected != digest:
                raise ValueError("its hash does not match its contents")
            content = parse_json(body)
            if not isinstance(content, dict):
                raise TypeError("the payload is no object")
        except (TypeError, ValueError, RecursionError) as error:
            raise StoreDamagedError(
                Problem(
                    f"{name}#{seq}",
                    f"the event was changed after it was written ({error})",
                    hint="Restore a backup; nothing that follows can be trusted",
                )
            ) from error
        events.append(
            Event(seq, event_id, kind, version, content, actor, recorded_at, program, digest)
        )
        previous = digest
    return events


def append(
    connection: Connection,
    campaign_id: str,
    after: Event | None,
    drafts: Sequence[NewEvent],
    *,
    command_id: str,
    actor: str,
    recorded_at: str,
    program: str,
) -> list[Event]:
    """Insert new events behind `after`, inside the caller's transaction.

    Raises:
        InputError: a text holds half a character (lone surrogates).
        DesignerError: a payload is not what its kind demands: a fault of this program.
    """
    problems = draft_problems(drafts)
    if problems:
        raise DesignerError("; ".join(problems))
    seq, previous = (0, GENESIS) if after is None else (after.seq, after.hash)
    rows, events = [], []
    for index, draft in enumerate(drafts):
        seq += 1
        version = KINDS[draft.kind].version
        event_id = f"{command_id}.{index}"
        body = _body_text(draft)
        row = (seq, event_id, draft.kind, version, body, actor, recorded_at, program)
        previous = _link(previous, campaign_id, row)
        names = [column.name for column in _COLUMNS]
        rows.append({"campaign_id": campaign_id, **dict(zip(names, (*row, previous), strict=True))})
        content = parse_json(body)
        events.append(
            Event(
                seq, event_id, draft.kind, version, content, actor, recorded_at, program, previous
            )
        )
    connection.execute(insert(EVENT), rows)
    return events


def _body_text(draft: NewEvent) -> str:
    try:
        return canonical_json(draft.body)
    except (TypeError, ValueError) as error:
        raise DesignerError(f"{draft.kind} cannot be stored: {error}") from error


def _link(previous: str, campaign_id: str, row: tuple[str | int, ...]) -> str:
    try:
        return event_hash(previous, (campaign_id, *row))
    except UnicodeEncodeError as error:
        what = "holds half a character that no text file can keep"
        raise InputError(Problem("text", what, hint=str(error))) from None
