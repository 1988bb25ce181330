"""What a sheet says about one run, against what is recorded: new, known, or contradicting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from designer.campaigns.commands.entries import ResultEntry
from designer.campaigns.errors import Findings
from designer.campaigns.log.describe import who_when
from designer.campaigns.log.runs import Run
from designer.campaigns.sheets.run_object import SheetRun
from designer.campaigns.space.factors import Factor, Given, Setting, quantity_text
from designer.campaigns.tables.rows import FURTHER, RowReader, TableRow
from designer.campaigns.tables.table import LONGEST_NOTE
from designer.campaigns.values.names import clean_text
from designer.campaigns.values.numbers import number_text
from designer.campaigns.values.quantity import Quantity

_SAME_SETTING = 1e-6
"""Share of a factor's range below which settings are the same: spreadsheets save rounded numbers,
and no machine is set finer (assumption)."""


@dataclass
class RunResults:
    """Compares the rows of one run with its state.

    Attributes:
        run: as recorded.
        reader: of the rows; its findings take problems of the rows among themselves.
        conflicts: takes contradictions with recorded facts.
        entries: what is new.
    """

    run: Run
    reader: RowReader
    conflicts: Findings
    entries: list[ResultEntry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._spec = self.reader.spec
        self._table = self.reader.table
        self._findings = self.reader.findings
        self._new: dict[str, Any] = {}
        self._skipped: list[str] = []

    @property
    def summary(self) -> SheetRun:
        """What is new and what was known already, JSON-able."""
        return {"run": self.run.id, "new": self._new, "skipped": self._skipped}

    def take(self, rows: Sequence[TableRow]) -> RunResults:
        """Compare all rows of this run; returns itself with entries and summary."""
        if not self._apart(rows):
            return self
        where = self._table.where(rows[0].row)
        responses: dict[str, list[Quantity] | None] = {}
        further: dict[str, list[Quantity] | None] = {}
        for name in (response.name for response in self._spec.responses):
            said = [row for row in rows if name in row.responses]
            values = self._new_values(name, said)
            if values:
                known = bool(self.run.measurements.get(name))
                (further if known else responses)[name] = [value.as_written for value in values]
                self._new[name] = [_told(value) for value in values]
            elif said and all(row.responses[name] is None for row in said):
                self._never(name, said[0], responses)
        first = ResultEntry(run=self.run.id, responses=responses, where=where)
        self._facts(rows, first)
        first.note = self._note(rows)
        facts = responses or first.used or first.given or first.batch or first.made_at
        if facts or (first.note and not further):
            self.entries.append(first)
        if further:
            note = None if facts else first.note
            self.entries.append(
                ResultEntry(self.run.id, further, note=note, replicate=True, where=where)
            )
        return self

    def _apart(self, rows: Sequence[TableRow]) -> bool:
        """Several rows of one run need numbers that tell them apart."""
        numbers = [row.replicate for row in rows if row.replicate != FURTHER]
        if len(set(numbers)) == len(numbers) and (None not in numbers or len(rows) == 1):
            return True
        places = ", ".join(str(self._table.row_numbers[row.row]) for row in rows)
        what = f"{self.run.id} is there {len(rows)} times ({self._table.row_word}s {places})"
        hint = "Tell replicates apart in a column replicate (1, 2, …), or write 31.2/31.9."
        self._findings.report(self._table.where(rows[1].row), what, hint=hint)
        return False

    def _new_values(self, response: str, rows: Sequence[TableRow]) -> list[Quantity]:
        """Values not recorded yet, in the order of replicates."""
        numbered: dict[int, tuple[TableRow, Quantity]] = {}
        further: list[Quantity] = []
        for row in rows:
            values = row.responses[response] or []
            if row.replicate == FURTHER:
                further += values
                continue
            begin = row.replicate if isinstance(row.replicate, int) else 1
            for number, value in enumerate(values, start=begin):
                if number in numbered:
                    what = f"replicate {number} of {response} is there twice"
                    self._findings.report(self._where(row, response), what, value.text)
                numbered.setdefault(number, (row, value))
        recorded = len(self.run.measurements.get(response, ()))
        new: list[Quantity] = []
        for number in sorted(numbered):
            row, value = numbered[number]
            wanted = recorded + len(new) + 1
            if number <= recorded:
                self._compare(response, number, row, value)
            elif number == wanted:
                new.append(value)
            else:
                what = f"replicate {number} of {response} without replicate {wanted}"
                hint = "Number the values of each response 1, 2, 3, …"
                self._findings.report(self._where(row, response), what, value.text, hint=hint)
                break
        return new + further

    def _compare(self, response: str, number: int, row: TableRow, value: Quantity) -> None:
        """A value that is recorded already must be the same one."""
        there = self.run.measurements[response][number - 1]
        if there.number == value.value:
            if response not in self._skipped:
                self._skipped.append(response)
            return
        unit = self._spec.response(response).unit
        told = f"{quantity_text(there.number, unit)} {who_when(there.actor, there.at)}"
        recorded = "/".join(number_text(number) for number in self.run.values(response))
        hint = "Correct the recorded value, or add this one behind it as a replicate"
        self.conflicts.report(
            self._where(row, response),
            f"{self.run.id} has another value already, {told}",
            value.shown,
            hint=f"{hint} ({recorded}/{value.text}).",
        )

    def _never(
        self, response: str, row: TableRow, responses: dict[str, list[Quantity] | None]
    ) -> None:
        recorded = self.run.measurements.get(response, ())
        if recorded:
            told = who_when(recorded[0].actor, recorded[0].at)
            what = f"{self.run.id} has a value already, recorded {told}"
            self.conflicts.report(self._where(row, response), what, "none")
        elif response in self.run.never:
            self._skipped.append(response)
        else:
            responses[response] = None
            self._new[response] = None

    def _facts(self, rows: Sequence[TableRow], entry: ResultEntry) -> None:
        """Settings, batches and time, which all rows of a run must agree on."""
        used: dict[str, Quantity] = {}
        given: dict[str, Quantity] = {}
        for item in self._spec.inputs:
            name = item.name
            said = [(row, row.settings[name].setting) for row in rows if name in row.settings]
            if (first := self._agreed(name, said)) and self._differs(item, said[0][1]):
                value = first.settings[name]
                (used if isinstance(item, Factor) else given)[name] = value.as_written
                self._new[name] = _told(value)
        batch: dict[str, str] = {}
        for stage in (stage.name for stage in self._spec.stages):
            name, now = f"batch:{stage}", self.run.batch.get(stage, "")
            first = self._agreed(name, [(r, r.batch[stage]) for r in rows if stage in r.batch])
            if first and first.batch[stage].casefold() != now.casefold():
                batch[stage] = self._new[name] = first.batch[stage]
        first = self._agreed("made_at", [(row, row.made_at) for row in rows if row.made_at])
        if first and first.made_at != self.run.made_at:
            entry.made_at = self._new["made_at"] = first.made_at
        entry.used, entry.given, entry.batch = used, given, batch

    def _note(self, rows: Sequence[TableRow]) -> str | None:
        """A remark that is not recorded yet; `record` refuses characters it does not take."""
        note = "\n".join(dict.fromkeys(row.note for row in rows if row.note))
        try:
            note = clean_text(note, limit=LONGEST_NOTE, multiline=True) if note else ""
        except ValueError as error:
            self._findings.report(self._where(rows[0], "note"), f"the note {error}")
        if not note or note in {known.text for known in self.run.notes}:
            return None
        self._new["note"] = note
        return note

    def _agreed(self, name: str, said: Sequence[tuple[TableRow, Setting]]) -> TableRow | None:
        """The first row that says something, where all that do say the same."""
        for row, value in said:
            if value != said[0][1]:
                number = self._table.row_numbers[said[0][0].row]
                what = f"{self.run.id} has another {name} in {self._table.row_word} {number}"
                hint = "A replicate is the same recipe; attach another recipe as a run of its own."
                found = f"{value} and {said[0][1]}"
                self._findings.report(self._where(row, name), what, found, hint=hint)
                return None
        return said[0][0] if said else None

    def _differs(self, item: Factor | Given, value: Setting) -> bool:
        """Whether a setting is neither the one recorded nor the one planned."""
        sources: list[Mapping[str, Setting]] = [self.run.used, self.run.given]
        sources.append(self.run.planned or {})
        now = [source[item.name] for source in sources if item.name in source]
        if isinstance(value, str):
            return value not in now
        low, high = item.bounds
        close = _SAME_SETTING * (high - low)
        return not any(not isinstance(n, str) and abs(n - value) <= close for n in now)

    def _where(self, row: TableRow, target: str) -> str:
        return self._table.where(row.row, self.reader.columns[target].header)


def _told(value: Quantity) -> Setting | dict[str, str]:
    """A value in a summary: number or name, with its unit where that is not the declared one."""
    return value.setting if value.unit is None else {"text": value.shown, "unit": value.unit}
