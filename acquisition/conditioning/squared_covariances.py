"""Weighted squares of covariances with reference points, kept up to date run by run.

``Σ_r W_r C(x, r)²`` over the reference points r is all a gain needs. The covariances are stored
once, as they are before any run; a further run costs one matrix-vector product (numerics:
``s − 2u·(CWw) + u²·w'Ww`` with ``w = u`` at the reference points).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from designer.acquisition.conditioning.blocks import Block, ConditionedRun
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
        block: the points, up to date.
        weights: ``[R]``.

    Attributes:
        open: number of runs taken before the plan's.
    """

    def __init__(self, block: Block, weights: FloatArray) -> None:
        self.block, self.weights = block, weights
        self.open = block.u.count

    @property
    def left(self) -> float:
        """Weighted variance there, given the runs taken."""
        return float(self.weights @ self.block.variance)

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
        block: as given.
        values: ``Σ_r W_r C(x, r)²`` now, ``[m]``.
    """

    def __init__(self, block: Block, references: ResponseReferences) -> None:
        self.block = block
        self._start(references)

    def _start(self, references: ResponseReferences) -> None:
        self._references = references
        self._covariance = self.block.surface.covariance(self.block.points, references.block.points)
        self._compute()

    def _compute(self) -> None:
        weights = self._references.weights
        self.values = np.empty(len(self._covariance))
        for start in range(0, len(self.values), _BLOCK):
            block = self.now(slice(start, start + _BLOCK))
            self.values[start : start + _BLOCK] = np.square(block) @ weights.astype(block.dtype)
        self._known = self.block.u.count

    def update(self, taken: Sequence[ConditionedRun], references: ResponseReferences) -> None:
        """Account for the runs taken since, or for other reference points.

        Args:
            taken: all runs.
            references: up to date.
        """
        self.block.update(taken)
        if references is not self._references:
            self._start(references)
        elif len(taken) > self._known + 1:
            self._compute()
        elif len(taken) > self._known:
            u = self.block.u.view[self._known].astype(np.float64)
            w = references.w[self._known]
            weighted = references.weights * w
            drop = float(weighted @ w)
            self.values += u * (u * drop - 2.0 * self._times(slice(None), weighted, self._known))
            self._known += 1

    def now(self, part: Part = slice(None)) -> RealArray:
        """Covariances ``[m, R]`` with the reference points, given the runs taken."""
        stored = self._covariance[part]
        if not self.block.u.count:
            return stored
        w = self._references.block.u.view
        return np.asarray(stored - self.block.u.view[:, part].T @ w)

    def shifted(self, part: Part, shift: FloatArray) -> FloatArray:
        """What the squares of some points gain when C(x, ·) is shifted by ``shift`` ``[R]``."""
        weighted = self._references.weights * shift
        return 2.0 * self._times(part, weighted, self._known) + float(weighted @ shift)

    def _times(self, part: Part, vector: FloatArray, runs: int) -> FloatArray:
        """``C(x, ·) @ vector`` given the first runs, at some points."""
        stored = self._covariance[part] @ vector.astype(self._covariance.dtype)
        u = self.block.u.view[:runs, part]
        factors = (self._references.w[:runs] @ vector).astype(u.dtype)
        return np.asarray(stored - factors @ u, dtype=np.float64)
