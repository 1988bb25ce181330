"""What 40 line-hours teach, by who chooses the runs: same model, same history, equal hours.

    .venv/bin/python -m tests.benchmarks.line_hours --seeds 12 --rows /tmp/hours.jsonl
    .venv/bin/python -m tests.benchmarks.line_hours --seeds 12 --costs "6 / 2 / 0.1 h"
    .venv/bin/python -m tests.benchmarks.line_hours --seeds 2 --first 0 --quick

Four free Sobol runs first; three earlier lines of 40 rows, by default one of them misleading. Seeds
start at 1000: nothing was tuned on them. ``--rows`` keeps every campaign as a line of JSON; what is
there already is not computed again.

* mix: goal window; one `propose -n 16` after another. "a slurry a plan": the whole inner plan of
  the best slurry is made before the next one is asked for. learn: goal learn.
* cost-blind: the same program, told that changes cost nothing, 4 runs a plan; hours counted.
* the rest are designs (`rival_designs.py`); "our allocation": strips and passes per slurry of mix.
"""

# ruff: noqa: E402  # threads are set before numpy loads

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # before numpy is loaded

import numpy as np

from designer.acquisition.plan.plan import SelectedPlan, make_plan
from designer.engine.context import planning_context
from designer.engine.fitted_campaign import fit_campaign
from designer.engine.threads import one_thread
from designer.twin.scenario import ScenarioKind
from tests.benchmarks.campaign_line import STAGES, Line, quiet
from tests.benchmarks.hours_tables import campaign_table, threshold_table
from tests.benchmarks.rival_designs import (
    latin_hypercube,
    quadratic,
    random_recipes,
    recipes_in_budget,
    sobol_recipes,
    stratified_random,
    structured,
)

FIRST_SEED = 1000
NOW = datetime(2026, 1, 1, tzinfo=UTC)  # no pot lives here: any moment will do
COSTS = {  # h of a new slurry, strip, pass; a recipe of its own takes as long in the first two
    "3 / 0.5 / 0.1 h": (3.0, 0.5, 0.1),
    "equal": (1.2, 1.2, 1.2),
    "6 / 2 / 0.1 h": (6.0, 2.0, 0.1),
}
BATCH = 16  # runs per plan: about a slurry
WHOLE = 40  # most runs of a slurry that is planned as a whole
BLIND_BATCH = 4
MIX = "mix"
PLANNERS = {  # goal, runs per plan, by whole slurries, blind
    MIX: ("window", BATCH, False, False),
    "mix, a slurry a plan": ("window", WHOLE, True, False),
    "learn": ("learn", BATCH, False, False),
    "cost-blind": ("window", BLIND_BATCH, False, True),
}
RECIPES = {
    "Sobol": sobol_recipes,
    "random": random_recipes,
    "Latin hypercube": latin_hypercube,
}
DESIGNS = {"stratified": stratified_random, "I-optimal": quadratic}
METHODS = (
    MIX,
    "cost-blind",
    "Sobol",
    "random",
    "Latin hypercube",
    "stratified, 4 × 2",
    "stratified, our allocation",
    "I-optimal, 4 × 2",
    "I-optimal, our allocation",
    "learn",
    "mix, a slurry a plan",
    "start only",
)
QUICK = (MIX, "cost-blind", "Sobol", "stratified, 4 × 2", "stratified, our allocation")


def next_plan(line: Line, runs: int, seed: int) -> SelectedPlan:
    """The program's next plan, without the figures for `status`."""
    with one_thread():
        state = line.state
        fitted = fit_campaign(state, quiet)
        return make_plan(
            state.spec,
            fitted.training.space,
            fitted.averaged,
            runs=runs,
            budget=None if line.blind else line.left,
            context=planning_context(fitted, NOW),
            seed=seed,
        )


def follow(line: Line, plan: SelectedPlan, whole: bool = False) -> bool:
    """Make a plan's runs as far as the budget goes; False when that is the end.

    Args:
        line: where they are made.
        plan: the program's.
        whole: only the slurry of the run of rank 1.
    """
    runs = list(plan.runs)
    if whole and runs:
        first = next(run for run in runs if run.rank == 1).batch["slurry"]
        runs = [run for run in runs if run.batch["slurry"] == first]
    numbers: dict[tuple[str, str], str] = {}
    count: dict[str, int] = dict.fromkeys(STAGES, 0)
    batches = []
    for run in runs:
        for stage, label in run.batch.items():
            if label.startswith("new-") and (stage, label) not in numbers:
                numbers[stage, label] = line.new_id(stage, count[stage])
                count[stage] += 1
        batches.append({s: numbers.get((s, label), label) for s, label in run.batch.items()})
    settings = {f.name: np.array([run.settings[f.name] for run in runs]) for f in line.factors}
    return bool(runs) and line.make(settings, batches) == len(runs)


def run_planner(line: Line, method: str) -> tuple[float, int]:
    """Plan and make until nothing fits; CPU seconds of fits and plans, number of plans."""
    _, runs, whole, _ = PLANNERS[method]
    start, plans = time.process_time(), 0
    while follow(line, next_plan(line, runs, line.seed + plans), whole):
        plans += 1
    return time.process_time() - start, plans


def run_design(
    line: Line,
    method: str,
    change: tuple[float, float, float],
    ours: list[list[int]] | None,
) -> float:
    """Make a design; CPU seconds of computing it."""
    rng = np.random.default_rng([line.seed, 79])
    start = time.process_time()
    if method in RECIPES:
        design = RECIPES[method](line, recipes_in_budget(change), rng)
    else:
        kind, structure = method.split(", ")
        allocation = structured(change)
        if structure == "our allocation":
            assert ours is not None
            allocation = ours
        design = DESIGNS[kind](line, allocation, rng)
    cpu = time.process_time() - start
    line.make(design.settings, design.batches, over=np.inf)
    return cpu


def run_campaign(
    method: str,
    seed: int,
    change: tuple[float, float, float],
    kind: ScenarioKind,
    ours: list[list[int]] | None = None,
) -> dict[str, Any]:
    """All figures of one campaign."""
    goal, _, _, blind = PLANNERS.get(method, ("window", 0, False, False))
    line = Line(seed, change, goal=goal, kind=kind, blind=blind)
    cpu, plans = 0.0, 0
    if method in PLANNERS:
        cpu, plans = run_planner(line, method)
    elif method != "start only":
        cpu = run_design(line, method, change, ours)
    allocation = line.allocation()
    return {
        **line.judge(),
        "hours": round(line.hours, 3),
        "runs": len(line.made),
        "slurries": len(allocation),
        "strips": sum(map(len, allocation)),
        "cpu": round(cpu, 2),
        "plans": plans,
        "allocation": allocation,
    }


class Rows:
    """Campaigns computed so far, kept in a file of JSON lines if there is one."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.found: dict[tuple[Any, ...], dict[str, Any]] = {}
        if path is not None and path.exists():
            for text in path.read_text().splitlines():
                row = json.loads(text)
                self.found[tuple(row["key"])] = row

    def get(
        self, key: tuple[str | int, ...], compute: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        """The row of a key, computed if it is not there."""
        if key not in self.found:
            self.found[key] = {"key": list(key), **compute()}
            if self.path is not None:
                with self.path.open("a") as file:
                    file.write(json.dumps(self.found[key]) + "\n")
        return self.found[key]

    def of(self, *start: Any) -> dict[Any, dict[str, Any]]:
        """Rows per method and seed whose key starts so."""
        return {k[len(start) :]: r for k, r in self.found.items() if k[: len(start)] == start}


def measure(
    rows: Rows,
    costs: str,
    kind: ScenarioKind,
    methods: Sequence[str],
    seeds: list[int],
    watch: Callable[..., None] = quiet,
) -> dict[Any, dict[str, Any]]:
    """Fill in the campaigns of one cost setting and history, seed by seed."""
    for seed in seeds:
        for method in methods:
            ours = None
            if "our allocation" in method:
                ours = rows.found[costs, kind, MIX, seed]["allocation"]
            row = rows.get(
                (costs, kind, method, seed),
                partial(run_campaign, method, seed, COSTS[costs], kind, ours),
            )
            shown = {k: v for k, v in row.items() if k not in ("key", "allocation")}
            watch(costs, kind, method, seed, shown)
    return rows.of(costs, kind)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="first seed")
    parser.add_argument("--costs", choices=COSTS, action="append")
    parser.add_argument("--kind", choices=("one_misleading", "related", "all_misleading"))
    parser.add_argument("--method", choices=METHODS, action="append")
    parser.add_argument("--rows", type=Path, help="file that keeps the campaigns")
    parser.add_argument("--quick", action="store_true", help="the five methods of the thresholds")
    arguments = parser.parse_args()
    kind: ScenarioKind = arguments.kind or "one_misleading"
    methods = arguments.method or (QUICK if arguments.quick else METHODS)
    rows = Rows(arguments.rows)
    for costs in arguments.costs or COSTS:
        for seed in range(arguments.first, arguments.first + arguments.seeds):
            found = measure(
                rows, costs, kind, methods, [seed],
                lambda *words: print(*words, file=sys.stderr, flush=True),
            )  # fmt: skip
            print(f"\n{costs}, {kind.replace('_', ' ')}\n\n{campaign_table(found)}\n")
            print(threshold_table(found), flush=True)


if __name__ == "__main__":
    main()
