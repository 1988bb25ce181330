"""The JSON of earlier lines and plans."""

from __future__ import annotations

from designer.campaigns.log.state import CampaignState, Plan
from designer.service.answers import PlanSummary
from designer.service.figures import Figures, JudgedLine, LineAnswer


def line_answer(state: CampaignState, name: str) -> LineAnswer:
    """What is known about an earlier line without computing."""
    line, spec = state.lines[name], state.spec
    known = {given for row in line.rows for given in (*row.settings, *row.given)}
    return {
        "name": line.name,
        "rows": len(line.rows),
        "included": line.included,
        "reason": line.reason,
        "source": line.source,
        "batches": line.has_batches,
        "not_used_for": [r.name for r in spec.responses if not spec.uses_history(r)],
        "unknown": [item.name for item in spec.inputs if item.name not in known],
    }


def judged_lines(state: CampaignState, figures: Figures) -> list[JudgedLine]:
    """All earlier lines with what the last evaluation found about them."""
    lines: list[JudgedLine] = []
    for name in state.lines:
        line: JudgedLine = {
            **line_answer(state, name),
            "trust": None,
            "trust_low": None,
            "trust_high": None,
            "worth_runs": None,
            "responses": {},
            "warnings": [],
        }
        found = figures["lines"].get(name)
        lines.append(line if found is None else {**line, **found})
    return lines


def plan_summary(plan: Plan) -> PlanSummary:
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
