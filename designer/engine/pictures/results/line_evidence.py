"""What each earlier line does: trust, what it said of the own recipes, help or harm.

Whether a line helps is decided on the own results predicted without their runs, once with the rows
of the line and once without: by the differences of their squared errors, run by run, with Student's
t (Diebold & Mariano 1995, Journal of Business & Economic Statistics 13, 253).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from scipy.special import stdtrit

from designer.engine.answers import LineTrustFigures, TrustFigures
from designer.engine.evaluation import line_figures
from designer.engine.fitted_campaign import FittedCampaign
from designer.engine.pictures.answers import LineEvidence, LinePoint, LineResponse
from designer.models.arrays import FloatArray
from designer.models.diagnostics.cross_validation import (
    PredictedResults,
    leave_one_run_out,
    root_mean_square,
    with_left_out,
)
from designer.models.gp.likelihood import Likelihood
from designer.models.posterior.posterior import ResponsePosterior

_FEWEST: Final = 5  # runs below which errors say nothing (contract)
_CLEARLY: Final = 0.1  # share of the error that must differ to be called help or harm (assumption)
_SURE: Final = 0.95  # that errors differ, before it is said (one side)
_TOO_EARLY: Final = "too early to tell"
_HARDLY: Final = 0.1  # trust below which a line hardly counts (assumption)


def line_evidence(
    fitted: FittedCampaign, found: Mapping[str, PredictedResults]
) -> dict[str, LineEvidence]:
    """What every line in use does, by name.

    Args:
        fitted: the campaign and what was learned.
        found: own results predicted without their runs, by response.
    """
    own = _own_errors(fitted)
    told: dict[str, LineEvidence] = {}
    for name, figures in line_figures(fitted).items():
        line = fitted.state.lines[name]
        responses = {
            response: _response(
                fitted,
                name,
                fitted.posteriors[response],
                trust,
                known=found.get(response),
                own=own.get(response),
            )
            for response, trust in figures["responses"].items()
        }
        told[name] = {
            **_trust(figures),
            "included": line.included,
            "rows": len(line.rows),
            "verdict": _together([each["verdict"] for each in responses.values()]),
            "responses": responses,
        }
    return told


def _own_errors(fitted: FittedCampaign) -> dict[str, float | None]:
    """Leave-one-run-out errors of models that know the own results alone, by response."""
    return {
        name: _error(with_left_out(leave_one_run_out(posterior.fitted), posterior.fitted))
        for name, posterior in fitted.weighed.without_history.items()
    }


def _error(found: PredictedResults | None) -> float | None:
    """Root mean square error; None without results, or beyond numbers."""
    if found is None or not len(found.row) or not np.isfinite(found.residual).all():
        return None
    return root_mean_square(found.residual)


def _response(
    fitted: FittedCampaign,
    line: str,
    posterior: ResponsePosterior,
    trust: TrustFigures,
    *,
    known: PredictedResults | None,
    own: float | None,
) -> LineResponse:
    """Of one line and response.

    Args:
        fitted: the campaign and what was learned.
        line: its name.
        posterior: of the response.
        trust: in the line.
        known: own results, each predicted without its run; None: there is none.
        own: error of the own results alone.
    """
    data = posterior.fitted.data
    code = fitted.training.lines.index(line) + 1
    rows = np.flatnonzero(data.target)
    said = posterior.scaling.median(posterior.line_mean(data.X[rows], code)) if len(rows) else rows
    points: list[LinePoint] = [
        {
            "run": fitted.training.runs[int(data.runs[row])],
            "measured": float(data.y[row]),
            "predicted": float(value),
        }
        for row, value in zip(rows.tolist(), said.tolist(), strict=True)
        if np.isfinite(value)
    ]
    without = _without(posterior, code)
    apart = np.array([point["predicted"] - point["measured"] for point in points])
    runs = data.measured_runs
    return {
        **_trust(trust),
        "verdict": line_verdict(trust["trust"], known, without),
        "error_line": root_mean_square(apart) if len(apart) else None,
        "error_with": _error(known) if runs >= _FEWEST else None,
        "error_without": _error(without) if runs >= _FEWEST else None,
        "error_own": own if runs >= _FEWEST else None,
        "parity": points,
    }


def _without(posterior: ResponsePosterior, line: int) -> PredictedResults:
    """Own results predicted without their run and the rows of a line; same hyperparameters."""
    fitted, rows = posterior.fitted, posterior.fitted.rows
    kept = rows.subset(np.flatnonzero(rows.position != rows.positions.index(line)))
    likelihood = Likelihood(kept, fitted.input_transform, fitted.layout)
    less = replace(fitted, likelihood=likelihood)
    return with_left_out(leave_one_run_out(less), less)


def line_verdict(trust: float, known: PredictedResults | None, without: PredictedResults) -> str:
    """What own results say: with this line against without, and how far it is used.

    Args:
        trust: in the line.
        known: own results, each predicted without its run; None: there is none.
        without: the same without the rows of the line.
    """
    if known is None:
        return _TOO_EARLY
    both, less, runs = _by_run(known), _by_run(without), _runs(known)
    if len(runs) < _FEWEST or runs != _runs(without) or not np.isfinite([*both, *less]).all():
        return _TOO_EARLY
    ratio = np.sqrt(both.mean() / max(float(less.mean()), np.finfo(float).tiny))
    if abs(ratio - 1.0) <= _CLEARLY:
        return "hardly used" if trust < _HARDLY else "makes no difference"
    better = less - both
    error = float(better.std(ddof=1)) / np.sqrt(len(runs))
    if abs(float(better.mean())) <= error * float(stdtrit(len(runs) - 1, _SURE)):
        return _TOO_EARLY
    return "helps" if ratio < 1.0 else "hurts"


def _by_run(found: PredictedResults) -> FloatArray:
    """Mean squared error of every run whose results a model can use."""
    usable = np.isfinite(found.standardised)
    place = np.unique(found.run[usable], return_inverse=True)[1].reshape(-1)
    with np.errstate(over="ignore"):
        squares = np.square(found.residual[usable])
    return np.asarray(np.bincount(place, squares) / np.bincount(place))


def _runs(found: PredictedResults) -> list[int]:
    return [int(run) for run in np.unique(found.run[np.isfinite(found.standardised)])]


def _together(verdicts: list[str]) -> str:
    """Of all responses: what is sure first."""
    if "hurts" in verdicts and "helps" in verdicts:
        return "helps some responses, hurts others"
    for word in ("hurts", "helps", _TOO_EARLY, "makes no difference", "hardly used"):
        if word in verdicts:
            return word
    return _TOO_EARLY


def _trust(figures: TrustFigures | LineTrustFigures) -> TrustFigures:
    return {
        "trust": figures["trust"],
        "trust_low": figures["trust_low"],
        "trust_high": figures["trust_high"],
        "worth_runs": figures["worth_runs"],
    }
