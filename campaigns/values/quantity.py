"""A quantity as somebody wrote it, and what went wrong where it lies far outside its range."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from designer.campaigns.errors import InputError
from designer.campaigns.values.numbers import number_text, parse_number
from designer.campaigns.values.units import convert

_QUANTITY: Final = re.compile(
    r"(?P<number>[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*(?P<unit>\D.*)?", re.ASCII
)
_TOO_FAR: Final = 10.0
"""Numbers this many times off the range are another unit rather than another line (assumption)."""
_USUAL_UNITS: Final = (
    "nm", "um", "mm", "cm", "m", "1", "%", "mg", "g", "kg", "Pa", "kPa", "MPa", "bar",
    "mg/cm^2", "g/m^2", "mm/s", "m/min", "m/s", "s", "min", "h", "N/mm", "kN/m", "mL", "L",
    "mPa*s", "Pa*s", "1/s", "1/min", "rpm",
)  # fmt: skip
_POWERS: Final = (1, -1, 2, -2, 3, -3)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value as somebody wrote it: a number, perhaps with its unit, or the name of a category.

    Attributes:
        text: as written, without the unit behind it.
        number: the number in it [unit]; None when there is none.
        unit: the unit told with it; None: the declared unit is meant.
        written: the whole of what was written, where a unit was split off.
    """

    text: str
    number: float | None = None
    unit: str | None = None
    written: str | None = None

    @classmethod
    def of(cls, value: str | float, unit: str | None = None) -> Quantity:
        """Read ``31.2``, ``31.2 %``, ``0.12mm``, ``PVDF-A`` or a number.

        Args:
            value: as written.
            unit: told elsewhere, such as in the header of a column.
        """
        if not isinstance(value, str):
            return cls(number_text(value), float(value), unit)
        text = value.strip()
        number = parse_number(text)
        if number is not None:
            return cls(text, number, unit)
        match = _QUANTITY.fullmatch(text)
        number = parse_number(match["number"]) if match else None
        if match is None or number is None or match["unit"] is None:
            return cls(text, number, unit)
        return cls(text.removesuffix(match["unit"]).strip(), number, match["unit"], text)

    @property
    def category(self) -> str:
        """What was written, taken as the name of a category."""
        return self.written or self.text


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


def slip_hint(value: float, low: float, high: float, unit: str | None) -> str | None:
    """Say which slip would bring a value into its range.

    Args:
        value: the number found, taken in `unit`.
        low: least acceptable number [unit].
        high: greatest acceptable number [unit].
        unit: declared unit.

    Returns:
        ``looks like mm`` or ``looks 100× too small``; None when no such slip explains it.
    """
    if low <= value <= high or value == 0:
        return None
    meant = likely_unit([value], unit, low, high)
    if meant is not None:
        return "looks like a share of 1" if meant == "1" else f"looks like {meant}"
    for power in _POWERS:
        if low <= value * 10.0**power <= high:
            size = "small" if power > 0 else "large"
            return f"looks {10 ** abs(power)}× too {size}"
    return None
