"""What is told of the rows of an earlier line as a whole: they are kept all the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from designer.campaigns.earlier_lines.off_scale import rows_off_scale
from designer.campaigns.space.factors import quantity_text
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.table import Table
from designer.campaigns.values.numbers import exact

REPLICATE = ("replicate", "Replicate")
"""Columns that number equal rows."""
_SHOWN = 5
_TELLING = 5  # digits of its results from which a row is no chance repetition (assumption)
_ROUNDED = 0.002  # of the total: what rounding does to the sum of a mixture (assumption)


@dataclass(frozen=True)
class RowNotes:
    """Notes about the rows of a line.

    Attributes:
        spec: of the campaign that takes the line.
        table: where they were.
        rows: as events keep them.
        taken: the place of each in the table.
    """

    spec: Specification
    table: Table
    rows: Sequence[Mapping[str, Any]]
    taken: Sequence[int]

    def off_scale(self) -> list[str]:
        """Settings that a logarithmic scale has no place for: kept, but the models leave them."""
        numbers = [self.table.row_numbers[place] for place in self.taken]
        settings = (row["settings"] for row in self.rows)
        return rows_off_scale(
            self.spec, settings, lambda row: f"{self.table.row_word} {numbers[row]}"
        )

    def low(self) -> list[str]:
        """Results that are not above 0 on a logarithmic scale: kept, but told."""
        notes = []
        for response in (response for response in self.spec.responses if response.log_scale):
            values = [
                (each["number"], place)
                for place, row in zip(self.taken, self.rows, strict=True)
                for each in row["responses"].get(response.name, ())
            ]
            low = [place for value, place in values if value <= 0]
            if low and len(low) < len(values):
                rows = ", ".join(str(self.table.row_numbers[place]) for place in low[:_SHOWN])
                more = ", …" if len(low) > _SHOWN else ""
                notes.append(
                    f"{response.name}: {len(low)} of {len(values)} results are not above 0, which"
                    f" its logarithmic scale has no place for ({self.table.row_word} {rows}{more});"
                    " they are kept. Not measured? Then leave the cell blank"
                )
        return notes

    def mixtures(self) -> list[str]:
        """Mixtures of rows that do not sum to the total: kept, but told."""
        notes = []
        for mixture in self.spec.mixtures:
            total = float(mixture.total)
            odd = []
            for number, row in zip(self.taken, self.rows, strict=True):
                parts = [row["settings"].get(name) for name in mixture.factors]
                if None not in parts and abs(sum(parts) - total) > _ROUNDED * abs(total):
                    odd.append((number, sum(parts)))
            if odd:
                told = ", ".join(
                    f"{quantity_text(float(f'{found:.6g}'))} in {self.table.row_word}"
                    f" {self.table.row_numbers[row]}"
                    for row, found in odd[:_SHOWN]
                ) + (", …" if len(odd) > _SHOWN else "")
                notes.append(
                    f"{' + '.join(mixture.factors)} is not {quantity_text(total)} in {len(odd)} of"
                    f" {len(self.rows)} rows, which are kept: {told}"
                )
        return notes

    def doubled(self) -> list[str]:
        """Rows that say the same as one above them: kept, but told.

        Not where a line has replicates that differ, so that short numbers may agree by chance.
        """
        recipes: dict[int, set[int]] = {}
        first: dict[int, int] = {}
        doubled, short = [], set()
        for number, row in zip(self.taken, self.rows, strict=True):
            results = {n: [each["number"] for each in v] for n, v in row["responses"].items()}
            recipe = hash(repr([row.get(part) for part in ("settings", "given")]))  # rows are many
            facts = [row.get(part) for part in ("batch", "made_at", "extra")]
            key = hash(repr([recipe, results, facts, self._replicate(number)]))
            above = first.setdefault(key, number)
            recipes.setdefault(recipe, set()).add(hash(repr(results)))
            if above != number:
                doubled.append((number, above))
                if sum(_digits(v) for several in results.values() for v in several) < _TELLING:
                    short.add(number)
        if any(len(several) > 1 for several in recipes.values()):
            doubled = [pair for pair in doubled if pair[0] not in short]
        if not doubled:
            return []
        numbers = self.table.row_numbers
        told = ", ".join(f"{numbers[row]} ({numbers[above]})" for row, above in doubled[:_SHOWN])
        told += ", …" if len(doubled) > _SHOWN else ""
        return [
            f"{len(doubled)} of {len(self.rows)} rows say the same as the {self.table.row_word} in"
            f" brackets above them, and are kept: {told}; pasted twice?"
        ]

    def _replicate(self, row: int) -> str | None:
        """What a column of that name says: equal rows that it numbers are no doubles."""
        header = next((name for name in REPLICATE if name in self.table.places), None)
        return None if header is None else self.table.cell(row, header)


def _digits(value: float) -> int:
    return len(exact(value).normalize().as_tuple().digits)
