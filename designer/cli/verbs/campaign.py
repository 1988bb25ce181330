"""Verbs about whole campaigns: init, list, show, amend, close."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, TypedDict, final

from designer.campaigns.errors import Problem
from designer.cli.errors import UsageError
from designer.cli.text.campaign import amended_text, campaign_text, created_text, list_text
from designer.cli.text.results import done, run_text
from designer.cli.verbs.arguments import CAMPAIGN, OPTIONAL_REASON, Argument
from designer.cli.verbs.verb import Verb

if TYPE_CHECKING:
    from designer.service import Service
    from designer.service.answers import CampaignAnswer, CreatedAnswer, RunAnswer


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
    return service.campaigns.create(arguments.spec)


def _init_text(
    answer: Example | CreatedAnswer, _service: Service, _arguments: Namespace
) -> list[str]:
    if "specification" in answer:
        return answer["specification"].splitlines()
    return created_text(answer)


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


VERBS = (
    Verb(
        "init",
        "start a campaign from a specification",
        (
            Argument("spec", "SPEC.toml", "the specification", nargs="?"),
            Argument("--example", None, "print a commented specification to start from"),
        ),
        _init,
        _init_text,
        check=_init_check,
        examples=("init --example > spec.toml", "init spec.toml"),
        writes=True,
    ),
    Verb(
        "list",
        "all campaigns, newest first",
        (),
        "campaigns.list",
        lambda answer, _service, _arguments: list_text(answer),
    ),
    Verb(
        "show",
        "details of a campaign or of one run",
        (CAMPAIGN, Argument("run", "RUN", "one run, such as R007", nargs="?")),
        _show,
        _show_text,
        paged=True,
        notes=False,  # those of a run are part of its text
        examples=("show nmc622-line4", "show nmc622-line4 R007"),
    ),
    Verb(
        "amend",
        "change windows, ranges, constraints, costs; old runs are kept",
        (
            CAMPAIGN,
            Argument("source", "SPEC.toml", "the whole new specification"),
            Argument("--dry-run", None, "only show the difference"),
            OPTIONAL_REASON,
        ),
        "campaigns.amend",
        lambda answer, _service, _arguments: amended_text(answer),
        examples=("amend nmc622-line4 spec.toml --dry-run",),
        writes=True,
    ),
    Verb(
        "close",
        "finish a campaign",
        (CAMPAIGN, OPTIONAL_REASON),
        "campaigns.close",
        done("{campaign} is closed"),
        writes=True,
    ),
)
