"""Posterior covariances between very many points and a few fixed ones.

The expensive part of planning: tens of thousands of recipes against a few hundred reference
points. Work that depends on the fixed points is done once; the recipes pass in blocks small
enough for the processor's cache, in float32 where asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import DTypeLike

from designer.models.arrays import FloatArray, RealArray
from designer.models.gp.covariance import LineCovariance
from designer.models.posterior.conditioning import ConditionedRows

BLOCK = 256  # rows per block: 256 × 256 float32 = 256 kB, about half a level-2 cache


Moments: TypeAlias = Callable[
    [FloatArray, FloatArray, FloatArray], tuple[FloatArray, FloatArray]
]  # from V, k'K⁻¹z and k'K⁻¹k


class Projector:
    """Posterior covariance of f_0 between any points and fixed points Z.

    Args:
        kernel: covariance of f_0.
        rows: rows conditioned on.
        to_moments: mean and variance of the posterior (`ResponsePosterior.from_plain`).
        Z: fixed points, ``[m, D]``.
        dtype: float64, or float32 (relative error of covariances about 1e-4 of the largest).
    """

    def __init__(
        self,
        kernel: LineCovariance,
        rows: ConditionedRows,
        to_moments: Moments,
        Z: FloatArray,
        dtype: DTypeLike,
    ) -> None:
        self._dtype = np.dtype(dtype)
        self._conditioned, self._to_moments = rows, to_moments
        self._transformed = kernel.input_transform.points
        V = self._transformed(Z)
        self._rows = kernel.to_rows(rows.X, rows.position, self._dtype)
        self._points = kernel.to_points(V, self._dtype)
        half = rows.whiten(kernel.to_rows(rows.X, rows.position)(V).T)  # L⁻¹ K_nZ
        self._weights = rows.unwhiten(half).astype(self._dtype)  # K⁻¹ K_nZ
        self._columns = len(Z)

    def __call__(self, X: FloatArray, out: RealArray | None = None) -> RealArray:
        """Covariances ``[n, m]`` of f_0 at X ``[n, D]`` with f_0 at Z."""
        if out is None:
            out = np.empty((len(X), self._columns), dtype=self._dtype)
        work = np.empty((min(BLOCK, len(X)), self._columns), dtype=self._dtype)
        V = self._transformed(X)
        for start in range(0, len(X), BLOCK):
            block = V[start : start + BLOCK]
            self._block(block, self._rows(block), out[start : start + BLOCK], work[: len(block)])
        return out

    def _block(self, V: FloatArray, cross: RealArray, out: RealArray, work: RealArray) -> None:
        self._points(V, out=out)
        if cross.shape[1]:
            np.matmul(cross, self._weights, out=work)
            out -= work

    def moments(self, X: FloatArray) -> tuple[FloatArray, FloatArray, RealArray]:
        """Mean ``[n]``, variance ``[n]`` and covariance ``[n, m]`` in one pass over X.

        Mean and variance are those of ``ResponsePosterior.mean`` and ``variance`` up to the
        rounding of the projector's dtype.
        """
        # L⁻ᵀ: ‖k L⁻ᵀ‖² is the variance explained
        inverse = self._conditioned.whiten(np.eye(len(self._conditioned.chol))).T
        inverse = np.ascontiguousarray(inverse).astype(self._dtype)
        V = self._transformed(X)
        alpha = self._conditioned.alpha.astype(self._dtype)
        plain = np.empty(len(X))
        reduction = np.empty(len(X))
        out = np.empty((len(X), self._columns), dtype=self._dtype)
        work = np.empty((min(BLOCK, len(X)), self._columns), dtype=self._dtype)
        for start in range(0, len(X), BLOCK):
            stop = min(start + BLOCK, len(X))
            cross = self._rows(V[start:stop])
            self._block(V[start:stop], cross, out[start:stop], work[: stop - start])
            plain[start:stop] = cross @ alpha
            half = cross @ inverse
            reduction[start:stop] = np.einsum("ij,ij->i", half, half)
        mean, variance = self._to_moments(V, plain, reduction)
        return mean, variance, out
