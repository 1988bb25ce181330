"""Filled plan sheets back in: by run id, in any order, in pieces, as often as somebody likes.

What is recorded already is passed over, what contradicts it is refused; so the same sheet can be
imported after every column that was filled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from designer.campaigns.commands.entries import ResultEntry
from designer.campaigns.commands.results import record
from designer.campaigns.errors import ConflictError, Findings, InputError
from designer.campaigns.files import File
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.run_object import SheetRun
from designer.campaigns.sheets.run_results import RunResults
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.columns import ColumnMatcher, fact_columns
from designer.campaigns.tables.read import read_table, table_of_columns
from designer.campaigns.tables.rows import RowReader, TableRow
from designer.campaigns.tables.table import Table
from designer.campaigns.values.names import ENDINGS, IN_SPEC

OWN_COLUMNS = frozenset(
    {"order", "rank", "plan", "status", "head", "information_bits", "cost", "reason"}
    | {"recorded_at", "actor", *IN_SPEC}
)
"""Columns of our own exports that tell, but are never read back."""


def prediction_columns(spec: Specification) -> frozenset[str]:
    """Columns of predictions in our own exports."""
    return frozenset(f"{r.name}{ending}" for r in spec.responses for ending in ENDINGS)


@dataclass(frozen=True)
class SheetResults:
    """What a filled sheet says.

    Attributes:
        entries: new results, to be recorded together.
        runs: what it says of each run.
        notes: what the user should know.
        sha256: of the file.
        source: its name.
    """

    entries: list[ResultEntry]
    runs: list[SheetRun]
    notes: list[str] = field(default_factory=list)
    sha256: str = ""
    source: str = ""


def read_results(path: str | File, state: CampaignState) -> SheetResults:
    """Read a filled plan sheet.

    Columns: ``run``; responses (blank, PENDING, NA, n/a or - = not measured yet, ``none`` = never
    will be, ``31.2/31.9`` = replicates); factors and givens, where other values than planned are
    the ones really used; ``batch:<stage>``, ``made_at``, ``note``; ``replicate`` where a run has
    several rows. Units in brackets are converted. Other columns are ignored and noted.

    Args:
        path: .csv or .xlsx file.
        state: the campaign it belongs to.

    Returns:
        The new results; recorded ones are passed over.

    Raises:
        InputError: with every problem of file and cells.
        ConflictError: with every value that contradicts a recorded one.
    """
    return _results(read_table(path), state)


def results_from_columns(
    columns: Mapping[str, Sequence[object]], state: CampaignState
) -> SheetResults:
    """Take results from columns in memory, as from a sheet.

    Args:
        columns: header → values, ``run`` among them; NaN is not measured yet.
        state: the campaign they belong to.

    Raises:
        InputError: as `read_results`.
        ConflictError: as `read_results`.
    """
    return _results(table_of_columns(columns), state)


def _results(table: Table, state: CampaignState) -> SheetResults:
    spec = state.spec
    findings = Findings()
    texts = ["run", "replicate", "note", "campaign", *fact_columns(spec)]
    matched = ColumnMatcher(table, spec, findings, texts, needed=("run",), remedy="rename").match()
    reader = RowReader(spec, table, matched.columns, findings)
    by_run = _rows_by_run(reader, state)
    conflicts = Findings()
    runs = [
        RunResults(state.run(run), reader, conflicts).take(rows) for run, rows in by_run.items()
    ]
    if len(findings):
        _judge_the_rest(runs, state, findings)
    findings.raise_if_any(InputError)
    conflicts.raise_if_any(ConflictError)
    own = OWN_COLUMNS | prediction_columns(spec)
    ignored = [
        name for name in matched.ignored if name not in own and not name.startswith("planned:")
    ]
    notes = list(table.notes)
    if ignored:
        notes.append(f"columns not used: {', '.join(ignored)}")
    return SheetResults(
        entries=[entry for run in runs for entry in run.entries],
        runs=[run.summary for run in runs],
        notes=notes,
        sha256=table.sha256,
        source=table.source,
    )


def _judge_the_rest(runs: Sequence[RunResults], state: CampaignState, findings: Findings) -> None:
    """Tell what is wrong with the content of readable cells along with the unreadable ones."""
    try:
        record(state, [entry for run in runs for entry in run.entries])
    except InputError as error:
        findings.extend(problem for problem in error.problems if problem.where)
    except ConflictError:
        return


def _rows_by_run(reader: RowReader, state: CampaignState) -> dict[str, list[TableRow]]:
    """The rows of each run, every run known and every row of this campaign."""
    by_run: dict[str, list[TableRow]] = {}
    column = reader.columns.get("run")
    if column is None:
        return by_run
    table, findings = reader.table, reader.findings
    campaign = reader.columns.get("campaign")
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
        try:
            by_run.setdefault(state.run(text).id, []).append(said)
        except InputError as error:
            for problem in error.problems:
                findings.report(where, problem.what, text, problem.allowed, problem.hint)
    return by_run
