"""Predictions in words: a range, or ± where it says the same; both chances to be in spec."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.render.expected import (
    expected,
    expected_95,
    in_spec_words,
    interval,
    predicted_items,
)
from designer.render.table import item_lines, wrapped


@pytest.mark.parametrize(
    ("mean", "low", "high", "text"),
    [
        (31.4, 30.6, 32.2, "31.40 ± 0.80"),
        (31.4, 30.6, 32.26, "31.40 ± 0.83"),  # halves .80 and .86
        (31.4, 30.6, 32.3, "30.60 … 32.30"),  # .80 and .90: no longer even
        (13.4, 12.1, 15.3, "12.1 … 15.3"),
        (9.0, 0.03, 60.0, "0.030 … 60"),
        (9.0, 0.0, 60.0, "0 … 60"),
        (14.0, 0.1, 27.9, "0.10 … 28"),  # even, but "14 ± 14" would tell nothing
        (0.1, -0.4, 0.6, "-0.40 … 0.60"),
        (-30.0, -31.0, -29.0, "-30.0 ± 1.0"),
        (60.0, 60.0, 60.0, "60"),
        (3e-12, 1e-12, 9e-12, "1e-12 … 9e-12"),
        (3e12, 1e12, 9e12, "1e12 … 9e12"),
    ],
)
def test_plus_minus_only_where_the_halves_agree(
    mean: float, low: float, high: float, text: str
) -> None:
    assert expected({"mean": mean, "sd_result": 1e9, "low": low, "high": high}) == text


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"mean": 31.4, "sd_result": 0.8}, "31.40 ± 0.80"),
        ({"mean": 9.0, "sd_result": 2819.0}, "9"),
        ({"mean": 9.0, "sd_result": 2819.0, "low": None, "high": None}, "9"),
        ({"mean": None, "sd_result": 1.0, "low": 1.0, "high": 2.0}, "–"),
    ],
)
def test_plans_of_older_versions_have_no_interval(told: dict[str, Any], text: str) -> None:
    assert expected(told) == text
    assert expected_95(told) == "–"


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_range_written_is_the_range_to_a_twentieth(mean: float, below: float, up: float) -> None:
    low, high = mean - below, mean + up
    if low < high:
        ends = [float(end) for end in interval(low, high).split(" … ")]
        if len(ends) == 2:
            assert ends == pytest.approx([low, high], abs=0.05 * (high - low))


def test_95_percent_is_always_a_range() -> None:
    assert expected_95({"low95": 11.2, "high95": 16.94}) == "11.2 … 16.9"


def test_in_spec_is_told_of_the_recipe_and_of_one_more_batch() -> None:
    assert in_spec_words(0.65, 0.514) == "in spec 65 %, one more batch measured 51 %"
    assert in_spec_words(0.65, 0.514, brief=True) == "in spec 65 %, measured 51 %"
    assert in_spec_words(0.65, None) == "in spec 65 %"
    assert in_spec_words(None, None) == ""


def test_numbers_and_items_are_not_torn_apart() -> None:
    assert wrapped("about 31.4 ± 0.8 % (or 65 %). End", 12) == [
        "about", "31.4 ± 0.8 %", "(or 65 %).", "End",
    ]  # fmt: skip
    told = {"porosity": {"mean": 31.4, "low": 30.6, "high": 32.2}, "loading": {"mean": 9.0}}
    items = predicted_items(told, {"porosity": "%", "loading": "mg/cm^2"})
    assert items == ["porosity 31.40 ± 0.80 %", "loading 9 mg/cm^2"]
    assert item_lines(items, 30) == ["porosity 31.40 ± 0.80 %,", "loading 9 mg/cm^2"]
    assert item_lines(items, 60, " · ") == [" · ".join(items)]
    assert item_lines([], 10) == []
