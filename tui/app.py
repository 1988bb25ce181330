"""The application: which campaign is open, which screen is shown, what is new, what is computed."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from textual.app import App, SystemCommand
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widgets import Input
from textual.worker import WorkerFailed

from designer.campaigns.errors import DesignerError
from designer.service import Service
from designer.service.answers import ListedCampaign
from designer.tui.actions import CAMPAIGNS, EVERYWHERE, OF_A_CAMPAIGN, help_text
from designer.tui.campaign_view import CampaignView, ViewReader
from designer.tui.dialogs import actions, plan
from designer.tui.dialogs.form import TextModal, problems_text
from designer.tui.jobs import JobProgress, Jobs
from designer.tui.palette import ActionCommands, is_available
from designer.tui.screens.base import TaskScreen
from designer.tui.screens.campaign import CampaignScreen
from designer.tui.screens.campaigns import CampaignsScreen
from designer.tui.screens.history import HistoryScreen
from designer.tui.screens.lines import LinesScreen
from designer.tui.screens.proposals import ProposalsScreen
from designer.tui.screens.record import RecordScreen
from designer.tui.themes import DARK, LIGHT
from designer.tui.widgets.common import Tab
from designer.worker import Worker

POLL = 2.0  # s between two looks at the store for what others did (assumption)
TICK = 0.5  # s between two renewals of a running job's line

T = TypeVar("T")


class DesignerApp(App[None]):
    """The terminal UI on one store.

    Args:
        service: the verbs; all of them are called in threads.
        worker: the computing process.
        campaign: campaign to open first; None: the list.
    """

    TITLE = "designer"
    CSS_PATH = "designer.tcss"
    COMMANDS: ClassVar = {ActionCommands}
    MODES: ClassVar = {
        CAMPAIGNS: CampaignsScreen,
        "campaign": CampaignScreen,
        "proposals": ProposalsScreen,
        "record": RecordScreen,
        "lines": LinesScreen,
        "history": HistoryScreen,
    }

    def __init__(self, service: Service, worker: Worker, campaign: str | None = None) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name
        self.service = service
        self.reader = ViewReader(service)
        self.jobs = Jobs(worker, self.post_message, self.refresh_status)
        self.view: CampaignView | None = None
        self.campaigns: list[ListedCampaign] | None = None
        self.last_plan: dict[str, str] = {}
        self.record_run: str | None = None
        self.new_run: str | None = None  # the first of a new plan: the list goes there
        self.first = campaign
        self.store_problem: str | None = None
        self.saved_at: str | None = None
        self._polling = False

    @property
    def crash(self) -> BaseException | None:
        """What ended the program although nobody expected it."""
        found = self._exception
        return found.error if isinstance(found, WorkerFailed) else found

    def _fatal_error(self) -> None:
        # the default prints local variables; the report file tells developers what they need
        self._close_messages_no_wait()

    # ---- start and end ----------------------------------------------------------------------

    async def on_mount(self) -> None:
        """Show the first screen, then start everything that can wait."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", None)):
            with suppress(NotImplementedError, RuntimeError, ValueError):
                if number is not None:
                    loop.add_signal_handler(number, self.exit)
        self.switch_mode(CAMPAIGNS if self.first is None else "campaign")
        self.set_interval(POLL, self._poll)
        self.set_interval(TICK, self._tick)
        self.call_after_refresh(self.begin)

    def begin(self) -> None:
        """Fetch what is to be shown; start the worker once something is on the screen."""
        if self.first is not None:
            self.open_campaign(self.first, decide_screen=True)
        else:
            self.run_worker(self._look_at_list(), group="list")
        self.run_worker(self.attempt(self.jobs.worker.start), group="start")

    async def on_unmount(self) -> None:
        """End the worker: a thread that waits for it would keep the program alive."""
        await asyncio.to_thread(self.jobs.worker.close)

    # ---- what is shown ----------------------------------------------------------------------

    def open_campaign(self, name: str, *, decide_screen: bool = False) -> None:
        """Fetch a campaign and show it."""

        async def opening() -> None:
            if await self.refresh_view(name):
                self.record_run = None
                waits = bool(self.view and self.view.waiting)
                self.switch_mode("proposals" if decide_screen and waits else "campaign")
            elif self.view is None:
                self.switch_mode(CAMPAIGNS)
                await self._look_at_list()

        self.run_worker(opening(), group="open")

    async def refresh_view(self, name: str | None = None) -> bool:
        """Fetch the campaign again, or another one; whether that worked."""
        name = name or (self.view.name if self.view else None)
        if name is None:
            return False
        wanted = name
        view = await self.attempt(lambda: self.reader.read(wanted))
        if view is None:
            return False
        self.view, self.store_problem = view, None
        self.refresh_content()
        return True

    async def attempt(self, work: Callable[[], T]) -> T | None:
        """Do something that may wait, in a thread; None, and an error shown, when refused."""
        try:
            return await asyncio.to_thread(work)
        except DesignerError as error:
            self.show_error("Not done", error)
            return None

    async def show_entry(self) -> None:
        """Something was appended to the log: show it."""
        self.saved_at = datetime.now().astimezone().strftime("%H:%M:%S")
        await self.refresh_view()

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

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Say something in passing; what people typed is no markup."""
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def show_error(self, title: str, error: DesignerError) -> None:
        """Say that something was refused, and everything that is wrong."""
        if self.is_running:
            self.push_screen(TextModal(title, problems_text(error)))

    async def _look_at_list(self) -> None:
        found = await self.attempt(self.reader.campaigns)
        if found is not None:
            self.campaigns = found
            self.refresh_content()

    # ---- news -------------------------------------------------------------------------------

    def _tick(self) -> None:
        if self.jobs.current is not None:
            self.refresh_status()

    def _poll(self) -> None:
        if not self._polling:
            self._polling = True
            self.run_worker(self._look_for_news(), group="poll")

    async def _look_for_news(self) -> None:
        problem = None
        try:
            if self.current_mode == CAMPAIGNS:
                found = await asyncio.to_thread(self.reader.campaigns)
                changed, self.campaigns = found != self.campaigns, found
                if changed:
                    self.refresh_content()
            elif (view := self.view) is not None:
                stamp = await asyncio.to_thread(self.reader.stamp, view.name)
                if self.view is view and stamp != view.stamp:
                    await self.refresh_view()
        except DesignerError as error:
            problem = str(error.problems[0]) if error.problems else str(error)
        finally:
            self._polling = False
        if problem != self.store_problem:
            self.store_problem = problem
            self.refresh_status()

    def on_job_progress(self, message: JobProgress) -> None:
        """Show how far the job is."""
        self.jobs.update(message)
        self.refresh_status()

    # ---- what can be done -------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Actions that write are dimmed where nothing can be written."""
        return is_available(self, action) if super().check_action(action, parameters) else False

    # ---- actions ----------------------------------------------------------------------------

    @property
    def mode(self) -> str:
        """Mode that is shown."""
        return self.current_mode if self.current_mode in EVERYWHERE else CAMPAIGNS

    @property
    def modal_open(self) -> bool:
        """Whether something lies in front of the screen."""
        return len(self.screen_stack) > 1

    def action_show(self, mode: str) -> None:
        """Show another screen."""
        if mode in OF_A_CAMPAIGN and self.view is None:
            return
        if mode == CAMPAIGNS:
            self.run_worker(self._look_at_list(), group="list")
        self.switch_mode(mode)

    def on_tab_chosen(self, message: Tab.Chosen) -> None:
        """A click in the bar."""
        self.action_show(message.mode)

    def action_leave(self) -> None:
        """Leave the field that is typed in; else cancel what is computed."""
        if isinstance(self.focused, Input):
            self.screen.set_focus(None)
        elif self.jobs.current is not None:
            self.run_worker(self.jobs.cancel(), group="cancel")

    def action_help(self) -> None:
        """Show every key of this screen."""
        screen = self.screen
        about = screen.ABOUT if isinstance(screen, TaskScreen) else ""
        self.push_screen(TextModal("Help", help_text(self.mode, about)))

    def action_light(self) -> None:
        """Change between dark and light."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    async def action_quit(self) -> None:
        """End the program; asks when something is being computed."""
        if self.jobs.current is None:
            self.exit()
        else:
            self.run_dialog(actions.quit_if_sure(self))

    def run_dialog(self, dialog: Coroutine[Any, Any, object]) -> None:
        """Let a dialog go on beside the interface."""
        self.run_worker(dialog, group="dialog")

    def action_propose(self) -> None:
        """Ask for the next plan."""
        self.run_dialog(plan.propose(self))

    def action_refresh_figures(self) -> None:
        """Evaluate the models anew."""
        self.run_dialog(plan.refresh_figures(self))

    def action_note(self) -> None:
        """Keep a remark."""
        self.run_dialog(actions.note(self))

    def action_undo(self) -> None:
        """Take back the event under the cursor of the history, else the last one."""
        screen = self.screen
        event = screen.chosen if isinstance(screen, HistoryScreen) else None
        self.run_dialog(actions.undo(self, event))

    def action_undo_last(self) -> None:
        """Take back the last event."""
        self.run_dialog(actions.undo(self, None))

    def action_export(self) -> None:
        """Write a file."""
        self.run_dialog(actions.export(self))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """None of Textual's: ours fill the palette."""
        del screen
        return ()
