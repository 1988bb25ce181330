"""What a sheet says about one run, against what is recorded: new, known, or contradicting."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from designer.campaigns.commands.entries import ResultEntry
from designer.campaigns.errors import Findings
from designer.campaigns.log.describe import who_when
from designer.campaigns.sheets.filled.apart import SheetRow
from designer.campaigns.sheets.filled.editions import NEVER
from designer.campaigns.sheets.filled.outcomes import Outcome, OutcomeReader
from designer.campaigns.sheets.filled.run_facts import RunFacts, told
from designer.campaigns.sheets.run_object import Change, SheetRun
from designer.campaigns.space.factors import quantity_text
from designer.campaigns.tables.rows import FURTHER, RowReader
from designer.campaigns.tables.table import LONGEST_NOTE
from designer.campaigns.values.names import clean_text
from designer.campaigns.values.numbers import number_text
from designer.campaigns.values.quantity import Quantity

_TELLING_DIGITS = 4
"""Fewer digits may be a number of its own (assumption)."""
_STORED_DIGITS = 15
"""What LibreOffice keeps of a number in a file."""
_SHOWN_DIGITS = (11, 10, 9)
"""What spreadsheets show of numbers that nobody has formatted."""


@dataclass
class RunResults:
    """Compares the rows of one run with its state.

    Attributes:
        reader: of the rows; its findings take problems of the rows among themselves.
        conflicts: takes contradictions with recorded facts.
        outcomes: reads what became of the run.
        rows: of the run.
        entries: what is new.
        notes: what the user should know.
        outcome: that it failed, or will not be made, where that is new.
    """

    reader: RowReader
    conflicts: Findings
    outcomes: OutcomeReader
    rows: Sequence[SheetRow]
    entries: list[ResultEntry] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    outcome: Outcome | None = None

    def __post_init__(self) -> None:
        self.run = self.rows[0].run
        self._spec = self.reader.spec
        self._table = self.reader.table
        self._findings = self.reader.findings
        self._new: dict[str, Any] = {}
        self._changed: dict[str, Change] = {}
        self._skipped: list[str] = []

    @property
    def summary(self) -> SheetRun:
        """What is new, what it changes, and what was known already, JSON-able."""
        return {
            "run": self.run.id,
            "new": self._new,
            "changed": self._changed,
            "skipped": self._skipped,
            "status": self.run.status,
            "status_before": self.run.status,
        }

    def take(self) -> RunResults:
        """Compare all rows of this run; returns itself with entries and summary."""
        if not self._numbered():
            return self
        where = self._table.where(self.rows[0].said.row)
        responses: dict[str, list[Quantity] | None] = {}
        further: dict[str, list[Quantity] | None] = {}
        for name in (response.name for response in self._spec.responses):
            said = [row for row in self.rows if name in row.said.responses]
            values = self._new_values(name, said)
            if values:
                known = bool(self.run.measurements.get(name))
                (further if known else responses)[name] = [value.as_written for value in values]
                self._new[name] = [told(value) for value in values]
            elif said and all(row.said.responses[name] is None for row in said):
                self._never(name, said[0], responses)
        there = [*self.run.measurements, *self.run.never]
        there += [name for row in self.rows for name in row.said.responses]
        self.outcomes.look_for_missing(self.rows[0].said, self.run.id, there)
        facts = RunFacts(self.reader, self.rows)
        self._new |= facts.new
        self._changed = facts.changed
        first = ResultEntry(
            run=self.run.id, responses=responses, used=facts.used, given=facts.given,
            batch=facts.batch, made_at=facts.made_at, where=where,
        )  # fmt: skip
        results = bool(responses or further)
        self.outcome = self.outcomes.outcome(self.rows, results=results)
        first.note = self._note()
        several = bool(responses or facts.new)
        if several or (first.note and not further):
            self.entries.append(first)
        if further:
            note = None if several else first.note
            self.entries.append(
                ResultEntry(self.run.id, further, note=note, replicate=True, where=where)
            )
        if self.outcome is not None:
            self._new["status"] = self.outcome.status
            self._new["failure"] = self.outcome.reason
        return self

    def _numbered(self) -> bool:
        """Several rows of one run need numbers that tell them apart."""
        said = [row.said for row in self.rows]
        numbers = [row.replicate for row in said if row.replicate != FURTHER]
        if len(set(numbers)) == len(numbers) and (None not in numbers or len(said) == 1):
            return True
        places = ", ".join(str(self._table.row_numbers[row.row]) for row in said)
        what = f"{self.run.id} is there {len(said)} times ({self._table.row_word}s {places})"
        hint = "Take all but one out. Replicates are told apart in a column replicate (1, 2, …), or"
        hint += " written 31.2/31.9."
        self._findings.report(self._table.where(said[1].row), what, hint=hint)
        return False

    def _new_values(self, response: str, rows: Sequence[SheetRow]) -> list[Quantity]:
        """Values not recorded yet, in the order of replicates."""
        numbered: dict[int, tuple[SheetRow, Quantity]] = {}
        further: list[Quantity] = []
        for row in rows:
            values = row.said.responses[response] or []
            if row.said.replicate == FURTHER:
                further += values
                continue
            begin = row.said.replicate if isinstance(row.said.replicate, int) else 1
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
            elif number == wanted and self._taken_back(response, number, row, value):
                continue
            elif number == wanted:
                new.append(value)
            else:
                what = f"replicate {number} of {response} without replicate {wanted}"
                hint = "Number the values of each response 1, 2, 3, …"
                self._findings.report(self._where(row, response), what, value.text, hint=hint)
                break
        return new + further

    def _compare(self, response: str, number: int, row: SheetRow, value: Quantity) -> None:
        """A value that is recorded already must be the same one, or one corrected since."""
        there = self.run.measurements[response][number - 1]
        unit = self._spec.response(response).unit
        if there.number == value.value or self._rounded(response, number, row, value):
            self._skip(response)
            return
        if value.value in {old.number for old in there.history}:
            self._skip(response)
            old, now = quantity_text(value.value, unit), quantity_text(there.number, unit)
            what = f"{response} of {self.run.id} was {old} and is {now} since it was corrected"
            self.notes.append(f"{what}; the sheet still says {value.shown}, which was passed over")
            return
        known = f"{quantity_text(there.number, unit)} {who_when(there.actor, there.at)}"
        recorded = "/".join(number_text(number) for number in self.run.values(response))
        hint = "Correct the recorded value, or add this one behind it as a replicate"
        self.conflicts.report(
            self._where(row, response),
            f"{self.run.id} has another value already, {known}",
            value.shown,
            hint=f"{hint} ({recorded}/{value.text}).",
        )

    @staticmethod
    def _rounded(response: str, number: int, row: SheetRow, value: Quantity) -> bool:
        """Whether a cell is the value it was written with, as far as a spreadsheet shows it.

        A CSV file that a spreadsheet saves has the digits its cells show.
        """
        shown = row.edition.run(row.run).values(response)
        if len(shown) < number:
            return False
        there = shown[number - 1]
        digits = len(re.sub(r"[eE].*|\D", "", value.text).lstrip("0"))
        able = (*_SHOWN_DIGITS, digits) if digits >= _TELLING_DIGITS else _SHOWN_DIGITS
        if value.value in {float(f"{there:.{d}g}") for d in able}:
            return True
        last = 10.0 ** (math.floor(math.log10(abs(there))) - _STORED_DIGITS + 1) if there else 0.0
        return abs(value.value - there) <= last  # LibreOffice does not always round to the nearest

    def _taken_back(self, response: str, number: int, row: SheetRow, value: Quantity) -> bool:
        """Whether a value only stands there because the sheet was written before its undo."""
        shown = row.edition.run(self.run).values(response)
        if len(shown) < number or shown[number - 1] != value.value:
            return False
        self._skip(response)
        what = (
            f"{response} {value.shown} of {self.run.id} was taken back since the sheet was written"
        )
        self.notes.append(f"{what}, and was passed over; record it if it is right after all")
        return True

    def _skip(self, response: str) -> None:
        if response not in self._skipped:
            self._skipped.append(response)

    def _never(
        self, response: str, row: SheetRow, responses: dict[str, list[Quantity] | None]
    ) -> None:
        recorded = self.run.measurements.get(response, ())
        shown = row.edition.run(self.run).never
        since = NEVER in row.edition.repeats(self.run, response)
        if response in self.run.never or response in shown or since:
            self._skip(response)
        elif recorded:
            by = who_when(recorded[0].actor, recorded[0].at)
            what = f"{self.run.id} has a value already, recorded {by}"
            self.conflicts.report(self._where(row, response), what, NEVER)
        else:
            responses[response] = None
            self._new[response] = None

    def _note(self) -> str | None:
        """A remark that is not recorded yet, nor the reason why the run failed."""
        notes = dict.fromkeys(row.said.note for row in self.rows if row.said.note)
        note = "\n".join(notes)
        try:
            note = clean_text(note, limit=LONGEST_NOTE, multiline=True) if note else ""
        except ValueError as error:
            self._findings.report(self._where(self.rows[0], "note"), f"the note {error}")
        reasons = {self.run.failure, self.outcome.reason if self.outcome else None}
        known = {remark.text for remark in self.run.notes} | reasons
        if not note or note in known or " ".join(note.split()) in reasons:
            return None
        self._new["note"] = note
        return note

    def _where(self, row: SheetRow, target: str) -> str:
        return self._table.where(row.said.row, self.reader.columns[target].header)
