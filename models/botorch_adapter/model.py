"""The campaign's posteriors as one BoTorch model, in raw units.

Only this folder imports torch. All algebra is torch operations on stored float64 tensors, so that
acquisition functions can differentiate through ``X``. Log-scale responses are moment-matched: mean
= the median shown everywhere else, covariance = that of the log-normal distribution,
``exp(m_i + m_j + (v_i + v_j)/2) (exp(c_ij) - 1)``. That is no normal distribution: who wants
expectations of nonlinear functions looks at the responses' own scales (`PointsModel`).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from botorch.acquisition.objective import PosteriorTransform
from botorch.models.model import FantasizeMixin, Model
from botorch.posteriors.gpytorch import GPyTorchPosterior
from botorch.posteriors.posterior import Posterior
from gpytorch.distributions import MultitaskMultivariateNormal, MultivariateNormal
from linear_operator import to_linear_operator
from torch import Tensor

from designer.models.botorch_adapter.belief import TorchBelief
from designer.models.botorch_adapter.mixture import to_torch_belief
from designer.models.encoding import CORNER, Space
from designer.models.posterior.mixture import MixedPosterior
from designer.models.posterior.posterior import ResponsePosterior

_JITTER = 1e-6  # of the mean variance: neighbours on a fine grid are almost the same point


def to_botorch(
    posteriors: Sequence[ResponsePosterior | MixedPosterior], space: Space
) -> TrustModel:
    """All responses as one BoTorch model.

    Args:
        posteriors: one per response; pending runs they are conditioned on are kept.
        space: the campaign's inputs.

    Returns:
        A model over ``X [..., q, d]``, d inputs in the order of ``space.names``: numeric ones in
        the unit cube, categorical ones as integer codes.
    """
    return TrustModel([to_torch_belief(posterior) for posterior in posteriors], space)


class ResponsesModel(Model):
    """Independent responses, jointly normal over points each."""

    _supports_cache_root = False

    def __init__(self, variances: Tensor) -> None:
        super().__init__()
        # fixed, but tools ask a model's parameters for their dtype
        self.variances = torch.nn.Parameter(variances, requires_grad=False)

    @property
    def num_outputs(self) -> int:
        """Number of responses m."""
        return len(self.variances)

    @property
    def batch_shape(self) -> torch.Size:
        """Shape of the batch of models (empty until conditioned on batches of results)."""
        return torch.Size()

    def normals(
        self, X: Tensor, wanted: Sequence[int], noise: bool | Tensor
    ) -> list[MultivariateNormal]:
        """One per response wanted, ``[..., q]`` each; see ``posterior``."""
        raise NotImplementedError

    def posterior(
        self,
        X: Tensor,
        output_indices: list[int] | None = None,
        observation_noise: bool | Tensor = False,
        posterior_transform: PosteriorTransform | None = None,
    ) -> Posterior:
        """Joint posterior at ``X [..., q, d]``, raw units.

        Args:
            X: inputs (see ``to_botorch``; of a `PointsModel` places in its list, d = 1).
            output_indices: responses wanted; all when left out.
            observation_noise: True adds noise and the effect of a new batch per result; a tensor
                ``[..., q or 1, m]`` adds its own variances (raw units).
            posterior_transform: applied at the end.
        """
        self.eval()
        wanted = range(self.num_outputs) if output_indices is None else output_indices
        normals = self.normals(X, wanted, observation_noise)
        if len(normals) == 1:
            result: Posterior = GPyTorchPosterior(normals[0])
        else:
            result = GPyTorchPosterior(MultitaskMultivariateNormal.from_independent_mvns(normals))
        return result if posterior_transform is None else posterior_transform(result)


class TrustModel(ResponsesModel, FantasizeMixin):  # type: ignore[misc]  # declares less than Model
    """Independent trust GPs of m responses; see ``to_botorch``."""

    likelihood = None  # FantasizeMixin asks for it; the noise is the responses' own

    def __init__(self, responses: Sequence[TorchBelief], space: Space) -> None:
        super().__init__(torch.stack([response.prior_variance for response in responses]))
        self.responses = tuple(responses)
        self.space = space
        self.names = tuple(response.name for response in responses)

    @property
    def batch_shape(self) -> torch.Size:
        """See `ResponsesModel`."""
        return self.responses[0].batch_shape

    def normals(
        self, X: Tensor, wanted: Sequence[int], noise: bool | Tensor
    ) -> list[MultivariateNormal]:
        """See `ResponsesModel`."""
        encoded = self.encode(X)
        return [
            self.responses[k].raw(encoded, noise[..., k] if isinstance(noise, Tensor) else noise)
            for k in wanted
        ]

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


class PointsModel(ResponsesModel):
    """The joint posterior of m responses at N points, computed once, then looked up.

    Acquisition functions that compare a few hundred candidates again and again, each with the same
    recipes made, need no new covariances: a point is its place in the list. Values are on the
    responses' own scales, where they are normal: raw units, or the natural logarithm of them.

    Args:
        model: the campaign's model.
        X: the points as it takes them, ``[N, d]``.
    """

    def __init__(self, model: TrustModel, X: Tensor) -> None:
        with torch.no_grad():
            encoded = model.encode(X)
            moments = [response.transformed(encoded) for response in model.responses]
        covariances = torch.stack([covariance for _, covariance in moments])
        variances = torch.diagonal(covariances, dim1=-2, dim2=-1).mean(dim=-1)
        super().__init__(variances)
        self.means = torch.stack([mean for mean, _ in moments])  # [m, N]
        self.covariances = covariances
        self._jitter = _JITTER * variances

    def normals(
        self, X: Tensor, wanted: Sequence[int], noise: bool | Tensor
    ) -> list[MultivariateNormal]:
        """See `ResponsesModel`; the responses are noise-free, other noise is not supported."""
        if noise is not False:
            raise NotImplementedError("the points know noise-free responses only")
        place = X.squeeze(-1).round().long()
        pairs = place.unsqueeze(-1), place.unsqueeze(-2)
        jitter = torch.eye(place.shape[-1], dtype=torch.float64) * self._jitter[:, None, None]
        return [
            MultivariateNormal(
                self.means[k][place], to_linear_operator(self.covariances[k][pairs] + jitter[k])
            )
            for k in wanted
        ]
