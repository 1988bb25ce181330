"""Where earlier lines disagree: what each line's own surface says about a recipe."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from designer.acquisition.selection.context import Disagreement
from designer.campaigns.space.factors import quantity_text
from designer.campaigns.values.units import is_share
from designer.engine.fitted_campaign import FittedCampaign
from designer.models.arrays import FloatArray
from designer.models.posterior.posterior import ResponsePosterior

_CLEARLY = 2.0  # standard deviations of the noise of both lines' measurements (about 95 %)


def disagreements(
    knowledge: FittedCampaign,
) -> Callable[[FloatArray], Sequence[Disagreement | None]] | None:
    """Judge of recipes: the largest disagreement of the lines about each; None: no two lines."""
    if len(knowledge.training.lines) < 2:
        return None

    def judge(X: FloatArray) -> list[Disagreement | None]:
        worst: list[tuple[float, Disagreement | None]] = [(_CLEARLY, None)] * len(X)
        for posterior in knowledge.posteriors.values():
            for k, found in enumerate(_differences(knowledge, posterior, X)):
                if found[0] > worst[k][0]:
                    worst[k] = found
        return [found for _, found in worst]

    return judge


def _differences(
    knowledge: FittedCampaign, posterior: ResponsePosterior, X: FloatArray
) -> list[tuple[float, Disagreement]]:
    """Per recipe how far the two most different lines are apart, in noise, and in words."""
    fitted, scaling = posterior.fitted, posterior.scaling
    codes = [int(code) for code in fitted.rows.positions if code > 0]
    if len(codes) < 2:
        return []
    means, noises = [], []
    for code in codes:
        V = fitted.chart.rows(X, np.full(len(X), code, dtype=np.int64))
        mean = posterior.line_mean(V, code)
        means.append(mean)
        factor = posterior.parameters.noise[fitted.rows.positions.index(code)]
        noises.append(scaling.noise_base(mean) * float(factor))
    z, noise = np.array(means), np.array(noises)
    raw = np.array([scaling.to_raw(mean, np.zeros(len(X)))[0] for mean in means])
    response = knowledge.state.spec.response(posterior.name)
    share = is_share(response.unit)  # "9 % higher" would be read as a ratio
    found = []
    for k, (high, low) in enumerate(zip(z.argmax(axis=0), z.argmin(axis=0), strict=True)):
        sd = float(np.sqrt(noise[high, k] + noise[low, k]))
        apart = float(z[high, k] - z[low, k]) / max(sd, np.finfo(float).tiny)
        apart_raw = float(f"{raw[high, k] - raw[low, k]:.2g}")
        words = Disagreement(
            response=posterior.name,
            high=knowledge.training.lines[codes[high] - 1],
            low=knowledge.training.lines[codes[low] - 1],
            difference=quantity_text(apart_raw, "points" if share else response.unit),
        )
        found.append((apart, words))
    return found
