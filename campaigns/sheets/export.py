"""Exports: plans to be filled in, data, events, the specification.

The ending of the file chooses the format. A file is written completely or not at all, and never
over another one unless asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from designer.campaigns.errors import InputError
from designer.campaigns.log.events import canonical_json
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.export_rows import (
    Cell,
    data_json,
    data_rows,
    events_json,
    plan_json,
    plan_runs,
    plan_sheet,
)
from designer.campaigns.specification.text import to_tables
from designer.campaigns.tables.csv_file import csv_content
from designer.campaigns.tables.files import write_atomic

_EVENT_COLUMNS = (
    "seq", "kind", "recorded_at", "actor", "program", "version", "event_id", "hash", "body",
)  # fmt: skip

EXPORTS = ("plan", "data", "events", "spec")
"""What can be exported."""


def export(
    state: CampaignState,
    path: str | Path,
    what: str = "plan",
    *,
    plan: str | None = None,
    force: bool = False,
) -> int:
    """Write a part of a campaign to a file.

    - ``plan``: a sheet to be filled in (.csv), or ``propose --json`` again (.json);
    - ``data``: all results, one row per run and replicate (.csv), or per run with authors (.json);
    - ``events``: the whole record, nothing lost (.json), or its payload as JSON in a column (.csv);
    - ``spec``: the specification, the text as given (.toml), or all with defaults (.json).

    Args:
        state: the campaign.
        path: target; its folder must exist.
        what: one of `EXPORTS`.
        plan: plan id; None: all runs that still wait for results.
        force: replace an existing file.

    Returns:
        Number of runs (``plan``, .json of ``data``), rows, or events; 1 for ``spec``.

    Raises:
        InputError: none of `EXPORTS`, no such plan, nothing to write, unknown ending, or the file
            exists.
        StorageError: the file cannot be written.
    """
    path = Path(path)
    if what not in EXPORTS:
        raise InputError.at("--what", "cannot be exported", what, ", ".join(EXPORTS))
    if plan is not None and what != "plan":
        raise InputError.at("--plan", f"has no meaning with --what {what}", plan)
    endings = (".toml", ".json") if what == "spec" else (".csv", ".json")
    ending = path.suffix.lower()
    if ending not in endings:
        sentence = f"{what} cannot be written in this format by this version"
        raise InputError.at(path.name, sentence, path.suffix or "no ending", " or ".join(endings))
    as_json = ending == ".json"
    if what == "plan":
        content, count = _plan(state, plan, as_json=as_json)
    elif what == "data":
        content, count = _data(state, as_json=as_json)
    elif what == "events":
        content, count = _events(state, as_json=as_json), len(state.events)
    else:
        content, count = _json(to_tables(state.spec)) if as_json else state.spec.text.encode(), 1
    write_atomic(path, content, force=force)
    return count


def _plan(state: CampaignState, plan: str | None, *, as_json: bool) -> tuple[bytes, int]:
    runs = plan_runs(state, plan)
    if not runs:
        hint = "Propose some runs first."
        raise InputError.at("plan", "no run waits for results", hint=hint)
    if as_json:
        return _json(plan_json(state, runs, plan)), len(runs)
    return csv_content(*plan_sheet(state, runs)), len(runs)


def _data(state: CampaignState, *, as_json: bool) -> tuple[bytes, int]:
    if as_json:
        data = data_json(state)
        return _json(data), len(data["runs"])
    columns, rows = data_rows(state)
    return csv_content(columns, rows), len(rows)


def _events(state: CampaignState, *, as_json: bool) -> bytes:
    if as_json:
        return _json(events_json(state))
    stored = [event.as_stored for event in state.events]
    rows: list[dict[str, Cell]] = [
        {**event, "body": canonical_json(event["body"])} for event in stored
    ]
    return csv_content(_EVENT_COLUMNS, rows)


def _json(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()
