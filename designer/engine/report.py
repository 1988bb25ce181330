"""The model report of a campaign, its odds for history and its warnings, ready for the cache."""

from __future__ import annotations

import numpy as np

from designer.campaigns.space.factors import quantity_text
from designer.engine.answers import OddsFigures
from designer.engine.fitted_campaign import FittedCampaign
from designer.engine.training_rows.training_set import training_runs
from designer.models.arrays import FloatArray
from designer.models.diagnostics.collinearity import CAUTIOUS, COLLINEAR
from designer.models.diagnostics.figures import DataCounts, ResponseReport
from designer.models.diagnostics.history_evidence import POSITIVE_ODDS
from designer.models.diagnostics.line_coverage import LineShare, line_shares
from designer.models.diagnostics.report import model_report
from designer.models.fitting.history_weight import Belief, HistoryWeight, Undecided
from designer.models.gp.fitted import HistoryOdds
from designer.models.posterior.averaging import SAMPLES, AveragedPosterior
from designer.models.posterior.mixture import MixedPosterior
from designer.models.posterior.posterior import ResponsePosterior
from designer.render.figures import figure_text
from designer.render.words import count

LARGEST_ODDS = 1000.0  # shown at most: further digits would be a matter of the normal tails
_FEW_SAMPLES = 5.0  # effective draws below which averages over them are a matter of luck
_NARROW = 0.1  # a line whose settings span less of an input's range hardly varied it (assumption)


def report_figures(fitted: FittedCampaign) -> dict[str, ResponseReport]:
    """Model report per response of the specification, JSON-able."""
    space = fitted.training.space
    factors = {factor.name for factor in fitted.state.spec.factors}
    belongs = np.array([name in factors for name in space.names], dtype=np.bool_)
    recipe = np.flatnonzero(belongs[space.groups])
    found: dict[str, ResponseReport] = {}
    for response in fitted.state.spec.responses:
        posterior = fitted.posteriors.get(response.name)
        if posterior is None:
            found[response.name] = _no_report()
        else:
            report = model_report(posterior.fitted, space.groups, recipe, space.names)
            report["effective_samples"] = _effective_samples(fitted.averaged[response.name])
            found[response.name] = report
    return found


def _no_report() -> ResponseReport:
    """Of a response that was never measured."""
    counts: DataCounts = {
        "measurements": 0,
        "runs": 0,
        "unique_recipes": 0,
        "replicates": 0,
        "earlier_measurements": 0,
    }
    return {
        "counts": counts,
        "leave_one_run_out": None,
        "k_fold": None,
        "learning_curve": [],
        "collinearity": {},
        "effective_samples": None,
    }


def odds_figures(fitted: FittedCampaign) -> dict[str, OddsFigures | None]:
    """Odds for using history per response; None without history or below 3 runs."""
    found: dict[str, OddsFigures | None] = {r.name: None for r in fitted.state.spec.responses}
    for name, posterior in fitted.posteriors.items():
        judged = fitted.weighed.judged[name]
        odds = posterior.fitted.odds if judged is None else judged.evidence
        if odds is not None:
            found[name] = _odds(odds, 1.0 if judged is None else judged.weight)
    return found


def _odds(odds: HistoryOdds, weight: float) -> OddsFigures:
    most = float(np.log(LARGEST_ODDS))
    bounded = float(np.clip(odds.log_odds, -most, most))
    return {
        "odds": float(np.exp(bounded)),
        "log_odds": bounded,
        "standard_error": None,
        "runs": odds.runs,
        "weight": weight,
    }


def line_coverage(fitted: FittedCampaign, region: FloatArray) -> dict[str, dict[str, LineShare]]:
    """Per line and response: what its rows determine over the region."""
    names = fitted.training.lines
    found: dict[str, dict[str, LineShare]] = {}
    for response, posterior in fitted.posteriors.items():
        for share in line_shares(posterior, region):
            found.setdefault(names[share.line - 1], {})[response] = share
    return found


def flat_warning(fitted: FittedCampaign, name: str, share: LineShare) -> str:
    """Why a line says little about a response over the region."""
    posterior, line = fitted.posteriors[name], fitted.training.lines[share.line - 1]
    rows = "its only row" if share.rows == 1 else f"its {share.rows} rows"
    advice = (
        f"It can neither help nor contradict: do not read its trust as agreement. Add rows of"
        f" {line} that cover the region, or exclude it"
    )
    if share.constant:
        value = float(posterior.fitted.data.y[posterior.fitted.data.line == share.line][0])
        return (
            f"Line {line} says nothing about {name} here: {rows} all hold the same value"
            f" {value:g}. Check that it was really measured. {advice}"
        )
    narrow = _hardly_varied(fitted, posterior, share.line)
    why = f"; it hardly varied {', '.join(narrow)}" if narrow and share.rows > 1 else ""
    return (
        f"Line {line} says little about {name} over the feasible region: {rows} determine"
        f" {100 * share.determined:.0f} % of its variation there (at least 50 % wanted){why}."
        f" {advice}"
    )


def _hardly_varied(fitted: FittedCampaign, posterior: ResponsePosterior, line: int) -> list[str]:
    """Inputs that a line kept (nearly) fixed."""
    data, space = posterior.fitted.data, fitted.training.space
    spans = np.ptp(data.X[data.line == line], axis=0)
    return [
        name for i, name in enumerate(space.names) if (spans[space.groups == i] < _NARROW).all()
    ]


def report_warnings(
    fitted: FittedCampaign,
    report: dict[str, ResponseReport],
    odds: dict[str, OddsFigures | None],
) -> list[str]:
    """Sentences about collinear factors, and about history that the target's results contradict."""
    return [*_collinear_warnings(fitted, report), *_against_lines(fitted, odds)]


def model_notes(fitted: FittedCampaign) -> list[str]:
    """What to know beside predictions, recommendations and plans."""
    return [*fitted.notes, *_against_lines(fitted, odds_figures(fitted))]


def _against_lines(fitted: FittedCampaign, odds: dict[str, OddsFigures | None]) -> list[str]:
    """Sentences about responses whose own results speak against the earlier lines."""
    return [
        f"{name}: the results of {each['runs']} runs speak {_ratio(1 / each['odds'])} against using"
        f" the earlier lines. {_consequence(fitted, fitted.weighed.judged.get(name))} Look at the"
        " trust of each line, and exclude those that are wrong: designer lines exclude"
        for name, each in odds.items()
        if each is not None and each["odds"] <= 1.0 / POSITIVE_ODDS
    ]


def _consequence(fitted: FittedCampaign, judged: HistoryWeight | None) -> str:
    """What follows from evidence against the earlier lines, and what would decide."""
    if judged is None:
        return "They are not used for it."
    if not judged.decided:
        return f"They are still used: {_would_decide(fitted, judged.undecided)}."
    share = 100.0 * judged.weight
    told = "less than 1" if share < 1.0 else f"{share:.0f}"
    return f"Predictions and plans follow them by {told} %, the own results alone by the rest."


def _would_decide(fitted: FittedCampaign, missing: Undecided | None) -> str:
    """What own recipes lack to decide about the earlier lines."""
    if missing is None:
        return "own results and lines are modelled on different scales, which nothing can weigh"
    more = count(missing.recipes, "more different own recipe")
    if not missing.narrow:
        return f"{more} would decide"
    wider = ", ".join(_varied_so_far(fitted, index) for index in missing.narrow)
    if missing.recipes:
        return f"{more} would decide, if they vary {wider} more widely"
    return (
        "the own recipes are enough, but cover a corner of the region only. Some that vary"
        f" {wider} more widely would decide"
    )


def _varied_so_far(fitted: FittedCampaign, index: int) -> str:
    """``gap (so far 100 to 140 um)``."""
    item = fitted.state.spec.inputs[index]
    runs = training_runs(fitted.state)
    told = [{**run.used, **run.given}.get(item.name) for run in runs]
    known = [value for value in told if value is not None]
    numbers = [float(value) for value in known if not isinstance(value, str)]
    if numbers:
        low, high = min(numbers), max(numbers)
        shown = quantity_text(low, item.unit)
        shown = shown if low == high else f"{figure_text(low)} to {quantity_text(high, item.unit)}"
    else:
        shown = ", ".join(dict.fromkeys(map(str, known)))
    return f"{item.name} (so far {shown})" if shown else item.name


def averaging_notes(report: dict[str, ResponseReport]) -> list[str]:
    """Sentences about responses whose averages over hyperparameters hang on a few draws."""
    return [
        f"{name}: {few:.1f} of {SAMPLES} draws of the hyperparameters decide what is shown, so its"
        " intervals are rough; more results settle it"
        for name, each in report.items()
        if (few := each["effective_samples"]) is not None and few < _FEW_SAMPLES
    ]


def _effective_samples(belief: Belief) -> float | None:
    """Draws that decide about the model with history, or about the only one."""
    averaged = belief.history if isinstance(belief, MixedPosterior) else belief
    return averaged.effective_samples if isinstance(averaged, AveragedPosterior) else None


def _ratio(odds: float) -> str:
    more = "more than " if odds >= LARGEST_ODDS * (1 - 1e-9) else ""
    return f"{more}{odds:.0f} : 1"


def _collinear_warnings(fitted: FittedCampaign, report: dict[str, ResponseReport]) -> list[str]:
    """One sentence per set of inputs whose effects the runs cannot tell apart."""
    mixed = {name for mixture in fitted.state.spec.mixtures for name in mixture.factors}
    found: dict[tuple[str, ...], list[str]] = {}
    for response, each in report.items():
        judged = each["collinearity"].items()
        # fractions that sum to a total are collinear by nature, not by choice of the runs
        names = tuple(n for n, c in judged if c["verdict"] == "collinear" and n not in mixed)
        if names:
            found.setdefault(names, []).append(response)
    return [
        f"The runs cannot tell the effects of {', '.join(names)} on {', '.join(responses)} apart"
        f" (collinear: VIF above {COLLINEAR:g}, cautious above {CAUTIOUS:g}): make runs that change"
        " one of them alone"
        for names, responses in found.items()
    ]
