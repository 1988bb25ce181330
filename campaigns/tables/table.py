"""A table as text: columns, rows, where each cell stands in its file; the same rules for all kinds.

Cells stay the text somebody typed. What they mean (number, name, time) is decided by the reader
of a column, because only the reader knows what the column is for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Literal

from designer.campaigns.errors import Problem
from designer.campaigns.values.numbers import (
    DecimalMark,
    commas_of,
    decimal_mark,
    is_clear,
    parse_marked,
    parse_number,
    plain_signs,
    why_no_number,
)

NO_VALUE = "a formula without a stored value"
AN_ERROR = "an error value"
MERGED = "a part of merged cells"
KEPT_AS_TEXT = "a number kept as text"
"""Of a cell of a workbook: its decimal mark is what was typed, that of other numbers is none."""
NOT_YET = frozenset({"", "-", "–", "—", "na", "n/a", "n.a.", "pending"})
"""Cells that say "not measured yet" (EDBO+ writes PENDING, others NA or a dash)."""
TAKEN_BLANK = frozenset(
    {"n.d.", "n.d", "nd", "n/d", "nan", "null", "<na>", "not determined", "not measured"}
    | {"n.b.", "n.b", "n. b.", "k.a.", "k.a", "k. a.", "n.m.", "n.g.", "keine angabe"}
    | {"nicht bestimmt", "nicht gemessen", "non mesuré"}
)
"""Cells taken as blank with a note: "not determined", and how programs write a missing value."""
BROKEN = frozenset({NO_VALUE, AN_ERROR})
"""Oddities that make a cell unreadable whatever its column is for."""

MAX_ROWS = 200_000
MAX_COLUMNS = 20_000
MAX_CELLS = 2_000_000
"""Together with the size limit of files this keeps memory below 500 MB (measured in tests)."""
LONGEST_CELL = 1_000
LONGEST_NOTE = 10_000
LONGEST_NAME = 200

Record = tuple[int, list[str], Mapping[int, str]]
"""Line or row number, cells, and by position what a cell is if it is no plain value."""

_COMMAS_KEPT = "commas in numbers kept as text were read as decimal commas"
_COMMAS = "commas in numbers were read as decimal commas: no number has a point"

_MARKED = re.compile(r"[+-]?\d*[.,][\d.,]*", re.ASCII)
_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:\.\d{3})+|(?:,\d{3})+)", re.ASCII)
_THREE_DIGITS = re.compile(r"[+-]?[1-9]\d{2,}", re.ASCII)
_BETWEEN = "\0"  # no cell of a file holds it
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


@dataclass(slots=True)
class UnreadColumn:
    """What is known of a column whose cells are not kept.

    Attributes:
        header: as in the file.
        filled: cells that are not blank.
        numbers: those of them that are numbers.
        low: least number, decimal commas taken as such.
        high: greatest number.
        counts: whether the numbers grow by one from cell to cell.
        rises: whether they are whole and grow, by any step.
        unit: from a row of units below the names.
    """

    header: str
    filled: int = 0
    numbers: int = 0
    low: float = math.inf
    high: float = -math.inf
    counts: bool = True
    rises: bool = True
    unit: str | None = None
    _last: float | None = None

    def take(self, text: str) -> None:
        """Look at one cell."""
        if not text:
            return
        self.filled += 1
        number = parse_number(text)
        if number is None:
            number = parse_number(plain_signs(text).rstrip("%").replace(",", "."))
        if number is None:
            self.counts = self.rises = False
            return
        self.numbers += 1
        self.low, self.high = min(self.low, number), max(self.high, number)
        self.counts &= self._last is None or number == self._last + 1
        self.rises &= number.is_integer() and (self._last is None or number > self._last)
        self._last = number


class PackedRows:
    """Rows of cells, each row kept as one text: 200,000 rows of 8 short cells as lists are 130 MB.

    The row that was asked for last is kept apart, for its cells are asked for one by one.
    """

    def __init__(self) -> None:
        self._rows: list[str | list[str]] = []
        self._last: tuple[int, list[str]] = -1, []

    def append(self, cells: list[str]) -> None:
        """Add a row."""
        text = _BETWEEN.join(cells)
        # a cell of a data frame may hold anything
        self._rows.append(text if text.count(_BETWEEN) == len(cells) - 1 else cells)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, row: int) -> list[str]:
        place, cells = self._last
        if place != row:
            cells = _cells(self._rows[row])
            self._last = row, cells
        return cells

    def __iter__(self) -> Iterator[list[str]]:
        return map(_cells, self._rows)

    def __repr__(self) -> str:
        return repr([*self])


def _cells(row: str | list[str]) -> list[str]:
    return row.split(_BETWEEN) if isinstance(row, str) else row


@dataclass(frozen=True)
class Table:
    """A file or frame of cells as text.

    Attributes:
        source: the name of the file, as shown in problems.
        columns: headers of the columns whose cells are here, without surrounding spaces.
        rows: the cells, each row as long as `columns`; no row is blank.
        row_numbers: line (CSV), row (sheet, frame) number or run id of each row.
        sha256: of the bytes of the file.
        row_word: what a row is called in problems, ``line``, ``row`` or ``run``.
        separator: between cells; None where cells need none (sheets, frames).
        decimal: decimal mark of numbers in the table.
        decimal_told: whether somebody said which it is.
        grouped: whether the other mark parts thousands, as it must where somebody said so.
        oddities: (row, column) positions of cells that are no plain value, and what they are.
        notes: what the reader of the file should tell the user.
        units: header → unit, from a row of units below the names.
        summaries: row → place among `headers` and text of the cell that says it sums up others.
        unread: columns whose cells nobody asked for, which are not here.
        kept_as_text: column → rows of cells that are `KEPT_AS_TEXT`.
        commas_kept: which commas in those are decimal ones, beside numbers that are numbers:
            ``all``, those that cannot part thousands (``clear``), or ``none``.
        facts: of the workbook it is a sheet of, where that is one of ours: ``campaign``, ``head``.
    """

    source: str
    columns: tuple[str, ...]
    rows: PackedRows | list[list[str]]
    row_numbers: Sequence[int | str]
    sha256: str
    row_word: str = "line"
    separator: str | None = None
    decimal: DecimalMark = "."
    decimal_told: bool = False
    grouped: bool = False
    oddities: Mapping[tuple[int, int], str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    summaries: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    unread: Mapping[str, UnreadColumn] = field(default_factory=dict)
    kept_as_text: Mapping[str, Sequence[int]] = field(default_factory=dict)
    commas_kept: Literal["all", "clear", "none"] = "none"
    facts: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Header → position in a row."""
        return {header: place for place, header in enumerate(self.columns)}

    @property
    def headers(self) -> tuple[str, ...]:
        """All headers of the file, those of unread columns last."""
        return (*self.columns, *self.unread)

    def with_notes(self, notes: Sequence[str]) -> Table:
        """The same table with more to tell."""
        return replace(self, notes=(*self.notes, *notes)) if notes else self

    def looked_at(self, header: str) -> UnreadColumn:
        """What is in a column, whether its cells are here or not."""
        if header in self.unread:
            return self.unread[header]
        found = UnreadColumn(header)
        for text in self.column(header):
            found.take(text)
        return found

    def cell(self, row: int, column: str) -> str:
        """The text of one cell (row counted from 0)."""
        return self.rows[row][self.places[column]]

    def column(self, column: str) -> list[str]:
        """All cells of one column."""
        index = self.places[column]
        return [cells[index] for cells in self.rows]

    def where(self, row: int, column: str | None = None) -> str:
        """The place of a row or cell in the words of a problem."""
        place = f"{self.source} {self.row_word} {self.row_numbers[row]}"
        return place if column is None else f"{place} column {column}"

    def read_numbers_of(self, columns: Iterable[str]) -> Table:
        """The same table, its decimal mark decided by the columns that hold numbers."""
        wanted = set(columns)
        names = [name for name in self.columns if name in wanted]
        if self.decimal_told:
            return replace(self, grouped=_groups_thousands(map(self.column, names), self.decimal))
        cells = chain.from_iterable(map(self.column, names))
        mark = decimal_mark(cells, self.separator)
        if _may_group(map(self.column, names), mark, self.separator):
            mark = "?"
        if mark == "," and self.separator in (",", None):
            return replace(self, decimal=mark).with_notes([_COMMAS])
        kept = (self.cell(r, name) for name in names for r in self.kept_as_text.get(name, ()))
        commas = commas_of(kept) if mark == "." else "none"
        table = replace(self, decimal=mark, commas_kept=commas)
        return table if commas == "none" else table.with_notes([_COMMAS_KEPT])

    def number(self, text: str) -> float | None:
        """The number a cell holds, in the decimal mark of this table; None when it is none."""
        if self.grouped and _GROUPS.fullmatch(plain_signs(text)):
            text = re.sub("[.,]", "", text)
        if "," in text and (
            self.commas_kept == "all" or (self.commas_kept == "clear" and is_clear(text))
        ):
            return parse_marked(text, ",")
        return parse_marked(text, self.decimal)

    def one_of_several(self, text: str) -> float | None:
        """A number of a cell that has several (``31.2/31.9``): no program changes its mark.

        Its own mark counts where it can be no other.
        """
        number = self.number(text)
        if number is None and is_clear(text):
            number = parse_marked(text, "," if "," in text else ".")
        return number

    def oddity(self, row: int, column: str) -> str | None:
        """What is special about a cell (formula without value, error, date), or None."""
        return self.oddities.get((row, self.places[column]))

    def number_problem(self, row: int, column: str, text: str) -> Problem:
        """Why a cell is not the number that is expected there."""
        where = self.where(row, column)
        odd = self.oddity(row, column)
        if odd is not None:
            hint = "Type the value itself into the cell."
            return Problem(where, f"{odd} where a number is expected", repr(text), hint=hint)
        what, remedy = why_no_number(text, self.decimal)
        return Problem(where, what, repr(text), "a number", remedy)


def _marked(cells: Iterable[str]) -> list[str]:
    return [text for cell in cells if _MARKED.fullmatch(text := plain_signs(cell))]


def _groups_thousands(columns: Iterable[Sequence[str]], mark: DecimalMark) -> bool:
    """Whether every column with another mark than this has it as it parts thousands, and alone."""
    others = [found for found in map(_marked, columns) if any(mark not in t for t in found)]
    return bool(others) and all(
        _GROUPS.fullmatch(text) and mark not in text for found in others for text in found
    )


def _may_group(columns: Iterable[Sequence[str]], mark: DecimalMark, separator: str | None) -> bool:
    """Whether all marks of a table may part thousands, and 2,310 stands beside 985 in a column.

    In a sheet 2.310 is a text; where commas separate cells a point is a decimal point.
    """
    if (mark, separator) not in ((",", ";"), (",", "\t"), (".", None)):
        return False
    typed, beside = separator is not None, False
    for column in columns:
        marked = _marked(column)
        if not all(mark in text and _GROUPS.fullmatch(text) for text in marked):
            return False
        typed |= any(text.endswith("0") for text in marked)
        beside |= bool(marked) and any(_THREE_DIGITS.fullmatch(plain_signs(c)) for c in column)
    return typed and beside


def escape_formula(text: str) -> str:
    """Put ``'`` before a text a spreadsheet would take for a formula (OWASP CSV injection)."""
    return f"'{text}" if _FORMULA.match(text) else text


def unescape_formula(text: str) -> str:
    """Take away exactly what `escape_formula` has put there."""
    return text[1:] if _ESCAPED.match(text) else text
