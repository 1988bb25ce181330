"""To begin with: the demo, shown while it happens, and the terminal UI with its screens."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from designer.campaigns.errors import Problem
from designer.cli.errors import UsageError
from designer.cli.text.demo import demo_text, live_demo, step_text
from designer.cli.verbs.arguments import CAMPAIGN, Argument
from designer.cli.verbs.verb import Verb

if TYPE_CHECKING:
    from designer.service import Service
    from designer.service.demo import DemoAnswer, DemoStep


def on_terminal() -> bool:
    """Whether a person sits in front of this process."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _demo(service: Service, arguments: Namespace) -> DemoAnswer:
    from designer.service.demo import demo

    if getattr(arguments, "json", False):
        return demo(service, arguments.runs)
    if sys.stdout is not None and sys.stdout.isatty():
        with live_demo(arguments.runs) as show:
            return demo(service, arguments.runs, show)

    def tell(step: DemoStep) -> None:
        sys.stdout.write("".join(f"{line}\n" for line in step_text(step)))
        sys.stdout.flush()

    return demo(service, arguments.runs, tell)


def _screens(service: Service, arguments: Namespace) -> Mapping[str, int]:
    if getattr(arguments, "json", False):
        hint = "designer status NAME --json"
        raise UsageError(Problem("tui", "shows screens, not JSON", hint=hint))
    if not on_terminal():
        hint = "designer status NAME and designer show NAME tell the same as text"
        raise UsageError(Problem("tui", "needs a terminal", hint=hint))
    from designer.tui.app import open_ui

    plain_signs = getattr(arguments, "ascii", False)  # not asked of `designer` alone
    return {"exit_code": open_ui(service, arguments.campaign, ascii_only=plain_signs)}


VERBS = (
    Verb(
        "demo",
        "a whole campaign on the built-in pilot-line twin",
        (Argument("--runs", "N", "how many runs (default 16)", default=16),),
        _demo,
        lambda answer, _service, _arguments: demo_text(answer),
        examples=("demo", "demo --runs 8"),
        not_repeatable="Every demo begins a campaign of its own (demo, demo-2, ...) with many"
        " entries, so it takes no --request-id: one that was cut short stays as it is, and is"
        " looked at with designer list.",
    ),
    Verb(
        "tui",
        "the terminal UI (as designer alone on a terminal)",
        (
            replace(CAMPAIGN, help="what to open first", nargs="?"),
            Argument("--ascii", None, "draw pictures with plain characters"),
        ),
        _screens,
        lambda _answer, _service, _arguments: [],
        examples=("tui", "tui nmc622-line4", "tui --ascii"),
        not_repeatable="A person enters things there one by one, so it takes no --request-id:"
        " scripts call the verbs (record, propose, ...), each with an id of its own.",
        exit_code=lambda answer: answer["exit_code"],
    ),
)
