"""A plan to be judged: a table of recipes, or runs of ours, as rows with a recipe each.

Nothing that can be made sense of is refused: a row that breaks the specification is a fact about
the plan, told with its place. Only what cannot be read at all (no number, a column in another
unit, a factor without a column) is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from designer.campaigns.errors import Findings, Problem
from designer.campaigns.log.runs import OPEN, Run, normal_run_id, run_number
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.filled.incoming import Incoming, Source, incoming
from designer.campaigns.space.factors import Setting
from designer.campaigns.specification.parts import MOST_RUNS
from designer.campaigns.specification.recipes import recipe_problems
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.tables.rows import TableRow
from designer.render.words import listed

_RUN = "run"
_ALLOWED = f"at most {MOST_RUNS}"


@dataclass(frozen=True)
class BroughtRun:
    """A run of a plan that is to be judged.

    Attributes:
        row: number of its row in the file or frame, of a plan of ours its place from 1.
        where: the same in words: ``mine.csv line 7``, ``R012``.
        settings: one per factor; they may break the specification.
        given: as far as told.
        batch: stage → id, as far as told.
        run: the open run it is; None: a run that is only thought of.
    """

    row: int
    where: str
    settings: Mapping[str, Setting]
    given: Mapping[str, float] = field(default_factory=dict)
    batch: Mapping[str, str] = field(default_factory=dict)
    run: str | None = None


@dataclass(frozen=True)
class RowFault:
    """What a row breaks.

    Attributes:
        row: as of the run.
        problem: with its place, what was found and what is allowed.
        left_out: whether nothing can be made of the row (an unknown category).
    """

    row: int
    problem: Problem
    left_out: bool = False


@dataclass(frozen=True)
class BroughtPlan:
    """A plan that is to be judged.

    Attributes:
        name: of the file, the plan's id, or what it is.
        runs: in the order of its rows.
        faults: what rows break.
        notes: what the user should know of how it was read.
    """

    name: str
    runs: tuple[BroughtRun, ...]
    faults: tuple[RowFault, ...] = ()
    notes: tuple[str, ...] = ()


def plan_of_table(
    source: Source, state: CampaignState, options: TableOptions, name: str
) -> BroughtPlan:
    """Read a plan somebody brings.

    Args:
        source: a file or columns in memory: every factor has a column, or rows have ids of open
            runs in a column ``run``; givens and ``batch:<stage>`` may be there.
        state: the campaign.
        options: what somebody says about the table.
        name: of the plan.

    Raises:
        InputError: with everything that cannot be read, or no row is left.
    """
    findings = Findings()
    factors = [factor.name for factor in state.spec.factors]
    found = incoming(
        source, state.spec, options, findings, needed=factors, extra_texts=(_RUN,), or_runs=True
    )
    if len(found.chosen) > MOST_RUNS:
        rows_there = f"{len(found.chosen)} rows"
        hint = "Take a part of them with --where, or leave rows out"
        findings.report(found.table.source, "a plan of too many runs", rows_there, _ALLOWED, hint)
        findings.raise_if_any()
    rows = [_row(found, place) for place in found.chosen]
    found.judge_columns(rows)
    findings.raise_if_any()
    reader = _PlanRows(found, state, findings)
    runs = [run for row in rows if (run := reader.take(row)) is not None]
    if not findings and not runs:
        left = "; ".join(reader.notes) or None
        findings.report(found.table.source, "no row is left to judge", left)
    findings.raise_if_any()
    return BroughtPlan(name, tuple(runs), tuple(reader.faults), (*found.notes, *reader.notes))


def plan_of_runs(state: CampaignState, runs: Iterable[Run], name: str) -> BroughtPlan:
    """A plan of ours: of its runs those that are still to be made."""
    every = sorted(runs, key=lambda run: (run.plan is None, run.plan or "", run.order or 0))
    ours = [
        BroughtRun(place, run.id, run.used, run.given, run.batch, run.id)
        for place, run in enumerate((run for run in every if run.status in OPEN), start=1)
    ]
    made = [run.id for run in every if run.status not in OPEN]
    notes = [f"{listed(made)}: made or given up already, so not judged"] if made else []
    faults = [
        RowFault(run.row, problem)
        for run in ours
        for problem in recipe_problems(state.spec, {**run.settings, **run.given}, run.where)
    ]
    return BroughtPlan(name, tuple(ours), tuple(faults), tuple(notes))


def _row(found: Incoming, place: int) -> TableRow:
    """Settings and batches of a row; results that stand there already are not looked at."""
    reader = found.reader
    said = TableRow(place, settings=reader.settings(place), batch=reader.batches(place))
    return found.with_constants(said)


class _PlanRows:
    """Takes the rows of a table one by one.

    Attributes:
        faults: what they break.
        notes: what is to be told of rows that were passed over.
    """

    def __init__(self, found: Incoming, state: CampaignState, findings: Findings) -> None:
        self._found, self._state, self._findings = found, state, findings
        self.faults: list[RowFault] = []
        self._passed: dict[str, list[str]] = {}
        self._unknown: list[str] = []
        self._taken: dict[str, str] = {}
        self._lacking: set[str] = set()

    @property
    def notes(self) -> list[str]:
        """Sentences about rows that were passed over, and ids nobody knows."""
        told = [
            f"{listed(ids)} {'is' if len(ids) == 1 else 'are'} {status}: not judged again"
            for status, ids in self._passed.items()
        ]
        if self._unknown:
            told.append(f"no such run here: {listed(self._unknown)}; judged as runs of their own")
        return told

    def take(self, said: TableRow) -> BroughtRun | None:
        """The run of a row; None: it is none that is to be made, or nothing can be made of it."""
        run = self._run(said)
        if run is not None and run.status not in OPEN:
            self._passed.setdefault(run.status, []).append(run.id)
            return None
        spec, table = self._state.spec, self._found.table
        where = table.where(said.row)
        number = table.row_numbers[said.row]
        row = number if isinstance(number, int) else said.row
        told = {name: value.setting for name, value in said.settings.items()}
        known = {} if run is None else {**run.given, **run.used}
        values = {**known, **told}
        settings = {f.name: values[f.name] for f in spec.factors if f.name in values}
        given = {g.name: float(values[g.name]) for g in spec.givens if g.name in values}
        if self._incomplete(said, settings, where):
            return None
        unknown = recipe_problems(spec, {**settings, **given}, where, on_grid=False)
        if unknown:
            self.faults += [RowFault(row, problem, left_out=True) for problem in unknown]
            return None
        problems = recipe_problems(spec, {**settings, **given}, where)
        self.faults += [RowFault(row, problem) for problem in problems]
        batch = said.batch or ({} if run is None else run.batch)
        return BroughtRun(row, where, settings, given, batch, None if run is None else run.id)

    def _incomplete(self, said: TableRow, settings: Mapping[str, Setting], where: str) -> bool:
        """Whether a factor has no value; noted, of a factor without a column once."""
        missing = [f for f in self._state.spec.factors if f.name not in settings]
        for factor in missing:
            column = self._found.reader.columns.get(factor.name)
            if column is not None:
                place = self._found.table.where(said.row, column.header)
                self._findings.report(place, "the cell is blank", None, factor.allowed)
            elif factor.name not in self._lacking:
                self._lacking.add(factor.name)
                what = f"has no column for {factor.name}, and this row is no open run"
                hint = "Add the column, say it with --set, or write ids of open runs under run"
                self._findings.report(where, what, None, factor.allowed, hint)
        return bool(missing)

    def _run(self, said: TableRow) -> Run | None:
        """The run of the campaign a row names."""
        table = self._found.table
        if _RUN not in table.columns:
            return None
        text = table.cell(said.row, _RUN).strip()
        run = self._state.runs.get(normal_run_id(text)) if text else None
        if run is None:
            if text and text[:1] in "Rr" and run_number(text) is not None:
                self._unknown.append(text)
            return None
        where = table.where(said.row, _RUN)
        if run.id in self._taken:
            first = self._taken[run.id]
            self._findings.report(where, f"{run.id} stands here for the second time", first)
        self._taken[run.id] = where
        return run
