"""Reads one table of a specification key by key and collects everything that is wrong with it.

Each reader returns a checked value or None and notes a Problem with the field path, so that one
bad value never hides the next. ``None`` after a noted problem means "unknown": callers go on.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from numbers import Integral, Real
from typing import Final, TypeVar

from designer.campaigns.errors import Problem
from designer.campaigns.space.factors import quantity_text
from designer.campaigns.values.names import clean_text, name_problem, suggestion
from designer.campaigns.values.numbers import number_text

_W = TypeVar("_W", bound=str)

MOST_TEXT: Final = 200
"""Longest reason or other free text of a specification (assumption)."""

MOST_ITEMS: Final = 1000
"""Longest list (assumption: a process has fewer factors, levels and categories)."""

MOST_UNKNOWN: Final = 20
"""Most unknown keys of one table that are told one by one."""


def found_text(value: object) -> str:
    """A value as found in a file, for messages."""
    items = as_list(value)
    if isinstance(value, str):
        shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value[:60])
        text = f"text {shown!r}" + ("…" if len(value) > 60 else "")
    elif isinstance(value, bool) or value is None:
        text = {True: "true", False: "false", None: "null"}[value]
    elif as_number(value) is not None:
        text = str(value) if isinstance(value, Decimal) else _python_number(value)
    elif items is not None:
        shown = ", ".join(found_text(item) for item in items[:6])
        text = f"[{shown}, …]" if len(items) > 6 else f"[{shown}]"
    else:
        text = "a table" if isinstance(value, Mapping) else f"a {type(value).__name__}"
    return text


def _python_number(value: object) -> str:
    if isinstance(value, Integral):
        return str(int(value)) if abs(int(value)) < 10**30 else "a very large number"
    return number_text(as_number(value) or 0.0)


def as_list(value: object) -> list[object] | None:
    """The items of a list, tuple, range or array; None for anything else."""
    if isinstance(value, (str, bytes, Mapping)):
        return None
    if isinstance(value, Sequence):
        return list(value)
    tolist = getattr(value, "tolist", None)
    items = tolist() if callable(tolist) else None
    return items if isinstance(items, list) else None


def as_number(value: object) -> float | None:
    """A number of any Python or numpy kind as float64 (inf and nan included), else None."""
    if isinstance(value, bool) or not isinstance(value, (Real, Decimal)):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf


class Fields:
    """One table of the specification.

    Attributes:
        path: where it stands, e.g. ``factor[2]``.
        raw: the table as parsed.
        label: name of the item for messages, e.g. ``'calendering_pressure'``.
        unit: unit to show behind numbers found.
        problems: list that everything wrong is added to.
    """

    def __init__(
        self, raw: Mapping[str, object], path: str, problems: list[Problem], *, name_key: str = ""
    ) -> None:
        self.raw = raw
        self.path = path
        self.unit = ""
        name = raw.get(name_key)
        self.label = found_text(name).removeprefix("text ") if isinstance(name, str) else ""
        self.problems = problems

    def has(self, key: str) -> bool:
        """Whether the key is there and not null."""
        return self.raw.get(key) is not None

    def where(self, key: str = "") -> str:
        """Field path with the item's name: ``factor[2].step ('calendering_pressure')``."""
        path = ".".join(part for part in (self.path, key) if part) or "specification"
        return f"{path} ({self.label})" if self.label and key != "name" else path

    def shown(self, number: float) -> str:
        """A number with the unit of this table."""
        return quantity_text(number, self.unit or None)

    def wrong(
        self,
        key: str,
        what: str,
        found: str | None = None,
        allowed: str | None = None,
        hint: str | None = None,
    ) -> None:
        """Notes a problem."""
        self.problems.append(Problem(self.where(key), what, found, allowed, hint))

    def unknown(
        self, key: str, what: str, word: str, known: Collection[str], found: str | None = None
    ) -> None:
        """Notes a word that is none of the known ones, with the nearest one that is."""
        self.wrong(key, what, found, ", ".join(known) or None, suggestion(word, known))

    def only(self, known: Collection[str]) -> None:
        """Notes every key that is not known, with the nearest one that is."""
        unknown = [key for key in self.raw if key not in known]
        if len(unknown) > MOST_UNKNOWN:
            what = f"has {len(unknown) - MOST_UNKNOWN} more unknown keys"
            self.wrong("", what, allowed=", ".join(known))
        for key in unknown[:MOST_UNKNOWN]:
            shown = found_text(key).removeprefix("text ").strip("'")
            self.unknown(shown, "unknown key", shown, known)

    def text(self, key: str, *, limit: int = MOST_TEXT, required: bool = False) -> str | None:
        """A short clean text."""
        value = self._value(key, required)
        return None if value is None else self._clean(key, value, limit)

    def name(self) -> str | None:
        """The item's own name, by the rules for names."""
        value = self._value("name", required=True)
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong("name", "not a text", found_text(value))
            return None
        problem = name_problem(value)
        if problem is not None:
            self.wrong("name", problem, found_text(value))
        # A bad name is still used to look things up, so that it does not cause more messages.
        return value

    def choice(self, key: str, words: Collection[_W], default: _W) -> _W:
        """One of a few words."""
        value = self.raw.get(key)
        if isinstance(value, str):
            for word in words:
                if word == value:
                    return word
            self.unknown(key, "unknown word", value, words, found_text(value))
        elif value is not None:
            self.wrong(key, "unknown word", found_text(value), ", ".join(words))
        return default

    def switch(self, key: str, *, default: bool) -> bool:
        """A yes or no."""
        value = self.raw.get(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        hint = "Write it without quotes" if str(value) in ("true", "false") else None
        self.wrong(key, "neither true nor false", found_text(value), "true, false", hint)
        return default

    def number(
        self,
        key: str,
        *,
        required: bool = False,
        above: float | None = None,
        least: float | None = None,
    ) -> float | None:
        """A finite number, above or at least a bound."""
        value = self._value(key, required)
        number = None if value is None else self.finite(key, value)
        if number is None:
            return None
        allowed = None
        if above is not None and number <= above:
            allowed = f"above {number_text(above)}"
        elif least is not None and number < least:
            allowed = f"{number_text(least)} or more"
        if allowed is not None:
            self.wrong(key, "too small", self.shown(number), allowed)
            return None
        return number

    def finite(self, key: str, value: object) -> float | None:
        """One value as a finite number."""
        number = as_number(value)
        if number is None:
            hint = "Write numbers without quotes" if isinstance(value, str) else None
            self.wrong(key, "not a number", found_text(value), hint=hint)
        elif not math.isfinite(number):
            self.wrong(key, "not a finite number", found_text(value))
            return None
        return number

    def ends(self, key: str) -> tuple[float, float] | None:
        """A range ``[low, high]`` whose ends may be open (inf, or null in JSON)."""
        value = self.raw.get(key)
        if value is None:
            return None
        items = as_list(value) or []
        pairs = zip(items, (-math.inf, math.inf), strict=False)
        numbers = [open_end if item is None else as_number(item) for item, open_end in pairs]
        ends = [number for number in numbers if number is not None and not math.isnan(number)]
        found, allowed = found_text(value), "[low, high]; an open end is -inf or inf (null in JSON)"
        if len(items) != 2 or len(ends) != 2:
            self.wrong(key, "not a pair of numbers", found, allowed)
        elif ends == [-math.inf, math.inf]:
            self.wrong(key, "has no end at all", found, allowed)
        elif not ends[0] < ends[1]:
            hint = "Write -inf for an open lower end" if ends[0] == math.inf else None
            self.wrong(key, "the first number must be below the second", found, hint=hint)
        else:
            return ends[0], ends[1]
        return None

    def items(self, key: str, *, required: bool = False) -> list[object] | None:
        """A list of anything."""
        value = self._value(key, required)
        if value is None:
            return None
        items = as_list(value)
        if items is None:
            self.wrong(key, "not a list", found_text(value), "a list in [ ]")
        elif len(items) > MOST_ITEMS:
            self.wrong(key, "too long", f"{len(items)} items", f"at most {MOST_ITEMS}")
            return None
        return items

    def table(self, key: str, *, allowed: str) -> Fields | None:
        """A table inside this one."""
        value = self.raw.get(key)
        if isinstance(value, Mapping):
            return Fields(value, f"{self.path}.{key}", self.problems)
        self.wrong(key, "not a table", found_text(value), allowed)
        return None

    def texts(self, key: str, *, required: bool = False) -> list[str] | None:
        """A list of distinct clean texts; problems name the item's index."""
        items = self.items(key, required=required)
        if items is None:
            return None
        texts: list[str] = []
        for index, item in enumerate(items):
            at = f"{key}[{index}]"
            text = self._clean(at, item, 64)
            if text is None:
                continue
            if text in texts:
                self.wrong(at, "there twice", found_text(text))
            texts.append(text)
        return texts

    def _clean(self, key: str, value: object, limit: int) -> str | None:
        found = found_text(value)
        if not isinstance(value, str):
            hint = f'Write "{found}"' if as_number(value) is not None else None
            self.wrong(key, "not a text", found, 'text in "quotes"', hint)
            return None
        try:
            return clean_text(value, limit=limit)
        except ValueError as error:
            self.wrong(key, str(error), found)
            return None

    def _value(self, key: str, required: bool) -> object:
        value = self.raw.get(key)
        if value is None and required:
            self.wrong(key, "missing")
        return value
