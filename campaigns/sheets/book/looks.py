"""How cells of our workbooks look: named styles, each made once; and texts that stay texts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from designer.campaigns.values.numbers import exact, number_text
from designer.render.words import unicode_escaped

if TYPE_CHECKING:
    from openpyxl.styles import NamedStyle
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Kind = Literal[
    "title", "hint", "header", "asked", "run", "told", "changed", "entry", "words", "none"
]
Format = Literal["number", "decades", "text", "time"]
Edge = Literal["inside", "part", "block"]

LONGEST_CELL = 32_767
"""UTF-16 units a cell can hold (ECMA-376, and every spreadsheet program)."""

# Pale enough for black ink on it, dark enough to be seen on paper from a black printer.
_ENTRY = "FFF2C2"
_HEADER = "D9E1EA"
_BAND = "EEF1F5"
_LINE = "8C98A4"
_BLACK = "000000"
_EDGES: dict[Edge, tuple[Literal["hair", "thin", "thick"], str]] = {
    "inside": ("hair", _LINE), "part": ("thin", _BLACK), "block": ("thick", _BLACK),
}  # fmt: skip
_BEHIND_POINT = 14
"""Digits behind the point of a number with an exponent: spreadsheets show 15 in all."""
_EXPONENT = f"0.{_BEHIND_POINT * '#'}E+0"
_FORMATS: dict[Format, str] = {
    "number": "General", "text": "@", "time": "yyyy-mm-dd hh:mm",
    "decades": f"[<0.0001]{_EXPONENT};[<100000]General;{_EXPONENT}",
}  # fmt: skip
"""A number over decades has all its digits: CSV keeps what a cell shows."""
_PLAIN_DECADES = (1e-4, 1e5)
"""Between them the zeros of a number over decades can be counted (assumption)."""
_NUMBERS = ("number", "decades")
_WITHOUT_LINES = ("title", "hint", "words", "none")
_OPEN = ("entry",)
_OVERFLOWS = ("title", "none")
_WRAPPED = ("header", "asked", "hint", "words")
_CELLS = ("told", "changed", "entry")
_LEFT_TO_RIGHT = 1
"""Else a title that begins with a name in Hebrew runs out of the page on the left."""


@dataclass(frozen=True)
class Look:
    """What a cell looks like.

    Attributes:
        kind: what it is for.
        form: what its content is.
        edge: the line above it.
        turned: whether its text runs upwards.
        band: whether it is of every second batch, which are shaded.
        digits: behind the point of a number with an exponent; None: as its form says.
    """

    kind: Kind
    form: Format = "text"
    edge: Edge = "inside"
    turned: bool = False
    band: bool = False
    digits: int | None = None

    @property
    def name(self) -> str:
        """Its name in the workbook."""
        also = f"{' turned' if self.turned else ''}{' band' if self.band else ''}"
        exponent = "" if self.digits is None else f" {self.digits}"
        return f"{self.kind} {self.form} {self.edge}{also}{exponent}"

    @property
    def number_format(self) -> str:
        """What spreadsheets show of a number."""
        if self.digits is None:
            return _FORMATS[self.form]
        return f"0{'.' if self.digits else ''}{'0' * self.digits}E+0"

    def of(self, value: float | str | None) -> Look:
        """The look of a cell with this in it: no zeros to count where there are too many.

        LibreOffice writes 0.000005623 for 5.623e-6. A cell that can be changed has a form for any
        number, as another one may have more digits.
        """
        if self.form not in _NUMBERS or not isinstance(value, int | float):
            return self
        text = number_text(value)
        if "e" not in text and not (self.form == "decades" and _beyond(value)):
            return self
        if self.kind in _OPEN:
            return replace(self, form="decades")
        digits = len(exact(value).normalize().as_tuple().digits) - 1
        return replace(self, digits=min(digits, _BEHIND_POINT))


class Looks:
    """The styles of one workbook.

    Args:
        book: that takes them.
    """

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: set[Look] = set()

    def put(
        self, sheet: Worksheet, row: int, column: int, value: float | str | None, look: Look
    ) -> None:
        """Write one cell: a number as a number, a text as a text, whatever it looks like.

        Args:
            sheet: where.
            row: from 1.
            column: from 1.
            value: number, text, or None for a blank cell.
            look: how it looks.
        """
        look = look.of(value)
        if look not in self._made:
            self._made.add(look)
            self._book.add_named_style(_style(look))
        cell = sheet.cell(row, column)
        cell.style = look.name
        if value is None or value == "":
            return
        # the library writes 16 digits of a number that is not a text yet, and some need 17
        shown = safe_text(value) if isinstance(value, str) else number_text(value)
        sheet.cell(row, column, shown)
        # "=1+1" is a name here, and "#N/A" no error
        cell.data_type = "s" if isinstance(value, str) else "n"


def safe_text(text: str) -> str:
    """A text that a workbook can hold: no control characters, not longer than a cell."""
    return cut(unicode_escaped(text), LONGEST_CELL)


def cut(text: str, most: int) -> str:
    """A text of so many UTF-16 units at most, as spreadsheets count: two for an emoji."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * most:
        return text
    # half a letter at the end is none
    return f"{units[: 2 * (most - 1)].decode('utf-16-le', 'ignore')}…"


def _beyond(value: float) -> bool:
    low, high = _PLAIN_DECADES
    return value != 0 and not low <= abs(value) < high


def _style(look: Look) -> NamedStyle:
    """The style of a look."""
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side

    side = Side("thin", _LINE)
    top = Side(*_EDGES[look.edge])
    lines = Border() if look.kind in _WITHOUT_LINES else Border(side, side, top, side)
    fills = {"entry": _ENTRY, "asked": _ENTRY, "header": _HEADER}
    fill = fills.get(look.kind, _BAND if look.band else None)
    bold = look.kind in ("title", "header", "asked", "run", "changed")
    size = {"title": 13, "hint": 9}.get(look.kind, 11)
    plain_words = look.kind in ("title", "words")
    middle = look.kind in ("run", "told", "changed", "header", "asked", "hint")
    number = look.form in _NUMBERS
    level = "center" if middle or (look.kind == "entry" and number) else "left"
    return NamedStyle(
        look.name,
        font=Font(name="Calibri", size=size, bold=bold),
        fill=PatternFill("solid", fgColor=fill) if fill else PatternFill(),
        border=lines,
        alignment=Alignment(
            horizontal=level,
            indent=0 if middle or look.kind in _OVERFLOWS else 1,
            vertical="top" if plain_words else "center",
            text_rotation=90 if look.turned else 0,
            readingOrder=_LEFT_TO_RIGHT,
            shrink_to_fit=look.form == "decades"
            or (look.kind in ("told", "changed") and look.form != "text"),
            wrap_text=look.kind in _WRAPPED or (look.kind in _CELLS and look.form == "text"),
        ),
        number_format=look.number_format,
        protection=Protection(locked=look.kind not in _OPEN),
        hidden=True,
    )
