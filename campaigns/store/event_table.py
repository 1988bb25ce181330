"""The tables of a store, their guards, and how events are read and appended.

Two tables hold everything: `campaign` (a name) and `event` (the append-only log). Triggers refuse
changes; the hash chain shows what got past them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
)

from designer.campaigns.errors import StoreDamagedError
from designer.campaigns.log.events import Event, canonical_json
from designer.campaigns.log.stored import EventRow

SCHEMA_VERSION = 1
APPLICATION_ID = 0x50444553  # "PDES" in ASCII: pilot designer event store

METADATA = MetaData()

CAMPAIGN = Table(
    "campaign",
    METADATA,
    Column("id", Text, primary_key=True, nullable=False),
    Column("name", Text, unique=True, nullable=False),
)
EVENT = Table(
    "event",
    METADATA,
    Column("position", Integer, primary_key=True),
    Column("campaign_id", Text, ForeignKey("campaign.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("event_id", Text, unique=True, nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("program", Text, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("campaign_id", "seq"),
    sqlite_autoincrement=True,
)
VERSION = Table("designer_version", METADATA, Column("version", Integer, nullable=False))

# Every way SQLite lets a row vanish: UPDATE, DELETE, and INSERT OR REPLACE, whose implied delete
# fires no delete trigger, by position, by event_id or by (campaign_id, seq).
TRIGGERS: dict[str, str] = {
    "event_no_update": (
        "CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN "
        "SELECT RAISE(ABORT, 'events are never changed'); END"
    ),
    "event_no_delete": (
        "CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN "
        "SELECT RAISE(ABORT, 'events are never removed'); END"
    ),
    "event_append_only": (
        "CREATE TRIGGER event_append_only BEFORE INSERT ON event WHEN "
        "NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM event "
        "WHERE campaign_id = NEW.campaign_id) "
        "OR EXISTS (SELECT 1 FROM event WHERE event_id = NEW.event_id) "
        "OR EXISTS (SELECT 1 FROM event WHERE position = NEW.position) "
        "BEGIN SELECT RAISE(ABORT, 'events are only appended'); END"
    ),
    "campaign_no_update": (
        "CREATE TRIGGER campaign_no_update BEFORE UPDATE ON campaign BEGIN "
        "SELECT RAISE(ABORT, 'campaigns are never renamed'); END"
    ),
    "campaign_no_delete": (
        "CREATE TRIGGER campaign_no_delete BEFORE DELETE ON campaign BEGIN "
        "SELECT RAISE(ABORT, 'campaigns are never removed'); END"
    ),
    "campaign_no_replace": (
        "CREATE TRIGGER campaign_no_replace BEFORE INSERT ON campaign WHEN "
        "EXISTS (SELECT 1 FROM campaign WHERE id = NEW.id OR name = NEW.name) "
        "BEGIN SELECT RAISE(ABORT, 'campaigns are never replaced'); END"
    ),
}


def create_schema(connection: Connection) -> None:
    """Create tables, guards and version in an empty database, inside the caller's transaction."""
    METADATA.create_all(connection, checkfirst=False)
    for ddl in TRIGGERS.values():
        connection.exec_driver_sql(ddl)
    connection.execute(insert(VERSION).values(version=SCHEMA_VERSION))
    # PRAGMA takes no bound parameters; the number is a constant of this module
    connection.exec_driver_sql("PRAGMA application_id = 1346651475")


def check_schema(connection: Connection, where: str) -> None:
    """Refuse a database that is not a store this program can read.

    Raises:
        StoreDamagedError: foreign database, newer schema (names both versions), missing tables,
            or triggers and views that do not belong there.
    """
    application = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    if application != APPLICATION_ID:
        raise StoreDamagedError.at(
            where, "is a database of another program, not a pilot-designer store"
        )
    objects = _objects(connection)
    missing = {"campaign", "event", "designer_version"} - {
        name for kind, name in objects if kind == "table"
    }
    if missing:
        raise StoreDamagedError.at(where, f"tables are missing: {', '.join(sorted(missing))}")
    _check_version(connection, where)
    foreign = [
        f"{kind} {name}"
        for (kind, name), sql in objects.items()
        if kind in ("trigger", "view") and TRIGGERS.get(name) != sql
    ]
    if foreign:
        raise StoreDamagedError.at(
            where, f"holds objects that do not belong there: {', '.join(sorted(foreign))}"
        )


def _check_version(connection: Connection, where: str) -> None:
    versions = [row.version for row in connection.execute(select(VERSION.c.version))]
    if len(versions) != 1 or not isinstance(versions[0], int):
        raise StoreDamagedError.at(where, "the schema version is lost")
    if versions[0] > SCHEMA_VERSION:
        raise StoreDamagedError.at(
            where,
            f"was written by a newer program: its schema has version {versions[0]}, this"
            f" program knows version {SCHEMA_VERSION}",
            hint="Install a newer pilot-designer",
        )
    if versions[0] != SCHEMA_VERSION:
        raise StoreDamagedError.at(where, f"schema version {versions[0]} never existed")


def missing_guards(connection: Connection) -> list[str]:
    """Return the names of triggers that were dropped."""
    there = {name for kind, name in _objects(connection) if kind == "trigger"}
    return sorted(TRIGGERS.keys() - there)


def _objects(connection: Connection) -> dict[tuple[str, str], str | None]:
    rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master").all()
    return {(kind, name): sql for kind, name, sql in rows}


_COLUMNS = [EVENT.c[field.name] for field in fields(Event) if field.name in EVENT.c]
"""What an event is made of, in the order of its fields (`log.stored.EventRow`)."""


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


def campaign_of(connection: Connection, command_id: str | None) -> str | None:
    """Return the id of the campaign a command wrote to before; None when it is new."""
    if command_id is None:  # nobody will repeat this command
        return None
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


def append(connection: Connection, campaign_id: str, events: Sequence[Event]) -> None:
    """Insert chained events, inside the caller's transaction."""
    rows = [
        {**event.as_stored, "campaign_id": campaign_id, "body": canonical_json(event.body)}
        for event in events
    ]
    connection.execute(insert(EVENT), rows)
