"""The store: appending, reading back, retries, conflicts."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from designer.campaigns import commands
from designer.campaigns.commands import PlanDraft, PlannedRun
from designer.campaigns.errors import (
    ConflictError,
    DesignerError,
    InputError,
    StorageError,
    StoreDamagedError,
)
from designer.campaigns.files import FileInMemory
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.state import CampaignState
from designer.campaigns.specification import load
from designer.campaigns.store.request import CommandRequest
from designer.campaigns.store.store import Store, default_url
from designer.campaigns.values.quantity import Quantity
from tests.store.cases import SPEC, TABLES, fresh, named, noting

NOTE = {"run": None, "confirms": None, "responses": None}
"""A note without its text."""

# --- reading and writing


def test_what_was_written_is_read_back(store: Store, path: Path) -> None:
    state = fresh(path).state("demo")
    assert state == store.state("demo")
    assert [note.text for note in state.notes] == ["one", "two", "three"]
    assert [event.seq for event in state.events] == [1, 2, 3, 4]
    assert {event.program for event in state.events} == {"0.1.0"}
    assert {event.actor for event in state.events} == {"anna"}
    assert state.spec == SPEC


def test_the_clock_is_written_in_utc(path: Path) -> None:
    zone = datetime(2026, 3, 1, 12, 0, 0, 7, tzinfo=UTC)
    state = Store(str(path), clock=lambda: zone).create(SPEC, "anna")
    assert state.created_at == "2026-03-01T12:00:00.000007Z"


def test_reading_never_creates_a_store(path: Path) -> None:
    store = Store(f"sqlite:///{path}")
    assert not store.exists
    calls: list[Callable[[], object]] = [
        store.summaries,
        lambda: store.state("demo"),
        lambda: store.change("demo", noting("a"), actor="a"),
        store.verify,
        store.info,
    ]
    for call in calls:
        with pytest.raises(StorageError, match=r"there is no store .*pilot\.db"):
            call()
    assert list(path.parent.iterdir()) == []


def test_a_missing_store_names_the_nearest_file(path: Path) -> None:
    path.write_text("x")
    with pytest.raises(StorageError, match=r"no store .*pilto\.db. Did you mean .pilot\.db"):
        Store(str(path.with_name("pilto.db"))).summaries()
    with pytest.raises(StorageError, match="no folder"):
        Store(str(path.parent / "nowhere" / "pilot.db")).summaries()


def test_the_default_store_is_empty_until_something_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DESIGNER_STORE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    store = Store(default_url())
    assert store.summaries() == []
    calls: list[Callable[[], object]] = [lambda: store.state("demo"), store.verify, store.info]
    for call in calls:
        with pytest.raises(InputError, match=r"there is no store .* yet"):
            call()
    assert list(tmp_path.iterdir()) == []


def test_a_store_can_be_made_empty(path: Path) -> None:
    store = Store(str(path))
    store.initialise()
    store.initialise()
    assert store.summaries() == []
    assert Store(str(path)).verify()
    assert [file.name for file in path.parent.iterdir()] == ["pilot.db"]


def test_campaigns_are_listed_the_one_changed_last_first(store: Store, path: Path) -> None:
    store.create(named("other"), "anna")
    assert [each.name for each in store.summaries()] == ["other", "demo"]
    store.change("demo", noting("newer"), actor="anna")
    assert [(s.name, s.line, s.runs) for s in fresh(path).summaries()] == [
        ("demo", "line4", 0),
        ("other", "line4", 0),
    ]


def test_unknown_campaigns_name_the_nearest(store: Store) -> None:
    with pytest.raises(InputError, match=r"Did you mean 'demo'?"):
        store.state("demmo")
    with pytest.raises(InputError, match="Campaigns: demo"):
        store.change("xyzzy", noting("a"), actor="anna")
    assert store.state("DEMO").spec.name == "demo"


def test_names_are_taken_whatever_their_case(store: Store) -> None:
    with pytest.raises(InputError, match="'demo' is in this store already"):
        store.create(named("Demo"), "bert")
    assert len(store.summaries()) == 1


def test_a_refused_change_writes_nothing(store: Store, path: Path) -> None:
    head = store.state("demo").head

    def refuse(state: CampaignState) -> list[NewEvent]:
        commands.note(state, "fine")
        raise InputError("no")

    with pytest.raises(InputError, match="no"):
        store.change("demo", refuse, actor="anna")
    assert store.change("demo", lambda _: [], actor="anna").head == head
    assert fresh(path).state("demo").head == head


def test_an_event_the_fold_refuses_is_never_stored(store: Store, path: Path) -> None:
    draft = NewEvent("run_started", {"run": "R001", "settings": {}})
    with pytest.raises(StoreDamagedError, match="run R001 does not exist"):
        store.change("demo", lambda _: [draft], actor="anna")
    with pytest.raises(DesignerError, match="lacks 'text'"):
        store.change(
            "demo",
            lambda _: [NewEvent("note_added", dict(NOTE))],
            actor="anna",
        )
    with pytest.raises(DesignerError, match="cannot be stored"):
        store.change(
            "demo",
            lambda _: [NewEvent("note_added", {**NOTE, "text": float("nan")})],
            actor="anna",
        )
    assert fresh(path).state("demo").seq == 4


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"actor": ""}, "actor"),
        ({"actor": "a\x1b[31m"}, "actor"),
    ],
)
def test_who_is_checked(store: Store, told: dict[str, str], said: str) -> None:
    arguments: dict[str, Any] = {"actor": "anna", **told}
    with pytest.raises(InputError, match=said):
        store.change("demo", noting("x"), **arguments)


@pytest.mark.parametrize("request_id", ["", "a.b", "a:b", "a b", "ä", "x" * 65, "a\n"])
def test_request_ids_are_checked(request_id: str) -> None:
    with pytest.raises(InputError, match="request id"):
        asked(request_id)


def test_half_characters_are_refused(store: Store) -> None:
    draft = NewEvent("note_added", {**NOTE, "text": "a\ud800"})
    with pytest.raises(InputError, match="half a character"):
        store.change("demo", lambda _: [draft], actor="anna")


def test_two_handles_on_one_file_see_each_other(store: Store, path: Path) -> None:
    other = fresh(path)
    assert other.state("demo").seq == 4
    store.change("demo", noting("four"), actor="anna")
    assert other.state("demo").seq == 5
    other.change("demo", noting("five"), actor="bert")
    assert store.state("demo") == fresh(path).state("demo")


def test_a_file_exchanged_underneath_is_noticed(store: Store, path: Path, tmp_path: Path) -> None:
    assert store.state("demo").seq == 4
    other = Store(str(tmp_path / "other.db"))
    other.create(SPEC, "bert")
    path.unlink()
    shutil.copy(tmp_path / "other.db", path)
    assert store.state("demo").seq == 1
    path.unlink()
    with pytest.raises(StorageError, match="there is no store"):
        store.state("demo")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (sqlite3.SQLITE_IOERR, "did not confirm the entry .* it may be stored or not.*history"),
        (sqlite3.SQLITE_INTERRUPT, "may be stored or not"),
        (sqlite3.SQLITE_FULL, "disk is full.*nothing was written"),
        (sqlite3.SQLITE_BUSY, "locked by another program.*nothing was written"),
    ],
)
def test_a_commit_nobody_confirmed_is_told_with_how_to_look(
    code: int, told: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(sqlite3.Connection):
        def commit(self) -> None:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = code
            raise error

    connect = sqlite3.connect
    monkeypatch.setattr(
        "designer.campaigns.store.sqlite.sqlite3.connect",
        lambda *words, **more: connect(*words, **{**more, "factory": Failing}),
    )
    with pytest.raises(StorageError, match=told):
        store.change("demo", noting("four"), actor="anna")
    monkeypatch.undo()
    assert store.state("demo").seq == 4


def test_a_store_in_memory_is_the_same_and_its_own() -> None:
    one, two = Store(None), Store(None)
    state = one.create(SPEC, "anna")
    one.change("demo", noting("a"), actor="anna")
    assert one.state("demo").seq == 2
    assert state.seq == 1
    assert two.summaries() == []
    assert one.cache_folder is None
    assert one.writable
    assert one.verify()
    assert one.info()["events"] == 2


def test_threads_share_a_store_in_memory() -> None:
    store = Store(None)
    store.create(SPEC, "anna")
    threads = [
        threading.Thread(target=lambda: store.change("demo", noting("a"), actor="anna"))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.state("demo").seq == 9


# --- retries and conflicts


def asked(request_id: str, digest: str = "00") -> CommandRequest:
    """A request of some arguments."""
    return CommandRequest(request_id, digest)


def test_a_repeated_command_is_harmless_and_gets_the_first_answer(store: Store, path: Path) -> None:
    states = [
        store.change("demo", noting("four"), actor="anna", request=asked("c-1")) for _ in range(3)
    ]
    assert [state.seq for state in states] == [5, 5, 5]
    store.change("demo", noting("five"), actor="bert")
    state = fresh(path).change("demo", noting("four"), actor="anna", request=asked("c-1"))
    assert state == states[0]
    assert store.state("demo").seq == 6
    assert state.events[-1].event_id == "c-1:00.0"


def test_a_repeated_command_is_decided_on_the_state_it_met(path: Path) -> None:
    spec = load.from_dict(TABLES)
    store = Store(str(path))
    store.create(spec, "anna")
    typed = {"gap": Quantity.of("100")}
    met: list[int] = []

    def attach(state: CampaignState) -> list[NewEvent]:
        met.append(state.seq)
        entry = commands.ResultEntry(None, {"loading": [Quantity.of("12")]}, used=typed)
        return commands.attach(state, [entry])

    first = store.change("demo", attach, actor="anna", request=asked("x"))
    store.change("demo", attach, actor="anna", request=asked("y"))
    again = store.change("demo", attach, actor="anna", request=asked("x"), expected_seq=1)
    assert list(first.runs) == list(again.runs) == ["R001"]
    assert met == [1, 2, 1]
    repeated = store.repeated(asked("y"), "DEMO")
    assert repeated is not None
    assert (repeated.before.seq, repeated.after.seq) == (2, 3)
    assert store.repeated(asked("z"), "demo") is None


def test_of_many_who_send_the_same_request_at_once_one_writes(store: Store, path: Path) -> None:
    states: list[CampaignState] = []

    def send() -> None:
        mine = fresh(path)
        states.append(mine.change("demo", noting("x"), actor="a", request=asked("r")))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [state.seq for state in states] == [5] * 6
    assert store.state("demo") == states[0]


def test_a_request_id_used_for_something_else_is_refused(store: Store) -> None:
    store.change("demo", noting("four"), actor="anna", request=asked("c-1"))
    store.create(named("other"), "anna", request=asked("c-2"))
    for name, request in (
        ("demo", asked("c-1", "01")), ("demo", asked("c-2")), ("other", asked("c-1")),
    ):  # fmt: skip
        with pytest.raises(ConflictError, match="used before for something else"):
            store.change(name, noting("five"), actor="anna", request=request)
        with pytest.raises(ConflictError, match="note: four by anna"):
            store.repeated(asked("c-1", "01"), "demo")
    with pytest.raises(ConflictError, match="used before for something else"):
        store.create(named("third"), "anna", request=asked("c-2"))
    assert store.state("demo").seq == 5
    # an id that begins like another one is another one
    store.change("demo", noting("five"), actor="anna", request=asked("c-"))
    store.change("demo", noting("six"), actor="anna", request=asked("c-1-"))
    assert store.state("demo").seq == 7


def test_creating_may_be_repeated_too(path: Path) -> None:
    store = Store(str(path))
    first = store.create(SPEC, "anna", request=asked("c-1"))
    store.change("demo", noting("x"), actor="anna")
    assert fresh(path).create(SPEC, "anna", request=asked("c-1")) == first


def test_a_digest_says_what_is_asked_and_no_more(path: Path) -> None:
    def digest(verb: str = "record", **arguments: object) -> str:
        return CommandRequest.of("x", verb, arguments).digest

    one = digest(run="R001", responses={"a": "1", "b": "2"}, batch={}, note=None, replicate=False)
    assert one == digest(responses={"b": "2", "a": "1"}, run="R001")
    others = [
        digest(responses={"b": "2", "a": "1"}, run="R002"),
        digest(responses={"b": "2", "a": "1.0"}, run="R001"),
        digest(responses={"b": "2", "a": "1"}, run="R001", replicate=True),
        digest("correct", responses={"b": "2", "a": "1"}, run="R001"),
        digest(responses={"b": "2", "a": "1"}, run="R001", event=0),
    ]
    assert len({one, *others}) == 6
    path.write_text("a")
    first = digest(path=path)
    assert first == digest(path=FileInMemory("standard input", ".csv", b"a"))
    path.write_text("b")
    assert digest(path=path) != first


def test_a_stale_view_is_told_what_happened_since(store: Store) -> None:
    with pytest.raises(ConflictError) as caught:
        store.change("demo", noting("x"), actor="bert", expected_seq=2)
    found = str(caught.value)
    assert "went on from event 2 to event 4 meanwhile" in found
    assert "event 3: note: two by anna" in found
    assert "event 4: note: three by anna" in found
    assert store.change("demo", noting("x"), actor="bert", expected_seq=4).seq == 5


def test_a_locked_store_waits_and_then_says_so(store: Store, path: Path) -> None:
    hasty = Store(str(path), busy_seconds=0.1)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert hasty.state("demo").seq == 4
        with pytest.raises(StorageError, match="locked by another program"):
            hasty.change("demo", noting("x"), actor="anna")
    finally:
        holder.rollback()
        holder.close()
    assert hasty.change("demo", noting("x"), actor="anna").seq == 5


def test_reading_holds_no_lock(store: Store, path: Path) -> None:
    reader = fresh(path)
    reader.state("demo")
    reader.summaries()
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        other.execute("ROLLBACK")


def test_a_list_folds_no_log(store: Store, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = PlannedRun(1, 1, {"gap": 100.0}, {}, {}, 0.5, 1.0, None, "explores")
    plan = PlanDraft("learn", 7, [planned, replace(planned, order=2, rank=2)], 4, 2.0, 1.0)
    store.change("demo", lambda state: commands.propose(state, plan), actor="anna")
    (told,) = store.summaries()
    assert told.runs == 2
    monkeypatch.setattr("designer.campaigns.store.archive.load", None)
    assert fresh(path).summaries() == [told]


@pytest.mark.parametrize(("letters", "end"), [("abcdefgh", ""), ("abcdefghi", ", …")])
def test_an_unknown_campaign_is_told_with_eight_that_there_are(
    path: Path, letters: str, end: str
) -> None:
    store = Store(str(path))
    for letter in letters:
        store.create(named(3 * letter), "anna")
    with pytest.raises(InputError) as caught:
        store.state("xyzxyz")
    (problem,) = caught.value.problems
    shown = ", ".join(3 * letter for letter in letters[:8])
    assert problem.hint == f"Campaigns: {shown}{end}"


def test_names_of_people_have_a_limit(store: Store) -> None:
    store.change("demo", noting("x"), actor="a" * 100)
    with pytest.raises(InputError, match="at most 100"):
        store.change("demo", noting("x"), actor="a" * 101)
