"""What the earlier lines alone say, at hyperparameters that already know the target's runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from designer.models.posterior.posterior import ResponsePosterior


def without_target_runs(posterior: ResponsePosterior) -> ResponsePosterior:
    """The same model with the target's rows taken out (the prior, where there are no lines).

    The difference to ``posterior`` is what the target's runs taught.
    """
    rows = posterior.fitted.rows
    earlier = rows.take(np.arange(len(rows) - rows.target_rows))  # the target's rows come last
    return ResponsePosterior(replace(posterior.fitted, rows=earlier))
