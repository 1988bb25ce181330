"""Units: pint behind a strict grammar, exact in decimals."""

from __future__ import annotations

import decimal
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.campaigns.errors import InputError
from designer.campaigns.values import units as quantities
from designer.campaigns.values.numbers import how_to_write
from designer.campaigns.values.quantity import Quantity, stored_setting
from designer.campaigns.values.unit_grammar import parse_unit
from designer.campaigns.values.units import (
    check_unit,
    convert,
    is_share,
    same_unit,
)
from tests.speed import allowed


@pytest.mark.parametrize("unit", sorted(quantities.COMMON_UNITS))
def test_pint_reads_the_common_units(unit: str) -> None:
    quantities._parsed(unit)
    quantities._scale(unit)


@pytest.mark.parametrize(
    ("unit", "powers"),
    [
        ("1", ()),
        ("wt%", (("percent", 1),)),
        ("cm2", (("cm", 2),)),
        ("mg/cm^2", (("mg", 1), ("cm", -2))),
        ("g cm-3", (("g", 1), ("cm", -3))),
        ("g·cm⁻³", (("g", 1), ("cm", -3))),
        ("m**-1", (("m", -1),)),
        ("kN/(m s)", (("kN", 1), ("m", -1), ("s", -1))),
        ("1/(Pa*s)^2", (("Pa", -2), ("s", -2))),
        ("m per s", (("m", 1), ("s", -1))),
        ("inH2O", (("inH2O", 1),)),
        ("m^0.5", (("m", 0.5),)),
        ("m^(-1)", (("m", -1),)),
    ],
)
def test_units_are_split(unit: str, powers: tuple[tuple[str, int], ...]) -> None:
    assert parse_unit(unit) == powers
    assert check_unit(unit) is None


@pytest.mark.parametrize(
    "unit",
    ["", " ", "EUR", "mpaa", "10 um", "m^", "m/", "/m", "(m", "m)", "m^9^9", "9**9**9", "2",
     "m + s", "m^10", "x" * 41, "m; import os", "__class__", "m.real", "percent percent%%%x"],
)  # fmt: skip
def test_what_is_no_unit_is_refused(unit: str) -> None:
    assert check_unit(unit)


def test_misspelt_units_get_a_suggestion() -> None:
    assert "did you mean 'MPa'?" in (check_unit("mpa") or "")


@pytest.mark.parametrize(
    ("value", "start", "end", "result"),
    [
        (0.12, "mm", "um", 120.0),
        (0.07, "mm", "um", 70.0),  # 0.07 * 1000 is 70.00000000000001 in floats
        (0.3, "mm", "um", 300.0),
        (62, "wt%", "1", 0.62),
        (0.62, "1", "%", 62.0),
        (5, "vol%", "mol%", 5.0),
        (12, "mg/cm^2", "gsm", 120.0),
        (25, "degC", "K", 298.15),
        (5, "degC/min", "K/min", 5.0),
        (1, "inch", "mm", 25.4),
        (20, "MPa", "bar", 200.0),
        (90, "min", "h", 1.5),
        (200, "mAh/g", "Ah/kg", 200.0),
        (3.3, "nonsense", "nonsense", 3.3),
    ],
)
def test_conversions_are_exact(value: float, start: str, end: str, result: float) -> None:
    assert convert(value, start, end) == result


@given(st.decimals(-1000, 1000, places=4))
def test_there_and_back_is_the_same_number(number: decimal.Decimal) -> None:
    value = float(number)
    assert convert(convert(value, "um", "mm"), "mm", "um") == value
    assert convert(convert(value, "mg/cm^2", "gsm"), "gsm", "mg/cm2") == value


@pytest.mark.parametrize(
    ("value", "start", "end", "named"),
    [
        (3.0, "mm", "MPa", ["'mm'", "'MPa'", "3 mm"]),
        (3.0, "EUR", "mm", ["'EUR'"]),
        (3.0, "EUR", "USDX", ["'EUR'", "'USDX'"]),
        (1e300, "km", "nm", ["too large"]),
        (3.0, "wt%", "g", ["'wt%'"]),
    ],
)
def test_impossible_conversions_name_both_units(
    value: float, start: str, end: str, named: list[str]
) -> None:
    with pytest.raises(InputError) as caught:
        convert(value, start, end)
    assert all(word in str(caught.value) for word in named)


def test_same_units() -> None:
    assert same_unit("wt%", "%")
    assert same_unit("cm2", "cm^2")
    assert same_unit(None, "1")
    assert not same_unit("mm", "um")
    assert not same_unit("mm", "EUR")
    assert is_share("wt%")
    assert not is_share("1")
    assert not is_share(None)


def test_hostile_units_cost_nothing() -> None:
    started = time.process_time()
    for unit in ("9**9**9**9", "(((((((m^9)^9)^9)^9)^9)^9)^9)", "m^9" * 13, "(" * 40, "a" * 10**6):
        check_unit(unit)
    assert time.process_time() - started < allowed(2.0)


def test_common_units_do_not_load_pint() -> None:
    code = (
        "import sys;"
        "from designer.campaigns.specification import load;"
        "load.from_toml(load.example_text());"
        "print([m for m in ('pint', 'numpy', 'pandas', 'scipy', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("12,5", "Write 12.5"), ("-0,332 %", "Write -0.332 %"), ("12,5 um", "Write 12.5 um"),
        ("1,234", "Write 1.234 or 1234"), ("1,234.5", "Write 1234.5"), ("1.234,5", "Write 1234.5"),
        ("1 234", "Write 1234"), ("1'234.5 um", "Write 1234.5 um"),
        ("5.2 ± 0.1", "Write 5.2 alone; noise_sd tells a known repeatability"),
        ("5.2 +/- 0.1", "Write 5.2 alone; noise_sd tells a known repeatability"),
        ("<5", "Write the value that was measured: a bound is none"),
        ("twelve", None), ("12;5", None), ("12.5.1", None), ("0x10", None), ("1_000", None),
    ],
)  # fmt: skip
def test_numbers_typed_otherwise_are_no_quantities_and_told_how(
    typed: str, advice: str | None
) -> None:
    assert how_to_write(typed) == advice
    quantity = Quantity.of(typed)
    if typed != "0x10":  # x10 could be a unit, and is refused as one
        assert quantity.number is None
        assert quantity.category == typed


@pytest.mark.parametrize(
    "unit", ["mg/cm^2", "%", "°C", "µm", "1/s", "Ω", "(m s)^-1", "wt%", "g cm-3", "um²"]
)
def test_units_may_follow_with_or_without_a_space(unit: str) -> None:
    assert Quantity.of(f"12.5 {unit}").unit == unit
    if not unit.startswith("1"):
        assert Quantity.of(f"-12.5{unit}").unit == unit


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("31/s", 31.0, "1/s"),
        ("31 /s", 31.0, "1/s"),
        ("31 1/s", 31.0, "1/s"),
        ("311/s", 311.0, "1/s"),
        ("1.51/s", 1.51, "1/s"),
        ("1e-3/s", 0.001, "1/s"),
        ("21/min", 21.0, "1/min"),
        ("31 1", 31.0, "1"),
        ("31", 31.0, None),
        ("311", 311.0, None),
    ],
)
def test_the_one_of_a_unit_is_no_digit_of_the_number(
    text: str, number: float, unit: str | None
) -> None:
    found = Quantity.of(text)
    assert (found.number, found.unit and found.unit.replace(" ", "")) == (number, unit)
    if unit != "1":
        assert found.in_unit("1/s").value == pytest.approx(number / (60 if unit == "1/min" else 1))


@pytest.mark.parametrize("written", ["12.50", "0", "3 mm", "PVDF-A", "1/s"])
def test_a_stored_setting_is_the_one_that_was_written(written: str) -> None:
    quantity = Quantity.of(written)
    assert stored_setting(quantity.stored()) == quantity.setting
    assert stored_setting({"category": "PVDF-A"}) == "PVDF-A"  # of an event without its text


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("12,5", 12.5, None), (" -0,332 % ", -0.332, "%"), ("12,5um", 12.5, "um"),
        (",5", 0.5, None),
        ("0,125 mm", 0.125, "mm"), ("1,2345", 1.2345, None), ("3,1e-2", 0.031, None),
        ("12.5", 12.5, None), ("7", 7.0, None),
    ],
)  # fmt: skip
def test_a_decimal_comma_that_can_be_nothing_else_is_read(
    text: str, number: float, unit: str | None
) -> None:
    found = Quantity.typed(text)
    assert (found.number, found.unit) == (number, unit)
    assert found.text == text.strip().removesuffix(unit or "").strip()


@pytest.mark.parametrize(
    "text", ["1,234", "1.234,5", "1,234,5", "1,2 3", "a,5", "1,", ",", "12,5,6"]
)
def test_what_may_be_read_either_way_is_none(text: str) -> None:
    assert Quantity.typed(text).number is None
