"""The rows of an earlier line, ready to be remembered, and the ways a cell becomes a value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from designer.campaigns.errors import InputError, Problem
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.values.numbers import number_text, parse_number
from designer.campaigns.values.units import check_unit, convert

_QUANTITY = re.compile(r"(?P<number>[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*(?P<unit>\D.*)?", re.ASCII)
_TOO_FAR = 10.0
"""Numbers this many times off the range are another unit rather than another line (assumption)."""
_USUAL_UNITS = (
    "nm", "um", "mm", "cm", "m", "1", "%", "mg", "g", "kg", "Pa", "kPa", "MPa", "bar",
    "mg/cm^2", "g/m^2", "mm/s", "m/min", "m/s", "s", "min", "h", "N/mm", "kN/m", "mL", "L",
    "mPa*s", "Pa*s", "1/s", "1/min", "rpm",
)  # fmt: skip


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


def quantity(text: str) -> tuple[float, str | None] | None:
    """Number and unit of ``0.2 mm``; None when it is no number."""
    match = _QUANTITY.fullmatch(text.strip())
    number = parse_number(match["number"]) if match else None
    if match is None or number is None:
        return None
    return number, match["unit"]


def constant(
    item: Factor | Given, text: str, where: str
) -> tuple[float | str | None, list[Problem]]:
    """The value of a factor or given as typed by a person, a unit may follow the number."""
    if isinstance(item, Factor) and item.is_categorical:
        problems = item.problems_with(text, where, on_grid=False)
        return (None if problems else text), problems
    found = quantity(text)
    if found is None:
        return None, [Problem(where, "this is not a number", repr(text), item.allowed)]
    number, unit = found
    if unit is not None:
        what = check_unit(unit)
        if what is not None:
            return None, [Problem(where, f"the unit {what}", repr(text))]
        try:
            number = convert(number, unit, item.unit or "1")
        except InputError as error:
            return None, [Problem(where, problem.what, repr(text)) for problem in error.problems]
    return number, item.problems_with(number, where, on_grid=False)


def far_off(value: float, low: float, high: float) -> int:
    """-1 when a value is ten times or more below a range, 1 when above, else 0."""
    if value == 0:
        return 0
    reach = max(abs(low), abs(high))
    if reach > 0 and abs(value) >= _TOO_FAR * reach:
        return 1 if value > 0 else -1
    if low > 0 and 0 < value * _TOO_FAR <= low:
        return -1
    return 0


def likely_unit(values: list[float], unit: str | None, low: float, high: float) -> str | None:
    """The usual unit in which these values would lie in the range, or None."""
    middle = sorted(values)[len(values) // 2]
    best: tuple[bool, str] | None = None
    for other in _USUAL_UNITS:
        shift = _converter(other, unit or "1")
        if shift is None or other == (unit or "1"):
            continue
        if low <= shift(middle) <= high:
            inside = all(low <= shift(value) <= high for value in values)
            if best is None or (inside and not best[0]):
                best = (inside, other)
    return best[1] if best else None


def _converter(from_unit: str, to_unit: str) -> Callable[[float], float] | None:
    try:
        convert(1.0, from_unit, to_unit)
    except InputError:
        return None
    return lambda value: convert(value, from_unit, to_unit)


def unit_problem(where: str, item: Factor | Given, values: list[float], name: str) -> Problem:
    """Say that a whole column is in another unit."""
    low, high = item.bounds
    ends = f"{number_text(min(values))} to {number_text(max(values))}"
    guess = likely_unit(values, item.unit, low, high)
    looks = f"looks like {guess}" if guess else "looks like another unit"
    hint = f"Say the unit with --unit '{name}={guess or 'UNIT'}', or with --unit '{name}="
    hint += f"{item.unit or '1'}' that the numbers are right."
    what = f"all values are ten times or more off the range of {item.name}: {looks}"
    return Problem(where, what, ends, item.allowed, hint)
