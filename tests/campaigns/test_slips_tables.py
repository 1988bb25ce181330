"""Tables beside their predictions, fractions where nothing else is known, lines in other units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from designer.campaigns.earlier_lines.scales import lines_off_now, scale_doubts
from designer.campaigns.log.runs import Measurement, Run, run_id_text
from designer.campaigns.log.state import CampaignState, Line, LineRow
from designer.campaigns.plausibility.remarks import result_remarks
from designer.campaigns.plausibility.slips import slips
from designer.campaigns.specification import load
from tests.campaigns.decisions import begin
from tests.campaigns.test_slips import FACTORS, campaign, run, told

CAPACITY = (36.0, 38.5, 40.0, 41.8, 44.1, 37.2, 45.0, 39.3)
EFFICIENCY = (84.0, 85.5, 87.1, 88.0, 90.2, 86.4, 89.0, 85.0)
RESPONSES = [{"name": "capacity", "unit": "mAh"}, {"name": "efficiency", "unit": "%"}]


def planned(capacity: Sequence[float | None], efficiency: Sequence[float]) -> CampaignState:
    """Runs of one plan whose results came in one table; predicted is what is right."""
    head = {"version": 1, "name": "case", "line": "l"}
    spec = load.from_dict({"campaign": head, "factor": FACTORS, "response": RESPONSES})
    rng = np.random.default_rng(1)
    runs = {}
    for k, (one, other) in enumerate(zip(capacity, efficiency, strict=True)):
        predicted = {
            "capacity": {"mean": CAPACITY[k] + rng.normal(0, 0.3), "sd": 0.4, "sd_result": 0.5},
            "efficiency": {"mean": EFFICIENCY[k] + rng.normal(0, 0.2), "sd": 0.2, "sd_result": 0.3},
        }
        values = {"capacity": one, "efficiency": other}
        measured = {
            name: (Measurement(1, value, str(value), None, 9, "anna", "2026-03-01"),)
            for name, value in values.items()
            if value is not None
        }
        recipe = {"gap": 60.0 + 30 * k, "speed": float(k)}
        name = run_id_text(k + 1)
        runs[name] = Run(name, "P001", k + 1, k + 1, recipe, recipe, 2, status="completed",
                         measurements=measured, predicted=predicted)  # fmt: skip
    return replace(begin(spec), runs=runs)


def doubted(state: CampaignState) -> dict[tuple[str, str], str]:
    return {(slip.run, slip.response): slip.message for slip in slips(state)}


def test_a_right_table_beside_its_predictions_is_not_doubted() -> None:
    assert doubted(planned(CAPACITY, EFFICIENCY)) == {}


def test_two_columns_that_were_swapped_are_named() -> None:
    found = doubted(planned(EFFICIENCY, CAPACITY))
    assert len(found) == 16
    assert all("are the two columns swapped?" in each for each in found.values())
    assert "fits what was predicted of efficiency" in found["R001", "capacity"]


def test_what_is_said_of_a_whole_table_is_said_once_with_all_its_runs() -> None:
    state = planned(EFFICIENCY, CAPACITY)
    results = [(run, ("capacity", "efficiency")) for run in state.runs.values()]
    told = result_remarks(state, results, slips(state))
    assert len(told) == 2
    assert all(each.endswith("Likewise R002, R003, R004, R005, R006, R007, R008.") for each in told)
    one = planned([*CAPACITY[:3], 86.0, *CAPACITY[4:]], EFFICIENCY)
    (text,) = result_remarks(one, results, slips(one))
    assert "Likewise" not in text


@pytest.mark.parametrize("order", ["sorted", "down", "reversed"])
def test_results_in_another_order_than_the_runs_are_named(order: str) -> None:
    moved: dict[str, Sequence[float | None]] = {
        "sorted": sorted(CAPACITY),
        "down": [None, *CAPACITY[:-1]],
        "reversed": CAPACITY[::-1],
    }
    found = doubted(planned(moved[order], EFFICIENCY))
    assert len(found) >= 4
    assert {response for _, response in found} == {"capacity"}
    assert all("sorted apart from the runs, or moved by a row?" in each for each in found.values())


@pytest.mark.parametrize(("factor", "words"), [(10, "about 10 times"), (0.01, "about 1/100 of")])
def test_a_table_that_is_off_by_ten_beside_its_predictions_is_doubted(
    factor: float, words: str
) -> None:
    found = doubted(planned([value * factor for value in CAPACITY], EFFICIENCY))
    assert len(found) == len(CAPACITY)
    assert all(f"{words} its prediction" in each for each in found.values())


def test_one_result_far_off_its_prediction_is_flagged_unless_others_are_like_it() -> None:
    one = [*CAPACITY[:3], 86.0, *CAPACITY[4:]]
    found = doubted(planned(one, EFFICIENCY))
    assert list(found) == [("R004", "capacity")]
    assert "standard deviations above its prediction (41.6 mAh)" in found["R004", "capacity"]
    wrong_model = [value + 30 for value in CAPACITY]
    assert doubted(planned(wrong_model, EFFICIENCY)) == {}


def percentages(*values: float, **facts: Any) -> CampaignState:
    return campaign(*values, **{"possible": [0, 100], **facts})


def test_first_percentages_that_are_fractions_are_doubted_and_not_the_right_ones_after_them() -> (
    None
):
    shares, right = (0.31, 0.35, 0.33, 0.42), (31.0, 35.0, 33.0, 42.0, 38.0)
    assert told(percentages(*shares[:2])) == {}
    found = told(percentages(*shares))
    assert list(found) == ["R001", "R002", "R003", "R004"]
    assert found["R001"].endswith("is about 1/100 of what is possible: a fraction?")
    assert list(told(percentages(*shares, *right))) == ["R001", "R002", "R003", "R004"]


def test_percentages_may_be_small() -> None:
    moisture = (0.31, 0.35, 0.33, 0.42)
    assert told(percentages(*moisture, 1.2)) == {}
    assert told(percentages(*moisture, window=[0.2, 0.5])) == {}
    assert told(percentages(*moisture, possible=[0, 5])) == {}
    state = percentages(*moisture)
    right = replace(state.runs["R002"], confirmed={("slip", "y"): 99})
    assert told(replace(state, runs={**state.runs, "R002": right})) == {}


def with_line(state: CampaignState, factor: float, seq: int = 2) -> CampaignState:
    """The campaign with a line whose results are those of its runs, in another unit."""
    rows = [
        LineRow(run.used, {}, {"y": tuple(v * factor for v in run.values("y"))}, {}, None)
        for run in state.runs.values()
    ]
    line = Line("line2", tuple(rows * 2), True, None, "0" * 64, None, {}, False, seq, "anna", "t")
    return replace(state, lines={"line2": line})


@pytest.mark.parametrize("factor", [0.001, 0.01, 100.0])
@pytest.mark.parametrize("seq", [1, 99])
def test_a_line_in_another_unit_accuses_no_own_results_that_agree(factor: float, seq: int) -> None:
    right = (31.0, 35.0, 33.0, 42.0, 38.0)
    state = with_line(campaign(*right), factor, seq)
    assert told(state) == {}
    (doubt,) = scale_doubts(state, state.lines["line2"])
    assert ("Or are your results in another unit?" in doubt.message) == (seq == 1)
    first = replace(state, runs={"R001": state.runs["R001"]})
    assert list(told(first)) == ["R001"]  # the only own result may be the wrong one
    none = replace(state, runs={})
    assert lines_off_now(none, state) == [doubt.message]
    assert lines_off_now(first, state) == []  # known since the first result
    assert lines_off_now(replace(state, lines={}), state) == []  # told as the line is added
    assert told(with_line(campaign(3.0, 14.0, 7.0, scale="log"), factor)) == {}


@pytest.mark.parametrize("factor", [0.1, 10.0])
def test_a_line_ten_times_off_is_told_where_both_vary_little(factor: float) -> None:
    calm, wide = (31.0, 35.0, 33.0, 42.0, 38.0), (3.0, 35.0, 9.0, 60.0, 18.0)
    state = with_line(campaign(*calm, unit="um"), factor)
    (doubt,) = scale_doubts(state, state.lines["line2"])
    assert "a slip of the decimal point?" in doubt.message
    state = with_line(campaign(*wide, unit="um"), factor)
    assert scale_doubts(state, state.lines["line2"]) == []
    state = with_line(campaign(*calm, unit="um"), 4.0)
    assert scale_doubts(state, state.lines["line2"]) == []


@pytest.mark.parametrize("wrong", [["R0777"], [f"R{k:03d}" for k in range(1300, 1500)]])
def test_a_change_of_a_long_campaign_is_told_as_all_runs_together_tell_it(wrong: list[str]) -> None:
    rng = np.random.default_rng(2)
    wrong = [run_id_text(int(name[1:])) for name in wrong]
    runs = {}
    for k in range(1, 1501):
        gap, speed = (float(v) for v in rng.uniform((50, 0), (350, 10)))
        value = (30 + 0.02 * gap + rng.normal(0, 0.3)) / (100 if run_id_text(k) in wrong else 1)
        came = "2026-03-02" if run_id_text(k) in wrong else f"2026-03-01T{k:04d}"
        made = run(k, {"gap": gap, "speed": speed}, value)
        (measured,) = made.measurements["y"]
        runs[made.id] = replace(made, measurements={"y": (replace(measured, at=came),)})
    state = replace(campaign(unit="um"), runs=runs)
    about = [*wrong, "R001", "R1002"]
    told_now = {slip.run: slip.message for slip in slips(state, about=about)}
    assert set(told_now) <= set(wrong)
    assert len(told_now) >= min(len(wrong), 20)  # the oddest of many
    words = ("is about 1/100 of your", "is far below your")
    assert all(any(word in text for word in words) for text in told_now.values())
    assert set(told_now) <= {slip.run for slip in slips(state)} or len(wrong) > 100
    assert slips(state, about=["R001", "R1002"]) == []
