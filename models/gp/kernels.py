"""Matern-5/2 with one lengthscale per input, for fitting and for prediction.

``k(r) = (1 + √5 r + 5 r²/3) exp(-√5 r)`` with ``r² = Σ_i d_i²/ℓ_i²``
(Rasmussen & Williams 2006, eq. 4.17). Throughout, ``q = 5 r²``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from designer.models.arrays import FloatArray, IntArray, RealArray


def squared_differences(X: FloatArray, groups: IntArray) -> FloatArray:
    """Squared distance per input between all rows, ``[p, n, n]``.

    Args:
        X: encoded points, ``[n, D]``.
        groups: input index of every column, ``[D]``.
    """
    count = int(groups.max()) + 1 if len(groups) else 0
    out = np.zeros((count, len(X), len(X)))
    for column, group in enumerate(groups):
        difference = X[:, column, None] - X[None, :, column]
        out[group] += difference * difference
    return out


def matern_and_slope(q: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Correlation ``k`` and slope ``h = (1 + √q) exp(-√q)`` at ``q = 5 r²``; q is overwritten.

    The slope serves the gradient: ``∂k/∂ ln ℓ_i = (5/3) h d_i²/ℓ_i²``.
    """
    root = np.sqrt(q)
    slope = np.negative(root)
    np.exp(slope, out=slope)
    q *= slope
    q *= 1.0 / 3.0
    root += 1.0
    slope *= root
    q += slope
    return q, slope


class MaternTo:
    """Matern-5/2 correlations from any points to fixed points, in blocks.

    The squared distances come from one small matrix product; everything after it works in place.

    Args:
        Z: fixed points, ``[m, D]``.
        lengthscale: one per column, ``[D]``.
        dtype: float64, or float32 for large blocks (absolute error about 1e-6).
    """

    def __init__(
        self, Z: FloatArray, lengthscale: FloatArray, dtype: DTypeLike = np.float64
    ) -> None:
        self._factor = np.sqrt(5.0) / lengthscale
        self._dtype = np.dtype(dtype)
        right = self._scaled(Z)
        rows = [-2.0 * right.T, np.square(right).sum(axis=1)[None], np.ones((1, len(right)))]
        self._right = np.vstack(rows).astype(self._dtype)

    def __len__(self) -> int:
        return int(self._right.shape[1])

    def _scaled(self, X: FloatArray) -> FloatArray:
        out: FloatArray = (X - 0.5) * self._factor  # centred: less cancellation in the distances
        return out

    def __call__(self, X: FloatArray, out: RealArray | None = None) -> RealArray:
        """Correlations ``[b, m]`` of the points ``X [b, D]`` with the fixed points."""
        left = self._scaled(X)
        square = np.square(left).sum(axis=1, keepdims=True)
        ones = np.ones((len(X), 1))
        augmented = np.hstack([left, ones, square]).astype(self._dtype, copy=False)
        q: RealArray = np.matmul(augmented, self._right, out=out)
        np.maximum(q, 0.0, out=q)
        root = np.sqrt(q)
        q *= 1.0 / 3.0
        q += root
        q += 1.0
        np.negative(root, out=root)
        np.exp(root, out=root)
        q *= root
        return q
