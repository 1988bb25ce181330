"""Plans against BoTorch's own batch design on the same model: CPU and value of one criterion.

    .venv/bin/python -m tests.benchmarks.versus_botorch --seeds 5
    .venv/bin/python -m tests.benchmarks.versus_botorch --seeds 1 --quick

Three responses, 40 runs known, 3 factors on a grid of 54,945 recipes, no stages, 4 more runs. Both
sides see the same Gaussian processes (fitted by us; BoTorch's copy is checked to predict the same)
and the same reference points: those of our plan are the MC points of
``qNegIntegratedPosteriorVariance``, the responses weighed alike (weights of the scalarisation are
roots, since variances get their squares). The value is ``Σ_j W_j Σ_r v_j(r) / R`` after the four
runs relative to before, by one dense formula for both, at the reference points and at 2,048 other
Sobol points. BoTorch optimises in the cube and is rounded to the grid. CPU: ours the whole
``make_plan``, BoTorch's ``optimize_acqf`` alone.
"""

# ruff: noqa: E402  # threads are set before numpy loads

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np

from designer.acquisition.candidates.candidates import make_candidates
from designer.acquisition.plan.plan import make_plan
from designer.acquisition.selection.context import PlanningContext
from designer.acquisition.selection.problem import PlanningProblem
from designer.campaigns.specification import load
from designer.campaigns.specification.specification import Specification
from designer.models.data.dataset import ResponseData
from designer.models.encoding import Space
from designer.models.fitting.fit import fit
from designer.models.posterior.posterior import ResponsePosterior
from tests.benchmarks.families import sobol

COUNTS = (33, 45, 37)  # 54,945 recipes
KNOWN = 40
RUNS = 4
SETTINGS = {  # of optimize_acqf
    "sequential": {"sequential": True, "num_restarts": 2, "raw_samples": 16},
    "sequential, 8 restarts": {"sequential": True, "num_restarts": 8, "raw_samples": 128},
    "joint": {"sequential": False, "num_restarts": 2, "raw_samples": 16},
}
ITERATIONS = 50


def specification() -> Specification:
    return load.from_dict(
        {
            "campaign": {"version": 1, "name": "versus", "line": "line4", "goal": "learn"},
            "factor": [
                {"name": name, "low": 0, "high": count - 1, "step": 1}
                for name, count in zip(("solid", "gap", "pressure"), COUNTS, strict=True)
            ],
            "response": [
                {"name": name, "scale": "linear"} for name in ("loading", "porosity", "adhesion")
            ],
        },
        trusted=True,
    )


def posteriors_of(space: Space, seed: int) -> dict[str, ResponsePosterior]:
    """Three smooth responses of 40 random runs, 2 % noise, plain Gaussian processes."""
    rng = np.random.default_rng([seed, 5])
    X = rng.random((KNOWN, 3))
    surfaces = (
        4 + 30 * X[:, 1] * (0.5 + X[:, 0]),
        50 - 25 * X[:, 2] + 5 * np.cos(4 * X[:, 1]),
        10 + 30 * np.sin(4 * X[:, 0]) + 5 * X[:, 2] * X[:, 1],
    )
    out = {}
    for name, y in zip(("loading", "porosity", "adhesion"), surfaces, strict=True):
        noisy = y + 0.02 * np.ptp(y) * rng.standard_normal(KNOWN)
        data = ResponseData(name, False, None, X, noisy, np.zeros(KNOWN, dtype=np.int64))
        out[name] = fit(data, space.groups, 0)
    return out


def left_after(
    posteriors: Mapping[str, ResponsePosterior],
    weights: Mapping[str, float],
    points: np.ndarray,
    runs: np.ndarray,
) -> float:
    """Σ_j W_j mean_r v_j(r | runs), relative to that before: one dense formula for both sides."""
    before = after = 0.0
    for name, p in posteriors.items():
        prior = p.variance(points)
        S = p.covariance(runs, runs) + np.diag(p.noise(runs))
        C = p.covariance(points, runs)
        falls = np.einsum("ij,ji->i", C, np.linalg.solve(S, C.T))
        before += weights[name] * prior.mean()
        after += weights[name] * (prior - falls).mean()
    return float(after / before)


def ours(
    spec: Specification, space: Space, posteriors: Mapping[str, ResponsePosterior], seed: int
) -> tuple[np.ndarray, float, np.ndarray, dict[str, float]]:
    """Runs ``[q, D]``, CPU seconds, reference points and weights of our plan."""
    start = time.process_time()
    plan = make_plan(spec, space, posteriors, runs=RUNS, seed=seed)
    cpu = time.process_time() - start
    problem = PlanningProblem(spec, space, posteriors, make_candidates(spec), PlanningContext())
    reference = problem.reference_points("learn", np.random.default_rng(seed))
    weights = {name: float(w.sum()) for name, w in reference.weights.items()}
    runs = space.encode_recipes([run.settings for run in plan.runs])
    return runs, cpu, problem.X[reference.rows], weights


def to_botorch(posteriors: Mapping[str, ResponsePosterior]) -> Any:
    """The same Gaussian processes as a ``ModelListGP``."""
    import torch
    from botorch.models import SingleTaskGP
    from botorch.models.model_list_gp_regression import ModelListGP
    from gpytorch.kernels import ConstantKernel, MaternKernel, ScaleKernel
    from gpytorch.means import ZeroMean

    models = []
    for p in posteriors.values():
        parameters, rows = p.parameters, p.fitted.rows
        matern, constant = MaternKernel(nu=2.5, ard_num_dims=rows.X.shape[1]), ConstantKernel()
        matern.lengthscale = torch.tensor(parameters.surface[p.fitted.input_transform.groups])
        constant.constant = torch.ones(1)
        kernel = ScaleKernel(matern + constant)
        kernel.outputscale = float(parameters.amplitude)
        noise = rows.base * parameters.noise[rows.position] + rows.extra
        X, z, variance = (torch.tensor(a) for a in (rows.X, rows.z[:, None], noise[:, None]))
        model = SingleTaskGP(
            X, z, variance, covar_module=kernel.double(), mean_module=ZeroMean(),
            outcome_transform=None,
        )  # fmt: skip
        models.append(model.eval())
    return ModelListGP(*models)


def check(model: Any, posteriors: Mapping[str, ResponsePosterior], points: np.ndarray) -> None:
    """BoTorch's copy predicts the same."""
    import torch

    with torch.no_grad():
        found = model.posterior(torch.tensor(points)).variance.numpy().T
    for variance, p in zip(found, posteriors.values(), strict=True):
        np.testing.assert_allclose(variance, p.variance(points), rtol=1e-5, atol=1e-9)


def theirs(
    model: Any,
    points: np.ndarray,
    weights: Mapping[str, float],
    seed: int,
    *,
    rows: Sequence[str],
    iterations: int,
    **settings: Any,
) -> tuple[np.ndarray, float]:
    """Runs ``[q, D]`` and CPU seconds of ``optimize_acqf``."""
    import torch
    from botorch.acquisition.active_learning import qNegIntegratedPosteriorVariance
    from botorch.acquisition.objective import ScalarizedPosteriorTransform
    from botorch.optim.optimize import optimize_acqf

    torch.manual_seed(seed)
    roots = torch.tensor([weights[name] ** 0.5 for name in rows])
    acquisition = qNegIntegratedPosteriorVariance(
        model,
        mc_points=torch.tensor(points),
        posterior_transform=ScalarizedPosteriorTransform(roots.double()),
    )
    start = time.process_time()
    runs, _ = optimize_acqf(
        acquisition,
        bounds=torch.tensor([[0.0] * 3, [1.0] * 3], dtype=torch.double),
        q=RUNS,
        options={"maxiter": iterations},
        **settings,
    )
    return runs.detach().numpy(), time.process_time() - start


def on_grid(X: np.ndarray) -> np.ndarray:
    """The nearest recipes of the grid."""
    steps = np.array(COUNTS) - 1
    return np.asarray(np.round(X * steps) / steps)


def compare(
    seed: int, names: Sequence[str], iterations: int = ITERATIONS
) -> dict[str, list[float]]:
    """Per method: CPU seconds, value at the reference points, value elsewhere."""
    spec = specification()
    space = Space.from_specification(spec)
    posteriors = posteriors_of(space, seed)
    runs, cpu, points, weights = ours(spec, space, posteriors, seed)
    elsewhere = sobol(3, 2048, np.random.default_rng([seed, 6]))

    def judged(runs: np.ndarray, cpu: float) -> list[float]:
        values = [left_after(posteriors, weights, P, runs) for P in (points, elsewhere)]
        return [cpu, *values]

    found = {"ours": judged(runs, cpu)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of third parties
        model = to_botorch(posteriors)
        check(model, posteriors, elsewhere[:64])
        for name in names:
            X, cpu = theirs(
                model, points, weights, seed, rows=list(posteriors), iterations=iterations,
                **SETTINGS[name],
            )  # fmt: skip
            found[f"BoTorch {name}"] = judged(on_grid(X), cpu)
            found[f"BoTorch {name}, not rounded"] = judged(X, cpu)
    return found


def table(results: Sequence[Mapping[str, list[float]]]) -> str:
    """Markdown: medians; ratios paired by seed, with quartiles."""
    head = ("method", "CPU s", "CPU / ours", "variance left, reference points", "/ ours",
            "elsewhere", "/ ours")  # fmt: skip
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    mine = np.array([found["ours"] for found in results])
    for name in results[0]:
        rows = np.array([found[name] for found in results])
        cells = [name]
        for k in range(3):
            ratio = rows[:, k] / mine[:, k]
            digits = 2 if k == 0 else 4
            cells.append(f"{np.median(rows[:, k]):.{digits}f}")
            span = f" ({ratio.min():.{digits}f}–{ratio.max():.{digits}f})"
            cells.append("–" if name == "ours" else f"{np.median(ratio):.{digits}f}{span}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first", type=int, default=1000)
    parser.add_argument("--quick", action="store_true", help="BoTorch sequential, 2 restarts only")
    arguments = parser.parse_args()
    names = [next(iter(SETTINGS))] if arguments.quick else list(SETTINGS)
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    results = []
    for seed in seeds:
        results.append(compare(seed, names))
        print(seed, results[-1], file=sys.stderr, flush=True)
    print(table(results))


if __name__ == "__main__":
    main()
