"""The archive of a workbook: measured before anything of it is unpacked.

A workbook is a zip archive of XML: a small file can unpack to gigabytes, and a sheet can claim
a million rows it does not have. Counting tags in the raw XML first (cheap, constant memory)
bounds what will be built from it.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from designer.campaigns.errors import InputError
from designer.campaigns.files import MEGABYTE
from designer.campaigns.tables.formats.book_sheet import SheetLooks
from designer.campaigns.tables.table import MAX_CELLS

_UNPACKED = 100 * MEGABYTE
_RATIO = 200
_MEMBERS = 10_000
_OTHER_PARTS = 5 * MEGABYTE
"""Styles, relations and the like are parsed whole: 5 MB of styles cost 200 MB, 4 s (measured)."""
_ELEMENT = 2 * MEGABYTE
"""Longest row or shared text in XML: 1000 cells of 1 kB would be half of it."""
_COUNTED = re.compile(rb"<(?:[^\s<>/:]{1,40}:)?(row|c|si|table-row|table-cell)(?=[\s/>])")
_LIMITS = {
    b"row": 250_000, b"c": 3 * MAX_CELLS, b"si": 1_000_000,
    b"table-row": 250_000, b"table-cell": 3 * MAX_CELLS,
}  # fmt: skip
"""Formatted but blank rows and cells are stored too, so these are wider than a table's limits."""


def check_archive(content: bytes, source: str) -> None:
    """Refuse archives that would unpack to too much."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        what = "this is an old or password-protected Excel file"
        raise InputError.at(source, what, allowed=".xlsx without password, or CSV")
    if not content.startswith(b"PK"):
        what = "this is not a workbook, whatever its name says"
        hint = "Open it in the spreadsheet program, and save it as .xlsx; a text file ends in .csv."
        raise InputError.at(source, what, allowed="an .xlsx or .ods file", hint=hint)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_directory(archive, source)
            _check_parts(archive, source)
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


def _check_parts(archive: zipfile.ZipFile, source: str) -> None:
    """Count what the parts would become in memory (zipfile never reads beyond their size)."""
    others = 0
    for member in archive.infolist():
        name = member.filename
        if "worksheets/" in name or "sharedStrings" in name or name == "content.xml":
            _count_elements(archive, member, source)
        elif member.file_size > MEGABYTE // 100 and _is_xml(archive, member):
            others += member.file_size
    if others > _OTHER_PARTS:
        found = f"{others / MEGABYTE:.1f} MB"
        what = "the workbook has too many styles or other parts beside its cells"
        raise InputError.at(source, what, found, hint="Save the sheet as CSV UTF-8.")


def _count_elements(archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: str) -> None:
    """Refuse a sheet or string table of too many or too long elements."""
    counts = dict.fromkeys(_LIMITS, 0)
    offset = since = 0
    rest = b""
    with archive.open(member) as part:
        while piece := part.read(256 * 1024):
            block = rest + piece
            cut = max(len(block) - 64, 0)  # a tag may straddle two pieces
            for match in _COUNTED.finditer(block):
                counts[match[1]] += 1
                cut = max(cut, match.end())  # but nothing is counted twice
                if match[1] in (b"row", b"si", b"table-row"):
                    since = offset + match.start()
            rest = block[cut:]
            offset += cut
            too_many = any(counts[tag] > limit for tag, limit in _LIMITS.items())
            if too_many or offset - since > _ELEMENT or b"\0" in piece:
                what = "a sheet of the workbook has too many cells, or far too long ones"
                found = f"{member.file_size / MEGABYTE:.1f} MB"
                hint = "Keep the table alone in the workbook, or save it as CSV UTF-8."
                raise InputError.at(source, what, found, hint=hint)


def _is_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    with archive.open(member) as part:
        start = part.read(4)
    return start[:1] in b"<\xef\xfe\xff \t\r\n"


_LOOKS = re.compile(
    rb"<(?:[^\s<>/:]{1,40}:)?(?P<tag>row|col|mergeCell)\s(?P<attributes>[^<>]{0,400})>"
)
_ATTRIBUTE = re.compile(rb"""(\w+)\s*=\s*["']([^"']*)["']""")
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def sheet_looks(content: bytes, part: str) -> SheetLooks:
    """Hidden rows and columns, and merged cells, of one sheet.

    Args:
        content: of the archive, checked.
        part: name of the sheet's part.
    """
    rows: list[int] = []
    columns: list[tuple[int, int]] = []
    merged: list[tuple[int, int, int, int]] = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(part) as file:
        rest = b""
        while piece := file.read(256 * 1024):
            block = rest + piece
            cut = max(len(block) - 600, 0)  # a tag may straddle two pieces
            for match in _LOOKS.finditer(block):
                cut = max(cut, match.end())
                told = {key: value.decode() for key, value in _ATTRIBUTE.findall(match[0])}
                told = {key.decode(): value for key, value in told.items()}
                hidden = told.get("hidden") in ("1", "true")
                if match["tag"] == b"row" and hidden and told.get("r", "").isdigit():
                    rows.append(int(told["r"]))
                elif match["tag"] == b"col" and hidden:
                    ends = (told.get("min", ""), told.get("max", ""))
                    if all(map(str.isdecimal, ends)) and len(columns) < _MEMBERS:
                        columns.append((int(ends[0]), int(ends[1])))
                elif match["tag"] == b"mergeCell" and len(merged) < _MEMBERS:
                    corners = _PLACE.findall(told.get("ref", ""))
                    if len(corners) == 2:
                        merged.append((*_numbers(*corners[0]), *_numbers(*corners[1])))
            rest = block[cut:]
    return SheetLooks(rows, columns, merged)


def _numbers(letters: str, row: str) -> tuple[int, int]:
    """Row and column of ``B3``, from 1."""
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(row), column
