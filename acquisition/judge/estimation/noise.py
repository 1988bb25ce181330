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
_DOUBTED = (
    1.5  # times a stated noise: beyond, results contradict it (`designer.models.fitting.fit`)
)


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

    Batches and noise are compared in the response's unit, so that a stated noise does not change
    how much batches vary. A stated noise that the results contradict is the models' instead, as in
    their predictions.

    Args:
        spec: the campaign's specification.
        posteriors: belief per response, as far as there is one.
        region: encoded points that stand for the region, ``[m, D]``.
    """
    usual: FloatArray = np.full(len(spec.stages), USUAL_RATIO)
    found = []
    for response in spec.responses:
        sd, stated = None, response.noise_sd
        ratios = usual
        batches: BatchSource = "assumption"
        if response.name in posteriors:
            posterior = posteriors[response.name]
            mean = posterior.moments(region)[0]
            learned = _typical_sd(posterior, mean, posterior.noise_given(mean), response.possible)
            doubted = stated is not None and learned > _DOUBTED * stated
            sd = learned if stated is None or doubted else stated
            own = [
                _typical_sd(posterior, mean, np.full(len(mean), variance), response.possible)
                for variance in posterior.batch_variance
            ]
            ratios, batches = np.square(np.array(own) / sd), "model"
        if stated is not None and sd in (None, stated):
            found.append(Noise(response.name, stated, ratios, "specification", batches))
        elif sd is not None:
            found.append(Noise(response.name, sd, ratios, "model", batches))
    return found or [Noise(None, None, usual, "unit", "assumption")]


def _typical_sd(
    posterior: Posterior,
    mean: FloatArray,
    variance: FloatArray,
    possible: tuple[float, float] | None,
) -> float:
    """What results with these means and variances scatter by over the region, in raw units."""
    ends = quantiles(posterior, mean, variance, (-SD_68, SD_68), possible)
    sd = float(np.sqrt(np.mean(np.square(ends[1] - ends[0])))) / 2
    return max(sd, np.finfo(float).tiny)
