"""Guards of the store, damage it must notice, versions it must refuse, verify."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from designer.campaigns.errors import (
    InputError,
    StorageError,
    StoreDamagedError,
)
from designer.campaigns.log.events import NewEvent
from designer.campaigns.store.event_table import APPLICATION_ID, TRIGGERS
from designer.campaigns.store.store import Store
from tests.hostile import rewritten
from tests.store.cases import SPEC, fresh, named, noting, raw, without_guards

# --- guards

ROW = "seq, event_id, kind, version, body, actor, recorded_at, program, hash"
COPY = f"INSERT OR REPLACE INTO event (campaign_id, {ROW}) SELECT campaign_id, {ROW} FROM event"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE event SET actor = 'bert'", "never changed"),
        ("DELETE FROM event WHERE seq = 4", "never removed"),
        ("UPDATE campaign SET name = 'x'", "never renamed"),
        ("DELETE FROM campaign", "never removed"),
        ("INSERT OR REPLACE INTO campaign SELECT id, 'x' FROM campaign", "never replaced"),
        (f"{COPY} WHERE seq = 2", "only appended"),
        (
            "INSERT OR REPLACE INTO event SELECT position, campaign_id, 5, 'new.0', kind, version,"
            " body, actor, recorded_at, program, hash FROM event WHERE seq = 2",
            "only appended",
        ),
        (
            "INSERT OR REPLACE INTO event SELECT NULL, campaign_id, 5, event_id, kind, version,"
            " body, actor, recorded_at, program, hash FROM event WHERE seq = 2",
            "only appended",
        ),
        (
            "INSERT INTO event SELECT NULL, campaign_id, 7, 'new.0', kind, version,"
            " body, actor, recorded_at, program, hash FROM event WHERE seq = 2",
            "only appended",
        ),
    ],
)
def test_the_database_itself_refuses_changes(
    store: Store, path: Path, statement: str, said: str
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=said):
        raw(path, (statement,))
    assert fresh(path).state("demo") == store.state("demo")


@pytest.mark.parametrize(
    "column",
    ["event_id", "kind", "version", "body", "actor", "recorded_at", "program", "hash"],
)
def test_a_changed_event_is_named(store: Store, path: Path, column: str) -> None:
    change = "version + 1" if column == "version" else f"replace({column}, 'a', 'b') || ' '"
    without_guards(path, (f"UPDATE event SET {column} = {change} WHERE seq = 3",))
    for call in (lambda: fresh(path).state("demo"), fresh(path).summaries, fresh(path).verify):
        with pytest.raises(StoreDamagedError, match="demo#3"):
            call()


@pytest.mark.parametrize("value", ["NULL", "x'00ff'", "7"])
def test_a_body_of_another_type_is_damage(store: Store, path: Path, value: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'body TEXT NOT NULL', 'body')"
        )
    without_guards(path, (f"UPDATE event SET body = {value} WHERE seq = 3",))
    with pytest.raises(StoreDamagedError, match="demo#3"):
        fresh(path).state("demo")


def test_an_event_in_the_middle_cannot_vanish(store: Store, path: Path) -> None:
    without_guards(path, ("DELETE FROM event WHERE seq = 2",))
    with pytest.raises(StoreDamagedError, match="demo#2: the event is missing"):
        fresh(path).state("demo")


def test_events_cut_off_at_the_end_are_noticed(store: Store, path: Path) -> None:
    head = store.state("demo").head
    without_guards(path, ("DELETE FROM event WHERE seq = 4",))
    raw(path, *[(ddl,) for ddl in TRIGGERS.values()])
    for call in (
        lambda: fresh(path).state("demo"),
        fresh(path).summaries,
        fresh(path).verify,
        lambda: fresh(path).change("demo", noting("x"), actor="anna"),
    ):
        with pytest.raises(StoreDamagedError, match="events were removed: 4 were written, 3 are"):
            call()
    with pytest.raises(StoreDamagedError, match=f"no campaign holds the event {head}"):
        fresh(path).verify(head)


def test_a_lost_campaign_is_noticed(store: Store, path: Path) -> None:
    store.create(named("other"), "anna")
    without_guards(path, ("DELETE FROM campaign WHERE name = 'other'",))
    with pytest.raises(StoreDamagedError, match="1 events belong to no campaign"):
        fresh(path).summaries()


def test_campaigns_with_exchanged_names_are_noticed(store: Store, path: Path) -> None:
    without_guards(path, ("UPDATE campaign SET name = 'other'",))
    with pytest.raises(StoreDamagedError, match="names were swapped"):
        fresh(path).state("other")


def test_removed_guards_stop_writing_but_not_reading(store: Store, path: Path) -> None:
    raw(path, ("DROP TRIGGER event_no_update",))
    assert fresh(path).state("demo").seq == 4
    with pytest.raises(StoreDamagedError, match="guards were removed: event_no_update"):
        fresh(path).change("demo", noting("x"), actor="anna")
    with pytest.raises(StoreDamagedError, match="guards were removed"):
        fresh(path).verify()


def test_what_is_missing_or_strange_is_listed_by_name(store: Store, path: Path) -> None:
    """Sets have another order in every process."""
    strange = [f"{letter}_evil" for letter in "hcafbegd"]
    raw(path, *[(f"ALTER TABLE event ADD COLUMN {name} TEXT",) for name in strange])
    raw(path, *[(f"DROP TRIGGER {name}",) for name in TRIGGERS])
    with pytest.raises(StoreDamagedError) as caught:
        fresh(path).verify()
    said = str(caught.value)
    assert f"guards were removed: {', '.join(sorted(TRIGGERS))}" in said
    places = [said.index(f"column {name}") for name in sorted(strange)]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER evil AFTER INSERT ON event BEGIN SELECT 1; END",
        "CREATE VIEW evil AS SELECT * FROM event",
    ],
)
def test_triggers_and_views_that_do_not_belong_are_refused(
    store: Store, path: Path, statement: str
) -> None:
    raw(path, (statement,))
    with pytest.raises(StoreDamagedError, match=r"do not belong there: (trigger|view) evil"):
        fresh(path).state("demo")


def test_a_guard_that_was_rewritten_is_refused(store: Store, path: Path) -> None:
    raw(
        path,
        ("DROP TRIGGER event_no_update",),
        ("CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT 1; END",),
    )
    with pytest.raises(StoreDamagedError, match="do not belong there: trigger event_no_update"):
        fresh(path).state("demo")


# --- versions and foreign files


def test_a_newer_schema_is_refused_and_both_versions_are_named(store: Store, path: Path) -> None:
    raw(path, ("UPDATE designer_version SET version = 9",))
    before = path.read_bytes()
    for call in (
        fresh(path).summaries,
        lambda: fresh(path).state("demo"),
        lambda: fresh(path).create(named("x"), "anna"),
        fresh(path).verify,
    ):
        with pytest.raises(StoreDamagedError, match="has version 9, this program knows version 1"):
            call()
    assert path.read_bytes() == before


def test_an_event_of_a_newer_program_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from designer.campaigns.log import events, stored

    store = Store(str(path), program="9.9")
    store.create(SPEC, "anna")
    future = {**events.KINDS, "note_added": replace(events.KINDS["note_added"], version=9)}
    with monkeypatch.context() as patched:
        patched.setattr(events, "KINDS", future)
        patched.setattr(stored, "KINDS", future)
        store.change("demo", noting("from the future"), actor="anna")
    for call in (lambda: fresh(path).state("demo"), fresh(path).summaries, fresh(path).verify):
        with pytest.raises(StoreDamagedError, match=r"demo#2: .*version 9.*version 3.*9\.9"):
            call()


def test_a_lost_version_is_damage(store: Store, path: Path) -> None:
    raw(path, ("DELETE FROM designer_version",))
    with pytest.raises(StoreDamagedError, match="schema version is lost"):
        fresh(path).summaries()


def test_an_empty_file_is_never_taken_for_a_new_store(path: Path) -> None:
    path.touch()
    with pytest.raises(StoreDamagedError, match=r"empty \(0 bytes\)"):
        Store(str(path))
    assert path.stat().st_size == 0


@pytest.mark.parametrize("content", [b"hello", b"x" * 5000, b"SQLite format 3\0" + b"\0" * 4080])
def test_a_foreign_file_is_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    store = Store(str(path))
    for call in (store.summaries, store.verify, lambda: store.create(SPEC, "anna")):
        with pytest.raises(StoreDamagedError):
            call()
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    raw(path, ("CREATE TABLE event (a)",))
    before = path.read_bytes()
    store = Store(str(path))
    for call in (store.summaries, lambda: store.create(SPEC, "anna")):
        with pytest.raises(StoreDamagedError, match="database of another program"):
            call()
    raw(path, (f"PRAGMA application_id = {APPLICATION_ID}",))
    with pytest.raises(StoreDamagedError, match="tables are missing: campaign, designer_version"):
        store.summaries()
    assert len(path.read_bytes()) == len(before)


def test_every_cut_of_a_store_is_noticed(store: Store, path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    cut = tmp_path / "cut.db"
    for length in range(len(whole) - 1, 0, -1777):
        cut.write_bytes(whole[:length])
        with pytest.raises(StoreDamagedError):
            fresh(cut).verify()
        with pytest.raises(StoreDamagedError):
            fresh(cut).state("demo")


def test_flipped_bits_are_noticed_or_harmless(store: Store, path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    expected = store.state("demo")
    flipped = tmp_path / "flipped.db"
    noticed = 0
    for place in range(11, 8 * len(whole), 8 * len(whole) // 150):
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        flipped.write_bytes(changed)
        try:
            assert fresh(flipped).state("demo") == expected
            fresh(flipped).verify()
        except (StoreDamagedError, StorageError):
            noticed += 1
    assert noticed > 10


# --- verify and info


def test_verify_tells_what_it_checked(store: Store) -> None:
    head = store.state("demo").head
    report = store.verify(head)
    assert f"demo: 4 events, unchanged and consistent; head {head}" in report
    assert f"head {head} is in the log" in report
    assert store.verify(f"2:{store.state('demo').events[1].hash[:8]}")
    with pytest.raises(StoreDamagedError, match="no campaign holds the event"):
        store.verify("4:00000000")
    with pytest.raises(InputError, match="not a head"):
        store.verify("demo")


def test_verify_notes_a_clock_that_went_back(path: Path) -> None:
    moments = iter([datetime(2026, 3, 2, tzinfo=UTC) - timedelta(hours=hour) for hour in range(3)])
    store = Store(str(path), clock=lambda: next(moments))
    store.create(SPEC, "anna")
    store.change("demo", noting("earlier"), actor="anna")
    assert [line for line in store.verify() if line.startswith("note: demo#2")]


def test_verify_names_everything_that_is_wrong(store: Store, path: Path) -> None:
    store.create(named("other"), "anna")
    without_guards(
        path,
        ("UPDATE event SET actor = 'x' WHERE seq = 3",),
        ("UPDATE event SET actor = 'x' WHERE seq = 1 AND position = 5",),
        ("INSERT INTO event SELECT 9, 'ghost', 1, 'g.0', kind, version, body, actor, recorded_at,"
         " program, hash FROM event WHERE seq = 2",),
    )  # fmt: skip
    with pytest.raises(StoreDamagedError) as caught:
        fresh(path).verify()
    found = str(caught.value)
    for said in ("demo#3", "other#1", "guards were removed", "belong to no campaign", "removed"):
        assert said in found


def test_info(store: Store, path: Path) -> None:
    info = store.info()
    assert info["url"] == f"sqlite:///{path}"
    assert (info["campaigns"], info["events"]) == (1, 4)
    assert info["size_bytes"] == path.stat().st_size
    assert info["schema_version"] == info["program_schema_version"] == 1
    assert info["warnings"] == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("CREATE TABLE evil (a)", "table evil"),
        ("CREATE UNIQUE INDEX evil ON event (actor, seq)", "index evil"),
        ("ALTER TABLE event ADD COLUMN evil TEXT", "column evil of table event"),
        (
            "ALTER TABLE campaign ADD COLUMN evil TEXT GENERATED ALWAYS AS (upper(name)) VIRTUAL",
            "column evil of table campaign",
        ),
        ("CREATE VIRTUAL TABLE evil USING fts5(a)", "table evil"),
    ],
)
def test_tables_indexes_and_columns_that_do_not_belong_are_told(
    store: Store, path: Path, statement: str, said: str
) -> None:
    raw(path, (statement,))
    assert fresh(path).state("demo") == store.state("demo")
    with pytest.raises(StoreDamagedError, match=f"holds {said}, which does not belong there"):
        fresh(path).verify()


def test_a_key_that_was_dropped_is_told(store: Store, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = replace(sql, 'actor TEXT NOT', 'actor')")
    with pytest.raises(StoreDamagedError, match="table event with another definition"):
        fresh(path).verify()


def test_what_sqlite_adds_itself_is_no_stranger(store: Store, path: Path) -> None:
    raw(path, ("ANALYZE",))
    assert "nothing is there that does not belong there" in fresh(path).verify()


def test_a_time_that_cannot_be_read_is_damage_and_named(store: Store, path: Path) -> None:
    drafts = [NewEvent(event.kind, event.body) for event in store.state("demo").events]
    campaign = store.state("demo").campaign_id
    for told in ("yesterday", "", "2026-13-01T08:15:00.000000Z", "2026-03-01 08:15", "\x1b[31m"):
        other = path.with_name("other.db")
        other.unlink(missing_ok=True)
        rewritten(other, campaign, drafts, told, name="demo")
        with pytest.raises(StoreDamagedError, match="demo#1: the time of the event cannot be read"):
            fresh(other).verify()
        with pytest.raises(StoreDamagedError, match="demo#1: the time of the event cannot be read"):
            fresh(other).state("demo")


@pytest.mark.parametrize("swapped", ["demo", "other"])
def test_a_list_notices_any_campaign_with_the_name_of_another(
    store: Store, path: Path, swapped: str
) -> None:
    store.create(named("other"), "anna")
    without_guards(path, (f"UPDATE campaign SET name = 'third' WHERE name = '{swapped}'",))
    with pytest.raises(StoreDamagedError, match="names were swapped"):
        fresh(path).summaries()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("version", "'x'"), ("version", "1.5"), ("actor", "x'ff'"), ("recorded_at", "x'00'"),
        ("kind", "x'41'"), ("seq", "'x'"), ("body", "x'7b7d'"), ("event_id", "x'63'"),
    ],
)  # fmt: skip
def test_a_column_of_another_type_is_damage_to_every_reader(
    store: Store, path: Path, column: str, value: str
) -> None:
    without_guards(path, (f"UPDATE event SET {column} = {value} WHERE seq = 2",))
    for call in (lambda: fresh(path).state("demo"), fresh(path).summaries, fresh(path).verify):
        with pytest.raises(StoreDamagedError, match="demo#"):
            call()


@pytest.mark.parametrize("column", ["id", "name"])
def test_a_campaign_whose_name_is_no_text_is_damage(store: Store, path: Path, column: str) -> None:
    without_guards(path, (f"UPDATE campaign SET {column} = x'ff00'",))
    for call in (lambda: fresh(path).state("demo"), fresh(path).summaries, fresh(path).verify):
        with pytest.raises(StoreDamagedError, match=r"no text|belong to no campaign"):
            call()
