"""The twin benchmark at quick settings: what a broken model, oracle or campaign cannot meet."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from twin_benchmark import BUDGET, OURS, cost_of, measure_campaigns, measure_models

pytestmark = pytest.mark.benchmark
KIND = "one_misleading"
SEEDS = 3


@pytest.fixture(scope="module")
def models():
    """Figures [seeds, 2] per (model, runs), mean over the responses; development seeds."""
    found = measure_models((KIND,), [OURS, "oracle"], SEEDS, first=0)
    return {(name, runs): rows.mean(axis=1) for (_, name, runs), rows in found.items()}


@pytest.fixture(scope="module")
def campaigns():
    """Figures [1, 5] per method."""
    return measure_campaigns(
        ("start only", "ours, window, whole plans", "structured 4 × 2"), 1, first=0
    )


def median(models, name, figure=0):
    return np.array([np.median(models[name, runs][:, figure]) for runs in (0, 4, 16)])


def test_ours_learns_the_twin_with_honest_intervals(models):
    assert (median(models, OURS) < [0.9, 0.3, 0.16]).all()
    assert (median(models, OURS, 1)[1:] > 0.85).all()


def test_the_true_equations_are_a_floor(models):
    floor = median(models, "oracle")
    assert (floor < [1.0, 0.2, 0.08]).all()
    assert (floor[1:] < median(models, OURS)[1:]).all()
    assert (median(models, "oracle", 1) > 0.7).all()


def test_costs_count_new_batches_only():
    stages = [
        {"name": "slurry", "change_cost": 3.0},
        {"name": "coating", "change_cost": 0.5},
        {"name": "calendering", "change_cost": 0.1},
    ]
    batches = [
        {"slurry": "s1", "coating": "c1"},
        {"slurry": "s1", "coating": "c1"},
        {"slurry": "s1", "coating": "c2"},
        {},
    ]
    assert cost_of(stages, 0.05, batches) == pytest.approx([3.65, 3.8, 4.45, 8.1])


def test_campaigns_spend_the_budget_and_learn(campaigns):
    start = campaigns["start only"][0]
    for method in ("ours, window, whole plans", "structured 4 × 2"):
        error, coverage, _, hours, runs = campaigns[method][0]
        assert error < 0.8 * start[0]
        assert coverage > 0.85
        assert BUDGET - 3.7 <= hours <= BUDGET + 1e-6
        assert runs >= 10
