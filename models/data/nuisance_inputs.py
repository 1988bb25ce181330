"""What earlier lines varied besides the campaign's inputs, as functions for their own rows.

An input that only one line has says nothing about the target, but it explains results of that
line that would otherwise be taken for noise: ``F b`` with ``b ~ N(0, κ_a²)`` integrated out, F the
first two Legendre polynomials of each such input over the line's own range. Measured on a line
that varied a further input by half of the response's spread: without F its noise rises by itself
(and, where it is the only line, that of the target with it), coverage stays, but what the line
teaches is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.linalg import block_diag

from designer.models.arrays import FloatArray

_CURVATURE = 0.3  # size of the second polynomial, share of the first (assumption)


def nuisance_inputs(lines: Sequence[Sequence[Mapping[str, float]]]) -> list[FloatArray]:
    """F per line, ``[rows, k]``, with the same k columns for all lines, 0 on all but one.

    Args:
        lines: per earlier line its rows' own inputs, by name; a missing one is unknown.
    """
    blocks = [_functions(line) for line in lines]
    ends = np.cumsum([len(block) for block in blocks])
    return np.split(block_diag(*blocks), ends[:-1]) if blocks else []


def _functions(rows: Sequence[Mapping[str, float]]) -> FloatArray:
    """``[rows, 2 e]`` of a line with e inputs of its own that it really varied; unknown: 0."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = []
    for name in names:
        values = np.array([row.get(name, np.nan) for row in rows], dtype=np.float64)
        low, high = np.nanmin(values), np.nanmax(values)
        if not low < high:
            continue
        u = 2.0 * (values / (high - low) - low / (high - low)) - 1.0
        pair = [np.sqrt(3.0) * u, _CURVATURE * np.sqrt(1.25) * (3.0 * np.square(u) - 1.0)]
        columns += [np.where(np.isnan(u), 0.0, column) for column in pair]
    return np.column_stack(columns) if columns else np.zeros((len(rows), 0))
