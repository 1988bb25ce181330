"""A quantity over two factors in half blocks: contours, marks, cursor and colour bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from designer.tui.drawing.canvas import Canvas, Palette, Rgb, luminance, mixed
from designer.tui.drawing.colours import colour, ramp
from designer.tui.drawing.field import Field, Value
from designer.tui.drawing.frame import Frame, draw_axes, frame_for, most_ticks_up
from designer.tui.drawing.scales import Scale

_HALF: Final = "▀"
_HATCH: Final = "╱"
_BLACK: Final[Rgb] = (0, 0, 0)
_WHITE: Final[Rgb] = (255, 255, 255)
_LEVELS: Final = 5  # contours aimed at
_COLUMN: Final = 10  # columns a label across takes, with room beside it

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
        cursor: shares of both axes; None: no cursor.
    """

    field: Field
    title: str
    map_name: str = "mean"
    feasible: Field | None = None
    span: tuple[float, float] | None = None
    contours: bool = True
    window: tuple[float, float] | None = None
    points: Sequence[Point] = field(default_factory=tuple)
    cursor: tuple[float, float] | None = None

    @property
    def scale(self) -> Scale:
        """Of the colours."""
        if self.span is not None:
            return Scale(*self.span)
        known = self.field.known
        low, high = (min(known), max(known)) if known else (0.0, 1.0)
        return Scale(low, high if high > low else low + 1.0)

    def frame(self, width: int, height: int) -> Frame:
        """Where the picture is on a canvas of this size."""
        canvas = Canvas(width, height)
        ticks = self.field.y.ticks(most_ticks_up(max(1, height - 3)))
        return frame_for(canvas, ticks, right=self._bar_width(height) + 1, below=2)

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
        x, y = self.field.x, self.field.y
        canvas.text(0, 0, y.name + (f" [{y.unit}]" if y.unit else ""), palette.quiet)
        title = self.title[: max(0, width - 2)]
        canvas.text(max(0, width - len(title)), 0, title, palette.ink, bold=True)
        self._cells(canvas, frame, palette)
        ticks = x.ticks(max(2, frame.width // _COLUMN)), y.ticks(most_ticks_up(frame.height))
        draw_axes(canvas, frame, palette, ticks, line=False)
        name = x.name + (f" [{x.unit}]" if x.unit else "")
        canvas.text(
            max(0, frame.left + (frame.width - len(name)) // 2), height - 1, name, palette.quiet
        )
        self._bar(canvas, frame, palette)
        self._points(canvas, frame, palette)
        return canvas

    def _cells(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        rows = frame.height if palette.ascii else 2 * frame.height
        values = self.field.sampled(frame.width, rows)
        fine = None if self.feasible is None else self.feasible.sampled(frame.width, rows)
        edges = self._edges(values) if self.contours else {}
        scale = self.scale
        for row in range(frame.height):
            for column in range(frame.width):
                x, y = frame.left + column, frame.bottom - 1 - row
                if palette.ascii:
                    value = values[row][column]
                    allowed = fine is None or _is(fine[row][column])
                    char = "/" if value is None or not allowed else ramp(scale.place(value))
                    canvas.put(x, y, char if (row, column) not in edges else "~", palette.ink)
                    continue
                halves = [
                    self._pixel(values, fine, edges, 2 * row + part, column, palette)
                    for part in (1, 0)
                ]
                canvas.put(x, y, _HALF, halves[0], halves[1])

    def _pixel(
        self,
        values: Sequence[Sequence[Value]],
        fine: Sequence[Sequence[Value]] | None,
        edges: dict[tuple[int, int], bool],
        row: int,
        column: int,
        palette: Palette,
    ) -> Rgb:
        """The colour of half a cell."""
        value = values[row][column]
        if value is None:
            return mixed(palette.paper, palette.quiet, 0.25)
        found = colour(self.map_name, self.scale.place(value))
        strong = edges.get((row, column))
        if strong is not None:
            away = _BLACK if luminance(found) > 0.5 else _WHITE
            found = mixed(found, away, 0.85 if strong else 0.35)
        if fine is not None and not _is(fine[row][column]):
            hatched = (row + column) % 4 == 0
            found = mixed(found, palette.paper, 0.9 if hatched else 0.72)
        return found

    def _levels(self) -> list[tuple[float, bool]]:
        """Values of contours, and whether they are a window's border."""
        levels = [(self.scale.at(tick.place), False) for tick in self.scale.ticks(_LEVELS + 1)]
        if self.window is None:
            return levels
        low, high = self.scale.low, self.scale.high
        return [*levels, *((end, True) for end in self.window if low < end < high)]

    def _edges(self, values: Sequence[Sequence[Value]]) -> dict[tuple[int, int], bool]:
        """Pixels beside which a contour runs; True: of a window."""
        found: dict[tuple[int, int], bool] = {}
        for level, strong in self._levels():
            for row, line in enumerate(values):
                for column, value in enumerate(line):
                    if value is None or value < level:
                        continue
                    beside = (
                        line[column - 1] if column else None,
                        line[column + 1] if column + 1 < len(line) else None,
                        values[row - 1][column] if row else None,
                        values[row + 1][column] if row + 1 < len(values) else None,
                    )
                    if any(other is not None and other < level for other in beside):
                        found[row, column] = found.get((row, column), False) or strong
        return found

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
            canvas.text(left + 2, frame.row(tick.place), f" {tick.label}", palette.quiet)

    def _points(self, canvas: Canvas, frame: Frame, palette: Palette) -> None:
        signs = palette.signs
        chars = {"made": signs.made, "failed": signs.failed, "open": signs.open,
                 "line": signs.line, "best": "★" if not palette.ascii else "*"}  # fmt: skip
        for point in sorted(self.points, key=lambda p: (p.kind != "line", p.near)):
            if not (0 <= point.x <= 1 and 0 <= point.y <= 1):
                continue
            x, y = frame.column(point.x), frame.row(point.y)
            behind = canvas.paper(x, y) or palette.paper
            ink = _BLACK if luminance(behind) > 0.45 else _WHITE
            self._over(
                canvas, x, y, chars[point.kind], mixed(behind, ink, 0.35 + 0.65 * point.near)
            )
        if self.cursor is not None:
            x, y = frame.column(self.cursor[0]), frame.row(self.cursor[1])
            behind = canvas.paper(x, y) or palette.paper
            ink = _BLACK if luminance(behind) > 0.45 else _WHITE
            self._over(canvas, x, y, signs.cursor, ink, bold=True)

    @staticmethod
    def _over(canvas: Canvas, x: int, y: int, char: str, ink: Rgb, *, bold: bool = False) -> None:
        canvas.over(x, y, char, ink, bold=bold)


def _is(value: Value) -> bool:
    return value is not None and value >= 0.5
