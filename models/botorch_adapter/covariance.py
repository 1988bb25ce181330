"""Charts in torch: what the covariance sees of the target's points, differentiable in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from designer.models.arrays import FloatArray, IntArray
from designer.models.data.scaling import Scaling
from designer.models.gp.covariance import LineCovariance
from designer.models.gp.hyperparameters import Parameters
from designer.models.gp.input_transform import InputTransform
from designer.models.gp.process_features import Compaction, Feature, Loading
from designer.models.gp.surface_gradients import Slopes
from designer.models.gp.upstream import COORDINATE_PER_SD, SMALLEST_RATIO
from designer.models.posterior.posterior import ResponsePosterior

TINY = 1e-20  # keeps the square root of a zero distance differentiable


def tensor(values: FloatArray) -> Tensor:
    """A float64 tensor of its own."""
    return torch.tensor(np.asarray(values), dtype=torch.float64)


def distance(X: Tensor, Z: Tensor, factor: Tensor) -> Tensor:
    """``√5 r`` between X ``[..., q, D]`` and Z ``[..., N, D]``; factor = √5 / ℓ ``[..., 1, D]``."""
    left, right = X * factor, Z * factor
    square = (left.unsqueeze(-2) - right.unsqueeze(-3)).square().sum(dim=-1)
    return (square + TINY).sqrt()


def matern(X: Tensor, Z: Tensor, factor: Tensor) -> Tensor:
    """Matern-5/2 correlations ``[..., q, N]``."""
    q = distance(X, Z, factor)
    return (1.0 + q + q.square() / 3.0) * torch.exp(-q)


@dataclass(frozen=True, eq=False)
class Covariance:
    """Covariance of one line's surface with rows, for S sets of hyperparameters at once.

    Attributes:
        dimension: number of coordinates D.
        slopes: columns of V that hold slopes.
        feature: process feature, if any.
        shapes: its hyperparameters, ``[S, k]``.
        surface: √5 / lengthscale of k_g, ``[S, 1, D]``.
        deviation: the same of k_d.
        amplitude: A², ``[S, 1]``.
        trust: t of the line, ``[S, 1]``.
        rows_trust: t of each row's line, ``[S, N]``.
        own: 1 for rows of the same line, ``[N]``.
        own_constant: see ``LineCovariance``, ``[S, 1]``; likewise ``own_correlated`` and
            ``own_feature``.
        shifts: κ_i², ``[S, p]``.
    """

    dimension: int
    slopes: slice
    feature: Feature | None
    shapes: Tensor
    surface: Tensor
    deviation: Tensor
    amplitude: Tensor
    trust: Tensor
    rows_trust: Tensor
    own: Tensor
    own_constant: Tensor
    own_correlated: Tensor
    own_feature: Tensor
    shifts: Tensor

    @classmethod
    def of(
        cls, lines: list[LineCovariance], rows_trust: list[FloatArray], own: FloatArray
    ) -> Covariance:
        """From the numpy side, one entry per set of hyperparameters."""
        chart, p = lines[0].chart, [line.parameters for line in lines]
        root = np.sqrt(5.0)

        def column(values: list[float]) -> Tensor:
            return tensor(np.array(values))[:, None]

        def scales(field: str) -> Tensor:
            found = [root / getattr(q, field)[chart.groups] for q in p]
            return tensor(np.array(found))[:, None, :]

        return cls(
            dimension=chart.dimension,
            slopes=chart.slope_columns,
            feature=chart.feature,
            shapes=tensor(np.array([q.shape for q in p])),
            surface=scales("surface"),
            deviation=scales("deviation"),
            amplitude=column([q.amplitude for q in p]),
            trust=column([line.trust for line in lines]),
            rows_trust=tensor(np.array(rows_trust)),
            own=tensor(own),
            own_constant=column([line.own_constant for line in lines]),
            own_correlated=column([line.own_correlated for line in lines]),
            own_feature=column([line.own_feature for line in lines]),
            shifts=tensor(np.array([q.slopes for q in p])),
        )

    def extended(self, count: int) -> Covariance:
        """With ``count`` more rows of the same line."""
        more = self.trust.expand(-1, count)
        return Covariance(
            **{
                **self.__dict__,
                "rows_trust": torch.cat([self.rows_trust, more], dim=-1),
                "own": torch.cat([self.own, torch.ones(count, dtype=torch.float64)]),
            }
        )

    def to_rows(self, V: Tensor, rows: Tensor) -> Tensor:
        """``[..., S, q, N]`` for points V ``[..., 1, q, C]`` and rows ``[..., 1, N, C]``."""
        return self._covariance(V, rows, self.rows_trust, self.own)

    def to_points(self, V: Tensor) -> Tensor:
        """``[..., S, q, q]`` between points V ``[..., 1, q, C]`` of the line."""
        count = V.shape[-2]
        ones = torch.ones(count, dtype=torch.float64)
        return self._covariance(V, V, self.trust.expand(-1, count), ones)

    def _covariance(self, V: Tensor, Z: Tensor, trust: Tensor, own: Tensor) -> Tensor:
        d = self.dimension
        root = (trust * self.trust).sqrt().unsqueeze(-2)  # [S, 1, N]
        k = matern(V[..., :d], Z[..., :d], self.surface) + 1.0
        k = self.amplitude.unsqueeze(-1) * root * k
        inside = self.own_constant.unsqueeze(-1)
        if bool((self.own_correlated > 0).any()):
            deviation = matern(V[..., :d], Z[..., :d], self.deviation)
            inside = inside + self.own_correlated.unsqueeze(-1) * deviation
        if self.shifts.shape[-1]:
            left = V[..., self.slopes] * self.shifts.unsqueeze(-2)
            inside = inside + left @ Z[..., self.slopes].mT
        k = k + own * inside
        if self.feature is not None:
            weight = root + own * self.own_feature.unsqueeze(-1)
            k = k + weight * (self._phi(V) @ self._phi(Z).mT)
        return k

    def _phi(self, V: Tensor) -> Tensor:
        """φ ``[..., S, q, s]``."""
        E = V[..., self.slopes.stop :]
        if isinstance(self.feature, Compaction):
            first, second = (self.shapes[:, k, None] for k in (0, 1))
            gamma = torch.exp((first + second * E[..., 1]).clamp(-50.0, 50.0))
            u = torch.exp(-(E[..., 0] / gamma).clamp_max(50.0))
            phi: Tensor = self.feature.combined(u, E[..., 1], torch.stack)
        elif isinstance(self.feature, Loading):
            phi = self.feature.combined(E, torch.expm1)
        else:
            raise TypeError(type(self.feature).__name__)
        return phi


@dataclass(frozen=True, eq=False)
class UpstreamMean:
    """The upstream response's predicted level on the target line.

    Attributes:
        chart: how the upstream response sees points.
        covariance: of the target's surface with its rows, one set of hyperparameters.
        rows: viewed rows, ``[N, C]``.
        alpha: ``K⁻¹ z``, ``[N]``.
        column: coordinate the level stands for; None: none.
        scaling: of the upstream response.
        to_level: offset and factor from the posterior's model scale to the level's.
    """

    chart: TorchChart
    covariance: Covariance
    rows: Tensor
    alpha: Tensor
    column: int | None
    scaling: Scaling
    to_level: tuple[float, float]

    def level(self, X: Tensor) -> Tensor:
        """``[..., q]`` at encoded points."""
        V = self.chart.points(X).unsqueeze(-3)
        mean = (self.covariance.to_rows(V, self.rows.unsqueeze(-3)) @ self.alpha).squeeze(-2)
        offset, factor = self.to_level
        return offset + factor * mean

    def log_ratio(self, level: Tensor) -> Tensor:
        """As ``Upstream.log_ratio``."""
        spread = self.scaling.spread
        if self.scaling.log:
            return spread * level
        typical = abs(self.scaling.center) or spread
        return torch.log((1.0 + spread * level / typical).clamp_min(SMALLEST_RATIO))


@dataclass(frozen=True, eq=False)
class TorchChart:
    """``Chart.points`` in torch."""

    chart: InputTransform
    upstream: UpstreamMean | None

    @classmethod
    def of(cls, chart: InputTransform) -> TorchChart:
        """The torch side of a chart."""
        if chart.upstream is None:
            return cls(chart, None)
        posterior = chart.upstream.target
        if not isinstance(posterior, ResponsePosterior):
            raise TypeError(type(posterior).__name__)
        fitted, p = posterior.fitted, posterior.fitted.parameters
        line = LineCovariance.of_target(p, fitted.chart)
        mean = UpstreamMean(
            chart=cls.of(fitted.chart),
            covariance=Covariance.of(
                [line], [p.trust[fitted.rows.position]], own_rows(fitted.rows.position, p)
            ),
            rows=tensor(fitted.rows.X),
            alpha=tensor(posterior.alpha[: len(fitted.rows)]),
            column=chart.upstream.column,
            scaling=chart.upstream.posterior.scaling,
            to_level=chart.upstream.to_level,
        )
        return cls(chart, mean)

    def points(self, X: Tensor) -> Tensor:
        """Viewed points ``[..., q, C]`` of encoded points ``[..., q, D]``."""
        coordinates, ratio = X, X.new_zeros(X.shape[:-1])
        if self.upstream is not None:
            level = self.upstream.level(X)
            ratio = self.upstream.log_ratio(level)
            if (k := self.upstream.column) is not None:
                instead = (0.5 + COORDINATE_PER_SD * level).unsqueeze(-1)
                coordinates = torch.cat([X[..., :k], instead, X[..., k + 1 :]], dim=-1)
        parts = [coordinates]
        if self.chart.slopes is not None:
            parts.append(_slopes(self.chart.slopes, coordinates))
        feature = self.chart.feature
        if isinstance(feature, Compaction):
            load = (feature.low + feature.span * X[..., feature.column]).clamp_min(0.0)
            parts.append(torch.stack([load, ratio], dim=-1))
        elif isinstance(feature, Loading):
            parts.append(feature.balance(X, torch).unsqueeze(-1))
        return torch.cat(parts, dim=-1)


def own_rows(position: IntArray, p: Parameters) -> FloatArray:
    """1 for rows of the target, ``[N]``."""
    return np.asarray(position == len(p.trust) - 1, dtype=np.float64)


def _slopes(slopes: Slopes, U: Tensor) -> Tensor:
    """``Slopes.__call__``, ``[..., q, p]``."""
    centres, scale = tensor(slopes.centres), tensor(slopes.lengthscale)
    q = distance(U, centres, np.sqrt(5.0) / scale)
    slope = (1.0 + q) * torch.exp(-q)
    weights, columns = tensor(slopes.weights), torch.tensor(slopes.columns)
    sums = slope @ weights
    moments = slope @ (weights[:, None] * centres[:, columns])
    found = U[..., columns] * sums.unsqueeze(-1) - moments
    found = found * (-5.0 / 3.0) / scale[columns].square()
    return torch.where(torch.tensor(slopes.untried), U[..., columns] - 0.5, found)
