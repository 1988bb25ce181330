"""Where an earlier line differs from the campaign: inputs it lacks, columns and categories more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from designer.campaigns.earlier_lines.mapping import UNKNOWN
from designer.campaigns.errors import Problem
from designer.campaigns.findings import Findings
from designer.campaigns.space.factors import Factor
from designer.campaigns.tables.column_names import hint_for
from designer.campaigns.tables.columns import FileColumn, Matched, find_column
from designer.campaigns.tables.read import Table

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification


def said_unknown(spec: Specification, texts: Mapping[str, str]) -> set[str]:
    """Inputs said to be unknown; a category of that name is a category."""
    words = {f.name: f.categories or () for f in spec.factors} | {g.name: () for g in spec.givens}
    return {
        key
        for key, text in texts.items()
        if key in words and text.strip().casefold() == UNKNOWN and text not in words[key]
    }


def extra_columns(
    table: Table, names: Collection[str], matched: Matched, findings: Findings
) -> list[FileColumn]:
    """Columns of numbers that only this line has."""
    used = {column.header: column.target for column in matched.columns.values()}
    columns: list[FileColumn] = []
    for name in names:
        where = f"{table.source} --extra {name}"
        header = find_column(name, table.columns)
        if header is None:
            hint = hint_for(name, table.columns)
            shown = ", ".join(table.columns)
            findings.add(Problem(where, "the file has no such column", name, shown, hint))
        elif header in used:
            findings.add(Problem(where, f"the column holds {used[header]} already"))
        elif header not in (column.header for column in columns):
            columns.append(FileColumn(header, header))
    kept = {column.header for column in columns}
    matched.ignored = [header for header in matched.ignored if header not in kept]
    return columns


def check_others(spec: Specification, names: Collection[str], findings: Findings) -> None:
    """Only factors with categories can have other ones."""
    known = [factor.name for factor in spec.factors if factor.is_categorical]
    for name in names:
        if name not in known:
            allowed = ", ".join(known) or "there is none"
            what = "this is no factor with categories"
            hint = hint_for(name, known)
            findings.add(Problem(f"--other {name}", what, name, allowed, hint))


def recorded_columns(
    spec: Specification, table: Table, matched: Matched, rows: Sequence[int]
) -> dict[str, FileColumn]:
    """Columns without those of inputs that are blank in every row taken."""
    inputs = {item.name for item in spec.inputs}
    return {
        name: column
        for name, column in matched.columns.items()
        if name not in inputs or any(table.cell(row, column.header) for row in rows)
    }


def unknown_notes(spec: Specification, line: str, names: Collection[str]) -> list[str]:
    """What is assumed about inputs the line never recorded."""
    notes = []
    for item in spec.inputs:
        if item.name in names:
            categories = item.categories if isinstance(item, Factor) else None
            value = categories[0] if categories else item.format(sum(item.bounds) / 2)
            notes.append(
                f"{line} has no {item.name}: taken as unknown but constant on that line;"
                f" --set {item.name}={value} (or what it was) if you know it"
            )
    return notes
