"""All responses of a campaign together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from designer.models.arrays import FloatArray, IntArray
from designer.models.averaging import average
from designer.models.data import ResponseData
from designer.models.posterior import ResponsePosterior
from designer.models.space import Space
from designer.models.trust import LineTrust, overall_trust
from designer.models.trust_gp import fit


@dataclass(frozen=True, eq=False)
class Prediction:
    """Predictions of one response in raw units.

    Attributes:
        mean: point prediction (log scale: median), ``[n]``.
        sd: standard deviation of the noise-free response, ``[n]``.
        sd_result: of one more measured result: plus batch effects and noise, ``[n]``.
    """

    mean: FloatArray
    sd: FloatArray
    sd_result: FloatArray


@dataclass(frozen=True, eq=False)
class CampaignModel:
    """One posterior per response, over the same inputs.

    Attributes:
        space: the inputs.
        posteriors: by response name, in the order of the specification.
        lines: number of earlier lines.
    """

    space: Space
    posteriors: Mapping[str, ResponsePosterior]
    lines: int

    @classmethod
    def fit(
        cls,
        space: Space,
        data: Sequence[ResponseData],
        lines: int,
        *,
        averaged: bool = True,
        start: Mapping[str, Mapping[str, float]] | None = None,
    ) -> CampaignModel:
        """Fit every response.

        Args:
            space: the inputs.
            data: measurements, one entry per response.
            lines: number of earlier lines.
            averaged: average over hyperparameters (slower, better calibrated intervals).
            start: hyperparameters by response to start from, instead of the cold starts.
        """
        posteriors = {}
        for response in data:
            first = start.get(response.name) if start else None
            posterior = fit(response, space.groups, lines, start=first)
            posteriors[response.name] = average(posterior) if averaged else posterior
        return cls(space, posteriors, lines)

    def __iter__(self) -> Iterator[ResponsePosterior]:
        return iter(self.posteriors.values())

    def predict(self, X: FloatArray) -> dict[str, Prediction]:
        """Predictions by response at encoded points ``[n, D]``, raw units."""
        return {name: predict(posterior, X) for name, posterior in self.posteriors.items()}

    def condition(self, X: FloatArray, batch: IntArray | None = None) -> CampaignModel:
        """As if pending runs had been measured at their predictions: variances shrink."""
        conditioned = {name: p.condition(X, batch) for name, p in self.posteriors.items()}
        return CampaignModel(self.space, conditioned, self.lines)

    def trust(self) -> list[LineTrust]:
        """Trust per earlier line: plain mean over the responses the line has."""
        return overall_trust(list(self), self.lines)

    @property
    def hyperparameters(self) -> dict[str, dict[str, float]]:
        """By response; accepted again as ``start``."""
        return {name: posterior.hyperparameters for name, posterior in self.posteriors.items()}

    @property
    def messages(self) -> tuple[str, ...]:
        """What the fits want the user to know."""
        return tuple(message for posterior in self for message in posterior.report.messages)


def predict(posterior: ResponsePosterior, X: FloatArray) -> Prediction:
    """Predictions of one response at encoded points ``[n, D]``, raw units."""
    mean, variance = posterior.mean(X), posterior.variance(X)
    point, sd = posterior.to_raw(mean, variance)
    result = variance + posterior.batch_variance.sum() + posterior.noise(X)
    return Prediction(point, sd, posterior.to_raw(mean, result)[1])
