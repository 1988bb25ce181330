"""What every modal is: it says when it can be read, and its keys stay on the screen."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Checkbox

from designer.tui.ui import Ui

Answer = TypeVar("Answer")


class Modal(ModalScreen[Answer]):
    """A modal whose keys stay on the screen however low the terminal is.

    Attributes:
        AROUND: rows that are not its body.
    """

    AROUND: ClassVar[int] = 10
    BINDINGS: ClassVar[list[BindingType]] = [
        # they win over lists, which know no pages before they are laid out
        Binding("pageup", "scroll(-1)", show=False, priority=True),
        Binding("pagedown", "scroll(1)", show=False, priority=True),
    ]

    def on_mount(self) -> None:
        """Say when it can be read: what was typed before was no answer."""
        self.call_after_refresh(self._seen)

    def _seen(self) -> None:
        if isinstance(self.app, Ui) and self.is_current:
            self.app.asking.is_up(self)

    def on_resize(self, event: events.Resize) -> None:
        """Let the body scroll in what title, command line, keys and border leave."""
        self.query_one("#modal-body").styles.max_height = max(3, event.size.height - self.AROUND)

    def action_scroll(self, pages: int) -> None:
        """See what is above or below."""
        body = self.query_one("#modal-body")
        body.scroll_relative(y=pages * max(1, body.size.height - 1), animate=False)


class Tick(Checkbox):
    """A box whose tick is seen without colours: Textual's own only dims its X."""

    BUTTON_INNER = " "

    def watch_value(self) -> None:
        """Show or take away the tick."""
        self.BUTTON_INNER = "x" if self.value else " "
        super().watch_value()
