"""Without earlier lines: are the intervals wide enough from 5 runs on?

    .venv/bin/python -m tests.benchmarks.history.alone --seeds 8 --rows /tmp/alone.jsonl
    .venv/bin/python -m tests.benchmarks.history.alone --quick
    .venv/bin/python -m tests.benchmarks.history.alone --table /tmp/p3ht.csv

Smooth families (linear and logarithmic, 1 to 6 inputs), the real sets of `real_data.py`, and any
further table of numbers whose last column is the response: runs are drawn, the means of all other
recipes predicted. Wanted: coverage of at least .91 (real sets) and .95 (smooth families), means;
errors of two programs are compared with `compare`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.history.command import Settings, markdown, parser, read  # sets the threads

# isort: split
import numpy as np
import pandas as pd

from tests.benchmarks.families import Problem, make_problem
from tests.benchmarks.history.judging import judge
from tests.benchmarks.history.records import LEFT_OUT, Record, Records
from tests.benchmarks.history.surfaces import NAMES, make_surface, problem_of
from tests.benchmarks.real_data import calendering, constant, draw, graphite
from tests.places import SHARED_DATA as DATA

RUNS = (5, 8, 12, 20)
QUICK = (8,)
SMOOTH, REAL = "smooth", "real"
_LEAST_LEFT = 8  # recipes of a table that are predicted


def smooth(seed: int) -> Iterator[Problem]:
    """Noisy runs on functions whose truth is known."""
    for family in ("forrester", "hartmann6"):
        yield make_problem(family, seed)
    for family in NAMES:
        yield problem_of(make_surface(family, "linear", seed), ())
        yield problem_of(make_surface(family, "log", seed), ())


def real(seed: int) -> Iterator[tuple[Problem, int]]:
    """Conditions of the shared sets, with all replicates: at least five rows."""
    for case, conditions in ((graphite(), (5, 8)), (calendering(), (2, 3, 4))):
        for n in conditions:
            plant, rows, _ = draw(case, seed, n)
            if rows >= min(RUNS):
                yield from ((problem, rows) for problem in plant.problems)


def of_table(path: Path, seed: int, runs: int) -> Problem | None:
    """Rows of a table as runs; the others' means per recipe are the truth.

    Args:
        path: CSV; every column but the last is an input.
        seed: of the rows drawn.
        runs: how many.

    Returns:
        None where too few recipes would be left.
    """
    frame = pd.read_csv(path).drop_duplicates()
    *inputs, response = frame.columns
    frame = frame.sample(frac=1.0, random_state=seed)
    known, rest = frame.iloc[:runs], frame.iloc[runs:]
    rest = rest[~rest.set_index(inputs).index.isin(known.set_index(inputs).index)]
    means = rest.groupby(inputs)[response].mean()
    if len(means) < _LEAST_LEFT:
        return None
    low, high = frame[inputs].min(), frame[inputs].max()
    points = (means.index.to_frame() - low) / (high - low)
    return Problem(
        path.stem,
        len(inputs),
        constant(means.to_numpy()),
        ((known[inputs] - low) / (high - low)).to_numpy(),
        known[response].to_numpy(float),
        (),
        points.to_numpy(),
        log_scale=bool((frame[response] > 0).all()),
    )


def measure(told: Settings, tables: tuple[Path, ...] = ()) -> Records:
    """Records of ours without history; the case is ``smooth`` or ``real``."""
    records = Records(told.rows)
    for seed in told.seeds:
        for case, problem, runs in _problems(told, tables, seed):
            if told.only and case not in told.only and problem.name not in told.only:
                continue
            if (case, problem.name, seed, runs, LEFT_OUT) not in records:
                records.add([judge(problem, case, seed, runs, history=False)])
    return records


def _problems(
    told: Settings, tables: tuple[Path, ...], seed: int
) -> Iterator[tuple[str, Problem, int]]:
    counts = QUICK if told.quick else RUNS
    yield from ((SMOOTH, p, n) for p in smooth(seed) for n in counts)
    if DATA.exists():
        yield from ((REAL, p, rows) for p, rows in real(seed))
    for path in tables:
        found = [(of_table(path, seed, n), n) for n in counts]
        yield from ((REAL, p, n) for p, n in found if p is not None)


def table(records: Records) -> str:
    """Markdown: median nRMSE and mean coverage per family over all numbers of runs; then means."""
    rows = []
    for case in dict.fromkeys(r.case for r in records):
        covered = []
        for family in dict.fromkeys(r.family for r in records.of(case=case)):
            of = records.of(case=case, family=family)
            covered.append(float(np.mean([r.coverage for r in of])))
            rows.append([case, family, _by_runs(of), f"{covered[-1]:.3f}"])
        rows.append([case, "mean", "", f"**{np.mean(covered):.3f}**"])
    return markdown(["", "family", "runs: nRMSE / coverage", "coverage"], rows)


def _by_runs(records: list[Record]) -> str:
    parts = []
    for runs in sorted({r.runs for r in records}):
        of = [r for r in records if r.runs == runs]
        error = np.median([r.error for r in of])
        parts.append(f"{runs}: {error:.2f} / {np.mean([r.coverage for r in of]):.2f}")
    return "; ".join(parts)


def main() -> None:
    """Print the table."""
    options = parser(__doc__, seeds=8)
    options.add_argument("--table", type=Path, action="append", default=[], help="CSV")
    arguments = options.parse_args()
    if not DATA.exists():
        print(f"without the real sets: {DATA} is not there")
    print(table(measure(read(arguments), tuple(arguments.table))))


if __name__ == "__main__":
    main()
