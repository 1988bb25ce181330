"""Verbs about what is known: status, best, predict, history."""

from __future__ import annotations

from argparse import Namespace

from designer.cli.text.plan import best_text, predicted_text
from designer.cli.text.results import history_text
from designer.cli.text.status import status_text
from designer.cli.verbs.arguments import CAMPAIGN, GIVEN, Argument, file_or_pairs
from designer.cli.verbs.verb import Verb


def _predict_check(arguments: Namespace) -> None:
    file_or_pairs(arguments, "source")


VERBS = (
    Verb(
        "status",
        "where the campaign stands",
        (CAMPAIGN, Argument("--refresh", None, "evaluate the models anew (takes seconds)")),
        "models.status",
        status_text,
    ),
    Verb(
        "best",
        "recommended set-points with their probability of being in spec",
        (CAMPAIGN, Argument("-n", "N", "how many (default 5)", default=5)),
        "models.best",
        best_text,
    ),
    Verb(
        "predict",
        "what recipes would give",
        (
            CAMPAIGN,
            Argument("source", "FILE.csv|factor=value", "a table of recipes, or one"),
            GIVEN,
            Argument("--out", "FILE", "write the table there", writes=("csv",)),
            Argument("--force", None, "replace an existing file"),
        ),
        "models.predict",
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
            Argument("--limit", "N", "only the last events"),
        ),
        "campaigns.history",
        lambda answer, _service, _arguments: history_text(answer),
        paged=True,
        examples=("history nmc622-line4 --limit 20", "history nmc622-line4 R007"),
    ),
)
