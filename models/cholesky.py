"""Cholesky factors of covariances and their inverses, by LAPACK and BLAS.

OpenBLAS inverts a triangle row by row. By halves most of the work is a product of triangles: at 250
rows that takes 45 % of the time, the inverse of the whole matrix 60 % (measured).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import blas, lapack

from designer.models.arrays import FloatArray

_lapack: Any = lapack  # the type checkers disagree on which routines these modules have
_blas: Any = blas

_JITTERS = (0.0, 1e-8, 1e-6, 1e-4)  # relative to the mean variance
_SMALL = 48  # rows that LAPACK inverts as fast


def factorise(K: FloatArray) -> FloatArray | None:
    """Lower Cholesky factor of a symmetric matrix, with as little jitter as it needs.

    Args:
        K: ``[n, n]``; kept. What is below its diagonal is not looked at.

    Returns:
        L in Fortran order with zeros above the diagonal, or None when even the largest jitter
        does not help.
    """
    n = len(K)
    if n == 0:
        return np.zeros((0, 0), order="F")
    scale = float(np.mean(np.diagonal(K)))
    for jitter in _JITTERS:
        trial = K
        if jitter:
            trial = K.copy()
            trial.reshape(-1)[:: n + 1] += jitter * scale
        chol, info = _lapack.dpotrf(trial.T, lower=1, clean=1)
        if info == 0 and np.isfinite(chol[-1, -1]):
            return np.asarray(chol)
    return None


def inverse_factor(chol: FloatArray) -> FloatArray:
    """``L⁻¹ [n, n]`` of a lower triangle L, in Fortran order with zeros above the diagonal."""
    n = len(chol)
    if n <= _SMALL:
        return np.asarray(_lapack.dtrtri(chol, lower=1)[0] if n else chol)
    half = n // 2
    upper, lower = inverse_factor(chol[:half, :half]), inverse_factor(chol[half:, half:])
    corner = _blas.dtrmm(1.0, upper, chol[half:, :half], side=1, lower=1)
    inverse = np.zeros((n, n), order="F")
    inverse[:half, :half], inverse[half:, half:] = upper, lower
    inverse[half:, :half] = _blas.dtrmm(-1.0, lower, corner, lower=1, overwrite_b=1)
    return inverse


def inverse(chol: FloatArray) -> FloatArray:
    """Lower triangle of ``K⁻¹ = L⁻ᵀ L⁻¹ [n, n]``, in Fortran order with zeros above the diagonal.

    Args:
        chol: the lower Cholesky factor L of K.
    """
    return np.asarray(_lapack.dlauum(inverse_factor(chol), lower=1, overwrite_c=1)[0])
