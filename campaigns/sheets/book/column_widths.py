"""How wide the columns of a plan are, how high its rows, and what of them is printed.

Everything to be filled in is readable on the width of one page: from some width on names are
turned, and settings really used, which can be written beside those planned, are not printed.
"""

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
_SMALLEST = 0.75
"""Scale of a page below which letters of 11 points are small for work (8 points; assumption)."""
_PAGE_HEIGHT = 490.0
"""Points of rows that surely lie below each other on a page in landscape, A4 or Letter."""
_FEWEST = 3
"""Blank rows that are printed at least."""
_LINE, _SMALL_LINE = 15.5, 12.5  # points
_WRITTEN, _HIGHEST = 21.0, 38.0
"""Points of a row on paper that can be written in by hand; most of them on the screen."""
_LETTER, _LONGEST_TURNED = 6.6, 26
"""Points of a letter of a turned name, and how many letters before it goes on in a second line."""


@dataclass(frozen=True)
class ColumnWidths:
    """The measures of a sheet.

    Attributes:
        each: width of every column, in characters.
        turned: whether the name of a column is turned by 90 degrees.
        header_height: of the row of names, in points.
        hint_height: of the row above it.
        row_heights: of every run.
        blank_height: of a row for a run nobody planned.
        printed: how many columns are printed.
        blank_printed: how many rows below the runs are printed: what fills the last page.
    """

    each: Sequence[float]
    turned: Sequence[bool]
    header_height: float
    hint_height: float
    row_heights: Sequence[float]
    blank_height: float
    printed: int
    blank_printed: int

    @classmethod
    def of(
        cls, columns: Sequence[PlanColumn], hints: Sequence[str], runs: Sequence[Run], blank: int
    ) -> Self:
        """The measures of a plan.

        Args:
            columns: of the sheet.
            hints: what stands above each.
            runs: of the plan.
            blank: how many rows there are for runs nobody planned.
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
            longest = max(max(len(name), len(unit or "") + 2) for name, unit in names)
            height = _LETTER * min(longest, _LONGEST_TURNED) + 12
        else:
            each = level
            turned = [False] * len(level)
            sized = zip(names, each, strict=True)
            lines = max(math.ceil(_BOLD * len(name) / width) for (name, _), width in sized)
            height = _LINE * (lines + 1) + 4
        hinted = [_lines(hint, width) for hint, width in zip(hints, each, strict=True)]
        hint_height = _SMALL_LINE * max(hinted, default=1) + 2
        printed = len(each)
        if _SMALLEST * sum(each) > PAGE:
            printed = sum(column.part != "used" for column in columns)
        scale = min(1.0, PAGE / sum(each[:printed]))
        blank_height = min(_WRITTEN / scale, _HIGHEST)
        row_heights = [max(blank_height, _text_height(columns, each, run)) for run in runs]
        room = _PAGE_HEIGHT / scale - 2 * _LINE - hint_height - height
        last_page = (sum(row_heights) + _FEWEST * blank_height) % room
        left = _FEWEST + int((room - last_page) / blank_height)
        return cls(
            each, turned, height, hint_height, row_heights, blank_height, printed, min(left, blank)
        )


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


def _text_height(columns: Sequence[PlanColumn], widths: Sequence[float], run: Run) -> float:
    """Points the texts of a run take, in as many lines as they need."""
    told = ((column.tell(run), width) for column, width in zip(columns, widths, strict=True))
    lines = [
        math.ceil(_BOLD * len(value) / (width - 1))
        for value, width in told
        if isinstance(value, str)
    ]
    return _LINE * max(lines, default=1)


def _lines(text: str, width: float) -> int:
    """Lines a small text takes, broken between words."""
    room, lines, used = 1.25 * width, 1, 0.0
    for before, word in pairwise(["", *text.split()]):
        if before and used + 1 + len(word) > room:
            lines, used = lines + 1, float(len(word))
        else:
            used += len(word) + (1 if before else 0)
    return lines
