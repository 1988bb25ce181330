"""What is wrong with the numbers of a column as a whole: one fault, one problem.

A column in another unit has as many wrong cells as rows; they are told together, with the range of
the values found and the unit in which they would be right.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from designer.campaigns.errors import Findings, Problem
from designer.campaigns.space.factors import Factor, Given, quantity_text
from designer.campaigns.specification.parts import Response, range_text
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.columns import FileColumn
from designer.campaigns.tables.table import Table
from designer.campaigns.tables.unread import usual_ranges
from designer.campaigns.values.names import shell_pair
from designer.campaigns.values.numbers import number_text
from designer.campaigns.values.quantity import (
    clearly_off,
    far_off,
    likely_unit,
    meaning,
    slip_hint,
    unit_contradicted,
)
from designer.campaigns.values.units import convert, is_share

_FAR = 30  # times from which on numbers with and without a unit are of different units
_PERCENT = (0.0, 100.0)  # where nobody said how large a percentage may be
_MANY = 3  # wrong numbers, and half of a column, from which on its unit is doubted


class ColumnValues:
    """Many numbers and the rows they stand in, without an object for each."""

    def __init__(self) -> None:
        self.values = array("d")
        self.rows = array("i")

    def add(self, value: float, row: int) -> None:
        """Add the number of a row."""
        self.values.append(value)
        self.rows.append(row)

    def without(self, odd: Callable[[float], bool]) -> ColumnValues:
        """The numbers but the odd ones, with their rows."""
        kept = ColumnValues()
        for value, row in self:
            if not odd(value):
                kept.add(value, row)
        return kept

    def __iter__(self) -> Iterator[tuple[float, int]]:
        return zip(self.values, self.rows, strict=True)


@dataclass(frozen=True)
class WholeColumn:
    """A column of numbers, judged as a whole.

    Attributes:
        table: where it is.
        column: how it is read.
        found: its numbers in the declared unit, with their rows.
    """

    table: Table
    column: FileColumn
    found: ColumnValues = field(default_factory=ColumnValues)

    def is_doubted(self, wrong: Sequence[float]) -> bool:
        """Whether so many numbers are wrong that it is the column: three, and half of all."""
        return len(wrong) >= max(_MANY, len(self.found.values) / 2)

    def is_most(self, wrong: Sequence[float]) -> bool:
        """Whether so many are wrong that it is the column: several and all, or of `is_doubted`."""
        whole = len(wrong) > 1 and len(wrong) == sum(value != 0 for value in self.found.values)
        return whole or self.is_doubted(wrong)

    def wrong_unit(self, item: Factor | Given) -> Problem | None:
        """Say that settings are in another unit than taken; None where nothing speaks for it.

        A unit in the header is believed, unless the numbers fit the declared one without it.

        Args:
            item: factor or given it holds.
        """
        low, high = item.bounds
        values = [value for value in self.found.values if value != 0]
        if self.column.unit_said:
            return None
        if self.column.unit is not None:
            return self.against_header(item)
        wrong = [v for v in values if far_off(v, low, high) and slip_hint(v, low, high, item.unit)]
        if self.is_most(wrong):
            return self.other_unit(item, wrong)
        off = [value for value in values if clearly_off(value, low, high)]
        if self.column.unit_told or not self.is_most(off):
            return None
        guess = likely_unit(values, item.unit, low, high)
        if guess is None or not all(
            low <= convert(value, guess, item.unit or "1") <= high for value in values
        ):
            return None
        return self.other_unit(item, off, "outside")

    def against_header(self, item: Factor | Given | Response) -> Problem | None:
        """Say that numbers fit the declared unit, and are off in that of the header.

        Args:
            item: what it holds.
        """
        unit, declared = self.column.unit, item.unit or "1"
        if unit is None or self.column.unit_said:
            return None
        pairs = [(v, float(f"{convert(v, declared, unit):.12g}")) for v in self.found.values if v]
        ranges = usual_ranges(item) or ([_PERCENT] if is_share(declared) else [])
        ends = next((ends for ends in ranges if _contradict(pairs, ends)), None)
        if ends is None:
            return None
        value, bare = pairs[0]
        far = "far " if far_off(value, *ends) else ""
        what, fits = f"with the unit told for it, {unit}, all values are", "without it they fit"
        if unit == "1":
            what, fits = "as numbers without unit all values are", f"in {declared} they fit"
        what += f" {far}off the range of {item.name} ({_with_unit(bare, unit)} is"
        what += f" {quantity_text(value, item.unit)}), {fits}: {quantity_text(bare, item.unit)}?"
        fitting, right = (shell_pair(self.column.header, each) for each in (declared, unit))
        hint = f"Say the unit with --unit {fitting}, or with --unit {right}"
        hint += f" that it is {'none' if unit == '1' else unit}."
        allowed = range_text(ends, item.unit) if isinstance(item, Response) else item.allowed
        return Problem(self._where, what, _ends([bare for _, bare in pairs]), allowed, hint)

    def other_unit(
        self, item: Factor | Given, wrong: Sequence[float], how: str = "ten times or more off"
    ) -> Problem:
        """Say that settings are in another unit.

        Args:
            item: factor or given it holds.
            wrong: the numbers off its range.
            how: how far they are off.
        """
        low, high = item.bounds
        guess, header = likely_unit([*wrong], item.unit, low, high), self.column.header
        whole = len(wrong) == sum(value != 0 for value in self.found.values)
        count = "all values" if whole else f"{len(wrong)} of {len(self.found.values)} values"
        what = f"{count} are {how} the range of {item.name}: "
        told = meaning(wrong, guess, item.unit) if guess else "another unit"
        what += f"looks like {told}"
        if whole:
            hint = f"Say the unit with --unit {shell_pair(header, guess or 'UNIT')}, or with --unit"
            hint += f" {shell_pair(header, item.unit or '1')} that the numbers are right."
        else:
            hint = f"Write the unit behind these numbers ({number_text(wrong[0])} {guess or 'UNIT'}"
            hint += f", or {number_text(wrong[0])} {item.unit or '1'} where one is right)."
        return Problem(self._where, what, _ends(wrong), item.allowed, hint)

    def no_place(self, factor: Factor) -> Problem:
        """Say that no number has the logarithm that the scale of a factor asks for."""
        what = f"no value has a place on the logarithmic scale of {factor.name}"
        hint = "Are they logarithms already? Then write the values themselves."
        return Problem(self._where, what, _ends(self.found.values), factor.allowed, hint)

    def wrong_results(self, response: Response) -> Problem | None:
        """Say that results are in another unit than the header tells, or mostly impossible.

        Args:
            response: what it holds.
        """
        return self.against_header(response) or self._impossible(response)

    def _impossible(self, response: Response) -> Problem | None:
        low, high = response.possible or (-math.inf, math.inf)
        values = list(self.found.values)
        wrong = [value for value in values if not low <= value <= high]
        if response.possible is None or not self.is_doubted(wrong):
            return None
        guess, told = None, "another unit?"
        if not self.column.unit_told:
            guess = likely_unit(values, response.unit, low, high)
            told = slip_hint(median(wrong), low, high, response.unit) or told
        if guess is not None:
            told = f"looks like {meaning(wrong, guess, response.unit)}"
        what = f"{len(wrong)} of {len(values)} values are impossible: {told}"
        word = shell_pair(self.column.header, guess or "UNIT")
        hint = f"Say the unit with --unit {word}. If the numbers are right,"
        hint += f" widen `possible` of {response.name} with amend."
        allowed = range_text(response.possible, response.unit)
        return Problem(self._where, what, _ends(values), allowed, hint)

    @property
    def _where(self) -> str:
        return f"{self.table.source} column {self.column.header}"


@dataclass(frozen=True)
class UnitsBehind:
    """Numbers of a column, apart by whether a unit (``%``) stands behind them in their cells.

    Attributes:
        behind: numbers with one, in the declared unit.
        bare: numbers without.
    """

    behind: ColumnValues = field(default_factory=ColumnValues)
    bare: ColumnValues = field(default_factory=ColumnValues)

    def problem(self, table: Table, header: str, unit: str | None) -> Problem | None:
        """Say that the bare ones are far from the others, as 0.34 among 33 %; else None."""
        with_unit = sorted(abs(value) for value in self.behind.values if value)
        bare = sorted(abs(value) for value in self.bare.values if value)
        if not with_unit or not bare:
            return None
        less, more = sorted((with_unit, bare), key=lambda values: values[0])
        times = median(more) / median(less)
        if less[-1] >= more[0] or times < _FAR:
            return None
        what = f"some numbers have a unit behind them ({len(with_unit)}), and those without"
        what += f" ({len(bare)}) are about {times:.0f} times "
        what += "smaller" if less is bare else "larger"
        found = f"{number_text(self.bare.values[0])} in {table.where(self.bare.rows[0])} beside "
        found += f"{number_text(self.behind.values[0])} {unit or ''}".rstrip()
        hint = "Write the right unit behind every number."
        return Problem(f"{table.source} column {header}", what, found, None, hint)


class ResultUnits:
    """The columns of results of one table, each as of `UnitsBehind`, but for a unit that is said.

    Args:
        spec: of the campaign.
        columns: what is read, by factor, given, response and so on.
    """

    def __init__(self, spec: Specification, columns: Mapping[str, FileColumn]) -> None:
        there = [(r, columns[r.name]) for r in spec.responses if r.name in columns]
        self._responses = {c.header: r for r, first in there for c in (first, *first.also)}
        self._found = {header: UnitsBehind() for header in self._responses}

    def add(self, column: FileColumn, value: float, row: int, *, told: bool) -> None:
        """Add a number of a row; told: with a unit in its cell."""
        found = self._found.get(column.header)
        if found is not None and not column.unit_said:
            (found.behind if told else found.bare).add(value, row)

    def judge(self, table: Table, findings: Findings) -> set[str]:
        """Note the columns that are wrong; returns the names of their responses."""
        wrong = set()
        for header, found in self._found.items():
            response = self._responses[header]
            problem = found.problem(table, header, response.unit)
            if problem is not None:
                wrong.add(response.name)
                findings.add(problem)
        return wrong


def _contradict(pairs: Sequence[tuple[float, float]], ends: tuple[float, float]) -> bool:
    """Whether numbers, each with what it is as written, fit a range as written alone.

    All of them far off it else; or several, all outside.
    """
    low, high = ends
    if not pairs or not all(low <= bare <= high for _, bare in pairs):
        return False
    far = all(unit_contradicted(*pair, low, high) for pair in pairs)
    return far or (len(pairs) >= _MANY and not any(low <= value <= high for value, _ in pairs))


def _with_unit(number: float, unit: str) -> str:
    return quantity_text(number, None if unit == "1" else unit)


def _ends(values: Sequence[float]) -> str:
    return f"{number_text(min(values))} to {number_text(max(values))}"
