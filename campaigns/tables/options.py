"""What somebody says about a table that comes in: columns, units, constants, rows, sheet, header.

The same wherever a file comes in: as options of the command line, as a mapping file, in Python.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Literal, Self

from designer.campaigns.errors import Findings, InputError
from designer.campaigns.files import MEGABYTE, File, as_file, read_regular_file
from designer.campaigns.values.names import suggestion

SIGNS = re.compile(r"<=|>=|!=|<|>|=")
"""Between column and value of a condition."""

DecimalWord = Literal["comma", "point"]


@dataclass(frozen=True)
class TableOptions:
    """What a person says about a file.

    Attributes:
        columns: column of the file → expected name, or ``-`` for a column to leave out.
        constants: factor or given → value in every row, a unit may follow (``0.2 mm``), or
            ``unknown``: never recorded, but constant.
        units: column of the file or name → unit its numbers have.
        where: column of the file or name → condition (``AS``, ``AS,ASC``, ``<10``, ``>=5,<10``);
            only such rows are taken.
        sheet: name of the sheet of a workbook.
        header: number of the row (line of a text file) that holds the names of the columns.
        decimal: decimal mark of the numbers, where the file leaves it open.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None
    header: int | None = None
    decimal: DecimalWord | None = None

    TABLES: ClassVar[Mapping[str, str]] = {
        "map": "columns",
        "set": "constants",
        "unit": "units",
        "where": "where",
    }
    """Table of a mapping file → attribute."""
    LISTS: ClassVar[Mapping[str, str]] = {}
    """Key of a mapping file that holds a list of names → attribute."""
    SINGLE: ClassVar[tuple[str, ...]] = ("sheet", "header", "decimal")
    """Keys of a mapping file that hold one value."""

    @classmethod
    def from_toml(cls, text: str, source: str = "mapping") -> Self:
        """Read [map], [set], [unit], [where] (texts or numbers), `sheet`, `header`, `decimal`.

        Raises:
            InputError: no TOML, an unknown table, or values of the wrong kind.
        """
        try:
            # Numbers stay the text they were typed as.
            parsed = tomllib.loads(text, parse_float=str)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise InputError.at(source, f"this is no valid TOML: {error}") from None
        findings = Findings()
        said: dict[str, Any] = {}
        for key, value in parsed.items():
            where = f"{source} {key}"
            if key in cls.LISTS:
                said[cls.LISTS[key]] = _names(value, where, findings)
            elif key in cls.SINGLE:
                said[key] = _single(key, value, where, findings)
            elif key not in cls.TABLES:
                hint = suggestion(key, (*cls.TABLES, *cls.LISTS, *cls.SINGLE))
                allowed = ", ".join(f"[{name}]" for name in cls.TABLES)
                allowed += "".join(f", {name} = [names]" for name in cls.LISTS)
                allowed += "".join(f", {name} =" for name in cls.SINGLE)
                findings.report(source, "unknown table", key, allowed, hint)
            elif not isinstance(value, dict):
                findings.report(where, "this is not a table", allowed=f"[{key}]")
            else:
                said[cls.TABLES[key]] = _texts(value, f"{source} [{key}]", findings)
        findings.raise_if_any()
        return cls(**said)

    @classmethod
    def from_file(cls, path: str | File) -> Self:
        """Read a mapping file.

        Raises:
            InputError: as `from_toml`, or not readable as UTF-8.
        """
        path = as_file(path)
        try:
            text = read_regular_file(path, limit=MEGABYTE).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InputError.at(path.name, "this is not UTF-8 text") from None
        return cls.from_toml(text, path.name)

    def merged(self, over: Self) -> Self:
        """These options with everything the other ones say on top (the command line wins)."""
        both: dict[str, Any] = {}
        for option in fields(self):
            mine, other = getattr(self, option.name), getattr(over, option.name)
            if isinstance(mine, Mapping):
                both[option.name] = {**mine, **other}
            elif option.name in self.LISTS.values():
                both[option.name] = tuple(dict.fromkeys((*mine, *other)))
            else:
                both[option.name] = mine if other is None else other
        return replace(self, **both)


def _names(value: object, where: str, findings: Findings) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return tuple(value)
    findings.report(where, "wrong kind of value", repr(value)[:60], 'a list ["name", …]')
    return ()


def _single(key: str, value: object, where: str, findings: Findings) -> object:
    if key == "header":
        right = isinstance(value, int) and not isinstance(value, bool) and value >= 1
        allowed = "the number of a row, from 1"
    elif key == "decimal":
        right, allowed = value in ("comma", "point"), '"comma" or "point"'
    else:
        right, allowed = isinstance(value, str) and bool(value), '"name of a sheet"'
    if not right:
        findings.report(where, "wrong kind of value", repr(value)[:60], allowed)
        return None
    return value


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


def split_condition(text: str) -> tuple[str, str, str]:
    """Column, sign (blank when there is none) and condition: ``("gap", "<", "<10")``.

    The condition of an equation is the values alone, that of a comparison begins with its sign.
    """
    sign = SIGNS.search(text)
    if sign is None:
        return text, "", ""
    value = text[sign.end() :].strip()
    if sign[0] != "=":
        value = value and sign[0] + value
    return text[: sign.start()], sign[0], value


def both_conditions(first: str, second: str) -> str:
    """Two conditions on one column as one: comparisons hold together, of values any."""
    return f"{first},{second}"
