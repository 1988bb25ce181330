"""The target's own runs with process knowledge, where earlier lines contradict them.

Some knowledge (a mass balance) says so much that a few runs with it predict better than wrong
earlier lines ever let a model do; with right ones it says nothing new. The target's results decide,
by the odds of `history_odds`: on the twin (12 seeds, 4 to 16 runs) they never spoke 3 : 1 against
related lines or one bad line of three, and with three bad lines the switch leaves .49 / .78 / .81
of the loading's error at 4 / 8 / 16 runs. For other responses the same switch costs more with good
lines than it saves with bad ones (plain Gaussian processes judge themselves too well on few runs).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from designer.models.arrays import IntArray
from designer.models.data.dataset import ResponseData
from designer.models.diagnostics.history_odds import POSITIVE_ODDS, history_odds
from designer.models.fitting.fit import fit
from designer.models.gp.process_features import Feature
from designer.models.gp.upstream import Upstream
from designer.models.posterior.posterior import ResponsePosterior


def target_only_if_better(
    history: ResponsePosterior,
    data: ResponseData,
    groups: IntArray,
    feature: Feature,
    upstream: Upstream | None,
) -> ResponsePosterior | None:
    """The fit to the target's results alone, with the feature; None where history is no worse.

    Args:
        history: the fit to all lines, without the feature.
        data: measurements of all lines.
        groups: input index of every encoded column, ``[D]``.
        feature: process knowledge that is of use without history.
        upstream: predictions the feature needs, if any.
    """
    if not data.target.any() or not history.fitted.layout.transfer:
        return None
    alone = fit(data.of_target, groups, 0, upstream=upstream, feature=feature)
    odds = history_odds(history.fitted, alone.fitted)
    against = odds is not None and odds.log_odds <= -np.log(POSITIVE_ODDS)
    if odds is None or not against or alone.scaling.log != history.scaling.log:
        return None
    message = (
        f"{data.name}: the results of {odds.runs} runs contradict the earlier lines; it is learned"
        " from these runs and the process knowledge alone"
    )
    return ResponsePosterior(replace(alone.fitted.with_message(message), odds=odds))
