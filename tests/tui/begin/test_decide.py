"""A setting of a proposed run is changed while one sees what that brings; files are previewed."""

from __future__ import annotations

import shlex
from pathlib import Path

from designer.campaigns.space.factors import Factor
from designer.cli.parser import read_command_line
from designer.service import Service
from designer.tui.dialogs.deciding.decide import stepped
from tests.tui.cases import Ui, open_ui


async def deciding(ui: Ui, run: str) -> None:
    ui.app.action_show("proposals")
    await ui.until("checks")
    ui.screen.table.choose(run)
    await ui.pilot.pause()
    await ui.press("e")
    await ui.until(f"{run}: another setting")


def live(ui: Ui) -> str:
    return str(ui.screen.query_one("#live-text").render().plain)


async def test_what_is_typed_is_told_and_proposed_instead(store: Path) -> None:
    async with open_ui(store) as ui:
        await deciding(ui, "R002")
        await ui.until(lambda: "bits" in live(ui), 60)
        assert "as it is" in live(ui)
        await ui.press("ctrl+s")  # nothing is changed
        await ui.until(lambda: ui.screen.query_one("#modal-wrong").display)
        gap = ui.run("R002")["used"]["coating_gap"]
        await ui.press("tab", "down")
        await ui.until(lambda: "→ " in live(ui) and live(ui).count("as it is") < 4, 60)
        new = float(ui.screen.values["in-coating_gap"])
        assert new < gap
        told = str(ui.screen.query_one("#modal-same").render().plain)
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.run("R002")["status"] == "abandoned", 60)
        assert ui.run("R004")["used"]["coating_gap"] == new
        abandon = shlex.split(told.partition(" && ")[2])
        assert ui.run("R002")["failure"] == read_command_line(abandon[1:]).arguments.reason
        assert ui.run("R004")["status"] == "proposed"


async def test_a_run_is_made_with_what_was_really_set(store: Path) -> None:
    async with open_ui(store) as ui:
        await deciding(ui, "R001")
        await ui.press("tab", "end", *["backspace"] * 3, "9", "tab", "tab")
        await ui.press("enter", "down", "enter")
        await ui.until("designer record small R001 --set")
        await ui.press("shift+tab", "shift+tab", "end", "5", "ctrl+s")
        await ui.until(lambda: ui.run("R001")["status"] == "running")
        assert ui.run("R001")["used"]["coating_gap"] == 95
    kinds = [event["kind"] for event in Service(str(store)).campaigns.history("small")["events"]]
    assert kinds[-2:] == ["run_started", "result_recorded"]


def test_arrows_move_by_the_machine() -> None:
    gap = Factor("gap", "um", levels=(80.0, 100.0, 150.0))
    assert [stepped(gap, "100", 1), stepped(gap, "150", 1), stepped(gap, "100", -1)] == [
        "150", "150", "80",
    ]  # fmt: skip
    assert [stepped(gap, "90", 1), stepped(gap, "90", -1), stepped(gap, "", 1)] == [
        "100", "80", "80",
    ]  # fmt: skip
    binder = Factor("binder", None, categories=("A", "B"))
    assert [stepped(binder, "A", 1), stepped(binder, "x", 1)] == ["B", "A"]


async def test_the_sheet_of_today_is_seen_before_it_is_written(store: Path, tmp_path: Path) -> None:
    async with open_ui(store) as ui:
        await ui.press("x")
        await ui.until(lambda: "run,solid_content" in live(ui))
        await ui.press("enter", "down", "enter")  # the run sheet
        await ui.until("small-run-sheet.html")
        await ui.until(lambda: "# small: plan P001" in live(ui))
        (tmp_path / "small-run-sheet.html").write_text("mine")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.screen.query_one("#modal-wrong").display)
        assert (tmp_path / "small-run-sheet.html").read_text() == "mine"
        await ui.press("tab", "tab", "space", "ctrl+s")
        await ui.gone("Export from small")
    assert (tmp_path / "small-run-sheet.html").read_text().startswith("<!DOCTYPE html>")
