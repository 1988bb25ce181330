"""Where a campaign stands, in words: runs, errors of the models, their data, advice."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING

from designer.cli.text.lines import judged_lines_table
from designer.cli.text.results import doubts_text, head_text
from designer.cli.text.spec_view import SpecView, view_of
from designer.render.expected import bits_words, in_spec_words, predicted_items
from designer.render.figures import figure_text
from designer.render.table import Column, paragraph, paragraphs, table, without_empty
from designer.render.words import (
    NOTHING,
    count,
    in_unit,
    rounded,
    setting_items,
    share,
)

if TYPE_CHECKING:
    from designer.engine.answers import BestRecipe
    from designer.models.diagnostics.figures import ResponseReport
    from designer.service import Service
    from designer.service.figures import StatusAnswer

_EVEN = 3.0  # odds below say nothing (Kass & Raftery 1995: "not worth more than a bare mention")
_MOST = 1000.0  # where the odds are bounded (engine.report)


def status_text(answer: StatusAnswer, service: Service, arguments: Namespace) -> list[str]:
    """The status: runs, what is learned, errors of the models, lines, best recipe, advice."""
    view = view_of(service, arguments.campaign)
    lines = [f"{answer['campaign']} on {answer['line']}, goal: {answer['goal']}"]
    lines += [_runs(answer["runs"]), *_learned(answer)]
    parts = (
        _errors(answer, view),
        _data(answer, view),
        judged_lines_table(answer["lines"]) if answer["lines"] else [],
        _odds(answer),
        _doubts(answer),
        _best(answer["best"], view),
    )
    for part in parts:
        if part:
            lines += ["", *part]
    lines.append("")
    if answer["outlook"] is not None:
        lines += paragraph("Ahead: ", answer["outlook"]["text"])
    lines += paragraph("", answer["advice"])
    return [*lines, _model(answer, arguments.campaign), *head_text(answer)]


def _runs(runs: Mapping[str, int]) -> str:
    told = ", ".join(f"{number} {status}" for status, number in runs.items() if number)
    return f"Runs: {told or 'none yet'}"


def _learned(answer: StatusAnswer) -> list[str]:
    bits, runs = answer["information_bits"], answer["runs"]
    if bits is None or not runs["completed"] + runs["partial"]:
        return []
    return [f"Learned: {bits_words(bits)} from all results so far"]


def _errors(answer: StatusAnswer, view: SpecView) -> list[str]:
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
            [_short(each["error_sd"], view.units.get(name)) for name, each in responses.items()],
        ),
        Column("results inside 95 %", [share(each["coverage"]) for each in figures]),
        Column("inside 80 %", [NOTHING if e is None else share(e["coverage"]["80"]) for e in loo]),
        Column("inside 50 %", [NOTHING if e is None else share(e["coverage"]["50"]) for e in loo]),
        Column("R2", [NOTHING if each is None else rounded(each["r2"]) for each in loo]),
        Column("5-fold error", [NOTHING if e is None else _short(e["rmse"]) for e in folds]),
    ]
    return table(without_empty(columns))


def _data(answer: StatusAnswer, view: SpecView) -> list[str]:
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
            [_curve(each, view.units.get(name)) for name, each in reports.items()],
            left=True,
            wrap=True,
        ),
    ]
    return table(without_empty(columns))


def _doubts(answer: StatusAnswer) -> list[str]:
    """What is set aside, what looks like a slip (the notes below tell why), and other warnings."""
    told = doubts_text(answer["campaign"], answer["flags"], answer["set_aside"])
    return [*told, *paragraphs("! ", answer["warnings"])]


def _odds(answer: StatusAnswer) -> list[str]:
    """Evidence for using the earlier lines, per response."""
    told = [
        f"{name} {_odds_words(each['odds'])}{_followed(each['weight'])}"
        for name, each in answer["history_odds"].items()
        if each is not None
    ]
    return paragraph("Evidence: ", "; ".join(told)) if told else []


def _followed(weight: float) -> str:
    """How far predictions follow the lines, where that is open."""
    return "" if weight == 1 else f", followed by {share(weight)}"


def _odds_words(odds: float) -> str:
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
    return NOTHING if value is None else f"{figure_text(value, 2)}{in_unit(unit)}"


def _best(recipe: BestRecipe | None, view: SpecView) -> list[str]:
    if recipe is None:
        return []
    text = ", ".join(setting_items(recipe["settings"], view.units))
    if recipe["predicted"]:
        text += f" → {', '.join(predicted_items(recipe['predicted'], view.units))}"
    if recipe["in_spec"] is not None:
        text += f"; {in_spec_words(recipe['in_spec'], recipe['in_spec_measured'])}"
    return paragraph("Best so far: ", text)


def _model(answer: StatusAnswer, campaign: str) -> str:
    seq, refresh = answer["model"]["seq"], f"designer status {shlex.quote(campaign)} --refresh"
    if seq is None:
        return f"Not evaluated yet: {refresh}"
    if not answer["model"]["stale"]:
        return f"Evaluated at event {seq}, up to date"
    behind = int(answer["head"].partition(":")[0]) - seq
    events = count(behind, "event") if behind > 0 else "others"
    return f"Evaluated at event {seq}; {events} came after: {refresh}"
