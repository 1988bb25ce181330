"""Where a campaign stands, in words."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING

from designer.cli.text.lines import judged_lines_table
from designer.cli.text.report import errors_text, odds_text, report_text
from designer.cli.text.results import head_text
from designer.cli.text.spec_view import SpecView, view_of
from designer.render.table import paragraph, paragraphs
from designer.render.words import count, predicted_items, rounded, setting_items, share

if TYPE_CHECKING:
    from designer.engine.answers import BestRecipe
    from designer.service import Service
    from designer.service.figures import StatusAnswer


def status_text(answer: StatusAnswer, service: Service, arguments: Namespace) -> list[str]:
    """The status: runs, what is learned, errors of the models, lines, best recipe, advice."""
    view = view_of(service, arguments.campaign)
    lines = [f"{answer['campaign']} on {answer['line']}, goal: {answer['goal']}"]
    lines += [_runs(answer["runs"]), *_learned(answer)]
    parts = (
        errors_text(answer, view),
        report_text(answer, view),
        judged_lines_table(answer["lines"]) if answer["lines"] else [],
        odds_text(answer),
        paragraphs("! ", answer["warnings"]),
        _best(answer, view),
    )
    for part in parts:
        if part:
            lines += ["", *part]
    lines.append("")
    if answer["outlook"] is not None:
        lines += paragraph("Ahead (± is 1 sd, typical of the region): ", answer["outlook"]["text"])
    lines += paragraph("", answer["advice"])
    return [*lines, _model(answer, arguments.campaign), *head_text(answer)]


def _runs(runs: Mapping[str, int]) -> str:
    told = ", ".join(f"{number} {status}" for status, number in runs.items() if number)
    return f"Runs: {told or 'none yet'}"


def _learned(answer: StatusAnswer) -> list[str]:
    bits, expected = answer["information_bits"], answer["expected_next_bits"]
    parts = []
    if bits is not None:
        parts.append(f"{rounded(bits)} bits so far")
    if expected is not None:
        parts.append(f"about {rounded(expected)} bits to expect next")
    return [f"Learned: {', '.join(parts)}"] if parts else []


def _best(answer: StatusAnswer, view: SpecView) -> list[str]:
    best = answer["best"]
    return [] if best is None else paragraph("Best so far: ", _recipe(best, view))


def _recipe(recipe: BestRecipe, view: SpecView) -> str:
    text = ", ".join(setting_items(recipe["settings"], view.units))
    if recipe["predicted"]:
        text += f" → {', '.join(predicted_items(recipe['predicted'], view.units))}"
    if recipe["in_spec"] is not None:
        text += f"; in spec {share(recipe['in_spec'])}"
    return text


def _model(answer: StatusAnswer, campaign: str) -> str:
    seq, refresh = answer["model"]["seq"], f"designer status {shlex.quote(campaign)} --refresh"
    if seq is None:
        return f"Not evaluated yet: {refresh}"
    if not answer["model"]["stale"]:
        return f"Evaluated at event {seq}, up to date"
    behind = int(answer["head"].partition(":")[0]) - seq
    events = count(behind, "event") if behind > 0 else "others"
    return f"Evaluated at event {seq}; {events} came after: {refresh}"
