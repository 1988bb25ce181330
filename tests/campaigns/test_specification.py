"""Reading a valid specification: values, defaults, grids, files."""

from __future__ import annotations

import json
import math
import os
import time
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.campaigns.errors import InputError
from designer.campaigns.space.factors import Factor, quantity_text
from designer.campaigns.specification import load
from designer.campaigns.specification.load import TABLES, example_text, load_specification
from designer.campaigns.specification.parts import Response
from designer.campaigns.specification.specification import Specification
from designer.campaigns.specification.text import to_tables
from tests.speed import allowed


def make(**tables: Any) -> Specification:
    base: dict[str, Any] = {
        "campaign": {"version": 1, "name": "x", "line": "line1"},
        "factor": [{"name": "a", "low": 0, "high": 10}],
        "response": [{"name": "y"}],
    }
    return load.from_dict({**base, **tables})


def factor(**keys: Any) -> Factor:
    return make(factor=[{"name": "a", **keys}]).factor("a")


def response(**keys: Any) -> Response:
    return make(response=[{"name": "y", **keys}]).response("y")


def test_the_example_says_what_the_contract_shows() -> None:
    spec = load.from_toml(example_text())
    assert (spec.name, spec.line, spec.goal) == ("nmc622-line4", "line4", "window")
    assert [(s.name, s.change_cost, s.usable_for) for s in spec.stages] == [
        ("slurry", 3.0, 8.0),
        ("coating", 0.5, None),
        ("calendering", 0.1, None),
    ]
    kinds = {f.name: f.kind for f in spec.factors}
    assert kinds["solid_content"] == "stepped"
    assert kinds["coating_gap"] == "levels"
    assert kinds["binder"] == "categorical"
    assert spec.factor("coating_gap").bounds == (80.0, 300.0)
    assert spec.factor("coating_gap").values() == (80.0, 100.0, 150.0, 200.0, 300.0)
    assert len(spec.factor("solid_content").values() or ()) == 33
    assert spec.factor("binder").values() == ("PVDF-A", "PVDF-B")
    assert [f.name for f in spec.stage_factors("coating")] == ["coating_gap"]
    assert [part.name for part in spec.inputs][-1] == "humidity"
    assert spec.mixtures[0].total == Decimal(100)
    loading, porosity = spec.responses
    assert (loading.noise_sd, loading.possible, loading.window) == (0.15, (0, 60), (11.4, 12.6))
    assert (loading.log_scale, porosity.log_scale) == (True, False)
    assert (loading.stage, porosity.stage) == ("coating", None)
    assert spec.constraints[0].when == {"binder": ("PVDF-B",)}
    assert (spec.costs.unit, spec.costs.run, spec.costs.budget) == ("h", 0.05, 40.0)
    assert spec.costs.is_time
    assert spec.text == example_text()


def test_the_example_shows_every_key_there_is() -> None:
    """A key that the example hides would never be found by a user."""
    refused: dict[str, Any] = {
        table: [{"nonsense": 1}] for table in TABLES if table not in ("campaign", "costs")
    }
    refused |= {table: {"nonsense": 1} for table in ("campaign", "costs")}
    with pytest.raises(InputError) as caught:
        load.from_dict(refused)
    shown = {p.where: str(p.allowed).split(", ") for p in caught.value.problems if "key" in p.what}
    assert len(shown) == len(TABLES)
    for keys in shown.values():
        assert [key for key in keys if f"{key} = " not in example_text()] == []


def test_unknown_names_are_key_errors() -> None:
    spec = make()
    for find in (spec.factor, spec.given, spec.response, spec.stage):
        with pytest.raises(KeyError):
            find("z")
    assert spec.stage_factors("z") == ()


def test_defaults() -> None:
    spec = make()
    assert spec.goal == "learn"
    assert (spec.costs.unit, spec.costs.run, spec.costs.budget) == ("runs", 1.0, None)
    assert not spec.costs.is_time
    y = spec.response("y")
    assert (y.goal, y.weight, y.stage, y.log_scale, y.knowledge) == ("none", 1.0, None, False, ())
    assert make(response=[{"name": "y", "window": [1, 2]}]).goal == "window"
    stages: list[dict[str, Any]] = [
        {"name": "s", "change_cost": 3},
        {"name": "t", "change_cost": 0.25},
    ]
    assert make(stage=stages).costs.run == 0.25
    assert make(stage=stages, costs={"run": 2, "unit": "EUR"}).costs.run == 2.0


@pytest.mark.parametrize(
    ("unit", "possible", "log"),
    [
        ("mg/cm^2", [0, 60], True),
        ("um", [5, 60], True),
        ("um", [0, math.inf], True),
        ("um", [0, None], True),
        ("um", None, False),
        ("um", [-1, 60], False),
        ("um", [-math.inf, 60], False),
        ("%", [0, 100], False),
        ("wt%", [0, 100], False),
        ("vol%", [20, 60], False),
        ("1", [0, 1], False),
        (None, [0, 1], False),
        (None, [0, 100], False),
        ("1", [0, 500], True),
        (None, [0, 60], True),
    ],
)
def test_default_scale(unit: str, possible: list[int], log: bool) -> None:
    keys = {"unit": unit, "possible": possible}
    assert response(**keys).log_scale is log
    assert response(**keys, scale="linear").log_scale is False
    if possible is None or (possible[0] or 0) >= 0:
        assert response(**keys, scale="log").log_scale is True


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ([11.4, 12.6], (11.4, 12.6)),
        ([11.4, math.inf], (11.4, math.inf)),
        ([11.4, None], (11.4, math.inf)),
        ([None, 12.6], (-math.inf, 12.6)),
        ((1, 2), (1.0, 2.0)),
        (np.array([1.0, 2.0]), (1.0, 2.0)),
    ],
)
def test_windows(written: list[float], read: tuple[float, float]) -> None:
    assert response(window=written).window == read


def test_open_windows_in_toml() -> None:
    text = '[campaign]\nname="x"\nline="l"\n[[factor]]\nname="a"\nlow=0\nhigh=1\n[[response]]\n'
    assert load.from_toml(text + 'name="y"\nwindow=[30, inf]').responses[0].window == (
        30.0,
        math.inf,
    )
    assert load.from_toml(text + 'name="y"\nwindow=[-inf, 30]').responses[0].window == (
        -math.inf,
        30.0,
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("none", "none"), ("maximise", "maximize"), ("minimise", "minimize"),
        ("maximize", "maximize"), ("minimize", "minimize"), (12, 12.0), (12.5, 12.5),
    ],
)  # fmt: skip
def test_goals(written: str, read: str) -> None:
    assert response(goal=written).goal == read


@pytest.mark.parametrize(
    ("unit", "hours"),
    [("h", 1.0), ("min", 1 / 60), ("d", 24.0), ("Hours", 1.0), ("line hours", 1.0),
     ("line-hours", 1.0), ("EUR", None), ("EUR/h", None), ("EUR per h", None), ("runs", None)],
)  # fmt: skip
def test_cost_units(unit: str, hours: float) -> None:
    assert make(costs={"unit": unit}).costs.hours_per_unit == hours


def test_numbers_of_python_and_numpy_are_the_same_as_in_toml() -> None:
    ours = factor(low=np.float64(0.1), high=np.float32(0.5), step=Decimal("0.1"))
    assert ours == factor(low=0.1, high=0.5, step=0.1)
    assert factor(levels=range(3)).levels == (0.0, 1.0, 2.0)
    assert factor(levels=np.arange(3)).levels == (0.0, 1.0, 2.0)


@given(
    st.decimals(-1000, 1000, places=3),
    st.decimals(min_value="0.001", max_value=50, places=3),
    st.integers(1, 200),
)
def test_grids_are_exact_decimals(low: Decimal, step: Decimal, count: int) -> None:
    """Reference: fractions."""
    high = low + step * count
    stepped = factor(low=low, high=high, step=step)
    exact = [Fraction(low) + k * Fraction(step) for k in range(count + 1)]
    grid = stepped.values()
    assert grid is not None
    assert grid == tuple(float(value) for value in exact)
    assert grid[-1] == stepped.high
    assert all(stepped.problems_with(v, "", on_grid=True) == [] for v in grid)
    assert [Decimal(quantity_text(v)) for v in grid] == [low + k * step for k in range(count + 1)]
    off = float(Fraction(low) + Fraction(step) / 3)
    (problem,) = stepped.problems_with(off, "R001", on_grid=True)
    assert problem.where == "R001"
    assert quantity_text(grid[0]) in str(problem.allowed)
    assert quantity_text(grid[1]) in str(problem.allowed)


def test_values_without_float_noise() -> None:
    stepped = factor(low=0.1, high=0.7, step=0.1, unit="mm")
    assert stepped.values() == (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
    assert [quantity_text(v) for v in stepped.values() or ()][2] == "0.3"
    assert stepped.with_unit(0.3) == "0.3 mm"
    assert factor(low=0, high=1).values() is None
    assert factor(low=0, high=1).kind == "continuous"


def test_proposals_are_checked_harder_than_settings_really_used() -> None:
    gap = factor(levels=[80, 100], unit="um")
    assert gap.problems_with(90.0, "", on_grid=True)[0].what == "not one of the levels"
    assert gap.problems_with(500.0, "", on_grid=True)[0].found == "500 um"
    assert gap.problems_with(90.0, "", on_grid=False) == []
    assert gap.problems_with(500.0, "", on_grid=False) == []
    for on_grid in (True, False):
        for bad in ("80", math.nan, math.inf, True, None):
            assert gap.problems_with(bad, "", on_grid=on_grid)
        binder = factor(categories=["PVDF-A", "PVDF-B"])
        assert binder.problems_with("PVDF-A", "", on_grid=on_grid) == []
        (problem,) = binder.problems_with("PVDF-b", "", on_grid=on_grid)
        assert problem.hint == "Did you mean 'PVDF-B'?"
        assert binder.problems_with(1.0, "", on_grid=on_grid)


def test_measured_values_are_checked() -> None:
    y = response(possible=[0, 60], unit="um")
    assert y.problems_with(60.0, "") == []
    assert "impossible" in y.problems_with(60.1, "")[0].what
    assert y.log_scale
    assert y.problems_with(0.0, "") == []  # possible: the model then leaves the logarithm
    assert response(possible=[0, 60], unit="%").problems_with(0.0, "") == []
    assert y.problems_with(math.nan, "")


def test_many_steps_are_fast() -> None:
    started = time.process_time()
    fine = factor(low=0, high=1000, step=0.001)
    assert fine.problems_with(999.999, "", on_grid=True) == []
    assert fine.problems_with(999.9995, "", on_grid=True)
    assert time.process_time() - started < allowed(0.1)


def test_files(tmp_path: Path) -> None:
    spec = load.from_toml(example_text())
    toml, named_json = tmp_path / "spec.toml", tmp_path / "spec.json"
    toml.write_bytes(b"\xef\xbb\xbf" + example_text().replace("\n", "\r\n").encode())
    named_json.write_text(json.dumps(to_tables(spec), allow_nan=False))
    assert load_specification(toml) == spec
    assert load_specification(str(toml)) == spec
    assert load_specification(named_json) == spec
    assert load_specification(tomllib.loads(example_text())) == spec


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'[campaign]\nname = "x\n', "line 2"),
        (b"[campaign]\n[campaign]\n", "line 2"),
        (b"name = \xff", "UTF-8"),
        (b"\xff\xfe[\x00c\x00", "UTF-8"),
        (b"a = " + b"[" * 5000, "nested|TOML"),
        (b"a = " + b"9" * 5000, "too long"),
        (b"a = 1e99999999999999999999", "too long"),
        (b"a = \x00", "line 1"),
        (b"#" * 1_000_001, "too large"),
        (b"", "campaign.name: missing"),
    ],
)
def test_files_that_cannot_be_read_say_where(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "spec.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        load_specification(path)


def test_json_is_as_strict_as_toml(tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    for content, says in (
        ('{"a": 1, "a": 2}', "twice"), ("[" * 100_000, "nested"), ("[1]", "no table"),
        ('{"a": ' + "9" * 5000 + "}", "too long"), ('{"a": }', "line 1 column 7"),
    ):  # fmt: skip
        path.write_text(content)
        with pytest.raises(InputError, match=says):
            load_specification(path)


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path, says in (
        (tmp_path / "missing.toml", "no such file"), (tmp_path, "regular"), (fifo, "regular"),
        ("x" * 5000, "cannot be read"), ("a\x00b", "cannot be read"), ("/dev/zero", "regular"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=says):
            load_specification(path)
