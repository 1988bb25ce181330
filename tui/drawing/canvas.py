"""A grid of characters with colours, and how it becomes the strips of a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

Rgb = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

Ink = Rgb | None
"""A colour; None: the terminal's or the widget's own."""


@lru_cache(maxsize=8192)
def style_of(ink: Ink, paper: Ink, *, bold: bool = False) -> Style:
    """The style of a cell."""
    return Style(
        color=None if ink is None else Color.from_rgb(*ink),
        bgcolor=None if paper is None else Color.from_rgb(*paper),
        bold=bold or None,
    )


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a picture, of the theme.

    Attributes:
        ink: text and lines.
        quiet: axes and ticks.
        paper: behind everything.
        accent: what is pointed at.
        own: own runs.
        bad: failures and limits that are broken.
        good: inside of windows.
        inner: 50 % band.
        outer: 95 % band.
        ascii: only characters every font has, and no colour tells anything by itself.
    """

    ink: Rgb
    quiet: Rgb
    paper: Rgb
    accent: Rgb
    own: Rgb
    bad: Rgb
    good: Rgb
    inner: Rgb
    outer: Rgb
    ascii: bool = False

    @property
    def signs(self) -> Signs:
        """The characters to draw with."""
        return _ASCII if self.ascii else _UNICODE


@dataclass(frozen=True, slots=True)
class Signs:
    """Characters that mean something in every picture, beside their colour."""

    made: str
    line: str
    failed: str
    open: str
    cursor: str
    across: str
    up: str
    corner: str
    tick_across: str
    tick_up: str
    limit: str
    here: str


_UNICODE: Final = Signs(
    made="●", line="○", failed="✗", open="◆", cursor="╋", across="─", up="│", corner="└",
    tick_across="┬", tick_up="┤", limit="╌", here="┊",
)  # fmt: skip
_ASCII: Final = Signs(
    made="o", line=".", failed="x", open="P", cursor="+", across="-", up="|", corner="+",
    tick_across="+", tick_up="+", limit="-", here=":",
)  # fmt: skip


class Canvas:
    """A grid of characters.

    Args:
        width: columns.
        height: rows.

    Attributes:
        width: columns.
        height: rows.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = max(width, 0), max(height, 0)
        size = self.width * self.height
        self._chars = [" "] * size
        self._inks: list[Ink] = [None] * size
        self._papers: list[Ink] = [None] * size
        self._bold = [False] * size

    def put(
        self, x: int, y: int, char: str, ink: Ink = None, paper: Ink = None, *, bold: bool = False
    ) -> None:
        """Set one cell; outside of the grid nothing happens."""
        if 0 <= x < self.width and 0 <= y < self.height:
            place = y * self.width + x
            self._chars[place], self._inks[place] = char, ink
            self._papers[place], self._bold[place] = paper, bold

    def over(self, x: int, y: int, char: str, ink: Ink, *, bold: bool = False) -> None:
        """Set the character of a cell; what is behind it stays."""
        if 0 <= x < self.width and 0 <= y < self.height:
            place = y * self.width + x
            self.put(x, y, char, ink, self._papers[place], bold=bold)

    def text(
        self, x: int, y: int, text: str, ink: Ink = None, paper: Ink = None, *, bold: bool = False
    ) -> None:
        """Write a text to the right; what does not fit is cut."""
        for step, char in enumerate(text):
            self.put(x + step, y, char, ink, paper, bold=bold)

    def paper(self, x: int, y: int) -> Ink:
        """What is behind a cell."""
        return self._papers[y * self.width + x]

    def ink(self, x: int, y: int) -> Ink:
        """The colour of the character of a cell."""
        return self._inks[y * self.width + x]

    def char(self, x: int, y: int) -> str:
        """The character of a cell."""
        return self._chars[y * self.width + x]

    def paste(self, other: Canvas, x: int, y: int) -> None:
        """Draw another canvas at a place."""
        for row in range(other.height):
            for column in range(other.width):
                place = row * other.width + column
                self.put(
                    x + column, y + row, other._chars[place], other._inks[place],
                    other._papers[place], bold=other._bold[place],
                )  # fmt: skip

    def rows(self) -> list[str]:
        """The characters alone, a text per row."""
        width = self.width
        return ["".join(self._chars[k * width : (k + 1) * width]) for k in range(self.height)]

    def strips(self) -> list[Strip]:
        """The rows for a terminal; neighbours of one style are one segment."""
        return [self._strip(row) for row in range(self.height)]

    def _strip(self, row: int) -> Strip:
        first, segments = row * self.width, []
        start, end = first, first + self.width
        while start < end:
            stop = start + 1
            look = self._look(start)
            while stop < end and self._look(stop) == look:
                stop += 1
            ink, paper, bold = look
            text = "".join(self._chars[start:stop])
            segments.append(Segment(text, style_of(ink, paper, bold=bold)))
            start = stop
        return Strip(segments, self.width)

    def _look(self, place: int) -> tuple[Ink, Ink, bool]:
        return self._inks[place], self._papers[place], self._bold[place]


def mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    """A colour between two; share 0 is the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def luminance(colour: Rgb) -> float:
    """How bright a colour is, 0 to 1 (Rec. 709 weights on the stored values)."""
    red, green, blue = colour
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def widest(texts: Sequence[str]) -> int:
    """Length of the longest text."""
    return max((len(text) for text in texts), default=0)
