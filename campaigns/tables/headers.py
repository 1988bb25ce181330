"""Names of columns: units in brackets, numbered replicates, and what a misspelt one may mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher
from functools import lru_cache

from designer.campaigns.errors import Findings
from designer.campaigns.tables.table import LONGEST_NAME
from designer.campaigns.values.names import clean_text

_WITH_UNIT = re.compile(r"(?P<name>.*\S)\s*(?:\[(?P<square>[^\[\]]+)\]|\((?P<round>[^()]+)\))")
_SWALLOWED = re.compile(r"[\r\n].*[\d\"]\s*[,;\t|]\s*[\d.\"]", re.DOTALL)
"""Rows of numbers in a header: a quotation mark was not closed."""
DASHES = frozenset({"-", "–", "—", "−"})
"""How people write that a number has no unit."""
_ALIKE = 0.85
"""Similarity from which a column is taken for a misspelt expected one (assumption)."""
_UNIT_WORDS = re.compile(
    r"[nuµm]m|[cd]?m|[mk]?g|s|min|h|[kmg]?pa|m?bar|k?n|(deg)?c|k|p(er)?c(en)?t|wt|vol|mol|gsm|rpm"
    r"|per|[mc]?m[23]|m?v|m?ah?|k?w|m?l|%|frac(tion)?"
)
_REPLICATE = re.compile(
    r"(?P<name>.*?)[\s._#-]*(?:\(\s*)?(?:(?<![A-Za-z])(?:replicate|repeat|rep|run|r|n|no)[\s._#-]*)?"
    r"(?P<number>[0-9]{1,3})(?:\s*\))?",
    re.IGNORECASE,
)


def split_unit(header: str) -> tuple[str, str | None]:
    """Take ``coating_gap [um]`` or ``coating_gap (um)`` apart; None where there is no unit."""
    match = _WITH_UNIT.fullmatch(header)
    if match is None:
        return header, None
    return match["name"], (match["square"] or match["round"]).strip()


def one_line(header: str) -> str:
    """A header with its line breaks, and several blanks, as one blank."""
    return " ".join(header.split())


def clean_header(name: str, where: str, findings: Findings) -> str:
    """The name of a column as it is kept; as it is after noting what cannot be kept."""
    shown = name if _SWALLOWED.search(name) else one_line(name)
    try:
        return clean_text(shown, limit=LONGEST_NAME) if name else ""
    except ValueError as error:
        findings.report(where, f"a column name is refused: {error}", repr(name))
        return name


def bare_unit(text: str) -> str:
    """A unit without the brackets or words around it: ``[um]``, ``in um``, ``/ um``."""
    text = text.strip()
    if text[:1] in "[(" and text[-1:] in "])":
        text = text[1:-1].strip()
    return text.removeprefix("in ").removeprefix("/ ").strip()


def with_unit(name: str, unit: str | None) -> str:
    """The header of a column in a file for people: ``coating_gap [um]``."""
    return f"{name} [{unit}]" if unit is not None and unit != "1" else name


def resembles(column: str, name: str) -> bool:
    """Whether a column of a file is probably meant to be this expected one.

    Only case, punctuation, a unit behind the name, or a letter or two may differ; a different
    number (``gap_1``, ``gap_2``) is a different thing.
    """
    found, wanted = plain_name(split_unit(column)[0]), plain_name(name)
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


def closest(name: str, columns: Iterable[str]) -> list[str]:
    """The columns most like a name, best first; words in common count more than letters."""
    wanted = plain_name(name)
    words = set(wanted.split("_"))

    def likeness(column: str) -> float:
        found = plain_name(split_unit(column)[0])
        shared = len(words & set(found.split("_"))) / len(words)
        ends = sorted((found, wanted), key=len)
        shortened = "_" not in found and len(ends[0]) > 2 and ends[1].startswith(ends[0])
        return max(shared, float(shortened)) + SequenceMatcher(None, found, wanted).ratio()

    rated = sorted(((likeness(column), column) for column in columns), key=lambda r: -r[0])
    return [column for rate, column in rated[:3] if rate >= 0.6]


def likeness(column: str, name: str) -> float:
    """How alike two names are, from 0 to 1, accents aside (``Porosität`` and ``porosity``)."""
    forms = (unicodedata.normalize("NFD", text) for text in (split_unit(column)[0], name))
    one, other = (plain_name("".join(c for c in f if c.isascii())) for f in forms)
    return SequenceMatcher(None, one, other).ratio()


def plain_name(name: str) -> str:
    """A name without case and punctuation."""
    return re.sub(r"[^0-9a-zµ%]+", "_", name.casefold()).strip("_")


@lru_cache(maxsize=4096)
def numbered_parts(header: str) -> tuple[str, str | None, int | None]:
    """Name, unit and replicate number: ``porosity [%] (2)`` → ``("porosity", "%", 2)``.

    Without a number at the end of the name: as of `split_unit`.
    """
    bare, unit = split_unit(header)
    if unit is not None and unit.isdigit():
        bare, unit = header, None
    match = _REPLICATE.fullmatch(bare)
    if match is None:
        return bare, unit, None
    name, inner = split_unit(match["name"])
    return name, unit or inner, int(match["number"])


def name_of(header: str, names: Collection[str]) -> str | None:
    """The name a header stands for: as it is, or without its unit."""
    if header in names:
        return header
    bare = split_unit(header)[0]
    return bare if bare in names else None


def replicate_of(header: str, names: Collection[str]) -> tuple[str, int] | None:
    """Name and number where a header is a numbered one of these names and none itself."""
    if name_of(header, names) is not None and not (split_unit(header)[1] or "").isdigit():
        return None
    name, _, number = numbered_parts(header)
    return (name, number) if number is not None and name in names else None


def numbered_like(headers: Iterable[str], names: Collection[str]) -> set[str]:
    """``porosity (1)`` and ``porosity (2)``, no units; one of them alone has the unit 1."""
    found: dict[str, set[str]] = {}
    for header in headers:
        bare, unit = split_unit(header)
        if unit is not None and unit.isdigit() and bare in names:
            found.setdefault(bare, set()).add(header)
    return {header for several in found.values() if len(several) > 1 for header in several}


def unit_of_header(header: str, target: str) -> str | None:
    """The unit in the brackets of a header, before or behind a replicate's number."""
    if header == target:
        return None
    _, unit, number = numbered_parts(header)
    return split_unit(header)[1] if number is None else unit


def find_column(key: str, headers: Collection[str]) -> str | None:
    """The header a user means: as written, or without its unit when only one fits."""
    if key in headers:
        return key
    bare = [header for header in headers if split_unit(header)[0] == key]
    return bare[0] if len(bare) == 1 else None


def respelt(
    headers: Iterable[str], names: Iterable[str], numbered: Collection[str] = ()
) -> dict[str, str]:
    """Header → the only name it is but for capital letters, blanks and punctuation.

    Args:
        headers: that stand for no name as they are written.
        names: that have no column.
        numbered: those of them that may have several columns with numbers (replicates).
    """
    plain: dict[str, list[str]] = {}
    for name in names:
        plain.setdefault(plain_name(name), []).append(name)
    found: dict[tuple[str, int | None], list[str]] = {}
    for header in headers:
        bare, _, number = numbered_parts(header)
        whole = plain.get(plain_name(split_unit(header)[0]), [])
        those = [name for name in plain.get(plain_name(bare), []) if name in numbered]
        if len(whole or those) == 1:
            name = (whole or those)[0]
            found.setdefault((name, None if whole else number), []).append(header)
    return {several[0]: name for (name, _), several in found.items() if len(several) == 1}


def listed(names: Collection[str]) -> str:
    """The first names of a list, and how many there are in all where that is more."""
    shown = list(names)[:20]
    more = f", … ({len(names)} in all)" if len(names) > len(shown) else ""
    return ", ".join(shown) + more
