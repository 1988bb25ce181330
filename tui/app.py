"""The application: which campaign is open, which screen is shown, what is new, what is computed."""

from __future__ import annotations

import asyncio
import gc
import signal
from contextlib import suppress
from importlib import import_module
from typing import ClassVar, cast

from textual.widgets import Input
from textual.worker import WorkerFailed

from designer.campaigns.errors import DesignerError, StorageError
from designer.service import Service
from designer.tui import themes
from designer.tui.begin_actions import BeginActions
from designer.tui.dialogs import actions
from designer.tui.dialogs.form import TextModal, problems_text
from designer.tui.fresh import FreshFigures
from designer.tui.keys.actions import CAMPAIGNS, help_text
from designer.tui.palette import ActionCommands, ActionPalette, is_available
from designer.tui.screens.base import TaskScreen
from designer.tui.screens.campaign import CampaignScreen
from designer.tui.screens.campaigns import CampaignsScreen
from designer.worker import Worker

POLL = 2.0  # s between two looks at the store for what others did (assumption)
COLLECTED = (20_000, 20, 20)  # new objects before the garbage collector looks (assumption)
SWITCH = 0.01  # s that a new screen has to put itself in order before it is drawn (assumption)
TICK = 0.5  # s between two renewals of a running job's line and of what was said in passing


class Later:
    """A screen that is loaded when it is shown: the first picture does not wait for it.

    Args:
        name: its module below ``designer.tui.screens`` and its class.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def kind(self) -> type[TaskScreen]:
        """The class of the screen."""
        module, _, kind = self.name.rpartition(".")
        return cast(
            "type[TaskScreen]", getattr(import_module(f"designer.tui.screens.{module}"), kind)
        )

    def __call__(self) -> TaskScreen:
        """A new screen."""
        return self.kind()


class DesignerApp(BeginActions):
    """The terminal UI on one store.

    Args:
        service: the verbs; all of them are called in threads.
        worker: the computing process.
        campaign: campaign to open first; None: the list.
    """

    TITLE = "designer"
    CSS_PATH = "designer.tcss"
    DEFAULT_MODE = "campaign"  # no empty screen is made and styled before
    COMMANDS: ClassVar = {ActionCommands}
    MODES: ClassVar = {
        CAMPAIGNS: CampaignsScreen,
        "campaign": CampaignScreen,
        "proposals": Later("proposals.ProposalsScreen"),
        "record": Later("record.RecordScreen"),
        "explore": Later("explore.ExploreScreen"),
        "lines": Later("lines.LinesScreen"),
        "history": Later("history.HistoryScreen"),
    }

    def __init__(self, service: Service, worker: Worker, campaign: str | None = None) -> None:
        super().__init__(service, worker, campaign)
        self.fresh = FreshFigures(self)
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.remembered().name

    @property
    def crash(self) -> BaseException | None:
        """What ended the program although nobody expected it."""
        found = self._exception
        return found.error if isinstance(found, WorkerFailed) else found

    def _fatal_error(self) -> None:
        # the default prints local variables; the report file tells developers what they need
        self._close_messages_no_wait()

    def delay_update(self, delay: float = SWITCH) -> None:
        """Hold back what is drawn while screens change, for less than Textual does (50 ms)."""
        super().delay_update(min(delay, SWITCH))

    # ---- start and end ----------------------------------------------------------------------

    async def on_mount(self) -> None:
        """Show the first screen, then start everything that can wait."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", None)):
            with suppress(NotImplementedError, RuntimeError, ValueError):
                if number is not None:
                    loop.add_signal_handler(number, self.exit)
        self.switch_mode(CAMPAIGNS if self.first is None else "campaign")
        self.run_worker(self._watch_store(), group="poll")
        self.set_interval(TICK, self._tick)
        self.call_after_refresh(self.begin)

    def begin(self) -> None:
        """Fetch what is to be shown; start the worker once something is on the screen."""
        gc.freeze()  # modules stay: nothing among them is garbage
        if self.first is not None:
            self.open_campaign(self.first, decide_screen=True)
        else:
            self.run_worker(self.look_at_list(), group="list")
        self.run_worker(self.attempt(self.jobs.worker.start), group="start")

    async def on_unmount(self) -> None:
        """End the worker: a thread that waits for it would keep the program alive."""
        await asyncio.to_thread(self.jobs.worker.close)

    # ---- what is shown ----------------------------------------------------------------------

    def refresh_content(self) -> None:
        """Bring the screen below any modal up to date."""
        for screen in self.screen_stack:
            if isinstance(screen, TaskScreen):
                screen.refresh_content()

    def refresh_status(self) -> None:
        """Renew bar and status line only."""
        for screen in self.screen_stack:
            if isinstance(screen, TaskScreen):
                screen.refresh_status()

    def show_error(self, title: str, error: DesignerError) -> None:
        """Say that something was refused, and everything that is wrong."""
        if self.is_running:
            modal = TextModal(title, problems_text(error))
            self.run_worker(self.show_modal(modal), group="error")

    # ---- news -------------------------------------------------------------------------------

    def _tick(self) -> None:
        if not self.screen_stack:
            return  # the program is ending
        self.let_notice_pass(TICK)
        if self.jobs.current is not None:
            self.refresh_status()
        self.fresh.look()

    async def _watch_store(self) -> None:
        while True:
            await asyncio.sleep(POLL)
            problem = None
            try:
                await self._look_for_news()
            except DesignerError as error:
                problem = str(error.problems[0]) if error.problems else str(error)
            if problem != self.store_problem:
                self.store_problem = problem
                self.refresh_status()

    async def _look_for_news(self) -> None:
        if self.current_mode == CAMPAIGNS:
            found = await asyncio.to_thread(self.reader.campaigns)
            changed, self.campaigns = found != self.campaigns, found
            if changed:
                self.refresh_content()
        elif (view := self.view) is not None:
            stamp = await asyncio.to_thread(self.reader.stamp, view.name)
            if self.view is view and stamp != view.stamp:
                await self.refresh_view()

    # ---- what can be done -------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Actions that write are dimmed where nothing can be written; a question has no palette."""
        if action == "command_palette" and (self.screen.is_modal or self.asking.coming is not None):
            return False
        return is_available(self, action) if super().check_action(action, parameters) else False

    # ---- actions ----------------------------------------------------------------------------

    def action_refresh_figures(self) -> None:
        """Evaluate the models anew; nothing is asked."""
        from designer.tui.dialogs.plan import refresh_figures

        self.run_worker(refresh_figures(self), group="figures")

    def action_leave(self) -> None:
        """Leave the field that is typed in; else cancel what is computed."""
        if isinstance(self.focused, Input):
            self.screen.set_focus(None)
        elif self.jobs.current is not None:
            self.run_worker(self.jobs.cancel(), group="cancel")

    def action_command_palette(self) -> None:
        """Find an action by its name."""
        if not self.screen.is_modal:
            self.push_screen(ActionPalette(id="--command-palette"))

    def action_help(self) -> None:
        """Show every key of this screen."""
        screen = self.screen
        about = screen.ABOUT if isinstance(screen, TaskScreen) else ""
        modal = TextModal("Help", help_text(self.mode, about))
        showing = self.show_modal(modal)  # by itself: what it is closed with is nothing
        self.run_dialog(showing)

    def action_colours(self) -> None:
        """Change between dark, light and high contrast, and remember it."""
        self.theme = themes.after(self.theme).name
        self.run_worker(asyncio.to_thread(themes.remember, self.theme), group="theme")

    async def action_quit(self) -> None:
        """End the program; asks when something is being computed."""
        if not self.jobs.busy:
            self.exit()
        else:
            self.run_dialog(actions.quit_if_sure(self))

    def action_undo(self) -> None:
        """Take back the event under the cursor of the history, else the last one."""
        screen = self.screen
        event = getattr(screen, "chosen", None) if self.mode == "history" else None
        self.run_dialog(actions.undo(self, event))


class ListFirst(DesignerApp):
    """The same, begun with the list of campaigns."""

    DEFAULT_MODE = CAMPAIGNS


def open_ui(service: Service, campaign: str | None, *, ascii_only: bool = False) -> int:
    """Run the terminal UI until it is left.

    Args:
        service: verbs on a store that is a file.
        campaign: what to open first; None: the list of campaigns.
        ascii_only: draw pictures with characters every font has.

    Returns:
        The exit code.

    Raises:
        DesignerError: there is no such campaign, or the store cannot be opened.
        Exception: a fault of the program ended it; whoever called writes the report.
    """
    store = service.session.store
    if store.path is None:
        raise StorageError("the terminal UI needs a store that is a file")
    store.refuse_missing(default=False)
    if campaign is not None:
        campaign = service.session.state(campaign).spec.name
    # the command line lets 500,000 objects pass before it looks for garbage: for an hour too many
    gc.set_threshold(*COLLECTED)
    worker = Worker(store.url, service.session.actor)
    try:
        app = (DesignerApp if campaign else ListFirst)(service, worker, campaign)
        app.ascii_only = ascii_only
        app.run()
    finally:
        worker.close()
    if app.crash is not None:
        raise app.crash
    return app.return_code or 0
