"""What recipes are expected to give."""

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

# Half-widths of the intervals in standard deviations on the model's scale:
SD_68 = 1.0  # 68.27 %: what ± says where an interval is symmetric
SD_95 = 1.959964

Range = tuple[float, float]


@dataclass(frozen=True)
class Prediction:
    """What one run is expected to give.

    Attributes:
        responses: per response what it will be, in its declared unit.
        in_spec: probability that the recipe itself (the noise-free responses) lies in all windows;
            None when no response with a belief has a window.
        in_spec_measured: the same of one more batch made and measured.
    """

    responses: dict[str, Predicted]
    in_spec: float | None
    in_spec_measured: float | None


def predict(
    spec: Specification,
    posteriors: Mapping[str, Posterior],
    X: FloatArray,
    at: int | None = None,
) -> list[Prediction]:
    """Predictions at recipes.

    Args:
        spec: the campaign's specification.
        posteriors: belief per response.
        X: encoded recipes, ``[n, D]``.
        at: log position of the beliefs.
    """
    if not len(X):
        return []
    responses: list[dict[str, Predicted]] = [{} for _ in X]
    means, surface, result = {}, {}, {}
    for name, posterior in posteriors.items():
        mean, variance = means[name], surface[name] = posterior.moments(X)
        result[name] = variance + result_variance(posterior, mean)
        told = _told(posterior, mean, variance, result[name], spec.response(name).possible)
        for own, figures in zip(responses, told, strict=True):
            low95, low, middle, high, high95, sd, sd_result = (float(value) for value in figures)
            own[name] = {
                "mean": middle, "sd": sd, "sd_result": sd_result, "low": low, "high": high,
                "low95": low95, "high95": high95, "at": at,
            }  # fmt: skip
    limits = windows_on_scale(spec, posteriors)
    if not limits:
        return [Prediction(own, None, None) for own in responses]

    def inside(variances: Mapping[str, FloatArray]) -> list[float]:
        ordered = [means[name] for name in limits], [variances[name] for name in limits]
        return [float(p) for p in probability(*ordered, [*limits.values()])]

    chances = zip(responses, inside(surface), inside(result), strict=True)
    return [Prediction(own, itself, measured) for own, itself, measured in chances]


def result_variance(posterior: Posterior, mean: FloatArray) -> FloatArray:
    """Variance that one more batch made and measured adds at points with these means, ``[n]``."""
    return posterior.noise_given(mean) + float(np.sum(posterior.batch_variance))


def quantiles(
    posterior: Posterior,
    mean: FloatArray,
    variance: FloatArray,
    deviations: tuple[float, ...],
    possible: Range | None,
) -> FloatArray:
    """Raw values at a number of standard deviations on the model's scale, ``[len(deviations), n]``.

    Exact whatever the scale, since its map is monotone: on a log scale exp of normal quantiles.

    Args:
        posterior: knows the scale.
        mean: on the model's scale, ``[n]``.
        variance: on the model's scale, ``[n]``.
        deviations: standard deviations from the mean.
        possible: range of values that can be; what lies outside is moved to its end.
    """
    sd, none = np.sqrt(variance), np.zeros(len(mean))
    raw = np.array([posterior.to_raw(mean + k * sd, none)[0] for k in deviations])
    return raw if possible is None else np.clip(raw, *possible)


def _told(
    posterior: Posterior,
    mean: FloatArray,
    variance: FloatArray,
    result: FloatArray,
    possible: Range | None,
) -> FloatArray:
    """Five quantiles of one more result and the two standard deviations, ``[n, 7]``."""
    around = (-SD_95, -SD_68, 0.0, SD_68, SD_95)
    return np.column_stack(
        [
            *quantiles(posterior, mean, result, around, possible),
            posterior.to_raw(mean, variance)[1],
            posterior.to_raw(mean, result)[1],
        ]
    )
