"""How well the models predict: ours beside the models users would pick instead.

    .venv/bin/python tests/benchmarks/model_benchmark.py --seeds 10
    .venv/bin/python tests/benchmarks/model_benchmark.py --seeds 3 --quick

Figures (README.md here): nRMSE = RMSE against the noise-free truth / its standard deviation;
coverage = share of noise-free truths inside mean ± 1.96 sd; log predictive density per point; all
on 512 Sobol points; medians over seeds. CPU = process time of fit and prediction, one thread.
"""

# ruff: noqa: E402  # threads are set before numpy loads; torch loads only where needed

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # before numpy and torch are loaded

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from families import FAMILIES, Problem, make_problem
from twin_problems import RESPONSES, make_twin_problem

RUNS = (0, 4, 16)
Prediction = tuple[np.ndarray, np.ndarray]  # mean and sd of the noise-free response, [512] each
Model = Callable[[Problem, int], Prediction | None]


def trust_gp(problem: Problem, runs: int) -> Prediction | None:
    """Ours: trust GP, MAP."""
    return _ours(problem, runs, history=True, averaged=False)


def trust_gp_averaged(problem: Problem, runs: int) -> Prediction | None:
    """Ours: trust GP, hyperparameters averaged."""
    return _ours(problem, runs, history=True, averaged=True)


def plain_gp(problem: Problem, runs: int) -> Prediction | None:
    """Ours without earlier lines, MAP."""
    return _ours(problem, runs, history=False, averaged=False) if runs else None


def plain_gp_averaged(problem: Problem, runs: int) -> Prediction | None:
    """Ours without earlier lines, hyperparameters averaged."""
    return _ours(problem, runs, history=False, averaged=True) if runs else None


def _ours(problem: Problem, runs: int, *, history: bool, averaged: bool) -> Prediction:
    from designer.models.data import ResponseData
    from designer.models.trust_gp import fit

    X, y, line = _stacked(problem, runs, history=history)
    data = ResponseData("y", problem.log_scale, None, X, y, line)
    posterior = fit(data, np.arange(problem.dimension), 3 if history else 0)
    if averaged:
        from designer.models.averaging import average

        posterior = average(posterior)
    return posterior.to_raw(posterior.mean(problem.points), posterior.variance(problem.points))


def _stacked(
    problem: Problem, runs: int, *, history: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs, values and line codes; the target is line 0."""
    blocks = [(problem.runs[:runs], problem.results[:runs])]
    blocks += list(problem.lines) if history else []
    line = np.concatenate([np.full(len(y), k) for k, (_, y) in enumerate(blocks)])
    return np.vstack([X for X, _ in blocks]), np.concatenate([y for _, y in blocks]), line


def single_task(problem: Problem, runs: int) -> Prediction | None:
    """BoTorch SingleTaskGP with its defaults, target runs only."""
    if runs == 0:
        return None
    import torch
    from botorch.fit import fit_gpytorch_mll
    from botorch.models import SingleTaskGP
    from gpytorch.mlls import ExactMarginalLogLikelihood

    X, y, _ = _stacked(problem, runs, history=False)
    model = SingleTaskGP(torch.tensor(X), torch.tensor(y)[:, None])
    fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
    with torch.no_grad():
        posterior = model.posterior(torch.tensor(problem.points))
        return posterior.mean[:, 0].numpy(), posterior.variance[:, 0].sqrt().numpy()


def multi_task(problem: Problem, runs: int) -> Prediction | None:
    """BoTorch MultiTaskGP, each line standardised by itself, at most 60 L-BFGS iterations."""
    if runs == 0:
        return None  # it cannot predict a task without data
    import torch
    from botorch.exceptions import ModelFittingError
    from botorch.fit import fit_gpytorch_mll
    from botorch.models import MultiTaskGP
    from gpytorch.mlls import ExactMarginalLogLikelihood

    X, y, line = _stacked(problem, runs, history=True)
    mean = np.array([y[line == k].mean() for k in range(4)])
    spread = np.array([y[line == k].std(ddof=1) for k in range(4)])
    inputs = torch.tensor(np.column_stack([X, line]))
    values = torch.tensor((y - mean[line]) / spread[line])[:, None]
    model = MultiTaskGP(inputs, values, task_feature=-1, output_tasks=[0], outcome_transform=None)
    torch.manual_seed(0)  # attempts after a failed one start at random
    try:
        fit_gpytorch_mll(
            ExactMarginalLogLikelihood(model.likelihood, model),
            optimizer_kwargs={"options": {"maxiter": 60}},
            warning_handler=lambda _: True,  # the cap on iterations is meant
        )
    except ModelFittingError:  # all five attempts failed: the table counts it
        return None
    with torch.no_grad():
        posterior = model.posterior(torch.tensor(problem.points))
        m, s = posterior.mean[:, 0].numpy(), posterior.variance[:, 0].sqrt().numpy()
    return mean[0] + spread[0] * m, spread[0] * s


MODELS: dict[str, Model] = {
    "trust GP": trust_gp,
    "trust GP averaged": trust_gp_averaged,
    "no history": plain_gp,
    "no history averaged": plain_gp_averaged,
    "SingleTaskGP": single_task,
    "MultiTaskGP 60": multi_task,
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


def measure(
    families: list[str], models: list[str], seeds: int, *, misleading: int = 1
) -> dict[tuple[str, str, int], np.ndarray]:
    """Figures ``[seeds, 4]`` (nRMSE, coverage, density, CPU s) per family, model and runs."""
    out: dict[tuple[str, str, int], list[tuple[float, ...]]] = {}
    for family in families:
        for seed in range(seeds):
            make = make_twin_problem if family in RESPONSES else make_problem
            problem = make(family, seed, misleading=misleading)
            for name in models:
                for count in RUNS:
                    started = time.process_time()
                    prediction = MODELS[name](problem, count)
                    seconds = time.process_time() - started
                    if prediction is not None:
                        row = (*figures(problem, prediction), seconds)
                        out.setdefault((family, name, count), []).append(row)
    return {key: np.array(rows) for key, rows in out.items()}


def table(results: dict[tuple[str, str, int], np.ndarray], seeds: int) -> str:
    """Markdown table: medians over seeds of nRMSE / coverage / density / CPU s."""
    head = ["family", "model", *(f"{count} runs" for count in RUNS)]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for family, name in dict.fromkeys((key[0], key[1]) for key in results):
        cells = [family, name]
        for count in RUNS:
            rows = results.get((family, name, count))
            if rows is None:
                cells.append("–")
                continue
            nrmse, coverage, density, seconds = np.median(rows, axis=0)
            cells.append(
                f"**{nrmse:.3f}** / {coverage:.2f} ({rows[:, 1].mean():.2f}) / {density:.2f}"
                f" / {seconds:.2f}" + (f" [{len(rows)} fits]" if len(rows) < seeds else "")
            )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--misleading", type=int, default=1, help="unrelated lines of three")
    parser.add_argument("--quick", action="store_true", help="without the BoTorch models")
    parser.add_argument("--family", action="append", choices=[*FAMILIES, *RESPONSES])
    parser.add_argument("--model", action="append", choices=sorted(MODELS))
    arguments = parser.parse_args()
    models = arguments.model or list(MODELS)
    if arguments.quick:
        models = [name for name in models if "Task" not in name]
    families = arguments.family or [*FAMILIES, *RESPONSES]
    results = measure(families, models, arguments.seeds, misleading=arguments.misleading)
    print(table(results, arguments.seeds))


if __name__ == "__main__":
    main()
