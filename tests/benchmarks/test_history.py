"""Measurements of earlier lines at quick settings; how their results are kept and paired."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.history import (
    all_bad,
    alone,
    before_after,
    category,
    compare,
    first_runs,
    price,
    real_lines,
    scales,
    untold_batches,
)
from tests.benchmarks.history.command import Settings
from tests.benchmarks.history.records import LEFT_OUT, Record, Records, ratios
from tests.benchmarks.history.spoiled import CASES, lines_with
from tests.benchmarks.history.surfaces import NAMES, make_surface, problem_of
from tests.benchmarks.plants import make_plant
from tests.benchmarks.rivals import CATEGORY, OURS
from tests.places import SHARED_DATA

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.filterwarnings("ignore::designer.DesignerWarning"),
]


# ---- what is measured --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["damped to 1 %", "amplified × 10", "other unit ÷ 100"])
def test_a_faulty_line_reacts_as_its_name_says(name: str) -> None:
    surface = make_surface("branin", "linear", 0)
    (_, values), *_ = lines_with(surface, name)
    (fault,) = CASES[name]
    wanted = fault.reaction * fault.unit
    assert values.std() / surface.spread == pytest.approx(wanted, rel=0.5)


def test_a_reversed_line_says_the_opposite() -> None:
    surface = make_surface("hartmann3", "log", 0)
    (X, values), *_ = lines_with(surface, "reversed")
    assert np.corrcoef(np.log(values), surface.truth(X))[0, 1] < -0.8


def test_narrow_lines_saw_little_and_good_ones_stand_beside() -> None:
    surface = make_surface("smooth", "linear", 0)
    (corner, _), *_ = lines_with(surface, "narrow")
    assert corner.max() <= 0.2
    recipe, *good = lines_with(surface, "one recipe, two right")
    assert len(np.unique(recipe[0], axis=0)) == 1
    assert [len(X) for X, _ in good] == [40, 40]


@pytest.mark.parametrize("family", NAMES)
def test_a_target_is_the_same_whatever_its_lines_are(family: str) -> None:
    surface = make_surface(family, "log", 1)
    one = problem_of(surface, ())
    other = problem_of(make_surface(family, "log", 1), lines_with(surface, "damped to 1 %"))
    assert (one.runs == other.runs).all()
    assert (one.results == other.results).all()
    assert (one.results > 0).all()


# ---- figures a broken model cannot meet --------------------------------------------------------


def test_a_line_in_another_unit_leaves_own_results_alone() -> None:
    told = Settings(range(1), quick=True, only=("other unit × 1000", "damped to 1 %"))
    found = scales.measure(told, families=("branin", "porosity"))
    assert len(found.found) == 2 * 2 * 2 * 2  # faults, families, scales, with and without history
    assert (ratios(found, OURS) <= scales.WANTED).all()
    assert all(r.aside == 0 and r.coverage >= scales.COVERED for r in found)
    assert scales.missed(found) == "cells that miss what is wanted: 0"
    assert scales.table(found).count("\n") == 1 + 4


def test_bad_lines_and_good_ones_are_measured_with_the_same_figures() -> None:
    bad = all_bad.measure(Settings(range(1), only=("branin",)), runs=(4,))
    assert {r.model for r in bad} == {OURS, LEFT_OUT}
    assert " of 1 (" in all_bad.table(bad)
    good = price.measure(Settings(range(1), only=("branin",)), runs=(4,))
    assert {r.case for r in good} == set(price.CASES)
    (related,), (alone_,) = good.of(case="related"), bad.of(model=LEFT_OUT)
    assert related.error < 0.5 * alone_.error
    assert price.table(good).count("branin") == 2


def test_rivals_are_judged_response_by_response() -> None:
    plant = make_plant("forrester", 0, misleading=0)
    found = Records()
    for model, stand_in in ((OURS, OURS), (CATEGORY, LEFT_OUT)):  # the rival itself loads torch
        (one,) = category.by_response(plant, "related", 0, 8, stand_in)
        assert one.family == "forrester: forrester"
        found.add([replace(one, model=model)])
    assert ratios(found, OURS, CATEGORY) < 1.0
    assert "forrester" in category.table(found)


def test_batches_may_be_told_or_not() -> None:
    case = "own left out"
    found = untold_batches.measure(Settings(range(1), quick=True, only=(case,)))
    assert {r.family for r in found} == {"mass_loading", "porosity", "adhesion"}
    for figures in found:
        assert figures.error < 0.5
        assert figures.coverage > 0.6
    assert case in untold_batches.table(found)


def test_tables_of_others_are_read_by_their_last_column(tmp_path: Path) -> None:
    rows = [f"{a},{b},{a + 2 * b}" for a in range(4) for b in range(4)]
    path = tmp_path / "planes.csv"
    path.write_text("\n".join(["a,b,y", *rows, "0,0,2"]))  # one recipe measured twice
    problem = alone.of_table(path, seed=0, runs=6)
    assert problem is not None
    assert not problem.log_scale  # one value is 0
    assert len(problem.results) == 6
    assert len(problem.points) == len(problem.target(problem.points))
    assert alone.of_table(path, seed=0, runs=12) is None  # too few are left


@pytest.mark.skipif(not SHARED_DATA.exists(), reason="the real sets are not there")
def test_the_true_equations_stand_beside_what_the_first_runs_teach() -> None:
    found = first_runs.measure(Settings(range(1000, 1001)))
    ours, *better = (found.of(family="mass_loading", model=m)[0] for m in first_runs.MODELS)
    assert 0 < better[-1].error < ours.error
    head, _, *rows = first_runs.table(found).splitlines()
    assert "mass_loading | porosity | adhesion" in head
    assert len(rows) == len(first_runs.MODELS)


def test_real_lines_are_paired_with_no_history() -> None:
    found = real_lines.measure(Settings(range(1), quick=True, only=("calendering",)))
    assert len(ratios(found, OURS)) == 4
    assert len(real_lines.table(found).splitlines()) == 2 + 4


# ---- keeping and pairing -----------------------------------------------------------------------


def record(model: str, error: float, seed: int = 0, runs: int = 8) -> Record:
    return Record("case", "family", seed, runs, model, error, 0.9, cpu=0.1)


def test_results_are_kept_and_not_computed_again(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    Records(path).add([record(OURS, 0.5), record(LEFT_OUT, 1.0)])
    again = Records(path)
    assert record(OURS, 0.0).key in again
    assert [r.error for r in again.of(model=OURS)] == [0.5]
    assert again.of(runs=4) == []


def test_ratios_are_paired_by_campaign() -> None:
    found = [
        record(OURS, 1.0, seed=0),
        record(LEFT_OUT, 2.0, seed=0),
        record(OURS, 3.0, seed=1),
        record(LEFT_OUT, 1.0, seed=1),
        record(OURS, 9.0, seed=2),  # no partner
    ]
    assert sorted(ratios(found, OURS)) == [0.5, 3.0]


def test_two_programs_are_compared_where_both_have_a_figure() -> None:
    old, new = Records(), Records()
    old.add([record(OURS, 2.0, seed) for seed in range(4)])
    new.add([record(OURS, 1.0, seed) for seed in range(3)])
    (group, everything) = compare.table(old, new).splitlines()[2:]
    assert "| 3 | × 0.500 ± 0.000 | 0.900 → 0.900 | 0 → 0 | × 1.00 |" in group
    assert everything.startswith("| all |")


def test_tables_say_what_was_and_what_is() -> None:
    told = Settings(range(1), quick=True, only=("other unit × 1000",))
    old, new = Records(), scales.measure(told, families=("branin",))
    old.add(replace(r, error=2 * r.error) if r.model == OURS else r for r in new)
    row = before_after.of_scales(old, new).splitlines()[2]
    before, now = row.split("|")[2].split(" → ")
    assert float(before.split("/")[0]) == pytest.approx(
        2 * float(now.strip("* ").split("/")[0]), abs=0.02
    )
    assert row.count("–") == 2  # 20 runs were not measured
