"""Interval arithmetic: which values can an expression take anywhere in a box?

Every operation returns an interval that surely contains all values (outward rounding), so "cannot
hold" is a proof; "can hold" may be too optimistic. Moore, Kearfott, Cloud, Introduction to
Interval Analysis (2009), chapters 2 and 5.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from designer.campaigns.space.expression_tree import BORDER, Comparison

Interval = tuple[float, float] | None
"""Lowest and highest value; None where the expression exists for no value at all."""

_ANY: Final = (-math.inf, math.inf)


def can_hold(comparison: Comparison, box: Mapping[str, tuple[float, float]]) -> bool:
    """False only when the comparison certainly holds nowhere in the box.

    Args:
        comparison: a parsed constraint.
        box: lowest and highest value of every name in it.
    """
    low = high = scale = 0.0
    for term in comparison.signed_terms(INTERVALS, lambda name: box[name]):
        if term.value is None:
            return False
        a, b = term.value
        scale += max(abs(a), abs(b))
        low, high = (low - b, high - a) if term.negative else (low + a, high + b)
        low, high = _outward(low, high)
    least = low if comparison.upper else -high
    if comparison.strict:
        return least < 0
    return least <= (BORDER * scale if math.isfinite(scale) else math.inf)


class IntervalAlgebra:
    """Intervals; see :class:`designer.campaigns.space.expression_tree.Algebra`."""

    def number(self, value: float) -> Interval:
        """A number as an interval of width 0."""
        return value, value

    def negative(self, a: Interval) -> Interval:
        """-a."""
        return None if a is None else (-a[1], -a[0])

    def binary(self, operator: str, a: Interval, b: Interval) -> Interval:
        """One of + - * / ** on two intervals."""
        if a is None or b is None:
            return None
        if operator == "+":
            return _outward(a[0] + b[0], a[1] + b[1])
        if operator == "-":
            return _outward(a[0] - b[1], a[1] - b[0])
        if operator == "*":
            return _product(a, b)
        if operator == "/":
            return _quotient(a, b)
        return _power(a, b)

    def call(self, function: str, arguments: list[Interval]) -> Interval:
        """Min, max or abs."""
        known = [argument for argument in arguments if argument is not None]
        if len(known) < len(arguments):
            return None
        if function == "abs":
            low, high = known[0]
            inside = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
            return inside, max(abs(low), abs(high))
        choose = min if function == "min" else max
        return choose(low for low, _ in known), choose(high for _, high in known)


INTERVALS: Final = IntervalAlgebra()


def _outward(low: float, high: float) -> tuple[float, float]:
    """One float outward: covers the rounding of one operation. inf - inf: anything."""
    if math.isnan(low) or math.isnan(high):
        return _ANY
    return math.nextafter(low, -math.inf), math.nextafter(high, math.inf)


def _product(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    corners = [0.0 if 0.0 in (x, y) else x * y for x in a for y in b]
    return _outward(min(corners), max(corners))


def _quotient(a: tuple[float, float], b: tuple[float, float]) -> Interval:
    if b == (0.0, 0.0):
        return None
    if b[0] < 0 < b[1]:
        return _ANY
    upper = 1 / b[0] if b[0] != 0 else math.inf
    lower = 1 / b[1] if b[1] != 0 else -math.inf
    return _product(a, _outward(lower, upper))


def _power(a: tuple[float, float], b: tuple[float, float]) -> Interval:
    exponent = b[0] if b[0] == b[1] else None
    if exponent is not None and exponent.is_integer() and abs(exponent) < 1e6:
        return _whole_power(a, int(exponent))
    if a[1] < 0:
        whole = math.ceil(b[0]) <= math.floor(b[1])  # a negative base exists for whole powers only
        return _ANY if whole else None
    if a[0] < 0:
        return _ANY
    corners = [_corner(x, y) for x in a for y in b]
    if a[0] <= 1 <= a[1] or b[0] <= 0 <= b[1]:
        corners.append(1.0)
    return _spread(min(corners), max(corners))


def _whole_power(a: tuple[float, float], n: int) -> Interval:
    if n < 0:
        inverse = _whole_power(a, -n)
        return None if inverse is None else _quotient((1.0, 1.0), inverse)
    corners = [math.copysign(1.0, x) ** n * _corner(abs(x), float(n)) for x in a]
    if n % 2 == 0 and a[0] <= 0 <= a[1]:
        corners.append(0.0 if n else 1.0)
    low, high = _spread(min(corners), max(corners))
    return (max(low, 0.0) if n % 2 == 0 else low), high


def _corner(x: float, y: float) -> float:
    """Value of x ** y for x ≥ 0 and ends that may be infinite."""
    try:
        return float(x**y)
    except (OverflowError, ZeroDivisionError):
        return math.inf


def _spread(low: float, high: float) -> tuple[float, float]:
    """Widens a power, which libm may round by several floats: 1e-15 of it (assumption)."""
    return _outward(low - 1e-15 * abs(low), high + 1e-15 * abs(high) if high < math.inf else high)
