"""Verbs about whole campaigns: init, list, show, amend, close."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, final

from designer.campaigns.errors import Problem
from designer.cli.errors import UsageError
from designer.cli.text.campaign import (
    amended_text,
    campaign_text,
    closed_text,
    created_text,
    list_text,
)
from designer.cli.text.run import run_text
from designer.cli.verbs.arguments import Parser
from designer.cli.verbs.verb import Verb, no_notes

if TYPE_CHECKING:
    from designer.service import Service
    from designer.service.answers import CampaignAnswer, CreatedAnswer, RunAnswer


def add_campaign(parser: Parser) -> None:
    """Add the argument nearly every verb begins with."""
    parser.add_argument("campaign", metavar="CAMPAIGN", help="name of the campaign")


def add_optional_reason(parser: Parser) -> None:
    """Add ``--reason`` where the history may, but need not, tell one."""
    parser.add_argument("--reason", metavar="TEXT", help="why, for the history")


def _init_arguments(parser: Parser) -> None:
    parser.add_argument("spec", metavar="SPEC.toml", nargs="?", help="the specification")
    parser.add_argument(
        "--example", action="store_true", help="print a commented specification to start from"
    )


def _init_check(arguments: Namespace) -> None:
    if (arguments.spec is None) != arguments.example:
        told = "name either a specification file or --example"
        raise UsageError(Problem("init", told, hint="designer init --example > spec.toml"))


@final
class Example(TypedDict):
    """A commented specification to start from."""

    specification: str


def _init(service: Service, arguments: Namespace) -> Example | CreatedAnswer:
    if arguments.example:
        return {"specification": service.campaigns.example()}
    return service.campaigns.create(Path(arguments.spec))


def _init_text(
    answer: Example | CreatedAnswer, _service: Service, _arguments: Namespace
) -> list[str]:
    if "specification" in answer:
        return answer["specification"].splitlines()
    return created_text(answer)


def _show_arguments(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument("run", metavar="RUN", nargs="?", help="one run, such as R007")


def _show(service: Service, arguments: Namespace) -> CampaignAnswer | RunAnswer:
    if arguments.run is None:
        return service.campaigns.show(arguments.campaign)
    return service.runs.show(arguments.campaign, arguments.run)


def _show_text(
    answer: CampaignAnswer | RunAnswer, service: Service, arguments: Namespace
) -> list[str]:
    if "spec" in answer:
        return campaign_text(answer)
    return run_text(answer, service, arguments.campaign)


def _amend_arguments(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument("spec", metavar="SPEC.toml", help="the whole new specification")
    parser.add_argument("--dry-run", action="store_true", help="only show the difference")
    add_optional_reason(parser)


def _close_arguments(parser: Parser) -> None:
    add_campaign(parser)
    add_optional_reason(parser)


VERBS = (
    Verb(
        "init",
        "start a campaign from a specification",
        _init_arguments,
        _init,
        _init_text,
        check=_init_check,
        examples=("init --example > spec.toml", "init spec.toml"),
    ),
    Verb(
        "list",
        "all campaigns, newest first",
        lambda _parser: None,
        lambda service, _arguments: service.campaigns.list(),
        lambda answer, _service, _arguments: list_text(answer),
    ),
    Verb(
        "show",
        "details of a campaign or of one run",
        _show_arguments,
        _show,
        _show_text,
        notes=no_notes,  # those of a run are part of its text
        examples=("show nmc622-line4", "show nmc622-line4 R007"),
    ),
    Verb(
        "amend",
        "change windows, ranges, constraints, costs; old runs are kept",
        _amend_arguments,
        lambda service, arguments: service.campaigns.amend(
            arguments.campaign,
            Path(arguments.spec),
            reason=arguments.reason,
            dry_run=arguments.dry_run,
        ),
        lambda answer, _service, _arguments: amended_text(answer),
        examples=("amend nmc622-line4 spec.toml --dry-run",),
    ),
    Verb(
        "close",
        "finish a campaign",
        _close_arguments,
        lambda service, arguments: service.campaigns.close(
            arguments.campaign, reason=arguments.reason
        ),
        lambda answer, _service, _arguments: closed_text(answer),
    ),
)
