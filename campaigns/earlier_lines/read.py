"""Data of earlier lines from files, data frames and other campaigns, checked against a campaign."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from designer.campaigns.earlier_lines.mapping import (
    LineMapping,
    LineTable,
    check_others,
    extra_columns,
    inputs_said_unknown,
    unknown_notes,
)
from designer.campaigns.earlier_lines.row_notes import REPLICATE
from designer.campaigns.earlier_lines.rows import LineRows
from designer.campaigns.errors import Findings, InputError
from designer.campaigns.files import File
from designer.campaigns.log.events import canonical_json
from designer.campaigns.log.runs import MEASURED, Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.settings import settings_from_texts
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.columns import (
    IGNORED,
    ColumnMatcher,
    FileColumn,
    Matched,
    fact_columns,
)
from designer.campaigns.tables.conditions import chosen_rows, conditions_text
from designer.campaigns.tables.headers import listed, with_unit
from designer.campaigns.tables.layout import ExpectedColumns
from designer.campaigns.tables.read import cell_text, read_table, table_of_columns
from designer.campaigns.tables.table import Table
from designer.campaigns.values.numbers import number_text


def read_line(
    path: str | File,
    spec: Specification,
    mapping: LineMapping | None = None,
    *,
    name: str | None = None,
) -> LineTable:
    """Read an earlier line from a CSV or XLSX file.

    Args:
        path: the file; one row per run or replicate. Columns are named as factors, givens,
            responses, ``batch:<stage>`` and ``made_at``; a unit may follow (``gap [um]``,
            ``gap, um``, ``gap_um``).
        spec: of the campaign that takes the line.
        mapping: what the user says about columns, units, constants and rows.
        name: of the line.

    Returns:
        Its rows in the declared units, with texts and units as typed.

    Raises:
        InputError: with every problem of file, mapping and cells.
    """
    mapping = mapping or LineMapping()
    table = read_table(path, mapping, expected_columns(spec, mapping))
    return _line(table, spec, mapping, name=name)


def line_from_columns(
    columns: Mapping[str, Sequence[object]],
    spec: Specification,
    mapping: LineMapping | None = None,
    *,
    name: str | None = None,
) -> LineTable:
    """Take an earlier line from columns in memory (a pandas DataFrame is such a mapping).

    Args:
        columns: header → values of equal number; None, NaN and NaT are blank cells.
        spec: of the campaign that takes the line.
        mapping: as for files.
        name: of the line.

    Raises:
        InputError: as `read_line`.
    """
    mapping = mapping or LineMapping()
    table = table_of_columns(columns, expected=expected_columns(spec, mapping))
    return _line(table, spec, mapping, name=name)


def expected_columns(spec: Specification, mapping: LineMapping) -> ExpectedColumns:
    """What the columns of a line may be called."""
    asked = [*mapping.extras, *REPLICATE]  # which tells equal rows apart
    return ExpectedColumns.of(spec, fact_columns(spec), mapping, asked=asked)


def line_from_campaign(
    state: CampaignState,
    into: Specification,
    name: str | None = None,
    told: LineMapping | None = None,
) -> LineTable:
    """Take the results of another campaign as an earlier line.

    Really used settings and measurements of completed and partial runs; names in common are
    used, units converted, all else is left out and noted.

    Args:
        state: of the other campaign.
        into: specification of the campaign that takes the line.
        name: of the line; default: the other campaign's line.
        told: its constants (of factors and givens the other campaign does not have), its others
            (categorical factors whose unknown categories are kept) and its units (of names the
            other campaign declares wrongly) count.

    Raises:
        InputError: as `read_line`.
    """
    table = _table_of_campaign(state, into)
    told = told or LineMapping()
    mapping = LineMapping(constants=told.constants, units=told.units, others=told.others)
    line = _line(table, into, mapping, name=name or state.spec.line, remedy="none")
    line.mapping.update(campaign=state.spec.name, campaign_id=state.campaign_id, head=state.head)
    return line


def _line(
    table: Table,
    spec: Specification,
    mapping: LineMapping,
    *,
    name: str | None,
    remedy: Literal["map", "none"] = "map",
) -> LineTable:
    findings = Findings()
    unknown = inputs_said_unknown(spec, mapping.constants)
    told = {key: text for key, text in mapping.constants.items() if key not in unknown}
    constants = settings_from_texts(spec.inputs, told, "factor or given", findings, option="--set ")
    check_others(spec, mapping.others, findings)
    matched, extras = match_columns(
        table, spec, mapping, findings, present={*constants, *unknown}, remedy=remedy
    )
    unknown |= told.keys() - constants.keys()  # what is refused already is not missing, too
    reader = LineRows(spec, table, matched, findings, constants, unknown, mapping.others, extras)
    chosen = chosen_rows(reader.table, mapping.where, matched, findings)
    unrecorded = reader.read(chosen)
    notes = [
        *reader.table.notes,
        *matched.notes,
        *_notes(table, mapping, matched, chosen),
        *reader.finish(),
    ]
    notes += unknown_notes(spec, name or table.source, unrecorded - constants.keys())
    notes += [f"{column.header}: differs on this line only, kept aside" for column in extras]
    if chosen and not reader.rows and not findings:
        findings.report(table.source, "no row has the result of any response")
    findings.raise_if_any()
    sha256 = table.sha256 or hashlib.sha256(canonical_json(reader.rows).encode()).hexdigest()
    return LineTable(
        rows=reader.rows,
        mapping=_mapping_used(mapping, matched),
        sha256=sha256,
        batches=any(row["batch"] for row in reader.rows),
        source=table.source,
        notes=notes,
        name=name,
    )


def match_columns(
    table: Table,
    spec: Specification,
    mapping: LineMapping,
    findings: Findings,
    *,
    present: set[str],
    remedy: Literal["map", "none"],
) -> tuple[Matched, list[FileColumn]]:
    """The columns of the campaign, and those of numbers that only this line has."""
    matcher = ColumnMatcher(
        table,
        spec,
        findings,
        fact_columns(spec),
        wanted=[item.name for item in spec.inputs],
        present={*mapping.constants},
        remedy=remedy,
    )
    matched = matcher.match(mapping.columns, mapping.units)
    # a file without any response, or without any factor, is another file
    there = {*matched.columns, *present, *matched.respelt}
    absent = {
        kind: names
        for kind, items in (("response", spec.responses), ("factor", spec.factors))
        if there.isdisjoint(names := sorted(item.name for item in items))
    }
    hint = None
    if len(absent) > 1 and table.headers:
        hint = f"Its columns are {listed(table.headers)}. Say which column is which with"
        hint += " --map 'column=name', or in which row the names are with --header ROW."
    if absent:
        what = f"there is no column of any {' or '.join(absent)}"
        names = [name for several in absent.values() for name in several]
        findings.report(table.source, what, None, ", ".join(names), hint)
    return matched, extra_columns(table, mapping.extras, matched, findings)


def _notes(
    table: Table, mapping: LineMapping, matched: Matched, chosen: Sequence[int]
) -> list[str]:
    notes = []
    if mapping.where:
        said = conditions_text(mapping.where)
        notes.append(f"took {len(chosen)} of {len(table.rows)} rows ({said})")
    if matched.ignored:
        notes.append(f"columns not used: {listed(matched.ignored)}")
    return notes


def _mapping_used(mapping: LineMapping, matched: Matched) -> dict[str, Any]:
    """How the columns were read, complete enough to read the file again in the same way."""
    columns = matched.read
    left_out = {key: IGNORED for key, name in mapping.columns.items() if name in ("", IGNORED)}
    return {
        "columns": {**{column.header: column.target for column in columns}, **left_out},
        "constants": dict(mapping.constants),
        "units": {column.header: column.unit for column in columns if column.unit is not None},
        "where": dict(mapping.where),
        "others": sorted(mapping.others),
        "extras": list(mapping.extras),
        **{key: value for key in mapping.SINGLE if (value := getattr(mapping, key)) is not None},
    }


def _table_of_campaign(state: CampaignState, into: Specification) -> Table:
    """Completed and partial runs of a campaign, one row each, units in the headers.

    Batches are kept for the stages that the taking campaign has too.
    """
    stages = [stage.name for stage in into.stages]
    spec = state.spec
    header = [with_unit(item.name, item.unit) for item in spec.inputs]
    header += [with_unit(response.name, response.unit) for response in spec.responses]
    header += [*(f"batch:{stage}" for stage in stages), "made_at"]
    runs = [run for run in state.runs.values() if run.status in MEASURED]
    if not runs:
        what = f"campaign {spec.name} has no run with a result"
        raise InputError.at("--from", what)
    return Table(
        source=f"campaign {spec.name}",
        columns=tuple(header),
        rows=[_cells(run, spec, stages) for run in runs],
        row_numbers=[run.id for run in runs],
        sha256="",
        row_word="run",
    )


def _cells(run: Run, spec: Specification, stages: Sequence[str]) -> list[str]:
    settings = {**run.given, **run.used}
    cells = [cell_text(settings.get(item.name)) for item in spec.inputs]
    cells += ["/".join(map(number_text, run.values(name.name))) for name in spec.responses]
    cells += [run.batch.get(stage, "") for stage in stages]
    return [*cells, run.made_at or ""]
