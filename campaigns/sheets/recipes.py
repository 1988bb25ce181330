"""Tables of recipes to be predicted: in as CSV, XLSX or data frame, out as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.campaigns.commands.inputs import settings_from_texts
from designer.campaigns.errors import Findings, InputError, Problem
from designer.campaigns.space.factors import Factor, Setting
from designer.campaigns.tables.cells import CellReader
from designer.campaigns.tables.columns import Expected, FileColumn, match_columns
from designer.campaigns.tables.files import write_atomic
from designer.campaigns.tables.table import escape_formula
from designer.campaigns.values.numbers import number_text

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification
    from designer.campaigns.tables.table import Table


def recipes_of(table: Table, spec: Specification) -> list[dict[str, Setting]]:
    """Recipes of a table: every factor has a column, givens may have one, others are ignored.

    Settings may lie off the machine's grid and outside its range: a question is no proposal.

    Raises:
        InputError: with every missing column and every cell that cannot be read.
    """
    findings = Findings()
    items = {item.name: item for item in spec.inputs}
    expected = Expected(
        units={name: item.unit for name, item in items.items()},
        required=[factor.name for factor in spec.factors],
        numeric=[n for n, i in items.items() if not (isinstance(i, Factor) and i.is_categorical)],
        remedy="rename",
    )
    matched = match_columns(table.source, table.columns, expected, findings)
    table = table.read_numbers_of(
        column.header for name, column in matched.columns.items() if name in expected.numeric
    )
    if not table.rows:
        findings.add(Problem(table.source, "the table has a header, but no rows"))
    reader = CellReader(table, findings)
    recipes = [_recipe(reader, row, matched.columns, spec) for row in range(len(table.rows))]
    findings.raise_if_any(InputError)
    return recipes


def _recipe(
    reader: CellReader, row: int, columns: Mapping[str, FileColumn], spec: Specification
) -> dict[str, Setting]:
    recipe: dict[str, Setting] = {}
    for item in spec.inputs:
        column = columns.get(item.name)
        if column is None:
            continue
        text = reader.text(row, column).strip()
        where = reader.table.where(row, column.header)
        if not text:
            if isinstance(item, Factor):
                reader.findings.add(Problem(where, "the cell is blank", allowed=item.allowed))
            continue
        if isinstance(item, Factor) and item.is_categorical:
            reader.findings.extend(item.problems_with(text, where, on_grid=False))
            recipe[item.name] = text
            continue
        value = reader.value(row, column, text, item.unit)
        if value is not None:
            recipe[item.name] = value.number
    return recipe


def recipes_from_texts(spec: Specification, values: Mapping[str, str]) -> list[dict[str, Setting]]:
    """One recipe as typed: every factor, givens if known.

    Raises:
        InputError: unknown names, missing factors, values that cannot be read; all at once.
    """
    recipe, problems = settings_from_texts(spec.inputs, values, "factor or given", on_grid=False)
    missing = [f for f in spec.factors if f.name not in values]
    problems.extend(Problem(f.name, "its value is missing", allowed=f.allowed) for f in missing)
    if problems:
        raise InputError(problems)
    return [recipe]


def write_predictions(
    path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], *, force: bool = False
) -> None:
    """Write predictions as CSV; numbers keep every digit, an unknown is blank.

    Raises:
        InputError: the ending is not .csv, or the file exists.
        StorageError: it cannot be written.
    """
    if path.suffix.lower() != ".csv":
        raise InputError(
            Problem("--out", "predictions are written as CSV", str(path), "a name ending in .csv")
        )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in columns])
    write_atomic(path, out.getvalue().encode(), force=force)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return escape_formula(value) if isinstance(value, str) else number_text(float(str(value)))
