"""What all full screens share: bar, banner, status line, footer, and being told of news."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Static

from designer.tui.campaign_view import CampaignView
from designer.tui.palette import may
from designer.tui.widgets.common import Bar, StatusLine
from designer.tui.widgets.status_text import (
    banner_text,
    bar_text,
    job_text,
    store_text,
)

if TYPE_CHECKING:
    from designer.tui.ui import Ui


class TaskScreen(Screen[None]):
    """A screen of one task.

    Subclasses name their `PLACE`, yield their `parts` and fill them in `present`.
    """

    PLACE: ClassVar[str] = ""
    ABOUT: ClassVar[str] = ""
    AUTO_FOCUS: ClassVar[str | None] = "RowTable"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (72, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual's own form

    def __init__(self) -> None:
        super().__init__()
        self._presented: CampaignView | None = None

    @property
    def ui(self) -> Ui:
        """The application."""
        return cast("Ui", self.app)

    @property
    def alive(self) -> bool:
        """Whether the parts are there; when the program ends, what still goes on finds none."""
        return self.is_mounted and self.app.is_running

    def compose(self) -> ComposeResult:
        """Bar, banner, the screen's own parts, status line, footer."""
        yield Bar(self.PLACE)
        yield Static("", markup=False, id="banner")
        yield from self.parts()
        yield StatusLine()
        yield Footer(show_command_palette=False)

    def parts(self) -> Iterator[Widget]:
        """The screen's own widgets."""
        raise NotImplementedError

    def present(self, view: CampaignView) -> None:
        """Show a campaign."""

    def on_mount(self) -> None:
        """Show what is known already."""
        self.catch_up()

    def on_screen_resume(self) -> None:
        """Show what changed while another screen was on top."""
        self.catch_up()
        # the footer of a screen shown for the first time is not there yet to be told
        self.call_after_refresh(self.refresh_bindings)

    def catch_up(self) -> None:
        """Bring everything on the screen up to the application's view."""
        if not self.alive:
            return
        self.tell_status()
        view = self.ui.view
        if view is not None and view is not self._presented:
            self._presented = view
            self.present(view)
        self.refresh_bindings()

    def tell_status(self) -> None:
        """Renew bar, banner and status line."""
        if not self.alive:
            return
        ui = self.ui
        self.query_one(Bar).tell(bar_text(ui, self.PLACE))
        self.query_one(StatusLine).tell(store_text(ui, self.PLACE), job_text(ui))
        banner, told = self.query_one("#banner", Static), banner_text(ui, self.PLACE)
        banner.update(Content(told))
        banner.display = bool(told)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Actions that write are dimmed where nothing can be written."""
        return may(self.ui, action) if super().check_action(action, parameters) else False

    def restart(self, work: Callable[[], Coroutine[Any, Any, None]], group: str) -> None:
        """Do something beside the interface, instead of the same begun earlier."""
        # a function, not a coroutine: one replaced before it began would never be awaited
        self.run_worker(cast("Any", work), group=group, exclusive=True)

    def tell(self, text: str) -> None:
        """Say something in passing."""
        self.ui.notify(text, markup=False)
