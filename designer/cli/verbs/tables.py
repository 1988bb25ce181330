"""Options of every verb that takes a table: what its columns, rows and numbers mean."""

from __future__ import annotations

from argparse import Namespace
from typing import TypeVar

from designer.campaigns.tables.options import TableOptions
from designer.cli.verbs.arguments import Argument

Options = TypeVar("Options", bound=TableOptions)

DRY_RUN = Argument("--dry-run", None, "only show what would be recorded")
TABLE_OPTIONS = (
    Argument(
        "--map",
        "filecolumn=name",
        "which column holds which factor or response; `-`: leave the column out",
        last=True,
        dest="columns",
    ),
    Argument(
        "--set",
        "factor=value",
        "a setting that is the same in all rows, perhaps `unknown`",
        dest="constants",
    ),
    Argument(
        "--unit",
        "column=mm",
        "unit of a column, where it differs from the declared one",
        last=True,
        dest="units",
    ),
    Argument(
        "--where",
        "column=value[,value]",
        "take only these rows; also 'column<10', 'column>=5' (in quotes)",
        empty=True,
        condition=True,
    ),
    Argument("--sheet", "NAME", "sheet of a workbook (default: the one with the columns)"),
    Argument("--header", "ROW", "number of the row that names the columns (default: it is found)"),
    Argument(
        "--decimal", None, "decimal mark, where the file leaves it open", choices=("comma", "point")
    ),
    Argument(
        "--mapping",
        "FILE.toml",
        "the same in a file: [map] [set] [unit] [where], sheet =, header =, decimal =",
    ),
)
"""For `lines add`, `attach FILE` and `import` alike."""


def take_table_options(arguments: Namespace, kind: type[Options]) -> Options:
    """Take what is said about the table out of the arguments; the command line wins over a file.

    Args:
        arguments: of a verb that has `TABLE_OPTIONS`, pairs read; keeps all others.
        kind: `TableOptions`, or what a verb knows beside them.

    Raises:
        InputError: the mapping file cannot be read.
    """
    words = vars(arguments)
    mapping = words.pop("mapping")
    known = [option.attribute for option in TABLE_OPTIONS if option.attribute != "mapping"]
    told = kind(**{name: words.pop(name) for name in (*known, *kind.LISTS.values())})
    return told if mapping is None else kind.from_file(mapping).merged(told)
