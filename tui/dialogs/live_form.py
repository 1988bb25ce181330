"""A form that tells, below its fields, what would come of what is typed, while it is typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import events, on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Checkbox, Input, Select, Static

from designer.tui.dialogs.form import Answer, FormModal, Question, Values

Teller = Callable[[Values], Awaitable[Content | None]]
_LEAST, _FORM = 8, 26  # rows of the text, and of what else stands in a high form
_PAUSE = 0.3  # s without a key before it is told (assumption)


class LiveForm(FormModal[Answer]):
    """A form with a text that follows its values.

    One text is made after the other; of those that were overtaken meanwhile only the last.

    Args:
        question: as of every form.
        tell: makes the text; None: it stays.
    """

    AROUND: ClassVar[int] = 18

    def __init__(self, question: Question[Answer], tell: Teller) -> None:
        super().__init__(question)
        self._tell = tell
        self._pause: Timer | None = None
        self._due = self._telling = False

    def on_mount(self) -> None:
        """Make room for the text, and tell it."""
        live = VerticalScroll(Static("", id="live-text"), id="live", can_focus=False)
        self.query_one("#modal").mount(live, before="#modal-same")
        self.call_after_refresh(self._begin_telling)

    def on_resize(self, event: events.Resize) -> None:
        """A high terminal shows more of it."""
        for live in self.query("#live"):
            live.styles.max_height = max(_LEAST, event.size.height - _FORM)

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    def _follow(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(_PAUSE, self._begin_telling)

    def _begin_telling(self) -> None:
        self._due = True
        if not self._telling:
            self._telling = True
            self.run_worker(self._tell_all(), group="live")

    async def _tell_all(self) -> None:
        try:
            while self._due and self.is_mounted:
                self._due = False
                self.query_one("#live").add_class("-old")
                text = await self._tell(self.values)
                if self.is_mounted and not self._due:
                    self.query_one("#live").remove_class("-old")
                    if text is not None:
                        self.query_one("#live-text", Static).update(text)
        finally:
            self._telling = False
