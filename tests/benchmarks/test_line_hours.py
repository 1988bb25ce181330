"""Campaigns at equal line-hours, quick: what a broken planner or benchmark cannot meet."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.twin.scenario import ScenarioKind
from tests.benchmarks.campaign_line import BUDGET, RUN, STAGES, Ledger, Line
from tests.benchmarks.hours_tables import Found, judged, paired
from tests.benchmarks.hours_to_hits import continued, hits, search
from tests.benchmarks.i_optimal import expand, i_optimal, moments
from tests.benchmarks.line_hours import COSTS, MIX, Rows, follow, measure, next_plan
from tests.benchmarks.rival_designs import (
    OVER,
    latin_hypercube,
    quadratic,
    recipes_in_budget,
    stratified_random,
    structured,
)

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.filterwarnings("ignore::designer.DesignerWarning"),
]
COST = "3 / 0.5 / 0.1 h"
CHANGE = COSTS[COST]
KIND: ScenarioKind = "one_misleading"
OTHERS = ("Sobol", "stratified, 4 × 2", "stratified, our allocation", "start only")


@pytest.fixture(scope="module")
def found() -> Found:
    """One whole campaign per method on a development seed."""
    return measure(Rows(), COST, KIND, (MIX, *OTHERS), [0])


@pytest.fixture(scope="module")
def line() -> Line:
    return Line(0, CHANGE)


# ---- counting hours ----------------------------------------------------------------------------


def test_only_new_batches_cost() -> None:
    ledger = Ledger(dict(zip(STAGES, CHANGE, strict=True)))
    runs = [
        {"slurry": "s1", "coating": "c1"},
        {"slurry": "s1", "coating": "c1", "calendering": "p1"},
        {"slurry": "s1", "coating": "c1", "calendering": "p1"},
        {"slurry": "s1", "coating": "c2"},
        {},
    ]
    found = [ledger.spend(batch) for batch in runs]
    assert found == pytest.approx([3.65, 3.8, 3.85, 4.5, 8.15])


@given(st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=30))
def test_hours_are_runs_and_batches_in_any_order(codes: list[tuple[int, int, int]]) -> None:
    batches = [
        {s: "-".join(map(str, code[: k + 1])) for k, s in enumerate(STAGES)} for code in codes
    ]
    ledger = Ledger(dict(zip(STAGES, CHANGE, strict=True)))
    for batch in batches:
        ledger.spend(batch)
    new = [len({batch[s] for batch in batches}) for s in STAGES]
    assert ledger.hours == pytest.approx(RUN * len(batches) + np.dot(new, CHANGE))


def test_hours_of_a_plan_are_those_the_planner_counts() -> None:
    line = Line(0, CHANGE)
    for runs in (6, 3):  # the second plan continues the batches of the first
        plan, before = next_plan(line, runs, 0), line.hours
        assert follow(line, plan)
        assert line.hours - before == pytest.approx(plan.cost)
    assert sum(map(sum, line.allocation())) == 9


def test_a_blind_planner_pays_all_the_same() -> None:
    line = Line(0, CHANGE, blind=True)
    plan = next_plan(line, 2, 0)
    assert follow(line, plan)
    assert plan.cost == pytest.approx(2 * RUN)
    assert line.hours > CHANGE[0]


# ---- designs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("change", COSTS.values())
def test_designs_use_up_the_hours_and_not_much_more(
    line: Line, change: tuple[float, float, float]
) -> None:
    assert recipes_in_budget(change) * (sum(change) + RUN) <= BUDGET + OVER
    ledger = Ledger(dict(zip(STAGES, change, strict=True)))
    design = stratified_random(line, structured(change), np.random.default_rng(0))
    for batch in design.batches:
        ledger.spend(batch)
    smallest = change[0] + change[1] + 2 * (change[2] + RUN)
    assert BUDGET + OVER - smallest - change[1] <= ledger.hours <= BUDGET + OVER + 1e-9


def test_stratified_designs_have_their_allocation_and_fill_their_strata(line: Line) -> None:
    allocation = [[3, 1], [2, 2, 2], [4]]
    design = stratified_random(line, allocation, np.random.default_rng(1))
    counts: dict[str, dict[str, int]] = {}
    for batch in design.batches:
        counts.setdefault(batch["slurry"], {}).setdefault(batch["coating"], 0)
        counts[batch["slurry"]][batch["coating"]] += 1
    assert [list(strips.values()) for strips in counts.values()] == allocation
    solids = np.unique(design.settings["solid_content"])
    low, high = line.factors[0].low, line.factors[0].high
    assert sorted(np.minimum((solids - low) / (high - low) * 3, 2).astype(int)) == [0, 1, 2]
    gap = design.settings["coating_gap"]
    assert len(np.unique(gap[4:10])) == 3


def test_latin_hypercube_fills_every_stratum(line: Line) -> None:
    design = latin_hypercube(line, 8, np.random.default_rng(0))
    for factor in line.factors:
        share = (design.settings[factor.name] - factor.low) / (factor.high - factor.low)
        assert np.abs(np.sort(share) - (np.arange(8) + 0.5) / 8).max() < 1 / 8


def test_moments_of_the_quadratic_model() -> None:
    W = moments(3)
    X = np.random.default_rng(0).uniform(-1, 1, (200_000, 3))
    F = expand(X)
    assert np.abs(F.T @ F / len(X) - W).max() < 0.01
    assert W[0, 7:] == pytest.approx([1 / 3] * 3)


def test_i_optimal_predicts_a_quadratic_better_than_chance() -> None:
    allocation = [[2, 2]] * 6
    start = np.random.default_rng(3).uniform(-1, 1, (4, 3))
    X, value = i_optimal(allocation, start, np.random.default_rng(0))

    def criterion(X: np.ndarray) -> float:
        slurry, strip = np.repeat(np.arange(6), 4), np.repeat(np.arange(12), 2)
        V = np.eye(24) + (slurry[:, None] == slurry) + (strip[:, None] == strip)
        M = expand(X).T @ np.linalg.solve(V, expand(X)) + expand(start).T @ expand(start) / 3
        return float(np.trace(np.linalg.solve(M, moments(3))))

    assert value == pytest.approx(criterion(X), rel=1e-6)
    rng, random = np.random.default_rng(5), []
    for _ in range(20):
        solids, gaps = rng.uniform(-1, 1, 6), rng.uniform(-1, 1, 12)
        columns = (np.repeat(solids, 4), np.repeat(gaps, 2), rng.uniform(-1, 1, 24))
        random.append(criterion(np.column_stack(columns)))
    assert value < 0.8 * min(random)


def test_quadratic_designs_are_made_of_the_levels(line: Line) -> None:
    design = quadratic(line, [[2, 1], [2, 2]], np.random.default_rng(0))
    factor = line.factors[1]
    levels = factor.snap(np.linspace(factor.low, factor.high, 5))
    assert set(design.settings["coating_gap"]) <= set(levels)
    assert len({batch["slurry"] for batch in design.batches}) == 2


# ---- what campaigns teach ------------------------------------------------------------------------


def test_the_plans_spend_the_budget_on_many_runs_of_few_slurries(found: Found) -> None:
    ours = found[MIX, 0]
    assert BUDGET - CHANGE[0] <= ours["hours"] <= BUDGET + 1e-6
    assert ours["runs"] >= 10 * ours["slurries"]
    same = found["stratified, our allocation", 0]
    assert same["allocation"] == ours["allocation"]


def test_counting_hours_pays(found: Found) -> None:
    for other, limit in {"start only": 0.5, "Sobol": 0.75, "stratified, 4 × 2": 1.0}.items():
        assert np.exp(paired(found, MIX, other, "error").mean()) < limit
        assert np.exp(paired(found, MIX, other, "loss").mean()) < 1.0
    assert 0.88 <= found[MIX, 0]["coverage"] <= 0.99


def test_thresholds_compare_what_they_say() -> None:
    rows = {
        (MIX, 0): {"error": 0.5, "coverage": 0.85, "runs": 50, "slurries": 5},
        ("Sobol", 0): {"error": 1.0, "coverage": 0.95, "runs": 11, "slurries": 11},
        ("stratified, 4 × 2", 0): {"error": 0.52, "coverage": 0.95, "runs": 50, "slurries": 7},
    }
    assert [holds for *_, holds in judged(rows)] == [True, False, False]


def test_rows_are_kept_and_not_computed_twice(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    made: list[int] = []

    def compute() -> dict[str, Any]:
        made.append(1)
        return {"error": 1.0}

    rows = [Rows(path).get(("a", 1), compute) for _ in range(2)]
    assert rows[1] == {"key": ["a", 1], "error": 1.0}
    assert made == [1]


# ---- searching -----------------------------------------------------------------------------------


def test_hits_are_new_recipes_in_spec_in_truth() -> None:
    line = Line(1, CHANGE)
    grid = {f.name: f.grid() for f in line.factors}
    mesh = np.meshgrid(*grid.values(), indexing="ij")
    every = {name: values.ravel() for name, values in zip(grid, mesh, strict=True)}
    inside = np.flatnonzero(line.in_spec(every))
    outside = np.flatnonzero(~line.in_spec(every))
    rows = [inside[0], outside[0], inside[0], inside[1]]
    settings = {name: values[rows] for name, values in every.items()}
    for k in range(4):
        recipe = {name: values[k : k + 1] for name, values in settings.items()}
        batch = continued(line, {name: float(v[0]) for name, v in recipe.items()})
        line.make(recipe, [batch])
    assert hits(line) == [line.made[0].hours, line.made[3].hours]


def test_the_engineer_uses_what_is_set_up(line: Line) -> None:
    first = {f.name: f.low for f in line.factors}
    line = Line(0, CHANGE)
    assert continued(line, first) == {s: f"{s}-001" for s in STAGES}
    line.make({n: np.array([v]) for n, v in first.items()}, [continued(line, first)])
    again = {**first, "calendering_pressure": 25.0}
    expected = {"slurry": "slurry-001", "coating": "coating-001", "calendering": "calendering-002"}
    assert continued(line, again) == expected
    other = {**first, "solid_content": 51.0}
    assert continued(line, other)["coating"] == "coating-002"


def test_the_engineers_rule_finds_recipes_in_spec() -> None:
    row = search("most probable recipe", 0)
    assert row["found"]
    assert row["third"] < 25.0
