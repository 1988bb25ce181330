"""Filled areas whose edges are an eighth of a row fine."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from designer.tui.drawing.canvas import Canvas, Ink, Palette, Rgb, averaged, mixed

EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
"""Blocks that fill a cell from below."""

_ASCII: Final = ".:"  # of the areas, the lowest first

Layer = tuple[int, int, Rgb]
"""An area in a column: from and to, in eighths of a row from the bottom; its colour."""


def block(bottom: int, layers: tuple[Layer, ...], palette: Palette) -> tuple[str, Ink, Ink]:
    """Character, ink and paper of a cell.

    Args:
        bottom: its lower edge in eighths of a row.
        layers: later ones cover earlier ones.
        palette: colours.
    """
    if palette.ascii:
        middle = bottom + 4
        chars = [
            char for (low, high, _), char in zip(layers, _ASCII, strict=False)
            if low <= middle < high
        ]  # fmt: skip
        return (chars[-1] if chars else " "), palette.quiet, None
    near = tuple((low - bottom, high - bottom, c) for low, high, c in layers)
    if not any(low < 8 and high > 0 for low, high, _ in near):
        return " ", None, palette.paper
    found: list[Rgb] = [palette.paper] * 8
    for low, high, colour in near:
        for eighth in range(max(0, low), min(8, high)):
            found[eighth] = colour
    return _nearest(tuple(found))


@lru_cache(maxsize=4096)
def _nearest(eighths: tuple[Rgb, ...]) -> tuple[str, Ink, Ink]:
    """The block of two colours that comes nearest to eight of them, the lowest first.

    A cell has two colours and one edge; where three meet, each side takes the mean of its own.
    """
    best = (float("inf"), 0, eighths[0], eighths[0])
    for edge in range(8):
        below, above = eighths[:edge], eighths[edge:]
        ink, paper = averaged(below), averaged(above)
        wrong = sum(_apart(c, ink) for c in below) + sum(_apart(c, paper) for c in above)
        if wrong < best[0]:
            best = wrong, edge, ink, paper
    _, edge, ink, paper = best
    return (EIGHTHS[edge], ink, paper) if edge else (" ", None, paper)


def _apart(one: Rgb, other: Rgb) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def behind(canvas: Canvas, x: int, y: int) -> Ink:
    """What a mark stands on: of a cell with an edge, both colours by how much they fill."""
    char, ink, paper = canvas.char(x, y), canvas.ink(x, y), canvas.paper(x, y)
    filled = EIGHTHS.find(char)
    if filled <= 0 or ink is None or paper is None:
        return paper
    return mixed(paper, ink, filled / 8)
