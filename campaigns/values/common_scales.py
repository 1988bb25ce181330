"""Sizes of the units that pilot lines use, so that ordinary files need no pint (0.4 s).

Names are taken apart by the grammar as for pint; the table is checked against it by a test.
Temperatures are left to pint, because their scales have other zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from designer.campaigns.values.unit_grammar import parse_unit

_BASES: Final = ("kg", "m", "s", "A", "mol")
_NAMES: Final[dict[str, tuple[str, str]]] = {
    "percent": ("0.01", ""),
    "ppm": ("1e-6", ""),
    "g": ("1e-3", "kg"),
    "m": ("1", "m"),
    "s": ("1", "s"),
    "min": ("60", "s"),
    "h": ("3600", "s"),
    "d": ("86400", "s"),
    "L": ("1e-3", "m^3"),
    "mol": ("1", "mol"),
    "N": ("1", "kg m s^-2"),
    "Pa": ("1", "kg m^-1 s^-2"),
    "bar": ("1e5", "kg m^-1 s^-2"),
    "W": ("1", "kg m^2 s^-3"),
    "Wh": ("3600", "kg m^2 s^-2"),
    "A": ("1", "A"),
    "Ah": ("3600", "A s"),
    "V": ("1", "kg m^2 s^-3 A^-1"),
    "ohm": ("1", "kg m^2 s^-3 A^-2"),
    "S": ("1", "kg^-1 m^-2 s^3 A^2"),
    "Hz": ("1", "s^-1"),
    "gsm": ("1e-3", "kg m^-2"),
}
"""Name → size and dimension in SI units."""
_PREFIXES: Final = {"n": "1e-9", "u": "1e-6", "µ": "1e-6", "m": "1e-3", "c": "1e-2", "k": "1e3"}
_PREFIXED: Final = {
    "g": "numµuk", "m": "nµumck", "L": "mµu", "N": "mk", "Pa": "mk", "W": "mk", "V": "mu",
    "A": "mu", "Ah": "m", "ohm": "mk", "S": "mu", "mol": "mu", "s": "m", "Wh": "k",
}  # fmt: skip
"""Name → its usual prefixes."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit in SI units: its size, and the exponents of kilogram, metre, second, ampere, mole."""

    factor: Decimal
    dimension: tuple[int, ...]


def is_elsewhere(unit: str) -> bool:
    """Whether a usual unit that is not in the table measures something else for certain."""
    return unit in ("degC", "°C", "K")  # nothing in the table has to do with temperatures


def _dimension(text: str) -> tuple[int, ...]:
    powers = {name: int(power) for name, power in parse_unit(text)} if text else {}
    return tuple(powers.get(base, 0) for base in _BASES)


def _table() -> dict[str, Scale]:
    table = {n: Scale(Decimal(size), _dimension(text)) for n, (size, text) in _NAMES.items()}
    for name, prefixes in _PREFIXED.items():
        plain = table[name]
        for sign in prefixes:
            table[sign + name] = Scale(plain.factor * Decimal(_PREFIXES[sign]), plain.dimension)
    table["MPa"] = Scale(Decimal(10**6), table["Pa"].dimension)
    table["GPa"] = Scale(Decimal(10**9), table["Pa"].dimension)
    table["Mohm"] = Scale(Decimal(10**6), table["ohm"].dimension)
    return table


_TABLE: Final = _table()


@lru_cache(maxsize=1024)
def common_scale(unit: str) -> Scale | None:
    """The size of a unit made of usual names with whole exponents; None for any other."""
    try:
        powers = parse_unit(unit)
    except ValueError:
        return None
    factor, dimension = Decimal(1), [0] * len(_BASES)
    for name, power in powers:
        known = _TABLE.get(name)
        if known is None or power != int(power):
            return None
        factor *= known.factor ** int(power)
        dimension = [d + int(power) * k for d, k in zip(dimension, known.dimension, strict=True)]
    return Scale(factor, tuple(dimension))
