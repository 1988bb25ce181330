"""One response's posterior in torch, for ``model``.

Points, covariances and noise are those of `ResponsePosterior`, whose code takes tensors as well;
here are joint covariances, S sets of hyperparameters at once, and conditioning with batch
dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from designer.models.arrays import FloatArray, IntArray
from designer.models.botorch_adapter.belief import TorchBelief
from designer.models.data.scaling import Scaling
from designer.models.gp.covariance import CrossCovariance, LineCovariance
from designer.models.gp.hyperparameters import Parameters
from designer.models.gp.input_transform import InputTransform
from designer.models.posterior.averaging import AveragedPosterior
from designer.models.posterior.posterior import ResponsePosterior

_JITTER = 1e-8  # on joint covariances, relative to the prior variance
_TINY = 1e-20  # keeps the logarithm of a result ≤ 0 finite
_LOWEST_Z = 6.0  # results ≤ 0 on a log scale count as this many sd below the prediction


@dataclass(frozen=True, eq=False)
class TorchPosterior(TorchBelief):
    """One response: rows conditioned on and the algebra of its posterior, on the model scale.

    Tensors may carry leading batch dimensions after ``condition``; S members stand before the
    last one or two dimensions.

    Attributes:
        name: of the response.
        scaling: raw units ↔ model scale.
        input_transform: what the covariance sees of a point.
        kernel: covariance of the target's surface, S of them.
        rows: transformed inputs of the rows, ``[..., 1, N, C]``.
        position: line positions of the rows, ``[N]``.
        chol: Cholesky factor of their covariance, ``[..., S, N, N]``.
        alpha: weights of the mean, ``[..., S, N]``.
        prior_alpha: weights of the mean before shrinking, of the first rows, ``[S, N_0]``.
        weights: of the members in the mixture, ``[S]``.
        mean_weights: of the members in its mean, ``[S]``.
        widening: factor on the surface's variance (`AveragedPosterior.widening`).
        hidden: batch effects that are part of the noise, ``[S, 1]``.
        batch_variance: of all stages' batch effects together, ``[S, 1]``.
        spread: variance per squared mean while the target's trust is unknown, ``[S, 1]``.
    """

    name: str
    scaling: Scaling
    input_transform: InputTransform
    kernel: LineCovariance
    rows: Tensor
    position: IntArray
    chol: Tensor
    alpha: Tensor
    prior_alpha: Tensor
    weights: Tensor
    mean_weights: Tensor
    widening: float
    hidden: Tensor
    batch_variance: Tensor
    spread: Tensor

    # ---- posterior -----------------------------------------------------------------------------

    def transformed(self, X: Tensor, *, new_result: bool = False) -> tuple[Tensor, Tensor]:
        """See `TorchBelief`."""
        means, covariances = self._members(self._points(X))
        covariances = self.widening * covariances
        if new_result:
            covariances = covariances + torch.diag_embed(self._noise(means) + self.batch_variance)
        mean, covariance = self._mixed(means, covariances)
        s = self.scaling.spread
        return self.scaling.center + s * mean, s * s * covariance

    def condition(self, X: Tensor, y: Tensor, noise: Tensor | None) -> TorchPosterior:
        """Conditioned on results ``y [..., q]`` at encoded points ``X [..., q, D]``.

        Every member is conditioned; their weights stay.
        """
        V = self._points(X)
        means, _ = self._members(V)
        cross = self._to_rows(V)
        half = torch.linalg.solve_triangular(self.chol, cross.mT, upper=False)
        corner = self.kernel.to_points(V)(V) - half.mT @ half
        if noise is None:
            variance = self._noise(means) + self.batch_variance
        else:
            scale = self.scaling.spread * (self.scaling.median(means) if self.scaling.log else 1.0)
            variance = noise.unsqueeze(-2) / scale**2
        corner = corner + torch.diag_embed(variance + _JITTER * self.variance.squeeze(-1))
        factor = torch.linalg.cholesky(corner)
        sd = torch.diagonal(corner, dim1=-2, dim2=-1).sqrt()
        residual = self._model_value(y.unsqueeze(-2), means, sd) - means
        # mean' = mean + C(·, X) (C(X, X) + N)⁻¹ residual, written as weights of all rows
        beta = torch.cholesky_solve(residual.unsqueeze(-1), factor)
        back = torch.linalg.solve_triangular(self.chol.mT, half @ beta, upper=True)
        old = (self.alpha.unsqueeze(-1) - back).squeeze(-1)
        batch = corner.shape[:-3]  # noise that depends on the mean brings the means' batch along
        rows = [part.expand(*batch, -1, -1, -1) for part in (self.rows, V)]
        members = corner.shape[-3]
        return replace(
            self,
            rows=torch.cat(rows, dim=-2),
            position=np.append(self.position, np.full(X.shape[-2], self.kernel.place)),
            chol=_extended(self.chol, half.expand(*batch, members, -1, -1), factor),
            alpha=torch.cat([old, beta.squeeze(-1).expand(*old.shape[:-1], -1)], dim=-1),
        )

    # ---- pieces --------------------------------------------------------------------------------

    @property
    def prior_variance(self) -> Tensor:
        """See `TorchBelief`."""
        return self.variance[0, 0, 0]

    @property
    def batch_shape(self) -> torch.Size:
        """See `TorchBelief`."""
        return self.alpha.shape[:-2]

    @cached_property
    def variance(self) -> Tensor:
        """Prior variance without features and slopes, ``[S, 1, 1]``."""
        return torch.as_tensor(self.kernel.constant)

    @cached_property
    def _to_fixed_rows(self) -> CrossCovariance:
        return self.kernel.to_rows(self.rows, self.position)

    def _to_rows(self, V: Tensor) -> Tensor:
        """Covariances with the rows, ``[..., S, q, N]``, at ``V [..., 1, q, C]``."""
        if self.rows.requires_grad:  # rows that are differentiated, too: nothing can be kept
            cross: Tensor = self.kernel.to_rows(self.rows, self.position)(V)
        else:
            cross = self._to_fixed_rows(V)
        return cross

    def _points(self, X: Tensor) -> Tensor:
        return self.input_transform.points(X).unsqueeze(-3)

    def _members(self, V: Tensor) -> tuple[Tensor, Tensor]:
        """Means ``[..., S, q]`` and covariances ``[..., S, q, q]`` of the members."""
        cross = self._to_rows(V)
        means = (cross @ self.alpha.unsqueeze(-1)).squeeze(-1)
        half = torch.linalg.solve_triangular(self.chol, cross.mT, upper=False)
        covariance = self.kernel.to_points(V)(V) - half.mT @ half
        # the target's trust is unknown: see ResponsePosterior
        plain = (cross[..., : self.prior_alpha.shape[-1]] @ self.prior_alpha.unsqueeze(-1)).squeeze(
            -1
        )
        eye = torch.eye(V.shape[-2], dtype=torch.float64)
        covariance = covariance + torch.diag_embed(self.spread * plain.square())
        covariance = covariance + _JITTER * self.variance * eye
        return means, covariance.expand(*means.shape, means.shape[-1])

    def _mixed(self, means: Tensor, covariances: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and covariance of the mixture (matched moments)."""
        w = self.weights[:, None, None]
        mean = (self.mean_weights[:, None] * means).sum(dim=-2)
        off = means - mean.unsqueeze(-2)
        between = (w * (off.unsqueeze(-1) * off.unsqueeze(-2))).sum(dim=-3)
        return mean, (w * covariances).sum(dim=-3) + self.widening * between

    def _model_value(self, y: Tensor, mean: Tensor, sd: Tensor) -> Tensor:
        scaling = self.scaling
        if not scaling.log:
            return (y - scaling.center) / scaling.spread
        lowest = mean - _LOWEST_Z * sd
        z = (torch.log(y.clamp_min(_TINY)) - scaling.center) / scaling.spread
        return torch.maximum(z, lowest)

    def _noise(self, means: Tensor) -> Tensor:
        """``ResponsePosterior.noise`` at points with these means, ``[..., S, q]``."""
        factor = self.kernel.parameters.noise[:, 0, -1:]
        return self.scaling.noise(means, factor, self.hidden)


def to_torch(posterior: ResponsePosterior) -> TorchPosterior:
    """The tensors of one posterior; an averaged one becomes a mixture."""
    members, weights = [posterior], np.ones(1)
    mean_weights, widening = weights, 1.0
    if isinstance(posterior, AveragedPosterior):
        members, weights, mean_weights = posterior.mixture()
        widening = posterior.widening
    rows, transform = posterior.conditioned, posterior.fitted.input_transform
    parameters = _stacked([member.parameters for member in members])
    return TorchPosterior(
        name=posterior.name,
        scaling=posterior.scaling,
        input_transform=transform,
        kernel=LineCovariance(
            parameters, transform, posterior.kernel.place, parameters.trust[..., -1:]
        ),
        rows=_tensor(rows.X)[None],
        position=rows.position,
        chol=_tensor(np.array([m.chol for m in members])),
        alpha=_tensor(np.array([m.alpha * m.trust.shrink for m in members])),
        prior_alpha=_tensor(np.array([m.alpha for m in members])),
        weights=_tensor(weights),
        mean_weights=_tensor(mean_weights),
        widening=widening,
        hidden=_tensor(np.array([[m.hidden_batch_variance] for m in members])),
        batch_variance=_tensor(np.array([[m.batch_variance.sum()] for m in members])),
        spread=_tensor(np.array([[m.trust.spread] for m in members])),
    )


def _stacked(members: Sequence[Parameters]) -> Parameters:
    """S sets of hyperparameters as one: numbers ``[S, 1, 1]``, vectors ``[S, 1, k]``."""
    stacked: dict[str, Any] = {}
    for field in fields(Parameters):
        values = np.array([getattr(member, field.name) for member in members])
        stacked[field.name] = _tensor(values.reshape(len(members), 1, values[0].size))
    stacked["unknown"] = _tensor(members[0].unknown)
    return Parameters(**stacked)


def _tensor(values: FloatArray) -> Tensor:
    """A float64 tensor of its own."""
    return torch.tensor(np.asarray(values), dtype=torch.float64)


def _extended(chol: Tensor, half: Tensor, corner: Tensor) -> Tensor:
    """Cholesky factor with q more rows; batch dimensions from ``half [..., N, q]``."""
    batch = half.shape[:-2]
    top = torch.cat([chol.expand(*batch, -1, -1), torch.zeros_like(half)], dim=-1)
    return torch.cat([top, torch.cat([half.mT, corner.expand(*batch, -1, -1)], dim=-1)], dim=-2)
