"""Fields of stored events that do not hold what their kind promises are named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designer.campaigns.errors import DesignerError, Problem, StoreDamagedError
from designer.campaigns.log.events import KINDS, NewEvent, event_hash
from designer.campaigns.log.stored import chained, verified

PLAN = {
    "run": "R001", "order": 1, "rank": 1, "settings": {"gap": 100.0}, "bits": None, "reason": "",
    "cost": 1, "extra": {"coil": "C-7"},
    "design": {"std_order": 1, "point_type": -1, "block": 1, "whole_plots": {"slurry": 2}},
    "batch": {"slurry": "slurry-01"},
    "predicted": {"loading": {"mean": 3.0, "sd": 0.1, "sd_result": 0.2, "low": None}},
}  # fmt: skip
ROW = {
    "settings": {"gap": 100.0, "binder": "PVDF"}, "given": {"room": 21.0}, "made_at": None,
    "responses": {"loading": [{"number": 3.1, "text": "3,1", "unit": "mg/cm^2"}]},
    "batch": {"slurry": "a"}, "extra": {},
}  # fmt: skip
STEP = {"stage": "slurry", "runs": 4, "bits": 0.5, "cost": 3.0}
GAP = {"number": 99.0, "text": "99"}
BODIES: dict[str, dict[str, Any]] = {
    "plan_proposed": {
        "plan": "P001", "goal": "learn", "seed": 0, "runs": [PLAN, PLAN], "versions": {},
        "hyperparameters": {}, "position": 3, "cost": 2, "setup": None,
        "design": {"name": "sobol", "options": {"n": "2"}, "facts": ["even"]},
        "outlook": {"runs": 1, "best_rate": 0.1, "responses": {}, "next": STEP},
    },
    "run_planned": {
        "run": "R001", "settings": {"gap": GAP}, "given": {"room": GAP}, "assumed": {"wet": 40.0},
        "batch": {"slurry": "slurry-01"}, "order": 1, "rank": 1, "bits": 0.5, "cost": 3.5,
        "predicted": PLAN["predicted"], "in_spec": None, "in_spec_measured": None, "success": None,
        "reason": "planned by hand", "note": None, "position": 3,
    },
    "line_added": {
        "name": "line2", "rows": [ROW, ROW], "mapping": {"columns": {"g": "gap"}}, "sha256": "",
        "batches": True,
    },
    "result_recorded": {
        "run": "R001", "responses": {"loading": [{"number": 3.0, "text": "3,0", "unit": None}]},
        "used": {"gap": {"number": 99.0, "text": "99", "unit": None}}, "replicate": None,
        "given": {}, "batch": {}, "made_at": None,
    },
    "result_corrected": {
        "run": "R001", "reason": "typo",
        "what": {
            "responses": {"loading": {"replicate": 1, "old": GAP, "new": None}},
            "used": {"binder": {"old": "A", "new": {"category": "B", "text": "B"}}},
            "made_at": {"old": None, "new": "2026-03-01"},
        },
    },
    "note_added": {"run": None, "text": "look", "confirms": None, "responses": None},
}  # fmt: skip


def read(kind: str, *bodies: object) -> list[Problem]:
    """What is said of a log of these payloads, each sealed with the right hash."""
    rows, previous = [], ""
    for seq, body in enumerate(bodies, start=1):
        text = json.dumps(body).replace("Infinity", "1e999")
        start = (seq, f"c.{seq}", kind, KINDS[kind].version, text)
        row = (*start, "anna", "2026-03-01T08:00:00.000000Z", "0.2.0")
        previous = event_hash(previous, ("id", *row))
        rows.append((*row, previous))
    try:
        verified(rows, "id", "demo")
    except StoreDamagedError as error:
        return list(error.problems)
    return []


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
    assert read(kind, BODIES[kind], BODIES[kind]) == []


@pytest.mark.parametrize(
    ("kind", "place", "other", "where"),
    [
        ("plan_proposed", ("seed",), "none", "seed of plan_proposed"),
        ("plan_proposed", ("runs",), {}, "runs of plan_proposed"),
        ("plan_proposed", ("runs", 1, "order"), "first", "runs 2, order of plan_proposed"),
        ("plan_proposed", ("runs", 0, "design", "block"), "x", "runs 1, design, block"),
        ("plan_proposed", ("design", "facts"), "even", "design, facts of plan_proposed"),
        ("plan_proposed", ("runs", 0, "settings", "gap"), [1], "runs 1, settings"),
        ("plan_proposed", ("runs", 1, "predicted", "loading", "sd"), "x", "runs 2, predicted"),
        ("line_added", ("rows", 1, "given", "room"), "warm", "rows 2, given"),
        ("line_added", ("rows", 0, "responses", "loading"), 3.0, "rows 1, responses"),
        ("line_added", ("rows", 0, "made_at"), 12, "rows 1, made_at"),
        ("run_planned", ("settings", "gap", "number"), "x", "settings gap of run_planned"),
        ("run_planned", ("assumed", "wet"), None, "assumed wet of run_planned"),
        ("result_recorded", ("responses", "loading"), "3.0", "responses loading of result_"),
        (
            "result_recorded", ("responses", "loading", 0, "number"), "three",
            "responses loading 1, number of result_recorded",
        ),
        ("result_recorded", ("used", "gap", "text"), 99, "used gap of result_recorded"),
        ("result_recorded", ("made_at",), "2026-99-99", "made_at of result_recorded"),
        ("line_added", ("rows", 1, "made_at"), "2026-99-99", "rows 2, made_at of line_added"),
        ("line_added", ("rows", 1, "settings", "gap"), float("inf"), "rows 2, settings gap"),
        ("line_added", ("mapping", "columns"), {"a": 3}, "mapping, columns a of line_added"),
        ("plan_proposed", ("runs", 0, "cost"), 10**309, "runs 1, cost"),
        ("plan_proposed", ("runs", 0, "order"), 2**63, "runs 1, order"),
        ("plan_proposed", ("outlook", "next", "cost"), 0.0, "outlook, next, cost"),
        ("plan_proposed", ("versions",), {"numpy": float("inf")}, "versions numpy"),
        ("note_added", ("text",), "", "text of note_added"),
        ("note_added", ("text",), " \n ", "text of note_added"),
        (
            "result_corrected", ("what", "responses", "loading", "old", "number"), "x",
            "what, responses loading, old, number of result_corrected",
        ),
        (
            "result_corrected", ("what", "made_at", "new"), "yesterday",
            "what, made_at, new of result_corrected",
        ),
    ],
)  # fmt: skip
def test_a_field_of_another_shape_is_named_with_its_place(
    kind: str, place: tuple[str | int, ...], other: object, where: str
) -> None:
    bad = with_value(BODIES[kind], place, other)
    (problem,) = read(kind, BODIES[kind], bad)
    assert problem.where == "demo#2"
    assert where in problem.what
    assert "cannot be read" in problem.what
    if "inf" not in str(other):  # which JSON cannot hold
        stamp = {"command_id": "c", "actor": "anna", "recorded_at": "", "program": "0.2.0"}
        with pytest.raises(DesignerError, match="cannot be read"):  # and it is never written
            chained("id", None, [NewEvent(kind, bad)], **stamp)


def test_what_a_newer_version_tells_besides_is_let_pass() -> None:
    note = BODIES["note_added"]
    assert read("note_added", {**note, "mood": {"good": 0.7}}) == []
    (problem,) = read("note_added", {**note, "mood": {"good": float("inf")}})  # none can hand it on
    assert problem.what.startswith("mood of note_added cannot be read")


def test_everything_that_cannot_be_read_is_told_at_once() -> None:
    bad = {**BODIES["plan_proposed"], "seed": None, "runs": [{**PLAN, "predicted": {"y": {}}}]}
    del bad["setup"]
    told = [f"{problem.where}: {problem.what}" for problem in read("plan_proposed", bad, bad)]
    assert len(told) == 10
    assert told[0].startswith("demo#1: seed of plan_proposed cannot be read")
    assert told[1] == "demo#1: plan_proposed lacks runs 1, predicted y, mean"
    assert told[4] == "demo#1: plan_proposed lacks setup"
    assert told[9] == "demo#2: plan_proposed lacks setup"


def test_a_payload_nested_without_end_cannot_be_read() -> None:
    deep: Any = 1
    for _ in range(700):
        deep = [deep]
    (problem,) = read("plan_proposed", {**BODIES["plan_proposed"], "versions": {"a": deep}})
    assert "cannot be read" in problem.what
