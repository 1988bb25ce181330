"""Numbers, texts and tables as people read them."""

import datetime as dt
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.render.table import (
    Column,
    display_width,
    paragraph,
    table,
    wrapped,
)
from designer.render.words import (
    amount,
    moment,
    number,
    pairs,
    plain,
    priced,
    rounded,
    share,
    with_error,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (56.5, "56.5"), (12.0, "12"), (12, "12"), (0.1 + 0.2, "0.30000000000000004"),
        (1e-07, "1e-7"), (-0.0, "0"), ("PVDF-A", "PVDF-A"), (None, "–"), (math.inf, "inf"),
    ],
)  # fmt: skip
def test_settings_are_written_exactly(value: float, text: str) -> None:
    assert number(value) == text


@given(st.floats(allow_nan=False))
def test_a_written_number_reads_back_the_same(value: float) -> None:
    assert float(number(value)) == value


@pytest.mark.parametrize(
    ("mean", "sd", "text"),
    [
        (31.4159, 0.8321, "31.42 ± 0.83"),
        (31.4159, 0.0996, "31.42 ± 0.10"),
        (31.4159, 12.3, "31 ± 12"),
        (31.4159, 123.4, "31 ± 123"),
        (-0.001, 0.5, "0.00 ± 0.50"),
        (0.00012345, 0.0000056, "0.0001234 ± 0.0000056"),
        (1.5e12, 2e10, "1.5e12 ± 2e10"),
        (1e-13, 1e-14, "1e-13 ± 1e-14"),
        (31.4159, None, "31.4159"),
        (31.4159, 0.0, "31.4159"),
        (31.4159, math.nan, "31.4159"),
        (None, 1.0, "–"),
        (math.nan, 1.0, "–"),
    ],
)
def test_errors_have_two_digits_and_means_go_as_far(mean: float, sd: float, text: str) -> None:
    assert with_error(mean, sd) == text


def test_shares_never_claim_certainty() -> None:
    told = [share(value) for value in (0, 0.001, 0.0149, 0.5, 0.991, 0.9999, 1, None, math.nan)]
    assert told == ["0 %", "<1 %", "1 %", "50 %", ">99 %", ">99 %", "100 %", "–", "–"]


def test_computed_figures() -> None:
    assert [rounded(value) for value in (1.005, -0.001, 2, None, math.inf)] == [
        "1.00", "0.00", "2.00", "–", "–",
    ]  # fmt: skip
    assert [amount(value) for value in (3.0, 3.5, 3.456, 100, 0)] == ["3", "3.5", "3.46", "100",
                                                                      "0"]  # fmt: skip
    assert pairs({"a": 1.0, "b": "x"}) == "a=1, b=x"
    assert pairs({}) == "–"


def test_times_are_local_to_the_minute() -> None:
    stored = "2026-11-20T13:05:59.000000Z"
    local = dt.datetime(2026, 11, 20, 13, 5, tzinfo=dt.UTC).astimezone()
    assert moment(stored) == local.strftime("%Y-%m-%d %H:%M")
    assert moment("2026-11-20") == "2026-11-20"  # nobody told a time of day
    assert moment("last night") == "last night"
    assert moment(None) == "–"


@given(st.text(alphabet=st.characters(), max_size=30))
def test_plain_text_is_printable_and_stays(text: str) -> None:
    once = plain(text)
    assert once.isprintable()
    assert plain(once) == once
    if text.isprintable():
        assert once == text


WORDS = st.text(alphabet="abcdefgh_ é漢", max_size=24)


@given(st.lists(WORDS, max_size=6).map(" ".join), st.integers(2, 40))
def test_wrapped_text_keeps_every_character_and_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(display_width(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == "".join(text.split())


def columns_of(names: list[str], cell: str, **more: Any) -> list[Column]:
    return [Column(name, [cell, cell], **more) for name in names]


@given(st.integers(1, 14), st.integers(40, 120), st.integers(1, 12))
def test_a_table_of_any_number_of_columns_fits_the_screen(
    count: int, width: int, size: int
) -> None:
    key = Column("run", ["R001", "R002"], left=True, key=True)
    names = [f"calendering_pressure_{chr(97 + k)}" for k in range(count)]
    lines = table([key, *columns_of(names, "9" * size, unit="MPa")], width)
    assert all(display_width(line) <= width for line in lines)
    assert sum(line.count("9" * size) for line in lines) == 2 * count
    blocks = "\n".join(lines).split("\n\n")
    assert all(block.count("R001") == 1 for block in blocks)


def test_columns_are_aligned_and_carry_units() -> None:
    lines = table(
        [
            Column("run", ["R1", "R22"], left=True),
            Column("gap", ["5", "100"], "um"),
            Column("ratio", ["1", "2"], "1"),
        ],
        80,
    )
    assert lines == [
        "run   gap  ratio",
        "     [um]",
        "R1      5      1",
        "R22   100      2",
    ]


def test_headings_break_before_the_table_does_and_only_where_needed() -> None:
    lines = table(columns_of(["calendering_pressure", "calendering_speed", "drying_zone"], "1"), 40)
    assert lines == [
        "calendering_                     drying_",
        "    pressure  calendering_speed     zone",
        "           1                  1        1",
        "           1                  1        1",
    ]


def test_long_cells_wrap_under_themselves() -> None:
    cells = ["a sentence that is longer than the room it has", "short"]
    lines = table([Column("n", ["1", "2"]), Column("what", cells, left=True, wrap=True)], 40)
    assert lines == [
        "n  what",
        "1  a sentence that is longer than the",
        "   room it has",
        "2  short",
    ]


def test_wide_characters_take_two_cells() -> None:
    lines = table([Column("x", ["漢字", "ab"], left=True), Column("y", ["1", "2"])], 80)
    assert lines[1:] == ["漢字  1", "ab    2"]


def test_a_paragraph_is_indented_under_its_label() -> None:
    assert paragraph("Note: ", "one two three four", 16) == [
        "Note: one two three",
        "      four",
    ]
    assert paragraph("Note: ", "", 40) == ["Note: "]


def test_an_empty_table_has_its_heading() -> None:
    assert table([Column("run", [])], 80) == ["run"]


@pytest.mark.parametrize(
    ("cost", "unit", "told"),
    [(1, "runs", "1 run"), (1.0, "runs", "1 run"), (4, "runs", "4 runs"), (1.5, "h", "1.5 h"),
     (1, "h", "1 h"), (0, "runs", "0 runs"), (0.999, "runs", "1 run")],
)  # fmt: skip
def test_one_run_costs_one_run(cost: float, unit: str, told: str) -> None:
    assert priced(cost, unit) == told
