"""Events in a few words, for messages and for the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from designer.campaigns.values.numbers import number_text
from designer.campaigns.values.quantity import Quantity

if TYPE_CHECKING:
    from designer.campaigns.log.events import Event

Body = Mapping[str, Any]


def describe(event: Event) -> str:
    """Return what an event says, as a clause without a full stop."""
    writer = _WRITERS.get(event.kind)
    return event.kind if writer is None else writer(event.body)


def who_when(actor: str, at: str) -> str:
    """Return ``by anna on 2026-03-01 08:15 UTC``; without an actor, nothing."""
    return f"by {actor} on {at[:10]} {at[11:16]} UTC" if actor else ""


def value_text(value: Mapping[str, Any] | None) -> str:
    """Write a stored value as typed, with its unit where that differs from the declared one."""
    if value is None:
        return "none"
    quantity = Quantity.of_stored(value)
    return quantity.text if quantity.unit == "1" else quantity.shown


def _plan(body: Body) -> str:
    runs = [run["run"] for run in body["runs"]]
    return f"plan {body['plan']} proposed: {', '.join(runs)}"


def _planned(body: Body) -> str:
    told = [f"{name} = {value_text(value)}" for name, value in body["settings"].items()]
    told += [f"{name} is {value_text(value)}" for name, value in body["given"].items()]
    return f"{body['run']} planned by hand: {', '.join(told)}"


def _result(body: Body) -> str:
    told = [
        f"{name} = {'none' if values is None else '/'.join(value_text(v) for v in values)}"
        for name, values in body["responses"].items()
    ]
    told += [f"{name} set to {value_text(value)}" for name, value in body["used"].items()]
    told += [f"{name} was {value_text(value)}" for name, value in body["given"].items()]
    told += [f"{stage} batch {batch}" for stage, batch in body["batch"].items()]
    verb = "attached" if body.get("attached") else "result"
    return f"{body['run']} {verb}: {', '.join(told) or 'made'}"


def _correction(body: Body) -> str:
    what = body["what"]
    told = [
        f"{name} {value_text(change['old'])} → {value_text(change['new'])}"
        for name, change in what.get("responses", {}).items()
    ]
    for part in ("used", "given"):
        for name, change in what.get(part, {}).items():
            old = change["old"]
            shown = old if isinstance(old, str) else "none" if old is None else number_text(old)
            told.append(f"{name} {shown} → {value_text(change['new'])}")
    for stage, change in what.get("batch", {}).items():
        told.append(f"{stage} batch {change['old'] or 'its own'} → {change['new']}")
    if "made_at" in what:
        told.append(f"time {what['made_at']['old'] or 'unknown'} → {what['made_at']['new']}")
    return f"{body['run']} corrected: {', '.join(told)} ({body['reason']})"


def _because(body: Body) -> str:
    return f" ({body['reason']})" if body.get("reason") else ""


def _with_reason(text: str) -> Callable[[Body], str]:
    return lambda body: f"{body.get('run') or ''} {text}{_because(body)}".strip()


def _note(body: Body) -> str:
    first = body["text"].splitlines()[0]
    shown = first if len(first) <= 60 else first[:59] + "…"
    of = f" of {', '.join(body['responses'])}" if body["responses"] else ""
    confirmed = f", {body['confirms']}{of} confirmed" if body["confirms"] else ""
    return f"note on {body['run']}{confirmed}: {shown}" if body["run"] else f"note: {shown}"


_WRITERS: Mapping[str, Callable[[Body], str]] = {
    "campaign_created": lambda _: "campaign created",
    "spec_amended": _with_reason("specification amended"),
    "line_added": lambda body: f"line {body['name']} added, {len(body['rows'])} rows",
    "line_excluded": lambda body: f"line {body['name']} excluded ({body['reason']})",
    "line_included": lambda body: f"line {body['name']} included ({body['reason']})",
    "plan_proposed": _plan,
    "run_planned": _planned,
    "run_started": _with_reason("started"),
    "result_recorded": _result,
    "result_corrected": _correction,
    "run_failed": _with_reason("failed"),
    "run_abandoned": _with_reason("abandoned"),
    "run_reopened": _with_reason("reopened"),
    "note_added": _note,
    "event_reversed": lambda body: f"event {body['event']} reversed{_because(body)}",
    "campaign_closed": _with_reason("campaign closed"),
}
