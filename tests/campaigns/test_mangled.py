"""Names of categories and times that a spreadsheet has shown in its own way."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.campaigns.values.mangled import categories_shown
from designer.campaigns.values.times import parse_made_at

NAMES = (
    "007",
    "10E2",
    "1-2",
    "TRUE",
    "PVDF-A",
    "3.50",
    "MAR1",
    "10-26",
    "=x",
    "2026-10-15",
    "12:30",
    "5 %",
)
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("7", "007"), ("7.0", "007"), ("1000", "10E2"), ("1,00E+03", "10E2"), ("3,5", "3.50"),
        ("WAHR", "TRUE"), ("true", "TRUE"), ("2026-02-01", "1-2"), ("2026-01-02", "1-2"),
        ("2-Jan", "1-2"), ("01. Feb", "1-2"), ("02.01.2026", "1-2"), ("01.02.", "1-2"),
        ("1-Mar", "MAR1"), ("2026-03-01", "MAR1"), ("01. Mrz", "MAR1"), ("2026-10-01", "10-26"),
        ("'=x", "=x"),
        ("8", None), ("FALSE", None), ("2026-02-03", None), ("pvdf-a", None), ("", None),
        ("01/02/2026", "1-2"), ("10/15/2026", "2026-10-15"), ("15.10.2026", "2026-10-15"),
        ("12:30:00", "12:30"), ("12:30 PM", "12:30"), ("5%", "5 %"), ("5,00%", "5 %"),
        ("10/11/2026", None), ("2026-13-45", None), ("1-2-3-4", None), ("31.2 ± 0.5", None),
    ],
)  # fmt: skip
def test_a_cell_that_only_one_name_can_have_become(text: str, name: str | None) -> None:
    assert categories_shown(text, NAMES) == ([] if name is None else [name])


@pytest.mark.parametrize(
    ("text", "names"),
    [("7", ("007", "07")), ("2026-02-01", ("1-2", "2-1")), ("TRUE", ("true", "wahr"))],
)
def test_where_two_names_can_have_become_a_cell_both_are_told(
    text: str, names: tuple[str, ...]
) -> None:
    assert categories_shown(text, names) == [*names]


@given(st.text(max_size=12), st.lists(st.text(min_size=1, max_size=6), max_size=4, unique=True))
def test_any_text_is_taken_for_known_names_or_none(text: str, names: list[str]) -> None:
    assert {*categories_shown(text, names)} <= {*names}


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("15.10.2026", "2026-10-15"),
        ("1.3.2026", "2026-03-01"),
        ("10/15/2026", "2026-10-15"),
        ("15/10/2026", "2026-10-15"),
        ("5/5/2026", "2026-05-05"),
    ],
)
def test_days_as_spreadsheets_write_them(text: str, stored: str) -> None:
    assert parse_made_at(text, NOW) == stored


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("15.10.2026 8:30", "2026-10-15T08:30"),
        ("15.10.2026 08:30:15", "2026-10-15T08:30:15"),
        ("10/15/2026 8:30 PM", "2026-10-15T20:30"),
        ("10/15/2026, 12:05 am", "2026-10-15T00:05"),
        ("2026-10-15 08:30", "2026-10-15T08:30"),
    ],
)
def test_moments_as_spreadsheets_write_them(text: str, iso: str) -> None:
    assert parse_made_at(text, NOW) == parse_made_at(iso, NOW)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("10/5/2026", "may be 2026-10-05 or 2026-05-10; write which"),
        ("15.10.26", "no date or time"),
        ("31.02.2026", "no date or time"),
        ("15/10/2026 25:00", "no date or time"),
        ("24.12.2026", "in the future"),
    ],
)
def test_doubtful_times_are_refused(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse_made_at(text, NOW)
