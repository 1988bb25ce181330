"""One column of our own export as it comes back: is it as it was written, or sorted apart?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from designer.campaigns.space.factors import Setting

SEVERAL = 2
"""A single run made at the settings of another one is no pattern."""


@dataclass(frozen=True, slots=True)
class ExportedCell:
    """A cell that was written with a value and still has one.

    Attributes:
        holds: what stands there now.
        shown: what was written.
        close: numbers that differ by no more are the same.
    """

    holds: Setting
    shown: Setting
    close: float

    @property
    def same(self) -> bool:
        """Whether it holds what was written."""
        return alike(self.holds, self.shown, self.close)


@dataclass(frozen=True)
class ExportedColumn:
    """A column of our own export.

    Attributes:
        name: its name.
        cells: by row; rows that are blank now, or were, are no evidence and left out.
        whole: whether it counts as sorted apart only where every value is still there.
    """

    name: str
    cells: dict[int, ExportedCell]
    whole: bool = False

    @cached_property
    def other(self) -> dict[int, ExportedCell]:
        """Cells that hold something else than was written to them."""
        return {row: cell for row, cell in self.cells.items() if not cell.same}

    @cached_property
    def apart(self) -> list[int]:
        """Rows that hold values of other rows, where that is the pattern; else none.

        What changed rows hold now must be what was written to them, in another order. One value
        may be gone, shifted out of the table or changed besides, among three or more; but not
        where all are off by the same amount, as a machine may be.
        """
        cells = [*self.other.values()]
        lost = len(cells) - _in_common(cells)
        few = len(cells) <= SEVERAL or self.whole
        if len(cells) < SEVERAL or lost > 1 or (lost and (few or _moved(cells))):
            return []
        return [*self.other]

    @cached_property
    def filled_down(self) -> list[int]:
        """Changed rows that a spreadsheet has counted on from the rows above; else none.

        Dragging a cell down leaves numbers with one step between adjacent rows (65, 66, 67 …),
        whatever stood there. One or two cells it began with may be as they were.
        """
        found: list[int] = []
        for part in _even_parts((row, cell.holds) for row, cell in self.cells.items()):
            changed = [row for row in part if row in self.other]
            if len(changed) > SEVERAL and len(part) - len(changed) <= SEVERAL:
                found += changed
        return [] if _moved([self.other[row] for row in found]) else found


def _even_parts(column: Iterable[tuple[int, Setting]]) -> list[list[int]]:
    """Stretches of adjacent rows whose numbers lie one step, not 0, apart."""
    parts: list[list[int]] = []
    last: tuple[int, float] | None = None
    step = 0.0
    for row, value in column:
        if isinstance(value, str):
            last = None
            continue
        before, now = step, 0.0 if last is None or row != last[0] + 1 else value - last[1]
        if now and before and math.isclose(now, before, rel_tol=1e-6):
            parts[-1].append(row)
        elif now:
            parts.append([row - 1, row])
        last, step = (row, value), now
    return parts


def alike(one: Setting, other: Setting, close: float) -> bool:
    """Whether two values are the same; numbers as far as they are told."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return abs(one - other) <= close


def _in_common(cells: Sequence[ExportedCell]) -> int:
    """How many values there are both as written and as found, each used once."""
    texts = Counter(c.holds for c in cells if isinstance(c.holds, str))
    shared = (texts & Counter(c.shown for c in cells if isinstance(c.shown, str))).total()
    left = sorted((c.holds, c.close) for c in cells if not isinstance(c.holds, str))
    right = sorted(c.shown for c in cells if not isinstance(c.shown, str))
    i = j = 0
    while i < len(left) and j < len(right):
        number, close = left[i]
        if abs(number - right[j]) <= close:
            shared, i, j = shared + 1, i + 1, j + 1
        elif number < right[j]:
            i += 1
        else:
            j += 1
    return shared


def _moved(cells: Sequence[ExportedCell]) -> bool:
    """Whether all numbers are off by the same difference, or the same factor."""
    pairs = [
        (cell.holds, cell.shown)
        for cell in cells
        if not isinstance(cell.holds, str) and not isinstance(cell.shown, str)
    ]
    if len(pairs) < len(cells):
        return False
    steps = [now - then for now, then in pairs]
    factors = [now / then if then else math.inf for now, then in pairs]
    return any(
        all(math.isclose(value, values[0], rel_tol=1e-6) for value in values)
        for values in (steps, factors)
    )
