"""Which groups of values look like another unit, and which only differ."""

import math
from collections.abc import Sequence

import pytest

from designer.campaigns.values.usual import ScaleDoubt, Usual, other_scale

PERCENT = [31.0, 33.2, 36.5, 38.9, 34.4]


def doubt(
    values: Sequence[float],
    known: Sequence[float],
    unit: str | None = "%",
    log: bool = False,
    possible: tuple[float, float] | None = None,
) -> ScaleDoubt | None:
    sizes, usual = Usual.of_values(values, log=log), Usual.of_values(known, log=log)
    assert sizes is not None
    assert usual is not None
    return other_scale(sizes, usual, unit, log=log, possible=possible)


@pytest.mark.parametrize(
    ("factor", "unit", "found"),
    [
        (0.01, "%", "1"),
        (100.0, "1", "%"),
        (1e-3, "um", "mm"),
        (1e3, "mm", "um"),
        (10.0, "mg/cm^2", "g/m^2"),
        (10.0, "MPa", "bar"),
        (60.0, "h", "min"),
        (1e3, None, None),
        (1e-2, "Pa*s", None),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_another_unit_is_named_with_its_factor(
    factor: float, unit: str | None, found: str | None, sign: int
) -> None:
    told = doubt([sign * factor * value for value in PERCENT], [sign * v for v in PERCENT], unit)

    assert told is not None
    assert told.unit == found
    assert math.isclose(told.factor, 1 / factor)


def test_kelvin_are_not_degrees_celsius() -> None:
    told = doubt([297.0, 298.0, 299.5, 301.0], [24.0, 25.0, 26.0, 28.0], "degC")

    assert told is not None
    assert told.unit == "K"


@pytest.mark.parametrize("shift", [0.21, 0.5, 2.0, 4.7])
@pytest.mark.parametrize("unit", ["%", "um", "mg/cm^2", None])
@pytest.mark.parametrize("log", [False, True])
def test_an_ordinary_shift_is_not_remarked(shift: float, unit: str | None, log: bool) -> None:
    assert doubt([shift * value for value in PERCENT], PERCENT, unit, log) is None


def test_values_over_decades_need_a_gap() -> None:
    decades = [10.0**k for k in range(-4, 3)]

    assert doubt([value / 1000 for value in decades], decades, "S/cm", log=True) is None
    assert doubt([value / 1000 for value in decades], decades, "S/cm") is None
    told = doubt([2e3, 5e3, 9e3, 4e3], [2.0, 5.0, 9.0, 3.0], "S/cm", log=True)
    assert told is not None
    assert told.unit == "mS/cm"


def test_values_around_zero_are_compared_by_size() -> None:
    around = [-3.0, 2.0, -1.0, 0.0, 2.5]

    assert doubt([0.5 * value for value in around], around, "mm") is None
    assert doubt([0.01, 0.0, -0.02], [8.0, 9.0, -3.0, 7.0], "mm") is not None
    told = doubt([1000 * value for value in around], around, "mm")
    assert told is not None
    assert told.unit == "um"
    assert Usual.of_values([0.0, 0.0]) is None


def test_few_values_do_not_tell_how_far_they_vary() -> None:
    assert doubt([55.0, 60.0, 70.0], [11.0], "mg/cm^2") is None
    assert doubt([55.0, 60.0, 70.0], [11.0, 12.0, 10.5], "mg/cm^2") is not None
    assert doubt([0.31, 0.33, 0.35], [33.0], "%") is not None


def test_a_conversion_out_of_what_is_possible_is_none() -> None:
    assert doubt([0.3, 0.4, 0.5], [30.0, 40.0, 50.0], possible=(0, 100)) is not None
    assert doubt([0.3, 0.4, 0.5], [30.0, 40.0, 50.0], possible=(0, 20)) is None


@pytest.mark.parametrize(
    ("window", "doubted"),
    [
        ((30.0, 35.0), True),
        ((30.0, math.inf), True),
        ((0.0, 35.0), False),  # nothing is too small for it
        ((-5.0, 35.0), False),
        ((-math.inf, 0.002), True),
    ],
)
def test_a_window_tells_the_size_where_it_can(window: tuple[float, float], doubted: bool) -> None:
    usual, sizes = Usual.of_window(window), Usual.of_values([0.31, 0.34, 0.4, 0.29])

    found = usual is not None and sizes is not None and other_scale(sizes, usual, "%") is not None
    assert found == doubted


def test_a_line_far_from_the_window_is_another_line_unless_a_unit_explains_it() -> None:
    usual, sizes = Usual.of_window((2000.0, 4000.0)), Usual.of_values([30.0, 40.0, 25.0, 50.0])
    assert usual is not None
    assert sizes is not None

    assert other_scale(sizes, usual, "mPa*s") is None
    assert other_scale(sizes, usual, None) is None


def test_the_largest_and_the_smallest_numbers_are_survived() -> None:
    for value in (5e-324, 1e155, 1e300, 1.7e308):
        for unit in ("um", "%", None):
            doubt([value] * 3, PERCENT, unit)
            doubt(PERCENT, [value] * 3, unit)
