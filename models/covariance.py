"""Covariance of the target's noise-free surface f_0 with itself and with training rows.

``f_0 = √t_0 G + √(1 - t_0) D_0 + δ_0``, so with a row of an earlier line it shares only
``A² √(t_0 t_l) (k_g + 1)``, with another point of the target also
``(A²(1 - t_0) + A_d²) k_d + A²(1 - t_0) + τ²``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike

from designer.models.arrays import FloatArray, IntArray, RealArray
from designer.models.kernels import MaternTo
from designer.models.priors import Parameters


@dataclass(frozen=True, eq=False)
class TargetCovariance:
    """Covariances of f_0 at fixed hyperparameters.

    Attributes:
        parameters: hyperparameters; the target is the last position.
        groups: input index of every encoded column, ``[D]``.
    """

    parameters: Parameters
    groups: IntArray

    @cached_property
    def own_constant(self) -> float:
        """``A²(1 - t_0) + τ²``: variance of what only this line's level has."""
        p = self.parameters
        return p.amplitude * (1.0 - float(p.trust[-1])) + p.offset

    @cached_property
    def own_correlated(self) -> float:
        """``A²(1 - t_0) + A_d²``: weight of k_d; 0 in a plain GP."""
        p = self.parameters
        return p.amplitude * (1.0 - float(p.trust[-1])) + p.drift

    @cached_property
    def shared(self) -> float:
        """``A² t_0``: weight of k_g + 1."""
        return self.parameters.amplitude * float(self.parameters.trust[-1])

    @property
    def variance(self) -> float:
        """Prior variance of f_0, the same everywhere."""
        return 2.0 * self.shared + self.own_correlated + self.own_constant

    def to_points(self, Z: FloatArray, dtype: DTypeLike = np.float64) -> CrossCovariance:
        """Prior covariance of f_0 with f_0 at ``Z [m, D]``."""
        weight = np.full(len(Z), self.shared)
        return CrossCovariance(self, Z, weight, own_from=0, dtype=dtype)

    def to_rows(
        self, X: FloatArray, position: IntArray, dtype: DTypeLike = np.float64
    ) -> CrossCovariance:
        """Covariance of f_0 with training rows.

        Args:
            X: points of the rows, ``[n, D]``.
            position: line position of the rows, ``[n]``, ascending (target rows last).
            dtype: float64 or float32.
        """
        p = self.parameters
        weight = p.amplitude * np.sqrt(p.trust[position] * p.trust[-1])
        first = int(np.count_nonzero(position < len(p.trust) - 1))
        return CrossCovariance(self, X, weight, own_from=first, dtype=dtype)


class CrossCovariance:
    """Callable X ``[b, D]`` → covariance ``[b, m]`` with fixed columns.

    Args:
        model: the covariance of f_0.
        Z: points of the columns, ``[m, D]``.
        weight: weight of ``k_g + 1`` per column, ``[m]``.
        own_from: first column that belongs to the target line (the rest up to m do, too).
        dtype: float64, or float32 for speed.
    """

    def __init__(
        self,
        model: TargetCovariance,
        Z: FloatArray,
        weight: FloatArray,
        *,
        own_from: int,
        dtype: DTypeLike,
    ) -> None:
        p, groups = model.parameters, model.groups
        kind = np.dtype(dtype)
        self._surface = MaternTo(Z, p.surface[groups], kind)
        self._weight = weight.astype(kind)
        self._own_from = own_from
        self._constant = model.own_constant
        self._correlated = model.own_correlated
        self._own: MaternTo | None = None
        if own_from < len(Z) and model.own_correlated > 0:
            self._own = MaternTo(Z[own_from:], p.deviation[groups], kind)

    def __call__(self, X: FloatArray, out: RealArray | None = None) -> RealArray:
        """Covariances ``[b, m]``, into ``out`` when given."""
        k = self._surface(X, out=out)
        k += 1.0
        k *= self._weight
        if self._own is not None:
            own = self._own(X)
            own *= self._correlated
            own += self._constant
            k[:, self._own_from :] += own
        return k
