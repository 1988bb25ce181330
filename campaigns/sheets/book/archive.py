"""The bytes of a workbook: the same for the same content, whenever it is written."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

_ANY_DAY = (1980, 1, 1, 0, 0, 0)
"""The first day an archive can name: what a file is of is told inside it."""


def book_bytes(book: Workbook, title: str, changed_at: str) -> bytes:
    """Write a workbook.

    Args:
        book: the workbook.
        title: what it is of.
        changed_at: UTC time of what it tells, which stands for the time of its making.
    """
    from openpyxl.writer.excel import ExcelWriter
    from openpyxl.xml.constants import ARC_CORE
    from openpyxl.xml.functions import tostring

    when = datetime.fromisoformat(changed_at).replace(tzinfo=None, microsecond=0)
    first, second = io.BytesIO(), io.BytesIO()
    ExcelWriter(book, ZipFile(first, "w", ZIP_STORED)).save()
    about = book.properties
    about.title, about.creator = title, "designer"
    about.created = about.modified = when
    with ZipFile(first) as made, ZipFile(second, "w", ZIP_DEFLATED) as out:
        for name in made.namelist():
            content = tostring(about.to_tree()) if name == ARC_CORE else made.read(name)
            entry = ZipInfo(name, _ANY_DAY)
            entry.compress_type = ZIP_DEFLATED
            out.writestr(entry, content)
    return second.getvalue()
