"""Files and the store in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from designer.cli.text.results import head_text, messages_text, told_values
from designer.render.table import paragraph
from designer.render.words import NOTHING, count, number, pairs

if TYPE_CHECKING:
    from designer.service.answers import ExportAnswer, ImportAnswer, VerifyAnswer


def imported_text(answer: ImportAnswer) -> list[str]:
    """What a plan sheet brought, run by run."""
    runs = answer["runs"]
    new = [run for run in runs if run["new"]]
    if answer["applied"]:
        lines = [f"Recorded results of {count(len(new), 'run')}."]
    else:
        lines = [f"Nothing was recorded; the file has new results of {count(len(new), 'run')}."]
    for run in new:
        values = ", ".join(
            f"{name} {told_values(value, None)}" for name, value in run["new"].items()
        )
        lines += paragraph(f"  {run['run']}  ", values)
    known = sum(len(run["skipped"]) for run in runs)
    if known:
        lines.append(f"{count(known, 'value')} already recorded or empty, skipped.")
    return [*lines, *messages_text(answer["messages"]), *head_text(answer)]


def exported_text(answer: ExportAnswer) -> list[str]:
    """Where an export went."""
    return [f"Wrote {answer['file']} ({answer['what']}, {count(answer['rows'], 'row')})"]


def facts_text(answer: Mapping[str, object]) -> list[str]:
    """A flat dictionary as ``name  value`` lines."""
    labels = {name: name.replace("_", " ") for name in answer}
    column = max((len(label) for label in labels.values()), default=0)
    lines = []
    for name, label in labels.items():
        lines += paragraph(f"{label:<{column}}  ", _fact(answer[name]))
    return lines


def _fact(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_fact(item) for item in value) or NOTHING
    return pairs(value) if isinstance(value, dict) else number(value)


def checks_text(answer: VerifyAnswer) -> list[str]:
    """The result of `store verify`."""
    verdict = "The store is sound." if answer["ok"] else "The store is NOT sound."
    return [*(f"  {check}" for check in answer["checks"]), verdict]
