"""From the text of a cell to a value, with the problem a user needs when it is none."""

from __future__ import annotations

import math
from dataclasses import dataclass

from designer.campaigns.errors import Findings, Problem
from designer.campaigns.tables.columns import FileColumn
from designer.campaigns.tables.table import BROKEN, Table
from designer.campaigns.values.names import clean_text
from designer.campaigns.values.times import parse_made_at, utc_now
from designer.campaigns.values.units import convert

NOT_YET = frozenset({"", "-", "–", "—", "na", "n/a", "n.a.", "pending"})
"""Cells that say "not measured yet" (EDBO+ writes PENDING, others NA or a dash)."""
NEVER = "none"
"""A cell that says "will never be measured", as on the command line."""


@dataclass(frozen=True)
class Value:
    """A number from a cell.

    Attributes:
        number: in the declared unit.
        text: as in the cell.
        read: the number in the text.
        unit: of the text, where it is not the declared one.
    """

    number: float
    text: str
    read: float
    unit: str | None = None


class CellReader:
    """Reads the cells of one table and notes every problem.

    Args:
        table: where the cells are.
        findings: takes the problems.
    """

    def __init__(self, table: Table, findings: Findings) -> None:
        self.table = table
        self.findings = findings
        self._now = utc_now()

    def text(self, row: int, column: FileColumn) -> str:
        """The text of a cell; a broken one (formula without value, error) is noted as blank."""
        odd = self.table.oddity(row, column.header) if self.table.oddities else None
        text = self.table.cell(row, column.header)
        if odd in BROKEN:
            where = self.table.where(row, column.header)
            hint = "Type the value itself into the cell, or leave it blank."
            self.findings.add(Problem(where, f"the cell has {odd}", text or None, hint=hint))
            return ""
        return text

    def value(self, row: int, column: FileColumn, text: str, declared: str | None) -> Value | None:
        """The number a text holds, in the declared unit; None after noting the problem."""
        number = self.table.number(text)
        if number is None:
            self.findings.add(self.table.number_problem(row, column.header, text))
            return None
        if column.unit is None:
            return Value(number, text, number)
        converted = convert(number, column.unit, declared or "1")
        if not math.isfinite(converted):
            where = self.table.where(row, column.header)
            self.findings.add(Problem(where, "the number is too large", f"{text} {column.unit}"))
            return None
        return Value(converted, text, number, column.unit)

    def values(self, row: int, column: FileColumn, text: str, declared: str | None) -> list[Value]:
        """The numbers of a cell with several, apart by ``/``; good ones only."""
        parts = [self.value(row, column, part.strip(), declared) for part in text.split("/")]
        return [part for part in parts if part is not None]

    def word(self, row: int, column: FileColumn, text: str, *, limit: int = 64) -> str | None:
        """A short text (batch id); None after noting the problem."""
        try:
            return clean_text(text, limit=limit)
        except ValueError as error:
            where = self.table.where(row, column.header)
            self.findings.add(Problem(where, f"this text {error}", repr(text[:60])))
            return None

    def moment(self, row: int, column: FileColumn, text: str) -> str | None:
        """A date or time; None after noting the problem."""
        try:
            return parse_made_at(text, self._now)
        except ValueError as error:
            where = self.table.where(row, column.header)
            self.findings.add(Problem(where, str(error)))
            return None


def is_not_yet(text: str) -> bool:
    """Whether a cell says that nothing has been measured yet."""
    return text.casefold() in NOT_YET


def is_never(text: str) -> bool:
    """Whether a cell says that nothing will ever be measured."""
    return text.casefold() == NEVER
