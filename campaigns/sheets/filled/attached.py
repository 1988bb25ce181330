"""Tables of runs nobody proposed: one's own past runs, once or from a file that grows.

Every row is a run; rows that are there already are passed over, those that say more continue their
run, and those that contradict it are conflicts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from designer.campaigns.commands.entries import ResultEntry
from designer.campaigns.commands.results import attach, record
from designer.campaigns.errors import ConflictError, Findings, InputError, Problem
from designer.campaigns.files import File, as_file
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.fold import tried
from designer.campaigns.log.runs import normal_run_id, run_number
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.filled.apart import SheetRow
from designer.campaigns.sheets.filled.editions import Editions
from designer.campaigns.sheets.filled.incoming import (
    Incoming,
    Source,
    blank_cell,
    incoming,
    new_run,
)
from designer.campaigns.sheets.filled.known_runs import KnownRuns
from designer.campaigns.sheets.filled.outcomes import Outcome, OutcomeReader
from designer.campaigns.sheets.filled.run_results import RunResults
from designer.campaigns.sheets.run_object import SheetRun
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.tables.rows import FURTHER, TableRow

_NAMED = 8


@dataclass
class AttachedRows:
    """What a table says of runs nobody proposed.

    Attributes:
        incoming: the table.
        state: the campaign.
        conflicts: takes contradictions with recorded facts.
        entries: new runs.
        known: rows of runs that are there, compared with them.
        runs: run of each row that is one, in their order; None for new ones.
        read: what the rows say.
        notes: what the user should know.
    """

    incoming: Incoming
    state: CampaignState
    conflicts: Findings
    entries: list[ResultEntry] = field(default_factory=list)
    known: list[RunResults] = field(default_factory=list)
    runs: list[str | None] = field(default_factory=list)
    read: list[TableRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _failed: dict[int, str] = field(default_factory=dict)

    @property
    def brings(self) -> bool:
        """Whether anything of it is new."""
        return bool(self.entries or any(run.entries or run.outcome for run in self.known))

    @property
    def summaries(self) -> list[SheetRun]:
        """What it says of runs that are there."""
        return [run.summary for run in self.known]

    def events(self, state: CampaignState) -> list[NewEvent]:
        """Everything it brings as new events, all or nothing.

        Raises:
            InputError: as `designer.campaigns.commands.results.attach`.
            ConflictError: as `designer.campaigns.commands.results.attach`.
        """
        further = [entry for run in self.known for entry in run.entries]
        drafts = attach(state, self.entries) if self.entries else []
        # as the rows: runs planned by hand come last, with the numbers of their rows
        ids: list[str] = [draft.body["run"] for draft in drafts]
        ids.sort(key=lambda run: run_number(run) or 0)
        after = tried(state, drafts)
        if further:
            new = record(after, further)
            drafts, after = [*drafts, *new], tried(after, new)
        outcomes = [run.outcome for run in self.known if run.outcome is not None]
        outcomes += [Outcome(ids[k], "failed", reason) for k, reason in self._failed.items()]
        for outcome in outcomes:
            new = outcome.decide(after)
            drafts, after = [*drafts, *new], tried(after, new)
        return drafts

    def take(self, places: Sequence[int]) -> AttachedRows:
        """Read rows of the table; returns itself."""
        table, reader = self.incoming.table, self.incoming.reader
        outcomes = OutcomeReader(self.state, reader, self.conflicts)
        rows = self._merged([self.incoming.read_new(place) for place in places])
        self.read = rows
        made = [row for row in rows if outcomes.word(row) != "abandoned"]
        for row in rows:
            if row.responses and outcomes.word(row) == "abandoned":
                outcomes.refuse_results(row, "the run")
        known = KnownRuns(self.state, made)
        edition = Editions(self.state).of("")
        for place, said in enumerate(made):
            run = known.found.get(place)
            self.runs.append(None if run is None else run.id)
            if run is not None:
                plain = replace(said, replicate=None)
                sheet_rows = [SheetRow(plain, run, edition)]
                self.known.append(RunResults(reader, self.conflicts, outcomes, sheet_rows).take())
                continue
            outcomes.check(said)
            place_text = f"{table.row_word} {table.row_numbers[said.row]}"
            outcomes.look_for_missing(said, place_text, ())
            outcomes.look_for_reasons(said, place_text, ())
            if outcomes.word(said) == "failed":
                reason = outcomes.reason(said, "failed")
                self._failed[len(self.entries)] = reason or ""
                if said.note and " ".join(said.note.split()) == reason:
                    said.note = None
            entry = new_run(said, self.state.spec, table.where(said.row))
            entry.made = outcomes.says_made(said)
            self.entries.append(entry)
        new = [said for said, run in zip(made, self.runs, strict=True) if run is None]
        each = zip(new, self.entries, strict=True)
        if reader.blank is None:  # else it has judged them
            self.incoming.need(self.state.spec.factors, new)
        made_now = [said for said, entry in each if entry.says_made]
        self.incoming.need(self.state.spec.givens, made_now)
        self._tell(known, made, len(rows) - len(made))
        self.notes += outcomes.notes
        return self

    def _merged(self, rows: list[TableRow]) -> list[TableRow]:
        """Rows with a further replicate of the recipe above them are one run.

        Elsewhere the number says that a recipe which was made already was made again.
        """
        merged: list[TableRow] = []
        made = self._recipes_made(rows)
        for row in rows:
            if row.replicate in (None, 1):
                merged.append(row)
                continue
            above = merged[-1] if merged else None
            if above is None or _recipe(above) != _recipe(row):
                if row.replicate != FURTHER and row.row in made:
                    merged.append(row)
                    continue
                where = self.incoming.table.where(row.row)
                number = "a further replicate" if row.replicate == FURTHER else row.replicate
                what = f"replicate {number} does not follow replicate 1 of the same settings"
                hint = "A run that was made again has its number (2), not TRUE."
                self.incoming.findings.report(where, what, hint=hint if row.row in made else None)
                continue
            for name, values in row.responses.items():
                there = above.responses.setdefault(name, [])
                if there is not None and values is not None:
                    there.extend(values)
        return merged

    def _recipes_made(self, rows: Sequence[TableRow]) -> set[int]:
        """Places of rows with a further replicate of a recipe that was made already."""
        further = [row for row in rows if row.replicate not in (None, 1)]
        plain = [replace(row, responses={}) for row in further]
        return {further[place].row for place in KnownRuns(self.state, plain).made}

    def _tell(self, known: KnownRuns, rows: Sequence[TableRow], left_out: int) -> None:
        """Say what was passed over, and what looks like something else."""
        passed = [run for run in self.known if not run.entries and run.outcome is None]
        if passed:
            one = len(passed) == 1
            there = f"{_rows(len(passed))} {'is' if one else 'are'} recorded already"
            there += f" ({_some([run.run.id for run in passed])}), and {_were(len(passed))} passed"
            there += " over; one that was made again, with the same results, is recorded with a 2"
            self.notes.append(f"{there} (the third time: 3) in a column replicate")
        gone = known.gone if self.incoming.is_file else ()  # a frame may be a part of it all
        for run in gone:
            what = f"{run.id} came with other rows of this table, and is in it no more"
            self.notes.append(f"{what}: was its row changed or taken out?")
        self._tell_doubts(known, rows)
        if left_out:
            told = f"{_rows(left_out)} of runs that were not made {_were(left_out)} left out"
            self.notes.append(told)
        self.notes += [note for run in self.known for note in run.notes]

    def _tell_doubts(self, known: KnownRuns, rows: Sequence[TableRow]) -> None:
        """Say which new rows may be runs that are there after all."""
        table = self.incoming.table
        places = [f"{table.row_word} {table.row_numbers[row.row]}" for row in rows]
        if known.repeated:
            numbers = [str(table.row_numbers[rows[row].row]) for row in known.repeated]
            word = table.row_word if len(numbers) == 1 else f"{table.row_word}s"
            verb = "repeats" if len(numbers) == 1 else "repeat"
            told = f"{word} {_some(numbers)} {verb} the settings of runs that are there"
            self.notes.append(f"{told}, with other results: taken as further runs")
        if known.copies:
            copies = [f"{places[row]} ({places[above]})" for row, above in known.copies.items()]
            one = len(copies) == 1
            self.notes.append(
                f"{_some(copies)} {'says' if one else 'say'} the same as the row in brackets, and"
                f" {'was taken as a run of its' if one else 'were taken as runs of their'} own: if"
                " a row was pasted twice, undo this and take it out"
            )
        for row, run in known.same_results[:_NAMED]:
            self.notes.append(
                f"{places[row]} has the results of {run.id} at other settings, and was taken as"
                f" another run: if it is a setting that was mended, undo this and correct {run.id}"
            )
        for row, run in known.proposed[:_NAMED]:
            self.notes.append(
                f"{places[row]} has the settings of {run.id}, which is still to be made: if it is"
                f" that run, undo this and record it as {run.id}"
            )


def attach_file(
    path: str | File, state: CampaignState, options: TableOptions | None = None
) -> AttachedRows:
    """Read a table of one's own past runs.

    Columns: every factor, and every given of runs that were made; responses as in a plan sheet;
    ``batch:<stage>``, ``made_at``, ``note``; ``replicate`` where a run has several rows; ``status``
    (failed) with ``failure``.

    Args:
        path: .csv, .xlsx or .ods file.
        state: the campaign it belongs to.
        options: what somebody says about it.

    Raises:
        InputError: with every problem of file and cells.
        ConflictError: with every value that contradicts a recorded one.
    """
    return _attached(as_file(path), state, options or TableOptions())


def attach_columns(
    columns: Mapping[str, Sequence[object]],
    state: CampaignState,
    options: TableOptions | None = None,
) -> AttachedRows:
    """Take runs nobody proposed from columns in memory, as from a file.

    Raises:
        InputError: as `attach_file`.
        ConflictError: as `attach_file`.
    """
    return _attached(columns, state, options or TableOptions())


def _attached(source: Source, state: CampaignState, options: TableOptions) -> AttachedRows:
    findings, conflicts = Findings(), Findings()

    def blank(item: Factor | Given, where: str) -> Problem | None:
        return blank_cell(item, where) if item.name in needed else None

    needed = [item.name for item in state.spec.factors if item.name not in options.constants]
    there = incoming(source, state.spec, options, findings, needed=needed, blank=blank)
    _refuse_own_runs(there, state, options)
    rows = AttachedRows(there, state, conflicts)
    if not len(findings):
        rows.take(there.chosen)
    if not len(findings) and not rows.runs:
        findings.report(there.table.source, "no row holds a run")
    if not len(findings):
        there.refuse_nothing(rows.read, ())
    wrong = there.judge_columns(rows.read)
    if rows.entries and (wrong or len(conflicts)):  # before what contradicts the record
        there.judge_entries(lambda: attach(state, rows.entries))
    findings.raise_if_any(InputError)
    conflicts.raise_if_any(ConflictError)
    rows.notes[:0] = there.notes
    return rows


def _refuse_own_runs(there: Incoming, state: CampaignState, options: TableOptions) -> None:
    """Refuse a sheet that names runs of this campaign: it wants to be imported."""
    table = there.table
    if "run" not in table.headers or "run" in options.columns or "run" in there.reader.columns:
        return
    named = [text for text in table.column("run") if normal_run_id(text) in state.runs]
    if named:
        what = f"its column run names runs of this campaign ({_some(named)})"
        hint = "Results of these runs come in with import. If the ids are those of another table,"
        hint += " leave the column out: --map run=-."
        there.findings.report(table.source, what, hint=hint)


def _recipe(row: TableRow) -> dict[str, object]:
    return {name: value.setting for name, value in row.settings.items()}


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number} rows"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _some(words: Sequence[str]) -> str:
    told = list(dict.fromkeys(words))
    return ", ".join(told[:_NAMED]) + (", …" if len(told) > _NAMED else "")
