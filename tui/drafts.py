"""What was typed and not yet saved, kept on disk so that a killed program loses nothing.

One small file per run, in the user's state folder: two people at one store do not see, nor
overwrite, each other's half-typed numbers.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from designer.places import state_folder


class Drafts:
    """Half-typed results of one campaign.

    Args:
        store: address of the store.
        campaign: name of the campaign.
        folder: where the files are; None: in the user's state folder.
    """

    def __init__(self, store: str, campaign: str, folder: Path | None = None) -> None:
        self._folder = folder or state_folder() / "drafts"
        key = f"{store}\n{campaign.casefold()}".encode()
        self._prefix = hashlib.sha256(key).hexdigest()[:16]

    def path(self, run: str) -> Path:
        """File of one run."""
        # the id of a store from a stranger may be no file name
        name = run if run.isalnum() else hashlib.sha256(run.encode()).hexdigest()[:16]
        return self._folder / f"{self._prefix}-{name}.json"

    def read(self, run: str) -> dict[str, str]:
        """What was typed for a run; empty when there is nothing, or nothing readable."""
        try:
            found = json.loads(self.path(run).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {str(name): text for name, text in found.items() if isinstance(text, str)}

    def write(self, run: str, fields: Mapping[str, str]) -> None:
        """Keep what was typed, in one step; blank fields are no draft.

        Raises:
            OSError: it cannot be kept (disk full, no rights).
        """
        typed = {name: text for name, text in fields.items() if text.strip()}
        if not typed:
            self.forget(run)
            return
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = self.path(run).with_suffix(f".{os.getpid()}.new")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(typed, file)
        new.replace(self.path(run))

    def forget(self, run: str) -> None:
        """Remove the draft of a run: it was saved, or everything was erased."""
        with suppress(OSError):
            self.path(run).unlink(missing_ok=True)


class DraftKeeper:
    """Writes drafts at every key, beside the interface: a slow disk delays no letter.

    One thread, so that a draft is never written after its removal; of several that wait for the
    disk only the last is written.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "drafts")
        self._latest: dict[tuple[Path, str], Mapping[str, str]] = {}

    def keep(self, drafts: Drafts, run: str, fields: Mapping[str, str]) -> None:
        """Have what was typed for a run written; saving will tell of a full disk."""
        key = drafts.path(run), run
        waits = key in self._latest
        self._latest[key] = dict(fields)
        if not waits:
            self._thread.submit(self._write, drafts, key)

    def _write(self, drafts: Drafts, key: tuple[Path, str]) -> None:
        with suppress(OSError):
            drafts.write(key[1], self._latest.pop(key))

    async def read(self, drafts: Drafts, run: str) -> dict[str, str]:
        """What was typed for a run."""
        return await asyncio.wrap_future(self._thread.submit(drafts.read, run))

    def forget(self, drafts: Drafts, run: str) -> None:
        """Have the draft of a run removed."""
        self._thread.submit(drafts.forget, run)

    def close(self) -> None:
        """Wait until everything is written."""
        self._thread.shutdown()
