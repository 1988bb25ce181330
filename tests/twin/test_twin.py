"""Scenarios of the twin, and the specification that goes with them."""

import math
import subprocess
import sys
from typing import Literal

import numpy as np
import pytest

from designer.campaigns.specification.load import load_specification
from designer.twin.designs import sobol
from designer.twin.factors import TwinOptions
from designer.twin.lines import TwinLine
from designer.twin.scenario import history, scenario
from designer.twin.specification import (
    draw_windows,
    inside,
    recipe_sample,
    twin_specification,
)

BASE = ("mass_loading", "porosity", "adhesion")
POINTS = sobol(512, 3, np.random.default_rng(9))
COLUMNS = {
    f.name: f.low + POINTS[:, d] * (f.high - f.low) for d, f in enumerate(TwinOptions().factors)
}


def correlations(line: TwinLine, target: TwinLine) -> list[float]:
    one, other = line.truth(COLUMNS), target.truth(COLUMNS)
    return [float(np.corrcoef(one[name], other[name])[0, 1]) for name in BASE]


def in_spec_share(line: TwinLine, windows: dict[str, tuple[float, float]]) -> float:
    return float(inside(line.truth(recipe_sample(line.options.factors)), windows).mean())


def test_related_lines_teach_and_misleading_lines_mislead() -> None:
    good: list[list[float]] = []
    bad: list[list[float]] = []
    for seed in range(25):
        case = scenario(seed, "one_misleading", rows=4)
        assert sum(e.misleading for e in case.earlier) == 1
        for e in case.earlier:
            (bad if e.misleading else good).append(correlations(e.line, case.target))
    assert np.min(good) > 0.5
    assert np.median(good) > 0.9
    worst = np.min(bad, axis=1)
    assert worst.max() < 0.2  # low or negative for at least one response, always
    assert np.median(worst) < -0.5


def test_related_lines_are_not_the_target() -> None:
    """Copying an earlier line costs a good part of the spread, differently per response."""
    errors = []
    for seed in range(25):
        case = scenario(seed, rows=4)
        truth = case.target.truth(COLUMNS)
        for e in case.earlier:
            copy = e.line.truth(COLUMNS)
            errors.append(
                [np.sqrt(np.mean((copy[k] - truth[k]) ** 2)) / truth[k].std() for k in BASE]
            )
    medians = np.median(errors, axis=0)
    assert (medians > 0.1).all()
    assert (medians < 1.2).all()


def test_scenarios_of_one_seed_share_target_and_good_lines() -> None:
    related, one, all_bad = (
        scenario(4, kind, rows=6) for kind in ("related", "one_misleading", "all_misleading")
    )
    assert related.target.constants == one.target.constants == all_bad.target.constants
    assert [e.name for e in related.earlier] == ["line1", "line2", "line3"]
    assert not any(e.misleading for e in related.earlier)
    assert all(e.misleading for e in all_bad.earlier)
    assert len({e.line.mirrored for e in all_bad.earlier}) == 1
    for mine, theirs in zip(related.earlier, one.earlier, strict=True):
        same = mine.line.constants == theirs.line.constants
        assert same is not theirs.misleading
    constants = [e.line.constants for e in related.earlier] + [related.target.constants]
    assert len(set(constants)) == 4


def test_lines_of_an_all_misleading_scenario_agree_with_each_other() -> None:
    case = scenario(3, "all_misleading", rows=4)
    first, second, _ = (e.line for e in case.earlier)
    assert min(correlations(first, second)) > 0.5
    assert min(correlations(first, case.target)) < 0.2


def test_scenarios_are_deterministic_and_differ_by_seed() -> None:
    one, again, other = scenario(8), scenario(8), scenario(9)
    for mine, theirs, third in zip(one.earlier, again.earlier, other.earlier, strict=True):
        assert set(mine.data) == set(theirs.data)
        for name, values in mine.data.items():
            assert list(values) == list(theirs.data[name])
        assert list(mine.data["porosity"]) != list(third.data["porosity"])
    recipe = {"solid_content": [58.0], "coating_gap": [150.0], "calendering_pressure": [100.0]}
    assert one.campaign().make(recipe) == again.campaign().make(recipe)
    generators = [scenario(np.random.default_rng(2), rows=3) for _ in range(2)]
    assert generators[0].target.seed == generators[1].target.seed


def test_which_line_misleads_is_drawn() -> None:
    which = {
        next(
            k
            for k, e in enumerate(scenario(seed, "one_misleading", rows=2).earlier)
            if e.misleading
        )
        for seed in range(20)
    }
    assert which == {0, 1, 2}


@pytest.mark.parametrize("plan", ["sobol", "split_plot"])
def test_history_is_a_table_with_batches(plan: Literal["sobol", "split_plot"]) -> None:
    line = TwinLine.draw(1, options=TwinOptions(coating_speed=True, thickness=True))
    data = history(line, 24, seed=3, plan=plan)
    factors = ["solid_content", "coating_gap", "calendering_pressure", "coating_speed"]
    assert list(data) == [*factors, *BASE, "thickness", "batch:slurry", "batch:coating"]
    assert {len(values) for values in data.values()} == {24}
    assert len(set(data["batch:slurry"])) == (24 if plan == "sobol" else 3)
    assert len(set(data["batch:coating"])) == (24 if plan == "sobol" else 12)
    truth = line.truth(data)  # columns that are no factor are ignored
    for name, gauge in line.gauges.items():
        scale = gauge.spread if not gauge.multiplicative else truth[name]
        error = (np.asarray(data[name]) - truth[name]) / scale
        assert 0 < np.abs(error).max() < 0.4
        assert np.corrcoef(np.asarray(data[name], float), truth[name])[0, 1] > 0.97


def test_windows_leave_a_few_recipes_in_spec() -> None:
    shares = []
    for seed in range(60):
        line = TwinLine.draw(seed)
        windows = draw_windows(line, seed)
        shares.append(in_spec_share(line, windows))
        assert windows["adhesion"][1] == math.inf
        for low, high in windows.values():
            assert 0 < low < high
            assert round(low, 1) == low
    assert min(shares) >= 0.001
    assert max(shares) <= 0.03
    assert max(shares) > 3 * min(shares)


def test_specification_has_the_contracts_form() -> None:
    case = scenario(5, rows=2)
    spec = twin_specification("window", line=case.target, seed=5, name="demo")
    assert spec["campaign"] == {"version": 1, "name": "demo", "line": "line4", "goal": "window"}
    assert [(s["name"], s["change_cost"]) for s in spec["stage"]] == [
        ("slurry", 3.0),
        ("coating", 0.5),
        ("calendering", 0.1),
    ]
    assert [f["stage"] for f in spec["factor"]] == ["slurry", "coating", "calendering"]
    assert {f["name"]: f["step"] for f in spec["factor"]} == {
        "solid_content": 0.5,
        "coating_gap": 5.0,
        "calendering_pressure": 5.0,
    }
    windows = {r["name"]: tuple(r["window"]) for r in spec["response"]}
    assert 0.001 <= in_spec_share(case.target, windows) <= 0.03
    assert spec["costs"]["unit"] == "h"
    assert twin_specification("window", line=case.target, seed=5, name="demo") == spec
    assert twin_specification("window", line=case.target, seed=6) != spec


def test_goals_of_the_specification() -> None:
    learn = twin_specification("learn")
    assert all("window" not in r for r in learn["response"])
    optimum = twin_specification("optimum", budget=None)
    assert {r["name"]: r.get("goal") for r in optimum["response"]}["adhesion"] == "maximize"
    assert "budget" not in optimum["costs"]
    options = TwinOptions(True, True, True, True)
    wide = twin_specification(line=TwinLine.draw(0, options=options))
    assert [f["name"] for f in wide["factor"]][3:] == ["coating_speed", "drying_temperature"]
    assert [r["name"] for r in wide["response"]][3:] == ["thickness", "areal_capacity"]


def test_recipe_sample_is_the_grid_or_a_sample_of_it() -> None:
    base = recipe_sample(TwinOptions().factors)
    assert {len(v) for v in base.values()} == {33 * 45 * 37}
    wide = recipe_sample(TwinOptions(coating_speed=True).factors)
    assert {len(v) for v in wide.values()} == {1 << 15}
    for factor in TwinOptions(coating_speed=True).factors:
        assert np.isin(wide[factor.name], factor.grid()).all()


def test_the_specification_is_accepted_by_the_campaign() -> None:
    for kind in ("learn", "window", "optimum"):
        spec = load_specification(twin_specification(kind, seed=3))
        assert spec.goal == kind
        assert [f.name for f in spec.factors] == list(COLUMNS)
        assert [r.log_scale for r in spec.responses] == [True, False, True]
    options = TwinOptions(True, True, True, True)
    line = TwinLine.draw(0, options=options)
    assert len(load_specification(twin_specification(line=line)).factors) == 5


def test_the_twin_needs_numpy_only() -> None:
    code = (
        "import sys, designer.twin.scenario, designer.twin.specification;"
        "bad = {'scipy', 'torch', 'pandas', 'sqlalchemy', 'pydantic', 'ax'} & set(sys.modules);"
        "sys.exit(', '.join(bad) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
