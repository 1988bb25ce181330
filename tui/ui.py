"""What the application knows and does for its dialogs, screens and widgets, which it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from textual import events
from textual.app import App
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen
from textual.widgets import Input

from designer.campaigns.errors import DesignerError
from designer.render.words import plain_texts
from designer.service import Service
from designer.service.answers import ListedCampaign
from designer.tui.asking import ALWAYS, Asking
from designer.tui.campaign_view import CampaignView, Today, ViewReader
from designer.tui.jobs import Jobs
from designer.tui.keys.actions import CAMPAIGNS, EVERYWHERE, OF_A_CAMPAIGN
from designer.worker import Worker

T = TypeVar("T")
_MOMENT = 0.05  # s between two looks whether a question has been answered (assumption)
SHORT, LONG = 6.0, 20.0  # s that a notice is seen; a warning is seen longer (assumptions)


@dataclass
class Notice:
    """Something said in passing, in rows of its own: it hides nothing.

    Attributes:
        text: what is said, ready to be shown.
        severity: information, warning or error.
        left: how long it is to be seen yet [s]; questions on top of it do not count.
    """

    text: str
    severity: SeverityLevel
    left: float


class Ui(App[None]):
    """The application, as far as its parts know it.

    Args:
        service: the verbs; all of them are called in threads.
        worker: the computing process.
        campaign: campaign to open first; None: the list.

    Attributes:
        view: the open campaign; None before one is read.
        service: the verbs; call them through `attempt`, they may wait for a disk.
        reader: fetches what is shown.
        jobs: what is computed in the worker.
        campaigns: all campaigns; None before they are read.
        first: campaign the program was started with.
        typed: what was typed in questions that were left, by question.
        record_run: run whose form is open.
        new_run: the first of a new plan: the list goes there.
        last_plan: what was typed when the last plan was asked for.
        last_design: what was typed when the last classical design was asked for.
        store_problem: why the store cannot be read just now.
        saved_at: time of day of the last entry.
        notice: what was said in passing; None: nothing, or long ago.
        ascii_only: whether pictures are drawn with characters every font has.
        asking: whether a question is coming up, and what was typed too early for it.
    """

    def __init__(self, service: Service, worker: Worker, campaign: str | None = None) -> None:
        super().__init__()
        self.service = service
        self.reader = ViewReader(service)
        self.jobs = Jobs(worker, self.refresh_status)
        self.view: CampaignView | None = None
        self.campaigns: list[ListedCampaign] | None = None
        self.last_plan: dict[str, str] = {}
        self.last_design: dict[str, str] = {}
        self.typed: dict[str, dict[str, str]] = {}
        self.record_run: str | None = None
        self.new_run: str | None = None
        self.first = campaign
        self.store_problem: str | None = None
        self.saved_at: str | None = None
        self.notice: Notice | None = None
        self.ascii_only = False
        self.asking = Asking()
        self._one_modal = asyncio.Lock()

    @property
    def mode(self) -> str:
        """Mode that is shown."""
        return self.current_mode if self.current_mode in EVERYWHERE else CAMPAIGNS

    def refresh_content(self) -> None:
        """Bring the screen below any modal up to date."""
        raise NotImplementedError

    def refresh_status(self) -> None:
        """Renew bar and status line only."""
        raise NotImplementedError

    def show_error(self, title: str, error: DesignerError) -> None:
        """Say that something was refused, and everything that is wrong."""
        raise NotImplementedError

    def open_campaign(self, name: str, *, decide_screen: bool = False) -> None:
        """Fetch a campaign and show it."""

        async def opening() -> None:
            if await self.refresh_view(name):
                self.record_run = None
                waits = bool(self.view and self.view.waiting)
                self.switch_mode("proposals" if decide_screen and waits else "campaign")
            elif self.view is None:
                self.switch_mode(CAMPAIGNS)
                await self.look_at_list()

        self.run_worker(opening(), group="open")

    async def look_at_list(self) -> None:
        """Fetch the list of campaigns and show it."""
        found = await self.attempt(self.reader.campaigns)
        if found is not None:
            self.campaigns = found
            self.refresh_content()

    async def refresh_view(self, name: str | None = None) -> bool:
        """Fetch the campaign again, or another one; whether that worked."""
        name = name or (self.view.name if self.view else None)
        view = None if name is None else await self.attempt(partial(self.reader.read, name))
        if view is None:
            return False
        today = None if self.view is None else self.view.today
        self.view, self.store_problem = view.with_today(today), None
        self.refresh_content()
        return True

    def show_today(self, today: Today) -> None:
        """Show what the waiting runs are expected to give by now."""
        if self.view is not None:
            self.view = self.view.with_today(today)
            self.refresh_content()

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

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Say something in passing, in the place of what was said before."""
        del markup  # what people typed is none
        said = f"{title}: {message}" if title else message
        lasts = SHORT if severity == "information" else LONG
        self.notice = Notice(plain_texts(said), severity, lasts if timeout is None else timeout)
        self.refresh_status()

    def let_notice_pass(self, seconds: float) -> None:
        """Take away what was said some time ago."""
        if self.notice is not None and not self.screen.is_modal:
            self.notice.left -= seconds
            if self.notice.left <= 0:
                self.notice = None
                self.refresh_status()

    def action_show(self, mode: str) -> None:
        """Show another screen."""
        if mode in OF_A_CAMPAIGN and self.view is None:
            return
        if mode == CAMPAIGNS:
            self.run_worker(self.look_at_list(), group="list")
        self.switch_mode(mode)

    # ---- one question at a time -------------------------------------------------------------

    def run_dialog(self, dialog: Coroutine[Any, Any, object]) -> None:
        """Let a dialog go on beside the interface; not while another question is up or comes."""
        if self.asking.coming is not None or self.screen.is_modal:
            dialog.close()
            return
        self.asking.begin(dialog)
        self.run_worker(self._go_through(dialog), group="dialog")

    async def _go_through(self, dialog: Coroutine[Any, Any, object]) -> None:
        try:
            await dialog
        finally:
            self.asking.end(dialog)

    async def show_modal(self, modal: ModalScreen[T]) -> T | None:
        """Show a question or a message once no other is up; what it was closed with."""
        async with self._one_modal:
            while self.screen.is_modal:  # the palette
                await asyncio.sleep(_MOMENT)
            self.asking.begin(modal)
            try:
                return await self.push_screen_wait(modal)
            finally:
                self.asking.end(modal)

    async def on_event(self, event: events.Event) -> None:
        """Hand on what was done, but for what came too early for the question that it would meet.

        Args:
            event: on its way to what has the focus, or back from there.
        """
        by_hand = isinstance(event, events.InputEvent) and not event.is_forwarded
        if (by_hand or isinstance(event, events.Paste)) and self.asking.is_early(event):
            if isinstance(event, events.Key):
                if not self._stops(event):
                    self._keep_early(event)
                    return
            elif not isinstance(event, events.MouseMove | events.MouseUp):
                return
        if isinstance(event, events.Key) and by_hand and await self._is_key_of_list(event):
            return
        await super().on_event(event)

    async def _is_key_of_list(self, event: events.Key) -> bool:
        """Carry out a key where nothing is typed, at once: the next must not overtake it.

        Else a key that wins over fields, such as enter, is carried out before the letter pressed
        before it, which travels through the focus first.
        """
        if self.screen.is_modal or isinstance(self.focused, Input):
            return False
        active = self.screen.active_bindings.get(event.key)
        return active is not None and await self.run_action(active.binding.action, active.node)

    def _stops(self, event: events.Key) -> bool:
        """Whether a key ends the program, or what is computed for a question that comes up."""
        return event.key in ALWAYS or (event.key == "escape" and self.jobs.current is not None)

    def on_key(self, event: events.Key) -> None:
        """A key that nothing has used: perhaps a question was begun by the one before it."""
        if self.asking.is_early(event) and not self._stops(event):
            event.prevent_default()
            self._keep_early(event)

    def _keep_early(self, event: events.Key) -> None:
        screen = self.screen
        self.asking.keep(event, screen if isinstance(screen, ModalScreen) else None)
