"""Line-hours until the third recipe in spec, by who chooses the runs.

    .venv/bin/python -m tests.benchmarks.hours_to_hits --seeds 12 --rows /tmp/search.jsonl

Windows hold 0.1–0.6 % of the recipes; four free Sobol runs first; three earlier lines of 40 rows.
A hit is a recipe not made before whose noise-free responses are in every window. A campaign ends
with its third hit or after 40 h, which count as 40. Seeds start at 1000: nothing was tuned on them.

* optimum: goal optimum, 4 runs a plan. cost-blind: the same, told that changes cost nothing.
* most probable recipe: the engineer's rule: make the recipe that `best` names first, of those not
  made yet, look at the result, ask again; what is set up is used where it fits.
* window: goal window, 16 runs a plan. stratified, 4 × 2: a design, see ``rival_designs.py``.
"""

# ruff: noqa: E402  # threads are set before numpy loads

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # before numpy is loaded

import numpy as np

from designer.campaigns.space.factors import Setting
from designer.engine.fitted_campaign import fit_campaign
from designer.engine.predicting import best_recipes
from designer.engine.threads import one_thread
from designer.twin.scenario import ScenarioKind
from tests.benchmarks.campaign_line import BUDGET, STAGES, Line, quiet
from tests.benchmarks.hours_tables import Found, ratio
from tests.benchmarks.line_hours import COSTS, FIRST_SEED, Rows, follow, next_plan
from tests.benchmarks.rival_designs import stratified_random, structured

WINDOWS = {"shares": (0.001, 0.006), "aim": (0.0015, 0.005)}
WANTED = 3  # hits
EARLY = 10.0  # h
CHANGE = COSTS["3 / 0.5 / 0.1 h"]
OURS, BLIND, ENGINEER = "optimum", "cost-blind", "most probable recipe"
PLANNERS = {OURS: ("optimum", 4), BLIND: ("optimum", 4), "window": ("window", 16)}
METHODS = (OURS, BLIND, ENGINEER, "window", "stratified, 4 × 2")
LIMITS = {BLIND: 0.6, ENGINEER: 0.95}  # hours, ours / this
EARLY_SHARE = 0.8


def hits(line: Line) -> list[float]:
    """Hours at which new recipes in spec were ready."""
    if not line.made:
        return []
    settings = {f.name: np.array([r.settings[f.name] for r in line.made]) for f in line.factors}
    inside = line.in_spec(settings)
    first: dict[tuple[float, ...], float] = {}
    for run, good in zip(line.made, inside, strict=True):
        if good:
            first.setdefault(tuple(run.settings.values()), run.hours)
    return sorted(first.values())


def continued(line: Line, settings: Mapping[str, Setting]) -> dict[str, str]:
    """Batches of a run: what is set up is used as far as the settings agree."""
    batch, same = {}, bool(line.made)
    for stage in STAGES:
        own = [f.name for f in line.factors if f.stage == stage]
        same = same and all(line.made[-1].settings[n] == settings[n] for n in own)
        batch[stage] = line.made[-1].batch[stage] if same else line.new_id(stage, 0)
    return batch


def engineer(line: Line) -> bool:
    """Make the most probable recipe not made yet; False when the hours are over."""
    with one_thread():
        ranked = best_recipes(fit_campaign(line.state, quiet), 1 + len(line.made))
    known = [run.settings for run in line.made]
    settings = next(r["settings"] for r in ranked if r["settings"] not in known)
    columns = {name: np.array([value]) for name, value in settings.items()}
    return line.make(columns, [continued(line, settings)]) == 1


def search(method: str, seed: int, kind: ScenarioKind = "one_misleading") -> dict[str, Any]:
    """Hours of the first hits of one campaign."""
    goal, runs = PLANNERS.get(method, ("window", 0))
    line = Line(seed, CHANGE, goal=goal, kind=kind, blind=method == BLIND, windows=WINDOWS)
    start = time.process_time()
    if method == "stratified, 4 × 2":
        design = stratified_random(line, structured(CHANGE), np.random.default_rng([seed, 79]))
        line.make(design.settings, design.batches)
    elif method == ENGINEER:
        while len(hits(line)) < WANTED and engineer(line):
            pass
    else:
        plans = 0
        while len(hits(line)) < WANTED and follow(line, next_plan(line, runs, seed + plans)):
            plans += 1
    found = [round(hours, 3) for hours in hits(line)]
    return {
        "hits": found[:WANTED],
        "third": found[WANTED - 1] if len(found) >= WANTED else BUDGET,
        "found": len(found) >= WANTED,
        "runs": len(line.made),
        "slurries": len(line.allocation()),
        "cpu": round(time.process_time() - start, 2),
    }


def logs(found: Found, other: str) -> np.ndarray:
    """Log ratios of the hours to the third hit, ours over another's, by seed."""
    seeds = sorted({s for m, s in found if m == OURS} & {s for m, s in found if m == other})
    return np.array([np.log(found[OURS, s]["third"] / found[other, s]["third"]) for s in seeds])


def search_table(found: Found) -> str:
    """Markdown: hours to the third hit, and how often it came at all and early."""
    head = ["runs chosen by", "seeds", "hours to the third hit (quartiles)", "within 10 h"]
    head += ["within 40 h", "CPU s", "hours: optimum / this"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for method in dict.fromkeys(method for method, _ in found):
        rows = [row for (m, _), row in found.items() if m == method]
        low, middle, high = np.quantile([row["third"] for row in rows], (0.25, 0.5, 0.75))
        early = sum(row["found"] and row["third"] <= EARLY for row in rows)
        cells = [method, str(len(rows)), f"**{middle:.1f}** ({low:.1f}–{high:.1f})", f"{early}"]
        cells.append(f"{sum(row['found'] for row in rows)}")
        cells.append(f"{np.median([row['cpu'] for row in rows]):.1f}")
        cells.append("–" if method == OURS else ratio(logs(found, method)))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def search_thresholds(found: Found) -> str:
    """Markdown: the thresholds of line-hours.md."""
    lines = ["| threshold | found | allowed | |", "|---|---|---|---|"]
    for other, limit in LIMITS.items():
        ours = logs(found, other)
        if len(ours):
            holds = "met" if np.exp(ours.mean()) <= limit else "**missed**"
            lines.append(f"| hours, optimum / {other} | {ratio(ours)} | ≤ {limit} | {holds} |")
    rows = [row for (m, _), row in found.items() if m == OURS]
    if rows:
        share = np.mean([row["found"] and row["third"] <= EARLY for row in rows])
        holds = "met" if share >= EARLY_SHARE else "**missed**"
        lines.append(f"| third hit within 10 h | {share:.0%} | ≥ {EARLY_SHARE:.0%} | {holds} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="first seed")
    parser.add_argument("--kind", choices=("one_misleading", "related", "all_misleading"))
    parser.add_argument("--method", choices=METHODS, action="append")
    parser.add_argument("--rows", type=Path, help="file that keeps the campaigns")
    arguments = parser.parse_args()
    kind: ScenarioKind = arguments.kind or "one_misleading"
    rows = Rows(arguments.rows)
    for seed in range(arguments.first, arguments.first + arguments.seeds):
        for method in arguments.method or METHODS:
            row = rows.get((kind, method, seed), partial(search, method, seed, kind))
            print(kind, method, seed, row, file=sys.stderr, flush=True)
        found = rows.of(kind)
        print(f"\n{kind.replace('_', ' ')}\n\n{search_table(found)}\n\n{search_thresholds(found)}")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
