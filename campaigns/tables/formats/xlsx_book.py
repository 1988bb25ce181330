"""An XLSX workbook besides its cells: its sheets, shared texts, what number formats show."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING

from designer.campaigns.errors import InputError
from designer.campaigns.tables.formats.archive import sheet_looks
from designer.campaigns.tables.formats.book_sheet import Sheet
from designer.campaigns.tables.formats.xlsx_cells import CellStyles, SheetCells

if TYPE_CHECKING:
    from openpyxl.reader.excel import ExcelReader

_BOOK, _STYLES = "xl/workbook.xml", "xl/styles.xml"
_STRICT = b"http://purl.oclc.org/ooxml/"
"""Begins the names of its namespaces (ISO/IEC 29500-1)."""
_GENERAL = "General"


def xlsx_sheets(content: bytes, source: str, *, comma: bool) -> list[Sheet]:
    """The sheets with cells of a workbook whose archive was checked.

    Args:
        content: its bytes.
        source: file name for problems.
        comma: whether numbers are to be written with a decimal comma.

    Raises:
        InputError: it is of the strict kind.
    """
    from openpyxl.reader.excel import ExcelReader  # 0.2 s that only workbooks need

    reader = ExcelReader(io.BytesIO(content), read_only=True, keep_links=False)
    if _BOOK in reader.valid_files and _STRICT in reader.archive.read(_BOOK):
        what = "the workbook is saved as Strict Open XML, which is not read"
        hint = "Save it as Excel workbook (.xlsx, not the strict kind), or as CSV UTF-8."
        raise InputError.at(source, what, hint=hint)
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    styles = _styles(reader)
    sheets = []
    for sheet, relation in reader.parser.find_sheets():
        part = str(relation.target)
        if part in reader.valid_files and str(relation.Type).endswith("/worksheet"):
            cells = SheetCells(source, styles, reader.shared_strings, comma)
            rows = cells.rows(reader.archive.open(part))
            hidden = str(sheet.state) != "visible"
            looks = partial(sheet_looks, content, part)
            sheets.append(Sheet(str(sheet.name), rows, looks, hidden=hidden))
    return sheets


def _styles(reader: ExcelReader) -> CellStyles:
    """What the styles of a workbook make of its numbers."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
    from openpyxl.xml.functions import fromstring

    formats, numbers = dict(BUILTIN_FORMATS), list[int]()
    if _STYLES in reader.valid_files:
        for part in fromstring(reader.archive.read(_STYLES)):
            name = part.tag.rpartition("}")[2]
            if name == "numFmts":
                formats |= {int(f.get("numFmtId", 0)): f.get("formatCode", "") for f in part}
            elif name == "cellXfs":
                numbers = [int(style.get("numFmtId", 0)) for style in part]
    codes = [formats.get(number, _GENERAL) for number in numbers] or [_GENERAL]
    dates = {style for style, code in enumerate(codes) if is_date_format(code)}
    durations = {style for style in dates if is_timedelta_format(codes[style])}
    return CellStyles(codes, frozenset(dates), frozenset(durations), reader.wb.epoch)
