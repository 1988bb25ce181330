"""Which actions make sense now; the others are dimmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from designer.tui.actions import writing_calls

if TYPE_CHECKING:
    from designer.tui.app import DesignerApp

_WRITING: Final = writing_calls()
_WHEN_CLOSED: Final = frozenset({"note", "undo", "undo_last"})


def may(app: DesignerApp, action: str) -> bool | None:
    """Whether an action makes sense now; None: it is shown, but dimmed."""
    view = app.view
    if view is not None and action in _WRITING:
        closed = view.show["closed"] and action not in _WHEN_CLOSED
        if view.unwritable or closed:
            return None
    if action in ("propose", "refresh_figures") and app.jobs.current is not None:
        return None
    return True
