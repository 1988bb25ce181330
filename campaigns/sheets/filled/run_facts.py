"""What the rows of one run say besides results: settings really used, batches, time of making."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from designer.campaigns.sheets.filled.apart import SheetRow, close_settings
from designer.campaigns.sheets.filled.exported_column import alike
from designer.campaigns.sheets.run_object import Change
from designer.campaigns.space.factors import Factor, Given, Setting
from designer.campaigns.tables.rows import USED, RowReader
from designer.campaigns.values.quantity import Quantity

BATCH = "batch:"

Cells = list[tuple[SheetRow, Quantity]]
"""What cells of one column say, each with its row."""


@dataclass
class RunFacts:
    """What is new of a run besides results; all its rows must agree on it.

    Attributes:
        reader: of the rows; its findings take problems of the rows among themselves.
        rows: of the run.
        used: factor to the setting really used.
        given: given to its value.
        batch: stage to batch.
        made_at: when it was made.
        new: all of it, JSON-able.
        changed: those of it that were planned, or known, otherwise.
    """

    reader: RowReader
    rows: Sequence[SheetRow]
    used: dict[str, Quantity] = field(default_factory=dict)
    given: dict[str, Quantity] = field(default_factory=dict)
    batch: dict[str, str] = field(default_factory=dict)
    made_at: str | None = None
    new: dict[str, object] = field(default_factory=dict)
    changed: dict[str, Change] = field(default_factory=dict)

    def __post_init__(self) -> None:
        run, spec = self.rows[0].run, self.reader.spec
        for item in spec.inputs:
            value = self._setting(item)
            if value is not None:
                is_factor = isinstance(item, Factor)
                (self.used if is_factor else self.given)[item.name] = value.as_written
                self._take(item.name, (run.used if is_factor else run.given).get(item.name), value)
        for stage in (stage.name for stage in spec.stages):
            name, batches = f"{BATCH}{stage}", [(row, row.said.batch) for row in self.rows]
            first = self._agreed(name, [(row, b[stage]) for row, b in batches if stage in b])
            if first and self._states(first, name, first.said.batch[stage]):
                self.batch[stage] = first.said.batch[stage]
                self._take(name, run.batch.get(stage), self.batch[stage])
        times = [(row, row.said.made_at) for row in self.rows]
        first = self._agreed("made_at", [(row, time) for row, time in times if time])
        if first and first.said.made_at and self._states(first, "made_at", first.said.made_at):
            self.made_at = first.said.made_at
            self._take("made_at", run.made_at, self.made_at)

    def _take(self, name: str, before: Setting | None, value: Quantity | str) -> None:
        """Tell what is new, and what it replaces."""
        self.new[name] = value if isinstance(value, str) else told(value)
        after = value if isinstance(value, str) else value.setting
        if before is not None and before != after:
            self.changed[name] = {"before": before, "after": after}

    def _setting(self, item: Factor | Given) -> Quantity | None:
        """The setting that rows state: in its own cell ``used:…``, or in an edited one."""
        name, close = item.name, close_settings(item)
        planned: Cells = [(r, r.said.settings[name]) for r in self.rows if name in r.said.settings]
        really: Cells = [(r, r.said.used[name]) for r in self.rows if name in r.said.used]
        column, cells = (f"{USED}{name}", really) if really else (name, planned)
        first = self._agreed(column, [(row, value.setting) for row, value in cells])
        if first is None:
            return None
        value = next(value for row, value in cells if row is first)
        if not really:
            return value if self._states(first, name, value.setting, close) else None
        for row, other in planned:
            if self._states(row, name, other.setting, close) and not alike(
                other.setting, value.setting, close
            ):
                what = f"{row.run.id} has {name} {other.shown} in the column of its plan"
                hint = "Leave the planned setting as it is, or write the one really used into both."
                self._report(first, column, f"{what}, and another one here", value.shown, hint)
                return None
        known = first.edition.told_as_used(first.run, name)
        return None if any(alike(value.setting, one, close) for one in known) else value

    def _states(self, row: SheetRow, name: str, value: Setting, close: float = 0.0) -> bool:
        """Whether a cell says something: it is not what the sheet was written with, nor told since.

        Upper and lower case of batches does not matter.
        """
        folded = name.startswith(BATCH)
        return not any(
            str(there).casefold() == str(value).casefold() if folded else alike(value, there, close)
            for there in row.edition.repeats(row.run, name)
        )

    def _agreed(self, name: str, said: Sequence[tuple[SheetRow, Setting]]) -> SheetRow | None:
        """The first row that says something, where all that do say the same."""
        for row, value in said:
            if value != said[0][1]:
                table = self.reader.table
                number = table.row_numbers[said[0][0].said.row]
                what = f"{row.run.id} has another {name} in {table.row_word} {number}"
                hint = "A replicate is the same recipe; attach another recipe as a run of its own."
                self._report(row, name, what, f"{value} and {said[0][1]}", hint)
                return None
        return said[0][0] if said else None

    def _report(self, row: SheetRow, name: str, what: str, found: str, hint: str) -> None:
        where = self.reader.table.where(row.said.row, self.reader.columns[name].header)
        self.reader.findings.report(where, what, found, hint=hint)


def told(value: Quantity) -> Setting | dict[str, str]:
    """A value in a summary: number or name, with its unit where that is not the declared one."""
    return value.setting if value.unit is None else {"text": value.shown, "unit": value.unit}
