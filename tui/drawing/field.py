"""Values on a grid of two axes, as they are looked up between the grid's points."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from designer.tui.drawing.scales import Scale, Tick

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

    @cached_property
    def numbers(self) -> list[float]:
        """Its values; of categories their numbers."""
        if self.named:
            return [float(k) for k in range(len(self.values))]
        return [float(v) for v in self.values]

    @cached_property
    def scale(self) -> Scale:
        """From its first value to its last; categories have half a step beside them."""
        low, high = self.numbers[0], self.numbers[-1]
        if self.named:
            return Scale(low - 0.5, high + 0.5)
        return Scale(low, high, self.log)

    def place(self, value: float | str) -> float:
        """Where a value stands, as a share of the axis."""
        if isinstance(value, str):
            if value not in self.values:
                return math.nan
            return self.scale.place(float(self.values.index(value)))
        return self.scale.place(value)

    def ticks(self, most: int) -> list[Tick]:
        """What stands at the axis."""
        if self.named:
            return [Tick(self.place(str(name)), str(name)) for name in self.values]
        return self.scale.ticks(most)

    def between(self, place: float) -> tuple[int, int, float]:
        """The two known values around a place, and the share of the second."""
        last = len(self.numbers) - 1
        if last == 0:
            return 0, 0, 0.0
        value = self.scale.at(place)
        if self.named:
            nearest = max(0, min(last, round(value)))
            return nearest, nearest, 0.0
        right = max(1, min(last, bisect_right(self.numbers, value)))
        low, high = self.numbers[right - 1], self.numbers[right]
        share = Scale(low, high, self.log).place(value)
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
        across = [self.x.between((k + 0.5) / columns) for k in range(columns)]
        found: list[list[Value]] = []
        for row in range(rows):
            low, high, share = self.y.between((row + 0.5) / rows)
            below, above = self.values[low], self.values[high]
            line: list[Value] = []
            for left, right, along in across:
                corners = below[left], below[right], above[left], above[right]
                line.append(_blend(corners, along, share))
            found.append(line)
        return found

    def value(self, x: float, y: float) -> Value:
        """The value at shares of both axes."""
        left, right, along = self.x.between(x)
        low, high, share = self.y.between(y)
        below, above = self.values[low], self.values[high]
        return _blend((below[left], below[right], above[left], above[right]), along, share)

    @cached_property
    def known(self) -> list[float]:
        """All values there are."""
        return [v for row in self.values for v in row if v is not None and math.isfinite(v)]


def _blend(corners: tuple[Value, Value, Value, Value], along: float, share: float) -> Value:
    one, two, three, four = corners
    if one is None or two is None or three is None or four is None:
        nearest = corners[(2 if share >= 0.5 else 0) + (1 if along >= 0.5 else 0)]
        return nearest
    below = one + (two - one) * along
    return below + (three + (four - three) * along - below) * share
