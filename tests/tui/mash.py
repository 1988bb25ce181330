"""Somebody leans on the keyboard: keys at random, in bursts faster than the screen answers."""

import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from textual.events import Key

from designer.service import Service
from designer.tui.app import DesignerApp
from designer.worker import Worker
from tests.tui.cases import Ui, open_ui

_BURST = 6  # most keys at once
SCREENS = ("campaigns", "campaign", "proposals", "record", "explore", "lines", "history")
LETTERS = "abcdefghijklmnoprstuvwxyzGMOPS0123456789"
CALM = (*LETTERS, "space", "tab", "shift+tab", "up", "down", "left", "right", "home", "end",
        "pageup", "pagedown", "backspace", "delete", "slash", "question_mark",
        "exclamation_mark", "full_stop", "escape", "f7", "f8", "f9", "ctrl+r", "ctrl+z", "ctrl+t",
        "ctrl+p", "ctrl+u", "left_square_bracket", "right_square_bracket", "plus",
        "shift+left", "shift+up")  # fmt: skip
"""Keys that confirm nothing."""

ALL = (*CALM, "enter", "ctrl+s")

# answers at once that it cannot: what is computed is not what is tried here
_REFUSES = """
import json, sys
for line in sys.stdin:
    told = json.loads(line)
    if told["id"]:
        error = {"class": "InputError", "problems": []}
        print(json.dumps({"id": told["id"], "kind": "error", "error": error}), flush=True)
"""


def refusing_worker(store: Path) -> Worker:
    """A computing process that refuses everything at once."""
    return Worker(Service(str(store)).session.store.url, command=(sys.executable, "-c", _REFUSES))


def strike(app: DesignerApp, *keys: str) -> None:
    """Press keys without waiting for what they do."""
    signs = {"space": " ", "slash": "/", "question_mark": "?", "exclamation_mark": "!",
             "full_stop": ".", "left_square_bracket": "[", "right_square_bracket": "]",
             "plus": "+"}  # fmt: skip
    for key in keys:
        event = Key(key, signs.get(key, key if len(key) == 1 else None))
        event.set_sender(app)
        app.post_message(event)


def stacked(app: DesignerApp) -> int:
    """Most modals on top of each other."""
    return max(sum(screen.is_modal for screen in stack) for stack in app._screen_stacks.values())


async def mash(
    store: Path, screens: Sequence[str], keys: Sequence[str], number: int, seed: int
) -> list[str]:
    """Press keys at random on some screens, so many on each, coming back to it again and again.

    Returns:
        Kinds of the events that came of it.
    """
    chance = random.Random(seed)
    service = Service(str(store))
    before = len(service.campaigns.history("small")["events"])
    async with open_ui(store, worker=refusing_worker(store)) as ui:
        for screen in screens:
            left = number
            while left > 0:
                await _go_to(ui, screen)
                left -= await _lean_on(ui, keys, min(left, 40), chance, f"seed {seed}, {screen}")
        await _go_to(ui, screens[0])
        assert ui.text().strip()
    return [event["kind"] for event in service.campaigns.history("small")["events"][before:]]


async def _lean_on(
    ui: Ui, keys: Sequence[str], number: int, chance: random.Random, told: str
) -> int:
    """Press so many keys in bursts, and look after each what came of it."""
    left = number
    while left > 0:
        pressed = chance.choices(keys, k=min(left, chance.randint(1, _BURST)))
        strike(ui.app, *pressed)
        left -= len(pressed)
        await ui.pilot.pause(chance.choice((0, 0, 0.02)))
        assert stacked(ui.app) <= 1, (told, pressed)
        assert ui.app.crash is None, (told, pressed)
        assert ui.app.is_running, (told, pressed)
    return number


async def _go_to(ui: Ui, screen: str) -> None:
    """Leave what is open, and go back to the screen."""
    end = time.monotonic() + 20
    while ui.app.screen.is_modal or ui.app.asking.coming is not None:
        assert time.monotonic() < end, ui.text()
        await ui.pilot.press("escape")
        await ui.pilot.pause(0.01)
    if ui.app.view is None:
        ui.app.open_campaign("small")
        await ui.until(lambda: ui.app.view is not None)
    ui.app.action_show(screen)
    await ui.until(lambda: ui.place == screen)
    await ui.pilot.pause()
