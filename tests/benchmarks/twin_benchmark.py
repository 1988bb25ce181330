"""The pilot-line twin: how well it is learned, what could be known at best, what plans are worth.

    .venv/bin/python tests/benchmarks/twin_benchmark.py --seeds 20
    .venv/bin/python tests/benchmarks/twin_benchmark.py --seeds 2 --quick --part models

Seeds start at 1000: nothing was tuned on them. Parts:

* models: nRMSE and coverage at 0, 4 and 16 runs, mean over the three responses; ours as shown
  (averaged) beside BoTorch and the oracles of ``twin_oracle.py``; every run its own slurry.
* campaigns: what 40 line-hours after four free starting runs teach, by who chooses the runs, all
  with the program's own model and one of three earlier lines misleading; driven through the Python
  API with a store in memory. "ours": ``propose(16, budget=hours left)`` until nothing fits, so the
  last plans are passes of the last slurry; "whole plans": ``propose(16)``, cut off at 40 h.
"""

# ruff: noqa: E402  # threads are set before numpy loads; torch loads only where needed

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # before numpy and torch are loaded

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
from families import POINTS, sobol
from plants import make_plant
from rivals import OURS, figures, multi_task_60, no_history, single_task, trust_gp_averaged
from twin_oracle import oracle, oracle_from_lines

from designer import Campaign
from designer.engine.knowledge import learn
from designer.engine.predicting import predict_recipes
from designer.models.twin import scenario, twin_specification
from designer.models.twin_designs import split_plot_plan
from designer.models.twin_factors import TwinOptions

FIRST_SEED = 1000
KINDS = ("related", "one_misleading", "all_misleading")
MISLEADING = dict(zip(KINDS, (0, 1, 3), strict=True))
RUNS = (0, 4, 16)
MODELS = {
    OURS: trust_gp_averaged,
    "no history": no_history,
    "SingleTaskGP": single_task,
    "MultiTaskGP 60": multi_task_60,
}
ORACLES = {"oracle": oracle, "oracle from lines": oracle_from_lines}

# ---- models ---------------------------------------------------------------------------------


def columns(factors, X):
    """Recipes on the unit cube as columns of settings."""
    return {f.name: f.low + (f.high - f.low) * X[:, k] for k, f in enumerate(factors)}


def oracle_predictions(name, twin, problems, runs):
    """An oracle's predictions, one per problem."""
    factors = twin.target.options.factors
    made = columns(factors, problems[0].runs[:runs])
    measured = {p.name: p.results[:runs] for p in problems}
    found = ORACLES[name](twin, made, measured, columns(factors, problems[0].points))
    return [found[p.name] for p in problems]


def judge_model(name, twin, plant, runs):
    """nRMSE and coverage, ``[responses, 2]``; None: it cannot predict or gave up."""
    problems = plant.problems
    if name in ORACLES:
        predictions = oracle_predictions(name, twin, problems, runs)
    else:
        predictions = MODELS[name](plant, runs)
    if predictions is None:
        return None
    return np.array([figures(p, q)[:2] for p, q in zip(problems, predictions, strict=True)])


def ignores_lines(name):
    return name in ("oracle", "no history", "SingleTaskGP")


def measure_models(kinds, names, seeds, *, variation=1.0, first=FIRST_SEED):
    """Figures ``[seeds, responses, 2]`` per (kind, model, runs)."""
    options = TwinOptions(variation=variation)
    out = {}
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


def model_table(results, seeds):
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


def response_table(results, kind="one_misleading"):
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


# ---- campaigns ------------------------------------------------------------------------------

BUDGET = 40.0  # h
START = 4  # free Sobol runs before it
BATCH = 16  # runs per plan of ours: about a slurry
LOSS_POINTS = 2048  # where the in-spec log loss is taken; nRMSE on the first 512 of them
CLIP = 1e-6  # of probabilities in the log loss
BLIND = ", whole plans"
METHODS = (
    "ours, window",
    "ours, learn",
    f"ours, window{BLIND}",
    "Sobol",
    "random",
    "structured 4 × 2",
)
RECORDED = ("mass_loading", "porosity", "adhesion")


def cost_of(stages, run_cost, batches):
    """Cumulated cost of runs in their order; ``batches``: ids per run and stage, None = its own."""
    made, total, costs = set(), 0.0, []
    for batch in batches:
        total += run_cost
        for stage in stages:
            name = batch.get(stage["name"])
            if name is None or name not in made:
                total += stage["change_cost"]
                made.add(name)
        costs.append(total)
    return np.array(costs)


class Line:
    """A campaign in the program and the twin line it is run on."""

    def __init__(self, seed, goal):
        self.seed = seed
        self.twin = scenario(seed, "one_misleading")
        self.target = self.twin.target
        self.factors = self.target.options.factors
        self.spec = twin_specification("window", line=self.target, seed=seed, budget=None)
        self.spec["campaign"]["goal"] = goal
        self.campaign = Campaign.create(self.spec, store=None)
        for earlier in self.twin.earlier:
            self.campaign.add_line(earlier.name, pd.DataFrame(earlier.data))
        self.line = self.target.campaign(seed)
        self.hours, self.runs = 0.0, 0

    def sobol(self, count):
        """First recipes of the scrambled Sobol sequence of this seed."""
        X = sobol(len(self.factors), count, np.random.default_rng([self.seed, 77]))
        return self.snapped(X)

    def snapped(self, X):
        found = columns(self.factors, X)
        return {f.name: f.snap(found[f.name]) for f in self.factors}

    def attach(self, settings, batches=None):
        """Make runs nobody proposed; ``batches`` by stage."""
        batches = batches or {}
        results = self.line.make(settings, batches)
        extra = {f"batch:{stage}": ids for stage, ids in batches.items()}
        self.campaign.attach(pd.DataFrame({**settings, **results, **extra}))

    def follow(self, seed, *, blind):
        """Make one plan of ours; False when nothing fits any more.

        ``blind``: the plan is not told what is left of the budget, only cut off where it ends.
        """
        left = BUDGET - self.hours
        cheapest = self.spec["costs"]["run"] + self.spec["stage"][-1]["change_cost"]
        if left < cheapest:
            return False
        plan = self.campaign.propose(BATCH, budget=None if blind else left, seed=seed)
        frame = plan.frame[plan.frame["cost"].cumsum() <= left + 1e-9]
        if not len(frame):
            return False
        ids = {s: frame[f"batch:{s}"].tolist() for s in ("slurry", "coating")}
        settings = {f.name: frame[f.name].to_numpy() for f in self.factors}
        results = self.line.make(settings, ids)
        self.campaign.record(pd.DataFrame(results, index=frame.index))
        self.hours += float(frame["cost"].sum())
        self.runs += len(frame)
        return len(frame) == len(plan)

    def spend(self, settings, batches=None):
        """Make as many of these runs as the budget allows, in their order."""
        count = len(next(iter(settings.values())))
        ids = [{s: v[k] for s, v in (batches or {}).items()} for k in range(count)]
        costs = cost_of(self.spec["stage"], self.spec["costs"]["run"], ids)
        self.runs = int((costs <= BUDGET + 1e-9).sum())
        self.hours = float(costs[self.runs - 1])
        self.attach(
            {name: values[: self.runs] for name, values in settings.items()},
            {stage: values[: self.runs] for stage, values in (batches or {}).items()},
        )

    def judge(self):
        """nRMSE and coverage (mean over responses), and in-spec log loss per recipe, now."""
        X = sobol(len(self.factors), LOSS_POINTS, np.random.default_rng([self.seed, 78]))
        points = self.snapped(X)
        truth = self.target.truth(points)
        knowledge = learn(self.campaign.service.session.state(self.campaign.name), quiet)
        values = zip(*points.values(), strict=True)
        recipes = [dict(zip(points, map(float, row), strict=True)) for row in values]
        found = predict_recipes(knowledge, recipes)
        errors, covered = [], []
        for name in RECORDED:
            mean, sd = np.array([[p.responses[name][k] for k in ("mean", "sd")] for p in found]).T
            off = (mean - truth[name])[:POINTS]
            errors.append(np.sqrt(np.mean(off**2)) / truth[name][:POINTS].std())
            covered.append(np.mean(np.abs(off) <= 1.96 * sd[:POINTS]))
        return np.mean(errors), np.mean(covered), self._log_loss(truth, found)

    def _log_loss(self, truth, found):
        inside = np.ones(LOSS_POINTS, dtype=bool)
        for response in self.spec["response"]:
            low, high = response["window"]
            inside &= (truth[response["name"]] >= low) & (truth[response["name"]] <= high)
        p = np.clip([f.in_spec for f in found], CLIP, 1 - CLIP)
        return -np.mean(np.where(inside, np.log(p), np.log1p(-p)))


def quiet(*_):
    """No progress is shown."""


def run_campaign(method, seed):
    """nRMSE, coverage, log loss, hours and runs of one campaign."""
    line = Line(seed, "learn" if method == "ours, learn" else "window")
    start = line.sobol(START)
    line.attach(start)
    rng = np.random.default_rng([seed, 79])
    if method == "Sobol":
        line.spend({name: values[START:] for name, values in line.sobol(32).items()})
    elif method == "random":
        line.spend(line.snapped(rng.random((28, len(line.factors)))))
    elif method == "structured 4 × 2":
        plan = split_plot_plan(line.factors, 56, rng)
        line.spend(plan.settings, plan.batches)
    elif method != "start only":
        plans = 0
        while line.follow(seed + plans, blind=BLIND in method):
            plans += 1
    return (*line.judge(), line.hours, line.runs)


def measure_campaigns(methods, seeds, *, first=FIRST_SEED, watch=quiet):
    """Figures ``[seeds, 5]`` per method."""
    out = {}
    for seed in range(first, first + seeds):
        for method in methods:
            out.setdefault(method, []).append(run_campaign(method, seed))
            watch(seed, method, np.round(out[method][-1], 4))
    return {method: np.array(rows) for method, rows in out.items()}


def ratio(one, other):
    """Geometric mean of paired ratios ± standard error of the log ratio."""
    logs = np.log(one / other)
    return f"{np.exp(logs.mean()):.2f} ± {logs.std(ddof=1) / np.sqrt(len(logs)):.2f}"


def campaign_table(results):
    """Markdown: medians, and ours (goal window) over each in paired ratios."""
    head = ("runs chosen by", "runs", "hours", "nRMSE", "coverage", "in-spec log loss")
    head += ("nRMSE: ours, window / this", "log loss: ours, window / this")
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    ours = results.get(METHODS[0])
    for method, rows in results.items():
        error, coverage, loss, hours, runs = np.median(rows, axis=0)
        cells = [method, f"{runs:.0f}", f"{hours:.1f}", f"**{error:.3f}**", f"{coverage:.2f}"]
        cells.append(f"{loss:.4f}")
        same = ours is None or rows is ours or len(rows) < 2
        cells += ["–"] * 2 if same else [ratio(ours[:, k], rows[:, k]) for k in (0, 2)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="first seed")
    parser.add_argument("--part", choices=("models", "campaigns"), action="append")
    parser.add_argument("--variation", type=float, action="append", help="of the twin's lines")
    parser.add_argument("--model", action="append", choices=[*MODELS, *ORACLES])
    parser.add_argument("--quick", action="store_true", help="without BoTorch, two methods only")
    arguments = parser.parse_args()
    parts = arguments.part or ["models", "campaigns"]
    names = arguments.model or [*MODELS, *ORACLES]
    if arguments.quick:
        names = [name for name in names if "Task" not in name]
    for variation in (arguments.variation or [1.0, 0.75]) if "models" in parts else []:
        results = measure_models(
            KINDS, names, arguments.seeds, variation=variation, first=arguments.first
        )
        print(f"variation {variation}\n\n{model_table(results, arguments.seeds)}\n")
        print(f"{response_table(results)}\n", flush=True)
    if "campaigns" in parts:
        methods = (METHODS[0], METHODS[-1]) if arguments.quick else (*METHODS, "start only")
        results = measure_campaigns(
            methods,
            arguments.seeds,
            first=arguments.first,
            watch=lambda *words: print(*words, file=sys.stderr, flush=True),
        )
        print(campaign_table(results))


if __name__ == "__main__":
    main()
