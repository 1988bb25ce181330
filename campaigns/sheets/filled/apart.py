"""Sheets whose columns were sorted apart: rows that hold what belongs to other runs.

A spreadsheet that sorts some columns only, or shifts them by a row, leaves every cell plausible.
It shows in the columns we exported: what the rows hold now are the values that stood there, in
another order. One run made at another setting changes what there is, and is no such case; nor are
runs that were all made a bit higher. A cell that was dragged down counts on by one step. Two runs
that exchanged their settings could be true; whoever knows it says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from designer.campaigns.errors import Problem
from designer.campaigns.log.runs import Run
from designer.campaigns.sheets.filled.editions import Edition
from designer.campaigns.sheets.filled.exported_column import (
    SEVERAL,
    ExportedCell,
    ExportedColumn,
    alike,
)
from designer.campaigns.sheets.own_columns import own_headers, proposal_figures
from designer.campaigns.space.factors import Factor, Given, Setting
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.rows import TableRow
from designer.campaigns.tables.table import Table
from designer.campaigns.values.numbers import decimals_of, number_text

_SAME_SETTING = 1e-6
"""Share of a factor's range, of its lowest setting on a logarithmic scale, below which settings are
the same: spreadsheets save rounded numbers, and no machine is set finer (assumption)."""
_SAME_FIGURE = 1e-3
"""Share of a figure below which it is the same: sheets show four digits of predictions."""
_FORCE = "--force-settings"
_LOOKED_AT = 50  # rows whose true run is searched for: enough to see the pattern
_NAMED = 4  # rows the message tells in full


def close_settings(item: Factor | Given) -> float:
    """Difference up to which two settings are the same."""
    if item.is_categorical:
        return 0.0
    low, high = item.bounds
    return _SAME_SETTING * (low if item.scale.log else high - low)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a sheet beside its run.

    Attributes:
        said: what the row says.
        run: the run its id names.
        edition: what the sheet showed of it.
    """

    said: TableRow
    run: Run
    edition: Edition


@dataclass(frozen=True)
class SortedApart:
    """Looks for rows of a sheet that hold what belongs to other runs.

    Attributes:
        spec: of the campaign.
        table: the sheet.
        rows: its rows beside their runs.
        runs: all runs of the campaign.
    """

    spec: Specification
    table: Table
    rows: Sequence[SheetRow]
    runs: Mapping[str, Run]

    def problem(self) -> Problem | None:
        """What is wrong with the sheet as a whole; None where its rows are those of their runs."""
        changed = {row for column in self._settings for row in column.other}
        strange = Counter(row for column in self._figures for row in column.other)
        of_no_run = {row for row in changed if strange[row] > SEVERAL}
        of_no_head = {row for row in changed if self.rows[row].edition.foreign}
        return (
            self._mixed()
            or self._foreign(of_no_run)
            or self._sorted()
            or self._foreign(of_no_head)
            or self._filled_down()
        )

    def _mixed(self) -> Problem | None:
        """Figures of a proposal, which nobody types, beside the id of another run."""
        strange = Counter(row for column in self._figures for row in column.other)
        several = [row for row, count in sorted(strange.items()) if count >= SEVERAL]
        owners = {row: self._owner(row) for row in several[:_LOOKED_AT]}
        told = [f"{self._id(row)} has those of {run}" for row, run in owners.items() if run]
        rows = {row for row, run in owners.items() if run}
        rows.update(row for column in self._figures for row in column.apart)
        if not rows:
            return None
        names = [column.name for column in self._figures if rows & column.other.keys()]
        what = f"the rows of {self._ids(rows)} hold the figures of other runs ({_some(names)}): was"
        what += " the table sorted by some columns only?"
        hint = "Export the plan again and fill that in row by row; sort whole rows only. If the"
        hint += f" results do belong to the run ids, say so with {_FORCE}."
        return Problem(self.table.source, what, _some(told) if told else None, hint=hint)

    def _sorted(self) -> Problem | None:
        """Settings or batches of other runs."""
        whole = self._recipes_of_others()
        columns = [c for c in self._facts if c.apart or whole & c.other.keys()]
        rows = whole.union(*(column.apart for column in columns))
        if not rows:
            return None
        names = _some([column.name for column in columns])
        what = f"{names} of {self._ids(rows)} are those of other runs: was the table sorted by some"
        what += " columns only?"
        found = self._instead(sorted(rows), columns[0])
        hint = "Export the plan again and fill that in row by row; sort whole rows only. If the"
        hint += f" runs really were made so, say so with {_FORCE}."
        return Problem(self.table.source, what, found, hint=hint)

    def _filled_down(self) -> Problem | None:
        """Settings that a spreadsheet has counted on."""
        columns = [column for column in self._settings if column.filled_down]
        if not columns:
            return None
        rows = sorted({row for column in columns for row in column.filled_down})
        what = f"{_some([column.name for column in columns])} of {self._ids(rows)} grow row by row"
        what += " by one step, and are not those planned: was a cell dragged down?"
        hint = "Export the plan again and fill in only what was set otherwise. If the runs really"
        hint += f" were made so, say so with {_FORCE}."
        return Problem(self.table.source, what, self._instead(rows, columns[0]), hint=hint)

    def _instead(self, rows: Iterable[int], column: ExportedColumn) -> str | None:
        """What some rows of a column hold, and what was written there."""
        told = [
            f"{self._id(row)} {column.name} {_text(cell.holds)} instead of {_text(cell.shown)}"
            for row in rows
            if (cell := column.other.get(row)) is not None
        ]
        return _some(told) if told else None

    def _foreign(self, rows: Iterable[int]) -> Problem | None:
        """Settings of another plan than the runs were proposed with."""
        if not rows:
            return None
        what = f"the settings of {self._ids(rows)} are not those proposed here, and the sheet was"
        what += " not exported from this campaign as it is now"
        hint = "Is it the sheet of another store, or of a plan that was not recorded? If the runs"
        hint += f" really were made so, say so with {_FORCE}."
        return Problem(self.table.source, what, hint=hint)

    @cached_property
    def _shown(self) -> list[dict[str, Setting]]:
        return [row.edition.shown(row.run) for row in self.rows]

    @cached_property
    def _settings(self) -> list[ExportedColumn]:
        columns = []
        for item in self.spec.inputs:
            close, cells = close_settings(item), {}
            for place, (row, shown) in enumerate(zip(self.rows, self._shown, strict=True)):
                if item.name in row.said.settings and item.name in shown:
                    value = row.said.settings[item.name].setting
                    cells[place] = ExportedCell(value, shown[item.name], close)
            columns.append(ExportedColumn(item.name, cells))
        return columns

    @cached_property
    def _facts(self) -> list[ExportedColumn]:
        """Settings and batches."""
        columns = []
        for stage in self.spec.stages:
            name, cells = f"batch:{stage.name}", {}
            for place, (row, shown) in enumerate(zip(self.rows, self._shown, strict=True)):
                if stage.name in row.said.batch and name in shown:
                    batch = row.said.batch[stage.name].casefold()
                    cells[place] = ExportedCell(batch, str(shown[name]).casefold(), 0.0)
            # a batch that lasted longer than planned moves all later labels by one
            columns.append(ExportedColumn(name, cells, whole=True))
        return [*self._settings, *columns]

    @cached_property
    def _figures(self) -> list[ExportedColumn]:
        """Figures of the proposals."""
        shown = [proposal_figures(row.run) for row in self.rows]
        names = dict.fromkeys(name for figures in shown for name in figures)
        columns = []
        for name, header in own_headers(self.spec, names).items():
            if header not in self.table.columns:
                continue
            cells = {}
            for place, (row, figures) in enumerate(zip(self.rows, shown, strict=True)):
                number = self.table.number(self.table.cell(row.said.row, header))
                figure = figures.get(name)
                if number is not None and figure is not None:
                    close = max(_SAME_FIGURE * abs(number), 0.5 * 10.0 ** -decimals_of(number))
                    cells[place] = ExportedCell(number, figure, close)
            columns.append(ExportedColumn(name, cells))
        return columns

    def _owner(self, row: int) -> str | None:
        """The other run that all figures of a row belong to."""
        told = {c.name: c.cells[row] for c in self._figures if row in c.cells}
        return next((r.id for r in self.runs.values() if _holds(told, proposal_figures(r))), None)

    def _recipes_of_others(self) -> set[int]:
        """Rows with the whole recipe of another run, where several settings had to change."""
        changed = Counter(row for column in self._settings for row in column.other)
        several = [row for row, count in sorted(changed.items()) if count >= SEVERAL]
        recipes = [{**run.given, **(run.planned or run.used)} for run in self.runs.values()]
        found = set()
        for row in several[:_LOOKED_AT]:
            told = {c.name: c.cells[row] for c in self._settings if row in c.cells}
            if any(_holds(told, recipe) for recipe in recipes):
                found.add(row)
        return found if len(found) >= SEVERAL else set()

    def _id(self, row: int) -> str:
        return self.rows[row].run.id

    def _ids(self, rows: Iterable[int]) -> str:
        return _some([self._id(row) for row in sorted(rows)])


def _holds(told: Mapping[str, ExportedCell], there: Mapping[str, Setting | None]) -> bool:
    """Whether cells hold what a run has."""
    return bool(told) and all(
        (value := there.get(name)) is not None and alike(cell.holds, value, cell.close)
        for name, cell in told.items()
    )


def _text(value: Setting) -> str:
    return value if isinstance(value, str) else number_text(value)


def _some(words: Sequence[str]) -> str:
    told = list(dict.fromkeys(words))
    return ", ".join(told[: 2 * _NAMED]) + (", …" if len(told) > 2 * _NAMED else "")
