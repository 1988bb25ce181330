"""The table of usual units says what pint says, and the program needs no pint for them."""

import itertools

import pytest

from designer.campaigns.values import units
from designer.campaigns.values.common_scales import _TABLE, common_scale
from designer.campaigns.values.units import COMMON_UNITS, convert, measures

NAMES = sorted({*_TABLE, *COMMON_UNITS} - {"percent"})


def by_pint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "common_scale", lambda _unit: None)


def test_every_usual_unit_is_converted_as_pint_does(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [
        (one, other)
        for one, other in itertools.permutations(NAMES, 2)
        if common_scale(one) and common_scale(other) and measures(one, other)
    ]
    assert len(pairs) > 200
    ours = [convert(7.3, one, other) for one, other in pairs]
    by_pint(monkeypatch)
    assert ours == [convert(7.3, one, other) for one, other in pairs]


def test_the_same_units_measure_the_same_for_both(monkeypatch: pytest.MonkeyPatch) -> None:
    known = [name for name in NAMES if common_scale(name)]
    some = [*known[::3], "degC", "K", "rpm"]
    ours = {(one, other): measures(one, other) for one in known[:40] for other in some}
    by_pint(monkeypatch)
    assert ours == {pair: measures(*pair) for pair in ours}


@pytest.mark.parametrize("unit", ["degC", "K", "psi", "m^0.5", "9**9**9", "", "mg/", "foo"])
def test_what_is_not_in_the_table_is_left_to_pint(unit: str) -> None:
    assert common_scale(unit) is None


def test_composed_units_need_no_pint(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise AssertionError("pint was asked")

    monkeypatch.setattr(units, "_registry", none)
    assert convert(2.0, "g/(cm^2 min)", "mg/(m2 s)") == pytest.approx(2.0 * 1e3 / 1e-4 / 60)
    assert units.check_unit("g cm-3") is None
    assert units.same_unit("cm2", "cm^2")
    assert not measures("mm", "g")


@pytest.mark.parametrize(
    ("value", "unit", "other", "meant"),
    [
        (600, "1/min", "rpm", 600),
        (10, "Hz", "rpm", 600),
        (600, "U/min", "1/s", 10),
        (1500, "rpm", "min^-1", 1500),
        (2, "mPas", "mPa*s", 2),
        (2, "mPa.s", "Pa*s", 0.002),
        (3, "mOhm", "ohm", 0.003),
        (4, "Ohm cm", "ohm*m", 0.04),
        (2, "g/ccm", "g/cm^3", 2),
        (42, "Vol.-%", "%", 42),
        (42, "Gew.-%", "wt%", 42),
        (42, "wt. %", "1", 0.42),
        (42, "pct", "vol%", 42),
        (45, "% RH", "%", 45),
        (45, "%r.F.", "1", 0.45),
        (25, "C", "degC", 25),
        (25, "deg C", "°C", 25),
        (0, "C", "K", 273.15),
        (5, "mg cm−2", "g/m^2", 50),
    ],
)
def test_units_are_read_as_laboratories_write_them(
    value: float, unit: str, other: str, meant: float
) -> None:
    assert units.check_unit(unit) is None
    assert convert(value, unit, other) == pytest.approx(meant)
    assert convert(meant, other, unit) == pytest.approx(value)
    assert measures(unit, other)


def test_a_coulomb_is_a_temperature_beside_one_alone() -> None:
    assert convert(3.6, "C", "mAh") == pytest.approx(1)
    assert not measures("C", "m")
    assert units.same_unit("C", "degC")
    assert not units.same_unit("C", "K")


@pytest.mark.parametrize(("unit", "share"), [("Gew.-%", True), ("percent", True), ("%/h", False)])
def test_a_share_is_one_however_it_is_written(unit: str, share: bool) -> None:
    assert units.is_share(unit) is share


@pytest.mark.parametrize(
    ("value", "unit", "other", "meant"),
    [
        (1, "rad/s", "rpm", 9.549296585513721),
        (6, "deg/s", "rpm", 1),
        (2, "krpm", "1/min", 2000),
        (1, "revolutions_per_minute", "Upm", 1),
        (60, "cycles/min", "1/s", 1),
        (180, "deg", "rad", 3.141592653589793),
        (1, "rad/s", "deg/s", 57.29577951308232),
    ],
)
def test_a_turn_is_a_turn_and_an_angle_a_part_of_it(
    value: float, unit: str, other: str, meant: float
) -> None:
    assert convert(value, unit, other) == pytest.approx(meant)
    assert convert(meant, other, unit) == pytest.approx(value)


@pytest.mark.parametrize(("unit", "other"), [("turn", "deg"), ("1", "rad"), ("%", "deg")])
def test_an_angle_is_no_bare_number(unit: str, other: str) -> None:
    assert not measures(unit, other)
