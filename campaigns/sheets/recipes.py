"""Tables of recipes to be predicted: in as CSV, XLSX or data frame, out as CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from designer.campaigns.errors import Findings, InputError, Problem
from designer.campaigns.files import File, write_atomic
from designer.campaigns.space.factors import Factor, Given, Setting
from designer.campaigns.space.settings import settings_from_texts
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.columns import ColumnMatcher
from designer.campaigns.tables.formats.csv_file import csv_content
from designer.campaigns.tables.rows import RowReader
from designer.campaigns.tables.table import Table


def recipes_of(table: Table, spec: Specification) -> list[dict[str, Setting]]:
    """Recipes of a table: every factor has a column, givens may have one, others are ignored.

    Settings may lie off the machine's grid and outside its range: a question is no proposal.

    Raises:
        InputError: with every missing column and every cell that cannot be read.
    """
    findings = Findings()
    factors = [factor.name for factor in spec.factors]
    matched = ColumnMatcher(
        table, spec, findings, responses=False, needed=factors, remedy="rename"
    ).match()

    def category(factor: Factor, text: str, where: str) -> str:
        findings.extend(factor.problems_with(text, where, on_grid=False))
        return text

    reader = RowReader(spec, table, matched.columns, findings, blank=_blank, category=category)
    rows = [reader.settings(row) for row in range(len(table.rows))]
    recipes = [{name: value.setting for name, value in row.items()} for row in rows]
    for number, recipe in enumerate(recipes):
        for factor in spec.off_scale(recipe):
            where = table.where(number, matched.columns[factor.name].header)
            findings.extend(factor.problems_with(recipe[factor.name], where, on_grid=False))
    findings.raise_if_any(InputError)
    return recipes


def _blank(item: Factor | Given, where: str) -> Problem | None:
    """A factor needs a value; what is given may be unknown."""
    if isinstance(item, Factor):
        return Problem(where, "the cell is blank", allowed=item.allowed)
    return None


def recipes_from_texts(spec: Specification, values: Mapping[str, str]) -> list[dict[str, Setting]]:
    """One recipe as typed: every factor, givens if known.

    Raises:
        InputError: unknown names, missing factors, values that cannot be read; all at once.
    """
    findings = Findings()
    recipe = settings_from_texts(spec.inputs, values, "factor or given", findings)
    for factor in spec.factors:
        if factor.name not in values:
            findings.report(factor.name, "its value is missing", allowed=factor.allowed)
    findings.raise_if_any()
    return [recipe]


def write_predictions(
    path: File, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], *, force: bool = False
) -> None:
    """Write predictions as CSV; numbers keep every digit, an unknown is blank.

    Raises:
        InputError: the ending is not .csv, or the file exists.
        StorageError: it cannot be written.
    """
    if path.suffix.lower() != ".csv":
        raise InputError.at(
            "--out", "predictions are written as CSV", str(path), "a name ending in .csv"
        )
    write_atomic(path, csv_content(columns, rows), force=force)
