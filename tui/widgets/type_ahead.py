"""Keys that come faster than they are handled: a quick typist, a barcode scanner, a busy machine.

A letter travels to its field through the field's own queue; an action does not. Without care a
``tab`` would be overtaken by the digits behind it, which then stand in the wrong field, and
``ctrl+s`` would save without the last digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from textual.binding import Binding
from textual.widgets import Input

FIELD_BINDINGS: Final = (
    # priority: the focus moves before the next key is handed to whatever has it
    Binding("tab", "app.focus_next", "Next field", show=False, priority=True),
    Binding("shift+tab", "app.focus_previous", "Field before", show=False, priority=True),
)


def after_typing(fields: Iterable[Input], work: Callable[[], None]) -> None:
    """Do something once every key pressed so far has arrived in its field."""
    left = 1

    def arrived() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            work()

    for field in fields:
        left += 1
        if not field.call_later(arrived):  # it is being removed: nothing arrives there any more
            left -= 1
    arrived()
