"""Some points of one response given the runs of a plan, brought up to date when they are needed.

With ``u_k`` the covariance of the surface with the k-th run given all earlier ones, divided by
that run's standard deviation, every conditional covariance is the initial one minus
``Σ_k u_k u_k'``. A plan looks closely at some points only (the slurry that is open, the one to be
opened), so u is computed for the blocks that are asked about, not for all points of the region.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import DTypeLike

from designer.acquisition.conditioning.points import Points
from designer.acquisition.conditioning.surface import Surface
from designer.models.arrays import FloatArray, IntArray, RealArray

LEAST = 1e-12  # variance of an observation that rounding cannot take away
_KEPT = 14_000_000  # whitened covariances a block may keep (56 MB in float32)
_PART = 8192  # points at a time otherwise


@dataclass(frozen=True, eq=False)
class ConditionedRun:
    """A run that was taken.

    Attributes:
        points: its point, ``m = 1``.
        columns: which effects of batches with measured rows it observes.
        seen: its own u of the runs before it, those of its batches included, ``[k]``.
        sd: standard deviation of what it observes, given the runs before it.
    """

    points: Points
    columns: list[int]
    seen: FloatArray
    sd: float


class Block:
    """Points of one response with their covariances to the runs taken.

    Args:
        surface: the response.
        rows: some of its points, ``[m]``.
        effects: whitened covariances of the rows with batch effects (`Surface.effects`).

    Attributes:
        rows: which of the surface's points they are.
        points: they; without their ``whitened`` where that would fill the memory.
        cross: covariance of the surface with the batch effects before the plan, ``[m, E]``.
        u: per run taken, ``[k, m]``.
        reduced: ``Σ_k u_k²``, ``[m]``.
    """

    def __init__(self, surface: Surface, rows: IntArray, effects: FloatArray) -> None:
        self.surface, self.rows = surface, rows
        few = len(rows) <= _PART  # reference points are always kept
        self._kept = few or len(rows) * surface.measured <= _KEPT
        size = max(1, len(rows) if self._kept else _PART)
        starts = range(0, max(1, len(rows)), size)
        parts = [self._with_effects(rows[k : k + size], effects) for k in starts]
        self.points = Points.joined([points for points, _ in parts])
        self.cross = np.concatenate([cross for _, cross in parts])
        self.u = GrowingRows(len(rows), self.points.whitened.dtype)
        self.reduced = np.zeros(len(rows))

    def _with_effects(self, rows: IntArray, effects: FloatArray) -> tuple[Points, FloatArray]:
        points = self.surface.at(rows)
        cross = np.zeros((len(points), effects.shape[1]))
        if effects.size:
            cross -= points.whitened @ effects.astype(points.whitened.dtype)
        return (points if self._kept else replace(points, whitened=points.whitened[:, :0])), cross

    def point(self, place: int) -> Points:
        """One of the points, with everything."""
        if self._kept:
            return self.points.subset(slice(place, place + 1))
        return self.surface.at(self.rows[place : place + 1])

    @property
    def variance(self) -> FloatArray:
        """Variance of the surface given the runs, ``[m]``."""
        return np.maximum(self.points.variance - self.reduced, 0.0)

    def update(self, taken: Sequence[ConditionedRun]) -> None:
        """Learn of the runs taken since."""
        new = taken[self.u.count :]
        if not new:
            return
        picked = Points.joined([run.points for run in new])
        columns = self.surface.covariance(self.points, picked)
        for k, run in enumerate(new):
            column = columns[:, k] + self.cross[:, run.columns].sum(axis=1) - self.u.dot(run.seen)
            u = column / run.sd
            self.u.append(u)
            self.reduced += np.square(u)


class GrowingRows:
    """A growing list of rows ``[k, n]`` in one array."""

    def __init__(self, n: int, dtype: DTypeLike, room: int = 4) -> None:
        self._array = np.empty((room, n), dtype=dtype)
        self.count = 0

    @property
    def view(self) -> RealArray:
        """The rows so far."""
        return self._array[: self.count]

    def append(self, row: FloatArray) -> None:
        """Add a row."""
        if self.count == len(self._array):
            self._array = np.vstack([self._array, np.empty_like(self._array)])
        self._array[self.count] = row
        self.count += 1

    def dot(self, factors: FloatArray, part: IntArray | slice = slice(None)) -> FloatArray:
        """``Σ_k factors_k row_k`` over the first rows, at some points."""
        rows = self._array[: len(factors), part]
        return np.asarray(factors.astype(rows.dtype) @ rows, dtype=np.float64)
