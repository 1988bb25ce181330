"""A widget that shows something drawn in characters, in the colours of the theme."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget

from designer.tui.drawing.canvas import Canvas, Palette, Rgb, mixed
from designer.tui.ui import Ui

Draw = Callable[[int, int, Palette], Canvas]
"""Draws something so many columns wide and rows high."""

_INNER: Final = 0.42  # how far the 50 % band is mixed into the paper (assumption)
_OUTER: Final = 0.8  # the 95 % band


def palette_of(app: Ui) -> Palette:
    """The colours of pictures under the theme of the application."""
    told = app.theme_variables

    def colour(name: str, otherwise: Rgb) -> Rgb:
        try:
            return Color.parse(told[name]).rgb
        except (KeyError, ValueError):
            return otherwise

    paper = colour("background", (0, 0, 0))
    ink = colour("foreground", (255, 255, 255))
    primary = colour("primary", (80, 160, 210))
    ascii_only = app.ascii_only or app.no_color
    return Palette(
        ink=ink,
        quiet=colour("quiet", mixed(ink, paper, 0.4)),
        paper=paper,
        accent=colour("accent", (255, 180, 84)),
        own=ink,
        bad=colour("error", (240, 110, 110)),
        good=colour("success", (127, 183, 126)),
        inner=mixed(primary, paper, _INNER),
        outer=mixed(primary, paper, _OUTER),
        ascii=ascii_only,
    )


class Picture(Widget):
    """Shows what is drawn; draws anew only when that, its size or the theme changes.

    Attributes:
        draw: what is shown; None: nothing.
    """

    DEFAULT_CSS = "Picture { width: 1fr; height: 1fr; }"

    def __init__(self, draw: Draw | None = None, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.draw = draw
        self._drawn: tuple[tuple[object, ...], Canvas] | None = None

    def show(self, draw: Draw | None) -> None:
        """Show something else."""
        self.draw = draw
        self._drawn = None
        self.refresh()

    @property
    def palette(self) -> Palette:
        """The colours to draw with."""
        return palette_of(self.ui)

    @property
    def ui(self) -> Ui:
        """The application."""
        return cast("Ui", self.app)

    def canvas(self) -> Canvas | None:
        """What is shown, in the size the widget has."""
        width, height = self.size
        if self.draw is None or width < 1 or height < 1:
            return None
        key = (width, height, self.app.theme, self.ui.ascii_only, self.draw)
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = (key, self.draw(width, height, self.palette))
        return self._drawn[1]

    def render_line(self, y: int) -> Strip:
        """One row."""
        canvas = self.canvas()
        if canvas is None or y >= canvas.height:
            return Strip.blank(self.size.width, self.rich_style)
        return canvas.strip(y).apply_style(self.rich_style)
