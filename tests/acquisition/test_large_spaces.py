"""Plans in large spaces: no list of recipes, continuous factors, mixtures, tight regions."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from designer.acquisition.candidates import candidates as candidates_module
from designer.acquisition.candidates.candidates import make_candidates
from designer.acquisition.candidates.completions import Completions
from designer.acquisition.candidates.grid import RecipeGrid
from designer.acquisition.candidates.local_search import climbed
from designer.acquisition.candidates.moves import Moves
from designer.acquisition.candidates.region import ProposalRegion
from designer.acquisition.plan.plan import make_plan
from designer.acquisition.selection.context import OpenRun, PlanningContext, Setup
from designer.acquisition.selection.refinement import ONE_BY_ONE
from designer.campaigns.errors import InputError
from designer.campaigns.specification.recipes import recipe_problems
from designer.campaigns.specification.specification import Specification
from tests.acquisition.cases import line_spec, make_spec, posteriors_of, specs
from tests.laws import NO_HEALTH_CHECK

QUICK = settings(max_examples=25, suppress_health_check=NO_HEALTH_CHECK)
FEW = settings(max_examples=12, suppress_health_check=NO_HEALTH_CHECK)


def grid_of(
    spec: Specification,
    fixed: Mapping[str, float] | None = None,
    given: Mapping[str, float] | None = None,
) -> RecipeGrid:
    return RecipeGrid(ProposalRegion.of(spec, fixed or {}, given or {}))


def recipes_of(grid: RecipeGrid, codes: np.ndarray) -> list[dict[str, Any] | dict[str, float]]:
    columns = grid.columns(codes)
    rows = zip(*(columns[name].tolist() for name in grid.region.names), strict=True)
    return [dict(zip(grid.region.names, row, strict=True)) for row in rows]


@pytest.fixture
def unlisted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every region counts as too large to list."""
    monkeypatch.setattr(candidates_module, "EXACT_LIMIT", 25)
    monkeypatch.setattr(candidates_module, "RAW_LIMIT", 30)


# ---- recipes in whole numbers and steps between them ---------------------------------------------


@QUICK
@given(specs(), st.integers(0, 3))
def test_codes_are_the_recipes(spec: Specification, seed: int) -> None:
    try:
        candidates = make_candidates(spec, seed=seed, exact_limit=300, raw_limit=500)
    except InputError:
        assume(False)
    grid = grid_of(spec)
    codes, known = grid.codes(candidates.columns)
    assert known.all()
    assert grid.feasible(codes).all()
    for name, column in grid.columns(codes).items():
        assert np.array_equal(column, candidates.columns[name])


@FEW
@given(specs(), st.integers(0, 10), st.data())
def test_every_step_leads_to_a_feasible_recipe(
    spec: Specification, seed: int, data: st.DataObject
) -> None:
    fixed: dict[str, float] = {}
    factor = data.draw(st.sampled_from(spec.factors))
    if data.draw(st.booleans()) and factor.values():
        fixed = {factor.name: data.draw(st.sampled_from(cast("list[float]", factor.values())))}
    try:
        candidates = make_candidates(spec, fixed=fixed, exact_limit=200, raw_limit=300)
    except InputError:
        assume(False)
    grid, rng = grid_of(spec, fixed), np.random.default_rng(seed)
    codes, _ = grid.codes(candidates.columns)
    start = codes[data.draw(st.integers(0, len(codes) - 1))]
    around = Moves(grid).around(start, 150, rng)
    assert np.array_equal(around[0], start)
    assert len(np.unique(around, axis=0)) == len(around)
    for recipe in recipes_of(grid, np.vstack([around, Moves(grid).random_step(codes, rng)[:100]])):
        assert recipe_problems(spec, recipe, "") == []
        assert fixed.items() <= recipe.items()


def test_steps_reach_every_recipe_of_a_mixture() -> None:
    """Exchanges between unequal grids: all recipes from any one, sums exact."""
    spec = make_spec(
        [{"name": n, "low": 0, "high": 2, "step": s} for n, s in
         (("a", 0.1), ("b", 0.25), ("c", 0.2))] + [{"name": "d", "categories": ["x", "y", "z"]}],
        mixture=[{"factors": ["a", "b", "c"], "total": 2}],
    )  # fmt: skip
    every, grid = make_candidates(spec), grid_of(spec)
    codes, _ = grid.codes(every.columns)
    found, moves, rng = codes[:1], Moves(grid), np.random.default_rng(0)
    for _ in range(60):
        found = np.unique(
            np.vstack([found, *(moves.around(c, 80, rng) for c in found[::7])]), axis=0
        )
        if len(found) == len(every):
            break
    assert len(found) == len(every)
    for recipe in recipes_of(grid, found):
        assert sum(Decimal(repr(recipe[n])) for n in ("a", "b", "c")) == 2


def test_steps_follow_the_border_of_a_constraint() -> None:
    """The best recipe lies on it; single factors can only be lowered there."""
    spec = make_spec(
        [{"name": n, "low": 0, "high": 1} for n in ("a", "b", "c")],
        constraint=[{"expression": "a + 2 * b + c <= 1.2"}],
    )
    grid = grid_of(spec)
    start, _ = grid.codes({n: np.array([0.0]) for n in ("a", "b", "c")})

    def order(codes: np.ndarray) -> np.ndarray:
        a, b, c = (grid.columns(codes)[n] for n in ("a", "b", "c"))
        return np.argsort(np.square(a - 0.9) + np.square(b - 0.9) + np.square(c - 0.9))

    best = recipes_of(grid, climbed(grid, start, order, 1))[0]
    # projection of (.9, .9, .9) on a + 2b + c = 1.2: .9 - λ (1, 2, 1), λ = 2.4 / 6
    assert [best[n] for n in ("a", "b", "c")] == pytest.approx([0.5, 0.1, 0.5], abs=0.02)
    assert recipe_problems(spec, best, "") == []


@QUICK
@given(specs(), st.integers(0, 3), st.integers(1, 40))
def test_completions_keep_what_a_batch_shares(spec: Specification, depth: int, each: int) -> None:
    try:
        candidates = make_candidates(spec, exact_limit=100, raw_limit=200)
    except InputError:
        assume(False)
    depth, grid = min(depth, len(spec.stages)), grid_of(spec)
    pool, _ = grid.codes(candidates.columns)
    complete = Completions(grid, pool)
    heads = pool[:: max(1, len(pool) // 5)]
    found = complete.of(heads, depth, each, np.random.default_rng(0))
    assert grid.feasible(found).all()
    places = complete.places(depth)
    assert {tuple(row) for row in found[:, places]} <= {tuple(row) for row in heads[:, places]}


# ---- plans ---------------------------------------------------------------------------------------


@FEW
@given(specs(), st.booleans(), st.booleans(), st.integers(0, 5), st.data())
def test_every_run_of_a_plan_is_possible(
    spec: Specification, uninformed: bool, listed: bool, seed: int, data: st.DataObject
) -> None:
    """Mixtures, grids, constraints, fixed settings, abandoned recipes, budgets: on every path."""
    with pytest.MonkeyPatch.context() as patch:
        if not listed:
            patch.setattr(candidates_module, "EXACT_LIMIT", 25)
            patch.setattr(candidates_module, "RAW_LIMIT", 30)
        fixed = {}
        factor = data.draw(st.sampled_from(spec.factors))
        if data.draw(st.booleans()):
            values = factor.values() or (factor.bounds[0],)
            fixed = {factor.name: data.draw(st.sampled_from(values))}
        try:
            some = make_candidates(spec, fixed=fixed, seed=seed)
        except InputError:
            assume(False)
        rows = np.random.default_rng(seed).integers(len(some), size=3)
        abandoned, waiting, last = (some.recipe(row) for row in rows)
        ids = {stage.name: f"{stage.name}-01" for stage in spec.stages}
        context = PlanningContext(
            setup=Setup(last, ids),
            pending=(OpenRun("R001", waiting, ids),),
            excluded=(abandoned,),
        )
        space, posteriors = posteriors_of(spec, seed)
        budget = data.draw(st.sampled_from([None, 4.0]))
        try:
            plan = make_plan(
                spec, space, {} if uninformed else posteriors, runs=3, budget=budget, fixed=fixed,
                context=context, seed=seed,
            )  # fmt: skip
        except InputError:  # nothing but abandoned and open recipes
            assert len(some) <= 3
            return
    for run in plan.runs:
        assert recipe_problems(spec, run.settings, "") == []
        assert fixed.items() <= run.settings.items()
        assert run.settings != abandoned
    if budget is not None:
        assert plan.cost <= budget + 1e-9
    if uninformed:
        assert len({repr(run.settings) for run in plan.runs}) == len(plan.runs)


@pytest.mark.parametrize("uninformed", [False, True])
def test_the_first_runs_are_the_plan_of_fewer(unlisted: bool, uninformed: bool) -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, 2)
    plans = [  # from the 13th run on several are chosen together: a plan may end among them
        make_plan(spec, space, {} if uninformed else posteriors, runs=n, seed=7)
        for n in (2, 13, 16, 16)
    ]
    ranked = [[r.settings for r in sorted(p.runs, key=lambda r: r.rank)] for p in plans]
    assert ranked[0] == ranked[1][:2]
    assert ranked[1] == ranked[2][:13]
    assert plans[2] == plans[3]  # same seed, same plan
    assert plans[2].nested


def test_a_long_plan_searched_in_part_has_the_first_runs_of_the_whole_one(unlisted: bool) -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, 2)
    whole, part = (
        make_plan(spec, space, posteriors, runs=24, goal="window", seed=7, thorough=thorough)
        for thorough in (True, False)
    )
    ranked = [[r.settings for r in sorted(p.runs, key=lambda r: r.rank)] for p in (whole, part)]
    assert ranked[0][:ONE_BY_ONE] == ranked[1][:ONE_BY_ONE]
    assert len(part.runs) == 24
    assert (part.nested, whole.nested) == (False, True)
    assert (part.bits or 0) / part.cost > 0.9 * (whole.bits or 0) / whole.cost


def test_continuous_slurries_are_shared_and_those_on_the_line_used() -> None:
    spec = make_spec(
        [
            {"name": "solid", "low": 50, "high": 60, "stage": "slurry"},
            {"name": "ratio", "low": 0, "high": 1, "stage": "slurry"},
            {"name": "gap", "low": 80, "high": 200, "stage": "coating"},
            {"name": "pressure", "low": 20, "high": 200, "stage": "cal"},
        ],
        stages=(("slurry", 3.0), ("coating", 0.5), ("cal", 0.1)),
        costs={"unit": "h", "run": 0.05},
    )
    space, posteriors = posteriors_of(spec, 1)
    setup = Setup({"solid": 54.3, "ratio": 0.41}, {"slurry": "slurry-07"})
    plan = make_plan(spec, space, posteriors, runs=4, context=PlanningContext(setup=setup), seed=0)
    used = [run for run in plan.runs if run.batch["slurry"] == "slurry-07"]
    assert used
    assert all((r.settings["solid"], r.settings["ratio"]) == (54.3, 0.41) for r in used)
    fresh = make_plan(spec, space, posteriors, runs=6, seed=0)
    assert len({run.batch["slurry"] for run in fresh.runs}) < 6
    for run in fresh.runs:  # settings as they are shown: 55.12 is stored as 55.12
        assert run.settings["pressure"] == round(float(run.settings["pressure"]), 1)
        assert run.settings["solid"] == round(float(run.settings["solid"]), 2)


def test_steps_make_up_for_what_a_part_of_the_recipes_lacks() -> None:
    """300 of 9,261 recipes and steps from them: nearly the information of all (same goal)."""
    from tests.benchmarks.spaces_loss import Bench, small_cases

    losses = [Bench(case, 3).losses() for case in small_cases()]
    assert max(loss["steps"] for loss in losses) <= 0.01
    assert max(loss["part"] for loss in losses) > 0.01  # there was something to make up for


# ---- regions of which hardly anything is feasible ------------------------------------------------


def test_a_share_of_one_in_ten_thousand() -> None:
    spec = make_spec(
        [{"name": n, "low": 0, "high": 1} for n in "abcdef"],
        constraint=[{"expression": "a + b + c + d + e + f <= 0.63"}],  # 0.63^6 / 720 = 9e-5
    )
    candidates = make_candidates(spec)
    assert len(candidates) > 2000
    total = np.sum([candidates.columns[n] for n in "abcdef"], axis=0)
    assert total.max() <= 0.63 + 1e-9
    assert total.min() < 0.3
    space, _ = posteriors_of(spec)
    plan = make_plan(spec, space, {}, runs=4)
    for run in plan.runs:
        assert recipe_problems(spec, run.settings, "") == []


def test_a_band_that_no_random_point_hits() -> None:
    """Ten factors within 1e-3 of a plane and a corner: found by branch and bound, then spread."""
    names = [f"x{k}" for k in range(8)]
    total = " + ".join(names)
    spec = make_spec(
        [*({"name": n, "low": 0, "high": 1} for n in names),
         {"name": "kind", "categories": ["A", "B", "C"]},
         {"name": "n", "low": 0, "high": 9, "step": 1}],
        constraint=[{"expression": f"{total} <= 0.101"}, {"expression": f"{total} >= 0.1"}],
    )  # fmt: skip
    candidates = make_candidates(spec)
    assert len(candidates) > 500
    assert set(candidates.columns["kind"]) == {"A", "B", "C"}
    assert np.ptp(candidates.columns["x0"]) > 0.02
    for row in range(0, len(candidates), 97):
        assert recipe_problems(spec, candidates.recipe(row), "") == []


def test_two_mixtures_ten_factors_and_a_category() -> None:
    spec = make_spec(
        [*({"name": n, "low": 80, "high": 98, "step": 0.1} for n in ("active",)),
         *({"name": n, "low": 0.5, "high": 10, "step": 0.1} for n in ("carbon", "cmc", "sbr")),
         *({"name": n, "low": 0, "high": 100} for n in ("water", "nmp", "ipa")),
         {"name": "binder", "categories": ["P", "Q"]},
         {"name": "gap", "levels": [80, 100, 150, 300]}, {"name": "speed", "low": 1, "high": 20}],
        mixture=[{"factors": ["active", "carbon", "cmc", "sbr"], "total": 100},
                 {"factors": ["water", "nmp", "ipa"], "total": 100}],
        constraint=[{"expression": "carbon * gap <= 900", "when": {"binder": ["Q"]}}],
    )  # fmt: skip
    space, posteriors = posteriors_of(spec, 0)
    for known in ({}, posteriors):
        plan = make_plan(spec, space, known, runs=4, seed=1)
        for run in plan.runs:
            assert recipe_problems(spec, run.settings, "") == []
            for mixture in spec.mixtures:
                assert sum(Decimal(repr(run.settings[n])) for n in mixture.factors) == 100
        assert len({repr(run.settings) for run in plan.runs}) == 4


def test_codes_off_a_mixture_are_no_recipes() -> None:
    shares = [{"name": n, "unit": "%", "low": 0, "high": 100, "step": 10} for n in ("a", "b")]
    mixture = [{"factors": ["a", "b"], "total": 100}]
    grid = grid_of(make_spec(shares, mixture=mixture))
    codes, known = grid.codes({"a": np.array([30.0, 30.0]), "b": np.array([70.0, 60.0])})
    assert known.all()
    assert grid.feasible(codes).tolist() == [True, False]
