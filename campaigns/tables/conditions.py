"""Conditions on rows: ``series=AS,ASC``, ``gap<10``, ``gap>=5``; all of them must hold."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from designer.campaigns.errors import Findings
from designer.campaigns.tables.columns import Matched, meant_column
from designer.campaigns.tables.headers import find_column
from designer.campaigns.tables.layout import is_location
from designer.campaigns.tables.options import SIGNS
from designer.campaigns.tables.table import Table
from designer.campaigns.values.names import suggestion
from designer.campaigns.values.numbers import number_and_unit, parse_number

_COMPARES: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_NOT = "!="

Test = Callable[[str, float | None], bool]
"""Whether a cell, and the number in it if there is one, fulfils a condition."""


def chosen_rows(
    table: Table, where: Mapping[str, str], matched: Matched, findings: Findings
) -> list[int]:
    """The rows every condition lets through.

    Args:
        table: its decimal mark is decided.
        where: column of the file, or name it is mapped to → condition.
        matched: columns that are read.
        findings: takes unknown columns, wrong conditions, and those that leave no row.
    """
    rows = list(range(len(table.rows)))
    for key, text in where.items():
        place = f"{table.source} --where {condition_word(key, text)}"
        header = find_column(key, table.columns)
        if header is None and key in matched.columns:
            header = matched.columns[key].header
        header = header or meant_column(table, key, place, findings)
        if header is None:
            continue
        cells = table.column(header)
        test = _test(text, set(cells), place, findings)
        left = [row for row in rows if test(cells[row], _amount(table, cells[row]))]
        if rows and not left:
            values = list(dict.fromkeys(cells[row] for row in rows))
            shown = ", ".join(repr(value) for value in values[:12]) + ", …" * (len(values) > 12)
            hint = suggestion(text, values)
            findings.report(place, "no row is left", repr(text), shown, hint)
        rows = left
    return _without_summaries(table, rows, findings)


def _amount(table: Table, cell: str) -> float | None:
    """The number in a cell, perhaps with a unit behind it."""
    behind = number_and_unit(cell)
    return table.number(cell if behind is None else behind[0])


def _without_summaries(table: Table, rows: list[int], findings: Findings) -> list[int]:
    """Refuse rows of means among others; a table that has means alone may be one of means."""
    found = {row: table.summaries[row] for row in rows if row in table.summaries}
    places = {text: header for header, text in found.values() if is_location(text)}
    if found and len(found) == len(rows):
        if len(places) < len({text for _, text in found.values()}):
            words = ", ".join(dict.fromkeys(text for _, text in found.values()))
            hint = None
            for text, header in places.items():
                hint = f"Take one kind alone: --where '{header}={text}'."
            findings.report(table.source, f"all rows sum up others: {words}", hint=hint)
        return rows
    for row, (header, text) in found.items():
        what = f"a row that sums up others ({text!r} in column {header})"
        hint = f"Take it out, or leave it out with --where '{header}!={text}'."
        findings.report(table.where(row), what, hint=hint)
    return [row for row in rows if row not in found]


def _test(text: str, cells: set[str], place: str, findings: Findings) -> Test:
    """What a condition asks of a cell; everything, after noting that it makes no sense."""
    if text in cells and not SIGNS.match(text):  # a value may hold commas
        return lambda cell, _: cell == text
    equal: list[tuple[str, float | None]] = []
    others: list[tuple[str, float | None]] = []
    compared: list[tuple[Callable[[float, float], bool], float]] = []
    for part in (part.strip() for part in text.split(",")):
        sign = SIGNS.match(part)
        value = part[sign.end() :].strip() if sign else part
        number = parse_number(value)
        if sign is None or sign[0] == "=":
            equal.append((value, number))
        elif sign[0] == _NOT:
            others.append((value, number))
        elif number is None:
            findings.report(place, f"a number is missing behind {sign[0]}", repr(value))
            return lambda _cell, _number: True
        else:
            compared.append((_COMPARES[sign[0]], number))

    def same(cell: str, found: float | None, value: str, number: float | None) -> bool:
        return cell == value or (number is not None and found == number)

    def test(cell: str, found: float | None) -> bool:
        return (
            (not equal or any(same(cell, found, *each) for each in equal))
            and not any(same(cell, found, *each) for each in others)
            and all(found is not None and holds(found, end) for holds, end in compared)
        )

    return test


def conditions_text(where: Mapping[str, str]) -> str:
    """Conditions for people: ``series = AS or ASC, gap < 10``."""
    said = []
    for key, text in where.items():
        if SIGNS.match(text):
            parts = [
                SIGNS.sub(lambda sign: f"{sign[0]} ", part, count=1) for part in text.split(",")
            ]
            said.append(f"{key} {' and '.join(parts)}")
        else:
            said.append(f"{key} = {' or '.join(text.split(','))}")
    return ", ".join(said)


def condition_word(key: str, text: str) -> str:
    """A condition as typed behind ``--where``."""
    return f"{key}{text}" if SIGNS.match(text) else f"{key}={text}"
