"""A BoTorch model on a fixed list of points: joint moments computed once, then looked up.

Acquisition functions that compare a few hundred candidates again and again, each with the same
recipes made, need no new covariances: a point is its place in the list.
"""

from __future__ import annotations

import torch
from botorch.acquisition.objective import PosteriorTransform
from botorch.models.model import Model
from botorch.posteriors.posterior import Posterior
from gpytorch.distributions import MultivariateNormal
from linear_operator import to_linear_operator
from torch import Tensor

from designer.models.botorch_adapter.model import TrustModel, joint_posterior

_JITTER = 1e-6  # of the mean variance: neighbours on a fine grid are almost the same point


class PointsModel(Model):
    """The joint posterior of m responses at N points.

    Args:
        model: the campaign's model.
        X: the points as it takes them, ``[N, d]``.
    """

    _supports_cache_root = False

    def __init__(self, model: TrustModel, X: Tensor) -> None:
        super().__init__()
        with torch.no_grad():
            encoded = model.encode(X)
            normals = [response.raw(encoded, False) for response in model.responses]
        self.means = torch.stack([normal.mean for normal in normals])  # [m, N]
        self.covariances = torch.stack([normal.covariance_matrix for normal in normals])
        self._jitter = _JITTER * torch.diagonal(self.covariances, dim1=-2, dim2=-1).mean(dim=-1)
        # fixed, but tools ask a model's parameters for their dtype
        self.first_mean = torch.nn.Parameter(self.means[:, 0].clone(), requires_grad=False)

    @property
    def num_outputs(self) -> int:
        """Number of responses m."""
        return len(self.means)

    @property
    def batch_shape(self) -> torch.Size:
        """Not a batch of models."""
        return torch.Size()

    def posterior(
        self,
        X: Tensor,
        output_indices: list[int] | None = None,
        observation_noise: bool | Tensor = False,
        posterior_transform: PosteriorTransform | None = None,
    ) -> Posterior:
        """Joint posterior at points given by their places, ``X [..., q, 1]``, raw units.

        Args:
            X: places in the list, as numbers.
            output_indices: responses wanted; all when left out.
            observation_noise: not supported; the responses are noise-free.
            posterior_transform: applied at the end.
        """
        if observation_noise is not False:
            raise NotImplementedError("the points know noise-free responses only")
        place = X.squeeze(-1).round().long()
        eye = torch.eye(place.shape[-1], dtype=torch.float64)
        wanted = range(self.num_outputs) if output_indices is None else output_indices
        normals = [
            MultivariateNormal(
                self.means[k][place],
                to_linear_operator(
                    self.covariances[k][place.unsqueeze(-1), place.unsqueeze(-2)]
                    + self._jitter[k] * eye
                ),
            )
            for k in wanted
        ]
        return joint_posterior(normals, posterior_transform)
