"""Values on a grid of two axes, as they are looked up between the grid's points."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from designer.render.words import number
from designer.tui.drawing.canvas import cut
from designer.tui.drawing.scales import AxisScale, AxisTick

_NAME = 12  # characters of a category's name at an axis

Value = float | None


@dataclass(frozen=True)
class GridAxis:
    """An input along which values are known.

    Attributes:
        name: of the input.
        unit: its unit.
        values: where values are known: numbers ascending, or names.
        log: drawn on the logarithm.
    """

    name: str
    unit: str | None
    values: Sequence[float | str]
    log: bool = False

    @property
    def named(self) -> bool:
        """Whether it is one of categories."""
        return bool(self.values) and isinstance(self.values[0], str)

    @property
    def full_name(self) -> str:
        """Its name with its unit."""
        return self.name + (f" [{self.unit}]" if self.unit else "")

    @cached_property
    def numbers(self) -> list[float]:
        """Its values; of categories their numbers."""
        if self.named:
            return [float(k) for k in range(len(self.values))]
        return [float(v) for v in self.values]

    @cached_property
    def scale(self) -> AxisScale:
        """From its first value to its last; categories have half a step beside them."""
        low, high = self.numbers[0], self.numbers[-1]
        if self.named:
            return AxisScale(low - 0.5, high + 0.5)
        if low == high:  # a single value stands in the middle
            room = abs(low) / 2 or 0.5
            return AxisScale(low - room, high + room)
        return AxisScale(low, high, self.log)

    def place(self, value: float | str) -> float:
        """Where a value stands, as a share of the axis."""
        if isinstance(value, str):
            if value not in self.values:
                return math.nan
            return self.scale.place(float(self.values.index(value)))
        return self.scale.place(value)

    def ticks(self, most: int) -> list[AxisTick]:
        """What stands at the axis."""
        if self.named:
            return [AxisTick(self.place(str(name)), cut(str(name), _NAME)) for name in self.values]
        if len(self.numbers) == 1:
            return [AxisTick(0.5, number(self.numbers[0]))]
        return self.scale.ticks(most)

    def between(self, place: float) -> tuple[int, int, float]:
        """The two known values around a place, and the share of the second."""
        last = len(self.numbers) - 1
        if last == 0:
            return 0, 0, 0.0
        value = self.scale.at(place)
        if self.named:  # categories have nothing between them
            nearest = max(0, min(last, round(value)))
            return nearest, nearest, 0.0
        right = max(1, min(last, bisect_right(self.numbers, value)))
        low, high = self.numbers[right - 1], self.numbers[right]
        share = AxisScale(low, high, self.log).place(value)
        return right - 1, right, max(0.0, min(1.0, share))


@dataclass(frozen=True)
class Field:
    """One quantity over two axes.

    Attributes:
        x: the horizontal axis.
        y: the vertical axis.
        values: by rows of y, columns of x; None where there is none.
    """

    x: GridAxis
    y: GridAxis
    values: Sequence[Sequence[Value]]

    def sampled(self, columns: int, rows: int) -> list[list[Value]]:
        """Values at the middles of cells, from the lowest row upwards.

        Between known points the value is a mean weighted by nearness along both axes.
        """
        return self.at(
            [(k + 0.5) / columns for k in range(columns)], [(k + 0.5) / rows for k in range(rows)]
        )

    def at(self, across: Sequence[float], up: Sequence[float]) -> list[list[Value]]:
        """Values at shares of both axes, ``[up][across]``."""
        columns = [self.x.between(place) for place in across]
        found: list[list[Value]] = []
        for place in up:
            low, high, share = self.y.between(place)
            below, above = self.values[low], self.values[high]
            # along y first, once for every known column: there are fewer of them than cells
            line = [_between(a, b, share) for a, b in zip(below, above, strict=True)]
            found.append([_between(line[left], line[right], s) for left, right, s in columns])
        return found

    def value(self, x: float, y: float) -> Value:
        """The value at shares of both axes."""
        return self.at([x], [y])[0][0]

    @cached_property
    def known(self) -> list[float]:
        """All values there are."""
        return [v for row in self.values for v in row if v is not None and math.isfinite(v)]


def _between(one: Value, other: Value, share: float) -> Value:
    """A value between two; of one that is known and one that is not, the nearer."""
    if one is None or other is None or math.isnan(one) or math.isnan(other):
        found = other if share >= 0.5 else one
        return None if found is None or math.isnan(found) else found
    return one + (other - one) * share
