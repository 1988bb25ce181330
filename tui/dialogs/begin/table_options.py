"""What is said about a table that comes in: the same options as on the command line."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from designer.campaigns.errors import Findings
from designer.campaigns.tables.options import TableOptions, both_conditions, split_condition
from designer.tui.dialogs.computing import BLANKS, pairs_in
from designer.tui.dialogs.form import Ask, Values

Options = TypeVar("Options", bound=TableOptions)

_PAIRS: Final = {
    "map": ("columns", "Columns --map", "'Gap [mm]=coating_gap' … ; Remark=- leaves it out"),
    "unit": ("units", "Units --unit", "'Gap [mm]=mm' …"),
    "set": ("constants", "All rows --set", "binder=PVDF-A … ; humidity=unknown"),
    "where": ("where", "Only rows --where", "machine=AS,ASC 'gap<200' …"),
}
_DECIMALS: Final = (("as the file says", "file"), ("comma", "comma"), ("point", "point"))


def table_asks(last: Mapping[str, str]) -> list[Ask]:
    """The values that are asked for."""
    told = last.get
    return [
        *(
            Ask(name, label, told(name, ""), placeholder)
            for name, (_, label, placeholder) in _PAIRS.items()
        ),
        Ask("sheet", "Sheet --sheet", told("sheet", ""), "the one with the columns"),
        Ask("header", "Names in row --header", told("header", ""), "it is found"),
        Ask("decimal", "Mark --decimal", told("decimal", "file"), options=_DECIMALS),
        Ask("mapping", "File --mapping", told("mapping", ""), "the same in a .toml", path=True),
    ]


def table_words(values: Values) -> list[str]:
    """The same as words of the command line."""
    words = []
    for name in _PAIRS:
        if values.get(name):
            words += [f"--{name}", *pairs_in(values[name], BLANKS)]
    for name in ("sheet", "header", "mapping"):
        words += [f"--{name}", values[name]] if values.get(name) else []
    decimal = values.get("decimal", "file")
    return words + (["--decimal", decimal] if decimal not in ("", "file") else [])


def values_of_words(text: str, findings: Findings) -> Values:
    """What is said in words of the command line, ``--map Dicke=foil --unit Dicke=mm``."""
    found: dict[str, list[str]] = {}
    known = (*_PAIRS, "sheet", "header", "decimal", "mapping")
    name = ""
    for word in pairs_in(text, BLANKS):
        if word.startswith("--") and word[2:] in known:
            name = word[2:]
        elif not name or word.startswith("--"):
            allowed = ", ".join(f"--{each}" for each in known)
            findings.report("of that table", "is no option of a table", word, allowed)
        else:
            found.setdefault(name, []).append(shlex.quote(word) if name in _PAIRS else word)
    return {name: " ".join(words) for name, words in found.items()}


def read_table_options(
    values: Values, kind: type[Options], findings: Findings, **lists: list[str]
) -> Options:
    """What was said; adds to `findings`.

    Args:
        values: what was typed.
        kind: of the options.
        findings: everything that is wrong.
        lists: options that are lists of names.

    Raises:
        InputError: the mapping file cannot be read.
    """
    pairs = {
        attribute: _pairs(name, label, values.get(name, ""), findings)
        for name, (attribute, label, _) in _PAIRS.items()
    }
    header = values.get("header", "")
    if header and not (header.isascii() and header.isdigit() and int(header) >= 1):
        findings.report("--header", "is none", header, "a number from 1")
        header = ""
    decimal = values.get("decimal", "file")
    more: dict[str, Any] = {**pairs, **lists}
    options = kind(
        sheet=values.get("sheet") or None,
        header=int(header) if header else None,
        decimal="comma" if decimal == "comma" else "point" if decimal == "point" else None,
        **more,
    )
    if not values.get("mapping"):
        return options
    return kind.from_file(Path(values["mapping"]).expanduser()).merged(options)


def _pairs(name: str, label: str, text: str, findings: Findings) -> dict[str, str]:
    found: dict[str, str] = {}
    for token in pairs_in(text, BLANKS):
        if name == "where":
            left, sign, right = split_condition(token)
        elif name == "set":
            left, sign, right = token.partition("=")
        else:  # the name of a column may hold an equals sign
            left, sign, right = token.rpartition("=")
        left, right = left.strip(), right.strip()
        if not (left and sign and (right or name == "where")):
            hint = "Put names with blanks in quotes: 'Gap [mm]=coating_gap'"
            findings.report(label, "is no pair", token, "column=name", hint)
        elif left in found and name == "where":
            found[left] = both_conditions(found[left], right)
        elif left in found:
            findings.report(label, f"{left} is given twice", f"{found[left]} and {right}")
        else:
            found[left] = right
    return found
