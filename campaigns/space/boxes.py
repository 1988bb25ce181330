"""Boxes of recipes: every factor and given between two values, split until something is decided.

An axis knows the possible values of one input; a span is a part of it, as a pair of indices (set-
points, categories) or of numbers (continuous).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from designer.campaigns.space.factors import Factor, Given, Setting
from designer.campaigns.specification.parts import Mixture
from designer.campaigns.values.numbers import exact

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
    """

    whole: Span
    value: Callable[[int], Setting] | None = None
    categorical: bool = False

    @property
    def count(self) -> int | None:
        """How many values there are; None for a continuous input."""
        return None if self.value is None else int(self.whole[1]) + 1

    def pick(self, span: Span, fraction: float) -> Setting:
        """A value of the span, 0: first, 1: last."""
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
        share = (span[1] - span[0]) / (self.whole[1] - self.whole[0])
        if self.value is None and share < THINNEST:
            return 0.0
        return share + self.categorical

    def halves(self, span: Span) -> tuple[Span, Span]:
        """The span in two parts."""
        middle = (span[0] + span[1]) / 2
        if self.value is None:
            return (span[0], middle), (middle, span[1])
        last = int(middle)
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
        return Axis(part.bounds)
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
