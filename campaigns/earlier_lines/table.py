"""The rows of an earlier line, ready to be remembered, and values typed beside a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from designer.campaigns.errors import InputError, Problem
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.values.quantity import Quantity


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


def constant(
    item: Factor | Given, text: str, where: str
) -> tuple[float | str | None, list[Problem]]:
    """The value of a factor or given as typed by a person, a unit may follow the number."""
    if isinstance(item, Factor) and item.is_categorical:
        problems = item.problems_with(text, where, on_grid=False)
        return (None if problems else text), problems
    found = Quantity.of(text)
    if found.number is None:
        return None, [Problem(where, "this is not a number", repr(text), item.allowed)]
    try:
        number = found.in_unit(item.unit).number
    except InputError as error:
        return None, [Problem(where, problem.what, repr(text)) for problem in error.problems]
    return number, item.problems_with(number, where, on_grid=False)
