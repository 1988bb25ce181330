"""The campaign's posteriors as one BoTorch model, in raw units.

Only this folder imports torch. All algebra is torch operations on stored
float64 tensors, so that acquisition functions can differentiate through ``X``. Log-scale responses
are moment-matched: mean = the median shown everywhere else, covariance = that of the log-normal
distribution, ``exp(m_i + m_j + (v_i + v_j)/2) (exp(c_ij) - 1)``.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from botorch.acquisition.objective import PosteriorTransform
from botorch.models.model import FantasizeMixin, Model
from botorch.posteriors.gpytorch import GPyTorchPosterior
from botorch.posteriors.posterior import Posterior
from gpytorch.distributions import MultitaskMultivariateNormal, MultivariateNormal
from torch import Tensor

from designer.models.botorch_adapter.posterior import TorchPosterior, to_torch
from designer.models.encoding import CORNER, Space
from designer.models.posterior.posterior import ResponsePosterior


def to_botorch(posteriors: Sequence[ResponsePosterior], space: Space) -> TrustModel:
    """All responses as one BoTorch model.

    Args:
        posteriors: one per response; pending runs they are conditioned on are kept.
        space: the campaign's inputs.

    Returns:
        A model over ``X [..., q, d]``, d inputs in the order of ``space.names``: numeric ones in
        the unit cube, categorical ones as integer codes.
    """
    return TrustModel([to_torch(posterior) for posterior in posteriors], space)


def joint_posterior(
    normals: list[MultivariateNormal], transform: PosteriorTransform | None
) -> Posterior:
    """Independent responses as one posterior.

    Args:
        normals: one per response, ``[..., q]`` each.
        transform: applied at the end.
    """
    if len(normals) == 1:
        result: Posterior = GPyTorchPosterior(normals[0])
    else:
        result = GPyTorchPosterior(MultitaskMultivariateNormal.from_independent_mvns(normals))
    return result if transform is None else transform(result)


class TrustModel(Model, FantasizeMixin):
    """Independent trust GPs of m responses; see ``to_botorch``."""

    likelihood = None  # FantasizeMixin asks for it; the noise is the responses' own
    _supports_cache_root = False

    def __init__(self, responses: Sequence[TorchPosterior], space: Space) -> None:
        super().__init__()
        self.responses = tuple(responses)
        self.space = space
        self.names = tuple(response.name for response in responses)
        # fixed, but tools ask a model's parameters for their dtype
        variances = torch.stack([response.variance[0, 0, 0] for response in responses])
        self.prior_variance = torch.nn.Parameter(variances, requires_grad=False)

    @property
    def num_outputs(self) -> int:
        """Number of responses m."""
        return len(self.responses)

    @property
    def batch_shape(self) -> torch.Size:
        """Shape of the batch of models (empty until conditioned on batches of results)."""
        return self.responses[0].alpha.shape[:-2]

    def posterior(  # type: ignore[override]  # the mixin declares less than Model does
        self,
        X: Tensor,
        output_indices: list[int] | None = None,
        observation_noise: bool | Tensor = False,
        posterior_transform: PosteriorTransform | None = None,
    ) -> Posterior:
        """Joint posterior at ``X [..., q, d]``, raw units.

        Args:
            X: inputs (see ``to_botorch``).
            output_indices: responses wanted; all when left out.
            observation_noise: True adds noise and the effect of a new batch per result; a tensor
                ``[..., q or 1, m]`` adds its own variances (raw units).
            posterior_transform: applied at the end.
        """
        self.eval()
        wanted = range(self.num_outputs) if output_indices is None else output_indices
        encoded = self.encode(X)
        normals = []
        for k in wanted:
            noise = observation_noise
            own = noise[..., k] if isinstance(noise, Tensor) else noise
            normals.append(self.responses[k].raw(encoded, own))
        return joint_posterior(normals, posterior_transform)

    def condition_on_observations(
        self, X: Tensor, Y: Tensor, noise: Tensor | None = None, **_: object
    ) -> TrustModel:
        """The model after further results; hyperparameters stay.

        Args:
            X: ``[..., q, d]``.
            Y: results in raw units, ``[..., q, m]``; may have further leading dimensions
                (fantasies). On a log scale, results ≤ 0 count as 6 sd below the prediction.
            noise: their variances in raw units, ``[..., q, m]``; left out: the model's noise and
                a new batch each.
            _: ignored, as by BoTorch's own models.
        """
        encoded = self.encode(X)
        responses = [
            response.condition(encoded, Y[..., k], None if noise is None else noise[..., k])
            for k, response in enumerate(self.responses)
        ]
        return TrustModel(responses, self.space)

    def subset_output(self, idcs: list[int]) -> TrustModel:
        """The model of some responses."""
        return TrustModel([self.responses[k] for k in idcs], self.space)

    def transform_inputs(self, X: Tensor, input_transform: torch.nn.Module | None = None) -> Tensor:
        """Inputs as they are; ``input_transform`` exists for BoTorch's interface only."""
        if input_transform is None:
            return X
        transformed: Tensor = input_transform(X)
        return transformed

    def encode(self, X: Tensor) -> Tensor:
        """Columns ``[..., q, D]`` of the encoded space."""
        parts = []
        for i, axis in enumerate(self.space.axes):
            column = X[..., i].to(torch.float64)
            if axis.categories is None:
                parts.append(column.unsqueeze(-1))
            else:
                codes = column.detach().round().long().clamp(0, axis.width - 1)
                parts.append(CORNER * torch.nn.functional.one_hot(codes, axis.width).double())
        return torch.cat(parts, dim=-1)
