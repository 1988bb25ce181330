"""Verbs about earlier lines: add, show, exclude, include."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

from designer.campaigns.errors import Problem
from designer.cli.errors import UsageError
from designer.cli.text.lines import line_added_text, line_switched_text, lines_text
from designer.cli.verbs.arguments import CAMPAIGN, REASON, Argument
from designer.cli.verbs.tables import DRY_RUN, TABLE_OPTIONS, take_table_options
from designer.cli.verbs.verb import Verb

if TYPE_CHECKING:
    from designer.service import Service
    from designer.service.answers import LineAddedAnswer

ONLY_FROM_FILES = (
    *("--map", "--where", "--sheet", "--header", "--decimal", "--mapping", "--extra"),
)


def _add_check(arguments: Namespace) -> None:
    path, other = arguments.source, vars(arguments).pop("other")
    problems = []
    if (path is None) == (other is None):
        problems.append(Problem("lines add", "name either a FILE or --from OTHER_CAMPAIGN"))
    elif path is not None and arguments.name is None:
        problems.append(Problem("--name", "is missing: a line from a file needs a name"))
    elif other is not None:
        problems += [
            Problem(argument.name, "belongs to a FILE, not to --from")
            for argument in _ADD
            if argument.name in ONLY_FROM_FILES and getattr(arguments, argument.attribute)
        ]
    if problems:
        raise UsageError(problems)
    arguments.source = path or other


def _add(service: Service, arguments: Namespace) -> LineAddedAnswer:
    from designer.campaigns.earlier_lines.mapping import LineMapping

    mapping = take_table_options(arguments, LineMapping)
    return service.lines.add(
        arguments.campaign,
        arguments.source,
        name=arguments.name,
        mapping=mapping,
        dry_run=arguments.dry_run,
    )


_ADD = (
    CAMPAIGN,
    Argument("source", "FILE", "data as .csv, .xlsx or .ods", nargs="?"),
    Argument("--from", "OTHER_CAMPAIGN", "take the runs of a campaign instead", dest="other"),
    Argument("--name", "LINE", "name of the line (needed with FILE)"),
    replace(DRY_RUN, help="only show what would be added, and which column is read as what"),
    *TABLE_OPTIONS[:-1],
    Argument(
        "--other",
        "FACTOR",
        "keep rows whose category the campaign does not have",
        nargs="+",
        default=[],
        dest="others",
    ),
    Argument(
        "--extra",
        "filecolumn",
        "a number that only this line varied: it explains results, and is not taken for noise",
        nargs="+",
        default=[],
        dest="extras",
    ),
    replace(
        TABLE_OPTIONS[-1],
        help=f"{TABLE_OPTIONS[-1].help}, other = [FACTOR], extra = [COLUMN]",
    ),
)
_SWITCH = (CAMPAIGN, Argument("line", "LINE", "name of the earlier line"), REASON)

VERBS = (
    Verb(
        "lines add",
        "add the data of an earlier line",
        _ADD,
        _add,
        lambda answer, _service, _arguments: line_added_text(answer),
        check=_add_check,
        examples=(
            "lines add nmc622-line4 old.csv --name line2 --map 'Gap [mm]=coating_gap' "
            "--unit 'Gap [mm]=mm'",
            "lines add nmc622-line4 --from nmc622-line3",
        ),
        writes=True,
    ),
    Verb(
        "lines show",
        "earlier lines and how far they are trusted",
        (CAMPAIGN,),
        "lines.list",
        lambda answer, _service, _arguments: lines_text(answer),
    ),
    Verb(
        "lines exclude",
        "do not use a line any more",
        _SWITCH,
        "lines.exclude",
        lambda answer, _service, _arguments: line_switched_text(answer),
        writes=True,
    ),
    Verb(
        "lines include",
        "use a line again",
        _SWITCH,
        "lines.include",
        lambda answer, _service, _arguments: line_switched_text(answer),
        writes=True,
    ),
)
