"""One earlier line of another scale, or one that hardly looked: against no history.

    .venv/bin/python -m tests.benchmarks.history.scales --seeds 4 --rows /tmp/scales.jsonl
    .venv/bin/python -m tests.benchmarks.history.scales --quick

Every case of `spoiled.py`, linear and log responses, five families, 4 to 20 own runs; a line has
40 rows. Per cell (case, scale, runs): median over families and seeds of our error over that
without earlier lines, share of campaigns more than 1.2 times worse, coverage (mean), own results
set aside (all are right), CPU of fit and prediction. Wanted at 10 and 20 runs: median at most
1.2, coverage at least .85, none set aside.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.benchmarks.history.command import Settings, markdown, settings  # sets the threads

# isort: split
import numpy as np

from tests.benchmarks.history.judging import as_case, judge
from tests.benchmarks.history.records import LEFT_OUT, Record, Records, geometric, ratios
from tests.benchmarks.history.spoiled import CASES, lines_with, possible
from tests.benchmarks.history.surfaces import NAMES, Scale, make_surface, problem_of
from tests.benchmarks.rivals import OURS

SCALES: tuple[Scale, ...] = ("linear", "log")
RUNS = (4, 6, 10, 20)
QUICK = (10,)
PROMISED = (10, 20)
WORSE, WANTED, COVERED = 1.2, 1.2, 0.85


def measure(told: Settings, families: Sequence[str] = NAMES) -> Records:
    """Records of ours with history and of ours without, per case, family, seed and runs."""
    records = Records(told.rows)
    runs = QUICK if told.quick else RUNS
    wanted = [case for case in CASES if not told.only or case in told.only]
    for seed in told.seeds:
        for family in families:
            for scale in SCALES:
                cases = [case for case in wanted if possible(case, scale)]
                for count in runs:
                    _campaign(records, cases, family, scale, seed, count)
    return records


def _campaign(
    records: Records, cases: list[str], family: str, scale: Scale, seed: int, runs: int
) -> None:
    """Every case of one target at one number of runs, beside the same fit without history."""
    name = f"{family} {scale}"
    missing = [case for case in cases if (case, name, seed, runs, OURS) not in records]
    if not missing:
        return
    surface = make_surface(family, scale, seed)
    alone = judge(problem_of(surface, ()), "", seed, runs, history=False)
    for case in missing:
        problem = problem_of(surface, lines_with(surface, case))
        records.add([as_case(alone, case), judge(problem, case, seed, runs)])


def cells(records: Records) -> dict[tuple[str, Scale, int], list[Record]]:
    """Records of both models by case, scale and runs."""
    found: dict[tuple[str, Scale, int], list[Record]] = {}
    for case in CASES:
        for scale in SCALES:
            for runs in RUNS:
                of = [r for r in records.of(case=case, runs=runs) if r.family.endswith(scale)]
                if of:
                    found[case, scale, runs] = of
    return found


def table(records: Records) -> str:
    """Markdown: one row per case and scale, one column per number of runs."""
    every = cells(records)
    counts = sorted({runs for _, _, runs in every})
    heads = ["earlier line", "scale", *(f"{n} runs" for n in counts)]
    rows = [
        [case, scale, *(_cell(every.get((case, scale, n), [])) for n in counts)]
        for case, scale in dict.fromkeys(key[:2] for key in every)
    ]
    return markdown(heads, rows)


def _cell(records: list[Record]) -> str:
    """Median ratio / share worse / coverage / own results set aside."""
    ours = [r for r in records if r.model == OURS]
    if not ours:
        return "–"
    off = ratios(records, OURS)
    covered = np.mean([r.coverage for r in ours])
    aside = sum(r.aside for r in ours)
    return f"**{np.median(off):.2f}** / {np.mean(off > WORSE):.2f} / {covered:.2f} / {aside}"


def summary(records: Records) -> str:
    """Everything at once, one sentence per number of runs."""
    lines = []
    for runs in RUNS:
        of, ours = records.of(runs=runs), records.of(runs=runs, model=OURS)
        if not ours:
            continue
        off = ratios(of, OURS)
        alone = np.mean([r.coverage for r in of if r.model == LEFT_OUT])
        lines.append(
            f"{runs} runs: median {np.median(off):.2f}, geometric mean {geometric(off)},"
            f" worse than {WORSE} × in {np.mean(off > WORSE):.3f};"
            f" coverage {np.mean([r.coverage for r in ours]):.3f} (no history {alone:.3f});"
            f" {sum(r.aside > 0 for r in ours)} of {len(ours)} fits set a right result aside;"
            f" CPU {np.median([r.cpu for r in ours]):.2f} s"
        )
    return "\n".join(lines)


def missed(records: Records) -> str:
    """The cells that miss what is wanted at 10 and 20 runs."""
    found = []
    for (case, scale, runs), of in cells(records).items():
        off, ours = np.median(ratios(of, OURS)), [r for r in of if r.model == OURS]
        covered, aside = np.mean([r.coverage for r in ours]), sum(r.aside for r in ours)
        if runs in PROMISED and (off > WANTED or covered < COVERED or aside):
            found.append(f"- {case}, {scale}, {runs} runs: {_cell(of)}")
    return "\n".join([f"cells that miss what is wanted: {len(found)}", *found])


def main() -> None:
    """Print the table."""
    found = measure(settings(__doc__, seeds=4))
    print("median ratio to no history / share above 1.2 / coverage / own results set aside\n")
    print("\n\n".join([table(found), summary(found), missed(found)]))


if __name__ == "__main__":
    main()
