"""The best of very many candidates: found by climbing, against looking at all of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from designer.acquisition.candidates import local_search
from designer.acquisition.candidates.candidates import Candidates, make_candidates
from designer.acquisition.candidates.local_search import (
    COARSE,
    best_rows,
    largest_first,
    neighbours,
)
from designer.acquisition.plan.plan import make_plan
from tests.acquisition.cases import ExactPosterior, make_spec, posteriors_of


def grid(counts: tuple[int, ...], **more: Any) -> Candidates:
    factors = [
        {"name": f"x{k}", "low": 0, "high": count - 1, "step": 1} for k, count in enumerate(counts)
    ]
    return make_candidates(make_spec(factors, **more))


@pytest.mark.parametrize("seed", range(8))
def test_the_best_of_a_landscape_with_many_hills_is_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    candidates = grid((33, 45, 17))
    X = candidates.index / np.array([32, 44, 16])
    tops, heights = rng.random((12, 3)), rng.uniform(0.5, 1.0, 12)
    distance = np.square((X[:, None, :] - tops) / 0.15).sum(axis=2)
    height = (heights * np.exp(-0.5 * distance)).sum(axis=1)[:, None]
    looked = []

    def score(rows: np.ndarray) -> np.ndarray:
        looked.append(len(rows))
        return np.asarray(height[rows])

    found = best_rows(candidates, score, largest_first, 5)
    assert found[:5].tolist() == largest_first(height, np.arange(len(height)))[:5].tolist()
    assert sum(looked) < len(candidates) / 2


def test_few_candidates_are_all_looked_at() -> None:
    candidates = grid((5, 4))
    values = np.random.default_rng(0).random((20, 1))
    found = best_rows(candidates, lambda rows: values[rows], largest_first, 1)
    assert found.tolist() == np.argsort(-values[:, 0]).tolist()
    assert len(candidates) < COARSE


def test_neighbours_are_one_level_away_and_feasible() -> None:
    candidates = grid((9, 8, 7), constraint=[{"expression": "x0 + x1 <= 11"}])
    index = candidates.index
    rows = np.array([0, 100, len(candidates) - 1])
    away = np.abs(index[:, None, :] - index[rows]).max(axis=2)
    assert neighbours(candidates, rows).tolist() == np.flatnonzero((away <= 1).any(axis=1)).tolist()


def test_neighbours_with_many_factors_change_one_of_them() -> None:
    candidates = grid((2,) * 8)
    index = candidates.index
    away = np.abs(index - index[37]).sum(axis=1)
    assert neighbours(candidates, np.array([37])).tolist() == np.flatnonzero(away == 1).tolist()


def test_recipes_that_only_stand_for_others_are_all_looked_at() -> None:
    factors = [{"name": "a", "low": 0, "high": 1}, {"name": "b", "low": 0, "high": 1}]
    candidates = make_candidates(make_spec(factors))
    assert not candidates.exact
    assert len(candidates) > COARSE
    values = np.random.default_rng(0).random((len(candidates), 1))
    found = best_rows(candidates, lambda rows: values[rows], largest_first, 1)
    assert found.tolist() == np.argsort(-values[:, 0]).tolist()


def test_a_plan_among_very_many_recipes_is_that_of_looking_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    factors = [{"name": f"x{k}", "low": 0, "high": 25, "step": 1} for k in range(3)]
    responses = [{"name": name, "scale": "linear", "window": [-0.3, 0.5]} for name in "ab"]
    spec = make_spec(factors, responses=responses)
    space, posteriors = posteriors_of(spec, seed=3)
    looked = []

    def plan() -> list[Mapping[str, Any]]:
        looked.append(0)
        made = make_plan(spec, space, posteriors, runs=4)
        return [run.settings for run in made.runs]

    class Counted(ExactPosterior):
        def moments(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            looked[-1] += len(X)
            return super().moments(X)

    for posterior in posteriors.values():
        posterior.__class__ = Counted
    few = plan()
    monkeypatch.setattr(local_search, "COARSE", 26**3)
    assert few == plan()
    assert looked[0] < 0.6 * looked[1]
