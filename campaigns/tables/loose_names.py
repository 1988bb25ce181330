"""Headers that are a name with something behind it: a unit without brackets, a replicate's number.

Words behind a name (``gap, um``, ``gap / um``, ``gap_um``, ``gap in um``) are its unit where they
measure what the declared unit does. Behind a comma, a stroke or ``in`` they are hardly anything
else; elsewhere usual units count alone: ``thickness_at`` says no technical atmosphere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from designer.campaigns.tables.headers import (
    DASHES,
    bare_unit,
    numbered_parts,
    plain_name,
    replicate_of,
)
from designer.campaigns.values.common_scales import common_scale
from designer.campaigns.values.unit_grammar import parse_unit
from designer.campaigns.values.units import COMMON_UNITS, measures, same_unit

_BETWEEN = re.compile(r"(?P<mark>\s*[,;:/]\s*|[\s_]+in[\s_]+)|\s+[-–—]\s+|[\s_.]+|-")
_ONE_SIGN = str.maketrans("µ²³", "u23", "°^")
_NUMBERED = re.compile(r"[\s(_.]\d+\s*\)?$|^\d+(?!\s*/\s*[^\W\d%])")
"""``% (1)`` and ``1 / %`` have the number of a replicate, ``1/s`` has not."""
_GAPS = 2  # numbers of replicates that may be missing
_LETTERS = frozenset("mdC")
"""Units that are as often a mean, a day or a rate of charging: only where they are declared."""
_PLAIN_WORD = re.compile(r"(?<![a-zµ°])(?!deg\b)[a-z]{2,}(?![A-Za-z])")
_SPELT_OUT = frozenset(
    {"micron", "microns", "micrometer", "micrometers", "inch", "inches", "psi", "torr", "atm"}
    | {"mbar", "sec", "secs", "second", "seconds", "minutes", "hour", "hours", "hrs", "days"}
    | {"gram", "grams", "percent", "ml", "ul", "ohms"}
)
"""Units in small letters alone that hardly mean anything else; ``in``, ``at``, ``point`` do."""
_WORDS = frozenset({"1", "min"})
_STATISTICS = frozenset({"max", "mean", "avg", "average", "median", "mittel", "sd", "std"})


def unit_behind(header: str, declared: str | None) -> str | None:
    """The unit at the end of a header, before or behind a replicate's number, else None.

    Args:
        header: of a column that holds numbers of the declared unit.
        declared: unit; None: a number without.
    """
    name, inside, number = numbered_parts(header)
    forms = [header] if number is None or inside is not None else [header, name]
    for form in forms:
        for _, words, marked in _parts(form):
            unit = _as_unit(words, declared or "1", marked=marked)
            if unit is not None:
                return unit
    return None


def usual_unit_behind(header: str) -> str | None:
    """A usual unit at the end of a header of which nobody knows what it holds, else None."""
    for _, words, marked in _parts(header):
        unit = bare_unit(words)
        if unit in COMMON_UNITS and unit not in _WORDS and (marked or len(unit) > 1):
            return unit
    return None


def name_before(header: str, units: Mapping[str, str | None]) -> str | None:
    """The only name that stands in a header with a unit behind it, else None.

    Args:
        header: no name itself, with or without a unit in brackets.
        units: name → declared unit.
    """
    found = {
        bare
        for bare, words, marked in _parts(header)
        if bare in units and _as_unit(words, units[bare] or "1", marked=marked) is not None
    }
    return found.pop() if len(found) == 1 else None


def replicate_before(header: str, units: Mapping[str, str | None]) -> tuple[str, int] | None:
    """Name and number of a header such as ``porosity_1 / %`` or ``porosity, % (1)``, else None."""
    for bare, words, marked in _parts(header):
        replicate = replicate_of(bare, units)
        if replicate is not None:
            declared = units[replicate[0]] or "1"
            if _as_unit(words, declared, marked=marked) is not None:
                return replicate
    start, _, number = numbered_parts(header)
    name = None if number is None else name_before(start, units)
    return None if name is None or number is None else (name, number)


def claims(headers: Collection[str], units: Mapping[str, str | None]) -> dict[str, list[str]]:
    """Name → headers that are it with a unit behind.

    Args:
        headers: of the file that stand for nothing else.
        units: name → declared unit, of those without a column.
    """
    found: dict[str, list[str]] = {}
    for header in headers:
        name = name_before(header, units)
        if name is not None and not _is_one_of_several(header, name, headers):
            found.setdefault(name, []).append(header)
    return found


def without_unit(header: str, units: Mapping[str, str | None]) -> str:
    """A header without the unit behind it, where the rest is written like a name (``Gap, um``).

    Args:
        header: of a column.
        units: name as of `plain_name` → declared unit.
    """
    for bare, words, marked in _parts(header):
        plain = plain_name(bare)
        if plain in units and _as_unit(words, units[plain] or "1", marked=marked) is not None:
            return bare
    return header


def take_replicates(
    targets: dict[str, list[str]],
    ignored: list[str],
    explicit: Collection[str],
    measured: Mapping[str, str | None],
) -> list[str]:
    """Take ``porosity_1``, ``porosity_2`` for replicates of one response; told.

    Beside ``porosity`` itself they are that only as a data frame numbers columns of one name
    (``porosity.1``), or from 2 on; else it may be their mean, and is read alone.

    Args:
        targets: name → headers; takes the replicates.
        ignored: headers that stand for nothing else; loses them.
        explicit: headers of which the user says what they are.
        measured: response → declared unit.
    """
    found: dict[str, dict[int, str]] = {}
    for header in ignored:
        replicate = replicate_of(header, measured) or replicate_before(header, measured)
        if replicate is not None:
            found.setdefault(replicate[0], {}).setdefault(replicate[1], header)
    notes = []
    for name, numbered in found.items():
        headers = [numbered[number] for number in sorted(numbered)]
        there = targets.get(name, [])
        follow = min(numbered) == 2 or all(re.search(r"\.\d+$", h) for h in headers)
        follow = follow and not set(there) & set(explicit)
        if max(numbered) > len(numbered) + _GAPS:  # viscosity_10, viscosity_100: no replicates
            continue
        if (there and not follow) or (not there and len(headers) == 1):
            if there:
                notes.append(f"{', '.join(headers)} not read beside {there[0]}")
            continue
        targets[name] = [*there, *headers]
        for header in headers:
            ignored.remove(header)
        notes.append(f"{', '.join(targets[name])}: taken as replicates of {name}")
    return notes


def _is_one_of_several(header: str, name: str, headers: Collection[str]) -> bool:
    """Whether a unit is one of a row of letters (zones A, B, C), or of min, mean and max."""
    start, last = header[: len(name) + 1], header[len(name) + 1 :]
    beside = {other[len(start) :] for other in headers if other.startswith(start)} - {last}
    if len(last) == 1 and last.isalpha():
        return any(len(word) == 1 for word in beside)
    return last.casefold() == "min" and not _STATISTICS.isdisjoint(map(str.casefold, beside))


def _parts(header: str) -> Iterator[tuple[str, str, bool]]:
    """All ways to part a header: start, end, and whether a sign says that a unit follows."""
    for between in _BETWEEN.finditer(header):
        if between.start() > 0 and between.end() < len(header):
            yield header[: between.start()], header[between.end() :], between["mark"] is not None


def _as_unit(words: str, declared: str, *, marked: bool) -> str | None:
    """Words as a unit that measures what the declared one does, else None.

    ``mg_cm2`` and ``m_per_min`` are ``mg/cm2`` and ``m/min`` as names of variables may be written.
    """
    words = bare_unit(words).replace("\u03bc", "µ")
    if words in DASHES:
        return "1" if marked and measures("1", declared) else None
    if _NUMBERED.search(words):
        return None
    forms = [words]
    marked = marked or "/" in words
    if not marked:
        plain = re.sub(r"[_.]per[_.]", "/", words)
        forms += [plain, re.sub("[_.]", " ", plain), re.sub("[_.]", "/", plain, count=1)]
        forms += ["C"] if words == "c" else []
    unit = next((f for f in dict.fromkeys(forms) if _counts(f, declared, marked=marked)), None)
    if unit is None and not marked and _plain(words) == _plain(declared):
        return None if measures(words, declared) else declared  # pressure_mpa, temperature_c
    return unit


def _counts(unit: str, declared: str, *, marked: bool) -> bool:
    """Whether a unit, as written, is that of a column of the declared unit."""
    try:
        powers = [power for _, power in parse_unit(unit)]
    except ValueError:
        return False
    here, there = common_scale(unit), common_scale(declared)
    if there is not None and not any(there.dimension):  # of numbers, turns and counts are many
        return powers == [1.0] and here is not None and here.dimension == there.dimension
    if unit in _LETTERS and not marked:
        return same_unit(unit, declared)
    if here is not None and there is not None:
        return here.dimension == there.dimension
    sure = marked or unit == declared or unit in _SPELT_OUT or _PLAIN_WORD.search(unit) is None
    return bool(powers) and sure and measures(unit, declared)


def _plain(unit: str) -> str:
    """A unit without capital letters and signs, as in the names of variables: ``mg_cm2``."""
    return re.sub(r"[\s_.*·/]+", "_", unit.translate(_ONE_SIGN)).casefold()
