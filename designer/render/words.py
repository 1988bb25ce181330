"""How single things are written for people: names, numbers, shares, times."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeVar, cast

from designer.render.figures import figure_text, shortest

NOTHING = "–"

T = TypeVar("T")


def plain(text: str) -> str:
    """Text that cannot command a terminal.

    Control, bidirectional and other invisible characters are shown as escapes, unusual spaces as
    a plain space. Applying it twice changes nothing more.
    """
    if text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def plain_texts(value: T) -> T:
    """The same answer with every text as `plain` shows it; line ends stay.

    For screens, which show texts of a store in many places: what comes out of here can be shown
    anywhere.

    Args:
        value: JSON-able.
    """
    # almost always there is nothing to do, and C finds that out
    text = json.dumps(value, ensure_ascii=False)
    if text.isprintable() and not _CODED_CONTROL.search(text):
        return value
    return cast("T", _plain_value(value))


# in JSON a control character is always written like this; line ends and tabs are \n, \t
_CODED_CONTROL: Final = re.compile(r"\\[btrfu]")


def _plain_value(value: object) -> object:
    if isinstance(value, str):
        return "\n".join(map(plain, value.replace("\t", " ").split("\n")))
    if isinstance(value, Mapping):
        return {_plain_value(key): _plain_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_value(item) for item in value]
    return value


def unicode_escaped(text: str) -> str:
    r"""Text for a file that cannot command a terminal that shows the file.

    Control, bidirectional and other invisible characters become ``\u001b``, which JSON and TOML
    read as the character; line ends, tabs and spaces of all kinds stay.
    """
    if text.isprintable():
        return text
    return "".join(map(_unicode_escape, text))


def _unicode_escape(character: str) -> str:
    if character.isprintable() or character in "\n\t" or unicodedata.category(character) == "Zs":
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[k : k + 2].hex()}" for k in range(0, len(units), 2))


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    return character.encode("unicode_escape").decode("ascii")


def number(value: object) -> str:
    """A setting or another number as short as it can be told: ``56.5``, ``12``, ``PVDF-A``.

    Floats are written exactly (shortest text that reads back the same); text stays text.
    """
    if value is None:
        return NOTHING
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) or not math.isfinite(value):
        return str(value)
    return shortest(value)


def rounded(value: object, digits: int = 2) -> str:
    """A computed figure with a fixed number of decimals; a dash where there is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return NOTHING
    text = f"{value:.{digits}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def amount(value: object) -> str:
    """A cost: at most two decimals, no trailing zeros."""
    text = rounded(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def priced(cost: object, unit: str) -> str:
    """A cost with its unit: ``1.5 h``, ``3 runs``, ``1 run``."""
    told = amount(cost)
    return "1 run" if (told, unit) == ("1", "runs") else f"{told} {unit}"


def with_error(mean: object, sd: object) -> str:
    """``31.4 ± 0.8``: the error with two significant digits, the mean as far as that goes.

    Returns:
        The mean alone where no usable error is given, a dash where there is no mean.
    """
    if not isinstance(mean, int | float) or not math.isfinite(mean):
        return NOTHING
    if not isinstance(sd, int | float) or not math.isfinite(sd) or sd <= 0:
        return figure_text(mean)
    # the exponent of the *rounded* error, so that 0.0996 counts as 0.10
    digits = max(0, 1 - Decimal(f"{sd:.1e}").adjusted())
    if digits > 9 or max(abs(mean), sd) >= 1e9:
        return f"{figure_text(mean)} ± {figure_text(sd, 2)}"
    return f"{rounded(mean, digits)} ± {sd:.{digits}f}"


def share(value: object) -> str:
    """A probability or share of 0..1 in per cent; never a false 0 % or 100 %."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return NOTHING
    if 0 < value < 0.01:
        return "<1 %"
    if 0.99 < value < 1:
        return ">99 %"
    return f"{100 * value:.0f} %"


def count(number_of: int, one: str, many: str | None = None) -> str:
    """``1 run``, ``3 runs``."""
    return f"{number_of} {one if number_of == 1 else many or one + 's'}"


def listed(names: Sequence[str], most: int = 6) -> str:
    """``R001, R002 and R003``; of many the first ones and how many more there are."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


_DATE = len("2026-03-01")


def moment(text: object) -> str:
    """A stored UTC time as local clock time to the minute; dates and unreadable times as told."""
    if text is None:
        return NOTHING
    try:
        when = datetime.fromisoformat(str(text))
    except ValueError:
        return str(text)
    if len(str(text)) == _DATE:  # a day without a time of day is not midnight
        return str(text)
    local = when if when.tzinfo is None else when.astimezone()
    return local.strftime("%Y-%m-%d %H:%M")


def in_unit(unit: str | None) -> str:
    """`` mg/cm^2``: a unit to put behind a number (empty for none and for ``1``)."""
    return "" if unit in (None, "", "1") else f" {unit}"


def with_unit(name: str, unit: str | None) -> str:
    """``coating_gap [um]``: a name with its unit as in a heading (without for none and ``1``)."""
    return name if unit in (None, "", "1") else f"{name} [{unit}]"


def pairs(values: object) -> str:
    """``gap=100, binder=PVDF-A``; a dash for nothing."""
    if not isinstance(values, dict) or not values:
        return NOTHING
    return ", ".join(f"{name}={number(value)}" for name, value in values.items())


def setting_items(settings: Mapping[str, object], units: Mapping[str, str | None]) -> list[str]:
    """``coating_gap 150 um`` for each setting."""
    return [f"{name} {number(value)}{in_unit(units.get(name))}" for name, value in settings.items()]
