"""Improvement on goals by BoTorch on the campaign's models, against Monte Carlo of our own."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from designer.campaigns.specification.parts import Response
from designer.engine.improver import BoTorchImprover
from designer.models.data.dataset import ResponseData
from designer.models.encoding import InputAxis, Space
from designer.models.fitting.fit import fit
from designer.models.posterior.averaging import average
from designer.models.posterior.posterior import ResponsePosterior

with warnings.catch_warnings():  # torch.jit.script is deprecated, gpytorch's dependency uses it
    warnings.simplefilter("ignore", DeprecationWarning)
    import torch

    from designer.engine.improver import BoTorchImprover
    from designer.models.botorch_adapter.model import PointsModel, to_botorch

SPACE = Space((InputAxis("a"), InputAxis("b"), InputAxis("c", categories=("x", "y"))))
RNG = np.random.default_rng(0)
MADE = SPACE.encode({"a": RNG.random(10), "b": RNG.random(10), "c": RNG.integers(0, 2, 10)})
NEW = SPACE.encode({"a": RNG.random(30), "b": RNG.random(30), "c": RNG.integers(0, 2, 30)})
SAMPLES = 40_000


def fitted(name: str, values: np.ndarray, *, log: bool = False) -> ResponsePosterior:
    none = np.zeros(10, int)
    data = ResponseData(name, log, None, MADE, values, none, np.full((10, 0), -1))
    return fit(data, SPACE.groups, 0)


def belief(name: str, values: np.ndarray) -> ResponsePosterior:
    return average(fitted(name, values))


A = belief("a", 3 * np.sin(4 * MADE[:, 0]) + MADE[:, 1] + 0.1 * RNG.standard_normal(10))
B = belief("b", 2 * MADE[:, 1] - MADE[:, 0] + 0.1 * RNG.standard_normal(10))
# conductivities over three decades; not averaged, so that numpy knows their joint moments
LOG = fitted("c", np.exp(A.fitted.data.y), log=True)
BELIEFS = {"a": A, "b": B, "c": LOG}


def response(name: str, **more: Any) -> Response:
    return Response(name=name, **more)


def improver(*responses: Response) -> BoTorchImprover:
    posteriors = {r.name: BELIEFS[r.name] for r in responses}
    return BoTorchImprover(responses, posteriors, SPACE, MADE, NEW)


def samples(name: str, X: np.ndarray) -> np.ndarray:
    """Joint samples of a response [S, n], from the campaign's BoTorch model; of c its logarithm."""
    if name == "c":
        return samples_of_logarithm(X)
    model = to_botorch([{"a": A, "b": B}[name]], SPACE)
    posterior: Any = model.posterior(torch.from_numpy(SPACE.as_codes(X)))
    covariance = posterior.mvn.covariance_matrix.detach().numpy()
    mean = posterior.mean.squeeze(-1).detach().numpy()
    root = np.linalg.cholesky(covariance + 1e-8 * np.eye(len(X)))
    return np.asarray(
        mean + np.random.default_rng(ord(name)).standard_normal((SAMPLES, len(X))) @ root.T
    )


def samples_of_logarithm(X: np.ndarray) -> np.ndarray:
    scaling, jitter = LOG.scaling, 1e-8 * np.eye(len(X))
    root = np.linalg.cholesky(np.asarray(LOG.covariance(X, X)) + jitter)
    draws = np.random.default_rng(3).standard_normal((SAMPLES, len(X)))
    return np.asarray(scaling.center + scaling.spread * (LOG.mean(X) + draws @ root.T))


def incumbents(judge: BoTorchImprover) -> np.ndarray:
    return judge._incumbents


def test_points_are_looked_up_as_the_model_predicts_them() -> None:
    X = torch.from_numpy(SPACE.as_codes(np.vstack([MADE, NEW])))
    model = to_botorch([A, B, LOG], SPACE)
    points = PointsModel(model, X)
    place = torch.tensor([[[3.0], [17.0]], [[20.0], [4.0]]], dtype=torch.float64)
    looked: Any = points.posterior(place)
    told: Any = model.posterior(X[place.squeeze(-1).long()])
    torch.testing.assert_close(looked.mean[..., :2], told.mean[..., :2])
    torch.testing.assert_close(looked.mean[..., 2].exp(), told.mean[..., 2])  # the logarithm's
    own, raw = looked.variance, told.variance
    torch.testing.assert_close(own[..., :2], raw[..., :2], rtol=1e-3, atol=1e-6)
    normal = torch.log1p(raw[..., 2] / (told.mean[..., 2].square() * own[..., 2].exp()))
    torch.testing.assert_close(own[..., 2], normal, rtol=1e-3, atol=1e-6)
    with pytest.raises(NotImplementedError):
        points.posterior(place, observation_noise=True)


@pytest.mark.parametrize(("goal", "utility"), [
    ("maximize", lambda y: y), ("minimize", lambda y: -y), (1.5, lambda y: -np.abs(y - 1.5)),
])  # fmt: skip
def test_one_goal_is_the_expected_improvement_over_the_best_made(
    goal: str, utility: Callable[..., Any]
) -> None:
    judge = improver(response("a", goal=goal))
    values = judge(NEW, NEW[:0])([])
    drawn = utility(samples("a", np.vstack([NEW, incumbents(judge)])))
    best = drawn[:, len(NEW) :].max(axis=1, keepdims=True)
    exact = np.maximum(drawn[:, : len(NEW)] - best, 0.0).mean(axis=0)
    spread = judge.threshold / 0.01
    assert values == pytest.approx(exact, rel=0.12, abs=0.01 * spread)  # 128 Sobol samples
    assert np.corrcoef(values, exact)[0, 1] > 0.99
    assert judge.name == "expected improvement of a"


@pytest.mark.parametrize(("goal", "utility"), [
    ("maximize", lambda y: y), ("minimize", lambda y: -y), (0.0, lambda y: -y),
    (20.0, lambda y: -np.abs(y - np.log(20))),
])  # fmt: skip
def test_a_log_response_improves_on_its_logarithm(goal: str, utility: Callable[..., Any]) -> None:
    judge = improver(response("c", goal=goal, unit="S/cm"))
    values = judge(NEW, NEW[:0])([])
    drawn = utility(samples("c", np.vstack([NEW, incumbents(judge)])))
    best = drawn[:, len(NEW) :].max(axis=1, keepdims=True)
    exact = np.maximum(drawn[:, : len(NEW)] - best, 0.0).mean(axis=0)
    assert values == pytest.approx(exact, rel=0.12, abs=judge.threshold)
    assert np.corrcoef(values, exact)[0, 1] > 0.99
    assert judge.name == "expected improvement of ln(c)"
    assert judge.told(np.log(1.4)) == "a factor of 1.4"
    assert improver(response("a", goal=goal, unit="S/cm")).told(0.4) == "0.4 S/cm"


def test_a_window_of_a_log_response_is_kept_on_its_logarithm() -> None:
    middle = float(np.exp(np.median(samples("c", NEW))))
    bounded = improver(response("a", goal="maximize"), response("c", window=(0.0, middle)))
    values = bounded(NEW, NEW[:0])([])
    inside = (samples("c", NEW) <= np.log(middle)).mean(axis=0)
    assert values[inside < 0.002].max(initial=0.0) < 0.02 * values.max()
    assert inside[int(np.argmax(values))] > 0.3


def test_runs_taken_and_open_runs_are_counted() -> None:
    judge = improver(response("a", goal="maximize"))
    look = judge(NEW, NEW[:0])
    first = look([])
    top = int(np.argmax(first))
    assert look([top])[top] < 0.05 * first[top]
    assert (look([top]) <= first * 1.1 + 0.005).all()
    assert judge(NEW, NEW[top : top + 1])([])[top] < 0.05 * first[top]


def test_windows_are_kept() -> None:
    middle = float(np.median(samples("b", NEW)))
    bounded = improver(response("a", goal="maximize"), response("b", window=(middle, np.inf)))
    values = bounded(NEW, NEW[:0])([])
    b = samples("b", NEW)
    inside = (b >= middle).mean(axis=0)
    assert values[inside < 0.01].max(initial=0.0) < 0.02 * values.max()
    both = samples("a", np.vstack([NEW, incumbents(bounded)])), samples(
        "b", np.vstack([NEW, incumbents(bounded)]))  # fmt: skip
    assert inside[int(np.argmax(values))] > 0.3
    feasible = both[1] >= middle
    best = np.where(feasible, both[0], -np.inf)[:, len(NEW) :].max(axis=1, keepdims=True)
    some = np.isfinite(best[:, 0])
    gain = np.where(feasible[some, : len(NEW)], both[0][some, : len(NEW)] - best[some], 0.0)
    exact = np.maximum(gain, 0.0).mean(axis=0)
    assert np.corrcoef(values, exact)[0, 1] > 0.9


def hypervolume_gains(judge: BoTorchImprover, first: str, second: str) -> np.ndarray:
    """Expected area each new point adds beyond the staircase of the incumbents, by samples."""
    X = np.vstack([NEW, incumbents(judge)])
    floor, spread = judge._floor.numpy(), judge._spread
    u = (samples(first, X) / spread[0] - floor[0])[:4000].clip(0)
    v = (-samples(second, X) / spread[1] - floor[1])[:4000].clip(0)
    # area of each rectangle beyond the staircase; the arrays are [sample, step]
    order = np.argsort(-u[:, len(NEW) :], axis=1)
    x = np.take_along_axis(u[:, len(NEW) :], order, axis=1)
    y = np.maximum.accumulate(np.take_along_axis(v[:, len(NEW) :], order, axis=1), axis=1)
    edges = np.column_stack([x[:, 1:], np.zeros(len(x))])
    exact = np.zeros(len(NEW))
    for i in range(len(NEW)):
        width = np.maximum(np.minimum(u[:, i, None], x) - edges, 0.0)
        covered = (width * np.minimum(v[:, i, None], y)).sum(axis=1)
        exact[i] = np.mean(u[:, i] * v[:, i] - covered)
    return exact


@pytest.mark.parametrize("first", ["a", "c"])
def test_several_goals_are_the_hypervolume(monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    compiled: list[dict[str, Any]] = []  # BoTorch's kernel in C++ would take a minute
    monkeypatch.setattr("torch.utils.cpp_extension.load", lambda **told: compiled.append(told))
    judge = improver(response(first, goal="maximize"), response("b", goal="minimize"))
    values = judge(NEW, NEW[:0])([])
    assert not compiled
    exact = hypervolume_gains(judge, first, "b")
    assert values == pytest.approx(exact, rel=0.2, abs=0.02)
    assert np.corrcoef(values, exact)[0, 1] > 0.98
    assert judge.name == "expected hypervolume improvement"
    assert judge.told(0.31) == "0.31"


def test_much_history_and_one_result_give_figures_that_can_be() -> None:
    """In raw units the tails of a log-normal promised thousands of S/cm where 500 were seen."""
    rng = np.random.default_rng(1)
    X = SPACE.encode({"a": rng.random(234), "b": rng.random(234), "c": rng.integers(0, 2, 234)})
    y = np.exp(1.5 + 2.5 * np.sin(5 * X[:, 0]) + 2 * X[:, 1] + rng.standard_normal(234))
    line = np.array([1] * 233 + [0])
    data = ResponseData("sigma", True, None, X, y, line, np.full((234, 0), -1))
    posterior = average(fit(data, SPACE.groups, 1))
    goal = response("sigma", goal="maximize", unit="S/cm", possible=(0.0, 5000.0))
    judge = BoTorchImprover([goal], {"sigma": posterior}, SPACE, X[-1:], NEW)
    values = judge(NEW, NEW[:0])([])
    predicted, own = posterior.mean(NEW), posterior.mean(X[-1:])
    most = posterior.scaling.spread * (predicted.max() - own[0])
    assert 0.5 * most < values.max() < most + 1.5
    assert np.corrcoef(values, predicted)[0, 1] > 0.8


def test_before_the_first_run_improvement_is_over_the_best_as_predicted() -> None:
    judge = BoTorchImprover([response("a", goal="maximize")], {"a": A}, SPACE, MADE[:0], NEW)
    means = A.mean(NEW)
    assert incumbents(judge) == pytest.approx(NEW[[int(np.argmax(means))]])
    assert (judge(NEW, NEW[:0])([]) >= 0).all()
