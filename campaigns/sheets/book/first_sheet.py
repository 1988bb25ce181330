"""The sheet that goes to the line: what to set, cells for what was found, room for further runs.

It fits the width of one page, and its first rows stand on every page. Only what people fill in can
be changed. A thick line begins a batch of the first stage, a thin one a
batch of a later stage, every second batch is shaded; settings that change from one run to the next
are bold.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from designer.campaigns.commands.checks import NOTE_LIMIT, REASON_LIMIT
from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.batch_blocks import RunPlace, run_places
from designer.campaigns.sheets.book import validations
from designer.campaigns.sheets.book.column_widths import ColumnWidths
from designer.campaigns.sheets.book.looks import Edge, Format, Kind, Look, Looks
from designer.campaigns.sheets.book.paper import put_on_paper
from designer.campaigns.sheets.plan_columns import PlanColumn, plan_columns
from designer.campaigns.sheets.plan_facts import input_hint, plan_title, result_hint
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.specification.parts import Response
from designer.campaigns.values.numbers import number_text

if TYPE_CHECKING:
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

TITLE = "Plan"
BLANK_ROWS = 20
"""Rows for runs nobody proposed."""

_TITLE_ROW, _HINT_ROW, _HEADER_ROW = 1, 3, 4
_ENTRIES = ("result", "status", "reason", "used", "batch", "made_at", "note")
_HINTS = {
    "run": "allowed", "status": "blank: as its results say", "reason": "if failed or abandoned",
    "used": "if not as planned", "batch": "if another", "made_at": "day, time",
}  # fmt: skip


@dataclass(frozen=True)
class FirstSheet:
    """Writes the sheet.

    Attributes:
        sheet: the sheet, blank.
        looks: of its workbook.
        state: the campaign.
        runs: in the order of making.
        lists: cells with the levels or categories of factors, as formulas write them.
    """

    sheet: Worksheet
    looks: Looks
    state: CampaignState
    runs: Sequence[Run]
    lists: Mapping[str, str]

    def write(self) -> None:
        """Write all of it."""
        self._write_head()
        band = True
        for row, place in enumerate(run_places(self.state.spec, self.runs), self._first):
            band ^= self._edge(place) == "block"
            self._write_run(row, place, band=band)
        for row in range(self._first + len(self.runs), self._last + 1):
            self._write_blank(row)
        for at, column in enumerate(self._columns, start=1):
            self._validate(at, column)
        self._set_up_page()

    @cached_property
    def _columns(self) -> list[PlanColumn]:
        return plan_columns(self.state.spec, self.runs, apart=True)

    @cached_property
    def _widths(self) -> ColumnWidths:
        hints = [_hint(column) for column in self._columns]
        return ColumnWidths.of(self._columns, hints, self.runs, BLANK_ROWS)

    @property
    def _first(self) -> int:
        return _HEADER_ROW + 1

    @property
    def _last(self) -> int:
        return _HEADER_ROW + len(self.runs) + BLANK_ROWS

    def _write_head(self) -> None:
        """Title, what to do, what is allowed, and the names of the columns."""
        spec = self.state.spec
        title = f"{spec.name} on {spec.line}: {plan_title(self.state, self.runs)}"
        told = "Fill in the coloured cells, as many as you have; rows without a run are for runs"
        told += f" nobody planned. Then: designer import {shlex.quote(spec.name)} FILE"
        if self._widths.printed < len(self._columns):
            told += (
                ". On paper, cross out a setting that was not made and write the real one beside it"
            )
        self.looks.put(self.sheet, _TITLE_ROW, 1, title, Look("title"))
        self.looks.put(self.sheet, _TITLE_ROW + 1, 1, told, Look("none"))
        for place, column in enumerate(self._columns, start=1):
            name, bracket, unit = column.header.rpartition(" [")
            header = f"{name}\n[{unit}" if bracket else column.header
            kind: Kind = "asked" if self._is_entry(column) else "header"
            look = Look(kind, turned=self._widths.turned[place - 1])
            self.looks.put(self.sheet, _HINT_ROW, place, _hint(column), Look("hint"))
            self.looks.put(self.sheet, _HEADER_ROW, place, header, look)

    def _edge(self, place: RunPlace) -> Edge:
        """The line above a run: thick where a block or a batch of the first stage begins."""
        if place.block is not None:
            return "block"
        if not place.begins:
            return "inside"
        return "block" if place.begins[0] == self.state.spec.stages[0].name else "part"

    def _write_run(self, row: int, place: RunPlace, *, band: bool) -> None:
        edge = self._edge(place)
        for at, column in enumerate(self._columns, start=1):
            value = column.tell(place.run)
            if isinstance(value, tuple):
                several = "/".join(map(number_text, value)) or None
                value = value[0] if len(value) == 1 else several
            kind = self._kind(column, place)
            look = Look(kind, _form(column, value), edge, band=band and kind != "entry")
            self.looks.put(self.sheet, row, at, value, look)

    def _write_blank(self, row: int) -> None:
        edge: Edge = "block" if row == self._first + len(self.runs) else "inside"
        for at, column in enumerate(self._columns, start=1):
            locked = column.part in ("run", "block", "used")
            look = Look("told" if locked else "entry", _form(column, None), edge)
            self.looks.put(self.sheet, row, at, None, look)

    def _kind(self, column: PlanColumn, place: RunPlace) -> Kind:
        if self._is_entry(column):
            return "entry"
        if column.part == "run":
            return "run"
        name = column.item.name if column.item else ""
        return "changed" if name in place.changed else "told"

    @staticmethod
    def _is_entry(column: PlanColumn) -> bool:
        """Whether people fill in the cells of planned runs, too."""
        return column.part in _ENTRIES or isinstance(column.item, Given)

    def _validate(self, place: int, column: PlanColumn) -> None:
        """What is told and checked while somebody fills in a column."""
        from openpyxl.utils import get_column_letter

        rule = self._rule(column)
        if rule is None:
            return
        begins, ends = self._first, self._last
        if column.part == "setting" and not isinstance(column.item, Given):
            begins += len(self.runs)
        elif column.part == "used":
            ends -= BLANK_ROWS
        letter = get_column_letter(place)
        rule.add(f"{letter}{begins}:{letter}{ends}")
        self.sheet.add_data_validation(rule)

    def _rule(self, column: PlanColumn) -> DataValidation | None:
        item = column.item
        if isinstance(item, Response):
            return validations.of_result(item)
        if item is not None:
            prompt = "only if not as planned" if column.part == "used" else "as it was"
            return validations.of_input(item, self.lists.get(item.name), prompt=prompt)
        if column.part == "status":
            return validations.of_status()
        words = {
            "reason": ("why it failed, or will not be made", REASON_LIMIT),
            "batch": ("the batch it was really made from; the same text for runs of one", 64),
            "note": ("anything worth knowing later", NOTE_LIMIT),
        }
        told = words.get(column.part)
        return None if told is None else validations.of_words(column.header, *told)

    def _set_up_page(self) -> None:
        """Widths, heights, what stays on the screen and on paper, and what cannot be changed."""
        from openpyxl.utils import get_column_letter

        sheet, widths = self.sheet, self._widths
        for place, width in enumerate(widths.each, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.row_dimensions[_HINT_ROW].height = widths.hint_height
        sheet.row_dimensions[_HEADER_ROW].height = widths.header_height
        heights = [*widths.row_heights, *[widths.blank_height] * BLANK_ROWS]
        for row, height in enumerate(heights, self._first):
            sheet.row_dimensions[row].height = height
        sheet.freeze_panes = f"B{self._first}"
        name, told = self.state.spec.name, f"{TITLE} as of {self.state.head}"
        put_on_paper(sheet, name, told, head=_HEADER_ROW)
        last = self._first + len(self.runs) + widths.blank_printed - 1
        sheet.print_area = f"A1:{get_column_letter(widths.printed)}{last}"
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = False
        sheet.sheet_view.showGridLines = False


def _hint(column: PlanColumn) -> str:
    if isinstance(column.item, Response):
        return result_hint(column.item)
    if column.part == "setting" and isinstance(column.item, Factor | Given):
        return input_hint(column.item)
    return _HINTS.get(column.part, "")


def _form(column: PlanColumn, value: object) -> Format:
    if column.part == "made_at":
        return "time"
    if isinstance(value, str):
        return "text"
    if isinstance(column.item, Factor) and column.item.log_scale:
        return "decades"
    is_number = column.part == "block" or (
        column.item is not None and not getattr(column.item, "is_categorical", False)
    )
    return "number" if is_number else "text"
