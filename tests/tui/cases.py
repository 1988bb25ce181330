"""What the tests of the terminal UI share: a small campaign, and a pilot with eyes."""

import asyncio
import shutil
import time
from contextlib import asynccontextmanager

import pytest

from designer.service import Service
from designer.service.demo import demo
from designer.tui.app import DesignerApp
from designer.worker import Worker
from tests.campaigns_for_tests import SMALL, loading, porosity

SIZE = (80, 24)


def line_rows():
    """Columns of an earlier line that resembles the target."""
    recipes = [
        {"solid_content": 50 + k % 11, "coating_gap": (80, 100, 150)[k % 3],
         "binder": ("PVDF-A", "PVDF-B")[k % 2]}
        for k in range(16)
    ]  # fmt: skip
    columns = {name: [recipe[name] for recipe in recipes] for name in recipes[0]}
    columns["mass_loading"] = [round(loading(r) + 0.05 * (k % 3), 3) for k, r in enumerate(recipes)]
    columns["porosity"] = [round(porosity(r) + 0.1 * (k % 4), 3) for k, r in enumerate(recipes)]
    return columns


@pytest.fixture(scope="session")
def prepared_store(tmp_path_factory):
    """A store with campaign `small`: one earlier line, a plan of three runs."""
    folder = tmp_path_factory.mktemp("tui")
    (folder / "small.toml").write_text(SMALL)
    service = Service(str(folder / "pilot.db"), actor="anna")
    service.campaigns.create(folder / "small.toml")
    service.lines.add_columns("small", line_rows(), name="line2")
    service.plans.propose("small", 3, seed=1)
    return folder / "pilot.db"


@pytest.fixture(scope="session")
def prepared_slow_store(tmp_path_factory):
    """The demo campaign: plans of many runs take seconds."""
    path = tmp_path_factory.mktemp("slow") / "pilot.db"
    demo(Service(str(path), actor="anna"), 4)
    return path


@pytest.fixture
def slow_store(prepared_slow_store, tmp_path, monkeypatch):
    """A copy of it for one test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return shutil.copy(prepared_slow_store, tmp_path / "slow.db")


@pytest.fixture
def store(prepared_store, tmp_path, monkeypatch):
    """A copy of it for one test, with a state folder of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = tmp_path / "pilot.db"
    shutil.copy(prepared_store, path)
    cache = prepared_store.with_name("pilot.db.cache")
    shutil.copytree(cache, tmp_path / "pilot.db.cache")
    return path


class Ui:
    """A pilot that waits until something is so, and reads the screen as rows of text."""

    def __init__(self, app, pilot):
        self.app = app
        self.pilot = pilot

    async def press(self, *keys):
        await self.pilot.press(*keys)

    async def type(self, text):
        await self.pilot.press(
            *["space" if sign == " " else _KEYS.get(sign, sign) for sign in text]
        )

    def rows(self):
        """The screen, row by row."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    def text(self):
        return "\n".join(self.rows())

    async def until(self, condition, seconds=20.0):
        """Wait until a condition holds; a text: until it is on the screen."""
        told = condition if isinstance(condition, str) else None
        holds = (lambda: told in self.text()) if told else condition
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"never: {told}\n{self.text()}"
            await self.pilot.pause(0.02)

    async def gone(self, text, seconds=20.0):
        await self.until(lambda: text not in self.text(), seconds)

    @property
    def place(self):
        return self.app.current_mode

    def notes(self):
        """Everything said in passing."""
        return "\n".join(note.message for note in self.app._notifications)


_KEYS = {".": "full_stop", "/": "slash", "=": "equals_sign", "-": "minus", "_": "underscore"}


@asynccontextmanager
async def open_ui(store, campaign="small", size=SIZE, worker=None, actor="bob"):
    """The application without a terminal."""
    service = Service(str(store), actor=actor)
    worker = worker or Worker(service.session.store.url, actor)
    app = DesignerApp(service, worker, campaign)
    async with app.run_test(size=size, notifications=True) as pilot:
        ui = Ui(app, pilot)
        if campaign is not None:
            await ui.until(lambda: app.view is not None)
            await ui.until(lambda: len(app.screen.query("Footer > *")) > 0)
        yield ui
    await asyncio.to_thread(worker.close)
