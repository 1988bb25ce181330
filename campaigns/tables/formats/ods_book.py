"""An OpenDocument workbook (.ods): its sheets, read one after the other from one part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from designer.campaigns.errors import InputError
from designer.campaigns.tables.formats.book_sheet import Sheet
from designer.campaigns.tables.formats.ods_cells import OdsRows, Tags
from designer.campaigns.tables.table import Record

_CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_PIECE = 64 * 1024
_MOST_SHEETS = 1_000


def ods_sheets(content: bytes, source: str, *, comma: bool) -> list[Sheet]:
    """The sheets of a workbook whose archive was checked.

    Args:
        content: its bytes.
        source: file name for problems.
        comma: whether numbers are to be written with a decimal comma.

    Raises:
        InputError: it has a password, or too many sheets. ExpatError and the like: no workbook.
    """
    archive = zipfile.ZipFile(io.BytesIO(content))
    if _MANIFEST in archive.namelist() and b"encryption-data" in archive.read(_MANIFEST):
        raise InputError.at(source, "this file has a password", allowed="a workbook without one")
    named = _Names()
    for _ in _events(archive.open(_CONTENT), named):
        pass
    if len(named.titles) > _MOST_SHEETS:
        found = f"{len(named.titles)} sheets"
        raise InputError.at(source, "the workbook has too many sheets", found, str(_MOST_SHEETS))
    sheets = []
    for place, (title, style) in enumerate(named.titles):
        taker = OdsRows(source, place, comma=comma)
        rows = _rows(archive, taker)
        sheets.append(Sheet(title, rows, taker.seen, hidden=style in named.hidden))
    return sheets


def _rows(archive: zipfile.ZipFile, rows: OdsRows) -> Iterator[Record]:
    for _ in _events(archive.open(_CONTENT), rows):
        yield from rows.taken()
        if rows.over:
            return


def _events(part: IO[bytes], taker: Tags) -> Iterator[None]:
    """Give the parts of some XML to who takes them, piece by piece."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_entities
    parser.StartElementHandler = taker.start
    parser.EndElementHandler = taker.end
    parser.CharacterDataHandler = taker.text
    while piece := part.read(_PIECE):
        parser.Parse(piece, False)
        yield
    parser.Parse(b"", True)
    yield


@dataclass
class _Names:
    """Titles of the sheets with their styles, and the styles of hidden ones."""

    titles: list[tuple[str, str]] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    _style: str = ""
    _depth: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag == "style:style":
            self._style = attributes.get("style:name", "")
        elif tag == "style:table-properties" and attributes.get("table:display") == "false":
            self.hidden.add(self._style)
        elif tag == "table:table":
            if not self._depth:
                title = attributes.get("table:name", f"Sheet{len(self.titles) + 1}")
                self.titles.append((title, attributes.get("table:style-name", "")))
            self._depth += 1

    def end(self, tag: str) -> None:
        """An element ends."""
        self._depth -= tag == "table:table"

    def text(self, text: str) -> None:
        """Text, which tells no name."""


def _refuse_entities(*_: object) -> None:
    """No program writes a document type into a workbook; its entities could grow without end."""
    raise ValueError("a document type in a workbook")
