"""Weighted squares of covariances with reference points, kept up to date run by run.

``Σ_r W_r C(x, r)²`` over the reference points r is all a gain needs. The covariances are stored
once, as they are before any run; a further run costs one matrix-vector product (numerics:
``s − 2u·(CWw) + u²·w'Ww`` with ``w = u`` at the reference points).
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from designer.acquisition.conditioning.blocks import Block
from designer.models.arrays import FloatArray, IntArray, RealArray

Part: TypeAlias = IntArray | slice
_BLOCK = 1024  # points per block of temporary arrays


def as_part(rows: IntArray) -> Part:
    """A slice where the rows follow each other (no copy of stored covariances)."""
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


class ResponseReferences:
    """Reference points of one response and the weight of the variance at each.

    Args:
        rows: which points they are, ``[R]``.
        block: the same, up to date.
        weights: ``[R]``.

    Attributes:
        open: number of runs taken before the plan's.
    """

    def __init__(self, rows: IntArray, block: Block, weights: FloatArray) -> None:
        self.rows, self.block, self.weights = rows, block, weights
        self.open = block.u.count

    @property
    def w(self) -> FloatArray:
        """U of all runs taken at the reference points, ``[k, R]``."""
        return self.block.u.view.astype(np.float64, copy=False)


class SquaredCovariances:
    """Weighted squares of one response at the points of a block.

    Args:
        block: points, up to date.
        references: up to date.

    Attributes:
        references: as given.
        values: ``Σ_r W_r C(x, r)²`` now, ``[m]``.
    """

    def __init__(self, block: Block, references: ResponseReferences) -> None:
        self._block, self.references = block, references
        self._covariance = block.surface.covariance(block.points, references.block.points)
        self.values = self._anew()
        self._known = block.u.count

    def update(self) -> None:
        """Account for the runs the block has been told of since; the references come first."""
        missing = self._block.u.count - self._known
        if missing == 1:
            self._account(self._known)
        elif missing:
            self.values = self._anew()
        self._known = self._block.u.count

    def _account(self, k: int) -> None:
        """One more run."""
        u = self._block.u.view[k].astype(np.float64)
        w = self.references.w[k]
        weighted = self.references.weights * w
        drop = float(weighted @ w)
        self.values += u * (u * drop - 2.0 * self._times(slice(None), weighted, k))

    def _anew(self) -> FloatArray:
        weights = self.references.weights
        values = np.empty(len(self._covariance))
        for start in range(0, len(values), _BLOCK):
            block = self.now(slice(start, start + _BLOCK))
            values[start : start + _BLOCK] = np.square(block) @ weights.astype(block.dtype)
        return values

    def now(self, part: Part = slice(None)) -> RealArray:
        """Covariances ``[m, R]`` with the reference points, given the runs taken."""
        stored = self._covariance[part]
        if not self._block.u.count:
            return stored
        w = self.references.block.u.view
        return np.asarray(stored - self._block.u.view[:, part].T @ w)

    def shifted(self, part: Part, shift: FloatArray) -> FloatArray:
        """What the squares of some points gain when C(x, ·) is shifted by ``shift`` ``[R]``."""
        weighted = self.references.weights * shift
        return 2.0 * self._times(part, weighted, self._known) + float(weighted @ shift)

    def _times(self, part: Part, vector: FloatArray, runs: int) -> FloatArray:
        """``C(x, ·) @ vector`` given the first runs, at some points."""
        stored = self._covariance[part] @ vector.astype(self._covariance.dtype)
        u = self._block.u.view[:runs, part]
        factors = (self.references.w[:runs] @ vector).astype(u.dtype)
        return np.asarray(stored - factors @ u, dtype=np.float64)
