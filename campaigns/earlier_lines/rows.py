"""The rows of an earlier line, read from a table whose columns are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from designer.campaigns.earlier_lines.mapping import UNKNOWN
from designer.campaigns.earlier_lines.table import unit_problem
from designer.campaigns.errors import Problem
from designer.campaigns.space.factors import (
    Factor,
    Given,
    Setting,
    quantity_text,
)
from designer.campaigns.tables.cells import (
    CellReader,
    Value,
    is_never,
    is_not_yet,
)
from designer.campaigns.tables.columns import FileColumn
from designer.campaigns.values.numbers import number_text
from designer.campaigns.values.quantity import far_off

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification


_SHOWN = 5


@dataclass
class _Range:
    """How the values of one input lie to its range."""

    values: list[float] = field(default_factory=list)
    off: Counter[int] = field(default_factory=Counter)
    outside: int = 0
    first: str = ""
    far: list[str] = field(default_factory=list)


class LineRows:
    """Turns rows of a table into rows of a line.

    Args:
        spec: of the campaign that takes the line.
        reader: of the table.
        columns: by factor, given, response, ``batch:<stage>`` or ``made_at``.
        constants: values of inputs that are the same in all rows.
        unknown: inputs whose blank cells stay unknown.
        others: categorical factors whose unknown categories are kept.
        extras: columns of numbers that only this line has.
    """

    def __init__(
        self,
        spec: Specification,
        reader: CellReader,
        columns: Mapping[str, FileColumn],
        constants: Mapping[str, Setting],
        *,
        unknown: Collection[str] = (),
        others: Collection[str] = (),
        extras: Sequence[FileColumn] = (),
    ) -> None:
        self._spec = spec
        self._reader = reader
        self._columns = columns
        self._constants = constants
        self._unknown = unknown
        self._others: dict[str, Counter[str]] = {name: Counter() for name in others}
        self._extras = extras
        self._ranges: dict[str, _Range] = {}
        self._contradicted: set[str] = set()
        self.rows: list[dict[str, Any]] = []
        self.without_result = 0

    def read(self, row: int) -> None:
        """Take one row; a row without any result teaches nothing and is only counted."""
        before = len(self._reader.findings)
        responses = self._responses(row)
        if not responses:
            self.without_result += len(self._reader.findings) == before
            return
        result: dict[str, Any] = {"settings": {}, "given": {}, "responses": responses}
        typed: dict[str, dict[str, str]] = {}
        for kind, inputs in (("settings", self._spec.factors), ("given", self._spec.givens)):
            for item in inputs:
                value, words = self._input(row, item)
                if value is not None:
                    result[kind][item.name] = value
                if words:
                    typed[item.name] = words
        result["batch"] = self._batches(row)
        result["made_at"] = self._made_at(row)
        if typed:
            result["typed"] = typed
        extra = self._extra(row)
        if extra:
            result["extra"] = extra
        self.rows.append(result)

    def finish(self) -> list[str]:
        """Judge whole columns; returns notes for the user."""
        notes = []
        for name, found in self._ranges.items():
            item = self._item(name)
            column = self._columns[name]
            low_side, high_side = found.off[-1], found.off[1]
            judged = sum(1 for value in found.values if value != 0)
            if judged and judged in (low_side, high_side) and not column.unit_told:
                where = f"{self._reader.table.source} column {column.header}"
                self._reader.findings.add(
                    unit_problem(where, item, [v for v in found.values if v != 0], column.header)
                )
            elif found.outside:
                count = f"{found.outside} of {len(found.values)}"
                note = f"{name}: {count} values lie outside {item.allowed} and are kept"
                note += f" (first: {found.first})"
                if found.far:
                    note += f"; ten times or more off, a typing error?: {', '.join(found.far)}"
                notes.append(note)
        for name, found_others in self._others.items():
            if found_others:
                told = ", ".join(f"{text} {n}" for text, n in found_others.most_common(_SHOWN))
                more = ", …" if len(found_others) > _SHOWN else ""
                notes.append(
                    f"{name}: {found_others.total()} rows of categories this campaign does not"
                    f" have ({told}{more}) are kept as one more category"
                )
        if self.without_result:
            notes.append(f"rows without any result left out: {self.without_result}")
        return notes

    def _item(self, name: str) -> Factor | Given:
        inputs: dict[str, Factor | Given] = {item.name: item for item in self._spec.inputs}
        return inputs[name]

    def _responses(self, row: int) -> dict[str, list[dict[str, Any]]]:
        responses = {}
        for response in self._spec.responses:
            column = self._columns.get(response.name)
            if column is None:
                continue
            text = self._reader.text(row, column)
            if is_not_yet(text) or is_never(text):
                continue
            values = self._reader.values(row, column, text, response.unit)
            where = self._reader.table.where(row, column.header)
            for value in values:
                self._reader.findings.extend(response.problems_with(value.number, where))
            if values:
                responses[response.name] = [stored(value) for value in values]
        return responses

    def _input(self, row: int, item: Factor | Given) -> tuple[Setting | None, dict[str, str]]:
        """Value of a factor or given, and its words where they say more than the number."""
        column = self._columns.get(item.name)
        constant = self._constants.get(item.name)
        text = "" if column is None else self._reader.text(row, column)
        if column is None or (not text and (constant is not None or item.name in self._unknown)):
            return constant, {}
        where = self._reader.table.where(row, column.header)
        if not text:
            hint = f"Fill it in, or say the value of blank cells with --set {item.name}=VALUE"
            hint += f" (or {item.name}={UNKNOWN})."
            what = f"the cell is blank; every row needs a value of {item.name}"
            self._reader.findings.add(Problem(where, what, hint=hint))
            return None, {}
        if isinstance(item, Factor) and item.is_categorical:
            self._contradiction(column, item, text, where)
            return self._category(item, row, column, text), {}
        value = self._reader.value(row, column, text, item.unit)
        if value is None:
            return None, {}
        self._contradiction(column, item, value.number, where)
        self._judge(item, value.number, where)
        return value.number, words(value)

    def _category(self, factor: Factor, row: int, column: FileColumn, text: str) -> str | None:
        """A category of the factor, or another one where such rows are wanted."""
        where = self._reader.table.where(row, column.header)
        problems = factor.problems_with(text, where, on_grid=False)
        if not problems:
            return text
        if factor.name not in self._others:
            keep = f"To keep such rows as one more category, add --other {factor.name}."
            for problem in problems:
                hint = f"{problem.hint.rstrip('.')}. {keep}" if problem.hint else keep
                self._reader.findings.add(replace(problem, hint=hint))
            return None
        word = self._reader.word(row, column, text)
        if word is not None:
            self._others[factor.name][word] += 1
        return word

    def _contradiction(
        self, column: FileColumn, item: Factor | Given, value: Setting, where: str
    ) -> None:
        """A constant fills blank cells, but never replaces what the file says."""
        constant = self._constants.get(item.name)
        if constant is None or constant == value or item.name in self._contradicted:
            return
        self._contradicted.add(item.name)
        what = f"the file says something else than --set {item.name}={item.format(constant)}"
        hint = f"To leave the column out, add --map '{column.header}=-'."
        self._reader.findings.add(Problem(where, what, quantity_text(value, item.unit), hint=hint))

    def _judge(self, item: Factor | Given, value: float, where: str) -> None:
        found = self._ranges.setdefault(item.name, _Range())
        found.values.append(value)
        low, high = item.bounds
        if not low <= value <= high:
            side = far_off(value, low, high)
            found.off[side] += 1
            there = f"{quantity_text(value, item.unit)} in {where.rpartition(' column ')[0]}"
            found.outside += 1
            found.first = found.first or there
            if side and len(found.far) < _SHOWN:
                found.far.append(there)

    def _batches(self, row: int) -> dict[str, str]:
        batches = {}
        for stage in self._spec.stages:
            column = self._columns.get(f"batch:{stage.name}")
            text = "" if column is None else self._reader.text(row, column)
            if column is not None and text:
                word = self._reader.word(row, column, text)
                if word is not None:
                    batches[stage.name] = word
        return batches

    def _extra(self, row: int) -> dict[str, float]:
        """Numbers that only this line has, as typed; a blank cell is unknown."""
        found = {}
        for column in self._extras:
            text = self._reader.text(row, column)
            value = None if is_not_yet(text) else self._reader.value(row, column, text, None)
            if value is not None:
                found[column.target] = value.number
        return found

    def _made_at(self, row: int) -> str | None:
        column = self._columns.get("made_at")
        text = "" if column is None else self._reader.text(row, column)
        return self._reader.moment(row, column, text) if column is not None and text else None


def stored(value: Value) -> dict[str, Any]:
    """A value as events keep it: number in the declared unit, text and unit as typed."""
    found: dict[str, Any] = {"number": value.number, "text": value.text}
    if value.unit is not None:
        found["unit"] = value.unit
    return found


def words(value: Value) -> dict[str, str]:
    """Text and unit of a value where the number alone would lose them, else nothing."""
    if value.unit is not None:
        return {"text": value.text, "unit": value.unit}
    return {} if value.text == number_text(value.number) else {"text": value.text}
