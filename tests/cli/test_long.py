"""Long campaigns: work grows with the log and not with its square; a terminal gets pages.

Operations are counted, not seconds: a busy machine changes nothing.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from designer.campaigns import commands
from designer.campaigns.commands import ResultEntry
from designer.campaigns.log.runs import Run
from designer.campaigns.store.sqlite import Database
from designer.campaigns.store.store import Store
from designer.campaigns.values.quantity import Quantity
from designer.cli.console import Console
from designer.cli.text import campaign as campaign_words
from designer.cli.text.results import history_text
from designer.render import table as tables
from designer.service import Service
from tests.command_line import CommandLine
from tests.store.cases import SPEC, named, noting


def runs(path: Path, number: int) -> Service:
    """A campaign with so many attached runs."""
    store = Store(str(path))
    store.create(SPEC, "anna")
    entry = ResultEntry(None, {"loading": [Quantity.of("5.5")]}, used={"gap": Quantity.of("100")})
    store.change("demo", partial(commands.attach, entries=[entry] * number), actor="anna")
    return Service(str(path))


class Counted:
    """Counts the calls of a function or a property, wherever it is looked up by its module."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        self.calls = 0
        self._function: Callable[..., Any] = getattr(owner, name)

        def call(*arguments: Any, **options: Any) -> Any:
            self.calls += 1
            return self._function(*arguments, **options)

        monkeypatch.setattr(owner, name, call)

    def during(self, work: Callable[[], object]) -> int:
        self.calls = 0
        work()
        return self.calls


def test_a_history_and_a_campaign_are_laid_out_in_linear_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted(monkeypatch, tables, "display_width")
    told: dict[int, list[int]] = {}
    for number in (60, 240):
        service = runs(tmp_path / f"{number}.db", number)
        history, shown = service.campaigns.history("demo"), service.campaigns.show("demo")
        told[number] = [
            counted.during(partial(history_text, history)),
            counted.during(partial(campaign_words.campaign_text, shown)),
        ]
    for few, many in zip(*told.values(), strict=True):
        assert many < 4.5 * few  # 4 times the events


def test_status_makes_no_run_to_be_shown_and_looks_at_results_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import designer.campaigns.sheets.run_object as objects

    made = Counted(monkeypatch, objects, "run_object")
    read = Counted(monkeypatch, Run, "values")
    service = runs(tmp_path / "pilot.db", 50)
    assert made.during(lambda: service.models.status("demo")) == 0
    assert read.during(lambda: service.models.status("demo")) <= 2 * 50


def test_a_list_asks_the_store_as_often_for_many_campaigns_as_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    connect = Database._connect

    def traced(self: Database, address: str, *, uri: bool = False) -> sqlite3.Connection:
        connection = connect(self, address, uri=uri)
        connection.set_trace_callback(said.append)
        return connection

    monkeypatch.setattr(Database, "_connect", traced)
    counts = []
    for number in (1, 12):
        path = tmp_path / f"{number}.db"
        for k in range(number):
            Store(str(path)).create(named(f"c{k}"), "anna")
        said.clear()
        assert len(Service(str(path)).campaigns.list()["campaigns"]) == number
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_a_list_parses_no_specification(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from designer.campaigns.log import fold_campaign

    path = tmp_path / "pilot.db"
    Store(str(path)).create(SPEC, "anna")
    folded = Counted(monkeypatch, fold_campaign, "_parsed")
    assert folded.during(Service(str(path)).campaigns.list) == 0
    assert folded.during(lambda: Service(str(path)).campaigns.show("demo")) == 1


def test_a_record_reads_only_what_came_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from designer.campaigns.log import stored

    service = runs(tmp_path / "pilot.db", 40)
    service.campaigns.show("demo")
    hashed = Counted(monkeypatch, stored, "event_hash")
    change = partial(service.session.store.change, "demo", noting("x"), actor="anna")
    assert hashed.during(change) == 1
    assert hashed.during(change) == 1


def test_the_last_events_alone_are_told(small: CommandLine) -> None:
    for number in range(5):
        small("note", "small", f"note {number}")
    events = small.json("history", "small", "--limit", "2")["events"]
    assert [event["summary"] for event in events] == ["note: note 3", "note: note 4"]
    assert len(small.json("history", "small", "--limit", "99")["events"]) == 6
    assert small.refused("history", "small", "--limit", "0", code=2)


@pytest.mark.parametrize(
    ("lines", "terminal", "paged"), [(50, True, True), (5, True, False), (50, False, False)]
)
def test_only_a_terminal_that_is_too_low_gets_pages(
    lines: int,
    terminal: bool,
    paged: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pages: list[str] = []
    monkeypatch.setattr("pydoc.pager", pages.append)
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    Console(json=False, quiet=False).pages(["\x1b[31mred"] * lines)
    printed = capsys.readouterr().out
    assert bool(pages) == paged
    assert (pages[0] if paged else printed) == "\\x1b[31mred\n" * lines
