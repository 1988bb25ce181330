"""One call of the program: read the words, ask the service, show the answer, end with a code."""

from __future__ import annotations

import io
import sys
import warnings
from argparse import Namespace
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

from designer.campaigns.errors import DesignerError, Problem, StoreDamagedError
from designer.campaigns.version import program_version
from designer.cli.console import Console
from designer.cli.errors import UsageError
from designer.cli.parser import Call, read_command_line
from designer.cli.streams import open_streams
from designer.cli.verbs import VERBS
from designer.cli.verbs.begin import on_terminal
from designer.cli.verbs.verb import Answer, Verb

if TYPE_CHECKING:
    from designer.campaigns.files import FileInMemory
    from designer.campaigns.store.request import CommandRequest
    from designer.service import Service


def main(tokens: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        tokens: words after ``designer``; default: those of this process.

    Returns:
        The exit code.
    """
    words = list(sys.argv[1:] if tokens is None else tokens)
    typed_options = words[: words.index("--")] if "--" in words else words
    wants_json = any(word.partition("=")[0] == "--json" for word in typed_options)
    console = Console(json=wants_json, quiet="--quiet" in typed_options)
    if not sys.warnoptions:  # other people's deprecations tell a user nothing
        warnings.simplefilter("ignore")
    try:
        code = _guarded(words, console)
        console.flush()
    except BrokenPipeError:  # as in `designer history NAME | head`: the reader has seen enough
        console.abandon_stdout()
        return 0
    except DesignerError as error:
        console.abandon_stdout()
        return console.fail(error, words)
    except KeyboardInterrupt as error:
        return console.fail(error, words)
    return code


def _guarded(words: Sequence[str], console: Console) -> int:
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            call = read_command_line(words)
        return _call(call, console)
    except SystemExit as end:  # argparse after --help
        text = printed.getvalue()
        if console.json:
            console.data({"help": text})
        else:
            console.lines(text.splitlines())
        return end.code if isinstance(end.code, int) else 0
    except BrokenPipeError:
        raise
    except Exception as error:
        return console.fail(error, words)


def _call(call: Call, console: Console) -> int:
    if call.verb is not None:
        return _answer(call.verb, call.arguments, console)
    if call.arguments.version:
        version = program_version()
        if console.json:
            console.data({"version": version})
        else:
            console.lines([f"designer {version}"])
        return 0
    if console.json or not on_terminal():
        raise UsageError(Problem("", "say what to do", hint="designer --help lists the verbs"))
    arguments = Namespace(**vars(call.arguments), campaign=None)
    return _answer(VERBS["tui"], arguments, console)


def _answer(verb: Verb, arguments: Namespace, console: Console) -> int:
    written = open_streams(arguments, verb.arguments)
    service = open_service(arguments, console)
    if hasattr(arguments, "request_id"):
        service.session.request = _request(verb, arguments)
    return _shown(verb, arguments, console, service, written)


def _shown(
    verb: Verb,
    arguments: Namespace,
    console: Console,
    service: Service,
    written: FileInMemory | None,
) -> int:
    """Ask the service, and show its answer."""
    try:
        answer = verb.run(service, arguments)
    except StoreDamagedError:
        raise  # worse, and it names what there is to warn of
    except DesignerError:
        console.warn(service.session.alarms)
        raise
    console.carried_out = True
    console.warn(service.session.alarms)
    if console.json:
        console.clear_progress()
        console.data(answer)
    elif written is not None:
        console.file(written.content)
        console.notes(_told(answer, "messages"))  # no text goes with a file
    else:
        (console.pages if verb.paged else console.lines)(verb.text(answer, service, arguments))
    if not console.json:
        console.flush()  # before the notes, also where both streams end in one file
        console.notes(_told(answer, "notes") if verb.notes else ())
    return verb.exit_code(answer)


def _told(answer: Answer, key: str) -> list[str]:
    """Sentences of an answer, or of each of several, once."""
    each = [answer] if isinstance(answer, Mapping) else answer
    return [*dict.fromkeys(sentence for one in each for sentence in one.get(key, ()))]


def _request(verb: Verb, arguments: Namespace) -> CommandRequest:
    from designer.campaigns.store.request import CommandRequest

    if not verb.writes:
        nothing = f"{verb.name} enters nothing into the log: it can be repeated as it is"
        raise UsageError(Problem("--request-id", verb.not_repeatable.rstrip(".") or nothing))
    return CommandRequest.of(arguments.request_id, verb.name, verb.told(arguments))


def open_service(arguments: Namespace, console: Console) -> Service:
    """The service on the store that was asked for, loaded at first need."""
    from designer.service import Service

    options: dict[str, Any] = {"actor": getattr(arguments, "actor", None)}
    if console.shows_progress:
        options["progress"] = console.progress
    if not hasattr(arguments, "store"):
        return Service(**options)
    if not arguments.store.strip():
        allowed = "a file or sqlite:///file"
        raise UsageError(Problem("--store", "names no store", repr(arguments.store), allowed))
    return Service(arguments.store, **options)
