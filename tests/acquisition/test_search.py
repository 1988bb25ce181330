"""Goal optimum: expected runs in spec, phases, and runs that may fail."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import DTypeLike

from designer.acquisition.functions.expected_hits import ExpectedHits, HitCount
from designer.acquisition.functions.probability_in_spec import probability
from designer.acquisition.plan.plan import SelectedPlan, make_plan
from designer.acquisition.selection.context import (
    FailedRun,
    KnownRun,
    OpenRun,
    PlanningContext,
    Setup,
)
from designer.acquisition.selection.hit_search import sample_inside
from designer.campaigns.specification.parts import WANTED_HITS
from designer.campaigns.specification.specification import Specification
from designer.models.encoding import Space
from designer.models.success_gp import SuccessModel
from tests.acquisition.cases import ExactPosterior, line_spec, make_spec, posteriors_of

INF = np.inf


def value(inside: np.ndarray, success: np.ndarray, chosen: list[int], missing: np.ndarray) -> float:
    """E[min(missing, number in spec)] of a set."""
    return float(np.minimum(missing, inside[:, chosen] @ success[chosen]).mean())


# ---- hits ----


def test_one_by_one_is_nearly_the_best_set() -> None:
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(400, 3))
    inside = shared @ rng.normal(size=(3, 10)) + 0.7 * rng.normal(size=(400, 10)) > 0.8
    success, missing = rng.uniform(0.3, 1.0, 10), rng.integers(0, 4, 400).astype(float)
    count = HitCount(inside, missing, success)
    chosen: list[int] = []
    told: list[float] = []
    for _ in range(4):
        each = count.gains()
        for i in range(10):  # every gain is the difference of two values
            if i not in chosen:
                gain = value(inside, success, [*chosen, i], missing)
                gain -= value(inside, success, chosen, missing)
                assert each[i] == pytest.approx(gain, abs=1e-12)
        chosen.append(int(np.argmax(each)))
        told.append(each.max())
        count.condition(chosen[-1])
    assert told == sorted(told, reverse=True)  # submodular
    best = max(
        value(inside, success, list(chosen), missing)
        for chosen in itertools.combinations(range(10), 4)
    )
    assert sum(told) >= 0.97 * best
    assert count.gains()[chosen] == pytest.approx(0.0)  # the same recipe is no further hit


def test_the_chance_of_a_hit() -> None:
    inside = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0], [0, 1, 0]], dtype=bool)
    count = HitCount(inside, np.full(4, 3.0), np.ones(3))
    assert count.probability_of_any(np.array([0, 1])) == pytest.approx(0.75)
    assert count.probability_of_any(np.array([], dtype=int)) == 0.0
    assert (
        HitCount(inside, np.full(4, 3.0), np.full(3, 0.5)).probability_of_any(np.array([0])) == 0.25
    )


def test_a_run_that_was_not_looked_at_is_no_hit_and_takes_none_away() -> None:
    """A reference run need not be among the candidates looked at."""
    inside = np.array([[1, 0], [1, 1]], dtype=bool)
    hits = ExpectedHits(6, np.array([1, 4]), HitCount(inside, np.full(2, 3.0), np.ones(2)))
    before = hits.gains()
    assert hits.condition(5, []) == 0.0
    np.testing.assert_array_equal(hits.gains(), before)
    inner = hits.within_new_batch({0: np.array([1, 2, 5])}, 0)[0]
    assert inner.gains().tolist() == [1.0, 0.0, 0.0]
    assert hits.probability_of_any(np.array([2, 5])) == 0.0
    assert hits.condition(4, []) == 0.5


def test_only_points_looked_at_count() -> None:
    hits = ExpectedHits(
        6, np.array([1, 4]), HitCount(np.ones((2, 2), dtype=bool), np.ones(2), np.ones(2))
    )
    assert hits.gains().tolist() == [0, 1, 0, 0, 1, 0]
    part = hits.among(np.array([False] * 4 + [True] * 2))
    assert part.gains().tolist() == [0, 0, 0, 0, 1, 0]
    assert hits.condition(4, ()) == 1.0
    assert hits.gains().tolist() == [0] * 6  # enough are found
    assert part.gains()[4] == 1.0  # it goes on by itself


@pytest.mark.parametrize("limits", [(-0.3, 0.5), (0.2, INF), (-INF, -0.4)])
def test_samples_against_the_exact_probability(limits: tuple[float, float]) -> None:
    rng = np.random.default_rng(2)
    rows = rng.random((5, 2))
    posterior = ExactPosterior(rows, rng.normal(size=5), lengthscale=0.5, noise=0.05)
    X = rng.random((40, 2))
    X[20:] = X[:20]  # the same recipe twice: perfectly correlated
    samples = 20_000
    inside = sample_inside({"a": posterior}, {"a": limits}, X, rng, samples)
    p = probability([posterior.mean(X)], [posterior.variance(X)], [limits])
    assert np.abs(inside.mean(axis=0) - p).max() < 4.5 * 0.5 / np.sqrt(samples)
    assert (inside[:, :20] == inside[:, 20:]).mean() > 0.999


# ---- phases ----


def plan_of(
    spec: Specification, seed: int = 0, goal: str = "optimum", **options: Any
) -> SelectedPlan:
    space, posteriors = posteriors_of(spec, seed)
    return make_plan(spec, space, posteriors, goal=goal, **options)


def test_search_says_what_it_maximised() -> None:
    plan = plan_of(line_spec(), runs=5)
    assert plan.goal == "optimum"
    assert plan.value_name == "expected runs in spec"
    values = [run.value for run in sorted(plan.runs, key=lambda run: run.rank)]
    assert plan.value == pytest.approx(sum(v for v in values if v is not None))
    assert plan.bits == pytest.approx(sum(run.bits or 0.0 for run in plan.runs))
    assert plan.notes[0].startswith("search: 0 of 3 runs are predicted in spec")
    assert all(run.success is None for run in plan.runs)


def test_it_finds_more_in_spec_than_information_does() -> None:
    spec = line_spec()
    ours, window = (sum(r.in_spec or 0.0 for r in plan_of(spec, goal=goal, runs=4).runs)
                    for goal in ("optimum", "window"))  # fmt: skip
    assert ours > 1.3 * window


def test_plans_stay_nested_and_the_same() -> None:
    spec = line_spec()
    longer = {run.rank: run.settings for run in plan_of(spec, runs=7).runs}
    shorter = {run.rank: run.settings for run in plan_of(spec, runs=3).runs}
    assert all(longer[rank] == shorter[rank] for rank in shorter)
    again = {run.rank: run.settings for run in plan_of(spec, runs=7).runs}
    assert again == longer


def flat(spec: Specification, mean: float, sd: float) -> tuple[Space, dict[str, ExactPosterior]]:
    """Certain beliefs: every recipe alike."""
    space, _ = posteriors_of(spec)

    class Flat(ExactPosterior):
        def mean(self, X: np.ndarray) -> np.ndarray:
            return np.full(len(X), mean)

        def variance(self, X: np.ndarray) -> np.ndarray:
            return np.full(len(X), sd**2)

        def covariance(
            self, X: np.ndarray, Z: np.ndarray, dtype: DTypeLike = np.float64
        ) -> np.ndarray:
            return np.asarray(
                (sd**2 * np.exp(-np.square(X[:, None] - Z[None]).sum(-1) * 200)).astype(dtype)
            )

    rows = np.zeros((0, space.dimension))
    batch = np.zeros(len(spec.stages))
    return space, {r.name: Flat(rows, np.zeros(0), batch=batch) for r in spec.responses}


def one_response(**more: Any) -> Specification:
    factors = [{"name": "x", "low": 0, "high": 20, "step": 1, "stage": "mix"}]
    response = {"name": "y", "window": [-1.0, 1.0], "scale": "linear", **more}
    return make_spec(factors, stages=(("mix", 1.0),), responses=[response],
                     costs={"unit": "h", "run": 0.1})  # fmt: skip


def known(*values: int) -> tuple[KnownRun, ...]:
    return tuple(KnownRun(f"R{k:03}", {"x": float(v)}) for k, v in enumerate(values, start=1))


def test_far_from_the_windows_it_learns_where_they_are() -> None:
    spec = one_response()
    space, posteriors = flat(spec, mean=4.0, sd=1.5)
    plan = make_plan(spec, space, posteriors, runs=3, goal="optimum")
    assert plan.value_name is None
    assert "the plan learns where the windows' borders lie" in plan.notes[0]


@pytest.mark.parametrize(("made", "searches"), [((3, 9), True), ((3, 9, 9), True),
                                                ((3, 9, 15), False)])  # fmt: skip
def test_search_is_over_when_three_recipes_made_are_predicted_in_spec(
    made: tuple[int, ...], searches: bool
) -> None:
    spec = one_response()
    space, posteriors = flat(spec, mean=0.0, sd=0.8)
    around = PlanningContext(known=known(*made))
    plan = make_plan(spec, space, posteriors, runs=3, goal="optimum", context=around)
    assert (plan.value_name == "expected runs in spec") == searches
    assert plan.notes[0].startswith("search: 2 of 3" if searches else "search is over: 3 runs")
    if searches:  # one more is enough: the rest of the plan gathers information
        assert not {r.settings["x"] for r in plan.runs if r.value is not None} & set(made)
    else:
        assert plan.notes[1].startswith("mix: no response has a goal")


def test_open_runs_count_as_far_as_they_are_expected_to_hit() -> None:
    spec = one_response()
    space, posteriors = flat(spec, mean=0.0, sd=0.3)  # nearly surely in spec
    pending = tuple(OpenRun(f"R{k:03}", {"x": float(3 * k)}) for k in (1, 2, 3))
    plan = make_plan(spec, space, posteriors, runs=2, goal="optimum",
                     context=PlanningContext(pending=pending))  # fmt: skip
    assert "the open runs are expected to bring the rest" in plan.notes[0]
    plan = make_plan(spec, space, posteriors, runs=2, goal="optimum",
                     context=PlanningContext(pending=pending[:1]))  # fmt: skip
    assert plan.value_name == "expected runs in spec"
    assert plan.value == pytest.approx(2.0, abs=0.05)


def test_cheap_hits_come_before_dear_ones() -> None:
    spec = one_response()
    space, posteriors = flat(spec, mean=0.0, sd=0.8)
    around = PlanningContext(setup=Setup({"x": 7.0}, {"mix": "mix-01"}))
    plan = make_plan(spec, space, posteriors, runs=1, goal="optimum", context=around)
    assert plan.runs[0].settings == {"x": 7.0}
    assert plan.cost == pytest.approx(0.1)


class Judge:
    """Improvement that is largest at x = 12 and nothing where a run was taken."""

    name, threshold = "expected improvement of y", 0.05

    def __init__(self, scale: float = 1.0, narrow: float = 10.0) -> None:
        self.scale, self.narrow = scale, narrow

    def told(self, value: float) -> str:
        return f"{value:.2g} mm"

    def __call__(self, X: np.ndarray, pending: np.ndarray) -> Callable[..., Any]:
        gain = self.scale * np.exp(-np.square((X[:, 0] - 0.6) * self.narrow))

        def values(taken: list[int]) -> np.ndarray:
            out = gain.copy()
            out[list(taken)] = 0.0
            return out * 0.5 ** len(taken)

        return values


@pytest.mark.parametrize(("scale", "phase"), [(1.0, "improve: "), (0.01, "mix: ")])
def test_then_goals_are_improved_until_nothing_is_left(scale: float, phase: str) -> None:
    spec = one_response(goal="maximize")
    space, posteriors = flat(spec, mean=0.0, sd=0.8)
    plan = make_plan(spec, space, posteriors, runs=3, goal="optimum",
                     context=PlanningContext(known=known(3, 9, 15)),
                     make_improver=lambda made, region: Judge(scale))  # fmt: skip
    assert plan.notes[1].startswith(phase)
    if scale == 1.0:
        assert plan.value_name == "expected improvement of y"
        assert next(r for r in plan.runs if r.rank == 1).settings == {"x": 12.0}
    else:
        assert plan.value is None


@pytest.mark.parametrize(("judge", "why"), [
    (Judge(narrow=0.1), "mix: the best run is expected to improve y by 1 mm, but any other"),
    (Judge(scale=np.nan), "mix: how far a run improves y cannot be computed"),
    (Judge(scale=0.0), "mix: the best run is expected to improve y by 0 mm, less than 0.05 mm"),
])  # fmt: skip
def test_a_flat_or_senseless_improvement_chooses_nothing(judge: Judge, why: str) -> None:
    spec = one_response(goal="maximize", window=None)
    space, posteriors = flat(spec, mean=0.0, sd=0.8)
    plan = make_plan(spec, space, posteriors, runs=2, goal="optimum",
                     make_improver=lambda made, region: judge)  # fmt: skip
    assert plan.notes[0].startswith(why)
    assert plan.value_name is None


def test_a_search_among_equals_says_so() -> None:
    spec = one_response()
    plan = make_plan(spec, *flat(spec, mean=0.0, sd=0.8), runs=1, goal="optimum")
    assert plan.value_name == "expected runs in spec"
    assert "all recipes are about as likely in spec, so any will do" in plan.notes[0]


def test_without_a_window_goals_come_first() -> None:
    spec = one_response(goal="minimize", window=None)
    space, posteriors = flat(spec, mean=0.0, sd=0.8)
    plan = make_plan(spec, space, posteriors, runs=2, goal="optimum",
                     make_improver=lambda made, region: Judge())  # fmt: skip
    assert plan.notes[0].startswith("improve: ")


# ---- failures ----


def failing(
    spec: Specification,
    space: Space,
    *,
    made: list[dict[str, float]],
    failed: list[dict[str, float]],
) -> PlanningContext:
    """A situation with runs made and failed."""
    recipes = [*made, *failed]
    X = space.encode_recipes(recipes)
    model = SuccessModel(X, np.arange(len(X)) < len(made), space.groups)
    runs = tuple(FailedRun(f"R{k:03}", r, "strip cracked") for k, r in enumerate(failed, start=1))
    return PlanningContext(failed=runs, success=model)


def recipe(solid: int, gap: int, pressure: int) -> dict[str, float]:
    return {"solid": float(solid), "gap": float(gap), "pressure": float(pressure)}


@pytest.mark.parametrize("goal", ["learn", "window", "optimum"])
def test_a_failing_corner_is_avoided_and_nothing_else(goal: str) -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, 4)
    made = [recipe(50, 80, 20), recipe(50, 200, 70), recipe(58, 80, 70), recipe(54, 150, 40)]
    failed = [recipe(58, 200, 70), recipe(58, 200, 60), recipe(56, 200, 70)]
    options: dict[str, Any] = {"runs": 12, "goal": goal}
    before = make_plan(spec, space, posteriors, **options)
    around = failing(spec, space, made=made, failed=failed)
    after = make_plan(spec, space, posteriors, context=around, **options)

    def in_corner(plan: SelectedPlan) -> int:
        return sum(float(r.settings["solid"]) >= 56 and r.settings["gap"] == 200 for r in plan.runs)

    assert in_corner(after) <= in_corner(before)
    assert in_corner(after) <= 1
    assert all(run.success is not None and 0 < run.success < 1 for run in after.runs)
    assert all("succeeds with" in run.reason for run in after.runs)
    # the bits are expected ones: each run's gain times its probability of success
    assert after.bits == pytest.approx(sum(run.bits or 0.0 for run in after.runs))


def test_knowing_nothing_but_failures_runs_spread_away_from_them() -> None:
    spec = line_spec()
    space, _ = posteriors_of(spec)
    failed = [recipe(58, 200, 70), recipe(58, 200, 50), recipe(58, 200, 60)]
    around = failing(spec, space, made=[], failed=failed)
    plan = make_plan(spec, space, {}, runs=4, context=around)
    first = next(run for run in plan.runs if run.rank == 1)
    assert float(first.settings["solid"]) < 56 or float(first.settings["gap"]) < 200
    assert plan.value_name == "space-filling"
    risky = [r for r in plan.runs if r.success is not None and r.success < 0.5]
    assert all("R001 failed" in r.reason or "failed nearby: strip cracked" in r.reason
               for r in risky)  # fmt: skip


def test_wanted_is_three() -> None:
    assert WANTED_HITS == 3
