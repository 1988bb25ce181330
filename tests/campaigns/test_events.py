"""Events: their text form, their hashes, what is refused, what is said about them."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.campaigns.errors import StoreDamagedError
from designer.campaigns.log import fold as fold_module
from designer.campaigns.log.describe import (
    _WRITERS,
    describe,
    value_text,
    who_when,
)
from designer.campaigns.log.events import (
    GENESIS,
    KINDS,
    Event,
    NewEvent,
    canonical_json,
    check_known,
    event_hash,
    event_problems,
    head_text,
    parse_json,
)
from designer.campaigns.values import times

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abcµ", max_size=4), inner),
    max_leaves=12,
)
ROW = ("c1", 3, "cmd.0", "note_added", 1, '{"run":null,"text":"a"}', "anna", "2026", "0.1.0")


def an_event(**changes: Any) -> Event:
    event = Event(
        seq=2,
        event_id="a-b.0",
        kind="note_added",
        version=KINDS["note_added"].version,
        body={"run": None, "text": "hello", "confirms": None, "responses": None},
        actor="anna",
        recorded_at="2026-03-01T08:15:00.000000Z",
        program="0.1.0",
        hash="00",
    )
    return replace(event, **changes)


@given(JSON)
def test_canonical_json_round_trips_bit_for_bit_and_is_stable(value: Any) -> None:
    text = canonical_json(value)
    assert parse_json(text) == value
    assert canonical_json(parse_json(text)) == text


@given(st.dictionaries(st.text(max_size=3), st.integers(), max_size=5))
def test_canonical_json_does_not_depend_on_the_order_of_keys(value: dict[str, int]) -> None:
    turned = dict(reversed(list(value.items())))
    assert canonical_json(turned) == canonical_json(value)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_are_refused_on_both_ways(bad: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"number": bad})
    with pytest.raises(ValueError, match="no JSON number"):
        parse_json(json.dumps({"number": bad}))


@pytest.mark.parametrize("place", range(len(ROW)))
def test_every_column_of_a_row_is_covered_by_its_hash(place: int) -> None:
    changed: list[Any] = list(ROW)
    was = ROW[place]
    changed[place] = f"{was}x" if isinstance(was, str) else was + 1
    assert event_hash(GENESIS, tuple(changed)) != event_hash(GENESIS, ROW)


def test_the_hash_covers_the_hash_before() -> None:
    assert event_hash("ab", ROW) != event_hash("ac", ROW)


def test_the_hash_is_sha256_of_the_canonical_row() -> None:
    # sha256sum of ["c",1,"e.0","k",1,"{}","a","t","p"]: the format of stores already written
    expected = "e3aa52d8d3ac3fe6a74cd3eda9fc9102529941d59dc74555faa8537491d5d7fd"
    digest = event_hash(GENESIS, ("c", 1, "e.0", "k", 1, "{}", "a", "t", "p"))
    assert digest == expected
    assert head_text(7, digest) == "7:e3aa52d8"


@pytest.mark.parametrize("length", [2**20, 2**20 + 1, 2 * 2**20 + 7])
def test_a_long_row_has_the_same_hash_piece_by_piece(length: int) -> None:
    body = ('ab"\\\n\x01/ä€😀' * (length // 10 + 1))[:length]
    row = ("c", 1, "e", "k", 1, body, "a", "t", "p")
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    assert event_hash(GENESIS, row) == hashlib.sha256((GENESIS + text).encode()).hexdigest()
    with pytest.raises(UnicodeEncodeError):
        event_hash(GENESIS, (*row[:5], f"{body}\ud800", *row[6:]))


def test_every_kind_can_be_folded_and_described() -> None:
    assert set(fold_module._HANDLERS) | {"event_reversed"} == set(KINDS)
    assert set(_WRITERS) == set(KINDS)


def test_drafts_with_missing_or_unknown_keys_are_a_fault_of_the_program() -> None:
    good = NewEvent("note_added", {"run": None, "text": "a", "confirms": None, "responses": None})
    assert event_problems([good]) == []
    found = event_problems(
        [NewEvent("campaign_closed", {"colour": "red"}), NewEvent("run_painted", {})]
    )
    assert len(found) == 3
    assert "lacks 'reason'" in found[0]
    assert "does not know 'colour'" in found[1]
    assert "run_painted" in found[2]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "run_painted", "program": "9.9"}, "run_painted.*9.9"),
        ({"version": 9}, "payload version 9.*knows version 3"),
        ({"body": {"run": None}}, "lacks confirms, responses, text"),
    ],
)
def test_an_event_nobody_understands_stops_the_reading_and_is_named(
    changes: dict[str, Any], said: str
) -> None:
    check_known(an_event(), "demo")
    with pytest.raises(StoreDamagedError, match=f"demo#2: .*{said}"):
        check_known(an_event(**changes), "demo")


def test_the_command_of_an_event() -> None:
    assert an_event().command_id == "a-b"


def test_descriptions_name_the_facts() -> None:
    assert describe(an_event()) == "note: hello"
    note = {"run": "R001", "text": "x" * 99, "confirms": None, "responses": None}
    assert describe(an_event(body=note)) == f"note on R001: {'x' * 59}…"
    confirming = {"run": "R001", "text": "seen", "confirms": "slip", "responses": None}
    assert describe(an_event(body=confirming)) == "note on R001, slip confirmed: seen"
    of_one = {**confirming, "responses": ["loading"]}
    assert describe(an_event(body=of_one)) == "note on R001, slip of loading confirmed: seen"
    assert who_when("anna", "2026-03-01T08:15:00.000000Z") == "by anna on 2026-03-01 08:15 UTC"
    assert who_when("", "2026") == ""
    assert value_text({"number": 120.0, "text": "0.12", "unit": "mm"}) == "0.12 mm"
    assert value_text(None) == "none"


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2026-02-28", "2026-02-28"),
        (" 2026-02-28T10:30+02:00 ", "2026-02-28T08:30:00.000000Z"),
        ("2026-02-28T10:30Z", "2026-02-28T10:30:00.000000Z"),
        ("2026-02-28 10:30:00.5Z", "2026-02-28T10:30:00.500000Z"),
    ],
)
def test_times_of_making(typed: str, stored: str) -> None:
    assert times.parse_made_at(typed, NOW) == stored


def test_a_time_without_a_zone_is_local_time() -> None:
    stored = times.parse_made_at("2026-02-28T10:30", NOW)
    local = datetime(2026, 2, 28, 10, 30).astimezone()
    assert stored == times.utc_text(local)


@pytest.mark.parametrize(
    "typed", ["yesterday", "28.02.26", "2026-13-01", "", "2026-03-03T12:01Z", "2026-03-09"]
)
def test_times_that_cannot_be(typed: str) -> None:
    with pytest.raises(ValueError, match=r"no date or time|lies in the future"):
        times.parse_made_at(typed, NOW)


def test_a_clock_a_few_hours_ahead_is_accepted() -> None:
    assert times.parse_made_at("2026-03-02T11:59Z", NOW)


def test_stored_times_are_utc_with_a_zone() -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(microseconds=5)
    assert times.utc_text(moment) == "2026-03-01T12:00:00.000005Z"
    with pytest.raises(ValueError, match="zone"):
        times.utc_text(moment.replace(tzinfo=None))


def test_moments_are_ordered_as_told_then_as_recorded_then_by_place() -> None:
    day, hour = times.sort_key("2026-03-01", "x", 9), times.sort_key("2026-03-01T10:00:00Z", "x", 1)
    assert day < hour < times.sort_key(None, "2026-03-01T10:00:00.5Z", 2)
