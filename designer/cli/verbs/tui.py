"""The terminal UI: everything the verbs do, on screens."""

from __future__ import annotations

import sys
from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from designer.campaigns.errors import Problem
from designer.cli.errors import UsageError
from designer.cli.verbs.arguments import CAMPAIGN
from designer.cli.verbs.verb import Verb

if TYPE_CHECKING:
    from designer.service import Service


class Closed(TypedDict):
    """How the terminal UI ended."""

    exit_code: int


def on_terminal() -> bool:
    """Whether a person sits in front of this process."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _run(service: Service, arguments: Namespace) -> Closed:
    if getattr(arguments, "json", False):
        raise UsageError(
            Problem("tui", "shows screens, not JSON", hint="designer status NAME --json")
        )
    if not on_terminal():
        hint = "designer status NAME and designer show NAME tell the same as text"
        raise UsageError(Problem("tui", "needs a terminal", hint=hint))
    from designer.tui.start import open_ui

    return {"exit_code": open_ui(service, arguments.campaign)}


VERBS = (
    Verb(
        "tui",
        "the terminal UI (as designer alone on a terminal)",
        (replace(CAMPAIGN, help="what to open first", nargs="?"),),
        _run,
        lambda _answer, _service, _arguments: [],
        examples=("tui", "tui nmc622-line4"),
        exit_code=lambda answer: answer["exit_code"],
    ),
)
