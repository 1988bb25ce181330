"""What this computer has seen of a store: an older copy is noticed, everything else is no alarm."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from designer.campaigns.errors import InputError, StoreDamagedError
from designer.campaigns.store.event_table import TRIGGERS
from designer.campaigns.store.last_seen import LastSeen
from designer.campaigns.store.store import Store
from designer.service import Service
from tests.command_line import CommandLine
from tests.store.cases import SPEC, fresh, named, noting, raw, without_guards


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    return folder


def looked(path: Path) -> list[str]:
    """What a process that knows nothing of the store finds."""
    store = fresh(path)
    store.summaries()
    for summary in store.summaries():
        store.state(summary.name)
    return store.alarms


def cut_tail(path: Path) -> None:
    """Remove the last event and every trace of it in the file."""
    without_guards(
        path, ("DELETE FROM event WHERE seq = 4",), ("UPDATE sqlite_sequence SET seq = seq - 1",)
    )
    raw(path, *[(ddl,) for ddl in TRIGGERS.values()])


def put_back(path: Path) -> None:
    """An older copy takes the place of the store."""
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    fresh(path).change("demo", noting("newer"), actor="anna")
    shutil.copy(copy, path)


def put_back_and_go_on(path: Path) -> None:
    put_back(path)
    older = Store(str(path))  # not on this computer: what it appends is seen by nobody here
    older._archive.watch._memory = None
    for text in ("other", "another"):
        older.change("demo", noting(text), actor="bert")


def stale_journal(path: Path) -> None:
    """A journal of an earlier write beside the newer file: SQLite rolls it back."""
    journal = path.with_name(path.name + "-journal")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_spill = 1")
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO event SELECT NULL, campaign_id, ?, 'x.' || ?, kind, version, ?, actor,"
            " recorded_at, program, hash FROM event WHERE seq = 1",
            [(seq, seq, "x" * 3000) for seq in range(5, 60)],
        )
        kept = journal.read_bytes()
        connection.execute("ROLLBACK")
    fresh(path).change("demo", noting("newer"), actor="anna")
    journal.write_bytes(kept)


DAMAGE = {
    "a cut tail": (cut_tail, "ends at event 3, but event 4:"),
    "an older copy": (put_back, "ends at event 4, but event 5:"),
    "an older copy that went on": (put_back_and_go_on, "does not hold event 5:"),
    "a stale journal": (stale_journal, "ends at event 4, but event 5:"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_log_that_went_back_is_told_until_it_is_accepted(
    store: Store, path: Path, kind: str
) -> None:
    assert looked(path) == []
    go_back, said = DAMAGE[kind]
    go_back(path)
    for _ in range(2):  # by every process, not only by the first
        (alarm,) = looked(path)
        assert alarm.startswith(f"demo {said}")
    with pytest.raises(StoreDamagedError, match=said):
        fresh(path).verify()
    # the line goes on at 22:00: nothing is refused
    writer = fresh(path)
    seq = writer.change("demo", noting("on"), actor="anna").seq
    assert len(writer.alarms) == 1
    assert fresh(path).verify(accept=True)[-1].startswith("the store is taken as it is now")
    assert looked(path) == []
    assert fresh(path).change("demo", noting("and on"), actor="anna").seq == seq + 1
    assert fresh(path).verify()


def remove(path: Path, campaign: str) -> None:
    where = "(SELECT id FROM campaign WHERE name = '" + campaign + "')"
    without_guards(
        path,
        ("PRAGMA foreign_keys = OFF",),
        (f"DELETE FROM event WHERE campaign_id = {where}",),
        (f"DELETE FROM campaign WHERE name = '{campaign}'",),
        ("UPDATE sqlite_sequence SET seq = (SELECT coalesce(max(position), 0) FROM event)",),
    )
    raw(path, *[(ddl,) for ddl in TRIGGERS.values()])


def test_a_removed_campaign_is_told(store: Store, path: Path) -> None:
    store.create(named("other"), "anna")
    remove(path, "other")
    assert fresh(path).state("demo").seq == 4
    (alarm,) = looked(path)
    assert alarm.startswith("other is gone from this store; it was seen on this computer up to")
    reader = fresh(path)
    with pytest.raises(InputError, match="no such campaign"):
        reader.state("other")
    assert reader.alarms == [alarm]
    with pytest.raises(StoreDamagedError, match="other is gone"):
        fresh(path).verify()
    fresh(path).verify(accept=True)
    assert looked(path) == []


def test_the_last_campaign_that_is_removed_is_told(store: Store, path: Path) -> None:
    remove(path, "demo")
    assert looked(path)[0].startswith("demo is gone")
    with pytest.raises(StoreDamagedError, match="demo is gone"):
        fresh(path).verify()


@pytest.mark.parametrize("go_on", [lambda p: None, lambda p: fresh(p).create(named("x"), "anna")])
def test_growing_is_normal(store: Store, path: Path, go_on: Callable[[Path], object]) -> None:
    go_on(path)
    for text in "abc":
        fresh(path).change("demo", noting(text), actor="anna")
        assert looked(path) == []
    assert fresh(path).verify()


def test_a_backup_elsewhere_is_no_alarm_and_a_link_is_the_same_store(
    store: Store, path: Path
) -> None:
    backup = Path(shutil.copy(path, path.with_name("backup.db")))
    store.change("demo", noting("newer"), actor="anna")
    assert looked(backup) == []
    assert fresh(backup).verify()
    link = path.with_name("link.db")
    link.symlink_to(path)
    cut = path.with_name("cut.db")
    shutil.copy(backup, cut)
    cut.replace(path)
    assert len(looked(link)) == 1


def test_a_store_begun_anew_says_so_once(store: Store, path: Path) -> None:
    path.unlink()
    anew = fresh(path)
    anew.create(SPEC, "anna")
    assert anew.alarms[0].startswith("a new store was begun where there was one before, with demo")
    assert looked(path) == []


def test_another_store_at_the_same_place_says_so_once(store: Store, path: Path) -> None:
    other = path.with_name("other.db")
    fresh(other).create(named("other"), "anna")
    shutil.copy(other, path)
    assert looked(path) == ["another store lies here than the one seen before, with demo"]
    assert looked(path) == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff", b'{"format": 1}', b"[" * 10_000]
)
def test_a_damaged_memory_says_nothing_and_is_made_anew(
    store: Store, path: Path, data_folder: Path, content: bytes
) -> None:
    (file,) = data_folder.rglob("*.json")
    file.write_bytes(content)
    put_back(path)
    (file,) = data_folder.rglob("*.json")
    file.write_bytes(content)
    assert looked(path) == []
    assert LastSeen(path.resolve()).read()


def test_every_changed_byte_of_the_memory_is_no_alarm(
    store: Store, path: Path, data_folder: Path
) -> None:
    (file,) = data_folder.rglob("*.json")
    whole = file.read_bytes()
    reference = LastSeen(path.resolve()).read()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        file.write_bytes(changed)
        assert LastSeen(path.resolve()).read() in ({}, reference)


def test_where_nothing_can_be_kept_nothing_is_said(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    for folder in ("/proc/none", str(tmp_path / "file")):
        monkeypatch.setenv("XDG_DATA_HOME", folder)
        path.unlink(missing_ok=True)
        fresh(path).create(SPEC, "anna")
        put_back(path)
        assert looked(path) == []
        assert fresh(path).verify()


def test_nothing_is_kept_beside_the_store_nor_of_one_in_memory(
    store: Store, path: Path, data_folder: Path
) -> None:
    assert [each.name for each in path.parent.iterdir() if each != data_folder] == ["pilot.db"]
    assert json.loads(next(data_folder.rglob("*.json")).read_text())["store"] == str(path)
    before = len([*data_folder.rglob("*")])
    Store(None).create(SPEC, "anna")
    assert len([*data_folder.rglob("*")]) == before


def test_many_at_once_raise_no_alarm(store: Store, path: Path) -> None:
    def work(number: int) -> list[str]:
        mine = fresh(path)
        for _ in range(6):
            mine.change("demo", noting(str(number)), actor="anna")
            mine.state("demo")
            mine.summaries()
        return mine.alarms

    with ThreadPoolExecutor(4) as pool:
        assert [*pool.map(work, range(4))] == [[]] * 4
    assert looked(path) == []


def test_a_front_end_warns_and_carries_on(small: CommandLine) -> None:
    path = Path(small.store)
    copy = Path(shutil.copy(path, path.with_name("copy.db")))
    small("note", "small", "newer")
    shutil.copy(copy, path)
    for words in (["status", "small", "--quiet"], ["list"], ["note", "small", "on", "--json"]):
        small(*words)
        assert small.err.startswith("warning: small ends at event 1") or words[0] == "note"
        assert "warning: small" in small.err
    (flag,) = small.json("status", "small")["flags"]
    assert (flag["kind"], flag["run"]) == ("older_copy", None)
    assert small.json("list")["warnings"] == [flag["message"]]
    assert "small" in small.refused("show", "smal")
    small("store", "verify", code=6)
    assert "designer store verify --accept" in small.err
    small("store", "verify", "--accept")
    small("status", "small")
    assert small.err == ""
    assert Service(str(path)).models.status("small")["flags"] == []
