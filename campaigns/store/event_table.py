"""The tables of a store, their guards, and how events are read and appended.

Two tables hold everything: `campaign` (a name) and `event` (the append-only log). Triggers refuse
changes; the hash chain shows what got past them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from designer.campaigns.errors import StoreDamagedError
from designer.campaigns.log.events import Event, canonical_json
from designer.campaigns.log.stored import EventRow

SCHEMA_VERSION = 1
APPLICATION_ID = 0x50444553  # "PDES" in ASCII: pilot designer event store

# As every store since 0.1.0 holds them, to the last blank: other texts are told by `verify`.
TABLES: dict[str, str] = {
    "campaign": (
        "CREATE TABLE campaign (\n\tid TEXT NOT NULL, \n\tname TEXT NOT NULL,"
        " \n\tPRIMARY KEY (id), \n\tUNIQUE (name)\n)"
    ),
    "designer_version": "CREATE TABLE designer_version (\n\tversion INTEGER NOT NULL\n)",
    "event": (
        "CREATE TABLE event (\n\tposition INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,"
        " \n\tcampaign_id TEXT NOT NULL, \n\tseq INTEGER NOT NULL, \n\tevent_id TEXT NOT NULL,"
        " \n\tkind TEXT NOT NULL, \n\tversion INTEGER NOT NULL, \n\tbody TEXT NOT NULL,"
        " \n\tactor TEXT NOT NULL, \n\trecorded_at TEXT NOT NULL, \n\tprogram TEXT NOT NULL,"
        " \n\thash TEXT NOT NULL, \n\tUNIQUE (campaign_id, seq),"
        " \n\tFOREIGN KEY(campaign_id) REFERENCES campaign (id), \n\tUNIQUE (event_id)\n)"
    ),
}

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


def create_schema(connection: sqlite3.Connection) -> None:
    """Create tables, guards and version in an empty database, inside the caller's transaction."""
    for ddl in (*TABLES.values(), *TRIGGERS.values()):
        connection.execute(ddl)
    connection.execute("INSERT INTO designer_version (version) VALUES (?)", (SCHEMA_VERSION,))
    # PRAGMA takes no bound parameters; the number is a constant of this module
    connection.execute("PRAGMA application_id = 1346651475")


def check_schema(connection: sqlite3.Connection, where: str) -> None:
    """Refuse a database that is not a store this program can read.

    Raises:
        StoreDamagedError: foreign database, newer schema (names both versions), missing tables,
            or triggers and views that do not belong there.
    """
    application = scalar(connection, "PRAGMA application_id")
    if application != APPLICATION_ID:
        raise StoreDamagedError.at(
            where, "is a database of another program, not a pilot-designer store"
        )
    objects = _objects(connection)
    missing = TABLES.keys() - {name for kind, name in objects if kind == "table"}
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


def scalar(connection: sqlite3.Connection, sql: str, *values: str | int) -> object:
    """The one value a statement gives; None when it gives no row."""
    row = connection.execute(sql, values).fetchone()
    return None if row is None else row[0]


def _check_version(connection: sqlite3.Connection, where: str) -> None:
    versions = [row[0] for row in connection.execute("SELECT version FROM designer_version")]
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


def missing_guards(connection: sqlite3.Connection) -> list[str]:
    """Return the names of triggers that were dropped."""
    there = {name for kind, name in _objects(connection) if kind == "trigger"}
    return sorted(TRIGGERS.keys() - there)


def _objects(connection: sqlite3.Connection) -> dict[tuple[str, str], str | None]:
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master")
    return {(str(kind), str(name)): sql for kind, name, sql in rows}


# columns in the order of `log.stored.EventRow`
_OWN_TABLES = ("sqlite_sequence", "sqlite_stat1", "sqlite_stat4")  # SQLite makes them itself


def strangers(connection: sqlite3.Connection) -> list[str]:
    """Name tables, indexes and columns that `create_schema` does not make."""
    found = []
    for (kind, name), sql in _objects(connection).items():
        if kind == "table" and name in TABLES:
            if sql != TABLES[name]:
                columns = set(_columns(connection, name)) - set(_COLUMNS[name])
                more = [f"column {column} of table {name}" for column in sorted(columns)]
                found += more or [f"table {name} with another definition"]
        elif (kind == "table" and name in _OWN_TABLES) or (kind == "index" and sql is None):
            continue
        elif kind in ("table", "index"):
            found.append(f"{kind} {name}")
    return found


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    # hidden and generated ones, too
    rows = connection.execute("SELECT name FROM pragma_table_xinfo(?)", (table,))
    return [str(name) for (name,) in rows]


_COLUMNS = {
    "campaign": ("id", "name"),
    "designer_version": ("version",),
    "event": (
        "position", "campaign_id", "seq", "event_id", "kind", "version", "body", "actor",
        "recorded_at", "program", "hash",
    ),
}  # fmt: skip

_ALL_ROWS = (
    "SELECT seq, event_id, kind, version, body, actor, recorded_at, program, hash"
    " FROM event NOT INDEXED WHERE campaign_id = ? ORDER BY position"
)
_ALL_CAMPAIGNS = (
    "SELECT campaign_id, seq, event_id, kind, version, body, actor, recorded_at, program, hash"
    " FROM event NOT INDEXED ORDER BY position"
)
_ROWS_SINCE = (
    "SELECT seq, event_id, kind, version, body, actor, recorded_at, program, hash"
    " FROM event WHERE campaign_id = ? AND seq >= ? ORDER BY seq"
)
_APPEND = (
    "INSERT INTO event (campaign_id, seq, event_id, kind, version, body, actor, recorded_at,"
    " program, hash) VALUES (:campaign_id, :seq, :event_id, :kind, :version, :body, :actor,"
    " :recorded_at, :program, :hash)"
)


def campaigns(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return (id, name) of all campaigns, in the order of their creation.

    Raises:
        StoreDamagedError: one of them is no text.
    """
    found = connection.execute("SELECT id, name FROM campaign").fetchall()
    for value in (value for row in found for value in row):
        if not isinstance(value, str):
            what = "holds an id or a name that is no text"
            raise StoreDamagedError.at("table campaign", what, repr(value)[:80])
    return found


def command_of(connection: sqlite3.Connection, request_id: str) -> tuple[str, str] | None:
    """Return (campaign id, command id) of what a request wrote before; None when it is new."""
    found = connection.execute(
        "SELECT campaign_id, event_id FROM event WHERE event_id >= ? AND event_id < ? LIMIT 1",
        (f"{request_id}:", f"{request_id};"),  # ; is the sign behind :, which no id holds
    ).fetchone()
    return None if found is None else (found[0], found[1].rpartition(".")[0])


def read_rows(connection: sqlite3.Connection, campaign_id: str) -> list[EventRow]:
    """Fetch all rows of a campaign in order, in one SELECT.

    Reads the table itself, not through an index: a damaged index can hide the last events, and
    nothing else would show it.
    """
    return connection.execute(_ALL_ROWS, (campaign_id,)).fetchall()


def read_all(connection: sqlite3.Connection) -> Iterator[tuple[str, EventRow]]:
    """Campaign id and row of every event in the order they were stored, one by one."""
    for campaign_id, *row in connection.execute(_ALL_CAMPAIGNS):
        yield campaign_id, tuple(row)


def read_since(connection: sqlite3.Connection, campaign_id: str, seq: int) -> list[EventRow]:
    """Fetch the rows of a campaign from event `seq` on, in order, in one SELECT."""
    return connection.execute(_ROWS_SINCE, (campaign_id, seq)).fetchall()


def lost_rows(connection: sqlite3.Connection) -> str | None:
    """Return what shows that rows vanished, or None.

    Positions are given out without gaps and SQLite keeps the last one, so a cut-off end, which
    no chain of hashes can show, is visible here, even after further events.
    """
    events, last, counted, strays = connection.execute(
        "SELECT COUNT(*), COALESCE(MAX(position), 0),"
        " COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0),"
        " COALESCE(SUM(campaign_id NOT IN (SELECT id FROM campaign NOT INDEXED)), 0)"
        " FROM event NOT INDEXED"
    ).fetchone()
    if not events == last == counted:
        return f"events were removed: {counted} were written, {events} are there"
    if strays:
        return f"{strays} events belong to no campaign"
    return None


def append(connection: sqlite3.Connection, campaign_id: str, events: Sequence[Event]) -> None:
    """Insert chained events, inside the caller's transaction."""
    rows = [
        {**event.as_stored, "campaign_id": campaign_id, "body": canonical_json(event.body)}
        for event in events
    ]
    connection.executemany(_APPEND, rows)


def add_campaign(connection: sqlite3.Connection, campaign_id: str, name: str) -> None:
    """Insert the row of a new campaign, inside the caller's transaction."""
    connection.execute("INSERT INTO campaign (id, name) VALUES (?, ?)", (campaign_id, name))
