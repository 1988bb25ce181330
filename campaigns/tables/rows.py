"""The one reader of rows: a table and the specification's columns become typed values.

Earlier lines, filled plan sheets and recipes to be predicted are all read here. What differs
between them is said to `ColumnMatcher` (which columns there may be) and to `RowReader` (what a
blank cell and the name of a category mean). Every problem is noted with the
place of its cell, the value found and what is allowed; nothing is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from designer.campaigns.errors import Findings, InputError, Problem
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.columns import FileColumn
from designer.campaigns.tables.table import BROKEN, Table
from designer.campaigns.values.names import clean_text
from designer.campaigns.values.quantity import Quantity
from designer.campaigns.values.times import parse_made_at, utc_now

_NOT_YET = frozenset({"", "-", "–", "—", "na", "n/a", "n.a.", "pending"})
"""Cells that say "not measured yet" (EDBO+ writes PENDING, others NA or a dash)."""
_NEVER = "none"
"""A cell that says "will never be measured", as on the command line."""
FURTHER = "further"
"""In the column ``replicate``: TRUE, another replicate whatever was recorded before."""

Blank = Callable[[Factor | Given, str], Problem | None]
"""Judges the blank cell of an input, at its place; None: it may be blank."""
Category = Callable[[Factor, str, str], str | None]
"""Takes the name of a category, at its place; None after noting what is wrong with it."""


@dataclass
class TableRow:
    """What one row says; blank cells say nothing.

    Attributes:
        row: its place in the table.
        replicate: number of the first value in this row, `FURTHER`, or None when not said.
        responses: response → values, None for "never".
        settings: factor or given → value, the name of a category without a number.
        batch: stage → id.
        made_at: date or UTC time.
        note: remark.
    """

    row: int
    replicate: int | str | None = None
    responses: dict[str, list[Quantity] | None] = field(default_factory=dict)
    settings: dict[str, Quantity] = field(default_factory=dict)
    batch: dict[str, str] = field(default_factory=dict)
    made_at: str | None = None
    note: str | None = None


@dataclass
class RowReader:
    """Reads the rows of one table whose columns are known.

    Attributes:
        spec: specification.
        table: the table; its decimal mark is decided by the columns of numbers that are read.
        columns: what is read, by factor, given, response, ``batch:<stage>``, ``made_at``,
            ``replicate`` or ``note``.
        findings: takes the problems.
        numbers: further columns of numbers, which no specification names.
        blank: judges blank cells of factors and givens; None: they say nothing.
        category: takes names of categories; None: any name is taken.
    """

    spec: Specification
    table: Table
    columns: Mapping[str, FileColumn]
    findings: Findings
    numbers: Sequence[FileColumn] = ()
    blank: Blank | None = None
    category: Category | None = None

    def __post_init__(self) -> None:
        names = {item.name for item in (*self.spec.inputs, *self.spec.responses)}
        headers = [column.header for name, column in self.columns.items() if name in names]
        headers += [column.header for column in self.numbers]
        self.table = self.table.read_numbers_of(headers)
        self._now = utc_now()
        if not self.table.rows:
            self.findings.report(self.table.source, "the table has a header, but no rows")

    def read(self, row: int) -> TableRow:
        """Everything one row says."""
        return TableRow(
            row,
            self._replicate(row),
            self.responses(row),
            self.settings(row),
            self.batches(row),
            self.made_at(row),
            self._cell(row, "note")[1] or None,
        )

    def responses(self, row: int) -> dict[str, list[Quantity] | None]:
        """Measured values, replicates apart by ``/``; None: will never be measured."""
        found: dict[str, list[Quantity] | None] = {}
        for response in self.spec.responses:
            column, text = self._cell(row, response.name)
            if column is None or text.casefold() in _NOT_YET:
                continue
            if text.casefold() == _NEVER:
                found[response.name] = None
                continue
            parts = text.split("/")
            values = [self._number(row, column, part.strip(), response.unit) for part in parts]
            found[response.name] = [value for value in values if value is not None]
        return found

    def settings(self, row: int) -> dict[str, Quantity]:
        """Factors and givens."""
        found: dict[str, Quantity] = {}
        for item in self.spec.inputs:
            column, text = self._cell(row, item.name)
            if column is None:
                continue
            where = self.table.where(row, column.header)
            if not text:
                problem = None if self.blank is None else self.blank(item, where)
                if problem is not None:
                    self.findings.add(problem)
                continue
            if isinstance(item, Factor) and item.is_categorical:
                name = self.category(item, text, where) if self.category else text
                value = None if name is None else Quantity(name)
            else:
                value = self._number(row, column, text, item.unit)
            if value is not None:
                found[item.name] = value
        return found

    def batches(self, row: int) -> dict[str, str]:
        """Batch ids by stage."""
        found = {}
        for stage in self.spec.stages:
            column, text = self._cell(row, f"batch:{stage.name}")
            if column is None or not text:
                continue
            word = self.word(text, self.table.where(row, column.header))
            if word is not None:
                found[stage.name] = word
        return found

    def made_at(self, row: int) -> str | None:
        """Date or UTC time of making."""
        column, text = self._cell(row, "made_at")
        if column is None or not text:
            return None
        where = self.table.where(row, column.header)
        return self.findings.read(where, lambda: parse_made_at(text, self._now))

    def number(self, row: int, column: FileColumn) -> float | None:
        """A number no specification names, as typed; None where there is none."""
        text = self._text(row, column)
        value = None if text.casefold() in _NOT_YET else self._number(row, column, text, None)
        return None if value is None else value.number

    def word(self, text: str, where: str) -> str | None:
        """A short text (batch id, category); None after noting the problem."""
        try:
            return clean_text(text, limit=64)
        except ValueError as error:
            self.findings.report(where, f"this text {error}", repr(text[:60]))
            return None

    def _cell(self, row: int, target: str) -> tuple[FileColumn | None, str]:
        column = self.columns.get(target)
        return column, "" if column is None else self._text(row, column)

    def _text(self, row: int, column: FileColumn) -> str:
        """The text of a cell; a broken one (formula without value, error) is noted as blank."""
        odd = self.table.oddity(row, column.header) if self.table.oddities else None
        text = self.table.cell(row, column.header)
        if odd in BROKEN:
            where = self.table.where(row, column.header)
            hint = "Type the value itself into the cell, or leave it blank."
            self.findings.report(where, f"the cell has {odd}", text or None, hint=hint)
            return ""
        return text

    def _number(
        self, row: int, column: FileColumn, text: str, declared: str | None
    ) -> Quantity | None:
        """The number a text holds, brought into the declared unit; None after noting why not."""
        number = self.table.number(text)
        if number is None:
            self.findings.add(self.table.number_problem(row, column.header, text))
            return None
        try:
            return Quantity(text, number, column.unit).in_unit(declared)
        except InputError:
            # units were checked with the header, so it is the number that does not go
            where = self.table.where(row, column.header)
            self.findings.report(where, "the number is too large", f"{text} {column.unit}")
            return None

    def _replicate(self, row: int) -> int | str | None:
        column, text = self._cell(row, "replicate")
        if column is None or not text or text.casefold() in {"false", "no"}:
            return None
        if text.casefold() in {"true", "yes"}:
            return FURTHER
        number = self.table.number(text)
        if number is None or number < 1 or number != int(number):
            where = self.table.where(row, column.header)
            what = "this is no number of a replicate"
            allowed = "1, 2, 3, … or TRUE for a further one"
            self.findings.report(where, what, repr(text), allowed)
            return None
        return int(number)
