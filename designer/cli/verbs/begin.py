"""To begin with: the demo, shown while it happens, and the terminal UI, here or in a browser."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from designer.campaigns.errors import InputError, Problem, StorageError
from designer.cli.errors import UsageError
from designer.cli.text.demo import demo_text, live_demo, step_text
from designer.cli.verbs.arguments import CAMPAIGN, Argument
from designer.cli.verbs.verb import Verb

if TYPE_CHECKING:
    from designer.service import Service
    from designer.service.demo import DemoAnswer, DemoStep


_PORT = 8765
_PORTS = 65535
_WEB_DRIVER = "textual.drivers.web_driver:WebDriver"  # `designer serve` sets it


def on_terminal() -> bool:
    """Whether a person sits in front of this process, or of the browser that shows it."""
    if os.environ.get("TEXTUAL_DRIVER") == _WEB_DRIVER:
        return True
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
    from designer.places import keys_file
    from designer.tui.keys import actions, keymap

    keymap.apply(keys_file())  # before any screen is loaded: it is made from the table
    if getattr(arguments, "keys", False):
        sys.stdout.write(f"# kept in {keys_file()}\n{keymap.written(actions.ACTIONS)}")
        return {"exit_code": 0}
    if not on_terminal():
        hint = "designer status NAME and designer show NAME tell the same as text"
        raise UsageError(Problem("tui", "needs a terminal", hint=hint))
    from designer.tui.app import open_ui

    plain_signs = getattr(arguments, "ascii", False)  # not asked of `designer` alone
    return {"exit_code": open_ui(service, arguments.campaign, ascii_only=plain_signs)}


def _check_serve(arguments: Namespace) -> None:
    if getattr(arguments, "json", False):
        hint = "designer status NAME --json"
        raise UsageError(Problem("serve", "shows screens, not JSON", hint=hint))
    if arguments.host in ("0.0.0.0", "::", "*", ""):  # noqa: S104 - refused here
        what = "is no name a browser can use, and would let everybody in"
        hint = "Say the name or address that the browsers use"
        raise UsageError(Problem("--host", what, repr(arguments.host), hint=hint))
    if not 1 <= arguments.port <= _PORTS:
        raise UsageError(Problem("--port", "is no port", str(arguments.port), f"1 to {_PORTS}"))


def _serve(service: Service, arguments: Namespace) -> Mapping[str, int]:
    try:
        from designer.browser.guard import LOOPBACK, Guard
        from designer.browser.server import BrowserServer, command_of
    except ImportError as error:
        hint = "pip install 'pilot-designer[web]'"
        raise UsageError(Problem("serve", f"needs {error.name}", hint=hint)) from None
    import asyncio

    store = service.session.store
    if store.path is None:
        raise StorageError("the terminal UI needs a store that is a file")
    store.refuse_missing(default=False)
    named = [] if arguments.campaign is None else [arguments.campaign]
    if named:
        service.session.state(named[0])
    words = ["tui", *named, "--store", store.url, "--actor", service.session.actor]
    guard = Guard(arguments.host, arguments.port)
    server = BrowserServer(command_of(words), "designer", guard)

    def ready() -> None:
        sys.stdout.write(f"Open {guard.address}\n")
        if arguments.host not in LOOPBACK:
            sys.stdout.write(
                "! Everybody in the network who has this address can enter results, and what is"
                " typed is not encrypted.\n"
            )
        sys.stdout.write("ctrl+c ends all sessions; what was saved stays.\n")
        sys.stdout.flush()

    try:
        asyncio.run(server.serve(ready))
    except OSError as error:
        told = f"{arguments.host}:{arguments.port}"
        hint = "Another program may use it: say another --port, or an address of this computer"
        what = f"cannot listen there ({error.strerror or error})"
        raise InputError(Problem("--port", what, told, hint=hint)) from None
    return {"exit_code": 0}


VERBS = (
    Verb(
        "serve",
        "the terminal UI in a browser",
        (
            replace(CAMPAIGN, help="what to open first", nargs="?"),
            Argument(
                "--host",
                "NAME",
                "where to listen (default 127.0.0.1: this computer alone)",
                default="127.0.0.1",
            ),
            Argument("--port", "N", f"on which port (default {_PORT})", default=_PORT),
        ),
        _serve,
        lambda _answer, _service, _arguments: [],
        check=_check_serve,
        examples=("serve", "serve nmc622-line4 --port 9000"),
        not_repeatable="People enter things there one by one, so it takes no --request-id:"
        " scripts call the verbs (record, propose, ...), each with an id of its own.",
        exit_code=lambda answer: answer["exit_code"],
    ),
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
            Argument("--keys", None, "print which keys do what, as a file to change them with"),
        ),
        _screens,
        lambda _answer, _service, _arguments: [],
        examples=("tui", "tui nmc622-line4", "tui --ascii", "tui --keys"),
        not_repeatable="A person enters things there one by one, so it takes no --request-id:"
        " scripts call the verbs (record, propose, ...), each with an id of its own.",
        exit_code=lambda answer: answer["exit_code"],
    ),
)
