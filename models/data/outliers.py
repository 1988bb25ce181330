"""Values that cannot be right: far from all others, or impossible to believe after the fit.

Such rows stay in the data and in the messages; extra noise variance makes them hardly count.
"""

from __future__ import annotations

import numpy as np

from designer.models.arrays import BoolArray, FloatArray, IntArray
from designer.models.data.dataset import ResponseData
from designer.models.data.neighbours import nearest_others
from designer.render.figures import figure_text

# Assumptions:
_SPREADS = 50.0  # robust standard deviations from the line's median
_SHARE_OF_MEAN = 0.05  # robust spread taken when most values are equal, relative to their median
_FACTOR = 30.0  # log scale: beyond the range of all others …
_FACTOR_FEW = 1000.0  # … when there are fewer than
_FEW = 6  # … values; also relative to the median of the others for three values
_NEIGHBOURS = 3  # nearest settings, one of which …
_AGREES = 0.25  # … must lie this share as far to the same side, where a value is far at all
_FEW_RECIPES = 6  # with fewer own ones and no line …
_FACTOR_ALONE = 100.0  # … only this many times their median is a slip for sure
LARGEST_SHARE = 0.1  # more rows than this are not outliers but a wrong model
SURPRISE = 8.0  # standardised leave-one-out residual
_ORDINARY = 5.0  # an own result within this factor of another one may be right
_RANGES = 10.0  # … and one within so many ranges of the others, where these lie near 0
_SHOWN = 3


def far_values(values: FloatArray, data: ResponseData, *, log: bool) -> tuple[BoolArray, float]:
    """Rows far from the rest, ``[n]``, and the robust spread of the values.

    Args:
        values: on T's scale, ``[n]``.
        data: the same response in raw units.
        log: T is the logarithm.
    """
    far: BoolArray = np.zeros(len(values), dtype=np.bool_)
    if len(values) < 3:
        return far, 0.0
    spread = 0.0
    if len(values) > 3:
        far, spread = _many_spreads(values, data, log=log)
        far &= ~ordinary_size(data)
    elif not log:
        size = np.abs(data.y)
        others = np.array([np.median(np.delete(size, i)) for i in range(3)])
        far = (others > 0) & (size > _FACTOR_FEW * others)
    if log:
        far |= _beyond_the_others(values)
    if data.window is not None:  # what somebody wants can happen
        far &= (data.y < data.window[0]) | (data.y > data.window[1])
    for code in np.unique(data.line[far]):  # a line that agrees with itself is another line
        rows = data.line == code
        if rows.sum() > 2 and 2 * far[rows].sum() > rows.sum():
            far[rows] = False
    if far.any():
        asked = np.flatnonzero(far)
        far[asked] = ~supported(asked, values, data, _AGREES)
    own = data.target
    if own.all() and not log and data.own_recipes < _FEW_RECIPES:  # a peak or a slip: who knows?
        far &= np.abs(data.y) > _FACTOR_ALONE * np.median(np.abs(data.y))
    if own.any():
        far[own] &= ~in_company(values[own] - np.median(values[own]))
        if 2 * far[own].sum() > own.sum():  # a first run alone is as right as the lines
            far[own] = False
    return far, spread


def supported(asked: IntArray, values: FloatArray, data: ResponseData, share: float) -> BoolArray:
    """Which far rows, ``[k]``, have another far one among the nearest settings of any line.

    Slips are scattered over the settings; where the neighbours agree there is a peak or an edge.

    Args:
        asked: rows asked about, ``[k]``.
        values: on T's scale, ``[n]``.
        data: the same response in raw units.
        share: of its distance from the median that the other must lie to the same side.
    """
    away = np.empty(len(values))
    for code in np.unique(data.line):
        rows = data.line == code
        away[rows] = values[rows] - np.median(values[rows])
    nearest = nearest_others(data.X, asked, _NEIGHBOURS)
    mine = away[asked][:, None]
    return np.asarray((np.sign(mine) * away[nearest] >= share * np.abs(mine)).any(axis=1))


def in_company(away: FloatArray) -> BoolArray:
    """Own results beside which another one lies at least half as far to the same side, ``[n]``.

    Slips come alone; two results that agree, replicates among them, are another regime.

    Args:
        away: how far each lies from what is expected, ``[n]``.
    """
    found = np.zeros(len(away), dtype=np.bool_)
    for sign in (-1.0, 1.0):
        side = np.maximum(sign * away, 0.0)
        second = np.sort(side)[-2] if len(side) > 1 else 0.0
        found |= (side > 0.0) & (side <= 2.0 * second)
    return found


def beyond_the_rest(values: FloatArray) -> BoolArray:
    """The greatest and the least value, where no other one is as large or as small, ``[n]``."""
    found = np.zeros(len(values), dtype=np.bool_)
    if len(values) > 1:
        ordered = np.sort(values)
        found = (values > ordered[-2]) | (values < ordered[1])
    return found


def _many_spreads(values: FloatArray, data: ResponseData, *, log: bool) -> tuple[BoolArray, float]:
    """Rows far from their line's median, in median absolute deviations, and that spread.

    A value is judged by the larger of the spread of all and that of its own line: a long quiet line
    says nothing about how far another one varies. Lines of two rows or fewer are not judged.
    """
    deviation, own = np.empty(len(values)), np.full(len(values), np.inf)
    for code in np.unique(data.line):
        rows = data.line == code
        judged = rows.sum() > 2
        deviation[rows] = np.abs(values[rows] - np.median(values[rows] if judged else values))
        if judged:
            own[rows] = 1.4826 * np.median(deviation[rows])
    spread = 1.4826 * float(np.median(deviation))  # consistent with the sd of normal data
    if not log:
        spread = max(spread, data.noise_sd or 0.0)
    if spread <= 0.0:  # most values are equal: take what a constant response would get
        spread = _SHARE_OF_MEAN * (1.0 if log else abs(float(np.median(values))))
    if spread <= 0.0:
        return np.zeros(len(values), dtype=np.bool_), spread
    return deviation > _SPREADS * np.maximum(spread, own), spread


def ordinary_size(data: ResponseData) -> BoolArray:
    """Own results of a size that the other own ones make likely, ``[n]``; an only one is.

    Several results of one recipe vary by their noise only: many of their spreads away another
    recipe may well lie, and a lonely peak of the surface looks like an error. Only a value several
    times larger or smaller than all others is a slip for sure.
    """
    ordinary = np.zeros(len(data.y), dtype=np.bool_)
    ordinary[data.target] = ~outstanding(data.y[data.target], log=data.log_scale)
    return ordinary


def outstanding(values: FloatArray, *, log: bool) -> BoolArray:
    """Values several times larger or smaller than all others, ``[n]``.

    On a linear scale that means something where the others lie far from 0 only; near it, a value
    stands out many of their ranges away.

    Args:
        values: raw units.
        log: the response varies over decades, and all values are positive.
    """
    found = np.zeros(len(values), dtype=np.bool_)
    log = log and bool((values > 0).all())
    order = np.argsort(values, kind="stable")
    for odd, next_to in ((order[:1], order[1:2]), (order[-1:], order[-2:-1])):
        if len(values) < 2:
            break
        value, near = float(values[odd[0]]), float(values[next_to[0]])
        others = np.delete(values, odd[0])
        away, wide = abs(value - near), float(np.ptp(others))
        if log or float(np.abs(others).min()) > wide or len(others) == 1:
            alike = value * near > 0 and 1 / _ORDINARY <= value / near <= _ORDINARY
            found[odd[0]] = not alike
        else:
            found[odd[0]] = away > _RANGES * wide
    return found


def _beyond_the_others(values: FloatArray) -> BoolArray:
    """A few logarithms above or below a gap wider than a factor and than the others' range."""
    n = len(values)
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    least = np.log(_FACTOR_FEW if n < _FEW else _FACTOR)
    far = np.zeros(n, dtype=np.bool_)
    for k in range(1, max(1, int(LARGEST_SHARE * n)) + 1):
        above, below = ordered[n - k] - ordered[n - k - 1], ordered[k] - ordered[k - 1]
        if above > max(least, ordered[n - k - 1] - ordered[0]):
            far[order[n - k :]] = True
        if below > max(least, ordered[-1] - ordered[k]):
            far[order[:k]] = True
    return far


def far_message(data: ResponseData, far: BoolArray) -> str:
    """What the user should know about values far from the rest."""
    return (
        f"{data.name}: {int(far.sum())} value(s) lie far from all the others"
        f" ({listed(data, np.flatnonzero(far))}) and hardly count until they are corrected"
    )


def surprising_message(data: ResponseData, rows: IntArray) -> str:
    """What the user should know about values the fit cannot explain."""
    return (
        f"{data.name}: {len(rows)} value(s) contradict all the others by more than"
        f" {SURPRISE:g} standard deviations ({listed(data, rows)}) and hardly count until"
        " they are corrected"
    )


def listed(data: ResponseData, rows: IntArray) -> str:
    """The first few of some values, each with its run or line."""
    shown = [f"{figure_text(float(data.y[i]))} {data.place(i)}" for i in rows[:_SHOWN]]
    return ", ".join(shown) + (", …" if len(rows) > _SHOWN else "")
