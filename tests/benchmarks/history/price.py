"""What caution costs where earlier lines are good, or one of three is not: two builds compared.

    .venv/bin/python -m tests.benchmarks.history.price --seeds 8 --rows /tmp/new.jsonl
    .venv/bin/python -m tests.benchmarks.history.compare /tmp/old.jsonl /tmp/new.jsonl

The first line in both builds, each with a file of its own.
Families of `model_benchmark.py`, 0 to 16 own runs, none or one of three lines misleading. Medians
of nRMSE and mean coverage; `compare` prints paired ratios. Wanted: at most 1.02 in every cell.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.benchmarks.history.command import Settings, markdown, settings  # sets the threads

# isort: split
import numpy as np

from tests.benchmarks.history.judging import judge_plant, seeds_and_families
from tests.benchmarks.history.records import Records
from tests.benchmarks.plants import make_plant
from tests.benchmarks.rivals import OURS

CASES = {"related": 0, "one of three misleading": 1}
RUNS = (0, 4, 8, 16)


def measure(told: Settings, runs: Sequence[int] = RUNS) -> Records:
    """Records of ours, means over the responses."""
    records = Records(told.rows)
    for seed, family in seeds_and_families(told):
        for case, misleading in CASES.items():
            plant = make_plant(family, seed, misleading=misleading)
            for count in runs:
                if (case, family, seed, count, OURS) not in records:
                    records.add([judge_plant(plant, case, seed, count)])
    return records


def table(records: Records) -> str:
    """Markdown: median nRMSE / mean coverage / own results set aside / CPU s."""
    rows = []
    for case, family in dict.fromkeys((r.case, r.family) for r in records):
        cells = []
        for runs in RUNS:
            of = records.of(case=case, family=family, runs=runs)
            if not of:
                cells.append("–")
                continue
            error, cpu = (np.median([getattr(r, name) for r in of]) for name in ("error", "cpu"))
            covered = np.mean([r.coverage for r in of])
            cells.append(
                f"**{error:.3f}** / {covered:.3f} / {sum(r.aside for r in of)} / {cpu:.2f}"
            )
        rows.append([case, family, *cells])
    return markdown(["earlier lines", "family", *(f"{n} runs" for n in RUNS)], rows)


def main() -> None:
    """Print the table."""
    print(table(measure(settings(__doc__, seeds=8))))


if __name__ == "__main__":
    main()
