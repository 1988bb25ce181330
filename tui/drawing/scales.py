"""From values to places on an axis, and the ticks people read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from designer.render.words import number

_NICE: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_EPSILON: Final = 1e-9


@dataclass(frozen=True, slots=True)
class AxisTick:
    """A labelled place of an axis: share of its length from 0 to 1, and what stands there."""

    place: float
    label: str


@dataclass(frozen=True)
class AxisScale:
    """An axis of numbers.

    Attributes:
        low: value at its beginning.
        high: value at its end, not below.
        log: on the logarithm; both are above 0.
    """

    low: float
    high: float
    log: bool = False

    @classmethod
    def around(cls, values: Sequence[float], *, log: bool = False, room: float = 0.04) -> AxisScale:
        """A scale that holds all finite values with some room at both ends.

        Args:
            values: numbers; at least one finite (and above 0 for a logarithm), else 0 to 1.
            log: on the logarithm.
            room: share of the span left free at each end.
        """
        known = [v for v in values if math.isfinite(v) and (v > 0 or not log)]
        if not known:
            return cls(1.0, 10.0, True) if log else cls(0.0, 1.0)
        low, high = min(known), max(known)
        if log:
            a, b = math.log10(low), math.log10(high)
            pad = (b - a) * room or 0.5
            return cls(10 ** (a - pad), 10 ** (b + pad), True)
        pad = (high - low) * room or abs(low) * 0.05 or 1.0
        return cls(low - pad, high + pad)

    def place(self, value: float) -> float:
        """Share of the length where a value stands; beyond 0 to 1 outside."""
        if self.log:
            if value <= 0:
                return -math.inf
            low, high, at = math.log10(self.low), math.log10(self.high), math.log10(value)
        else:
            low, high, at = self.low, self.high, value
        return 0.0 if high == low else (at - low) / (high - low)

    def at(self, place: float) -> float:
        """The value at a share of the length."""
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return float(10 ** (low + (high - low) * place))
        return self.low + (self.high - self.low) * place

    def ticks(self, most: int) -> list[AxisTick]:
        """Round values, at least three where so many fit, at most ``most``."""
        values = self._decades(most) if self.log else []
        if len(values) >= 2:  # decades have little in common: each is written as short as it can be
            return [AxisTick(self.place(v), number(float(f"{v:.3g}"))) for v in values]
        values = self._round(most)
        return [AxisTick(self.place(v), _label(v, values)) for v in values]

    def _round(self, most: int) -> list[float]:
        """Multiples of a round step: the finest with at most so many."""
        span = self.high - self.low
        if span <= 0 or not math.isfinite(span):
            return [self.low]
        best: list[float] = []
        power = 10.0 ** math.floor(math.log10(span / max(most, 1)))
        for step in (k * power * d for d in (1.0, 10.0, 100.0) for k in _NICE[:-1]):
            first = math.ceil(self.low / step - _EPSILON)
            last = math.floor(self.high / step + _EPSILON)
            if last - first + 1 <= max(most, 1):
                best = [round(k * step, 12) for k in range(first, last + 1)]
                break
        return best or [self.low]

    def _decades(self, most: int) -> list[float]:
        """Powers of ten, with 2 and 5 between them where they fit."""
        first = math.floor(math.log10(self.low) - _EPSILON)
        last = math.ceil(math.log10(self.high) + _EPSILON)
        for digits in ((1, 2, 5), (1, 3), (1,)):
            found = [d * 10.0**k for k in range(first, last + 1) for d in digits]
            inside = [v for v in found if self.low * (1 - 1e-9) <= v <= self.high * (1 + 1e-9)]
            if len(inside) <= most:
                return inside
        step = max(1, -(-len(inside) // max(most, 1)))
        return inside[::step]


def _label(value: float, beside: Sequence[float]) -> str:
    """A value with as many decimals as its neighbours need; thousands and decades short."""
    largest = max(abs(v) for v in beside)
    if largest >= 1e5 or (largest and largest < 1e-3):
        return number(float(f"{value:.3g}"))
    decimals = 0
    while decimals < 6 and any(abs(round(v, decimals) - v) > 1e-9 * largest for v in beside):
        decimals += 1
    return f"{value:.{decimals}f}" if decimals else f"{value:.0f}"
