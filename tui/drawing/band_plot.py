"""One response along one factor: bands of 50 and 95 %, the middle, windows, runs, a setting."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from designer.tui.drawing.blocks import EIGHTHS, Layer, behind, block
from designer.tui.drawing.canvas import Canvas, Palette, cut, mixed
from designer.tui.drawing.contours import DOTS
from designer.tui.drawing.field import GridAxis
from designer.tui.drawing.frame import Frame, draw_axes, frame_for, most_ticks_up
from designer.tui.drawing.heat_map import PointKind
from designer.tui.drawing.scales import AxisScale

_COLUMN: Final = 8  # columns a label across takes
_OUTLIER: Final = 2.5  # widths of the bands beyond which a point does not stretch the axis
_GAP: Final = 0.12  # share of a category's width left free on either side
_HATCH_EVERY: Final = 3  # columns from one line of a hatch to the next


_COVERED: Final = frozenset(f"{EIGHTHS}╱/:.")
"""What a window's line may be drawn over."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A result on the plot: place on the axis, value, what it is, how near its other settings."""

    x: float
    value: float
    kind: PointKind
    near: float = 1.0


@dataclass(frozen=True)
class BandPlot:
    """Bands along one factor.

    Attributes:
        axis: the factor.
        title: name of the response, with unit.
        median: what is most likely, ``[n]``.
        inner: ends of the 50 % band, ``[n]`` each.
        outer: ends of the 95 % band, ``[n]`` each.
        window: what is in spec; None: no window.
        feasible: where the recipe may be made, ``[n]``; None: everywhere.
        readings: results on it.
        at: the setting that is meant; None: none.
        named: write the factor below; a strip of many plots has no room for it.
        log: the response on the logarithm.
    """

    axis: GridAxis
    title: str
    median: Sequence[float]
    inner: tuple[Sequence[float], Sequence[float]]
    outer: tuple[Sequence[float], Sequence[float]]
    window: tuple[float, float] | None = None
    feasible: Sequence[bool] | None = None
    readings: Sequence[Reading] = ()
    at: float | str | None = None
    named: bool = True
    log: bool = False

    @cached_property
    def scale(self) -> AxisScale:
        """Of the response: bands, and window and results that are not far away."""
        values = [v for v in (*self.outer[0], *self.outer[1]) if math.isfinite(v)]
        if not values:
            return AxisScale.around([*(self.window or ())])
        low, high = min(values), max(values)
        room = _OUTLIER * ((high - low) or abs(high) or 1.0)
        near = [*(r.value for r in self.readings), *(self.window or ())]
        values += [v for v in near if math.isfinite(v) and low - room <= v <= high + room]
        return AxisScale.around(values, log=self.log and min(values) > 0)

    def draw(self, width: int, height: int, palette: Palette) -> Canvas:
        """The plot.

        Args:
            width: columns.
            height: rows.
            palette: colours.
        """
        canvas, scale = Canvas(width, height), self.scale
        below = 3 if self.named and height >= 8 else 2
        up = scale.ticks(most_ticks_up(max(1, height - 1 - below)))
        frame = frame_for(canvas, up, below=below)
        for column in range(frame.width):
            self._column(canvas, frame, palette, column)
        self._middle(canvas, frame, palette)
        self._limits(canvas, frame, palette)
        self._setting(canvas, frame, palette)
        self._readings(canvas, frame, palette)
        draw_axes(canvas, frame, palette, (self.axis.ticks(max(2, frame.width // _COLUMN)), up))
        self._titles(canvas, frame, palette)
        return canvas

    def _titles(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        """The response above; the factor below, or above where there is no row for it."""
        title, name = cut(self.title, canvas.width), self.axis.full_name
        canvas.text(0, 0, title, palette.ink, bold=True)
        if self.named and canvas.height >= 8:
            name = cut(name, canvas.width)
            start = frame.left + (frame.width - len(name)) // 2
            start = max(0, min(start, canvas.width - len(name)))
            canvas.text(start, canvas.height - 1, name, palette.quiet)
        else:
            name = cut(name, canvas.width - len(title) - (1 if title else 0))
            canvas.text(canvas.width - len(name), 0, name, palette.quiet)

    def _value(self, values: Sequence[float], place: float) -> float:
        left, right, share = self.axis.between(place)
        one, other = values[left], values[right]
        return one if left == right else one + (other - one) * share

    def _drawn(self, place: float) -> bool:
        """Whether something stands at a place: between categories there is a gap."""
        if not self.axis.named:
            return True
        within = place * len(self.axis.values) % 1
        return _GAP <= within <= 1 - _GAP

    def _height(self, values: Sequence[float], place: float, rows: int) -> int | None:
        """How high a value stands, in eighths of a row from the bottom; None: there is none."""
        value = self._value(values, place)
        share = self.scale.place(value)
        if math.isnan(share) or not self._drawn(place):
            return None
        return round(max(0.0, min(1.0, share)) * rows * 8)

    def _column(self, canvas: Canvas, frame: Frame, palette: Palette, column: int) -> None:
        """Both bands in one column, with edges of an eighth of a row."""
        place = (column + 0.5) / frame.width
        ends = (self.outer[0], self.inner[0], self.inner[1], self.outer[1])
        found = [self._height(values, place, frame.height) for values in ends]
        heights = [height for height in found if height is not None]
        fine = self.feasible is None or self.feasible[self.axis.between(place)[0]]
        layers: list[Layer] = []
        if len(heights) == len(ends):
            fade = 0.0 if fine else 0.5
            outer, inner = (mixed(c, palette.paper, fade) for c in (palette.outer, palette.inner))
            layers = [
                (heights[0], max(heights[3], heights[0] + 1), outer),
                (heights[1], max(heights[2], heights[1] + 1), inner),
            ]
        for row in range(frame.height):
            char, ink, paper = block(8 * row, tuple(layers), palette)
            empty = char == " " and paper in (None, palette.paper)
            if not fine and empty and (column - row) % _HATCH_EVERY == 0:
                char, ink = palette.signs.hatch, mixed(palette.paper, palette.quiet, 0.5)
            canvas.put(frame.left + column, frame.bottom - 1 - row, char, ink, paper)

    def _middle(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        """The median in braille: two places across and four up in every cell."""
        dots: dict[tuple[int, int], int] = {}
        before: int | None = None
        for half in range(2 * frame.width):
            place = (half + 0.5) / (2 * frame.width)
            height = self._height(self.median, place, frame.height)
            if height is None:
                before = None
                continue
            dot = min(height // 2, 4 * frame.height - 1)
            # a steep line has no holes: it goes up beside its new place
            start = dot if before is None or self.axis.named else before + (dot > before)
            for each in range(min(start, dot), max(start, dot) + 1):
                cell = half // 2, each // 4
                dots[cell] = dots.get(cell, 0) | DOTS[half % 2][each % 4]
            before = dot
        for (column, row), bits in dots.items():
            char = palette.signs.middle if palette.ascii else chr(0x2800 + bits)
            x, y = frame.left + column, frame.bottom - 1 - row
            canvas.put(x, y, char, palette.ink, behind(canvas, x, y), bold=True)

    def _limits(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        for end in self.window or ():
            place = self.scale.place(end) if math.isfinite(end) else -1.0
            if not 0 <= place <= 1:
                continue
            row = frame.row(min(place, 1 - 1e-9))
            for x in range(frame.left, frame.left + frame.width):
                if canvas.char(x, row) in _COVERED:
                    canvas.put(x, row, palette.signs.limit, palette.good, behind(canvas, x, row))

    def _setting(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        place = -1.0 if self.at is None else self.axis.place(self.at)
        if not -0.001 <= place <= 1.001:
            return
        x = frame.column(place)
        for y in range(frame.top, frame.bottom):
            canvas.put(x, y, palette.signs.here, palette.accent, behind(canvas, x, y), bold=True)

    def _readings(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        signs = palette.signs
        looks = {
            "made": (signs.made, palette.own), "failed": (signs.failed, palette.bad),
            "open": (signs.open, palette.accent), "line": (signs.line, palette.quiet),
            "best": (signs.best, palette.good),
        }  # fmt: skip
        for reading in sorted(self.readings, key=lambda r: (r.kind != "line", r.near)):
            place = self.scale.place(reading.value)
            if not (0 <= place <= 1 and 0 <= reading.x <= 1):
                continue
            char, ink = looks[reading.kind]
            x, y = frame.column(reading.x), frame.row(min(place, 1 - 1e-9))
            paper = behind(canvas, x, y)
            faint = mixed(paper or palette.paper, ink, 0.35 + 0.65 * reading.near)
            canvas.put(x, y, char, faint, paper)
