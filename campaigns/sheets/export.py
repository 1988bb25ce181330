"""Exports: plans to be filled in, data, events, the specification. And filled sheets back in.

The ending of the file chooses the format. A file is written completely or not at all, and never
over another one unless asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.campaigns.errors import InputError
from designer.campaigns.log.events import canonical_json
from designer.campaigns.sheets.export_rows import (
    Cell,
    data_json,
    data_rows,
    events_json,
    plan_json,
    plan_runs,
    plan_sheet,
)
from designer.campaigns.sheets.results import SheetResults, read_results, results_from_columns
from designer.campaigns.specification.text import to_tables
from designer.campaigns.tables.csv_file import csv_content
from designer.campaigns.tables.files import write_atomic

if TYPE_CHECKING:
    from designer.campaigns.log.state import CampaignState

__all__ = [
    "SheetResults",
    "export_data",
    "export_events",
    "export_plan",
    "export_spec",
    "read_results",
    "results_from_columns",
]

_EVENT_COLUMNS = (
    "seq", "kind", "recorded_at", "actor", "program", "version", "event_id", "hash", "body",
)  # fmt: skip


def export_plan(
    state: CampaignState, path: str | Path, *, plan: str | None = None, force: bool = False
) -> int:
    """Write a plan: a sheet to be filled in (.csv), or ``propose --json`` again (.json).

    Args:
        state: the campaign.
        path: target; its folder must exist.
        plan: plan id; None: all runs that still wait for results.
        force: replace an existing file.

    Returns:
        Number of runs written.

    Raises:
        InputError: no such plan, nothing to write, unknown ending, or the file exists.
        StorageError: the file cannot be written.
    """
    path = _checked(path, (".csv", ".json"), "plan")
    runs = plan_runs(state, plan)
    if not runs:
        hint = "Propose some runs first."
        raise InputError.at("plan", "no run waits for results", hint=hint)
    if path.suffix.lower() == ".json":
        return _write(path, _json(plan_json(state, runs, plan)), len(runs), force=force)
    return _write(path, csv_content(*plan_sheet(state, runs)), len(runs), force=force)


def export_data(state: CampaignState, path: str | Path, *, force: bool = False) -> int:
    """Write all results: one row per run and replicate (.csv), or per run with authors (.json).

    Returns:
        Number of rows (.csv) or runs (.json).

    Raises:
        InputError: unknown ending, or the file exists.
        StorageError: the file cannot be written.
    """
    path = _checked(path, (".csv", ".json"), "data")
    if path.suffix.lower() == ".json":
        content = data_json(state)
        return _write(path, _json(content), len(content["runs"]), force=force)
    columns, rows = data_rows(state)
    return _write(path, csv_content(columns, rows), len(rows), force=force)


def export_events(state: CampaignState, path: str | Path, *, force: bool = False) -> int:
    """Write the whole record: .json loses nothing, .csv has the payload as JSON in one column.

    Returns:
        Number of events.

    Raises:
        InputError: unknown ending, or the file exists.
        StorageError: the file cannot be written.
    """
    path = _checked(path, (".csv", ".json"), "events")
    if path.suffix.lower() == ".json":
        return _write(path, _json(events_json(state)), len(state.events), force=force)
    rows: list[dict[str, Cell]] = [
        {**stored, "body": canonical_json(stored["body"])}
        for stored in (event.as_stored for event in state.events)
    ]
    return _write(path, csv_content(_EVENT_COLUMNS, rows), len(rows), force=force)


def export_spec(state: CampaignState, path: str | Path, *, force: bool = False) -> int:
    """Write the specification: the text as given (.toml), or all of it with defaults (.json).

    Returns:
        1, for uniformity with the other exports.

    Raises:
        InputError: unknown ending, or the file exists.
        StorageError: the file cannot be written.
    """
    path = _checked(path, (".toml", ".json"), "spec")
    if path.suffix.lower() == ".json":
        return _write(path, _json(to_tables(state.spec)), 1, force=force)
    return _write(path, state.spec.text.encode(), 1, force=force)


def _checked(path: str | Path, endings: Sequence[str], what: str) -> Path:
    path = Path(path)
    if path.suffix.lower() not in endings:
        found = path.suffix or "no ending"
        allowed = " or ".join(endings)
        sentence = f"{what} cannot be written in this format by this version"
        raise InputError.at(path.name, sentence, found, allowed)
    return path


def _write(path: Path, content: bytes, count: int, *, force: bool) -> int:
    write_atomic(path, content, force=force)
    return count


def _json(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()
