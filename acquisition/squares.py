"""Weighted squares of covariances with reference points, kept up to date run by run.

``Σ_r W_r C(x, r)²`` over the reference points r is all a gain needs. The covariances are stored
once, as they are before the plan's runs; each run costs one matrix-vector product (numerics:
``s − 2u·(CWw) + u²·w'Ww`` with ``w = u`` at the reference points).
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from designer.models.arrays import FloatArray, IntArray, RealArray

Part: TypeAlias = IntArray | slice
_BLOCK = 1024  # points per block of temporary arrays


def as_part(rows: IntArray) -> Part:
    """A slice where the rows follow each other (no copy of stored covariances)."""
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


class WeightedSquares:
    """Weighted squares of one response at all points.

    Args:
        rows: reference points, ``[R]``.
        weights: weight of the variance at each, ``[R]``.
        covariance: covariances of all points with them before any run, ``[n, R]``; taken over.
        taken: u of the runs taken already (open runs), ``[k, n]``.

    Attributes:
        rows: as given.
        values: ``Σ_r W_r C(x, r)²`` now, ``[n]``.
        w: u of all runs at the reference points, ``[k, R]``.
    """

    def __init__(
        self, rows: IntArray, weights: FloatArray, covariance: RealArray, taken: RealArray
    ) -> None:
        self.rows = rows
        self.w = taken[:, rows].astype(np.float64)
        self.values = np.empty(len(covariance))
        self._weights = weights
        self._covariance = covariance  # with the open runs, without the plan's
        self._open = len(taken)
        for start in range(0, len(covariance), _BLOCK):
            block = covariance[start : start + _BLOCK]
            if len(taken):
                block -= taken[:, start : start + _BLOCK].T @ taken[:, rows]
            squares = np.square(block) @ weights.astype(block.dtype)
            self.values[start : start + _BLOCK] = squares

    def take(self, u: FloatArray, taken: RealArray) -> float:
        """Account for one more run.

        Args:
            u: its covariances with all points over its standard deviation, ``[n]``.
            taken: the same of the runs before it, ``[k, n]``.

        Returns:
            ``Σ_r W_r w_r²``: by how much the goal falls.
        """
        w = u[self.rows]
        weighted = self._weights * w
        drop = float(weighted @ w)
        self.values += u * (u * drop - 2.0 * self._times(slice(None), weighted, taken))
        self.w = np.vstack([self.w, w])
        return drop

    def shifted(self, part: Part, shift: FloatArray, taken: RealArray) -> FloatArray:
        """What the squares of some points gain when C(x, ·) is shifted by ``shift`` ``[R]``."""
        weighted = self._weights * shift
        return 2.0 * self._times(part, weighted, taken) + float(weighted @ shift)

    def before(self, row: int) -> tuple[FloatArray, FloatArray]:
        """Covariances ``[R]`` of a point with the reference points before the plan, and W."""
        return self._covariance[row].astype(np.float64), self._weights

    def covariances(self, rows: IntArray, taken: RealArray) -> tuple[FloatArray, FloatArray]:
        """Covariances ``[m, R]`` of some points with the reference points now, and ``W [R]``."""
        later = slice(self._open, None)
        now = self._covariance[rows] - taken[later][:, rows].T @ self.w[later].astype(taken.dtype)
        return np.asarray(now, dtype=np.float64), self._weights

    def _times(self, part: Part, vector: FloatArray, taken: RealArray) -> FloatArray:
        """``C(x, ·) @ vector`` for the present C, at some points."""
        stored = self._covariance[part] @ vector.astype(self._covariance.dtype)
        factors = (self.w @ vector)[self._open :].astype(taken.dtype)
        return np.asarray(stored - factors @ taken[self._open :, part], dtype=np.float64)
