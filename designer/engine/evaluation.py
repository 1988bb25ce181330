"""Figures of one evaluation: what was learned, how good the models are, how far lines are trusted.

They are kept as a derived cache, so that `status` needs no model.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np

from designer.acquisition.functions.reference_points import GoalUncertainty
from designer.acquisition.plan.outlook import Outlook
from designer.acquisition.plan.plan import SelectedPlan, make_plan
from designer.campaigns.errors import InputError
from designer.campaigns.specification.parts import DEFAULT_RUNS
from designer.engine.answers import (
    Ahead,
    ErrorFigures,
    Evaluation,
    LineFigures,
    LineTrustFigures,
    SetAside,
    TrustFigures,
)
from designer.engine.context import planning_context
from designer.engine.fitted_campaign import FittedCampaign
from designer.engine.predicting import best_recipes
from designer.engine.report import (
    averaging_notes,
    flat_warning,
    line_coverage,
    odds_figures,
    report_figures,
    report_warnings,
)
from designer.engine.threads import one_thread
from designer.engine.training_rows.left_out import (
    left_out_of,
    notes_of_the_log,
    set_aside_of,
)
from designer.models.arrays import FloatArray
from designer.models.diagnostics.figures import ResponseReport
from designer.models.diagnostics.trust import TrustEstimate, overall_trust
from designer.models.fitting.history_weight import Belief

_REFERENCES = 256  # points over which uncertainty is averaged


def evaluate(fitted: FittedCampaign, plan: SelectedPlan | None = None) -> Evaluation:
    """Everything `status` shows that takes a model.

    Args:
        fitted: fitted models.
        plan: where one was just computed; None: what the planner would do next is looked at.

    Returns:
        JSON-able figures.
    """
    with one_thread():
        best = best_recipes(fitted, 1)
        plan = plan or _next_plan(fitted)
        ahead = None if plan is None else plan.outlook
        some = fitted.candidates.spread(_REFERENCES, np.random.default_rng(0))
        region = fitted.candidates.subset(some).encode(fitted.training.space)
        report, odds = report_figures(fitted), odds_figures(fitted)
        return {
            "information_bits": information_so_far(
                fitted.averaged, _everywhere(fitted, region) if ahead is None else ahead.about
            ),
            "expected_next_bits": _next_bits(plan),
            "outlook": None if ahead is None else _ahead(ahead),
            "responses": {name: _error_figures(each) for name, each in report.items()},
            "lines": _lines(fitted, region),
            "best": best[0] if best else None,
            "report": report,
            "history_odds": odds,
            "line_events": {name: line.seq for name, line in fitted.state.lines.items()},
            "set_aside": set_aside(fitted),
            "doubtful": fitted.doubtful,
            "warnings": report_warnings(fitted, report, odds),
            "notes": [*_notes(fitted), *averaging_notes(report)],
        }


def _notes(fitted: FittedCampaign) -> list[str]:
    """Without what the log tells at every moment: that is not kept."""
    known = notes_of_the_log(fitted.state, left_out_of(fitted.state))
    return [note for note in fitted.notes if note not in known]


def set_aside(fitted: FittedCampaign) -> list[SetAside]:
    """Results that hardly count in a model, or not at all, by run and line."""
    found = list(fitted.training.left_out)
    for name, posterior in fitted.posteriors.items():
        data = posterior.fitted.data
        response = fitted.state.spec.response(name)
        aside = np.flatnonzero(posterior.fitted.errors)
        used = set(np.delete(data.line, aside).tolist())
        for row in aside.tolist():
            code = int(data.line[row])
            found.append(
                set_aside_of(
                    response,
                    float(data.y[row]),
                    run=None if code else data.run_ids[int(data.runs[row])],
                    line=data.line_name(code) if code else None,
                    why="lies far from what the others say and hardly counts"
                    if code in used
                    else "is of a line that is not used: left out",
                )
            )
    return found


def goal_so_far(fitted: FittedCampaign) -> GoalUncertainty:
    """What the bits of `Evaluation.information_bits` are about."""
    plan = _next_plan(fitted, runs=0)
    if plan is not None and plan.outlook is not None:
        return plan.outlook.about
    some = fitted.candidates.spread(_REFERENCES, np.random.default_rng(0))
    return _everywhere(fitted, fitted.candidates.subset(some).encode(fitted.training.space))


def information_so_far(beliefs: Mapping[str, Belief], about: GoalUncertainty) -> float:
    """Information of all results so far about the campaign's goal, in bits.

    Counted as a plan's (`acquisition.functions.reference_points`): by how much the results lowered
    the goal's uncertainty T, from the earlier lines alone at the same hyperparameters (and the
    same weight of the lines) to today.

    Args:
        beliefs: about each response; compared at the most probable hyperparameters.
        about: the goal's points and weights, as set by the results so far.
    """
    if not any(belief.fitted.rows.target_rows for belief in beliefs.values()):
        return 0.0
    now = {name: belief.at_mode for name, belief in beliefs.items()}
    return about.bits(
        {name: known.without_target_runs.variance(about.X) for name, known in now.items()},
        {name: known.variance(about.X) for name, known in now.items()},
    )


def _everywhere(fitted: FittedCampaign, region: FloatArray) -> GoalUncertainty:
    """What bits are about where nothing is left to propose: all responses over the region."""
    weights = {}
    for name, belief in fitted.averaged.items():
        left = max(float(belief.at_mode.variance(region).sum()), np.finfo(float).tiny)
        weights[name] = np.full(len(region), fitted.state.spec.response(name).weight / left)
    return GoalUncertainty(region, weights)


def _next_plan(fitted: FittedCampaign, runs: int = DEFAULT_RUNS) -> SelectedPlan | None:
    """What the planner would do next: no further run while some are open."""
    around = planning_context(fitted, datetime.now(UTC))
    try:
        return make_plan(
            fitted.state.spec,
            fitted.training.space,
            fitted.averaged,
            runs=0 if around.pending else runs,
            given=fitted.default_givens,
            context=around,
        )
    except InputError:  # nothing is left to propose: every recipe was abandoned
        return None


def _next_bits(plan: SelectedPlan | None) -> float | None:
    """Information of the next run: the plan's first by rank, else one beyond the open ones."""
    if plan is None:
        return None
    first = [run.bits for run in plan.runs if run.rank == 1]
    if first:
        return first[0]
    return None if plan.outlook is None else plan.outlook.next_bits


def _error_figures(report: ResponseReport) -> ErrorFigures:
    """Leave-one-run-out error and coverage of 95 % intervals."""
    errors = report["leave_one_run_out"]
    if errors is None:
        return {"error_sd": None, "coverage": None}
    return {"error_sd": errors["rmse"], "coverage": errors["coverage"]["95"]}


def line_figures(fitted: FittedCampaign) -> dict[str, LineTrustFigures]:
    """Trust in each earlier line that is in use and has rows, overall and per response, by name."""
    lines = fitted.training.lines
    return {
        lines[found.line - 1]: {
            **_trust(found),
            "responses": {name: _trust(each) for name, each in found.by_response.items()},
        }
        for found in overall_trust([*fitted.posteriors.values()], len(lines))
    }


def _trust(found: TrustEstimate) -> TrustFigures:
    return {
        "trust": found.trust,
        "trust_low": found.low,
        "trust_high": found.high,
        "worth_runs": found.worth_runs,
    }


def _lines(fitted: FittedCampaign, region: FloatArray) -> dict[str, LineFigures]:
    """Trust in each line, what its rows determine over the region, and warnings about it."""
    shares = line_coverage(fitted, region)
    return {
        name: {
            **line,
            "responses": {
                response: {
                    **trust,
                    "determined": shares[name][response].determined,
                    "flat": shares[name][response].flat,
                }
                for response, trust in line["responses"].items()
            },
            "warnings": [
                flat_warning(fitted, response, share)
                for response, share in shares[name].items()
                if share.flat
            ],
        }
        for name, line in line_figures(fitted).items()
    }


def _ahead(outlook: Outlook) -> Ahead:
    step = outlook.step
    return {
        "runs": outlook.runs,
        "best_rate": outlook.best_rate,
        "responses": {
            name: {"sd_now": sd, "sd_after": outlook.sd_after[name]}
            for name, sd in outlook.sd_now.items()
        },
        "next": None if step is None else {
            "stage": step.stage, "runs": step.runs, "bits": step.bits, "cost": step.cost,
        },
    }  # fmt: skip
