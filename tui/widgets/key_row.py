"""The last row: the keys that do something now. One widget, not one for every key as Textual's."""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget


class NamedKey(NamedTuple):
    """A key of the row.

    Attributes:
        key: as Textual calls it.
        shown: as people write it.
        label: what it does.
        enabled: whether it does so now.
    """

    key: str
    shown: str
    label: str
    enabled: bool

    @property
    def text(self) -> Content:
        """Its part of the row."""
        if not self.enabled:
            return Content.styled(f" {self.shown} {self.label} ", "$foreground 40%")
        return Content.assemble((f" {self.shown} ", "bold $accent"), f"{self.label} ")


class KeyRow(Widget):
    """The keys of a screen; a click does what the key does.

    Attributes:
        keys: that are named, from left to right.
    """

    DEFAULT_CSS = "KeyRow { height: 1; width: 1fr; text-wrap: nowrap; }"

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[NamedKey] = []

    def on_mount(self) -> None:
        """Hear of every change."""
        self.screen.bindings_updated_signal.subscribe(self, self._renew)

    def on_unmount(self) -> None:
        """Hear no more."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _renew(self, screen: Screen[object]) -> None:
        first: dict[str, NamedKey] = {}
        for _, binding, enabled, _tooltip in screen.active_bindings.values():
            if binding.show:
                shown = self.app.get_key_display(binding)
                named = NamedKey(binding.key, shown, binding.description, enabled)
                first.setdefault(binding.action, named)
        if [*first.values()] != self.keys:
            self.keys = [*first.values()]
            self.refresh()

    def render(self) -> Content:
        """The row."""
        return Content.assemble(*(key.text for key in self.keys))

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        ends = accumulate(key.text.cell_length for key in self.keys)
        for key, end in zip(self.keys, ends, strict=True):
            if event.x < end:
                if key.enabled:
                    self.app.simulate_key(key.key)
                return
