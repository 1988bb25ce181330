"""Whole plans: cost, order, batches, budget, what is open, refused, fixed; words and numbers."""

import itertools
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from designer.acquisition.candidates.candidates import make_candidates
from designer.acquisition.plan.order import nearest_next
from designer.acquisition.plan.plan import SelectedPlan, make_plan
from designer.acquisition.selection.context import OpenRun, PlanningContext, Setup
from designer.acquisition.selection.problem import PlanningProblem
from designer.campaigns.commands.entries import PlannedRun
from designer.campaigns.errors import InputError
from designer.campaigns.specification import load
from designer.campaigns.specification.load import example_text
from designer.campaigns.specification.recipes import recipe_problems
from designer.campaigns.specification.specification import Specification
from designer.models.encoding import Space
from tests.acquisition.cases import line_spec, make_spec, posteriors_of, specs
from tests.laws import NO_HEALTH_CHECK
from tests.places import ROOT

QUICK = settings(max_examples=25, suppress_health_check=NO_HEALTH_CHECK)


def by_rank(plan: SelectedPlan) -> list[PlannedRun]:
    return sorted(plan.runs, key=lambda run: run.rank)


# ---- cost: a line simulated step by step ----


def simulate(
    spec: Specification, recipes: Sequence[Mapping[str, float | str]], setup: Setup | None
) -> list[float]:
    """Cost of every run when made in this order: what differs from the last is made anew."""
    now: list[list[float | str]] = []
    if setup is not None:
        for stage in spec.stages:
            if stage.name not in setup.batch:
                break
            now.append([setup.settings[f.name] for f in spec.stage_factors(stage.name)])
    costs = []
    for recipe in recipes:
        wanted = [[recipe[f.name] for f in spec.stage_factors(s.name)] for s in spec.stages]
        same = 0
        while same < len(now) and now[same] == wanted[same]:
            same += 1
        costs.append(spec.costs.run + sum(stage.change_cost for stage in spec.stages[same:]))
        now = wanted
    return costs


@QUICK
@given(specs(), st.integers(0, 99), st.integers(1, 6), st.integers(0, 3), st.data())
def test_the_cost_is_what_making_the_runs_in_order_costs(
    spec: Specification, seed: int, runs: int, usable: int, data: st.DataObject
) -> None:
    space = Space.from_specification(spec)
    try:
        candidates = make_candidates(spec, seed=seed)
    except InputError:
        assume(False)
    setup = None
    if len(spec.stages) > 0 and data.draw(st.booleans()):
        row = data.draw(st.integers(0, len(candidates) - 1))
        names = [stage.name for stage in spec.stages][:usable]
        setup = Setup(candidates.recipe(row), {name: f"{name}-07" for name in names})
    plan = make_plan(spec, space, {}, runs=runs, seed=seed, context=PlanningContext(setup=setup))
    runs = min(runs, len(candidates))  # space-filling repeats nothing
    made = [run.settings for run in plan.runs]
    costs = simulate(spec, made, setup)
    assert [run.cost for run in plan.runs] == pytest.approx(costs)
    assert plan.cost == pytest.approx(sum(costs))
    in_rank_order = simulate(spec, [run.settings for run in by_rank(plan)], setup)
    assert plan.cost <= sum(in_rank_order) + 1e-9
    assert sorted(run.rank for run in plan.runs) == list(range(1, runs + 1))
    assert [run.order for run in plan.runs] == list(range(1, runs + 1))
    check_batches(spec, plan, setup)
    for recipe in made:
        assert recipe_problems(spec, recipe, "") == []


def check_batches(spec: Specification, plan: SelectedPlan, setup: Setup | None) -> None:
    """One label per batch: same label = same settings so far; labels run together; ids reused."""
    for place, stage in enumerate(spec.stages):
        names = [f.name for s in spec.stages[: place + 1] for f in spec.stage_factors(s.name)]
        labels = [run.batch[stage.name] for run in plan.runs]
        settings_of: dict[str, list[float | str]] = {}
        for label, run in zip(labels, plan.runs, strict=True):
            mine = [run.settings[name] for name in names]
            assert settings_of.setdefault(label, mine) == mine
        assert len({json.dumps(s) for s in settings_of.values()}) == len(settings_of)
        blocks = 1 + sum(a != b for a, b in itertools.pairwise(labels))
        assert blocks == len(set(labels))
        new = list(dict.fromkeys(label for label in labels if label.startswith("new-")))
        assert new == [f"new-{k + 1}" for k in range(len(new))]
        if setup is not None and stage.name in setup.batch:
            mine = [setup.settings[name] for name in names]
            for label, run in zip(labels, plan.runs, strict=True):
                same = [run.settings[name] for name in names] == mine
                assert (label == setup.batch[stage.name]) == same


@QUICK
@given(st.integers(0, 999), st.floats(0.01, 25))
def test_a_budget_is_kept_and_used(seed: int, budget: float) -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, seed)
    plan = make_plan(spec, space, posteriors, budget=budget, seed=seed)
    assert plan.cost <= budget + 1e-9
    left = budget - plan.cost
    assert left < 0.05 + 1e-9 if plan.runs else left < 3.65  # one more of the last recipe fits
    limited = make_plan(spec, space, posteriors, budget=budget, runs=3, seed=seed)
    assert [r.settings for r in by_rank(limited)] == [r.settings for r in by_rank(plan)[:3]]
    assert len(limited.runs) <= 3
    if len(limited.runs) < 3:
        assert limited.notes


def test_a_budget_too_small_says_what_the_cheapest_run_costs() -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec)
    plan = make_plan(spec, space, posteriors, budget=1.0)
    assert plan.runs == ()
    assert plan.cost == 0
    assert plan.bits == 0
    assert plan.notes == ("no run fits into 1 h: the cheapest costs 3.65",)
    some = make_plan(spec, space, posteriors, budget=4.0, runs=30)
    assert f"only {len(some.runs)} of 30 runs fit into 4 h" in some.notes


def test_without_stages_every_run_costs_one_and_the_order_is_random() -> None:
    spec = make_spec([{"name": "a", "low": 0, "high": 20, "step": 1}])
    space, posteriors = posteriors_of(spec)
    plans = [make_plan(spec, space, posteriors, runs=6, seed=seed) for seed in range(4)]
    assert all(plan.cost == 6 for plan in plans)
    assert all(run.batch == {} for run in plans[0].runs)
    orders = {tuple(run.rank for run in plan.runs) for plan in plans}
    assert len(orders) > 2


def test_what_is_set_up_comes_first_and_is_free() -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, batch=np.zeros(3))
    first = by_rank(make_plan(spec, space, posteriors, runs=4, goal="learn"))[2].settings
    setup = Setup(first, {"slurry": "slurry-04", "coating": "coating-11"})
    plan = make_plan(
        spec, space, posteriors, runs=4, goal="learn", context=PlanningContext(setup=setup)
    )
    again = next(run for run in plan.runs if run.settings == first)
    assert again.order == 1
    assert again.batch == {"slurry": "slurry-04", "coating": "coating-11", "cal": "new-1"}
    assert again.cost == pytest.approx(0.15)


def test_open_runs_keep_their_batches_and_are_not_repeated() -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, 2)
    before = make_plan(spec, space, posteriors, runs=3, seed=1)
    pending = tuple(
        OpenRun(f"R{run.rank:03}", run.settings, {s: f"{s}-{run.batch[s][4:]}" for s in run.batch})
        for run in before.runs
    )
    after = make_plan(
        spec, space, posteriors, runs=3, seed=1, context=PlanningContext(pending=pending)
    )
    one = make_plan(spec, space, posteriors, runs=6, seed=1)
    assert len(after.runs) == 3
    taken = [run.settings for run in pending]
    assert all(run.settings not in taken for run in after.runs)
    # knowing the first three to be open is as good as having chosen them: same information, nearly
    # (the goal's weights are those after the open runs)
    assert one.bits is not None
    assert before.bits is not None
    assert after.bits == pytest.approx(one.bits - before.bits, rel=0.35)
    slurries = {run.settings["solid"]: run.batch["slurry"] for run in pending}
    for run in after.runs:
        if run.settings["solid"] in slurries:
            assert run.batch["slurry"] == slurries[run.settings["solid"]]
            assert run.cost < 3


def test_of_a_run_measured_in_part_only_the_awaited_responses_count() -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, 2)
    recipe = by_rank(make_plan(spec, space, posteriors, runs=1))[0].settings
    shares = {}
    for awaited in (None, frozenset({"porosity"}), frozenset()):
        around = PlanningContext(pending=(OpenRun("R001", recipe, awaited=awaited),))
        candidates = make_candidates(spec)
        conditionings = PlanningProblem(spec, space, posteriors, candidates, around).conditionings
        every = np.arange(len(candidates) + 1)
        shares[awaited] = [
            conditioning.variance_at(every).mean() / conditioning.surface.moments(every)[1].mean()
            for conditioning in conditionings
        ]
    assert shares[frozenset()] == [1, 1, 1]
    assert all(share < 1 for share in shares[None])
    assert shares[frozenset({"porosity"})] == [1, shares[None][1], 1]


def test_a_batch_past_its_pot_life_is_made_anew() -> None:
    """Slurry usable for 1.4 h, strip with pass 0.65 h: two strips a slurry, never three."""
    spec = line_spec(stages=(("slurry", 3.0, 1.4), ("coating", 0.5), ("cal", 0.1)))
    space, posteriors = posteriors_of(spec)
    plan = make_plan(spec, space, posteriors, runs=10, fixed={"solid": 54.0})
    time: dict[str, float] = {}
    for run in plan.runs:
        time[run.batch["slurry"]] = time.get(run.batch["slurry"], 0) + run.cost
    for spent in time.values():  # without the making of the slurry itself
        assert spent - 3.0 <= 1.4 + 1e-9
    assert len(time) >= 2  # the strip of one slurry is passed more than once before it is too old
    assert plan.cost == pytest.approx(sum(time.values()))
    unlimited = make_plan(line_spec(), space, posteriors, runs=10, fixed={"solid": 54.0})
    assert len({run.batch["slurry"] for run in unlimited.runs}) == 1
    left = PlanningContext(setup=Setup({"solid": 54.0}, {"slurry": "slurry-01"}, {"slurry": 0.7}))
    short = make_plan(spec, space, posteriors, runs=4, fixed={"solid": 54.0}, context=left)
    spent = sum(run.cost for run in short.runs if run.batch["slurry"] == "slurry-01")
    assert 0 < spent <= 0.7 + 1e-9


def test_abandoned_recipes_never_come_again() -> None:
    spec = make_spec([{"name": "a", "levels": [0, 5, 10]}, {"name": "b", "categories": ["p", "q"]}])
    space, posteriors = posteriors_of(spec)
    excluded: list[Mapping[str, float | str]] = []
    for _ in range(6):
        plan = make_plan(
            spec, space, posteriors, runs=5, context=PlanningContext(excluded=tuple(excluded))
        )
        assert all(run.settings not in excluded for run in plan.runs)
        excluded.append(by_rank(plan)[0].settings)
    with pytest.raises(InputError, match="abandoned"):
        make_plan(spec, space, posteriors, context=PlanningContext(excluded=tuple(excluded)))


def test_fixed_values_hold_and_givens_are_assumed_aloud() -> None:
    spec = line_spec(given=[{"name": "humidity", "unit": "%", "low": 0, "high": 60}])
    space, posteriors = posteriors_of(spec)
    plan = make_plan(spec, space, posteriors, fixed={"gap": 150.0, "solid": 52.0})
    assert all(run.settings["gap"] == 150 and run.settings["solid"] == 52 for run in plan.runs)
    assert plan.given == {"humidity": 30.0}
    assert "humidity was not given: planned for 30 %, the middle of its range" in plan.notes
    told = make_plan(spec, space, posteriors, given={"humidity": 12.5})
    assert told.runs[0].given == {"humidity": 12.5}
    assert told.notes == ()


def test_the_same_seed_gives_the_same_plan_to_the_last_bit() -> None:
    spec = line_spec()
    plans = [make_plan(spec, *posteriors_of(spec, 5), runs=5, seed=11) for _ in range(2)]
    assert plans[0] == plans[1]
    free = make_spec([{"name": "a", "low": 0, "high": 1}])  # candidates themselves are drawn
    a, b, c = (make_plan(free, *posteriors_of(free), seed=seed) for seed in (1, 1, 2))
    assert a == b != c


# ---- numbers and words ----


def test_predictions_follow_the_posterior() -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, 3)
    plan = make_plan(spec, space, posteriors, runs=3, context=PlanningContext(at=17))
    for run in plan.runs:
        X = space.encode_recipes([run.settings])
        sure, measured, samples = 1.0, 1.0, np.random.default_rng(0).standard_normal(200_000)
        for response in spec.responses:
            own, told = posteriors[response.name], run.predicted[response.name]
            sd = np.sqrt(own.variance(X)[0])
            assert told["mean"] == pytest.approx(own.mean(X)[0])
            assert told["sd"] == pytest.approx(sd)
            result = own.variance(X)[0] + own.noise(X)[0] + own.batch_variance.sum()
            assert told["sd_result"] == pytest.approx(np.sqrt(result))
            assert told["at"] == 17
            y = told["mean"] + np.sqrt(result) * samples
            for ends, inside in (("", 0.6827), ("95", 0.95)):
                share = np.mean((y >= told[f"low{ends}"]) & (y <= told[f"high{ends}"]))
                assert share == pytest.approx(inside, abs=0.005)
            if response.window:
                low, high = response.window
                measured *= np.mean((y >= low) & (y <= high))
                y = told["mean"] + sd * samples
                sure *= np.mean((y >= low) & (y <= high))
        assert run.in_spec == pytest.approx(sure, abs=0.005)  # 200,000 samples
        assert run.in_spec_measured == pytest.approx(measured, abs=0.005)


def test_a_plan_is_ready_for_json() -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec)
    for beliefs in (posteriors, {}):
        run = make_plan(spec, space, beliefs).runs[0]
        facts = [run.order, run.rank, run.settings, run.batch, run.predicted, run.bits, run.cost,
                 run.in_spec, run.reason, run.given]  # fmt: skip
        assert json.loads(json.dumps(facts, allow_nan=False)) == facts


# ---- nothing known yet ----


def test_space_filling_says_so_and_is_nested() -> None:
    spec = line_spec()
    space = Space.from_specification(spec)
    long, short = (make_plan(spec, space, {}, runs=n, seed=3) for n in (8, 4))
    assert long.goal == spec.goal
    assert long.value_name == "space-filling"
    assert long.bits is None
    assert all(run.bits is None and run.in_spec is None for run in long.runs)
    assert "space-filling: nothing is known yet" in long.notes
    assert [r.settings for r in by_rank(short)] == [r.settings for r in by_rank(long)[:4]]


def test_space_filling_spreads_over_numbers_and_categories() -> None:
    """Worst distance of any recipe from the design: clearly below that of random designs."""
    spec = make_spec([
        {"name": "a", "low": 0, "high": 10, "step": 1},
        {"name": "b", "low": 0, "high": 10, "step": 1},
        {"name": "c", "categories": ["p", "q", "r"]},
    ])  # fmt: skip
    space = Space.from_specification(spec)
    plan = make_plan(spec, space, {}, runs=12)
    assert len({run.settings["c"] for run in plan.runs}) == 3
    assert len({json.dumps(run.settings) for run in plan.runs}) == 12
    everything = make_candidates(spec).encode(space)

    def worst(design: np.ndarray) -> float:
        gaps = np.linalg.norm(everything[:, None, :] - design[None, :, :], axis=2)
        return float(gaps.min(axis=1).max())

    ours = worst(space.encode_recipes([run.settings for run in plan.runs]))
    rng = np.random.default_rng(0)
    random = [worst(everything[rng.choice(len(everything), 12, replace=False)]) for _ in range(60)]
    assert ours < np.quantile(random, 0.1)


def test_space_filling_repeats_nothing_and_says_when_recipes_run_out() -> None:
    spec = make_spec([{"name": "a", "levels": [0, 5, 10]}])
    plan = make_plan(spec, Space.from_specification(spec), {}, runs=5)
    assert sorted(run.settings["a"] for run in plan.runs) == [0, 5, 10]
    assert "there are only 3 feasible recipes, and none is repeated yet" in plan.notes


def test_space_filling_keeps_away_from_open_runs() -> None:
    spec = make_spec([{"name": "a", "low": 0, "high": 10, "step": 1}])
    space = Space.from_specification(spec)
    pending = (OpenRun("R001", {"a": 5.0}),)
    first = make_plan(spec, space, {}, runs=1).runs[0].settings["a"]
    assert first == 5
    others = make_plan(spec, space, {}, runs=2, context=PlanningContext(pending=pending)).runs
    assert all(abs(float(run.settings["a"]) - 5) >= 2 for run in others)


# ---- order ----


def test_hard_stages_walk_to_the_nearest_settings() -> None:
    spec = line_spec()
    factors = spec.stage_factors("slurry")
    recipes = {k: {"solid": value} for k, value in enumerate([58.0, 50.0, 56.0, 52.0])}
    assert nearest_next(recipes, factors, {"solid": 53.0}) == [3, 1, 2, 0]
    walk = nearest_next(recipes, factors, None)
    assert walk in ([0, 2, 3, 1], [1, 3, 2, 0])


def test_stages_that_change_for_nothing_are_made_in_random_order() -> None:
    factors: list[dict[str, Any]] = [
        {"name": "a", "low": 0, "high": 30, "step": 1, "stage": "only"}
    ]
    orders = {}
    for cost in (0.0, 2.0):
        spec = make_spec(factors, stages=(("only", cost),), costs={"unit": "h", "run": 1})
        plans = [make_plan(spec, *posteriors_of(spec), runs=6, seed=s) for s in range(3)]
        values = [[run.settings["a"] for run in plan.runs] for plan in plans]
        orders[cost] = [v in (sorted(v), sorted(v, reverse=True)) for v in values]
    assert all(orders[2.0])
    assert not all(orders[0.0])


# ---- what it costs to compute ----


@pytest.mark.benchmark
def test_a_proposal_over_55_000_recipes_stays_small_and_fast() -> None:
    """Promise: 1.2 s CPU and 600 MB (tests/benchmarks/propose_cpu.py); busy machines get 3 s."""
    command = [sys.executable, "-m", "tests.benchmarks.propose_cpu"]
    told = subprocess.run(
        [*command, "--json", "--size", "54945", "--runs", "4"],
        check=True, capture_output=True, text=True, timeout=120, cwd=ROOT,
    )  # fmt: skip
    row = json.loads(told.stdout)
    assert row["peak_mb"] < 600
    assert row["cpu_s"] < 3.0
    assert row["bits"] > 0.02  # of one slurry: the others cost hours


def test_the_example_specification_can_be_planned() -> None:
    spec = load.from_toml(example_text())
    space = Space.from_specification(spec)
    plan = make_plan(spec, space, {}, runs=3)
    assert len(plan.runs) == 3
    for run in plan.runs:
        assert recipe_problems(spec, run.settings, "") == []


def test_a_plan_for_windows_that_nothing_comes_near_says_what_it_learns_instead() -> None:
    responses = [{"name": "y", "scale": "linear", "window": [900, 901]}]
    factors = [{"name": n, "low": 0, "high": 10, "step": 1} for n in ("a", "b")]
    spec = make_spec(factors, responses=responses, campaign={"goal": "window"})
    space, posteriors = posteriors_of(spec, 2)
    plan = make_plan(spec, space, posteriors, runs=2, seed=1)
    assert any("the plan learns all responses everywhere" in note for note in plan.notes)
