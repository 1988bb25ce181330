"""The noise effects are found against, and what batches vary besides: in the same units."""

from typing import Any

import numpy as np
import pytest

from designer.acquisition.candidates.candidates import with_fixed
from designer.acquisition.judge.estimation.noise import Noise, noises
from tests.acquisition.cases import line_spec, posteriors_of


def noise_of(stated: float | None) -> dict[str | None, Noise]:
    """Of every response; the models' posteriors are the same whatever is stated."""
    space, posteriors = posteriors_of(line_spec(), batch=np.array([0.5, 0.1, 0.0]))
    plain = line_spec()
    own: list[dict[str, Any]] = [
        {"name": r.name, "unit": r.unit, "possible": r.possible} for r in plain.responses
    ]
    if stated is not None:
        own = [{**each, "noise_sd": stated} for each in own]
    spec = line_spec(response=own)
    candidates, _ = with_fixed(spec, None, {}, 0)
    region = candidates.subset(np.arange(64)).encode(space)
    return {each.response: each for each in noises(spec, posteriors, region)}


def test_a_stated_noise_does_not_change_how_much_batches_vary() -> None:
    for name, learned in noise_of(None).items():
        assert learned.sd is not None
        assert learned.source == "model"
        stated = 3.0 * learned.sd
        told = noise_of(stated)[name]
        assert (told.sd, told.source, told.batches) == (stated, "specification", "model")
        np.testing.assert_allclose(
            np.sqrt(told.ratios) * stated, np.sqrt(learned.ratios) * learned.sd, rtol=1e-9
        )
        assert told.ratios[0] > 0


def test_a_stated_noise_the_results_contradict_is_the_models() -> None:
    for name, learned in noise_of(None).items():
        assert learned.sd is not None
        told = noise_of(0.1 * learned.sd)[name]
        assert told.source == "model"
        assert told.sd == pytest.approx(learned.sd)
