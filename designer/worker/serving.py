"""The side that computes: reads requests, runs verbs of the service, writes answers."""

from __future__ import annotations

import importlib
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from designer.campaigns.errors import DesignerError
from designer.worker.protocol import Message, decode, encode, error_to_json

if TYPE_CHECKING:
    from designer.service import Service

VERBS: Final = frozenset(
    {
        "plans.propose", "designs.propose",
        "models.predict", "models.predict_columns", "models.best", "models.status", "demo",
        "judging.judge", "runs.attach", "tables.import_sheet", "tables.attach_file",
        "campaigns.export",
        "pictures.slices", "pictures.recipe_map", "pictures.information_map", "pictures.what_if",
        "pictures.evidence",
    }
)  # fmt: skip
"""Verbs of the service that compute; all others take milliseconds and need no worker.

Runs planned by hand are judged as they come in, also those of a sheet; an export tells on demand
what the plan is worth.
"""

_FILES: Final = {
    "plans.propose": ("among",),
    "models.predict": ("source", "out"),
    "tables.import_sheet": ("path",),
    "tables.attach_file": ("path",),
    "campaigns.export": ("path",),
}
_TABLES: Final = ("plans.propose", "judging.judge", "tables.import_sheet", "tables.attach_file")

_WARM: Final = (
    "designer.engine.proposing",
    "designer.engine.designing",
    "designer.engine.predicting",
    "designer.engine.evaluation",
    "designer.campaigns.store.archive",
)
_NICENESS: Final = 5
"""Computing gives way to the interface where they share a core (assumption)."""

Send = Callable[[Message], None]


def main() -> int:
    """Serve the parent process until it closes the pipe, or ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl+c is for the interface to understand
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    incoming, outgoing = _take_pipes()
    requests: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(incoming, requests), daemon=True).start()

    def send(message: Message) -> None:
        outgoing.write(encode(message))
        outgoing.flush()

    server = Server(send)
    with suppress(BrokenPipeError):  # nobody listens any more
        while (request := requests.get()) is not None:
            server.answer(request)
    return 0


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes to the parent; whatever else reads or prints gets nothing, or the log."""
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return incoming, outgoing


def _read(incoming: BinaryIO, requests: queue.SimpleQueue[Message | None]) -> None:
    """Pass requests on; stop at once when the parent is gone, whatever is being computed."""
    parent = os.getppid()
    for line in incoming:
        try:
            requests.put(decode(line))
        except ValueError as error:
            _log(f"not understood: {error}")
    requests.put(None)
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)  # the store is appended to in one step: nothing can be left half done


@dataclass
class Server:
    """Answers requests, one after the other.

    Attributes:
        send: writes one answer.
    """

    send: Send
    _service: Service | None = field(default=None, init=False)
    _current: int | None = field(default=None, init=False)

    def answer(self, request: Message) -> None:
        """Carry out one request; whatever goes wrong is told and the next one served."""
        self._current = request.get("id")
        try:
            result = self._carry_out(request["verb"], request.get("arguments") or {})
        except DesignerError as error:
            self._tell("error", error=error_to_json(error))
        except BrokenPipeError:
            raise
        except Exception as error:
            _log(traceback.format_exc())
            self._tell("bug", what=f"{type(error).__name__}: {error}")
        else:
            self._tell("result", result=result)

    def _carry_out(self, verb: str, arguments: Message) -> Message:
        if verb == "open":
            return self._open(**arguments)
        if verb == "warm":
            for module in _WARM:
                importlib.import_module(module)
            return {}
        if verb not in VERBS:
            raise ValueError(f"{verb!r} is no verb of the worker")
        if self._service is None:
            raise ValueError("no store was opened")
        if verb == "demo":
            from designer.service.demo import demo

            return dict(demo(self._service, **arguments))
        result: Message = attrgetter(verb)(self._service)(**_typed(verb, arguments))
        return result

    def _open(self, store: str, actor: str | None = None) -> Message:
        from designer.service import Service

        def progress(what: str, share: float | None) -> None:
            self._tell("progress", what=what, share=share)

        self._service = Service(store, actor=actor, progress=progress)
        return {"store": store}

    def _tell(self, kind: str, **content: object) -> None:
        self.send({"id": self._current, "kind": kind, **content})


def _typed(verb: str, arguments: Message) -> Message:
    """The arguments as the verb takes them: files and what is said of tables came as JSON."""
    from designer.campaigns.tables.options import TableOptions

    told = dict(arguments)
    for name in _FILES.get(verb, ()):
        if isinstance(told.get(name), str):
            told[name] = Path(told[name])
    if isinstance(told.get("options"), dict) and verb in _TABLES:
        told["options"] = TableOptions(**told["options"])
    return told


def _log(text: str) -> None:
    sys.stderr.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {text.rstrip()}\n")
    sys.stderr.flush()
