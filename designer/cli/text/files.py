"""Files and the store in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.cli.text.results import head_text, messages_text, told
from designer.render.table import paragraph, screen_width
from designer.render.words import (
    NOTHING,
    count,
    number,
    pairs,
)

if TYPE_CHECKING:
    from designer.cli.verbs.verb import Data


def imported_text(answer: Data) -> list[str]:
    """What a plan sheet brought, run by run."""
    runs = answer["runs"]
    new = [run for run in runs if run.get("new")]
    if answer.get("applied"):
        lines = [f"Recorded results of {count(len(new), 'run')}."]
    else:
        lines = [f"Nothing was recorded; the file has new results of {count(len(new), 'run')}."]
    width = screen_width()
    for run in new:
        values = ", ".join(f"{name} {told(value, None)}" for name, value in run["new"].items())
        lines += paragraph(f"  {run['run']}  ", values, width)
    known = sum(len(run.get("skipped") or ()) for run in runs)
    if known:
        lines.append(f"{count(known, 'value')} already recorded or empty, skipped.")
    return [*lines, *messages_text(answer), *head_text(answer)]


def exported_text(answer: Data) -> list[str]:
    """Where an export went."""
    rows = answer.get("rows")
    size = "" if rows is None else f", {count(rows, 'row')}"
    return [f"Wrote {answer['file']} ({answer['what']}{size})"]


def facts_text(answer: Data) -> list[str]:
    """A flat dictionary as ``name  value`` lines."""
    labels = {name: name.replace("_", " ") for name in answer if name != "notes"}
    column = max((len(label) for label in labels.values()), default=0)
    lines = []
    for name, label in labels.items():
        lines += paragraph(f"{label:<{column}}  ", _fact(answer[name]), screen_width())
    return lines


def _fact(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_fact(item) for item in value) or NOTHING
    return pairs(value) if isinstance(value, dict) else number(value)


def checks_text(answer: Data) -> list[str]:
    """The result of `store verify`."""
    verdict = "The store is sound." if answer["ok"] else "The store is NOT sound."
    return [*(f"  {check}" for check in answer["checks"]), verdict]
