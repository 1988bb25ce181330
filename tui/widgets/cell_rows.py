"""A small table to type in: rows of fields under titles, what is wrong below its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from designer.render.words import plain_texts


class CellTitle(NamedTuple):
    """A column: key of its cells, title, share of the width, what is to be typed."""

    key: str
    title: str
    share: int
    about: str


class CellInput(Input):
    """One cell."""

    def __init__(self, column: CellTitle, text: str) -> None:
        super().__init__(text, compact=True, select_on_focus=False, classes="cell")
        self.styles.width = f"{column.share}fr"
        self.column = column


class CellRow(Vertical):
    """The fields of one row, and what is wrong with them."""

    def __init__(self, columns: Sequence[CellTitle], texts: Mapping[str, str]) -> None:
        super().__init__()
        self.cells = [CellInput(column, texts.get(column.key, "")) for column in columns]

    def compose(self) -> ComposeResult:
        """Cells, and a place for words."""
        yield Horizontal(*self.cells, classes="cells")
        yield Static("", markup=False, classes="row-wrong")

    @property
    def texts(self) -> dict[str, str]:
        """What is typed, by key."""
        return {cell.column.key: cell.value.strip() for cell in self.cells}

    def mark(self, wrong: Sequence[tuple[str, str]]) -> None:
        """Show what is wrong: key of the cell, sentence."""
        keys = {key for key, _ in wrong}
        for cell in self.cells:
            cell.set_class(cell.column.key in keys, "-bad")
        told = self.query_one(".row-wrong", Static)
        told.display = bool(wrong)
        lines = [Content.styled(f"✗ {plain_texts(text)}", "$text-error") for _, text in wrong]
        told.update(Content("\n").join(lines))


class CellRows(Vertical):
    """Titles and rows; one empty row is always there to go on in.

    Args:
        columns: of the table.
        rows: texts by key, to begin with.
    """

    DEFAULT_CSS = """
    CellRows, CellRow { height: auto; }
    .cells, .cell-titles { height: 1; }
    .cell { margin: 0 1 0 0; background: $panel; min-width: 3; }
    .cell:focus { background: $primary 30%; }
    .cell.-bad { background: $error 25%; }
    .cell-title { margin: 0 1 0 0; color: $quiet; text-wrap: nowrap; text-overflow: ellipsis; }
    .row-wrong { height: auto; display: none; background: $error 10%; }
    """

    class Typed(Message):
        """Something else stands in a cell."""

    def __init__(self, columns: Sequence[CellTitle], rows: Sequence[Mapping[str, str]]) -> None:
        super().__init__()
        self._columns = columns
        self._rows = [CellRow(columns, texts) for texts in (*rows, {})]

    def compose(self) -> ComposeResult:
        """Titles, rows."""
        titles = []
        for column in self._columns:
            title = Static(column.title, markup=False, classes="cell-title")
            title.styles.width = f"{column.share}fr"
            titles.append(title)
        yield Horizontal(*titles, classes="cell-titles")
        yield from self._rows

    @property
    def texts(self) -> list[dict[str, str]]:
        """All rows, the empty last one left out."""
        rows = [row.texts for row in self._rows]
        while rows and not any(rows[-1].values()):
            rows.pop()
        return rows

    @on(Input.Changed)
    def _go_on(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_mounted and any(self._rows[-1].texts.values()):
            self._rows.append(CellRow(self._columns, {}))
            self.mount(self._rows[-1])
        self.post_message(self.Typed())

    def mark(self, wrong: Mapping[int, Sequence[tuple[str, str]]]) -> None:
        """Show what is wrong by row, and go to the first cell that is."""
        for number, row in enumerate(self._rows):
            row.mark(wrong.get(number, ()))
        bad = [cell for row in self._rows for cell in row.cells if cell.has_class("-bad")]
        if bad:
            bad[0].focus()

    def move(self, cell: CellInput, rows: int) -> None:
        """Go to the same column some rows further down, or up."""
        for number, row in enumerate(self._rows):
            if cell in row.cells and 0 <= number + rows < len(self._rows):
                self._rows[number + rows].cells[row.cells.index(cell)].focus()

    def is_behind(self, cell: CellInput) -> bool:
        """Whether a cell is in the empty row behind all others, and there are others."""
        return cell in self._rows[-1].cells and not any(self._rows[-1].texts.values())
