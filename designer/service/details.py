"""The JSON of earlier lines, of plans, and of what a change of a run has brought."""

from __future__ import annotations

from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState, Plan
from designer.service.answers import PlanSummary, RecordAnswer
from designer.service.figures import Figures, JudgedLine, LineAnswer

SURPRISE = 3.0  # standard deviations of a new result; 0.3 % of results by chance


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


def run_changed(state: CampaignState, run: Run, since: int) -> RecordAnswer:
    """What a change of one run has brought since a log position."""
    new = {
        name: fresh
        for name, values in run.measurements.items()
        if (fresh := [value.number for value in values if value.seq > since])
    }
    return {
        "campaign": state.spec.name,
        "run": run.id,
        "status": run.status,
        "recorded": {**new, **dict.fromkeys(sorted(run.never))},
        "messages": [*run.flags, *(text for name in new for text in _surprise(state, run, name))],
        "head": state.head,
    }


def _surprise(state: CampaignState, run: Run, name: str) -> list[str]:
    """A sentence when a result is far from its prediction; it is kept all the same."""
    predicted = (run.predicted or {}).get(name)
    values = run.values(name)
    if not predicted or not predicted.get("sd_result"):
        return []
    mean, sd = float(predicted["mean"]), float(predicted["sd_result"])
    off = (sum(values) / len(values) - mean) / sd
    if abs(off) < SURPRISE:
        return []
    unit = state.spec.response(name).unit
    shown = f"{mean:.4g} ± {sd:.2g}" + (f" {unit}" if unit else "")
    side = "above" if off > 0 else "below"
    return [
        f"{name} is {abs(off):.1f} standard deviations {side} its prediction ({shown}):"
        " kept, and worth a second look"
    ]
