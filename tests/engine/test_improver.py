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
from designer.models.posterior.averaging import AveragedPosterior, average
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


def belief(name: str, values: np.ndarray) -> ResponsePosterior | AveragedPosterior:
    none = np.zeros(10, int)
    data = ResponseData(name, False, None, MADE, values, none, np.full((10, 0), -1))
    return average(fit(data, SPACE.groups, 0))


A = belief("a", 3 * np.sin(4 * MADE[:, 0]) + MADE[:, 1] + 0.1 * RNG.standard_normal(10))
B = belief("b", 2 * MADE[:, 1] - MADE[:, 0] + 0.1 * RNG.standard_normal(10))


def response(name: str, **more: Any) -> Response:
    return Response(name=name, **more)


def improver(*responses: Response) -> BoTorchImprover:
    beliefs = {"a": A, "b": B}
    posteriors = {r.name: beliefs[r.name] for r in responses}
    return BoTorchImprover(responses, posteriors, SPACE, MADE, NEW)


def samples(name: str, X: np.ndarray) -> np.ndarray:
    """Joint samples of a response [S, n], from the campaign's BoTorch model."""
    model = to_botorch([{"a": A, "b": B}[name]], SPACE)
    posterior: Any = model.posterior(torch.from_numpy(SPACE.as_codes(X)))
    covariance = posterior.mvn.covariance_matrix.detach().numpy()
    mean = posterior.mean.squeeze(-1).detach().numpy()
    root = np.linalg.cholesky(covariance + 1e-8 * np.eye(len(X)))
    return np.asarray(
        mean + np.random.default_rng(ord(name)).standard_normal((SAMPLES, len(X))) @ root.T
    )


def incumbents(judge: BoTorchImprover) -> np.ndarray:
    return judge._incumbents


def test_points_are_looked_up_as_the_model_predicts_them() -> None:
    X = torch.from_numpy(SPACE.as_codes(np.vstack([MADE, NEW])))
    model = to_botorch([A, B], SPACE)
    points = PointsModel(model, X)
    place = torch.tensor([[[3.0], [17.0]], [[20.0], [4.0]]], dtype=torch.float64)
    looked: Any = points.posterior(place)
    told: Any = model.posterior(X[place.squeeze(-1).long()])
    torch.testing.assert_close(looked.mean, told.mean)
    torch.testing.assert_close(looked.variance, told.variance, rtol=1e-3, atol=1e-6)
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


def test_several_goals_are_the_hypervolume(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[dict[str, Any]] = []  # BoTorch's kernel in C++ would take a minute
    monkeypatch.setattr("torch.utils.cpp_extension.load", lambda **told: compiled.append(told))
    judge = improver(response("a", goal="maximize"), response("b", goal="minimize"))
    values = judge(NEW, NEW[:0])([])
    assert not compiled
    X = np.vstack([NEW, incumbents(judge)])
    floor, spread = judge._floor.numpy(), judge._spread
    u = (samples("a", X) / spread[0] - floor[0])[:4000].clip(0)
    v = (-samples("b", X) / spread[1] - floor[1])[:4000].clip(0)
    # area of each rectangle beyond the staircase of the incumbents; the arrays are [sample, step]
    order = np.argsort(-u[:, len(NEW) :], axis=1)
    x = np.take_along_axis(u[:, len(NEW) :], order, axis=1)
    y = np.maximum.accumulate(np.take_along_axis(v[:, len(NEW) :], order, axis=1), axis=1)
    edges = np.column_stack([x[:, 1:], np.zeros(len(x))])
    exact = np.zeros(len(NEW))
    for i in range(len(NEW)):
        width = np.maximum(np.minimum(u[:, i, None], x) - edges, 0.0)
        covered = (width * np.minimum(v[:, i, None], y)).sum(axis=1)
        exact[i] = np.mean(u[:, i] * v[:, i] - covered)
    assert values == pytest.approx(exact, rel=0.2, abs=0.02)
    assert np.corrcoef(values, exact)[0, 1] > 0.98
    assert judge.name == "expected hypervolume improvement"


def test_before_the_first_run_improvement_is_over_the_best_as_predicted() -> None:
    judge = BoTorchImprover([response("a", goal="maximize")], {"a": A}, SPACE, MADE[:0], NEW)
    means = A.mean(NEW)
    assert incumbents(judge) == pytest.approx(NEW[[int(np.argmax(means))]])
    assert (judge(NEW, NEW[:0])([]) >= 0).all()
