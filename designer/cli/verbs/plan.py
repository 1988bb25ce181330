"""Verbs about what to do next: propose, start, abandon, reopen."""

from __future__ import annotations

from dataclasses import replace

from designer.campaigns.specification.parts import DEFAULT_RUNS
from designer.cli.text.plan import plan_text
from designer.cli.text.results import done, head_text
from designer.cli.verbs.arguments import (
    CAMPAIGN,
    GIVEN,
    OPTIONAL_REASON,
    REASON,
    RUN,
    Argument,
)
from designer.cli.verbs.verb import Verb

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
            Argument("--seed", "S", "for random choices"),
            Argument("--dry-run", None, "show the plan, store nothing"),
        ),
        "plans.propose",
        plan_text,
        examples=(
            "propose nmc622-line4 -n 6",
            "propose nmc622-line4 --budget 8 --fix binder=PVDF-A --given humidity=35",
        ),
    ),
    Verb(
        "start",
        "a run is being made now",
        (CAMPAIGN, RUN),
        "runs.start",
        done("{run} is being made"),
    ),
    Verb(
        "abandon",
        "runs that will not be made, nor proposed again",
        (CAMPAIGN, replace(RUN, name="runs", nargs="+"), REASON),
        "runs.abandon",
        lambda answer, _service, _arguments: [
            f"Abandoned: {', '.join(answer['runs'])}.",
            *head_text(answer),
        ],
    ),
    Verb(
        "reopen",
        "take back that a run failed or was abandoned",
        (CAMPAIGN, RUN, OPTIONAL_REASON),
        "runs.reopen",
        done("{run} is open again"),
    ),
)
