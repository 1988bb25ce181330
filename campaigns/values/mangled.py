"""What spreadsheets make of texts that look like something else: ``007`` is shown as 7.

A program that opens a CSV file, or a person who types into a cell, turns names of categories into
numbers, dates and truth values; saved again, the names are gone. Where a cell can come from one
name alone, it is taken for that name; where it can come from two, that is told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date

from designer.campaigns.errors import Problem
from designer.campaigns.values.names import shell_pair
from designer.campaigns.values.numbers import parse_number
from designer.campaigns.values.times import iso_of_shown

_TRUTH = (
    frozenset({"true", "wahr", "vrai", "vero", "verdadero", "waar"}),
    frozenset({"false", "falsch", "faux", "falso", "onwaar"}),
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar mrz mär", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt",
         "nov", "dec dez"), start=1,
    )
    for name in names.split()
}  # fmt: skip
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T00:00:00)?", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](?:\d{2}|\d{4})?", re.ASCII)
_NAMED = re.compile(r"(?:(\d{1,2})[.\s-]*)?([A-Za-zä]{3,9})\.?(?:[\s-]*(\d{1,4}))?", re.ASCII)
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*(?:(?P<half>[AaPp])[Mm])?",
    re.ASCII,
)
_TWO = re.compile(r"(\d{1,2})[-/.](\d{1,2})\.?", re.ASCII)


def categories_shown(text: str, categories: Collection[str]) -> list[str]:
    """The categories that a spreadsheet shows as this text; where it is one itself, that alone.

    Args:
        text: of a cell.
        categories: names a cell may hold.
    """
    return [text] if text in categories else [name for name in categories if _may_show(name, text)]


def doubtful(factor: str, text: str, names: Sequence[str], where: str) -> Problem:
    """What is wrong with a cell that a spreadsheet may have made of several names."""
    what = f"a spreadsheet has made this of {' or '.join(names)}, and it cannot be told of which"
    hint = f"Write the name of {factor} into cells formatted as text. In a plan sheet whose column"
    hint += f" was not changed, leave it out instead: --map {shell_pair(factor, '-')}."
    return Problem(where, what, text, hint=hint)


def _may_show(name: str, text: str) -> bool:
    if text == f"'{name}":  # the sign before what could be a formula, taken literally
        return True
    percent = name.endswith("%") and text.endswith("%")
    number, shown = (t.removesuffix("%") if percent else t for t in (name, text))
    if (value := parse_number(number)) is not None:
        return value in (parse_number(shown), parse_number(shown.replace(",", ".")))
    if any({name.casefold(), text.casefold()} <= words for words in _TRUTH):
        return True
    if (clock := _CLOCK.fullmatch(name)) is not None:
        return _clock(clock) == _clock(_CLOCK.fullmatch(text))
    if _ISO.fullmatch(name) is not None:
        return _same_day(name, text)
    day = _day_of_name(name)
    return day is not None and day in _days_shown(text)


def _same_day(name: str, text: str) -> bool:
    """Whether a text shows the day that is a name, and can show no other."""
    try:
        return iso_of_shown(text) == name
    except ValueError:  # day and month may be changed over
        return False


def _clock(found: re.Match[str] | None) -> tuple[int, ...] | None:
    """Hour, minute and second."""
    if found is None:
        return None
    half = (found["half"] or "").casefold()
    hour = int(found["hour"]) % 12 + 12 * (half == "p") if half else int(found["hour"])
    return hour, int(found["minute"]), int(found["second"] or 0)


def _day_of_name(name: str) -> frozenset[int] | None:
    """Day and month, in any order, that a name like ``1-2``, ``3/4`` or ``MAR1`` is taken for."""
    two, named = _TWO.fullmatch(name), _NAMED.fullmatch(name)
    if two is not None:
        return frozenset({int(two[1]), int(two[2])})
    month = _MONTHS.get(named[2][:3].casefold()) if named else None
    if named is None or month is None or (named[1] and named[3]):
        return None
    return frozenset({month, int(named[1] or named[3] or 1)})


def _days_shown(text: str) -> list[frozenset[int]]:
    """Day and month a text shows as a date."""
    iso, numeric, named = (form.fullmatch(text) for form in (_ISO, _NUMERIC, _NAMED))
    if iso is not None:
        try:
            day = date(int(iso[1]), int(iso[2]), int(iso[3]))
        except ValueError:
            return []
        of_month = [frozenset({day.month, day.year % 100})] if day.day == 1 else []
        return [frozenset({day.month, day.day}), *of_month]
    if numeric is not None:
        return [frozenset({int(numeric[1]), int(numeric[2])})]
    month = _MONTHS.get(named[2][:3].casefold()) if named else None
    if named is None or month is None:
        return []
    return [frozenset({month, int(number)}) for number in (named[1], named[3]) if number]
