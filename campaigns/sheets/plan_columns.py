"""The columns of a plan that people fill in: the same in CSV and on the first sheet of a book."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from designer.campaigns.log.runs import Run
from designer.campaigns.sheets.batch_blocks import blocks_of
from designer.campaigns.sheets.design_columns import BLOCKS
from designer.campaigns.sheets.own_columns import extra_headers, own_headers
from designer.campaigns.space.factors import Factor, Given, Setting
from designer.campaigns.specification.parts import Response
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.formats.csv_file import Cell
from designer.campaigns.tables.headers import with_unit
from designer.campaigns.tables.rows import USED

STATUS_WORDS = ("completed", "failed", "abandoned")
"""What may be said of a run; blank: its results tell."""

Part = Literal[
    "run", "block", "extra", "setting", "result", "status", "reason", "used", "batch", "made_at",
    "note",
]  # fmt: skip


@dataclass(frozen=True)
class PlanColumn:
    """One column of a plan.

    Attributes:
        header: its name with its unit.
        part: what it is about.
        tell: what stands in it for a run.
        item: the factor, given or response it is of.
    """

    header: str
    part: Part
    tell: Callable[[Run], Cell]
    item: Factor | Given | Response | None = None


def plan_columns(spec: Specification, runs: Sequence[Run], *, apart: bool) -> list[PlanColumn]:
    """The columns people fill in, in the order of work at the line.

    What a table of recipes said besides of a run (which foil, which coil) stands beside its id.

    Args:
        spec: of the campaign.
        runs: of the plan.
        apart: whether really used settings have columns of their own, blank where they are as
            planned, and blocks of a design one; else those of the settings hold what was used.
    """
    columns = [_setting(item, apart=apart) for item in spec.inputs]
    columns += [_result(response) for response in spec.responses]
    ours = own_headers(spec, ("status", "reason"))
    columns += [
        PlanColumn(ours["status"], "status", _status),
        PlanColumn(ours["reason"], "reason", lambda run: run.failure),
    ]
    columns += [_batch(stage.name) for stage in spec.stages]
    columns += [
        PlanColumn("made_at", "made_at", lambda run: run.made_at),
        PlanColumn("note", "note", lambda _: None),
    ]
    if apart:
        columns += [_used(factor) for factor in spec.factors]
    first = [PlanColumn("run", "run", lambda run: run.id)]
    blocks = blocks_of(runs) if apart else {}
    if blocks:
        name = own_headers(spec, (BLOCKS,))[BLOCKS]
        first.append(PlanColumn(name, "block", lambda run: blocks.get(run.id)))
    extras = extra_headers(runs, [column.header for column in (*first, *columns)])
    return [*first, *(_extra(name, header) for name, header in extras.items()), *columns]


def _extra(name: str, header: str) -> PlanColumn:
    return PlanColumn(header, "extra", lambda run: run.extra.get(name))


def _setting(item: Factor | Given, *, apart: bool) -> PlanColumn:
    def tell(run: Run) -> Setting | None:
        shown = {**run.used, **((run.planned or {}) if apart else {}), **run.given}
        return shown.get(item.name)

    return PlanColumn(with_unit(item.name, item.unit), "setting", tell, item)


def _result(response: Response) -> PlanColumn:
    def tell(run: Run) -> Cell:
        # no values are a blank cell, into which a number can be typed: a text would make it one
        return "none" if response.name in run.never else run.values(response.name) or None

    return PlanColumn(with_unit(response.name, response.unit), "result", tell, response)


def _status(run: Run) -> str | None:
    return run.status if run.status in STATUS_WORDS else None


def _used(factor: Factor) -> PlanColumn:
    def tell(run: Run) -> Setting | None:
        used = run.reported.get(factor.name)
        planned = (run.planned or run.used).get(factor.name)
        return None if used == planned else used

    return PlanColumn(with_unit(f"{USED}{factor.name}", factor.unit), "used", tell, factor)


def _batch(stage: str) -> PlanColumn:
    return PlanColumn(f"batch:{stage}", "batch", lambda run: run.batch.get(stage))


def cells_of(columns: Iterable[PlanColumn], run: Run) -> dict[str, Cell]:
    """What stands in the columns for a run, by header."""
    return {column.header: column.tell(run) for column in columns}
