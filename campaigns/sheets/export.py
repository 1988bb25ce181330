"""Exports: plans to be filled in, data, events, the specification.

The ending of the file chooses the format. A file is written completely or not at all, and never
over another one unless asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from designer.campaigns.errors import InputError
from designer.campaigns.files import File, as_file, write_atomic
from designer.campaigns.log.events import canonical_json
from designer.campaigns.log.runs import WAITING, Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.run_object import Flags, MeasurementObject, run_objects
from designer.campaigns.specification.text import to_tables
from designer.campaigns.tables.formats.csv_file import csv_content
from designer.campaigns.tables.headers import with_unit
from designer.campaigns.values.names import IN_SPEC, suggestion
from designer.campaigns.values.numbers import number_text
from designer.render.words import unicode_escaped

Cell = str | float | int | None
Rows = list[dict[str, Cell]]

_EVENT_COLUMNS = (
    "seq", "kind", "recorded_at", "actor", "program", "version", "event_id", "hash", "body",
)  # fmt: skip
_PLAN_NUMBERS = 4
"""Significant digits of predictions in a sheet for people; JSON keeps all."""
_TOLD = ("_mean", "_low", "_high")
"""Predictions in a sheet for people: one more measured result. A standard deviation, which JSON
has, may lie far beyond what is possible."""

EXPORTS = ("plan", "data", "events", "spec")
"""What can be exported."""


def export(
    state: CampaignState,
    path: str | File,
    what: str = "plan",
    *,
    plan: str | None = None,
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
    if plan is not None and what != "plan":
        raise InputError.at("--plan", f"has no meaning with --what {what}", plan)
    endings = (".toml", ".json") if what == "spec" else (".csv", ".json")
    ending = path.suffix.lower()
    if ending not in endings:
        sentence = f"{what} cannot be written in this format by this version"
        raise InputError.at(path.name, sentence, path.suffix or "no ending", " or ".join(endings))
    as_json = ending == ".json"
    if what == "plan":
        content, count = _plan(state, plan, flags, as_json=as_json)
    elif what == "data":
        content, count = _data(state, flags, as_json=as_json)
    elif what == "events":
        content, count = _events(state, as_json=as_json), len(state.events)
    else:
        content, count = _json(to_tables(state.spec)) if as_json else _toml(state.spec.text), 1
    write_atomic(path, content, force=force)
    return count


def _plan(
    state: CampaignState, plan: str | None, flags: Flags, *, as_json: bool
) -> tuple[bytes, int]:
    runs = plan_runs(state, plan)
    if not runs:
        hint = "Propose some runs first."
        raise InputError.at("plan", "no run waits for results", hint=hint)
    if as_json:
        return _json(plan_json(state, runs, plan, flags)), len(runs)
    return csv_content(*plan_sheet(state, runs)), len(runs)


def plan_runs(state: CampaignState, plan: str | None = None) -> list[Run]:
    """The runs of one plan in the order of making, or all that still wait for results.

    Args:
        state: the campaign.
        plan: plan id, case-insensitive; None: all proposed, running and partial runs.

    Raises:
        InputError: no such plan; names the nearest.
    """
    if plan is None:
        runs = [run for run in state.runs.values() if run.status in WAITING]
    else:
        found = {known.casefold(): known for known in state.plans}.get(plan.strip().casefold())
        if found is None:
            allowed = ", ".join(list(state.plans)[-20:]) or "there are no plans yet"
            hint = suggestion(plan.upper(), state.plans)
            raise InputError.at(f"plan {plan}", "no such plan", None, allowed, hint)
        runs = [state.runs[run] for run in state.plans[found].runs if run in state.runs]
    # Plans follow each other; within one, runs follow the order of making.
    return sorted(runs, key=lambda run: (run.plan is None, run.plan or "", run.order or 0))


def plan_sheet(state: CampaignState, runs: Iterable[Run]) -> tuple[list[str], Rows]:
    """A sheet to be filled in: recipe, prediction, and a cell for every result.

    Returns:
        Header, and rows by header; results recorded so far are filled in.
    """
    spec = state.spec
    columns = ["campaign", "run", "order", "rank", "plan"]
    columns += [f"batch:{stage.name}" for stage in spec.stages]
    columns += [with_unit(item.name, item.unit) for item in spec.inputs]
    columns += [with_unit(response.name, response.unit) for response in spec.responses]
    columns += ["note"]
    for response in spec.responses:
        columns += [f"{response.name}{ending}" for ending in _TOLD]
    columns += ["information_bits", "cost", *IN_SPEC, "head"]
    return columns, [_sheet_row(state, run) for run in runs]


def _sheet_row(state: CampaignState, run: Run) -> dict[str, Cell]:
    spec = state.spec
    row: dict[str, Cell] = {
        "campaign": spec.name,
        "run": run.id,
        "order": run.order,
        "rank": run.rank,
        "plan": run.plan,
        "information_bits": _short(run.information_bits),
        "cost": run.cost,
        "in_spec": _short(run.in_spec),
        "in_spec_measured": _short(run.in_spec_measured),
        "head": state.head,
    }
    row.update({f"batch:{stage}": batch for stage, batch in run.batch.items()})
    settings = {**run.given, **run.used}
    for item in spec.inputs:
        row[with_unit(item.name, item.unit)] = settings.get(item.name)
    for response in spec.responses:
        name = with_unit(response.name, response.unit)
        row[name] = "none" if response.name in run.never else _joined(run.values(response.name))
        predicted = (run.predicted or {}).get(response.name) or {}
        row.update({f"{response.name}{end}": _short(predicted.get(end[1:])) for end in _TOLD})
    return row


def _joined(values: tuple[float, ...]) -> Cell:
    """All replicates in one cell, as `designer.campaigns.tables.rows` reads them."""
    if len(values) <= 1:
        return values[0] if values else None
    return "/".join(number_text(value) for value in values)


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{_PLAN_NUMBERS}g}")


def plan_json(
    state: CampaignState, runs: list[Run], plan: str | None, flags: Flags
) -> dict[str, Any]:
    """The plan in the shape of ``propose --json``; figures of several plans together are null."""
    ids = {run.plan for run in runs}
    only = state.plans.get(next(iter(ids)) or "") if len(ids) == 1 else None
    whole = only if only is not None and (plan or len(runs) == len(only.runs)) else None
    return {
        "campaign": state.spec.name,
        "plan": only.id if only else None,
        "seed": only.seed if only else None,
        "goal": only.goal if only else state.spec.goal,
        "information_bits": whole.information_bits if whole else None,
        "cost": whole.cost if whole else None,
        "nested": whole.nested if whole else None,
        # results also under their name in plan files
        "runs": [{**run, "measured": run["results"]} for run in run_objects(runs, flags)],
        "head": state.head,
    }


def data_rows(state: CampaignState) -> tuple[list[str], Rows]:
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
    rows: Rows = []
    for run in state.runs.values():
        if _has_data(run):
            rows += _data_rows_of(run)
    return columns, rows


def _data_rows_of(run: Run) -> Rows:
    common: dict[str, Cell] = {
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
    rows: Rows = []
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


def _data(state: CampaignState, flags: Flags, *, as_json: bool) -> tuple[bytes, int]:
    """All results; as JSON every run with results, each value with its text, author and time."""
    if not as_json:
        columns, rows = data_rows(state)
        return csv_content(columns, rows), len(rows)
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
    return _json(data), len(runs)


def _has_data(run: Run) -> bool:
    return bool(run.measurements) or run.status == "failed"


def _with_times(measurements: Mapping[str, list[MeasurementObject]]) -> dict[str, Any]:
    return {
        name: [{**value, "recorded_at": value["at"]} for value in values]
        for name, values in measurements.items()
    }


def _events(state: CampaignState, *, as_json: bool) -> bytes:
    """The whole record, nothing left out."""
    stored = [event.as_stored for event in state.events]
    if not as_json:
        rows = [{**event, "body": canonical_json(event["body"])} for event in stored]
        return csv_content(_EVENT_COLUMNS, rows)
    return _json(
        {
            "campaign": state.spec.name,
            "campaign_id": state.campaign_id,
            "events": stored,
            "head": state.head,
        }
    )


def _json(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{unicode_escaped(text)}\n".encode()


def _toml(text: str) -> bytes:
    """A specification as it was given, with its own line ends."""
    return "\r\n".join(map(unicode_escaped, text.split("\r\n"))).encode()
