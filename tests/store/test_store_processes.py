"""The store among real processes: races, kills, full disks, permissions, speed."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from designer.campaigns import commands
from designer.campaigns.commands import PlanDraft, PlannedRun, ResultEntry
from designer.campaigns.log.state import CampaignState
from designer.campaigns.specification import load
from designer.campaigns.store.store import Store
from designer.campaigns.values.quantity import Quantity
from tests.benchmarks.faults.processes import kills
from tests.speed import allowed
from tests.store import cases

POROSITY = {"name": "porosity", "unit": "%"}
TABLES = {**cases.TABLES, "response": [*cases.TABLES["response"], POROSITY]}
SPEC = load.from_dict(TABLES)

PRELUDE = """
import json, sys
from designer.campaigns import commands
from designer.campaigns.commands import ResultEntry
from designer.campaigns.values.quantity import Quantity
from designer.campaigns.errors import DesignerError
from designer.campaigns.specification import load
from designer.campaigns.store.store import Store
tables, url = json.loads(sys.argv[1]), sys.argv[2]
def say(*words):
    print(*words, flush=True)
"""


def start(script: str, path: Path, *arguments: int | str, **options: Any) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", PRELUDE + script, json.dumps(TABLES), str(path)]
    return subprocess.Popen(
        [*words, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def run(script: str, path: Path, *arguments: int, **options: Any) -> list[str]:
    process = start(script, path, *arguments, **options)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.splitlines()


def propose(store: Store, count: int) -> CampaignState:
    runs = [
        PlannedRun(i, i, {"gap": 100.0}, {}, {}, 0.1, 1.0, None, "") for i in range(1, count + 1)
    ]
    return store.change(
        "demo",
        lambda state: commands.propose(state, PlanDraft("learn", 1, runs, state.seq, 1.0, 0.1)),
        actor="anna",
    )


def test_two_processes_may_create_the_store_at_once(tmp_path: Path) -> None:
    script = """
spec = load.from_dict({**tables, "campaign": {**tables["campaign"], "name": sys.argv[3]}})
store = Store(url)
sys.stdin.readline()
try:
    store.create(spec, "anna")
    say("created")
except DesignerError as error:
    say(error.exit_code)
"""
    names = ["demo", "demo", "other", "third"]
    path = tmp_path / "pilot.db"
    processes = [start(script, path, name, stdin=subprocess.PIPE) for name in names]
    time.sleep(1)  # all wait at their starting line
    answers = [process.communicate("go\n", timeout=120) for process in processes]
    assert sorted(out.strip() for out, _ in answers) == ["3", "created", "created", "created"]
    assert {each.name for each in Store(str(path)).summaries()} == {"demo", "other", "third"}
    assert [file.name for file in tmp_path.iterdir()] == ["pilot.db"]


def test_of_two_processes_recording_the_same_runs_exactly_one_wins_each(tmp_path: Path) -> None:
    path = tmp_path / "pilot.db"
    store = Store(str(path))
    store.create(SPEC, "anna")
    propose(store, 12)
    script = """
store, me = Store(url), sys.argv[3]
sys.stdin.readline()
for number in range(1, 13):
    entry = ResultEntry(f"R{number:03d}", {"loading": [Quantity.of(me)]})
    try:
        store.change("demo", lambda state: commands.record(state, [entry]), actor=me)
        say("won", number)
    except DesignerError as error:
        say("lost" if error.exit_code == 4 else error, number)
"""
    racers = [start(script, path, name, stdin=subprocess.PIPE) for name in ("1", "2")]
    time.sleep(1)
    answers = [process.communicate("go\n", timeout=120)[0].split("\n")[:12] for process in racers]
    state = store.state("demo")
    for number in range(1, 13):
        told = {me: answers[me - 1][number - 1].split()[0] for me in (1, 2)}
        assert sorted(told.values()) == ["lost", "won"]
        (winner,) = (me for me, word in told.items() if word == "won")
        (value,) = state.runs[f"R{number:03d}"].measurements["loading"]
        assert (value.number, value.actor) == (float(winner), str(winner))
    assert state.seq == 2 + 12
    assert store.verify()


def test_killing_the_writer_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    # each command appends three events: all of them or none must be there
    counts = kills(tmp_path, 15, seed=7)
    assert counts["acknowledged"] >= counts["kills"] == 15
    assert counts["lost"] == counts["half"] == 0


def test_a_full_disk_refuses_in_words_and_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="needs a POSIX system to limit file sizes")
    path = tmp_path / "pilot.db"
    Store(str(path)).create(SPEC, "anna")
    limit = path.stat().st_size + 30_000
    script = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
store, kept = Store(url), 0
try:
    for number in range(1000):
        kept = store.change("demo", lambda s: commands.note(s, "x" * 2000), actor="anna").seq
except DesignerError as error:
    say(type(error).__name__, error.exit_code)
    say(kept, store.state("demo").seq)
"""
    assert resource.RLIMIT_FSIZE is not None
    name, numbers = run(script, path, limit)
    assert name == "StorageError 5"
    kept, there = map(int, numbers.split())
    assert kept == there > 2
    assert Store(str(path)).state("demo").seq == kept
    assert Store(str(path)).verify()


# Root may write anything, so these become somebody else once everything is imported: the Python
# of a virtual environment below /root cannot be started by anybody else.
UNPRIVILEGED = """
import os, platformdirs, tempfile
import designer.campaigns.store.archive, designer.campaigns.store.verify
if os.geteuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
"""

READ_ONLY = (
    UNPRIVILEGED
    + """
store = Store(url, program="0")
say(store.state("demo").seq, store.writable)
try:
    store.change("demo", lambda state: commands.note(state, "x"), actor="bert")
    say("written")
except DesignerError as error:
    say(error.exit_code, error)
for control in (url, os.path.dirname(url) + "/new"):
    try:
        open(control, "ab").close()
        say("control wrote")
    except OSError:
        say("control refused")
"""
)


@pytest.fixture
def public() -> Iterator[Path]:
    """A store in a folder that an unprivileged process can reach.

    Not below pytest's folder: every session of pytest that starts closes that one to others.
    """
    if os.name == "nt":
        pytest.skip("Windows has other permissions")
    with tempfile.TemporaryDirectory(prefix="designer-public-") as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / "pilot.db"
        Store(str(path)).create(SPEC, "anna")
        yield path


@pytest.mark.parametrize(
    ("file", "folder", "controls"),
    [
        (0o444, 0o777, ["control refused", "control wrote"]),
        (0o666, 0o555, ["control wrote", "control refused"]),
    ],
)
def test_a_read_only_store_can_be_read_and_refuses_writing_in_words(
    public: Path, file: int, folder: int, controls: list[str]
) -> None:
    public.chmod(file)
    public.parent.chmod(folder)
    before = public.read_bytes()
    try:
        reading, writing, *told = run(READ_ONLY, public)
    finally:
        public.parent.chmod(0o755)
    assert told == controls  # else the test would be blind
    assert reading == "1 False"
    assert writing.startswith("5 ")
    assert "is read-only" in writing
    assert public.read_bytes() == before


def test_the_store_is_created_readable_only_through_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "pilot.db"
    Store(str(path)).create(SPEC, "anna")
    assert path.stat().st_mode & 0o111 == 0


def test_an_interrupted_write_that_nobody_may_roll_back_is_explained(public: Path) -> None:
    # a writer dies with a hot journal: pages are in the file, the commit is not
    script = """
import os, sqlite3
connection = sqlite3.connect(url, isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN IMMEDIATE")
connection.execute("CREATE TABLE junk (a)")
connection.executemany("INSERT INTO junk VALUES (?)", [("x" * 3000,)] * 400)
os._exit(0)
"""
    run(script, public)
    journal = public.with_name("pilot.db-journal")
    assert journal.stat().st_size > 0
    public.chmod(0o444)
    journal.chmod(0o444)
    public.parent.chmod(0o555)
    script = (
        UNPRIVILEGED
        + """
try:
    say(Store(url).state("demo").seq)
except DesignerError as error:
    say(error.exit_code, error)
"""
    )
    try:
        (told,) = run(script, public)
    finally:
        public.parent.chmod(0o755)
        public.chmod(0o644)
    assert told.startswith("5 ")
    assert "pilot.db-journal shows an interrupted write" in told
    assert Store(str(public)).state("demo").seq == 1  # rolled back by who may
    assert not journal.exists()


def test_the_store_loads_no_mathematics(tmp_path: Path) -> None:
    script = """
heavy = {"pandas", "numpy", "torch", "scipy", "pint", "openpyxl"}
say(sorted(heavy & set(sys.modules)))
store = Store(url)
store.create(load.from_dict(tables), "anna")
store.change("demo", lambda state: commands.note(state, "x"), actor="anna")
say(sorted(heavy & set(sys.modules)))
"""
    assert run(script, tmp_path / "pilot.db") == ["[]", "[]"]


def test_ten_thousand_events_load_within_a_second_of_cpu(tmp_path: Path) -> None:
    """Gate: 0.5 s on a quiet machine (reliability notes); a factor 2 for a busy one."""
    path = tmp_path / "pilot.db"
    store = Store(str(path))
    store.create(SPEC, "anna")
    propose(store, 5000)
    for response in ("loading", "porosity"):
        entries = [
            ResultEntry(f"R{number:03d}", {response: [Quantity.of("31.2")]})
            for number in range(1, 5001)
        ]
        store.change("demo", partial(commands.record, entries=entries), actor="anna")
    assert path.stat().st_size < 10e6
    used = []
    for _ in range(3):  # the best of several: a machine may lose half of its clock in between
        began = time.process_time()
        Store(str(path)).state("demo")
        used.append(time.process_time() - began)
    reader = Store(str(path))
    state = reader.state("demo")
    assert state.seq == 10_002
    assert state.status_counts["completed"] == 5000
    assert min(used) < allowed(1.0)
    gc.collect()  # else one of the ten may pay for what the set-up and earlier tests left behind
    began = time.process_time()
    for _ in range(10):
        reader.state("demo")
    assert (time.process_time() - began) / 10 < allowed(0.05)
