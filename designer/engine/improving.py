"""Who judges improvement on the responses' goals; torch is loaded when a plan asks for it."""

from __future__ import annotations

import numpy as np

from designer.acquisition.functions.improvement import Improver, MakeImprover
from designer.campaigns.specification.specification import Specification
from designer.engine.fitted_campaign import FittedCampaign
from designer.models.arrays import FloatArray
from designer.models.encoding import Space


def improver_maker(spec: Specification, knowledge: FittedCampaign) -> MakeImprover:
    """The maker of judges for one proposal.

    Args:
        spec: the campaign's specification.
        knowledge: fitted models.
    """

    def make(made: FloatArray, region: FloatArray) -> Improver | None:
        shown = knowledge.shown
        judged = [r for r in spec.responses if r.name in shown]
        if not any(r.goal != "none" and r.weight > 0 for r in judged):
            return None
        from designer.engine.improver import BoTorchImprover

        space = knowledge.training.space
        posteriors = {r.name: shown[r.name] for r in judged}
        return BoTorchImprover(judged, posteriors, space, made, region)

    return make


def columns(X: FloatArray, space: Space) -> FloatArray:
    """Encoded points ``[n, D]`` as BoTorch takes them, ``[n, d]``: categories as codes."""
    parts, start = [], 0
    for axis in space.axes:
        block = X[:, start : start + axis.width]
        parts.append(block[:, 0] if axis.categories is None else block.argmax(axis=1))
        start += axis.width
    return np.stack(parts, axis=1).astype(np.float64) if parts else np.zeros((len(X), 0))
