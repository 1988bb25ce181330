"""A sheet of a workbook, whatever program wrote it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice

from designer.campaigns.tables.layout import LOOKED_AT, ExpectedColumns, header_row
from designer.campaigns.tables.table import Record

_FACTS = ("campaign", "head")
_HEAD = re.compile(r"[0-9]{1,9}:[0-9a-f]{8}")
"""Log position and hash, as every export has them."""


@dataclass(frozen=True)
class SheetLooks:
    """How a sheet looks, besides its cells.

    Attributes:
        hidden_rows: numbers of rows that are not shown.
        hidden_columns: first and last number (from 1) of columns that are not shown.
        merged: first row, first column, last row, last column (from 1) of merged cells.
    """

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


class Sheet:
    """One sheet, its rows read once.

    Args:
        title: its name.
        hidden: whether it is not shown.
        rows: that are not blank.
        looks: how it looks; complete once the rows are read.
    """

    def __init__(
        self, title: str, rows: Iterator[Record], looks: Callable[[], SheetLooks], *, hidden: bool
    ) -> None:
        self.title, self.hidden = title, hidden
        self._rows, self._looks = rows, looks

    @cached_property
    def looks(self) -> SheetLooks:
        """How it looks."""
        return self._looks()

    @cached_property
    def _head(self) -> list[Record]:
        return list(islice(self._rows, LOOKED_AT))

    @property
    def has_data(self) -> bool:
        """Whether anything stands in it."""
        return any(any(texts) for _, texts, _ in self._head)

    @property
    def facts(self) -> dict[str, str]:
        """``campaign`` and ``head`` where this is the sheet of facts of a book of ours."""
        # the first of a name: a factor may be called campaign, too
        told = {texts[0]: texts[1] for _, texts, _ in reversed(self._head) if len(texts) > 1}
        found = {name: told[name] for name in _FACTS if told.get(name)}
        return found if _HEAD.fullmatch(found.get("head", "")) else {}

    def names(self, expected: ExpectedColumns) -> int:
        """How many expected names stand in one of its first rows."""
        return header_row(self._first_texts, expected)[1]

    def numbers(self, expected: ExpectedColumns) -> int:
        """How many of them are names of factors, givens and responses that are numbers."""
        there = self._first_texts
        place, known = header_row(there, expected)
        return len(expected.names_in(there[place]) & expected.numbers.keys()) if known else 0

    @property
    def _first_texts(self) -> list[list[str]]:
        return [[text.strip() for text in texts] for _, texts, _ in self._head]

    def rows(self) -> Iterator[Record]:
        """All rows; they can be had once."""
        return chain(self._head, self._rows)
