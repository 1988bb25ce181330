"""Lines of equal value in braille: one dot wide, two dots across and four up in every cell."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple

DOTS: Final = ((0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08))
"""Braille dots of the left and the right half of a cell, from below."""

Corners = tuple[float, float, float, float]
"""Values at the corners of a cell: below left and right, above left and right."""


class Level(NamedTuple):
    """A value whose line is drawn, and whether it is that of a window."""

    value: float
    strong: bool


def contour_dots(
    corners: Sequence[Sequence[float | None]], levels: Sequence[Level]
) -> dict[tuple[int, int], tuple[int, bool]]:
    """Braille dots by row, from below, and column of the cells a line goes through.

    Args:
        corners: values at the corners of all cells, ``[rows + 1][columns + 1]``.
        levels: ascending.
    """
    values = [level.value for level in levels]
    found: dict[tuple[int, int], tuple[int, bool]] = {}
    # how many levels are below a corner: where all four agree, no line goes through the cell
    ranks = [[None if v is None else bisect_left(values, v) for v in line] for line in corners]
    for row in range(len(corners) - 1):
        below, above = ranks[row], ranks[row + 1]
        for column in range(len(below) - 1):
            around = below[column], below[column + 1], above[column], above[column + 1]
            if around[0] == around[1] == around[2] == around[3] or None in around:
                continue
            known = [rank for rank in around if rank is not None]
            cell = _corners(corners, row, column)
            dots, strong = 0, False
            for level in levels[min(known) : max(known)]:
                line = _dots(cell, level.value)
                dots, strong = dots | line, strong or (level.strong and line > 0)
            if dots:
                found[row, column] = dots, strong
    return found


def _corners(corners: Sequence[Sequence[float | None]], row: int, column: int) -> Corners:
    below, above = corners[row], corners[row + 1]
    a, b, c, d = (v or 0.0 for v in (*below[column : column + 2], *above[column : column + 2]))
    return a, b, c, d


def _dots(cell: Corners, level: float) -> int:
    """The dots of one line in one cell, between whose corners values are blended."""
    a, b, c, d = cell
    across, up = (b - a + d - c) / 2, (c - a + d - b) / 2
    dots = 0
    if abs(up) / 4 >= abs(across) / 2:  # the line is rather flat: one dot for either half
        for half in (0, 1):
            along = 0.25 + 0.5 * half
            place = _crossing(a + (b - a) * along, c + (d - c) * along, level)
            if place is not None:
                dots |= DOTS[half][min(3, int(4 * place))]
        return dots
    for quarter in range(4):
        along = (quarter + 0.5) / 4
        place = _crossing(a + (c - a) * along, b + (d - b) * along, level)
        if place is not None:
            dots |= DOTS[min(1, int(2 * place))][quarter]
    return dots


def _crossing(start: float, end: float, level: float) -> float | None:
    """Where between two places a value is met, 0 to 1; None: nowhere."""
    if start == end or (start < level) == (end < level):
        return None
    return (level - start) / (end - start)
