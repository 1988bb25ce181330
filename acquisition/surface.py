"""One response over all points of a proposal: moments once, covariances with any of them fast.

For the package's own Gaussian processes the whitened covariances with the measured rows,
``V = K_Xn L⁻ᵀ``, are kept (float32 for large sets): the variance is ``k − ‖V‖²`` and a column of
covariances ``k(X, x_i) − V V_i``, so a pick costs one matrix-vector product. Any other posterior
is asked for its covariances.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import DTypeLike
from scipy.linalg import solve_triangular

from designer.acquisition.posterior import Posterior
from designer.models.arrays import FloatArray, IntArray, RealArray

Kernel = Callable[..., RealArray]
Effect = tuple[int, int]  # stage, batch code in the posterior's rows
_CACHED = 30_000  # numbers per block: float32 blocks below 128 kB, which malloc reuses (measured)
_NOISE_POINTS = 256


class _Prior(Protocol):
    def to_points(self, Z: FloatArray, /, dtype: DTypeLike = ...) -> Kernel: ...


@runtime_checkable
class RowPosterior(Posterior, Protocol):
    """A Gaussian process that shows its linear algebra (`designer.models.posterior`)."""

    kernel: _Prior

    @property
    def chol(self) -> FloatArray:
        """Lower Cholesky factor of the measured rows' covariance, ``[N, N]``."""
        ...

    @property
    def alpha(self) -> FloatArray:
        """``K⁻¹ z``, ``[N]``."""
        ...

    def view(self, X: FloatArray, /) -> FloatArray:
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


class Surface(Protocol):
    """One response at fixed points X ``[n, D]``.

    Attributes:
        mean: ``[n]``.
        variance: ``[n]``, noise-free and without batch effects.
        noise: noise variance of one more measurement, ``[n]``.
    """

    mean: FloatArray
    variance: FloatArray
    noise: FloatArray

    def covariance(self, rows: IntArray) -> RealArray:
        """Covariance of all points with some of them, ``[n, len(rows)]``."""
        ...

    def among(self, rows: IntArray) -> FloatArray:
        """Covariance between some of the points, ``[len(rows), len(rows)]``."""
        ...

    def effects(self, effects: Sequence[Effect]) -> tuple[FloatArray, FloatArray]:
        """Effects of batches with measured rows: covariance with f ``[n, E]``, joint ``[E, E]``."""
        ...


def make_surface(
    posterior: Posterior, X: FloatArray, dtype: DTypeLike = np.float64, keep: float = np.inf
) -> Surface:
    """The fastest surface the posterior allows.

    Args:
        posterior: belief about one response.
        X: points, ``[n, D]``.
        dtype: of stored covariances.
        keep: bytes of V that may be kept; beyond, covariances are computed anew.
    """
    if isinstance(posterior, RowPosterior):
        return RowSurface(posterior, X, dtype, keep)
    return AskedSurface(posterior, X, dtype)


class AskedSurface:
    """A surface whose moments and covariances are asked from the posterior."""

    def __init__(self, posterior: Posterior, X: FloatArray, dtype: DTypeLike = np.float64) -> None:
        self._posterior, self._X, self._dtype = posterior, X, dtype
        self.mean = posterior.mean(X)
        self.variance = posterior.variance(X)
        self.noise = posterior.noise(X)

    def covariance(self, rows: IntArray) -> RealArray:
        """See `Surface`."""
        return self._posterior.covariance(self._X, self._X[rows], dtype=self._dtype)

    def among(self, rows: IntArray) -> FloatArray:
        """See `Surface`."""
        X = self._X[rows]
        return np.asarray(self._posterior.covariance(X, X), dtype=np.float64)

    def effects(self, effects: Sequence[Effect]) -> tuple[FloatArray, FloatArray]:
        """See `Surface`; such a posterior knows nothing about measured batches."""
        prior = [float(self._posterior.batch_variance[stage]) for stage, _ in effects]
        return np.zeros((len(self._X), len(effects))), np.diag(prior)


class RowSurface:
    """A surface computed from the posterior's rows, at its most probable hyperparameters."""

    def __init__(
        self,
        posterior: RowPosterior,
        X: FloatArray,
        dtype: DTypeLike = np.float64,
        keep: float = np.inf,
    ) -> None:
        self._posterior, self._X, self._view = posterior, X, posterior.view(X)
        self._dtype: np.dtype[Any] = np.dtype(dtype)
        n, rows = len(X), len(posterior.alpha)
        kept = n * rows * self._dtype.itemsize <= keep
        self._V = np.zeros((n, rows), dtype=self._dtype) if kept else None
        plain, reduction = self._moments()
        self.mean, self.variance = posterior.from_plain(self._view, plain, reduction)
        self.noise = _noise_by_mean(posterior, X, self.mean)

    def _moments(self) -> tuple[FloatArray, FloatArray]:
        """``k'K⁻¹z`` and ``k'K⁻¹k``, each ``[n]``; fills V."""
        posterior, n = self._posterior, len(self._X)
        plain, reduction = np.zeros(n), np.zeros(n)
        if not len(posterior.alpha):
            return plain, reduction
        kernel = posterior.rows_covariance(self._dtype)
        inverse = _whiten(posterior, np.eye(len(posterior.alpha)))
        inverse = np.ascontiguousarray(inverse.T, dtype=self._dtype)
        alpha = posterior.alpha.astype(self._dtype)
        for part in _blocks(n, len(alpha)):
            cross = kernel(self._view[part])
            plain[part] = cross @ alpha
            out = None if self._V is None else self._V[part]
            V = np.matmul(cross, inverse, out=out)
            reduction[part] = np.einsum("ij,ij->i", V, V)
        return plain, reduction

    def covariance(self, rows: IntArray) -> RealArray:
        """See `Surface`."""
        if self._V is None:
            return self._posterior.covariance(self._X, self._X[rows], dtype=self._dtype)
        kernel = self._posterior.kernel.to_points(self._view[rows], self._dtype)
        picked = np.ascontiguousarray(self._V[rows].T)
        out = np.empty((len(self._X), len(rows)), dtype=self._dtype)
        for part in _blocks(len(out), len(rows)):
            kernel(self._view[part], out=out[part])
            if len(picked):
                out[part] -= self._V[part] @ picked
        return out

    def among(self, rows: IntArray) -> FloatArray:
        """See `Surface`."""
        if self._V is None:
            X = self._X[rows]
            return np.asarray(self._posterior.covariance(X, X), dtype=np.float64)
        view, V = self._view[rows], self._V[rows]
        prior = self._posterior.kernel.to_points(view, self._dtype)(view)
        return np.asarray(prior - V @ V.T, dtype=np.float64)

    def effects(self, effects: Sequence[Effect]) -> tuple[FloatArray, FloatArray]:
        """See `Surface`."""
        half, joint = whitened_effects(self._posterior, effects, self._X[:1])
        if self._V is not None:
            return np.asarray(-(self._V @ half), dtype=np.float64), joint
        kernel = self._posterior.rows_covariance()
        weights = _whiten(self._posterior, np.eye(len(half))).T @ half
        out = np.empty((len(self._X), len(effects)))
        for part in _blocks(len(out), len(half)):
            out[part] = -(kernel(self._view[part]) @ weights)
        return out, joint


def _blocks(n: int, columns: int) -> Iterator[slice]:
    """Parts of the points such that a block of covariances stays in the processor's cache."""
    size = max(32, _CACHED // max(1, columns))
    return (slice(start, min(start + size, n)) for start in range(0, n, size))


def _noise_by_mean(posterior: Posterior, X: FloatArray, mean: FloatArray) -> FloatArray:
    """Noise at all points from that at a few: it depends on nothing but the predicted mean.

    Asking for it everywhere would predict everywhere once more. Linear between points that lie
    close together in the mean: relative error below 1e-3 (256 points, assumption of a range of
    ten standard deviations on the log scale).
    """
    order = np.argsort(mean, kind="stable")
    few = order[np.unique(np.linspace(0, len(order) - 1, _NOISE_POINTS).astype(np.int64))]
    return np.asarray(np.interp(mean, mean[few], posterior.noise(X[few])))


def whitened_effects(
    posterior: RowPosterior, effects: Sequence[Effect], x: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """``L⁻¹ cov(rows, w_e)`` ``[N, E]`` and the joint covariance of the effects ``[E, E]``.

    A run at x in a batch and one at x outside it differ in nothing but the batch effect: so does
    the row each would add to the Cholesky factor.
    """
    stages = len(posterior.batch_variance)
    n = len(posterior.alpha)

    def half(codes: IntArray) -> FloatArray:
        return np.asarray(posterior.condition(x, codes[None, :]).chol[n, :n])

    none = np.full(stages, -1, dtype=np.int64)
    out = np.zeros((n, len(effects)))
    alone = half(none) if effects else none
    for e, (stage, code) in enumerate(effects):
        inside = none.copy()
        inside[stage] = code
        out[:, e] = half(inside) - alone
    prior = np.diag([float(posterior.batch_variance[stage]) for stage, _ in effects])
    return out, prior.reshape(len(effects), len(effects)) - out.T @ out


def _whiten(posterior: RowPosterior, B: FloatArray) -> FloatArray:
    """``L⁻¹ B``."""
    out: FloatArray = solve_triangular(posterior.chol, B, lower=True) if len(B) else B
    return out
