"""``-`` instead of a file: standard input is read, what is written goes to standard output."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from designer.campaigns.errors import Problem
from designer.campaigns.files import INPUT_LIMIT, FileInMemory
from designer.cli.errors import UsageError
from designer.cli.verbs.arguments import STREAM, Argument

INPUT, OUTPUT = "standard input", "standard output"
_WORKBOOKS = (".xlsx",)


def open_streams(arguments: Namespace, declared: Iterable[Argument]) -> FileInMemory | None:
    """Put a file in memory in the place of every ``-``.

    Args:
        arguments: of the verb, parsed; changed.
        declared: what the verb takes.

    Returns:
        What is to be written to standard output when the verb has done its work, if anything.

    Raises:
        UsageError: a stream is asked for twice or cannot be used, or ``--format`` without one.
    """
    formats = {argument.attribute: argument.formats for argument in declared}
    outputs = {argument.attribute for argument in declared if argument.writes}
    files = _files(arguments)
    streams = [name for name, path in files if path is STREAM]
    told = getattr(arguments, "format", None)
    if not streams:
        if told is not None and any(path.suffix.lower() != f".{told}" for _, path in files):
            hint = "The ending of a file tells its format"
            raise UsageError(Problem("--format", "belongs to - in the place of a file", hint=hint))
        return None
    into = [name for name in streams if name in outputs]
    if len(into) > 1 or len(streams) - len(into) > 1:
        raise UsageError(Problem("-", "one stream cannot be two files"))
    written = None
    for name in streams:
        # one of several files has a format that another cannot have
        usual = "toml" if getattr(arguments, "what", "") == "spec" else formats[name][0]
        ending = f".{told if told in formats[name] else usual}"
        if name in outputs:
            _check_output(arguments, ending)
            written = FileInMemory(OUTPUT, ending)
        stream = written if name in outputs else _standard_input(ending)
        there = getattr(arguments, name)
        several = isinstance(there, list)
        found = [stream if path is STREAM else path for path in there] if several else stream
        setattr(arguments, name, found)
    return written


def _files(arguments: Namespace) -> list[tuple[str, Path]]:
    """Every file of the arguments with the name of its argument, which may hold several."""
    found = []
    for name, value in vars(arguments).items():
        several = value if isinstance(value, list) else [value]
        found += [(name, path) for path in several if isinstance(path, Path)]
    return found


def _check_output(arguments: Namespace, ending: str) -> None:
    if getattr(arguments, "json", False):
        what = "standard output cannot be both the file and the JSON answer"
        raise UsageError(Problem("-", what, hint="Leave --json out, or name a file"))
    if ending in _WORKBOOKS and sys.stdout is not None and sys.stdout.isatty():
        what = "a workbook is nothing to print on a terminal"
        raise UsageError(Problem("-", what, hint=f"designer … > file{ending}"))


def _standard_input(ending: str) -> FileInMemory:
    if sys.stdin is None:
        raise UsageError(Problem("-", "standard input is closed", hint=_HINT))
    if sys.stdin.isatty():
        raise UsageError(Problem("-", "standard input is a terminal, not a file", hint=_HINT))
    try:
        # one byte more, so that what is too large is noticed
        content = sys.stdin.buffer.read(INPUT_LIMIT + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(Problem("-", f"standard input cannot be read: {reason}")) from None
    return FileInMemory(INPUT, ending, content)


_HINT = "Send a file into it: designer … - < file.csv, or program | designer … -"
