"""Where output goes: data to stdout, everything else to stderr; nothing can command a terminal."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TextIO

from designer.cli import errors
from designer.render.words import plain, unicode_escaped


class Console:
    """The two streams of one call of the program.

    Attributes:
        json: stdout is one JSON document: the answer, or what went wrong.
        quiet: no notes, hints or progress.
        carried_out: the verb has done its work, only its answer is left to be shown.
    """

    def __init__(self, *, json: bool, quiet: bool) -> None:
        self.json = json
        self.quiet = quiet
        self.carried_out = False
        self._progress_shown = False
        self._answered = False

    def data(self, document: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
        """Print one JSON document to stdout."""
        text = json_text(document, _encoding(sys.stdout))
        self._answered = True
        _write_answer(lambda stream: stream.write(text))

    def lines(self, lines: Iterable[str]) -> None:
        """Print lines for people to stdout."""
        self.clear_progress()
        text = _joined(lines, _encoding(sys.stdout))
        _write_answer(lambda stream: stream.write(text))

    def pages(self, lines: Sequence[str]) -> None:
        """Print lines for people to stdout; on a terminal that they do not fit, page by page.

        With what `PAGER` names, else ``less``. In a pipe, in a file and without a keyboard nothing
        is paged.
        """
        height = shutil.get_terminal_size((80, 24)).lines
        if len(lines) < height or not all(s and s.isatty() for s in (sys.stdin, sys.stdout)):
            self.lines(lines)
            return
        from pydoc import pager  # knows what there is on which system

        self.clear_progress()
        pager(_joined(lines, _encoding(sys.stdout)))

    def file(self, content: bytes) -> None:
        """Write a file to stdout, byte by byte."""
        self.clear_progress()
        _write_answer(lambda stream: (stream.flush(), stream.buffer.write(content)))

    def diagnostics(self, lines: Iterable[str]) -> None:
        """Print lines for people to stderr; a closed stderr is no trouble."""
        self.clear_progress()
        _write_quietly(_joined(lines, _encoding(sys.stderr)))

    def notes(self, notes: Iterable[str]) -> None:
        """Print remarks to stderr unless they are in the JSON anyway or not wanted."""
        if not self.quiet and not self.json:
            self.diagnostics(f"note: {note}" for note in notes)

    def warn(self, sentences: Iterable[str]) -> None:
        """Print to stderr what nobody may miss, whatever was asked for."""
        self.diagnostics(f"warning: {sentence}" for sentence in dict.fromkeys(sentences))

    @property
    def shows_progress(self) -> bool:
        """Progress is for a person in front of a terminal."""
        return not self.quiet and sys.stderr is not None and sys.stderr.isatty()

    def progress(self, text: str, fraction: float | None) -> None:
        """Show how far a long job is, on one line of the terminal."""
        percent = "" if fraction is None else f"{100 * min(1.0, max(0.0, fraction)):3.0f} % "
        self._progress_shown = True
        _write_quietly(f"\r\x1b[K{percent}{_encodable(plain(text), _encoding(sys.stderr))[:70]}")

    def clear_progress(self) -> None:
        """Remove the progress line before anything else is written."""
        if self._progress_shown:
            self._progress_shown = False
            _write_quietly("\r\x1b[K")

    def fail(self, error: BaseException, tokens: Sequence[str]) -> int:
        """Tell on stderr what went wrong, and with --json on stdout, too; returns the exit code.

        Args:
            error: what was raised.
            tokens: the command line.
        """
        failure = errors.failure(error, tokens, carried_out=self.carried_out)
        self.diagnostics(failure.lines)
        if self.json and not self._answered:  # stdout holds one document, whatever happens
            try:
                self.data(failure.document)
                self.flush()
            except (OSError, errors.OutputError):  # nobody reads it: the exit code still tells
                self.abandon_stdout()
        return failure.exit_code

    def flush(self) -> None:
        """Write out what is buffered, so that a failure shows now and not at exit."""
        _write_answer(lambda stream: stream.flush())

    def abandon_stdout(self) -> None:
        """Nobody reads any more: keep the interpreter from complaining about that at exit."""
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)
        except (OSError, ValueError, AttributeError):  # no real file behind stdout
            return


def json_text(
    document: Mapping[str, Any] | Sequence[Mapping[str, Any]], encoding: str = "utf-8"
) -> str:
    """One JSON document with a final newline.

    Numbers that JSON does not know (inf, nan) become null; characters that could command a
    terminal, or that ``encoding`` does not have, are written as JSON escapes.
    """
    text = json.dumps(_finite(document), ensure_ascii=False, allow_nan=False, indent=2)
    text = unicode_escaped(text)
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = json.dumps(json.loads(text), ensure_ascii=True, allow_nan=False, indent=2)
    return text + "\n"


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def _encoding(stream: TextIO | None) -> str:
    return getattr(stream, "encoding", None) or "utf-8"


def _joined(lines: Iterable[str], encoding: str) -> str:
    return "".join(_encodable(plain(line), encoding) + "\n" for line in lines)


def _encodable(text: str, encoding: str) -> str:
    """The text in signs the terminal has: ``+/-`` for ``±`` on an ASCII one."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        for sign, ascii_sign in (("±", "+/-"), ("–", "-"), ("·", "|"), ("…", "...")):
            text = text.replace(sign, ascii_sign)
        return text.encode(encoding, "backslashreplace").decode(encoding)
    return text


def _write_answer(write: Callable[[TextIO], object]) -> None:
    if sys.stdout is None:  # started with stdout closed
        return
    try:
        write(sys.stdout)
    except BrokenPipeError:
        raise
    except OSError as error:
        told = f"standard output cannot be written: {error.strerror}"
        raise errors.OutputError(told) from error


def _write_quietly(text: str) -> None:
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        return
