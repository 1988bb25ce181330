"""The model report in words: errors, what the data are, evidence for history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from designer.cli.text.spec_view import SpecView
from designer.render.table import (
    Column,
    paragraph,
    screen_width,
    table,
)
from designer.render.words import (
    NOTHING,
    in_unit,
    rounded,
    share,
)

if TYPE_CHECKING:
    from designer.cli.verbs.verb import Data

_EVEN = 3.0  # odds below say nothing (Kass & Raftery 1995: "not worth more than a bare mention")
_MOST = 1000.0  # where the odds are bounded (engine.report)


def errors_text(answer: Data, view: SpecView) -> list[str]:
    """Leave-one-run-out errors and coverage per response."""
    responses: Mapping[str, Mapping[str, Any]] = answer.get("responses") or {}
    if not responses:
        return []
    figures = list(responses.values())
    if all(each.get("error_sd") is None and each.get("coverage") is None for each in figures):
        return ["Prediction error: too early to tell (from 5 completed runs on)"]
    errors = [_error(each.get("error_sd"), view.unit(name)) for name, each in responses.items()]
    reports = _reports(answer)
    loo = [_of(reports.get(name), "leave_one_run_out") for name in responses]
    folds = [_of(reports.get(name), "k_fold") for name in responses]
    columns = [
        Column("response", list(responses), left=True, key=True),
        Column("prediction error (1 sd)", errors),
        Column("results inside 95 %", [share(each.get("coverage")) for each in figures]),
        Column("inside 80 %", [share(_of(each, "coverage").get("80")) for each in loo]),
        Column("inside 50 %", [share(_of(each, "coverage").get("50")) for each in loo]),
        Column("R2", [rounded(each.get("r2")) for each in loo]),
        Column("5-fold error", [_short(each.get("rmse")) for each in folds]),
    ]
    return table([column for column in columns if set(column.cells) != {NOTHING}])


def report_text(answer: Data, view: SpecView) -> list[str]:
    """What the data of each response are, and how the error fell with the runs."""
    reports = _reports(answer)
    rows = [(name, each) for name, each in reports.items() if each.get("counts")]
    if not any(each["counts"].get("measurements") for _, each in rows):
        return []
    counts = [each["counts"] for _, each in rows]
    columns = [
        Column("response", [name for name, _ in rows], left=True, key=True),
        Column("results", [_whole(each.get("measurements")) for each in counts]),
        Column("runs", [_whole(each.get("runs")) for each in counts]),
        Column("unique recipes", [_whole(each.get("unique_recipes")) for each in counts]),
        Column("replicates", [_whole(each.get("replicates")) for each in counts]),
        Column("largest VIF", [_largest_vif(each) for _, each in rows], left=True),
        Column(
            "error after k runs",
            [_curve(each, view.unit(name)) for name, each in rows],
            left=True,
            wrap=True,
        ),
    ]
    return table([column for column in columns if set(column.cells) != {NOTHING}])


def odds_text(answer: Data) -> list[str]:
    """Evidence for using the earlier lines, per response."""
    told = [
        f"{name} {odds_words(each)}"
        for name, each in (answer.get("history_odds") or {}).items()
        if isinstance(each, Mapping)
    ]
    return paragraph("Evidence: ", "; ".join(told), screen_width()) if told else []


def odds_words(each: Mapping[str, Any]) -> str:
    """``30 : 1 for using the earlier lines``."""
    odds = each.get("odds")
    if not isinstance(odds, int | float) or odds <= 0:
        return NOTHING
    size = max(odds, 1.0 / odds)
    if size < _EVEN:
        return "about even for and against using the earlier lines"
    more = "more than " if size >= _MOST * (1 - 1e-9) else ""
    side = "for" if odds > 1 else "against"
    return f"{more}{float(f'{size:.2g}'):g} : 1 {side} using the earlier lines"


def _reports(answer: Data) -> dict[str, Mapping[str, Any]]:
    """Reports by response; an evaluation of an older version has none."""
    found = answer.get("report") or {}
    return {name: each for name, each in found.items() if isinstance(each, Mapping)}


def _of(each: Mapping[str, Any] | None, key: str) -> Mapping[str, Any]:
    found = (each or {}).get(key)
    return found if isinstance(found, Mapping) else {}


def _largest_vif(report: Mapping[str, Any]) -> str:
    """The most collinear input: ``7.2 (solid_content)``."""
    judged: Mapping[str, Mapping[str, Any]] = report.get("collinearity") or {}
    lost = [name for name, each in judged.items() if _lost(each)]
    if lost:
        return f"infinite ({', '.join(lost)})"
    known = [(each["vif"], name) for name, each in judged.items() if each.get("vif") is not None]
    if not known:
        return NOTHING
    vif, name = max(known)
    return f"{rounded(vif, 1)} ({name})"


def _lost(each: Mapping[str, Any]) -> bool:
    return each.get("vif") is None and each.get("verdict") == "collinear"


def _curve(report: Mapping[str, Any], unit: str | None) -> str:
    points = report.get("learning_curve") or ()
    told = ", ".join(f"{point['runs']}: {_short(point['rmse'])}" for point in points)
    return f"{told}{in_unit(unit)}" if told else NOTHING


def _error(sd: object, unit: str | None) -> str:
    return f"{sd:.2g}{in_unit(unit)}" if isinstance(sd, int | float) else NOTHING


def _short(value: object) -> str:
    return f"{value:.2g}" if isinstance(value, int | float) else NOTHING


def _whole(value: object) -> str:
    return str(value) if isinstance(value, int) else NOTHING
