"""One own result that counts, although the others make it look like a slip: said, not decided.

Where too few others speak (few own results, no earlier line, or lines that no own result supports)
nobody can tell a slip from a response that really is so. The result is kept, moves predictions, and
is named with what would decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from designer.models.arrays import FloatArray, IntArray
from designer.models.data.dataset import ResponseData
from designer.models.data.outliers import outstanding
from designer.models.gp.fitted import FittedResponse
from designer.render.figures import figure_text

# Assumptions, chosen for few false alarms:
_TIMES = 10.0  # how many times too large or small a result has to be …
_TIMES_OF_TWO = 30.0  # … beside a single other one
_LARGEST = 1e6  # times that say more than "far"
_SCATTER = 4.0  # … and how many times farther off than the others are
_FEWEST = 3  # other results that tell the sign of all
_FEW_ROWS = 12  # with fewer rows the values alone are looked at, not where they were measured


class _Doubt(NamedTuple):
    """A row of the data and what the others let one expect there, in raw units."""

    row: int
    expected: float


class DoubtfulResult(NamedTuple):
    """An own result that counts although it looks like a slip: row of the data, and a sentence."""

    row: int
    message: str


def find_doubtful(fitted: FittedResponse, right: Sequence[int] = ()) -> DoubtfulResult | None:
    """The own result that fits worst, where it looks like a slip; None: none does.

    Args:
        fitted: the fit; results it sets aside are told elsewhere.
        right: rows of the data that somebody confirmed; neither they nor what is like them is
            doubted.
    """
    data, rows = fitted.data, fitted.rows
    own = rows.earlier + np.flatnonzero(rows.extra[rows.earlier :] == 0)
    confirmed = np.asarray(right, dtype=np.int64)
    own = own[~np.isin(rows.order[own], confirmed)]
    if len(own) == 0:
        return None
    lines = rows.earlier > 0
    if not lines and len(own) < _FEW_ROWS:
        doubt = _beside_the_others(data, rows.order[own])
    else:
        doubt = _beside_predictions(fitted, own)
    if doubt is None:
        return None
    value = float(data.y[doubt.row])
    if any(_times(value, usual) < _TIMES for usual in data.y[confirmed].tolist()):
        return None
    alone = len(own) < 3 and not lines
    return DoubtfulResult(doubt.row, _message(data, doubt, alone=alone))


def _beside_the_others(data: ResponseData, own: IntArray) -> _Doubt | None:
    """A value far from a few others, in comparison with how far these vary."""
    values = data.y[own]
    if len(values) < 2:
        return None
    compared = np.log(values) if data.log_scale and (values > 0).all() else values
    order = np.argsort(compared, kind="stable")
    ordered = compared[order]
    gaps = ordered[1] - ordered[0], ordered[-1] - ordered[-2]
    odd, rest = (order[0], ordered[1:]) if gaps[0] > gaps[1] else (order[-1], ordered[:-1])
    doubt = _Doubt(int(own[odd]), float(np.median(np.delete(values, odd))))
    if len(values) == 2:
        times = _times(float(values[odd]), doubt.expected)
        return doubt if _TIMES_OF_TWO <= times < np.inf else None
    return doubt if max(gaps) > np.ptp(rest) and _is_odd(data, doubt) else None


def _beside_predictions(fitted: FittedResponse, own: IntArray) -> _Doubt | None:
    """The result farthest from its prediction, in comparison with the others without it.

    Args:
        fitted: the fit.
        own: rows of own results that count, ``[k]``.
    """
    inverse = fitted.precision
    if inverse is None:
        return None
    alpha, diagonal = inverse @ fitted.rows.z, np.diagonal(inverse)
    residual = (alpha / diagonal)[own]
    odd = int(np.argmax(np.abs(residual)))
    row, rest = own[odd], np.delete(own, odd)
    usual = float(np.sqrt(fitted.noise[row]))
    if len(rest):  # predicted without the odd one, which would pull them with it
        share = inverse[rest, row] / diagonal[row]
        others = (alpha[rest] - share * alpha[row]) / (diagonal[rest] - share * inverse[rest, row])
        usual = max(usual, _root_mean_square(others))
    index = int(fitted.rows.order[row])
    expected = float(fitted.scaling.median(fitted.rows.z[row : row + 1] - residual[odd])[0])
    doubt = _Doubt(index, expected)
    far = abs(residual[odd]) >= _SCATTER * usual
    return doubt if far and _is_odd(fitted.data, doubt) else None


def _is_odd(data: ResponseData, doubt: _Doubt) -> bool:
    """Whether a result is many times too large or small, where that means something.

    Near 0 on a linear scale, or with both signs, it does not: there it stands out from all others.
    """
    others = np.delete(data.y, doubt.row)
    value = float(data.y[doubt.row])
    if len(others) < _FEWEST and not data.log_scale:
        return False
    if (others > 0).all() != (others < 0).all() and value * doubt.expected > 0:
        return _times(value, doubt.expected) >= _TIMES
    return bool(outstanding(data.y, log=data.log_scale)[doubt.row])


def _root_mean_square(values: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def _times(value: float, expected: float) -> float:
    """How many times too large or too small; infinite where the signs differ or one is 0."""
    if value * expected <= 0.0:
        return np.inf
    ratio = value / expected
    return max(ratio, 1.0 / ratio)


def _message(data: ResponseData, doubt: _Doubt, *, alone: bool) -> str:
    value, expected = float(data.y[doubt.row]), doubt.expected
    times = _times(value, expected)
    how = "far from"
    if times < _LARGEST:
        side = "below" if abs(value) < abs(expected) else "above"
        how = f"{float(f'{times:.2g}'):g} times {side}"
    beside = f"the {figure_text(expected, 3)} expected there"
    if alone:
        beside = f"the only other result, {figure_text(expected)}"
    return (
        f"{data.name}: {figure_text(value)} {data.place(doubt.row)} lies {how} {beside}. Too few"
        " results tell"
        " whether it is a slip, so it is kept and moves the predictions. Correct it (designer"
        " correct) if it is one, let the run fail (designer fail) if it was spoiled, else measure"
        " it again"
    )
