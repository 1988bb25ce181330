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


@pytest.mark.parametrize("unit", ["degC", "K", "rpm", "psi", "m^0.5", "9**9**9", "", "mg/", "foo"])
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
