"""One row of a filled plan sheet, as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from designer.campaigns.errors import Problem
from designer.campaigns.tables.cells import (
    CellReader,
    Value,
    is_never,
    is_not_yet,
)
from designer.campaigns.tables.columns import FileColumn

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification

FURTHER = "further"
"""In the column ``replicate``: TRUE, another replicate whatever was recorded before."""


@dataclass
class SheetRow:
    """What one row says; blank cells say nothing.

    Attributes:
        row: its place in the table.
        replicate: number of the first value in this row, `FURTHER`, or None when not said.
        responses: response → values, None for "never".
        settings: factor or given → value, or category.
        batch: stage → id.
        made_at: date or UTC time.
        note: remark.
    """

    row: int
    replicate: int | str | None = None
    responses: dict[str, list[Value] | None] = field(default_factory=dict)
    settings: dict[str, Value | str] = field(default_factory=dict)
    batch: dict[str, str] = field(default_factory=dict)
    made_at: str | None = None
    note: str | None = None


class RowReader:
    """Reads rows of a sheet whose columns are known."""

    def __init__(
        self, spec: Specification, reader: CellReader, columns: Mapping[str, FileColumn]
    ) -> None:
        self._spec = spec
        self._reader = reader
        self._columns = columns

    def read(self, row: int) -> SheetRow:
        """Read one row; problems are noted with the reader of the cells."""
        found = SheetRow(row, replicate=self._replicate(row))
        for response in self._spec.responses:
            column, text = self._cell(row, response.name)
            if column is None or is_not_yet(text):
                continue
            if is_never(text):
                found.responses[response.name] = None
            else:
                values = self._reader.values(row, column, text, response.unit)
                found.responses[response.name] = values
        self._settings(row, found)
        for stage in self._spec.stages:
            column, text = self._cell(row, f"batch:{stage.name}")
            if column is not None and text:
                word = self._reader.word(row, column, text)
                if word is not None:
                    found.batch[stage.name] = word
        column, text = self._cell(row, "made_at")
        if column is not None and text:
            found.made_at = self._reader.moment(row, column, text)
        found.note = self._cell(row, "note")[1] or None
        return found

    def _settings(self, row: int, found: SheetRow) -> None:
        categorical = {factor.name for factor in self._spec.factors if factor.is_categorical}
        for item in self._spec.inputs:
            column, text = self._cell(row, item.name)
            if column is None or not text:
                continue
            if item.name in categorical:
                found.settings[item.name] = text
            else:
                value = self._reader.value(row, column, text, item.unit)
                if value is not None:
                    found.settings[item.name] = value

    def _cell(self, row: int, target: str) -> tuple[FileColumn | None, str]:
        column = self._columns.get(target)
        return column, "" if column is None else self._reader.text(row, column)

    def _replicate(self, row: int) -> int | str | None:
        column, text = self._cell(row, "replicate")
        if column is None or not text or text.casefold() in {"false", "no"}:
            return None
        if text.casefold() in {"true", "yes"}:
            return FURTHER
        number = self._reader.table.number(text)
        if number is None or number < 1 or number != int(number):
            where = self._reader.table.where(row, column.header)
            what = "this is no number of a replicate"
            allowed = "1, 2, 3, … or TRUE for a further one"
            self._reader.findings.add(Problem(where, what, repr(text), allowed))
            return None
        return int(number)
