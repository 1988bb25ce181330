"""Probability of being inside every window, and what uncertainty costs there.

With standardised limits ``a = (low − μ)/s``, ``b = (high − μ)/s`` per response,
``p_j = Φ(b) − Φ(a)`` and ``p = Π_j p_j`` (responses independent). The expected entropy of "in
spec or not" falls, to first order in a reduction of the variance v_j, by

    ω_j = −dE[H(p)]/dv_j = (∂p/∂μ_j)² / (2 p (1 − p))   nats,   ∂p/∂μ_j = (p/p_j)(φ(a) − φ(b))/s_j

because p is a martingale: learning dv about f_j moves μ_j by N(0, dv) and p by ∂p/∂μ_j times that,
and H''(p) = −1/(p(1 − p)). Everything is computed in logarithms, so that p may be as near to 0 or
1 as it likes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import log_ndtr, ndtr

from designer.acquisition.posterior import Posterior
from designer.models.arrays import FloatArray

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification

_TINY_VARIANCE = 1e-18  # a response known exactly still needs a sign of its distance

Limits = tuple[float, float]


def windows_on_scale(spec: Specification, posteriors: Mapping[str, Posterior]) -> dict[str, Limits]:
    """Windows on the model scale of the responses with a belief that have one with an end."""
    windows = {name: spec.response(name).window for name in posteriors}
    return {
        name: posteriors[name].limits(*window)
        for name, window in windows.items()
        if window is not None and np.isfinite(window).any()
    }


def log_inside(mean: FloatArray, variance: FloatArray, limits: Limits) -> FloatArray:
    """Logarithm of Φ(b) − Φ(a), ``[n]``, accurate in both tails.

    Args:
        mean: predicted mean on the model scale, ``[n]``.
        variance: its variance, ``[n]``.
        limits: window on the model scale, ends may be infinite.
    """
    sd = np.sqrt(np.maximum(variance, _TINY_VARIANCE))
    a, b = (limits[0] - mean) / sd, (limits[1] - mean) / sd
    outside = ndtr(a) + ndtr(-b)
    near_one = np.log1p(-np.minimum(outside, 0.5))
    flip = a + b > 0  # use the tail in which the window lies: both limits seen from the left
    upper, lower = np.where(flip, -a, b), np.where(flip, -b, a)
    high, low = log_ndtr(upper), log_ndtr(lower)
    ratio = np.minimum(np.exp(low - high), 1 - 1e-16)
    return np.asarray(np.where(outside < 0.5, near_one, high + np.log1p(-ratio)))


def probability(
    means: Sequence[FloatArray], variances: Sequence[FloatArray], limits: Sequence[Limits]
) -> FloatArray:
    """Probability that every response lies in its window, ``[n]`` (independent responses)."""
    parts = [log_inside(m, v, k) for m, v, k in zip(means, variances, limits, strict=True)]
    return np.asarray(np.exp(np.sum(parts, axis=0)))


def border_weights(
    means: Mapping[str, FloatArray],
    variances: Mapping[str, FloatArray],
    limits: Mapping[str, Limits],
) -> dict[str, FloatArray]:
    """ω_j for every response with a window, nats per unit of variance, each ``[n]``.

    Args:
        means: predicted means per response on the model scale, each ``[n]``.
        variances: their variances.
        limits: windows on the model scale of the responses that have one.
    """
    inside = {name: log_inside(means[name], variances[name], limits[name]) for name in limits}
    log_p: FloatArray = np.sum(list(inside.values()), axis=0)
    weights = {}
    with np.errstate(divide="ignore", invalid="ignore"):
        log_rest = np.log(-np.expm1(log_p))  # log(1 − p)
        for name, (low, high) in limits.items():
            sd = np.sqrt(np.maximum(variances[name], _TINY_VARIANCE))
            a, b = (low - means[name]) / sd, (high - means[name]) / sd
            slope = (_density(a) - _density(b)) / sd
            others = log_p - inside[name]
            log_weight = 2 * np.log(np.abs(slope)) - inside[name] + others - log_rest
            weights[name] = np.nan_to_num(0.5 * np.exp(log_weight), nan=0.0, posinf=0.0)
    return weights


def _density(x: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-0.5 * np.square(x)) / np.sqrt(2 * np.pi))
