"""A table as text: columns, rows, where each cell stands in its file; the same rules for all kinds.

Cells stay the text somebody typed. What they mean (number, name, time) is decided by the reader
of a column, because only the reader knows what the column is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from designer.campaigns.errors import Findings, InputError, Problem
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.values.names import clean_text
from designer.campaigns.values.numbers import DecimalMark, decimal_mark, parse_marked, why_no_number

NO_VALUE = "a formula without a stored value"
AN_ERROR = "an error value"
BROKEN = frozenset({NO_VALUE, AN_ERROR})
"""Oddities that make a cell unreadable whatever its column is for."""

MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
MAX_CELLS = 2_000_000
"""Together with the size limit of files this keeps memory below 500 MB (measured in tests)."""
LONGEST_CELL = 1_000
LONGEST_NOTE = 10_000
LONGEST_NAME = 200

_NOTE_COLUMNS = frozenset({"note", "notes", "comment", "comments", "remark", "remarks", "reason"})
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


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
        decimal_told: whether somebody said which it is.
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
    decimal_told: bool = False
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
        if self.separator is None or self.decimal_told:
            return self
        wanted = set(columns)
        cells = (cell for name in self.columns if name in wanted for cell in self.column(name))
        return replace(self, decimal=decimal_mark(cells, self.separator))

    def number(self, text: str) -> float | None:
        """The number a cell holds, in the decimal mark of this table; None when it is none."""
        return parse_marked(text, self.decimal)

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
        what, remedy = why_no_number(text, self.decimal)
        return Problem(where, what, repr(text), "a number", remedy)


def escape_formula(text: str) -> str:
    """Put ``'`` before a text a spreadsheet would take for a formula (OWASP CSV injection)."""
    return f"'{text}" if _FORMULA.match(text) else text


def unescape_formula(text: str) -> str:
    """Take away exactly what `escape_formula` has put there."""
    return text[1:] if _ESCAPED.match(text) else text


class TableBuilder:
    """Takes records one by one, the first as header, and gives the table or all its problems.

    Args:
        source: file name for problems.
        sha256: of the file.
        row_word: ``line`` or ``row``.
        separator: between cells; None for sheets and frames, whose short records are filled up.
        options: what is said about header and decimal mark.
    """

    def __init__(
        self,
        source: str,
        sha256: str,
        *,
        row_word: str,
        separator: str | None,
        options: TableOptions | None = None,
    ) -> None:
        self.findings = Findings()
        self._options = options or TableOptions()
        self._source = source
        self._sha256 = sha256
        self._row_word = row_word
        self._separator = separator
        self._columns: list[str] | None = None
        self._notes: set[int] = set()
        self._used: set[int] = set()
        self._rows: list[list[str]] = []
        self._numbers: list[int] = []
        self._oddities: dict[tuple[int, int], str] = {}

    def add(
        self, number: int, cells: Sequence[str], oddities: Mapping[int, str] | None = None
    ) -> None:
        """Take one record; a blank one is passed over.

        Args:
            number: its line or row number.
            cells: its texts.
            oddities: by position, what a cell is if it is no plain value.

        Raises:
            InputError: the table is too large to go on.
        """
        texts = [cell.strip() for cell in cells]
        if number < (self._options.header or number) or (not any(texts) and not oddities):
            return
        if self._columns is None:
            self._take_header(texts)
            return
        where = f"{self._source} {self._row_word} {number}"
        if len(self._rows) >= MAX_ROWS or len(self._rows) * len(self._columns) >= MAX_CELLS:
            limit = f"{MAX_ROWS} rows and {MAX_CELLS} cells"
            raise InputError.at(where, "the table is too large", allowed=limit)
        if not self._fit(where, texts):
            return
        if self._separator is not None:
            texts = [unescape_formula(text) for text in texts]
        self._check_cells(where, texts)
        for position, oddity in (oddities or {}).items():
            self._oddities[len(self._rows), position] = oddity
            self._used.add(position)
        self._rows.append(texts)
        self._numbers.append(number)

    def finish(self, notes: tuple[str, ...] = ()) -> Table:
        """The table.

        Raises:
            InputError: with every problem found.
        """
        if self._columns is None:
            self.findings.report(self._source, "the table is empty: there is no header")
        columns = self._columns or []
        nameless = [position for position, name in enumerate(columns) if not name]
        for position in nameless:
            if position in self._used:
                what = f"column {position + 1} has values but no name"
                self.findings.report(self._source, what, hint="Give it a header.")
        self.findings.raise_if_any()
        # Spreadsheets pad with nameless, blank columns on the right.
        named = [position for position, name in enumerate(columns) if name]
        if nameless:
            self._rows = [[row[position] for position in named] for row in self._rows]
        place = {old: new for new, old in enumerate(named)}
        oddities = {(row, place[column]): odd for (row, column), odd in self._oddities.items()}
        return Table(
            source=self._source,
            columns=tuple(columns[position] for position in named),
            rows=self._rows,
            row_numbers=self._numbers,
            sha256=self._sha256,
            row_word=self._row_word,
            separator=self._separator,
            decimal="," if self._options.decimal == "comma" else ".",
            decimal_told=self._options.decimal is not None,
            oddities=oddities,
            notes=notes,
        )

    def _take_header(self, names: list[str]) -> None:
        where = f"{self._source} header"
        while names and not names[-1] and self._separator is None:
            names.pop()
        if len(names) > MAX_COLUMNS:
            found = f"{len(names)} columns"
            raise InputError.at(where, "too many columns", found, f"at most {MAX_COLUMNS}")
        columns = []
        seen: dict[str, str] = {}
        for name in names:
            try:
                clean = clean_text(name, limit=LONGEST_NAME) if name else ""
            except ValueError as error:
                self.findings.report(where, f"a column name is refused: {error}", repr(name))
                clean = name
            if clean and clean.casefold() in seen:
                both = f"{seen[clean.casefold()]!r} and {clean!r}"
                self.findings.report(where, "two columns have the same name", both)
            seen.setdefault(clean.casefold(), clean)
            columns.append(clean)
        self._columns = columns
        self._notes = {i for i, name in enumerate(columns) if name.casefold() in _NOTE_COLUMNS}

    def _fit(self, where: str, texts: list[str]) -> bool:
        """Bring a record to the length of the header, or say why it cannot be."""
        wanted = len(self._columns or ())
        if self._separator is None:
            while len(texts) > wanted and not texts[-1]:
                texts.pop()
            texts.extend([""] * (wanted - len(texts)))
        if len(texts) == wanted:
            return True
        what = f"the {self._row_word} has {len(texts)} cells, the header {wanted}"
        hint = None
        if self._separator == "," and len(texts) > wanted:
            hint = "Decimal commas? Then separate the cells by semicolons, or write 12.5."
        elif self._separator is None:
            what = "there is a value beyond the last column that has a name"
        self.findings.report(where, what, hint=hint)
        return False

    def _check_cells(self, where: str, texts: list[str]) -> None:
        for position, text in enumerate(texts):
            if not text:
                continue
            self._used.add(position)
            note = position in self._notes
            limit = LONGEST_NOTE if note else LONGEST_CELL
            allowed = None
            if len(text) > limit:
                what, found, allowed = "the cell is too long", f"{len(text)} characters", f"{limit}"
            elif self._separator is not None and not note and ("\n" in text or "\r" in text):
                what = "there is a line break in the cell; is a quotation mark not closed?"
                found = repr(text[:60])
            else:
                continue
            name = (self._columns or [])[position]
            self.findings.report(f"{where} column {name}", what, found, allowed)
