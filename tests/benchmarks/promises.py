"""What `status` promises before a plan against what its results bring, on the pilot-line twin.

    .venv/bin/python -m tests.benchmarks.promises --seeds 12
    .venv/bin/python -m tests.benchmarks.promises --seeds 2 --quick

Per seed one campaign with earlier lines: 4 Sobol runs, then own plans of 4, 8 and 8 runs (goal
window); and one that begins with a plan of 4 from the earlier lines alone. Before every plan's
runs are made the promise is read (typical ± after it, 1 sd over the region); after its results the
models are fitted anew and two things are compared with it: the ± they then state, and the true
error (RMSE against the noise-free truth at 512 points). Seeds from 1000 on: nothing was tuned on
them.
"""

# ruff: noqa: E402  # threads are set before numpy loads

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # before numpy and torch are loaded

import numpy as np
import pandas as pd

from designer.api.plans import ProposedPlan
from designer.engine.fitted_campaign import fit_campaign
from designer.engine.predicting import predict_recipes
from tests.benchmarks.campaign_line import START, Line, columns, quiet
from tests.benchmarks.families import POINTS, sobol
from tests.benchmarks.line_hours import COSTS, FIRST_SEED

RECORDED = ("mass_loading", "porosity", "adhesion")
Figures = dict[tuple[str, int, int], np.ndarray]  # by chain and runs before and after
CHAINS = {"from 4 Sobol runs": (START, (4, 8, 8)), "from the lines alone": (0, (4,))}


def known_now(line: Line) -> tuple[np.ndarray, np.ndarray]:
    """Stated ± and true RMSE per response at the points, ``[responses]`` each."""
    X = sobol(len(line.factors), POINTS, np.random.default_rng([line.seed, 78]))
    points = columns(line.factors, X)
    truth = line.target.truth(points)
    values = zip(*points.values(), strict=True)
    recipes = [dict(zip(points, map(float, row), strict=True)) for row in values]
    found = predict_recipes(fit_campaign(line.state, quiet), recipes)
    stated, true = [], []
    for name in RECORDED:
        mean, sd = np.array([[p.responses[name][k] for k in ("mean", "sd")] for p in found]).T
        stated.append(np.sqrt(np.mean(sd**2)))
        true.append(np.sqrt(np.mean((mean - truth[name]) ** 2)))
    return np.array(stated), np.array(true)


def make(line: Line, plan: ProposedPlan) -> None:
    """Make and record the runs of a plan."""
    frame = plan.frame
    ids = [
        {"slurry": slurry, "coating": coating}
        for slurry, coating in zip(frame["batch:slurry"], frame["batch:coating"], strict=True)
    ]
    settings = {f.name: frame[f.name].to_numpy() for f in line.factors}
    line.campaign.record(pd.DataFrame(line.results(settings, ids), index=frame.index))


def follow(seed: int, start: int, plans: Sequence[int]) -> list[tuple[tuple[int, int], np.ndarray]]:
    """Per plan: (runs before, after), stated ± before, promise, stated ± after, RMSE after."""
    line = Line(seed, COSTS["3 / 0.5 / 0.1 h"], start=start)
    made = start
    out: list[tuple[tuple[int, int], np.ndarray]] = []
    for number, count in enumerate(plans):
        plan = line.campaign.propose(count, seed=seed + number)
        outlook = line.campaign.status(refresh=False)["outlook"]
        assert outlook is not None
        told: Any = outlook["responses"]
        before, promise = (
            np.array([told[name][key] for name in RECORDED]) for key in ("sd_now", "sd_after")
        )
        make(line, plan)
        stated, true = known_now(line)
        out.append(((made, made + count), np.array([before, promise, stated, true])))
        made += count
    return out


def measure(
    seeds: int,
    *,
    first: int = FIRST_SEED,
    quick: bool = False,
    watch: Callable[..., None] = quiet,
) -> Figures:
    """Figures ``[seeds, 4, responses]`` per chain and (runs before, after)."""
    out: dict[tuple[str, int, int], list[np.ndarray]] = {}
    for seed in range(first, first + seeds):
        for name, (start, plans) in CHAINS.items():
            if quick and not start:
                continue
            for span, found in follow(seed, start, plans[:2] if quick else plans):
                out.setdefault((name, *span), []).append(found)
                watch(seed, name, span, np.round(found, 3).tolist())
    return {key: np.array(rows) for key, rows in out.items()}


def ratios(rows: np.ndarray, one: int, other: int) -> tuple[np.ndarray, float, np.ndarray]:
    """Geometric mean over seeds of the ratio of two figures, per response and over all."""
    logs = np.log(rows[:, one] / rows[:, other])
    return np.exp(logs.mean(axis=0)), np.exp(logs.mean()), logs.mean(axis=1)


def table(results: Figures) -> str:
    """Markdown."""
    head = ["runs", "promised ± / ± now", "promised / stated after", *RECORDED]
    head += ["promised / true RMSE after", "quartiles over seeds"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for (name, before, after), rows in results.items():
        shrink = ratios(rows, 1, 0)[1]
        each, both, _ = ratios(rows, 1, 2)
        _, real, by_seed = ratios(rows, 1, 3)
        low, high = np.exp(np.quantile(by_seed, (0.25, 0.75)))
        cells = [f"{before} → {after} ({name})", f"{shrink:.2f}", f"**{both:.2f}**"]
        cells += [f"{value:.2f}" for value in each]
        cells += [f"**{real:.2f}**", f"{low:.2f}–{high:.2f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="first seed")
    parser.add_argument("--quick", action="store_true", help="two plans of one chain")
    arguments = parser.parse_args()
    results = measure(
        arguments.seeds,
        first=arguments.first,
        quick=arguments.quick,
        watch=lambda *words: print(*words, file=sys.stderr, flush=True),
    )
    print(table(results))


if __name__ == "__main__":
    main()
