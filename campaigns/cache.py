"""Figures of the last evaluation, kept beside the store: derived, deletable, never missed.

`status` shows them without fitting a model. A cache that is absent, damaged, of another version
or cannot be written is no error anywhere: the figures are computed again.
"""

from __future__ import annotations

import contextlib
import json
import re
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from designer.campaigns.errors import DesignerError
from designer.campaigns.events import parse_json
from designer.campaigns.files import MEGABYTE, read_regular_file, write_atomic

_FORMAT = 1
_LARGEST = 20 * MEGABYTE
_CAMPAIGN_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


class _Place(Protocol):
    """What a store tells about where derived things may be kept."""

    @property
    def cache_folder(self) -> Path | None:
        """Folder beside the store; None for a store in memory."""


_IN_MEMORY: weakref.WeakKeyDictionary[_Place, dict[str, str]] = weakref.WeakKeyDictionary()
"""Caches of stores in memory: as long as the store, shared by all that use it."""


class EvaluationCache:
    """One evaluation per campaign, as ``<cache folder>/<campaign id>.json``.

    Args:
        store: the store it belongs to.
    """

    def __init__(self, store: _Place) -> None:
        self._store = store

    def read(self, campaign_id: str) -> dict[str, Any] | None:
        """What was written last, ``seq`` (log position) among it; None when there is nothing."""
        text = self._read(campaign_id)
        if text is None:
            return None
        try:
            found = parse_json(text)
        except (ValueError, RecursionError):
            return None
        if not isinstance(found, dict) or found.get("format") != _FORMAT:
            return None
        if found.get("campaign_id") != campaign_id or not isinstance(found.get("seq"), int):
            return None
        evaluation = found.get("evaluation")
        return {**evaluation, "seq": found["seq"]} if isinstance(evaluation, dict) else None

    def write(self, campaign_id: str, seq: int, evaluation: Mapping[str, Any]) -> None:
        """Keep an evaluation; what cannot be kept is forgotten silently.

        Args:
            campaign_id: id in the store.
            seq: log position it was computed from.
            evaluation: JSON-able figures.
        """
        content = {
            "format": _FORMAT,
            "campaign_id": campaign_id,
            "seq": seq,
            "evaluation": dict(evaluation),
        }
        # Figures that are no JSON (nan) or a full disk must not take a command down whose
        # result is recorded already.
        with contextlib.suppress(ValueError, TypeError, OSError, DesignerError, RecursionError):
            text = json.dumps(content, allow_nan=False)
            folder = self._store.cache_folder
            if folder is None:
                _IN_MEMORY.setdefault(self._store, {})[campaign_id] = text
            elif _CAMPAIGN_ID.fullmatch(campaign_id):
                folder.mkdir(exist_ok=True)
                write_atomic(folder / f"{campaign_id}.json", text.encode(), force=True)

    def _read(self, campaign_id: str) -> str | None:
        folder = self._store.cache_folder
        if folder is None:
            return _IN_MEMORY.get(self._store, {}).get(campaign_id)
        if not _CAMPAIGN_ID.fullmatch(campaign_id):
            return None
        try:
            return read_regular_file(folder / f"{campaign_id}.json", _LARGEST).decode()
        except (DesignerError, OSError, ValueError):
            return None
