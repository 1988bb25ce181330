"""What tables of results brought in: filled plan sheets, one's own past runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from designer.cli.text.results import head_text, values_text
from designer.render.table import paragraph, paragraphs
from designer.render.words import count, moment, number

_TOLD = 12  # new runs of which each is told

if TYPE_CHECKING:
    from designer.campaigns.sheets.run_object import SheetCounts, SheetRun
    from designer.service import answers


def imported_text(answer: answers.ImportAnswer) -> list[str]:
    """What a plan sheet brought, run by run."""
    runs, attached, counts = answer["runs"], answer["attached"], answer["counts"]
    lines = [] if answer["applied"] else ["Nothing was recorded."]
    if counts["runs"]:
        figures = _figures(counts)
        told = f"results of {count(counts['runs'], 'run')}{': ' if figures else ''}{figures}."
        new = "Recorded" if answer["applied"] else "Nothing was recorded; the file has new"
        lines = paragraphs("", [f"{new} {told}"])
    if attached:
        word = "Attached" if answer["applied"] else "The file has"
        lines.append(f"{word} {count(len(attached), 'run')} nobody proposed: {_ids(attached)}.")
        lines += _added(answer)
    if not counts["runs"] and not attached:
        lines = ["Nothing was recorded; the file has nothing new."]
    lines += _new_values([run for run in runs if run["new"]])
    if counts["known"]:
        lines.append(f"Passed over {count(counts['known'], 'value')} recorded already.")
    return [*lines, *paragraphs("- ", answer["messages"]), *head_text(answer)]


def attached_text(answer: answers.AttachedAnswer) -> list[str]:
    """What a table of runs nobody proposed brought."""
    attached = answer["attached"]
    further = [run for run in answer["known"] if run["new"]]
    ids = f": {_ids(attached)}" if attached else ""
    if answer["applied"]:
        lines = [f"Attached {count(len(attached), 'run')}{ids}."] if attached else []
    else:
        lines = [f"Nothing was recorded; the file has {count(len(attached), 'new run')}{ids}."]
        lines += _added(answer)
    if further:
        lines.append(f"More of {count(len(further), 'run')} recorded before:")
    lines += _new_values(further)
    return [*lines, *paragraphs("- ", answer["messages"]), *head_text(answer)]


def _added(answer: answers.AttachedAnswer | answers.ImportAnswer) -> list[str]:
    """What new runs would be, before they are recorded; afterwards `show` tells them."""
    if answer["applied"]:
        return []
    lines: list[str] = []
    for run in answer["added"][:_TOLD]:
        inputs = {**run["settings"], **run["given"]}
        told = [", ".join(f"{name} {number(value)}" for name, value in inputs.items())]
        told += [", ".join(f"{name} {values_text(v, None)}" for name, v in run["results"].items())]
        told += [", ".join(f"{stage} {batch}" for stage, batch in run["batch"].items())]
        told += [f"made at {moment(run['made_at'])}" if run["made_at"] else ""]
        lines += paragraph(f"  {run['run']}  ", "; ".join(filter(None, told)))
    more = len(answer["added"]) - _TOLD
    return [*lines, f"  … and {count(more, 'more run')}"] if more > 0 else lines


def _new_values(runs: Sequence[SheetRun]) -> list[str]:
    lines: list[str] = []
    for run in runs:
        new, changed = run["new"], run["changed"]
        told = [
            f"{name} {_value(name, value)}"
            + (f" instead of {_value(name, changed[name]['before'])}" if name in changed else "")
            for name, value in new.items()
            if name not in ("status", "failure")
        ]
        moved = ""
        if run["status"] != run["status_before"]:
            moved = f"{run['status_before']} → {run['status']}"
            moved += f" ({new['failure']})" if "failure" in new else ""
        lines += paragraph(f"  {run['run']}  ", ": ".join(filter(None, (moved, ", ".join(told)))))
    return lines


def _value(name: str, value: object) -> str:
    return moment(value) if name == "made_at" else values_text(value, None)


def _figures(counts: SheetCounts) -> str:
    """How much of a sheet is new, in words."""
    told = [
        count(counts["values"], "value") if counts["values"] else "",
        f"{count(counts['changed'], 'fact')} unlike the plan" if counts["changed"] else "",
        f"{counts['completed']} completed" if counts["completed"] else "",
        f"{counts['failed']} failed" if counts["failed"] else "",
        f"{counts['abandoned']} abandoned" if counts["abandoned"] else "",
    ]
    return ", ".join(filter(None, told))


def _ids(runs: Sequence[str]) -> str:
    return ", ".join(runs) if len(runs) <= 6 else f"{runs[0]} to {runs[-1]}"
