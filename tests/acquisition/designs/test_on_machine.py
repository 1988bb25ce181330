"""Designs on the machine: every run is feasible and on the grid, and what that costs is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from designer.acquisition.candidates.region import ProposalRegion
from designer.acquisition.designs.classical.catalogue import CATALOGUE
from designer.acquisition.designs.design import Design
from designer.acquisition.designs.make import NAMES
from designer.acquisition.designs.placing import place
from designer.campaigns.errors import InputError
from designer.campaigns.specification import load
from designer.campaigns.specification.recipes import recipe_problems
from designer.campaigns.specification.specification import Specification
from tests.acquisition.designs.rooms import letters, made, mixture, points

Kind = dict[str, Any]
KINDS: list[Kind] = [
    {"low": 0, "high": 10},
    {"low": 20, "high": 200, "step": 5},
    {"low": -1.5, "high": 2.25, "step": 0.25},
    {"levels": [80, 100, 150, 300]},
    {"levels": [1, 2]},
    {"low": 1e-4, "high": 1.0, "scale": "log"},
    {"categories": ["a", "b"]},
    {"categories": ["007", "1-2", "x"]},
]
RULES = st.sampled_from(["{0} + {1} <= {2}", "{0} * {1} <= {3}", "{0} - {1} <= {4}"])


@st.composite
def specifications(draw: st.DrawFn) -> Specification:
    """Factors of every kind, perhaps a mixture, and a constraint that cuts off corners."""
    factors: list[Kind] = [
        {"name": f"f{k}", **kind}
        for k, kind in enumerate(draw(st.lists(st.sampled_from(KINDS), min_size=2, max_size=4)))
    ]
    tables: dict[str, Any] = {}
    if draw(st.booleans()):
        step: Kind = draw(st.sampled_from([{}, {"step": 0.5}]))
        factors += [
            {"name": "m1", "low": 80, "high": 97, **step},
            {"name": "m2", "low": 1, "high": 12, **step},
            {"name": "m3", "low": 1, "high": 10},
        ]
        tables["mixture"] = [{"factors": ["m1", "m2", "m3"], "total": 100}]
    numbers = [f for f in factors if "categories" not in f and "scale" not in f]
    if len(numbers) > 1:
        one, other = draw(st.permutations(numbers))[:2]
        low, high = (
            [f.get(end, f.get("levels", [0])[0 if end == "low" else -1]) for f in (one, other)]
            for end in ("low", "high")
        )
        limits = [sum(high) - 0.3 * (sum(high) - sum(low))]
        corners = [a * b for a in (low[0], high[0]) for b in (low[1], high[1])]
        limits.append(max(corners) - 0.3 * (max(corners) - min(corners)))
        limits.append(high[0] - low[1] - 0.2 * (high[0] - low[0]))
        rule = draw(RULES).format(one["name"], other["name"], *(f"{x:.6g}" for x in limits))
        tables["constraint"] = [{"expression": rule.replace("- -", "+ "), "reason": "dryer"}]
    return load.from_dict(
        {
            "campaign": {"version": 1, "name": "random", "line": "l"},
            "factor": factors,
            "response": [{"name": "y", "unit": "1"}],
            **tables,
        }
    )


def design_or_refusal(spec: Specification, name: str, **asked: Any) -> Design | None:
    """The design; None where it is refused, and that with what would do."""
    try:
        return made(spec, name, seed=3, **asked)
    except InputError as refused:
        (problem,) = refused.problems
        if problem.hint or problem.allowed:
            return None
        raise


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(specifications(), st.sampled_from([*CATALOGUE]), st.integers(1, 2), st.integers(1, 2))
def test_every_run_of_every_design_is_feasible(
    spec: Specification, name: str, replicates: int, blocks: int
) -> None:
    design = design_or_refusal(spec, name, replicates=replicates, blocks=blocks)
    if design is None:
        return
    for run in design.runs:
        assert not recipe_problems(spec, run.settings, "run", on_grid=True)
    assert {run.point.block for run in design.runs} == {*range(1, blocks + 1)}
    assert [run.point.std_order for run in design.runs] == [*range(1, len(design) + 1)]
    assert made(spec, name, replicates=replicates, blocks=blocks, seed=3) == design


def constrained(**more: Any) -> Specification:
    return load.from_dict(
        {
            "campaign": {"version": 1, "name": "c", "line": "l"},
            "factor": [
                {"name": "solid", "low": 50, "high": 66, "step": 0.5},
                {"name": "gap", "low": 80, "high": 300, "step": 10},
                {"name": "speed", "low": 0.5, "high": 3.0},
            ],
            "response": [{"name": "y", "unit": "1"}],
            "constraint": [{"expression": "solid * gap <= 15000", "reason": "dryer capacity"}],
            **more,
        }
    )


def test_points_that_cannot_be_made_go_to_the_nearest_recipe_and_are_told() -> None:
    spec = constrained()
    design = made(spec, "full-factorial")
    high = (points(design)[:, :2] > (50, 80)).all(axis=1)
    assert high.sum() == 2
    # by brute force over the grid, in shares of the ranges
    grid = [
        (solid, gap)
        for solid in np.arange(50, 66.01, 0.5)
        for gap in np.arange(80, 301, 10)
        if solid * gap <= 15000
    ]
    best = min(grid, key=lambda r: ((66 - r[0]) / 16) ** 2 + ((300 - r[1]) / 220) ** 2)
    moved = points(design)[high]
    assert np.array_equal(moved[:, :2], [best, best])
    assert {*moved[:, 2].tolist()} == {0.5, 3.0}  # it is bound to nothing
    told = " ".join(design.facts)
    assert "2 of 8 points are not feasible (solid * gap <= 15000 (dryer capacity))" in told
    assert "D-efficiency for the interaction model" in told
    assert "correlation" in told


def test_settings_of_dear_stages_stay_where_they_can() -> None:
    stages = [{"name": "slurry", "change_cost": 3.0}, {"name": "coating", "change_cost": 0.1}]
    factors = [
        {"name": "solid", "low": 50, "high": 66, "step": 0.5, "stage": "slurry"},
        {"name": "gap", "low": 80, "high": 300, "step": 10, "stage": "coating"},
    ]
    design = made(constrained(stage=stages, factor=factors), "full-factorial")
    assert {run.settings["solid"] for run in design.runs} == {50.0, 66.0}


def test_snapping_alone_is_told_and_a_design_that_fits_says_nothing_of_it() -> None:
    spec = letters(2)
    assert not any("range" in fact for fact in made(spec, "full-factorial").facts)
    coarse = [{"name": name, "levels": [0, 1, 10]} for name in "AB"]
    spec = load.from_dict({**load_tables(), "factor": coarse})
    told = made(spec, "full-factorial", levels=3).facts
    assert any("off by 40 % of the range of A at most" in fact for fact in told)
    assert any("D-efficiency for the quadratic model" in fact for fact in told)


def load_tables() -> dict[str, Any]:
    return {
        "campaign": {"version": 1, "name": "c", "line": "l"},
        "response": [{"name": "y", "unit": "1"}],
    }


def test_points_that_fall_together_are_told() -> None:
    factors = [{"name": name, "levels": [0, 1]} for name in "AB"]
    spec = load.from_dict(
        {**load_tables(), "factor": [*factors, {"name": "C", "low": 0, "high": 1}]}
    )
    assert len(made(spec, "latin-hypercube", 8)) == 8
    few = [{"name": name, "levels": [0, 1, 2]} for name in "AB"]
    design = made(load.from_dict({**load_tables(), "factor": few}), "latin-hypercube", 12)
    assert any("fell together" in fact for fact in design.facts)


def test_a_mixture_goes_to_sums_that_the_steps_can_make() -> None:
    spec = load.from_dict(
        {
            **load_tables(),
            "factor": [
                {"name": "a", "low": 90, "high": 96, "step": 1.5},
                {"name": "b", "low": 2, "high": 6, "step": 0.5},
                {"name": "c", "low": 2, "high": 6, "step": 1},
            ],
            "mixture": [{"factors": ["a", "b", "c"], "total": 100}],
        }
    )
    region = ProposalRegion.of(spec, {}, {})
    wanted = {"a": np.array([93.0, 95.9]), "b": np.array([3.7, 2.1]), "c": np.array([3.3, 2.0])}
    placed = place(region, wanted, 0)
    found = np.stack([*placed.columns.values()], axis=1)
    assert np.array_equal(found, [[93.0, 4.0, 3.0], [96.0, 2.0, 2.0]])


def test_log_factors_are_halved_on_the_logarithm() -> None:
    spec = load.from_dict(
        {
            **load_tables(),
            "factor": [
                {"name": "A", "low": 1e-4, "high": 1, "scale": "log"},
                {"name": "B", "low": 0, "high": 1},
            ],
        }
    )
    values = points(made(spec, "central-composite"))[:, 0]
    assert sorted(set(values.tolist())) == pytest.approx([1e-4, 1e-2, 1.0])


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"type": "round"}, "option type"),
        ({"foo": "1"}, "option foo"),
        ({"alpha": "9", "type": "inscribed"}, "option alpha"),
        ({"order": "sideways"}, "option order"),
        ({"type:A": "face"}, "option type:A"),
    ],
)
def test_options_are_refused_with_what_they_may_be(options: dict[str, str], where: str) -> None:
    with pytest.raises(InputError) as caught:
        made(letters(3), "central-composite", options=options)
    (problem,) = caught.value.problems
    assert problem.where == where
    assert problem.allowed


def test_an_unknown_design_is_refused_with_the_names() -> None:
    with pytest.raises(InputError) as caught:
        made(letters(3), "box-benken")
    (problem,) = caught.value.problems
    assert problem.allowed == ", ".join(NAMES)
    assert problem.hint is not None
    assert "box-behnken" in problem.hint


@pytest.mark.parametrize(
    ("spec", "name", "options"),
    [
        (letters(24), "full-factorial", {}),
        (letters(24), "fractional-factorial", {"generators": "Y=AB"}),
        (letters(24), "central-composite", {}),
        (letters(3, categories={f"c{k}": 5 for k in range(9)}), "box-behnken", {}),
        (mixture(*[(0.0, 1.0)] * 20), "simplex-lattice", {"degree": "10"}),
        (mixture(*[(0.0, 1.0)] * 30), "simplex-centroid", {}),
        (mixture(*[(0.0, 1.0)] * 20), "extreme-vertices", {}),
    ],
)
def test_designs_that_are_far_too_large_are_refused_before_they_are_made(
    spec: Specification, name: str, options: dict[str, str]
) -> None:
    with pytest.raises(InputError) as caught:
        made(spec, name, options=options)
    (problem,) = caught.value.problems
    assert problem.allowed is not None
    assert problem.allowed.startswith("at most")


def test_fewer_settings_than_levels_asked_for_are_told() -> None:
    factors = [{"name": "A", "levels": [0, 1, 2]}, {"name": "B", "low": 0, "high": 1}]
    spec = load.from_dict({**load_tables(), "factor": factors})
    design = made(spec, "full-factorial", levels=5)
    assert len(design.runs) == 15
    assert "A has 3 settings, not 5" in design.facts
    with pytest.raises(InputError, match="allowed: none: there is no stage"):
        made(spec, "d-optimal", options={"whole_plots:slurry": "2"})
