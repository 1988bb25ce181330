"""One response along one factor: bands of 50 and 95 %, the middle, windows, runs, a setting."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from designer.tui.drawing.canvas import Canvas, Ink, Palette, Rgb
from designer.tui.drawing.field import GridAxis
from designer.tui.drawing.frame import Frame, draw_axes, frame_for, most_ticks_up
from designer.tui.drawing.heat_map import PointKind
from designer.tui.drawing.scales import Scale

_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
_DOTS: Final = ((0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08))
"""Braille dots of the left and the right half of a cell, from below."""
_COLUMN: Final = 8  # columns a label across takes
_OUTLIER: Final = 2.5  # widths of the bands beyond which a point does not stretch the axis


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
    readings: Sequence[Reading] = field(default_factory=tuple)
    at: float | str | None = None
    named: bool = True
    log: bool = False

    @property
    def scale(self) -> Scale:
        """Of the response: bands, and window and results that are not far away."""
        values = [*self.outer[0], *self.outer[1]]
        low, high = min(values), max(values)
        room = _OUTLIER * ((high - low) or abs(high) or 1.0)
        near = [*(r.value for r in self.readings), *(self.window or ())]
        values += [v for v in near if math.isfinite(v) and low - room <= v <= high + room]
        return Scale.around(values, log=self.log and min(values) > 0)

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
        self._title(canvas, frame, palette)
        for column in range(frame.width):
            self._column(canvas, frame, scale, palette, column)
        self._middle(canvas, frame, scale, palette)
        self._limits(canvas, frame, scale, palette)
        self._setting(canvas, frame, palette)
        self._readings(canvas, frame, scale, palette)
        draw_axes(canvas, frame, palette, (self.axis.ticks(max(2, frame.width // _COLUMN)), up))
        if below == 3:
            name = self._axis_name()
            start = frame.left + max(0, (frame.width - len(name)) // 2)
            canvas.text(start, height - 1, name, palette.quiet)
        return canvas

    def _axis_name(self) -> str:
        return self.axis.name + (f" [{self.axis.unit}]" if self.axis.unit else "")

    def _title(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        canvas.text(0, 0, self.title[: canvas.width], palette.ink, bold=True)
        if not self.named:
            name = self._axis_name()
            start = canvas.width - len(name)
            if start > len(self.title) + 1:
                canvas.text(start, 0, name, palette.quiet)
        del frame

    def _value(self, values: Sequence[float], place: float) -> float:
        left, right, share = self.axis.between(place)
        one, other = values[left], values[right]
        return one + (other - one) * share

    def _height(self, scale: Scale, value: float, rows: int) -> int:
        """How high a value stands, in eighths of a row from the bottom."""
        place = scale.place(value)
        place = 0.0 if math.isnan(place) else max(0.0, min(1.0, place))
        return round(place * rows * 8)

    def _column(
        self, canvas: Canvas, frame: Frame, scale: Scale, palette: Palette, column: int
    ) -> None:
        """Both bands in one column, with edges of an eighth of a row."""
        place = (column + 0.5) / frame.width
        heights = [
            self._height(scale, self._value(values, place), frame.height)
            for values in (self.outer[0], self.inner[0], self.inner[1], self.outer[1])
        ]
        fine = self.feasible is None or self.feasible[self.axis.between(place)[0]]
        outer, inner = palette.outer, palette.inner
        layers: list[tuple[int, int, Rgb]] = [
            (heights[0], max(heights[3], heights[0] + 1), outer),
            (heights[1], max(heights[2], heights[1] + 1), inner),
        ]
        for row in range(frame.height):
            char, ink, paper = _cell(8 * row, layers, palette)
            if not fine and paper is not None and row % 2:
                char, ink = "╱" if not palette.ascii else "/", palette.quiet
            canvas.put(frame.left + column, frame.bottom - 1 - row, char, ink, paper)

    def _middle(self, canvas: Canvas, frame: Frame, scale: Scale, palette: Palette) -> None:
        """The median in braille: two places across and four up in every cell."""
        dots: dict[tuple[int, int], int] = {}
        before: int | None = None
        for half in range(2 * frame.width):
            place = (half + 0.5) / (2 * frame.width)
            height = self._height(scale, self._value(self.median, place), frame.height) // 2
            height = min(height, 4 * frame.height - 1)
            start = height if before is None else before
            span = range(min(start, height), max(start, height) + 1)
            for dot in span if abs(start - height) > 1 and not self.axis.named else (height,):
                cell = half // 2, dot // 4
                dots[cell] = dots.get(cell, 0) | _DOTS[half % 2][dot % 4]
            before = height
        for (column, row), bits in dots.items():
            char = "-" if palette.ascii else chr(0x2800 + bits)
            x, y = frame.left + column, frame.bottom - 1 - row
            canvas.put(x, y, char, palette.ink, palette.inner)

    def _limits(self, canvas: Canvas, frame: Frame, scale: Scale, palette: Palette) -> None:
        for end in self.window or ():
            place = scale.place(end) if math.isfinite(end) else -1.0
            if not 0 <= place <= 1:
                continue
            row = frame.row(min(place, 1 - 1e-9))
            for x in range(frame.left, frame.left + frame.width):
                if canvas.char(x, row) in _EIGHTHS or canvas.char(x, row) == "╱":
                    behind = _behind(canvas, x, row, palette)
                    canvas.put(x, row, palette.signs.limit, palette.good, behind)

    def _setting(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        place = -1.0 if self.at is None else self.axis.place(self.at)
        if not -0.001 <= place <= 1.001:
            return
        x = frame.column(place)
        for y in range(frame.top, frame.bottom):
            behind = _behind(canvas, x, y, palette)
            canvas.put(x, y, palette.signs.here, palette.accent, behind, bold=True)

    def _readings(self, canvas: Canvas, frame: Frame, scale: Scale, palette: Palette) -> None:
        signs = palette.signs
        looks = {
            "made": (signs.made, palette.own), "failed": (signs.failed, palette.bad),
            "open": (signs.open, palette.accent), "line": (signs.line, palette.quiet),
            "best": ("★", palette.good),
        }  # fmt: skip
        for reading in sorted(self.readings, key=lambda r: (r.kind != "line", r.near)):
            place = scale.place(reading.value)
            if not (0 <= place <= 1 and 0 <= reading.x <= 1):
                continue
            char, ink = looks[reading.kind]
            x, y = frame.column(reading.x), frame.row(min(place, 1 - 1e-9))
            canvas.put(x, y, char, ink, _behind(canvas, x, y, palette))


def _cell(
    bottom: int, layers: Sequence[tuple[int, int, Rgb]], palette: Palette
) -> tuple[str, Ink, Ink]:
    """Character, ink and paper of a cell whose lower edge is so many eighths up."""
    if palette.ascii:
        middle = bottom + 4
        chars = [
            sign for (low, high, _), sign in zip(layers, ":#", strict=True) if low <= middle < high
        ]
        return (chars[-1] if chars else " "), palette.quiet, None
    colours: list[Ink] = []
    for eighth in range(bottom, bottom + 8):
        found: Ink = palette.paper
        for low, high, colour in layers:
            if low <= eighth < high:
                found = colour
        colours.append(found)
    below, above = colours[0], colours[-1]
    if below == above and all(each == below for each in colours):
        return " ", None, below
    # of more than two colours in a cell the lowest and the one of the most others are shown
    edge = next((k for k, each in enumerate(colours) if each != below), 8)
    others = colours[edge:]
    other = max(set(others), key=others.count) if others else below
    ink, paper = below, other
    if ink is None:
        ink = palette.paper
    return _EIGHTHS[edge], ink, paper


def _behind(canvas: Canvas, x: int, y: int, palette: Palette) -> Ink:
    """What a mark stands on: of a cell with an edge, the side that fills more of it."""
    char, paper = canvas.char(x, y), canvas.paper(x, y)
    del palette
    if char in _EIGHTHS[4:]:
        return canvas.ink(x, y)
    return paper
