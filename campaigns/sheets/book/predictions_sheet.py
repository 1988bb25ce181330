"""The sheet of what is expected: predictions with their intervals, bits, costs and reasons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.book.looks import Look, Looks
from designer.campaigns.sheets.book.paper import put_on_paper
from designer.campaigns.sheets.design_columns import design_cells, design_columns
from designer.campaigns.sheets.plan_sheet import brief
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.headers import with_unit

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TITLE = "Predictions"
_FIGURES = {
    "mean": "median", "low": "68 % from", "high": "68 % to", "low95": "95 % from",
    "high95": "95 % to",
}  # fmt: skip
"""Figures of a prediction, all of one more measured result, as they are called here."""
_WIDTH, _WIDE = 11, 70
_LOOKS = {"run": Look("run"), "why": Look("words")}
_LINE_HEIGHT = 15.5  # points


@dataclass(frozen=True)
class _Column:
    """One column: what it is about (over several columns), its name, what it tells of a run."""

    about: str
    name: str
    tell: Callable[[Run], float | str | None]


def write_predictions(
    sheet: Worksheet, looks: Looks, state: CampaignState, runs: Sequence[Run]
) -> None:
    """Write the sheet.

    Args:
        sheet: the sheet, blank.
        looks: of its workbook.
        state: the campaign.
        runs: in the order of making.
    """
    from openpyxl.utils import get_column_letter

    columns = [column for column in _columns(state, runs) if _is_told(column, runs)]
    for place, column in enumerate(columns, start=1):
        before = columns[place - 2].about if place > 1 else ""
        about = column.about if column.about != before else ""
        looks.put(sheet, 1, place, about, Look("title"))
        looks.put(sheet, 2, place, column.name, Look("header"))
        wide = column.name == "why"
        sheet.column_dimensions[get_column_letter(place)].width = _WIDE if wide else _WIDTH
    sheet.row_dimensions[2].height = 2 * _LINE_HEIGHT
    for row, run in enumerate(runs, start=3):
        for place, column in enumerate(columns, start=1):
            value = column.tell(run)
            look = Look("told", "text" if isinstance(value, str) else "number")
            looks.put(sheet, row, place, value, _LOOKS.get(column.name, look))
        lines = 1 + len(run.reason or "") // _WIDE
        sheet.row_dimensions[row].height = _LINE_HEIGHT * lines
    sheet.freeze_panes = "B3"
    put_on_paper(sheet, state.spec.name, f"{TITLE} as of {state.head}", head=2)
    sheet.protection.sheet = True


def _columns(state: CampaignState, runs: Sequence[Run]) -> list[_Column]:
    spec = state.spec
    designed = design_columns(spec, [run.design for run in runs])
    columns = [
        _Column("", "run", lambda run: run.id),
        _Column("", "order", lambda run: run.order),
        _Column("", "rank", lambda run: run.rank),
        _Column("", "plan", lambda run: run.plan),
        *(_Column("design", name, _place(spec, name)) for name in designed),
    ]
    for response in spec.responses:
        about = with_unit(response.name, response.unit)
        columns += [
            _Column(about, name, _figure(response.name, key)) for key, name in _FIGURES.items()
        ]
    about = "expected"
    columns += [
        _Column(about, "in spec", lambda run: brief(run.in_spec)),
        _Column(about, "in spec measured", lambda run: brief(run.in_spec_measured)),
        _Column(about, "can be made", lambda run: brief(run.success)),
        _Column(about, "bits", lambda run: brief(run.information_bits)),
        _Column(about, f"cost [{spec.costs.unit}]", lambda run: brief(run.cost)),
        _Column("", "why", lambda run: run.reason),
    ]
    return columns


def _place(spec: Specification, column: str) -> Callable[[Run], float | None]:
    return lambda run: design_cells(spec, run.design, run.order).get(column)


def _figure(response: str, key: str) -> Callable[[Run], float | None]:
    return lambda run: brief((run.prediction(response) or {}).get(key))


def _is_told(column: _Column, runs: Sequence[Run]) -> bool:
    return column.name == "run" or any(column.tell(run) is not None for run in runs)
