"""One question at a time, however fast somebody types, and none is answered unread."""

import asyncio
from pathlib import Path

from textual.widgets import Input

from designer.service import Service
from designer.tui.dialogs.actions import ask
from designer.tui.dialogs.form import Ask, Question
from tests.tui.cases import Ui, open_ui
from tests.tui.mash import ALL, CALM, SCREENS, mash, stacked, strike


def events(store: Path) -> int:
    return len(Service(str(store)).campaigns.history("small")["events"])


async def test_letters_typed_before_a_question_is_up_are_its_answer(store: Path) -> None:
    before = events(store)
    async with open_ui(store) as ui:
        strike(ui.app, *"sfxu")
        await ui.until("Skip R001")
        await ui.until("--reason fxu")
        assert stacked(ui.app) == 1
        await ui.press("escape")
        await ui.gone("Skip R001")
        assert stacked(ui.app) == 0
    assert events(store) == before


async def test_no_question_is_answered_before_it_can_be_read(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"porosity": "34"})
    before = events(store)
    async with open_ui(store) as ui:
        strike(ui.app, "u", "enter", "s", "ctrl+s")
        await ui.until("Undo: event")
        await ui.pilot.pause(0.1)
        assert ui.app.screen.query_one(Input).value == ""
        strike(ui.app, "escape", "u", "escape")
        await ui.gone("Undo: event")
        await ui.pilot.pause(0.1)
        assert stacked(ui.app) == 0
    assert events(store) == before


async def test_a_question_that_is_long_in_coming_keeps_its_keys(store: Path) -> None:
    async with open_ui(store) as ui:
        ready = asyncio.Event()
        await _slow_question(ui, ready)
        await ui.type("sgv")
        await ui.press("2", "backspace")
        assert ui.place == "proposals"
        assert stacked(ui.app) == 0
        ready.set()
        await ui.until("A slow question")
        await ui.until(lambda: ui.app.screen.query_one(Input).value == "sgv2")
        assert stacked(ui.app) == 1


async def _slow_question(ui: Ui, ready: asyncio.Event, *more: str) -> None:
    async def slow() -> None:
        await ready.wait()
        asks = tuple(Ask(name, name.capitalize()) for name in ("what", *more))
        await ask(ui.app, Question("A slow question", asks, lambda _: True))

    ui.app.run_dialog(slow())


async def test_a_message_waits_until_the_question_is_answered(store: Path) -> None:
    async with open_ui(store) as ui:
        await ui.press("s")
        await ui.until("Skip R001")
        failing = ui.app.attempt(lambda: ui.app.service.runs.show("small", "R777"))
        assert await failing is None
        await ui.type("no foil")
        assert stacked(ui.app) == 1
        await ui.press("enter")
        await ui.until("Not done")
        await ui.press("escape")
        await ui.gone("Not done")
    assert Service(str(store)).runs.show("small", "R001")["failure"] == "no foil"


async def test_keys_at_random_ask_one_thing_and_enter_nothing(store: Path) -> None:
    assert set(await mash(store, SCREENS, CALM, 15, seed=1)) <= {"run_started"}


async def test_keys_at_random_that_confirm_leave_the_program_alive(store: Path) -> None:
    await mash(store, ("proposals", "record", "lines"), ALL, 15, seed=2)


async def test_a_tab_typed_early_goes_to_the_next_field(store: Path) -> None:
    async with open_ui(store) as ui:
        ready = asyncio.Event()
        await _slow_question(ui, ready, "when")
        await ui.type("ab")
        await ui.press("tab")
        await ui.type("cd")
        ready.set()
        await ui.until("A slow question")
        await ui.until(
            lambda: [field.value for field in ui.app.screen.query(Input)] == ["ab", "cd"]
        )
