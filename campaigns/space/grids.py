"""Where numbers lie on the range of a factor: the scale they are compared on, and exact grids."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, overload

from designer.campaigns.values.numbers import decimals_of, exact, whole

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

DIGITS: Final = 4
"""Significant digits of the set-points of a logarithmic grid."""
MOST_PER_DECADE: Final = 100
"""Most set-points of a decade: two of them differ by 2.3 %, far more than their last digit."""


@dataclass(frozen=True)
class SettingScale:
    """How far along its range a setting lies: 0 at the lowest, 1 at the highest set-point.

    The one place that maps settings to the unit interval and says how far apart two of them are.

    Attributes:
        low: lowest set-point [unit].
        high: highest set-point [unit].
        log: on the logarithm; both ends are above 0.
    """

    low: float
    high: float
    log: bool = False

    @overload
    def position(self, value: float) -> float: ...
    @overload
    def position(self, value: FloatArray) -> FloatArray: ...
    def position(self, value: float | FloatArray) -> float | FloatArray:
        """Positions of settings, beyond [0, 1] outside the range.

        With one set-point alone every setting lies at 0; one that has no logarithm at -inf.
        """
        if self._span == 0:
            return value * 0.0
        start = _log10(self.low) if self.log else self.low
        return ((_log10(value) if self.log else value) - start) / self._span

    @overload
    def at(self, position: float) -> float: ...
    @overload
    def at(self, position: FloatArray) -> FloatArray: ...
    def at(self, position: float | FloatArray) -> float | FloatArray:
        """The settings [unit] at some positions; of tensors as well."""
        if not self.log:
            return self.low + self._span * position
        exponent = _log10(self.low) + self._span * position
        try:
            found: float | FloatArray = 10.0**exponent
        except OverflowError:
            return math.inf  # as in arrays
        return found

    def apart(self, one: float, other: float) -> float:
        """How far apart two settings are, as a share of the range."""
        if one == other or self._span == 0:
            return 0.0
        if self.log:
            one, other = _log10(one), _log10(other)
        return math.inf if one == other else abs(one - other) / self._span

    @cached_property
    def _span(self) -> float:
        if self.log:
            return _log10(self.high) - _log10(self.low)
        return self.high - self.low


@overload
def _log10(value: float) -> float: ...
@overload
def _log10(value: FloatArray) -> FloatArray: ...
def _log10(value: float | FloatArray) -> float | FloatArray:
    """Decimal logarithm; -inf of a number that has none."""
    if isinstance(value, int | float):
        return math.log10(value) if value > 0 else -math.inf
    import numpy as np

    found = np.full_like(value, -np.inf)
    return np.log10(value, out=found, where=value > 0)


@dataclass(frozen=True)
class Grid:
    """The set-points low + k·step, k = 0 … count - 1, in exact decimals.

    Attributes:
        low: first set-point in units of 1/scale.
        step: distance in units of 1/scale.
        count: how many.
        scale: power of ten that makes low and step whole numbers.
    """

    low: int
    step: int
    count: int
    scale: int

    @staticmethod
    def between(low: float, high: float, step: Decimal) -> Grid:
        """All set-points from low up to at most high."""
        places = decimals_of(low, high, step)
        first, last, distance = (whole(number, places) for number in (low, high, step))
        return Grid(first, distance, max(0, (last - first) // distance) + 1, 10**places)

    def value(self, k: int) -> float:
        """The float nearest to the exact decimal low + k·step."""
        return (self.low + k * self.step) / self.scale  # int/int is correctly rounded

    def around(self, value: float) -> tuple[float, float]:
        """The set-points just below and just above (equal when the value is on the grid)."""
        k = round((value * self.scale - self.low) / self.step)
        if self.value(k) == value:
            return value, value
        below = k if self.value(k) < value else k - 1
        return self.value(below), self.value(below + 1)


@dataclass(frozen=True)
class LogGrid:
    """The set-points low·10^(k/per_decade), k = 0 … count - 1, rounded to `DIGITS` digits.

    Attributes:
        low: first set-point [unit], above 0.
        per_decade: how many from one power of ten to the next.
        count: how many.
    """

    low: float
    per_decade: int
    count: int

    @staticmethod
    def between(low: float, high: float, per_decade: int) -> LogGrid:
        """All set-points from low up to at most high."""
        endless = LogGrid(low, per_decade, 0)
        k = endless._nearest(high)
        return LogGrid(low, per_decade, k + (endless.value(k) <= high))

    def value(self, k: int) -> float:
        """The set-point k, correctly rounded."""
        decades, part = divmod(k, self.per_decade)
        found = exact(self.low) * _part_of_a_decade(part, self.per_decade)
        return float(f"{found.scaleb(decades):.{DIGITS - 1}e}")

    def around(self, value: float) -> tuple[float, float]:
        """The set-points just below and just above (equal when the value is on the grid)."""
        k = self._nearest(value)
        if self.value(k) == value:
            return value, value
        below = k if self.value(k) < value else k - 1
        return self.value(below), self.value(below + 1)

    def _nearest(self, value: float) -> int:
        return round(self.per_decade * (_log10(value) - _log10(self.low)))


@lru_cache(maxsize=4 * MOST_PER_DECADE)
def _part_of_a_decade(part: int, per_decade: int) -> Decimal:
    """10^(part/per_decade) with 28 digits."""
    return Decimal(10) ** (Decimal(part) / Decimal(per_decade))
