"""Everything the command line does is done in the terminal UI, which shows the command line."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path

import pytest
from textual.widgets import Input

from designer.cli.parser import Call, read_command_line
from designer.cli.verbs import VERBS
from designer.service import Service
from designer.tui.keys.actions import ACTIONS, EVERYWHERE, actions_at
from designer.tui.keys.twins import NO_TWIN, TWINS
from tests.tui.begin.filling import fill
from tests.tui.cases import Ui, open_ui
from tests.tui.mash import strike

ASKS = {
    "campaigns": ("demo", "store"),
    "campaign": ("propose", "propose_held", "design", "note", "export", "import_sheet", "attach",
                 "predict", "best", "judge", "amend", "close_campaign", "undo"),
    "proposals": ("fail", "skip", "correct", "decide", "replace", "skip_several", "reopen",
                  "note_run"),
    "lines": ("add_line", "toggle_line"),
}  # fmt: skip
RUNS = {"correct": "R001", "reopen": "R002"}
"""Runs that allow an action; R003 allows the others."""
TYPED = {
    "reason": "because of it", "text": "hot", "path": "a file.csv", "value": "31.5", "name": "x",
    "in-solid_content": "55", "in-binder": "PVDF-A",
}  # fmt: skip


def test_every_verb_has_its_twin() -> None:
    assert set(TWINS) == set(VERBS) - set(NO_TWIN)
    calls = {action.call for action in ACTIONS}
    assert {call for twins in TWINS.values() for call in twins} - calls == set()


@pytest.mark.parametrize("mode", EVERYWHERE)
def test_no_key_of_a_screen_means_two_things(mode: str) -> None:
    keys = Counter(key for action in actions_at(mode) for key in action.key_list)
    assert {key for key, times in keys.items() if times > 1} == set()


async def asked(ui: Ui, mode: str, name: str) -> list[Call]:
    """The command lines that the question of an action shows when something was typed."""
    if mode == "proposals":
        ui.screen.table.choose(RUNS.get(name, "R003"))
        await ui.pilot.pause()
    key = next(action.key_list[0] for action in actions_at(mode) if action.name == name)
    await ui.press(key)
    await ui.until(lambda: ui.screen.is_modal)
    for field in ui.screen.query(Input):
        text = TYPED.get((field.id or "").removeprefix("ask-"))
        if text and not field.value:
            field.value = text
    await ui.pilot.pause()
    told = ui.screen.query_one("#modal-same").render().plain
    assert told.startswith("same as: designer "), (name, told)
    lines = told.removeprefix("same as: ").split(" && ")
    await ui.press("escape")
    await ui.until(lambda: not ui.screen.is_modal)
    return [read_command_line(shlex.split(line)[1:]) for line in lines]


@pytest.mark.parametrize("mode", ASKS)
async def test_every_question_shows_a_command_line_that_parses(store: Path, mode: str) -> None:
    service = Service(str(store))
    service.runs.record("small", "R001", {"mass_loading": "11.9", "porosity": "31.5"})
    service.runs.fail("small", "R002", "web break")
    events = service.campaigns.show("small")["head"]
    async with open_ui(store) as ui:
        ui.app.action_show(mode)
        await ui.until(lambda: ui.place == mode)
        if mode == "proposals":
            await ui.press("v")
        for name in ASKS[mode]:
            for call in await asked(ui, mode, name):
                assert call.verb is not None
                assert name in TWINS[call.verb.name], (name, call.verb.name)
    assert service.campaigns.show("small")["head"] == events  # nothing was done


async def test_the_store_is_looked_at_and_a_run_gets_a_note(store: Path) -> None:
    async with open_ui(store, None) as ui:
        await ui.until("small")
        await ui.press("i")
        await ui.until("same as: designer store verify")
        assert "schema version" in ui.text()
        await ui.press("ctrl+s")
        await ui.until("The store is sound")
        await ui.press("escape", "enter")
        await ui.until(lambda: ui.app.view is not None and ui.place == "campaign")
        await ui.press("2")
        await ui.until("checks")
        await ui.press("n")
        await ui.until("Note on R001")
        await fill(ui, "hot")
        await ui.press("ctrl+s")
        await ui.until(lambda: [note["text"] for note in ui.app.view.details["notes"]] == ["hot"]
                       if ui.app.view else False)  # fmt: skip


async def test_keys_faster_than_the_palette_end_nothing(store: Path) -> None:
    async with open_ui(store) as ui:
        for keys in (("ctrl+p", "pageup", "pagedown"), ("ctrl+p", "a", "enter", "enter", "enter")):
            strike(ui.app, *keys)
            await ui.pilot.pause(0.2)
            while ui.screen.is_modal:
                await ui.press("escape")
            assert ui.app.crash is None
            assert ui.app.is_running
