"""Lines of another scale: noticed, used for their shape only, and nothing else changes."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from designer.models.arrays import FloatArray
from designer.models.data.dataset import ResponseData
from designer.models.data.line_scales import coverage, design_factor, other_scales
from designer.models.data.spread import scale_response
from designer.models.encoding import cube_points
from designer.models.fitting.fit import fit
from designer.models.posterior.averaging import average

GROUPS = np.arange(2)
ROWS, NOISE = 30, 0.3
Line = Callable[[FloatArray], FloatArray]
Campaign = tuple[ResponseData, FloatArray, FloatArray]


def truth(X: FloatArray) -> FloatArray:
    return np.asarray(40 - 9 * X[:, 1] + 3 * X[:, 0] + 2 * np.sin(5 * X[:, 0]))


def related(X: FloatArray) -> FloatArray:
    return 1.1 * truth(X) + 1.0 + X[:, 0]


def campaign(line: Line | None, runs: int, *, log: bool = False, seed: int = 0) -> ResponseData:
    """30 rows of an earlier line (none: no history), then own runs of ``truth``."""
    rng = np.random.default_rng(seed)
    own = cube_points(GROUPS, runs, seed=seed + 50)
    rows = rng.random((0 if line is None else ROWS, 2))
    y = truth(own) + NOISE * rng.standard_normal(runs)
    if line is not None:
        values = line(rows)
        noise = NOISE * values.std() / truth(rows).std()
        y = np.concatenate([values + noise * rng.standard_normal(ROWS), y])
    codes = np.concatenate([np.ones(len(rows), int), np.zeros(runs, int)])
    return ResponseData("y", log, None, np.vstack([rows, own]), y, codes)


def judged(data: ResponseData) -> tuple[float, float, int]:
    """Error, coverage of 95 % intervals, and number of own rows set aside."""
    posterior = average(fit(data, GROUPS, int(data.line.max(initial=0))))
    X = cube_points(GROUPS, 256, seed=9)
    mean, variance = posterior.moments(X)
    ends = [posterior.scaling.median(mean + k * np.sqrt(variance)) for k in (-1.96, 0.0, 1.96)]
    inside = (ends[0] <= truth(X)) & (truth(X) <= ends[2])
    rows = posterior.fitted.rows
    aside = int(np.count_nonzero(rows.extra[rows.earlier :]))
    return float(np.sqrt(np.mean(np.square(ends[1] - truth(X))))), float(inside.mean()), aside


OTHER_LINES: dict[str, Line] = {
    "damped to a hundredth": lambda X: 38 + 0.01 * truth(X),
    "in thousandths": lambda X: truth(X) / 1000,
    "thousandfold": lambda X: 1000 * truth(X),
    "a fraction": lambda X: truth(X) / 100,
    "amplified": lambda X: 10 * truth(X),
    "reversed and damped": lambda X: 40 - 0.05 * truth(X),
}


@pytest.mark.parametrize(
    ("name", "runs"), [*((name, 10) for name in OTHER_LINES), ("reversed and damped", 20)]
)
def test_a_line_of_another_scale_never_ruins_own_results(name: str, runs: int) -> None:
    ratios = []
    for seed in range(5):
        error, covered, aside = judged(campaign(OTHER_LINES[name], runs, seed=seed))
        alone, _, _ = judged(campaign(None, runs, seed=seed))
        assert aside == 0
        assert covered >= 0.85
        ratios.append(error / alone)
    assert np.median(ratios) <= 1.2


@pytest.mark.parametrize("name", ["in thousandths", "thousandfold", "amplified"])
def test_such_a_line_is_named(name: str) -> None:
    data = replace(campaign(OTHER_LINES[name], 10), lines=("line2",))
    messages = scale_response(data, GROUPS).messages
    assert [message for message in messages if "line2 varies" in message]


@pytest.mark.parametrize("runs", [3, 6, 12])
def test_a_related_line_alone_decides_to_the_last_bit(runs: int) -> None:
    data = campaign(related, runs)
    scaled = scale_response(data, GROUPS)
    history = data.y[data.line == 1]
    assert scaled.ratios == {}
    assert scaled.scaling.spread == pytest.approx(history.std(ddof=1), rel=1e-12)
    assert scaled.scaling.center == pytest.approx(history.mean(), rel=1e-12)


@pytest.mark.parametrize("factor", [10, 100, 0.01])
def test_an_own_typing_error_does_not_make_a_line_one_of_another_scale(factor: float) -> None:
    data = campaign(related, 6)
    data.y[-1] *= factor
    assert scale_response(data, GROUPS).ratios == {}


@pytest.mark.parametrize("log", [False, True])
def test_a_quiet_line_does_not_make_own_results_errors(log: bool) -> None:
    quiet = campaign(lambda X: 38 + 0.001 * X[:, 0], 10, log=log)
    assert judged(quiet)[2] == 0


@pytest.mark.parametrize("log", [False, True])
def test_a_good_line_on_another_level_helps_as_much_as_on_the_same(log: bool) -> None:
    def elsewhere(X: FloatArray) -> FloatArray:
        return 1000 * related(X) if log else related(X) + 273.15

    ratios = []
    for seed in range(4):
        there, here = (judged(campaign(f, 6, log=log, seed=seed)) for f in (elsewhere, related))
        ratios.append(there[0] / here[0])
        assert there[1] >= 0.85
    assert np.median(ratios) < 1.15
    (message,) = scale_response(campaign(elsewhere, 6, log=log), GROUPS).messages
    assert "only the shape of its surface is used" in message


def test_an_own_typing_error_is_still_found() -> None:
    data = campaign(related, 10)
    data.y[-1] *= 100
    extra = scale_response(data, GROUPS).extra
    assert np.flatnonzero(extra > 0).tolist() == [len(data.y) - 1]


def test_ratios_need_three_own_settings() -> None:
    data = campaign(OTHER_LINES["thousandfold"], 2)
    assert other_scales(data.X, data.y, data.line, 2) == {}


def test_coverage_grows_with_what_settings_span() -> None:
    cube = cube_points(GROUPS, 64, seed=0)
    assert coverage(cube[:1], 2) == 0.0
    assert coverage(0.1 * cube, 2) < 0.01 < coverage(0.5 * cube, 2) < coverage(cube, 2) < 1.0
    assert coverage(np.vstack([cube, cube]), 2) == pytest.approx(coverage(cube, 2))


def test_own_runs_in_a_corner_may_vary_more_elsewhere() -> None:
    cube = cube_points(GROUPS, 64, seed=0)
    assert design_factor(cube, GROUPS) == pytest.approx(1.0, abs=0.1)
    assert 1.5 < design_factor(0.3 * cube, GROUPS) <= 3.0
    assert design_factor(0.001 * cube, GROUPS) == pytest.approx(2.9, abs=0.1)


def test_own_results_are_no_errors_on_the_word_of_a_damped_line() -> None:
    def damped(X: FloatArray) -> FloatArray:
        return 0.7 * 38 + 0.3 * truth(X)

    for seed in range(6):
        assert judged(campaign(damped, 5, seed=seed))[2] == 0


@pytest.mark.parametrize("runs", [4, 8])
def test_a_slip_among_few_own_results_is_found_when_the_others_agree_with_the_line(
    runs: int,
) -> None:
    for seed in range(3):
        data = campaign(related, runs, seed=seed)
        data.y[-2] *= 10
        rows = fit(data, GROUPS, 1).fitted.rows
        assert rows.order[rows.extra > 0].tolist() == [len(data.y) - 2]


def test_another_recipe_is_no_error_among_replicates() -> None:
    data = campaign(None, 5)
    data.X[1:4], data.y[:] = data.X[0], [31.0, 31.1, 31.05, 31.02, 38.0]
    assert not scale_response(data, GROUPS).extra.any()
