"""What earlier lines and shared batches do to a posterior."""

import dataclasses

import numpy as np
import pytest
from scipy.linalg import cho_factor, cho_solve

from designer.models.data.dataset import ResponseData
from designer.models.diagnostics.trust import _crossing, estimate_trust, overall_trust
from designer.models.fitting.fit import fit
from designer.models.posterior.averaging import average
from designer.models.posterior.posterior import ResponsePosterior
from tests.models.cases import predict

GROUPS = np.arange(2)


def surface(X: np.ndarray, shift: float = 0.0) -> np.ndarray:
    return np.asarray(np.sin(4 * X[:, 0] + shift) + X[:, 1] ** 2)


def unrelated(X: np.ndarray) -> np.ndarray:
    return np.asarray(np.cos(6 * X[:, 1]) - X[:, 0] * X[:, 1])


def make(
    runs: int,
    *,
    bad: tuple[int, ...] = (),
    seed: int = 0,
    rows: int = 30,
    effect: float = 0.0,
    shared: int = 4,
) -> ResponseData:
    """Three lines (those in ``bad`` unrelated), then target runs in batches of ``shared``."""
    rng = np.random.default_rng(seed)
    X = rng.random((3 * rows + runs, 2))
    line = np.concatenate([np.repeat([1, 2, 3], rows), np.zeros(runs, int)])
    y = surface(X, 0.05)
    for k in (1, 2, 3):
        y[line == k] = unrelated(X[line == k]) if k in bad else surface(X[line == k], 0.03 * k)
    y += 0.03 * rng.standard_normal(len(y)) + 0.1 * line
    batch = np.full((len(y), 1), -1)
    own = np.flatnonzero(line == 0)
    batch[own, 0] = np.arange(runs) // shared
    y[own] += effect * rng.standard_normal(max(runs, 1))[batch[own, 0]]
    return ResponseData("y", False, None, X, y, line, batch)


def test_without_source_rows_it_is_a_plain_gp() -> None:
    data = make(12)
    own = data.of_target
    own = dataclasses.replace(own, batch=np.zeros((12, 0), int), stage_effect=())
    posterior = fit(own, GROUPS, 0)
    h, X = posterior.fitted.hyperparameters, np.random.default_rng(1).random((20, 2))

    def kernel(A: np.ndarray, B: np.ndarray) -> np.ndarray:
        length = np.exp([h["ln_l_g[0]"], h["ln_l_g[1]"]])
        r = np.sqrt(5 * np.square((A[:, None] - B[None]) / length).sum(axis=2))
        return np.asarray(np.exp(h["ln_A2"]) * ((1 + r + r**2 / 3) * np.exp(-r) + 1))

    z = (own.y - posterior.scaling.center) / posterior.scaling.spread
    factor = cho_factor(kernel(own.X, own.X) + np.exp(h["mu_s"]) * np.eye(12))
    cross = kernel(X, own.X)
    np.testing.assert_allclose(posterior.mean(X), cross @ cho_solve(factor, z), atol=1e-9)
    explained = np.einsum("ij,ji->i", cross, cho_solve(factor, cross.T))
    np.testing.assert_allclose(posterior.variance(X), 2 * np.exp(h["ln_A2"]) - explained, atol=1e-9)
    assert not any(name.startswith(("logit", "eta", "ln_tau", "ln_l_d")) for name in h)


def test_lines_without_rows_of_this_response_change_nothing() -> None:
    data = make(12)
    own = data.of_target
    assert fit(own, GROUPS, 3).fitted.hyperparameters == fit(own, GROUPS, 0).fitted.hyperparameters
    assert estimate_trust(fit(own, GROUPS, 3)) == []


@pytest.mark.parametrize("runs", [0, 8])
def test_a_line_that_disagrees_is_trusted_less(runs: int) -> None:
    trust = {t.line: t for t in estimate_trust(fit(make(runs, bad=(2,)), GROUPS, 3))}
    assert trust[2].trust < 0.5
    assert min(trust[1].trust, trust[3].trust) > 0.7
    for t in trust.values():
        assert 0 <= t.low <= t.trust <= t.high <= 1
        assert 0 <= t.worth_runs <= 64
    assert trust[2].worth_runs < 0.3 * min(trust[1].worth_runs, trust[3].worth_runs)


def test_more_rows_on_a_line_are_worth_more_runs() -> None:
    few, many = (estimate_trust(fit(make(8, rows=rows), GROUPS, 3)) for rows in (6, 40))
    assert few[0].worth_runs < many[0].worth_runs


def test_history_helps_when_related_and_hardly_hurts_when_not() -> None:
    X = np.random.default_rng(9).random((300, 2))
    truth = surface(X, 0.05)

    def error(data: ResponseData, lines: int) -> float:
        posterior = fit(data, GROUPS, lines)
        point = posterior.to_raw(posterior.mean(X), posterior.variance(X))[0]
        return float(np.sqrt(np.mean((point - truth) ** 2)) / truth.std())

    ratios: dict[tuple[int, ...], list[float]] = {(): [], (1, 2, 3): []}
    for seed in range(4):
        for bad, found in ratios.items():
            data = make(8, bad=bad, seed=seed)
            own = data.of_target
            found.append(error(data, 3) / error(own, 0))
    assert np.median(ratios[()]) < 0.6
    assert np.median(ratios[1, 2, 3]) < 1.3


def test_shared_batches_are_learned_and_keep_intervals_honest() -> None:
    X = np.random.default_rng(2).random((200, 2))
    truth, learned = surface(X, 0.05), []
    coverage: dict[bool, list[float]] = {True: [], False: []}
    error: dict[bool, list[float]] = {True: [], False: []}
    for seed in range(8):
        data = make(24, effect=0.15, shared=4, seed=seed)
        for aware in (True, False):
            batch = data.batch if aware else np.full_like(data.batch, -1)
            posterior = fit(dataclasses.replace(data, batch=batch), GROUPS, 3)
            point, sd = posterior.to_raw(posterior.mean(X), posterior.variance(X))
            coverage[aware].append(float(np.mean(np.abs(point - truth) < 1.96 * sd)))
            error[aware].append(float(np.sqrt(np.mean((point - truth) ** 2))))
            if aware:
                learned.append(np.sqrt(posterior.batch_variance[0]) * posterior.scaling.spread)
    assert 0.08 < np.median(learned) < 0.25
    assert np.mean(coverage[True]) > np.mean(coverage[False]) + 0.1
    assert np.mean(error[True]) < np.mean(error[False])


def test_a_stronger_batch_effect_leaves_more_uncertainty() -> None:
    posterior = fit(make(24, effect=0.4, shared=6), GROUPS, 3)
    theta = posterior.fitted.theta.copy()
    theta[posterior.fitted.layout.where("ln_sigma_w")] += 1.0
    stronger = ResponsePosterior(dataclasses.replace(posterior.fitted, theta=theta))
    X = np.random.default_rng(2).random((100, 2))
    assert (stronger.variance(X) > posterior.variance(X)).all()
    np.testing.assert_allclose(stronger.batch_variance, np.exp(2) * posterior.batch_variance)


def test_runs_of_one_batch_tell_less_than_runs_of_many() -> None:
    posterior = fit(make(24, effect=0.4, shared=6), GROUPS, 3)
    X, pending = np.random.default_rng(2).random((100, 2)), np.random.default_rng(3).random((4, 2))

    def left(codes: list[int]) -> float:
        return float(posterior.condition(pending, np.reshape(codes, (4, 1))).variance(X).mean())

    assert left([90] * 4) > left([90, 91, 92, 93])
    np.testing.assert_allclose(left([90, 91, 92, 93]), left([-1] * 4))
    # six runs of batch 2 are measured: more of it says little new about the surface's level
    assert left([2] * 4) > left([90] * 4)


def test_a_stage_that_cannot_matter_has_no_batch_effect() -> None:
    data = make(24, effect=0.4, shared=6)
    without = dataclasses.replace(data, stage_effect=(False,))
    assert fit(without, GROUPS, 3).batch_variance.tolist() == [0.0]


def test_before_any_shared_batch_its_effect_is_assumed_inside_the_noise() -> None:
    posterior = fit(make(8, shared=1), GROUPS, 3)
    X = np.random.default_rng(2).random((5, 2))
    assert 0 < posterior.batch_variance[0] <= 0.01
    total = posterior.noise(X) + posterior.batch_variance[0]
    np.testing.assert_allclose(total, posterior.parameters.noise[-1])


def test_joining_the_batch_of_a_lonely_row_stays_definite() -> None:
    posterior = fit(make(8, effect=2.0, shared=4), GROUPS, 3)
    data = dataclasses.replace(posterior.fitted.data, batch=posterior.fitted.data.batch.copy())
    data.batch[-1] = 77  # one row alone, strong batch effect elsewhere
    posterior = fit(data, GROUPS, 3)
    after = posterior.condition(np.tile(data.X[-1:], (5, 1)), np.full((5, 1), 77))
    X = np.random.default_rng(2).random((50, 2))
    ratio = after.variance(X) / posterior.variance(X)
    assert (ratio > 0).all()
    assert (ratio < 1 + 1e-9).all()


def test_averaging_widens_intervals_where_hyperparameters_are_uncertain() -> None:
    posterior = fit(make(4), GROUPS, 3)
    X = np.random.default_rng(2).random((200, 2))
    assert average(posterior).variance(X).mean() > posterior.variance(X).mean()


def test_a_warm_start_reaches_the_same_optimum() -> None:
    data = make(12)
    cold = fit(data, GROUPS, 3)
    warm = fit(data, GROUPS, 3, start=cold.fitted.hyperparameters)
    assert warm.fitted.report.evaluations < 0.5 * cold.fitted.report.evaluations
    assert abs(warm.fitted.report.objective - cold.fitted.report.objective) < 1e-3
    assert cold.fitted.report.converged


def test_trust_over_all_responses_is_their_mean() -> None:
    data = make(8, bad=(2,))
    other = dataclasses.replace(data, name="other", y=np.exp(data.y), log_scale=True)
    other = other.subset(np.flatnonzero(other.line != 3))
    posteriors = [fit(each, GROUPS, 3) for each in (data, other)]
    X = np.random.default_rng(2).random((20, 2))
    for posterior in posteriors:
        told = predict(posterior, X)
        assert (told.sd_result > told.sd).all()
        assert (predict(posterior.condition(X[:2]), X).sd <= told.sd + 1e-12).all()
    trust = overall_trust(posteriors, 3)
    assert [t.line for t in trust] == [1, 2, 3]
    assert set(trust[0].by_response) == {"y", "other"}
    assert set(trust[2].by_response) == {"y"}
    mean = np.mean([t.trust for t in trust[0].by_response.values()])
    np.testing.assert_allclose(trust[0].trust, mean)


@pytest.mark.parametrize(("level", "index"), [(4.5, 0.0), (3.0, 0.5), (2.0, 1.0), (0.5, 2.0)])
def test_worth_is_read_off_between_whole_runs(level: float, index: float) -> None:
    assert _crossing(np.array([4.0, 2.0, 1.0]), level) == pytest.approx(index)
