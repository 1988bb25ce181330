"""Averaging over hyperparameters: what plugging in their mode leaves out.

Draws from the Laplace approximation get importance weights, tempered until the effective sample
size reaches 40 % (Kish 1965); the mixture is summarised by its mean and variance. Joint
covariances, which only rank candidates against each other, stay those of the mode.

Without history, draws around one mode still miss some of what n recipes leave open about the
surface's size: the variance shown is that of a t with n - 3 degrees of freedom,
``(n - 1) / (n - 3)`` times as large (O'Hagan 1991, J. Stat. Plan. Inference 29, 245, for a Gaussian
process of unknown variance; on real sets .87 of the truths were inside 95 % intervals before, .91
after, at no cost in error).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np

from designer.models.arrays import FloatArray, IntArray
from designer.models.posterior.posterior import ResponsePosterior

SAMPLES = 32
_SHARE = 0.4  # smallest effective sample size, share of the samples
_FEW_RUNS = 8  # without history up to here, the mode's mean predicts better than the mixture's
_T_RECIPES = 5  # without history, the variance is a t's from here on; before, a wide guess


class AveragedPosterior(ResponsePosterior):
    """Mixture of posteriors with matched mean and variance.

    ``covariance`` is that of the most probable hyperparameters.

    Args:
        mode: posterior at the most probable hyperparameters.
        members: posteriors at the draws.
        weights: their weights, ``[S]``, summing to 1.
        effective_samples: how many equally weighted draws the untempered weights are worth.
    """

    def __init__(
        self,
        mode: ResponsePosterior,
        members: list[ResponsePosterior],
        weights: FloatArray,
        effective_samples: float,
    ) -> None:
        super().__init__(mode.fitted, mode.conditioned)
        self.mode = mode
        self.members = members
        self.weights = weights
        self.effective_samples = effective_samples
        layout, rows = mode.fitted.layout, mode.fitted.rows
        self._mean_of_mode = not layout.transfer and rows.target_rows <= _FEW_RUNS

    @cached_property
    def widening(self) -> float:
        """Factor on the variance: that of a t where own results alone say how far it varies."""
        recipes = self.fitted.data.own_recipes
        alone = not self.fitted.layout.transfer and recipes >= _T_RECIPES
        return (recipes - 1.0) / (recipes - 3.0) if alone else 1.0

    @property
    def at_mode(self) -> ResponsePosterior:
        """The posterior at the most probable hyperparameters."""
        return self.mode

    def moments_at(self, V: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean (of the mode: without history and with few runs) and variance of the mixture.

        The variance is the mean variance plus that of the means about the mean shown, ``[n]`` each.
        """
        found = [member.moments_at(V) for member in self.members]
        means = np.array([mean for mean, _ in found])
        variances = np.array([variance for _, variance in found])
        mean = self.mode.moments_at(V)[0] if self._mean_of_mode else self.weights @ means
        variance = self.weights @ (variances + np.square(means - mean))
        return np.asarray(mean), np.asarray(self.widening * variance)

    def mixture(self) -> tuple[list[ResponsePosterior], FloatArray, FloatArray]:
        """Members, their weights, and their weights in the mean (which may be the mode's)."""
        if not self._mean_of_mode:
            return self.members, self.weights, self.weights
        members = [*self.members, self.mode]
        mode = np.zeros(len(members))
        mode[-1] = 1.0
        return members, np.append(self.weights, 0.0), mode

    def condition(self, X: FloatArray, batch: IntArray | None = None) -> AveragedPosterior:
        """Every member conditioned; weights and means stay."""
        members = [member.condition(X, batch) for member in self.members]
        mode = self.mode.condition(X, batch)
        return AveragedPosterior(mode, members, self.weights, self.effective_samples)


def average(
    posterior: ResponsePosterior, samples: int = SAMPLES, seed: int = 0
) -> ResponsePosterior:
    """The posterior averaged over its hyperparameters.

    Args:
        posterior: posterior at the mode, not yet conditioned on pending runs.
        samples: number of draws (best a power of two).
        seed: of the draws; the same seed gives the same result.

    Returns:
        The mixture; the posterior itself when there is nothing to average (no rows).
    """
    fitted = posterior.fitted
    if len(fitted.rows) == 0:
        return posterior
    theta, half_square = posterior.laplace.draws(samples, seed)
    theta = np.clip(theta, fitted.layout.low, fitted.layout.high)
    draws = [replace(fitted, theta=draw) for draw in theta]
    objective = np.array([np.inf if d.solved is None else d.solved.value for d in draws])
    log_weight = half_square - objective
    weights = _tempered(log_weight)
    effective = _effective(_weights(log_weight))
    kept = np.flatnonzero(weights > 1e-4 / samples)
    members = [ResponsePosterior(draws[k]) for k in kept]
    return AveragedPosterior(posterior, members, weights[kept] / weights[kept].sum(), effective)


def _tempered(log_weight: FloatArray) -> FloatArray:
    """Weights ``∝ exp(τ log_weight)`` with the largest τ ≤ 1 whose effective size suffices."""

    def enough(weights: FloatArray) -> bool:
        return _effective(weights) >= _SHARE * len(log_weight)

    if enough(_weights(log_weight)):
        return _weights(log_weight)
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if enough(_weights(log_weight, middle)) else (low, middle)
    return _weights(log_weight, low)


def _weights(log_weight: FloatArray, power: float = 1.0) -> FloatArray:
    """Weights ``∝ exp(power · log_weight)``, summing to 1; 0 where a draw cannot be used."""
    usable, out = np.isfinite(log_weight), np.zeros(len(log_weight))
    out[usable] = np.exp(power * (log_weight[usable] - float(log_weight.max())))
    return np.asarray(out / out.sum())


def _effective(weights: FloatArray) -> float:
    """Effective number of draws (Kish 1965)."""
    return float(1.0 / np.square(weights).sum())
