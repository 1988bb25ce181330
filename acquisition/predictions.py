"""What the proposed runs are expected to give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.functions.probability_in_spec import probability, windows_on_scale
from designer.acquisition.posterior import Posterior
from designer.campaigns.sheets.run_object import Predicted
from designer.models.arrays import FloatArray

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification


@dataclass(frozen=True)
class Prediction:
    """What one run is expected to give.

    Attributes:
        responses: per response ``mean``, ``sd`` (noise-free) and ``sd_result`` (one more result:
            plus batch effects and noise), raw units.
        in_spec: probability that the noise-free responses lie in all windows; None when no
            response with a belief has a window.
    """

    responses: dict[str, Predicted]
    in_spec: float | None


def predict(
    spec: Specification, posteriors: Mapping[str, Posterior], X: FloatArray
) -> list[Prediction]:
    """Predictions at encoded recipes ``X [n, D]``."""
    if not len(X):
        return []
    responses: list[dict[str, Predicted]] = [{} for _ in X]
    moments = {}
    for name, posterior in posteriors.items():
        mean, variance = moments[name] = posterior.moments(X)
        extra = posterior.noise_given(mean) + float(np.sum(posterior.batch_variance))
        raw, sd = posterior.to_raw(mean, variance)
        sd_result = posterior.to_raw(mean, variance + extra)[1]
        for k, own in enumerate(responses):
            own[name] = {
                "mean": float(raw[k]),
                "sd": float(sd[k]),
                "sd_result": float(sd_result[k]),
            }
    limits = windows_on_scale(spec, posteriors)
    if not limits:
        return [Prediction(own, None) for own in responses]
    means, variances = zip(*(moments[name] for name in limits), strict=True)
    inside = probability(means, variances, list(limits.values()))
    return [Prediction(own, float(p)) for own, p in zip(responses, inside, strict=True)]
