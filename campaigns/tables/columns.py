"""Which column of a file holds which expected name; doubts and near misses are refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from designer.campaigns.errors import Findings, InputError
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.headers import (
    DASHES,
    find_column,
    listed,
    name_of,
    numbered_like,
    unit_of_header,
)
from designer.campaigns.tables.loose_names import claims, take_replicates, unit_behind
from designer.campaigns.tables.table import Table
from designer.campaigns.tables.unread import UnreadColumns
from designer.campaigns.values.names import shell_pair, suggestion
from designer.campaigns.values.units import check_unit, convert, measures, same_unit

IGNORED = "-"
"""Target of a column that is to be left out although it looks like an expected one."""


@dataclass(frozen=True)
class FileColumn:
    """A column that is read.

    Attributes:
        header: as in the file.
        target: expected name it holds.
        unit: unit of its numbers where that is not the declared one.
        unit_told: whether user or header say which unit it is, but not that of our own sheet.
        unit_said: whether the user does: then its numbers are meant, however far off.
        also: further columns with replicates of the same response.
    """

    header: str
    target: str
    unit: str | None = None
    unit_told: bool = False
    unit_said: bool = False
    also: tuple[FileColumn, ...] = ()


@dataclass
class Matched:
    """Columns by target, headers nobody expects, what to tell, names written otherwise (told)."""

    columns: dict[str, FileColumn]
    ignored: list[str]
    notes: list[str] = field(default_factory=list)
    respelt: Collection[str] = ()

    @property
    def read(self) -> list[FileColumn]:
        """Every column that is read, replicates one by one."""
        return [each for column in self.columns.values() for each in (column, *column.also)]


def meant_column(table: Table, key: str, where: str, findings: Findings) -> str | None:
    """The header a user means, as of `find_column`; None after noting that there is none."""
    header = find_column(key, table.headers)
    if header is None:
        hint = suggestion(key, table.headers)
        findings.report(where, "the file has no such column", key, listed(table.headers), hint)
    return header


@dataclass(frozen=True)
class ColumnMatcher:
    """Matches the headers of a table with the names a file of this campaign may have.

    Attributes:
        table: the table; its name stands in problems.
        spec: of the campaign.
        findings: takes every problem.
        texts: names besides factors, givens and responses; their cells are no numbers.
        numbers: such names whose cells are numbers, each with its unit.
        responses: whether results are read from the table.
        needed: names that must be there.
        wanted: names that may be absent, but not while an unused column is nearly called so.
        present: names that need no column because they are given otherwise.
        own: headers of our own exports that are neither read nor told to be left out, however much
            they look like something else (``porosity_sd``).
        complete: whether every expected column was there when the file was written, so that an
            unknown one is more likely to be a renamed one.
        remedy: what a user can do about a wrong header: ``map`` it, ``rename`` it, or nothing
            (``none``; then near misses are passed over).
    """

    table: Table
    spec: Specification
    findings: Findings
    texts: Collection[str] = ()
    numbers: Mapping[str, str | None] = field(default_factory=dict)
    responses: bool = True
    needed: Collection[str] = ()
    wanted: Collection[str] = ()
    present: Collection[str] = ()
    own: Collection[str] = ()
    complete: bool = False
    remedy: Literal["map", "rename", "none"] = "map"

    @cached_property
    def _units(self) -> dict[str, str | None]:
        """Expected name → declared unit; None: no unit, or no number."""
        items = (*self.spec.inputs, *(self.spec.responses if self.responses else ()))
        units = {item.name: item.unit for item in items}
        return {**units, **self.numbers, **dict.fromkeys(self.texts)}

    def match(
        self, told: Mapping[str, str] | None = None, units: Mapping[str, str] | None = None
    ) -> Matched:
        """Match all columns; what fits is told also when there are problems.

        Args:
            told: header → name (or ``-``), as the user says.
            units: header or name → unit, as the user says.
        """
        explicit = self._told_targets(told or {})
        targets: dict[str, list[str]] = {}
        for header, target in explicit.items():
            if target != IGNORED:
                targets.setdefault(target, []).append(header)
        free = [header for header in self.table.headers if header not in explicit]
        ignored: list[str] = []
        numbered = numbered_like(free, self._measured)
        for header in free:
            name = None if header in numbered else name_of(header, self._units)
            if name is None or explicit.keys() & targets.get(name, ()):
                if header not in self.own:
                    ignored.append(header)
            elif name in targets:
                self._two(name, targets[name][0], header)
            else:
                targets[name] = [header]
        self._loosely(targets, ignored)
        notes = take_replicates(targets, ignored, explicit, self._measured)
        respelt = self._judge(ignored, free, targets) if self.remedy != "none" else ()
        said = self._told_units(targets, units or {})
        columns = {}
        for target, headers in targets.items():
            first, *others = (self._column(each, target, said.get(each)) for each in headers)
            columns[target] = replace(first, also=tuple(others))
        found = Matched(columns, ignored, notes, respelt)
        for column in found.read:
            unit = None if column.unit_said else self._loose_unit(column.header, column.target)
            if unit is not None:
                notes.append(f"{column.header}: read in {unit}, as its name says")
        return found

    def _judge(
        self, ignored: list[str], free: list[str], targets: Mapping[str, list[str]]
    ) -> set[str]:
        """What is not read may be what is missing; returns names that are only respelt."""
        absent = [name for name in self._units if name not in {*targets, *self.present}]
        left = [header for header in free if not any(header in used for used in targets.values())]
        can_map = self.remedy == "map"
        unread = UnreadColumns(self.table, self.spec, self.findings, can_map, self.complete)
        respelt = unread.respelt(absent, left, self._measured)
        absent = [name for name in absent if name not in respelt.values()]
        left, ignored = ([h for h in headers if h not in respelt] for headers in (left, ignored))
        expected = [name for name in absent if name in {*self.needed, *self.wanted}]
        told = unread.missing(expected, left, needed=self.needed, texts=self.texts)
        others = [name for name in absent if name not in expected]
        told |= unread.near(others, ignored)
        if targets:  # else it is another file, or another row has the names
            left_out = self._settings_left_out(targets)
            unread.alike([name for name in absent if name not in told | left_out], ignored)
        return {*respelt.values()}

    def _settings_left_out(self, targets: Mapping[str, list[str]]) -> set[str]:
        """All settings, where they need not be there and none of them is: results by run id."""
        names = {item.name for item in self.spec.inputs}
        wanted = names & {*self.needed, *self.wanted, *targets}
        return set() if wanted or self.complete else names

    def _two(self, target: str, first: str, second: str) -> None:
        hint = "Take one of them away."
        if self.remedy == "map":
            hint = f"Leave one out: --map {shell_pair(second, IGNORED)}."
            if target in self._measured:
                both = (f"--map {shell_pair(header, target)}" for header in (first, second))
                hint += f" Replicates: {' '.join(both)}."
        what = f"two columns hold {target}"
        self.findings.report(self.table.source, what, f"{first!r} and {second!r}", hint=hint)

    @cached_property
    def _measured(self) -> dict[str, str | None]:
        """Responses that are read, each with its unit."""
        return {r.name: r.unit for r in self.spec.responses} if self.responses else {}

    @cached_property
    def _words(self) -> frozenset[str]:
        """Names whose cells are no numbers."""
        return frozenset((*self.texts, *(f.name for f in self.spec.factors if f.is_categorical)))

    def _loosely(self, targets: dict[str, list[str]], ignored: list[str]) -> None:
        """Take ``gap, um`` and ``gap_um`` for names that have no column of their own."""
        if self.remedy == "none":
            return
        taken = {*targets, *self._words}
        absent = {name: unit for name, unit in self._units.items() if name not in taken}
        for name, headers in claims([h for h in ignored if h not in self.own], absent).items():
            targets[name] = headers[:1]
            for header in headers:
                ignored.remove(header)
            for other in headers[1:]:
                self._two(name, headers[0], other)

    def _told_targets(self, told: Mapping[str, str]) -> dict[str, str]:
        """Header → name as the user says, every mistake noted."""
        explicit: dict[str, str] = {}
        for key, name in told.items():
            target = name or IGNORED
            where = f"{self.table.source} --map {key}={name}"
            header = meant_column(self.table, key, where, self.findings)
            if header is None:
                continue
            if target != IGNORED and target not in self._units:
                hint = suggestion(target, self._units)
                what = "this is no factor, given or response"
                self.findings.report(where, what, name, listed(self._units), hint)
            elif target in explicit.values() and target not in {IGNORED, *self._measured}:
                self.findings.report(where, f"another column is mapped to {target} already")
            else:
                explicit[header] = target
        return explicit

    def _told_units(
        self, targets: Mapping[str, list[str]], units: Mapping[str, str]
    ) -> dict[str, str]:
        """Header → unit as the user says."""
        said: dict[str, str] = {}
        used = {header for headers in targets.values() for header in headers}
        for key, unit in units.items():
            found = find_column(key, self.table.headers)
            headers = targets.get(key) or ([found] if found in used else [])
            where = f"{self.table.source} --unit {key}={unit}"
            if not headers:
                known = [*targets, *self.table.headers]
                hint = suggestion(key, known)
                self.findings.report(where, "no column that is read has this name", key, hint=hint)
            elif (what := check_unit(unit)) is not None:
                self.findings.report(where, f"the unit {what}", repr(unit))
            else:
                said |= dict.fromkeys(headers, unit)
        return said

    def _column(self, header: str, target: str, unit: str | None) -> FileColumn:
        """A column, its unit checked once, so that every cell can be converted."""
        where = f"{self.table.source} column {header}"
        plain, said = FileColumn(header, target), unit is not None
        if target in self._words:
            if unit is not None:
                self.findings.report(where, "its cells are no numbers, so they have no unit", unit)
            return plain
        if unit is None:
            before = len(self.findings)
            unit = self._unit_in_file(header, target, where)
            if len(self.findings) > before:
                return replace(plain, unit_told=True)  # one problem is enough
        if unit is None:
            return plain
        declared = self._units[target]
        told = FileColumn(header, target, unit_told=True, unit_said=said)
        if same_unit(unit, declared):
            # a sheet of ours has its units from us: who fills it in has told nothing
            return replace(told, unit_told=said or not self.complete)
        try:
            convert(1.0, unit, declared or "1")
        except InputError as error:
            for problem in error.problems:
                allowed = declared or "no unit"
                self.findings.report(where, problem.what, unit, allowed, problem.hint)
            return told
        return replace(told, unit=unit)

    def _loose_unit(self, header: str, target: str) -> str | None:
        """The unit behind a header, where it is more than one in brackets behind a name."""
        if header in self._units or target in self._words:
            return None
        found, inside = unit_behind(header, self._units[target]), unit_of_header(header, target)
        return None if inside is not None and same_unit(found, inside) else found

    def _unit_in_file(self, header: str, target: str, where: str) -> str | None:
        """The unit in the header or in a row of units; None after noting that it is none."""
        inside, below = unit_of_header(header, target), self.table.units.get(header)
        inside = self._loose_unit(header, target) or ("1" if inside in DASHES else inside)
        if below in DASHES:  # of a length, say, it tells nothing
            below = "1" if measures("1", self._units[target] or "1") else None
        unit = inside or below
        if unit is None:
            return None
        hint = f"Say which unit it is with --unit {shell_pair(header, 'UNIT')}."
        if (what := check_unit(unit)) is not None:
            self.findings.report(where, f"the unit {what}", repr(unit), hint=hint)
            return None
        if inside is not None and below is not None and not same_unit(inside, below):
            what = f"its name says {inside}, the row of units {below}"
            self.findings.report(where, what, hint=hint)
            return None
        return unit


def fact_columns(spec: Specification) -> list[str]:
    """Columns of facts besides settings and results: batches, and when it was made."""
    return [*(f"batch:{stage.name}" for stage in spec.stages), "made_at"]
