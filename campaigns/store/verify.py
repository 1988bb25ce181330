"""Check a whole store: file, guards, chains, meaning. And describe it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import pairwise

from designer.campaigns.errors import InputError, Problem, StoreDamagedError
from designer.campaigns.log.events import Event, head_text
from designer.campaigns.store import event_table
from designer.campaigns.store.event_table import SCHEMA_VERSION, missing_guards
from designer.campaigns.store.facts import StoreContents
from designer.campaigns.store.last_seen import SeenHead, Watch, hash_at
from designer.campaigns.store.loading import load
from designer.campaigns.store.sqlite import Database
from designer.campaigns.values import times

_HEAD = re.compile(r"([0-9]{1,9}):([0-9a-fA-F]{8})\Z")
_SKEW_SECONDS = 120
"""A clock that went back by more than this is worth a note (reliability notes)."""


def verify_store(
    database: Database, head: str | None, watch: Watch, *, accept: bool = False
) -> list[str]:
    """Check file structure, guards, cut-off tails, chains, and that every log can be folded.

    Args:
        database: the store.
        head: ``seq:hash8`` printed earlier, or None.
        watch: knows what was seen of this store before.
        accept: take it as it is from now on, where nothing but that is wrong.

    Returns:
        One sentence per check that passed, and notes.

    Raises:
        InputError: `head` is not written like that.
        StorageError: there is no store, or it cannot be reached.
        StoreDamagedError: with everything that is wrong.
    """
    wanted = None if head is None else _parse_head(head)
    passed: list[str] = []
    problems: list[Problem] = []
    seen = watch.seen()
    with database.read() as connection:
        where, dropped = database.name, missing_guards(connection)
        lost = event_table.lost_rows(connection)
        guards = f"guards were removed: {', '.join(dropped)}" if dropped else None
        for found, sentence in (
            (_structure(connection, where), "file structure is sound"),
            (_strangers(connection, where), "nothing is there that does not belong there"),
            ([Problem(where, guards)] if guards else [], "guards against changes are in place"),
            ([Problem(where, lost)] if lost else [], "no event is missing"),
        ):
            problems += found
            if not found:
                passed.append(sentence)
        chains: dict[str, Sequence[Event]] = {}
        campaigns = dict(event_table.campaigns(connection))
        for campaign_id, name in campaigns.items():
            try:
                events = load(connection, campaign_id, name).events
            except StoreDamagedError as error:
                problems += error.problems
                continue
            chains[campaign_id] = events
            passed.append(
                f"{name}: {len(events)} events, unchanged and consistent; head "
                + head_text(len(events), events[-1].hash)
            )
            passed += _clock_notes(name, events)
    if wanted is not None:
        if _holds(chains.values(), *wanted):
            passed.append(f"head {head} is in the log")
        else:
            gone = f"no campaign holds the event {head}: events were removed or replaced since"
            problems.append(Problem(database.name, gone))
    heads = {key: SeenHead(campaigns[key], e[-1].seq, e[-1].hash) for key, e in chains.items()}
    if accept and not problems:
        watch.accept(heads)
        return [*passed, "the store is taken as it is now: what was seen before is forgotten"]
    watch.campaigns(seen, campaigns)
    for key, events in chains.items():
        watch.log(seen, key, heads[key], hash_at(events, seen.get(key)))
    problems += [Problem(database.name, alarm) for alarm in watch.alarms.values()]
    if problems:
        raise StoreDamagedError(problems)
    watch.remember(heads)
    return [*passed, *(f"note: {remark}" for remark in watch.remarks)]


def _holds(chains: Iterable[Sequence[Event]], seq: int, hash8: str) -> bool:
    """Whether a log holds the event of a head that was printed."""
    return any(
        1 <= seq <= len(events) and events[seq - 1].hash.startswith(hash8) for events in chains
    )


def _parse_head(head: str) -> tuple[int, str]:
    match = _HEAD.match(head.strip())
    if match is None:
        raise InputError.at(
            "head", "is not a head as printed by status", repr(head), "such as 12:0a1b2c3d"
        )
    return int(match.group(1)), match.group(2).lower()


def _structure(connection: sqlite3.Connection, where: str) -> list[Problem]:
    findings = [row[0] for row in connection.execute("PRAGMA integrity_check(20)")]
    problems = [Problem(where, str(finding)) for finding in findings if finding != "ok"]
    orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    if orphans:
        problems.append(Problem(where, f"{len(orphans)} events belong to no campaign"))
    return problems


def _strangers(connection: sqlite3.Connection, where: str) -> list[Problem]:
    """Tables, indexes and columns that no version of this program makes."""
    found = event_table.strangers(connection)
    return [Problem(where, f"holds {each}, which does not belong there") for each in found]


def _clock_notes(name: str, events: Sequence[Event]) -> list[str]:
    notes = []
    dated = [(event, times.stored_moment(event.recorded_at)) for event in events]
    for (_, before), (after, moment) in pairwise(dated):
        back = before - moment
        if back.total_seconds() > _SKEW_SECONDS:
            notes.append(
                f"note: {name}#{after.seq} was recorded {back} before the event in front of it by"
                " its clock; order is kept by number"
            )
    return notes


def describe_store(database: Database) -> StoreContents:
    """Size, versions and counts of a store that is there."""
    with database.read() as connection:  # refuses every other version of the schema
        ((campaigns,),) = connection.execute("SELECT COUNT(*) FROM campaign")
        ((events,),) = connection.execute("SELECT COUNT(*) FROM event")
    location = database.location
    return {
        "size_bytes": None if location is None else location.path.stat().st_size,
        "schema_version": SCHEMA_VERSION,
        "program_schema_version": SCHEMA_VERSION,
        "sqlite_version": sqlite3.sqlite_version,
        "campaigns": campaigns,
        "events": events,
    }
