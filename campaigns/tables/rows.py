"""The one reader of rows: a table and the specification's columns become typed values.

Earlier lines, filled plan sheets and recipes to be predicted are all read here. What differs
between them is said to `ColumnMatcher` (which columns there may be) and to `RowReader` (what a
blank cell and the name of a category mean). Every problem is noted with the
place of its cell, the value found and what is allowed; nothing is raised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from designer.campaigns.errors import Findings, InputError, Problem
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.specification.parts import Response
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.columns import FileColumn
from designer.campaigns.tables.formats.faults import merged_problem
from designer.campaigns.tables.table import BROKEN, MERGED, NOT_YET, TAKEN_BLANK, Table
from designer.campaigns.tables.whole_columns import ResultUnits
from designer.campaigns.values.mangled import categories_shown, doubtful
from designer.campaigns.values.names import clean_text
from designer.campaigns.values.numbers import apart, kind_of_cell, number_and_unit, other_mark
from designer.campaigns.values.quantity import Quantity
from designer.campaigns.values.times import parse_made_at, utc_now
from designer.campaigns.values.units import not_convertible

_NEVER = "none"
"""A cell that says "will never be measured", as on the command line."""
_BLANK = NOT_YET | TAKEN_BLANK
FURTHER = "further"
"""In the column ``replicate``: TRUE, another replicate whatever was recorded before."""
USED = "used:"
"""Before a factor: the setting really used, in a column beside the planned one."""

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
        used: the same of columns ``used:<factor>``.
        batch: stage → id.
        made_at: date or UTC time.
        note: remark.
    """

    row: int
    replicate: int | str | None = None
    responses: dict[str, list[Quantity] | None] = field(default_factory=dict)
    settings: dict[str, Quantity] = field(default_factory=dict)
    used: dict[str, Quantity] = field(default_factory=dict)
    batch: dict[str, str] = field(default_factory=dict)
    made_at: str | None = None
    note: str | None = None


@dataclass
class RowReader:
    """Reads the rows of one table whose columns are known.

    Attributes:
        spec: specification.
        table: the table; its decimal mark is decided by the columns of numbers that are read.
        columns: what is read, by factor, given, response, ``used:<factor>``, ``batch:<stage>``,
            ``made_at``, ``replicate`` or ``note``.
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
        names -= {f.name for f in self.spec.factors if f.is_categorical}  # one may be called 0.5
        headers = [c.header for name, c in self.columns.items() if name.removeprefix(USED) in names]
        headers += [column.header for column in self.numbers]
        self.table = self.table.read_numbers_of(headers)
        self._now, self._marked = utc_now(), False
        self._blanks, self._shown, self._doubted = Counter[str](), Counter[str](), Counter[str]()
        self._result_units = ResultUnits(self.spec, self.columns)
        if not self.table.rows:
            self.findings.report(self.table.source, "the table has a header, but no rows")

    def read(self, row: int) -> TableRow:
        """Everything one row says."""
        return TableRow(
            row,
            self._replicate(row),
            self.responses(row),
            self.settings(row),
            self.settings(row, USED),
            self.batches(row),
            self.made_at(row),
            self._cell(row, "note")[1] or None,
        )

    def responses(self, row: int) -> dict[str, list[Quantity] | None]:
        """Measured values, replicates apart by ``/`` or in columns; None: never measured."""
        found: dict[str, list[Quantity] | None] = {}
        for response in self.spec.responses:
            said = self.measured(row, response)
            if said is not None:
                values = [value for _, value in said if value is not None]
                found[response.name] = values if values or not said else None
        return found

    def measured(
        self, row: int, response: Response
    ) -> list[tuple[FileColumn, Quantity | None]] | None:
        """Values of a response with their columns, None for "never"; None: nothing is said."""
        first = self.columns.get(response.name)
        found: list[tuple[FileColumn, Quantity | None]] = []
        said = False
        for column in () if first is None else (first, *first.also):
            text = self._text(row, column)
            if text is None or self._says_nothing(text):
                continue
            said = True
            if text.casefold() == _NEVER:
                found.append((column, None))
                continue
            parts = apart(text)
            for part in parts:
                value = self._number(row, column, part, response.unit, several=len(parts) > 1)
                if value is not None:
                    found.append((column, value))
        return found if said else None

    def judge_units(self) -> set[str]:
        """Note responses of which some cells have a unit, and others seem to have another one.

        Returns:
            Their names.
        """
        return self._result_units.judge(self.table, self.findings)

    def notes(self) -> list[str]:
        """What was taken otherwise than it stands there."""
        told = ", ".join(f"{word!r} ({count})" for word, count in self._blanks.items())
        shown = ", ".join(f"{what} ({count})" for what, count in self._shown.items())
        notes = [f"taken as not measured: {told}"] if told else []
        return notes + [f"taken as a spreadsheet shows it: {shown}"] * bool(shown)

    def is_blank(self, row: int, item: Factor | Given, before: str = "") -> bool:
        """Whether a row says nothing of an input: no column, blank, or NA that is no category."""
        column = self.columns.get(f"{before}{item.name}")
        text = "" if column is None else self.table.cell(row, column.header)
        categories = (item.categories or ()) if isinstance(item, Factor) else ()
        return not text or (text not in categories and text.casefold() in _BLANK)

    def _says_nothing(self, text: str) -> bool:
        if text.casefold() in TAKEN_BLANK:
            self._blanks[text] += 1
        return text.casefold() in _BLANK

    def settings(self, row: int, before: str = "") -> dict[str, Quantity]:
        """Factors and givens; those of columns with `USED` before their name may be blank."""
        found: dict[str, Quantity] = {}
        for item in self.spec.inputs:
            column = self.columns.get(f"{before}{item.name}")
            text = None if column is None else self._text(row, column)
            if column is None or text is None:
                continue
            where = self.table.where(row, column.header)
            if self.is_blank(row, item, before):
                problem = None if self.blank is None or before else self.blank(item, where)
                if problem is not None:
                    odd = self.table.oddity(row, column.header)
                    self.findings.add(merged_problem(problem) if odd == MERGED else problem)
                continue
            if isinstance(item, Factor) and item.is_categorical:
                name = self._category(item, text, where)
                value = None if name is None else Quantity(name)
            else:
                value = self._number(row, column, text, item.unit)
            if value is not None:
                found[item.name] = value
        return found

    def _category(self, item: Factor, text: str, where: str) -> str | None:
        """The name of a category, also where a spreadsheet has made a number or date of it."""
        names = categories_shown(text, item.categories or ())
        if len(names) > 1:
            problem = doubtful(item.name, text, names, where)
            if not self._doubted[problem.what]:  # further cells are the same fault
                self.findings.add(problem)
            self._doubted[problem.what] += 1
            return None
        name = names[0] if names else text
        if name != text:
            self._shown[f"{text!r} of {item.name} as {name!r}"] += 1
        return self.category(item, name, where) if self.category else name

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
        if text is None or self._says_nothing(text):
            return None
        value = self._number(row, column, text, None)
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
        return column, "" if column is None else self._text(row, column) or ""

    def _text(self, row: int, column: FileColumn) -> str | None:
        """The text of a cell; None after noting a broken one (formula without value, error)."""
        odd = self.table.oddity(row, column.header) if self.table.oddities else None
        text = self.table.cell(row, column.header)
        if odd in BROKEN:
            where = self.table.where(row, column.header)
            hint = "Type the value itself into the cell, or leave it blank."
            self.findings.report(where, f"the cell has {odd}", text or None, hint=hint)
            return None
        return text

    def _number(
        self,
        row: int,
        column: FileColumn,
        text: str,
        declared: str | None,
        *,
        several: bool = False,
    ) -> Quantity | None:
        """The number a text holds, brought into the declared unit; None after noting why not."""
        read = self.table.one_of_several if several else self.table.number
        number, unit, digits = read(text), column.unit, text
        plain = number is not None or kind_of_cell(text) is not None
        behind = None if plain else number_and_unit(text)
        if behind is not None and self.table.oddity(row, column.header) is None:
            digits, unit = behind
            number = read(digits)
            if number is not None and (what := not_convertible(unit, declared)):
                where = self.table.where(row, column.header)
                hint = "Take away what stands behind the number, or write a unit that fits."
                self.findings.report(where, what, repr(text), declared, hint)
                return None
        if number is None:
            self._refuse(row, column, text)
            return None
        try:
            value = Quantity(digits, number, unit).in_unit(declared)
            self._result_units.add(column, value.value, row, told=behind is not None)
            return replace(value, meant=True) if column.unit_said else value
        except InputError:
            # units were checked with the header, so it is the number that does not go
            where = self.table.where(row, column.header)
            self.findings.report(where, "the number is too large", f"{text} {unit or ''}".strip())
            return None

    def _refuse(self, row: int, column: FileColumn, text: str) -> None:
        """Note why a text is no number; a decimal mark that does not fit the file only once."""
        doubt = self.table.decimal == "?" or self.table.decimal_told
        if doubt and other_mark(text, self.table.decimal):
            if self._marked:
                return
            self._marked = True
        self.findings.add(self.table.number_problem(row, column.header, text))

    def _replicate(self, row: int) -> int | str | None:
        column, text = self._cell(row, "replicate")
        if column is None or not text or text.casefold() in {"false", "no"}:
            return None
        if text.casefold() in {"true", "yes"}:
            return FURTHER
        number = self.table.number(text)
        if number is None or number < 1 or number != int(number):
            where, what = self.table.where(row, column.header), "this is no number of a replicate"
            self.findings.report(where, what, repr(text), "1, 2, 3, … or TRUE for a further one")
            return None
        return int(number)
