"""Points with intervals and curves over an axis: parity, control charts, progress, fronts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal

from designer.tui.drawing.canvas import Canvas, Palette, Rgb, cut, mixed
from designer.tui.drawing.contours import DOTS
from designer.tui.drawing.frame import Frame, draw_axes, frame_for, most_ticks_up
from designer.tui.drawing.scales import AxisScale, AxisTick

_COLUMN: Final = 8  # columns a label across takes
_FINE: Final = 4  # points of a curve per column

MarkKind = Literal["made", "failed", "open", "line", "best", "odd", "front"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A point: place across, value (None: it stands at the lower edge), interval, what it is."""

    x: float
    value: float | None
    low: float | None = None
    high: float | None = None
    kind: MarkKind = "made"


@dataclass(frozen=True, slots=True)
class Curve:
    """Points joined by a line: of what was, or (promised) of what is expected."""

    points: Sequence[tuple[float, float]]
    promised: bool = False


@dataclass(frozen=True)
class Chart:
    """A chart.

    Attributes:
        title: what goes upwards, with unit.
        across: what goes to the right, with unit.
        marks: points.
        curves: lines.
        window: what is in spec; None: no window.
        diagonal: where both axes have the same value, which then have one scale.
        log: both axes (diagonal) or the one upwards on the logarithm.
        ticks: what stands at the axis across; empty: numbers.
        zero: the axis upwards begins at 0.
    """

    title: str
    across: str
    marks: Sequence[Mark] = ()
    curves: Sequence[Curve] = ()
    window: tuple[float, float] | None = None
    diagonal: bool = False
    log: bool = False
    ticks: Sequence[tuple[float, str]] = field(default=())
    zero: bool = False

    @cached_property
    def _values(self) -> list[float]:
        found = [v for m in self.marks for v in (m.value, m.low, m.high) if v is not None]
        found += [y for curve in self.curves for _, y in curve.points]
        return [v for v in found if math.isfinite(v)]

    @cached_property
    def up(self) -> AxisScale:
        """The axis upwards."""
        values = [*self._values]
        if self.diagonal:
            values += [mark.x for mark in self.marks]
        if values:
            room = (max(values) - min(values)) or abs(max(values)) or 1.0
            near = (min(values) - room, max(values) + room)
            values += [end for end in self.window or () if near[0] <= end <= near[1]]
        if self.zero:
            values.append(0.0)
        return AxisScale.around(values, log=self.log and min(values, default=0.0) > 0)

    @cached_property
    def right(self) -> AxisScale:
        """The axis across."""
        if self.diagonal:
            return self.up
        values = [mark.x for mark in self.marks]
        values += [x for curve in self.curves for x, _ in curve.points]
        if self.ticks:
            values += [place for place, _ in self.ticks]
            return AxisScale(min(values) - 0.5, max(values) + 0.5)
        return AxisScale.around(values, room=0.02)

    def draw(self, width: int, height: int, palette: Palette) -> Canvas:
        """The chart.

        Args:
            width: columns.
            height: rows.
            palette: colours.
        """
        canvas = Canvas(width, height)
        up = self.up.ticks(most_ticks_up(max(1, height - 4)))
        frame = frame_for(canvas, up, below=3 if height >= 8 else 2)
        for x in range(frame.left, frame.left + frame.width):
            for y in range(frame.top, frame.bottom):
                canvas.put(x, y, " ", None, palette.paper)
        self._limits(canvas, frame, palette)
        if self.diagonal:
            ends = [(self.up.low, self.up.low), (self.up.high, self.up.high)]
            self._line(canvas, frame, palette, Curve(ends, promised=True), palette.quiet)
        for curve in self.curves:
            ink = palette.accent if curve.promised else palette.own
            self._line(canvas, frame, palette, curve, ink)
        self._marks(canvas, frame, palette)
        draw_axes(canvas, frame, palette, (self._ticks(frame), up))
        canvas.text(0, 0, cut(self.title, width, ascii_only=palette.ascii), palette.ink, bold=True)
        name = cut(self.across, width, ascii_only=palette.ascii)
        start = frame.left + (frame.width - len(name)) // 2
        if height >= 8:
            canvas.text(max(0, start), height - 1, name, palette.quiet)
        return canvas

    def _ticks(self, frame: Frame) -> list[AxisTick]:
        most = max(2, frame.width // _COLUMN)
        if not self.ticks:
            return self.right.ticks(most)
        every = max(1, -(-len(self.ticks) // most))
        return [AxisTick(self.right.place(x), label) for x, label in self.ticks[::every]]

    def _row(self, frame: Frame, value: float) -> int | None:
        place = self.up.place(value)
        return frame.row(min(place, 1 - 1e-9)) if 0 <= place <= 1 else None

    def _limits(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        for end in self.window or ():
            row = self._row(frame, end) if math.isfinite(end) else None
            if row is not None:
                for x in range(frame.left, frame.left + frame.width):
                    canvas.put(x, row, palette.signs.limit, palette.good, palette.paper)

    def _line(self, canvas: Canvas, frame: Frame, palette: Palette, curve: Curve, ink: Rgb) -> None:
        """A curve in braille, dotted where it is only promised."""
        dots: dict[tuple[int, int], int] = {}
        for number, (x, y) in enumerate(self._fine(curve, frame)):
            across, up = self.right.place(x), self.up.place(y)
            if not (0 <= across <= 1 and 0 <= up <= 1):
                continue
            if curve.promised and number // _FINE % 2:
                continue
            column = min(2 * frame.width - 1, int(across * 2 * frame.width))
            row = min(4 * frame.height - 1, int(up * 4 * frame.height))
            cell = column // 2, row // 4
            dots[cell] = dots.get(cell, 0) | DOTS[column % 2][row % 4]
        for (column, row), bits in dots.items():
            char = "." if palette.ascii else chr(0x2800 + bits)
            canvas.put(frame.left + column, frame.bottom - 1 - row, char, ink, palette.paper)

    def _fine(self, curve: Curve, frame: Frame) -> list[tuple[float, float]]:
        """Points along a curve, several for every column."""
        points = [p for p in curve.points if math.isfinite(p[0]) and math.isfinite(p[1])]
        found: list[tuple[float, float]] = []
        for one, other in pairwise(points):
            apart = abs(self.right.place(other[0]) - self.right.place(one[0])) * frame.width
            high = abs(self.up.place(other[1]) - self.up.place(one[1])) * frame.height
            steps = max(1, min(2000, math.ceil(_FINE * max(apart, high))))
            ends = [(self.right.place(x), self.up.place(y)) for x, y in (one, other)]
            for k in range(steps):
                across, up = (a + (b - a) * k / steps for a, b in zip(*ends, strict=True))
                found.append((self.right.at(across), self.up.at(up)))
        return found + points[-1:]

    def _marks(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        signs = palette.signs
        looks = {
            "made": (signs.made, palette.own), "failed": (signs.failed, palette.bad),
            "open": (signs.open, palette.accent), "line": (signs.line, palette.quiet),
            "best": (signs.best, palette.good), "odd": ("!", palette.bad),
            "front": (signs.open, palette.good),
        }  # fmt: skip
        bar = mixed(palette.inner, palette.own, 0.25)
        for mark in self.marks:
            across = self.right.place(mark.x)
            if not 0 <= across <= 1:
                continue
            x = frame.column(across)
            if mark.low is not None and mark.high is not None:
                ends = [max(0.0, min(1.0 - 1e-9, self.up.place(v))) for v in (mark.low, mark.high)]
                for y in range(frame.row(ends[1]), frame.row(ends[0]) + 1):
                    canvas.put(x, y, signs.up, bar, palette.paper)
        for mark in self.marks:
            across = self.right.place(mark.x)
            row = frame.bottom - 1 if mark.value is None else self._row(frame, mark.value)
            if 0 <= across <= 1 and row is not None:
                char, ink = looks[mark.kind]
                canvas.put(frame.column(across), row, char, ink, palette.paper, bold=True)
