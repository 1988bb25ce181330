"""Real earlier lines against no history: graphite, and calendering whose settings do not overlap.

    .venv/bin/python -m tests.benchmarks.history.real_lines --seeds 20 --rows /tmp/real.jsonl
    .venv/bin/python -m tests.benchmarks.history.real_lines --quick

The sets of `real_data.py` (they lie in ``../shared/data``): some target conditions are drawn and
measured with all their replicates, the means of the others predicted. Wanted: error at most 1.05
times that of no history on graphite at 8 conditions, 1.3 on calendering density at 3 and 4.
"""

from __future__ import annotations

from tests.benchmarks.history.command import Settings, markdown, settings  # sets the threads

# isort: split
import numpy as np

from tests.benchmarks.history.judging import judge
from tests.benchmarks.history.records import LEFT_OUT, Record, Records, geometric, ratios
from tests.benchmarks.real_data import calendering, draw, graphite
from tests.benchmarks.rivals import OURS
from tests.places import SHARED_DATA as DATA

CONDITIONS = {"graphite": (3, 5, 8), "calendering": (2, 3, 4)}
QUICK = {"graphite": (8,), "calendering": (3, 4)}
HARMED = 1.1


def measure(told: Settings) -> Records:
    """Records with and without history; the case is the number of conditions."""
    records = Records(told.rows)
    wanted = QUICK if told.quick else CONDITIONS
    for case in (graphite(), calendering()):
        if told.only and case.name not in told.only:
            continue
        for seed in told.seeds:
            for n in wanted[case.name]:
                plant, rows, _ = draw(case, seed, n)
                name = f"{n} conditions"
                for problem in plant.problems:
                    for history, model in ((True, OURS), (False, LEFT_OUT)):
                        if (name, problem.name, seed, rows, model) not in records:
                            records.add([judge(problem, name, seed, rows, history=history)])
    return records


def table(records: Records) -> str:
    """Markdown: one row per response and number of conditions."""
    rows = []
    for family, case in dict.fromkeys((r.family, r.case) for r in records):
        of = records.of(family=family, case=case)
        off = ratios(of, OURS)
        ours, alone = ([r for r in of if r.model == m] for m in (OURS, LEFT_OUT))
        rows.append(
            [
                family,
                case,
                *(f"**{_error(found)}" for found in (ours, alone)),
                geometric(off),
                f"{np.mean(off > HARMED):.2f}",
                str(sum(r.aside for r in ours)),
            ]
        )
    heads = ["response", "target", "ours", LEFT_OUT, "paired", "> 10 % worse", "set aside"]
    return markdown(heads, rows)


def _error(records: list[Record]) -> str:
    error = np.median([r.error for r in records])
    return f"{error:.2f}** / {np.mean([r.coverage for r in records]):.2f}"


def main() -> None:
    """Print the table."""
    if not DATA.exists():
        print(f"nothing to measure: {DATA} is not there")
        return
    print("median nRMSE / coverage\n")
    print(table(measure(settings(__doc__, seeds=20))))


if __name__ == "__main__":
    main()
