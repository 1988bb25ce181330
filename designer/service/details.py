"""The JSON of earlier lines, of plans, and of what a change of a run has brought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from designer.campaigns.earlier_lines.doubled import doubled_runs
from designer.campaigns.earlier_lines.overlap import line_overlap
from designer.campaigns.earlier_lines.scales import lines_off_now, scale_doubts
from designer.campaigns.log.runs import LEARNED_FROM, Run
from designer.campaigns.log.state import CampaignState, Plan
from designer.campaigns.plausibility.off_plan import off_plan_since
from designer.campaigns.plausibility.open_batches import batch_remarks
from designer.campaigns.plausibility.open_runs import broken_by
from designer.campaigns.plausibility.predicted import deviations
from designer.campaigns.plausibility.remarks import result_remarks
from designer.campaigns.plausibility.slips import Slip, slips
from designer.campaigns.sheets.run_object import run_flags
from designer.engine.training_rows.inferred_batches import batches_of_line, counted
from designer.render.expected import expected
from designer.render.words import in_unit
from designer.service.answers import PlanSummary, RecordAnswer
from designer.service.figures import ComparedLine, Figures, JudgedLine, LineAnswer

SURPRISE = 3.0  # standard deviations of a new result; 0.3 % of results by chance

_TOLD = 3  # runs that are named one by one


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
        "inferred_batches": counted(spec, batches_of_line(spec, line)),
        "not_used_for": [r.name for r in spec.responses if not spec.uses_history(r)],
        "unknown": [item.name for item in spec.inputs if item.name not in known],
    }


def compared_line(state: CampaignState, name: str) -> ComparedLine:
    """An earlier line beside the ranges, the windows and the results of the campaign."""
    line = state.lines[name]
    doubts, overlap = scale_doubts(state, line), line_overlap(state.spec, line)
    return {
        "scale_doubts": [
            {
                "response": found.response,
                "ratio": found.doubt.ratio,
                "factor": found.doubt.factor,
                "unit": found.doubt.unit,
                "beside": found.beside,
                "message": found.message,
            }
            for found in doubts
        ],
        "overlap": overlap.inside,
        "factors": [
            {
                "factor": factor.name,
                "low": factor.low,
                "high": factor.high,
                "covered": factor.covered,
                "inside": factor.inside,
            }
            for factor in overlap.factors
        ],
        "warnings": [*(found.message for found in doubts), *overlap.notes],
    }


def judged_lines(state: CampaignState, figures: Figures) -> list[JudgedLine]:
    """All earlier lines with what the last evaluation found about them."""
    lines: list[JudgedLine] = []
    for name in state.lines:
        line: JudgedLine = {
            **line_answer(state, name),
            **compared_line(state, name),
            "trust": None,
            "trust_low": None,
            "trust_high": None,
            "worth_runs": None,
            "responses": {},
        }
        found = figures["lines"].get(name)
        if found is not None:
            told = [*line["warnings"], *found.get("warnings", ())]
            line = {**line, **found, "warnings": told}
        lines.append(line)
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


def run_changed(before: CampaignState, state: CampaignState, run_id: str) -> RecordAnswer:
    """What a change of one run has brought.

    Args:
        before: the campaign as the change found it.
        state: the campaign now.
        run_id: the run, which may be new.
    """
    run, since = state.run(run_id), before.seq
    return {
        "campaign": state.spec.name,
        "run": run.id,
        "status": run.status,
        "recorded": {**_new_values(state, run, since), **dict.fromkeys(sorted(run.never))},
        "messages": [
            *(flag["message"] for flag in run_flags(run)),
            *broken_by(state, [run.id]),
            *off_plan_since(state, [run.id], since),
            *batch_remarks(state, [run.id], since),
            *remarks_on(before, state, [run.id]),
        ],
        "head": state.head,
    }


def remarks_on(before: CampaignState, state: CampaignState, runs: Iterable[str]) -> list[str]:
    """Remarks on the results of runs that a change concerns.

    Slips and other oddities of what is new, results far from their prediction where that is not
    said, other results that the change brings into doubt, results that would count twice, and lines
    that look like another unit beside what is new.

    Args:
        before: the campaign as the change found it.
        state: the campaign now.
        runs: ids; those that are as they were are passed over.
    """
    ids = [run for run in dict.fromkeys(runs) if state.runs[run] != before.runs.get(run)]
    names = {name for run in ids for name in _concerned(before, state, run)}
    found = slips(state, names, ids)
    changed = [(state.runs[run], _new_values(state, state.runs[run], before.seq)) for run in ids]
    slipped = {(slip.run, slip.response) for slip in found}
    surprises = [
        text
        for run, names in changed
        for name in names
        if (run.id, name) not in slipped
        for text in _surprise(state, run, name)
    ]
    new = [run.id for run, names in changed if names]
    return [
        *surprises,
        *result_remarks(state, changed, found),
        *doubted_beside(before, state, [slip for slip in found if slip.run not in new]),
        *doubled_runs(state, new),
        *lines_off_now(before, state),
    ]


def _concerned(before: CampaignState, state: CampaignState, run: str) -> Iterable[str]:
    """Responses whose results a change of a run may bring into doubt, or out of it."""
    old, new = before.runs.get(run), state.runs[run]
    if old is None:
        return new.measurements
    names = {*old.measurements, *new.measurements}
    facts = [(each.used, each.given, each.confirmed, each.predicted) for each in (old, new)]
    counts = [each.status in LEARNED_FROM for each in (old, new)]
    if facts[0] != facts[1] or counts[0] != counts[1]:
        return names
    return [n for n in names if old.measurements.get(n) != new.measurements.get(n)]


def doubted_beside(
    before: CampaignState, state: CampaignState, found: Sequence[Slip] | None = None
) -> list[str]:
    """Results that a change has brought into doubt, although they are as they were.

    Args:
        before: the campaign as the change found it.
        state: the campaign now.
        found: the slips that may be new; None: all there are now.
    """
    found = slips(state) if found is None else found
    if not found:
        return []
    old = slips(before, {slip.response for slip in found})
    known = {(slip.run, slip.response) for slip in old}
    new = [slip for slip in found if (slip.run, slip.response) not in known]
    told = [f"beside this, {slip.message}" for slip in new[:_TOLD]]
    if len(new) > _TOLD:
        told.append(f"{len(new) - _TOLD} more runs likewise: status names them")
    return told


def _new_values(state: CampaignState, run: Run, since: int) -> dict[str, list[float]]:
    """In the order of the specification."""
    return {
        name: fresh
        for name in (response.name for response in state.spec.responses)
        if (fresh := [v.number for v in run.measurements.get(name, ()) if v.seq > since])
    }


def _surprise(state: CampaignState, run: Run, name: str) -> list[str]:
    """A sentence when a result is far from its prediction; it is kept all the same."""
    response = state.spec.response(name)
    predicted = run.prediction(name)
    off = deviations(response, predicted, run.values(name))
    if predicted is None or off is None or abs(off) < SURPRISE:
        return []
    shown = f"{expected(predicted)}{in_unit(response.unit)}"
    side = "above" if off > 0 else "below"
    return [
        f"{run.id}: {name} is {abs(off):.1f} standard deviations {side} its prediction ({shown}):"
        " kept, and worth a second look"
    ]
