"""With history, without, or both: the evidence, and the mixture that follows from it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from designer.acquisition.conditioning.surfaces import MixedSurface, make_surface
from designer.models.arrays import FloatArray
from designer.models.botorch_adapter.mixture import to_torch_belief
from designer.models.data.dataset import ResponseData
from designer.models.encoding import cube_points
from designer.models.fitting.all_responses import fit_without_history
from designer.models.fitting.fit import fit
from designer.models.fitting.history_weight import (
    Undecided,
    WeighedFits,
    can_decide,
    recipes_to_decide,
    what_is_missing,
)
from designer.models.posterior.averaging import average
from designer.models.posterior.mixture import MixedPosterior

GROUPS = np.arange(3)
POINTS = cube_points(GROUPS, 64, seed=8)


def truth(X: FloatArray) -> FloatArray:
    return np.asarray(8 + 3 * np.sin(4 * X[:, 0]) + 2 * X[:, 1] ** 2)


def wrong(X: FloatArray) -> FloatArray:
    return np.asarray(8 + 3 * np.cos(6 * X[:, 1]) - 3 * X[:, 2])


def campaign(runs: int, *, good: bool, corner: float = 1.0, log: bool = False) -> ResponseData:
    """Three lines of 25 rows, all right or all wrong, and own runs in a corner of the cube."""
    rng = np.random.default_rng(3)
    X = np.vstack([rng.random((75, 3)), corner * cube_points(GROUPS, runs, seed=4)])
    line = np.concatenate([np.repeat([1, 2, 3], 25), np.zeros(runs, int)])
    y = np.where(line > 0, truth(X) if good else wrong(X), truth(X))
    y = y + 0.05 * rng.standard_normal(len(y))
    return ResponseData("y", log, None, X, np.abs(y) + 0.5 if log else y, line)


def fits(data: ResponseData) -> WeighedFits:
    return WeighedFits({"y": fit(data, GROUPS, 3)}, {"y": data}, GROUPS, {})


def mixture(weight: float = 0.6, *, log: bool = False) -> MixedPosterior:
    data = campaign(12, good=False, log=log)
    alone = fit_without_history({"y": data}, GROUPS, {})["y"]
    return MixedPosterior(average(fit(data, GROUPS, 3)), average(alone), weight)


# ---- evidence ------------------------------------------------------------------------------------


def test_the_evidence_is_the_prior_mean_of_the_likelihood() -> None:
    X = np.linspace(0.0, 1.0, 6)[:, None]
    y = np.sin(5.0 * X[:, 0]) + np.array([0.1, -0.2, 0.1, 0.2, -0.1, 0.0])
    found = fit(ResponseData("y", False, None, X, y, np.zeros(6, int)), np.arange(1), 0)
    layout, likelihood = found.fitted.layout, found.fitted.likelihood
    draws = layout.mean + layout.sd * np.random.default_rng(0).standard_normal((4000, 3))
    prior = 0.5 * np.square((draws - layout.mean) / layout.sd).sum(axis=1)
    logs = [-likelihood(theta)[0] + p for theta, p in zip(draws, prior, strict=True)]
    brute = np.log(np.mean(np.exp(np.array(logs))))
    assert found.laplace.log_evidence == pytest.approx(brute, abs=0.5)


def test_the_evidence_tells_good_history_from_bad() -> None:
    for runs in (4, 7):
        good, bad = (fits(campaign(runs, good=g)).judged["y"] for g in (True, False))
        assert good is not None
        assert bad is not None
        assert good.evidence.log_odds > 5
        assert bad.evidence.log_odds < -3
        assert good.evidence.runs == runs
        assert not good.decided


# ---- what follows --------------------------------------------------------------------------------


def repeated(data: ResponseData, recipes: int) -> ResponseData:
    """The own runs made at a few recipes only."""
    own = np.flatnonzero(data.target)
    data.X[own] = data.X[own[np.arange(len(own)) % recipes]]
    return data


def test_with_few_recipes_or_in_a_corner_nothing_is_mixed() -> None:
    few = repeated(campaign(20, good=False), 7)
    for data in (campaign(7, good=False), few, campaign(20, good=False, corner=0.3)):
        assert not can_decide(data, GROUPS)
        assert not isinstance(fits(data).averaged["y"], MixedPosterior)


def test_what_is_missing_is_told() -> None:
    assert what_is_missing(campaign(5, good=False), GROUPS) == Undecided(3, ())
    corner = what_is_missing(campaign(20, good=False, corner=0.3), GROUPS)
    assert corner == Undecided(0, tuple(np.unique(GROUPS).tolist()))
    held = campaign(20, good=False)
    held.X[held.target, 1] = 0.4
    own = np.flatnonzero(held.target)
    held.X[own, 0] = 0.5 + 0.2 * (held.X[own, 0] - 0.5)
    assert what_is_missing(held, GROUPS) == Undecided(0, (0, 1))
    assert what_is_missing(campaign(16, good=True), GROUPS) is None


def test_good_history_stands_alone() -> None:
    found = fits(campaign(16, good=True))
    judged = found.judged["y"]
    assert judged is not None
    assert judged.decided
    assert judged.weight == 1.0
    assert not isinstance(found.averaged["y"], MixedPosterior)


def test_bad_history_is_weighed() -> None:
    belief = fits(campaign(16, good=False)).averaged["y"]
    assert isinstance(belief, MixedPosterior)
    assert belief.weight < 0.95
    raw = belief.scaling.median(belief.mean(POINTS))
    members = [m.scaling.median(m.mean(POINTS)) for m in (belief.history, belief.alone)]
    between = (np.min(members, axis=0) <= raw) & (raw <= np.max(members, axis=0))
    assert between.all()
    assert np.sqrt(np.mean(np.square(raw - truth(POINTS)))) < 0.25


# ---- the mixture ---------------------------------------------------------------------------------


def test_without_own_results_the_mixture_knows_less_at_the_same_weight() -> None:
    belief = fits(campaign(16, good=False)).averaged["y"]
    assert isinstance(belief, MixedPosterior)
    now, before = belief.at_mode, belief.at_mode.without_target_runs
    assert before.weight == now.weight
    assert before.variance(POINTS).mean() > 2 * now.variance(POINTS).mean()
    prior = before.alone.moments(POINTS)
    assert prior[0] == pytest.approx(np.full(len(POINTS), prior[0][0]))  # rows of nobody: flat


@pytest.mark.parametrize("log", [False, True])
def test_moments_are_those_of_the_two_in_raw_units(log: bool) -> None:
    belief = mixture(0.3, log=log)
    raw = []
    for member in (belief.history, belief.alone):
        mean, variance = member.moments(POINTS)
        scaling = member.scaling
        raw.append((scaling.center + scaling.spread * mean, scaling.spread**2 * variance))
    (m, v), (n, u) = raw
    mean, variance = belief.moments(POINTS)
    common = belief.scaling
    np.testing.assert_allclose(common.center + common.spread * mean, 0.3 * m + 0.7 * n)
    np.testing.assert_allclose(
        common.spread**2 * variance, 0.3 * v + 0.7 * u + 0.21 * np.square(m - n)
    )


def test_with_all_the_weight_it_is_one_of_the_two() -> None:
    belief = mixture(1.0)
    np.testing.assert_allclose(belief.mean(POINTS), belief.history.mean(POINTS))
    np.testing.assert_allclose(belief.noise(POINTS), belief.history.noise(POINTS))
    other = MixedPosterior(belief.history, belief.alone, 0.0)
    expected = belief.alone.scaling.median(belief.alone.mean(POINTS))
    np.testing.assert_allclose(other.scaling.median(other.mean(POINTS)), expected)


def test_covariances_agree_with_variances_and_learn_which_is_right() -> None:
    belief = mixture().at_mode
    np.testing.assert_allclose(
        np.diagonal(belief.covariance(POINTS, POINTS)), belief.variance(POINTS), rtol=1e-9
    )
    after = belief.condition(POINTS[:4])
    assert (after.variance(POINTS) <= belief.variance(POINTS) + 1e-12).all()


@pytest.mark.parametrize("log", [False, True])
def test_plans_see_the_same_surface(log: bool) -> None:
    belief = mixture(log=log)
    surface = make_surface(belief, POINTS)
    assert isinstance(surface, MixedSurface)
    every = np.arange(len(POINTS))
    points = surface.at(every)
    mean, variance = belief.at_mode.moments(POINTS)
    np.testing.assert_allclose(points.mean, mean)
    np.testing.assert_allclose(points.variance, variance)
    expected = belief.at_mode.covariance(POINTS, POINTS[:5])
    np.testing.assert_allclose(surface.covariance(points, points.subset(slice(0, 5))), expected)
    bare = replace(points, whitened=points.whitened[:, :0])
    np.testing.assert_allclose(surface.covariance(bare, points.subset(slice(0, 5))), expected)


@pytest.mark.parametrize("log", [False, True])
def test_torch_has_the_same_numbers(log: bool) -> None:
    belief = mixture(log=log)
    found = to_torch_belief(belief)
    mean, covariance = found.transformed(torch.from_numpy(POINTS))
    m, v = belief.moments(POINTS)
    scaling = belief.scaling
    np.testing.assert_allclose(mean.numpy(), scaling.center + scaling.spread * m, rtol=1e-6)
    np.testing.assert_allclose(
        np.diagonal(covariance.numpy()), scaling.spread**2 * v, rtol=1e-5, atol=1e-7
    )
    raw = found.raw(torch.from_numpy(POINTS), observation_noise=False)
    np.testing.assert_allclose(raw.mean.numpy(), belief.to_raw(m, v)[0], rtol=1e-6)


def test_more_inputs_take_more_recipes() -> None:
    assert [recipes_to_decide(np.arange(p)) for p in (1, 3, 4, 6)] == [8, 8, 13, 23]
