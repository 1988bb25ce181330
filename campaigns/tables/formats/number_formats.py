"""What a cell of a workbook shows: percentages, units in the number format, signs before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from designer.campaigns.tables.headers import bare_unit
from designer.campaigns.values.numbers import exact, number_text
from designer.campaigns.values.units import check_unit

SIGNS = frozenset("<>≤≥~≈±")
"""Before a number they change what it means."""
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[[^\]]*\]'
    r"|(?P<percent>%)|(?P<digits>[0#?](?:[0#?.,/ ]*[0#?])?(?:[eE][+-][0#?]+)?)(?P<scaled>,*)"
    r"|(?P<end>;)|(?P<other>.)",
    re.DOTALL,
)


@dataclass(frozen=True)
class NumberFormat:
    """One section of a number format.

    Attributes:
        percent: whether the number is shown times 100.
        thousands: how often it is shown divided by 1000.
        sign: sign before the number that changes what it means, or nothing.
        unit: unit behind it, or nothing.
    """

    percent: bool = False
    thousands: int = 0
    sign: str = ""
    unit: str = ""


PLAIN = NumberFormat()


def shown_text(value: float, code: str) -> tuple[str, str | None]:
    """A number with all its digits as its cell shows it (``38.1 %``, ``0.5 mm``), and an oddity.

    Args:
        value: finite number that is stored.
        code: number format of the cell.
    """
    if code in ("General", "@", "0", "0.00"):
        return number_text(value), None
    sections = _sections(code)
    section = sections[0]
    if value < 0 and len(sections) > 1:
        section = sections[1]
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    text = number_text(value)
    if section.thousands:
        return f"{text} ({code})", "a number that is shown in thousands"
    if section.percent:
        text = f"{number_text(float(exact(value).scaleb(2)))} %"
    elif section.unit:
        text = f"{text} {section.unit}"
    return section.sign + text, None


@lru_cache(maxsize=256)
def _sections(code: str) -> tuple[NumberFormat, ...]:
    """The sections of a format code: of positive and other numbers, negative ones, zero."""
    sections: list[NumberFormat] = []
    before, behind, percent, thousands, seen = "", "", False, 0, False
    for token in [*_TOKEN.finditer(code), None]:
        if token is None or token["end"]:
            unit = bare_unit(behind)
            known = seen and bool(unit) and check_unit(unit) is None
            sign = "".join(c for c in before if c in SIGNS)
            sections.append(NumberFormat(percent, thousands, sign, unit if known else ""))
            before, behind, percent, thousands, seen = "", "", False, 0, False
        elif token["percent"]:
            percent = True
        elif token["digits"]:
            seen = True
            thousands += len(token["scaled"])
        else:
            literal = token["quoted"] or token["escaped"] or token["currency"] or token["other"]
            if seen:
                behind += literal or ""
            else:
                before += literal or ""
    return tuple(sections)
