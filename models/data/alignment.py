"""Own runs beside the earlier lines: no line was made where they are.

Machines read differently: a gap of 400 um here may be one of 460 um there. Where the ranges do not
meet, lines as they stand only extrapolate to the own runs (real calendering data: 1.3 to 2.4 times
the error of no history, intervals far too narrow). Moved so that the ranges lie upon each other
they may fit the own results well; whether they do, the fit decides (`fit`).
"""

from __future__ import annotations

import numpy as np

from designer.models.arrays import FloatArray, IntArray
from designer.models.data.dataset import ResponseData

_MARGIN = 0.02  # of the unit cube, by which a run may lie outside a line's range
_INSIDE = 0.25  # share of the own runs inside some line's range below which the lines are beside
_RUNS = 3  # own settings below which nothing can say whether moving helps
_ROWS = 5  # of a line, for its range to mean anything


def move_to_lines(data: ResponseData, groups: IntArray) -> FloatArray | None:
    """By how much own points are moved to lie upon the lines', ``[D]``; None: they meet.

    Along every numeric input that has own runs beside all lines: from the middle of the own range
    to that of the lines' together.

    Args:
        data: measurements of all lines.
        groups: input index of every encoded column, ``[D]``.
    """
    own = np.unique(data.X[data.target], axis=0)
    if len(own) < _RUNS:
        return None
    move = np.zeros(len(groups))
    for column in np.flatnonzero(np.bincount(groups)[groups] == 1):
        ranges = _ranges(data, int(column), int(groups[column]))
        if len(ranges) == 0:
            continue
        at = own[:, column, None]
        inside = (at >= ranges[:, 0] - _MARGIN) & (at <= ranges[:, 1] + _MARGIN)
        if inside.any(axis=1).mean() < _INSIDE:
            lines = 0.5 * (ranges[:, 0].min() + ranges[:, 1].max())
            move[column] = lines - 0.5 * float(at.min() + at.max())
    return move if move.any() else None


def _ranges(data: ResponseData, column: int, group: int) -> FloatArray:
    """Least and largest value of a column on each line that recorded it, ``[lines, 2]``."""
    found = []
    for code in np.unique(data.line[data.line > 0]).tolist():
        values = data.X[data.line == code, column]
        if len(values) >= _ROWS and (code, group) not in data.missing:
            found.append((values.min(), values.max()))
    return np.array(found, dtype=np.float64).reshape(-1, 2)
