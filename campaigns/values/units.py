"""Units: is this one, and how many of that one is it? pint behind a strict little grammar.

Units of the names in `common_scales` need no pint, which takes 0.4 s to load; all others are split
into single names by the grammar, and pint is asked about those alone. Conversions run in decimals:
0.07 mm are exactly 70 um.
"""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from designer.campaigns.errors import InputError, Problem
from designer.campaigns.values.common_scales import common_scale, is_elsewhere
from designer.campaigns.values.names import nearest
from designer.campaigns.values.numbers import exact, number_text
from designer.campaigns.values.unit_grammar import parse_unit

if TYPE_CHECKING:
    import pint


COMMON_UNITS: Final = (
    *("1", "%", "wt%", "vol%", "mol%", "ppm"),
    *("nm", "um", "µm", "mm", "cm", "m", "mg", "g", "kg", "ug", "s", "min", "h", "d"),
    *("mg/cm^2", "mg/cm2", "g/m^2", "g/m2", "gsm", "g/cm^3", "g/cm3", "m^2/g"),
    *("mL", "L", "g/L", "L/min", "mL/min", "g/min", "kg/h", "m/s", "m/min", "mm/s"),
    *("Pa", "kPa", "MPa", "GPa", "bar", "N", "kN", "N/m", "N/mm", "kN/m", "Pa*s", "mPa*s"),
    *("rpm", "1/s", "1/min", "Hz", "degC", "°C", "K", "W", "kW", "V", "mV", "A", "mA"),
    *("Ah", "mAh", "mAh/g", "mAh/cm^2", "mAh/cm2", "Wh", "Wh/kg", "A/cm^2", "mA/cm^2"),
    *("ohm", "mohm", "kohm", "Mohm", "S/m", "S/cm", "mS/m", "mS/cm", "uS/cm"),
    *("mN", "N/cm", "uV", "uA", "mW", "kg/m^3", "g/cm^2", "kg/m^2", "mg/L", "mol/L", "mmol/L"),
    "umol/L",
)
"""Units known to be readable, checked against pint by a test; a short cut without importing it.

In order, so that of equally near ones the first is the guess for a misspelt one.
"""


@lru_cache(maxsize=1024)
def check_unit(unit: str) -> str | None:
    """Says why a unit cannot be read.

    Args:
        unit: as declared, e.g. ``mg/cm^2``, ``wt%``, ``gsm``, ``cm2``, ``1``.

    Returns:
        What is wrong, one clause, or None when it can be read.
    """
    if unit in COMMON_UNITS or common_scale(unit) is not None:
        return None
    try:
        _parsed(unit)
    except ValueError as error:
        return str(error)
    return None


def convert(value: float, from_unit: str, to_unit: str) -> float:
    """Converts a value between units, exactly in decimals, then to the nearest float64.

    Args:
        value: finite number [from_unit].
        from_unit: unit it is in.
        to_unit: unit wanted.

    Returns:
        The value [to_unit]. ``%``, ``wt%``, ``vol%`` and ``mol%`` are the same unit: 1/100.

    Raises:
        InputError: a unit cannot be read, or the two do not measure the same thing.
    """
    if from_unit == to_unit:
        return value
    from_unit, to_unit = _of_temperature(from_unit, to_unit), _of_temperature(to_unit, from_unit)
    one, other = common_scale(from_unit), common_scale(to_unit)
    if one is not None and other is not None and one.dimension == other.dimension:
        return _finite(float(exact(value) * one.factor / other.factor), value, from_unit, to_unit)
    problems = [
        Problem("", f"unit {what}", found=f"'{unit}'")
        for unit in (from_unit, to_unit)
        if (what := check_unit(unit)) is not None
    ]
    if problems:
        raise InputError(problems)
    import pint

    registry = _registry()
    try:
        start, end = (_scale(unit) for unit in (from_unit, to_unit))
        quantity = _turned(registry.Quantity(exact(value), start), end).to(end)
        result = float(quantity.magnitude)
    except (pint.errors.PintError, ArithmeticError, InvalidOperation, TypeError) as error:
        found = f"{number_text(value)} {from_unit}"
        what = f"'{from_unit}' cannot be converted to '{to_unit}'"
        raise InputError.at("", what, found, f"a unit like {to_unit}") from error
    return _finite(result, value, from_unit, to_unit)


def _turned(quantity: Any, end: Any) -> Any:  # noqa: ANN401 - pint's classes are made per registry
    """An angle in a rate as turns, or the other way round, where the wanted unit has them so.

    pint counts radians as 1, and so would take 1 rad/s for a turn a second.

    Raises:
        ArithmeticError: one is an angle, the other a bare number.
    """
    both = (quantity, _registry().Quantity(Decimal(1), end))
    units: list[dict[str, Any]] = [dict(each.to_base_units().unit_items()) for each in both]
    here, there = (int(each.pop("radian", 0)) for each in units)
    if here == there:
        return quantity
    if not all(units):
        raise ArithmeticError
    return quantity / Decimal(2 * math.pi) ** (here - there)


def _finite(result: float, value: float, from_unit: str, to_unit: str) -> float:
    if not math.isfinite(result):
        raise InputError.at("", "too large", f"{number_text(value)} {from_unit} in {to_unit}")
    return result


def measures(unit: str | None, like: str) -> bool:
    """Whether a unit measures what another one does: both can be read and converted."""
    if unit is None:
        return False
    one, other = common_scale(unit), common_scale(like)
    if one is not None and other is not None:
        return one.dimension == other.dimension
    known = one or other
    if known is not None and (is_elsewhere(unit) or is_elsewhere(like)):
        return False
    try:
        convert(1.0, unit, like)
    except InputError:
        return False
    return True


def same_unit(first: str | None, second: str | None) -> bool:
    """Whether two declared units are the same one (``wt%`` and ``%``, ``cm2`` and ``cm^2``)."""
    one, other = first or "1", second or "1"
    one, other = _of_temperature(one, other), _of_temperature(other, one)
    if one == other:
        return True
    here, there = common_scale(one), common_scale(other)
    if here is not None and there is not None:
        return here == there
    if check_unit(one) is not None or check_unit(other) is not None:
        return False
    return bool(_scale(one) == _scale(other))


def is_share(unit: str | None) -> bool:
    """Whether the unit is a percentage (``%``, ``wt%``, ``Vol.-%``)."""
    try:
        return unit is not None and parse_unit(unit) == (("percent", 1.0),)
    except ValueError:
        return False


def _of_temperature(unit: str, beside: str) -> str:
    """``C`` beside a temperature is no coulomb."""
    is_temperature = beside.replace(" ", "") in ("degC", "°C", "degF", "°F", "K")
    return f"deg{unit}" if unit in ("C", "F") and is_temperature else unit


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[Any]:
    import pint

    decimals: Any = Decimal  # pint's annotation says float only
    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(non_int_type=decimals)
    registry.define("gsm = gram / meter ** 2")
    return registry


def _scale(unit: str) -> Any:  # noqa: ANN401 - pint's unit classes are made per registry
    """The pint unit; a temperature inside a compound (degC/min) is a difference."""
    words = _parsed(unit)
    registry = _registry()
    compound = len(words) > 1 or any(power != 1 for _, power in words)
    result = registry.dimensionless
    for name, power in words:
        single = registry.parse_units(name)
        if compound and str(single) in ("degree_Celsius", "degree_Fahrenheit"):
            single = registry.parse_units(f"delta_{single}")
        result *= single ** (int(power) if power == int(power) else power)
    return result


@lru_cache(maxsize=1024)
def _parsed(unit: str) -> tuple[tuple[str, float], ...]:
    """Names and exponents, each name known to pint: ``mg/cm2`` → (("mg", 1), ("cm", -2)).

    Raises:
        ValueError: it cannot be read; the message is one clause for people.
    """
    import pint

    registry = _registry()
    powers = parse_unit(unit)
    for name, _ in powers:
        try:
            registry.parse_units(name)
        except (pint.errors.PintError, ValueError, ArithmeticError) as error:
            guess = nearest(name, COMMON_UNITS)
            hint = "" if guess is None else f"; did you mean '{guess}'?"
            raise ValueError(f"cannot be read: '{name}' is no known unit{hint}") from error
    return powers


def not_convertible(unit: str, declared: str | None) -> str | None:
    """Why the unit behind a number cannot be that of its column; None when it can."""
    if check_unit(unit) is not None:
        return f"{unit!r} behind the number is no unit"
    if unit == declared or measures(unit, declared or "1"):
        return None
    return f"{unit} cannot be converted to {declared or 'a number without unit'}"
