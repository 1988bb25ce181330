"""Filled plan sheets back in: by run id, in any order, in pieces, as often as somebody likes.

What is recorded already is passed over, what contradicts it is refused; so the same sheet can be
imported after every column that was filled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from designer.campaigns.commands.entries import ResultEntry
from designer.campaigns.commands.results import record
from designer.campaigns.errors import ConflictError, Findings, InputError
from designer.campaigns.files import File
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.fold import tried
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.apart import SheetRow, SortedApart
from designer.campaigns.sheets.editions import Editions
from designer.campaigns.sheets.outcomes import STATUS_COLUMNS, Outcome, OutcomeReader
from designer.campaigns.sheets.own_columns import own_columns
from designer.campaigns.sheets.run_object import SheetRun
from designer.campaigns.sheets.run_results import RunResults
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.columns import ColumnMatcher, fact_columns
from designer.campaigns.tables.read import read_table, table_of_columns
from designer.campaigns.tables.rows import RowReader
from designer.campaigns.tables.table import Table

FORCE = "--force-settings"


@dataclass(frozen=True)
class SheetResults:
    """What a filled sheet says.

    Attributes:
        entries: new results, to be recorded together.
        runs: what it says of each run.
        outcomes: runs it says have failed or will not be made.
        notes: what the user should know.
        sha256: of the file.
        source: its name.
    """

    entries: list[ResultEntry]
    runs: list[SheetRun]
    outcomes: list[Outcome] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sha256: str = ""
    source: str = ""

    @property
    def brings(self) -> bool:
        """Whether anything of it is new."""
        return bool(self.entries or self.outcomes)

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
            after = tried(after, new)
            drafts += new
        return drafts


def read_results(
    path: str | File, state: CampaignState, *, force_settings: bool = False
) -> SheetResults:
    """Read a filled plan sheet.

    Columns: ``run``; responses (blank, PENDING, NA, n/a or - = not measured yet, ``none`` = never
    will be, ``31.2/31.9`` = replicates); factors and givens, where other values than the sheet was
    written with are the ones really used; ``batch:<stage>``, ``made_at``, ``note``; ``replicate``
    where a run has several rows; ``status`` (failed, abandoned, completed) with ``failure`` or
    ``reason``. Units in brackets are converted. Other columns are ignored and noted.

    Args:
        path: .csv or .xlsx file.
        state: the campaign it belongs to.
        force_settings: take settings as they stand although they are those of other runs.

    Returns:
        The new results; recorded ones are passed over.

    Raises:
        InputError: with every problem of file and cells.
        ConflictError: with every value that contradicts a recorded one.
    """
    return results_of_table(read_table(path), state, force_settings=force_settings)


def results_from_columns(
    columns: Mapping[str, Sequence[object]], state: CampaignState, *, force_settings: bool = False
) -> SheetResults:
    """Take results from columns in memory, as from a sheet.

    Args:
        columns: header → values, ``run`` among them; NaN is not measured yet.
        state: the campaign they belong to.
        force_settings: take settings as they stand although they are those of other runs.

    Raises:
        InputError: as `read_results`.
        ConflictError: as `read_results`.
    """
    table = table_of_columns(columns)
    return results_of_table(
        table, state, force_settings=force_settings, remedy="force_settings=True"
    )


def results_of_table(
    table: Table, state: CampaignState, *, force_settings: bool = False, remedy: str = FORCE
) -> SheetResults:
    """Take results from a table; see `read_results`.

    Args:
        table: the sheet.
        state: the campaign it belongs to.
        force_settings: take settings as they stand although they are those of other runs.
        remedy: how somebody asks for that.
    """
    spec, findings, conflicts = state.spec, Findings(), Findings()
    matched = ColumnMatcher(
        table, spec, findings, text_columns(spec), own=own_columns(spec), needed=("run",),
        remedy="rename",
    ).match()  # fmt: skip
    reader = RowReader(spec, table, matched.columns, findings)
    rows = _rows(reader, state)
    if not force_settings:
        apart = SortedApart(spec, reader.table, rows, state.runs, remedy).problem()
        if apart is not None:  # settings and batches of the rows mean nothing then
            findings.add(apart)
            rows = [replace(row, said=replace(row.said, settings={}, batch={})) for row in rows]
    by_run: dict[str, list[SheetRow]] = {}
    for row in rows:
        by_run.setdefault(row.run.id, []).append(row)
    outcomes = OutcomeReader(state, reader, conflicts)
    runs = [RunResults(reader, conflicts, outcomes, rows).take() for rows in by_run.values()]
    if len(findings):
        _judge_the_rest(runs, state, findings)
    findings.raise_if_any(InputError)
    conflicts.raise_if_any(ConflictError)
    notes = [*table.notes, *(note for run in runs for note in run.notes)]
    if matched.ignored:
        notes.append(f"columns not used: {', '.join(matched.ignored)}")
    return SheetResults(
        entries=[entry for run in runs for entry in run.entries],
        runs=[run.summary for run in runs],
        outcomes=[run.outcome for run in runs if run.outcome is not None],
        notes=notes,
        sha256=table.sha256,
        source=table.source,
    )


def text_columns(spec: Specification) -> list[str]:
    """Names a sheet may have besides factors, givens and responses."""
    names = {item.name for item in (*spec.inputs, *spec.responses)}
    texts = ("run", "replicate", "note", "campaign", *STATUS_COLUMNS)
    return [*(name for name in texts if name not in names), *fact_columns(spec)]


def _judge_the_rest(runs: Sequence[RunResults], state: CampaignState, findings: Findings) -> None:
    """Tell what is wrong with the content of readable cells along with the unreadable ones."""
    try:
        record(state, [entry for run in runs for entry in run.entries])
    except InputError as error:
        findings.extend(problem for problem in error.problems if problem.where)
    except ConflictError:
        return


def _rows(reader: RowReader, state: CampaignState) -> list[SheetRow]:
    """The rows beside their runs, every run known and every row of this campaign."""
    rows: list[SheetRow] = []
    column = reader.columns.get("run")
    if column is None:
        return rows
    table, findings, editions = reader.table, reader.findings, Editions(state)
    texts = text_columns(state.spec)
    campaign = reader.columns.get("campaign") if "campaign" in texts else None
    with_head = "head" in table.columns and "head" not in reader.columns
    for row in range(len(table.rows)):
        if campaign is not None:
            name, place = table.cell(row, campaign.header), table.where(row, campaign.header)
            if name not in ("", state.spec.name):
                what = "the sheet belongs to another campaign"
                findings.report(place, what, repr(name), repr(state.spec.name))
                continue
        text, where = table.cell(row, column.header), table.where(row, column.header)
        if not text:
            findings.report(where, "the run id is missing")
            continue
        said = reader.read(row)  # problems of its cells are told even where the run is unknown
        edition = editions.of(table.cell(row, "head") if with_head else "")
        try:
            rows.append(SheetRow(said, state.run(text), edition))
        except InputError as error:
            for problem in error.problems:
                findings.report(where, problem.what, text, problem.allowed, problem.hint)
    return rows
