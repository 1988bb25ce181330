"""What the fields of every payload hold, for a store from a stranger.

The fold takes payloads as the program wrote them and reads what it needs. Whether every field is
readable is checked by `store verify`, and when something could not be shown that should have been:
a text where a number belongs is damage of the store and no fault of the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from designer.campaigns.errors import Problem
from designer.campaigns.log.events import Event
from designer.campaigns.values.shape import has_shape

_TEXT = str | None
_NUMBER = float | None
_BY_NAME = dict[str, object]
_SETTINGS = dict[str, str | float]
_NAMED = {"name": str, "reason": _TEXT}
_OF_RUN = {"run": str, "reason": _TEXT}

_FIELDS: Mapping[str, Mapping[str, object]] = {
    "campaign_created": {"text": str, "parsed": _BY_NAME},
    "spec_amended": {"text": str, "parsed": _BY_NAME, "difference": list[str], "reason": _TEXT},
    "line_added": {
        "name": str, "rows": list[_BY_NAME], "mapping": _BY_NAME, "sha256": str, "batches": bool,
        "source": _TEXT,
    },
    "line_excluded": _NAMED,
    "line_included": _NAMED,
    "plan_proposed": {
        "plan": str, "goal": str, "seed": int, "runs": list[_BY_NAME], "versions": _BY_NAME,
        "hyperparameters": _BY_NAME, "position": int, "cost": _NUMBER, "setup": _TEXT,
        "information_bits": _NUMBER, "nested": bool | None, "fixed": _SETTINGS | None,
        "notes": list[str], "value": _NUMBER, "value_name": _TEXT, "deviation": _BY_NAME | None,
    },
    "run_started": {"run": str, "settings": dict[str, _BY_NAME]},
    "result_recorded": {
        "run": str, "replicate": int | None, "responses": dict[str, list[_BY_NAME] | None],
        "used": dict[str, _BY_NAME], "given": dict[str, _BY_NAME], "batch": dict[str, str],
        "made_at": _TEXT, "note": _TEXT, "attached": bool | None,
    },
    "result_corrected": {"run": str, "what": _BY_NAME, "reason": _TEXT},
    "run_failed": _OF_RUN,
    "run_abandoned": _OF_RUN,
    "run_reopened": _OF_RUN,
    "note_added": {
        "run": _TEXT, "text": str, "confirms": _TEXT, "responses": list[str] | None,
    },
    "event_reversed": {"event": int, "reason": _TEXT},
    "campaign_closed": {"reason": _TEXT},
}  # fmt: skip
_PARTS: Mapping[tuple[str, str], Mapping[str, object]] = {
    ("plan_proposed", "runs"): {
        "run": str, "order": int | None, "rank": int | None, "settings": _SETTINGS,
        "batch": dict[str, str], "predicted": dict[str, dict[str, _NUMBER]], "bits": _NUMBER,
        "reason": _TEXT, "given": dict[str, float] | None, "value": _NUMBER, "cost": _NUMBER,
        "in_spec": _NUMBER, "in_spec_measured": _NUMBER, "success": _NUMBER,
    },
    ("line_added", "rows"): {
        "settings": _SETTINGS, "given": dict[str, float], "made_at": _TEXT,
        "responses": dict[str, list[_BY_NAME]], "batch": dict[str, str],
        "extra": dict[str, float],
    },
}  # fmt: skip
_TYPED = {"number": float, "text": str, "unit": _TEXT, "category": str}


def unreadable_fields(name: str, events: Iterable[Event]) -> Iterator[Problem]:
    """Name every field that does not hold what its kind of event promises.

    Args:
        name: of the campaign.
        events: its log, payloads in the version of this program.
    """
    for event in events:
        for where, value in _misfits(event):
            yield Problem(
                f"{name}#{event.seq}",
                f"{where} of {event.kind} cannot be read; no version of this program writes it so",
                repr(value)[:80],
            )


def _misfits(event: Event) -> Iterator[tuple[str, object]]:
    wanted = _FIELDS.get(event.kind, {})
    yield from _compared(event.body, wanted, "")
    for (kind, field), part in _PARTS.items():
        rows = event.body.get(field)
        if kind == event.kind and isinstance(rows, list):
            for number, row in enumerate(rows, start=1):
                if isinstance(row, dict):
                    yield from _compared(row, part, f"{field} {number}, ")
                    if isinstance(row.get("responses"), dict):
                        yield from _typed_values(row["responses"], f"{field} {number}, responses")
    for field in ("responses", "used", "given", "settings"):
        told = event.body.get(field)
        if wanted.get(field) not in (None, _SETTINGS) and isinstance(told, dict):
            yield from _typed_values(told, field)


def _typed_values(told: Mapping[str, object], field: str) -> Iterator[tuple[str, object]]:
    """Values as somebody typed them: alone, or the replicates of a response."""
    for name, values in told.items():
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, dict):
                yield from _compared(value, _TYPED, f"{field} {name}, ")


def _compared(
    found: Mapping[str, object], wanted: Mapping[str, object], place: str
) -> Iterator[tuple[str, object]]:
    for key, kind in wanted.items():
        if key in found and not has_shape(found[key], kind):
            yield f"{place}{key}", found[key]
