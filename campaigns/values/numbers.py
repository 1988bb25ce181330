"""Numbers as people type them: strict reading, exact decimals, text without float noise.

Every stored number is a finite float64. The decimal a person typed is recovered exactly as the
shortest decimal that rounds to that float (``repr``), so grids and mixture sums can be exact
without keeping a second number beside the first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from designer.render.figures import figure_text, shortest

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")

DecimalMark = Literal[".", ",", "?"]
"""``?``: the numbers could be read either way, so none with a point or comma is read."""

_WITH_POINT = re.compile(r"[+-]?(\d+\.\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WITH_COMMA = re.compile(r"[+-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?", re.ASCII)
_LIKE_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,'’ \u00a0\u202f]\d{3})+([.,]\d*)?", re.ASCII)
_BEGINS = frozenset("0123456789+-−.,")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}([-./]\d{1,4})?([T ].*)?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|1\.#\w+)", re.IGNORECASE | re.ASCII)
_PART = re.compile(r"\s*[+\-−]?[.,]?\d.*")
_TRAILING_UNIT = re.compile(r"[+-]?\d[\d.,]*([eE][+-]?\d+)?\s*[^\d\s.,/].{0,20}", re.ASCII)


def parse_number(text: str) -> float | None:
    """Reads one number strictly.

    Args:
        text: what was typed; spaces and tabs around it are ignored.

    Returns:
        The finite float64, or None when the text is not a plain ASCII decimal number. What Python's
        ``float`` takes beyond that (``nan``, ``inf``, ``1_000``, full-width digits) is refused, and
        so is a number too large for a float64.
    """
    text = text.strip(" \t")
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def parse_marked(text: str, mark: DecimalMark) -> float | None:
    """Reads one number of a file whose numbers have this decimal mark; None when it is none."""
    text = plain_signs(text)
    if mark == ",":
        if _WITH_COMMA.fullmatch(text):
            return parse_number(text.replace(",", "."))
        return None if "." in text else parse_number(text)
    if mark == "?" and _LIKE_THOUSANDS.fullmatch(text):
        return None
    return parse_number(text)


def has_mark(text: str) -> bool:
    """Whether a text may be a number with a decimal mark, or several; quickly."""
    return ("," in text or "." in text) and text.lstrip()[:1] in _BEGINS and bool(text.strip())


def other_mark(text: str, mark: DecimalMark) -> bool:
    """Whether a text is a number with the mark that the file does not have, or leaves open."""
    text = plain_signs(text)
    point, comma = _WITH_POINT.fullmatch(text), _WITH_COMMA.fullmatch(text)
    return bool((point and mark != ".") or (comma and mark != ","))


def number_text(value: float) -> str:
    """Writes a number as a person would: ``56.5``, ``12``, ``1e-7``, ``inf``.

    The text reads back as exactly the same float64 (except that -0.0 becomes 0), so computed
    figures should be rounded by the caller first.
    """
    return shortest(value)


def span_text(values: Iterable[float]) -> str:
    """The least and the greatest of some figures to three digits: ``0.031 to 1.2``."""
    told = sorted(values)
    return f"{figure_text(told[0], 3)} to {figure_text(told[-1], 3)}"


def comma_text(value: float) -> str:
    """Writes a number with a decimal comma: ``56,5``; reads back as exactly the same float64.

    ``2,1250`` for 2.125, as nobody writes thousands.
    """
    text = number_text(value).replace(".", ",")
    return f"{text}0" if _LIKE_THOUSANDS.fullmatch(text) else text


def exact(value: float) -> Decimal:
    """The decimal a person meant by this finite float: the shortest one that rounds to it."""
    return Decimal(float.__repr__(float(value)))


def decimals_of(*numbers: float | Decimal) -> int:
    """Decimal places in which all of the finite numbers can be written; 0 for whole numbers."""
    return max(0, *(-int(_decimal(n).normalize().as_tuple().exponent) for n in numbers))


def whole(number: float | Decimal, decimals: int) -> int:
    """The whole number ``number · 10**decimals``, exact for one with so many decimals."""
    return int(_decimal(number).scaleb(decimals))


def _decimal(number: float | Decimal) -> Decimal:
    return number if isinstance(number, Decimal) else exact(number)


def plain(value: float) -> int | float:
    """The same number for JSON and TOML: whole numbers of moderate size without ``.0``."""
    number = float(value)
    if number.is_integer() and abs(number) < 1e15:
        return int(number)
    return number


def decimal_mark(cells: Iterable[str], separator: str | None) -> DecimalMark:
    """Decide between decimal point and comma from all numbers of a file, without guessing.

    Where commas separate cells, or nothing does (sheets, frames), numbers with a decimal comma are
    texts: they count where all have a comma, one surely a decimal one. Numbers that all look like
    thousands (1.234) leave the mark open, except that semicolons go with decimal commas (1,234).
    """
    cells = [*cells]
    parts = (plain_signs(part) for cell in cells for part in cell.split("/"))
    texts = [(number_and_unit(part) or (part, ""))[0] for part in parts]
    points = [text for text in texts if _WITH_POINT.fullmatch(text)]
    commas = [text for text in texts if _WITH_COMMA.fullmatch(text)]
    if separator not in (",", None) and commas:  # lists (31.2/31.9) keep their mark when saved
        listed = {plain_signs(part) for cell in cells if "/" in cell for part in cell.split("/")}
        points = [text for text in points if text not in listed]
    clear_points = sum(not _LIKE_THOUSANDS.fullmatch(text) for text in points)
    clear_commas = sum(not _LIKE_THOUSANDS.fullmatch(text) for text in commas)
    if separator in (",", None):
        return "," if clear_commas and not points else "."
    if clear_points or clear_commas:
        return "," if clear_commas > clear_points else "."
    if not points and not commas:
        return "."
    return "," if commas and not points and separator == ";" else "?"


def is_clear(text: str) -> bool:
    """Whether a number has one mark, which can be nothing but a decimal mark."""
    text = plain_signs(text)
    marked = _WITH_POINT.fullmatch(text) or _WITH_COMMA.fullmatch(text)
    return marked is not None and not _LIKE_THOUSANDS.fullmatch(text)


def commas_of(texts: Iterable[str]) -> Literal["all", "clear", "none"]:
    """Which commas are decimal ones among numbers that a workbook keeps as texts.

    Those that can be nothing else, unless a point among the texts may part thousands; the others
    (12,125) where none of the texts has a decimal point.
    """
    parts = [part for text in texts for part in apart(text)]
    numbers = [(number_and_unit(part) or (plain_signs(part), ""))[0] for part in parts]
    points = [number for number in numbers if _WITH_POINT.fullmatch(number)]
    commas = [number for number in numbers if _WITH_COMMA.fullmatch(number)]
    if not any(map(is_clear, commas)) or not all(map(is_clear, points)):
        return "none"
    return "clear" if points else "all"


_NUMBER_PART = r"[+\-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?"
_LOOSE = re.compile(rf"{_NUMBER_PART}\s*%?|[+-]?[.,][0-9]+")
_WITH_UNIT = re.compile(
    rf"(?P<number>{_NUMBER_PART})\s*(?P<unit>(?![eE][+-]?\d)[^\d\s.,;:/+\-±<>≤≥~?!#*'’(].{{0,30}})"
)
_MINUS = str.maketrans("\u2212\u00a0\u202f\u2009", "-   ")


def plain_signs(text: str) -> str:
    """The text with a plain minus and plain blanks, as keyboards write them."""
    return text.translate(_MINUS).strip()


def reads_as_number(text: str) -> bool:
    """Whether a cell is some number, whatever its decimal mark."""
    return _LOOSE.fullmatch(plain_signs(text)) is not None


def number_and_unit(text: str) -> tuple[str, str] | None:
    """The number of a text with something behind it that may be a unit (``12.5 mm``, ``38 %``)."""
    match = _WITH_UNIT.fullmatch(plain_signs(text))
    return None if match is None else (match["number"], match["unit"].strip())


_ERRORS = re.compile(r"#+|#[A-ZÄÖÜ][A-ZÄÖÜ0-9/]*[!?]?", re.IGNORECASE)
_UNCERTAIN = re.compile(r".*\d.*(±|\+\s*/?\s*-|-/\+).*|[+-]?[\d.,]+\s*\(\s*[\d.,]+\s*%?\s*\).*")
_BELOW = re.compile(
    r"([<≤]|less than|below)\s*=?.*|b\.?d\.?l\.?|b\.?q\.?l\.?|lod|loq|under ?range", re.IGNORECASE
)
_ABOVE = re.compile(
    r"([>≥]|more than|above|over)\s*=?\s*[\d.,lru].*|over(flow| ?range| ?load)|saturated|o\.?l\.?",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(~|≈|ca\.?|approx\.?|about|circa)\s*\d.*|[\d.,]+\s*(\?|approx\.?)", re.IGNORECASE
)
_SPAN = re.compile(r"[+-]?[\d.,]+\s*(\.\.+|…|–|—|to|bis|\s-\s)\s*[+-]?[\d.,]+.*", re.IGNORECASE)
_MONTHS = "jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez"
_MONTH = re.compile(
    rf"(\d{{1,4}}[-. /]*({_MONTHS})[a-z]*|({_MONTHS})[a-z]*[-. /]*\d{{1,4}})([-. /,]*\d{{1,4}})?",
    re.IGNORECASE,
)
_DAY = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{2,4}|\d{4}([./-])\d{1,2}\2\d{1,2}([T ].*)?")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?(\s*[ap]m)?", re.IGNORECASE)
_SEVERAL = re.compile(
    r"[+-]?\d[\d.,]*(\s*[;|&]\s*[+-]?\d[\d.,]*)+|[+-]?\d*[.,]\d+(\s+[+-]?\d*[.,]\d+)+"
)
_TRUTH = re.compile("true|false", re.IGNORECASE)
_FORMULA = re.compile("=.+")
_NO_RESULT = "Leave the cell blank if nothing was measured."
_CENSORED = (
    "Leave the cell blank, or write the number that is to count (half the limit, say), and keep"
    " the rest in a note."
)
_KINDS = (
    (_ERRORS, "an error value of a spreadsheet", f"Mend its formula. {_NO_RESULT}"),
    (
        _UNCERTAIN,
        "a value with its uncertainty",
        "Write the value alone; a repeatability that all results share is noise_sd in the"
        " specification.",
    ),
    (_BELOW, "a value below a detection limit (censored), not a number", _CENSORED),
    (_ABOVE, "a value above what can be measured (censored), not a number", _CENSORED),
    (_ABOUT, "an approximate value", "Write the number alone, without a sign or word."),
    (_SPAN, "a range of values", "Write one number, or replicates apart by / (30/32)."),
    (_DAY, "a date where a number is expected", None),
    (_MONTH, "a date where a number is expected", "A spreadsheet may have made it of 1-2 or 3/4."),
    (_CLOCK, "a time where a number is expected", None),
    (_SEVERAL, "several numbers in one cell", "Write replicates apart by /: 31.2/31.9."),
    (_TRUTH, "TRUE or FALSE where a number is expected", None),
    (_FORMULA, "a formula kept as text", "Save the file with the values of its formulas."),
)
"""Cells that are no number and mean something: what they are, and what to do."""


def kind_of_cell(text: str) -> tuple[str, str | None] | None:
    """What a cell is that is no plain number but means something, and what to do about it."""
    text = plain_signs(text)
    return next(((what, hint) for form, what, hint in _KINDS if form.fullmatch(text)), None)


def apart(text: str) -> list[str]:
    """The values of a cell apart by ``/``, which also stands in errors, dates and units."""
    parts = text.split("/")
    if kind_of_cell(text) is not None or not all(map(_PART.fullmatch, parts)):
        return [text]
    return [part.strip() for part in parts]


_TYPED_OTHERWISE = (
    (r"([+-]?[1-9]\d{0,2}),(\d{3})([^\d.,].*)?", r"Write \1.\2\3 or \1\2\3"),
    (r"([+-]?\d+),(\d+)([^\d.,].*)?", r"Write \1.\2\3"),
    (r"([+-]?\d{1,3})[,'’ ](\d{3}(?:\.\d*)?)([^\d.,].*)?", r"Write \1\2\3"),
    (r"([+-]?\d{1,3})\.(\d{3}),(\d+)([^\d.,].*)?", r"Write \1\2.\3\4"),
    (r"([+-]?[\d.]+)\s*(?:±|\+/?-).*", r"Write \1 alone; noise_sd tells a known repeatability"),
    (r"[<>≤≥~≈].*", r"Write the value that was measured: a bound is none"),
)
"""Numbers as people write them elsewhere (pattern, advice)."""


def how_to_write(text: str) -> str | None:
    """What to type instead of a text that was meant as one number, ``Write 12.5`` for ``12,5``."""
    for pattern, advice in _TYPED_OTHERWISE:
        found = re.fullmatch(pattern, text.strip(), re.ASCII)
        if found is not None:
            return found.expand(advice)
    return None


_REASONS = (
    (
        _WITH_COMMA,
        "a decimal comma where this file has decimal points",
        "Write 12.5 for 12,5, or say --decimal comma if the whole file has them.",
    ),
    (_NOT_FINITE, "this is not a finite number", _NO_RESULT),
    (_GROUPED, "digits are grouped", "Write 1234.5 for 1,234.5."),
    (_DATE, "a range, date or fraction where a number is expected", None),
    (
        _TRAILING_UNIT,
        "the number has something behind it",
        "Take it away; units belong into the header (x [mm]), remarks into a column note.",
    ),
)


def why_no_number(text: str, decimal: DecimalMark) -> tuple[str, str | None]:
    """Say what is wrong with a text where a number is expected, and what to write instead."""
    text = plain_signs(text)
    point, comma = _WITH_POINT.fullmatch(text), _WITH_COMMA.fullmatch(text)
    if decimal == "?" and (point or comma):
        both = f"{text.replace(',', '.')} or {text.replace(',', '').replace('.', '')}"
        return f"this may mean {both}", "Say which with --decimal comma or --decimal point."
    if decimal == "," and point:
        both = f"{text.replace('.', ',')} or {text.replace('.', '')}"
        return f"a point in a file with decimal commas may mean {both}", "Write it without doubt."
    kind = ("the number is too large", None) if _NUMBER.fullmatch(text) else kind_of_cell(text)
    if kind is not None:
        return kind
    for pattern, what, remedy in _REASONS:
        if pattern.fullmatch(text):
            return what, remedy
    if not text.isascii():
        return "this is not a number (it has unusual characters)", None
    return "this is not a number", None
