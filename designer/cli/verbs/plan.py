"""Verbs about what to do next (propose, start, abandon, reopen) and what is known."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace

from designer.campaigns.errors import Problem
from designer.campaigns.specification.parts import DEFAULT_RUNS
from designer.cli.errors import UsageError
from designer.cli.text.plan import best_text, plan_text, predicted_text
from designer.cli.text.results import abandoned_text, done, history_text
from designer.cli.text.status import status_text
from designer.cli.verbs.arguments import (
    CAMPAIGN,
    GIVEN,
    OPTIONAL_REASON,
    REASON,
    RUN,
    Argument,
    file_or_pairs,
)
from designer.cli.verbs.verb import Verb


def _propose_check(arguments: Namespace) -> None:
    others = {"--replace": arguments.replace, "--budget": arguments.budget is not None}
    if arguments.top_up:
        what = "does not go together with --top-up"
        problems = [Problem(option, what) for option, told in others.items() if told]
        if problems:
            raise UsageError(problems)


def _predict_check(arguments: Namespace) -> None:
    file_or_pairs(arguments, "source")


VERBS = (
    Verb(
        "propose",
        "the next plan: which runs teach the most for their cost",
        (
            CAMPAIGN,
            Argument("-n", "N", f"number of runs (default {DEFAULT_RUNS}; see --budget)"),
            Argument("--budget", "COST", "what the plan may cost; without -n as many runs as fit"),
            Argument("--fix", "factor=value", "keep a factor there"),
            GIVEN,
            Argument("--replace", None, "first abandon the runs that are still open"),
            Argument(
                "--top-up",
                None,
                "only what is missing to N open runs, perhaps nothing; proposed runs that break the"
                " changed specification do not count",
            ),
            Argument("--seed", "S", "for random choices"),
            Argument("--dry-run", None, "show the plan, store nothing"),
        ),
        "plans.propose",
        plan_text,
        check=_propose_check,
        examples=(
            "propose nmc622-line4 -n 6",
            "propose nmc622-line4 --budget 8 --fix binder=PVDF-A --given humidity=35",
            "propose nmc622-line4 --top-up -n 8",
        ),
        writes=True,
    ),
    Verb(
        "start",
        "a run is being made now",
        (
            CAMPAIGN,
            RUN,
            Argument("--anyway", None, "although it breaks the changed specification"),
        ),
        "runs.start",
        done("{run} is being made"),
        writes=True,
    ),
    Verb(
        "abandon",
        "runs that will not be made, nor proposed again",
        (CAMPAIGN, replace(RUN, name="runs", nargs="+"), REASON),
        "runs.abandon",
        abandoned_text,
        writes=True,
    ),
    Verb(
        "reopen",
        "take back that a run failed or was abandoned",
        (CAMPAIGN, RUN, OPTIONAL_REASON),
        "runs.reopen",
        done("{run} is open again"),
        writes=True,
    ),
)


KNOWN_VERBS = (
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
