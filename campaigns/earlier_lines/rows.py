"""The rows of an earlier line, read from a table whose columns are known."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from designer.campaigns.earlier_lines.mapping import UNKNOWN
from designer.campaigns.earlier_lines.row_notes import RowNotes
from designer.campaigns.errors import Findings, Problem
from designer.campaigns.space.factors import Factor, Given, Setting, quantity_text
from designer.campaigns.specification.parts import Response
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.columns import FileColumn, Matched
from designer.campaigns.tables.rows import RowReader
from designer.campaigns.tables.table import Table
from designer.campaigns.tables.whole_columns import ColumnValues, WholeColumn
from designer.campaigns.values.numbers import number_text
from designer.campaigns.values.quantity import Quantity, excess_hint, far_off

_SHOWN = 5
_REPEATED = 20_000  # different settings and results that are looked out for, to be kept once


@dataclass
class LineRows:
    """Turns rows of a table into rows of a line.

    Attributes:
        spec: of the campaign that takes the line.
        table: where the rows are; its decimal mark is decided here.
        matched: its columns.
        findings: takes the problems.
        constants: values of inputs that are the same in all rows.
        unknown: inputs whose blank cells stay unknown.
        others: categorical factors whose unknown categories are kept.
        extras: columns of numbers that only this line has.
        rows: what was taken, as events keep it.
        without_result: number of rows left out because they have no result.
    """

    spec: Specification
    table: Table
    matched: Matched
    findings: Findings
    constants: Mapping[str, Setting]
    unknown: set[str]
    others: Collection[str]
    extras: Sequence[FileColumn]
    rows: list[dict[str, Any]] = field(default_factory=list)
    without_result: int = 0

    def __post_init__(self) -> None:
        self._reader = RowReader(
            self.spec,
            self.table,
            self.matched.columns,
            self.findings,
            numbers=self.extras,
            blank=self._blank,
            category=self._category,
        )
        self.table = self._reader.table
        self._inputs = {item.name: item for item in self.spec.inputs}
        self._other_rows: dict[str, Counter[str]] = {name: Counter() for name in self.others}
        self._numbers: dict[str, ColumnValues] = {}
        self._contradicted: set[str] = set()
        self._results: dict[tuple[str, str], ColumnValues] = {}
        self._taken: list[int] = []
        self._same: dict[tuple[object, ...], Any] = {}

    def read(self, rows: Sequence[int]) -> set[str]:
        """Take rows of the table; returns the inputs that none of them has."""
        missing = {
            item.name
            for item in self.spec.inputs
            if all(self._reader.is_blank(row, item) for row in rows)
        }
        self.unknown |= missing
        for row in rows:
            self._read(row)
        return missing

    def _read(self, row: int) -> None:
        """Take one row; a row without any result teaches nothing and is only counted."""
        before = len(self.findings)
        responses = self._responses(row)
        if not responses:
            self.without_result += len(self.findings) == before
            return
        found = self._reader.settings(row)
        settings: dict[str, Setting] = dict(self.constants)
        typed: dict[str, dict[str, str]] = {}
        for name, value in found.items():
            settings[name] = self._judged(row, name, value)
            if words := _words(value):
                typed[name] = words
        kinds = (("settings", self.spec.factors), ("given", self.spec.givens))
        result: dict[str, Any] = {
            kind: self._shared(
                {item.name: settings[item.name] for item in items if item.name in settings}
            )
            for kind, items in kinds
        }
        result["responses"] = responses
        result["batch"] = self._shared(self._reader.batches(row))
        result["made_at"] = self._reader.made_at(row)
        extra = {
            column.target: number
            for column in self.extras
            if (number := self._reader.number(row, column)) is not None
        }
        if typed:
            result["typed"] = typed
        if extra:
            result["extra"] = extra
        self.rows.append(result)
        self._taken.append(row)

    def _shared(self, value: dict[str, Any]) -> dict[str, Any]:
        """The first equal one: rows repeat settings and batches, and a long line is large."""
        found: dict[str, Any] = self._remembered().setdefault(tuple(value.items()), value)
        return found

    def _stored(self, values: Sequence[Quantity]) -> list[dict[str, Any]]:
        """Results as events keep them, equal ones once."""
        key = tuple((value.text, value.unit, value.number) for value in values)
        found: list[dict[str, Any]] | None = self._remembered().get(key)
        if found is None:
            stored = tuple(value.stored() for value in values)
            found = self._same[key] = list(stored)  # of a known length: no room to grow
        return found

    def _remembered(self) -> dict[tuple[object, ...], Any]:
        """What is looked out for; begun anew when full, for rows repeat those just before most."""
        if len(self._same) >= _REPEATED:
            self._same.clear()
        return self._same

    def finish(self) -> list[str]:
        """Judge whole columns; returns notes for the user."""
        self._reader.judge_units()
        for (name, header), results in self._results.items():
            self._judge_results(self.spec.response(name), header, results)
        notes = []
        for name, found in self._numbers.items():
            notes += self._range_notes(name, found)
        for name, found_others in self._other_rows.items():
            if found_others:
                told = ", ".join(f"{text} {n}" for text, n in found_others.most_common(_SHOWN))
                more = ", …" if len(found_others) > _SHOWN else ""
                notes.append(
                    f"{name}: {found_others.total()} rows of categories this campaign does not"
                    f" have ({told}{more}) are kept as one more category"
                )
        notes += self._reader.notes()
        whole = RowNotes(self.spec, self.table, self.rows, self._taken)
        notes += [*whole.off_scale(), *whole.low(), *whole.mixtures(), *whole.doubled()]
        if self.without_result:
            notes.append(f"rows without any result left out: {self.without_result}")
        del self._reader  # it knows this object: a circle would keep the table for a long time
        return notes

    def _responses(self, row: int) -> dict[str, list[dict[str, Any]]]:
        """Results as events keep them; what will never be measured teaches nothing."""
        responses = {}
        for response in self.spec.responses:
            said = self._reader.measured(row, response) or ()
            values = [(column, value) for column, value in said if value is not None]
            for column, value in values:
                key = response.name, column.header
                self._results.setdefault(key, ColumnValues()).add(value.value, row)
            if values:
                responses[response.name] = self._stored([value for _, value in values])
        return responses

    def _judge_results(self, response: Response, header: str, results: ColumnValues) -> None:
        """Problems with results, each with its place: one where most of a column are impossible."""
        column = next(column for column in self.matched.read if column.header == header)
        problem = WholeColumn(self.table, column, results).wrong_results(response)
        if problem is not None:
            self.findings.add(problem)
            return
        low, high = response.possible or (-math.inf, math.inf)
        for value, row in results:
            if not low <= value <= high:  # texts for the few
                self.findings.extend(response.problems_with(value, self.table.where(row, header)))

    def _blank(self, item: Factor | Given, where: str) -> Problem | None:
        if item.name in self.constants or item.name in self.unknown:
            return None
        hint = f"Fill it in, or say the value of blank cells with --set {item.name}=VALUE"
        hint += f" (or {item.name}={UNKNOWN})."
        return Problem(
            where, f"the cell is blank; every row needs a value of {item.name}", hint=hint
        )

    def _category(self, factor: Factor, text: str, where: str) -> str | None:
        """A category of the factor, or another one where such rows are wanted."""
        problems = factor.problems_with(text, where, on_grid=False)
        if not problems:
            return text
        if factor.name not in self._other_rows:
            keep = f"To keep such rows as one more category, add --other {factor.name}."
            for problem in problems:
                hint = f"{problem.hint.rstrip('.')}. {keep}" if problem.hint else keep
                self.findings.add(replace(problem, hint=hint))
            return None
        word = self._reader.word(text, where)
        if word is not None:
            self._other_rows[factor.name][word] += 1
        return word

    def _judged(self, row: int, name: str, value: Quantity) -> Setting:
        """A value beside the constant told for it; numbers wait to be judged together."""
        item, column = self._inputs[name], self._reader.columns[name]
        setting = value.setting
        if not isinstance(setting, str):
            self._numbers.setdefault(name, ColumnValues()).add(setting, row)
        constant = self.constants.get(name)
        # a constant fills blank cells, but never replaces what the file says
        if constant not in (None, setting) and name not in self._contradicted:
            self._contradicted.add(name)
            what = f"the file says something else than --set {name}={quantity_text(constant)}"
            hint = f"To leave the column out, add --map '{column.header}=-'."
            found, where = quantity_text(setting, item.unit), self.table.where(row, column.header)
            self.findings.report(where, what, found, hint=hint)
        return setting

    def _range_notes(self, name: str, found: ColumnValues) -> list[str]:
        """Judge the values of one input, each with its row, beside the range."""
        item, column = self._inputs[name], self._reader.columns[name]
        if isinstance(item, Factor) and item.log_scale:
            every, found = found, found.without(item.off_scale)
            if not found.values:
                self.findings.add(WholeColumn(self.table, column, every).no_place(item))
                return []
        low, high = item.bounds
        values = [value for value, _ in found if value != 0]
        sides, whole = (
            {far_off(v, low, high) for v in values},
            WholeColumn(self.table, column, found),
        )
        if sides in ({-1}, {1}) and not column.unit_told:
            self.findings.add(whole.other_unit(item, values))
            return []
        if column.unit is not None and (problem := whole.wrong_unit(item)) is not None:
            self.findings.add(problem)
            return []
        outside = [(value, row) for value, row in found if not low <= value <= high]
        if not outside:
            return []

        def there(value: float, row: int) -> str:
            return f"{quantity_text(value, item.unit)} in {self.table.where(row)}"

        note = f"{name}: {len(outside)} of {len(found.values)} values lie outside {item.allowed}"
        note += f" and are kept (first: {there(*outside[0])})"
        far = [(value, row) for value, row in outside if far_off(value, low, high)]
        if far:
            shown = ", ".join(there(*place) for place in far[:_SHOWN])
            note += f"; ten times or more off, a typing error?: {shown}"
        elif not column.unit_told and (hint := excess_hint(outside[0][0], low, high, item.unit)):
            note += (
                f"; {hint}? Then take the line back and add it with --unit '{column.header}=UNIT'"
            )
        return [note]


def _words(value: Quantity) -> dict[str, str]:
    """Text and unit of a value where the number alone would lose them, else nothing."""
    if value.unit is not None:
        return {"text": value.text, "unit": value.unit}
    if value.number is None or value.text == number_text(value.number):
        return {}
    return {"text": value.text}
