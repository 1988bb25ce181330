"""What tables of results brought in: filled plan sheets, one's own past runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from designer.cli.text.results import head_text, values_text
from designer.render.table import paragraph, paragraphs
from designer.render.words import count

if TYPE_CHECKING:
    from designer.campaigns.sheets.run_object import SheetRun
    from designer.service import answers


def imported_text(answer: answers.ImportAnswer) -> list[str]:
    """What a plan sheet brought, run by run."""
    runs, attached = answer["runs"], answer["attached"]
    new = [run for run in runs if run["new"]]
    if answer["applied"]:
        lines = [f"Recorded results of {count(len(new), 'run')}."]
    else:
        lines = [f"Nothing was recorded; the file has new results of {count(len(new), 'run')}."]
    if attached:
        told = "Attached" if answer["applied"] else "The file has"
        lines.append(f"{told} {count(len(attached), 'run')} nobody proposed: {_ids(attached)}.")
    lines += _new_values(new)
    known = sum(len(run["skipped"]) for run in runs)
    if known:
        lines.append(f"{count(known, 'value')} already recorded or empty, skipped.")
    return [*lines, *paragraphs("- ", answer["messages"]), *head_text(answer)]


def attached_text(answer: answers.AttachedAnswer) -> list[str]:
    """What a table of runs nobody proposed brought."""
    attached = answer["attached"]
    further = [run for run in answer["known"] if run["new"]]
    ids = f": {_ids(attached)}" if attached else ""
    if answer["applied"]:
        lines = [f"Attached {count(len(attached), 'run')}{ids}."]
    else:
        lines = [f"Nothing was recorded; the file has {count(len(attached), 'new run')}{ids}."]
    if further:
        lines.append(f"More of {count(len(further), 'run')} recorded before:")
    lines += _new_values(further)
    return [*lines, *paragraphs("- ", answer["messages"]), *head_text(answer)]


def _new_values(runs: Sequence[SheetRun]) -> list[str]:
    lines: list[str] = []
    for run in runs:
        values = ", ".join(
            f"{name} {values_text(value, None)}" for name, value in run["new"].items()
        )
        lines += paragraph(f"  {run['run']}  ", values)
    return lines


def _ids(runs: Sequence[str]) -> str:
    return ", ".join(runs) if len(runs) <= 6 else f"{runs[0]} to {runs[-1]}"
