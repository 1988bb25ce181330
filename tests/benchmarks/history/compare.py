"""Two programs, campaign by campaign: paired ratios of two files of results.

    .venv/bin/python -m tests.benchmarks.history.compare /tmp/old.jsonl /tmp/new.jsonl

Geometric mean of new error over old ± standard error of the logarithm, coverage and CPU before →
after, over the campaigns that are in both files; by case, model and runs, and by family with
``--families``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.benchmarks.history.command import markdown
from tests.benchmarks.history.records import Record, Records, geometric

Pair = tuple[Record, Record]


def pairs(old: Records, new: Records) -> list[Pair]:
    """The same campaign under both programs; without those where one has no figure."""
    found = [(old.found[key], record) for key, record in new.found.items() if key in old]
    return [p for p in found if all(np.isfinite(r.error) for r in p)]


def groups(found: list[Pair], families: bool) -> Iterator[tuple[list[str], list[Pair]]]:
    """Pairs by case, model, runs and, if asked for, family; then everything by runs."""

    def name(record: Record) -> tuple[str, ...]:
        family = (record.family,) if families else ("all",)
        return record.case, record.model, *family, str(record.runs)

    for group in dict.fromkeys(name(new) for _, new in found):
        yield [*group], [p for p in found if name(p[1]) == group]
    for model, runs in sorted({(new.model, new.runs) for _, new in found}):
        of = [p for p in found if (p[1].model, p[1].runs) == (model, runs)]
        yield ["all", model, "all", str(runs)], of


def row(found: list[Pair]) -> list[str]:
    """Number of pairs, ratio, coverage, set aside, CPU."""
    old, new = zip(*found, strict=True)
    off = np.array([b.error / a.error for a, b in found])
    before, after = (np.mean([r.coverage for r in of]) for of in (old, new))
    aside = " → ".join(str(sum(r.aside for r in of)) for of in (old, new))
    cpu = [max(np.median([r.cpu for r in of]), 1e-9) for of in (old, new)]
    return [
        str(len(found)),
        f"× {geometric(off)}",
        f"{before:.3f} → {after:.3f}",
        aside,
        f"× {cpu[1] / cpu[0]:.2f}",
    ]


def table(old: Records, new: Records, *, families: bool = False) -> str:
    """Markdown: one row per group."""
    heads = [
        "case",
        "model",
        "family",
        "runs",
        "campaigns",
        "error",
        "coverage",
        "set aside",
        "CPU",
    ]
    return markdown(heads, [[*name, *row(of)] for name, of in groups(pairs(old, new), families)])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--families", action="store_true", help="one row per family")
    told = parser.parse_args()
    print(table(Records(told.old), Records(told.new), families=told.families))


if __name__ == "__main__":
    main()
