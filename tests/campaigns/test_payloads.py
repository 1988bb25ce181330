"""Fields of stored events that do not hold what their kind promises are named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from designer.campaigns.log.events import KINDS, Event
from designer.campaigns.log.payloads import unreadable_fields

PLAN = {
    "run": "R001", "order": 1, "settings": {"gap": 100.0}, "batch": {"slurry": "slurry-01"},
    "predicted": {"loading": {"mean": 3.0, "sd": 0.1}},
}  # fmt: skip
ROW = {
    "settings": {"gap": 100.0, "binder": "PVDF"}, "given": {"room": 21.0}, "made_at": None,
    "responses": {"loading": [{"number": 3.1, "text": "3,1", "unit": "mg/cm^2"}]},
    "batch": {"slurry": "a"}, "extra": {},
}  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "plan_proposed": {"plan": "P001", "goal": "learn", "seed": 0, "runs": [PLAN, PLAN]},
    "line_added": {
        "name": "line2", "rows": [ROW, ROW], "mapping": {}, "sha256": "", "batches": True,
    },
    "result_recorded": {
        "run": "R001", "responses": {"loading": [{"number": 3.0, "text": "3,0", "unit": None}]},
        "used": {"gap": {"number": 99.0, "text": "99", "unit": None}},
    },
}  # fmt: skip


def event(kind: str, body: dict[str, Any]) -> Event:
    moment = "2026-03-01T08:00:00.000000Z"
    return Event(7, "c.7", kind, KINDS[kind].version, body, "anna", moment, "0.2.0", "0" * 8)


def with_value(value: Any, place: tuple[str | int, ...], other: object) -> Any:
    """A copy of nested dicts and lists in which one value is another one."""
    if not place:
        return other
    first, *rest = place
    changed = with_value(value[first], tuple(rest), other)
    if isinstance(value, list):
        return [changed if k == first else each for k, each in enumerate(value)]
    return {**value, first: changed}


@pytest.mark.parametrize("kind", BODIES)
def test_what_the_program_writes_is_readable(kind: str) -> None:
    assert list(unreadable_fields("demo", [event(kind, BODIES[kind])])) == []


@pytest.mark.parametrize(
    ("kind", "place", "other", "where"),
    [
        ("plan_proposed", ("seed",), "none", "seed of plan_proposed"),
        ("plan_proposed", ("runs",), {}, "runs of plan_proposed"),
        ("plan_proposed", ("runs", 1, "order"), "first", "runs 2, order of plan_proposed"),
        ("plan_proposed", ("runs", 0, "settings", "gap"), [1], "runs 1, settings"),
        ("plan_proposed", ("runs", 1, "predicted", "loading", "sd"), "x", "runs 2, predicted"),
        ("line_added", ("rows", 1, "given", "room"), "warm", "rows 2, given"),
        ("line_added", ("rows", 0, "responses", "loading"), 3.0, "rows 1, responses"),
        ("line_added", ("rows", 0, "made_at"), 12, "rows 1, made_at"),
        ("result_recorded", ("responses", "loading"), "3.0", "responses of result_recorded"),
        (
            "result_recorded", ("responses", "loading", 0, "number"), "three",
            "responses loading, number of result_recorded",
        ),
        ("result_recorded", ("used", "gap", "text"), 99, "used gap, text of result_recorded"),
    ],
)  # fmt: skip
def test_a_field_of_another_shape_is_named_with_its_place(
    kind: str, place: tuple[str | int, ...], other: object, where: str
) -> None:
    good = event(kind, BODIES[kind])
    bad = replace(good, body=with_value(BODIES[kind], place, other))
    (problem,) = unreadable_fields("demo", [good, bad])
    assert problem.where == "demo#7"
    assert where in problem.what
    assert "cannot be read" in problem.what
