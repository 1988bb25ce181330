"""What each earlier line does: trust, what it said of the own recipes, help or harm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from designer.engine.answers import LineTrustFigures, TrustFigures
from designer.engine.evaluation import line_figures
from designer.engine.fitted_campaign import FittedCampaign
from designer.engine.pictures.answers import LineEvidence, LinePoint, LineResponse
from designer.models.diagnostics.cross_validation import (
    PredictedResults,
    leave_one_run_out,
    root_mean_square,
)
from designer.models.gp.likelihood import Likelihood
from designer.models.posterior.posterior import ResponsePosterior

_FEWEST: Final = 5  # runs below which errors say nothing (contract)
_CLEARLY: Final = 0.1  # share of the error that must differ to be called help or harm (assumption)
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
    both = {name: root_mean_square(each.residual) for name, each in found.items()}
    told: dict[str, LineEvidence] = {}
    for name, figures in line_figures(fitted).items():
        line = fitted.state.lines[name]
        responses = {
            response: _response(
                fitted,
                name,
                fitted.posteriors[response],
                trust,
                (both.get(response), own.get(response)),
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


def _own_errors(fitted: FittedCampaign) -> dict[str, float]:
    """Leave-one-run-out errors of models that know the own results alone, by response."""
    alone = {
        name: leave_one_run_out(posterior.fitted)
        for name, posterior in fitted.weighed.without_history.items()
    }
    return {name: root_mean_square(each.residual) for name, each in alone.items() if len(each.row)}


def _response(
    fitted: FittedCampaign,
    line: str,
    posterior: ResponsePosterior,
    trust: TrustFigures,
    errors: tuple[float | None, float | None],
) -> LineResponse:
    """Of one line and response; errors with the lines and without."""
    (both, own), data = errors, posterior.fitted.data
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
        "verdict": _verdict(trust["trust"], runs, both, without),
        "error_line": root_mean_square(apart) if len(apart) else None,
        "error_with": both if runs >= _FEWEST else None,
        "error_without": without if runs >= _FEWEST else None,
        "error_own": own if runs >= _FEWEST else None,
        "parity": points,
    }


def _without(posterior: ResponsePosterior, line: int) -> float | None:
    """Leave-one-run-out error without the rows of a line, at the same hyperparameters."""
    fitted, rows = posterior.fitted, posterior.fitted.rows
    kept = rows.subset(np.flatnonzero(rows.position != rows.positions.index(line)))
    likelihood = Likelihood(kept, fitted.input_transform, fitted.layout)
    found = leave_one_run_out(replace(fitted, likelihood=likelihood))
    error = root_mean_square(found.residual) if len(found.row) else np.nan
    return float(error) if np.isfinite(error) else None


def _verdict(trust: float, runs: int, both: float | None, without: float | None) -> str:
    """What own results say: with this line against without, and how far it is used."""
    if runs < _FEWEST or both is None or without is None or not np.isfinite(both):
        return "too early to tell"
    if both < (1 - _CLEARLY) * without:
        return "helps"
    if both > (1 + _CLEARLY) * without:
        return "hurts"
    return "hardly used" if trust < _HARDLY else "makes no difference"


def _together(verdicts: list[str]) -> str:
    """One word for a line: harm first, then help."""
    for word in ("hurts", "helps", "makes no difference", "hardly used"):
        if word in verdicts:
            return word
    return "too early to tell"


def _trust(figures: TrustFigures | LineTrustFigures) -> TrustFigures:
    return {
        "trust": figures["trust"],
        "trust_low": figures["trust_low"],
        "trust_high": figures["trust_high"],
        "worth_runs": figures["worth_runs"],
    }
