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
    """

    label: str
    what: str = ""
    share: float | None = None
    started: float = field(default_factory=time.monotonic)

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
    """

    def __init__(self, worker: Worker, changed: Callable[[], None]) -> None:
        self.worker = worker
        self.current: Job | None = None
        self._changed = changed

    async def run(
        self, label: str, verb: str, arguments: Mapping[str, object]
    ) -> dict[str, Any] | DesignerError | None:
        """Carry out a verb in the worker.

        Returns:
            Its answer; the error it raised; None when it was cancelled.
        """
        loop = asyncio.get_running_loop()
        self.current = Job(label)
        self._changed()

        def report(what: str, share: float | None) -> None:  # called in the thread
            loop.call_soon_threadsafe(self._update, what, share)

        try:
            return await asyncio.to_thread(self.worker.call, verb, arguments, report)
        except CallCancelledError:
            return None
        except DesignerError as error:
            return error
        finally:
            self.current = None
            self._changed()

    def _update(self, what: str, share: float | None) -> None:
        if self.current is not None:
            self.current = replace(self.current, what=what, share=share)
            self._changed()

    async def cancel(self) -> None:
        """Stop what is being computed; a fresh process is started at once."""
        if self.current is not None:
            await asyncio.to_thread(self.worker.cancel)
