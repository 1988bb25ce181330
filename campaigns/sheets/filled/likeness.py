"""How alike what a row says is to what is recorded of a run: by their results."""

from __future__ import annotations

import math
from dataclasses import dataclass

from designer.campaigns.log.runs import Run
from designer.campaigns.tables.rows import TableRow

_SAME_RESULT = 1e-9  # share of a result below which it is the same: noise of a spreadsheet


@dataclass(frozen=True, slots=True)
class Likeness:
    """Results of a row beside those of a run: how many are the same, more, or others."""

    same: int
    more: int
    other: int

    @classmethod
    def of(cls, said: TableRow, run: Run) -> Likeness:
        """Compare them; a value that was corrected since is the same."""
        same = more = other = 0
        for name, values in said.responses.items():
            there = run.measurements.get(name, ())
            if values is None:
                same += name in run.never
                more += name not in run.never and not there
                other += bool(there)
                continue
            for value, known in zip(values, there, strict=False):
                numbers = (known.number, *(old.number for old in known.history))
                found = any(math.isclose(value.value, n, rel_tol=_SAME_RESULT) for n in numbers)
                same, other = same + found, other + (not found)
            more += max(0, len(values) - len(there))
        return cls(same, more, other)
