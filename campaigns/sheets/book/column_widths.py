"""How wide the columns of a plan are, and how high its rows: readable on the width of one page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from designer.campaigns.log.runs import Run
from designer.campaigns.sheets.book.paper import PAGE
from designer.campaigns.sheets.plan_columns import PlanColumn
from designer.campaigns.tables.headers import split_unit
from designer.campaigns.values.numbers import number_text

_WIDTHS = {"run": 7.0, "status": 11.5, "reason": 16.0, "made_at": 16.5, "note": 22.0}
_NARROWEST, _WIDEST, _LONG_TEXT = 8.0, 18.0, 28.0
_BOLD = 1.15  # a bold letter, in widths of a digit
_WIDE = 1.35 * PAGE
"""From here on names are turned by 90 degrees, which leaves cells as wide as what they hold."""
_SMALLEST = 0.55
"""Scale of a page below which letters of 11 points are too small to work with (6 points)."""
_LINE, _SMALL_LINE = 15.5, 12.5  # points
_WRITTEN, _HIGHEST = 21.0, 33.0
"""Points of a row on paper that can be written in by hand; most of them on the screen."""
_LETTER, _LONGEST_TURNED = 7.7, 26
"""Points of a letter of a turned name, and how many letters before it goes on in a second line."""


@dataclass(frozen=True)
class ColumnWidths:
    """The measures of a sheet.

    Attributes:
        each: width of every column, in characters.
        turned: whether the name of a column is turned by 90 degrees.
        header_height: of the row of names, in points.
        hint_height: of the row above it.
        row_height: of a run.
    """

    each: Sequence[float]
    turned: Sequence[bool]
    header_height: float
    hint_height: float
    row_height: float

    @property
    def too_wide(self) -> bool:
        """Whether nobody could read all columns beside each other on one page."""
        return _SMALLEST * sum(self.each) > PAGE

    @classmethod
    def of(cls, columns: Sequence[PlanColumn], hints: Sequence[str], runs: Sequence[Run]) -> Self:
        """The measures of a plan.

        Args:
            columns: of the sheet.
            hints: what stands above each.
            runs: of the plan.
        """
        cells = [_widest_cell(column, runs) for column in columns]
        names = [split_unit(column.header) for column in columns]
        level = [
            max(cell, min(math.ceil(_BOLD * max(len(name), len(unit or "") + 2)) + 1, _WIDEST))
            for cell, (name, unit) in zip(cells, names, strict=True)
        ]
        if sum(level) > _WIDE:
            each = cells
            turned = [full > cell for full, cell in zip(level, cells, strict=True)]
            longest = max(min(len(name), _LONGEST_TURNED) for name, _ in names)
            height = _LETTER * longest + 12
        else:
            each = level
            turned = [False] * len(level)
            room = zip(names, each, strict=True)
            lines = max(math.ceil(_BOLD * len(name) / width) for (name, _), width in room)
            height = _LINE * (lines + 1) + 4
        hinted = [_lines(hint, width) for hint, width in zip(hints, each, strict=True)]
        scale = max(_SMALLEST, min(1.0, PAGE / sum(each)))
        row_height = min(_WRITTEN / scale, _HIGHEST)
        return cls(each, turned, height, _SMALL_LINE * max(hinted, default=1) + 2, row_height)


def _widest_cell(column: PlanColumn, runs: Sequence[Run]) -> float:
    """Characters the cells of a column need, within limits."""
    if column.part in _WIDTHS:
        return _WIDTHS[column.part]
    longest = _NARROWEST
    for run in runs:
        value = column.tell(run)
        text = value if isinstance(value, str) else ""
        if isinstance(value, int | float | tuple):
            numbers = value if isinstance(value, tuple) else (value,)
            text = "/".join(map(number_text, numbers))
        longest = max(longest, 1.1 * len(text) + 1.5)
    return min(longest, _LONG_TEXT)


def _lines(text: str, width: float) -> int:
    """Lines a small text takes, broken between words."""
    room, lines, used = 1.25 * width, 1, 0.0
    for before, word in pairwise(["", *text.split()]):
        if before and used + 1 + len(word) > room:
            lines, used = lines + 1, float(len(word))
        else:
            used += len(word) + (1 if before else 0)
    return lines
