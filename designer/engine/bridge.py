"""The campaign's models as a BoTorch model. Imports torch."""

from __future__ import annotations

from botorch.models.model import Model

from designer.models.botorch_model import to_botorch

from .knowledge import Knowledge


def to_model(knowledge: Knowledge) -> Model:
    """All responses with data as outputs of one model, in the specification's order."""
    return to_botorch([*knowledge.posteriors.values()], knowledge.training.space)
