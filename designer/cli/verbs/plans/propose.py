"""The verb about what to do next: propose."""

from __future__ import annotations

from argparse import Namespace

from designer.campaigns.errors import Problem
from designer.campaigns.specification.parts import DEFAULT_RUNS
from designer.cli.errors import UsageError
from designer.cli.text.plan import plan_text
from designer.cli.verbs.arguments import CAMPAIGN, GIVEN, Argument
from designer.cli.verbs.verb import Verb


def _propose_check(arguments: Namespace) -> None:
    others = {"--replace": arguments.replace, "--budget": arguments.budget is not None}
    if arguments.top_up:
        what = "does not go together with --top-up"
        problems = [Problem(option, what) for option, told in others.items() if told]
        if problems:
            raise UsageError(problems)


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
)
