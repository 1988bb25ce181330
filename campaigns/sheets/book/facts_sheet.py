"""The sheet of facts: what the campaign is, what can be set and is wanted; lists to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from designer.campaigns.sheets.book.looks import Look, Looks
from designer.campaigns.sheets.book.paper import put_on_paper
from designer.campaigns.sheets.plan_facts import WORTH, Worth, by_word
from designer.campaigns.specification.specification import Specification

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TITLE = "Facts"
_HEAD, _TOLD, _WORDS = Look("header"), Look("told"), Look("words")
_NUMBER = Look("told", "number")
_INPUTS = ("factor or given", "unit", "low", "high", "step", "stage", "levels or categories")
_RESPONSES = (
    "response", "unit", "in spec from", "in spec to", "possible from", "possible to", "goal",
    "weight", "repeatability (1 sd)", "stage",
)  # fmt: skip
_WIDTHS = (24, 14, 14, 14, 14, 14, 20, 14, 20, 14)
_TEXT_WIDTH = sum(_WIDTHS[1:]) - 10
"""Characters that surely fit beside a word."""
_LINE_HEIGHT = 15.5  # points

Row = Sequence[float | str | None]


class FactsSheet:
    """Writes the sheet of facts from top to bottom.

    Args:
        sheet: the sheet, blank.
        looks: of its workbook.
    """

    def __init__(self, sheet: Worksheet, looks: Looks) -> None:
        self._sheet, self._looks = sheet, looks
        self._row = 0

    def write(
        self, spec: Specification, facts: Iterable[tuple[str, str]], judged: Worth = ()
    ) -> Mapping[str, str]:
        """Write all of it.

        Args:
            spec: of the campaign.
            facts: words, and what there is to say of each.
            judged: what the plan is worth.

        Returns:
            Cells with the levels or categories of factors, by factor, as formulas write them.
        """
        from openpyxl.utils import get_column_letter

        self._facts(facts)
        self._row += 1
        if judged:
            self._put([WORTH], [_HEAD])
            self._facts(judged)
            self._row += 1
        lists = self._inputs(spec)
        self._row += 1
        self._responses(spec)
        if spec.constraints:
            self._row += 1
            self._put(["constraints"], [_HEAD])
            for each in spec.constraints:
                self._wide([each.reason or "", str(each)], [_WORDS, _WORDS])
        if spec.stages:
            self._row += 1
            unit = spec.costs.unit
            headers = ["stage", f"new batch [{unit}]", f"usable for [{unit}]", "most runs"]
            self._put(headers, [_HEAD] * len(headers))
            for stage in spec.stages:
                self._table_row([stage.name, stage.change_cost, stage.usable_for, stage.most_runs])
        for place, width in enumerate(_WIDTHS, start=1):
            self._sheet.column_dimensions[get_column_letter(place)].width = width
        put_on_paper(self._sheet, spec.name, TITLE)
        self._sheet.protection.sheet = True
        return lists

    def _facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Words, each once, and what there is to say of them."""
        for word, texts in by_word(facts):
            for at, text in enumerate(texts):
                self._wide([None if at else word, text], [Look("run"), _WORDS])

    def _inputs(self, spec: Specification) -> dict[str, str]:
        from openpyxl.utils import get_column_letter

        lists: dict[str, str] = {}
        self._put(_INPUTS, [_HEAD] * len(_INPUTS))
        for factor in spec.factors:
            ends = (None, None) if factor.is_categorical else factor.bounds
            step = None if factor.step is None else float(factor.step)
            listed = factor.choices
            self._table_row([factor.name, factor.unit, *ends, step, factor.stage, *listed])
            if listed:
                first, last = (get_column_letter(len(_INPUTS) + k) for k in (0, len(listed) - 1))
                lists[factor.name] = f"'{TITLE}'!${first}${self._row}:${last}${self._row}"
        for given in spec.givens:
            self._table_row([given.name, given.unit, given.low, given.high, None, None])
        return lists

    def _responses(self, spec: Specification) -> None:
        self._put(_RESPONSES, [_HEAD] * len(_RESPONSES))
        for each in spec.responses:
            ends = [*(each.window or (None, None)), *(each.possible or (None, None))]
            finite = [end if end is not None and abs(end) < float("inf") else None for end in ends]
            self._table_row(
                [each.name, each.unit, *finite, each.goal, each.weight, each.noise_sd, each.stage]
            )

    def _table_row(self, cells: Row) -> None:
        looks = [_NUMBER if isinstance(cell, int | float) else _TOLD for cell in cells]
        self._put(cells, looks)

    def _wide(self, cells: Row, looks: Sequence[Look]) -> None:
        """A word and a text, which goes over several lines where it is long."""
        self._put(cells, looks)
        row, last = self._row, len(_WIDTHS)
        self._sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=last)
        lines = sum(1 + len(line) // _TEXT_WIDTH for line in str(cells[1]).split("\n"))
        self._sheet.row_dimensions[row].height = _LINE_HEIGHT * lines

    def _put(self, cells: Row, looks: Sequence[Look]) -> None:
        self._row += 1
        for place, (cell, look) in enumerate(zip(cells, looks, strict=True), start=1):
            self._looks.put(self._sheet, self._row, place, cell, look)
