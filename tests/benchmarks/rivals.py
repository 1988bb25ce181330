"""The models compared: ours, and what users would pick instead. All take a plant and run counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from designer.models.data.dataset import ResponseData
from designer.models.posterior.posterior import ResponsePosterior
from tests.benchmarks.families import Problem
from tests.benchmarks.plants import Plant

Prediction = tuple[np.ndarray, np.ndarray]  # mean and sd of the noise-free response, [512] each
Model = Callable[[Plant, int], "list[Prediction] | None"]

# ---- ours ------------------------------------------------------------------------------------


def data_of(plant: Plant, problem: Problem, runs: int, *, history: bool) -> ResponseData:
    """One response's measurements; the target is line 0."""
    from designer.models.data.dataset import ResponseData

    X, y, line = stacked(problem, runs, history=history)
    batch = np.full((len(y), 0), -1)
    if plant.run_batches is not None:
        parts = [plant.run_batches[:runs], *(plant.line_batches if history else ())]
        batch = np.vstack(parts)
    return ResponseData(problem.name, problem.log_scale, problem.noise_sd, X, y, line, batch)


def ours_fitted(
    plant: Plant, runs: int, *, history: bool = True, links: bool = True
) -> dict[str, ResponsePosterior]:
    """Posteriors by response."""
    from designer.models.fitting.all_responses import fit_responses

    data = {p.name: data_of(plant, p, runs, history=history) for p in plant.problems}
    groups = np.arange(plant.problems[0].dimension)
    lines = len(plant.problems[0].lines) if history else 0
    return fit_responses(data, groups, lines, plant.links if links else None)


def predictions_of(
    plant: Plant, posteriors: dict[str, ResponsePosterior], *, averaged: bool = True
) -> list[Prediction]:
    """Predictions at the plant's points, one per response."""
    from designer.models.fitting.history_weight import WeighedFits

    data = {name: posterior.fitted.data for name, posterior in posteriors.items()}
    groups = np.arange(plant.problems[0].dimension)
    weighed = WeighedFits(posteriors, data, groups, plant.links)
    found = []
    for problem in plant.problems:
        shown = weighed.averaged[problem.name] if averaged else posteriors[problem.name]
        found.append(shown.to_raw(*shown.moments(problem.points)))
    return found


def trust_gp(plant: Plant, runs: int) -> list[Prediction]:
    """Ours at the most probable hyperparameters."""
    return predictions_of(plant, ours_fitted(plant, runs), averaged=False)


def trust_gp_averaged(plant: Plant, runs: int) -> list[Prediction]:
    """Ours as shown: averaged over hyperparameters."""
    return predictions_of(plant, ours_fitted(plant, runs))


def no_history(plant: Plant, runs: int) -> list[Prediction] | None:
    """Ours without earlier lines, averaged; process knowledge stays."""
    return predictions_of(plant, ours_fitted(plant, runs, history=False)) if runs else None


def no_history_plain(plant: Plant, runs: int) -> list[Prediction] | None:
    """Ours without earlier lines and process knowledge."""
    if not runs:
        return None
    return predictions_of(plant, ours_fitted(plant, runs, history=False, links=False))


def pooled(plant: Plant, runs: int) -> list[Prediction]:
    """One plain GP on all rows as if they came from one line."""
    found = []
    for problem in plant.problems:
        X, y, _ = stacked(problem, runs, history=True)
        found.append(plain_gp(problem, X, y)(problem.points))
    return found


def source_mean(plant: Plant, runs: int) -> list[Prediction]:
    """The pooled earlier lines' posterior mean as prior mean, a GP on the residuals."""
    return [_source_mean(problem, runs) for problem in plant.problems]


def _source_mean(problem: Problem, runs: int) -> Prediction:
    X, y, line = stacked(problem, runs, history=True)
    source = plain_gp(problem, X[line > 0], y[line > 0], scale="model")
    mean, sd = source(problem.points)
    if not runs:
        return source.to_raw(mean, sd)
    at_runs, _ = source(X[line == 0])
    rest = source.forward(y[line == 0]) - at_runs
    residual = plain_gp(replace(problem, log_scale=False), X[line == 0], rest)
    m, s = residual(problem.points)
    return source.to_raw(mean + m, s)


def weighted_sum(plant: Plant, runs: int) -> list[Prediction]:
    """Σ_l w_l f_l + δ: every line's own GP with a weight, a GP on what is left.

    Weights by non-negative ridge regression towards 1/L on the target's results; source variances
    are propagated with w² (as in ScaML-GP, Tighineanu et al. 2024, with point estimates).
    """
    return [_weighted_sum(problem, runs) for problem in plant.problems]


def _weighted_sum(problem: Problem, runs: int) -> Prediction:
    from scipy.optimize import nnls

    sources = [plain_gp(problem, X, y, scale="model") for X, y in problem.lines]
    # every source on the first one's scale
    at = [_on(sources[0], s, problem.points) for s in sources]
    weights = np.full(len(sources), 1.0 / len(sources))
    mean = np.zeros(len(problem.points))
    var = np.zeros(len(problem.points))
    if runs:
        X, z = problem.runs[:runs], sources[0].forward(problem.results[:runs])
        F = np.column_stack([_on(sources[0], s, X)[0] for s in sources])
        root = np.sqrt(0.3)
        A = np.vstack([F, root * np.eye(len(sources))])
        weights, _ = nnls(A, np.append(z, root * weights))
        residual = plain_gp(replace(problem, log_scale=False), X, z - F @ weights)
        mean, s = residual(problem.points)
        var = s**2
    for w, (m, s) in zip(weights, at, strict=True):
        mean, var = mean + w * m, var + (w * s) ** 2
    return sources[0].to_raw(mean, np.sqrt(var))


def _on(first: plain_gp, other: plain_gp, X: np.ndarray) -> Prediction:
    """Another source's prediction on the first one's model scale."""
    mean, sd = other(X)
    a, b = first.scaling, other.scaling
    return (b.center + b.spread * mean - a.center) / a.spread, sd * b.spread / a.spread


class plain_gp:  # noqa: N801 - reads as a function
    """Our plain GP (no lines), averaged; predictions in raw units or on its model scale."""

    def __init__(self, problem: Problem, X: np.ndarray, y: np.ndarray, scale: str = "raw") -> None:
        from designer.models.data.dataset import ResponseData
        from designer.models.fitting.fit import fit
        from designer.models.posterior.averaging import average

        data = ResponseData("y", problem.log_scale, None, X, y, np.zeros(len(y), dtype=int))
        self.posterior = average(fit(data, np.arange(problem.dimension), 0))
        self.scaling, self.scale = self.posterior.scaling, scale

    def forward(self, y: np.ndarray) -> np.ndarray:
        return self.scaling.forward(y)

    def to_raw(self, mean: np.ndarray, sd: np.ndarray) -> Prediction:
        return self.posterior.to_raw(mean, np.square(sd))

    def __call__(self, X: np.ndarray) -> Prediction:
        mean, variance = self.posterior.moments_at(self.posterior.transformed(X))
        if self.scale == "raw":
            return self.posterior.to_raw(mean, variance)
        return mean, np.sqrt(variance)


def stacked(
    problem: Problem, runs: int, *, history: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs, values and line codes; the target is line 0."""
    blocks = [(problem.runs[:runs], problem.results[:runs])]
    blocks += list(problem.lines) if history else []
    line = np.concatenate([np.full(len(y), k) for k, (_, y) in enumerate(blocks)])
    return np.vstack([X for X, _ in blocks]), np.concatenate([y for _, y in blocks]), line


# ---- BoTorch ---------------------------------------------------------------------------------


def single_task(plant: Plant, runs: int) -> list[Prediction] | None:
    """BoTorch SingleTaskGP with its defaults, target runs only."""
    if runs == 0:
        return None
    found = []
    for problem in plant.problems:
        X, y, _ = stacked(problem, runs, history=False)
        found.append(_plain_botorch(X, y, problem.points))
    return found


def category(plant: Plant, runs: int) -> list[Prediction] | None:
    """BoTorch SingleTaskGP with its defaults on all rows, the line as a category (one-hot)."""
    found = []
    for problem in plant.problems:
        X, y, line = stacked(problem, runs, history=True)
        own = np.zeros(len(problem.points), dtype=int)
        lines = np.eye(1 + len(problem.lines))
        points = np.column_stack([problem.points, lines[own]])
        found.append(_plain_botorch(np.column_stack([X, lines[line]]), y, points))
    return found


def _plain_botorch(X: np.ndarray, y: np.ndarray, points: np.ndarray) -> Prediction:
    """SingleTaskGP fitted to rows ``[n, d]`` and asked at ``points``."""
    import torch
    from botorch.fit import fit_gpytorch_mll
    from botorch.models import SingleTaskGP
    from gpytorch.mlls import ExactMarginalLogLikelihood

    model = SingleTaskGP(torch.tensor(X), torch.tensor(y)[:, None])
    fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
    with torch.no_grad():
        posterior = model.posterior(torch.tensor(points))
        return posterior.mean[:, 0].numpy(), posterior.variance[:, 0].sqrt().numpy()


def multi_task_60(plant: Plant, runs: int) -> list[Prediction] | None:
    """BoTorch MultiTaskGP, each line standardised by itself, at most 60 L-BFGS iterations."""
    return _multi_task(plant, runs, {"options": {"maxiter": 60}})


def multi_task(plant: Plant, runs: int) -> list[Prediction] | None:
    """The same as long as BoTorch's defaults let it run."""
    return _multi_task(plant, runs, {})


def _multi_task(plant: Plant, runs: int, optimizer: dict[str, Any]) -> list[Prediction] | None:
    if runs == 0:
        return None  # it cannot predict a task without data
    found = [_one_multi_task(problem, runs, optimizer) for problem in plant.problems]
    made = [prediction for prediction in found if prediction is not None]
    return made if len(made) == len(found) else None


def _one_multi_task(problem: Problem, runs: int, optimizer: dict[str, Any]) -> Prediction | None:
    import torch
    from botorch.exceptions.errors import ModelFittingError
    from botorch.fit import fit_gpytorch_mll
    from botorch.models.multitask import MultiTaskGP
    from gpytorch.mlls import ExactMarginalLogLikelihood

    X, y, line = stacked(problem, runs, history=True)
    lines = range(1 + len(problem.lines))
    mean = np.array([y[line == k].mean() for k in lines])
    spread = np.array([y[line == k].std(ddof=1) for k in lines])
    inputs = torch.tensor(np.column_stack([X, line]))
    values = torch.tensor((y - mean[line]) / spread[line])[:, None]
    model = MultiTaskGP(inputs, values, task_feature=-1, output_tasks=[0], outcome_transform=None)
    torch.manual_seed(0)  # attempts after a failed one start at random
    try:
        fit_gpytorch_mll(
            ExactMarginalLogLikelihood(model.likelihood, model),
            optimizer_kwargs=optimizer,
            warning_handler=lambda _: True,  # the cap on iterations is meant
        )
    except ModelFittingError:  # all five attempts failed: the table counts it
        return None
    with torch.no_grad():
        posterior = model.posterior(torch.tensor(problem.points))
        m, s = posterior.mean[:, 0].numpy(), posterior.variance[:, 0].sqrt().numpy()
    return mean[0] + spread[0] * m, spread[0] * s


OURS = "trust GP averaged"
CATEGORY = "line as a category"  # the cheapest rival: one plain GP
MODELS: dict[str, Model] = {
    OURS: trust_gp_averaged,
    "trust GP": trust_gp,
    "no history": no_history,
    "no history, no knowledge": no_history_plain,
    "pooled": pooled,
    "source mean + residual": source_mean,
    "weighted sum of sources": weighted_sum,
    CATEGORY: category,
    "SingleTaskGP": single_task,
    "MultiTaskGP 60": multi_task_60,
    "MultiTaskGP": multi_task,
}


def figures(problem: Problem, prediction: Prediction) -> tuple[float, float, float]:
    """nRMSE, coverage and log predictive density per point."""
    truth = problem.target(problem.points)
    mean, sd = prediction
    error = truth - mean
    nrmse = float(np.sqrt(np.mean(error**2)) / truth.std())
    coverage = float(np.mean(np.abs(error) <= 1.96 * sd))
    density = -0.5 * np.log(2.0 * np.pi * sd**2) - 0.5 * (error / sd) ** 2
    return nrmse, coverage, float(density.mean())
