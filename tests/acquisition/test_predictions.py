"""Intervals of one more result on a log scale and within what is possible."""

from typing import Any, cast

import numpy as np
import pytest

from designer.acquisition.predictions import predict
from designer.models.data.scaling import Scaling
from tests.acquisition.cases import ExactPosterior, make_spec


class LogPosterior(ExactPosterior):
    """The same on a logarithmic scale."""

    scaling = Scaling(center=np.log(9.0), spread=1.5, log=True)

    def limits(self, low: float, high: float) -> tuple[float, float]:
        return self.scaling.limits(low, high)

    def to_raw(self, mean: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.scaling.to_raw(mean, variance)


RESPONSE = {"name": "y", "scale": "log", "window": [8, 12]}


def predicted(noise: float, **response: Any) -> tuple[dict[str, float], float, float]:
    """What is told of a recipe far from the only row: figures, in spec, one more measured."""
    spec = make_spec([{"name": "a", "low": 0, "high": 1}], responses=[{**RESPONSE, **response}])
    belief = LogPosterior(np.zeros((1, 1)), np.zeros(1), noise=noise, batch=[0.2])
    found = predict(spec, {"y": belief}, np.array([[0.9]]))[0]
    assert found.in_spec is not None
    assert found.in_spec_measured is not None
    return cast("dict[str, float]", found.responses["y"]), found.in_spec, found.in_spec_measured


def test_quantiles_of_a_log_response_are_those_of_its_samples() -> None:
    told, in_spec, measured = predicted(0.3)
    belief = LogPosterior(np.zeros((1, 1)), np.zeros(1), noise=0.3, batch=[0.2])
    mean, variance = belief.moments(np.array([[0.9]]))
    rng = np.random.default_rng(0)
    surface = mean + np.sqrt(variance) * rng.standard_normal(400_000)
    result = surface + np.sqrt(0.5) * rng.standard_normal(400_000)
    y = belief.scaling.median(result)
    for end, share in (("low95", 0.025), ("low", 0.1587), ("mean", 0.5), ("high", 0.8413)):
        assert told[end] == pytest.approx(np.quantile(y, share), rel=0.02)
    assert told["high95"] == pytest.approx(np.quantile(y, 0.975), rel=0.03)
    assert told["sd_result"] > told["high"]  # why ± says nothing here
    truth = belief.scaling.median(surface)
    assert in_spec == pytest.approx(np.mean((truth >= 8) & (truth <= 12)), abs=0.003)
    assert measured == pytest.approx(np.mean((y >= 8) & (y <= 12)), abs=0.003)


def test_intervals_stay_inside_what_is_possible_and_sure_ones_collapse() -> None:
    told, in_spec, measured = predicted(3.0, possible=[4, 20])
    assert (told["low95"], told["low"], told["high"], told["high95"]) == (4, 4, 20, 20)
    assert 4 < told["mean"] < 20
    assert measured < in_spec
    # the median lies below the range: at its end
    beyond = predicted(0.3, possible=[10, 20], window=[10, 12])[0]
    assert beyond["mean"] == beyond["low"] == 10 < beyond["high"]
