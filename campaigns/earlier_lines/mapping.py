"""What an earlier line is, and what somebody says about its file: columns, units, constants."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from designer.campaigns.errors import Findings
from designer.campaigns.space.factors import Factor
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.columns import FileColumn, Matched, meant_column
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.tables.table import Table
from designer.campaigns.values.names import suggestion
from designer.render.figures import figure_text

UNKNOWN = "unknown"
"""Value of an input that a line never recorded."""


@dataclass(frozen=True)
class LineMapping(TableOptions):
    """What a person says about the file of an earlier line.

    Attributes:
        others: categorical factors whose rows are kept although the campaign does not have their
            category.
        extras: columns of the file with numbers the campaign does not know, but the line varied.
    """

    others: Collection[str] = ()
    extras: Collection[str] = ()

    LISTS: ClassVar[Mapping[str, str]] = {"other": "others", "extra": "extras"}


@dataclass(frozen=True)
class LineTable:
    """Data of an earlier line.

    Attributes:
        rows: JSON-able, each with ``settings`` {factor: number in the declared unit, or category},
            ``given`` {name: number}, ``responses`` {name: [{number, text, unit?}, …]}, ``batch``
            {stage: id}, ``made_at`` (date or UTC time) or None, and ``typed`` {factor or given:
            {text, unit?}} where the file says it in other words than the number shows.
        mapping: how the columns were read, JSON-able.
        sha256: of the file; of the rows where there is no file.
        batches: whether any row names a batch.
        source: file name or other origin.
        notes: what the user should know.
        name: of the line, when the source tells it.
    """

    rows: list[dict[str, Any]]
    mapping: dict[str, Any]
    sha256: str
    batches: bool
    source: str
    notes: list[str] = field(default_factory=list)
    name: str | None = None


def inputs_said_unknown(spec: Specification, texts: Mapping[str, str]) -> set[str]:
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
    used = {column.header: column.target for column in matched.read}
    columns: list[FileColumn] = []
    for name in names:
        where = f"{table.source} --extra {name}"
        header = meant_column(table, name, where, findings)
        if header is None:
            continue
        if header in used:
            findings.report(where, f"the column holds {used[header]} already")
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
            hint = suggestion(name, known)
            findings.report(f"--other {name}", what, name, allowed, hint)


def unknown_notes(spec: Specification, line: str, names: Collection[str]) -> list[str]:
    """What is assumed about inputs the line never recorded."""
    notes = []
    for item in spec.inputs:
        if item.name in names:
            categories = item.categories if isinstance(item, Factor) else None
            value = categories[0] if categories else figure_text(item.scale.at(0.5))
            notes.append(
                f"{line} has no {item.name}: taken as unknown but constant on that line;"
                f" --set {item.name}={value} (or what it was) if you know it"
            )
    return notes
