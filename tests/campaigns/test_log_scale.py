"""Factors on a logarithmic scale: the mapping, the grid, the specification, what is refused."""

import math
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from designer.campaigns import commands
from designer.campaigns.errors import InputError
from designer.campaigns.space.factors import Factor
from designer.campaigns.space.grids import Grid, LogGrid, SettingScale
from designer.campaigns.space.solver import Region, search
from designer.campaigns.specification import load
from designer.campaigns.specification.amend import difference
from designer.campaigns.specification.specification import Specification
from designer.campaigns.specification.text import to_tables

positive = st.floats(1e-12, 1e12)


def spec_of(*, more: dict[str, Any] | None = None, **factor: Any) -> Specification:
    """A campaign with one factor."""
    tables: dict[str, Any] = {
        "campaign": {"name": "c", "line": "l"},
        "factor": [{"name": "additive", "unit": "mol/L", **factor}],
        "response": [{"name": "y"}],
    }
    return load.from_dict(tables | (more or {}))


def problems_of(**factor: Any) -> list[tuple[str, str | None]]:
    """Field and what is allowed of every problem with a factor."""
    with pytest.raises(InputError) as refused:
        spec_of(**factor)
    return [(p.where.split(" ")[0], p.allowed) for p in refused.value.problems]


@given(positive, positive, st.booleans(), st.lists(st.floats(-0.5, 1.5), min_size=1))
def test_the_mapping_is_the_same_there_and_back_and_for_numbers_and_arrays(
    one: float, other: float, log: bool, positions: list[float]
) -> None:
    low, high = sorted((one, other))
    assume(high > low * 1.01)
    scale = SettingScale(low, high, log)
    assert (scale.position(low), scale.position(high)) == (0.0, 1.0)
    there = scale.at(np.array(positions))
    assert there == pytest.approx([scale.at(p) for p in positions], rel=1e-12)
    back = scale.position(there)
    assert back == pytest.approx(positions, abs=1e-9)
    assert back == pytest.approx([scale.position(v) for v in there.tolist()], abs=1e-12)
    if log:
        first, last = float(there[0]), float(there[-1])
        assert scale.apart(first, last) == pytest.approx(
            abs(positions[0] - positions[-1]), abs=1e-9
        )


def test_a_number_without_logarithm_is_infinitely_far_from_all_others() -> None:
    scale = SettingScale(1e-6, 1e-3, log=True)
    assert scale.position(0.0) == -math.inf
    assert scale.position(np.array([-1.0, 1e-6])).tolist() == [-math.inf, 0.0]
    assert scale.apart(0.0, 1e-6) == math.inf
    assert scale.apart(0.0, -1.0) == math.inf
    assert scale.apart(0.0, 0.0) == 0.0
    assert SettingScale(1e-3, 1e308, log=True).at(2.0) == math.inf


@given(st.integers(1000, 9999), st.integers(-15, 12), st.integers(1, 100), st.integers(1, 400))
def test_set_points_of_a_logarithmic_grid(
    digits: int, exponent: int, per_decade: int, count: int
) -> None:
    low = float(f"{digits}e{exponent}")
    high = LogGrid(low, per_decade, 0).value(count)
    assume(high < math.inf)
    factor = Factor("a", low=low, high=high, log_scale=True, per_decade=per_decade)
    values = [float(v) for v in factor.values() or ()]
    assert factor.count == len(values) == count + 1
    assert (values[0], values[-1]) == (low, high)
    assert all(a < b for a, b in pairwise(values))
    for k, value in enumerate(values):
        assert Decimal(str(value)).normalize().as_tuple().digits.__len__() <= 4
        assert value == pytest.approx(low * 10 ** (k / per_decade), rel=5.1e-4)
        assert not factor.problems_with(value, "", on_grid=True)
    between = math.sqrt(values[0] * values[1])
    assert [p.allowed for p in factor.problems_with(between, "", on_grid=True)]


def test_the_grid_of_the_contract() -> None:
    spec = spec_of(low=1e-6, high=1e-3, scale="log", per_decade=4)
    values = spec.factors[0].values() or ()
    assert len(values) == 13
    assert values[:6] == (1e-6, 1.778e-6, 3.162e-6, 5.623e-6, 1e-5, 1.778e-5)
    assert values[-1] == 1e-3
    assert spec.factors[0].kind == "stepped"
    assert spec_of(low=1e-6, high=1e-3, scale="log").factors[0].kind == "continuous"
    assert spec_of(levels=[1, 10, 100], scale="log").factors[0].scale.position(10.0) == 0.5


WHOLE = "a whole number from 1 to 100"


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        ({"low": 1e-6, "high": 2e-3, "per_decade": 4}, [("high", "0.001778 or 0.003162 mol/L")]),
        ({"low": 1.0, "high": 1.1, "per_decade": 4}, [("high", "1.778 mol/L")]),
        ({"low": 1.23456, "high": 20, "per_decade": 4}, [("low", "1.234 or 1.235 mol/L")]),
        ({"low": 0, "high": 1}, [("low", "above 0")]),
        ({"low": -1, "high": 0}, [("low", "above 0"), ("high", "above 0")]),
        ({"levels": [-1, 0, 1]}, [("levels[0]", "above 0"), ("levels[1]", "above 0")]),
        ({"low": 1, "high": 10, "step": 1}, [("step", None)]),
        ({"low": 1, "high": 10, "was": 0}, [("was", "above 0")]),
        ({"low": 1, "high": 10, "per_decade": 0}, [("per_decade", WHOLE)]),
        (
            {"low": 1, "high": 10, "per_decade": 2.5},
            [("per_decade", WHOLE)],
        ),
        ({"levels": [1, 10], "per_decade": 2}, [("per_decade", None)]),
        ({"low": 1, "high": 10, "scale": "ln"}, [("scale", "linear, log")]),
        ({"low": 1, "high": 10, "scale": "ln", "per_decade": 2}, [("scale", "linear, log")]),
        (
            {"low": 1, "high": 10, "scale": "linear", "per_decade": 2},
            [("per_decade", 'scale = "log" with it')],
        ),
        (
            {"low": 0, "high": 10, "step": 2, "per_decade": 200},
            [("per_decade", WHOLE), ("low", "above 0"), ("step", None)],
        ),
    ],
)
def test_what_a_logarithmic_scale_refuses(
    factor: dict[str, Any], expected: list[tuple[str, str | None]]
) -> None:
    found = problems_of(**{"scale": "log", **factor})
    assert found == [(f"factor[0].{field}", allowed) for field, allowed in expected]


def test_categories_and_members_of_mixtures_have_no_logarithmic_scale() -> None:
    with pytest.raises(InputError) as refused:
        spec_of(
            scale="log",
            low=1,
            high=10,
            more={
                "factor": [
                    {"name": "additive", "low": 1, "high": 10, "scale": "log"},
                    {"name": "rest", "low": 0, "high": 9},
                    {"name": "binder", "categories": ["A", "B"], "scale": "log"},
                ],
                "mixture": [{"factors": ["additive", "rest"], "total": 10}],
            },
        )
    where = [problem.where for problem in refused.value.problems]
    assert where == ["factor[2].scale ('binder')", "mixture[0].factors[0]"]


@pytest.mark.parametrize("more", [{"per_decade": 4}, {}])
def test_the_scale_is_written_and_read_again_and_linear_goes_without_saying(
    more: dict[str, Any],
) -> None:
    spec = spec_of(low=1e-6, high=1e-3, scale="log", **more)
    table = to_tables(spec)["factor"][0]
    assert table == {"name": "additive", "unit": "mol/L", "low": 1e-6, "high": 1e-3} | {
        "scale": "log",
        **more,
    }
    assert load.from_dict(to_tables(spec)) == spec == load.from_toml(spec.text)
    assert "scale" not in to_tables(spec_of(low=1, high=2))["factor"][0]
    assert (
        difference(spec_of(low=1e-6, high=1e-3), spec)[-1] == "factor additive: scale linear → log"
    )


def test_feasibility_is_proved_and_found_on_a_logarithmic_scale() -> None:
    """Constraints are about the plain value, wherever on seven decades they leave room."""
    factors = {
        "grid": {"low": 1e-9, "high": 1e-2, "scale": "log", "per_decade": 4},
        "continuous": {"low": 1e-9, "high": 1e-2, "scale": "log"},
    }
    for factor in factors.values():
        for most, empty in (("2e-9", False), ("0.9e-9", True)):
            constraint = [{"expression": f"additive <= {most}"}]
            if empty:
                with pytest.raises(InputError, match="additive <= "):
                    spec_of(**factor, more={"constraint": constraint})
                continue
            spec = spec_of(**factor, more={"constraint": constraint})
            found = search(Region(spec.inputs, (), spec.constraints)).recipe
            assert found is not None
            assert float(found["additive"]) <= 2e-9


def test_a_linear_grid_is_unchanged() -> None:
    factor = Factor("a", low=0.1, high=0.7, step=Decimal("0.2"))
    assert factor.grid == Grid(1, 2, 4, 10)
    assert factor.values() == (0.1, 0.3, 0.5, 0.7)


def test_create_with_a_scale_is_stored_as_written() -> None:
    spec = spec_of(low=1e-6, high=1e-3, scale="log")
    (event,) = commands.create(spec)
    assert event.body["parsed"]["factor"][0]["scale"] == "log"
