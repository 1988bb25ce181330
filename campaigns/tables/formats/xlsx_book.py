"""A workbook besides its cells: which sheets it has, shared texts, what number formats show."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING

from designer.campaigns.tables.formats.xlsx_cells import CellStyles, SheetCells
from designer.campaigns.tables.layout import LOOKED_AT, ExpectedColumns, header_row
from designer.campaigns.tables.table import Record

if TYPE_CHECKING:
    from openpyxl.reader.excel import ExcelReader

_STYLES = "xl/styles.xml"
_GENERAL = "General"


class Sheet:
    """One sheet, its rows read once.

    Args:
        title: its name.
        state: ``visible``, ``hidden`` or ``veryHidden``.
        part: name of its part of the archive.
        rows: that are not blank.
    """

    def __init__(self, title: str, state: str, part: str, rows: Iterator[Record]) -> None:
        self.title, self.part = title, part
        self.hidden = state != "visible"
        self._rows = rows

    @cached_property
    def _head(self) -> list[Record]:
        return list(islice(self._rows, LOOKED_AT))

    @property
    def has_data(self) -> bool:
        """Whether anything stands in it."""
        return any(any(texts) for _, texts, _ in self._head)

    def names(self, expected: ExpectedColumns) -> int:
        """How many expected names stand in one of its first rows."""
        rows = [[text.strip() for text in texts] for _, texts, _ in self._head]
        return header_row(rows, expected)[1]

    def rows(self) -> Iterator[Record]:
        """All rows; they can be had once."""
        return chain(self._head, self._rows)


@dataclass(frozen=True)
class Book:
    """A workbook in memory.

    Attributes:
        sheets: those with cells.
    """

    sheets: Sequence[Sheet]

    @classmethod
    def of(cls, content: bytes, source: str, *, comma: bool) -> Book:
        """Open a workbook whose archive was checked.

        Args:
            content: its bytes.
            source: file name for problems.
            comma: whether numbers are to be written with a decimal comma.
        """
        from openpyxl.reader.excel import ExcelReader  # 0.2 s that only workbooks need

        reader = ExcelReader(io.BytesIO(content), read_only=True, keep_links=False)
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
                sheets.append(Sheet(str(sheet.name), str(sheet.state), part, rows))
        return cls(sheets)


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
