"""A store from a stranger commands no terminal, whatever screen shows it."""

from pathlib import Path

import pytest

from tests.hostile import commands_in, hostile_store
from tests.tui.cases import Ui, open_ui

WIDE = (140, 48)


def check(ui: Ui) -> None:
    assert not commands_in(ui.text()), ui.text()
    assert not commands_in(ui.notes())
    styles = [s.style for strip in ui.app.screen._compositor.render_strips() for s in strip]
    assert not any(style and style.meta.get("@click") == "app.quit" for style in styles)


@pytest.mark.asyncio
async def test_no_screen_and_no_dialog_shows_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    store = hostile_store(tmp_path / "evil\x1b[31m\u202e.db")
    async with open_ui(store, size=WIDE, actor="bob") as ui:
        for digit, words in {
            "1": "anna\\x1b[31m", "2": "R004", "5": "line2\\x1b[31m", "6": "[bold red]m[/]",
        }.items():  # fmt: skip
            await ui.press(digit)
            await ui.until(words)
            check(ui)
        await ui.press("down", "down")  # in full, below the history
        check(ui)
        await ui.press("u")
        await ui.until("Undo: event")
        check(ui)
        await ui.press("escape", "2", "v")
        await ui.until("R002")
        await ui.press("home")
        for key, title in {"f": "failed", "c": "Correct", "s": "Skip"}.items():
            await ui.press(key)
            await ui.until(title)
            check(ui)
            await ui.press("escape")
        await ui.press("5", "space")
        await ui.until("Leave out: line")
        check(ui)
        await ui.press("escape", "f3")
        await ui.until("R004")
        await ui.press("pageup")
        check(ui)
        await ui.press("f2", "o")
        await ui.until("changed")
        check(ui)


@pytest.mark.asyncio
async def test_what_is_refused_is_told_without_its_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    async with open_ui(hostile_store(tmp_path / "evil.db"), size=WIDE) as ui:
        problem = f"{chr(27)}[31mx{chr(0x202E)} [@click=app.quit]y[/]"
        from designer.campaigns.errors import InputError

        ui.app.show_error(problem, InputError.at(problem, problem, problem, problem, problem))
        await ui.until("[@click=app.quit]y[/]")
        check(ui)
        await ui.press("escape")
        ui.app.store_problem = problem
        ui.app.refresh_status()
        ui.app.notify(problem, title=problem)
        await ui.until("x\\u202e")
        check(ui)
