"""Plans of recipes at hand, of runs somebody chose, and in the place of runs nobody wants."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from designer.acquisition.candidates.candidates import make_candidates
from designer.acquisition.candidates.offered import with_offered
from designer.acquisition.plan.plan import SelectedPlan, make_plan
from designer.acquisition.plan.wishes import Offer
from designer.acquisition.selection.context import KnownRun, OpenRun, PlanningContext
from designer.campaigns.commands.entries import OfferedRecipe
from designer.campaigns.errors import InputError
from tests.acquisition.cases import line_spec, make_spec, posteriors_of

COILS = [
    {"solid": 52.0, "gap": 151.0}, {"solid": 52.0, "gap": 151.0}, {"solid": 54.0, "gap": 80.0},
    {"solid": 54.0, "gap": 150.0}, {"solid": 56.5, "gap": 200.0}, {"solid": 58.0, "gap": 99.5},
]  # fmt: skip


def whole(coils: list[dict[str, Any]], spec: Any, **more: Any) -> list[OfferedRecipe]:
    """The coils as whole recipes: the other factors at their lowest."""
    lowest = {f.name: f.values()[0] if f.is_categorical else f.bounds[0] for f in spec.factors}
    known = {f.name for f in spec.factors}
    return [
        OfferedRecipe({**lowest, **{k: v for k, v in coil.items() if k in known}}, extra={"id": k})
        for k, coil in enumerate(coils)
    ]


def by_rank(plan: SelectedPlan) -> list[int]:
    places = {run.rank: place for run, place in zip(plan.runs, plan.taken, strict=True)}
    return [places[rank] for rank in sorted(places)]


@pytest.mark.parametrize("informed", [True, False])
def test_runs_are_offered_ones_each_once_and_nested(informed: bool) -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, 4)
    beliefs = posteriors if informed else {}
    offer = Offer(whole(COILS, spec), "the coils", apart=True)
    plans = [make_plan(spec, space, beliefs, runs=n, offer=offer) for n in (3, 6, 9)]
    assert [len(plan.runs) for plan in plans] == [3, 6, 6]
    for plan in plans:
        assert len(set(plan.taken)) == len(plan.taken)
        for run, place in zip(plan.runs, plan.taken, strict=True):
            assert dict(run.settings) == offer.recipes[place].settings
    assert by_rank(plans[1])[:3] == by_rank(plans[0])
    assert sum(run.cost for run in plans[1].runs) == pytest.approx(plans[1].cost)
    assert any("each is used once" in note for note in plans[2].notes)
    assert (plans[0].deviation is not None) == informed
    if informed:
        assert plans[0].deviation is not None
        assert "choosing among the coils costs" in plans[0].deviation.sentence(spec)
        assert plans[0].bits == pytest.approx(sum(run.bits or 0.0 for run in plans[0].runs))


def test_choosing_among_everything_loses_nothing() -> None:
    spec = make_spec(
        [{"name": "a", "low": 0, "high": 4, "step": 1}, {"name": "b", "levels": [1, 2]}]
    )
    space, posteriors = posteriors_of(spec, 3)
    every = [{"a": float(a), "b": float(b)} for a in range(5) for b in (1, 2)]
    offer = Offer([OfferedRecipe(recipe) for recipe in every for _ in range(4)])
    free = make_plan(spec, space, posteriors, runs=4)
    same = make_plan(spec, space, posteriors, runs=4, offer=offer)
    assert [run.settings for run in same.runs] == [run.settings for run in free.runs]
    assert same.bits == pytest.approx(free.bits)
    assert same.deviation is not None
    assert same.deviation.lost_percent == pytest.approx(0.0, abs=1e-6)


def test_factors_without_a_column_are_free() -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, 4)
    offer = Offer([OfferedRecipe({"gap": 151.0}), OfferedRecipe({"gap": 100.0})])
    plan = make_plan(spec, space, posteriors, runs=4, offer=offer, fixed={"solid": 54.0})
    assert sorted(float(run.settings["gap"]) for run in plan.runs) == [100.0, 151.0]
    assert {run.settings["solid"] for run in plan.runs} == {54.0}
    alone = make_plan(spec, space, posteriors, runs=1, offer=offer)
    assert len({*map(str, alone.runs[0].settings)}) == len(spec.factors)


def test_what_is_known_of_a_coil_is_its_own() -> None:
    spec = make_spec(
        [{"name": "a", "low": 0, "high": 4, "step": 1}],
        given=[{"name": "coat", "low": 10, "high": 20}],
    )
    space, posteriors = posteriors_of(spec, 3)
    coils = [OfferedRecipe({"a": 2.0}, {"coat": coat}) for coat in (11.0, 19.0)]
    plan = make_plan(spec, space, posteriors, runs=2, offer=Offer(coils), given={"coat": 15.0})
    assert [run.given["coat"] for run in plan.runs] == [
        coils[place].given["coat"] for place in plan.taken
    ]
    X = space.encode_recipes([{"a": 2.0, "coat": coat} for coat in (11.0, 19.0)])
    mean = next(iter(posteriors.values())).mean(X)
    name = next(iter(posteriors))
    for run, place in zip(plan.runs, plan.taken, strict=True):
        assert run.predicted[name]["mean"] == pytest.approx(mean[place])


def test_offers_stand_among_all_other_recipes() -> None:
    spec = line_spec()
    region = make_candidates(spec, given={"humidity": 30.0} if spec.givens else {})
    sets = [whole(COILS, spec), whole(COILS[:1], spec)]
    found = with_offered(spec, region, sets)
    assert found.whole.sum() == len(region)
    first, second = found.stocks
    assert first.counts.sum() == len(COILS)
    assert second.counts.tolist() == [1]
    for kind, places in enumerate(first.places):
        (row,) = np.flatnonzero(first.of == kind)
        assert all(found.candidates.recipe(int(row)) == sets[0][k].settings for k in places)
    assert np.array_equal(np.flatnonzero(second.of == 0), np.flatnonzero(first.of == 0))


def test_things_of_their_own_may_repeat_what_is_open_failed_or_abandoned() -> None:
    spec = line_spec()
    space, _ = posteriors_of(spec)
    recipes = whole(COILS[:2], spec)
    settings = recipes[0].settings
    context = PlanningContext(pending=(OpenRun("R001", settings),))
    apart = make_plan(spec, space, {}, runs=2, offer=Offer(recipes, apart=True), context=context)
    assert len(apart.runs) == 2
    with pytest.raises(InputError, match="is open already"):
        make_plan(spec, space, {}, runs=2, offer=Offer(recipes), context=context)


@pytest.mark.parametrize("informed", [True, False])
def test_instead_of_a_run_comes_none_that_is_nearly_the_same(informed: bool) -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec, 4)
    beliefs = posteriors if informed else {}
    first = make_plan(spec, space, beliefs, runs=2)
    refused = [OpenRun(f"R00{k}", run.settings) for k, run in enumerate(first.runs, start=1)]
    context = PlanningContext(
        excluded=tuple(run.settings for run in refused), unlike=tuple(refused)
    )
    plan = make_plan(spec, space, beliefs, runs=2, context=context)
    factors = [k for k, axis in enumerate(space.axes) if axis.name in spec.factor_names]
    columns = np.isin(space.groups, factors)
    for run in plan.runs:
        for other in refused:
            here, there = space.encode_recipes([dict(run.settings), dict(other.settings)])
            assert np.max(np.abs(here - there)[columns]) > 0.05
    if informed:
        assert plan.deviation is not None
        assert plan.deviation.bits_free == pytest.approx(first.bits, rel=1e-6)
        assert plan.deviation.sentence(spec).startswith("doing without R001 and R002 costs")


def test_a_factor_that_moves_nothing_makes_no_other_run() -> None:
    spec = make_spec(
        [
            {"name": "a", "low": 0, "high": 10, "step": 1},
            {"name": "idle", "low": 0, "high": 10, "step": 1},
        ],
        responses=[{"name": "y", "scale": "linear"}],
    )
    space, _ = posteriors_of(spec)

    class Idle:
        """Known everywhere but for a, which alone moves it."""

        batch_variance = np.zeros(0)

        def moments(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return 10.0 * X[:, 0], np.full(len(X), 0.01)

        def covariance(self, X: np.ndarray, Z: np.ndarray, dtype: Any = float) -> np.ndarray:
            same = np.abs(X[:, None, 0] - Z[None, :, 0]) < 1e-9
            return np.asarray(0.01 * same, dtype=dtype)

        def noise_given(self, mean: np.ndarray) -> np.ndarray:
            return np.full(len(mean), 0.25)

        def limits(self, low: float, high: float) -> tuple[float, float]:
            return low, high

        def to_raw(self, m: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return m, np.sqrt(v)

    refused = OpenRun("R001", {"a": 5.0, "idle": 5.0})
    context = PlanningContext(excluded=(refused.settings,), unlike=(refused,))
    plan = make_plan(spec, space, {"y": Idle()}, runs=1, context=context)
    assert plan.runs[0].settings["a"] != 5.0
    # where nothing else is left, what differs in its settings alone is proposed, and told
    held = make_plan(spec, space, {"y": Idle()}, runs=1, context=context, fixed={"a": 5.0})
    assert held.runs[0].settings["a"] == 5.0
    assert "differs in its settings alone" in held.notes[0]
    # and one that is open already, when all others that differ are
    others = [{"a": float(a), "idle": 0.0} for a in range(11) if a != 5]
    full = replace(
        context, pending=tuple(OpenRun(f"R1{k}", other) for k, other in enumerate(others))
    )
    repeat = make_plan(spec, space, {"y": Idle()}, runs=1, context=full, fixed={"idle": 0.0})
    assert dict(repeat.runs[0].settings) in others
    assert "one of those is repeated" in repeat.notes[0]
    with pytest.raises(InputError, match="differs in what matters from R001"):
        make_plan(
            spec, space, {"y": Idle()}, runs=1, context=context, fixed={"a": 5.0, "idle": 5.0}
        )
    known = replace(context, known=(KnownRun("R002", {"a": 0.0, "idle": 0.0}),))
    assert make_plan(spec, space, {"y": Idle()}, runs=1, context=known).runs[0].settings["a"] != 5.0
