"""The columns of a file before anything of it is taken: what they hold, what they are read as."""

from __future__ import annotations

from dataclasses import dataclass

from designer.campaigns.earlier_lines.mapping import LineMapping, inputs_said_unknown
from designer.campaigns.earlier_lines.read import expected_columns, match_columns
from designer.campaigns.errors import Findings
from designer.campaigns.files import File
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.read import read_table


@dataclass(frozen=True)
class SeenColumn:
    """A column of a file.

    Attributes:
        header: as in the file.
        target: name of the campaign that it is read as; None: it is not read.
        filled: cells that are not blank.
        low: least number; None: there is none.
        high: greatest number.
    """

    header: str
    target: str | None
    filled: int
    low: float | None
    high: float | None


def look_at_columns(path: File, spec: Specification, mapping: LineMapping) -> list[SeenColumn]:
    """The columns of a file, in its order, those that are read first.

    What does not fit is no error here: somebody wants to see which column is which.

    Args:
        path: the file.
        spec: of the campaign that takes the line.
        mapping: what is said about its columns.

    Raises:
        InputError: the file cannot be read at all.
    """
    table = read_table(path, mapping, expected_columns(spec, mapping))
    unknown = inputs_said_unknown(spec, mapping.constants)
    present = {*mapping.constants, *unknown}
    matched, _ = match_columns(table, spec, mapping, Findings(), present=present, remedy="map")
    targets = {column.header: column.target for column in matched.read}
    found = []
    for header in table.headers:
        seen = table.looked_at(header)
        ends = (seen.low, seen.high) if seen.numbers else (None, None)
        found.append(SeenColumn(header, targets.get(header), seen.filled, *ends))
    return found
