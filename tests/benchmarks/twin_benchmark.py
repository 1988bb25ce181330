"""The pilot-line twin: how well it is learned, and what could be known at best.

    .venv/bin/python -m tests.benchmarks.twin_benchmark --seeds 20
    .venv/bin/python -m tests.benchmarks.twin_benchmark --seeds 2 --quick

nRMSE and coverage at 0, 4 and 16 runs, mean over the three responses; ours as shown (averaged)
beside BoTorch and the oracles of ``twin_oracle.py``; every run its own slurry. Seeds start at 1000:
nothing was tuned on them. What plans are worth on the twin: ``line_hours.py``.
"""

# ruff: noqa: E402  # threads are set before numpy loads; torch loads only where needed

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # before numpy and torch are loaded

import numpy as np

from designer.twin.factors import TwinFactor, TwinOptions
from designer.twin.scenario import Scenario, ScenarioKind, scenario
from tests.benchmarks.families import Problem
from tests.benchmarks.plants import Plant, make_plant
from tests.benchmarks.rivals import (
    CATEGORY,
    OURS,
    Prediction,
    category,
    figures,
    multi_task_60,
    no_history,
    single_task,
    trust_gp_averaged,
)
from tests.benchmarks.twin_oracle import oracle, oracle_from_lines

Results = dict[tuple[str, str, int], np.ndarray]
FIRST_SEED = 1000
KINDS: tuple[ScenarioKind, ...] = ("related", "one_misleading", "all_misleading")
MISLEADING = dict(zip(KINDS, (0, 1, 3), strict=True))
RUNS = (0, 4, 16)
MODELS = {
    OURS: trust_gp_averaged,
    "no history": no_history,
    CATEGORY: category,
    "SingleTaskGP": single_task,
    "MultiTaskGP 60": multi_task_60,
}
ORACLES = {"oracle": oracle, "oracle from lines": oracle_from_lines}


def columns(factors: Sequence[TwinFactor], X: np.ndarray) -> dict[str, np.ndarray]:
    """Recipes on the unit cube as columns of settings."""
    return {f.name: f.low + (f.high - f.low) * X[:, k] for k, f in enumerate(factors)}


def oracle_predictions(
    name: str, twin: Scenario, problems: Sequence[Problem], runs: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """An oracle's predictions, one per problem."""
    factors = twin.target.options.factors
    made = columns(factors, problems[0].runs[:runs])
    measured = {p.name: p.results[:runs] for p in problems}
    found = ORACLES[name](twin, made, measured, columns(factors, problems[0].points))
    return [found[p.name] for p in problems]


def judge_model(name: str, twin: Scenario, plant: Plant, runs: int) -> np.ndarray | None:
    """nRMSE and coverage, ``[responses, 2]``; None: it cannot predict or gave up."""
    problems = plant.problems
    if name in ORACLES:
        predictions: Sequence[Prediction] | None = oracle_predictions(name, twin, problems, runs)
    else:
        predictions = MODELS[name](plant, runs)
    if predictions is None:
        return None
    return np.array([figures(p, q)[:2] for p, q in zip(problems, predictions, strict=True)])


def ignores_lines(name: str) -> bool:
    return name in ("oracle", "no history", "SingleTaskGP")


def measure_models(
    kinds: Sequence[ScenarioKind],
    names: list[str],
    seeds: int,
    *,
    variation: float = 1.0,
    first: int = FIRST_SEED,
) -> Results:
    """Figures ``[seeds, responses, 2]`` per (kind, model, runs)."""
    options = TwinOptions(variation=variation)
    out: dict[tuple[str, str, int], list[np.ndarray]] = {}
    for kind in kinds:
        for seed in range(first, first + seeds):
            twin = scenario(seed, kind, options=options)
            plant = make_plant("twin", seed, misleading=MISLEADING[kind], variation=variation)
            for name in names:
                if name == "oracle from lines" and kind == "all_misleading":
                    continue  # no good line to learn the population from
                for runs in RUNS:
                    if ignores_lines(name) and kind != kinds[0]:
                        out[kind, name, runs] = out.get((kinds[0], name, runs), [])
                        continue
                    found = judge_model(name, twin, plant, runs)
                    if found is not None:
                        out.setdefault((kind, name, runs), []).append(found)
    return {key: np.array(rows) for key, rows in out.items() if len(rows)}


def model_table(results: Results, seeds: int) -> str:
    """Markdown: median over seeds of nRMSE (quartiles) / coverage (mean)."""
    lines = ["| earlier lines | model | " + " | ".join(f"{n} runs" for n in RUNS) + " |"]
    lines.append("|" + "---|" * (len(RUNS) + 2))
    for kind, name in dict.fromkeys((kind, name) for kind, name, _ in results):
        cells = [kind.replace("_", " "), name]
        for runs in RUNS:
            rows = results.get((kind, name, runs))
            if rows is None:
                cells.append("–")
                continue
            error, coverage = rows.mean(axis=1).T
            low, middle, high = np.quantile(error, (0.25, 0.5, 0.75))
            cells.append(
                f"**{middle:.3f}** ({low:.3f}–{high:.3f})"
                f" / {np.median(coverage):.2f} ({coverage.mean():.2f})"
                + (f" [{len(rows)} fits]" if len(rows) < seeds else "")
            )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def response_table(results: Results, kind: str = "one_misleading") -> str:
    """Markdown: median nRMSE of loading / porosity / adhesion, one misleading line."""
    lines = [f"| {kind.replace('_', ' ')} | " + " | ".join(f"{n} runs" for n in RUNS) + " |"]
    lines.append("|" + "---|" * (len(RUNS) + 1))
    for name in dict.fromkeys(name for found, name, _ in results if found == kind):
        rows = [results.get((kind, name, runs)) for runs in RUNS]
        cells = [
            "–" if r is None else " / ".join(f"{e:.3f}" for e in np.median(r[:, :, 0], axis=0))
            for r in rows
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="first seed")
    parser.add_argument("--variation", type=float, action="append", help="of the twin's lines")
    parser.add_argument("--model", action="append", choices=[*MODELS, *ORACLES])
    parser.add_argument("--quick", action="store_true", help="without BoTorch")
    arguments = parser.parse_args()
    names = arguments.model or [*MODELS, *ORACLES]
    if arguments.quick:
        names = [name for name in names if "Task" not in name and name != CATEGORY]
    for variation in arguments.variation or [1.0, 0.75]:
        results = measure_models(
            KINDS, names, arguments.seeds, variation=variation, first=arguments.first
        )
        print(f"variation {variation}\n\n{model_table(results, arguments.seeds)}\n")
        print(f"{response_table(results)}\n", flush=True)


if __name__ == "__main__":
    main()
