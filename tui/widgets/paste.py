"""What is pasted from a spreadsheet: a column, a row or a block of cells fills several fields."""

from __future__ import annotations

from itertools import zip_longest

from textual import events
from textual.message import Message
from textual.widgets import Input


def cells_of(text: str) -> list[str]:
    """One text per field: the cells of a column or of a row; of a block its columns.

    Cells below each other in a block are measurements of the same thing: ``31.2/31.9``.
    """
    rows = [[cell.strip() for cell in line.split("\t")] for line in text.splitlines()]
    rows = [row for row in rows if any(row)]
    if not rows:
        return []
    if len(rows) == 1:
        return rows[0]
    if all(len(row) == 1 for row in rows):
        return [row[0] for row in rows]
    columns = zip_longest(*rows, fillvalue="")
    return ["/".join(cell for cell in column if cell) for column in columns]


class CellsInput(Input):
    """A field that tells when more than one cell is pasted into it."""

    class Pasted(Message):
        """Several cells came.

        Attributes:
            field: into which they were pasted.
            cells: a text per field, from that one on.
        """

        def __init__(self, field: CellsInput, cells: list[str]) -> None:
            super().__init__()
            self.field, self.cells = field, cells

    def _on_paste(self, event: events.Paste) -> None:
        cells = cells_of(event.text)
        if len(cells) > 1:
            event.stop()
            event.prevent_default()
            self.post_message(self.Pasted(self, cells))
