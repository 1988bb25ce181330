"""A mixture of two beliefs in torch: the numbers of `MixedPosterior`, differentiable."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from designer.models.botorch_adapter.belief import TorchBelief
from designer.models.botorch_adapter.posterior import TorchPosterior, to_torch
from designer.models.data.scaling import Scaling
from designer.models.posterior.mixture import MixedPosterior
from designer.models.posterior.posterior import ResponsePosterior


@dataclass(frozen=True, eq=False)
class MixedTorchPosterior(TorchBelief):
    """Belief with history and belief without, weighed; both with the same T.

    Attributes:
        name: of the response.
        scaling: raw units ↔ model scale of the first.
        history: of all lines.
        alone: of the own results alone.
        weight: of the first.
    """

    name: str
    scaling: Scaling
    history: TorchPosterior
    alone: TorchPosterior
    weight: float

    @property
    def prior_variance(self) -> Tensor:
        """See `TorchBelief`."""
        return self.history.prior_variance

    @property
    def batch_shape(self) -> torch.Size:
        """See `TorchBelief`."""
        return self.history.batch_shape

    def transformed(self, X: Tensor, *, new_result: bool = False) -> tuple[Tensor, Tensor]:
        """See `TorchBelief`."""
        (m, C), (n, D) = (
            belief.transformed(X, new_result=new_result) for belief in (self.history, self.alone)
        )
        w, off = self.weight, m - n
        between = w * (1.0 - w) * off.unsqueeze(-1) * off.unsqueeze(-2)
        return w * m + (1.0 - w) * n, w * C + (1.0 - w) * D + between

    def condition(self, X: Tensor, y: Tensor, noise: Tensor | None) -> MixedTorchPosterior:
        """Both conditioned; the weight stays."""
        both = [belief.condition(X, y, noise) for belief in (self.history, self.alone)]
        return replace(self, history=both[0], alone=both[1])


def to_torch_belief(belief: ResponsePosterior | MixedPosterior) -> TorchBelief:
    """The tensors of a belief."""
    if isinstance(belief, MixedPosterior):
        history, alone = to_torch(belief.history), to_torch(belief.alone)
        return MixedTorchPosterior(belief.name, belief.scaling, history, alone, belief.weight)
    return to_torch(belief)
