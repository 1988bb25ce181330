"""A grid of characters with colours, and how it becomes the strips of a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Final

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

Rgb = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

Ink = Rgb | None
"""A colour; None: the terminal's or the widget's own."""

_BLACK: Final[Rgb] = (0, 0, 0)
_WHITE: Final[Rgb] = (255, 255, 255)


@lru_cache(maxsize=4096)
def _colour_of(colour: Rgb) -> Color:
    return Color.from_rgb(*colour)


@lru_cache(maxsize=16384)
def style_of(ink: Ink, paper: Ink, *, bold: bool = False) -> Style:
    """The style of a cell."""
    front = None if ink is None else _colour_of(ink)
    back = None if paper is None else _colour_of(paper)
    if not bold:
        return Style.from_color(front, back)  # four times as fast
    return Style(color=front, bgcolor=back, bold=True)


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
    best: str
    hatch: str
    middle: str
    end: str


_UNICODE: Final = Signs(
    made="●", line="○", failed="✗", open="◆", cursor="╋", across="─", up="│", corner="└",
    tick_across="┬", tick_up="┤", limit="╌", here="┊", best="★", hatch="╱", middle="─", end="◂",
)  # fmt: skip
_ASCII: Final = Signs(
    made="O", line="o", failed="X", open="P", cursor="+", across="-", up="|", corner="+",
    tick_across="+", tick_up="+", limit="-", here="|", best="B", hatch="/", middle="=", end="<",
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

    def text(
        self, x: int, y: int, text: str, ink: Ink = None, paper: Ink = None, *, bold: bool = False
    ) -> None:
        """Write a text to the right; what does not fit is cut."""
        for step, char in enumerate(text):
            self.put(x + step, y, char, ink, paper, bold=bold)

    def paper(self, x: int, y: int) -> Ink:
        """What is behind a cell; outside of the grid nothing."""
        return self._papers[y * self.width + x] if self._has(x, y) else None

    def ink(self, x: int, y: int) -> Ink:
        """The colour of the character of a cell."""
        return self._inks[y * self.width + x] if self._has(x, y) else None

    def char(self, x: int, y: int) -> str:
        """The character of a cell; outside of the grid a blank."""
        return self._chars[y * self.width + x] if self._has(x, y) else " "

    def _has(self, x: int, y: int) -> bool:
        return 0 <= x < self.width and 0 <= y < self.height

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
        return [self.strip(row) for row in range(self.height)]

    def strip(self, row: int) -> Strip:
        """One row for a terminal."""
        start, end = row * self.width, (row + 1) * self.width
        segments: list[Segment] = []
        looks = zip(
            self._inks[start:end], self._papers[start:end], self._bold[start:end], strict=True
        )
        for look, cells in groupby(zip(looks, self._chars[start:end], strict=True), itemgetter(0)):
            ink, paper, bold = look
            text = "".join([char for _, char in cells])
            segments.append(Segment(text, style_of(ink, paper, bold=bold)))
        return Strip(segments, self.width)

    def strip_with(self, x: int, row: int, char: str, ink: Ink, paper: Ink) -> Strip:
        """One row for a terminal with one cell set otherwise, in bold; the canvas stays."""
        if not self._has(x, row):
            return self.strip(row)
        place = row * self.width + x
        kept = self._chars[place], self._inks[place], self._papers[place], self._bold[place]
        self.put(x, row, char, ink, paper, bold=True)
        strip = self.strip(row)
        self._chars[place], self._inks[place], self._papers[place], self._bold[place] = kept
        return strip


def mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    """A colour between two; share 0 is the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def averaged(colours: Sequence[Rgb]) -> Rgb:
    """The mean of some colours; of none black."""
    many = max(1, len(colours))
    red, green, blue = (round(sum(c[part] for c in colours) / many) for part in range(3))
    return red, green, blue


def contrast(behind: Rgb, share: float) -> Rgb:
    """An ink that is seen on a colour: so far towards black or white, whichever is farther."""
    return mixed(behind, _BLACK if luminance(behind) > 0.5 else _WHITE, share)


def luminance(colour: Rgb) -> float:
    """How bright a colour is, 0 to 1 (Rec. 709 weights on the stored values)."""
    red, green, blue = colour
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def widest(texts: Sequence[str]) -> int:
    """Length of the longest text."""
    return max((len(text) for text in texts), default=0)


def cut(text: str, most: int, *, ascii_only: bool = False) -> str:
    """A text of at most so many characters; what is missing is told by an ellipsis."""
    if len(text) <= most:
        return text
    return f"{text[: most - 1]}{'~' if ascii_only else '…'}" if most > 0 else ""
