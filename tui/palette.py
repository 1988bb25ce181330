"""The palette (ctrl+p): every action of the screen by its name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from designer.tui.actions import Action, actions_at
from designer.tui.permission import may

if TYPE_CHECKING:
    from designer.tui.app import DesignerApp


class ActionCommands(Provider):
    """Actions of the screen on which the palette was called."""

    def _offered(self) -> Iterator[tuple[str, Action]]:
        app = cast("DesignerApp", self.app)
        for action in actions_at(app.place):
            if may(app, action.call.partition("(")[0]) is True:
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
