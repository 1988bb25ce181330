"""Covariance of one line's noise-free surface f_l with itself and with training rows.

``f_l = √t_l G + √(1 - t_l) D_l + δ_l``, so with a row of line m it shares only
``√(t_l t_m) (A² (k_g + 1) + φφ')``, with another point of the same line also
``(A²(1 - t_l) + A_d²) k_d + A²(1 - t_l) + τ² + (1 - t_l + κ²) φφ' + Σ_i κ_i² g_i g_i'``: φ process
features, g_i slopes of the shared surface. V are transformed inputs (see ``input_transform``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike

from designer.models.arrays import (
    Array,
    ArrayT,
    FloatArray,
    IntArray,
    RealArray,
    as_dtype,
    namespace,
)
from designer.models.gp.hyperparameters import Parameters
from designer.models.gp.input_transform import InputTransform
from designer.models.gp.kernels import MaternTo


@dataclass(frozen=True, eq=False)
class LineCovariance:
    """Covariances of f_l at fixed hyperparameters, or at S sets of them at once.

    Attributes:
        parameters: hyperparameters; S sets: numbers ``[S, 1, 1]``, vectors ``[S, 1, k]``.
        input_transform: meaning of the columns of V.
        place: position of the line; None: a line without rows.
        trust: t_l.
    """

    parameters: Parameters
    input_transform: InputTransform
    place: int | None
    trust: Array

    @classmethod
    def of_target(cls, parameters: Parameters, transform: InputTransform) -> LineCovariance:
        """That of the target line, the last position."""
        last = len(parameters.trust) - 1
        return cls(parameters, transform, last, float(parameters.trust[-1]))

    @property
    def of_the_target(self) -> bool:
        """Whether it is the target's surface: the last position has lengthscales of its own."""
        return bool(self.place == self.parameters.trust.shape[-1] - 1)

    @cached_property
    def own_constant(self) -> Array:
        """``A²(1 - t_l) + τ²``: variance of what only this line's level has."""
        p = self.parameters
        return p.amplitude * (1.0 - self.trust) + p.offset

    @cached_property
    def own_correlated(self) -> Array:
        """``A²(1 - t_l) + A_d²``: weight of k_d; 0 in a plain GP."""
        p = self.parameters
        return p.amplitude * (1.0 - self.trust) + p.drift

    @cached_property
    def own_feature(self) -> Array:
        """``1 - t_l + κ²``: weight of φφ' inside the line."""
        return 1.0 - self.trust + self.parameters.feature_drift

    @cached_property
    def shared(self) -> Array:
        """``A² t_l``: weight of k_g + 1."""
        return self.parameters.amplitude * self.trust

    @cached_property
    def constant(self) -> Array:
        """The part of the prior variance that is the same everywhere."""
        return 2.0 * self.shared + self.own_correlated + self.own_constant

    def variance(self, V: FloatArray) -> FloatArray:
        """Prior variance ``[n]`` of f_l at ``V [n, C]``."""
        out = np.full(len(V), self.constant)
        if self.input_transform.feature is not None:
            out += (self.trust + self.own_feature) * np.square(self.features(V)).sum(axis=1)
        slopes = V[:, self.input_transform.slope_columns]
        if slopes.shape[1]:
            out += np.square(slopes) @ self.parameters.shifts(self.place)
        return out

    def features(self, V: ArrayT) -> ArrayT:
        """φ ``[..., n, s]``; no columns without process knowledge."""
        feature, columns = self.input_transform.feature, self.input_transform.feature_columns
        found: ArrayT = V[..., :0]
        if feature is not None:
            found = feature.at(V[..., columns], self.parameters.shape)
        return found

    def to_points(self, Z: Array, dtype: DTypeLike = np.float64) -> CrossCovariance:
        """Prior covariance of f_l with f_l at ``Z [..., m, C]``, numpy or torch."""
        trust = self.trust + namespace(Z).zeros_like(Z[..., :1]).mT
        return CrossCovariance(self, Z, trust, own=slice(0, Z.shape[-2]), dtype=dtype)

    def to_rows(
        self, V: Array, position: IntArray, dtype: DTypeLike = np.float64
    ) -> CrossCovariance:
        """Covariance of f_l with training rows.

        Args:
            V: the rows' transformed inputs, ``[..., n, C]``, numpy or torch.
            position: line position of the rows, ``[n]``, ascending (target rows last).
            dtype: float64 or float32.
        """
        own = slice(0, 0)
        if self.place is not None:
            first, last = np.searchsorted(position, [self.place, self.place + 1])
            own = slice(int(first), int(last))
        trust = self.parameters.trust[..., position]
        return CrossCovariance(self, V, trust, own=own, dtype=dtype)


class CrossCovariance:
    """Callable V ``[..., b, C]`` → covariance ``[..., b, m]`` with fixed columns.

    Args:
        model: the covariance of f_l.
        Z: transformed inputs of the columns, ``[..., m, C]``, numpy or torch.
        trust: t of the line of each column, ``[..., m]``.
        own: columns that belong to the same line.
        dtype: float64, or float32 for speed.
    """

    def __init__(
        self, model: LineCovariance, Z: Array, trust: Array, *, own: slice, dtype: DTypeLike
    ) -> None:
        xp, p, transform = namespace(Z), model.parameters, model.input_transform
        self._model, self._dtype, self._own = model, np.dtype(dtype), own
        self._coordinates = slice(0, transform.dimension)
        points = Z[..., self._coordinates]
        self._surface = MaternTo(points, p.surface[..., transform.groups], dtype)
        root = xp.sqrt(trust * model.trust)
        self._weight = as_dtype(p.amplitude * root, dtype)
        self._deviation: MaternTo | None = None
        if own.stop > own.start and xp.asarray(model.own_correlated > 0).any():
            mine = p.own if model.of_the_target else p.deviation
            scale = mine[..., transform.groups]
            self._deviation = MaternTo(points[..., own, :], scale, dtype)
        mine = xp.zeros_like(Z[..., :1]).mT
        mine[..., own] = 1.0
        features = model.features(Z).mT * (root + mine * model.own_feature)
        slopes = (Z[..., transform.slope_columns] * p.shifts(model.place)).mT * mine
        self._right = as_dtype(xp.concat([features, slopes], -2), dtype)  # [..., s + p, m]

    def __call__(self, V: Array, out: RealArray | None = None) -> Array:
        """Covariances ``[..., b, m]``, into ``out`` when given."""
        model, points = self._model, V[..., self._coordinates]
        k = self._surface(points, out=out)
        k += 1.0
        k *= self._weight
        if self._deviation is not None:
            own = self._deviation(points)
            own *= model.own_correlated
            own += model.own_constant
            k[..., self._own] += own
        if self._right.shape[-2]:
            xp, features = namespace(V), model.features(V)
            slopes = V[..., model.input_transform.slope_columns]
            if features.shape[:-1] != slopes.shape[:-1]:  # for several sets of hyperparameters
                slopes = xp.broadcast_to(slopes, (*features.shape[:-1], slopes.shape[-1]))
            left = as_dtype(xp.concat([features, slopes], -1), self._dtype)
            k += xp.matmul(left, self._right)
        return k
