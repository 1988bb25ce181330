"""Verbs about what to do next: propose, start, abandon, reopen."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from designer.cli.text.plan import plan_text
from designer.cli.text.results import done_text, head_text
from designer.cli.verbs.arguments import (
    Pairs,
    Parser,
    positive_amount,
    positive_whole,
    read_pairs,
    seed_number,
)
from designer.cli.verbs.campaign import add_campaign, add_optional_reason
from designer.cli.verbs.verb import Verb

if TYPE_CHECKING:
    from designer.service import Service
    from designer.service.answers import PlanAnswer


def _propose_arguments(parser: Parser) -> None:
    from designer.campaigns.specification.parts import DEFAULT_RUNS

    add_campaign(parser)
    parser.add_argument(
        "-n",
        metavar="N",
        type=positive_whole,
        help=f"number of runs (default {DEFAULT_RUNS}; see --budget)",
    )
    parser.add_argument(
        "--budget", metavar="COST", type=positive_amount,
        help="what the plan may cost; without -n as many runs as fit",
    )  # fmt: skip
    parser.add_argument(
        "--fix", metavar="factor=value", nargs="+", action="extend", help="keep a factor there"
    )
    parser.add_argument(
        "--given", metavar="name=value", nargs="+", action="extend", help="what is known before"
    )
    parser.add_argument(
        "--replace", action="store_true", help="first abandon the runs that are still open"
    )
    parser.add_argument("--seed", metavar="S", type=seed_number, help="for random choices")
    parser.add_argument("--dry-run", action="store_true", help="show the plan, store nothing")


def _propose_check(arguments: Namespace) -> None:
    read_pairs(arguments, Pairs("fix", "--fix"), Pairs("given", "--given"))


def _propose(service: Service, arguments: Namespace) -> PlanAnswer:
    return service.plans.propose(
        arguments.campaign,
        arguments.n,
        budget=arguments.budget,
        fix=arguments.fix,
        given=arguments.given,
        replace=arguments.replace,
        seed=arguments.seed,
        dry_run=arguments.dry_run,
    )


def _start_arguments(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument("run", metavar="RUN", help="such as R007")


def _abandon_arguments(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument("runs", metavar="RUN", nargs="+", help="such as R007")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why, for the history")


def _reopen_arguments(parser: Parser) -> None:
    _start_arguments(parser)
    add_optional_reason(parser)


VERBS = (
    Verb(
        "propose",
        "the next plan: which runs teach the most for their cost",
        _propose_arguments,
        _propose,
        plan_text,
        check=_propose_check,
        examples=(
            "propose nmc622-line4 -n 6",
            "propose nmc622-line4 --budget 8 --fix binder=PVDF-A --given humidity=35",
        ),
    ),
    Verb(
        "start",
        "a run is being made now",
        _start_arguments,
        lambda service, arguments: service.runs.start(arguments.campaign, arguments.run),
        lambda answer, _service, _arguments: done_text(answer, f"{answer['run']} is being made"),
    ),
    Verb(
        "abandon",
        "runs that will not be made, nor proposed again",
        _abandon_arguments,
        lambda service, arguments: service.runs.abandon(
            arguments.campaign, arguments.runs, arguments.reason
        ),
        lambda answer, _service, _arguments: [
            f"Abandoned: {', '.join(answer['runs'])}.",
            *head_text(answer),
        ],
    ),
    Verb(
        "reopen",
        "take back that a run failed or was abandoned",
        _reopen_arguments,
        lambda service, arguments: service.runs.reopen(
            arguments.campaign, arguments.run, arguments.reason
        ),
        lambda answer, _service, _arguments: done_text(answer, f"{answer['run']} is open again"),
    ),
)
