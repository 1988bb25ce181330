"""One long computation at a time, in the worker process; the interface only hears of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from designer.campaigns.errors import DesignerError
from designer.worker import CallCancelledError, Worker


@dataclass(frozen=True)
class Job:
    """A computation that is going on.

    Attributes:
        label: what was asked for.
        what: what is being done just now.
        share: how much of it is done, 0 to 1; None: unknown.
        started: monotonic time [s].
        polite: nobody asked for it, so nobody has to wait with a question.
    """

    label: str
    what: str = ""
    share: float | None = None
    started: float = field(default_factory=time.monotonic)
    polite: bool = False

    @property
    def text(self) -> str:
        """One line about it."""
        percent = "" if self.share is None else f" {100 * self.share:.0f} %"
        seconds = f"{time.monotonic() - self.started:.0f} s"
        what = f": {self.what}" if self.what else ""
        return f"{self.label}{what}{percent} · {seconds} · esc cancels"


class Jobs:
    """Runs one job after the other and knows the one that is going on.

    Args:
        worker: the computing process.
        changed: called in the event loop when a job begins, gets on or ends.

    Attributes:
        cancelled_at: when somebody last stopped something, monotonic [s].
    """

    def __init__(self, worker: Worker, changed: Callable[[], None]) -> None:
        self.worker = worker
        self.cancelled_at = 0.0
        self._running: Job | None = None
        self._waits: Job | None = None  # for the end of what nobody asked for
        self._changed = changed
        self._turn = asyncio.Lock()

    @property
    def current(self) -> Job | None:
        """What is computed, or waits for the worker; None: nothing."""
        waits, running = self._waits, self._running
        if waits is None or running is None:
            return waits or running
        return replace(waits, what=f"after {running.label}", share=running.share)

    @property
    def busy(self) -> bool:
        """Whether something is computed that somebody asked for."""
        return self.current is not None and not self.current.polite

    async def run(
        self, label: str, verb: str, arguments: Mapping[str, object], *, polite: bool = False
    ) -> dict[str, Any] | DesignerError | None:
        """Carry out a verb in the worker, after what is computed without having been asked for.

        Args:
            label: what is asked for.
            verb: of the service.
            arguments: of the verb.
            polite: nobody asked for it.

        Returns:
            Its answer; the error it raised; None when it was cancelled.
        """
        loop = asyncio.get_running_loop()
        job = Job(label, polite=polite)

        def report(what: str, share: float | None) -> None:  # called in the thread
            loop.call_soon_threadsafe(self._update, what, share)

        if not polite:
            self._waits = job
            self._changed()
        async with self._turn:
            if not polite and self._waits is not job:
                return None  # cancelled before its turn
            self._running, self._waits = job, None if not polite else self._waits
            self._changed()
            try:
                return await asyncio.to_thread(self.worker.call, verb, arguments, report)
            except CallCancelledError:
                return None
            except DesignerError as error:
                return error
            finally:
                self._running = None
                self._changed()

    def _update(self, what: str, share: float | None) -> None:
        if self._running is not None:
            self._running = replace(self._running, what=what, share=share)
            self._changed()

    async def cancel(self) -> None:
        """Stop what is asked for, else what is being computed; a fresh process starts at once."""
        self.cancelled_at = time.monotonic()
        if self._waits is not None:
            self._waits = None
            self._changed()
        elif self._running is not None:
            await asyncio.to_thread(self.worker.cancel)
