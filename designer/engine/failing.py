"""Where the campaign's runs fail: from its log to a probability of success."""

from __future__ import annotations

import numpy as np

from designer.campaigns.log.state import CampaignState
from designer.engine.training import TrainingSet, default_givens, fill_givens
from designer.models.success_gp import SuccessModel

_MADE = ("partial", "completed")


def learn_success(state: CampaignState, training: TrainingSet) -> SuccessModel | None:
    """Learn from the runs made on this line; None while nothing failed.

    Args:
        state: the campaign.
        training: what the models learned from.
    """
    runs = [run for run in state.runs.values() if run.status in (*_MADE, "failed")]
    made = np.array([run.status != "failed" for run in runs], dtype=np.bool_)
    if made.all():
        return None
    defaults = default_givens(state)
    inputs = [fill_givens(state.spec, {**run.used, **run.given}, defaults) for run in runs]
    return SuccessModel(training.space.encode_known(inputs), made, training.space.groups)
