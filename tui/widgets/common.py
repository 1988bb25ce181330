"""Parts that several screens have: the tabs of the bar, tables, headers of narrow columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import ClassVar, Final

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.coordinate import Coordinate
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import DataTable, Static

from designer.tui.keys.actions import SCREENS

WIDEST: Final = 8
"""Cells of a header; the name in full is in the pane of the run."""

ACTOR: Final = 16
"""Cells of who did something, where it stands beside something else."""


class Tab(Static):
    """One screen in the bar; a click shows it.

    Args:
        mode: the screen.
        shown: mode of the screen with the bar.
    """

    def __init__(self, mode: str, shown: str) -> None:
        digit, title = SCREENS[mode]
        # a field takes digits: where one types, the key that still works is named
        key = f"F{digit}" if shown == "record" else digit
        classes = "-current" if mode == shown else ""
        super().__init__(f"{key} {title}", markup=False, classes=classes)
        self._mode = mode

    async def on_click(self, event: events.Click) -> None:
        """Show the screen."""
        event.stop()
        await self.run_action(f"app.show('{self._mode}')")


class FittedText(Widget):
    """A text that is made for the width it has: the first picture of it is right already."""

    DEFAULT_CSS = "FittedText { height: auto; }"

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._text: Callable[[int], Content] = lambda _width: Content("")

    def show(self, text: Callable[[int], Content]) -> None:
        """Show another text.

        Args:
            text: makes it for a number of cells in a row.
        """
        self._text = lru_cache(4)(text)  # asked for its height and, once or twice, for itself
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Rows of the text in so many cells."""
        del container, viewport
        return self._text(width).get_height({}, width) if width else 0

    def render(self) -> Content:
        """The text for the width it was given."""
        return self._text(self.content_size.width)


Cell = str | Text


def right(text: str, style: str = "") -> Text:
    """A cell whose text stands at its right edge."""
    return Text(text, style=style, justify="right")


def header(name: str, unit: str | None, widest: int = WIDEST) -> Text:
    """``coating / gap / um``: three rows, right-justified like the numbers below."""
    rows = [shortened(row, widest) for row in two_rows(name)]
    return Text("\n".join([*rows, unit or ""]), justify="right")


def two_rows(name: str) -> tuple[str, str]:
    """A name broken at the underscore that makes the longer half shortest."""
    words = name.split("_")
    halves = [("_".join(words[:k]), "_".join(words[k:])) for k in range(1, len(words))]
    if len(name) <= WIDEST or not halves:
        return "", name
    return min(halves, key=lambda half: max(map(len, half)))


def shortened(text: str, widest: int = WIDEST) -> str:
    """At most as many cells as a column is wide."""
    if cell_len(text) <= widest:
        return text
    return set_cell_size(text, widest - 1).rstrip() + "…"


def spaced(text: Text) -> Text:
    """The same with one blank before every row: half the gap a table would make."""
    rows = [Text(" ") + row for row in text.split(allow_blank=True)]
    joined = Text("\n").join(rows)
    joined.justify = text.justify
    return joined


def _width(cell: Cell) -> int:
    text = cell if isinstance(cell, str) else cell.plain
    return max(map(cell_len, text.split("\n")))


class RowTable(DataTable[Cell]):
    """A table of which whole rows are chosen; keeps its cursor when refilled."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("home", "scroll_top", show=False),
        Binding("end", "scroll_bottom", show=False),
    ]

    def on_mount(self) -> None:
        """The cursor is a row."""
        self.cursor_type = "row"
        self.zebra_stripes = True

    @property
    def chosen(self) -> str | None:
        """Key of the row under the cursor; None in an empty table."""
        if not self.is_valid_coordinate(self.cursor_coordinate):
            return None
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value

    def fill(
        self, headers: Sequence[Cell], rows: Mapping[str, Sequence[Cell]], *, newest: bool = False
    ) -> None:
        """Show other contents.

        Args:
            headers: of the columns.
            rows: key of a row to its cells.
            newest: whether a cursor on the first row stays there when a row comes before it.
        """
        chosen, row, top = self.chosen, self.cursor_row, self.scroll_y
        self.clear(columns=True)
        for number, header in enumerate(headers):
            # said, not measured by the table: that now and then missed rows that were filled anew
            widths = [_width(header), *(_width(cells[number]) for cells in rows.values())]
            self.add_column(header, width=max(widths))
        for key, cells in rows.items():
            # a text would be read as markup
            self.add_row(*(Text(c) if isinstance(c, str) else c for c in cells), key=key)
        if newest and row == 0:
            return
        if chosen is not None and rows:  # a row that is gone leaves the cursor where it was
            place = [*rows].index(chosen) if chosen in rows else min(row, len(rows) - 1)
            self.cursor_coordinate = Coordinate(place, 0)
            self.scroll_to(y=top, animate=False)

    def choose(self, key: str) -> None:
        """Put the cursor on a row, if it is there."""
        if key in {row.value for row in self.rows}:
            self.move_cursor(row=self.get_row_index(key))
