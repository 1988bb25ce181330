"""Earlier lines whose values say nothing: they are named, and change nothing."""

import numpy as np
import pytest

from designer.models.arrays import FloatArray
from designer.models.data.dataset import ResponseData
from designer.models.data.line_scales import other_scales
from designer.models.data.useless_lines import useless_lines
from designer.models.diagnostics.trust import estimate_trust
from designer.models.encoding import cube_points
from designer.models.fitting.fit import fit

GROUPS = np.arange(2)
POINTS = cube_points(GROUPS, 64, seed=8)


def truth(X: FloatArray) -> FloatArray:
    return np.asarray(100 + 30 * np.sin(3 * X[:, 0]) + 20 * X[:, 1] ** 2)


def data(values: FloatArray, X: FloatArray, runs: int = 6, seed: int = 0) -> ResponseData:
    """A line with these values, and own runs over the region."""
    rng = np.random.default_rng(seed)
    own = cube_points(GROUPS, runs, seed=seed + 3)
    y = truth(own) + 0.8 * rng.standard_normal(runs)
    line = np.repeat([1, 0], [len(values), runs])
    return ResponseData(
        "y", False, None, np.vstack([X, own]), np.append(values, y), line, lines=("line2",)
    )


def recipes(rows: int, seed: int = 1) -> FloatArray:
    return np.asarray(np.random.default_rng(seed).random((rows, 2)))


def found(case: ResponseData) -> dict[int, str]:
    ratios = other_scales(case.X, case.y, case.line, 2)
    return useless_lines(case, case.y, np.arange(len(case.y)), GROUPS, ratios)


def error(case: ResponseData) -> float:
    posterior = fit(case, GROUPS, 1 if (case.line > 0).any() else 0)
    mean = posterior.scaling.median(posterior.mean(POINTS))
    return float(np.sqrt(np.mean(np.square(mean - truth(POINTS)))))


@pytest.mark.parametrize("rows", [1, 2, 4])
def test_a_few_rows_in_another_unit_change_nothing(rows: int) -> None:
    X = recipes(rows)
    case = data(1000 * truth(X), X)
    (message,) = found(case).values()
    assert message.startswith("y: line2 is not used, since its results lie far from all own ones")
    assert error(case) < 1.2 * error(case.of_target)
    assert message in fit(case, GROUPS, 1).fitted.report.messages


def test_a_few_right_rows_are_used() -> None:
    for seed in range(20):
        X = recipes(2, seed)
        assert found(data(truth(X) + 10, X, seed=seed)) == {}


def test_a_stuck_gauge_is_no_line() -> None:
    X = recipes(40)
    case = data(np.full(40, 118.0), X)
    (message,) = found(case).values()
    assert "its 40 results at 40 settings are all the same" in message
    assert error(case) < 1.2 * error(case.of_target)
    assert estimate_trust(fit(case, GROUPS, 1)) == []  # what is not used is neither trusted nor not
    replicates = data(np.full(5, 118.0), np.repeat(X[:1], 5, axis=0))
    assert found(replicates) == {}  # one recipe measured again and again


def test_a_quiet_line_needs_some_relation_to_its_settings() -> None:
    noise = np.random.default_rng(5).standard_normal(40)
    X = recipes(40)
    (message,) = found(data(100 + 0.8 * noise, X)).values()
    assert "not with its settings" in message
    damped = 100 + 0.05 * (truth(X) - 100)
    assert found(data(damped + 0.2 * noise, X)) == {}
    assert found(data(damped, X)) == {}


def test_long_lines_are_looked_at_without_all_their_pairs() -> None:
    X = recipes(20_000)
    noise = np.random.default_rng(5).standard_normal(len(X))
    assert len(found(data(100 + 0.8 * noise, X))) == 1


def test_noise_is_rarely_taken_for_a_reaction() -> None:
    told = 0
    for seed in range(40):
        X = recipes(30, seed)
        noise = np.random.default_rng(seed + 100).standard_normal(30)
        told += bool(found(data(100 + noise, X, runs=8, seed=seed)))
    assert told >= 36


@pytest.mark.parametrize("values", [np.full(6, 7.0), np.full(1, 7.0)])
def test_nothing_is_judged_without_own_results_that_vary(values: FloatArray) -> None:
    X = recipes(len(values))
    case = data(values, X, runs=2)
    assert found(case) == {}


def test_an_exact_line_does_not_make_the_own_results_exact() -> None:
    """Of a simulation, or of means: own results vary by .8, whatever the line does."""
    X = recipes(40)
    inside = []
    for seed in range(6):
        own = fit(data(1.05 * truth(X), X, runs=10, seed=seed), GROUPS, 1)
        z, variance = own.moments(POINTS)
        away = np.abs(own.scaling.forward(truth(POINTS)) - z)
        inside.append(np.mean(away < 1.96 * np.sqrt(variance)))
    assert np.mean(inside) > 0.8
