"""Reading a table from a file: the one door through which users' tables come in.

Nothing is guessed: every cell stays text, and a file that could be read in two ways is refused
with all its problems at once (file, line, column, value, rule, remedy).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from designer.campaigns.errors import InputError, Problem
from designer.campaigns.tables.files import read_regular_file
from designer.campaigns.tables.table import Table

__all__ = ["Table", "read_table"]

_TEXT_ENDINGS = (".csv", ".tsv", ".txt")
_OTHERS = {
    ".xls": "This is the format of Excel 2003: save it as .xlsx or CSV UTF-8.",
    ".xlsb": "Save it as .xlsx or CSV UTF-8.",
    ".ods": "Save it as .xlsx or CSV UTF-8.",
    ".pkl": "Python objects can run code and are never read; save the table as CSV.",
    ".pickle": "Python objects can run code and are never read; save the table as CSV.",
    ".pt": "Python objects can run code and are never read; save the table as CSV.",
    ".joblib": "Python objects can run code and are never read; save the table as CSV.",
}


def read_table(path: str | Path) -> Table:
    """Read a table from a .csv (.tsv, .txt) or .xlsx file.

    Args:
        path: a regular file of at most 50 MB.

    Returns:
        The table; a file with a header alone gives one without rows.

    Raises:
        InputError: with every problem of the file.
    """
    path = Path(path)
    ending = path.suffix.lower()
    source = "".join(c if c.isprintable() else "?" for c in path.name)[-100:]
    if ending not in _TEXT_ENDINGS and ending != ".xlsx":
        allowed = ".csv (also .tsv, .txt) or .xlsx"
        what = "this kind of file is not read"
        raise InputError(Problem(source, what, ending or None, allowed, _OTHERS.get(ending)))
    content = read_regular_file(path)
    sha256 = hashlib.sha256(content).hexdigest()
    # The readers are imported at need: openpyxl alone would triple the time of `status`.
    if ending == ".xlsx":
        from designer.campaigns.tables.xlsx_file import parse_xlsx

        return parse_xlsx(content, source, sha256)
    from designer.campaigns.tables.csv_file import parse_csv

    return parse_csv(content, source, sha256)
