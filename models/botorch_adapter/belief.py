"""What a BoTorch model asks of the belief about one response, one Gaussian process or a mixture."""

from __future__ import annotations

from typing import Self

import torch
from gpytorch.distributions import MultivariateNormal
from linear_operator import to_linear_operator
from torch import Tensor

from designer.models.data.scaling import Scaling


class TorchBelief:
    """Belief about one response: on its own scale, and from there in raw units.

    Attributes:
        name: of the response.
        scaling: raw units ↔ model scale.
    """

    name: str
    scaling: Scaling

    @property
    def prior_variance(self) -> Tensor:
        """Prior variance without features and slopes, model scale: a number."""
        raise NotImplementedError

    @property
    def batch_shape(self) -> torch.Size:
        """Dimensions in front, once conditioned on batches of results."""
        raise NotImplementedError

    def transformed(self, X: Tensor, *, new_result: bool = False) -> tuple[Tensor, Tensor]:
        """Joint mean ``[..., q]`` and covariance ``[..., q, q]`` on the response's own scale.

        That is T(y) of `Scaling`: raw units or their natural logarithm.

        Args:
            X: encoded points, ``[..., q, D]``.
            new_result: of one more result each, with noise and the effect of a new batch.
        """
        raise NotImplementedError

    def condition(self, X: Tensor, y: Tensor, noise: Tensor | None) -> Self:
        """Conditioned on results ``y [..., q]`` at encoded points ``X [..., q, D]``.

        Args:
            X: points.
            y: results, raw units.
            noise: their variances ``[..., q]``, raw units; None: the belief's own.
        """
        raise NotImplementedError

    def raw(self, X: Tensor, observation_noise: bool | Tensor) -> MultivariateNormal:
        """Joint normal at encoded points ``[..., q, D]`` in raw units."""
        m, covariance = self.transformed(X, new_result=observation_noise is True)
        if self.scaling.log:
            v = torch.diagonal(covariance, dim1=-2, dim2=-1)
            root = torch.exp(m + 0.5 * v)
            covariance = root.unsqueeze(-1) * root.unsqueeze(-2) * torch.expm1(covariance)
            m = torch.exp(m)
        if isinstance(observation_noise, Tensor):
            covariance = covariance + torch.diag_embed(observation_noise.expand(m.shape))
        return MultivariateNormal(m, to_linear_operator(covariance))
