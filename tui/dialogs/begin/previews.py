"""What a file would bring, in lines: columns, runs, values, what does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from designer.campaigns.plausibility.remarks import without_commands
from designer.campaigns.sheets.run_object import AddedRun, SheetRun
from designer.campaigns.tables.columns import IGNORED
from designer.render.words import count, number, share
from designer.service.answers import AttachedAnswer, ImportAnswer, LineAddedAnswer

Brought = ImportAnswer | AttachedAnswer
_TOLD: Final = 30  # runs of which each is told


def line_lines(answer: LineAddedAnswer, units: Mapping[str, str | None]) -> list[str]:
    """What an earlier line would bring.

    Args:
        answer: of a dry run.
        units: declared ones by name.
    """
    read = {column: name for column, name in answer["columns"].items() if name not in ("", IGNORED)}
    told = [f"{count(answer['rows'], 'row')} of {answer['line']} fit."]
    for column, name in read.items():  # which column is which stands above
        own, unit = answer["units"].get(column), units.get(name)
        if own and own != unit:
            told.append(f"  {column}  →  {name}  {own} → {unit}")
    covered = ", ".join(f"{f['factor']} {share(f['covered'])}" for f in answer["factors"])
    told.append(f"Share of the campaign's ranges that it covers: {covered}")
    return [*told, *_notes(answer["notes"])]


def import_lines(answer: ImportAnswer) -> list[str]:
    """What a filled sheet would change."""
    counts, new = answer["counts"], [run for run in answer["runs"] if run["new"]]
    told = [f"{count(counts['values'], 'new value')} of {count(counts['runs'], 'run')}."]
    if not new and not answer["attached"]:
        told = ["The file has nothing new."]
    told += _of_runs(new)
    told += _added(answer["added"])
    if counts["known"]:
        told.append(f"Passed over: {count(counts['known'], 'value')} recorded already.")
    return [*told, *_notes(answer["messages"])]


def attached_lines(answer: AttachedAnswer) -> list[str]:
    """What a table of runs nobody proposed would bring."""
    further = [run for run in answer["known"] if run["new"]]
    told = _added(answer["added"]) or (["The file has no new run."] if not further else [])
    if further:
        told += [f"More of {count(len(further), 'run')} recorded before:", *_of_runs(further)]
    return [*told, *_notes(answer["messages"])]


def brought_lines(answer: Brought) -> list[str]:
    """What either would bring."""
    if "counts" in answer:
        return import_lines(answer)
    return attached_lines(answer)


def brings(answer: Brought) -> bool:
    """Whether there is anything to enter."""
    runs = answer["runs"] if "counts" in answer else answer["known"]
    return bool(answer["attached"]) or any(run["new"] for run in runs)


def _of_runs(runs: Sequence[SheetRun]) -> list[str]:
    lines = []
    for run in runs[:_TOLD]:
        new, changed = run["new"], run["changed"]
        values = [
            f"{name} {_shown(value)}"
            + (f" (was {_shown(changed[name]['before'])})" if name in changed else "")
            for name, value in new.items()
            if name not in ("status", "failure")
        ]
        moved = ""
        if run["status"] != run["status_before"]:
            why = f" ({new['failure']})" if "failure" in new else ""
            moved = f"{run['status_before']} → {run['status']}{why}"
        lines.append(f"  {run['run']}  {'; '.join(filter(None, (moved, ', '.join(values))))}")
    return [*lines, *_more(len(runs))]


def _added(runs: Sequence[AddedRun]) -> list[str]:
    if not runs:
        return []
    lines = [f"{count(len(runs), 'new run')} nobody proposed:"]
    for run in runs[:_TOLD]:
        inputs = {**run["settings"], **run["given"]}
        told = ", ".join(f"{name} {number(value)}" for name, value in inputs.items())
        results = ", ".join(f"{name} {_shown(values)}" for name, values in run["results"].items())
        batches = ", ".join(run["batch"].values())
        words = "; ".join(filter(None, (told, results or "no result: planned by hand", batches)))
        lines.append(f"  {run['run']}  {words}")
    return [*lines, *_more(len(runs))]


def _more(runs: int) -> list[str]:
    return [f"  … and {count(runs - _TOLD, 'more run')}"] if runs > _TOLD else []


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return "/".join(map(_shown, value))
    return number(value) if isinstance(value, int | float | str) or value is None else str(value)


def _notes(notes: Sequence[str]) -> list[str]:
    return ["", *(f"! {without_commands(note)}" for note in notes)] if notes else []
