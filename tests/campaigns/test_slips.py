"""Results that look like another unit or a slip of the point: found, and nothing right is."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from designer.campaigns.log.runs import Measurement, Run, run_id_text
from designer.campaigns.log.state import CampaignState, Line, LineRow
from designer.campaigns.plausibility.comparisons import Comparisons
from designer.campaigns.plausibility.neighbours import Measured
from designer.campaigns.plausibility.slips import Slip, slips
from designer.campaigns.plausibility.whole_sets import mixed_units
from designer.campaigns.specification import load
from tests.campaigns.decisions import begin

FACTORS = [{"name": "gap", "unit": "um", "low": 50, "high": 350}, {"name": "speed", "low": 0,
                                                                   "high": 10}]  # fmt: skip
PREDICTED = {"mean": 33.0, "sd": 1.5, "sd_result": 2.0}


def campaign(
    *values: float, predicted: dict[str, Any] | None = None, **response: Any
) -> CampaignState:
    """A campaign with results at evenly spread recipes; the prediction is that of the last run."""
    head = {"version": 1, "name": "case", "line": "l"}
    told = {"name": "y", "unit": "%", **response}
    spec = load.from_dict({"campaign": head, "factor": FACTORS, "response": [told]})
    runs = {}
    for number, value in enumerate(values, start=1):
        settings = {"gap": 60.0 + 37.0 * number % 280, "speed": 3.0 * number % 10}
        runs[run_id_text(number)] = run(number, settings, value)
    last = run_id_text(len(values))
    if predicted is not None:
        runs[last] = replace(runs[last], predicted={"y": predicted})
    return replace(begin(spec), runs=runs)


def run(number: int, settings: dict[str, Any], *values: float, **facts: Any) -> Run:
    measured = tuple(
        Measurement(k, value, str(value), None, number + 1, "anna", f"2026-03-01T{number:04d}")
        for k, value in enumerate(values, start=1)
    )
    return Run(run_id_text(number), None, None, None, settings, settings, number + 1,
               status="completed", measurements={"y": measured}, **facts)  # fmt: skip


def told(state: CampaignState) -> dict[str, str]:
    return {slip.run: slip.message for slip in slips(state)}


RIGHT = (31.0, 33.5, 35.2, 32.1, 36.8, 34.0)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3.32, "y 3.32 % is about 1/10 of your other results (31 to 36.8): a slip of the decimal"),
        (332.0, "is about 10 times your other results (31 to 36.8): a slip of the decimal point?"),
        (0.332, "is about 1/100 of your other results (31 to 36.8): a fraction?"),
        (33200.0, "about 1000 times"),
        (24.0, ""),
        (50.0, ""),
        (-33.0, "is not above 0 like your other results (31 to 36.8): not measured, or a sign?"),
        (0.0, "is not above 0 like your other results (31 to 36.8): not measured, or a sign?"),
    ],
)
def test_a_slip_is_named_with_what_is_usual_and_what_it_may_be(value: float, words: str) -> None:
    found = told(campaign(*RIGHT, value))
    assert list(found) == (["R007"] if words else [])
    assert words in found.get("R007", "")


def test_a_slip_that_stands_does_not_hide_the_next() -> None:
    found = told(campaign(*RIGHT, 0.332, 0.35, 3.4))
    assert list(found) == ["R007", "R008", "R009"]
    assert "your other results (31 to 36.8)" in found["R008"]


def test_two_results_that_agree_show_what_is_usual() -> None:
    assert list(told(campaign(33.0, 34.0, 0.332))) == ["R003"]
    assert told(campaign(33.0, 0.332)) == {}


def test_the_prediction_of_its_plan_speaks_for_and_against_a_result() -> None:
    against = told(campaign(3.3, predicted=PREDICTED))
    assert against["R001"].endswith(
        "about 1/10 of its prediction (33): a slip of the decimal point?"
    )
    surprise = told(campaign(12.0, predicted=PREDICTED))  # no slip explains it
    assert "is 10 standard deviations below its prediction (33 %)" in surprise["R001"]
    assert told(campaign(20.0, predicted=PREDICTED)) == {}
    far_corner = {"mean": 3.5, "sd": 0.3, "sd_result": 0.4}
    assert told(campaign(*RIGHT, 3.3, predicted=far_corner)) == {}
    unsure = {"mean": 33.0, "sd": 20.0, "sd_result": 25.0}
    assert list(told(campaign(*RIGHT, 3.3, predicted=unsure))) == ["R007"]


def test_a_window_tells_first_results_in_another_unit_however_many() -> None:
    shares = (0.31, 0.35, 0.33, 0.36)
    assert list(told(campaign(*shares, window=[30, 35]))) == ["R001", "R002", "R003", "R004"]
    found = told(campaign(*shares, 33.0, window=[30, 35]))
    assert list(found) == ["R001", "R002", "R003", "R004"]
    assert found["R001"].endswith("is about 1/100 of the window: a fraction?")
    assert told(campaign(*shares)) == {}  # nothing says that they are wrong
    scattered = (0.011, 0.03, 0.058, 0.0011)
    assert len(told(campaign(*scattered, window=[10, 60], unit="mg/cm^2"))) == 4


def test_what_conversion_cannot_be_is_not_guessed() -> None:
    assert "a fraction" in told(campaign(*RIGHT, 0.332, possible=[0, 100]))["R007"]
    wide = campaign(*(200 * v for v in RIGHT), 640.0, possible=[0, 1000], unit="1")
    assert told(wide) == {}  # ten times as much is impossible


@pytest.mark.parametrize("sign", [1, -1])
def test_signs_do_not_matter_and_quantities_around_zero_have_no_size(sign: int) -> None:
    assert list(told(campaign(*(sign * v for v in RIGHT), sign * 3.3))) == ["R007"]
    assert told(campaign(-3.0, 2.0, 0.1, -0.05, 4.0, -1.0, 0.002)) == {}


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_a_response_over_decades_is_not_doubted_but_a_slip_in_it_is(scale: str) -> None:
    rng = np.random.default_rng(0)
    recipes = rng.uniform((50, 0), (350, 10), (30, 2))
    settings = [{"gap": float(gap), "speed": float(speed)} for gap, speed in recipes]
    values = [float(10 ** (-6 + 3 * (gap - 50) / 300)) for gap, _ in recipes]
    empty = campaign(unit="S", scale=scale)
    pairs = zip(settings, values, strict=True)
    runs = {run_id_text(k): run(k, where, value) for k, (where, value) in enumerate(pairs, 1)}
    early = slips(replace(empty, runs=runs))
    assert len(early) <= (scale == "linear"), "before it was known to vary so"
    wrong = {**runs, "R030": run(30, settings[-1], values[-1] * 1000)}
    *others, found = slips(replace(empty, runs=wrong))
    assert others == early
    assert found.run == "R030"
    assert 1e-4 <= found.doubt.factor <= 1e-2


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_a_response_that_jumps_is_not_doubted_where_it_was_of_that_size(scale: str) -> None:
    rng = np.random.default_rng(2)
    recipes = rng.uniform((50, 0), (350, 10), (41, 2))
    values = [float(10 ** (-8 + 5 * (gap > 180) - 0.04 * speed)) for gap, speed in recipes]
    settings = [{"gap": float(gap), "speed": float(speed)} for gap, speed in recipes]
    pairs = zip(settings, values, strict=True)
    runs = {run_id_text(k): run(k, where, value) for k, (where, value) in enumerate(pairs, 1)}
    empty = campaign(unit="S/cm", scale=scale)
    first = [slip.run for slip in slips(replace(empty, runs=runs))]
    assert len(first) <= 2  # the first beyond the jump may be anything
    believed = {name: replace(runs[name], confirmed={("slip", None): 99}) for name in first}
    assert slips(replace(empty, runs=runs | believed)) == []


def test_one_wrong_replicate_is_told_beside_the_right_ones() -> None:
    state = campaign(*RIGHT)
    runs = {**state.runs, "R007": run(7, {"gap": 90.0, "speed": 2.0}, 31.2, 3.19, 32.0)}
    (found,) = slips(replace(state, runs=runs))
    assert (found.run, found.value.number) == ("R007", 3.19)


def test_what_is_confirmed_is_believed_and_tells_of_others() -> None:
    state = campaign(*RIGHT, 3.3, 3.4)
    assert [slip.run for slip in slips(state)] == ["R007", "R008"]
    runs = dict(state.runs)
    runs["R007"] = replace(runs["R007"], confirmed={("slip", None): 20})
    assert [slip.run for slip in slips(replace(state, runs=runs))] == ["R008"]
    before = {("slip", None): 2, ("slip", "mass_loading"): 20}  # the value it has now; another one
    runs["R007"] = replace(runs["R007"], confirmed=before)
    assert [slip.run for slip in slips(replace(state, runs=runs))] == ["R007", "R008"]


def test_of_many_results_only_the_odd_ones_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    from designer.campaigns.plausibility import neighbours

    rng = np.random.default_rng(1)
    values = [*rng.normal(33, 2, 3000), 3.2, 0.33]
    calls = 0
    measure = neighbours.distance

    def counted(*told: Any) -> float:
        nonlocal calls
        calls += 1
        return measure(*told)

    monkeypatch.setattr(neighbours, "distance", counted)
    found: list[Slip] = slips(campaign(*values))
    assert [slip.value.number for slip in found] == [3.2, 0.33]
    assert calls < 5000


def test_of_more_odd_results_than_are_looked_at_the_oddest_are() -> None:
    rng = np.random.default_rng(1)
    values = [*rng.normal(33, 2, 1500), *rng.normal(80, 2, 130), 0.33]
    assert 0.33 in [slip.value.number for slip in slips(campaign(*values))]


LOADINGS = (2.61, 5.2, 8.1, 10.9, 13.6, 15.4, 0.041, 0.068, 9.3, 12.3)


def loadings(*values: float) -> CampaignState:
    """Results of a response that is proportional to the gap and modelled on a log scale."""
    empty = campaign(unit="mg/cm^2", possible=[0, 60])
    runs = {}
    for number, value in enumerate(values, start=1):
        right = value * 100 if value < 0.1 else value
        runs[run_id_text(number)] = run(number, {"gap": 20.0 * right + 45, "speed": 5.0}, value)
    return replace(empty, runs=runs)


def test_a_doubt_stands_whatever_comes_later() -> None:
    assert list(told(loadings(*LOADINGS[:7]))) == ["R007"]
    for last in (8, 9, 10):
        assert list(told(loadings(*LOADINGS[:last]))) == ["R007", "R008"]
    state = loadings(*LOADINGS)
    runs = {**state.runs, "R008": replace(state.runs["R008"], confirmed={("slip", None): 99})}
    assert list(told(replace(state, runs=runs))) == ["R007"]


@pytest.mark.parametrize("factor", [0.001, 0.01, 100.0])
def test_several_slips_among_many_are_found_and_no_right_result(factor: float) -> None:
    rng = np.random.default_rng(3)
    empty = campaign(unit="mg/cm^2")
    runs, wrong = {}, {6, 9, 13, 17}
    for number in range(1, 21):
        gap, speed = (float(v) for v in rng.uniform((50, 0), (350, 10)))
        value = 0.05 * gap * (0.6 + 0.04 * speed) * (factor if number in wrong else 1.0)
        runs[run_id_text(number)] = run(number, {"gap": gap, "speed": speed}, value)
    assert [int(s.run[1:]) for s in slips(replace(empty, runs=runs))] == sorted(wrong)


@pytest.mark.parametrize(
    ("unit", "usual", "far", "near"),
    [
        ("degC", (20, 25, 22, 27), (2930, 293, -200), (41, 0)),
        ("degC", (25, 25, 25, 25), (2500,), (26, 40)),
        ("mm", (-0.5, 0.3, -0.2, 0.4, 0.1), (300, -40), (2.5, -3)),
        ("mV", (-60, -55, -62, -58, -57), (5700,), (-40, -75)),
    ],
)
def test_where_sizes_mean_nothing_the_spread_tells(
    unit: str, usual: tuple[float, ...], far: tuple[float, ...], near: tuple[float, ...]
) -> None:
    for value in far:
        state = campaign(*usual, value, unit=unit, scale="linear")
        (slip,) = slips(state)
        last = f"R{len(usual) + 1:03d}"
        assert slip.run == last
        words = "is far above your" if value > max(usual) else "is far below your"
        assert words in slip.message
        believed = replace(state.runs[last], confirmed={("slip", None): 99})
        assert slips(replace(state, runs={**state.runs, last: believed})) == []
    for value in near:
        assert told(campaign(*usual, value, unit=unit, scale="linear")) == {}


@pytest.mark.parametrize("slip", [0.025, 0.0022, 2500.0])
def test_an_early_slip_of_a_log_response_is_told_once_others_agree(slip: float) -> None:
    values = (22.0, 18.0, slip, 31.0, 29.0, 29.0)
    assert list(told(campaign(*values, unit="N/m", scale="log"))) == ["R003"]


def test_a_wish_is_no_measurement() -> None:
    low = (0.19, 0.25, 0.21, 0.18, 0.24)
    assert told(campaign(*low, unit="N/m", window=[20, float("inf")])) == {}
    assert told(campaign(0.9, 1.9, 4.7, 12.2, 0.28, window=[11.4, 12.6], unit="mg/cm^2")) == {}
    assert told(campaign(2.0, 5.2, 57.9, 46.0, 5.9, unit="degC")) == {}


@pytest.mark.parametrize("where", [(340.0, 1.0), (300.0, 5.0), (200.0, 5.0)])
def test_three_results_that_agree_tell_what_lies_between_them(where: tuple[float, float]) -> None:
    state = campaign(33.0, 34.0, 35.0, 3.4)
    corners = [(60.0, 1.0), (340.0, 9.0), (60.0, 9.0), where]
    runs = {
        name: replace(each, used={"gap": gap, "speed": speed})
        for (name, each), (gap, speed) in zip(state.runs.items(), corners, strict=True)
    }
    assert list(told(replace(state, runs=runs))) == ["R004"]


def test_other_categories_are_near_enough_to_tell() -> None:
    factors = [*FACTORS, {"name": "binder", "categories": ["PVDF", "SBR"]}]
    head = {"version": 1, "name": "case", "line": "l"}
    response = {"name": "y", "unit": "%"}
    spec = load.from_dict({"campaign": head, "factor": factors, "response": [response]})

    def last(value: float) -> CampaignState:
        usual = campaign(*RIGHT, value).runs
        binders = {name: "SBR" if name == "R007" else "PVDF" for name in usual}
        runs = {k: replace(v, used={**v.used, "binder": binders[k]}) for k, v in usual.items()}
        return replace(begin(spec), runs=runs)

    assert list(told(last(3.3))) == ["R007"]
    assert told(last(12.0)) == {}


def anywhere(values: Sequence[float], **response: Any) -> CampaignState:
    """A campaign with results at recipes drawn at random."""
    rng = np.random.default_rng(0)
    recipes = rng.uniform((50, 0), (350, 10), (len(values), 2))
    runs = {
        run_id_text(k): run(k, {"gap": float(gap), "speed": float(speed)}, value)
        for k, ((gap, speed), value) in enumerate(zip(recipes, values, strict=True), 1)
    }
    return replace(campaign(**response), runs=runs)


def around_33(count: int) -> list[float]:
    return [31.0 + 5.0 * (7 * k % 10) / 10 for k in range(count)]


@pytest.mark.parametrize("count", [4, 8, 20, 80, 150])
def test_a_window_tells_that_all_results_are_in_another_unit(count: int) -> None:
    shares = [value / 100 for value in around_33(count)]
    for values in (shares, [*shares, 33.0], [*RIGHT, *shares]):
        found = told(anywhere(values, window=[30, 40]))
        assert len(found) == min(count, 100)
        assert "is about 1/100 of the window: a fraction?" in next(iter(found.values()))


@pytest.mark.parametrize("count", [5, 20, 60])
def test_half_of_the_results_in_another_unit_are_told(count: int) -> None:
    right = around_33(count)
    shares = [value / 100 for value in right]
    mixed = [value for pair in zip(right, shares, strict=True) for value in pair]
    for values in (mixed, [*right, *shares]):
        state = anywhere(values)
        found = told(state)
        assert len(found) == count
        assert all(
            "of your other results" in each or "near these" in each for each in found.values()
        )
    believed = replace(state.runs["R001"], confirmed={("slip", None): 99})
    runs = {**state.runs, "R001": believed}
    assert "R001" not in told(replace(state, runs=runs))


@pytest.mark.parametrize(("first", "count"), [(3, 6), (4, 6), (4, 3), (8, 12)])
def test_a_table_in_another_unit_does_not_put_the_blame_on_earlier_results(
    first: int, count: int
) -> None:
    values = [*around_33(first), *(value / 100 for value in around_33(count))]
    state = anywhere(values)
    runs = {}
    for number, (name, each) in enumerate(state.runs.items()):
        (value,) = each.measurements["y"]
        came = "2026-03-02" if number >= first else f"2026-03-01T{number:02d}"
        runs[name] = replace(each, measurements={"y": (replace(value, at=came),)})
    found = told(replace(state, runs=runs))
    assert found
    assert set(found) <= set(list(runs)[first:])
    assert len(found) >= count / 2


def test_first_slips_are_found_by_what_came_later() -> None:
    values = [0.31, 0.35, *around_33(12)]
    state = anywhere(values)
    runs = {}
    for number, (name, each) in enumerate(state.runs.items()):
        (value,) = each.measurements["y"]
        runs[name] = replace(each, measurements={"y": (replace(value, at=str(number)),)})
    assert list(told(replace(state, runs=runs))) == ["R001", "R002"]


def test_of_two_units_the_one_off_the_window_is_told() -> None:
    right = around_33(6)
    mixed = [value for pair in zip(right, (v / 100 for v in right), strict=True) for value in pair]
    found = told(anywhere(mixed, window=[30, 40], scale="log"))
    assert list(found) == [f"R{k:03d}" for k in range(2, 13, 2)]


def test_two_sizes_at_settings_of_their_own_are_no_two_units() -> None:
    state = anywhere(around_33(40))
    response = state.spec.responses[0]

    def found(small: Callable[[Run], bool]) -> int:
        results = [
            Measured(values[0].number / (100 if small(each) else 1), (each.used, each.given), each)
            for each in state.runs.values()
            for values in each.measurements.values()
        ]
        return len(mixed_units(Comparisons(state, response, results), range(40)))

    assert found(lambda each: float(each.used["gap"]) < 200) == 0
    assert found(lambda each: each.id in {f"R{k:03d}" for k in range(20, 41)}) == 21


def with_line(state: CampaignState, level: float) -> CampaignState:
    """With an earlier line whose results lie around a level at all recipes."""
    rows = tuple(
        LineRow(
            {"gap": 40.0 + 30 * k, "speed": 5.0}, {}, {"y": (level * (1 + k % 5 / 50),)}, {}, None
        )
        for k in range(12)
    )
    line = Line("line2", rows, True, None, "0" * 64, None, {}, False, 2, "anna", "2026-03-01")
    return replace(state, lines={"line2": line})


def test_rows_of_lines_speak_where_nothing_of_ones_own_does() -> None:
    found = told(with_line(campaign(3000.0), 28.0))
    assert "about 100 times the earlier lines near its settings (28 to 30.2)" in found["R001"]
    assert told(with_line(campaign(55.0), 28.0)) == {}


@pytest.mark.parametrize("wrong", range(8))
def test_one_slip_among_the_rows_of_a_line_excuses_none_of_ones_own(wrong: int) -> None:
    state = with_line(campaign(*RIGHT, 3.3), 33.0)
    line = state.lines["line2"]
    rows = [
        replace(row, settings={"gap": 319.0, "speed": float(k)})
        for k, row in enumerate(line.rows[:8])
    ]
    rows[wrong] = replace(rows[wrong], responses={"y": (3.2,)})
    state = replace(state, lines={"line2": replace(line, rows=tuple(rows))})
    assert list(told(state)) == ["R007"]


@pytest.mark.parametrize("level", [180.0, 330.0, 600.0])
def test_rows_of_lines_excuse_what_is_far_from_own_results(level: float) -> None:
    state = campaign(*RIGHT, 330.0)
    assert list(told(state)) == list(told(with_line(state, 33.0))) == ["R007"]
    assert told(with_line(state, level)) == {}


def test_a_prediction_stands_against_the_window_as_far_as_it_is_sure() -> None:
    inside = campaign(3.3, predicted=PREDICTED, window=[3, 4])
    assert list(told(inside)) == ["R001"], "a window is what is wanted, a prediction what is known"
    agreeing = {"mean": 3.5, "sd": 0.3, "sd_result": 0.4}
    assert told(campaign(3.3, predicted=agreeing, window=[3, 4])) == {}


def test_slips_of_some_responses_alone_are_found_as_among_all() -> None:
    state = campaign(*RIGHT, 3.32)
    assert [slip.run for slip in slips(state)] == ["R007"]
    assert slips(state, {"y"}) == slips(state)
    assert slips(state, {"z"}) == slips(state, ()) == []


@pytest.mark.parametrize("enabled", [True, False])
def test_results_are_looked_at_without_garbage_collections(enabled: bool) -> None:
    state, seen = campaign(*RIGHT * 500), list[str]()

    def see(phase: str, _: dict[str, int]) -> None:
        seen.append(phase)

    was_enabled = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    gc.callbacks.append(see)
    try:
        gc.collect()  # the next one is far off
        seen.clear()
        slips(state)
        assert gc.isenabled() == enabled
        assert seen.count("start") <= 1  # at the end; without a pause a dozen
    finally:
        gc.callbacks.remove(see)
        (gc.enable if was_enabled else gc.disable)()
