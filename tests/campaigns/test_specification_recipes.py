"""Checking recipes: proposals and settings really used."""

from __future__ import annotations

from typing import Any

import pytest

from designer.campaigns.specification import load
from designer.campaigns.specification.load import example_text
from designer.campaigns.specification.recipes import recipe_flags, recipe_problems
from designer.campaigns.specification.specification import Specification

GOOD: dict[str, Any] = {
    "solid_content": 60.0,
    "active": 94.0,
    "carbon": 3.0,
    "binder_share": 3.0,
    "binder": "PVDF-A",
    "coating_gap": 300.0,
    "calendering_pressure": 20.0,
}


@pytest.fixture(scope="module")
def spec() -> Specification:
    return load.from_toml(example_text())


def test_a_good_recipe_has_no_problems(spec: Specification) -> None:
    for extra in ({}, {"humidity": 30.0}):
        assert recipe_problems(spec, {**GOOD, **extra}, "R001") == []
        assert recipe_problems(spec, {**GOOD, **extra}, "R001", on_grid=False) == []
        assert recipe_flags(spec, {**GOOD, **extra}) == []


@pytest.mark.parametrize(
    ("change", "where", "says"),
    [
        ({"solid_content": 60.25}, "R001 solid_content", "60 or 60.5 wt%"),
        ({"solid_content": 67.0}, "R001 solid_content", "outside the range"),
        ({"coating_gap": 90.0}, "R001 coating_gap", "not one of the levels"),
        ({"humidity": 70.0}, "R001 humidity", "0 to 60 %"),
        ({"active": 95.0}, "R001", "active + carbon + binder_share must sum to 100 wt%"),
        ({"binder": "PVDF-B"}, "R001", "Dryer capacity"),
    ],
)
def test_proposals_must_be_set_points(
    spec: Specification, change: dict[str, float], where: str, says: str
) -> None:
    (problem,) = recipe_problems(spec, {**GOOD, **change}, "R001")
    assert problem.where == where
    assert says in str(problem)
    assert recipe_problems(spec, {**GOOD, **change}, "R001", on_grid=False) == []


def test_facts_are_flagged_not_refused(spec: Specification) -> None:
    flags = recipe_flags(spec, {**GOOD, "binder": "PVDF-B", "active": 95.2, "solid_content": 70.25})
    assert len(flags) == 3
    assert flags[0].startswith("solid_content: outside the range (found 70.25 wt%")
    assert "101.2 wt%" in flags[1]
    assert "PVDF-B" in flags[2]
    assert recipe_flags(spec, {"solid_content": 60.25}) == []  # off the grid is ordinary


@pytest.mark.parametrize("on_grid", [True, False])
def test_what_cannot_be_recorded_is_always_refused(spec: Specification, on_grid: bool) -> None:
    recipe = {**GOOD, "binder": "PVDF", "coating_gap": "80", "gap": 3.0}
    del recipe["carbon"], recipe["active"]
    found = recipe_problems(spec, recipe, "row 7", on_grid=on_grid)
    told = {problem.where: str(problem) for problem in found}
    assert set(told) == {
        "row 7 binder", "row 7 coating_gap", "row 7 gap", "row 7 carbon", "row 7 active",
    }  # fmt: skip
    assert "Did you mean 'PVDF-A'?" in told["row 7 binder"]
    assert "Did you mean 'coating_gap'?" in told["row 7 gap"]
    assert "92 to 96 wt%" in told["row 7 active"]


def test_a_given_that_is_not_known_may_take_any_value() -> None:
    spec = load.from_dict(
        {
            "campaign": {"name": "x", "line": "l"},
            "factor": [{"name": "a", "low": 0, "high": 10}],
            "given": [{"name": "h", "low": 0, "high": 10}],
            "response": [{"name": "y"}],
            "constraint": [{"expression": "a * h >= 50"}],
        }
    )
    assert recipe_problems(spec, {"a": 6.0}, "") == []
    assert recipe_problems(spec, {"a": 4.0}, "")
    assert recipe_problems(spec, {"a": 6.0, "h": 8.0}, "")
    assert recipe_problems(spec, {"a": 6.0, "h": 9.0}, "") == []


def test_mixtures_are_exact_in_decimals_and_allow_float_noise_of_continuous_members() -> None:
    base = {"campaign": {"name": "x", "line": "l"}, "response": [{"name": "y"}]}
    names = ("a", "b", "c")
    mixture = [{"factors": list(names), "total": 0.6}]
    stepped = [{"name": n, "low": 0, "high": 1, "step": 0.1} for n in names]
    spec = load.from_dict({**base, "factor": stepped, "mixture": mixture})
    assert 0.1 + 0.2 + 0.3 != 0.6
    assert recipe_problems(spec, {"a": 0.1, "b": 0.2, "c": 0.3}, "") == []
    assert recipe_problems(spec, {"a": 0.1, "b": 0.2, "c": 0.4}, "")
    free = [{"name": n, "low": 0, "high": 1} for n in names]
    spec = load.from_dict({**base, "factor": free, "mixture": mixture})
    third = 0.6 / 3
    assert recipe_problems(spec, {"a": third, "b": third, "c": 0.6 - 2 * third}, "") == []
    assert recipe_problems(spec, {"a": third, "b": third, "c": third + 1e-6}, "")
