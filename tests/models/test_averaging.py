"""Averaging over hyperparameters is importance sampling of their posterior."""

import numpy as np
import pytest

from designer.models.posterior.averaging import AveragedPosterior, average
from tests.models.cases import VARIANTS, posterior_of

SAMPLES = 64
SHARE = 0.4  # smallest effective sample size the weights are tempered to


@pytest.mark.parametrize(
    "name", ["target only", "one line, one run", "three lines", "log scale", "batches"]
)
def test_draws_count_as_much_as_the_data_and_the_way_of_drawing_say(name: str) -> None:
    """``w ∝ (p(θ|z) / q(θ))^τ``: τ = 1, or less where a few draws would decide alone."""
    (variant,) = (each for each in VARIANTS if each.name == name)
    posterior = posterior_of(variant)
    mixture = average(posterior, SAMPLES)
    assert isinstance(mixture, AveragedPosterior)
    laplace = posterior.laplace
    theta = np.array([member.fitted.theta for member in mixture.members])
    away = (theta - laplace.mode) @ laplace.eigenvectors
    drawn = -0.5 * (laplace.eigenvalues * away**2).sum(axis=1)  # ln q(θ)
    explained = np.array([-solved_value(member) for member in mixture.members])
    layout = posterior.fitted.layout
    inside = ((theta > layout.low) & (theta < layout.high)).all(axis=1)  # others were moved there
    ratio, log_weight = (explained - drawn)[inside], np.log(mixture.weights[inside])
    assert inside.sum() > SAMPLES / 4
    power, level = np.polyfit(ratio, log_weight, 1)
    np.testing.assert_allclose(log_weight, power * ratio + level, atol=1e-6 * np.ptp(ratio) + 1e-6)
    assert 0.0 < power < 1.0 + 1e-6
    assert np.ptp(log_weight) > 0.1
    effective = 1.0 / np.square(mixture.weights).sum()
    if power < 1.0 - 1e-6:
        assert effective == pytest.approx(SHARE * SAMPLES, rel=0.02)
    else:
        assert effective >= SHARE * SAMPLES
        assert mixture.effective_samples == pytest.approx(effective, rel=0.02)
    assert mixture.weights.sum() == pytest.approx(1.0)


def solved_value(member: object) -> float:
    from designer.models.posterior.posterior import ResponsePosterior

    assert isinstance(member, ResponsePosterior)
    assert member.fitted.solved is not None
    return member.fitted.solved.value
