"""Optimal designs are as good as the best of 50 of pyoptex, and as published ones."""

import pytest

from tests.benchmarks.optimal_designs import (
    CASES,
    PUBLISHED,
    PYOPTEX,
    Case,
    ours,
    recipes_of,
    score,
)

pytestmark = pytest.mark.benchmark

# about a second each; all are in the table of README.md
QUICK = [
    case
    for case in CASES
    if (case.criterion, case.name)
    in {("I", "split-split-plot, 1 + 1 + 2"), ("D", "mixture of 4, a constraint")}
]


@pytest.mark.parametrize("case", QUICK, ids=lambda case: f"{case.criterion} {case.name}")
def test_no_design_of_pyoptex_is_a_percent_better(case: Case) -> None:
    theirs, _ = PYOPTEX[case.criterion, case.name]
    assert theirs / ours(case, 0)[0] >= 0.99


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda published: published[0])
def test_published_designs_are_reached(
    published: tuple[str, Case, list[tuple[float, ...]]],
) -> None:
    _, case, design = published
    assert score(case, recipes_of(case, design)) / ours(case, 0)[0] >= 0.999
