"""The order of making: what exists is used up first, in the order it was made."""

import itertools

import numpy as np
import pytest

from designer.acquisition.batches.tree import ROOT, Batch, BatchTree
from designer.acquisition.candidates.candidates import make_candidates
from designer.acquisition.plan.order import Planned, make_order
from tests.acquisition.cases import make_spec


@pytest.mark.parametrize("change_cost", [0.0, 3.0])
def test_batches_that_exist_come_first_in_the_order_they_were_made(change_cost: float) -> None:
    factors = [
        {"name": "solid", "low": 50, "high": 60, "step": 1, "stage": "slurry"},
        {"name": "speed", "low": 1, "high": 9, "step": 1},
    ]
    spec = make_spec(factors, stages=(("slurry", change_cost),), costs={"run": 0.1})
    tree = BatchTree(spec, make_candidates(spec))
    tree.batches = [Batch(0, ROOT, k, label=f"S{k}", planned=k == 3) for k in range(4)]
    runs = [Planned({"solid": 50.0 + k, "speed": 2.0}, (k,)) for k in (3, 2, 0, 1)]
    for some in itertools.permutations(runs):
        for seed in range(3):
            order = make_order(spec, some, tree, None, np.random.default_rng(seed))
            assert [some[place].chain[0] for place in order] == [0, 1, 2, 3]


@pytest.mark.parametrize("solid", [50.5, 51.0, 60.0])
def test_a_batch_of_other_settings_is_shared_by_no_recipe(solid: float) -> None:
    factors = [
        {"name": "solid", "low": 50, "high": 60, "step": 1, "stage": "slurry"},
        {"name": "speed", "low": 1, "high": 9, "step": 1},
    ]
    spec = make_spec(factors, stages=(("slurry", 3.0),), costs={"run": 0.1})
    tree = BatchTree(spec, make_candidates(spec))
    tree.add_known({"solid": solid, "speed": 2.0}, {"slurry": "S1"})
    every = range(len(tree.candidates))
    same = [tree.candidates.recipe(row)["solid"] == solid for row in every]
    assert (tree.depth() == np.array(same)).all()
