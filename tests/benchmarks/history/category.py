"""Against one plain GP that takes the line as a category, on the pilot-line twin, by response.

    .venv/bin/python -m tests.benchmarks.history.category --seeds 12 --rows /tmp/category.jsonl
    .venv/bin/python -m tests.benchmarks.history.category --quick

8 own runs, every run its own slurry ("twin") or 8 runs a slurry ("twin split-plot"), related lines
or one of three misleading. The rival is BoTorch's SingleTaskGP with its defaults and the line
one-hot: the cheapest thing that uses history at all. Wanted at 8 runs with related lines: .55 / .93
/ .97 of its error in loading / porosity / adhesion.
"""

from __future__ import annotations

import time

from tests.benchmarks.history.command import Settings, markdown, settings  # sets the threads

# isort: split
import numpy as np

from tests.benchmarks.history.records import Record, Records, geometric, ratios
from tests.benchmarks.plants import TWINS, Plant, make_plant
from tests.benchmarks.rivals import CATEGORY, MODELS, OURS, figures

CASES = {"related": 0, "one of three misleading": 1}
RUNS = (8,)
QUICK_TWINS = TWINS[:1]


def measure(told: Settings) -> Records:
    """Records of both models; the family is plant and response."""
    records = Records(told.rows)
    for seed in told.seeds:
        for case, misleading in CASES.items():
            if told.only and case not in told.only:
                continue
            for name in QUICK_TWINS if told.quick else TWINS:
                plant = make_plant(name, seed, misleading=misleading)
                for runs in RUNS:
                    for model in (OURS, CATEGORY):
                        if (case, family(plant, -1), seed, runs, model) not in records:
                            records.add(by_response(plant, case, seed, runs, model))
    return records


def by_response(plant: Plant, case: str, seed: int, runs: int, model: str) -> list[Record]:
    """One record per response; CPU is that of all."""
    started = time.process_time()
    predictions = MODELS[model](plant, runs)
    seconds = round(time.process_time() - started, 4)
    return [
        Record(case, family(plant, k), seed, runs, model, *figures(p, q)[:2], cpu=seconds)
        for k, (p, q) in enumerate(zip(plant.problems, predictions or [], strict=True))
    ]


def family(plant: Plant, k: int) -> str:
    """Names plant and response."""
    return f"{plant.name}: {plant.problems[k].name}"


def table(records: Records) -> str:
    """Markdown: median nRMSE / coverage of each, and the paired ratio of ours to the rival."""
    rows = []
    for case, runs, response in dict.fromkeys((r.case, r.runs, r.family) for r in records):
        of = records.of(case=case, runs=runs, family=response)
        cells = []
        for model in (OURS, CATEGORY):
            found = [r for r in of if r.model == model]
            error, cpu = np.median([(r.error, r.cpu) for r in found], axis=0)
            covered = np.mean([r.coverage for r in found])
            cells.append(f"**{error:.3f}** / {covered:.2f} / {cpu:.2f} s")
        medians = [np.median([r.error for r in of if r.model == m]) for m in (OURS, CATEGORY)]
        off = ratios(of, OURS, CATEGORY)
        rows.append(
            [case, str(runs), response, *cells, f"{medians[0] / medians[1]:.2f}", geometric(off)]
        )
    heads = ["earlier lines", "runs", "response", OURS, CATEGORY, "of medians", "paired"]
    return markdown(heads, rows)


def main() -> None:
    """Print the table."""
    print(table(measure(settings(__doc__, seeds=12))))


if __name__ == "__main__":
    main()
