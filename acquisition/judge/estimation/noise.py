"""The noise effects are found against: of a measurement, and of a batch in units of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from designer.acquisition.posterior import Posterior
from designer.acquisition.predictions import SD_68, quantiles
from designer.models.arrays import FloatArray

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification

NoiseSource = Literal["specification", "model", "unit"]
BatchSource = Literal["model", "assumption"]
USUAL_RATIO = 1.0
"""Variance of a batch in units of the noise where nothing is known (Goos & Jones 2011, ch. 10)."""


@dataclass(frozen=True, eq=False)
class Noise:
    """Noise of one response.

    Attributes:
        response: its name; None: of any response, in units of itself.
        sd: of one measurement, typical over the region [unit]; None: it is the unit.
        ratios: variance of a batch of every stage in units of the noise variance, ``[S]``.
        source: who says so of the noise.
        batches: who says so of the batches.
    """

    response: str | None
    sd: float | None
    ratios: FloatArray
    source: NoiseSource
    batches: BatchSource


def noises(
    spec: Specification, posteriors: Mapping[str, Posterior], region: FloatArray
) -> list[Noise]:
    """Noise of every response it is known of; of any response where it is known of none.

    Args:
        spec: the campaign's specification.
        posteriors: belief per response, as far as there is one.
        region: encoded points that stand for the region, ``[m, D]``.
    """
    usual = np.full(len(spec.stages), USUAL_RATIO)
    found = []
    for response in spec.responses:
        ratios, sd = usual, None
        batches: BatchSource = "assumption"
        if response.name in posteriors:
            posterior = posteriors[response.name]
            mean = posterior.moments(region)[0]
            variance = posterior.noise_given(mean)
            typical = max(float(variance.mean()), np.finfo(float).tiny)
            ratios, batches = np.asarray(posterior.batch_variance) / typical, "model"
            ends = quantiles(posterior, mean, variance, (-SD_68, SD_68), response.possible)
            sd = float(np.sqrt(np.mean(np.square(ends[1] - ends[0])))) / 2
        if response.noise_sd is not None:
            found.append(Noise(response.name, response.noise_sd, ratios, "specification", batches))
        elif sd is not None:
            found.append(Noise(response.name, sd, ratios, "model", batches))
    return found or [Noise(None, None, usual, "unit", "assumption")]
