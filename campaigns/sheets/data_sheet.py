"""The data of a campaign: every measurement as a table, or as JSON with authors and times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.design_columns import design_cells, design_columns
from designer.campaigns.sheets.own_columns import PLANNED, extra_headers, own_headers
from designer.campaigns.sheets.run_object import Flags, MeasurementObject, run_objects
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.headers import with_unit

DataCell = str | float | None

_OF_RUN = ("run", "replicate", "status", "plan")
_OF_RESULT = ("made_at", "recorded_at", "actor", "reason", "note")


def data_rows(state: CampaignState) -> tuple[list[str], list[dict[str, DataCell]]]:
    """Every measurement with planned and used settings: one row per run and replicate.

    Failed runs are there too, without values. The factor columns hold the settings really used,
    so that the table can be added to another campaign as an earlier line.

    Returns:
        Header, and rows by header; None where there is nothing to tell.
    """
    spec = state.spec
    runs = [run for run in state.runs.values() if _has_data(run)]
    design = design_columns(spec, [run.design for run in runs])
    ours = own_headers(spec, (*_OF_RUN, *_OF_RESULT, *design))
    columns = [ours[name] for name in _OF_RUN]
    columns += [item.name for item in spec.inputs]
    columns += [response.name for response in spec.responses]
    columns += [f"batch:{stage.name}" for stage in spec.stages]
    columns += [ours[name] for name in _OF_RESULT]
    columns += [f"{PLANNED}{factor.name}" for factor in spec.factors]
    columns += [ours[name] for name in design]
    extras = extra_headers(runs, columns)
    columns += extras.values()
    rows: list[dict[str, DataCell]] = []
    for run in runs:
        told: dict[str, DataCell] = {extras[name]: value for name, value in run.extra.items()}
        places = design_cells(spec, run.design, run.order)
        told.update({ours[name]: number for name, number in places.items()})
        rows += [{**row, **told} for row in _data_rows_of(run, ours)]
    return columns, rows


def _data_rows_of(run: Run, ours: Mapping[str, str]) -> list[dict[str, DataCell]]:
    """The rows of one run.

    Args:
        run: the run.
        ours: columns of ours → their headers.
    """
    facts: dict[str, DataCell] = {
        "run": run.id,
        "status": run.status,
        "plan": run.plan,
        "made_at": run.made_at,
        "reason": run.failure,
        "note": "\n".join(note.text for note in run.notes) or None,
        "recorded_at": run.recorded_at,
    }
    common = {ours[name]: fact for name, fact in facts.items()} | {**run.given, **run.used}
    common.update({f"batch:{stage}": batch for stage, batch in run.batch.items()})
    common.update({f"{PLANNED}{name}": value for name, value in (run.planned or {}).items()})
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
        by = {ours["recorded_at"]: last.at, ours["actor"]: last.actor}
        rows.append({**common, ours["replicate"]: number, **by, **told})
    return rows


def headers_with_units(spec: Specification, columns: Sequence[str]) -> dict[str, str]:
    """Column of the data → its header in a file for people.

    Args:
        spec: of the campaign.
        columns: as `data_rows` names them.
    """
    units = {item.name: item.unit for item in (*spec.inputs, *spec.responses)}
    return {name: with_unit(name, units.get(name.removeprefix(PLANNED))) for name in columns}


def data_json(state: CampaignState, flags: Flags) -> tuple[dict[str, Any], int]:
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
