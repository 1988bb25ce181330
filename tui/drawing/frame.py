"""Axes around a picture: lines, ticks that do not touch, names with units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from designer.tui.drawing.canvas import Canvas, Palette, widest
from designer.tui.drawing.scales import AxisTick

_APART_UP = 3  # rows at least between two labels
_ROOM = 2  # columns at least between two labels


@dataclass(frozen=True)
class Frame:
    """Where a picture is on its canvas.

    Attributes:
        left: first column of the picture.
        top: first row.
        width: its columns.
        height: its rows.
    """

    left: int
    top: int
    width: int
    height: int

    @property
    def bottom(self) -> int:
        """The row below the picture."""
        return self.top + self.height

    def column(self, place: float) -> int:
        """The column of a share of the horizontal axis."""
        return self.left + min(self.width - 1, max(0, int(place * self.width)))

    def row(self, place: float) -> int:
        """The row of a share of the vertical axis, which goes upwards."""
        return self.bottom - 1 - min(self.height - 1, max(0, int(place * self.height)))


def most_ticks_up(rows: int) -> int:
    """How many labels a vertical axis has room for: three as soon as there are five rows."""
    return 3 if 5 <= rows < _APART_UP * 3 else max(2, rows // _APART_UP)


def frame_for(
    canvas: Canvas,
    ticks_up: Sequence[AxisTick],
    *,
    title_rows: int = 1,
    right: int = 0,
    below: int = 2,
) -> Frame:
    """The room that is left for a picture beside labels.

    Args:
        canvas: what it stands on.
        ticks_up: of the vertical axis.
        title_rows: rows above it.
        right: columns at its right.
        below: rows below it: line with ticks, labels.
    """
    left = widest([tick.label for tick in ticks_up]) + 2
    width = max(1, canvas.width - left - right)
    return Frame(left, title_rows, width, max(1, canvas.height - title_rows - below))


def draw_axes(
    canvas: Canvas,
    frame: Frame,
    palette: Palette,
    ticks: tuple[Sequence[AxisTick], Sequence[AxisTick]],
    *,
    line: bool = True,
) -> None:
    """Lines with ticks at the left and below, and their labels.

    Args:
        canvas: what is drawn on.
        frame: where the picture is.
        palette: colours.
        ticks: of the horizontal and of the vertical axis.
        line: draw the lines, too; a heat map has edges of its own.
    """
    across, up = ticks
    signs, quiet = palette.signs, palette.quiet
    if line:
        for row in range(frame.top, frame.bottom):
            canvas.put(frame.left - 1, row, signs.up, quiet)
        for column in range(frame.left, frame.left + frame.width):
            canvas.put(column, frame.bottom, signs.across, quiet)
        canvas.put(frame.left - 1, frame.bottom, signs.corner, quiet)
    taken = -2
    for tick in sorted(up, key=lambda t: -t.place):
        row = frame.row(tick.place)
        if row <= taken + (1 if frame.height >= _APART_UP * 2 else 0):
            continue
        taken = row
        canvas.text(frame.left - 2 - len(tick.label), row, tick.label, quiet)
        if line:
            canvas.put(frame.left - 1, row, signs.tick_up, quiet)
    _draw_across(canvas, frame, palette, across, line=line)


def _draw_across(
    canvas: Canvas, frame: Frame, palette: Palette, ticks: Sequence[AxisTick], *, line: bool
) -> None:
    row = frame.bottom + 1 if line else frame.bottom
    free = 0
    for tick in ticks:
        column = frame.column(tick.place)
        start = column - len(tick.label) // 2
        start = max(frame.left - 1, min(start, canvas.width - len(tick.label)))
        if start < free:
            continue
        free = start + len(tick.label) + _ROOM
        canvas.text(start, row, tick.label, palette.quiet)
        if line:
            canvas.put(column, frame.bottom, palette.signs.tick_across, palette.quiet)
