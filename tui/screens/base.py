"""What all full screens share: bar, banner, status line, footer, news; tables of items."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import DataTable, Static

from designer.render.words import plain
from designer.tui.campaign_view import CampaignView
from designer.tui.keys.actions import CAMPAIGNS, SCREENS, actions_at, bindings
from designer.tui.palette import is_available
from designer.tui.ui import Ui
from designer.tui.widgets.common import RowTable, Tab, shortened
from designer.tui.widgets.key_row import KeyRow

Item = TypeVar("Item")
_NAME = 14  # cells of a campaign's name, so that all screens fit beside it in 80


class TaskScreen(Screen[None]):
    """A screen of one task.

    Subclasses name their `MODE`, yield their `parts` and fill them in `present`.
    """

    MODE: ClassVar[str] = ""
    ABOUT: ClassVar[str] = ""
    AUTO_FOCUS: ClassVar[str | None] = "RowTable"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (72, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual's own form

    def __init_subclass__(cls) -> None:
        """Give the screen the keys of its mode, before Textual reads them."""
        cls.BINDINGS = [*bindings(cls.MODE), *cls.__dict__.get("BINDINGS", ())]
        super().__init_subclass__()

    def __init__(self) -> None:
        super().__init__()
        self._presented: CampaignView | None = None
        self._offered: frozenset[str] = frozenset()

    @property
    def ui(self) -> Ui:
        """The application."""
        return cast("Ui", self.app)

    @property
    def alive(self) -> bool:
        """Whether the parts are there; when the program ends, what still goes on finds none."""
        return self.is_mounted and self.app.is_running

    def compose(self) -> ComposeResult:
        """Bar, banner, the screen's own parts, what is said in passing, status line, footer."""
        with Horizontal(id="bar"):
            yield Static("", markup=False, id="bar-name")
            yield from (Tab(mode, self.MODE) for mode in SCREENS if self.MODE in SCREENS)
        yield Static("", markup=False, id="banner")
        yield from self.parts()
        yield Static("", markup=False, id="notice")
        with Horizontal(id="status"):
            yield Static("", markup=False, id="status-store")
            yield Static("", markup=False, id="status-job")
        yield KeyRow()

    def parts(self) -> Iterator[Widget]:
        """The screen's own widgets."""
        raise NotImplementedError

    def present(self, view: CampaignView) -> None:
        """Show a campaign."""

    def present_again(self) -> None:
        """Show the same campaign once more, with another filter or size."""
        if self.ui.view is not None and self.alive:
            self.present(self.ui.view)

    def on_screen_resume(self) -> None:
        """Show what is known already, or changed while another screen was on top."""
        self.refresh_content()
        # the footer of a screen shown for the first time is not there yet to hear of it
        self.call_after_refresh(self.refresh_bindings)

    def refresh_content(self) -> None:
        """Bring everything on the screen up to the application's view."""
        if not self.alive:
            return
        self.refresh_status()
        view = self.ui.view
        if view is not None and view is not self._presented:
            self._presented = view
            self.present(view)
        self.refresh_bindings()

    def refresh_status(self) -> None:
        """Renew bar, banner, notice and status line."""
        if not self.alive:
            return
        ui, banner = self.ui, _banner_text(self.ui, self.MODE)
        self.query_one("#bar-name", Static).update(_bar_text(ui, self.MODE))
        self.query_one("#banner", Static).update(banner)
        self.query_one("#banner").display = bool(banner)
        notice = self.query_one("#notice", Static)
        notice.display = ui.notice is not None
        if ui.notice is not None:
            notice.set_classes(f"-{ui.notice.severity}")
            notice.update(Content(ui.notice.text))
        self.query_one("#status-store", Static).update(_store_text(ui, self.MODE))
        self.query_one("#status-job", Static).update(_job_text(ui))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Actions that write are dimmed where nothing can be written."""
        return is_available(self.ui, action) if super().check_action(action, parameters) else False

    def offers(self, action: str) -> bool:
        """Whether the footer names an action; one that it leaves out says why it does nothing."""
        del action
        return True

    def renew_footer(self) -> None:
        """Name other keys when what was chosen allows others."""
        offered = frozenset(each.name for each in actions_at(self.MODE) if self.offers(each.name))
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work, shown as far as they do something now."""
        return {
            key: active
            if self.offers(active.binding.action.removeprefix("app.").partition("(")[0])
            else active._replace(binding=replace(active.binding, show=False))
            for key, active in super().active_bindings.items()
        }

    def restart(self, work: Callable[[], Coroutine[Any, Any, None]], group: str) -> None:
        """Do something beside the interface, instead of the same begun earlier."""
        # a function, not a coroutine: one replaced before it began would never be awaited
        self.run_worker(cast("Any", work), group=group, exclusive=True)


# ---- the words around every screen -------------------------------------------------------------


def _bar_text(ui: Ui, mode: str) -> Content:
    """Campaign and runs made of all."""
    view = ui.view
    if mode == CAMPAIGNS or view is None:
        return Content("designer" if mode == CAMPAIGNS else plain(ui.first or "designer"))
    counts = view.status["runs"]
    made = counts["completed"] + counts["partial"] + counts["failed"]
    planned = sum(counts.values()) - counts["abandoned"]
    return Content(f"{shortened(view.title, _NAME)} {made}/{planned}")


def _banner_text(ui: Ui, mode: str) -> Content:
    """Why nothing can be written, if so."""
    view = ui.view
    if view is None or mode == CAMPAIGNS:
        return Content("")
    older = [f["message"] for f in view.status["flags"] if f["kind"] == "older_copy"]
    if older:
        return Content(f"! {older[0]}")
    if view.unwritable:
        return Content(f"! Read only: {view.unwritable}")
    closed = "! This campaign is closed; only notes are accepted."
    return Content(closed if view.details["closed"] else "")


def _store_text(ui: Ui, mode: str) -> Content:
    """Where the store is and how old what is shown."""
    if ui.store_problem is not None:
        return Content.styled(f"✗ {plain(ui.store_problem)}", "$text-error")
    view, file = ui.view, plain(ui.service.session.store.url.rpartition("/")[2])
    if view is None or mode == CAMPAIGNS:
        return Content(file)
    return Content(f"{file} · event {view.seq} · {_age(view)}")


def _age(view: CampaignView) -> str:
    model = view.status["model"]
    if model["seq"] is None:
        return "no figures yet"
    return f"figures of event {model['seq']}{' (stale)' if model['stale'] else ''}"


def _job_text(ui: Ui) -> Content:
    """What is computed, else when something was saved."""
    job = ui.jobs.current
    if job is not None:
        return Content.styled(f"◔ {plain(job.text)}", "$text-accent")
    return Content(f"● saved {ui.saved_at}" if ui.saved_at else "")


# ---- tables of items ----------------------------------------------------------------------------


class ListScreen(TaskScreen, Generic[Item]):
    """A table of items, and a text about the one under the cursor.

    Subclasses yield a `RowTable` and ``#about-chosen``, and fill the table in `present`.
    """

    def items(self, view: CampaignView) -> Mapping[str, Item]:
        """What the rows are about, by the key of the row."""
        raise NotImplementedError

    def item_text(self, view: CampaignView, item: Item | None) -> Content:
        """What there is to say of one; None: the table is empty."""
        raise NotImplementedError

    @property
    def table(self) -> RowTable:
        """The table."""
        return self.query_one(RowTable)

    @property
    def chosen(self) -> Item | None:
        """The item under the cursor."""
        view, key = self.ui.view, self.table.chosen
        return None if view is None or key is None else self.items(view).get(key)

    @on(DataTable.RowHighlighted)
    def _cursor_moved(self) -> None:
        self.show_chosen()  # what a subclass makes of it

    def show_chosen(self) -> None:
        """Show the text of the item under the cursor."""
        view, chosen = self.ui.view, self.chosen
        if view is not None:
            pane = self.query_one("#about-chosen", Static)
            pane.set_class(chosen is None, "-alone")
            pane.update(self.item_text(view, chosen))
            if isinstance(pane.parent, VerticalScroll):
                pane.parent.scroll_home(animate=False)
        self.renew_footer()


def about_chosen(
    dialog: Callable[[Ui, Item], Coroutine[Any, Any, object]],
) -> Callable[[ListScreen[Item]], None]:
    """An action that opens a dialog about the item under the cursor, if there is one."""

    def act(screen: ListScreen[Item]) -> None:
        chosen = screen.chosen
        if chosen is not None:
            screen.ui.run_dialog(dialog(screen.ui, chosen))

    return act
