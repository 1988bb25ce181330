"""The tables of README.md: two folders of results, of an older program and of this one.

    .venv/bin/python -m tests.benchmarks.history.before_after /tmp/old /tmp/new

A folder holds what the scripts kept with ``--rows FOLDER/NAME.jsonl`` (NAME: scales, all_bad,
price, category, real_lines, untold_batches, alone); what is missing in one of them is left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.history.command import markdown  # sets the threads

# isort: split
import numpy as np

from tests.benchmarks.history import all_bad, scales
from tests.benchmarks.history.compare import pairs
from tests.benchmarks.history.records import LEFT_OUT, Record, Records, geometric, ratios
from tests.benchmarks.history.surfaces import Scale
from tests.benchmarks.rivals import CATEGORY, OURS

Table = Callable[[Records, Records], str]


def arrow(old: object, new: object) -> str:
    """Before → now."""
    return f"{old} → **{new}**"


def covered(records: list[Record]) -> str:
    """Mean coverage."""
    return f"{np.mean([r.coverage for r in records]):.3f}"


def of_scales(old: Records, new: Records) -> str:
    """One row per case: median ratio / coverage / own results set aside at 10 and 20 runs."""
    before, now = scales.cells(old), scales.cells(new)
    columns: list[tuple[Scale, int]] = [
        (scale, runs) for scale in scales.SCALES for runs in scales.PROMISED
    ]

    def cell(found: list[Record]) -> str:
        ours = [r for r in found if r.model == OURS]
        error = np.median(ratios(found, OURS))
        return f"{error:.2f} / {np.mean([r.coverage for r in ours]):.2f} / {_aside(ours)}"

    rows = []
    for case in dict.fromkeys(key[0] for key in now):
        cells = []
        for scale, runs in columns:
            key = (case, scale, runs)
            there = key in before and key in now
            cells.append(_both(cell, before[key], now[key]) if there else "–")
        rows.append([case, *cells])
    heads = ["earlier lines", *(f"{scale}, {runs} runs" for scale, runs in columns)]
    return markdown(heads, rows) + "\n\n" + scales.summary(new) + "\n\n" + scales.missed(new)


def _aside(records: list[Record]) -> int:
    return sum(r.aside for r in records)


def _both(cell: Callable[[list[Record]], str], old: list[Record], new: list[Record]) -> str:
    return arrow(cell(old), cell(new))


def of_all_bad(old: Records, new: Records) -> str:
    """Per family and for all: campaigns harmed, and coverage."""

    def harmed(records: list[Record]) -> str:
        off = ratios(records, OURS)
        return f"{np.sum(off > all_bad.HARMED)} of {len(off)}"

    rows = []
    for family in [*dict.fromkeys(r.family for r in new), None]:
        cells = []
        for runs in all_bad.RUNS:
            of = [records.of(family=family, runs=runs) for records in (old, new)]
            ours = [[r for r in found if r.model == OURS] for found in of]
            alone = [r for r in of[1] if r.model == LEFT_OUT]
            off = geometric(ratios(of[1], OURS))
            cells.append(
                f"{arrow(*map(harmed, of))} · {arrow(*map(covered, ours))}"
                f" ({covered(alone)}) · × {off}"
            )
        rows.append([family or "all", *cells])
    return markdown(["family", *(f"{n} runs" for n in all_bad.RUNS)], rows)


def of_price(old: Records, new: Records) -> str:
    """Per family and for all: error now over error before, paired, by lines and runs."""
    found = pairs(old, new)
    keys = [*dict.fromkeys((b.case, b.runs) for _, b in found)]
    rows = []
    for family in [*dict.fromkeys(r.family for r in new), None]:
        cells = []
        for case, runs in keys:
            of = [
                (a, b)
                for a, b in found
                if (b.case, b.runs) == (case, runs) and family in (None, b.family)
            ]
            medians = [np.median([p[k].error for p in of]) for k in (0, 1)]
            off = geometric(np.array([b.error / a.error for a, b in of]))
            cells.append(f"{medians[0]:.3f} → **{medians[1]:.3f}** × {off}")
        rows.append([family or "all", *cells])
    return markdown(["family", *(f"{case}, {runs} runs" for case, runs in keys)], rows)


def of_category(old: Records, new: Records) -> str:
    """Per lines and response: ours before and now, the rival, and the paired ratio."""
    rows = []
    for case, family in dict.fromkeys((r.case, r.family) for r in new):
        before, now = (r.of(case=case, family=family) for r in (old, new))
        errors = [
            np.median([r.error for r in found if r.model == model])
            for found, model in ((before, OURS), (now, OURS), (now, CATEGORY))
        ]
        ours = arrow(f"{errors[0]:.3f}", f"{errors[1]:.3f}")
        off = geometric(ratios(now, OURS, CATEGORY))
        rows.append([case, family, ours, f"{errors[2]:.3f}", off])
    return markdown(["earlier lines", "response", "ours", CATEGORY, "ours over it, paired"], rows)


def of_real(old: Records, new: Records) -> str:
    """Per response and number of conditions: ratio to no history, and coverage."""
    rows = []
    for family, case in dict.fromkeys((r.family, r.case) for r in new):
        of = [r.of(family=family, case=case) for r in (old, new)]
        ours = [[r for r in found if r.model == OURS] for found in of]
        off = [geometric(ratios(found, OURS)) for found in of]
        rows.append([family, case, arrow(*off), arrow(*map(covered, ours))])
    return markdown(["response", "target", "error over no history's", "coverage"], rows)


def of_batches(old: Records, new: Records) -> str:
    """Per case: coverage of every response, mean and lowest of a seed."""
    responses = list(dict.fromkeys(r.family for r in new))

    def cell(records: list[Record]) -> str:
        return f"{covered(records)} ({min(r.coverage for r in records):.2f})"

    rows = []
    for model, case in dict.fromkeys((r.model, r.case) for r in new):
        of = [[r.of(case=case, model=model, family=name) for r in (old, new)] for name in responses]
        rows.append([model, case, *(_both(cell, a, b) for a, b in of)])
    return markdown(["lines", "ids", *responses], rows)


def of_alone(old: Records, new: Records) -> str:
    """Per family: coverage over all numbers of runs, and the paired error; means of families."""
    rows = []
    for case in dict.fromkeys(r.case for r in new):
        means = []
        for family in dict.fromkeys(r.family for r in new.of(case=case)):
            of = [r.of(case=case, family=family) for r in (old, new)]
            means.append([np.mean([r.coverage for r in found]) for found in of])
            off = [b.error / a.error for a, b in pairs(old, new) if b.family == family]
            rows.append([case, family, arrow(*map(covered, of)), geometric(np.array(off))])
        a, b = np.mean(means, axis=0)
        rows.append([case, "mean", arrow(f"{a:.3f}", f"{b:.3f}"), ""])
    return markdown(["", "family", "coverage", "error now over before"], rows)


TABLES: dict[str, Table] = {
    "scales": of_scales,
    "all_bad": of_all_bad,
    "price": of_price,
    "category": of_category,
    "real_lines": of_real,
    "untold_batches": of_batches,
    "alone": of_alone,
}


def main() -> None:
    """Print every table both folders have results for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    told = parser.parse_args()
    for name, table in TABLES.items():
        files = [folder / f"{name}.jsonl" for folder in (told.old, told.new)]
        if all(file.exists() for file in files):
            print(f"### {name}\n\n{table(*map(Records, files))}\n")


if __name__ == "__main__":
    main()
