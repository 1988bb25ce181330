"""Intervals and boxes: what can an expression or a sum be anywhere in a part of the space?

Every operation on intervals returns one that surely contains all values (outward rounding), so
"cannot hold" is a proof; "can hold" may be too optimistic. Moore, Kearfott, Cloud, Introduction to
Interval Analysis (2009), chapters 2 and 5.

In a box every factor and given lies between two values. An axis knows the possible values of one
input; a span is a part of it, as a pair of indices (set-points, categories) or of numbers
(continuous).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from designer.campaigns.space.expression_tree import BORDER, Algebra, Comparison
from designer.campaigns.space.factors import Factor, Given, Setting
from designer.campaigns.space.grids import SettingScale
from designer.campaigns.space.mixtures import Mixture
from designer.campaigns.values.numbers import exact

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
    for subtracted, value in comparison.signed_terms(INTERVALS, lambda name: box[name]):
        if value is None:
            return False
        a, b = value
        scale += max(abs(a), abs(b))
        low, high = (low - b, high - a) if subtracted else (low + a, high + b)
        low, high = _outward(low, high)
    least = low if comparison.upper else -high
    if comparison.strict:
        return least < 0
    return least <= (BORDER * scale if math.isfinite(scale) else math.inf)


def _apply(sign: str, values: list[Interval]) -> Interval:
    known = [value for value in values if value is not None]
    return _OPERATIONS[sign](*known) if len(known) == len(values) else None


INTERVALS: Final = Algebra[Interval](lambda value: (value, value), _apply)
"""Intervals; a number is one of width 0."""


def _outward(low: float, high: float) -> tuple[float, float]:
    """One float outward: covers the rounding of one operation. inf - inf: anything."""
    if math.isnan(low) or math.isnan(high):
        return _ANY
    return math.nextafter(low, -math.inf), math.nextafter(high, math.inf)


def _absolute(a: tuple[float, float]) -> tuple[float, float]:
    sizes = abs(a[0]), abs(a[1])
    return (0.0 if a[0] <= 0 <= a[1] else min(sizes)), max(sizes)


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
        # a negative base exists for whole powers only
        whole = any(map(math.isinf, b)) or math.ceil(b[0]) <= math.floor(b[1])
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


_OPERATIONS: Final[Mapping[str, Callable[..., Interval]]] = {
    "+": lambda a, b: _outward(a[0] + b[0], a[1] + b[1]),
    "-": lambda a, b: _outward(a[0] - b[1], a[1] - b[0]),
    "*": _product,
    "/": _quotient,
    "**": _power,
    "neg": lambda a: (-a[1], -a[0]),
    "abs": _absolute,
    "min": lambda *known: (min(a[0] for a in known), min(a[1] for a in known)),
    "max": lambda *known: (max(a[0] for a in known), max(a[1] for a in known)),
}

Span = tuple[float, float]
Box = dict[str, Span]

THINNEST: Final = 1e-9
"""Relative width below which a continuous span is not split further (assumption)."""
SLACK: Final = 1e-9
"""Relative slack when narrowing by a sum in floats; the exact sum is checked on points."""


@dataclass(frozen=True)
class Axis:
    """The possible values of one input.

    Attributes:
        whole: the whole axis.
        value: index → value for set-points and categories; None for a continuous input.
        categorical: whether the values are names.
        log: whether a continuous input is split on the logarithm.
    """

    whole: Span
    value: Callable[[int], Setting] | None = None
    categorical: bool = False
    log: bool = False

    def pick(self, span: Span, fraction: float) -> Setting:
        """A value of the span, 0: first, 1: last."""
        if self.log:  # rounding must not lead out of the span
            return min(max(SettingScale(*span, log=True).at(fraction), span[0]), span[1])
        at = span[0] + fraction * (span[1] - span[0])
        return at if self.value is None else self.value(round(at))

    def ends(self, span: Span) -> Span:
        """Lowest and highest number of a numeric span."""
        if self.value is None:
            return span
        return float(self.value(int(span[0]))), float(self.value(int(span[1])))

    def width(self, span: Span) -> float:
        """How much there is to split: 0 nothing, 1 the whole axis, names before numbers."""
        if span[0] == span[1]:
            return 0.0
        share = SettingScale(*self.whole, self.log).apart(*span)
        if self.value is None and share < THINNEST:
            return 0.0
        return share + self.categorical

    def halves(self, span: Span) -> tuple[Span, Span]:
        """The span in two parts."""
        if self.value is None:
            middle = float(self.pick(span, 0.5))
            return (span[0], middle), (middle, span[1])
        last = int((span[0] + span[1]) / 2)
        return (span[0], last), (last + 1, span[1])

    def narrowed(self, span: Span, low: float, high: float) -> Span | None:
        """The part of a numeric span between two numbers; None when there is none."""
        if self.value is None:
            part = max(span[0], low), min(span[1], high)
            return part if part[0] <= part[1] else None
        inside = range(int(span[0]), int(span[1]) + 1)
        first = bisect_left(inside, low, key=lambda i: float(self.pick((i, i), 0)))
        last = bisect_right(inside, high, key=lambda i: float(self.pick((i, i), 0))) - 1
        return (inside[first], inside[last]) if first <= last else None


def axis_of(part: Factor | Given) -> Axis:
    """The axis of a factor or given."""
    if isinstance(part, Given) or part.kind == "continuous":
        return Axis(part.bounds, log=part.scale.log)
    if part.grid is not None:
        return Axis((0, part.grid.count - 1), part.grid.value)
    values = part.values() or ()
    return Axis((0, len(values) - 1), lambda i: values[i], part.is_categorical)


def narrow_mixture(axes: Mapping[str, Axis], box: Box, mixture: Mixture) -> Box | None:
    """The box without what cannot reach the mixture's total; None when nothing is left."""
    total = float(mixture.total)
    for _ in range(2):
        ends = {name: axes[name].ends(box[name]) for name in mixture.factors}
        low, high = (sum(pair[k] for pair in ends.values()) for k in (0, 1))
        slack = SLACK * (abs(total) + sum(max(map(abs, pair)) for pair in ends.values()))
        narrowed = dict(box)
        for name, (a, b) in ends.items():
            least, most = total - (high - b) - slack, total - (low - a) + slack
            part = axes[name].narrowed(box[name], least, most)
            if part is None:
                return None
            narrowed[name] = part
        if narrowed == box:
            break
        box = narrowed
    return box


def meet_total(
    axes: Mapping[str, Axis], box: Box, mixture: Mixture, point: dict[str, Setting]
) -> None:
    """Moves the fractions of a point, one after the other, until they sum to the total.

    Exact when set-points share a step; else the sum may stay off, which the caller checks.
    """
    continuous_last = sorted(mixture.factors, key=lambda name: axes[name].value is None)
    left = mixture.total - sum((exact(float(point[name])) for name in mixture.factors), Decimal(0))
    for name in continuous_last:
        if left == 0:
            return
        axis, now = axes[name], exact(float(point[name]))
        low, high = axis.ends(box[name])
        wanted = min(max(float(now + left), low), high)
        if axis.value is not None:  # the set-point nearest to it on this side
            low, high = (float(now), wanted) if left > 0 else (wanted, float(now))
            part = axis.narrowed(box[name], low, high)
            if part is None:
                continue
            wanted = float(axis.pick(part, 1.0 if left > 0 else 0.0))
        point[name] = wanted
        left -= exact(wanted) - now
