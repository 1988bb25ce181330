"""Data no model likes: sane uncertainty and a sentence, never a traceback or false certainty."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from designer.campaigns.errors import InputError
from designer.models.data.dataset import ResponseData
from designer.models.data.spread import scale_response
from designer.models.diagnostics.cross_validation import leave_one_run_out, result_errors
from designer.models.fitting.fit import fit
from designer.models.posterior.averaging import average
from designer.models.posterior.posterior import ResponsePosterior
from designer.render.figures import figure_text
from tests.models.cases import predict

GROUPS = np.arange(3)
RNG = np.random.default_rng(0)
X16 = RNG.random((16, 3))
Y16 = 10 + 3 * np.sin(4 * X16[:, 0]) + X16[:, 1]
X_LINES = RNG.random((60, 3))
Y_LINES = 10 + 3 * np.sin(4 * X_LINES[:, 0]) + X_LINES[:, 1] + 0.1 * RNG.standard_normal(60)
LINES = np.repeat([1, 2, 3], 20)
OUTLIER = np.where(np.arange(16) == 3, 1e6, Y16)
POINTS = RNG.random((50, 3))


def target(X: np.ndarray, y: Sequence[float] | np.ndarray, **options: Any) -> ResponseData:
    settings: dict[str, Any] = {"log_scale": False, "noise_sd": None} | options
    return ResponseData("y", X=X, y=np.asarray(y, float), line=np.zeros(len(X), int), **settings)


def history(
    y_lines: np.ndarray, runs: int, y: list[float] | np.ndarray, **options: Any
) -> ResponseData:
    return ResponseData(
        "y",
        X=np.vstack([X_LINES, X16[:runs]]),
        y=np.concatenate([y_lines, y]),
        line=np.concatenate([LINES, np.zeros(runs, int)]),
        **({"log_scale": False, "noise_sd": None} | options),
    )


CASES = {
    "nothing": target(X16[:0], []),
    "one run": target(X16[:1], [80]),
    "two equal runs": target(X16[:2], [80, 80]),
    "constant": target(X16, np.full(16, 80.0)),
    "constant at zero": target(X16, np.zeros(16)),
    "constant on a log scale": target(X16, np.full(16, 80.0), log_scale=True),
    "50 replicates": target(np.tile(X16[:1], (50, 1)), 10 + 0.1 * RNG.standard_normal(50)),
    "50 equal replicates": target(np.tile(X16[:1], (50, 1)), np.full(50, 10.0)),
    "outlier": target(X16, OUTLIER),
    "outlier on a log scale": target(X16, OUTLIER, log_scale=True),
    "outlier as the only run": history(Y_LINES, 1, [1e6]),
    "zero on a log scale": target(X16, np.where(np.arange(16) == 3, 0, Y16), log_scale=True),
    "huge numbers": target(X16, 1e300 * Y16),
    "tiny numbers": target(X16, 1e-300 * Y16),
    "contradicting replicates": target(np.tile(X16[:2], (2, 1)), [1, 2, 5, 9]),
    "a setting never changed": target(np.column_stack([X16[:, :2], np.full(16, 0.5)]), Y16),
    "settings far outside": target(np.vstack([X16[:15], [[3, -4, 9]]]), Y16),
    "constant history": history(np.full(60, 5.0), 4, Y16[:4]),
    "noise far too small": target(X16, Y16 + RNG.standard_normal(16), noise_sd=1e-9),
    "noise far too large": target(X16, Y16, noise_sd=1e3),
    "noise far too large, log": target(X16, Y16, noise_sd=1e3, log_scale=True),
}


def fitted(data: ResponseData) -> ResponsePosterior:
    return fit(data, GROUPS, int(data.line.max(initial=0)))


@pytest.mark.parametrize("data", CASES.values(), ids=CASES)
def test_predictions_are_finite_and_uncertain(data: ResponseData) -> None:
    posterior = fitted(data)
    for each in (posterior, average(posterior)):
        prediction = predict(each, POINTS)
        assert np.isfinite(prediction.mean).all()
        assert np.isfinite(prediction.sd_result).all()
        assert (prediction.sd > 0).all()
        assert (prediction.sd_result > prediction.sd).all()
    errors = result_errors(leave_one_run_out(posterior.fitted))
    assert errors is None or np.isfinite(errors["rmse"])


@pytest.mark.parametrize(
    ("case", "least"),
    [
        ("constant", 0.1),
        ("constant on a log scale", 0.1),
        ("50 replicates", 0.08),  # elsewhere than measured
        ("50 equal replicates", 0.04),
        ("outlier as the only run", 0.2),
    ],
)
def test_no_false_certainty(case: str, least: float) -> None:
    assert predict(fitted(CASES[case]), POINTS).sd.min() > least


TRUTHS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sine": lambda X: 8 + 3 * np.sin(5 * X[:, 0]) + 2 * X[:, 1],
    "quadratic": lambda X: 12 - 15 * (X[:, 0] - 0.3) ** 2 - 8 * (X[:, 1] - 0.6) ** 2,
    "product": lambda X: 2 + 20 * X[:, 0] * X[:, 1],
    "narrow": lambda X: 60 + 4 * np.sin(3 * X[:, 0]) + 3 * X[:, 1] * X[:, 2],
}
LIMITS: dict[str, Any] = {
    "nothing": {},
    "window": {"window": (11.4, 12.6)},
    "both": {"window": (11.4, 12.6), "possible": (0.0, 60.0)},
}


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
@pytest.mark.parametrize("log", [False, True])
def test_intervals_cover_the_truth_from_the_first_run(
    log: bool, limits: dict[str, tuple[float, float]]
) -> None:
    for runs in (1, 2, 3, 4):
        inside = []
        for seed in range(4):
            X = np.random.default_rng([seed, 1]).random((runs, 3))
            for truth in TRUTHS.values():
                prediction = average(fitted(target(X, truth(X), log_scale=log, **limits)))
                mean, variance = prediction.mean(POINTS), prediction.variance(POINTS)
                z = prediction.scaling.forward(truth(POINTS))
                inside.append(np.abs(z - mean) <= 1.96 * np.sqrt(variance))
        assert np.mean(inside) >= 0.9, runs


def test_one_run_far_from_its_window_leaves_room_for_the_window() -> None:
    told = predict(fitted(target(X16[:1], [6.0], window=(11.4, 12.6))), POINTS)
    assert (told.mean + 1.96 * told.sd > 12.0).mean() > 0.9


@pytest.mark.parametrize("runs", [1, 2])
def test_a_guessed_spread_is_called_a_guess(runs: int) -> None:
    messages = fitted(target(X16[:runs], Y16[:runs])).fitted.report.messages
    assert f"only {runs} result(s)" in messages[-1]
    assert "wide guess" in messages[-1]
    assert fitted(history(Y_LINES, runs, Y16[:runs])).fitted.report.messages == ()


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("two equal runs", "all values are equal"),
        ("constant", "all values are equal"),
        ("outlier", "1e6"),
        ("zero on a log scale", "linear instead of a logarithmic"),
    ],
)
def test_the_report_says_so(case: str, words: str) -> None:
    assert any(words in message for message in fitted(CASES[case]).fitted.report.messages)


def test_ordinary_data_get_no_message() -> None:
    assert fitted(target(X16, Y16)).fitted.report.messages == ()


def test_an_outlier_does_not_drown_the_rest() -> None:
    with_outlier, clean = fitted(CASES["outlier"]), fitted(target(X16, Y16))
    error = predict(with_outlier, POINTS).mean - predict(clean, POINTS).mean
    assert np.abs(error).max() < 1.0
    loo = leave_one_run_out(with_outlier.fitted)
    assert np.abs(loo.standardised[loo.row == 3]) > 100  # it counts in every figure told
    assert len(loo.row) == 16


@pytest.mark.parametrize("wrong", [1000.0, 1e6, 0.003])
def test_wrong_by_orders_of_magnitude_on_a_log_scale(wrong: float) -> None:
    spoilt = Y16[:8].copy()
    spoilt[3] = wrong
    posterior = fitted(history(Y_LINES, 8, spoilt, log_scale=True))
    clean = fitted(history(Y_LINES, 8, Y16[:8], log_scale=True))
    assert np.abs(predict(posterior, POINTS).mean - predict(clean, POINTS).mean).max() < 0.5
    assert any(figure_text(wrong) in message for message in posterior.fitted.report.messages)
    loo = leave_one_run_out(posterior.fitted)
    assert np.abs(loo.standardised[loo.row == 63]) > 10


@pytest.mark.parametrize("log", [False, True])
def test_a_value_only_the_model_can_doubt(log: bool) -> None:
    spoilt = Y_LINES.copy()
    spoilt[30] = 2.5 * Y_LINES[30]
    posterior = fitted(history(spoilt, 8, Y16[:8], log_scale=log))
    clean = fitted(history(Y_LINES, 8, Y16[:8], log_scale=log))
    (message,) = posterior.fitted.report.messages
    assert f"{spoilt[30]:g} on earlier line 2" in message
    assert "until they are corrected" in message
    assert np.abs(predict(posterior, POINTS).mean - predict(clean, POINTS).mean).max() < 0.5


def test_one_of_three_values_wrong_by_orders_of_magnitude() -> None:
    posterior = fitted(target(X16[:3], [Y16[0], 1e6, Y16[2]]))
    assert "1e6 in measured run 2" in posterior.fitted.report.messages[0]
    assert predict(posterior, POINTS).mean.max() < 100.0


def test_a_line_on_another_level_is_not_a_row_of_outliers() -> None:
    found = fitted(history(Y_LINES, 4, 100 * Y16[:4], log_scale=True)).fitted
    assert not found.rows.extra.any()
    assert all("only the shape of its surface is used" in each for each in found.report.messages)


def test_a_repeatability_the_data_contradict_is_not_believed() -> None:
    data = target(np.tile(X16[:8], (2, 1)), np.concatenate([Y16[:8], Y16[:8] + 1.5]), noise_sd=0.01)
    posterior = fitted(data)
    noise = posterior.to_raw(np.zeros(1), posterior.noise(X16[:1]))[1]
    assert 0.2 < noise[0] < 3.0
    assert "scatter more" in posterior.fitted.report.messages[0]
    believed = fitted(dataclasses.replace(data, noise_sd=0.8))
    assert believed.fitted.report.messages == ()


@pytest.mark.parametrize("log", [False, True])
def test_a_window_or_range_sets_the_spread_that_data_cannot_show(log: bool) -> None:
    constant = np.full(16, 80.0)
    narrow = scale_response(target(X16, constant, window=(79.0, 81.0), log_scale=log), GROUPS)
    wide = scale_response(target(X16, constant, possible=(0.0, 400.0), log_scale=log), GROUPS)
    raw = 80.0 if log else 1.0
    np.testing.assert_allclose(narrow.scaling.spread * raw, 0.5)
    np.testing.assert_allclose(wide.scaling.spread * raw, 20.0)


def test_without_any_data_predictions_centre_on_the_window() -> None:
    data = target(X16[:0], [], window=(30.0, 35.0), possible=(0.0, 100.0))
    np.testing.assert_allclose(predict(fitted(data), POINTS).mean, 32.5)


def test_log_scale_uses_the_lognormal_moments() -> None:
    posterior = fitted(target(X16, Y16, log_scale=True))
    mean, variance = posterior.mean(POINTS[:3]), posterior.variance(POINTS[:3])
    point, sd = posterior.to_raw(mean, variance)
    rng = np.random.default_rng(1)
    z = mean + np.sqrt(variance) * rng.standard_normal((400_000, 3))
    draws = posterior.to_raw(z, np.zeros_like(z))[0]
    np.testing.assert_allclose(np.median(draws, axis=0), point, rtol=2e-3)
    np.testing.assert_allclose(draws.std(axis=0), sd, rtol=1e-2)
    assert posterior.limits(-1.0, np.inf) == (-np.inf, np.inf)


@pytest.mark.parametrize(
    "changes",
    [
        {"y": np.append(Y16[:15], np.nan)},
        {"y": np.append(Y16[:15], np.inf)},
        {"y": Y16[:3]},
        {"X": np.full((16, 3), np.nan)},
        {"noise_sd": 0.0},
        {"noise_sd": np.nan},
        {"batch": np.zeros((16, 2), int), "stage_effect": (True,)},
    ],
)
def test_impossible_data_are_refused(changes: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {"X": X16, "y": Y16, "line": np.zeros(16, int), "log_scale": False}
    with pytest.raises(InputError, match="y"):
        ResponseData("y", **{"noise_sd": None, **arguments, **changes})


def test_line_codes_must_be_known() -> None:
    with pytest.raises(ValueError, match="line codes"):
        fit(history(Y_LINES, 1, [10.0]), GROUPS, 2)
