"""A line's kernel as a factor of low rank, and which of its points say most about the line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from designer.models.arrays import FloatArray, IntArray

_RANK = 160  # at most
_JITTER = 1e-10  # relative


@dataclass(frozen=True)
class LineKernel:
    """Hyperparameters of a line by itself.

    Attributes:
        lengthscale: per column, ``[D]``.
        amplitude: A²; the kernel is ``A² (k + 1)``.
        variances: ``(ln noise factor, ln σ_w² per stage)``, ``[1 + k]``.
    """

    lengthscale: FloatArray
    amplitude: float
    variances: FloatArray


def low_rank(
    X: FloatArray, kernel: LineKernel, tolerance: float
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Pivoted Cholesky factor of ``A² (k + 1)``, k Matern-5/2.

    Returns:
        Pivots ``[r]``, factor L ``[n, r]`` and the variance left out, ``[n]``.
    """
    S = X * (np.sqrt(5.0) / kernel.lengthscale)
    left = np.full(len(X), 2.0 * kernel.amplitude)
    rank = min(_RANK, len(X))
    L, pivots = np.zeros((rank, len(X))), np.zeros(rank, dtype=np.int64)
    for j in range(rank):
        p = int(np.argmax(left))
        if left[p] <= max(tolerance, _JITTER * kernel.amplitude):
            rank = j
            break
        q = np.sqrt(np.square(S - S[p]).sum(axis=1))
        column = kernel.amplitude * ((1.0 + q + q * q / 3.0) * np.exp(-q) + 1.0)
        column -= L[:j, p] @ L[:j]
        column /= np.sqrt(left[p])
        L[j], pivots[j] = column, p
        left = np.maximum(left - column * column, 0.0)
        left[p] = 0.0
    return pivots[:rank], np.ascontiguousarray(L[:rank].T), left


def representative(
    L: FloatArray, pivots: IntArray, information: FloatArray, count: int
) -> IntArray:
    """Pivots that together tell most about the surface where the line's rows are.

    Greedy: each takes most off the integrated variance (Cohn 1996). Rows count at the pivot they
    correlate most with; no value is thought to be known better than all rows tell.

    Args:
        L: ``[n, r]``.
        pivots: ``[r]``.
        information: of all rows about v, ``[r, r]``.
        count: how many.
    """
    candidates = L[pivots]
    if count >= len(pivots):
        return np.arange(len(pivots))
    nearest = np.argmax(L @ candidates.T, axis=1)
    weight = np.bincount(nearest, minlength=len(pivots)).astype(np.float64)
    known = np.linalg.solve(information + np.eye(len(pivots)), candidates.T)
    floor = float(weight @ np.einsum("ij,ji->i", candidates, known)) / weight.sum()
    C = candidates @ candidates.T
    chosen: list[int] = []
    for _ in range(count):
        variance = np.diagonal(C) + floor
        gain = (weight @ np.square(C)) / variance
        gain[chosen] = -1.0
        best = int(np.argmax(gain))
        chosen.append(best)
        C = C - np.outer(C[best], C[best]) / variance[best]
    return np.array(chosen, dtype=np.int64)
