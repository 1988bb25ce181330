"""What is known about a response when it is open whether its earlier lines are of use at all.

A mixture of two posteriors: of all lines, and of the own results alone. All figures are on the
scale of the first; mean, variance and covariance are the mixture's. The covariance holds what the
two disagree about, so that a plan values runs which decide between them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from designer.models.arrays import FloatArray, IntArray, RealArray
from designer.models.data.scaling import Scaling
from designer.models.gp.fitted import FittedResponse
from designer.models.posterior.posterior import ResponsePosterior


@dataclass(frozen=True)
class Member:
    """One of the two posteriors, its figures mapped to the common scale ``z = shift + factor z'``.

    Attributes:
        posterior: the belief on its own scale.
        weight: in the mixture.
        shift: of values.
        factor: of values.
    """

    posterior: ResponsePosterior
    weight: float
    shift: float
    factor: float

    def values(self, mean: FloatArray) -> FloatArray:
        """Values of its own scale on the common one, ``[n]``."""
        return self.shift + self.factor * mean

    def own(self, mean: FloatArray) -> FloatArray:
        """Values of the common scale on its own, ``[n]``."""
        return (mean - self.shift) / self.factor

    @property
    def share(self) -> float:
        """Factor on its variances in the mixture, without what the members disagree about."""
        return self.weight * self.factor**2


class MixedPosterior:
    """Posterior with history and posterior without, weighed against each other.

    Args:
        history: belief of all lines.
        alone: belief of the own results alone, with the same T (`Scaling.log`).
        weight: of the first, 0…1.
    """

    def __init__(self, history: ResponsePosterior, alone: ResponsePosterior, weight: float) -> None:
        self.history, self.alone, self.weight = history, alone, weight
        common, own = history.scaling, alone.scaling
        shift = (own.center - common.center) / common.spread
        self.members = (
            Member(history, weight, 0.0, 1.0),
            Member(alone, 1.0 - weight, shift, own.spread / common.spread),
        )

    @property
    def name(self) -> str:
        """Name of the response."""
        return self.history.name

    @property
    def fitted(self) -> FittedResponse:
        """The fit of all lines."""
        return self.history.fitted

    @property
    def scaling(self) -> Scaling:
        """Raw units ↔ model scale."""
        return self.history.scaling

    @property
    def at_mode(self) -> MixedPosterior:
        """The same at the most probable hyperparameters of both."""
        return MixedPosterior(self.history.at_mode, self.alone.at_mode, self.weight)

    @property
    def without_target_runs(self) -> MixedPosterior:
        """The same without what the own results said of the response; the weight stays."""
        return self.after_runs(())

    def after_runs(self, runs: Collection[int]) -> MixedPosterior:
        """What some of the own runs said, beside the lines and beside nothing; the weight stays."""
        history, alone = self.history.after_runs(runs), self.alone.after_runs(runs)
        return MixedPosterior(history, alone, self.weight)

    @property
    def batch_variance(self) -> FloatArray:
        """Variance ``[S]`` of a batch effect per stage."""
        first, second = (m.share * m.posterior.batch_variance for m in self.members)
        return first + second

    def mean(self, X: FloatArray) -> FloatArray:
        """Mean ``[n]`` at ``X [n, D]``."""
        return self.moments(X)[0]

    def variance(self, X: FloatArray) -> FloatArray:
        """Variance ``[n]`` at ``X [n, D]``."""
        return self.moments(X)[1]

    def moments(self, X: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and variance, ``[n]`` each, at ``X [n, D]``."""
        found = [member.posterior.moments(X) for member in self.members]
        return self.mixed([mean for mean, _ in found], [variance for _, variance in found])

    def mixed(
        self, means: list[FloatArray], variances: list[FloatArray]
    ) -> tuple[FloatArray, FloatArray]:
        """Mean and variance ``[n]`` of the mixture from those of the members on their scales."""
        mean = sum(m.weight * m.values(v) for m, v in zip(self.members, means, strict=True))
        inside = sum(m.share * v for m, v in zip(self.members, variances, strict=True))
        return np.asarray(mean), np.asarray(inside + np.square(self.apart(means)))

    def apart(self, means: list[FloatArray]) -> FloatArray:
        """What members with these means, on their scales, disagree about: a factor of covariance.

        ``√(w (1 - w)) (μ₁ - μ₂)``, ``[n]``.
        """
        first, second = (m.values(mean) for m, mean in zip(self.members, means, strict=True))
        return np.asarray(np.sqrt(self.weight * (1.0 - self.weight)) * (first - second))

    def covariance(self, X: FloatArray, Z: FloatArray, dtype: DTypeLike = np.float64) -> RealArray:
        """Covariance ``[n, m]`` of the surface at ``X [n, D]`` with ``Z [m, D]``."""
        apart = [self.apart([m.posterior.mean(U) for m in self.members]) for U in (X, Z)]
        out = np.outer(*apart).astype(dtype)
        for member in self.members:
            out += member.share * member.posterior.covariance(X, Z, dtype)
        return out

    def noise(self, X: FloatArray) -> FloatArray:
        """Noise variance ``[n]`` of one more measurement at ``X [n, D]``, without batch effects."""
        return self.noise_given(self.mean(X))

    def noise_given(self, mean: FloatArray) -> FloatArray:
        """The same at points with these means, ``[n]``."""
        noise = [m.share * m.posterior.noise_given(m.own(mean)) for m in self.members]
        return np.asarray(noise[0] + noise[1])

    def condition(self, X: FloatArray, batch: IntArray | None = None) -> MixedPosterior:
        """Both conditioned on pending runs (`ResponsePosterior.condition`); the weight stays."""
        both = [m.posterior.condition(X, batch) for m in self.members]
        return MixedPosterior(both[0], both[1], self.weight)

    def limits(self, low: float, high: float) -> tuple[float, float]:
        """A raw window on the model scale; infinite ends stay, log of ≤ 0 is -inf."""
        return self.scaling.limits(low, high)

    def to_raw(self, mean: FloatArray, variance: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Point prediction (log scale: median) and standard deviation in raw units."""
        return self.scaling.to_raw(mean, variance)
