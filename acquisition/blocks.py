"""Some points of one response given the runs of a plan, brought up to date when they are needed.

With ``u_k`` the covariance of the surface with the k-th run given all earlier ones, divided by
that run's standard deviation, every conditional covariance is the initial one minus
``Σ_k u_k u_k'``. A plan looks closely at some points only (the slurry that is open, the one to be
opened), so u is computed for the blocks that are asked about, not for all points of the region.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from designer.acquisition.surface import Points, Surface
from designer.models.arrays import FloatArray, IntArray, RealArray


@dataclass(frozen=True, eq=False)
class Taken:
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
        points: some of its points.
        effects: whitened covariances of the rows with batch effects (`Surface.effects`).

    Attributes:
        points: as given.
        cross: covariance of the surface with the batch effects before the plan, ``[m, E]``.
        u: per run taken, ``[k, m]``.
        reduced: ``Σ_k u_k²``, ``[m]``.
    """

    def __init__(self, surface: Surface, points: Points, effects: FloatArray) -> None:
        self._surface, self.points = surface, points
        self.cross = np.zeros((len(points), effects.shape[1]))
        if effects.size:
            self.cross -= points.half @ effects.astype(points.half.dtype)
        self.u = Rows(len(points), points.half.dtype)
        self.reduced = np.zeros(len(points))

    def __len__(self) -> int:
        return len(self.points)

    @property
    def variance(self) -> FloatArray:
        """Variance of the surface given the runs, ``[m]``."""
        return np.maximum(self.points.variance - self.reduced, 0.0)

    def follow(self, taken: Sequence[Taken]) -> None:
        """Learn of the runs taken since."""
        new = taken[self.u.count :]
        if not new:
            return
        picked = Points.joined([run.points for run in new]) if len(new) > 1 else new[0].points
        columns = self._surface.covariance(self.points, picked)
        for k, run in enumerate(new):
            column = columns[:, k] + self.cross[:, run.columns].sum(axis=1) - self.u.dot(run.seen)
            u = column / run.sd
            self.u.append(u)
            self.reduced += np.square(u)


class Rows:
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
