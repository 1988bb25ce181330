"""Reasons in words with numbers, the price of fixed settings, and what lies ahead."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.acquisition.candidates.candidates import make_candidates
from designer.acquisition.plan.outlook import Step
from designer.acquisition.plan.plan import SelectedPlan, make_plan
from designer.acquisition.plan.reasons import (
    EXPLORES,
    LONGEST,
    Facts,
    reason,
    where_words,
)
from designer.acquisition.selection.context import (
    Disagreement,
    KnownRun,
    OpenRun,
    PlanningContext,
)
from designer.campaigns.commands.entries import PlannedRun
from designer.campaigns.specification.specification import Specification
from designer.models.encoding import Space
from tests.acquisition.cases import ExactPosterior, line_spec, make_spec, posteriors_of

R003 = KnownRun("R003", {"solid": 54.0, "gap": 100.0, "pressure": 30.0})


def by_rank(plan: SelectedPlan) -> list[PlannedRun]:
    return sorted(plan.runs, key=lambda run: run.rank)


def facts(**changes: Any) -> Facts:
    told: dict[str, Any] = {
        "settings": {"solid": 54.0, "gap": 200.0, "pressure": 30.0},
        "bits": 0.42,
        "share": 0.31,
        "shares": {"loading": 0.2, "porosity": 0.7, "adhesion": 0.1},
        "spread": {"loading": 1.0, "porosity": 1.8, "adhesion": 1.0},
        "where": "gap 150 to 200 um and pressure 20 to 40 MPa",
        "in_spec": 0.03,
        "success": None,
        "gain": None,
        "reference": None,
        "disagreement": None,
        "earlier": [],
    }
    return Facts(**{**told, **changes})


# ---- reasons ----


def test_a_reason_says_what_where_how_far_and_who_disagrees() -> None:
    differ = Disagreement("porosity", "line2", "line3", "3.1 points")
    text = reason(line_spec(), facts(disagreement=differ, where="gap 150 to 200 um"), [R003])
    assert text == (
        "Explore (in spec 3 %): 0.42 bit (31 % of the plan's), 70 % of them about porosity at"
        " gap 150 to 200 um; ± here 1.8 times the region's; line2 expects porosity 3.1 points"
        " higher than line3; nearest R003, gap 200 um instead of 100."
    )


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({}, "Explore (in spec 3 %)"),
        ({"in_spec": None}, "Explore:"),
        ({"spread": dict.fromkeys(("loading", "porosity", "adhesion"), EXPLORES - 0.01)},
         "Refine (in spec 3 %)"),
        ({"in_spec": 0.62}, "Confirm (in spec 62 %)"),
        (
            {"in_spec": 0.62, "gain": "Search, adds 0.4 runs in spec"},
            "Search, adds 0.4 runs in spec (in spec",
        ),
        ({"settings": R003.settings}, "Repeat of R003, worth more"),
        ({"earlier": [facts().settings]}, "Repeat of the run of rank 1, worth more"),
        ({"reference": "slurry", "settings": R003.settings}, "Reference run of a new slurry batch"),
        ({"bits": None}, "Spreads the runs over the region"),
    ],
)  # fmt: skip
def test_the_first_word_says_what_kind_of_run_it_is(changes: dict[str, Any], first: str) -> None:
    assert reason(line_spec(), facts(**changes), [R003]).startswith(first)


def test_without_any_run_of_this_line_everything_is_explored() -> None:
    near = dict.fromkeys(("loading", "porosity", "adhesion"), 1.0)
    assert reason(line_spec(), facts(spread=near), []).startswith("Explore")


@settings(max_examples=40)
@given(st.integers(1, 63), st.integers(1, 64), st.floats(0, 1), st.booleans())
def test_a_reason_fits_a_small_screen_however_long_the_names(
    one: int, two: int, in_spec: float, lines: bool
) -> None:
    name, other = "f" * one, "r" * two
    factors: list[dict[str, Any]] = [
        {"name": f"{name}{k}", "low": 0, "high": 10, "step": 1} for k in range(3)
    ]
    spec = make_spec(factors, responses=[{"name": other}, {"name": "y"}])
    here = {f.name: 3.0 for f in spec.factors}
    differ = Disagreement(other, "line " + name, "line " + other, "3 MPa") if lines else None
    text = reason(
        spec,
        facts(
            settings=here,
            shares={other: 0.9, "y": 0.1},
            spread={other: 1.5, "y": 1.0},
            where=f"{name}0 1 to 3 and {name}1 2 to 3",
            in_spec=in_spec,
            disagreement=differ,
        ),
        [KnownRun("R001", {f.name: 5.0 for f in spec.factors})],
    )
    assert len(text) <= LONGEST
    assert text[0].isupper()
    assert re.search(r"bit", text)


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None
    return match[1]


def test_shares_of_the_plan_and_of_the_responses_are_those_of_the_plan() -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, 3)
    plan = make_plan(spec, space, posteriors, runs=4, context=PlanningContext(known=(R003,)))
    assert plan.bits is not None
    for run in plan.runs:
        assert run.bits is not None
        share = int(found(r"bit \((\d+) % of the plan's\)", run.reason))
        assert share == round(100 * run.bits / plan.bits)
        assert any(f"% of them about {r.name}" in run.reason for r in spec.responses)
        here = float(found(r"± here ([\d.]+) times", run.reason))
        assert 0.3 < here < 3


def test_lines_that_disagree_are_told_with_the_runs_they_disagree_about() -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, 3)
    asked = []

    def judge(X: np.ndarray) -> list[Disagreement | None]:
        asked.append(X)
        return [Disagreement("porosity", "line2", "line3", "4 %")] + [None] * (len(X) - 1)

    plan = make_plan(spec, space, posteriors, runs=3, context=PlanningContext(disagreements=judge))
    ranked = by_rank(plan)
    (X,) = asked
    assert space.encode_recipes([run.settings for run in ranked]) == pytest.approx(X)
    told = ["line2 expects porosity 4 % higher than line3" in run.reason for run in ranked]
    assert told == [True, False, False]


def test_where_a_run_teaches_is_where_its_effect_is() -> None:
    spec = make_spec([
        {"name": "a", "unit": "mm", "low": 0, "high": 9, "step": 1},
        {"name": "b", "low": 0, "high": 9, "step": 1},
        {"name": "c", "categories": ["x", "y"]},
    ])  # fmt: skip
    candidates = make_candidates(spec)
    rows = np.arange(len(candidates))
    a = np.asarray(candidates.columns["a"], dtype=float)
    assert where_words(spec, candidates, rows, ((a >= 2) & (a <= 4)).astype(float)) == "a 2 to 4 mm"
    assert where_words(spec, candidates, rows, (a == 7).astype(float)) == "a near 7 mm"
    effect = ((a <= 3) & (candidates.columns["c"] == "y")).astype(float)
    assert where_words(spec, candidates, rows, effect) == "c y and a 0 to 3 mm"
    assert where_words(spec, candidates, rows, np.ones(len(rows))) == ""
    assert where_words(spec, candidates, rows, np.zeros(len(rows))) == ""


# ---- what fixed settings cost ----


def test_fixed_settings_restrict_the_runs_not_the_goal() -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, 1)
    plan = make_plan(spec, space, posteriors, runs=5, fixed={"gap": 200.0})
    free = make_plan(spec, space, posteriors, runs=5)
    assert {run.settings["gap"] for run in plan.runs} == {200.0}
    found = plan.deviation
    assert found is not None
    assert (found.bits, found.bits_free) == pytest.approx((plan.bits, free.bits))
    assert (found.cost, found.cost_free) == pytest.approx((plan.cost, free.cost))
    assert plan.bits is not None
    assert free.bits is not None
    assert found.lost_percent == pytest.approx(100 * (1 - plan.bits / free.bits))
    assert found.lost_percent > 5
    told = found.sentence(spec)
    assert told.startswith(f"keeping gap at 200 um costs {found.lost_percent:.0f} % of this plan's")
    assert f"it takes {plan.cost:.3g} h" in told
    assert free.deviation is None
    # the goal is the same: how well the whole region is known afterwards, not the gap's part of it
    assert plan.outlook is not None
    assert free.outlook is not None
    assert plan.outlook.sd_now == free.outlook.sd_now
    assert plan.outlook.sd_after is not None
    assert free.outlook.sd_after is not None
    assert all(plan.outlook.sd_after[n] > free.outlook.sd_after[n] for n in plan.outlook.sd_now)


@settings(max_examples=15)
@given(st.integers(0, 500), st.sampled_from([80.0, 100.0, 150.0, 200.0]), st.integers(1, 5))
def test_keeping_a_setting_never_teaches_clearly_more(seed: int, gap: float, runs: int) -> None:
    """Without stages both plans are greedy by information alone: the free one is rarely beaten."""
    factors: list[dict[str, Any]] = [
        {"name": "solid", "low": 50, "high": 58, "step": 2},
        {"name": "gap", "levels": [80, 100, 150, 200]},
    ]
    spec = make_spec(factors)
    space, posteriors = posteriors_of(spec, seed)
    found = make_plan(spec, space, posteriors, runs=runs, fixed={"gap": gap}).deviation
    assert found is not None
    assert found.bits <= found.bits_free * 1.05  # measured: never more in 400 such plans
    assert 0.0 <= found.lost_percent <= 100.0
    assert found.runs == found.runs_free == runs


def test_abandoned_recipes_are_excluded_from_both_plans() -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, 1)
    free = make_plan(spec, space, posteriors, runs=3)
    gone = tuple(run.settings for run in free.runs)
    around = PlanningContext(excluded=gone)
    plan = make_plan(spec, space, posteriors, runs=3, fixed={"gap": 200.0}, context=around)
    again = make_plan(spec, space, posteriors, runs=3, context=around)
    assert not any(run.settings in gone for run in (*plan.runs, *again.runs))
    assert plan.deviation is not None
    assert plan.deviation.bits_free == pytest.approx(again.bits)
    assert again.bits is not None
    assert free.bits is not None
    assert again.bits < free.bits


def test_a_plan_that_knows_nothing_has_no_deviation() -> None:
    spec = line_spec()
    space, _ = posteriors_of(spec)
    plan = make_plan(spec, space, {}, runs=3, fixed={"gap": 200.0})
    assert {run.settings["gap"] for run in plan.runs} == {200.0}
    assert plan.deviation is None
    assert plan.outlook is None


# ---- ahead ----


def test_what_lies_ahead_is_what_conditioning_says() -> None:
    """Exactly that of a dense posterior with the plan's runs as further rows (no batch effects)."""
    spec = make_spec(
        [
            {"name": "a", "low": 0, "high": 9, "step": 1},
            {"name": "b", "low": 0, "high": 9, "step": 1},
        ],
        responses=[{"name": "y", "scale": "linear"}],
    )
    space, posteriors = posteriors_of(spec, 2, batch=np.zeros(0))
    plan = make_plan(spec, space, posteriors, runs=5)
    X = make_candidates(spec).encode(space)  # 100 recipes: all stand for the region
    own = posteriors["y"]
    Z = space.encode_recipes([run.settings for run in plan.runs])
    joint = own.covariance(Z, Z) + own.noise_variance * np.eye(len(Z))
    cross = own.covariance(X, Z)
    after = own.variance(X) - np.einsum("ij,jk,ik->i", cross, np.linalg.inv(joint), cross)
    ahead = plan.outlook
    assert ahead is not None
    assert ahead.runs == 5
    assert ahead.sd_now is not None
    assert ahead.sd_now["y"] == pytest.approx(np.sqrt(own.variance(X).mean()), rel=1e-6)
    assert ahead.sd_after is not None
    assert ahead.sd_after["y"] == pytest.approx(np.sqrt(after.mean()), rel=1e-5)
    assert ahead.step is not None
    assert ahead.step.stage is None
    more = make_plan(spec, space, posteriors, runs=6)
    assert more.bits is not None
    assert plan.bits is not None
    assert ahead.next_bits == pytest.approx(more.bits - plan.bits, rel=1e-4)


def test_bits_so_far_and_of_a_plan_are_about_the_same_and_add_up() -> None:
    spec = line_spec(campaign={"goal": "window"})
    stages = np.full(3, 0.03)
    space, before = posteriors_of(spec, 2, rows=4, batch=stages)
    rng = np.random.default_rng(1)
    now = {}
    for name, own in before.items():  # eight results, each of batches of its own
        Z = np.vstack([own.X, rng.random((8, own.X.shape[1]))])
        now[name] = ExactPosterior(
            Z, rng.normal(size=len(Z)), lengthscale=own.lengthscale, noise=own.noise_variance,
            batch=stages,
        )  # fmt: skip
    plan = make_plan(spec, space, now, runs=1)
    context = PlanningContext(pending=(OpenRun("R009", R003.settings),))
    again = make_plan(spec, space, now, runs=0, context=context, seed=3)
    assert plan.outlook is not None
    assert again.outlook is not None
    about = plan.outlook.about
    for name, weights in about.weights.items():  # neither open runs nor the seed change them
        assert again.outlook.about.weights[name] == pytest.approx(weights)
    at = about.X
    then = {name: own.variance(at) for name, own in before.items()}
    today = {name: own.variance(at) for name, own in now.items()}
    assert sum(w @ today[name] for name, w in about.weights.items()) == pytest.approx(1.0)
    run = space.encode_recipes([plan.runs[0].settings])
    after = {}
    for name, own in now.items():
        cross = own.covariance(at, run)[:, 0]
        total = own.variance(run)[0] + own.noise_variance + stages.sum()
        after[name] = today[name] - cross**2 / total
    assert about.bits(then, today) > 0
    assert about.bits(then, after) == pytest.approx(
        about.bits(then, today) + about.bits(today, after)
    )
    # the plan's own points are others of the same kind
    assert plan.bits == pytest.approx(about.bits(today, after), rel=0.15)
    assert about.bits(after, today) == 0.0


def test_open_runs_count_as_ahead_and_no_plan_need_be_made() -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, 2)
    open_run = OpenRun("R009", {"solid": 54.0, "gap": 100.0, "pressure": 30.0})
    ahead = make_plan(
        spec, space, posteriors, runs=0, context=PlanningContext(pending=(open_run,))
    ).outlook
    assert ahead is not None
    assert ahead.runs == 1
    assert ahead.sd_after is not None
    assert all(ahead.sd_after[name] < sd for name, sd in ahead.sd_now.items())
    none = make_plan(spec, space, posteriors, runs=0).outlook
    assert none is not None
    assert none.runs == 0
    assert none.sd_after == pytest.approx(none.sd_now)


def next_batch(spec: Specification, space: Space, posteriors: dict[str, ExactPosterior]) -> Step:
    outlook = make_plan(spec, space, posteriors, runs=0).outlook
    assert outlook is not None
    assert outlook.step is not None
    return outlook.step


def test_the_next_slurry_is_the_one_the_planner_would_mix() -> None:
    """Its bits and cost are those of a plan of its own, where nothing stands on the line."""
    spec = line_spec()
    space, posteriors = posteriors_of(spec, 4)
    step = next_batch(spec, space, posteriors)
    plan = make_plan(spec, space, posteriors, runs=step.runs)
    assert step.stage == "slurry"
    assert {run.batch["slurry"] for run in plan.runs} == {"new-1"}
    assert (step.bits, step.cost) == pytest.approx((plan.bits, plan.cost), rel=1e-5)
    capped = replace(spec, stages=(replace(spec.stages[0], most_runs=2), *spec.stages[1:]))
    assert next_batch(capped, space, posteriors).runs <= 2
