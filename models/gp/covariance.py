"""Covariance of one line's noise-free surface f_l with itself and with training rows.

``f_l = √t_l G + √(1 - t_l) D_l + δ_l``, so with a row of line m it shares only
``√(t_l t_m) (A² (k_g + 1) + φφ')``, with another point of the same line also
``(A²(1 - t_l) + A_d²) k_d + A²(1 - t_l) + τ² + (1 - t_l + κ²) φφ' + Σ_i κ_i² g_i g_i'``: φ process
features, g_i slopes of the shared surface. Points are viewed points V (see ``chart``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike

from designer.models.arrays import FloatArray, IntArray, RealArray
from designer.models.gp.hyperparameters import Parameters
from designer.models.gp.input_transform import InputTransform
from designer.models.gp.kernels import MaternTo


@dataclass(frozen=True, eq=False)
class LineCovariance:
    """Covariances of f_l at fixed hyperparameters.

    Attributes:
        parameters: hyperparameters.
        chart: meaning of the columns of V.
        place: position of the line; None: a line without rows.
        trust: t_l.
    """

    parameters: Parameters
    chart: InputTransform
    place: int | None
    trust: float

    @classmethod
    def of_target(cls, parameters: Parameters, chart: InputTransform) -> LineCovariance:
        """That of the target line, the last position."""
        last = len(parameters.trust) - 1
        return cls(parameters, chart, last, float(parameters.trust[-1]))

    @cached_property
    def own_constant(self) -> float:
        """``A²(1 - t_l) + τ²``: variance of what only this line's level has."""
        p = self.parameters
        return p.amplitude * (1.0 - self.trust) + p.offset

    @cached_property
    def own_correlated(self) -> float:
        """``A²(1 - t_l) + A_d²``: weight of k_d; 0 in a plain GP."""
        p = self.parameters
        return p.amplitude * (1.0 - self.trust) + p.drift

    @cached_property
    def own_feature(self) -> float:
        """``1 - t_l + κ²``: weight of φφ' inside the line."""
        return 1.0 - self.trust + self.parameters.feature_drift

    @cached_property
    def shared(self) -> float:
        """``A² t_l``: weight of k_g + 1."""
        return self.parameters.amplitude * self.trust

    @cached_property
    def constant(self) -> float:
        """The part of the prior variance that is the same everywhere."""
        return 2.0 * self.shared + self.own_correlated + self.own_constant

    def variance(self, V: FloatArray) -> FloatArray:
        """Prior variance ``[n]`` of f_l at ``V [n, C]``."""
        out = np.full(len(V), self.constant)
        if self.chart.feature is not None:
            out += (self.trust + self.own_feature) * np.square(self.features(V)).sum(axis=1)
        slopes = V[:, self.chart.slope_columns]
        if slopes.shape[1]:
            out += np.square(slopes) @ self.parameters.shifts(self.place)
        return out

    def features(self, V: FloatArray) -> FloatArray:
        """φ ``[n, s]``; no columns without process knowledge."""
        feature = self.chart.feature
        if feature is None:
            return np.zeros((len(V), 0))
        return feature.at(V[:, self.chart.feature_columns], self.parameters.shape)

    def to_points(self, Z: FloatArray, dtype: DTypeLike = np.float64) -> CrossCovariance:
        """Prior covariance of f_l with f_l at ``Z [m, C]``."""
        trust = np.full(len(Z), self.trust)
        return CrossCovariance(self, Z, trust, own=slice(0, len(Z)), dtype=dtype)

    def to_rows(
        self, V: FloatArray, position: IntArray, dtype: DTypeLike = np.float64
    ) -> CrossCovariance:
        """Covariance of f_l with training rows.

        Args:
            V: the rows' viewed points, ``[n, C]``.
            position: line position of the rows, ``[n]``, ascending (target rows last).
            dtype: float64 or float32.
        """
        own = slice(0, 0)
        if self.place is not None:
            first, last = np.searchsorted(position, [self.place, self.place + 1])
            own = slice(int(first), int(last))
        trust = self.parameters.trust[position]
        return CrossCovariance(self, V, trust, own=own, dtype=dtype)


class CrossCovariance:
    """Callable V ``[b, C]`` → covariance ``[b, m]`` with fixed columns.

    Args:
        model: the covariance of f_l.
        Z: viewed points of the columns, ``[m, C]``.
        trust: t of the line of each column, ``[m]``.
        own: columns that belong to the same line.
        dtype: float64, or float32 for speed.
    """

    def __init__(
        self,
        model: LineCovariance,
        Z: FloatArray,
        trust: FloatArray,
        *,
        own: slice,
        dtype: DTypeLike,
    ) -> None:
        p, chart = model.parameters, model.chart
        kind = np.dtype(dtype)
        self._model, self._kind = model, kind
        self._coordinates = slice(0, chart.dimension)
        self._surface = MaternTo(Z[:, self._coordinates], p.surface[chart.groups], kind)
        self._weight = (p.amplitude * np.sqrt(trust * model.trust)).astype(kind)
        self._own = own
        self._constant = model.own_constant
        self._correlated = model.own_correlated
        self._deviation: MaternTo | None = None
        if own.stop > own.start and model.own_correlated > 0:
            inside = Z[own, self._coordinates]
            self._deviation = MaternTo(inside, p.deviation[chart.groups], kind)
        self._right = self._low_rank(Z, trust).astype(kind)

    def _low_rank(self, Z: FloatArray, trust: FloatArray) -> FloatArray:
        """Weights ``[s + p, m]`` of features and slopes of the left point."""
        model = self._model
        mine = np.zeros(len(Z))
        mine[self._own] = 1.0
        weight = np.sqrt(trust * model.trust) + mine * model.own_feature
        features = model.features(Z).T * weight
        slopes = Z[:, model.chart.slope_columns].T
        if not len(slopes):
            return features
        return np.vstack([features, slopes * mine * model.parameters.shifts(model.place)[:, None]])

    def __call__(self, V: FloatArray, out: RealArray | None = None) -> RealArray:
        """Covariances ``[b, m]``, into ``out`` when given."""
        k = self._surface(V[:, self._coordinates], out=out)
        k += 1.0
        k *= self._weight
        if self._deviation is not None:
            own = self._deviation(V[:, self._coordinates])
            own *= self._correlated
            own += self._constant
            k[:, self._own] += own
        if len(self._right):
            left = np.hstack([self._model.features(V), V[:, self._model.chart.slope_columns]])
            k += np.matmul(left.astype(self._kind, copy=False), self._right)
        return k
