"""Verbs about what is known: status, best, predict, history."""

from __future__ import annotations

import re
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from designer.cli.text.plan import best_text, predicted_text
from designer.cli.text.results import history_text
from designer.cli.text.status import status_text
from designer.cli.verbs.arguments import (
    Pairs,
    Parser,
    positive_whole,
    read_pairs,
)
from designer.cli.verbs.campaign import add_campaign
from designer.cli.verbs.verb import Verb

if TYPE_CHECKING:
    from designer.service import Service
    from designer.service.answers import PredictAnswer


def _status_arguments(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument(
        "--refresh", action="store_true", help="evaluate the models anew (takes seconds)"
    )


def _best_arguments(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument(
        "-n", metavar="N", type=positive_whole, default=5, help="how many (default 5)"
    )


def _predict_arguments(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument(
        "recipe", metavar="FILE.csv|factor=value", nargs="+", help="a table of recipes, or one"
    )
    parser.add_argument(
        "--given", metavar="name=value", nargs="+", action="extend", help="what is known before"
    )
    parser.add_argument("--out", metavar="FILE", help="write the table there")
    parser.add_argument("--force", action="store_true", help="replace an existing file")


def _predict_check(arguments: Namespace) -> None:
    first = arguments.recipe[0]
    # a file may have "=" in its name, but a factor is never called "./a" or "old data"
    is_file = len(arguments.recipe) == 1 and not re.match(r"\s*(?:[A-Za-z_]\w*\s*)?=", first)
    if is_file:
        arguments.recipe, arguments.source = None, Path(first)
    read_pairs(arguments, Pairs("recipe", "factor=value"), Pairs("given", "--given"))
    if not is_file:
        arguments.source = arguments.recipe


def _predict(service: Service, arguments: Namespace) -> PredictAnswer:
    return service.models.predict(
        arguments.campaign,
        arguments.source,
        given=arguments.given,
        out=None if arguments.out is None else Path(arguments.out),
        force=arguments.force,
    )


def _history_arguments(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument("run", metavar="RUN", nargs="?", help="only what concerns this run")
    parser.add_argument("--since", metavar="TIME", help="only what was entered from then on")


VERBS = (
    Verb(
        "status",
        "where the campaign stands",
        _status_arguments,
        lambda service, arguments: service.models.status(
            arguments.campaign, refresh=arguments.refresh
        ),
        status_text,
    ),
    Verb(
        "best",
        "recommended set-points with their probability of being in spec",
        _best_arguments,
        lambda service, arguments: service.models.best(arguments.campaign, arguments.n),
        best_text,
    ),
    Verb(
        "predict",
        "what recipes would give",
        _predict_arguments,
        _predict,
        predicted_text,
        check=_predict_check,
        examples=(
            "predict nmc622-line4 solid_content=56 coating_gap=100",
            "predict nmc622-line4 recipes.csv --out predicted.csv",
        ),
    ),
    Verb(
        "history",
        "who did what",
        _history_arguments,
        lambda service, arguments: service.campaigns.history(
            arguments.campaign, arguments.run, arguments.since
        ),
        lambda answer, _service, _arguments: history_text(answer),
    ),
)
