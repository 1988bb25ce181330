"""How the columns of somebody's file become factors, givens and responses of a campaign."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from designer.campaigns.errors import InputError, Problem
from designer.campaigns.findings import Findings
from designer.campaigns.tables.column_names import hint_for
from designer.campaigns.tables.files import MEGABYTE, read_regular_file

IGNORED = "-"
"""Target of a column that is to be left out although it looks like an expected one."""

UNKNOWN = "unknown"
"""Value of an input that a line never recorded."""

_TABLES = ("map", "set", "unit", "where")
_LISTS = ("other", "extra")


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
            raise InputError(Problem(source, f"this is no valid TOML: {error}")) from None
        findings = Findings()
        tables: dict[str, dict[str, str]] = {name: {} for name in _TABLES}
        lists: dict[str, tuple[str, ...]] = dict.fromkeys(_LISTS, ())
        for key, table in parsed.items():
            if key in lists:
                lists[key] = _names(table, f"{source} {key}", findings)
            elif key not in tables:
                hint = hint_for(key, (*_TABLES, *_LISTS))
                allowed = ", ".join(f"[{name}]" for name in _TABLES)
                allowed += "".join(f", {name} = [names]" for name in _LISTS)
                findings.add(Problem(source, "unknown table", key, allowed, hint))
            elif not isinstance(table, dict):
                findings.add(Problem(f"{source} {key}", "this is not a table", allowed=f"[{key}]"))
            else:
                tables[key] = _texts(table, f"{source} [{key}]", findings)
        findings.raise_if_any()
        return LineMapping(
            tables["map"],
            tables["set"],
            tables["unit"],
            tables["where"],
            lists["other"],
            lists["extra"],
        )

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
            raise InputError(Problem(path.name, "this is not UTF-8 text")) from None
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


def _names(value: object, where: str, findings: Findings) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return tuple(value)
    findings.add(Problem(where, "wrong kind of value", repr(value)[:60], 'a list ["name", …]'))
    return ()


def _texts(table: Mapping[str, object], where: str, findings: Findings) -> dict[str, str]:
    texts: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, str | int) and not isinstance(value, bool):
            texts[key] = str(value)
        else:
            found = type(value).__name__
            hint = f'Write "{key}" in quotes if it has points.' if isinstance(value, dict) else None
            findings.add(
                Problem(f"{where} {key}", "wrong kind of value", found, "a text or number", hint)
            )
    return texts
