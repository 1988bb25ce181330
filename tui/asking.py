"""One question at a time: what is typed while one comes up is neither lost nor taken for a command.

A question is asked beside the interface, so it is up some time after the key that called it. Keys
typed meanwhile were meant for it: letters stand in its first field once it is there, behind a tab
in the next one. Keys that act (enter, ctrl+s) were pressed before anybody could read what they
would confirm, so they are passed over, with all that came behind them; escape leaves the question
again.
"""

from __future__ import annotations

import time
from itertools import takewhile
from typing import Any, Final

from textual import events
from textual.screen import Screen
from textual.widgets import Input

ALWAYS: Final = frozenset({"ctrl+q"})
"""Keys that no question holds up."""


class Asking:
    """Knows whether a question is coming up, and keeps the keys that were typed too early.

    Attributes:
        coming: what asks; None: nothing, or it is up.
    """

    def __init__(self) -> None:
        self.coming: object | None = None
        self._seen_at = 0.0  # since when the question that is up can be read, monotonic [s]
        self._early: list[events.Key] = []
        self._acted = False  # a key that acts came too early: what is behind it is no answer

    def begin(self, asker: object) -> None:
        """A question is coming up."""
        self.coming, self._acted = asker, False

    def end(self, asker: object) -> None:
        """It was asked, or there was nothing to ask: then what was typed for it is forgotten."""
        if self.coming is asker:
            self.coming = None
            self._early.clear()

    def is_early(self, event: events.Event) -> bool:
        """Whether something was done before the question that it now would meet could be read."""
        return self.coming is not None or event.time < self._seen_at

    def keep(self, event: events.Key, modal: Screen[Any] | None) -> None:
        """Take a key that came too early; `modal` is the question, if it is up."""
        self._early.append(event)
        if self.coming is None and modal is not None:
            self._hand_over(modal)

    def is_up(self, modal: Screen[Any]) -> None:
        """The question can be read: from now on it is answered."""
        self.coming, self._seen_at = None, time.monotonic()
        self._hand_over(modal)

    def _hand_over(self, modal: Screen[Any]) -> None:
        # a key may be on its way to a list while the next one is held already
        early = sorted(self._early, key=lambda key: key.time)
        self._early.clear()
        if self._acted:
            return
        typed = [*takewhile(lambda key: key.is_printable or key.key == "tab", early)]
        for key in typed:
            if key.key == "tab":
                modal.focus_next()
            elif isinstance(field := modal.focused, Input):
                field.insert_text_at_cursor(key.character or "")
        self._acted = len(typed) < len(early)
        if self._acted and early[len(typed)].key == "escape":
            modal.dismiss(None)
