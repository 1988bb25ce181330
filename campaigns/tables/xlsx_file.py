"""A sheet of an XLSX workbook to a table; the archive is measured before anything is unpacked.

A workbook is a zip archive of XML: a small file can unpack to gigabytes, and a sheet can claim
a million rows it does not have. Counting tags in the raw XML first (cheap, constant memory)
bounds what openpyxl will build from it.
"""

from __future__ import annotations

import io
import math
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from designer.campaigns.errors import InputError
from designer.campaigns.files import MEGABYTE
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.tables.table import (
    AN_ERROR,
    MAX_CELLS,
    MAX_ROWS,
    NO_VALUE,
    Table,
    TableBuilder,
)
from designer.campaigns.values.names import suggestion
from designer.campaigns.values.numbers import number_text

if TYPE_CHECKING:
    from openpyxl import Workbook

_UNPACKED = 100 * MEGABYTE
_RATIO = 200
_MEMBERS = 10_000
_OTHER_PARTS = 5 * MEGABYTE
"""Styles, relations and the like are parsed whole: 5 MB of styles cost 200 MB, 4 s (measured)."""
_ELEMENT = 2 * MEGABYTE
"""Longest row or shared text in XML: 1000 cells of 1 kB would be half of it."""
_COUNTED = re.compile(rb"<(?:[^\s<>/:]{1,40}:)?(row|c|si|f)(?=[\s/>])")
_LIMITS = {b"row": 250_000, b"c": 2 * MAX_CELLS, b"si": 1_000_000}
"""Formatted but blank rows and cells are stored too, so these are wider than a table's limits."""
_LAST_ROW = 1_048_576
"""Of any sheet; openpyxl would make up blank rows towards a higher row number for ever."""


def parse_xlsx(
    content: bytes, source: str, sha256: str, options: TableOptions | None = None
) -> Table:
    """Read the sheet that is said, or the first one with data.

    Args:
        content: bytes of the workbook.
        source: file name for problems.
        sha256: of the content.
        options: what is said about sheet, header and decimal mark.

    Raises:
        InputError: not a workbook, dangerous to unpack, or its table is wrong.
    """
    formulas = _check_archive(content, source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of features it does not read
            said = options or TableOptions()
            return _read_workbook(content, source, sha256, said, formulas=formulas)
    except InputError:
        raise
    except Exception as error:  # hostile XML makes openpyxl raise whatever it likes
        what = f"the workbook is damaged and cannot be read ({type(error).__name__})"
        hint = "Open it in a spreadsheet program and save it again, or save it as CSV UTF-8."
        raise InputError.at(source, what, hint=hint) from error


def _check_archive(content: bytes, source: str) -> bool:
    """Refuse archives that would unpack to too much; tell whether there are formulas."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        what = "this is an old or password-protected Excel file"
        raise InputError.at(source, what, allowed=".xlsx without password, or CSV")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_directory(archive, source)
            return _check_parts(archive, source)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        what = f"this is not a workbook ({error})"
        raise InputError.at(source, what, allowed="an .xlsx file") from None
    except (NotImplementedError, RuntimeError) as error:
        raise InputError.at(source, f"the workbook cannot be unpacked ({error})") from None


def _check_directory(archive: zipfile.ZipFile, source: str) -> None:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > _MEMBERS or unpacked > _UNPACKED or unpacked > _RATIO * max(packed, 1):
        found = f"{len(members)} parts of {unpacked / MEGABYTE:.1f} MB, packed {packed} bytes"
        allowed = f"{_UNPACKED // MEGABYTE} MB unpacked, at most {_RATIO} times the packed size"
        raise InputError.at(source, "the workbook unpacks to too much", found, allowed)


def _check_parts(archive: zipfile.ZipFile, source: str) -> bool:
    """Count what the parts would become in memory (zipfile never reads beyond their size)."""
    others = 0
    formulas = False
    for member in archive.infolist():
        name = member.filename
        if "worksheets/" in name or "sharedStrings" in name:
            formulas |= _count_elements(archive, member, source)
        elif member.file_size > MEGABYTE // 100 and _is_xml(archive, member):
            others += member.file_size
    if others > _OTHER_PARTS:
        found = f"{others / MEGABYTE:.1f} MB"
        what = "the workbook has too many styles or other parts beside its cells"
        raise InputError.at(source, what, found, hint="Save the sheet as CSV UTF-8.")
    return formulas


def _count_elements(archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: str) -> bool:
    """Refuse a sheet or string table of too many or too long elements; is there a formula?"""
    counts = dict.fromkeys((*_LIMITS, b"f"), 0)
    offset = since = 0
    rest = b""
    with archive.open(member) as part:
        while piece := part.read(256 * 1024):
            block = rest + piece
            cut = max(len(block) - 64, 0)  # a tag may straddle two pieces
            for match in _COUNTED.finditer(block):
                counts[match[1]] += 1
                cut = max(cut, match.end())  # but nothing is counted twice
                if match[1] in (b"row", b"si"):
                    since = offset + match.start()
            rest = block[cut:]
            offset += cut
            too_many = any(counts[tag] > limit for tag, limit in _LIMITS.items())
            if too_many or offset - since > _ELEMENT or b"\0" in piece:
                what = "a sheet of the workbook has too many cells, or far too long ones"
                found = f"{member.file_size / MEGABYTE:.1f} MB"
                hint = "Keep the table alone in the workbook, or save it as CSV UTF-8."
                raise InputError.at(source, what, found, hint=hint)
    return counts[b"f"] > 0


def _is_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    with archive.open(member) as part:
        start = part.read(4)
    return start[:1] in b"<\xef\xfe\xff \t\r\n"


def _read_workbook(
    content: bytes, source: str, sha256: str, options: TableOptions, *, formulas: bool
) -> Table:
    book = _open(content, data_only=True)
    try:
        sheets: list[Any] = [sheet for sheet in book.worksheets if hasattr(sheet, "iter_rows")]
        filled = [sheet for sheet in sheets if _has_data(sheet)]
        if options.sheet is not None:
            sheets = filled = _named_sheet(sheets, options.sheet, source)
        if not filled:
            raise InputError.at(source, "no sheet of the workbook has any data")
        sheet = filled[0]
        if len(filled) > 1 and sheet is not sheets[0]:
            names = ", ".join(repr(other.title) for other in filled)
            what = "the first sheet is blank and several others have data"
            raise InputError.at(source, what, names, hint="Move the table to the front.")
        blank = _formulas(content, sheet.title) if formulas else frozenset()
        builder = TableBuilder(source, sha256, row_word="row", separator=None, options=options)
        for number, cells in _cells(sheet, source):
            texts, oddities = _texts(number, cells, blank, comma=options.decimal == "comma")
            builder.add(number, texts, oddities)
        return builder.finish(notes=_sheet_notes(sheet, filled, sheets))
    finally:
        book.close()


def _named_sheet(sheets: list[Any], name: str, source: str) -> list[Any]:
    """The sheet of a name, case aside."""
    found = [sheet for sheet in sheets if sheet.title.casefold() == name.casefold()]
    if not found:
        titles = [sheet.title for sheet in sheets]
        what, hint = "the workbook has no such sheet", suggestion(name, titles)
        raise InputError.at(f"{source} --sheet {name}", what, name, ", ".join(titles), hint)
    return found


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
        text, oddity = _text(cell.value, cell.data_type)
        if comma and cell.data_type == "n":  # as texts of this table write numbers
            text = text.replace(".", ",")
        if cell.value is None and (number, position + 1) in formulas:
            oddity = NO_VALUE
        if oddity is not None:
            oddities[position] = oddity
        texts.append(text)
    return texts, oddities


def _text(value: object, data_type: str) -> tuple[str, str | None]:
    """A cell as text, and what it is when it is no plain number or text."""
    text = "" if value is None else str(value)
    oddity = None
    if data_type == "e":
        oddity = AN_ERROR
    elif isinstance(value, bool):
        text, oddity = text.upper(), "TRUE or FALSE"
    elif isinstance(value, int | float):
        if math.isfinite(value):
            text = number_text(value)
        else:
            oddity = "a number out of range"
    elif isinstance(value, datetime):
        midnight = value.time() == time() and value.tzinfo is None
        text, oddity = (value.date() if midnight else value).isoformat(), "a date"
    elif isinstance(value, date | time | timedelta):
        oddity = "a date or time"
    return text, oddity
