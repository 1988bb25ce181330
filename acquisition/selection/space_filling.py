"""Recipes to begin with, when nothing is known: an even spread over the feasible region.

The greedy plan under a neutral belief: one response, a sum of effects of single inputs and a joint
effect of all, stationary, Matern-5/2. Minimising integrated variance spreads runs
evenly (Sacks, Welch, Mitchell & Wynn 1989, IMSE designs); the sum (Durrande, Ginsbourger &
Roustant 2012, additive kernels) makes every single factor's range well covered, as in a Latin
hypercube, also where there are far more factors than runs. Constraints and open runs are followed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from designer.models.arrays import FloatArray, IntArray, RealArray
from designer.models.gp.kernels import MaternTo

NEUTRAL = "space-filling"
NOTHING_KNOWN = f"{NEUTRAL}: nothing is known yet"
"""What is told of such a plan."""
_SINGLE = 0.3  # lengthscale of an effect of one input, of its range (assumption)
_JOINT = 0.4  # of the joint effect, for three inputs; grows with the diagonal (assumption)
_SHARE = 0.4  # of the variance that is effects of single inputs (assumption)
_NOISE = 0.01  # variance, of 1
_BLOCK = 256


class NeutralPosterior:
    """Belief about a response nothing is known about.

    Args:
        groups: input index of every encoded column, ``[D]``.
        stages: number of stages S.
    """

    def __init__(self, groups: IntArray, stages: int) -> None:
        self._columns = [np.flatnonzero(groups == k) for k in np.unique(groups)]
        joint = _JOINT * np.sqrt(max(3, len(self._columns)) / 3.0)
        self._lengthscale = np.full(len(groups), joint)
        self.batch_variance: FloatArray = np.zeros(stages)

    def moments(self, X: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Zero and one, ``[n]`` each."""
        return np.zeros(len(X)), np.ones(len(X))

    def covariance(self, X: FloatArray, Z: FloatArray, dtype: DTypeLike = np.float64) -> RealArray:
        """Mean of the single inputs' correlations and the joint one, weighted, ``[n, m]``."""
        joint = MaternTo(Z, self._lengthscale, dtype)
        single = [
            MaternTo(Z[:, columns], np.full(len(columns), _SINGLE), dtype)
            for columns in self._columns
        ]
        out = np.empty((len(X), len(Z)), dtype=dtype)
        weight = _SHARE if single else 0.0
        for start in range(0, len(X), _BLOCK):
            block = X[start : start + _BLOCK]
            total = joint(block, out=out[start : start + _BLOCK])
            total *= 1.0 - weight
            for columns, kernel in zip(self._columns, single, strict=True):
                total += kernel(block[:, columns]) * (weight / len(single))
        return out

    def noise_given(self, mean: FloatArray) -> FloatArray:
        """Noise variance, ``[n]``."""
        return np.full(len(mean), _NOISE)

    def limits(self, low: float, high: float) -> tuple[float, float]:
        """The window as it is."""
        return low, high

    def to_raw(self, mean: FloatArray, variance: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The moments as they are."""
        return mean, np.sqrt(variance)
