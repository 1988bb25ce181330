"""Ticks people read, and places between values."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.tui.drawing.field import Field, GridAxis
from designer.tui.drawing.scales import AxisScale
from tests.tui.drawing.cases import BINDER, GAP, ONE, PRESSURE, surface

spans = st.tuples(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6)).filter(
    lambda s: s[0] + s[1] > s[0] and s[1] > 1e-9 * abs(s[0])
)


@given(spans, st.integers(2, 12))
def test_ticks_are_few_inside_and_told_apart(span: tuple[float, float], most: int) -> None:
    ticks = AxisScale(span[0], span[0] + span[1]).ticks(most)
    assert 1 <= len(ticks) <= most
    assert all(-1e-6 <= tick.place <= 1 + 1e-6 for tick in ticks)
    assert len({tick.place for tick in ticks}) == len(ticks)


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [(0, 10, ["0", "2", "4", "6", "8", "10"]),
     (1.9, 3.1, ["2.0", "2.2", "2.4", "2.6", "2.8", "3.0"]),
     (0.001, 0.0025, ["0.0010", "0.0015", "0.0020", "0.0025"])],
)  # fmt: skip
def test_ticks_are_round(low: float, high: float, labels: list[str]) -> None:
    assert [tick.label for tick in AxisScale(low, high).ticks(6)] == labels


def test_a_logarithmic_axis_has_decades_and_even_ratios() -> None:
    scale = AxisScale(0.1, 1000, log=True)
    assert [tick.label for tick in scale.ticks(5)] == ["0.1", "1", "10", "100", "1000"]
    assert scale.place(10) - scale.place(1) == pytest.approx(scale.place(1000) - scale.place(100))


@given(st.floats(0, 1))
def test_what_is_at_a_place_is_placed_there(place: float) -> None:
    for scale in (GAP.scale, PRESSURE.scale):
        assert scale.place(scale.at(place)) == pytest.approx(place, abs=1e-9)


def test_values_far_off_or_none_do_not_break_a_scale() -> None:
    assert AxisScale.around([math.nan, math.inf]) == AxisScale(0.0, 1.0)
    assert AxisScale.around([2.0, math.nan]).low < 2 < AxisScale.around([2.0]).high


def test_known_points_are_met_and_between_them_values_are_too() -> None:
    field = surface()
    found = field.value(GAP.place(GAP.numbers[4]), PRESSURE.place(PRESSURE.numbers[7]))
    assert found == pytest.approx(field.values[7][4])
    halfway = (GAP.numbers[4] + GAP.numbers[5]) / 2
    found = field.value(GAP.place(halfway), PRESSURE.place(PRESSURE.numbers[7]))
    low, high = sorted([field.values[7][4] or 0.0, field.values[7][5] or 0.0])
    assert found is not None
    assert low < found < high


def test_beside_what_is_not_known_the_nearer_known_value_stands() -> None:
    axis = GridAxis("a", None, [0.0, 1.0])
    field = Field(axis, axis, [[1.0, None], [1.0, math.nan]])
    assert field.value(0.4, 0.0) == 1.0
    assert field.value(0.6, 0.0) is None
    assert field.value(0.6, 1.0) is None


def test_categories_have_room_of_their_own_and_one_value_stands_in_the_middle() -> None:
    assert BINDER.place("PVDF-B") == pytest.approx(0.5)
    assert math.isnan(BINDER.place("unheard of"))
    assert BINDER.between(0.34) == (1, 1, 0.0)
    assert ONE.place(2.0) == pytest.approx(0.5)
    assert [tick.label for tick in ONE.ticks(5)] == ["2"]
