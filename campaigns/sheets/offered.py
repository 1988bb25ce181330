"""Tables of recipes that are there to be made: foils at hand, coils in store.

Every row with a value for some factors is one thing, used once; factors without a column are free.
Columns that nobody expects (ids, coil numbers) come back with the run. The leftmost of them whose
cells all differ, in the whole table and among the runs made of such tables, tells the things apart:
one that a run of this campaign was made or planned of is not offered again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from designer.campaigns.commands.entries import OfferedRecipe
from designer.campaigns.errors import Findings, InputError, Problem
from designer.campaigns.files import File
from designer.campaigns.sheets.own_columns import our_columns
from designer.campaigns.space.factors import Setting, quantity_text
from designer.campaigns.space.settings import settings_from_texts
from designer.campaigns.specification.recipes import recipe_flags
from designer.campaigns.tables.columns import ColumnMatcher, Matched, fact_columns
from designer.campaigns.tables.conditions import chosen_rows, conditions_text
from designer.campaigns.tables.headers import listed
from designer.campaigns.tables.layout import ExpectedColumns
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.tables.read import read_table, table_of_columns
from designer.campaigns.tables.rows import RowReader
from designer.campaigns.values.numbers import number_text
from designer.render.words import listed as rows_named

if TYPE_CHECKING:
    from designer.campaigns.log.state import CampaignState

_TOLD = 8  # rows of which each is told
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?\Z")


@dataclass
class OfferedTable:
    """What a table offers.

    Attributes:
        source: its name, as shown in problems.
        recipes: what may be made.
        labels: row of each of them, ``line 4``.
        left_out: row and why it is not offered.
        notes: what else the user should know.
        id_column: header of the column that tells the things apart; None: there is none.
    """

    source: str
    recipes: list[OfferedRecipe] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    id_column: str | None = None

    @property
    def name(self) -> str:
        """``the 12 recipes of coils.csv``."""
        count = len(self.recipes)
        return f"the {'recipe' if count == 1 else f'{count} recipes'} of {self.source}"

    @property
    def told(self) -> list[str]:
        """Sentences about the table, what is left out first."""
        some = [f"{label}: {why}" for label, why in self.left_out[:_TOLD]]
        more = len(self.left_out) - len(some)
        some += [f"{more} more {'row' if more == 1 else 'rows'}"] if more else []
        left = [f"of {self.source} left out: {'; '.join(some)}"] if some else []
        return [*left, *self.notes]

    def refuse_nothing(self) -> None:
        """Refuse a table of which nothing is left.

        Raises:
            InputError: names the rows, and why.
        """
        if not self.recipes:
            rows = (Problem(f"{self.source} {label}", why) for label, why in self.left_out)
            raise InputError([Problem(self.source, "no recipe of it can be proposed"), *rows])


def offered_table(
    source: File | Mapping[str, Sequence[object]],
    state: CampaignState,
    options: TableOptions | None = None,
    fixed: Mapping[str, Setting] | None = None,
    given: Mapping[str, float] | None = None,
    *,
    gone: Collection[str] = (),
) -> OfferedTable:
    """Read a table of recipes that are there.

    Args:
        source: the table: a file, or columns in memory.
        state: the campaign.
        options: what somebody says about it.
        fixed: settings every run shall have: rows that say otherwise are left out.
        given: what is known of all of them; a row may say otherwise.
        gone: open runs in whose place the plan comes: what they would have used is there.

    Returns:
        Its recipes; rows that cannot be made are told.

    Raises:
        InputError: it cannot be read, a column is in doubt, no column is a factor, or no row is
            left.
    """
    options, findings, spec = options or TableOptions(), Findings(), state.spec
    expected = ExpectedColumns.of(spec, (), options, responses=False, everything=True)
    if isinstance(source, Mapping):
        table = table_of_columns(source, expected=expected)
    else:
        table = read_table(source, options, expected)
    constants = settings_from_texts(
        spec.inputs, options.constants, "factor or given", findings, option="--set "
    )
    own = our_columns(spec, table.headers) | {*fact_columns(spec)}
    matched = ColumnMatcher(
        table, spec, findings, responses=False, present={*options.constants}, own=own
    ).match(options.columns, options.units)
    names = {factor.name for factor in spec.factors}
    if not names & {*matched.columns, *constants} and not len(findings):
        hint = f"Say which column is which with --map 'COLUMN={spec.factors[0].name}'."
        what = "no column of it is a factor"
        findings.report(table.source, what, listed(table.headers), listed(sorted(names)), hint)
    reader = RowReader(spec, table, matched.columns, findings)
    chosen = chosen_rows(reader.table, options.where, matched, findings)
    findings.raise_if_any(InputError)
    told = [*reader.table.notes, *matched.notes]
    if options.where:
        said = conditions_text(options.where)
        told.append(f"took {len(chosen)} of {len(table.rows)} rows ({said})")
    rows = _Rows(state, reader, matched, constants, {**(given or {})}, fixed or {}, gone)
    found = rows.offered(chosen, told)
    found.refuse_nothing()
    return found


@dataclass(frozen=True)
class _Rows:
    """The rows of one table beside the campaign.

    Attributes:
        state: the campaign.
        reader: of the rows.
        matched: columns of factors and givens, and those nobody expects.
        constants: settings of all rows.
        given: what is known of all of them.
        fixed: settings every run shall have.
        gone: open runs that are not to be made.
    """

    state: CampaignState
    reader: RowReader
    matched: Matched
    constants: Mapping[str, Setting]
    given: Mapping[str, float]
    fixed: Mapping[str, Setting]
    gone: Collection[str]

    def offered(self, chosen: Sequence[int], notes: list[str]) -> OfferedTable:
        """Everything that is offered."""
        table = self.reader.table
        found = OfferedTable(table.source, notes=notes)
        extras = self._extras(chosen)
        found.id_column = self._id_column(extras)
        used = dict(self._used(found.id_column))
        found.notes += _told_apart(found.id_column, extras)
        first: dict[object, str] = {}
        between: dict[str, list[str]] = {}
        for place, row in enumerate(chosen):
            label = f"{table.row_word} {table.row_numbers[row]}"
            extra = {header: cells[place] for header, cells in extras.items()}
            extra = {header: value for header, value in extra.items() if value != ""}
            recipe, why = self._recipe(row, extra)
            if not why and found.id_column is not None:
                run = used.get(_cell(extra[found.id_column]))
                why = "" if run is None else f"{run} was planned or made of it"
            key = tuple(sorted({**recipe.settings, **recipe.given}.items())), tuple(extra.items())
            if not why and key in first:
                why = f"says the same as {first[key]}"
            if why:
                found.left_out.append((label, why))
                continue
            first[key] = label
            for name in self._between(recipe):
                between.setdefault(name, []).append(label)
            found.recipes.append(recipe)
            found.labels.append(label)
        found.notes += [
            f"{name} lies between the machine's set-points in {rows_named(labels)} of"
            f" {table.source}: taken as it is"
            for name, labels in between.items()
        ]
        return found

    def _extras(self, chosen: Sequence[int]) -> dict[str, list[Setting]]:
        """Columns nobody expects: numbers where every cell is plainly one, else texts."""
        table = self.reader.table
        extras: dict[str, list[Setting]] = {}
        for header in self.matched.ignored:
            cells = [table.cell(row, header) for row in chosen] if header in table.places else []
            if not header.strip() or not any(cells):
                continue
            plain = all(_is_number(cell) for cell in cells if cell)
            extras[header] = [float(c) if plain and c else c for c in cells]
        return extras

    def _id_column(self, extras: Mapping[str, Sequence[Setting]]) -> str | None:
        """The leftmost column whose cells all differ, if can be also among the runs made of such.

        All rows of the table count, each once: also those that were not chosen.
        """
        table = self.reader.table
        rows = range(len(table.rows))
        lines = {tuple(table.cell(row, each) for each in table.headers): row for row in rows}
        differ = [
            header
            for header, chosen in extras.items()
            if "" not in chosen and _all_differ(table.cell(row, header) for row in lines.values())
        ]
        alone = (each for each in differ if _all_differ(cell for cell, _ in self._used(each)))
        return next(alone, next(iter(differ), None))

    def _used(self, header: str | None) -> Iterator[tuple[str, str]]:
        """Cell and run of all that runs of the campaign were made or planned of.

        What a plan that was replaced would have used is there.
        """
        for run in self.state.runs.values():
            if header in run.extra and not (run.was_replaced or run.id in self.gone):
                yield _cell(run.extra[header or ""]), run.id

    def _recipe(self, row: int, extra: Mapping[str, Setting]) -> tuple[OfferedRecipe, str]:
        """What a row offers, and why it cannot be made; blank: it can."""
        spec, reader = self.state.spec, self.reader
        reader.findings = findings = Findings()
        settings: dict[str, Setting] = dict(self.constants)
        for name, value in reader.settings(row).items():
            factor = next((f for f in spec.factors if f.name == name), None)
            if factor is not None and factor.is_categorical:
                settings[name] = value.category.strip()
            else:
                settings[name] = value.setting
        told = {n: float(settings.pop(n)) for n in sorted(spec.given_names) if n in settings}
        recipe = OfferedRecipe(settings, told, extra)
        why = [*self._unread(row), *map(_brief, findings.problems)]
        why = why or [*self._against(recipe)]
        return recipe, "; ".join(why)

    def _unread(self, row: int) -> Iterator[str]:
        for factor in self.state.spec.factors:
            if factor.name in self.matched.columns and self.reader.is_blank(row, factor):
                yield f"{factor.name} is blank"

    def _against(self, recipe: OfferedRecipe) -> Iterator[str]:
        """Why a recipe cannot be made."""
        spec, settings = self.state.spec, recipe.settings
        for name, value in self.fixed.items():
            if name in settings and settings[name] != value:
                unit = spec.factor(name).unit
                here, kept = quantity_text(settings[name], unit), quantity_text(value, unit)
                yield f"{name} is {here}, and fixed at {kept}"
        wrong = False
        for factor in spec.factors:
            if factor.name in settings:
                problems = factor.problems_with(settings[factor.name], factor.name, on_grid=False)
                wrong |= bool(problems)
                yield from map(str, problems)
        if not wrong:
            yield from recipe_flags(spec, {**settings, **self.given, **recipe.given})

    def _between(self, recipe: OfferedRecipe) -> list[str]:
        """Factors of which the machine has no such set-point."""
        return [
            factor.name
            for factor in self.state.spec.factors
            if isinstance(value := recipe.settings.get(factor.name), int | float)
            and factor.problems_with(value, factor.name, on_grid=True)
        ]


def _cell(value: Setting) -> str:
    """What stood in a cell: whether that is a number depends on the other rows of its table."""
    return value if isinstance(value, str) else number_text(value)


def _all_differ(cells: Iterable[str]) -> bool:
    filled = [*filter(None, cells)]
    return len(set(filled)) == len(filled)


def _told_apart(column: str | None, extras: Mapping[str, Sequence[Setting]]) -> list[str]:
    """A sentence where it is not plain which column tells things apart."""
    columns = [*extras]
    if column is not None or not columns:
        told = f"column {column!r} tells the recipes apart"
        return [] if column in (None, *columns[:1]) else [told]
    counts = Counter(map(_cell, extras[columns[0]]))
    twice = [cell for cell, times in counts.items() if times > 1]
    named = f"column {columns[0]!r}" if len(columns) == 1 else "every further column"
    told = f"{named} has equal cells"
    if 3 * len(twice) < len(counts):  # it was meant to tell them apart
        told = f"column {columns[0]!r} has {rows_named(twice[:_TOLD])} more than once"
    return [f"{told}: equal recipes count once, and one that was made before may come again"]


def _is_number(cell: str) -> bool:
    """Whether a number says all of a cell: not of ``007``, ``1.50`` and ``10E2``."""
    return bool(_NUMBER.match(cell)) and number_text(float(cell)) == cell


def _brief(problem: Problem) -> str:
    """A problem of a row, without the file: which column it is in is told."""
    return str(replace(problem, where=problem.where.partition(" column ")[2]))
