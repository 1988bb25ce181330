"""A field for the path of a file: tab completes it, as in a shell."""

from __future__ import annotations

import asyncio
import os
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from designer.render.words import plain_texts

_SHOWN: Final = 8  # names that are listed where several go on


def completions(text: str) -> list[str]:
    """Paths that begin with a text, folders with a slash behind them; waits for the disk."""
    folder, _, begun = text.rpartition("/")
    place = Path(f"{folder}/" if folder or text.startswith("/") else ".").expanduser()
    try:
        with os.scandir(place) as entries:
            names = [
                f"{entry.name}/" if entry.is_dir() else entry.name
                for entry in entries
                if entry.name.startswith(begun) and (begun or not entry.name.startswith("."))
            ]
    except OSError:
        return []
    lead = f"{folder}/" if "/" in text else ""
    return [f"{lead}{name}" for name in sorted(names) if name.isprintable()]


def _common(texts: list[str]) -> str:
    """How all of some texts begin."""
    first, last = min(texts, default=""), max(texts, default="")
    return "".join(
        a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    )


class PathField(Vertical):
    """The field, and below it the names that go on where there are several."""

    DEFAULT_CSS = """
    PathField { width: 1fr; height: auto; }
    PathField Input { width: 1fr; }
    PathField Static { height: auto; max-height: 2; color: $quiet; display: none; }
    PathField.-several Static { display: block; }
    """

    def __init__(self, value: str, placeholder: str, key: str) -> None:
        super().__init__()
        self._field = Input(
            value, plain_texts(placeholder), compact=True, select_on_focus=False, id=key
        )
        self._listed = ""

    def compose(self) -> ComposeResult:
        """Field and names."""
        yield self._field
        yield Static("", markup=False)

    async def complete(self) -> bool:
        """Go on with what is typed as far as it is clear; whether something was added or listed."""
        field, typed = self._field, self._field.value
        found = await asyncio.to_thread(completions, typed) if typed else []
        common = _common(found)
        several = len(found) > 1
        names = [path.rstrip("/").rpartition("/")[2] for path in found[:_SHOWN]]
        more = f" … {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        self.set_class(several, "-several")
        self.query_one(Static).update(Content(plain_texts("  ".join(names) + more)))
        if len(common) > len(typed) and field.value == typed:
            field.value = common
            field.cursor_position = len(common)
            return True
        is_new, self._listed = several and self._listed != typed, typed
        return is_new


async def complete_or_go_on(screen: Screen[Any]) -> None:
    """What tab does: completes a path, else goes to the next field."""
    focused = screen.focused
    place = focused.parent if isinstance(focused, Input) else None
    if not (isinstance(place, PathField) and await place.complete()):
        screen.focus_next()
