"""One own result far off: set aside where the others decide, else kept and named."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from designer.models.data.dataset import ResponseData
from designer.models.diagnostics.doubtful_result import find_doubtful
from designer.models.fitting.fit import fit
from designer.models.fitting.history_weight import WeighedFits
from designer.models.posterior.posterior import ResponsePosterior

GROUPS = np.arange(2)
POINTS = np.random.default_rng(9).random((60, 2))
SHIFTS = np.array([0.0, 0.12, -0.1])  # of the own line and two earlier ones
Surface = Callable[[np.ndarray], np.ndarray]


def smooth(X: np.ndarray, shift: float | np.ndarray = 0.0) -> np.ndarray:
    """A logarithm: the response varies from 1 to 10."""
    waves: np.ndarray = 0.8 * np.sin(3 * X[:, 0] + shift) + 0.5 * np.cos(4 * X[:, 1] - shift)
    return 1.1 + waves


def jumping(X: np.ndarray) -> np.ndarray:
    """The same with a corner where it is 50 times smaller."""
    corner = (X[:, 0] < 0.45) & (X[:, 1] > 0.4)
    return np.where(corner, smooth(X) - np.log(50.0), smooth(X))


def campaign(
    runs: int, rows: int = 0, *, own: Surface = smooth, log: bool = True, seed: int = 0
) -> ResponseData:
    """Own runs after two lines of so many rows each."""
    rng = np.random.default_rng(seed)
    X = rng.random((2 * rows + runs, 2))
    line = np.repeat([1, 2, 0], [rows, rows, runs])
    values = np.where(line > 0, smooth(X, SHIFTS[line]), own(X))
    values += 0.04 * rng.standard_normal(len(X))
    y = np.exp(values) if log else 40.0 + 2.0 * values
    run = np.where(line > 0, -1, np.arange(len(X)) - 2 * rows)
    ids = tuple(f"R{k + 1:03}" for k in range(runs))
    return ResponseData("ratio", log, None, X, y, line, run=run, run_ids=ids)


def with_slip(data: ResponseData, run: int, factor: float) -> ResponseData:
    return replace(data, y=np.where(data.runs == run, factor * data.y, data.y))


def without(data: ResponseData, run: int) -> ResponseData:
    return data.subset(np.flatnonzero(data.runs != run))


def fitted(data: ResponseData) -> ResponsePosterior:
    return fit(data, GROUPS, int(data.line.max(initial=0)))


def set_aside(posterior: ResponsePosterior) -> list[int]:
    rows = posterior.fitted.rows
    return sorted(rows.run[rows.extra > 0].tolist())


def messages(posterior: ResponsePosterior) -> list[str]:
    doubt = find_doubtful(posterior.fitted)
    return [*posterior.fitted.report.messages, *([] if doubt is None else [doubt.message])]


def told(posterior: ResponsePosterior) -> str:
    return " ".join(messages(posterior))


@pytest.mark.parametrize(("factor", "log"), [(0.02, True), (50.0, True), (0.02, False)])
@pytest.mark.parametrize(("runs", "slip"), [(4, 0), (8, 7)])
def test_what_the_lines_and_the_other_results_exclude_is_set_aside_and_named(
    runs: int, slip: int, factor: float, log: bool
) -> None:
    right = campaign(runs, 40, log=log)
    posterior = fitted(with_slip(right, slip, factor))
    assert set_aside(posterior) == [slip]
    assert f"in R{slip + 1:03}" in told(posterior)
    rest = fitted(without(right, slip))
    np.testing.assert_allclose(
        posterior.scaling.median(posterior.mean(POINTS)),
        rest.scaling.median(rest.mean(POINTS)),
        rtol=0.15,
    )


@pytest.mark.parametrize("factor", [0.02, 50.0])
@pytest.mark.parametrize(("runs", "rows"), [(1, 40), (2, 40), (3, 0), (4, 0), (8, 0)])
def test_what_nobody_can_decide_is_kept_and_named(runs: int, rows: int, factor: float) -> None:
    posterior = fitted(with_slip(campaign(runs, rows, seed=3), runs - 1, factor))
    run = f"in R{runs:03}"
    assert set_aside(posterior) in ([], [runs - 1])
    if not set_aside(posterior):
        (message,) = [m for m in messages(posterior) if run in m]
        assert "times below" in message or "times above" in message
        assert "designer correct" in message
        assert "measure it again" in message
    assert run in told(posterior)


def test_the_only_own_result_is_as_right_as_the_lines() -> None:
    posterior = fitted(with_slip(campaign(1, 40), 0, 1000.0))
    assert set_aside(posterior) == []
    assert "in R001 lies" in told(posterior)
    assert set_aside(fitted(replace(campaign(2, 40), y=1e-3 * campaign(2, 40).y))) == []


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize(("runs", "rows"), [(8, 40), (20, 40), (24, 0)])
@pytest.mark.parametrize("seed", [0, 1])
def test_two_results_of_another_regime_are_right(
    runs: int, rows: int, seed: int, log: bool
) -> None:
    data = campaign(runs, rows, own=jumping, log=log, seed=seed)
    there = jumping(data.X) < smooth(data.X) - 1.0
    assert np.count_nonzero(there & data.target) >= 2
    assert set_aside(fitted(data)) == []


@pytest.mark.parametrize("rows", [0, 40])
@pytest.mark.parametrize("runs", [1, 2, 4, 8, 16])
def test_right_results_get_no_remark(runs: int, rows: int) -> None:
    for seed in range(2):
        posterior = fitted(campaign(runs, rows, seed=seed))
        assert set_aside(posterior) == []
        assert "R0" not in told(posterior)


# ---- what neighbours support ---------------------------------------------------------------------


def peak(X: np.ndarray) -> np.ndarray:
    away: np.ndarray = np.square(X - np.array([0.8, 0.8])).sum(axis=1)
    return 3 + 300 * np.exp(-away / 0.02)


def with_peak(rows: int) -> ResponseData:
    """A line over the region that knows a peak, and own runs of which one alone saw it."""
    rng = np.random.default_rng(2)
    own = np.vstack([0.6 * rng.random((8, 2)), [[0.79, 0.81]]])
    X = np.vstack([rng.random((rows, 2)), own])
    line = np.repeat([1, 0], [rows, len(own)])
    return ResponseData("leak", False, None, X, peak(X) + 0.3 * rng.standard_normal(len(X)), line)


def test_a_peak_that_a_line_knows_is_no_slip() -> None:
    data = with_peak(60)
    found = fitted(data)
    assert set_aside(found) == []
    weighed = WeighedFits({"leak": found}, {"leak": data}, GROUPS, {})
    assert weighed.without_history["leak"].fitted.errors.sum() == 0  # the same results count
    shown = weighed.averaged["leak"]
    (there,) = shown.scaling.median(shown.mean(data.X[-1:]))
    assert there == pytest.approx(data.y[-1], rel=0.1)


def test_scattered_slips_of_a_line_support_nobody() -> None:
    data = with_peak(60)
    low = np.flatnonzero((data.line == 1) & (data.y < 10))[:3]
    y = data.y.copy()
    y[low] *= 1000.0
    rows = fitted(replace(data, y=y)).fitted.rows
    assert set(low) <= set(rows.order[rows.extra > 0].tolist())


def test_few_recipes_alone_cannot_tell_a_peak_from_a_slip() -> None:
    X = np.repeat(np.array([[0.1, 0.2], [0.5, 0.9], [0.9, 0.4], [0.8, 0.8]]), [4, 1, 1, 1], axis=0)
    noise = np.random.default_rng(1).standard_normal(len(X))
    data = ResponseData("leak", False, None, X, peak(X) / 5 + 0.1 * noise, np.zeros(7, int))
    found = fitted(data)
    assert set_aside(found) == []
    doubt = find_doubtful(found.fitted)
    assert doubt is not None
    assert "is kept and moves the predictions" in doubt.message
    assert find_doubtful(found.fitted, [doubt.row]) is None  # somebody has confirmed it
    wrong = replace(data, y=np.where(np.arange(7) == 6, 200 * np.median(data.y), data.y))
    assert set_aside(fitted(wrong)) == [6]
