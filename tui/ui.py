"""What dialogs, screens and widgets ask of the application that shows them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from textual.notifications import SeverityLevel
from textual.screen import Screen

if TYPE_CHECKING:
    from designer.campaigns.errors import DesignerError
    from designer.service import Service
    from designer.service.answers import ListedCampaign
    from designer.tui.campaign_view import CampaignView
    from designer.tui.jobs import Jobs

T = TypeVar("T")


class Ui(Protocol):
    """The application, as far as its parts know it.

    Attributes:
        view: the open campaign; None before one is read.
        service: the verbs; call them through `attempt`, they may wait for a disk.
        jobs: what is computed in the worker.
        campaigns: all campaigns; None before they are read.
        first: campaign the program was started with.
        record_run: run whose form is open.
        new_run: the first of a new plan: the list goes there.
        last_plan: what was typed when the last plan was asked for.
        store_problem: why the store cannot be read just now.
        saved_at: time of day of the last entry.
    """

    view: CampaignView | None
    service: Service
    jobs: Jobs
    campaigns: list[ListedCampaign] | None
    first: str | None
    record_run: str | None
    new_run: str | None
    last_plan: dict[str, str]
    store_problem: str | None
    saved_at: str | None

    @property
    def mode(self) -> str:
        """Mode that is shown."""
        ...

    @property
    def modal_open(self) -> bool:
        """Whether something lies in front of the screen."""
        ...

    async def attempt(self, work: Callable[[], T]) -> T | None:
        """Do something that may wait, in a thread; None, and an error shown, when refused."""

    async def refresh_view(self, name: str | None = None) -> bool:
        """Fetch the campaign again, or another one; whether that worked."""
        ...

    async def show_entry(self) -> None:
        """Something was appended to the log: show it."""

    async def push_screen_wait(self, screen: Screen[T]) -> T | None:
        """Show a question; its answer, or None when it was left."""

    def notify(
        self, message: str, *, title: str = "", severity: SeverityLevel = "information"
    ) -> None:
        """Say something in passing."""

    def show_error(self, title: str, error: DesignerError) -> None:
        """Say that something was refused, and everything that is wrong."""

    def open_campaign(self, name: str) -> None:
        """Fetch a campaign and show it."""

    def action_show(self, mode: str) -> None:
        """Show another screen."""

    def run_dialog(self, dialog: Coroutine[Any, Any, object]) -> None:
        """Let a dialog go on beside the interface."""

    def exit(self) -> None:
        """End the program."""
