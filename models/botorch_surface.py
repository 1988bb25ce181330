"""One response's posterior in torch, for ``botorch_model``.

The algebra of ResponsePosterior again, differentiable and with batch dimensions; agreement with
the numpy side is tested, not assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from gpytorch.distributions import MultivariateNormal
from linear_operator import to_linear_operator
from torch import Tensor

from designer.models.arrays import FloatArray
from designer.models.posterior import ResponsePosterior
from designer.models.scaling import LOWEST_SHARE, MIN_BASE, Scaling

_JITTER = 1e-8  # on joint covariances, relative to the prior variance
_TINY = 1e-20  # keeps the square root of a zero distance differentiable
_LOWEST_Z = 6.0  # results ≤ 0 on a log scale count as this many sd below the prediction


@dataclass(frozen=True, eq=False)
class Surface:
    """One response: rows conditioned on and the algebra of its posterior, on the model scale.

    Tensors may carry leading batch dimensions after ``condition``.

    Attributes:
        name: of the response.
        scaling: raw units ↔ model scale.
        X: rows, ``[..., N, D]``.
        chol: Cholesky factor of their covariance, ``[..., N, N]``.
        alpha: weights of the mean, ``[..., N]``.
        prior_alpha: weights of the mean before shrinking, of the first rows, ``[N_0]``.
        weight: weight of ``k_g + 1`` per row, ``[N]``.
        surface: √5 / lengthscale of k_g per column, ``[D]``.
        deviation: √5 / lengthscale of k_d per column, ``[D]``.
        first_own: first row of the target line.
        shared: weight of ``k_g + 1`` between points of the target.
        own_constant: weight of 1 between points of the target.
        own_correlated: weight of k_d between points of the target.
        variance: prior variance.
        noise_factor: noise variance (factor) of the target.
        hidden: batch effects that are part of it.
        batch_variance: of all stages' batch effects together.
        spread: variance per squared mean while the target's trust is unknown.
    """

    name: str
    scaling: Scaling
    X: Tensor
    chol: Tensor
    alpha: Tensor
    prior_alpha: Tensor
    weight: Tensor
    surface: Tensor
    deviation: Tensor
    first_own: int
    shared: float
    own_constant: float
    own_correlated: float
    variance: float
    noise_factor: float
    hidden: float
    batch_variance: float
    spread: float

    # ---- posterior -----------------------------------------------------------------------------

    def raw(self, X: Tensor, observation_noise: bool | Tensor) -> MultivariateNormal:
        """Joint normal at encoded points ``[..., q, D]`` in raw units."""
        mean, covariance = self.model_scale(X)
        if observation_noise is True:  # a tensor is added below, in raw units
            extra = self._noise(mean) + self.batch_variance
            covariance = covariance + torch.diag_embed(extra)
        s, m = self.scaling.spread, self.scaling.center + self.scaling.spread * mean
        covariance = s * s * covariance
        if self.scaling.log:
            v = torch.diagonal(covariance, dim1=-2, dim2=-1)
            root = torch.exp(m + 0.5 * v)
            covariance = root.unsqueeze(-1) * root.unsqueeze(-2) * torch.expm1(covariance)
            m = torch.exp(m)
        if isinstance(observation_noise, Tensor):
            covariance = covariance + torch.diag_embed(observation_noise.expand(m.shape))
        return MultivariateNormal(m, to_linear_operator(covariance))

    def model_scale(self, X: Tensor) -> tuple[Tensor, Tensor]:
        """Mean ``[..., q]`` and covariance ``[..., q, q]`` on the model scale."""
        cross = self._cross(X)
        mean = (cross @ self.alpha.unsqueeze(-1)).squeeze(-1)
        half = torch.linalg.solve_triangular(self.chol, cross.mT, upper=False)
        covariance = self._prior(X) - half.mT @ half
        if self.spread > 0:  # the target's trust is unknown: see ResponsePosterior
            plain = cross[..., : len(self.prior_alpha)] @ self.prior_alpha
            covariance = covariance + torch.diag_embed(self.spread * plain.square())
        eye = torch.eye(X.shape[-2], dtype=torch.float64)
        covariance = covariance + _JITTER * self.variance * eye
        return mean, covariance.expand(*mean.shape, mean.shape[-1])

    def condition(self, X: Tensor, y: Tensor, noise: Tensor | None) -> Surface:
        """Conditioned on results ``y [..., q]`` at encoded points ``X [..., q, D]``."""
        cross = self._cross(X)
        mean = (cross @ self.alpha.unsqueeze(-1)).squeeze(-1)
        if noise is None:
            variance = self._noise(mean) + self.batch_variance
        else:
            scale = self.scaling.spread * (self._median(mean) if self.scaling.log else 1.0)
            variance = noise / scale**2
        half = torch.linalg.solve_triangular(self.chol, cross.mT, upper=False)
        corner = self._prior(X) - half.mT @ half
        corner = corner + torch.diag_embed(variance)
        jitter = _JITTER * self.variance * torch.eye(X.shape[-2], dtype=torch.float64)
        factor = torch.linalg.cholesky(corner + jitter)
        sd = torch.diagonal(corner, dim1=-2, dim2=-1).sqrt()
        residual = self._model_value(y, mean, sd) - mean
        # mean' = mean + C(·, X) (C(X, X) + N)⁻¹ residual, written as weights of all rows
        beta = torch.cholesky_solve(residual.unsqueeze(-1), factor)
        back = torch.linalg.solve_triangular(self.chol.mT, half @ beta, upper=True)
        old = (self.alpha.unsqueeze(-1) - back).squeeze(-1)
        batch = corner.shape[:-2]  # noise that depends on the mean brings the means' batch along
        return replace(
            self,
            X=torch.cat([self.X.expand(*batch, -1, -1), X.expand(*batch, -1, -1)], dim=-2),
            chol=_extended(self.chol, half.expand(*batch, -1, -1), factor),
            alpha=torch.cat([old, beta.squeeze(-1).expand(*old.shape[:-1], -1)], dim=-1),
            weight=torch.cat([self.weight, torch.full((X.shape[-2],), self.shared).double()]),
        )

    # ---- pieces --------------------------------------------------------------------------------

    def _cross(self, X: Tensor) -> Tensor:
        """Covariance ``[..., q, N]`` of f_0 with the rows."""
        k = self.weight * (_matern(X, self.X, self.surface) + 1.0)
        if self.own_correlated == 0.0:
            return k
        own = _matern(X, self.X[..., self.first_own :, :], self.deviation)
        own = self.own_correlated * own + self.own_constant
        return torch.cat([k[..., : self.first_own], k[..., self.first_own :] + own], dim=-1)

    def _prior(self, X: Tensor) -> Tensor:
        k = self.shared * (_matern(X, X, self.surface) + 1.0)
        if self.own_correlated == 0.0:
            return k
        return k + self.own_correlated * _matern(X, X, self.deviation) + self.own_constant

    def _median(self, mean: Tensor) -> Tensor:
        return torch.exp(self.scaling.center + self.scaling.spread * mean)

    def _model_value(self, y: Tensor, mean: Tensor, sd: Tensor) -> Tensor:
        scaling = self.scaling
        if not scaling.log:
            return (y - scaling.center) / scaling.spread
        lowest = mean - _LOWEST_Z * sd
        z = (torch.log(y.clamp_min(_TINY)) - scaling.center) / scaling.spread
        return torch.maximum(z, lowest)

    def _noise(self, mean: Tensor) -> Tensor:
        """``ResponsePosterior.noise`` at points with this mean, ``[..., q]``."""
        scaling = self.scaling
        base = torch.ones_like(mean)
        if scaling.noise_sd is not None:
            relative = scaling.noise_sd * base
            if scaling.log:
                y = self._median(mean).clamp_min(LOWEST_SHARE * scaling.typical)
                relative = (relative / y).clamp_max(1.0)
            base = (relative / scaling.spread).square().clamp_min(MIN_BASE)
        total = base * self.noise_factor
        return torch.maximum(total - self.hidden, 0.5 * total)


def surface_of(posterior: ResponsePosterior) -> Surface:
    """The tensors of one posterior."""
    rows, p, kernel = posterior.conditioned, posterior.parameters, posterior.kernel
    return Surface(
        name=posterior.name,
        scaling=posterior.scaling,
        X=_tensor(rows.X),
        chol=_tensor(rows.chol),
        alpha=_tensor(rows.alpha * posterior.trust_shrink),
        prior_alpha=_tensor(rows.alpha),
        weight=_tensor(p.amplitude * np.sqrt(p.trust[rows.position] * p.trust[-1])),
        surface=_tensor(np.sqrt(5.0) / p.surface[kernel.groups]),
        deviation=_tensor(np.sqrt(5.0) / p.deviation[kernel.groups]),
        first_own=int(np.count_nonzero(rows.position < len(p.trust) - 1)),
        shared=kernel.shared,
        own_constant=kernel.own_constant,
        own_correlated=kernel.own_correlated,
        variance=kernel.variance,
        noise_factor=float(p.noise[-1]),
        hidden=posterior.hidden_batch_variance,
        batch_variance=float(posterior.batch_variance.sum()),
        spread=posterior.trust_spread,
    )


def _tensor(values: FloatArray) -> Tensor:
    return torch.tensor(np.ascontiguousarray(values), dtype=torch.float64)


def _matern(X: Tensor, Z: Tensor, factor: Tensor) -> Tensor:
    """Matern-5/2 ``[..., q, N]``; ``factor`` = √5 / lengthscale per column."""
    difference = (X * factor).unsqueeze(-2) - (Z * factor).unsqueeze(-3)
    q = difference.square().sum(dim=-1)
    root = q.clamp_min(_TINY).sqrt()
    return (1.0 + root + q / 3.0) * torch.exp(-root)


def _extended(chol: Tensor, half: Tensor, corner: Tensor) -> Tensor:
    """Cholesky factor with q more rows; batch dimensions from ``half [..., N, q]``."""
    batch = half.shape[:-2]
    top = torch.cat([chol.expand(*batch, -1, -1), torch.zeros_like(half)], dim=-1)
    return torch.cat([top, torch.cat([half.mT, corner], dim=-1)], dim=-2)
