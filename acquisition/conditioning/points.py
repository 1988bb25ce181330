"""Points of a proposal as surfaces look at them: some of them with their moments, or all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from designer.models.arrays import FloatArray, IntArray, RealArray


@dataclass(frozen=True, eq=False)
class Points:
    """Some points of a surface, with what their covariances are computed from.

    Attributes:
        transformed: the points as the surface's covariances take them, ``[m, C]``.
        whitened: covariances with the measured rows, whitened, ``[m, N]``; ``[m, 0]`` where they
            would fill the memory: then they are computed anew whenever they are asked for.
        mean: ``[m]``.
        variance: noise-free and without batch effects, ``[m]``.
        noise: noise variance of one more measurement, ``[m]``.
    """

    transformed: FloatArray
    whitened: RealArray
    mean: FloatArray
    variance: FloatArray
    noise: FloatArray

    def __len__(self) -> int:
        return len(self.mean)

    def subset(self, which: IntArray | slice) -> Points:
        """Some of them."""
        parts = (self.transformed, self.whitened, self.mean, self.variance, self.noise)
        return Points(*(part[which] for part in parts))

    @staticmethod
    def joined(several: Sequence[Points]) -> Points:
        """All of them in one."""
        if len(several) == 1:
            return several[0]
        names = ("transformed", "whitened", "mean", "variance", "noise")
        return Points(*(np.concatenate([getattr(p, name) for p in several]) for name in names))


class SharedPoints:
    """All points of a proposal and the part of them last asked for.

    Surfaces of several responses look at the same part one after the other: given the very same
    array, input transforms need not see it twice.

    Args:
        X: points, ``[n, D]``.
    """

    def __init__(self, X: FloatArray) -> None:
        self.X = X
        self._last: tuple[IntArray, FloatArray] | None = None

    def part(self, rows: IntArray) -> FloatArray:
        """Some of the points, ``[m, D]``; not to be changed in place."""
        if self._last is None or not np.array_equal(rows, self._last[0]):
            self._last = rows, self.X[rows]
        return self._last[1]
