"""A table as text: columns, rows, where each cell stands in its file, and how its numbers read.

Cells stay the text somebody typed. What they mean (number, name, time) is decided by the reader
of a column, because only the reader knows what the column is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from designer.campaigns.errors import Problem
from designer.campaigns.values.numbers import parse_number

DecimalMark = Literal[".", ",", "?"]
"""``?``: the numbers could be read either way, so none with a point or comma is read."""

NO_VALUE = "a formula without a stored value"
AN_ERROR = "an error value"
BROKEN = frozenset({NO_VALUE, AN_ERROR})
"""Oddities that make a cell unreadable whatever its column is for."""

_WITH_POINT = re.compile(r"[+-]?(\d+\.\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WITH_COMMA = re.compile(r"[+-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?", re.ASCII)
_LIKE_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,'’ \u00a0\u202f]\d{3})+([.,]\d*)?", re.ASCII)
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}([-./]\d{1,4})?([T ].*)?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|1\.#\w+)", re.IGNORECASE | re.ASCII)
_TRAILING_UNIT = re.compile(r"[+-]?\d[\d.,]*([eE][+-]?\d+)?\s*[^\d\s.,/].{0,20}", re.ASCII)


@dataclass(frozen=True)
class Table:
    """A file or frame of cells as text.

    Attributes:
        source: the name of the file, as shown in problems.
        columns: the header, unique, without surrounding spaces.
        rows: the cells, each row as long as the header; no row is blank.
        row_numbers: line (CSV), row (sheet, frame) number or run id of each row.
        sha256: of the bytes of the file.
        row_word: what a row is called in problems, ``line``, ``row`` or ``run``.
        separator: between cells; None where cells need none (sheets, frames).
        decimal: decimal mark of numbers in the table.
        oddities: (row, column) positions of cells that are no plain value, and what they are.
        notes: what the reader of the file should tell the user.
    """

    source: str
    columns: tuple[str, ...]
    rows: list[list[str]]
    row_numbers: Sequence[int | str]
    sha256: str
    row_word: str = "line"
    separator: str | None = None
    decimal: DecimalMark = "."
    oddities: Mapping[tuple[int, int], str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def cell(self, row: int, column: str) -> str:
        """The text of one cell (row counted from 0)."""
        return self.rows[row][self.columns.index(column)]

    def column(self, column: str) -> list[str]:
        """All cells of one column."""
        index = self.columns.index(column)
        return [cells[index] for cells in self.rows]

    def where(self, row: int, column: str | None = None) -> str:
        """The place of a row or cell in the words of a problem."""
        place = f"{self.source} {self.row_word} {self.row_numbers[row]}"
        return place if column is None else f"{place} column {column}"

    def read_numbers_of(self, columns: Iterable[str]) -> Table:
        """The same table, its decimal mark decided by the columns that hold numbers."""
        if self.separator is None:
            return self
        wanted = set(columns)
        cells = (cell for name in self.columns if name in wanted for cell in self.column(name))
        return replace(self, decimal=decimal_mark(cells, self.separator))

    def number(self, text: str) -> float | None:
        """The number a cell holds, in the decimal mark of this table; None when it is none."""
        if self.decimal == ",":
            if _WITH_COMMA.fullmatch(text):
                return parse_number(text.replace(",", "."))
            return None if "." in text else parse_number(text)
        if self.decimal == "?" and _LIKE_THOUSANDS.fullmatch(text):
            return None
        return parse_number(text)

    def oddity(self, row: int, column: str) -> str | None:
        """What is special about a cell (formula without value, error, date), or None."""
        return self.oddities.get((row, self.columns.index(column)))

    def number_problem(self, row: int, column: str, text: str) -> Problem:
        """Why a cell is not the number that is expected there."""
        where = self.where(row, column)
        odd = self.oddity(row, column)
        if odd is not None:
            hint = "Type the value itself into the cell."
            return Problem(where, f"{odd} where a number is expected", repr(text), hint=hint)
        what, remedy = _why_no_number(text, self.decimal)
        return Problem(where, what, repr(text), "a number", remedy)


def decimal_mark(cells: Iterable[str], separator: str) -> DecimalMark:
    """Decide between decimal point and comma from all numbers of a file, without guessing.

    A comma is a decimal mark only where it does not separate cells. Numbers that all look like
    thousands (1.234) leave it open which mark the file uses, except that a file of 1,234 with
    semicolons between its cells was written where the comma is the decimal mark.
    """
    points: list[str] = []
    commas: list[str] = []
    for cell in cells:
        for part in cell.split("/"):
            text = part.strip()
            if _WITH_POINT.fullmatch(text):
                points.append(text)
            elif _WITH_COMMA.fullmatch(text):
                commas.append(text)
    if separator == ",":
        return "."
    clear_points = sum(not _LIKE_THOUSANDS.fullmatch(text) for text in points)
    clear_commas = sum(not _LIKE_THOUSANDS.fullmatch(text) for text in commas)
    if clear_points or clear_commas:
        return "," if clear_commas > clear_points else "."
    if not points and not commas:
        return "."
    return "," if commas and not points and separator == ";" else "?"


_REASONS = (
    (_WITH_COMMA, "a decimal comma where this file has decimal points", "Write 12.5 for 12,5."),
    (_NOT_FINITE, "this is not a finite number", "Leave the cell empty if nothing was measured."),
    (_GROUPED, "digits are grouped", "Write 1234.5 for 1,234.5."),
    (_DATE, "a date or fraction where a number is expected", None),
    (_TRAILING_UNIT, "the number has something behind it", "Units belong into the header: x [mm]."),
)


def _why_no_number(text: str, decimal: DecimalMark) -> tuple[str, str | None]:
    """Say what is wrong with a text where a number is expected, and what to write instead."""
    point, comma = _WITH_POINT.fullmatch(text), _WITH_COMMA.fullmatch(text)
    if decimal == "?" and (point or comma):
        both = f"{text.replace(',', '.')} or {text.replace(',', '').replace('.', '')}"
        return f"this may mean {both}", "Write the numbers of the file without doubt (1234 or 1.2)."
    if decimal == "," and point:
        both = f"{text.replace('.', ',')} or {text.replace('.', '')}"
        return f"a point in a file with decimal commas may mean {both}", "Write it without doubt."
    for pattern, what, remedy in _REASONS:
        if pattern.fullmatch(text):
            return what, remedy
    if not text.isascii():
        return "this is not a number (it has unusual characters)", None
    return "this is not a number", None
