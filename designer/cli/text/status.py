"""Where a campaign stands, in words."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from designer.cli.text.lines import lines_table, warnings_text
from designer.cli.text.report import errors_text, odds_text, report_text
from designer.cli.text.results import head_text
from designer.cli.text.spec_view import SpecView, view_of
from designer.render.table import paragraph, screen_width
from designer.render.words import (
    count,
    in_unit,
    number,
    rounded,
    share,
    with_error,
)

if TYPE_CHECKING:
    from designer.cli.verbs.verb import Data
    from designer.service import Service


def status_text(answer: Data, service: Service, arguments: Namespace) -> list[str]:
    """The status: runs, what is learned, errors of the models, lines, best recipe, advice."""
    view = view_of(service, arguments.campaign)
    lines = [f"{answer['campaign']} on {answer['line']}, goal: {answer['goal']}"]
    lines += [_runs(answer.get("runs") or {}), *_learned(answer)]
    parts = (
        errors_text(answer, view),
        report_text(answer, view),
        _lines(answer),
        odds_text(answer),
        warnings_text(answer),
        _best(answer, view),
    )
    for part in parts:
        if part:
            lines += ["", *part]
    lines.append("")
    if answer.get("outlook"):
        lines += paragraph(
            "Ahead (± is 1 sd, typical of the region): ",
            str(answer["outlook"]["text"]),
            screen_width(),
        )
    if answer.get("advice"):
        lines += paragraph("", _joined(answer["advice"]), screen_width())
    return [*lines, *_model(answer, arguments.campaign), *head_text(answer)]


def _joined(advice: object) -> str:
    return " ".join(map(str, advice)) if isinstance(advice, list | tuple) else str(advice)


def _runs(runs: Mapping[str, int]) -> str:
    told = ", ".join(f"{runs[status]} {status}" for status in runs if runs[status])
    return f"Runs: {told or 'none yet'}"


def _learned(answer: Data) -> list[str]:
    bits, expected = answer.get("information_bits"), answer.get("expected_next_bits")
    parts = []
    if bits is not None:
        parts.append(f"{rounded(bits)} bits so far")
    if expected is not None:
        parts.append(f"about {rounded(expected)} bits to expect next")
    return [f"Learned: {', '.join(parts)}"] if parts else []


def _lines(answer: Data) -> list[str]:
    return lines_table(answer["lines"]) if answer.get("lines") else []


def _best(answer: Data, view: SpecView) -> list[str]:
    best = answer.get("best")
    recipes = best if isinstance(best, list) else [best]
    lines: list[str] = []
    for recipe in recipes:
        if isinstance(recipe, Mapping):
            lines += paragraph("Best so far: ", _recipe(recipe, view), screen_width())
        elif recipe is not None:
            lines += paragraph("Best so far: ", str(recipe), screen_width())
    return lines


def _recipe(recipe: Mapping[str, Any], view: SpecView) -> str:
    settings = (
        f"{name} {number(value)}{in_unit(view.unit(name))}"
        for name, value in (recipe.get("settings") or {}).items()
    )
    text = ", ".join(settings)
    if recipe.get("run"):
        text = f"{recipe['run']}: {text}"
    predicted = ", ".join(_predicted(recipe, view))
    if predicted:
        text += f" → {predicted}"
    if recipe.get("in_spec") is not None:
        text += f"; in spec {share(recipe['in_spec'])}"
    return text


def _predicted(recipe: Mapping[str, Any], view: SpecView) -> Iterable[str]:
    for name, told in (recipe.get("predicted") or {}).items():
        figure = with_error(told.get("mean"), told.get("sd_result"))
        yield f"{name} {figure}{in_unit(view.unit(name))}"


def _model(answer: Data, campaign: str) -> list[str]:
    model = answer.get("model") or {}
    refresh = f"designer status {shlex.quote(campaign)} --refresh"
    if model.get("seq") is None:
        return [f"Not evaluated yet: {refresh}"]
    if not model.get("stale"):
        return [f"Evaluated at event {model['seq']}, up to date"]
    events = _behind(answer, int(model["seq"]))
    return [f"Evaluated at event {model['seq']}; {events} came after: {refresh}"]


def _behind(answer: Data, seq: int) -> str:
    head = str(answer.get("head") or "").partition(":")[0]
    behind = int(head) - seq if head.isascii() and head.isdigit() else 0
    return count(behind, "event") if behind > 0 else "others"
