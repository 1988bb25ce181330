"""Which column of a file holds which expected name; doubts and near misses are refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property
from typing import Literal

from designer.campaigns.errors import Findings, InputError
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.table import Table
from designer.campaigns.values.names import suggestion
from designer.campaigns.values.units import check_unit, convert, same_unit

IGNORED = "-"
"""Target of a column that is to be left out although it looks like an expected one."""

_WITH_UNIT = re.compile(r"(?P<name>.*\S)\s*(?:\[(?P<square>[^\[\]]+)\]|\((?P<round>[^()]+)\))")
_ALIKE = 0.85
"""Similarity from which a column is taken for a misspelt expected one (assumption)."""
_UNIT_WORDS = re.compile(
    r"[nuµm]m|[cd]?m|[mk]?g|s|min|h|[kmg]?pa|m?bar|k?n|(deg)?c|k|p(er)?c(en)?t|wt|vol|mol|gsm|rpm"
    r"|per|[mc]?m[23]|m?v|m?ah?|k?w|m?l|%"
)


@dataclass(frozen=True)
class FileColumn:
    """A column that is read.

    Attributes:
        header: as in the file.
        target: expected name it holds.
        unit: unit of its numbers where that is not the declared one.
        unit_told: whether header or user say which unit it is.
    """

    header: str
    target: str
    unit: str | None = None
    unit_told: bool = False


@dataclass
class Matched:
    """Columns by target, and the headers nobody expects."""

    columns: dict[str, FileColumn]
    ignored: list[str]


def find_column(key: str, headers: Collection[str]) -> str | None:
    """The header a user means: as written, or without its unit when only one fits."""
    if key in headers:
        return key
    bare = [header for header in headers if split_unit(header)[0] == key]
    return bare[0] if len(bare) == 1 else None


def meant_column(table: Table, key: str, where: str, findings: Findings) -> str | None:
    """The header a user means, as of `find_column`; None after noting that there is none."""
    header = find_column(key, table.columns)
    if header is None:
        hint = suggestion(key, table.columns)
        findings.report(where, "the file has no such column", key, _list(table.columns), hint)
    return header


@dataclass(frozen=True)
class ColumnMatcher:
    """Matches the headers of a table with the names a file of this campaign may have.

    Attributes:
        table: the table; its name stands in problems.
        spec: of the campaign.
        findings: takes every problem.
        texts: names besides factors, givens and responses; their cells are no numbers.
        responses: whether results are read from the table.
        needed: names that must be there.
        wanted: names that may be absent, but not while an unused column is nearly called so.
        present: names that need no column because they are given otherwise.
        own: headers of our own exports that are neither read nor told to be left out, however much
            they look like something else (``porosity_sd``).
        remedy: what a user can do about a wrong header: ``map`` it, ``rename`` it, or nothing
            (``none``; then near misses are passed over).
    """

    table: Table
    spec: Specification
    findings: Findings
    texts: Collection[str] = ()
    responses: bool = True
    needed: Collection[str] = ()
    wanted: Collection[str] = ()
    present: Collection[str] = ()
    own: Collection[str] = ()
    remedy: Literal["map", "rename", "none"] = "map"

    @cached_property
    def _units(self) -> dict[str, str | None]:
        """Expected name → declared unit; None: no unit, or no number."""
        items = (*self.spec.inputs, *(self.spec.responses if self.responses else ()))
        return {item.name: item.unit for item in items} | dict.fromkeys(self.texts)

    def match(
        self, told: Mapping[str, str] | None = None, units: Mapping[str, str] | None = None
    ) -> Matched:
        """Match all columns; what fits is told also when there are problems.

        Args:
            told: header → name (or ``-``), as the user says.
            units: header or name → unit, as the user says.
        """
        explicit = self._told_targets(told or {})
        targets = {target: header for header, target in explicit.items() if target != IGNORED}
        ignored: list[str] = []
        for header in self.table.columns:
            if header in explicit:
                continue
            names = (header, split_unit(header)[0])
            target = next((name for name in names if name in self._units), None)
            if target is None or targets.get(target) in explicit:
                if header not in self.own:
                    ignored.append(header)
            elif target in targets:
                both = f"{targets[target]!r} and {header!r}"
                hint = "Take one of them away."
                if self.remedy == "map":
                    hint = f"Leave one out: --map '{header}={IGNORED}'."
                what = f"two columns hold {target}"
                self.findings.report(self.table.source, what, both, hint=hint)
            else:
                targets[target] = header
        if self.remedy != "none":
            self._near_misses(ignored, targets)
            self._missing([h for h in self.table.columns if h not in explicit], targets)
        said = self._told_units(targets, units or {})
        columns = {
            target: self._column(header, target, said.get(header))
            for target, header in targets.items()
        }
        return Matched(columns, ignored)

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
                self.findings.report(where, what, name, _list(self._units), hint)
            elif target != IGNORED and target in explicit.values():
                self.findings.report(where, f"another column is mapped to {target} already")
            else:
                explicit[header] = target
        return explicit

    def _near_misses(self, ignored: list[str], targets: Mapping[str, str]) -> None:
        """An unexpected column that looks like an absent expected one is a typing error."""
        there = {*targets, *self.present, *self.needed, *self.wanted}
        absent = [name for name in self._units if name not in there]
        for header in ignored:
            meant = next((name for name in absent if resembles(header, name)), None)
            if meant is not None:
                hint = f"Call it {meant}, or something else."
                if self.remedy == "map":
                    hint = f"Use it with --map '{header}={meant}', or leave it out with"
                    hint += f" --map '{header}={IGNORED}'."
                what = f"this unknown column looks like {meant}, which is not there"
                self.findings.report(f"{self.table.source} column {header}", what, hint=hint)

    def _missing(self, free: Collection[str], targets: Mapping[str, str]) -> None:
        """Names that are needed, or nearly there, and have no column."""
        free = [header for header in free if header not in targets.values()]
        for name in (*self.needed, *self.wanted):
            near = closest(name, free)
            if name in targets or name in self.present or (name in self.wanted and not near):
                continue
            hint = f"Call the column {name}."
            if self.remedy == "map":
                column = near[0] if near else "COLUMN"
                hint = f"Say which column it is with --map '{column}={name}'"
                if name in self.texts:
                    hint += "."
                else:
                    hint += f", or its value in all rows with --set {name}=VALUE. Never recorded:"
                    hint += f" --set {name}=unknown."
            what = f"there is no column for {name}"
            self.findings.report(self.table.source, what, None, _list(near or free), hint)

    def _told_units(self, targets: Mapping[str, str], units: Mapping[str, str]) -> dict[str, str]:
        """Header → unit as the user says."""
        said: dict[str, str] = {}
        used = set(targets.values())
        for key, unit in units.items():
            header = targets.get(key) or find_column(key, self.table.columns)
            where = f"{self.table.source} --unit {key}={unit}"
            if header is None or header not in used:
                known = [*targets, *self.table.columns]
                hint = suggestion(key, known)
                self.findings.report(where, "no column that is read has this name", key, hint=hint)
            elif (what := check_unit(unit)) is not None:
                self.findings.report(where, f"the unit {what}", repr(unit))
            else:
                said[header] = unit
        return said

    def _column(self, header: str, target: str, unit: str | None) -> FileColumn:
        """A column, its unit checked once, so that every cell can be converted."""
        where = f"{self.table.source} column {header}"
        plain = FileColumn(header, target)
        categorical = {factor.name for factor in self.spec.factors if factor.is_categorical}
        if target in categorical or target in self.texts:
            if unit is not None:
                self.findings.report(where, "its cells are no numbers, so they have no unit", unit)
            return plain
        if unit is None and header != target:
            unit = split_unit(header)[1]
            if unit is not None and (what := check_unit(unit)) is not None:
                hint = f"Say which unit it is with --unit '{header}=UNIT'."
                self.findings.report(where, f"the unit {what}", repr(unit), hint=hint)
                return plain
        if unit is None:
            return plain
        declared = self._units[target]
        told = FileColumn(header, target, unit_told=True)
        if same_unit(unit, declared):
            return told
        try:
            convert(1.0, unit, declared or "1")
        except InputError as error:
            for problem in error.problems:
                allowed = declared or "no unit"
                self.findings.report(where, problem.what, unit, allowed, problem.hint)
            return told
        return replace(told, unit=unit)


def fact_columns(spec: Specification) -> list[str]:
    """Columns of facts besides settings and results: batches, and when it was made."""
    return [*(f"batch:{stage.name}" for stage in spec.stages), "made_at"]


def _list(names: Collection[str]) -> str:
    shown = list(names)[:20]
    return ", ".join(shown) + (", …" if len(names) > len(shown) else "")


def split_unit(header: str) -> tuple[str, str | None]:
    """Take ``coating_gap [um]`` or ``coating_gap (um)`` apart; None where there is no unit."""
    match = _WITH_UNIT.fullmatch(header)
    if match is None:
        return header, None
    return match["name"], (match["square"] or match["round"]).strip()


def with_unit(name: str, unit: str | None) -> str:
    """The header of a column in a file for people: ``coating_gap [um]``."""
    return f"{name} [{unit}]" if unit is not None and unit != "1" else name


def resembles(column: str, name: str) -> bool:
    """Whether a column of a file is probably meant to be this expected one.

    Only case, punctuation, a unit behind the name, or a letter or two may differ; a different
    number (``gap_1``, ``gap_2``) is a different thing.
    """
    found, wanted = _plain(split_unit(column)[0]), _plain(name)
    if found == wanted:
        return True
    words = found.split("_")
    base = wanted.split("_")
    behind = words[len(base) :]
    if words[: len(base)] == base and all(_UNIT_WORDS.fullmatch(w) for w in behind):
        return True
    if re.findall(r"\d+", found) != re.findall(r"\d+", wanted) or min(len(found), len(wanted)) < 4:
        return False
    return SequenceMatcher(None, found, wanted).ratio() >= _ALIKE


def closest(name: str, columns: Iterable[str]) -> list[str]:
    """The columns most like a name, best first; words in common count more than letters."""
    wanted = _plain(name)
    words = set(wanted.split("_"))

    def likeness(column: str) -> float:
        found = _plain(split_unit(column)[0])
        shared = len(words & set(found.split("_"))) / len(words)
        return shared + SequenceMatcher(None, found, wanted).ratio()

    rated = sorted(((likeness(column), column) for column in columns), key=lambda r: -r[0])
    return [column for rate, column in rated[:3] if rate >= 0.6]


def _plain(name: str) -> str:
    return re.sub(r"[^0-9a-zµ%]+", "_", name.casefold()).strip("_")
