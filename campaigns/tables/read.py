"""Reading a table from a file or a data frame: the one door through which users' tables come in.

Nothing is guessed: every cell stays text, and a file that could be read in two ways is refused
with all its problems at once (file, line, column, value, rule, remedy).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from numbers import Real

from designer.campaigns.errors import InputError
from designer.campaigns.files import File, as_file, read_regular_file
from designer.campaigns.tables.builder import TableBuilder
from designer.campaigns.tables.layout import ExpectedColumns
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.tables.table import Table
from designer.campaigns.values.numbers import number_text

_FRAME = "data frame"
_TEXT_ENDINGS = (".csv", ".tsv", ".txt")
_WORKBOOKS = (".xlsx", ".ods")
_SAVE = "Save it as .xlsx or CSV UTF-8."
_UNSAFE = "Python objects can run code and are never read; save the table as CSV."
_OTHERS = {
    ".xls": "This is the format of Excel 2003: save it as .xlsx or CSV UTF-8.",
    **dict.fromkeys((".xlsb", ".xlsm", ".xltx", ".xltm", ".fods", ".ots", ".numbers"), _SAVE),
    **dict.fromkeys((".pkl", ".pickle", ".pt", ".joblib"), _UNSAFE),
}


def read_table(
    path: str | File,
    options: TableOptions | None = None,
    expected: ExpectedColumns | None = None,
) -> Table:
    """Read a table from a .csv (.tsv, .txt), .xlsx or .ods file.

    Args:
        path: a regular file of at most 50 MB, or a file in memory.
        options: what is said about sheet, header and decimal mark.
        expected: what the columns may be called: with it the header is found below title rows,
            units and summary rows are recognised, and only what may be meant is kept.

    Returns:
        The table; a file with a header alone gives one without rows.

    Raises:
        InputError: with every problem of the file.
    """
    path, options = as_file(path), options or TableOptions()
    ending = path.suffix.lower()
    source = "".join(c if c.isprintable() else "?" for c in path.name)[-100:]
    if ending not in (*_TEXT_ENDINGS, *_WORKBOOKS):
        allowed = ".csv (also .tsv, .txt), .xlsx or .ods"
        what = "this kind of file is not read"
        raise InputError.at(source, what, ending or None, allowed, _OTHERS.get(ending))
    content = read_regular_file(path)
    sha256 = hashlib.sha256(content).hexdigest()
    # The readers are imported at need: openpyxl alone would triple the time of `status`.
    if ending in _WORKBOOKS:
        from designer.campaigns.tables.formats.workbook import parse_workbook

        return parse_workbook(content, source, sha256, options, expected)
    from designer.campaigns.tables.formats.csv_file import parse_csv

    if options.sheet is not None:
        what = "a text file has no sheets"
        raise InputError.at(f"{source} --sheet {options.sheet}", what, hint="Leave --sheet out.")
    return parse_csv(content, source, sha256, options, expected)


def table_of_columns(
    columns: Mapping[str, Sequence[object]],
    source: str = _FRAME,
    expected: ExpectedColumns | None = None,
) -> Table:
    """Columns in memory as a table of text; rows are numbered from 0.

    Args:
        columns: header → values; None, NaN, NA and NaT are blank.
        source: name for problems.
        expected: as of `read_table`.

    Raises:
        InputError: columns of different length, the same name twice, or too large.
    """
    names = [str(name) for name in columns]
    values = [list(columns[name]) for name in columns]
    lengths = {name: len(cells) for name, cells in zip(names, values, strict=True)}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InputError.at(source, "the columns are not equally long", found)
    builder = TableBuilder(
        source, "", row_word="row", separator=None, expected=expected, first=True
    )
    builder.add(-1, names)
    for number, cells in enumerate(zip(*values, strict=True)):
        builder.add(number, [cell_text(cell) for cell in cells])
    return builder.finish()


def cell_text(value: object) -> str:
    """A value in memory as the text of a cell; numbers keep every digit."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return ""
    if isinstance(value, Real) and not isinstance(value, bool):
        number = float(value)
        return "" if number != number else number_text(number)  # noqa: PLR0124  NaN alone
    if isinstance(value, datetime):
        midnight = value.time() == time() and value.tzinfo is None
        return (value.date() if midnight else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
