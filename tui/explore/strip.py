"""Every factor through one recipe: a band plot each, side by side as they fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from designer.engine.pictures.answers import Slice, Slices
from designer.tui.drawing.canvas import Canvas, Palette
from designer.tui.explore.layers import band_plot

_NARROWEST: Final = 24  # columns of a plot that still says something
_LOWEST: Final = 7  # rows


@dataclass(frozen=True)
class Strip:
    """Slices of one response.

    Attributes:
        found: the slices.
        response: whose.
        chosen: factor whose plot is drawn if not all fit; None: from the first on.
    """

    found: Slices
    response: str
    chosen: str | None = None

    def draw(self, width: int, height: int, palette: Palette) -> Canvas:
        """The plots that fit, in rows.

        Args:
            width: columns.
            height: rows.
            palette: colours.
        """
        canvas = Canvas(width, height)
        parts = self.found["slices"]
        across = max(1, min(len(parts), width // _NARROWEST))
        down = max(1, min(-(-len(parts) // across), height // _LOWEST))
        across = -(-min(len(parts), across * down) // down)
        parts = self._shown(across * down)
        each, high = width // across, height // down
        for number, part in enumerate(parts):
            name = part["axis"]["factor"]
            plot = band_plot(self.found, part, self.response, self.found["recipe"][name])
            if number:  # the response is named once
                plot = replace(plot, title="")
            drawn = plot.draw(each - 1, high, palette)
            canvas.paste(drawn, number % across * each, number // across * high)
        return canvas

    def _shown(self, room: int) -> list[Slice]:
        parts = self.found["slices"]
        names = [part["axis"]["factor"] for part in parts]
        place = names.index(self.chosen) if self.chosen in names else 0
        first = max(0, min(place - room // 2, len(parts) - room))
        return parts[first : first + room]
