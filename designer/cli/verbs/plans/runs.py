"""Verbs about the runs of a plan: start, abandon, reopen."""

from __future__ import annotations

from dataclasses import replace

from designer.cli.text.results import abandoned_text, done
from designer.cli.verbs.arguments import CAMPAIGN, OPTIONAL_REASON, REASON, RUN, Argument
from designer.cli.verbs.verb import Verb

VERBS = (
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
