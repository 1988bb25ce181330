"""The cells of one sheet of a workbook: read once, row by row, each as its cell shows it.

A library that builds an object for every cell takes ten times as long, and reads a sheet again to
tell its formulas. Here a row costs the cells that are in it, however wide the sheet is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import IO
from xml.parsers import expat

from designer.campaigns.errors import InputError
from designer.campaigns.tables.formats.number_formats import shown_text
from designer.campaigns.tables.table import AN_ERROR, KEPT_AS_TEXT, NO_VALUE, Record
from designer.campaigns.values.numbers import has_mark

_LAST_ROW = 1_048_576
_WIDEST = 18_278
"""Column ZZZ: more letters than any program writes."""
_PIECE = 64 * 1024
_DATE = "a date or time"


@dataclass(frozen=True)
class CellStyles:
    """What styles make of numbers.

    Attributes:
        codes: number format of each style.
        dates: styles that show a number as date or time.
        durations: those of them that show a duration.
        epoch: day 0 of the workbook.
    """

    codes: Sequence[str]
    dates: frozenset[int]
    durations: frozenset[int]
    epoch: datetime

    def shown(self, typed: str, style: int, *, comma: bool) -> tuple[str, str | None]:
        """A stored number as its cell shows it, with all digits, and what is odd about it."""
        number = int(typed) if typed.lstrip("-").isdecimal() else float(typed)
        if style in self.dates:
            return self._dated(number, style)
        if not math.isfinite(number):
            return typed, "a number out of range"
        text, oddity = shown_text(number, self.codes[style])
        return (text.replace(".", ",", 1) if comma else text), oddity

    def _dated(self, number: float, style: int) -> tuple[str, str | None]:
        from openpyxl.utils.datetime import from_excel

        try:
            value: object = from_excel(number, self.epoch, timedelta=style in self.durations)
        except (OverflowError, ValueError):  # outside what a calendar has
            return "#VALUE!", AN_ERROR
        return _date_text(value)


def _date_text(value: object) -> tuple[str, str]:
    if isinstance(value, datetime):
        midnight = value.time() == time() and value.tzinfo is None
        return (value.date() if midnight else value).isoformat(), "a date"
    if isinstance(value, date):
        return value.isoformat(), _DATE
    return str(value), _DATE


@dataclass
class SheetCells:
    """Takes the XML of a sheet and gives its rows.

    Attributes:
        source: file name for problems.
        styles: of the workbook.
        strings: texts that cells share.
        comma: whether numbers are to be written with a decimal comma.
    """

    source: str
    styles: CellStyles
    strings: Sequence[str]
    comma: bool = False
    _done: list[Record] = field(default_factory=list)
    _row: int = 0
    _texts: list[str] = field(default_factory=list)
    _oddities: dict[int, str] = field(default_factory=dict)
    _place: int = 0
    _kind: str = "n"
    _style: str = "0"
    _formula: bool = False
    _value: str | None = None
    _parts: list[str] = field(default_factory=list)
    _inline: list[str] = field(default_factory=list)
    _spoken: bool = False

    def rows(self, part: IO[bytes]) -> Iterator[Record]:
        """The rows that are not blank, in their order.

        Raises:
            InputError: rows beyond the last one there can be, or out of order.
            ExpatError: no XML. ValueError and the like: no sheet.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_entities
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._parts_add
        while piece := part.read(_PIECE):
            parser.Parse(piece, False)
            done, self._done = self._done, []
            yield from done
        parser.Parse(b"", True)
        yield from self._done

    def _parts_add(self, text: str) -> None:
        self._parts.append(text)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition(":")[2] if ":" in tag else tag
        if name == "c":
            reference = attributes.get("r")
            self._place = self._place + 1 if reference is None else _column(reference)
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._formula, self._value = False, None
            self._inline.clear()
        elif name in ("v", "t", "f"):
            self._parts.clear()
            self._formula |= name == "f"
        elif name == "rPh":  # how a text is spoken
            self._spoken = True
        elif name == "row":
            number = int(float(attributes.get("r", self._row + 1)))
            if number > _LAST_ROW:
                raise InputError.at(self.source, "the sheet has too many rows")
            if number <= self._row:
                what = f"row {number} comes behind row {self._row}"
                raise InputError.at(self.source, what, hint="Save the workbook again.")
            self._row, self._place = number, 0
            self._texts, self._oddities = [], {}

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2] if ":" in tag else tag
        if name == "v":
            self._value = "".join(self._parts)
        elif name == "t" and not self._spoken:
            self._inline.append("".join(self._parts))
        elif name == "rPh":
            self._spoken = False
        elif name == "c":
            self._take()
        elif name == "row" and (self._oddities or any(map(str.strip, self._texts))):
            self._done.append((self._row, self._texts, self._oddities))

    def _take(self) -> None:
        """Take the cell that ends."""
        text, oddity = self._meaning()
        position = self._place - 1
        if text or oddity is not None:
            if len(self._texts) <= position:
                self._texts += [""] * (position + 1 - len(self._texts))
            self._texts[position] = text
        if oddity is not None:
            self._oddities[position] = oddity

    def _meaning(self) -> tuple[str, str | None]:
        """The text of the cell, and what it is when it is no plain number or text."""
        kind, value = self._kind, self._value
        if kind == "inlineStr":
            return _kept("".join(self._inline))
        if not value:
            blank = kind == "str" and value is not None  # a formula that shows nothing
            return "", NO_VALUE if self._formula and not blank else None
        if kind == "n":
            return self.styles.shown(value.strip(), int(self._style), comma=self.comma)
        return self._shared(int(value)) if kind == "s" else _stored_text(kind, value)

    def _shared(self, index: int) -> tuple[str, str | None]:
        if index < 0:
            raise ValueError("there is no such text")
        return _kept(self.strings[index])


def _stored_text(kind: str, value: str) -> tuple[str, str | None]:
    """What a cell of text, truth, error or time shows."""
    if kind == "b":
        return "TRUE" if int(value) else "FALSE", "TRUE or FALSE"
    if kind == "d":
        try:
            return _date_text(datetime.fromisoformat(value))
        except ValueError:
            return value, _DATE
    return (value, AN_ERROR) if kind == "e" else _kept(value)


def _kept(text: str) -> tuple[str, str | None]:
    """A text, and whether it may be a number."""
    return text, KEPT_AS_TEXT if has_mark(text) else None


@lru_cache(maxsize=_WIDEST)
def _letters_column(letters: str) -> int:
    column = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise ValueError(f"{letters} is no column")
        column = 26 * column + ord(letter) - ord("A") + 1
    if not 0 < column <= _WIDEST:
        raise ValueError(f"{letters} is no column")
    return column


def _column(reference: str) -> int:
    """The column of ``B3``, from 1."""
    return _letters_column(reference.rstrip("0123456789").upper())


def _refuse_entities(*_: object) -> None:
    """No program writes a document type into a sheet; its entities could grow without end."""
    raise ValueError("a document type in a sheet")
