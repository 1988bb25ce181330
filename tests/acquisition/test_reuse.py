"""Only what is asked for is computed, and once: the same numbers as everything computed anew."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from designer.acquisition.candidates.candidates import Candidates, make_candidates
from designer.acquisition.functions.information import Information, SuccessProbabilities
from designer.acquisition.plan.outlook import outlook
from designer.acquisition.selection import screening as screening_module
from designer.acquisition.selection.context import OpenRun, PlanningContext
from designer.acquisition.selection.greedy import StoppingRule
from designer.acquisition.selection.hit_search import probability_of_hit
from designer.acquisition.selection.new_batches import NewBatches
from designer.acquisition.selection.problem import PlanningProblem
from designer.acquisition.selection.screening import EIScreen, screen_candidates
from designer.acquisition.selection.strategy import by_information
from designer.campaigns.specification.specification import Specification
from tests.acquisition.cases import line_spec, make_spec, posteriors_of


def problem_of(
    spec: Specification,
    seed: int = 0,
    context: PlanningContext | None = None,
    candidates: Candidates | None = None,
) -> PlanningProblem:
    space, posteriors = posteriors_of(spec, seed)
    candidates = make_candidates(spec) if candidates is None else candidates
    return PlanningProblem(spec, space, posteriors, candidates, context or PlanningContext())


def corner(X: np.ndarray) -> np.ndarray:
    """Success is improbable where everything is high."""
    return np.asarray(1.0 / (1.0 + np.exp(4.0 * (X.sum(axis=1) - 2.0))))


# ---- information ----


def test_expected_bits_are_bits_times_the_chance() -> None:
    each = []
    for success in (None, corner):
        problem = problem_of(line_spec(), 3, PlanningContext(success=success))
        information = problem.information(
            problem.reference_points("window", np.random.default_rng(0))
        )
        some = problem.tree.keys(0) < 2
        inner = information.within_new_batch({0: np.arange(30)}, 0)[0].gains()
        each.append([information.gains()[some], information.gains(some)[some], inner])
    chance = corner(problem.X)
    parts: list[Any] = [some, some, slice(30)]
    for k, part in enumerate(parts):
        assert np.allclose(each[1][k], each[0][k] * chance[part], rtol=1e-9)


@pytest.mark.parametrize("success", [None, corner])
def test_bits_of_some_points_are_those_of_all(success: Callable[..., Any] | None) -> None:
    found = []
    for some in (True, False):
        problem = problem_of(line_spec(), 3, PlanningContext(success=success))
        information = problem.information(
            problem.reference_points("window", np.random.default_rng(0))
        )
        mask = np.arange(len(problem.X)) % 3 == 1
        for row in (7, 50):
            information.gains(mask if some else None)
            chain, _ = problem.tree.add_run(row)
            information.condition(row, chain)
        found.append(information.gains(mask if some else None)[mask])
    assert np.allclose(found[0], found[1], rtol=1e-9, atol=0)
    assert found[0].min() > 0


def test_a_new_goal_on_the_same_fields_is_what_it_is_on_new_ones() -> None:
    """Groups were looked at for another goal and two runs ago: nothing of that is left."""
    spec, rows = line_spec(), (7, 50)
    kept, fresh = problem_of(spec, 5), problem_of(spec, 5)
    first = kept.information(kept.reference_points("learn", np.random.default_rng(1)))
    NewBatches(first, kept.tree, 0).best(kept.allowed(), np.inf)
    first.gains()
    for row in rows:
        chain, _ = kept.tree.add_run(row)
        first.condition(row, chain)
        chain, _ = fresh.tree.add_run(row)
        for conditioning in fresh.conditionings:
            conditioning.condition(row, chain, fresh.tree)
    values = []
    for problem in (kept, fresh):
        reference = problem.reference_points("window", np.random.default_rng(2))
        information = problem.information(reference)
        new_batch = NewBatches(information, problem.tree, 0).best(problem.allowed(), np.inf)
        assert new_batch is not None
        values.append([new_batch.group, new_batch.runs, new_batch.value, *information.gains()])
    assert np.allclose(values[0], values[1], rtol=1e-9, atol=0)


def test_what_lies_ahead_is_the_same_when_the_plan_is_open() -> None:
    """From the plan's own fields, its runs taken, and from a proposal with its runs open."""
    spec = line_spec()
    problem = problem_of(spec, 6)
    reference = problem.reference_points("window", np.random.default_rng(0))
    picks = by_information(problem, reference, problem.allowed(), StoppingRule(5))
    after = outlook(problem, "window", len(picks))
    names = [stage.name for stage in spec.stages]
    runs = tuple(
        OpenRun(
            f"R{k:03}",
            problem.candidates.recipe(pick.row),
            {name: f"{name}-{batch}" for name, batch in zip(names, pick.chain, strict=True)},
        )
        for k, pick in enumerate(picks)
    )
    again = outlook(problem_of(spec, 6, PlanningContext(pending=runs)), "window", 0)
    assert after is not None
    assert again is not None
    assert after.runs == again.runs == 5
    for name, sd in after.sd_after.items():
        assert again.sd_after is not None
        assert again.sd_after[name] == pytest.approx(sd, rel=1e-9)
        assert after.sd_now is not None
        assert sd < after.sd_now[name]
    assert again.next_bits == pytest.approx(after.next_bits, rel=1e-9)
    assert again.step is not None
    assert after.step is not None
    assert again.step.bits == pytest.approx(after.step.bits, rel=1e-9)
    assert (again.step.stage, again.step.runs) == (after.step.stage, after.step.runs)


# ---- chances ----


def test_every_chance_is_computed_once_and_only_when_asked_for() -> None:
    asked = []

    def success(X: np.ndarray) -> np.ndarray:
        asked.extend(X[:, 0].tolist())
        return X[:, 0] / 100

    chances = SuccessProbabilities(success, np.arange(100.0)[:, None])
    assert chances[np.array([3, 9, 3])].tolist() == [0.03, 0.09, 0.03]
    assert chances[np.array([9, 4])].tolist() == [0.09, 0.04]
    assert chances[np.array([], dtype=int)].tolist() == []
    assert sorted(asked) == [3, 4, 9]


def test_a_plan_asks_for_few_chances() -> None:
    spec = big_spec()
    asked = []

    def success(X: np.ndarray) -> np.ndarray:
        asked.append(len(X))
        return corner(X)

    problem = problem_of(spec, 1, PlanningContext(success=success))
    reference = problem.reference_points("window", np.random.default_rng(0))
    assert by_information(problem, reference, problem.allowed(), StoppingRule(3))
    assert 0 < sum(asked) < len(problem.candidates) / 2


# ---- notable ----


def big_spec() -> Specification:
    """20,580 recipes in three stages; windows and a goal."""
    factors: list[dict[str, Any]] = [
        {"name": "solid", "low": 0, "high": 20, "step": 1, "stage": "slurry"},
        {"name": "gap", "low": 0, "high": 34, "step": 1, "stage": "coating"},
        {"name": "pressure", "low": 0, "high": 27, "step": 1, "stage": "cal"},
    ]
    responses: list[dict[str, Any]] = [
        {"name": "loading", "window": [0.6, 1.2], "scale": "linear", "goal": "maximize"},
        {"name": "porosity", "window": [0.2, None], "scale": "linear"},
    ]
    stages = (("slurry", 3.0), ("coating", 0.5), ("cal", 0.1))
    return make_spec(factors, stages=stages, responses=responses, costs={"unit": "h", "run": 0.05})


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("how", ["chance", "promise"])
def test_the_most_notable_candidates_are_found_without_looking_at_all(seed: int, how: str) -> None:
    problem = problem_of(big_spec(), seed)
    promise = EIScreen(problem)
    looked = []

    def worth(rows: np.ndarray) -> np.ndarray:
        looked.append(len(rows))
        return probability_of_hit(problem, rows) if how == "chance" else promise(rows)

    found = screen_candidates(problem, worth, np.random.default_rng(0), 96)
    assert sum(looked) < 0.7 * len(problem.candidates)
    everywhere = worth(np.arange(len(problem.candidates)))
    best = np.argsort(-everywhere, kind="stable")[:32]
    assert np.allclose(np.sort(everywhere[found])[-32:], np.sort(everywhere[best]), rtol=1e-3)
    assert len(found) <= 96 + 16


@pytest.mark.parametrize("seed", range(3))
def test_the_best_of_those_at_hand_are_among_the_notable_ones(seed: int) -> None:
    recipe = {"solid": 3.0, "gap": 30.0, "pressure": 4.0}
    around = PlanningContext(pending=(OpenRun("R001", recipe, {"slurry": "slurry-01"}),))
    problem = problem_of(big_spec(), seed, around)

    def worth(rows: np.ndarray) -> np.ndarray:
        return probability_of_hit(problem, rows)

    rows = screen_candidates(problem, worth, np.random.default_rng(0), 96)
    same = problem.candidates.matching(recipe)
    assert not same[rows].any()  # it is open
    at_hand = problem.tree.depth()[: len(problem.candidates)] > 0
    assert 900 < at_hand.sum() < 1000
    best = np.sort(worth(np.flatnonzero(at_hand & ~same)))[-32:]
    assert np.allclose(np.sort(worth(rows[at_hand[rows]]))[-32:], best, rtol=1e-9)


def test_where_too_many_are_at_hand_a_part_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening_module, "COARSE", 200)
    mask = np.arange(20_000) % 2 == 0
    rows = screening_module._some(mask, np.arange(20_000))
    assert mask[rows].all()
    assert len(rows) == 200
    assert np.diff(rows).max() < 400


def test_information_without_a_proposal_knows_its_groups_alone() -> None:
    problem = problem_of(line_spec(), 1)
    reference = problem.reference_points("learn", np.random.default_rng(0))
    alone = Information(problem.conditionings, reference, problem.tree)
    keys = problem.tree.keys(0)
    groups = {int(k): np.flatnonzero(keys == k) for k in np.unique(keys)}
    together = alone.within_new_batch(groups, 0)
    for key, rows in groups.items():
        single = Information(problem.conditionings, reference, problem.tree).within_new_batch(
            {key: rows}, 0
        )[key]
        assert np.allclose(together[key].gains(), single.gains(), rtol=1e-9)
