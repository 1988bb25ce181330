"""The campaign's models as a BoTorch model. Imports torch."""

from __future__ import annotations

from botorch.models.model import Model

from designer.engine.fitted_campaign import FittedCampaign
from designer.models.botorch_adapter.model import to_botorch


def to_model(knowledge: FittedCampaign) -> Model:
    """All responses with data as outputs of one model, averaged over hyperparameters.

    Outputs stand in the specification's order; see ``designer.models.botorch_adapter.model``.
    """
    return to_botorch([*knowledge.shown.values()], knowledge.training.space)
