"""Which actions make sense now, and the palette (ctrl+p) that finds each by its name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Final, cast

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider

from designer.tui.keys.actions import ACTIONS, Action, actions_at
from designer.tui.ui import Ui

_WRITING: Final = frozenset(action.name for action in ACTIONS if action.writes)
_COMPUTING: Final = frozenset(
    {"propose", "propose_held", "design", "refresh_figures", "best", "replace"}
)
_WHEN_CLOSED: Final = frozenset(
    {"note", "undo", "confirm", "new_campaign", "demo", "reopen_campaign", "note_run"}
)


def is_available(ui: Ui, action: str) -> bool | None:
    """Whether an action makes sense now; None: it is shown, but dimmed."""
    view = ui.view
    if view is not None and action in _WRITING:
        closed = view.details["closed"] and action not in _WHEN_CLOSED
        if view.unwritable or closed:
            return None
    if action in _COMPUTING and ui.jobs.busy:
        return None
    return True


class ActionCommands(Provider):
    """Actions of the screen on which the palette was called."""

    def _offered(self) -> Iterator[tuple[str, Action]]:
        ui = cast("Ui", self.app)
        for action in actions_at(ui.mode):
            if is_available(ui, action.name) is True:
                yield f"{action.group}: {action.label}  ({action.shown_keys})", action

    def _run(self, action: Action) -> None:
        target = "app" if action.in_app else "screen"
        self.app.call_later(self.app.run_action, f"{target}.{action.call}")

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for name, action in self._offered():
            yield DiscoveryHit(name, partial(self._run, action), help=action.about)

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for name, action in self._offered():
            score = matcher.match(f"{name} {action.about}")
            if score > 0:
                yield Hit(
                    score, matcher.highlight(name), partial(self._run, action), help=action.about
                )


class ActionPalette(CommandPalette):
    """Textual's palette, unmoved by keys that come faster than it opens and closes."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close; a second enter finds it closed already."""
        return super().dismiss(result) if self.is_current else AwaitComplete()

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):  # a page of a list that was not laid out yet
            super()._action_command_list(action)
