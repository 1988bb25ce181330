"""The sheet that goes to the line: what to set, cells for what was found, room for further runs.

It fits the width of one page, and its first rows and the ids of the runs stand on every page. Only
what people fill in can be changed. A thick line begins a batch of the first stage, a thin one a
batch of a later stage; settings that change from one run to the next are bold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from designer.campaigns.commands.checks import NOTE_LIMIT, REASON_LIMIT
from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.batch_blocks import RunPlace, run_places
from designer.campaigns.sheets.book import validations
from designer.campaigns.sheets.book.looks import Edge, Format, Kind, Look, Looks, safe_text
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
_ROW_HEIGHT = 21.0
"""Points of a run: enough to write in by hand."""
_ENTRIES = ("result", "status", "reason", "used", "batch", "made_at", "note")
_WIDTHS = {"run": 8.0, "status": 12.0, "reason": 18.0, "made_at": 17.0, "note": 24.0}
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
        for row, place in enumerate(run_places(self.state.spec, self.runs), self._first):
            self._write_run(row, place)
        for row in range(self._first + len(self.runs), self._last + 1):
            self._write_blank(row)
        for at, column in enumerate(self._columns, start=1):
            self._validate(at, column)
        self._set_up_page()

    @cached_property
    def _columns(self) -> list[PlanColumn]:
        return plan_columns(self.state, apart=True)

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
        told += f" nobody planned. Then: designer import {spec.name} FILE"
        self.looks.put(self.sheet, _TITLE_ROW, 1, title, Look("title"))
        self.looks.put(self.sheet, _TITLE_ROW + 1, 1, told, Look("none"))
        for place, column in enumerate(self._columns, start=1):
            name, bracket, unit = column.header.rpartition(" [")
            header = f"{name}\n[{unit}" if bracket else column.header
            kind: Kind = "asked" if self._is_entry(column) else "header"
            self.looks.put(self.sheet, _HINT_ROW, place, _hint(column), Look("hint"))
            self.looks.put(self.sheet, _HEADER_ROW, place, header, Look(kind))

    def _write_run(self, row: int, place: RunPlace) -> None:
        stages = [stage.name for stage in self.state.spec.stages]
        edge: Edge = "inside"
        if place.begins:
            edge = "block" if place.begins[0] == stages[0] else "part"
        for at, column in enumerate(self._columns, start=1):
            value = column.tell(place.run)
            if isinstance(value, tuple):
                value = value[0] if len(value) == 1 else "/".join(map(number_text, value))
            look = Look(self._kind(column, place), _form(column, value), edge)
            self.looks.put(self.sheet, row, at, value, look)
        self.sheet.row_dimensions[row].height = _ROW_HEIGHT

    def _write_blank(self, row: int) -> None:
        edge: Edge = "block" if row == self._first + len(self.runs) else "inside"
        for at, column in enumerate(self._columns, start=1):
            locked = column.part in ("run", "used")
            look = Look("told" if locked else "entry", _form(column, None), edge)
            self.looks.put(self.sheet, row, at, None, look)
        self.sheet.row_dimensions[row].height = _ROW_HEIGHT

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
        """Widths, what stays on the screen and on every page, and what cannot be changed."""
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.properties import PageSetupProperties

        sheet = self.sheet
        for place, column in enumerate(self._columns, start=1):
            letter = get_column_letter(place)
            sheet.column_dimensions[letter].width = _width(column, self.runs)
        sheet.row_dimensions[_HEADER_ROW].height = 48
        sheet.freeze_panes = f"B{self._first}"
        sheet.print_title_rows = f"{_TITLE_ROW}:{_HEADER_ROW}"
        sheet.print_title_cols = "A:A"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = "9"
        sheet.page_setup.fitToWidth = 1
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        margins = sheet.page_margins
        margins.left = margins.right = margins.top = 0.4
        margins.bottom, margins.footer = 0.6, 0.3
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = False
        sheet.sheet_view.showGridLines = False
        self._write_foot()

    def _write_foot(self) -> None:
        foot = self.sheet.oddFooter
        if foot is None or foot.left is None or foot.center is None or foot.right is None:
            return  # never: a new sheet has them
        foot.left.text = safe_text(self.state.spec.name).replace("&", "&&")
        foot.center.text = f"as of {self.state.head}"
        foot.right.text = "page &P of &N"


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
    is_number = column.item is not None and not getattr(column.item, "is_categorical", False)
    return "number" if is_number else "text"


def _width(column: PlanColumn, runs: Sequence[Run]) -> float:
    """Characters a column needs for its cells and the longest word of its name, within limits."""
    if column.part in _WIDTHS:
        return _WIDTHS[column.part]
    name = column.header.rpartition(" [")[0] or column.header
    cells = [column.tell(run) for run in runs]
    texts = [c if isinstance(c, str) else "" for c in cells]
    longest = max(map(len, [*texts, "12345.67"]))
    return float(min(max(longest, math.ceil(1.15 * len(name))), 16)) + 1
