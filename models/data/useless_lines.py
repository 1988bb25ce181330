"""Earlier lines whose values of a response say nothing here, so that none of them is used.

- one value at every setting: a stuck gauge, or a number filled in;
- too few rows to tell how strongly they react, far from all own results: another unit, usually;
- a line that varies much less than the own results, and that without any relation to its settings:
  its noise alone. Made as large as the own reaction it would be taken for one.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import fdtrc

from designer.models.arrays import FloatArray, IntArray
from designer.models.data.dataset import ResponseData
from designer.models.data.line_scales import (
    LINE_ROWS,
    OWN_SETTINGS,
    Reaction,
    design_factor,
    deviation,
)
from designer.models.data.neighbours import nearest_others

_FAR = 3.0  # standard deviations of the own results, as if spread over the region
_CHANCE = 0.01  # of a relation at least as close where there is none


def useless_lines(
    data: ResponseData,
    values: FloatArray,
    kept: IntArray,
    groups: IntArray,
    ratios: Mapping[int, float],
) -> dict[int, str]:
    """Lines that are not used, by code, with what the user should know.

    Args:
        data: the measurements.
        values: the same on T's scale, ``[n]``.
        kept: rows that are no outliers, ``[k]``.
        groups: input index of every encoded column, ``[D]``.
        ratios: of lines that react on another scale (`other_scales`), by code.
    """
    X, line = data.X[kept], data.line[kept]
    values = values[kept]
    own = Reaction(X[line == 0], values[line == 0])
    found: dict[int, str] = {}
    if own.settings < OWN_SETTINGS or deviation(own.values) == 0.0:
        return found
    reach = _FAR * design_factor(own.X, groups) * deviation(own.values)
    for code in np.unique(line[line > 0]).tolist():
        rows = Reaction(X[line == code], values[line == code])
        if why := _why_useless(rows, own, reach, ratios.get(code)):
            found[code] = f"{data.name}: {data.line_name(code)} is not used, {why}"
    return found


def _why_useless(line: Reaction, own: Reaction, reach: float, ratio: float | None) -> str:
    """Why a line is not used; empty: it is."""
    count = len(line.values)
    if line.settings >= OWN_SETTINGS and np.ptp(line.values) == 0.0:
        return (
            f"since its {count} results at {line.settings} settings are all the same: a stuck"
            " gauge, or a number filled in?"
        )
    away = abs(float(np.median(line.values) - np.median(own.values)))
    if count < LINE_ROWS and away > reach:
        return (
            f"since its results lie far from all own ones, and {count} are too few to tell how"
            " they would have to be converted: another unit?"
        )
    if ratio is not None and ratio < 1.0 and not _reacts(line):
        return (
            f"since its results vary {1.0 / ratio:.2g} times less than the own ones, and not with"
            " its settings: noise of its gauge?"
        )
    return ""


def _reacts(line: Reaction) -> bool:
    """Whether values go with the settings: along a plane, or alike where settings are alike."""
    n, columns = line.X.shape
    X, centred = line.X - line.X.mean(axis=0), line.values - line.values.mean()
    total = float(centred @ centred)
    rank = min(columns, n - 2)
    rest = centred - X @ np.linalg.lstsq(X, centred, rcond=None)[0]
    left = float(rest @ rest)
    if left <= 0.0:
        return True
    f = ((total - left) / rank) / (left / (n - 1 - rank))
    if float(fdtrc(rank, n - 1 - rank, f)) < _CHANCE:
        return True
    steps = centred - centred[nearest_others(line.X, np.arange(n), 1)[:, 0]]
    # von Neumann's ratio: 1 ± 1 / √n without any relation
    ratio = float(steps @ steps) / (2.0 * total) * (n - 1) / n
    return bool(ratio < 1.0 - 2.33 / np.sqrt(n))
