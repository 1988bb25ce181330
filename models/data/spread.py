"""The scale ``z = (T(y) - c) / s`` of a response, chosen from its data.

``T`` is the logarithm for positive ratio-scale responses, else the identity. ``c`` is the mean of
the line means and ``s²`` the median over the lines of the within-line variance (earlier lines when
there are any, else the target). Degenerate data get an assumed spread and a message, never a
division by zero: a constant response does not mean that the process cannot vary.

Where few settings were tried the sample variance ``ŝ²`` (ν degrees of freedom) and a weakly
informative guess ``s0²`` (worth ``w`` of them) are blended as in the scaled-inverse-χ² posterior of
a variance (Gelman et al. 2013, eq. 3.9), ``(w s0² + ν ŝ²) / (w + ν)``, never below ``ŝ²``. The
predictive distribution is then a t; its variance, ``ν0 / (ν0 - 2)`` times as large without data, is
put into the spread. Both fade as ``1 - (ν / 5)²``; from there on the fit's own uncertainty of the
amplitude covers (measured).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from designer.models.arrays import BoolArray, FloatArray, IntArray, input_count
from designer.models.data.dataset import ResponseData
from designer.models.data.line_scales import (
    design_factor,
    level_message,
    narrow,
    other_levels,
    other_scales,
    scale_message,
)
from designer.models.data.outliers import far_message, far_values, listed
from designer.models.data.scaling import Scaling
from designer.models.data.useless_lines import useless_lines
from designer.render.figures import figure_text

# Assumptions, all of them only used where the data leave a gap:
_TINY = 1e-6  # a spread below this share of the mean is "constant"
_SHARE_OF_MEAN = 0.05  # spread assumed for a constant response, relative to its mean
_SHARE_OF_WINDOW = 0.25  # … relative to the width of its acceptance window
_SHARE_OF_POSSIBLE = 0.05  # … relative to the width of the possible range
_SHARE_OF_SPREAD = 0.1  # repeatability assumed for a constant response, relative to that spread
_FEW_RESULTS = 3  # fewer than this without history: the spread is a guess, and the report says so
_LEAST_EXTRA = 1.0  # extra noise variance of an outlier, at least (model scale)
_UNUSED = 1e6  # … of the rows of a line that is not used: all of them together say nothing
_A_FEW = 256  # rows looked at first: sorting all of a long history takes longer than the rest
# Assumptions about the guess; shares measured on ten functions of one to three inputs:
_GUESS_WORTH = 3.0  # degrees of freedom ν0 of the guess where data say nothing
_ENOUGH = 5  # degrees of freedom from which the data speak alone
_GUESS_OF_VALUE = 0.5  # guess relative to the typical value, when nothing else is known
_GUESS_OF_POSSIBLE = 0.2  # … relative to the width of the possible range
_GUESS_OF_NOISE = 3.0  # … in stated repeatabilities: the process varies more than its measurement
_LOG_GUESS = 0.5  # guess of the spread of ln y
_LARGEST_LOG = 1.0  # … at most
_LARGEST_EXPONENT = 700.0  # of numbers that float64 holds


@dataclass(frozen=True)
class Scaled:
    """Measurements on the model scale.

    Attributes:
        scaling: the map used.
        z: ``[n]``.
        extra: variance ``[n]`` added to the noise of outliers, else 0.
        messages: what the user should know about this response's values.
        ratios: by line code, how strongly lines of another scale react compared with the own one.
    """

    scaling: Scaling
    z: FloatArray
    extra: FloatArray
    messages: tuple[str, ...] = ()
    ratios: Mapping[int, float] = field(default_factory=dict)


def scale_response(
    data: ResponseData, groups: IntArray, doubted: BoolArray | None = None
) -> Scaled:
    """Choose the scale of one response from its data.

    A line that says nothing here (`useless_lines`) hardly counts at all. One of another scale
    (`other_scales`) has no part in the scale: it is centred by itself and divided by its ratio. One
    on another level (`other_levels`) is brought to that of the own results first.

    Args:
        data: the measurements.
        groups: input index of every encoded column, ``[D]``.
        doubted: rows a first fit could not believe, ``[n]``; they count as outliers.
    """
    messages: list[str] = []
    log = data.log_scale
    if log and (data.y <= 0).any():
        log = False
        low = np.flatnonzero(data.y <= 0)
        messages.append(
            f"{data.name}: {len(low)} value(s) are not positive ({listed(data, low)}), so the"
            " response is modelled on a linear instead of a logarithmic scale"
        )
    values = np.log(data.y) if log else data.y
    outlier, bulk = far_values(values, data, log=log)
    outlier = outlier if data.errors is None else data.errors
    if outlier.any():
        messages.append(far_message(data, outlier))
    if doubted is not None:
        outlier = outlier | doubted
    kept = ~outlier
    inputs = input_count(groups)
    ratios = other_scales(data.X[kept], values[kept], data.line[kept], inputs)
    useless = useless_lines(data, values, np.flatnonzero(kept), groups, ratios)
    messages += useless.values()
    of_useless = np.isin(data.line, list(useless))
    kept &= ~of_useless
    ratios = {code: ratio for code, ratio in ratios.items() if code not in useless}
    for code, level in other_levels(values[kept], data.line[kept]).items():
        if code not in ratios:
            values = np.where(data.line == code, values + level, values)
            messages.append(level_message(data, code, level, log=log))
    decides = _deciding(data, kept & ~np.isin(data.line, list(ratios)), inputs)
    scaling, notes = _chosen_scale(data, values, decides, bulk, groups, log=log)
    z = (values - scaling.center) / scaling.spread
    for code, ratio in ratios.items():
        rows = data.line == code
        z[rows] = (values[rows] - values[rows & kept].mean()) / (ratio * scaling.spread)
        messages.append(scale_message(data, code, ratio))
    extra = np.where(outlier, np.maximum(np.square(z), _LEAST_EXTRA), 0.0)
    extra[of_useless] = np.maximum(np.square(z[of_useless]), _UNUSED)
    return Scaled(scaling, z, extra, (*messages, *notes), ratios)


def _deciding(data: ResponseData, kept: BoolArray, inputs: int) -> BoolArray:
    """Rows that decide the scale, ``[n]``: all, or the own where the lines say too little."""
    own = data.target & kept
    lines = kept & ~own
    if own.any() and (not lines.any() or narrow(data.X[lines], data.X[own], inputs)):
        return own
    return kept


def _chosen_scale(
    data: ResponseData,
    values: FloatArray,
    kept: BoolArray,
    bulk: float,
    groups: IntArray,
    *,
    log: bool,
) -> tuple[Scaling, list[str]]:
    """Centre and spread, and what the user should know about them.

    Args:
        data: the measurements.
        values: the same on T's scale, ``[n]``.
        kept: rows that decide, ``[n]``.
        bulk: robust spread of the values.
        groups: input index of every encoded column, ``[D]``.
        log: T is the logarithm.
    """
    messages = []
    raw = np.exp(np.minimum(values, _LARGEST_EXPONENT)) if log else values
    typical = float(np.median(np.abs(raw[kept]))) if len(values) else 0.0
    center, spread = _center_and_spread(values[kept], data.line[kept])
    if len(values) == 0:
        center = _empty_center(data, log=log)
    noise_sd = data.noise_sd
    if spread <= _TINY * max(abs(center), bulk):
        spread = _assumed_spread(data, typical, log=log)
        if len(values) > 1:
            if noise_sd is None:
                noise_sd = _SHARE_OF_SPREAD * spread * (typical if log else 1.0)
            messages.append(
                f"{data.name}: all values are equal, which cannot tell how far the response"
                f" varies; assumed repeatability {figure_text(noise_sd)}"
            )
    elif kept.any() and not (data.line[kept] > 0).any():  # own runs may cover a corner only
        spread *= design_factor(data.X[kept], groups)
    guess = _guessed_spread(data, center, typical, log=log)
    spread = _blended_spread(spread, guess, _freedom(data.X[kept], data.line[kept]))
    if len(values) < _FEW_RESULTS and not (data.line > 0).any():
        messages.append(
            f"{data.name}: only {len(values)} result(s) and no earlier line, so how far the"
            " response varies is a wide guess"
        )
    if noise_sd is not None and not log:
        spread = max(spread, noise_sd)
    return Scaling(center, spread, log, noise_sd, typical), messages


def _center_and_spread(values: FloatArray, line: IntArray) -> tuple[float, float]:
    """Mean of line means, and root of the median within-line variance (0 when unknown).

    With history its rows alone decide, to the last bit, unless all its lines are constant.
    """
    largest = float(np.abs(values).max()) if len(values) else 0.0
    if largest == 0.0:
        return 0.0, 0.0
    unit = largest  # squares of the largest numbers would overflow
    if (line > 0).any():
        unit = float(np.abs(values[line > 0]).max()) or largest
    history = [code for code in np.unique(line) if code > 0]
    groups = [values[line == code] / unit for code in history or [0]]
    center = float(np.mean([group.mean() for group in groups]))
    variances = [float(group.var(ddof=1)) for group in groups if len(group) > 1]
    within = unit * float(np.sqrt(np.median(variances))) if variances else 0.0
    if within <= 0.0 and len(values) > 1:
        within = largest * float(np.sqrt((values / largest).var(ddof=1)))
    return unit * center, within


def _freedom(X: FloatArray, line: IntArray) -> int:
    """Distinct settings beyond the first of each line the spread was learned from.

    Some of them, where those are enough already.
    """
    rows = np.column_stack([line, X])
    if (line > 0).any():
        rows = rows[line > 0]
    for some in (rows[:_A_FEW], rows):
        freedom = len(np.unique(some, axis=0)) - len(np.unique(some[:, 0]))
        if freedom >= _ENOUGH:
            break
    return freedom


def _assumed_spread(data: ResponseData, typical: float, *, log: bool) -> float:
    """Spread of a response whose data show none (see the assumptions above), on T's scale."""
    spread = _SHARE_OF_MEAN * typical
    for limits, share in ((data.possible, _SHARE_OF_POSSIBLE), (data.window, _SHARE_OF_WINDOW)):
        if limits is not None and np.isfinite(width := limits[1] - limits[0]) and width > 0:
            spread = share * width
    spread = max(spread, data.noise_sd or 0.0)
    if log:
        spread = min(spread / typical, 1.0) if typical > 0 else 1.0
    return spread if spread > 0 else 1.0


def _empty_center(data: ResponseData, *, log: bool) -> float:
    """Centre without any measurement: the middle of the window or the possible range, else 0."""
    for limits in (data.window, data.possible):
        if limits is not None and np.isfinite(limits).all():
            middle = 0.5 * (limits[0] + limits[1])
            if middle > 0 or not log:
                return float(np.log(middle)) if log else middle
    return 0.0


def _guessed_spread(data: ResponseData, center: float, typical: float, *, log: bool) -> float:
    """The largest spread, on T's scale, that limits, values and repeatability suggest.

    Of a window: the distance to its far end, or half its width; of the possible range: a share.

    Args:
        data: the response.
        center: mean on T's scale.
        typical: median raw size of its values, 0 without any.
        log: T is the logarithm.
    """
    guesses = [0.0]
    if data.window is not None:
        ends = [end for end in _ends(data.window, log=log) if np.isfinite(end)]
        guesses += [abs(end - center) for end in ends]
        guesses += [0.5 * (ends[1] - ends[0])] if len(ends) == 2 else []
    if data.possible is not None:
        low, high = _ends(data.possible, log=log)
        guesses += [_GUESS_OF_POSSIBLE * (high - low)] if np.isfinite(high - low) else []
    of_noise = _GUESS_OF_NOISE * (data.noise_sd or 0.0)
    if not log:
        return max(*guesses, of_noise, _GUESS_OF_VALUE * typical) or 1.0
    guesses += [of_noise / typical] if typical > 0 else []
    return min(max(*guesses, _LOG_GUESS), _LARGEST_LOG)


def _ends(limits: tuple[float, float], *, log: bool) -> tuple[float, float]:
    if not log:
        return limits
    low, high = (float(np.log(end)) if end > 0 else -np.inf for end in limits)
    return low, high


def _blended_spread(shown: float, guess: float, freedom: int) -> float:
    """Spread from what data show and from the guess.

    Args:
        shown: ŝ.
        guess: s0.
        freedom: ν, distinct settings beyond the first of each line.
    """
    doubt = max(0.0, 1.0 - (freedom / _ENOUGH) ** 2)
    if doubt == 0.0:
        return shown
    unit = max(shown, guess)  # squares of the largest numbers would overflow
    worth = doubt * _GUESS_WORTH
    blend = (worth * (guess / unit) ** 2 + freedom * (shown / unit) ** 2) / (worth + freedom)
    blend = max(blend, (shown / unit) ** 2)
    inflation = 1.0 + doubt * (_GUESS_WORTH / (_GUESS_WORTH - 2.0) - 1.0)
    return unit * float(np.sqrt(inflation * blend))
