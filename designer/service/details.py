"""The JSON of runs, plans and earlier lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designer.campaigns.log.state import CampaignState, Line, Plan, Run

_UNKNOWN: Mapping[str, Any] = {
    **dict.fromkeys(("trust", "trust_low", "trust_high", "worth_runs")),
    "responses": {},
    "warnings": [],
}


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
        "reason": run.failure,
        "notes": [{"text": note.text, "actor": note.actor, "at": note.at} for note in run.notes],
        "flags": list(run.flags),
        "why": run.reason,
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


def plan_details(plan: Plan) -> dict[str, Any]:
    """What a campaign shows of a plan."""
    return {
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


def plan_json(body: Mapping[str, Any]) -> dict[str, Any]:
    """The contract's JSON of a plan from the event that holds it."""
    runs = [
        {
            "run": run["run"],
            "order": run["order"],
            "rank": run["rank"],
            "settings": run["settings"],
            "given": run["given"],
            "batch": run["batch"],
            "information_bits": run["bits"],
            "cost": run["cost"],
            "predicted": run["predicted"],
            "in_spec": run["in_spec"],
            "success": run["success"],
            "value": run["value"],
            "reason": run["reason"],
        }
        for run in body["runs"]
    ]
    keys = (
        "plan",
        "seed",
        "goal",
        "information_bits",
        "cost",
        "nested",
        "value",
        "value_name",
        "deviation",
    )
    return {key: body[key] for key in keys} | {"fixed": body["fixed"], "runs": runs}
