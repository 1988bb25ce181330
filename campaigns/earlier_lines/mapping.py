"""What an earlier line is, and what somebody says about its file: columns, units, constants."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from designer.campaigns.errors import Findings, InputError
from designer.campaigns.space.factors import Factor, quantity_text
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.columns import FileColumn, Matched, meant_column
from designer.campaigns.tables.files import MEGABYTE, read_regular_file
from designer.campaigns.tables.table import Table
from designer.campaigns.values.names import suggestion

UNKNOWN = "unknown"
"""Value of an input that a line never recorded."""

_TABLES = {"map": "columns", "set": "constants", "unit": "units", "where": "where"}
_LISTS = {"other": "others", "extra": "extras"}
"""Key of a mapping file → attribute of `LineMapping`."""


@dataclass(frozen=True)
class LineMapping:
    """What a person says about the columns of a file.

    Attributes:
        columns: column of the file → factor, given, response, ``batch:<stage>``, ``made_at``, or
            ``-`` for a column to leave out.
        constants: factor or given → value in every row, a unit may follow (``0.2 mm``), or
            ``unknown``: never recorded, but constant.
        units: column of the file or name → unit its numbers have.
        where: column of the file or name → value; only such rows are taken.
        others: categorical factors whose rows are kept although the campaign does not have their
            category.
        extras: columns of the file with numbers the campaign does not know, but the line varied.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)
    others: Collection[str] = ()
    extras: Collection[str] = ()

    @staticmethod
    def from_toml(text: str, source: str = "mapping") -> LineMapping:
        """Read [map], [set], [unit] and [where] (texts or numbers), and lists `other`, `extra`.

        Raises:
            InputError: no TOML, an unknown table, or values that are no texts or numbers.
        """
        try:
            # Numbers stay the text they were typed as.
            parsed = tomllib.loads(text, parse_float=str)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise InputError.at(source, f"this is no valid TOML: {error}") from None
        findings = Findings()
        said: dict[str, Any] = {}
        for key, value in parsed.items():
            if key in _LISTS:
                said[_LISTS[key]] = _names(value, f"{source} {key}", findings)
            elif key not in _TABLES:
                hint = suggestion(key, (*_TABLES, *_LISTS))
                allowed = ", ".join(f"[{name}]" for name in _TABLES)
                allowed += "".join(f", {name} = [names]" for name in _LISTS)
                findings.report(source, "unknown table", key, allowed, hint)
            elif not isinstance(value, dict):
                findings.report(f"{source} {key}", "this is not a table", allowed=f"[{key}]")
            else:
                said[_TABLES[key]] = _texts(value, f"{source} [{key}]", findings)
        findings.raise_if_any()
        return LineMapping(**said)

    @staticmethod
    def from_file(path: str | Path) -> LineMapping:
        """Read a mapping file.

        Raises:
            InputError: as `from_toml`, or not readable as UTF-8.
        """
        path = Path(path)
        try:
            text = read_regular_file(path, limit=MEGABYTE).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InputError.at(path.name, "this is not UTF-8 text") from None
        return LineMapping.from_toml(text, path.name)

    def merged(self, over: LineMapping) -> LineMapping:
        """This mapping with everything the other one says on top (the command line wins)."""
        return LineMapping(
            {**self.columns, **over.columns},
            {**self.constants, **over.constants},
            {**self.units, **over.units},
            {**self.where, **over.where},
            tuple(dict.fromkeys((*self.others, *over.others))),
            tuple(dict.fromkeys((*self.extras, *over.extras))),
        )


@dataclass(frozen=True)
class LineTable:
    """Data of an earlier line.

    Attributes:
        rows: JSON-able, each with ``settings`` {factor: number in the declared unit, or category},
            ``given`` {name: number}, ``responses`` {name: [{number, text, unit?}, …]}, ``batch``
            {stage: id}, ``made_at`` (date or UTC time) or None, and ``typed`` {factor or given:
            {text, unit?}} where the file says it in other words than the number shows.
        mapping: how the columns were read, JSON-able.
        sha256: of the file; of the rows where there is no file.
        batches: whether any row names a batch.
        source: file name or other origin.
        notes: what the user should know.
        name: of the line, when the source tells it.
    """

    rows: list[dict[str, Any]]
    mapping: dict[str, Any]
    sha256: str
    batches: bool
    source: str
    notes: list[str] = field(default_factory=list)
    name: str | None = None


def _names(value: object, where: str, findings: Findings) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return tuple(value)
    findings.report(where, "wrong kind of value", repr(value)[:60], 'a list ["name", …]')
    return ()


def _texts(table: Mapping[str, object], where: str, findings: Findings) -> dict[str, str]:
    texts: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, str | int) and not isinstance(value, bool):
            texts[key] = str(value)
        else:
            found = type(value).__name__
            hint = f'Write "{key}" in quotes if it has points.' if isinstance(value, dict) else None
            findings.report(
                f"{where} {key}", "wrong kind of value", found, "a text or number", hint
            )
    return texts


def inputs_said_unknown(spec: Specification, texts: Mapping[str, str]) -> set[str]:
    """Inputs said to be unknown; a category of that name is a category."""
    words = {f.name: f.categories or () for f in spec.factors} | {g.name: () for g in spec.givens}
    return {
        key
        for key, text in texts.items()
        if key in words and text.strip().casefold() == UNKNOWN and text not in words[key]
    }


def extra_columns(
    table: Table, names: Collection[str], matched: Matched, findings: Findings
) -> list[FileColumn]:
    """Columns of numbers that only this line has."""
    used = {column.header: column.target for column in matched.columns.values()}
    columns: list[FileColumn] = []
    for name in names:
        where = f"{table.source} --extra {name}"
        header = meant_column(table, name, where, findings)
        if header is None:
            continue
        if header in used:
            findings.report(where, f"the column holds {used[header]} already")
        elif header not in (column.header for column in columns):
            columns.append(FileColumn(header, header))
    kept = {column.header for column in columns}
    matched.ignored = [header for header in matched.ignored if header not in kept]
    return columns


def check_others(spec: Specification, names: Collection[str], findings: Findings) -> None:
    """Only factors with categories can have other ones."""
    known = [factor.name for factor in spec.factors if factor.is_categorical]
    for name in names:
        if name not in known:
            allowed = ", ".join(known) or "there is none"
            what = "this is no factor with categories"
            hint = suggestion(name, known)
            findings.report(f"--other {name}", what, name, allowed, hint)


def unknown_notes(spec: Specification, line: str, names: Collection[str]) -> list[str]:
    """What is assumed about inputs the line never recorded."""
    notes = []
    for item in spec.inputs:
        if item.name in names:
            categories = item.categories if isinstance(item, Factor) else None
            value = categories[0] if categories else quantity_text(sum(item.bounds) / 2)
            notes.append(
                f"{line} has no {item.name}: taken as unknown but constant on that line;"
                f" --set {item.name}={value} (or what it was) if you know it"
            )
    return notes
