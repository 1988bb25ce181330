"""Verbs about earlier lines: add, show, exclude, include."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from designer.campaigns.errors import Problem
from designer.cli.errors import UsageError
from designer.cli.text.lines import line_added_text, line_switched_text, lines_text
from designer.cli.verbs.arguments import Pairs, Parser, read_pairs
from designer.cli.verbs.campaign import add_campaign
from designer.cli.verbs.verb import Verb

if TYPE_CHECKING:
    from designer.service import Service
    from designer.service.answers import LineAddedAnswer

ONLY_FROM_FILES = ("map", "unit", "where", "mapping", "extra")


def _add_arguments(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument("file", metavar="FILE", nargs="?", help="data as .csv or .xlsx")
    parser.add_argument(
        "--from", dest="other", metavar="OTHER_CAMPAIGN", help="take the runs of a campaign instead"
    )
    parser.add_argument("--name", metavar="LINE", help="name of the line (needed with FILE)")
    for option, form, told in (
        ("--map", "filecolumn=name", "which column holds which factor or response"),
        ("--set", "factor=value", "a setting that is the same in all rows, perhaps `unknown`"),
        ("--unit", "column=mm", "unit of a column, where it differs from the declared one"),
        ("--where", "column=value", "take only these rows"),
    ):
        parser.add_argument(option, metavar=form, nargs="+", action="extend", help=told)
    parser.add_argument(
        "--other",
        dest="others",
        metavar="FACTOR",
        nargs="+",
        action="extend",
        help="keep rows whose category the campaign does not have",
    )
    parser.add_argument(
        "--extra",
        dest="extras",
        metavar="filecolumn",
        nargs="+",
        action="extend",
        help="a number that only this line varied: it explains results, and is not taken for noise",
    )
    parser.add_argument(
        "--mapping",
        metavar="FILE.toml",
        help="the same in a file: [map] [set] [unit] [where], other = [FACTOR], extra = [COLUMN]",
    )


def _told(arguments: Namespace, option: str) -> bool:
    return getattr(arguments, "extras" if option == "extra" else option) is not None


def _add_check(arguments: Namespace) -> None:
    problems = []
    if (arguments.file is None) == (arguments.other is None):
        problems.append(Problem("lines add", "name either a FILE or --from OTHER_CAMPAIGN"))
    elif arguments.file is not None and arguments.name is None:
        problems.append(Problem("--name", "is missing: a line from a file needs a name"))
    elif arguments.other is not None:
        used = [f"--{name}" for name in ONLY_FROM_FILES if _told(arguments, name)]
        problems += [Problem(option, "belongs to a FILE, not to --from") for option in used]
    if problems:
        raise UsageError(problems)
    read_pairs(
        arguments,
        Pairs("map", "--map", last=True),
        Pairs("set", "--set"),
        Pairs("unit", "--unit", last=True),
        Pairs("where", "--where", empty=True),
    )


def _add(service: Service, arguments: Namespace) -> LineAddedAnswer:
    if arguments.other is not None:
        return service.lines.add_from_campaign(
            arguments.campaign,
            arguments.other,
            name=arguments.name,
            constants=arguments.set,
            others=arguments.others or (),
        )
    return service.lines.add(
        arguments.campaign,
        Path(arguments.file),
        name=arguments.name,
        columns=arguments.map,
        constants=arguments.set,
        units=arguments.unit,
        where=arguments.where,
        extras=arguments.extras or (),
        others=arguments.others or (),
        mapping=None if arguments.mapping is None else Path(arguments.mapping),
    )


def _switch_arguments(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument("line", metavar="LINE", help="name of the earlier line")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why, for the history")


VERBS = (
    Verb(
        "lines add",
        "add the data of an earlier line",
        _add_arguments,
        _add,
        lambda answer, _service, _arguments: line_added_text(answer),
        check=_add_check,
        examples=(
            "lines add nmc622-line4 old.csv --name line2 --map 'Gap [mm]=coating_gap' "
            "--unit 'Gap [mm]=mm'",
            "lines add nmc622-line4 --from nmc622-line3",
        ),
    ),
    Verb(
        "lines show",
        "earlier lines and how far they are trusted",
        add_campaign,
        lambda service, arguments: service.lines.list(arguments.campaign),
        lambda answer, _service, _arguments: lines_text(answer),
    ),
    Verb(
        "lines exclude",
        "do not use a line any more",
        _switch_arguments,
        lambda service, arguments: service.lines.exclude(
            arguments.campaign, arguments.line, arguments.reason
        ),
        lambda answer, _service, _arguments: line_switched_text(answer),
    ),
    Verb(
        "lines include",
        "use a line again",
        _switch_arguments,
        lambda service, arguments: service.lines.include(
            arguments.campaign, arguments.line, arguments.reason
        ),
        lambda answer, _service, _arguments: line_switched_text(answer),
    ),
)
