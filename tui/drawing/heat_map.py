"""A quantity over two factors in half blocks: contours in braille, marks, colour bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from designer.tui.drawing.canvas import (
    Canvas,
    Palette,
    Rgb,
    averaged,
    contrast,
    cut,
    mixed,
)
from designer.tui.drawing.colours import colour, colours, ramp
from designer.tui.drawing.contours import Level, contour_dots
from designer.tui.drawing.field import Field
from designer.tui.drawing.frame import Frame, draw_axes, frame_for, most_ticks_up
from designer.tui.drawing.scales import AxisScale

_HALF: Final = "▀"
_LEVELS: Final = 5  # contours aimed at
_COLUMN: Final = 10  # columns a label across takes, with room beside it
_HATCH_EVERY: Final = 4  # columns from one line of a hatch to the next
_FADED: Final = 0.72  # how far what cannot be made is mixed into the paper (assumption)

PointKind = Literal["made", "failed", "open", "line", "best"]


@dataclass(frozen=True, slots=True)
class Point:
    """A recipe on the map: shares of both axes, what it is, how near its other settings are."""

    x: float
    y: float
    kind: PointKind
    near: float = 1.0


@dataclass(frozen=True)
class HeatMap:
    """A heat map.

    Attributes:
        field: what is shown.
        title: its name, with unit.
        map_name: colour map.
        feasible: 1 where the recipe may be made, else 0; None: everywhere.
        span: values of the first and the last colour; None: those of the field.
        contours: draw lines of equal value.
        window: values whose border is drawn brighter than other contours.
        points: recipes on it.
    """

    field: Field
    title: str
    map_name: str = "mean"
    feasible: Field | None = None
    span: tuple[float, float] | None = None
    contours: bool = True
    window: tuple[float, float] | None = None
    points: Sequence[Point] = ()

    @property
    def scale(self) -> AxisScale:
        """Of the colours."""
        if self.span is not None:
            return AxisScale(*self.span)
        known = self.field.known
        low, high = (min(known), max(known)) if known else (0.0, 1.0)
        return AxisScale(low, high if high > low else low + (abs(low) * 0.01 or 1.0))

    def frame(self, width: int, height: int) -> Frame:
        """Where the picture is on a canvas of this size."""
        ticks = self.field.y.ticks(most_ticks_up(max(1, height - 3)))
        right = self._bar_width(height) + 1 if self._has_bar(width) else 0
        return frame_for(Canvas(width, height), ticks, right=right, below=2)

    @staticmethod
    def _has_bar(width: int) -> bool:
        return width >= 24

    def _bar_width(self, height: int) -> int:
        ticks = self.scale.ticks(most_ticks_up(max(1, height - 3)))
        return 3 + max((len(tick.label) for tick in ticks), default=0)

    def draw(self, width: int, height: int, palette: Palette) -> Canvas:
        """The map with axes and colour bar.

        Args:
            width: columns.
            height: rows.
            palette: colours.
        """
        canvas, frame = Canvas(width, height), self.frame(width, height)
        self._cells(canvas, frame, palette)
        if self.contours and not (self.field.x.named or self.field.y.named):
            self._contours(canvas, frame, palette)
        self._names(canvas, frame, palette)
        x, y = self.field.x, self.field.y
        ticks = x.ticks(max(2, frame.width // _COLUMN)), y.ticks(most_ticks_up(frame.height))
        draw_axes(canvas, frame, palette, ticks, line=False)
        if self._has_bar(width):
            self._bar(canvas, frame, palette)
        self._points(canvas, frame, palette)
        return canvas

    def _names(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        """Title, and what the axes are; the title is cut last."""
        width, x, y = canvas.width, self.field.x, self.field.y
        title = cut(self.title, width)
        canvas.text(width - len(title), 0, title, palette.ink, bold=True)
        canvas.text(0, 0, cut(y.full_name, max(0, width - len(title) - 2)), palette.quiet)
        name = cut(x.full_name, width)
        start = frame.left + (frame.width - len(name)) // 2
        canvas.text(max(0, min(start, width - len(name))), canvas.height - 1, name, palette.quiet)

    def _cells(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        if palette.ascii:
            self._signs(canvas, frame, palette)
            return
        shades = self._shades(frame, palette)
        faded = self._faded(frame.width, 2 * frame.height)
        for row in range(frame.height):
            y, lower, upper = frame.bottom - 1 - row, shades[2 * row], shades[2 * row + 1]
            for column in range(frame.width):
                canvas.put(frame.left + column, y, _HALF, upper[column], lower[column])
            for column in range(frame.width):
                if faded[2 * row][column] and faded[2 * row + 1][column]:
                    self._hatched(canvas, frame, palette, (row, column))

    def _shades(self, frame: Frame, palette: Palette) -> list[list[Rgb]]:
        """The colour of every half cell, from the lowest row upwards."""
        rows = 2 * frame.height
        values, scale, table = (
            self.field.sampled(frame.width, rows),
            self.scale,
            colours(self.map_name),
        )
        last, low = len(table) - 1, scale.low
        factor = last / ((scale.high - low) or 1.0)
        plain = [
            [
                palette.paper
                if v is None
                else table[max(0, min(last, int((v - low) * factor + 0.5)))]
                for v in line
            ]
            for line in values
        ]
        if self.feasible is None:
            return plain
        faded = self._faded(frame.width, rows)
        return [
            [mixed(c, palette.paper, _FADED) if f else c for c, f in zip(line, fades, strict=True)]
            for line, fades in zip(plain, faded, strict=True)
        ]

    def _faded(self, columns: int, rows: int) -> list[list[bool]]:
        """Where nothing is known, or the recipe may not be made."""
        source = self.field if self.feasible is None else self.feasible
        least = None if self.feasible is None else 0.5
        return [
            [v is None or (least is not None and v < least) for v in line]
            for line in source.sampled(columns, rows)
        ]

    def _hatched(
        self, canvas: Canvas, frame: Frame, palette: Palette, cell: tuple[int, int]
    ) -> None:
        """A cell of what cannot be made: its colour faded, every fourth one with a stroke."""
        row, column = cell
        x, y = frame.left + column, frame.bottom - 1 - row
        behind = _mean(canvas, x, y, palette)
        # rows count upwards: so the strokes of neighbours join
        line = (column - row) % _HATCH_EVERY == 0
        ink = mixed(behind, palette.quiet, 0.5)
        canvas.put(x, y, palette.signs.hatch if line else " ", ink, behind)

    def _signs(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        """The same without colours: a character for every cell."""
        values, scale = self.field.sampled(frame.width, frame.height), self.scale
        faded = self._faded(frame.width, frame.height)
        for row, line in enumerate(values):
            for column, value in enumerate(line):
                known = value is not None and not faded[row][column]
                char = ramp(scale.place(value)) if known and value is not None else "/"
                canvas.put(frame.left + column, frame.bottom - 1 - row, char, palette.ink)

    def _levels(self, palette: Palette) -> list[Level]:
        """Values of contours, lowest first."""
        scale = self.scale
        values = [scale.at(tick.place) for tick in scale.ticks(_LEVELS + 1)]
        plain = [] if palette.ascii else [Level(value, False) for value in values]
        ends = [end for end in self.window or () if scale.low < end < scale.high]
        return sorted([*plain, *(Level(end, True) for end in ends)])

    def _contours(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        """Lines of equal value; those of a window are strong."""
        across = [k / frame.width for k in range(frame.width + 1)]
        up = [k / frame.height for k in range(frame.height + 1)]
        found = contour_dots(self.field.at(across, up), self._levels(palette))
        faded = self._faded(frame.width, frame.height)
        for (row, column), (dots, strong) in found.items():
            if faded[row][column]:
                continue
            x, y = frame.left + column, frame.bottom - 1 - row
            if palette.ascii:
                canvas.put(x, y, "|", palette.ink, bold=True)
                continue
            behind = _mean(canvas, x, y, palette)
            ink = contrast(behind, 0.95 if strong else 0.5)
            canvas.put(x, y, chr(0x2800 + dots), ink, behind, bold=strong)

    def _bar(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        scale, left = self.scale, frame.left + frame.width + 1
        for row in range(frame.height):
            y = frame.bottom - 1 - row
            if palette.ascii:
                canvas.put(left, y, ramp((row + 0.5) / frame.height), palette.ink)
                continue
            shares = ((2 * row + part + 0.5) / (2 * frame.height) for part in (1, 0))
            upper, lower = (colour(self.map_name, share) for share in shares)
            canvas.put(left, y, _HALF, upper, lower)
            canvas.put(left + 1, y, _HALF, upper, lower)
        for tick in scale.ticks(most_ticks_up(frame.height)):
            if 0 <= tick.place <= 1:
                canvas.text(left + 2, frame.row(tick.place), f" {tick.label}", palette.quiet)
        for end in self.window or ():
            if 0 <= scale.place(end) <= 1:
                y = frame.row(scale.place(end))
                canvas.put(left + 2, y, palette.signs.end, palette.good, bold=True)

    def _points(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        signs = palette.signs
        chars = {"made": signs.made, "failed": signs.failed, "open": signs.open,
                 "line": signs.line, "best": signs.best}  # fmt: skip
        for point in sorted(self.points, key=lambda p: (p.kind != "line", p.near)):
            if not (0 <= point.x <= 1 and 0 <= point.y <= 1):
                continue
            x, y = frame.column(point.x), frame.row(point.y)
            behind = None if palette.ascii else _mean(canvas, x, y, palette)
            ink = palette.ink if behind is None else contrast(behind, 0.35 + 0.65 * point.near)
            canvas.put(x, y, chars[point.kind], ink, behind, bold=point.kind != "line")

    def cursor_cell(
        self, canvas: Canvas, palette: Palette, place: tuple[float, float]
    ) -> tuple[int, int, str, Rgb, Rgb | None]:
        """The cursor on a canvas drawn before: column, row, character, ink, paper.

        Args:
            canvas: what `draw` gave.
            palette: of the same colours.
            place: shares of both axes.
        """
        frame = self.frame(canvas.width, canvas.height)
        x, y = frame.column(place[0]), frame.row(place[1])
        if palette.ascii or not (x < canvas.width and y < canvas.height):
            return x, y, palette.signs.cursor, palette.ink, None
        behind = _mean(canvas, x, y, palette)
        return x, y, palette.signs.cursor, contrast(behind, 1.0), behind


def _mean(canvas: Canvas, x: int, y: int, palette: Palette) -> Rgb:
    """The one colour of a cell that had two."""
    paper = canvas.paper(x, y) or palette.paper
    ink = canvas.ink(x, y)
    return averaged([paper, ink]) if canvas.char(x, y) == _HALF and ink is not None else paper
