"""The side that asks: starts the computing process, calls it, cancels it, tells what became of it.

A process can really be cancelled, a thread cannot: cancelling ends the process and starts another.
Since the store is appended to in one step, a cancelled ``propose`` has entered its whole plan or
nothing; it may have entered the plan when it was cancelled in its last moment, so whoever cancels
looks at the log afterwards.
"""

from __future__ import annotations

import itertools
import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from designer.campaigns.errors import DesignerError
from designer.places import state_folder
from designer.service.session import Progress, silent
from designer.worker.protocol import Message, decode, encode, error_from_json

# -P: a user's own designer.py in the current folder must not be taken for ours
COMMAND: Final = (sys.executable, "-P", "-m", "designer.worker")
_LOGGER = logging.getLogger(__name__)
_PATIENCE = 2.0  # s for a terminated process to end
_LARGEST_LOG = 1_000_000  # bytes


class WorkerError(DesignerError):
    """The computing process failed through no fault of the user."""


class CallCancelledError(Exception):
    """The call was cancelled."""


def default_log() -> Path:
    """Where the worker's diagnostics go; begun anew when it has grown large."""
    path = state_folder() / "worker.log"
    with suppress(OSError):  # there is none yet
        if path.stat().st_size > _LARGEST_LOG:
            path.unlink()
    return path


class _Process:
    """One computing process and the pipes to it."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self.cancelled = False
        with log.open("ab") as errors:
            self.popen = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,  # ctrl+c and a closed terminal are not its business
            )

    @property
    def alive(self) -> bool:
        return self.popen.poll() is None

    def write(self, message: Message) -> None:
        if self.popen.stdin is None:
            raise BrokenPipeError
        self.popen.stdin.write(encode(message))
        self.popen.stdin.flush()

    def read(self) -> Message | None:
        """The next answer; None when the process has ended."""
        line = b"" if self.popen.stdout is None else self.popen.stdout.readline()
        return decode(line) if line.endswith(b"\n") else None

    def end(self) -> None:
        self.popen.terminate()
        try:
            self.popen.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()

    def close_pipes(self) -> None:
        for pipe in (self.popen.stdin, self.popen.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was left to write finds no reader
                    pipe.close()

    def how_it_ended(self) -> str:
        code = self.popen.wait()
        if code >= 0:
            return f"exit code {code}"
        name = signal.Signals(-code).name
        hint = ", perhaps for want of memory" if name == "SIGKILL" else ""
        return f"{name}{hint}"


class Worker:
    """A computing process that is always at hand; calls block, and come one at a time.

    Args:
        store: address of the store, a file: a store in memory has no other process.
        actor: name written on every event; None: login name.
        log: file for the worker's diagnostics; None: in the user's state folder.
        command: how the process is started.
    """

    def __init__(
        self,
        store: str,
        actor: str | None = None,
        *,
        log: Path | None = None,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.log = log or default_log()
        self._opening = {"store": store, "actor": actor}
        self._command = command
        self._ids = itertools.count(1)
        self._turn = threading.Lock()  # one call at a time
        self._guard = threading.Lock()  # start, cancel and close exclude each other
        self._process: _Process | None = None
        self._busy = False
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Process id, None when there is no process."""
        process = self._process
        return process.popen.pid if process is not None and process.alive else None

    def start(self) -> None:
        """Start the process unless it runs, and let it load what it will need; does not wait.

        Raises:
            WorkerError: it cannot be started.
        """
        with self._guard:
            self._started()

    def call(
        self, verb: str, arguments: Mapping[str, Any], progress: Progress = silent
    ) -> dict[str, Any]:
        """Carry out a verb of the service in the worker and wait for the answer.

        Args:
            verb: verb of the service that computes, such as ``plans.propose``.
            arguments: its arguments by name, JSON-able.
            progress: called from this thread while the work goes on.

        Raises:
            DesignerError: what the verb raised, of the same class and with all problems.
            WorkerError: the process died, or met a fault of the program.
            CallCancelledError: `cancel` was called, or `close`.
        """
        with self._turn:
            number = next(self._ids)
            with self._guard:
                process = self._sent({"id": number, "verb": verb, "arguments": dict(arguments)})
                self._busy = True
            try:
                return self._wait(process, number, progress)
            finally:
                self._busy = False

    def cancel(self) -> bool:
        """Stop the running call and start a fresh process; whether there was a call to stop."""
        with self._guard:
            process = self._process
            if not self._busy or process is None:
                return False
            process.cancelled = True
            process.end()
            self._process = None
            if not self._closed:
                self._started()
            return True

    def close(self) -> None:
        """End the process; a running call is cancelled."""
        with self._guard:
            self._closed = True
            process, self._process = self._process, None
            if process is not None:
                process.cancelled = True
                process.end()
                if not self._busy:  # else the call that reads closes them
                    process.close_pipes()

    def _started(self) -> _Process:
        """The running process, started if necessary; `_guard` is held."""
        if self._closed:
            raise CallCancelledError
        process = self._process
        if process is not None and process.alive:
            return process
        if process is not None:
            process.close_pipes()
        try:
            process = _Process(self._command, self.log)
            process.write({"id": 0, "verb": "open", "arguments": self._opening})
            process.write({"id": 0, "verb": "warm", "arguments": {}})
        except OSError as error:
            text = f"the computing process cannot be started: {error.strerror or error}"
            raise WorkerError(text) from error
        _LOGGER.info("a computing process has been started")
        self._process = process
        return process

    def _sent(self, request: Message) -> _Process:
        """Send a request; a process that died while idle is replaced once. `_guard` is held."""
        process = self._started()
        try:
            process.write(request)
        except OSError:
            _LOGGER.warning("the computing process is gone and is started anew")
            process.end()
            process = self._started()
            process.write(request)
        return process

    def _wait(self, process: _Process, number: int, progress: Progress) -> dict[str, Any]:
        while (answer := process.read()) is not None:
            if answer.get("id") != number:  # of start
                if answer["kind"] == "bug":
                    raise self._bug(answer["what"])
                continue
            match answer["kind"]:
                case "progress":
                    progress(answer["what"], answer["share"])
                case "result":
                    result: dict[str, Any] = answer["result"]
                    return result
                case "error":
                    raise error_from_json(answer["error"])
                case _:
                    raise self._bug(answer["what"])
        process.close_pipes()
        if process.cancelled:
            raise CallCancelledError
        raise WorkerError.at(
            "",
            f"the computing process ended unexpectedly ({process.how_it_ended()})",
            hint="The history tells whether the work was done; a plan is entered whole or"
            f" not at all. The log is {self.log}",
        )

    def _bug(self, what: str) -> WorkerError:
        return WorkerError.at("", f"a fault of this program: {what}", hint=f"The log is {self.log}")
