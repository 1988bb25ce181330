"""The model report in words: errors, what the data are, evidence for history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.cli.text.spec_view import SpecView
from designer.render.table import Column, paragraph, table, telling
from designer.render.words import NOTHING, in_unit, rounded, share

if TYPE_CHECKING:
    from designer.engine.answers import ResponseReport
    from designer.service.figures import StatusAnswer

_EVEN = 3.0  # odds below say nothing (Kass & Raftery 1995: "not worth more than a bare mention")
_MOST = 1000.0  # where the odds are bounded (engine.report)


def errors_text(answer: StatusAnswer, view: SpecView) -> list[str]:
    """Leave-one-run-out errors and coverage per response."""
    responses = answer["responses"]
    figures = list(responses.values())
    if all(each["error_sd"] is None and each["coverage"] is None for each in figures):
        return ["Prediction error: too early to tell (from 5 completed runs on)"]
    reports = [answer["report"][name] for name in responses]
    loo = [None if report is None else report["leave_one_run_out"] for report in reports]
    folds = [None if report is None else report["k_fold"] for report in reports]
    columns = [
        Column("response", list(responses), left=True, key=True),
        Column(
            "prediction error (1 sd)",
            [_short(each["error_sd"], view.unit(name)) for name, each in responses.items()],
        ),
        Column("results inside 95 %", [share(each["coverage"]) for each in figures]),
        Column("inside 80 %", [NOTHING if e is None else share(e["coverage"]["80"]) for e in loo]),
        Column("inside 50 %", [NOTHING if e is None else share(e["coverage"]["50"]) for e in loo]),
        Column("R2", [NOTHING if each is None else rounded(each["r2"]) for each in loo]),
        Column("5-fold error", [NOTHING if e is None else _short(e["rmse"]) for e in folds]),
    ]
    return table(telling(columns))


def report_text(answer: StatusAnswer, view: SpecView) -> list[str]:
    """What the data of each response are, and how the error fell with the runs."""
    reports = {name: each for name, each in answer["report"].items() if each is not None}
    counts = [each["counts"] for each in reports.values()]
    if not any(each["measurements"] for each in counts):
        return []
    columns = [
        Column("response", list(reports), left=True, key=True),
        Column("results", [str(each["measurements"]) for each in counts]),
        Column("runs", [str(each["runs"]) for each in counts]),
        Column("unique recipes", [str(each["unique_recipes"]) for each in counts]),
        Column("replicates", [str(each["replicates"]) for each in counts]),
        Column("largest VIF", [_largest_vif(each) for each in reports.values()], left=True),
        Column(
            "error after k runs",
            [_curve(each, view.unit(name)) for name, each in reports.items()],
            left=True,
            wrap=True,
        ),
    ]
    return table(telling(columns))


def odds_text(answer: StatusAnswer) -> list[str]:
    """Evidence for using the earlier lines, per response."""
    told = [
        f"{name} {odds_words(each['odds'])}"
        for name, each in answer["history_odds"].items()
        if each is not None
    ]
    return paragraph("Evidence: ", "; ".join(told)) if told else []


def odds_words(odds: float) -> str:
    """``30 : 1 for using the earlier lines``."""
    size = max(odds, 1.0 / odds)
    if size < _EVEN:
        return "about even for and against using the earlier lines"
    more = "more than " if size >= _MOST * (1 - 1e-9) else ""
    side = "for" if odds > 1 else "against"
    return f"{more}{float(f'{size:.2g}'):g} : 1 {side} using the earlier lines"


def _largest_vif(report: ResponseReport) -> str:
    """The most collinear input: ``7.2 (solid_content)``."""
    judged = report["collinearity"]
    lost = [name for name, e in judged.items() if e["vif"] is None and e["verdict"] == "collinear"]
    if lost:
        return f"infinite ({', '.join(lost)})"
    known = [(each["vif"], name) for name, each in judged.items() if each["vif"] is not None]
    if not known:
        return NOTHING
    vif, name = max(known)
    return f"{rounded(vif, 1)} ({name})"


def _curve(report: ResponseReport, unit: str | None) -> str:
    points = report["learning_curve"]
    told = ", ".join(f"{point['runs']}: {_short(point['rmse'])}" for point in points)
    return f"{told}{in_unit(unit)}" if told else NOTHING


def _short(value: float | None, unit: str | None = None) -> str:
    return NOTHING if value is None else f"{value:.2g}{in_unit(unit)}"
