"""A stated repeatability on a logarithmic scale: the noise where results are expected."""

import numpy as np

from designer.models.data.dataset import ResponseData
from designer.models.fitting.fit import fit

GROUPS = np.arange(1)


def replicates(seed: int) -> ResponseData:
    """Forty results of three recipes whose truth is 10, each with a noise of 2."""
    X = np.repeat([[0.2], [0.5], [0.8]], [13, 14, 13], axis=0)
    y = 10.0 + 2.0 * np.random.default_rng(seed).standard_normal(len(X))
    return ResponseData("y", True, 2.0, X, y, np.zeros(len(X), int))


def test_high_results_do_not_count_more_than_low_ones() -> None:
    predicted = []
    for seed in range(6):
        posterior = fit(replicates(seed), GROUPS, 0)
        predicted.append(posterior.scaling.median(posterior.mean(np.array([[0.5]])))[0])
    assert 9.6 < np.mean(predicted) < 10.1  # with the noise at the measured values 10.5


def test_replicates_of_a_recipe_have_the_same_noise() -> None:
    fitted = fit(replicates(0), GROUPS, 0).fitted
    for setting in np.unique(fitted.rows.X):
        assert np.ptp(fitted.rows.base[fitted.rows.X[:, 0] == setting]) < 1e-3 * 0.04 / (
            fitted.scaling.spread**2
        )
