"""All three earlier lines misleading: campaigns harmed, and whether intervals stay true.

    .venv/bin/python -m tests.benchmarks.history.all_bad --seeds 14 --rows /tmp/all_bad.jsonl
    .venv/bin/python -m tests.benchmarks.history.all_bad --quick

Six families, so 14 seeds are 84 campaigns; 4, 8 and 16 own runs; errors against the same program
without earlier lines. The lines of "twin split-plot" agree with each other and share batches.
Wanted: at most 12 % of the campaigns more than 10 % worse at 8 runs and 8 % at 16, coverage .92.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.benchmarks.history.command import Settings, markdown, settings  # sets the threads

# isort: split
import numpy as np

from tests.benchmarks.history.judging import judge_plant, seeds_and_families
from tests.benchmarks.history.records import LEFT_OUT, Record, Records, geometric, ratios
from tests.benchmarks.plants import make_plant
from tests.benchmarks.rivals import OURS

CASE = "all misleading"
RUNS = (4, 8, 16)
HARMED = 1.1


def measure(told: Settings, runs: Sequence[int] = RUNS) -> Records:
    """Records with and without history, means over the responses."""
    records = Records(told.rows)
    for seed, family in seeds_and_families(told):
        plant = make_plant(family, seed, misleading=3)
        for count in runs:
            for history, model in ((True, OURS), (False, LEFT_OUT)):
                if (CASE, family, seed, count, model) not in records:
                    records.add([judge_plant(plant, CASE, seed, count, history=history)])
    return records


def table(records: Records) -> str:
    """Markdown: one row per family and for all, one column per number of runs."""
    families = list(dict.fromkeys(r.family for r in records))
    heads = ["family", *(f"{n} runs" for n in RUNS)]
    rows = [
        [name, *(_cell(records.of(family=family, runs=n)) for n in RUNS)]
        for name, family in [*((f, f) for f in families), ("all", None)]
    ]
    return markdown(heads, rows)


def _cell(records: list[Record]) -> str:
    """Ratio ± s.e. / harmed / coverage with and without history / own results set aside."""
    off = ratios(records, OURS)
    if not len(off):
        return "–"
    ours = [r for r in records if r.model == OURS]
    alone = np.mean([r.coverage for r in records if r.model == LEFT_OUT])
    return (
        f"× {geometric(off)} / {np.sum(off > HARMED)} of {len(off)} ({np.mean(off > HARMED):.2f})"
        f" / {np.mean([r.coverage for r in ours]):.3f} ({alone:.3f})"
        f" / {sum(r.aside for r in ours)}"
    )


def main() -> None:
    """Print the table."""
    found = measure(settings(__doc__, seeds=14))
    print("error against no history / campaigns > 10 % worse / coverage (no history) / set aside\n")
    print(table(found))


if __name__ == "__main__":
    main()
