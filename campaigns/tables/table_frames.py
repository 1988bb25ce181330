"""Tables of things in memory: columns of a data frame, runs of a campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from numbers import Real
from typing import TYPE_CHECKING

from designer.campaigns.errors import InputError, Problem
from designer.campaigns.tables.column_names import with_unit
from designer.campaigns.tables.table import Table
from designer.campaigns.tables.table_shape import TableBuilder
from designer.campaigns.values.numbers import number_text

if TYPE_CHECKING:
    from designer.campaigns.log.state import CampaignState, Run
    from designer.campaigns.specification.specification import Specification

_FRAME = "data frame"


def table_of_columns(columns: Mapping[str, Sequence[object]], source: str = _FRAME) -> Table:
    """Columns in memory as a table of text; rows are numbered from 0.

    Args:
        columns: header → values; None, NaN, NA and NaT are blank.
        source: name for problems.

    Raises:
        InputError: columns of different length, the same name twice, or too large.
    """
    names = [str(name) for name in columns]
    values = [list(columns[name]) for name in columns]
    lengths = {name: len(cells) for name, cells in zip(names, values, strict=True)}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InputError(Problem(source, "the columns are not equally long", found))
    builder = TableBuilder(source, "", row_word="row", separator=None)
    builder.add(-1, names)
    for number, cells in enumerate(zip(*values, strict=True)):
        builder.add(number, [cell_text(cell) for cell in cells])
    return builder.finish()


def cell_text(value: object) -> str:
    """A value in memory as the text of a cell; numbers keep every digit."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return ""
    if isinstance(value, Real) and not isinstance(value, bool):
        number = float(value)
        return "" if number != number else number_text(number)  # noqa: PLR0124  NaN alone
    if isinstance(value, datetime):
        midnight = value.time() == time() and value.tzinfo is None
        return (value.date() if midnight else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def table_of_campaign(state: CampaignState, into: Specification) -> Table:
    """Completed and partial runs of a campaign, one row each, units in the headers.

    Batches are kept for the stages that the taking campaign has too.
    """
    stages = [stage.name for stage in into.stages]
    spec = state.spec
    header = [with_unit(item.name, item.unit) for item in spec.inputs]
    header += [with_unit(response.name, response.unit) for response in spec.responses]
    header += [*(f"batch:{stage}" for stage in stages), "made_at"]
    runs = [run for run in state.runs.values() if run.status in ("completed", "partial")]
    if not runs:
        what = f"campaign {spec.name} has no run with a result"
        raise InputError(Problem("--from", what))
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
