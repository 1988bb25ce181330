"""Units: is this one, and how many of that one is it? pint behind a strict little grammar.

pint is imported at the first unit that is not in the table of common ones (0.4 s). The grammar
(``mg/cm^2``, ``g cm-3``, ``kN/(m s)``, ``wt%``, ``1/s``, ``cm2``) splits a unit into names and
exponents without evaluating anything, and pint is asked about single names only, so a hostile
"unit" such as ``9**9**9`` never reaches its evaluator. Conversions run in decimals: 0.07 mm are
exactly 70 um.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from designer.campaigns.errors import InputError, Problem
from designer.campaigns.values.names import nearest
from designer.campaigns.values.numbers import exact, number_text

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
    if unit in COMMON_UNITS:
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
        quantity = registry.Quantity(exact(value), start).to(end)
        result = float(quantity.magnitude)
    except (pint.errors.PintError, ArithmeticError, InvalidOperation, TypeError) as error:
        found = f"{number_text(value)} {from_unit}"
        what = f"'{from_unit}' cannot be converted to '{to_unit}'"
        raise InputError.at("", what, found, f"a unit like {to_unit}") from error
    if not math.isfinite(result):
        raise InputError.at("", "too large", f"{number_text(value)} {from_unit} in {to_unit}")
    return result


def measures(unit: str | None, like: str) -> bool:
    """Whether a unit measures what another one does: both can be read and converted."""
    if unit is None:
        return False
    try:
        convert(1.0, unit, like)
    except InputError:
        return False
    return True


def same_unit(first: str | None, second: str | None) -> bool:
    """Whether two declared units are the same one (``wt%`` and ``%``, ``cm2`` and ``cm^2``)."""
    one, other = first or "1", second or "1"
    if one == other:
        return True
    if check_unit(one) is not None or check_unit(other) is not None:
        return False
    return bool(_scale(one) == _scale(other))


def is_share(unit: str | None) -> bool:
    """Whether the unit is a percentage (``%``, ``wt%``, ``vol%``, ``mol%``)."""
    return unit in ("%", "wt%", "vol%", "mol%", "percent")


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


MOST_CHARACTERS: Final = 40
"""Longest unit (assumption)."""

_LETTER: Final = "A-Za-zµμΩ°Å_"
_WORDS: Final = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<share>(?:wt|vol|mol)?%)"
    r"|(?P<power>(?:\^|\*\*)\s*(?:\(\s*[-+]?[0-9](?:\.[0-9])?\s*\)|[-+]?[0-9](?:\.[0-9])?))"
    r"|(?P<small>⁻?[¹²³])"
    r"|(?P<operator>[*/·])"
    r"|(?P<bracket>[()])"
    r"|(?P<one>1(?![0-9.]))"
    rf"|(?P<name>[{_LETTER}]+(?:[0-9]+[{_LETTER}]+)*)(?P<tail>-?[0-9](?![0-9.]))?"
    r"|(?P<wrong>.)"
)
_SMALL: Final = str.maketrans("⁻¹²³", "-123")


def parse_unit(unit: str) -> tuple[tuple[str, float], ...]:
    """Splits a unit into names and exponents, products and quotients from left to right.

    Args:
        unit: e.g. ``mg/cm2``.

    Returns:
        E.g. ``(("mg", 1), ("cm", -2))``; empty for ``1``. Percentages are named ``percent``.

    Raises:
        ValueError: it cannot be read; the message is one clause for people.
    """
    if not unit.strip():
        raise ValueError("is empty")
    if len(unit) > MOST_CHARACTERS:
        raise ValueError(f"has {len(unit)} characters; at most {MOST_CHARACTERS} are allowed")
    text = re.sub(r"\bper\b", "/", unit)
    words = [word for word in _WORDS.finditer(text) if word.lastgroup != "space"][::-1]
    powers = _product(words)
    if words:
        raise _unreadable(words[-1])
    return tuple(powers)


def _product(words: list[re.Match[str]]) -> list[tuple[str, float]]:
    """Term (('*' | '/' | blank) term)*, from the end of the list."""
    powers = _term(words)
    while words and words[-1].group() != ")":
        divide = words[-1].group() == "/"
        if words[-1]["operator"]:
            words.pop()
        powers += [(name, -power if divide else power) for name, power in _term(words)]
    return powers


def _term(words: list[re.Match[str]]) -> list[tuple[str, float]]:
    if not words:
        raise ValueError("cannot be read: it ends too early")
    word = words.pop()
    if word["name"]:
        powers = [(word["name"], float(word["tail"] or 1))]
    elif word["share"] or word["one"]:
        powers = [("percent", 1.0)] if word["share"] else []
    elif word.group() == "(":
        powers = _product(words)
        if not words:
            raise ValueError("cannot be read: a bracket is not closed")
        words.pop()
    else:
        raise _unreadable(word)
    if word["tail"] or not words or words[-1].lastgroup not in ("power", "small"):
        return powers
    exponent = float(re.sub(r"[\^*()\s]", "", words.pop().group().translate(_SMALL)))
    return [(name, power * exponent) for name, power in powers]


def _unreadable(word: re.Match[str]) -> ValueError:
    return ValueError(f"cannot be read at {word.string[word.start() :]!r}")
