"""A table that comes in, beside what somebody says about it: its rows, as far as they are taken."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from designer.campaigns.commands.entries import ResultEntry
from designer.campaigns.errors import ConflictError, Findings, InputError, Problem
from designer.campaigns.files import File
from designer.campaigns.sheets.filled.outcomes import STATUS_COLUMNS
from designer.campaigns.sheets.own_columns import (
    foreign_columns,
    own_columns,
    own_headers,
)
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.space.settings import settings_from_texts
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.columns import ColumnMatcher, Matched, fact_columns
from designer.campaigns.tables.conditions import chosen_rows, conditions_text
from designer.campaigns.tables.formats.faults import merged_problem
from designer.campaigns.tables.headers import listed
from designer.campaigns.tables.layout import ExpectedColumns
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.tables.read import read_table, table_of_columns
from designer.campaigns.tables.rows import USED, Blank, RowReader, TableRow
from designer.campaigns.tables.table import MERGED, Table
from designer.campaigns.tables.unread import UnreadColumns
from designer.campaigns.tables.whole_columns import WholeColumn
from designer.campaigns.values.quantity import Quantity

Source = File | Mapping[str, Sequence[object]]
"""Where a table comes from: a file, or columns in memory."""

_PROPOSED = frozenset({"rank", "information_bits", "head"})
"""Columns that only a plan sheet has, which had every expected column when it was written."""


@dataclass
class Incoming:
    """A table whose columns are known.

    Attributes:
        reader: of its rows; its findings take every problem.
        matched: its columns.
        chosen: places of the rows that are taken.
        constants: settings that are the same in all rows, as somebody says.
        is_file: whether it came from a file, which may grow from day to day.
    """

    reader: RowReader
    matched: Matched
    chosen: Sequence[int]
    constants: Mapping[str, Quantity]
    is_file: bool
    _notes: list[str] = field(default_factory=list)
    _told: set[str] = field(default_factory=set)
    _judged: set[str] = field(default_factory=set)

    @property
    def table(self) -> Table:
        """The table, its decimal mark decided."""
        return self.reader.table

    @property
    def findings(self) -> Findings:
        """Everything wrong with it."""
        return self.reader.findings

    @property
    def notes(self) -> list[str]:
        """What the user should know, once the rows are read."""
        return [*self._notes, *self.reader.notes()]

    def tell(self, note: str) -> None:
        """Add what the user should know, once."""
        if note not in self._notes:
            self._notes.append(note)

    def refuse_nothing(self, rows: Sequence[TableRow], ids: Collection[str]) -> None:
        """Refuse a table of which nothing is read, or no result beside columns that may be some.

        Args:
            rows: what was read of it.
            ids: columns that only say which run it is.
        """
        spec, table = self.reader.spec, self.table
        if not self.matched.columns.keys() - {*ids, "replicate"} and not self.constants:
            names = [response.name for response in spec.responses]
            what = "nothing in it is read: no column has a known name"
            hint = f"Say which column is which with --map 'COLUMN={names[0]}'."
            self.findings.report(table.source, what, listed(table.headers), listed(names), hint)
        elif not any(row.responses for row in rows):
            names = [response.name for response in spec.responses]
            unread = UnreadColumns(table, spec, self.findings, can_map=True)
            unread.alike(names, self.matched.ignored)

    def need(self, items: Sequence[Factor | Given], rows: Sequence[TableRow]) -> None:
        """Refuse rows that say nothing of some inputs, and a table without columns for them."""
        spec, table, absent = self.reader.spec, self.table, []
        for item in items:
            column = self.reader.columns.get(item.name)
            lacking = [said.row for said in rows if item.name not in said.settings]
            if column is None:
                absent += [item.name] if lacking else []
                continue
            for row in lacking:
                if self.reader.is_blank(row, item):  # else it is told already
                    problem = blank_cell(item, table.where(row, column.header))
                    merged = table.oddity(row, column.header) == MERGED
                    self.findings.add(merged_problem(problem) if merged else problem)
        unread = UnreadColumns(table, spec, self.findings, can_map=True)
        unread.missing(absent, self.matched.ignored, needed=absent, texts=())

    def judge_columns(self, rows: Sequence[TableRow]) -> set[str]:
        """Note columns that are wrong as a whole, such as in another unit.

        Args:
            rows: what was read of the table.

        Returns:
            Names of the factors, givens and responses they hold.
        """
        spec, table, columns = self.reader.spec, self.table, self.reader.columns
        judged = self.reader.judge_units()
        for before, item in ((before, item) for before in ("", USED) for item in spec.inputs):
            if item.is_categorical or f"{before}{item.name}" not in columns:
                continue
            column = WholeColumn(table, columns[f"{before}{item.name}"])
            for row in rows:
                value = (row.used if before else row.settings).get(item.name)
                if value is None or value.number is None or value.meant:
                    continue
                if value.unit in (None, column.column.unit):
                    column.found.add(value.number, row.row)
            problem = column.wrong_unit(item)
            if problem is not None:
                judged.add(item.name)
                self.findings.add(problem)
        for response in (response for response in spec.responses if response.name in columns):
            column = WholeColumn(table, columns[response.name])
            for row in rows:
                for value in row.responses.get(response.name) or ():
                    column.found.add(value.value, row.row)
            problem = column.wrong_results(response)
            if problem is not None:
                judged.add(response.name)
                self.findings.add(problem)
        self._judged |= {f"{table.where(row.row)}, {name}" for row in rows for name in judged}
        return judged

    def judge_entries(self, decide: Callable[[], object]) -> None:
        """Note what a command refuses of the rows, but for cells of columns that are wrong."""
        try:
            decide()
        except InputError as error:
            told = (problem for problem in error.problems if problem.where)
            self.findings.extend(problem for problem in told if problem.where not in self._judged)
        except ConflictError:
            return

    def read_new(self, row: int) -> TableRow:
        """What one row says of a run nobody proposed: the settings really used are its recipe."""
        said = self.read(row)
        return replace(said, settings={**said.settings, **said.used}, used={})

    def read(self, row: int) -> TableRow:
        """What one row says; the constants stand where it says nothing else."""
        return self.with_constants(self.reader.read(row))

    def with_constants(self, said: TableRow) -> TableRow:
        """A row, the constants where it says nothing else; it is changed."""
        for name, value in self.constants.items():
            there = said.settings.setdefault(name, value)
            if there.setting != value.setting and name not in self._told:
                self._told.add(name)
                where = self.table.where(said.row, self.reader.columns[name].header)
                what = f"{name} differs from what --set says for all rows"
                self.findings.report(where, what, there.shown, value.shown)
        return said


def incoming(
    source: Source,
    spec: Specification,
    options: TableOptions,
    findings: Findings,
    *,
    needed: Sequence[str],
    extra_texts: Sequence[str] = (),
    blank: Blank | None = None,
    or_runs: bool = False,
    told: Collection[str] = (),
) -> Incoming:
    """Find the columns and rows of a table.

    Args:
        source: the table.
        spec: of the campaign.
        options: what somebody says about it.
        findings: takes every problem.
        needed: names that must have a column.
        extra_texts: columns besides `text_columns` whose cells are no numbers.
        blank: judges blank cells of settings.
        or_runs: whether a column ``run`` may stand for those that are needed.
        told: further headers of our own exports that are neither read nor told.

    Raises:
        InputError: the file cannot be read as a table.
    """
    texts, own = [*text_columns(spec), *extra_texts], own_columns(spec).union(told)
    used = {f"{USED}{factor.name}": factor for factor in spec.factors}
    texts += [name for name, factor in used.items() if factor.is_categorical]
    numbers = {name: f.unit for name, f in used.items() if not f.is_categorical}
    expected = ExpectedColumns.of(spec, texts, options, asked=[*own, *numbers, "run"])
    if isinstance(source, Mapping):
        table = table_of_columns(source, expected=expected)
    else:
        table = read_table(source, options, expected)
    runs = table.column("run") if "run" in {*table.columns} - options.columns.keys() else ()
    own -= foreign_columns(spec, {*table.headers} - options.columns.keys(), runs)
    if or_runs and "run" in table.columns:
        needed = ()
    known = settings_from_texts(
        spec.inputs, options.constants, "factor or given", findings, option="--set "
    )
    items = {item.name: item for item in spec.inputs}
    constants = {name: _constant(items[name], options.constants[name]) for name in known}
    matched = ColumnMatcher(
        table, spec, findings, texts, numbers, needed=needed, present={*options.constants}, own=own,
        complete=bool(table.facts)
        or not {*own_headers(spec, _PROPOSED).values()}.isdisjoint(table.headers),
    ).match(options.columns, options.units)  # fmt: skip
    UnreadColumns(table, spec, findings, can_map=True).of_nothing(matched.ignored, matched.columns)
    reader = RowReader(spec, table, matched.columns, findings, blank=blank)
    chosen = chosen_rows(reader.table, options.where, matched, findings)
    notes = [*reader.table.notes, *matched.notes]
    if options.where:
        said = conditions_text(options.where)
        notes.append(f"took {len(chosen)} of {len(table.rows)} rows ({said})")
    if matched.ignored:
        notes.append(f"columns not used: {', '.join(matched.ignored)}")
    return Incoming(reader, matched, chosen, constants, not isinstance(source, Mapping), notes)


def blank_cell(item: Factor | Given, where: str) -> Problem:
    """What is wrong with a blank cell of an input that must be told."""
    return Problem(where, "the cell is blank", allowed=item.allowed)


def _constant(item: Factor | Given, text: str) -> Quantity:
    """A setting of all rows, which was found to be one, in its declared unit."""
    return Quantity(text) if item.is_categorical else Quantity.of(text).in_unit(item.unit)


def text_columns(spec: Specification) -> list[str]:
    """Names a table of runs may have besides factors, givens and responses."""
    texts = ("replicate", "note", *STATUS_COLUMNS)
    return [*own_headers(spec, texts).values(), *fact_columns(spec)]


def new_run(said: TableRow, spec: Specification, where: str) -> ResultEntry:
    """A row as the result of a run nobody proposed."""
    factors = {factor.name for factor in spec.factors}
    settings = {name: value.as_written for name, value in said.settings.items()}
    return ResultEntry(
        run=None,
        responses={
            name: values if values is None else [value.as_written for value in values]
            for name, values in said.responses.items()
        },
        used={name: value for name, value in settings.items() if name in factors},
        given={name: value for name, value in settings.items() if name not in factors},
        batch=said.batch,
        made_at=said.made_at,
        note=said.note,
        where=where,
    )
