"""A heat map with a cursor: moving it draws two cells, not the map."""

from __future__ import annotations

from textual.geometry import Region
from textual.strip import Strip

from designer.tui.drawing.heat_map import HeatMap
from designer.tui.widgets.pictures.picture import Picture


class MapView(Picture):
    """A heat map."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._map: HeatMap | None = None
        self._place: tuple[float, float] | None = None

    def show_map(self, shown: HeatMap | None, place: tuple[float, float] | None) -> None:
        """Show a map with the cursor at shares of both axes."""
        if shown is not self._map:
            self._map, self._place = shown, place
            self.show(None if shown is None else shown.draw)
        else:
            self.move_to(place)

    def move_to(self, place: tuple[float, float] | None) -> None:
        """Move the cursor."""
        if place == self._place:
            return
        rows = {self._row(self._place), self._row(place)} - {None}
        self._place = place
        for row in rows:
            self.refresh(Region(0, row or 0, self.size.width, 1))

    def _row(self, place: tuple[float, float] | None) -> int | None:
        if self._map is None or place is None or not self.size.height:
            return None
        return self._map.frame(*self.size).row(place[1])

    def render_line(self, y: int) -> Strip:
        """One row, with the cursor if it stands there."""
        canvas = self.canvas()
        if (
            canvas is None
            or self._map is None
            or self._place is None
            or y != self._row(self._place)
        ):
            return super().render_line(y)
        x, row, char, ink, paper = self._map.cursor_cell(canvas, self.palette, self._place)
        return canvas.strip_with(x, row, char, ink, paper).apply_style(self.rich_style)
