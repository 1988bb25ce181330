"""What the application knows and does for its dialogs, screens and widgets, which it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from textual.app import App
from textual.notifications import SeverityLevel

from designer.campaigns.errors import DesignerError
from designer.render.words import plain_texts
from designer.service import Service
from designer.service.answers import ListedCampaign
from designer.tui.actions import CAMPAIGNS, EVERYWHERE, OF_A_CAMPAIGN
from designer.tui.campaign_view import CampaignView, ViewReader
from designer.tui.jobs import Jobs
from designer.worker import Worker

T = TypeVar("T")
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
        record_run: run whose form is open.
        new_run: the first of a new plan: the list goes there.
        last_plan: what was typed when the last plan was asked for.
        last_design: what was typed when the last classical design was asked for.
        store_problem: why the store cannot be read just now.
        saved_at: time of day of the last entry.
        notice: what was said in passing; None: nothing, or long ago.
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
        self.record_run: str | None = None
        self.new_run: str | None = None
        self.first = campaign
        self.store_problem: str | None = None
        self.saved_at: str | None = None
        self.notice: Notice | None = None

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

    def run_dialog(self, dialog: Coroutine[Any, Any, object]) -> None:
        """Let a dialog go on beside the interface."""
        self.run_worker(dialog, group="dialog")
