"""A small table for terminals: aligned columns, units in the heading, broken to fit."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from designer.render.words import NOTHING, plain

GAP = "  "
_GLUE = ("%", "±", "…")  # signs that stay with the number before them
NARROWEST = 16  # characters a wrapped column keeps, however many columns compete (assumption)


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        title: heading.
        cells: one text per row.
        unit: shown in brackets under the heading.
        left: text to the left (words) instead of to the right (numbers).
        key: repeated when the table has to be broken into several side by side.
        wrap: long cells may go over several lines.
    """

    title: str
    cells: Sequence[str]
    unit: str | None = None
    left: bool = False
    key: bool = False
    wrap: bool = False


def screen_width() -> int:
    """Characters per line: the terminal's, ``COLUMNS``, else 80."""
    return max(40, shutil.get_terminal_size((80, 24)).columns)


def display_width(text: str) -> int:
    """Terminal cells a text takes (wide East Asian characters 2, combining marks 0)."""
    if text.isascii():
        return len(text)
    return sum(_cell_width(character) for character in text)


def _cell_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrapped(text: str, width: int) -> list[str]:
    """Break a text at spaces into lines of at most ``width`` cells; longer words are cut."""
    lines: list[str] = []
    line = ""
    for word in _words(text):
        if line and display_width(line) + 1 + display_width(word) <= width:
            line += f" {word}"
            continue
        if line:
            lines.append(line)
        *full, line = _cut(word, width)
        lines.extend(full)
    return [*lines, line]


def _words(text: str) -> list[str]:
    """The words of a text; ``65 %``, ``31.4 ± 0.8`` and ``12.1 … 15.3`` are one."""
    words: list[str] = []
    for word in text.split():
        sign = word.rstrip(").,;:") in _GLUE
        if words and (sign or words[-1].endswith((" ±", " …"))):
            words[-1] += f" {word}"
        else:
            words.append(word)
    return words


def _cut(word: str, width: int) -> list[str]:
    if display_width(word) <= width:
        return [word]
    parts = [""]
    for character in word:
        if parts[-1] and display_width(parts[-1]) + _cell_width(character) > width:
            parts.append("")
        parts[-1] += character
    return parts


def paragraph(label: str, text: str, width: int | None = None) -> list[str]:
    """``label`` and a wrapped text beside it, all lines of the text aligned."""
    indent = display_width(label)
    first, *rest = wrapped(plain(text), max(NARROWEST, (width or screen_width()) - indent))
    return [label + first, *(" " * indent + line for line in rest)]


def item_lines(items: Iterable[str], width: int, separator: str = ", ") -> list[str]:
    """Items in a row, broken between items only; one wider than ``width`` cells sticks out."""
    lines: list[str] = []
    for item in items:
        if lines and display_width(lines[-1] + separator + item) <= width:
            lines[-1] += separator + item
            continue
        if lines:
            lines[-1] += separator.rstrip()
        lines.append(item)
    return lines


def paragraphs(label: str, texts: Iterable[str]) -> list[str]:
    """Each text as a paragraph with the same label."""
    return [line for text in texts for line in paragraph(label, text)]


def table(columns: Sequence[Column], width: int | None = None) -> list[str]:
    """Lines of a table that fits ``width`` characters.

    Too wide tables are narrowed in this order: headings are broken at underscores, cells of
    wrapping columns go over several lines, and last the columns are dealt out over several
    tables below each other, each with the key columns in front. Only a single cell wider than
    the screen can stick out.
    """
    width = width or screen_width()
    clean = [_Clean(column) for column in columns]
    if _total(clean) > width:
        for column in clean:
            column.break_title()
    if _total(clean) > width:
        _narrow_cells(clean, width)
    blocks = [clean] if _total(clean) <= width else _dealt(clean, width)
    return [line for block in blocks for line in ["", *_block(block, width)]][1:]


def without_empty(columns: Iterable[Column]) -> list[Column]:
    """The columns that have anything to tell: not a dash in every row."""
    return [column for column in columns if set(column.cells) != {NOTHING}]


class _Clean:
    """A column with escaped text and the layout chosen so far: lines of heading and cells."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.title = plain(column.title)
        self.unit = f"[{plain(column.unit)}]" if column.unit not in (None, "", "1") else ""
        self.texts = [plain(cell) for cell in column.cells]
        self.heading = [self.title]
        self.cells = [[text] for text in self.texts]
        # measured once: a long table asks for it at every cell
        self._widest_cell = _widest(self.texts)

    @property
    def width(self) -> int:
        return max(self._widest_cell, _widest([*self.heading, self.unit]))

    def break_title(self) -> None:
        """Write the title over several lines, no wider than the cells where its words allow."""
        words = re.findall(r"[^_ ]+_*|_+", self.title) or [""]
        room = max(self._widest_cell, _widest([self.unit, *words]))
        lines = [words[0]]
        for word in words[1:]:
            glue = "" if lines[-1].endswith("_") else " "
            if display_width(lines[-1] + glue + word) <= room:
                lines[-1] += glue + word
            else:
                lines.append(word)
        self.heading = lines

    def narrow(self, room: int) -> None:
        """Break the cells into lines of at most `room` cells of the terminal."""
        self.cells = [wrapped(text, room) for text in self.texts]
        self._widest_cell = _widest(line for cell in self.cells for line in cell)

    def aligned(self, lines: Sequence[str], width: int) -> list[str]:
        """Lines with the blanks that bring them to a width."""
        spaces = [" " * (width - display_width(line)) for line in lines]
        pairs = zip(lines, spaces, strict=True)
        return [text + space if self.column.left else space + text for text, space in pairs]


def _widest(lines: Iterable[str]) -> int:
    return max(map(display_width, lines), default=0)


def _narrow_cells(columns: list[_Clean], width: int) -> None:
    soft = [column for column in columns if column.column.wrap]
    fixed = sum(column.width for column in columns if not column.column.wrap)
    left = width - fixed - len(GAP) * (len(columns) - 1)
    # the narrow ones first: what they do not need goes to the wide ones
    for position, column in enumerate(sorted(soft, key=lambda column: column.width)):
        room = max(NARROWEST, left // (len(soft) - position))
        column.narrow(room)
        left -= min(column.width, room)


def _total(columns: Sequence[_Clean]) -> int:
    return sum(column.width for column in columns) + len(GAP) * (len(columns) - 1)


def _dealt(columns: list[_Clean], width: int) -> list[list[_Clean]]:
    keys = [column for column in columns if column.column.key]
    blocks: list[list[_Clean]] = [list(keys)]
    for column in columns:
        if column.column.key:
            continue
        if len(blocks[-1]) > len(keys) and _total([*blocks[-1], column]) > width:
            blocks.append(list(keys))
        blocks[-1].append(column)
    return blocks


def _block(columns: Sequence[_Clean], width: int) -> list[str]:
    for column in columns:  # a heading was broken for nothing where there is room after all
        broken, column.heading = column.heading, [column.title]
        if _total(columns) > width:
            column.heading = broken
    height = max((len(column.heading) for column in columns), default=0)
    headings = [[""] * (height - len(column.heading)) + column.heading for column in columns]
    if any(column.unit for column in columns):
        headings = [
            [*heading, column.unit] for heading, column in zip(headings, columns, strict=True)
        ]
    widths = [column.width for column in columns]
    rows = [headings, *zip(*(column.cells for column in columns), strict=True)]
    return [GAP.join(texts).rstrip() for row in rows for texts in _row_lines(row, columns, widths)]


def _row_lines(
    cells: Sequence[Sequence[str]], columns: Sequence[_Clean], widths: Sequence[int]
) -> Iterable[tuple[str, ...]]:
    """The lines of one row: cells of several lines beside each other."""
    height = max(map(len, cells), default=0)
    padded = (
        column.aligned([*cell, *[""] * (height - len(cell))], width)
        for cell, column, width in zip(cells, columns, widths, strict=True)
    )
    return zip(*padded, strict=True)
