"""Verbs that only look: list, show, history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from designer.campaigns.errors import InputError, Problem
from designer.campaigns.log.describe import describe
from designer.campaigns.log.events import Event
from designer.campaigns.log.state import CampaignState, Line, Run
from designer.campaigns.values.times import parse_made_at, utc_now
from designer.service.session import Session, with_head

_UNKNOWN: Mapping[str, Any] = {
    **dict.fromkeys(("trust", "trust_low", "trust_high", "worth_runs")),
    "responses": {},
    "warnings": [],
}
_ANY_TIME = timedelta(days=36_500)  # a time to look back to may lie anywhere, even ahead


def list_campaigns(session: Session) -> dict[str, Any]:
    """All campaigns of the store, newest first."""
    keep = ("name", "line", "goal", "runs", "changed_at")
    found = [asdict(info) for info in session.store.list()]
    return {"campaigns": [{key: info[key] for key in keep} for info in found]}


def show(session: Session, campaign: str, run: str | None = None) -> dict[str, Any]:
    """Details of a campaign, or of one of its runs."""
    state = session.state(campaign)
    if run is not None:
        return with_head(state, **run_details(state.run(run)))
    return with_head(
        state,
        line=state.spec.line,
        goal=state.spec.goal,
        closed=state.closed,
        created_at=state.created_at,
        changed_at=state.changed_at,
        spec=state.spec.to_dict(),
        runs=[run_details(run) for run in state.runs.values()],
        lines=[line_details(state, name) for name in state.lines],
        plans=[
            {
                "plan": plan.id,
                "runs": list(plan.runs),
                "goal": plan.goal,
                "seed": plan.seed,
                "cost": plan.cost,
                "information_bits": plan.information_bits,
                "deviation": plan.deviation,
                "proposed_at": plan.at,
                "actor": plan.actor,
            }
            for plan in state.plans.values()
        ],
        notes=[{"run": n.run, "text": n.text, "actor": n.actor, "at": n.at} for n in state.notes],
    )


def run_details(run: Run) -> dict[str, Any]:
    """Everything about one run, JSON-able."""
    return {
        "run": run.id,
        "plan": run.plan,
        "status": run.status,
        "order": run.order,
        "rank": run.rank,
        "attached": run.attached,
        "planned": dict(run.planned) if run.planned is not None else None,
        "used": dict(run.used),
        "given": dict(run.given),
        "batch": dict(run.batch),
        "predicted": dict(run.predicted) if run.predicted else None,
        "in_spec": run.in_spec,
        "information_bits": run.information_bits,
        "cost": run.cost,
        "measurements": {
            name: [
                {
                    "replicate": value.replicate,
                    "number": value.number,
                    "text": value.text,
                    "unit": value.unit,
                    "actor": value.actor,
                    "at": value.at,
                    "corrected": [old.number for old in value.history],
                }
                for value in values
            ]
            for name, values in run.measurements.items()
        },
        "never": sorted(run.never),
        "made_at": run.made_at,
        "reason": run.reason,
        "notes": [{"text": note.text, "actor": note.actor, "at": note.at} for note in run.notes],
        "flags": list(run.flags),
        "why": run.why,
    }


def line_details(state: CampaignState, name: str) -> dict[str, Any]:
    """What is known about an earlier line without computing."""
    line = state.lines[name]
    return {
        "name": line.name,
        "rows": len(line.rows),
        "included": line.included,
        "reason": line.reason,
        "source": line.source,
        "batches": line.has_batches,
        "not_used_for": [
            response.name
            for response in state.spec.responses
            if not state.spec.uses_history(response)
        ],
        "unknown": _never_recorded(state, line),
    }


def _never_recorded(state: CampaignState, line: Line) -> list[str]:
    """Factors and givens that no row of the line has."""
    known = {name for row in line.rows for name in (*row.settings, *row.given)}
    return [item.name for item in state.spec.inputs if item.name not in known]


def known_lines(state: CampaignState, figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All earlier lines with what the last evaluation found about them.

    Args:
        state: the campaign.
        figures: of the last evaluation; one of an older version may lack some.
    """
    found = figures.get("lines", {})
    return [
        {**line_details(state, name), **_UNKNOWN, **found.get(name, {})} for name in state.lines
    ]


def data(session: Session, campaign: str) -> dict[str, Any]:
    """Every measurement as a table: planned and used settings, status, batches, times."""
    from designer.campaigns.sheets.export_rows import data_rows

    state = session.state(campaign)
    columns, rows = data_rows(state)
    return with_head(
        state, columns=columns, rows=[[row.get(name) for name in columns] for row in rows]
    )


def history(
    session: Session, campaign: str, run: str | None = None, since: str | None = None
) -> dict[str, Any]:
    """Who did what, oldest first; of one run, or from a time on."""
    state = session.state(campaign)
    run_id = None if run is None else state.run(run).id
    start = "" if since is None else _since(since)
    events = [
        event
        for event in state.events
        if event.recorded_at >= start and (run_id is None or _concerns(event, run_id))
    ]
    return with_head(
        state,
        events=[
            {
                "seq": event.seq,
                "at": event.recorded_at,
                "actor": event.actor,
                "kind": event.kind,
                "run": event.body.get("run"),
                "summary": describe(event),
                "reversed": event.seq in state.reversals,
                "reason": event.body.get("reason"),
            }
            for event in events
        ],
    )


def _since(text: str) -> str:
    try:
        return parse_made_at(text, utc_now() + _ANY_TIME)
    except ValueError as error:
        raise InputError(Problem("--since", str(error), found=repr(text))) from None


def _concerns(event: Event, run: str) -> bool:
    if event.kind == "plan_proposed":
        return any(proposed["run"] == run for proposed in event.body["runs"])
    return event.body.get("run") == run
