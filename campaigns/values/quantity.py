"""A quantity as somebody wrote it, and what went wrong where it lies far outside its range."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from designer.campaigns.values.numbers import number_text, parse_number
from designer.campaigns.values.units import COMMON_UNITS, convert, measures

_QUANTITY: Final = re.compile(
    r"(?P<number>[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*(?P<unit>(?<=\s)1(?:\s*/.*)?|/\s*[A-Za-z].*|[^\d\s.,;:±<>=~+\-*/?!_'’|].*)?",
    re.ASCII,
)
"""A number and what may be a unit: none begins with a sign that belongs to numbers.

``31/s`` is 31 of ``1/s``, never 3; a unit ``1`` stands apart.
"""
_TOO_FAR: Final = 10.0
"""Numbers this many times off the range are another unit rather than another line (assumption)."""
_CLEARLY: Final = 1.5
"""Numbers this many times off the range are no small excess: another unit? (assumption)"""
_NEXT_TO_NOTHING: Final = 0.01
"""Share of a range below which a guess of a unit explains nothing (assumption)."""
_USUAL_UNITS: Final = (
    "nm", "um", "mm", "cm", "m", "1", "%", "mg", "g", "kg", "Pa", "kPa", "MPa", "bar",
    "mg/cm^2", "g/m^2", "mm/s", "m/min", "m/s", "s", "min", "h", "N/mm", "kN/m", "mL", "L",
    "mPa*s", "Pa*s", "1/s", "1/min", "rpm",
)  # fmt: skip
_POWERS: Final = (1, -1, 2, -2, 3, -3)


_WITH_COMMA = re.compile(r"[+-]?\d*,\d+(?![\d.,])([eE][+-]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)


def _pointed(text: str) -> str:
    """A text that begins with a number with a decimal comma, with a point; others as they are.

    A comma before three digits may stand for thousands: such a text stays as it is.
    """
    found = _WITH_COMMA.match(text.strip())
    if found is None or _THOUSANDS.fullmatch(found[0]):
        return text
    return found[0].replace(",", ".") + text.strip()[found.end() :]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value as somebody wrote it: a number, perhaps with its unit, or the name of a category.

    Attributes:
        text: as written, without the unit behind it.
        number: the number in it; None when there is none. As written [unit], and after `in_unit`
            in the declared unit.
        unit: the unit told with it; None: the declared unit is meant.
        written: the whole of what was written, where a unit was split off.
        read: the number in the text [unit], where `in_unit` has converted it.
        meant: its unit was told, be it the declared one: it stands as it is, however far off.
    """

    text: str
    number: float | None = None
    unit: str | None = None
    written: str | None = None
    read: float | None = None
    meant: bool = field(default=False, compare=False)

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
        written: str | None = match["unit"] if match else None
        if number is None or written is None:
            return cls(text, number, unit)
        unit = written
        told = f"1{unit}" if unit.startswith("/") else unit
        return cls(text.removesuffix(unit).strip(), number, told, text)

    @classmethod
    def typed(cls, text: str) -> Quantity:
        """Read what a person typed: as `of`, and ``12,5``, whose comma can only be a decimal one.

        ``1,234`` may be meant either way: it is no number, and who asks says so.
        """
        found = cls.of(text)
        if found.number is not None:
            return found
        pointed = cls.of(_pointed(text))
        if pointed.number is None:
            return found
        written = text.strip()
        own = written if pointed.unit is None else written.removesuffix(pointed.written_unit)
        return replace(pointed, text=own.strip(), written=pointed.written and written)

    @property
    def written_unit(self) -> str:
        """The unit as it stands behind the number; empty where there is none."""
        return "" if self.written is None else self.written.removeprefix(self.text).strip()

    @classmethod
    def of_stored(cls, value: Mapping[str, Any]) -> Quantity:
        """Read a value as events keep it: a number in the declared unit, or a category."""
        number, category = value.get("number"), value.get("category")
        text = value.get("text", category if number is None else number)
        return cls(str(text), number, value.get("unit"), category)

    def stored(self) -> dict[str, Any]:
        """A number in the declared unit, or a category, as events keep it beside its text."""
        if self.number is None:
            return {"category": self.category, "text": self.text}
        found = {"number": self.number, "text": self.text}
        return found if self.unit is None else {**found, "unit": self.unit}

    def in_unit(self, declared: str | None) -> Quantity:
        """The same value, its number in the declared unit; text and unit stay as written.

        Raises:
            InputError: the unit cannot be read or converted, or the number is too large for it.
        """
        if self.number is None or self.unit is None or self.unit == declared:
            meant = self.meant or (self.number is not None and self.unit is not None)
            return Quantity(self.text, self.number, None, self.written, meant=meant)
        number = convert(self.number, self.unit, declared or "1")
        return Quantity(self.text, number, self.unit, self.written, self.number, self.meant)

    @property
    def as_written(self) -> Quantity:
        """The value before `in_unit`: its number in the unit it was written in."""
        if self.read is None:
            return self
        return Quantity(self.text, self.read, self.unit, meant=self.meant)

    @property
    def shown(self) -> str:
        """As written, with its unit where that is not the declared one."""
        return self.text if self.unit is None else f"{self.text} {self.unit}"

    @property
    def value(self) -> float:
        """The number, where one was read.

        Raises:
            ValueError: there is none.
        """
        if self.number is None:
            raise ValueError(f"{self.text!r} holds no number")
        return self.number

    @property
    def setting(self) -> float | str:
        """The number, or the name of a category where there is none."""
        return self.category if self.number is None else self.number

    @property
    def category(self) -> str:
        """What was written, taken as the name of a category."""
        return self.written or self.text


def stored_setting(value: Mapping[str, Any]) -> float | str:
    """The setting of a value as events keep it: its number, or the name of a category."""
    number: float | None = value.get("number")  # of most, and a log holds many
    return Quantity.of_stored(value).setting if number is None else number


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


def clearly_off(value: float, low: float, high: float) -> bool:
    """Whether a value is so far outside a range that it may be in another unit."""
    return (high > 0 and value >= _CLEARLY * high) or 0 < value * _CLEARLY <= low


def unit_contradicted(value: float, bare: float, low: float, high: float) -> bool:
    """Whether a unit that was told is probably wrong: far off with it, in the range without.

    Args:
        value: the number converted from that unit.
        bare: the number as written.
        low: least of the range.
        high: greatest of the range.
    """
    return far_off(value, low, high) != 0 and low <= bare <= high


@lru_cache(maxsize=128)
def usual_units(unit: str | None) -> tuple[str, ...]:
    """Usual units that measure what the declared one does, the most usual first.

    Args:
        unit: declared unit.
    """
    declared, names = unit or "1", dict.fromkeys((*_USUAL_UNITS, *COMMON_UNITS))
    return tuple(name for name in names if name != declared and measures(name, declared))


def likely_unit(values: list[float], unit: str | None, low: float, high: float) -> str | None:
    """The usual unit in which these values would lie in the range, or None.

    Not one in which they would be next to nothing there, as any number is in ppm.
    """
    declared, middle = unit or "1", sorted(values)[len(values) // 2]
    least = _NEXT_TO_NOTHING * max(abs(low), abs(high))
    least = min(least, low) if low > 0 else least  # a range over decades begins next to nothing
    best: str | None = None
    for other in usual_units(unit):
        there = convert(middle, other, declared)
        if low <= there <= high and abs(there) >= least:
            if all(low <= convert(value, other, declared) <= high for value in values):
                return other
            best = best or other
    return best


def meaning(values: Sequence[float], meant: str, unit: str | None) -> str:
    """What numbers are in another unit than was taken, for ``looks like …``.

    Args:
        values: the numbers.
        meant: unit they seem to be in.
        unit: declared unit.

    Returns:
        ``mm (0.1 mm is 100 um)``, ``a fraction (0.02 to 0.05 is 2 to 5 %)``.
    """
    declared, ends = unit or "1", dict.fromkeys((min(values), max(values)))
    there = " to ".join(number_text(float(f"{value:.4g}")) for value in ends)
    here = " to ".join(
        number_text(float(f"{convert(value, meant, declared):.4g}")) for value in ends
    )
    told = {"1": "a fraction", "%": "a percentage"}.get(meant, meant)
    return f"{told} ({_with_unit(there, meant)} is {_with_unit(here, declared)})"


def _with_unit(number: str, unit: str) -> str:
    return number if unit == "1" else f"{number} {unit}"


def excess_hint(value: float, low: float, high: float, unit: str | None) -> str | None:
    """As `slip_hint`, where a value is no small excess of its range."""
    return slip_hint(value, low, high, unit) if clearly_off(value, low, high) else None


def slip_hint(value: float, low: float, high: float, unit: str | None) -> str | None:
    """Say which slip would bring a value into its range.

    Args:
        value: the number found, taken in `unit`.
        low: least acceptable number [unit].
        high: greatest acceptable number [unit].
        unit: declared unit.

    Returns:
        ``looks like mm (0.1 mm is 100 um)`` or ``looks 100× too small``; None when no such slip
        explains it.
    """
    if low <= value <= high or value == 0:
        return None
    meant = likely_unit([value], unit, low, high)
    if meant is not None:
        return f"looks like {meaning([value], meant, unit)}"
    for power in _POWERS:
        if low <= value * 10.0**power <= high:
            size = "small" if power > 0 else "large"
            return f"looks {10 ** abs(power)}× too {size}"
    return None
