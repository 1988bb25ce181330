"""One response over all points of a proposal: moments and covariances of the points asked for.

A proposal has tens of thousands of points but looks closely at few, so nothing is computed before
it is asked for. For the package's own Gaussian processes a set of points keeps its whitened
covariances with the measured rows, ``V = K_Xn L⁻ᵀ`` (float32 for large regions): the variance is
``k − ‖V‖²`` and covariances are ``k(X, Z) − V_X V_Z'``. Any other posterior is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import DTypeLike

from designer.acquisition.conditioning.points import Points, SharedPoints
from designer.acquisition.posterior import Posterior
from designer.models.arrays import FloatArray, IntArray, RealArray
from designer.models.cholesky import inverse_factor

Kernel = Callable[..., RealArray]
Effect = tuple[int, int]  # stage, batch code in the posterior's rows
_CACHED = 30_000  # numbers per block: float32 blocks below 128 kB, which malloc reuses (measured)
_KEPT = 4096  # points at most that are kept: those that stand for the region
_PART = 8192  # points whose moments are computed at a time: V of all of them would fill the memory


class _Prior(Protocol):
    def to_points(self, Z: FloatArray, /, dtype: DTypeLike = ...) -> Kernel: ...


@runtime_checkable
class RowPosterior(Posterior, Protocol):
    """A Gaussian process that shows its linear algebra (`designer.models.posterior.posterior`)."""

    kernel: _Prior

    @property
    def at_mode(self) -> RowPosterior:
        """The same at the most probable hyperparameters: what plans are computed with."""
        ...

    @property
    def chol(self) -> FloatArray:
        """Lower Cholesky factor of the measured rows' covariance, ``[N, N]``."""
        ...

    @property
    def alpha(self) -> FloatArray:
        """``K⁻¹ z``, ``[N]``."""
        ...

    def transformed(self, X: FloatArray, /) -> FloatArray:
        """Points as its covariances take them, ``[n, C]``."""
        ...

    def rows_covariance(self, dtype: DTypeLike = ...) -> Kernel:
        """Callable V ``[n, C]`` → covariance with the rows ``[n, N]``."""
        ...

    def from_plain(
        self, V: FloatArray, plain: FloatArray, reduction: FloatArray, /
    ) -> tuple[FloatArray, FloatArray]:
        """Mean and variance from ``k'K⁻¹z`` and ``k'K⁻¹k``."""
        ...

    def condition(self, X: FloatArray, /, batch: IntArray | None = ...) -> RowPosterior:
        """The posterior with further rows, ``X [q, D]``, ``batch [q, S]``."""
        ...


class Surface:
    """One response over fixed points: moments and covariances are asked from its posterior.

    Args:
        posterior: belief about one response.
        X: the points, ``[n, D]``; a region where several surfaces share them.
        dtype: of covariances.
    """

    measured = 0
    """Number N of measured rows whose covariances points keep."""

    def __init__(
        self, posterior: Posterior, X: FloatArray | SharedPoints, dtype: DTypeLike = np.float64
    ) -> None:
        self._asked, self._dtype = posterior, np.dtype(dtype)
        self.region = X if isinstance(X, SharedPoints) else SharedPoints(X)
        self._seen: tuple[IntArray, Points] | None = None

    def at(self, rows: IntArray) -> Points:
        """Some of the points; the largest answer of moderate size is kept."""
        if self._seen is not None and np.array_equal(rows, self._seen[0]):
            return self._seen[1]
        found = self._at(rows)
        if len(rows) <= _KEPT and (self._seen is None or len(rows) > len(self._seen[0])):
            self._seen = rows, found
        return found

    def _at(self, rows: IntArray) -> Points:
        X = self.region.part(rows)
        mean, variance = self._asked.moments(X)
        noise = self._asked.noise_given(mean)
        return Points(X, np.zeros((len(X), 0)), mean, variance, noise)

    def covariance(self, points: Points, others: Points) -> RealArray:
        """Covariance of the surface between two sets of points (the others whole), ``[m, q]``."""
        return self._asked.covariance(points.transformed, others.transformed, dtype=self._dtype)

    def effects(self, effects: Sequence[Effect]) -> tuple[FloatArray, FloatArray]:
        """Effects of batches with measured rows (of which most posteriors know nothing).

        Returns:
            Whitened covariances with the rows ``[N, E]`` (covariance of the surface with the
            effects: ``−half @ them``) and the joint covariance of the effects ``[E, E]``.
        """
        prior = [float(self._asked.batch_variance[stage]) for stage, _ in effects]
        return np.zeros((0, len(effects))), np.diag(prior)

    def moments(self, rows: IntArray) -> tuple[FloatArray, FloatArray]:
        """Mean and variance at some of the points, ``[m]`` each."""
        starts = range(0, max(1, len(rows)), _PART)
        parts = [self.at(rows[start : start + _PART]) for start in starts]
        return (
            np.concatenate([part.mean for part in parts]),
            np.concatenate([part.variance for part in parts]),
        )


class RowSurface(Surface):
    """A surface computed from the posterior's rows, at its most probable hyperparameters."""

    def __init__(
        self, posterior: RowPosterior, X: FloatArray | SharedPoints, dtype: DTypeLike = np.float64
    ) -> None:
        super().__init__(posterior, X, dtype)
        self._posterior = posterior
        self._to_rows = posterior.rows_covariance(self._dtype)
        self.measured = len(posterior.alpha)
        self._alpha = posterior.alpha.astype(self._dtype)
        self._inverse = np.ascontiguousarray(inverse_factor(posterior.chol).T, dtype=self._dtype)

    def _at(self, rows: IntArray) -> Points:
        posterior, view = self._posterior, self._posterior.transformed(self.region.part(rows))
        n = len(view)
        plain, reduction = np.zeros(n), np.zeros(n)
        whitened = np.zeros((n, self.measured), dtype=self._dtype)
        for part in _blocks(n, self.measured) if self.measured else ():
            cross = self._to_rows(view[part])
            plain[part] = cross @ self._alpha
            V = np.matmul(cross, self._inverse, out=whitened[part])
            reduction[part] = np.einsum("ij,ij->i", V, V)
        mean, variance = posterior.from_plain(view, plain, reduction)
        return Points(view, whitened, mean, variance, posterior.noise_given(mean))

    def covariance(self, points: Points, others: Points) -> RealArray:
        """See `Surface`."""
        kernel = self._posterior.kernel.to_points(others.transformed, self._dtype)
        right = np.ascontiguousarray(others.whitened.T)
        anew = points.whitened.shape[1] < self.measured
        if anew:
            right = self._inverse @ right
        out = np.empty((len(points), len(others)), dtype=self._dtype)
        for part in _blocks(len(out), max(len(others), len(right) if anew else 0)):
            kernel(points.transformed[part], out=out[part])
            if len(right):
                left = self._to_rows(points.transformed[part]) if anew else points.whitened[part]
                out[part] -= left @ right
        return out

    def effects(self, effects: Sequence[Effect]) -> tuple[FloatArray, FloatArray]:
        """See `Surface`.

        A run in a batch and one outside it differ in nothing but the batch effect: so does the
        row each would add to the Cholesky factor.
        """
        posterior, n, x = self._posterior, self.measured, self.region.X[:1]

        def added(codes: IntArray) -> FloatArray:
            return np.asarray(posterior.condition(x, codes[None, :]).chol[n, :n])

        none = np.full(len(posterior.batch_variance), -1, dtype=np.int64)
        out = np.zeros((n, len(effects)))
        outside = added(none) if effects else none
        for e, (stage, code) in enumerate(effects):
            inside = none.copy()
            inside[stage] = code
            out[:, e] = added(inside) - outside
        prior = super().effects(effects)[1]
        return out, prior - out.T @ out


def _blocks(n: int, columns: int) -> Iterator[slice]:
    """Parts of the points such that a block of covariances stays in the processor's cache."""
    size = max(32, _CACHED // max(1, columns))
    return (slice(start, min(start + size, n)) for start in range(0, n, size))
