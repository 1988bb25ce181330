"""How far a response may vary when few results can tell: a guess, blended with what they show.

The sample variance ``ŝ²`` (ν degrees of freedom) and a weakly informative guess ``s0²`` (worth
``w`` of them) are blended as in the scaled-inverse-χ² posterior of a variance (Gelman et al. 2013,
eq. 3.9), ``(w s0² + ν ŝ²) / (w + ν)``, never below ``ŝ²``. The predictive distribution is then a t;
its variance, ``ν0 / (ν0 - 2)`` times as large without data, is put into the spread. Both fade
as ``1 - (ν / 5)²``; from there on the fit's own uncertainty of the amplitude covers (measured).
"""

from __future__ import annotations

import numpy as np

from designer.models.data.dataset import ResponseData

# Assumptions; shares measured on ten functions of one to three inputs:
_GUESS_WORTH = 3.0  # degrees of freedom ν0 of the guess where data say nothing
ENOUGH = 5  # degrees of freedom from which the data speak alone
_SHARE_OF_VALUE = 0.5  # guess relative to the typical value, when nothing else is known
_SHARE_OF_POSSIBLE = 0.2  # … relative to the width of the possible range
_NOISES = 3.0  # … in stated repeatabilities: the process varies more than its measurement
_LOG_GUESS = 0.5  # guess of the spread of ln y
_LARGEST_LOG = 1.0  # … at most


def guessed_spread(data: ResponseData, center: float, typical: float, *, log: bool) -> float:
    """The largest spread, on T's scale, that limits, values and repeatability suggest.

    Args:
        data: the response.
        center: mean on T's scale.
        typical: median raw size of its values, 0 without any.
        log: T is the logarithm.
    """
    if log:
        guess = max(_LOG_GUESS, _from_limits(data, center, log=True))
        if data.noise_sd is not None and typical > 0:
            guess = max(guess, _NOISES * data.noise_sd / typical)
        return min(guess, _LARGEST_LOG)
    guess = max(_from_limits(data, center, log=False), _NOISES * (data.noise_sd or 0.0))
    guess = max(guess, _SHARE_OF_VALUE * typical)
    return guess if guess > 0 else 1.0


def _from_limits(data: ResponseData, center: float, *, log: bool) -> float:
    """Distance to the window's far end, half its width, or a share of the possible range."""
    guess = 0.0
    if data.window is not None:
        ends = [end for end in _ends(data.window, log=log) if np.isfinite(end)]
        guess = max([abs(end - center) for end in ends], default=0.0)
        if len(ends) == 2:
            guess = max(guess, 0.5 * (ends[1] - ends[0]))
    if data.possible is not None:
        low, high = _ends(data.possible, log=log)
        if np.isfinite(high - low):
            guess = max(guess, _SHARE_OF_POSSIBLE * (high - low))
    return guess


def _ends(limits: tuple[float, float], *, log: bool) -> tuple[float, float]:
    if not log:
        return limits
    low, high = (float(np.log(end)) if end > 0 else -np.inf for end in limits)
    return low, high


def blended_spread(shown: float, guess: float, freedom: int) -> float:
    """Spread from what data show and from the guess.

    Args:
        shown: ŝ.
        guess: s0.
        freedom: ν, distinct settings beyond the first of each line.
    """
    doubt = max(0.0, 1.0 - (freedom / ENOUGH) ** 2)
    if doubt == 0.0:
        return shown
    unit = max(shown, guess)  # squares of the largest numbers would overflow
    worth = doubt * _GUESS_WORTH
    blend = (worth * (guess / unit) ** 2 + freedom * (shown / unit) ** 2) / (worth + freedom)
    blend = max(blend, (shown / unit) ** 2)
    inflation = 1.0 + doubt * (_GUESS_WORTH / (_GUESS_WORTH - 2.0) - 1.0)
    return unit * float(np.sqrt(inflation * blend))
