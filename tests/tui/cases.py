"""What the tests of the terminal UI share: a small campaign, and a pilot with eyes."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from designer.service import Service
from designer.tui.app import DesignerApp
from designer.tui.widgets.key_row import KeyRow
from designer.worker import Worker

SIZE = (80, 24)
_SCROLL_BAR = dict.fromkeys(map(ord, "▁▂▃▄▅▆▇█"), " ")


class Ui:
    """A pilot that waits until something is so, and reads the screen as rows of text."""

    def __init__(self, app: DesignerApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        await self.pilot.press(
            *["space" if sign == " " else _KEYS.get(sign, sign) for sign in text]
        )

    def rows(self) -> list[str]:
        """The screen, row by row."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    def text(self) -> str:
        return "\n".join(self.rows())

    def prose(self) -> str:
        """What the screen says, without its line breaks and the ends of its scroll bar."""
        return " ".join(self.text().translate(_SCROLL_BAR).split())

    async def until(self, condition: Callable[[], object] | str, seconds: float = 20.0) -> None:
        """Wait until a condition holds; a text: until it is on the screen."""
        told = condition if isinstance(condition, str) else None

        def holds() -> bool:
            if self.app.asking.coming is not None:
                return False  # nobody can read it yet
            if isinstance(condition, str):
                return condition in self.text()
            return bool(condition())

        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"never: {told}\n{self.text()}"
            await self.pilot.pause(0.02)

    async def gone(self, text: str, seconds: float = 20.0) -> None:
        await self.until(lambda: text not in self.text(), seconds)

    @property
    def screen(self) -> Any:
        """The screen that is open: whatever the test knows it to be."""
        return self.app.screen

    def run(self, run_id: str) -> Mapping[str, Any]:
        """A run as the screen has read it."""
        assert self.app.view is not None
        found = self.app.view.run(run_id)
        assert found is not None
        return found

    @property
    def place(self) -> str:
        return self.app.current_mode

    def notes(self) -> str:
        """What was said in passing last."""
        return "" if self.app.notice is None else self.app.notice.text

    def flowing(self) -> str:
        """The screen without its breaks of rows."""
        return " ".join(self.text().replace("│", " ").split())


_KEYS = {".": "full_stop", "/": "slash", "=": "equals_sign", "-": "minus", "_": "underscore"}


@asynccontextmanager
async def open_ui(
    store: Path,
    campaign: str | None = "small",
    size: tuple[int, int] = SIZE,
    worker: Worker | None = None,
    actor: str = "bob",
    quiet: float | None = None,
) -> AsyncIterator[Ui]:
    """The application without a terminal."""
    service = Service(str(store), actor=actor)
    worker = worker or Worker(service.session.store.url, actor)
    app = DesignerApp(service, worker, campaign)
    async with app.run_test(size=size, notifications=True) as pilot:
        ui = Ui(app, pilot)
        app.fresh.quiet = quiet  # else figures that nobody asked for take time from every test
        if campaign is not None:
            await ui.until(lambda: app.view is not None)
            await ui.until(lambda: any(row.keys for row in app.screen.query(KeyRow)))
        yield ui
    await asyncio.to_thread(worker.close)
