"""Own runs and lines made in shared slurries, the slurry ids told or left out: coverage.

    .venv/bin/python -m tests.benchmarks.history.untold_batches --seeds 12 --rows /tmp/untold.jsonl
    .venv/bin/python -m tests.benchmarks.history.untold_batches --quick

A campaign of the program on the twin: three related earlier lines in slurries of eight runs on four
strips, 8 own runs of two slurries with two strips of two passes each, in the order made. Ids are
told everywhere, left out of the own runs, or left out everywhere. Wanted: the 95 % intervals hold
at least 90 % of the porosities where the ids are left out.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from tests.benchmarks.history.command import Settings, markdown, settings  # sets the threads

# isort: split
import numpy as np
import pandas as pd

from designer import Campaign
from designer.engine.fitted_campaign import fit_campaign
from designer.engine.threads import one_thread
from designer.twin.designs import stratified
from designer.twin.scenario import Scenario, scenario
from designer.twin.specification import twin_specification
from tests.benchmarks.campaign_line import columns, quiet
from tests.benchmarks.families import POINTS, sobol
from tests.benchmarks.history.records import Record, Records

CASES = {  # whether ids of own runs, of lines are told
    "told": (True, True),
    "own left out": (False, True),
    "all left out": (False, False),
}
HISTORY = {"with history": True, "without": False}
SLURRIES = 2
PER_SLURRY, PER_STRIP = 4, 2


def measure(told: Settings) -> Records:
    """Records per case; the family is the response, the model says whether there is history."""
    records = Records(told.rows)
    for seed in told.seeds:
        twin = scenario(seed, "related", plan="split_plot")
        for case in CASES:
            if told.only and case not in told.only:
                continue
            for model, history in HISTORY.items():
                if (told.quick and not history) or (not history and case == "all left out"):
                    continue
                if (case, "porosity", seed, SLURRIES * PER_SLURRY, model) not in records:
                    records.add(_campaign(twin, case, seed, model))
    return records


def own_runs(twin: Scenario, seed: int) -> tuple[dict[str, np.ndarray], dict[str, list[str]]]:
    """Set-points and batch ids of the own runs, in the order made."""
    rng = np.random.default_rng([seed, 81])
    run = np.arange(SLURRIES * PER_SLURRY)
    plots = {"slurry": run // PER_SLURRY, "coating": run // PER_STRIP, "calendering": run}
    settings_of = {}
    for factor in twin.target.options.factors:
        plot = plots[factor.stage]
        share = stratified(int(plot.max()) + 1, rng)[plot]
        settings_of[factor.name] = factor.snap(factor.at(share))
    ids = {s: [f"{s}-{k + 1:02d}" for k in plots[s]] for s in ("slurry", "coating")}
    return settings_of, ids


def _campaign(twin: Scenario, case: str, seed: int, model: str) -> list[Record]:
    own_told, lines_told = CASES[case]
    spec = twin_specification("window", line=twin.target, seed=seed, budget=None)
    campaign = Campaign.create(spec, store=None)
    for earlier in twin.earlier if HISTORY[model] else ():
        campaign.add_line(earlier.name, pd.DataFrame(_without_ids(earlier.data, lines_told)))
    chosen, ids = own_runs(twin, seed)
    results = twin.target.campaign(seed).make(chosen, ids)
    batches = {f"batch:{stage}": column for stage, column in ids.items()}
    campaign.attach(pd.DataFrame(_without_ids({**chosen, **results, **batches}, own_told)))
    return judged(campaign, twin, case, seed, model)


def _without_ids(table: Mapping[str, object], told: bool) -> dict[str, object]:
    return {k: v for k, v in table.items() if told or not k.startswith("batch:")}


def judged(campaign: Campaign, twin: Scenario, case: str, seed: int, model: str) -> list[Record]:
    """Records of what the campaign shows, one per response."""
    factors = twin.target.options.factors
    points = columns(factors, sobol(len(factors), POINTS, np.random.default_rng([seed, 82])))
    truth = twin.target.truth(points)
    recipes = [
        dict(zip(points, map(float, row), strict=True))
        for row in zip(*points.values(), strict=True)
    ]
    started = time.process_time()
    with one_thread():
        fitted = fit_campaign(campaign.service.session.state(campaign.name), quiet)
        X = fitted.training.space.encode_recipes(recipes)
        shown = {n: p.to_raw(*p.moments(X)) for n, p in fitted.averaged.items()}
    cpu = round(time.process_time() - started, 4)
    found = []
    for name, (mean, sd) in shown.items():
        off = mean - truth[name]
        error = float(np.sqrt(np.mean(off**2)) / truth[name].std())
        covered = float(np.mean(np.abs(off) <= 1.96 * sd))
        runs = SLURRIES * PER_SLURRY
        found.append(Record(case, name, seed, runs, model, error, covered, cpu=cpu))
    return found


def table(records: Records) -> str:
    """Markdown: median nRMSE / mean coverage / its lowest, per response."""
    responses = list(dict.fromkeys(r.family for r in records))
    rows = []
    for model, case in dict.fromkeys((r.model, r.case) for r in records):
        cells = []
        for name in responses:
            of = records.of(case=case, model=model, family=name)
            covered = [r.coverage for r in of]
            error = np.median([r.error for r in of])
            cells.append(f"**{error:.3f}** / {np.mean(covered):.3f} / {min(covered):.2f}")
        rows.append([model, case, *cells])
    return markdown(["lines", "ids", *responses], rows)


def main() -> None:
    """Print the table."""
    print("median nRMSE / coverage, mean over seeds / lowest of a seed\n")
    print(table(measure(settings(__doc__, seeds=12))))


if __name__ == "__main__":
    main()
