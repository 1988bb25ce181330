"""What the columns of a file mean: units in headers, names that are nearly the expected ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from designer.campaigns.values.names import did_you_mean

_WITH_UNIT = re.compile(r"(?P<name>.*\S)\s*(?:\[(?P<square>[^\[\]]+)\]|\((?P<round>[^()]+)\))")
_ALIKE = 0.85
"""Similarity from which a column is taken for a misspelt expected one (assumption)."""
_UNIT_WORDS = re.compile(
    r"[nuµm]m|[cd]?m|[mk]?g|s|min|h|[kmg]?pa|m?bar|k?n|(deg)?c|k|p(er)?c(en)?t|wt|vol|mol|gsm|rpm"
    r"|per|[mc]?m[23]|m?v|m?ah?|k?w|m?l|%"
)


def split_unit(header: str) -> tuple[str, str | None]:
    """Take ``coating_gap [um]`` or ``coating_gap (um)`` apart; None where there is no unit."""
    match = _WITH_UNIT.fullmatch(header)
    if match is None:
        return header, None
    return match["name"], (match["square"] or match["round"]).strip()


def with_unit(name: str, unit: str | None) -> str:
    """The header of a column in a file for people: ``coating_gap [um]``."""
    return f"{name} [{unit}]" if unit is not None and unit != "1" else name


def resembles(column: str, name: str) -> bool:
    """Whether a column of a file is probably meant to be this expected one.

    Only case, punctuation, a unit behind the name, or a letter or two may differ; a different
    number (``gap_1``, ``gap_2``) is a different thing.
    """
    found, wanted = _plain(split_unit(column)[0]), _plain(name)
    if found == wanted:
        return True
    words = found.split("_")
    base = wanted.split("_")
    behind = words[len(base) :]
    if words[: len(base)] == base and all(_UNIT_WORDS.fullmatch(w) for w in behind):
        return True
    if re.findall(r"\d+", found) != re.findall(r"\d+", wanted) or min(len(found), len(wanted)) < 4:
        return False
    return SequenceMatcher(None, found, wanted).ratio() >= _ALIKE


def closest(name: str, columns: Iterable[str], count: int = 3) -> list[str]:
    """The columns most like a name, best first; words in common count more than letters."""
    wanted = _plain(name)
    words = set(wanted.split("_"))

    def likeness(column: str) -> float:
        found = _plain(split_unit(column)[0])
        shared = len(words & set(found.split("_"))) / len(words)
        return shared + SequenceMatcher(None, found, wanted).ratio()

    rated = sorted(((likeness(column), column) for column in columns), key=lambda r: -r[0])
    return [column for rate, column in rated[:count] if rate >= 0.6]


def hint_for(name: str, known: Iterable[str]) -> str | None:
    """``Did you mean 'coating_gap'?``, or None when no known name is near."""
    text = did_you_mean(name, known)
    return f"{text[0].upper()}{text[1:]}" if text else None


def _plain(name: str) -> str:
    return re.sub(r"[^0-9a-zµ%]+", "_", name.casefold()).strip("_")
