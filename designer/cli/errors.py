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
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from designer.campaigns.errors import DesignerError, Problem
from designer.campaigns.version import program_version
from designer.render.words import plain

BUG = 1
USAGE = 2
DAMAGED = 6
INTERRUPTED = 130

KINDS = {BUG: "bug", USAGE: "usage", 3: "input", 4: "conflict", 5: "storage", DAMAGED: "damaged"}
OPENINGS = {
    3: "Refused, nothing was written",
    4: "Conflict with what is recorded, nothing was written",
    5: "The store is not available",
    DAMAGED: "The store is damaged, or newer than this program",
}
STOPPED = "interrupted; designer history NAME tells what had been recorded by then"
CARRIED_OUT = "What you asked for was carried out; only showing the answer failed."


class UsageError(DesignerError):
    """The command line does not parse."""

    exit_code = USAGE


class OutputError(DesignerError):
    """The answer cannot be written to standard output (disk full, device gone)."""

    exit_code = 5


def error_text(error: DesignerError) -> list[str]:
    """Lines for people: what kind of trouble, then every problem."""
    problems = [str(problem) for problem in error.problems] or [type(error).__name__]
    if isinstance(error, UsageError):
        return [line for problem in error.problems for line in _usage_text(problem)]
    opening = OPENINGS.get(error.exit_code)
    if opening is None or isinstance(error, OutputError):
        return [f"designer: {problem}" for problem in problems]
    if len(problems) == 1:
        return [f"designer: {opening}:", f"  {problems[0]}"]
    return [f"designer: {opening}, {len(problems)} problems:", *(f"  - {p}" for p in problems)]


def _usage_text(problem: Problem) -> list[str]:
    lines = [f"designer: {replace(problem, hint=None)}"]
    return lines if problem.hint is None else [*lines, f"  {problem.hint}"]


def error_document(error: DesignerError) -> dict[str, Any]:
    """The same for scripts: ``{"error": {"kind", "exit_code", "problems"}}``."""
    kind = "output" if isinstance(error, OutputError) else KINDS.get(error.exit_code, "bug")
    return _document(kind, error.exit_code, error.problems)


def _document(kind: str, code: int, problems: Iterable[Problem], **more: object) -> dict[str, Any]:
    told = [asdict(problem) for problem in problems]
    return {"error": {"kind": kind, "exit_code": code, "problems": told, **more}}


def bug_text(report: Path | None, *, carried_out: bool) -> list[str]:
    """Lines for people when the fault is ours."""
    lines = ["designer: something went wrong inside the program; this is our fault, not yours."]
    if carried_out:
        lines.append(f"  {CARRIED_OUT}")
    if report is None:
        lines.append("  The report could not be written anywhere.")
    else:
        lines.append(f"  The report for the developers is in {report}")
    return lines


def bug_document(report: Path | None, *, carried_out: bool) -> dict[str, Any]:
    """The same for scripts, with the key ``report``."""
    words = (line.strip() for line in bug_text(report, carried_out=carried_out))
    problem = Problem("", " ".join(words))
    where = None if report is None else str(report)
    return _document("bug", BUG, [problem], report=where)


def interrupted_document() -> dict[str, Any]:
    """For scripts, when the user stopped the program."""
    return _document("interrupted", INTERRUPTED, [Problem("", STOPPED)])


def write_report(error: BaseException, tokens: Sequence[str]) -> Path | None:
    """Put the traceback into a new file only its owner can read; never overwrites.

    Returns:
        Where the report is, or None when no folder took it.
    """
    text = "\n".join(plain(line) for line in _report_lines(error, tokens)) + "\n"
    for folder in _report_folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return _write_new(folder, text)
        except OSError:
            continue
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


def _report_folders() -> Iterator[Path]:
    try:
        import platformdirs

        yield platformdirs.user_state_path("pilot-designer", appauthor=False)
    except (ImportError, RuntimeError):  # no home folder
        pass
    yield Path(tempfile.gettempdir())


def _write_new(folder: Path, text: str) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    for attempt in range(1000):
        path = folder / f"designer-report-{stamp}-{os.getpid()}-{attempt}.txt"
        try:
            handle = os.open(path, flags, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        return path
    raise FileExistsError(folder)
