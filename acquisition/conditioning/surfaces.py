"""The surface of a posterior: of one Gaussian process, or of a mixture of two.

Members of a mixture keep their own whitened covariances; what they disagree about is one more
direction of uncertainty, ``d d'`` with d the (weighted) difference of their means.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import DTypeLike

from designer.acquisition.conditioning.points import Points, SharedPoints
from designer.acquisition.conditioning.surface import Effect, RowPosterior, RowSurface, Surface
from designer.acquisition.posterior import Posterior
from designer.models.arrays import FloatArray, IntArray, RealArray


class Part(Protocol):
    """A member of a mixture (`designer.models.posterior.mixture`)."""

    @property
    def posterior(self) -> RowPosterior:
        """The Gaussian process."""
        ...

    @property
    def share(self) -> float:
        """Factor on its variances."""
        ...


@runtime_checkable
class MixturePosterior(Posterior, Protocol):
    """A mixture of Gaussian processes on one scale."""

    @property
    def at_mode(self) -> MixturePosterior:
        """The same at the most probable hyperparameters."""
        ...

    @property
    def members(self) -> Sequence[Part]:
        """What is mixed."""
        ...

    def mixed(
        self, means: list[FloatArray], variances: list[FloatArray], /
    ) -> tuple[FloatArray, FloatArray]:
        """Mean and variance of the mixture from those of its members."""
        ...

    def apart(self, means: list[FloatArray], /) -> FloatArray:
        """What members with these means disagree about, as a factor of covariance, ``[n]``."""
        ...


class MixedSurface(Surface):
    """A surface computed from the rows of both members.

    Points keep the members' transformed inputs side by side, then d; their whitened covariances
    stand side by side, each scaled by the root of its share.
    """

    def __init__(
        self,
        posterior: MixturePosterior,
        X: FloatArray | SharedPoints,
        dtype: DTypeLike = np.float64,
    ) -> None:
        super().__init__(posterior, X, dtype)
        self._posterior = posterior
        self._parts = [RowSurface(part.posterior, self.region, dtype) for part in posterior.members]
        self._roots = [float(np.sqrt(part.share)) for part in posterior.members]
        self.measured = sum(part.measured for part in self._parts)

    def _at(self, rows: IntArray) -> Points:
        found = [part.at(rows) for part in self._parts]
        means = [each.mean for each in found]
        mean, variance = self._posterior.mixed(means, [each.variance for each in found])
        apart = self._posterior.apart(means)
        views = [each.transformed for each in found]
        self._widths = [view.shape[1] for view in views]
        whitened = [r * each.whitened for r, each in zip(self._roots, found, strict=True)]
        return Points(
            np.hstack([*views, apart[:, None]]),
            np.hstack(whitened),
            mean,
            variance,
            self._posterior.noise_given(mean),
        )

    def covariance(self, points: Points, others: Points) -> RealArray:
        """See `Surface`."""
        apart = [each.transformed[:, -1] for each in (points, others)]
        out: RealArray = np.outer(*apart).astype(self._dtype)
        left, right = self._split(points), self._split(others)
        for part, root, mine, theirs in zip(self._parts, self._roots, left, right, strict=True):
            out += root * root * part.covariance(mine, theirs)
        return out

    def _split(self, points: Points) -> list[Points]:
        """The points as each member keeps them."""
        out, view, row = [], 0, 0
        for part, root, width in zip(self._parts, self._roots, self._widths, strict=True):
            columns = min(part.measured, max(points.whitened.shape[1] - row, 0))
            whitened = points.whitened[:, row : row + columns] / root
            transformed = points.transformed[:, view : view + width]
            out.append(Points(transformed, whitened, points.mean, points.variance, points.noise))
            view, row = view + width, row + columns
        return out

    def effects(self, effects: Sequence[Effect]) -> tuple[FloatArray, FloatArray]:
        """See `Surface`."""
        found = [part.effects(effects) for part in self._parts]
        whitened = [r * half for r, (half, _) in zip(self._roots, found, strict=True)]
        joint = sum(r * r * each for r, (_, each) in zip(self._roots, found, strict=True))
        return np.vstack(whitened), np.asarray(joint)


def make_surface(
    posterior: Posterior, X: FloatArray | SharedPoints, dtype: DTypeLike = np.float64
) -> Surface:
    """The fastest surface the posterior allows, at its most probable hyperparameters.

    Args:
        posterior: belief about one response.
        X: points, ``[n, D]``; a region where several surfaces share them.
        dtype: of covariances.
    """
    if isinstance(posterior, MixturePosterior):
        return MixedSurface(posterior.at_mode, X, dtype)
    if isinstance(posterior, RowPosterior):
        return RowSurface(posterior.at_mode, X, dtype)
    return Surface(posterior, X, dtype)
