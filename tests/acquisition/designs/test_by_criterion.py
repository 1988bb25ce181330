"""Optimal designs by name: their options, and what every design can have."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from designer.campaigns.errors import InputError
from designer.campaigns.specification.specification import Specification
from tests.acquisition.designs.rooms import letters, made, points


def staged(count: int) -> Specification:
    """Letters of which the first is set with a slurry."""
    spec = letters(count)
    tables: dict[str, Any] = {
        "stage": [{"name": "slurry", "change_cost": 3.0}, {"name": "coating", "change_cost": 0.5}],
        "factor": [
            {"name": f.name, "low": -1, "high": 1, "stage": "coating" if k else "slurry"}
            for k, f in enumerate(spec.factors)
        ],
    }
    return letters(0, **tables)


def test_d_optimal_of_a_linear_model_is_orthogonal() -> None:
    D = points(made(letters(3), "d-optimal", 8, model="linear", starts=3))
    assert np.array_equal(D.T @ D, 8 * np.eye(3))


def test_replicates_and_centre_points_have_whole_plots_of_their_own() -> None:
    spec = staged(3)
    design = made(
        spec, "d-optimal", 8, model="linear", starts=2, whole_plots__slurry=4,
        replicates=2, blocks=2, center_points=2,
    )  # fmt: skip
    assert len(design) == 18
    assert [run.point.std_order for run in design.runs] == [*range(1, 19)]
    plots = [run.point.whole_plots["slurry"] for run in design.runs]
    assert set(plots[:8]) == {1, 2, 3, 4}
    assert set(plots[8:16]) == {5, 6, 7, 8}
    assert plots[16:] == [9, 10]  # one of each replicate
    assert [run.point.block for run in design.runs[16:]] == [1, 2]
    assert [run.point.point_type for run in design.runs[16:]] == [0, 0]
    assert not points(design)[16:].any()
    assert {run.point.block for run in design.runs[:8]} == {1}


def test_blocks_need_replicates_or_no_whole_plots() -> None:
    with pytest.raises(InputError, match="order=random"):
        made(staged(2), "d-optimal", 8, model="linear", starts=2, blocks=2)
    design = made(staged(2), "d-optimal", 8, model="linear", starts=2, blocks=2, order="random")
    own = np.array([run.point.block for run in design.runs])
    for block in (1, 2):
        assert not points(design)[own == block].sum(axis=0).any()
    assert design.options["order"] == "random"


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"model": "cubic"}, "option model"),
        ({"whole_plots": "3"}, "option whole_plots"),
        ({"whole_plots:oven": "3"}, "option whole_plots:oven"),
        ({"starts": "0"}, "option starts"),
    ],
)
def test_options_are_refused_by_name(options: dict[str, str], where: str) -> None:
    with pytest.raises(InputError) as caught:
        made(staged(2), "i-optimal", options=options)
    (problem,) = caught.value.problems
    assert problem.where == where
    assert problem.allowed


def test_as_many_whole_plots_as_runs_are_kept() -> None:
    asked = {"whole_plots__slurry": 6}
    design = made(staged(2), "d-optimal", 6, model="linear", starts=2, **asked)
    assert len({run.point.whole_plots["slurry"] for run in design.runs}) == 6
    assert design.options["whole_plots:slurry"] == "6"


def test_a_stage_beside_factors_of_none_has_whole_plots() -> None:
    tables: dict[str, Any] = {
        "stage": [{"name": "slurry", "change_cost": 3.0}],
        "factor": [
            {"name": "A", "low": -1, "high": 1, "stage": "slurry"},
            {"name": "B", "low": -1, "high": 1},
        ],
    }
    design = made(letters(0, **tables), "d-optimal", 8, model="linear", starts=2)
    settings: dict[int, set[float]] = {}
    for run, row in zip(design.runs, points(design), strict=True):
        settings.setdefault(run.point.whole_plots["slurry"], set()).add(row[0])
    assert 2 < len(settings) < 8
    assert all(len(own) == 1 for own in settings.values())


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"order": "random", "whole_plots:slurry": "4"}, "option whole_plots:slurry"),
        ({"order": "random", "variance_ratios:slurry": "2"}, "option variance_ratios:slurry"),
        ({"variance_ratios:coating": "2"}, "option variance_ratios:coating"),
        ({"augment": "yes"}, "option augment"),
    ],
)
def test_options_that_would_not_count_are_refused(options: dict[str, str], where: str) -> None:
    with pytest.raises(InputError) as caught:
        made(staged(2), "d-optimal", 8, options={"model": "linear", "starts": "2", **options})
    (problem,) = caught.value.problems
    assert problem.where == where
