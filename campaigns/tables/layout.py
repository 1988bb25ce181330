"""How a table lies on its sheet: which row names the columns, which has units, which sums up.

Lab files begin with titles, put units below the names, count rows in a column without a name and
end with means. All that can be told from the names that are expected; what is not certain is left
to the rows, where it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.headers import (
    bare_unit,
    name_of,
    one_line,
    plain_name,
    replicate_of,
    split_unit,
)
from designer.campaigns.tables.loose_names import name_before, replicate_before
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.tables.table import NOT_YET, TAKEN_BLANK
from designer.campaigns.values.numbers import kind_of_cell, parse_number, reads_as_number
from designer.campaigns.values.units import check_unit

_SHOWN = 60  # characters of a row
LOOKED_AT = 60
"""Rows that may stand above the names of the columns (assumption)."""

_STRONG = re.compile(
    r"(the |col(umn)? |grand |over-?all )?"
    r"(means?|averages?|avg|median|st(andar)?d\.?[ _-]?(dev(iation)?|error)|std|stdev\w?|rsd"
    r"|minimum|maximum|summary|totals?|(mittel(wert)?e?|durchschnitt|standardabweichung"
    r"|std?\.?-?abw\w*|summe|gesamt)|moyenne|[ée]cart[ -]type)(?![A-Za-z]).{0,20}",
    re.IGNORECASE,
)
_WEAK = frozenset(
    {"sd", "s.d.", "s", "se", "s.e.", "sem", "cv", "r.s.d.", "min", "max", "n", "count", "sum"}
    | {"mw", "x̄", "anzahl", "var", "variance", "range", "σ", "sigma", "ci"}
)
_NOTE_COLUMNS = frozenset(
    {"note", "notes", "comment", "comments", "remark", "remarks", "reason"}
    | {"bemerkung", "bemerkungen", "anmerkung", "kommentar", "notiz"}
)
_REMARK = re.compile(r"#+(\s+\S|[A-Za-z]\S*\s)")
_DIGIT = re.compile(r"\d")
_PLACES = re.compile(r"(mean|average|avg|median|mittel|durchschnitt|moyenne|mw|x̄)", re.IGNORECASE)


@dataclass(frozen=True)
class ExpectedColumns:
    """What the columns of a file may be called.

    Attributes:
        numbers: factors, givens and responses that are numbers, each with its unit.
        inputs: names of those that are no responses.
        responses: those that are, each with its unit.
        texts: other names; their cells are no numbers.
        categories: of all factors, as their cells may be.
        columns: header → name, as the user says.
        asked: further headers somebody wants to have read.
        everything: whether the cells of all columns are wanted.
    """

    numbers: Mapping[str, str | None]
    inputs: frozenset[str]
    responses: Mapping[str, str | None]
    texts: frozenset[str]
    categories: frozenset[str]
    columns: Mapping[str, str]
    asked: frozenset[str]
    everything: bool = False

    @classmethod
    def of(
        cls,
        spec: Specification,
        texts: Iterable[str] = (),
        options: TableOptions | None = None,
        *,
        responses: bool = True,
        asked: Iterable[str] = (),
        everything: bool = False,
    ) -> Self:
        """What a file of this campaign may hold.

        Args:
            spec: of the campaign.
            texts: names besides factors, givens and responses.
            options: what the user says about the file.
            responses: whether results are read.
            asked: further headers to be read.
            everything: read the cells of all columns.
        """
        options = options or TableOptions()
        categorical = [factor for factor in spec.factors if factor.is_categorical]
        words = {item.name for item in categorical}
        inputs = {item.name: item.unit for item in spec.inputs if item.name not in words}
        measured = {r.name: r.unit for r in spec.responses} if responses else {}
        return cls(
            numbers=inputs | measured,
            inputs=frozenset(inputs),
            responses=measured,
            texts=frozenset(texts) | words,
            categories=frozenset(c for f in categorical for c in f.categories or ()),
            columns=options.columns,
            asked=frozenset((*options.columns, *options.where, *options.units, *asked)),
            everything=everything,
        )

    @property
    def enough(self) -> int:
        """So many names as there are numbers, from which on a row surely names the columns."""
        return len(self.numbers)

    def target(self, header: str) -> str | None:
        """The expected name a header stands for, also with a unit, a number or a mapping."""
        mapped = name_of(header, self.columns)
        if mapped is not None:
            return self.columns[mapped]
        found = name_of(header, self.numbers) or name_of(header, self.texts)
        found = found or name_before(header, self.numbers)
        if found is None:
            replicate = replicate_of(header, self.responses)
            replicate = replicate or replicate_before(header, self.responses)
            found = replicate[0] if replicate else None
        return found

    def keeps(self, header: str) -> bool:
        """Whether cells of this column may be read."""
        if self.everything or self.target(header) is not None:
            return True
        return name_of(header, self.asked) is not None

    def names_in(self, cells: Sequence[str]) -> frozenset[str]:
        """The different names that stand in a row, small differences of writing aside."""
        known = self._plain
        found = set()
        for cell in map(one_line, cells):
            if cell and len(cell) <= 200 and not cell[0].isdigit():
                target = self.target(cell)
                plain = plain_name(split_unit(cell)[0]) if target is None else target
                if target is not None or plain in known:
                    found.add(known.get(plain, plain))
        return frozenset(found)

    @cached_property
    def _plain(self) -> dict[str, str]:
        return {plain_name(name): name for name in (*self.numbers, *self.texts, *self.asked)}


def header_row(records: Sequence[Sequence[str]], expected: ExpectedColumns) -> tuple[int, int]:
    """Place of the row that names the columns, and how many expected names it has.

    The first of those with most expected names. Where none has any, the first row that looks like
    names: several texts and no number.
    """
    everything = expected.enough
    best, most = 0, 0
    for place, cells in enumerate(records):
        found = len(expected.names_in(cells))
        if found > most:
            best, most = place, found
            if most >= everything:
                break
    if most:
        return best, most
    widest = max((sum(map(bool, cells)) for cells in records), default=0)
    for place, cells in enumerate(records):
        filled = [cell for cell in cells if cell]
        texts = not any(map(reads_as_number, filled))
        if texts and len(filled) > 1 and 2 * len(filled) >= widest:
            return place, 0
    return 0, 0


def units_in(cells: Sequence[str], numeric: Iterable[int]) -> dict[int, str] | None:
    """Units by position where a row below the names has units; None where it has not.

    Args:
        cells: of the row.
        numeric: positions of columns whose cells should be numbers.

    Returns:
        Also what cannot be read as a unit, to be refused with its column, and dashes.
    """
    numeric = [*numeric]
    there = [cells[place].casefold() for place in numeric if place < len(cells)]
    if NOT_YET.issuperset(there):  # N/A is no newton per ampere
        return None
    if any(reads_as_number(cell) and cell != "1" for cell in cells):  # before a unit is looked up
        return None
    units = {place: bare_unit(cell) for place, cell in enumerate(cells) if cell}
    told = [units[place] for place in numeric if place in units]
    real = [unit for unit in told if unit not in ("1", "-", "–") and check_unit(unit) is None]
    if not real or 2 * len(real) < len([unit for unit in told if unit not in "-–"]):
        return None
    return units


def is_remark(cells: Sequence[str], numeric: Iterable[int]) -> bool:
    """Whether a record is a comment: it begins with ``#`` and no number is where one should be."""
    first = next((cell for cell in cells if cell), "")
    there = [cells[place] for place in numeric if place < len(cells)]
    return _REMARK.match(first) is not None and not any(map(reads_as_number, there))


def has_words(cells: Sequence[str], numeric: Iterable[int]) -> bool:
    """Whether words stand in all cells that should be numbers, and no digit in any cell."""
    there = [cells[place].casefold() for place in numeric if place < len(cells)]
    return (
        len(there) > 1
        and not any(
            cell in NOT_YET
            or cell in TAKEN_BLANK
            or cell == "none"
            or kind_of_cell(cell) is not None
            for cell in there
        )
        and not any(map(_DIGIT.search, cells))
    )


def is_summary(cell: str, *, surely: bool = False) -> bool:
    """Whether a cell says that its row sums up others: ``Mean``, ``SD (n=3)``, ``max``.

    Args:
        cell: its text.
        surely: take only words that hardly mean anything else.
    """
    text = cell.strip().rstrip(":=").strip()
    if _STRONG.fullmatch(text):
        return True
    return not surely and re.split(r"[\s(:=/,±]", text.casefold(), maxsplit=1)[0] in _WEAK


def is_location(cell: str) -> bool:
    """Whether a summary is a mean or median, which a table of means may consist of."""
    return _PLACES.search(cell) is not None


def counts_rows(cells: Sequence[str], *, before: bool = False, spare: bool = False) -> bool:
    """Whether the cells of a column number its rows: 0, 1, 2 … or 1, 2, 3 …, or rows left of them.

    Rows that were filtered or sorted before the table was saved leave gaps, or another order.

    Args:
        cells: of all rows.
        before: whether the column stands before all others, as the numbers of rows do.
        spare: whether no number that is expected is missing, which the column may hold.
    """
    numbers = [parse_number(cell) for cell in cells if cell]
    counted = [int(n) for n in numbers if n is not None and n >= 0 and n.is_integer()]
    if not counted or len(counted) < len(numbers) or len({*counted}) < len(counted):
        return False
    if before and spare:
        return True
    steps = {other - one for one, other in pairwise(counted)}
    rises = counted[0] in (0, 1) and all(step > 0 for step in steps)
    return rises and (steps <= {1} or (before and 1 in steps))


def shown_row(cells: Sequence[str]) -> str:
    """The beginning of a row, for a message."""
    text = " ".join(cell for cell in cells if cell)
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def is_note(header: str) -> bool:
    """Whether the cells of a column are free text of any length."""
    return header.casefold() in _NOTE_COLUMNS
