"""The cells of one sheet of an OpenDocument workbook, each as it shows, with all its digits."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from designer.campaigns.errors import InputError
from designer.campaigns.tables.formats.book_sheet import SheetLooks
from designer.campaigns.tables.formats.number_formats import SIGNS
from designer.campaigns.tables.table import (
    AN_ERROR,
    KEPT_AS_TEXT,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MERGED,
    NO_VALUE,
    Record,
)
from designer.campaigns.values.numbers import exact, has_mark, number_text
from designer.campaigns.values.units import check_unit

_LAST_ROW = 1_048_576
_MOST_CELLS = 3 * MAX_CELLS  # blank ones and repeated ones, too
_CELLS = ("table:table-cell", "table:covered-table-cell")
_BESIDE = ("office:annotation", "draw:", "table:shapes", "office:forms")
"""Elements of a cell or sheet whose text is not that of the cell."""
_SHOWN = re.compile(
    rf"(?P<sign>[{''.join(sorted(SIGNS))}]*)\s*[+\-−]?[\d.,'’ \u00a0\u202f]*"
    r"(?:[eE][+-]?\d+)?\s*(?P<unit>.*)",
    re.DOTALL,
)


class Tags(Protocol):
    """Takes XML element by element."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        ...

    def end(self, tag: str) -> None:
        """An element ends."""
        ...

    def text(self, text: str) -> None:
        """Some text."""
        ...


@dataclass
class OdsRows:
    """Takes the XML of a workbook and gives the rows of one sheet.

    Attributes:
        source: file name for problems.
        place: of the sheet among all, from 0.
        comma: whether numbers are to be written with a decimal comma.
        looks: how the sheet looks, as far as it was read.
        over: whether all of the sheet was read.
    """

    source: str
    place: int
    comma: bool = False
    looks: SheetLooks = field(default_factory=SheetLooks)
    over: bool = False
    _done: list[tuple[int, list[str], dict[int, str], int]] = field(default_factory=list)
    _sheet: int = -1
    _depth: int = 0
    _skipped: int = 0
    _row: int = 0
    _again: int = 1
    _columns: int = 0
    _texts: list[str] = field(default_factory=list)
    _oddities: dict[int, str] = field(default_factory=dict)
    _spans: list[tuple[int, int, int]] = field(default_factory=list)
    _cell: dict[str, str] | None = None
    _paragraphs: list[list[str]] = field(default_factory=list)
    _made: int = 0

    def seen(self) -> SheetLooks:
        """How the sheet looks, as far as it was read."""
        return self.looks

    def taken(self) -> Iterator[Record]:
        """The rows that are not blank, of those read since the last call.

        Raises:
            InputError: more cells than a table may have.
        """
        done, self._done = self._done, []
        for number, texts, oddities, again in done:
            for more in range(again):
                self._made += len(texts)
                if self._made > _MOST_CELLS:
                    hint = "Keep the table alone in the workbook, or save it as CSV UTF-8."
                    what = "a sheet of the workbook has too many cells"
                    raise InputError.at(self.source, what, hint=hint)
                yield number + more, texts, oddities

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag == "table:table":
            self._depth += 1
            self._sheet += self._depth == 1
        if self._depth != 1 or self._sheet != self.place:
            return
        if self._skipped or tag.startswith(_BESIDE):
            self._skipped += 1
        elif tag == "table:table-column":
            first = self._columns + 1
            self._columns += _times(attributes, "columns")
            if attributes.get("table:visibility", "visible") != "visible":
                self.looks.hidden_columns.append((first, self._columns))
        elif tag == "table:table-row":
            self._row += self._again if self._row else 1
            self._again = _times(attributes, "rows")
            self._texts, self._oddities = [], {}
            if attributes.get("table:visibility", "visible") != "visible":
                self.looks.hidden_rows.extend(range(self._row, self._row + min(self._again, 1000)))
        elif tag in _CELLS:
            self._cell, self._paragraphs = attributes, []
        elif self._cell is not None:
            self._begin_text(tag, attributes)

    def _begin_text(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "text:p":
            self._paragraphs.append([])
        elif tag == "text:s":
            blanks = attributes.get("text:c", "1")
            self.text(" " * min(int(blanks), 1000))
        elif tag in ("text:tab", "text:line-break"):
            self.text("\t" if tag == "text:tab" else "\n")

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._depth == 1 and self._sheet == self.place:
            if self._skipped:
                self._skipped -= 1
            elif tag in _CELLS and self._cell is not None:
                self._take(self._cell)
                self._cell = None
            elif tag == "table:table-row":
                self._take_row()
            elif tag == "table:table":
                self.over = True
        self._depth -= tag == "table:table"

    def text(self, text: str) -> None:
        """Some text."""
        if self._paragraphs and not self._skipped and self._cell is not None:
            self._paragraphs[-1].append(text)

    def _take_row(self) -> None:
        if not self._oddities and not any(map(str.strip, self._texts)):
            return
        if self._row > _LAST_ROW:
            raise InputError.at(self.source, "the sheet has too many rows")
        covered = [span for span in self._spans if span[0] >= self._row]
        self._spans = covered
        for _, left, right in covered if any(self._texts) else ():
            for place in range(left, right + 1):
                if place >= len(self._texts) or not self._texts[place]:
                    self._oddities.setdefault(place, MERGED)
        again = min(self._again, MAX_ROWS + 1)
        self._done.append((self._row, self._texts, self._oddities, again))

    def _take(self, attributes: dict[str, str]) -> None:
        """Take the cell that ends."""
        text, oddity = self._meaning(attributes)
        times, place = _times(attributes, "columns"), len(self._texts)
        down = int(attributes.get("table:number-rows-spanned", "1"))
        if down > 1 and len(self._spans) < MAX_COLUMNS:
            across = int(attributes.get("table:number-columns-spanned", "1"))
            right = place + min(across, MAX_COLUMNS) - 1
            self._spans.append((self._row + down - 1, place, right))
        if place + times > MAX_COLUMNS and (text or oddity is not None):
            raise InputError.at(self.source, "a sheet of the workbook is too wide")
        times = min(times, MAX_COLUMNS - place)  # blank to the end of the sheet
        self._texts += [text] * times
        if oddity is not None:
            self._oddities |= dict.fromkeys(range(place, place + times), oddity)

    def _meaning(self, told: dict[str, str]) -> tuple[str, str | None]:
        """The text of the cell, and what it is when it is no plain number or text."""
        kind = told.get("office:value-type")
        shown = "\n".join(map("".join, self._paragraphs))
        text = told.get("office:string-value", shown)
        found: tuple[str, str | None] = (text, KEPT_AS_TEXT if has_mark(text) else None)
        if told.get("calcext:value-type") == "error":
            found = shown, AN_ERROR
        elif kind in ("float", "percentage", "currency"):
            found = self._number(kind, told["office:value"], shown)
        elif kind == "date":
            found = told["office:date-value"].removesuffix("T00:00:00"), "a date"
        elif kind == "time":
            found = shown, "a date or time"
        elif kind == "boolean":
            found = told["office:boolean-value"].upper(), "TRUE or FALSE"
        elif kind is None and "table:formula" in told and not shown:
            found = "", NO_VALUE
        return found

    def _number(self, kind: str, typed: str, shown: str) -> tuple[str, str | None]:
        """A stored number as its cell shows it, with all digits."""
        number = float(typed)
        if not math.isfinite(number):
            return typed, "a number out of range"
        if kind == "percentage":
            text = f"{number_text(float(exact(number).scaleb(2)))} %"
        else:
            found = _SHOWN.fullmatch(shown)
            unit = found["unit"].strip() if found else ""
            known = bool(unit) and check_unit(unit) is None
            text = f"{found['sign'] if found else ''}{number_text(number)}{f' {unit}' * known}"
        return (text.replace(".", ",", 1) if self.comma else text), None


def _times(attributes: dict[str, str], of: str) -> int:
    """How often a row or cell is there."""
    return max(1, int(attributes.get(f"table:number-{of}-repeated", "1")))
