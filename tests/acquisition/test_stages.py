"""Plans over stages: information per cost, new slurries only when they pay."""

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.acquisition.candidates.candidates import make_candidates
from designer.acquisition.functions.information import Information
from designer.acquisition.plan.plan import make_plan
from designer.acquisition.selection.context import PlanningContext, Setup
from designer.acquisition.selection.greedy import Pick, StoppingRule
from designer.acquisition.selection.new_batches import NewBatches
from designer.acquisition.selection.problem import PlanningProblem
from designer.campaigns.commands.entries import PlannedRun
from designer.campaigns.specification.specification import Specification
from tests.acquisition.cases import greedy, line_spec, make_spec, posteriors_of, staged

QUICK = settings(max_examples=10)


def problem_of(
    spec: Specification,
    seed: int = 0,
    *,
    fixed: dict[str, float] | None = None,
    context: PlanningContext | None = None,
) -> PlanningProblem:
    space, posteriors = posteriors_of(spec, seed)
    candidates = make_candidates(spec, fixed=fixed)
    return PlanningProblem(spec, space, posteriors, candidates, context or PlanningContext())


def chosen(
    how: Callable[..., Any], spec: Specification, seed: int, stop: StoppingRule, **options: Any
) -> tuple[list[Pick], float, float]:
    """Picks, their bits and their cost."""
    problem = problem_of(spec, seed, **options)
    reference = problem.reference_points("window", np.random.default_rng(0))
    picks = how(problem.conditionings, reference, problem.tree, problem.allowed(), stop)
    return picks, sum(p.bits for p in picks), sum(p.cost for p in picks)


@QUICK
@given(st.integers(0, 1000))
def test_the_value_of_a_new_batch_is_what_making_it_brings(seed: int) -> None:
    """The inner plan on dense blocks and the same runs taken one by one: the same bits and cost."""
    spec = line_spec()
    problem = problem_of(spec, seed, fixed={"solid": 54.0})
    reference = problem.reference_points("window", np.random.default_rng(0))
    information = Information(problem.conditionings, reference, problem.tree)
    new_batches = NewBatches(information, problem.tree, 0)
    found = new_batches.best(problem.allowed(), np.inf)
    assert found is not None
    picks, bits, cost = chosen(staged, spec, seed, StoppingRule(found.runs), fixed={"solid": 54.0})
    assert len({pick.chain[0] for pick in picks}) == 1
    assert bits / cost == pytest.approx(found.rate, rel=1e-6)
    _, more, dearer = chosen(
        staged, spec, seed, StoppingRule(found.runs + 1), fixed={"solid": 54.0}
    )
    assert (more - bits) / (dearer - cost) <= bits / cost * (1 + 1e-6)  # marginal value theorem


@QUICK
@given(st.integers(0, 1000), st.floats(6.0, 25.0))
def test_counting_costs_teaches_more_per_hour(seed: int, hours: float) -> None:
    spec, stop = line_spec(), StoppingRule(200, hours)
    _, ours, spent = chosen(staged, spec, seed, stop)
    _, uninformed, _ = chosen(greedy, spec, seed, stop)
    assert spent <= hours + 1e-9
    assert (
        ours >= uninformed * 0.85
    )  # never much worse: the rest of a budget may not fit a slurry …
    assert hours > 20 or ours > 0


def test_on_the_whole_it_teaches_much_more() -> None:
    gains = []
    for seed in range(8):
        stop = StoppingRule(200, 14.0)
        ours, uninformed = (chosen(how, line_spec(), seed, stop)[1] for how in (staged, greedy))
        gains.append(ours / uninformed)
    assert np.median(gains) > 1.1  # … and usually better by more than a tenth


def test_without_dear_stages_it_is_the_greedy_plan() -> None:
    factors = [{"name": "a", "low": 0, "high": 9, "step": 1}]
    for stages in ((), (("mix", 0.0),)):
        own = [{**f, **({"stage": "mix"} if stages else {})} for f in factors]
        spec = make_spec(own, stages=stages, costs={"unit": "h", "run": 1.0})
        rows = [
            [p.row for p in chosen(how, spec, 3, StoppingRule(5))[0]] for how in (staged, greedy)
        ]
        assert rows[0] == rows[1]


def test_the_hard_stage_is_the_dearest() -> None:
    tree = problem_of(line_spec()).tree
    assert tree.hard_stage == 0
    dear = line_spec(stages=(("slurry", 0.2), ("coating", 4.0), ("cal", 0.1)))
    assert problem_of(dear).tree.hard_stage == 1
    picks, _, cost = chosen(staged, dear, 0, StoppingRule(6))
    strips = {pick.chain[1] for pick in picks}
    assert len(strips) < 6
    assert cost < 6 * 4.0


def test_what_is_set_up_is_used_until_a_new_slurry_is_worth_more() -> None:
    spec = line_spec()
    setup = Setup({"solid": 54.0, "gap": 100.0}, {"slurry": "slurry-07", "coating": "coating-03"})
    problem = problem_of(spec, 1, context=PlanningContext(setup=setup))
    reference = problem.reference_points("learn", np.random.default_rng(0))
    picks = staged(
        problem.conditionings, reference, problem.tree, problem.allowed(), StoppingRule(30)
    )
    labels = [problem.tree.batches[p.chain[0]].label for p in picks]
    used = labels.count("slurry-07")
    assert labels[:3] == ["slurry-07"] * 3
    assert 3 <= used < 30
    assert picks[0].cost == pytest.approx(0.15)  # a pass of the strip on the line


def with_stages(*keys: dict[str, Any]) -> Specification:
    """`line_spec` with further keys for slurry, coating, calendering."""
    spec = line_spec()
    pairs = zip(spec.stages, keys, strict=True)
    return replace(spec, stages=tuple(replace(stage, **own) for stage, own in pairs))


def most_in_one(picks: list[Pick], stage: int) -> int:
    batches = [pick.chain[stage] for pick in picks]
    return max(batches.count(b) for b in batches)


def test_a_cap_of_runs_per_batch_holds() -> None:
    free, _, _ = chosen(staged, line_spec(), 0, StoppingRule(12))
    assert most_in_one(free, 0) > 3
    picks, _, _ = chosen(staged, with_stages({"most_runs": 3}, {}, {}), 0, StoppingRule(12))
    assert most_in_one(picks, 0) == 3
    # a full strip does not close its slurry: another strip of it is coated
    free, _, _ = chosen(staged, line_spec(), 0, StoppingRule(9))
    assert most_in_one(free, 1) > 1
    picks, _, _ = chosen(staged, with_stages({}, {"most_runs": 1}, {}), 0, StoppingRule(9))
    assert most_in_one(picks, 1) == 1
    assert most_in_one(picks, 0) > 1


@settings(max_examples=25)
@given(
    st.integers(0, 1000),
    st.tuples(*[st.sampled_from([None, 1, 2, 5])] * 3),
    st.booleans(),
    st.integers(0, 4),
)
def test_caps_hold_at_every_stage_and_count_what_was_made(
    seed: int, caps: tuple[int | None, ...], uninformed: bool, made: int
) -> None:
    spec = with_stages(*({"most_runs": cap} for cap in caps))
    ids = {"slurry": "slurry-07", "coating": "coating-03"}
    setup = Setup({"solid": 54.0, "gap": 100.0}, ids)
    context = PlanningContext(setup=setup, made=dict.fromkeys(ids.items(), made))
    space, posteriors = posteriors_of(spec, seed)
    plan = make_plan(spec, space, {} if uninformed else posteriors, runs=9, context=context)
    assert len(plan.runs) == 9
    for cap, stage in zip(caps, spec.stages, strict=True):
        batches = Counter(run.batch[stage.name] for run in plan.runs)
        if ids.get(stage.name) in batches and cap is not None:
            batches[ids[stage.name]] += made
        assert cap is None or max(batches.values()) <= cap
    assert plan.cost == pytest.approx(sum(run.cost for run in plan.runs))


REFERENCE = {"gap": 150.0, "pressure": 40.0}


def is_reference(run: PlannedRun, reference: dict[str, float] = REFERENCE) -> bool:
    return all(run.settings[name] == value for name, value in reference.items())


@pytest.mark.parametrize("uninformed", [False, True])
def test_every_new_batch_gets_a_reference_run_first(uninformed: bool) -> None:
    spec = with_stages({"reference": REFERENCE, "most_runs": 4}, {}, {})
    space, posteriors = posteriors_of(spec)
    setup = Setup({"solid": 54.0, "gap": 100.0}, {"slurry": "slurry-07"})
    plans = [
        make_plan(
            spec,
            space,
            {} if uninformed else posteriors,
            runs=n,
            context=PlanningContext(setup=setup),
        )
        for n in range(1, 12)
    ]
    ranked = [sorted(plan.runs, key=lambda run: run.rank) for plan in plans]
    for short, long in itertools.pairwise(ranked):  # what a plan of k is does not change
        assert [run.settings for run in short] == [run.settings for run in long[:-1]]
    first: dict[str, PlannedRun] = {}
    for run in ranked[-1]:
        first.setdefault(run.batch["slurry"], run)
    assert len(first) > 2
    for batch, run in first.items():
        assert is_reference(run) == (batch != "slurry-07")
    told = [run.settings for run in ranked[-1] if run.reason.startswith("Reference run of a new")]
    assert told == [run.settings for batch, run in first.items() if batch != "slurry-07"]
    if not uninformed:
        assert all(run.bits is not None and run.bits > 0 for run in first.values())


def test_two_stages_may_each_have_a_reference_recipe() -> None:
    spec = with_stages({"reference": REFERENCE}, {"reference": {"pressure": 70.0}}, {})
    space, posteriors = posteriors_of(spec)
    plan = make_plan(spec, space, posteriors, runs=10)
    runs = sorted(plan.runs, key=lambda run: run.rank)
    for slurry in {run.batch["slurry"] for run in runs}:
        assert is_reference(next(run for run in runs if run.batch["slurry"] == slurry))
    strips = {run.batch["coating"] for run in runs}
    with_their_own = [
        any(r.batch["coating"] == strip and r.settings["pressure"] == 70.0 for r in runs)
        for strip in strips
    ]
    assert all(with_their_own)


def test_where_the_reference_recipe_is_impossible_there_is_no_such_run() -> None:
    limit = [{"expression": "solid * gap <= 8400"}]  # 150 um up to 56 %
    spec = line_spec(constraint=limit)
    slurry = replace(spec.stages[0], reference=REFERENCE, most_runs=3)
    spec = replace(spec, stages=(slurry, *spec.stages[1:]))
    space, posteriors = posteriors_of(spec)
    plan = make_plan(spec, space, posteriors, runs=15)
    thick = [run for run in plan.runs if float(run.settings["solid"]) > 56]
    assert not any(is_reference(run) for run in thick)
    slurries = {run.batch["slurry"] for run in plan.runs} - {r.batch["slurry"] for r in thick}
    assert slurries <= {run.batch["slurry"] for run in plan.runs if is_reference(run)}


def test_four_stages_and_factors_without_one() -> None:
    spec = make_spec(
        [
            {"name": "mix", "low": 0, "high": 3, "step": 1, "stage": "one"},
            {"name": "gap", "low": 0, "high": 2, "step": 1, "stage": "two"},
            {"name": "heat", "low": 0, "high": 2, "step": 1, "stage": "three"},
            {"name": "load", "low": 0, "high": 3, "step": 1, "stage": "four"},
            {"name": "speed", "low": 0, "high": 1, "step": 1},
        ],
        stages=(("one", 2.0), ("two", 1.0), ("three", 0.5), ("four", 0.1)),
        costs={"unit": "h", "run": 0.05},
    )
    space, posteriors = posteriors_of(spec)
    plan = make_plan(spec, space, posteriors, budget=12.0)
    assert plan.cost <= 12.0 + 1e-9
    assert len(plan.runs) > 4
    assert plan.cost == pytest.approx(sum(run.cost for run in plan.runs))
    assert len({run.batch["one"] for run in plan.runs}) < len(plan.runs)


@pytest.mark.parametrize("seed", range(3))
def test_the_slurry_filled_last_is_made_last_so_that_the_next_plan_can_go_on_with_it(
    seed: int,
) -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, seed)
    plan = make_plan(spec, space, posteriors, budget=14.0, seed=seed)
    made = [run.batch["slurry"] for run in plan.runs]
    filled = max(plan.runs, key=lambda run: run.rank).batch["slurry"]
    assert len(set(made)) > 1
    assert made[-1] == filled
    blocks = [name for k, name in enumerate(made) if k == 0 or made[k - 1] != name]
    assert len(blocks) == len(set(made))  # every slurry is made once


def test_what_a_reference_run_came_before_follows_it_even_when_nothing_is_known() -> None:
    spec = with_stages({"reference": REFERENCE}, {}, {})
    space, _ = posteriors_of(spec, 0)
    plan = make_plan(spec, space, {}, runs=6, seed=1)
    runs = sorted(plan.runs, key=lambda run: run.rank)
    assert [is_reference(run) for run in runs] == [True, False] * 3
    for reference, other in zip(runs[::2], runs[1::2], strict=True):
        assert reference.batch["slurry"] == other.batch["slurry"]


@pytest.mark.parametrize("goal", ["window", "optimum"])
def test_reference_runs_are_possible_with_every_goal(goal: str) -> None:
    spec = with_stages({"reference": REFERENCE}, {}, {})
    space, posteriors = posteriors_of(spec, 0)
    plan = make_plan(spec, space, posteriors, budget=12.0, goal=goal, seed=1)
    assert any(is_reference(run) for run in plan.runs)
    if plan.value is not None:
        assert plan.value == pytest.approx(sum(run.value or 0.0 for run in plan.runs))
