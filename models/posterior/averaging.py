"""Averaging over hyperparameters: what plugging in their mode leaves out.

Draws from the Laplace approximation get importance weights, tempered until the effective sample
size reaches 40 % (Kish 1965); the mixture is summarised by its mean and variance. Joint
covariances, which only rank candidates against each other, stay those of the mode.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from designer.models.arrays import FloatArray, IntArray
from designer.models.posterior.posterior import ResponsePosterior

_SAMPLES = 32
_SHARE = 0.4  # smallest effective sample size, share of the samples
_FEW_RUNS = 8  # without history up to here, the mode's mean predicts better than the mixture's


class AveragedPosterior(ResponsePosterior):
    """Mixture of posteriors with matched mean and variance.

    ``covariance`` is that of the most probable hyperparameters.

    Args:
        mode: posterior at the most probable hyperparameters.
        members: posteriors at the draws.
        weights: their weights, ``[S]``, summing to 1.
    """

    def __init__(
        self, mode: ResponsePosterior, members: list[ResponsePosterior], weights: FloatArray
    ) -> None:
        super().__init__(mode.fitted, mode.conditioned)
        self.mode = mode
        self.members = members
        self.weights = weights
        layout, rows = mode.fitted.layout, mode.fitted.rows
        self._mean_of_mode = not layout.transfer and rows.target_rows <= _FEW_RUNS

    @property
    def at_mode(self) -> ResponsePosterior:
        """The posterior at the most probable hyperparameters."""
        return self.mode

    def moments_at(self, V: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean (of the mode: without history and with few runs) and variance of the mixture.

        The variance is the mean variance plus the variance of the means, ``[n]`` each.
        """
        found = [member.moments_at(V) for member in self.members]
        means = np.array([mean for mean, _ in found])
        variances = np.array([variance for _, variance in found])
        mean = np.asarray(self.weights @ means)
        variance = np.asarray(self.weights @ (variances + np.square(means - mean)))
        return (self.mode.moments_at(V)[0] if self._mean_of_mode else mean), variance

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
        return AveragedPosterior(self.mode.condition(X, batch), members, self.weights)


def average(
    posterior: ResponsePosterior, samples: int = _SAMPLES, seed: int = 0
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
    weights = _tempered(half_square - objective)
    kept = np.flatnonzero(weights > 1e-4 / samples)
    members = [ResponsePosterior(draws[k]) for k in kept]
    return AveragedPosterior(posterior, members, weights[kept] / weights[kept].sum())


def _tempered(log_weight: FloatArray) -> FloatArray:
    """Weights ``∝ exp(τ log_weight)`` with the largest τ ≤ 1 whose effective size suffices."""
    best = float(log_weight.max())
    usable = np.isfinite(log_weight)

    def weights(power: float) -> FloatArray:
        raw: FloatArray = np.zeros(len(log_weight))
        raw[usable] = np.exp(power * (log_weight[usable] - best))
        return np.asarray(raw / raw.sum())

    def enough(weight: FloatArray) -> bool:
        return bool(1.0 / np.square(weight).sum() >= _SHARE * len(log_weight))

    if enough(weights(1.0)):
        return weights(1.0)
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if enough(weights(middle)) else (low, middle)
    return weights(low)
