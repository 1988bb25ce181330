"""Filled plan sheets back in: by run id, in any order, in pieces, as often as somebody likes.

What is recorded already is passed over, what contradicts it is refused; so the same sheet can be
imported after every column that was filled.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from designer.campaigns.commands.entries import ResultEntry
from designer.campaigns.commands.results import record
from designer.campaigns.errors import ConflictError, Findings, InputError
from designer.campaigns.files import File, as_file
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.fold import tried
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.filled.apart import SheetRow, SortedApart
from designer.campaigns.sheets.filled.attached import AttachedRows
from designer.campaigns.sheets.filled.editions import Editions
from designer.campaigns.sheets.filled.incoming import Incoming, Source, incoming
from designer.campaigns.sheets.filled.outcomes import Outcome, OutcomeReader
from designer.campaigns.sheets.filled.run_results import RunResults
from designer.campaigns.sheets.own_columns import own_headers
from designer.campaigns.sheets.run_object import SheetRun
from designer.campaigns.tables.columns import FileColumn
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.tables.rows import USED

_NOT_FROM_HERE = (
    "the sheet names a log position that this campaign does not have: it is of another store, or"
    " events were lost since; its rows were taken by their run ids"
)
ID_COLUMNS = ("run", "campaign")
"""Columns that say which run of which campaign a row is."""


@dataclass(frozen=True)
class SheetRules:
    """How a filled sheet is taken.

    Attributes:
        force_settings: take settings as they stand although they are those of other runs.
        attach_new: take rows without a run id as runs nobody proposed.
    """

    force_settings: bool = False
    attach_new: bool = False


@dataclass(frozen=True)
class SheetResults:
    """What a filled sheet says.

    Attributes:
        entries: new results, to be recorded together.
        runs: what it says of each run.
        outcomes: runs it says have failed or will not be made.
        notes: what the user should know.
        new: rows that are runs nobody proposed; None: there are none.
    """

    entries: list[ResultEntry]
    runs: list[SheetRun]
    outcomes: list[Outcome] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    new: AttachedRows | None = None

    @property
    def brings(self) -> bool:
        """Whether anything of it is new."""
        return bool(self.entries or self.outcomes or (self.new and self.new.brings))

    def events(self, state: CampaignState) -> list[NewEvent]:
        """Everything it brings as new events, all or nothing.

        Raises:
            InputError: as `designer.campaigns.commands.results.record`.
            ConflictError: as `designer.campaigns.commands.results.record`.
        """
        drafts = record(state, self.entries) if self.entries else []
        after = tried(state, drafts)
        for outcome in self.outcomes:
            new = outcome.decide(after)
            drafts, after = [*drafts, *new], tried(after, new)
        return drafts if self.new is None else [*drafts, *self.new.events(after)]


def read_results(
    path: str | File,
    state: CampaignState,
    options: TableOptions | None = None,
    rules: SheetRules | None = None,
) -> SheetResults:
    """Read a filled plan sheet.

    Columns: ``run``; responses (blank, PENDING, NA, n/a or - = not measured yet, ``none`` = never
    will be, ``31.2/31.9`` = replicates); factors and givens, where other values than the sheet was
    written with are the ones really used, and so are cells of ``used:<factor>``;
    ``batch:<stage>``, ``made_at``, ``note``; ``replicate`` where a run has several rows; ``status``
    (failed, abandoned, completed) with ``failure`` or ``reason``. Units in brackets are
    converted. Other columns are ignored and noted.

    Args:
        path: .csv, .xlsx or .ods file.
        state: the campaign it belongs to.
        options: what somebody says about the table.
        rules: how it is taken.

    Returns:
        The new results; recorded ones are passed over.

    Raises:
        InputError: with every problem of file and cells.
        ConflictError: with every value that contradicts a recorded one.
    """
    source = as_file(path)
    return _results(source, state, options or TableOptions(), rules or SheetRules())


def results_from_columns(
    columns: Mapping[str, Sequence[object]],
    state: CampaignState,
    options: TableOptions | None = None,
    rules: SheetRules | None = None,
) -> SheetResults:
    """Take results from columns in memory, as from a sheet.

    Args:
        columns: header → values, ``run`` among them; NaN is not measured yet.
        state: the campaign they belong to.
        options: what somebody says about them.
        rules: how they are taken.

    Raises:
        InputError: as `read_results`.
        ConflictError: as `read_results`.
    """
    return _results(columns, state, options or TableOptions(), rules or SheetRules())


def _results(
    source: Source, state: CampaignState, options: TableOptions, rules: SheetRules
) -> SheetResults:
    findings, conflicts = Findings(), Findings()
    ids = [*own_headers(state.spec, ID_COLUMNS).values()]
    extras = {name for run in state.runs.values() for name in run.extra}
    sheet = incoming(
        source, state.spec, options, findings, needed=("run",), extra_texts=ids,
        told={*extras, *(f"extra:{name}" for name in extras)},
    )  # fmt: skip
    rows, without_id = _rows(sheet, state, rules)
    wrong = sheet.judge_columns([row.said for row in rows])
    if not rules.force_settings:
        told = [_without(row, wrong) for row in rows]
        apart = SortedApart(state.spec, sheet.table, told, state.runs).problem()
        if apart is not None:  # settings and batches of the rows mean nothing then
            findings.add(apart)
            said = [replace(row.said, settings={}, used={}, batch={}) for row in rows]
            rows = [replace(row, said=each) for row, each in zip(rows, said, strict=True)]
    by_run: dict[str, list[SheetRow]] = {}
    for row in rows:
        by_run.setdefault(row.run.id, []).append(row)
    outcomes = OutcomeReader(state, sheet.reader, conflicts)
    runs = [RunResults(sheet.reader, conflicts, outcomes, rows).take() for rows in by_run.values()]
    new = AttachedRows(sheet, state, conflicts).take(without_id) if without_id else None
    if not len(findings):
        sheet.refuse_nothing([*(row.said for row in rows), *(new.read if new else [])], ids)
    if len(findings):  # along with what cannot be read
        sheet.judge_entries(lambda: record(state, [entry for run in runs for entry in run.entries]))
    findings.raise_if_any(InputError)
    conflicts.raise_if_any(ConflictError)
    notes = [*sheet.notes, *(note for run in runs for note in run.notes), *outcomes.notes]
    brings = any(run.entries for run in runs) or (new is not None and new.brings)
    if rows and not any(row.said.responses for row in rows) and not brings:
        notes.append("no result is filled in")
    return SheetResults(
        entries=[entry for run in runs for entry in run.entries],
        runs=[run.summary for run in runs] + (new.summaries if new else []),
        outcomes=[run.outcome for run in runs if run.outcome is not None],
        notes=[*notes, *(new.notes if new else [])],
        new=new,
    )


def _rows(
    sheet: Incoming, state: CampaignState, rules: SheetRules
) -> tuple[list[SheetRow], list[int]]:
    """The rows beside their runs, every run known and every row of this campaign; rows without id.

    Rows without an id are handed back where they are wanted, else refused.
    """
    rows: list[SheetRow] = []
    blank: list[int] = []
    columns, table, findings = sheet.reader.columns, sheet.table, sheet.findings
    column = columns.get("run")
    if column is None:
        return rows, blank
    ours = own_headers(state.spec, ("campaign", "head"))
    strange = _of_other_campaigns(sheet, columns.get(ours["campaign"]))
    editions = Editions(state, planned=any(name.startswith(USED) for name in columns))
    with_head, head = ours["head"] in table.columns, table.facts.get("head", "")
    for row in (row for row in sheet.chosen if row not in strange):
        text, where = table.cell(row, column.header), table.where(row, column.header)
        if not text and rules.attach_new:
            blank.append(row)
            continue
        if not text:
            hint = "A run nobody proposed is taken with --attach-new."
            findings.report(where, "the run id is missing", hint=hint)
            continue
        said = sheet.read(row)  # problems of its cells are told even where the run is unknown
        edition = editions.of(table.cell(row, ours["head"]) if with_head else head)
        if edition.foreign:
            sheet.tell(_NOT_FROM_HERE)
        try:
            rows.append(SheetRow(said, state.run(text), edition))
        except InputError as error:
            for problem in error.problems:
                findings.report(where, problem.what, text, problem.allowed, problem.hint)
    return rows, blank


def _of_other_campaigns(sheet: Incoming, column: FileColumn | None) -> set[int]:
    """The rows that belong to other campaigns, after noting each of these campaigns once."""
    table, name = sheet.table, sheet.reader.spec.name
    if column is None:
        of = table.facts.get("campaign", name)
        if of != name:
            what = "the workbook belongs to another campaign"
            sheet.findings.report(table.source, what, repr(of), repr(name))
        return {*sheet.chosen} if of != name else set()
    strange: dict[str, list[int]] = {}
    for row in sheet.chosen:
        of = table.cell(row, column.header)
        if of not in ("", name):
            strange.setdefault(of, []).append(row)
    for of, rows in strange.items():
        what = "the row belongs" if len(rows) == 1 else f"{len(rows)} rows from here on belong"
        what += " to another campaign"
        sheet.findings.report(table.where(rows[0], column.header), what, repr(of), repr(name))
    return {row for rows in strange.values() for row in rows}


def _without(row: SheetRow, names: Collection[str]) -> SheetRow:
    """A row without some of its settings."""
    left = {name: value for name, value in row.said.settings.items() if name not in names}
    return replace(row, said=replace(row.said, settings=left)) if names else row
