"""The grammar of units: ``mg/cm^2``, ``g cm-3``, ``kN/(m s)``, ``wt%``, ``1/s``, ``cm2``.

Splits a unit into names and exponents without evaluating anything; which names exist is a
question for pint (``quantities``).
"""

from __future__ import annotations

import re
from typing import Final

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
    reader = _Reader(re.sub(r"\bper\b", "/", unit))
    powers = reader.product()
    reader.expect_end()
    return tuple(powers)


class _Reader:
    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._at = 0

    def product(self) -> list[tuple[str, float]]:
        """Term (('*' | '/' | blank) term)*."""
        powers = self._term()
        while (match := self._peek()) is not None and match.group() != ")":
            divide = False
            if match.lastgroup == "operator":
                divide = match.group() == "/"
                self._at = match.end()
            powers += [(name, -power if divide else power) for name, power in self._term()]
        return powers

    def expect_end(self) -> None:
        """Raises unless everything was read."""
        if self._peek() is not None:
            raise self._unreadable()

    def _term(self) -> list[tuple[str, float]]:
        match = self._peek()
        if match is None:
            raise ValueError("cannot be read: it ends too early")
        kind = "name" if match["name"] else match.lastgroup
        self._at = match.end() if kind != "bracket" else self._at
        if kind == "bracket":
            powers = self._bracket(match)
        elif kind == "name":
            powers = [(match["name"], float(match["tail"] or 1))]
            if match["tail"]:
                return powers
        elif kind in ("share", "one"):
            powers = [("percent", 1.0)] if kind == "share" else []
        else:
            self._at = match.start()
            raise self._unreadable()
        exponent = self._exponent()
        return [(name, power * exponent) for name, power in powers]

    def _bracket(self, match: re.Match[str]) -> list[tuple[str, float]]:
        if match.group() != "(":
            raise self._unreadable()
        self._at = match.end()
        powers = self.product()
        closing = self._peek()
        if closing is None or closing.group() != ")":
            raise ValueError("cannot be read: a bracket is not closed")
        self._at = closing.end()
        return powers

    def _exponent(self) -> float:
        match = self._peek()
        if match is None or match.lastgroup not in ("power", "small"):
            return 1.0
        self._at = match.end()
        if match.lastgroup == "small":
            return float(match.group().translate(_SMALL))
        return float(re.sub(r"[\^*()\s]", "", match.group()))

    def _peek(self) -> re.Match[str] | None:
        while self._at < len(self._unit):
            match = _WORDS.match(self._unit, self._at)
            if match is None:
                raise self._unreadable()
            if match.lastgroup != "space":
                return match
            self._at = match.end()
        return None

    def _unreadable(self) -> ValueError:
        return ValueError(f"cannot be read at {self._unit[self._at :]!r}")
