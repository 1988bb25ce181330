"""Verbs about the store itself."""

from __future__ import annotations

from typing import Any

from designer.service.answers import InitAnswer, VerifyAnswer
from designer.service.session import Verbs


class StoreVerbs(Verbs):
    """Verbs about the store itself."""

    def info(self) -> dict[str, Any]:
        """Facts about the store by name: where it is, how large, which versions."""
        return self.session.store.info()

    def verify(self, head: str | None = None) -> VerifyAnswer:
        """Check everything that can be checked.

        Args:
            head: a log position told earlier, to be still there.
        """
        return {"ok": True, "checks": self.session.store.verify(head)}

    def init(self) -> InitAnswer:
        """Create the store now, empty; nothing happens when there is one."""
        existed = self.session.store.exists
        self.session.store.initialise()
        return {"store": self.session.store.url, "created": not existed}
