"""Data of pictures, fetched in the worker beside the interface: of each kind only the latest."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from designer.campaigns.errors import DesignerError
from designer.render.words import plain_texts
from designer.tui.ui import Ui

PAUSE: Final = 0.15  # s without another key until data are fetched (assumption)
_KEPT: Final = 48  # answers that are kept: going back shows them at once


@dataclass(frozen=True)
class Wanted:
    """What is to be fetched.

    Attributes:
        key: tells answers apart.
        verb: of the service.
        arguments: of the verb.
    """

    key: Hashable
    verb: str
    arguments: Mapping[str, object]


class PictureFeed:
    """Fetches one answer after the other; what nobody waits for any more is passed over.

    Args:
        ui: the application.
        changed: called when an answer came, or was refused.
    """

    def __init__(self, ui: Ui, changed: Callable[[], None]) -> None:
        self._ui, self._changed = ui, changed
        self._wanted: OrderedDict[str, Wanted] = OrderedDict()
        self._answers: OrderedDict[Hashable, dict[str, Any] | DesignerError] = OrderedDict()
        self._asked = 0
        self._fetching = False

    def get(self, kind: str, wanted: Wanted) -> dict[str, Any] | DesignerError | None:
        """An answer that is there; None: it is fetched now, before others of its kind.

        Args:
            kind: of answers only one is waited for.
            wanted: what is asked.
        """
        found = self._answers.get(wanted.key)
        if found is not None:
            self._answers.move_to_end(wanted.key)
            self._wanted.pop(kind, None)
            return found
        self._wanted[kind] = wanted
        self._asked += 1
        if not self._fetching:
            self._fetching = True
            self._ui.run_worker(self._fetch(), group="pictures")
        return None

    async def _fetch(self) -> None:
        try:
            while self._wanted:
                asked = self._asked
                await asyncio.sleep(PAUSE)
                if asked != self._asked or not self._wanted:
                    continue  # somebody is still moving, or back where the answer is known
                _, wanted = self._wanted.popitem(last=False)
                told = await self._ui.jobs.run(
                    "pictures", wanted.verb, wanted.arguments, polite=True
                )
                if told is None:
                    self._wanted.clear()  # cancelled: until somebody moves again
                    break
                self._answers[wanted.key] = (
                    told if isinstance(told, DesignerError) else plain_texts(told)
                )
                while len(self._answers) > _KEPT:
                    self._answers.popitem(last=False)
                self._changed()
        finally:
            self._fetching = False
