"""Results far beyond all others, and rows of one table, which have no order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from designer.campaigns.log.runs import run_id_text
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.slips import slips
from tests.campaigns.test_slips import RIGHT, campaign, told


def in_one_table(state: CampaignState) -> CampaignState:
    """The same results, as if they had come together."""
    runs = {}
    for name, run in state.runs.items():
        values = tuple(replace(value, at="2026-03-01") for value in run.measurements["y"])
        runs[name] = replace(run, measurements={"y": values})
    return replace(state, runs=runs)


@pytest.mark.parametrize(
    ("usual", "value", "facts"),
    [
        ((42.9, 55.0, 73.0, 48.0, 61.0, 66.0), 11000.0, {"unit": "um"}),
        ((5.96, 23.0, 11.0, 7.2, 9.1, 15.0), 238.0, {"unit": "mohm", "possible": [0, 1000]}),
        ((185.0, 1020.0, 430.0, 610.0), 69100.0, {"unit": "uA", "scale": "log"}),
        ((185.0, 1020.0, 430.0, 610.0), 1.7, {"unit": "uA", "scale": "log"}),
        ((3.76, 13.1, 7.7, 9.9, 5.2), 0.128, {"unit": "mg/cm^2"}),
    ],
)
def test_what_is_far_beyond_all_others_is_flagged_though_nothing_explains_it(
    usual: tuple[float, ...], value: float, facts: dict[str, Any]
) -> None:
    for state in (campaign(*usual, value, **facts), in_one_table(campaign(*usual, value, **facts))):
        (slip,) = slips(state)
        assert slip.run == run_id_text(len(usual) + 1)
        run = state.runs[slip.run]
        believed = replace(run, confirmed={("slip", "y"): 99})
        assert slips(replace(state, runs={**state.runs, run.id: believed})) == []


def test_what_is_beyond_all_others_is_none_where_something_expects_it() -> None:
    usual = (5.96, 8.2, 11.0, 7.2, 9.1, 6.0)
    expected = {"mean": 230.0, "sd": 10.0, "sd_result": 20.0}
    assert list(told(campaign(*usual, 238.0, unit="mohm"))) == ["R007"]
    assert told(campaign(*usual, 238.0, unit="mohm", predicted=expected)) == {}
    assert told(campaign(*usual, 238.0, unit="mohm", window=[200, 300])) == {}


@pytest.mark.parametrize("place", range(6))
@pytest.mark.parametrize("factor", [0.01, 0.1, 10.0, 100.0])
def test_the_blame_in_a_table_does_not_depend_on_the_order_of_its_rows(
    place: int, factor: float
) -> None:
    values = list(RIGHT)
    values[place] *= factor
    assert list(told(in_one_table(campaign(*values)))) == [run_id_text(place + 1)]


@pytest.mark.parametrize(
    "values",
    [(0.914, 0.0137, 0.706, -0.1, 0.3), (-4.9, -1.5, -0.1, -3.0), (1.8, 0.6, -0.35, 2.2)],
)
def test_sizes_around_zero_mean_nothing(values: tuple[float, ...]) -> None:
    assert told(campaign(*values, unit="mm", scale="linear")) == {}


def test_a_single_result_of_another_sign_is_told_where_the_others_are_far_from_zero() -> None:
    values = (36.0, 45.0, -41.0, 39.0, 42.0, 40.5, 38.0)
    assert told(campaign(*values[:5])) == {}  # too few to know how far they vary
    for state in (campaign(*values), in_one_table(campaign(*values))):
        assert "is not above 0 like your other results" in told(state)["R003"]
    assert "R005" in told(campaign(-36.0, -45.0, -41.0, -39.0, -0.42))
