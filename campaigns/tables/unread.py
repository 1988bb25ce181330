"""Columns that would not be read although something expected is missing: by name, unit or range."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from designer.campaigns.errors import Findings, InputError, Problem
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.specification.parts import Response
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.headers import (
    closest,
    likeness,
    listed,
    plain_name,
    replicate_of,
    resembles,
    respelt,
    split_unit,
    unit_of_header,
)
from designer.campaigns.tables.loose_names import usual_unit_behind, without_unit
from designer.campaigns.tables.table import Table
from designer.campaigns.values.names import nearest, shell_pair
from designer.campaigns.values.numbers import number_text
from designer.campaigns.values.units import check_unit, convert

_SEVERAL = 2  # columns that are written otherwise are one fault
_MOSTLY = 0.8  # share of the cells of a column that are numbers
_FEW = 3  # from so many equal numbers on, nothing was measured (assumption)
_SYMBOL = 2  # letters of a symbol (T, RH) that may be anything
_NAMED_ALIKE = 0.5  # similarity of names from which one may be a form of the other (assumption)
_WIDER = 2.0  # results may lie so many widths of the window outside it (assumption)
_NO_NAME = re.compile(r"unnamed\W*\d*(_level_\d+)?|[#№]", re.IGNORECASE)
"""What programs and people call the column that counts rows."""
_OF_SOMETHING = re.compile(r"(used|batch)\s*:\s*", re.IGNORECASE)
"""What begins the name of a column of settings really used, or of batches."""
_BATCH_WORDS = ("batch", "lot", "charge")
_USED_WORDS = ("used", "actual", "real", "ist")
_OTHER = frozenset(
    {"id", "ids", "no", "nr", "num", "number", "index", "idx", "order", "seq", "row", "page"}
    | {"sample", "date", "time", "day", "week", "month", "year", "batch", "lot", "shift"}
    | {"sd", "std", "stdev", "se", "sem", "err", "error", "uncertainty", "cv", "rsd", "operator"}
)
"""Words in the names of columns that hold no setting and no result."""


@dataclass(frozen=True)
class UnreadColumns:
    """Judges what is not read beside what is missing.

    Attributes:
        table: the table; its name stands in problems.
        spec: of the campaign.
        findings: takes every problem.
        can_map: whether the user can say what a column is called here.
        complete: whether the file had every expected column when it was written.
    """

    table: Table
    spec: Specification
    findings: Findings
    can_map: bool
    complete: bool = False

    def missing(
        self,
        names: Sequence[str],
        free: Collection[str],
        *,
        needed: Collection[str],
        texts: Collection[str],
    ) -> set[str]:
        """Report names without a column that are needed, or for which there is a near one.

        Args:
            names: in order.
            free: headers that nothing else takes.
            needed: those of the names that must be there.
            texts: names that no constant can stand for.
        """
        told = set()
        for name in names:
            near = closest(name, free)
            if name not in needed and not near:
                continue
            hint = f"Call the column {name}."
            if self.can_map:
                hint = "Say which column it is with --map "
                hint += shell_pair(near[0] if near else "COLUMN", name)
                if name in texts:
                    hint += "."
                else:
                    hint += f", or its value in all rows with --set {name}=VALUE."
                    if name not in needed:
                        hint += f" Never recorded: --set {name}=unknown."
            what = f"there is no column for {name}"
            allowed = listed(near or free) or None
            self.findings.report(self.table.source, what, None, allowed, hint)
            told.add(name)
        return told

    def respelt(
        self, names: Sequence[str], free: Sequence[str], measured: Collection[str]
    ) -> dict[str, str]:
        """Report names that are there but for capital letters and punctuation: one fault.

        Args:
            names: without a column, in order.
            free: headers that nothing else takes.
            measured: responses, which may have several columns.

        Returns:
            Header → name; blank for a single column, which is told with what else is missing.
        """
        items = (*self.spec.inputs, *self.spec.responses)
        units = {plain_name(item.name): item.unit for item in items if item.name in names}
        shortened = {header: without_unit(header, units) for header in free}
        headers = {short: header for header, short in reversed(shortened.items())}
        found = {
            headers[k]: name for k, name in respelt(shortened.values(), names, measured).items()
        }
        if len(found) < _SEVERAL:
            return {}
        self.findings.add(respelt_problem(self.table.source, found, can_map=self.can_map))
        return found

    def near(self, names: Sequence[str], ignored: Sequence[str]) -> set[str]:
        """Report unknown columns that are probably misspelt ones of these names."""
        told = set()
        for header in ignored:
            name = next((name for name in names if _may_be(header, name)), None)
            if name is not None:
                what = f"this unknown column looks like {name}, which is not there"
                where = f"{self.table.source} column {header}"
                self.findings.report(where, what, hint=self._remedy(header, name))
                told.add(name)
        return told

    def alike(self, names: Sequence[str], ignored: Sequence[str]) -> None:
        """Report filled columns with numbers as a missing factor or response would have them."""
        if not self.can_map:
            return
        items = [
            item
            for item in (*self.spec.responses, *self.spec.inputs)
            if item.name in names and not (isinstance(item, Factor) and item.is_categorical)
        ]
        told: set[str] = set()
        for header in ignored if items else ():
            alike = [item for item in items if self._looks_like(header, item)]
            of = next((item.name for item in alike if header.startswith(f"{item.name}_")), None)
            if alike and of not in told:  # mean, low and high of one response are one problem
                told |= set() if of is None else {of}
                alike.sort(key=lambda item: _distance(header, item))
                look = self.table.looked_at(header)
                ends = f"{look.filled} cells, {number_text(look.low)} to {number_text(look.high)}"
                if look.filled == 1:
                    ends = f"one cell, {number_text(look.low)}"
                names = [item.name for item in alike]
                what = f"it would not be read, and may be {' or '.join(names)}, which is not there"
                where = f"{self.table.source} column {header}"
                self.findings.report(where, what, ends, hint=self._remedy(header, names[0]))

    def of_nothing(self, ignored: Sequence[str], taken: Collection[str]) -> None:
        """Report filled columns of settings really used, or of batches, that name no known thing.

        Args:
            ignored: headers that stand for nothing.
            taken: names that have a column; a misspelt one that has none is told by `near`.
        """
        factors = [factor.name for factor in self.spec.factors]
        stages = [stage.name for stage in self.spec.stages]
        for header in ignored:
            match = _OF_SOMETHING.match(header)
            if not self.table.looked_at(header).filled:
                continue
            if match is None:
                self._otherwise_called(header, taken)
                continue
            before = match[1].casefold()
            kind, known = ("factor", factors) if before == "used" else ("stage", stages)
            name = split_unit(header[match.end() :])[0]
            guess = nearest(name, known)
            free = guess is not None and f"{before}:{guess}" not in taken
            if guess and free and _may_be(header, f"{before}:{guess}"):
                continue
            where, leave = f"{self.table.source} column {header}", shell_pair(header, "-")
            hint = f"Leave it out with --map {leave}."
            if free:
                hint = self._remedy(header, f"{before}:{guess}")
            what = f"it is filled, and there is no {kind} of this name"
            self.findings.report(where, what, name, listed(known) or None, hint)

    def _otherwise_called(self, header: str, taken: Collection[str]) -> None:
        """Report a filled column that is a stage's batches or a factor's real settings in words."""
        bare = plain_name(split_unit(header)[0])
        called = {
            plain: f"batch:{stage.name}"
            for stage in self.spec.stages
            for plain in (plain_name(stage.name), *_with(stage.name, _BATCH_WORDS))
        }
        called |= {
            plain: f"used:{factor.name}"
            for factor in self.spec.factors
            for plain in _with(factor.name, _USED_WORDS)
        }
        name = called.get(bare)
        if name is None:
            return
        what = f"it is filled, and would not be read: it looks like {name}"
        hint = self._remedy(header, name)
        if name in taken:
            leave = shell_pair(header, "-")
            hint = f"Write it into the column {name}, and leave this one out with --map {leave}."
        self.findings.report(f"{self.table.source} column {header}", what, hint=hint)

    def _remedy(self, header: str, name: str) -> str:
        if not self.can_map:
            return f"Call it {name}, or something else."
        use, leave = shell_pair(header, name), shell_pair(header, "-")
        return f"Use it with --map {use}, or leave it out with --map {leave}."

    def _looks_like(self, header: str, item: Factor | Given | Response) -> bool:
        """Whether unit and numbers of a column are those of an item."""
        words = plain_name(header).split("_")
        if words[-1] != "result" and _OTHER.intersection(words):
            return False
        look = self.table.looked_at(header)
        if not look.numbers or look.numbers < _MOSTLY * look.filled:
            return False
        named = likeness(header, item.name) >= _NAMED_ALIKE
        counts = look.counts or (look.rises and _NO_NAME.fullmatch(header) is not None)
        counts = counts and look.numbers > 1 and not named
        equal = look.low == look.high and not self._tells_enough(header, look.numbers, item)
        if counts or equal:
            return False
        low, high = look.low, look.high
        unit = unit_of_header(header, "") or usual_unit_behind(header)
        unit = unit or look.unit or self.table.units.get(header)
        told = unit is not None and check_unit(unit) is None
        if told and unit is not None:
            try:
                low, high = (convert(end, unit, item.unit or "1") for end in (low, high))
            except InputError:
                return False
        ends = next(iter(usual_ranges(item)), None)
        if ends is None:  # in a sheet that had every column there is one too few and one too many
            return self.complete or (told and item.unit not in (None, "1"))
        return ends[0] <= low and high <= ends[1]

    def _tells_enough(self, header: str, equal: int, item: Factor | Given | Response) -> bool:
        """Whether so many equal numbers, or a single one, may be those of an item."""
        if equal < _FEW:
            items = (*self.spec.inputs, *self.spec.responses)
            other = max(likeness(header, i.name) for i in items if i.name != item.name)
            by_name = other < max(_NAMED_ALIKE, likeness(header, item.name))
            measured = isinstance(item, Response) and len(plain_name(header)) > _SYMBOL
            return self.complete or (measured and by_name)
        return isinstance(item, Response) and likeness(header, item.name) >= _NAMED_ALIKE


def respelt_problem(where: str, found: Mapping[str, str], *, can_map: bool) -> Problem:
    """What is wrong with columns that are written otherwise (header → name), and what to do."""
    names = [*dict.fromkeys(found.values())]
    what = f"the names of {len(found)} columns are written otherwise than those of the campaign"
    hint = f"Call them {', '.join(names)}."
    if can_map:
        told = " ".join(f"--map {shell_pair(header, name)}" for header, name in found.items())
        hint = f"Write them alike, or say so with {told}."
    return Problem(where, what, listed([*found]), listed(names), hint)


def _with(name: str, words: Sequence[str]) -> list[str]:
    """The name of a thing with a word before or behind it, plainly written."""
    return [plain_name(text) for word in words for text in (f"{word}_{name}", f"{name}_{word}")]


def _distance(header: str, item: Factor | Given | Response) -> tuple[bool, float, float]:
    """How far a column is from an item: by its name, then by how much may be it (its range)."""
    like = likeness(split_unit(header)[0], item.name)
    low, high = next(iter(usual_ranges(item)), (-math.inf, math.inf))
    return like < _NAMED_ALIKE, -like if like >= _NAMED_ALIKE else 0.0, high - low


def usual_ranges(item: Factor | Given | Response) -> list[tuple[float, float]]:
    """Where numbers of an item lie, the widest first; none where nobody said."""
    if not isinstance(item, Response):
        return [item.bounds]
    found = [item.possible] if item.possible and all(map(math.isfinite, item.possible)) else []
    if item.window is not None and all(map(math.isfinite, item.window)):
        low, high = item.window
        found.append((low - _WIDER * (high - low), high + _WIDER * (high - low)))
    return found


def _may_be(header: str, name: str) -> bool:
    """Whether a column is probably a misspelt or numbered one of this name."""
    if ":" in name:  # the factor behind it has a column of its own
        return plain_name(split_unit(header)[0]) == plain_name(name)
    numbered = replicate_of(header.casefold(), frozenset({name.casefold()}))
    return resembles(header, name) or numbered is not None
