"""Exports: plans to be filled in, data, events, the specification.

The ending of the file chooses the format. A file is written completely or not at all, and never
over another one unless asked for.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from designer.campaigns.errors import InputError
from designer.campaigns.files import File, as_file, write_atomic
from designer.campaigns.log.events import canonical_json
from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.plan_sheet import plan_json, plan_runs, plan_sheet
from designer.campaigns.sheets.run_object import Flags, MeasurementObject, run_objects
from designer.campaigns.specification.text import to_tables
from designer.campaigns.tables.formats.csv_file import Cell, csv_content
from designer.campaigns.tables.options import DecimalWord
from designer.render.words import unicode_escaped

DataCell = str | float | None

_EVENT_COLUMNS = (
    "seq", "kind", "recorded_at", "actor", "program", "version", "event_id", "hash", "body",
)  # fmt: skip
_DECIMALS = ("comma", "point")
_WORKBOOKS = (".xlsx", ".xls", ".ods")
EXPORTS = ("plan", "data", "events", "spec")
"""What can be exported."""


def export(
    state: CampaignState,
    path: str | File,
    what: str = "plan",
    *,
    plan: str | None = None,
    decimal: DecimalWord = "point",
    force: bool = False,
    flags: Flags = MappingProxyType({}),
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
        decimal: decimal mark of the numbers of a .csv; with commas, semicolons between its cells.
        force: replace an existing file.
        flags: what the models found odd, by run id; told in JSON.

    Returns:
        Number of runs (``plan``, .json of ``data``), rows, or events; 1 for ``spec``.

    Raises:
        InputError: none of `EXPORTS`, no such plan, nothing to write, unknown ending, or the file
            exists.
        StorageError: the file cannot be written.
    """
    path = as_file(path)
    if what not in EXPORTS:
        raise InputError.at("--what", "cannot be exported", what, ", ".join(EXPORTS))
    if decimal not in _DECIMALS:
        raise InputError.at("--decimal", "is no decimal mark", repr(decimal), ", ".join(_DECIMALS))
    if plan is not None and what != "plan":
        raise InputError.at("--plan", f"has no meaning with --what {what}", plan)
    endings = (".toml", ".json") if what == "spec" else (".csv", ".json")
    ending = path.suffix.lower()
    if ending not in endings:
        sentence = f"{what} cannot be written in this format by this version"
        hint = None
        if ending in _WORKBOOKS and what != "spec":
            command = f"designer export {shlex.quote(state.spec.name)} {what}.csv --what {what}"
            hint = f"Spreadsheets open CSV, also with decimal commas: {command} --decimal comma"
        found = path.suffix or "no ending"
        raise InputError.at(path.name, sentence, found, " or ".join(endings), hint)
    if decimal == "comma" and ending != ".csv":
        raise InputError.at("--decimal", f"has no meaning in a file {ending}", decimal, ".csv")
    if what == "spec":
        tables = to_tables(state.spec)
        content, count = _json(tables) if ending == ".json" else _toml(state.spec.text), 1
    elif ending == ".json":
        tree, count = _tree(state, what, plan, flags)
        content = _json(tree)
    else:
        columns, rows = _table(state, what, plan)
        content, count = csv_content(columns, rows, decimal), len(rows)
    write_atomic(path, content, force=force)
    return count


def _tree(
    state: CampaignState, what: str, plan: str | None, flags: Flags
) -> tuple[dict[str, Any], int]:
    """What an export is as JSON, and how many runs or events."""
    if what == "plan":
        runs = plan_runs(state, plan)
        return plan_json(state, runs, plan, flags), len(runs)
    if what == "data":
        return _data_json(state, flags)
    return _events_json(state), len(state.events)


def _table(
    state: CampaignState, what: str, plan: str | None
) -> tuple[Sequence[str], Sequence[Mapping[str, Cell]]]:
    """What an export is as a table: header and rows."""
    if what == "plan":
        return plan_sheet(state, plan_runs(state, plan))
    if what == "data":
        return data_rows(state)
    stored = [event.as_stored for event in state.events]
    return _EVENT_COLUMNS, [{**event, "body": canonical_json(event["body"])} for event in stored]


def data_rows(state: CampaignState) -> tuple[list[str], list[dict[str, DataCell]]]:
    """Every measurement with planned and used settings: one row per run and replicate.

    Failed runs are there too, without values. The factor columns hold the settings really used,
    so that the table can be added to another campaign as an earlier line.

    Returns:
        Header, and rows by header; None where there is nothing to tell.
    """
    spec = state.spec
    columns = ["run", "replicate", "status", "plan"]
    columns += [item.name for item in spec.inputs]
    columns += [response.name for response in spec.responses]
    columns += [f"batch:{stage.name}" for stage in spec.stages]
    columns += ["made_at", "recorded_at", "actor", "reason", "note"]
    columns += [f"planned:{factor.name}" for factor in spec.factors]
    rows: list[dict[str, DataCell]] = []
    for run in state.runs.values():
        if _has_data(run):
            rows += _data_rows_of(run)
    return columns, rows


def _data_rows_of(run: Run) -> list[dict[str, DataCell]]:
    common: dict[str, DataCell] = {
        "run": run.id,
        "status": run.status,
        "plan": run.plan,
        "made_at": run.made_at,
        "reason": run.failure,
        "note": "\n".join(note.text for note in run.notes) or None,
        "recorded_at": run.recorded_at,
        **run.given,
        **run.used,
    }
    common.update({f"batch:{stage}": batch for stage, batch in run.batch.items()})
    common.update({f"planned:{name}": value for name, value in (run.planned or {}).items()})
    numbers = sorted({m.replicate for values in run.measurements.values() for m in values})
    if not numbers:
        return [common]
    rows: list[dict[str, DataCell]] = []
    for number in numbers:
        there = {
            name: value
            for name, values in run.measurements.items()
            for value in values
            if value.replicate == number
        }
        last = max(there.values(), key=lambda value: value.seq)
        told = {name: value.number for name, value in there.items()}
        by = {"recorded_at": last.at, "actor": last.actor}
        rows.append({**common, "replicate": number, **told, **by})
    return rows


def _data_json(state: CampaignState, flags: Flags) -> tuple[dict[str, Any], int]:
    """Every run with results, each value with its text, author and time."""
    spec = state.spec
    runs = run_objects(filter(_has_data, state.runs.values()), flags)
    data = {
        "campaign": spec.name,
        "line": spec.line,
        "units": {item.name: item.unit for item in (*spec.inputs, *spec.responses)},
        # measurements also under their name in data files
        "runs": [{**run, "measured": _with_times(run["measurements"])} for run in runs],
        "head": state.head,
    }
    return data, len(runs)


def _has_data(run: Run) -> bool:
    return bool(run.measurements) or run.status == "failed"


def _with_times(measurements: Mapping[str, list[MeasurementObject]]) -> dict[str, Any]:
    return {
        name: [{**value, "recorded_at": value["at"]} for value in values]
        for name, values in measurements.items()
    }


def _events_json(state: CampaignState) -> dict[str, Any]:
    """The whole record, nothing left out."""
    return {
        "campaign": state.spec.name,
        "campaign_id": state.campaign_id,
        "events": [event.as_stored for event in state.events],
        "head": state.head,
    }


def _json(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{unicode_escaped(text)}\n".encode()


def _toml(text: str) -> bytes:
    """A specification as it was given, with its own line ends."""
    return "\r\n".join(map(unicode_escaped, text.split("\r\n"))).encode()
