"""Shares with intervals as bars: trust in lines, results inside of their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from designer.tui.drawing.canvas import Canvas, Palette, cut, widest

_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
_TRACK: Final = 10  # cells of the shortest bar


@dataclass(frozen=True, slots=True)
class Bar:
    """A share from 0 to 1 with an interval, or what it should be, and words behind it.

    Attributes:
        label: before the bar.
        share: how long the bar is; None: nothing is known.
        low: lower end of its interval.
        high: upper end.
        wanted: where it should end.
        words: behind the bar.
        good: whether the words are good news (True), bad (False) or neither (None).
        strong: a heading.
    """

    label: str
    share: float | None
    low: float | None = None
    high: float | None = None
    wanted: float | None = None
    words: str = ""
    good: bool | None = None
    strong: bool = False


@dataclass(frozen=True)
class Bars:
    """Bars below each other, with one scale.

    Attributes:
        title: above them.
        bars: from top to bottom.
        first: number of the first one that is shown.
    """

    title: str
    bars: Sequence[Bar]
    first: int = 0

    def draw(self, width: int, height: int, palette: Palette) -> Canvas:
        """The bars that fit.

        Args:
            width: columns.
            height: rows.
            palette: colours.
        """
        canvas = Canvas(width, height)
        canvas.text(0, 0, cut(self.title, width, ascii_only=palette.ascii), palette.ink, bold=True)
        label = min(widest([bar.label for bar in self.bars]), max(8, width // 3))
        words = min(widest([bar.words for bar in self.bars]), max(0, width // 3))
        track = max(_TRACK, width - label - words - 3)
        shown = self.bars[self.first : self.first + max(0, height - 1)]
        for row, bar in enumerate(shown, start=1):
            ink = palette.ink if bar.strong else palette.quiet
            name = cut(bar.label, label, ascii_only=palette.ascii)
            canvas.text(label - len(name), row, name, ink, bold=bar.strong)
            self._bar(canvas, palette, bar, (label + 1, row, track))
            good = {True: palette.good, False: palette.bad, None: palette.quiet}[bar.good]
            room = max(0, width - label - track - 2)
            told = cut(bar.words, room, ascii_only=palette.ascii)
            canvas.text(label + track + 2, row, told, good)
        hidden = len(self.bars) - self.first - len(shown)
        if hidden > 0 and height > 1:
            told = f"{hidden} more"
            canvas.text(max(0, width - len(told)), 0, told, palette.quiet)
        return canvas

    @staticmethod
    def _bar(canvas: Canvas, palette: Palette, bar: Bar, place: tuple[int, int, int]) -> None:
        left, row, track = place
        filled = max(0.0, min(1.0, bar.share or 0.0)) * track
        for cell in range(track):
            part = max(0.0, min(1.0, filled - cell))
            if palette.ascii:
                canvas.put(left + cell, row, "#" if part >= 0.5 else ".", palette.ink)
            else:
                canvas.put(
                    left + cell, row, _EIGHTHS[round(part * 8)], palette.inner, palette.outer
                )
        if bar.share is None:
            canvas.text(
                left,
                row,
                cut("not known yet", track, ascii_only=palette.ascii),
                palette.quiet,
                palette.outer,
            )
        signs = palette.signs

        def put(share: float | None, char: str, *, bold: bool = False) -> None:
            if share is not None:
                cell = min(track - 1, max(0, int(share * track)))
                behind = (
                    None if palette.ascii else (palette.inner if cell < filled else palette.outer)
                )
                canvas.put(left + cell, row, char, palette.ink, behind, bold=bold)

        if bar.low is not None and bar.high is not None:
            first, last = (min(track - 1, max(0, int(s * track))) for s in (bar.low, bar.high))
            for cell in range(first, last + 1):
                put(cell / track, signs.across)
            put(bar.low, "[" if palette.ascii else "├")
            put(bar.high, "]" if palette.ascii else "┤")
        put(bar.wanted, signs.up, bold=True)
