"""How numbers are written for people: one way everywhere, as people type them."""

from __future__ import annotations


def shortest(value: float) -> str:
    """A number exactly: ``56.5``, ``12``, ``1e-7``, ``inf``; -0.0 becomes 0."""
    return "0" if value == 0 else _as_typed(float.__repr__(float(value)).removesuffix(".0"))


def figure_text(value: float, digits: int = 6) -> str:
    """A computed figure with so many significant digits at most: ``0.0312``, ``1.5e-7``."""
    return _as_typed(f"{value:.{digits}g}")


def _as_typed(text: str) -> str:
    """The exponent as people type it: ``1e-7`` for ``1e-07``, ``1e9`` for ``1e+09``."""
    mantissa, sign, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if sign else text
