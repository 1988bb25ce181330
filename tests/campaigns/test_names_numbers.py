"""Names, short texts and numbers as people type them."""

from __future__ import annotations

import math
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.campaigns.values.names import (
    clean_text,
    name_problem,
    nearest,
    suggestion,
)
from designer.campaigns.values.numbers import (
    decimal_mark,
    exact,
    number_text,
    parse_number,
    plain,
)

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("56.5", 56.5),
        (" 12\t", 12.0),
        ("-3", -3.0),
        ("+.5", 0.5),
        ("7.", 7.0),
        ("1e-7", 1e-7),
        ("1E+3", 1000.0),
        ("007", 7.0),
    ],
)
def test_plain_numbers_are_read(text: str, number: float) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["", " ", "nan", "NaN", "inf", "-Infinity", "1_000", "１２", "1,5", "0x10", "1e999", "1e", ".",
     "1 2", "--1", "1.2.3", "٣", "1\n2", "9" * 400, "12%", "1j"],
)  # fmt: skip
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    assert parse_number(text) is None


@given(FINITE)
def test_number_text_reads_back_exactly(value: float) -> None:
    text = number_text(value)
    assert parse_number(text) == value
    assert not text.endswith(".0")


@pytest.mark.parametrize(
    ("value", "text"),
    [(56.5, "56.5"), (12.0, "12"), (1e-7, "1e-7"), (-0.0, "0"), (0.1, "0.1"), (math.inf, "inf")],
)
def test_number_text_has_no_float_noise(value: float, text: str) -> None:
    assert number_text(value) == text


@given(FINITE)
def test_exact_is_the_shortest_decimal_of_a_float(value: float) -> None:
    assert float(exact(value)) == value
    assert exact(0.1) == Decimal("0.1")


@given(FINITE)
def test_plain_keeps_the_value(value: float) -> None:
    assert plain(value) == value
    assert isinstance(plain(12.0), int)


def test_clean_text_normalises_and_strips() -> None:
    assert clean_text("  nmc\u00a0622 ", limit=64) == "nmc 622"
    assert clean_text("e\u0301", limit=1) == "\u00e9"
    assert clean_text("a\r\nb\tc", limit=10, multiline=True) == "a\nb\tc"


@pytest.mark.parametrize(
    "text",
    ["", "   ", "a\x00b", "a\x1b[31m", "a\u202eb", "a\u2066b", "a\u200bb", "a\nb", "a\ufeffb",
     "a\ud800b", "a\u2028b", "x" * 65],
)  # fmt: skip
def test_clean_text_refuses_what_misleads(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        clean_text(text, limit=64)


@given(st.text(max_size=80))
def test_clean_text_is_stable_and_printable(text: str) -> None:
    try:
        cleaned = clean_text(text, limit=64)
    except ValueError:
        return
    assert clean_text(cleaned, limit=64) == cleaned
    assert cleaned.isprintable()
    assert unicodedata.is_normalized("NFC", cleaned)


@pytest.mark.parametrize("name", ["a", "_x", "solid_content", "T2", "A" * 64, "means", "sd"])
def test_good_names(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "no valid name"),
        ("2a", "no valid name"),
        ("a b", "no valid name"),
        ("a-b", "no valid name"),
        ("größe", "no valid name"),
        ("a\n", "no valid name"),
        ("A" * 65, "no valid name"),
        ("min", "reserved"),
        ("Run", "reserved"),
        ("nan", "reserved"),
        ("x_mean", "_mean"),
        ("x_sd", "_sd"),
        ("x_sd_result", "_sd_result"),
        ("made_at", "column"),
        ("in_spec", "column"),
    ],
)
def test_bad_names_say_why(name: str, reason: str) -> None:
    assert reason in (name_problem(name) or "")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("coatinggap", "coating_gap"),
        ("Coating-Gap", "coating_gap"),
        ("coating_gpa", "coating_gap"),
        ("gap", "coating_gap"),
        ("presure", "pressure"),
        ("zzz", None),
        ("", None),
    ],
)
def test_nearest_name(typed: str, meant: str) -> None:
    known = ["coating_gap", "pressure", "solid_content"]
    assert nearest(typed, known) == meant
    expected = None if meant is None else f"Did you mean '{meant}'?"
    assert suggestion(typed, known) == expected
    assert nearest(typed, []) is None


def test_a_list_keeps_its_mark_in_a_file_of_decimal_commas() -> None:
    lists = ["52.81/76.82", "1.5/2.25"]
    assert decimal_mark(["37,4137980118888", *lists], ";") == ","
    assert decimal_mark(["37,41", "1.5", "2.25"], ";") == "."  # refused cell by cell
    assert decimal_mark(lists, ";") == "."
