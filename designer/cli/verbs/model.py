"""Verbs about what is known: status, best, predict, history."""

from __future__ import annotations

import re
from argparse import Namespace
from pathlib import Path

from designer.cli.text.plan import best_text, predicted_text
from designer.cli.text.results import history_text
from designer.cli.text.status import status_text
from designer.cli.verbs.arguments import CAMPAIGN, GIVEN, Argument, Pairs, positive_whole
from designer.cli.verbs.verb import Verb


def _predict_check(arguments: Namespace) -> None:
    first = arguments.recipe[0]
    arguments.table = None
    # a file may have "=" in its name, but a factor is never called "./a" or "old data"
    if len(arguments.recipe) == 1 and not re.match(r"\s*(?:[A-Za-z_]\w*\s*)?=", first):
        arguments.recipe, arguments.table = None, Path(first)


VERBS = (
    Verb(
        "status",
        "where the campaign stands",
        (CAMPAIGN, Argument("--refresh", None, "evaluate the models anew (takes seconds)")),
        lambda service, arguments: service.models.status(
            arguments.campaign, refresh=arguments.refresh
        ),
        status_text,
    ),
    Verb(
        "best",
        "recommended set-points with their probability of being in spec",
        (CAMPAIGN, Argument("-n", "N", "how many (default 5)", type=positive_whole, default=5)),
        lambda service, arguments: service.models.best(arguments.campaign, arguments.n),
        best_text,
    ),
    Verb(
        "predict",
        "what recipes would give",
        (
            CAMPAIGN,
            Argument(
                "recipe",
                "FILE.csv|factor=value",
                "a table of recipes, or one",
                nargs="+",
                pairs=Pairs("factor=value"),
            ),
            GIVEN,
            Argument("--out", "FILE", "write the table there", type=Path),
            Argument("--force", None, "replace an existing file"),
        ),
        lambda service, arguments: service.models.predict(
            arguments.campaign,
            arguments.table or arguments.recipe,
            given=arguments.given,
            out=arguments.out,
            force=arguments.force,
        ),
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
        (
            CAMPAIGN,
            Argument("run", "RUN", "only what concerns this run", nargs="?"),
            Argument("--since", "TIME", "only what was entered from then on"),
        ),
        lambda service, arguments: service.campaigns.history(
            arguments.campaign, arguments.run, arguments.since
        ),
        lambda answer, _service, _arguments: history_text(answer),
    ),
)
