"""What the command line says, and which exit code it ends with, when something is wrong.

0 ok · 1 our bug · 2 the command line does not parse · 3 content refused · 4 conflict
5 storage unavailable · 6 store damaged or newer · 130 interrupted
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from designer.campaigns.errors import DesignerError, Problem
from designer.campaigns.version import program_version
from designer.places import state_folder
from designer.render.words import plain

BUG = 1
USAGE = 2
DAMAGED = 6
INTERRUPTED = 130

REFUSALS = {  # exit code: kind for scripts, opening for people
    3: ("input", "Refused, nothing was written"),
    4: ("conflict", "Conflict with what is recorded, nothing was written"),
    5: ("storage", "The store is not available"),
    DAMAGED: ("damaged", "The store is damaged, or newer than this program"),
}
STOPPED = "interrupted; designer history NAME tells what had been recorded by then"
CARRIED_OUT = "What you asked for was carried out; only showing the answer failed."


class UsageError(DesignerError):
    """The command line does not parse."""

    exit_code = USAGE


class OutputError(DesignerError):
    """The answer cannot be written to standard output (disk full, device gone)."""

    exit_code = 5


@dataclass(frozen=True)
class Failure:
    """How a call of the program ends that did not work.

    Attributes:
        exit_code: of the process.
        lines: for people.
        document: the same for scripts, ``{"error": {"kind", "exit_code", "message", "problems"}}``;
            with the key ``report`` when the fault is ours.
    """

    exit_code: int
    lines: Sequence[str]
    document: dict[str, Any]


def failure(error: BaseException, tokens: Sequence[str], *, carried_out: bool) -> Failure:
    """What to tell about an error; a fault of ours is put into a report.

    Args:
        error: what was raised.
        tokens: the command line.
        carried_out: the verb had done its work before.
    """
    done = [f"  {CARRIED_OUT}"] if carried_out else []
    if isinstance(error, KeyboardInterrupt):
        problem = Problem("", STOPPED)
        return _failure("interrupted", INTERRUPTED, [problem], [f"designer: {STOPPED}"])
    if isinstance(error, DesignerError) and error.exit_code != BUG:
        kind, lines = _refusal(error)
        return _failure(kind, error.exit_code, error.problems, [*lines, *done])
    report = write_report(error, tokens)
    written = "for the developers is in" if report else "could not be written anywhere."
    lines = [
        "designer: something went wrong inside the program; this is our fault, not yours.",
        *done,
        f"  The report {written} {report or ''}".rstrip(),
    ]
    problem = Problem("", " ".join(line.strip() for line in lines))
    return _failure("bug", BUG, [problem], lines, report=None if report is None else str(report))


def _failure(
    kind: str, code: int, problems: Iterable[Problem], lines: Sequence[str], **more: str | None
) -> Failure:
    told = [asdict(problem) for problem in problems]
    message = "\n".join(lines).removeprefix("designer: ")
    error = {"kind": kind, "exit_code": code, "message": message, "problems": told, **more}
    document = {"error": error}
    return Failure(code, lines, document)


def _refusal(error: DesignerError) -> tuple[str, list[str]]:
    """The kind of trouble, and lines for people: what kind, then every problem."""
    if isinstance(error, UsageError):
        return "usage", [line for problem in error.problems for line in _usage_text(problem)]
    problems = [str(problem) for problem in error.problems] or [type(error).__name__]
    if isinstance(error, OutputError):
        return "output", [f"designer: {problem}" for problem in problems]
    kind, opening = REFUSALS[error.exit_code]
    if len(problems) == 1:
        return kind, [f"designer: {opening}:", f"  {problems[0]}"]
    head = f"designer: {opening}, {len(problems)} problems:"
    return kind, [head, *(f"  - {problem}" for problem in problems)]


def _usage_text(problem: Problem) -> list[str]:
    lines = [f"designer: {replace(problem, hint=None)}"]
    return lines if problem.hint is None else [*lines, f"  {problem.hint}"]


def write_report(error: BaseException, tokens: Sequence[str]) -> Path | None:
    """Put the traceback into a new file only its owner can read; never overwrites.

    Returns:
        Where the report is, or None when no folder took it.
    """
    text = "\n".join(plain(line) for line in _report_lines(error, tokens)) + "\n"
    prefix = f"designer-report-{datetime.now(UTC).strftime('%Y%m%dT%H%M%S')}-"
    for folder in (state_folder, tempfile.gettempdir):
        try:
            handle, path = tempfile.mkstemp(".txt", prefix, folder())
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        except (OSError, ImportError):  # what is missing may be what finds the folder
            continue
        return Path(path)
    return None


def _report_lines(error: BaseException, tokens: Sequence[str]) -> Iterator[str]:
    yield f"designer {program_version()}, Python {sys.version}, {sys.platform}"
    yield f"time: {datetime.now(UTC).isoformat()}"
    yield "command line: designer " + " ".join(without_password(token) for token in tokens)
    for chunk in traceback.format_exception(error):
        yield from without_password(chunk).splitlines()


def without_password(text: str) -> str:
    """A store URL with its password starred out."""
    return re.sub(r"(://[^/@\s:]*):[^@\s]*@", r"\1:***@", text)
