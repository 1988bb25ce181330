"""A sheet of an XLSX workbook to a table: every cell as it is shown, with all its digits."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from designer.campaigns.errors import InputError
from designer.campaigns.tables.builder import TableBuilder
from designer.campaigns.tables.formats.number_formats import shown_text
from designer.campaigns.tables.formats.xlsx_archive import SheetLooks, check_archive, sheet_looks
from designer.campaigns.tables.layout import LOOKED_AT, ExpectedColumns, header_row
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.tables.table import AN_ERROR, MAX_ROWS, MERGED, NO_VALUE, Table
from designer.campaigns.values.names import suggestion

if TYPE_CHECKING:
    from openpyxl import Workbook

_LAST_ROW = 1_048_576
"""Of any sheet; openpyxl would make up blank rows towards a higher row number for ever."""
_TOLD = 10
"""Row numbers that are listed."""


@dataclass(frozen=True)
class _Book:
    """A workbook in memory and what is said about it."""

    content: bytes
    source: str
    sha256: str
    options: TableOptions
    expected: ExpectedColumns | None
    has_formulas: bool


def parse_xlsx(
    content: bytes,
    source: str,
    sha256: str,
    options: TableOptions | None = None,
    expected: ExpectedColumns | None = None,
) -> Table:
    """Read the sheet that is said, that has the expected columns, or the first one with data.

    Args:
        content: bytes of the workbook.
        source: file name for problems.
        sha256: of the content.
        options: what is said about sheet, header and decimal mark.
        expected: what the columns may be called.

    Raises:
        InputError: not a workbook, dangerous to unpack, or its table is wrong.
    """
    formulas = check_archive(content, source)
    book = _Book(content, source, sha256, options or TableOptions(), expected, formulas)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of features it does not read
            return _read_workbook(book)
    except InputError:
        raise
    except Exception as error:  # hostile XML makes openpyxl raise whatever it likes
        what = f"the workbook is damaged and cannot be read ({type(error).__name__})"
        hint = "Open it in a spreadsheet program and save it again, or save it as CSV UTF-8."
        raise InputError.at(source, what, hint=hint) from error


def _read_workbook(told: _Book) -> Table:
    book = _open(told.content, data_only=True)
    try:
        sheets: list[Any] = [sheet for sheet in book.worksheets if hasattr(sheet, "iter_rows")]
        sheet, notes = _chosen_sheet(sheets, told)
        blank = _formulas(told.content, sheet.title) if told.has_formulas else frozenset()
        looks = sheet_looks(told.content, str(sheet._worksheet_path))  # noqa: SLF001  no other way
        builder = TableBuilder(
            told.source,
            told.sha256,
            row_word="row",
            separator=None,
            options=told.options,
            expected=told.expected,
        )
        merged = _merged(looks)
        for number, cells in _cells(sheet, told.source):
            texts, oddities = _texts(number, cells, blank, comma=told.options.decimal == "comma")
            if any(texts):
                oddities |= {c: MERGED for c in merged.get(number, ()) if not _at(texts, c)}
            builder.add(number, texts, oddities)
        table = builder.finish(notes=notes)
        return table.with_notes(_looks_notes(looks, table))
    finally:
        book.close()


def _at(texts: list[str], place: int) -> str:
    return texts[place] if place < len(texts) else ""


def _merged(looks: SheetLooks) -> dict[int, list[int]]:
    """Row → positions that are blank because a cell above is merged with them."""
    places: dict[int, list[int]] = {}
    for top, left, bottom, right in looks.merged:
        for row in range(top + 1, min(bottom, top + MAX_ROWS) + 1):
            places.setdefault(row, []).extend(range(left - 1, min(right, left + LOOKED_AT)))
    return places


def _looks_notes(looks: SheetLooks, table: Table) -> tuple[str, ...]:
    """What people do not see in their spreadsheet program."""
    notes = []
    hidden = sorted({*looks.hidden_rows} & {row for row in table.row_numbers if row != ""})
    if hidden:
        shown = ", ".join(map(str, hidden[:_TOLD])) + (", …" if len(hidden) > _TOLD else "")
        notes.append(f"{len(hidden)} hidden rows are read, too: {shown}")
    if looks.hidden_columns:
        notes.append("hidden columns are read, too")
    return tuple(notes)


def _chosen_sheet(sheets: list[Any], told: _Book) -> tuple[Any, tuple[str, ...]]:
    """The sheet to read, and what is to be told about the choice."""
    if told.options.sheet is not None:
        return _named_sheet(sheets, told.options.sheet, told.source), ()
    filled = [sheet for sheet in sheets if _has_data(sheet)]
    seen = [sheet for sheet in filled if sheet.sheet_state == "visible"] or filled
    if not seen:
        raise InputError.at(told.source, "no sheet of the workbook has any data")
    best = seen
    if told.expected is None:
        able = seen if seen[0] is sheets[0] or len(seen) == 1 else []
        what = "the first sheet is blank and several others have data"
    else:
        known = [_names_in(sheet, told.expected) for sheet in seen]
        best = [sheet for sheet, count in zip(seen, known, strict=True) if count == max(known)]
        able = best if len(best) == 1 or not max(known) else []
        what = "several sheets have the expected columns"
    if not able:
        names = ", ".join(repr(sheet.title) for sheet in best)
        hint = f"Say which with --sheet {seen[0].title!r}, or move the table to a file of its own."
        raise InputError.at(told.source, what, names, hint=hint)
    return able[0], _sheet_notes(able[0], filled, sheets)


def _names_in(sheet: Any, expected: ExpectedColumns) -> int:  # noqa: ANN401
    """How many expected names stand in one row of a sheet."""
    rows = [
        ["" if cell.value is None else str(cell.value).strip() for cell in cells]
        for _, cells in islice(_cells(sheet, ""), LOOKED_AT)
    ]
    return header_row(rows, expected)[1]


def _named_sheet(sheets: list[Any], name: str, source: str) -> Any:  # noqa: ANN401
    """The sheet of a name, case aside."""
    found = [sheet for sheet in sheets if sheet.title.casefold() == name.casefold()]
    if not found:
        titles = [sheet.title for sheet in sheets]
        what, hint = "the workbook has no such sheet", suggestion(name, titles)
        raise InputError.at(f"{source} --sheet {name}", what, name, ", ".join(titles), hint)
    return found[0]


def _open(content: bytes, *, data_only: bool) -> Workbook:
    from openpyxl import load_workbook  # 0.2 s that only workbooks need

    file = io.BytesIO(content)
    return load_workbook(file, read_only=True, data_only=data_only, keep_links=False)


def _sheet_notes(sheet: Any, filled: list[Any], sheets: list[Any]) -> tuple[str, ...]:  # noqa: ANN401
    if len(sheets) == 1:
        return ()
    others = [repr(other.title) for other in filled if other is not sheet]
    note = f"read sheet {sheet.title!r}"
    return (f"{note}; not read: {', '.join(others)}" if others else note,)


def _cells(sheet: Any, source: str) -> Iterator[tuple[int, tuple[Any, ...]]]:  # noqa: ANN401
    """Rows with their numbers; the size a sheet claims to have is not believed."""
    sheet.reset_dimensions()
    filled = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > _LAST_ROW or filled > MAX_ROWS + 1:
            allowed = f"at most {MAX_ROWS} rows"
            raise InputError.at(source, "the sheet has too many rows", allowed=allowed)
        if cells:
            filled += any(cell.value is not None for cell in cells)
            yield number, cells


def _has_data(sheet: Any) -> bool:  # noqa: ANN401
    return any(
        cell.value is not None and str(cell.value).strip()
        for _, cells in _cells(sheet, "")
        for cell in cells
    )


def _formulas(content: bytes, title: str) -> frozenset[tuple[int, int]]:
    """Places of formulas; where openpyxl sees no value there, none is stored in the file."""
    book = _open(content, data_only=False)
    try:
        return frozenset(
            (number, cell.column)
            for number, cells in _cells(book[title], "")
            for cell in cells
            if cell.data_type == "f"
        )
    finally:
        book.close()


def _texts(
    number: int, cells: tuple[Any, ...], formulas: frozenset[tuple[int, int]], *, comma: bool
) -> tuple[list[str], dict[int, str]]:
    texts = []
    oddities = {}
    for position, cell in enumerate(cells):
        text, oddity = _text(cell, comma=comma)
        if cell.value is None and (number, position + 1) in formulas:
            oddity = NO_VALUE
        if oddity is not None:
            oddities[position] = oddity
        texts.append(text)
    return texts, oddities


def _text(cell: Any, *, comma: bool) -> tuple[str, str | None]:  # noqa: ANN401
    """A cell as text, and what it is when it is no plain number or text."""
    value: object = cell.value
    text = "" if value is None else str(value)
    oddity = None
    if cell.data_type == "e":
        oddity = AN_ERROR
    elif isinstance(value, bool):
        text, oddity = text.upper(), "TRUE or FALSE"
    elif isinstance(value, int | float):
        if math.isfinite(value):
            text, oddity = shown_text(value, cell.number_format)
            if comma:  # as the texts of this table write numbers
                text = text.replace(".", ",", 1)
        else:
            oddity = "a number out of range"
    elif isinstance(value, datetime):
        midnight = value.time() == time() and value.tzinfo is None
        text, oddity = (value.date() if midnight else value).isoformat(), "a date"
    elif isinstance(value, date | time | timedelta):
        oddity = "a date or time"
    return text, oddity
