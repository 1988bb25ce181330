"""The column ``status`` of a sheet: runs that failed, or will not be made."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from designer.campaigns.commands import runs
from designer.campaigns.commands.checks import REASON_LIMIT
from designer.campaigns.errors import Findings
from designer.campaigns.log.describe import who_when
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.filled.apart import SheetRow
from designer.campaigns.sheets.own_columns import own_headers
from designer.campaigns.tables.rows import RowReader, TableRow
from designer.campaigns.values.names import clean_text

STATUS_COLUMNS = ("status", "failure", "reason")
"""Columns an outcome is read from: what became of the run, and why."""

Ended = Literal["failed", "abandoned"]

_WORDS: dict[str, str] = {
    word: status
    for status, words in {
        "failed": "failed, fail, failure, fehlgeschlagen, misslungen, gescheitert, ausschuss",
        "abandoned": "abandoned, cancelled, canceled, skipped, omitted, not made, entfällt,"
        " entfallen, gestrichen, nicht gemacht, ausgelassen",
        "completed": "completed, complete, done, ok, okay, made, finished, passed, ✓, ✔, fertig,"
        " erledigt, abgeschlossen, gemacht, vollständig, i.o, i. o, io, in ordnung",
        "": "proposed, planned, open, pending, to do, todo, running, started, partial, in progress,"
        " offen, geplant, ausstehend, läuft, laufend, in arbeit, begonnen, teilweise, -, –",
    }.items()
    for word in words.split(", ")
}
"""Words of people, English and German, to what they say."""
_TWO_MEANINGS = frozenset(
    {"n.i.o", "n. i. o", "nio", "nok", "not ok", "rejected", "reject", "scrapped", "scrap", "bad"}
    | {"aborted", "stopped", "abgebrochen", "verworfen", "verwerfen", "gesperrt", "schlecht"}
)
"""Words that may say that a run failed, or only that its results are bad: they are asked about."""
_MADE = frozenset(
    {"running", "started", "partial", "in progress", "läuft", "laufend", "in arbeit", "begonnen"}
    | {"teilweise"}
)
_ALLOWED = "failed, abandoned, completed, or blank"
_REASON = re.compile(r"(?P<word>[^:;,(–—]*?)\s*(?:[:;,(–—]|\s-\s)\s*(?P<why>.*?)\)?")
"""``failed: web break``, ``failed (web break)``, ``failed - web break``."""
_TOLD = 8  # runs a note names
_CHANGES = ("run_failed", "run_abandoned", "run_reopened")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run that a sheet says has failed, or will not be made."""

    run: str
    status: Ended
    reason: str

    def decide(self, state: CampaignState) -> list[NewEvent]:
        """The events that say so."""
        if self.status == "failed":
            return runs.fail(state, self.run, self.reason)
        return runs.abandon(state, [self.run], self.reason)


@dataclass(frozen=True)
class OutcomeReader:
    """Reads what became of runs.

    Attributes:
        state: the campaign.
        reader: of the sheet; its findings take what cannot be.
        conflicts: takes contradictions with recorded facts.
    """

    state: CampaignState
    reader: RowReader
    conflicts: Findings
    _missing: dict[str, list[str]] = field(default_factory=dict)
    _reasons: list[str] = field(default_factory=list)
    _revived: list[str] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """What the user should know, once all rows were looked at."""
        notes = [
            f"called completed, but without {names}: {_some(runs)}; still open (write none for what"
            " will never be measured)"
            for names, runs in self._missing.items()
        ]
        if self._reasons:
            notes.append(
                f"a reason without status failed or abandoned, which was not read:"
                f" {_some(self._reasons)}"
            )
        return notes + self._revived

    def look_for_missing(self, said: TableRow, run: str, known: Collection[str]) -> None:
        """Remember a run that a row calls completed although a response is missing.

        Args:
            said: the row.
            run: the run in words.
            known: responses of the run that are known otherwise.
        """
        if self.word(said) == "completed":
            names = [response.name for response in self.reader.spec.responses]
            missing = [name for name in names if name not in {*said.responses, *known}]
            if missing:
                self._missing.setdefault(" and ".join(missing), []).append(run)

    def word(self, said: TableRow) -> str:
        """What a row says became of its run; blank: nothing, or nothing that can be read."""
        return self._status(said)[0] or ""

    def _status(self, said: TableRow) -> tuple[str | None, str]:
        """What became of a run, and why where it stands behind the word; None: no known word."""
        text = " ".join(self._cell(said, "status").replace("_", " ").split())
        if not text:
            return "", ""
        known = _WORDS.get(text.casefold().rstrip(".! "))
        parts = _REASON.fullmatch(text) if known is None else None
        if parts is None:
            return known, ""
        known = _WORDS.get(parts["word"].casefold())
        return known, parts["why"]

    def says_made(self, said: TableRow) -> bool:
        """Whether the status of a row says that its run was made, or is being made."""
        text = " ".join(self._cell(said, "status").casefold().replace("_", " ").split())
        return text.rstrip(".! ") in _MADE or self.word(said) in ("failed", "completed")

    def outcome(self, rows: Sequence[SheetRow], *, results: bool) -> Outcome | None:
        """What the rows of one run newly say of its end.

        Args:
            rows: of one run.
            results: whether they bring new results of it.
        """
        for each in rows:
            self.check(each.said)
        word, row = self._agreed(rows)
        for each in rows:
            self.look_for_reasons(each.said, each.run.id, {each.run.reason, each.run.failure})
        if not word or row is None:
            if results and rows[0].run.status == "failed":
                self._revive(rows[0])
            return None
        run, where = row.run, self._where(row.said, "status")
        reason = self.reason(row.said, word, row.run.reason)
        if word == "abandoned" and results:
            self.refuse_results(row.said, run.id)
            return None
        if word == run.status and not (word == "failed" and results):
            return None
        if word == "completed" and run.status == "failed" and results:
            self._revive(row)
        if self._contradicts(row, word, results=results):
            told = f", {run.failure}" if run.failure else ""
            what = f"{run.id} is {run.status}{told}{self._changed(run.id)}"
            self.conflicts.report(where, what, word, hint=self._remedy(row, word))
            return None
        if word == "completed" or reason is None:
            return None
        return Outcome(run.id, "failed" if word == "failed" else "abandoned", reason)

    def _contradicts(self, row: SheetRow, word: str, *, results: bool) -> bool:
        """Whether what was recorded says otherwise."""
        status = row.run.status
        if word == "completed":
            return status == "abandoned" or (status == "failed" and not results)
        if status == "failed":
            return word != "failed"
        known = status in ("completed", "abandoned") or (
            word == "abandoned" and status == "partial"
        )
        return known or self._reopened(row)

    def _reopened(self, row: SheetRow) -> bool:
        """Whether somebody took the end of the run back after the sheet was written."""
        last = [
            event
            for event in self.state.events[row.edition.since :]
            if event.kind in _CHANGES
            and event.body["run"] == row.run.id
            and event.seq not in self.state.reversals
        ]
        return bool(last) and last[-1].kind == "run_reopened"

    def _changed(self, run: str) -> str:
        """Who said last what became of it, or recorded a result."""
        kinds = (*_CHANGES, "result_recorded")
        for event in reversed(self.state.events):
            if event.body.get("run") == run and event.kind in kinds:
                told = " since it was reopened" if event.kind == "run_reopened" else ""
                return f"{told} {who_when(event.actor, event.recorded_at)} (event {event.seq})"
        return ""

    @staticmethod
    def _remedy(row: SheetRow, word: str) -> str:
        if row.run.status in ("failed", "abandoned"):
            return f"Reopen {row.run.id} first, or take the word out of the sheet."
        verb = "fail" if word == "failed" else "abandon"
        if verb == "abandon" and row.run.status in ("completed", "partial"):
            return "A run that has results was made: take the word out of the sheet."
        return f"If it is so all the same, say it with {verb}; else take the word out of the sheet."

    def _agreed(self, rows: Sequence[SheetRow]) -> tuple[str, SheetRow | None]:
        """What the rows of one run say together; blank where that is nothing."""
        said = [(word, row) for row in rows if (word := self.word(row.said))]
        if len({word for word, _ in said}) > 1:
            told = " and ".join(dict.fromkeys(word for word, _ in said))
            where, run = self._where(said[1][1].said, "status"), said[0][1].run.id
            self.reader.findings.report(where, f"{run} is called both {told}")
            return "", None
        return said[0] if said else ("", None)

    def reason(self, said: TableRow, word: str, proposed: str | None = None) -> str | None:
        """Why: the column failure or reason, else the note, else that the sheet says so.

        Args:
            said: the row.
            word: what became of the run.
            proposed: why it was proposed, which is no reason why it failed.
        """
        texts = {name: self._cell(said, name) for name in ("failure", "reason")}
        texts["status"] = self._status(said)[1]
        texts["note"] = self._cell(said, "note")
        for column, text in texts.items():
            if not text or (column == "reason" and text == proposed):
                continue
            try:
                return clean_text(" ".join(text.split()), limit=REASON_LIMIT)
            except ValueError as error:
                where = self._where(said, column)
                self.reader.findings.report(where, f"the reason {error}")
                return None
        return f"{word} according to {self.reader.table.source}"

    def check(self, said: TableRow) -> None:
        """Note a word that is no status."""
        if self._status(said)[0] is None:
            text = self._cell(said, "status")
            hint = "Call the column otherwise if it does not tell what became of the run."
            if text.casefold().rstrip(".! ") in _TWO_MEANINGS:
                hint = (
                    "Write failed where the run went wrong, so that it has no results to count,"
                    " and completed where it was made and its results are out of the window."
                )
            where = self._where(said, "status")
            self.reader.findings.report(where, "this is no status", repr(text), _ALLOWED, hint)

    def refuse_results(self, said: TableRow, run: str) -> None:
        """Refuse results of a run that a row calls abandoned: it was made."""
        columns = [self.reader.columns[name].header for name in said.responses]
        what = f"{run} has results here ({_some(columns)}), so it was made and cannot be abandoned"
        hint = "A run that was made and went wrong is failed."
        where = self._where(said, "status")
        self.reader.findings.report(where, what, "abandoned", "failed or completed", hint)

    def look_for_reasons(self, said: TableRow, run: str, known: Collection[str | None]) -> None:
        """Remember a reason of a run that a row calls neither failed nor abandoned.

        Args:
            said: the row.
            run: the run in words.
            known: reasons that stood there when the sheet was written.
        """
        if self.word(said) not in ("failed", "abandoned"):
            there = {self._cell(said, "reason"), self._cell(said, "failure")}
            told = (there | {self._status(said)[1]}) - {"", *known}
            if told:
                self._reasons.append(run)

    def _revive(self, row: SheetRow) -> None:
        """Tell that a run which was called failed is no longer, since results came in."""
        run = row.run
        told = f"{run.id} was failed ({run.failure}){self._changed(run.id)}"
        self._revived.append(f"{told}; a result has come in, so it counts as made")

    def _cell(self, said: TableRow, target: str) -> str:
        column = self.reader.columns.get(self._headers[target])
        return "" if column is None else self.reader.table.cell(said.row, column.header)

    @cached_property
    def _headers(self) -> dict[str, str]:
        """What the columns are called where a factor, given or response has such a name."""
        return own_headers(self.reader.spec, (*STATUS_COLUMNS, "note"))

    def _where(self, said: TableRow, target: str) -> str:
        return self.reader.table.where(said.row, self.reader.columns[self._headers[target]].header)


def _some(runs: Sequence[str]) -> str:
    told = list(dict.fromkeys(runs))
    return ", ".join(told[:_TOLD]) + (", …" if len(told) > _TOLD else "")
