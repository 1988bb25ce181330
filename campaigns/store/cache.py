"""Derived things kept beside the store: deletable, never missed.

Figures of the last evaluation, which `status` shows without fitting a model, and what long
histories were condensed to. A cache that is absent, damaged, of another version or cannot be
written is no error anywhere: what it held is computed again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import weakref
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from designer.campaigns.errors import DesignerError
from designer.campaigns.files import MEGABYTE, read_regular_file, write_atomic
from designer.campaigns.log.events import parse_json
from designer.campaigns.values.shape import has_shape
from designer.campaigns.version import program_version

if TYPE_CHECKING:
    from designer.campaigns.store.store import Store

_FORMAT = 1
_LARGEST = 20 * MEGABYTE
_CAMPAIGN_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


_LINES = ".lines"  # ends the name of what histories were condensed to

_IN_MEMORY: weakref.WeakKeyDictionary[Store, dict[str, str]] = weakref.WeakKeyDictionary()
"""Caches of stores in memory: as long as the store, shared by all that use it."""


class EvaluationCache:
    """One evaluation per campaign, as ``<cache folder>/<campaign id>.json``.

    Args:
        store: the store it belongs to.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, campaign_id: str, shape: object) -> dict[str, Any] | None:
        """What was written last, with ``seq`` (log position) and ``hash`` (of the event there).

        Args:
            campaign_id: id in the store.
            shape: what an evaluation is, as a TypedDict.

        Returns:
            None when there is nothing, when it is damaged or has another shape, or when another
            version of the program computed it: its figures may mean something else.
        """
        found = _read(self._store, campaign_id, "")
        checksum = found.pop("sha256", None)
        found.pop("format", None)
        wanted = {"campaign_id": campaign_id, "program": program_version()}
        if any(found.get(key) != value for key, value in wanted.items()):
            return None
        evaluation = found.get("evaluation")
        seq, event_hash = found.get("seq"), found.get("hash")
        if checksum != _checksum(found) or not (
            isinstance(seq, int) and has_shape(evaluation, shape)
        ):
            return None
        return {**found["evaluation"], "seq": seq, "hash": event_hash}

    def write(
        self, campaign_id: str, seq: int, event_hash: str, evaluation: Mapping[str, Any]
    ) -> None:
        """Keep an evaluation; what cannot be kept is forgotten silently.

        Args:
            campaign_id: id in the store.
            seq: log position it was computed from.
            event_hash: hash of the event there, so that another log is not taken for this one.
            evaluation: JSON-able figures.
        """
        content = {
            "campaign_id": campaign_id,
            "program": program_version(),
            "seq": seq,
            "hash": event_hash,
            "evaluation": dict(evaluation),
        }
        # Figures that are no JSON (nan) or a full disk must not take a command down whose
        # result is recorded already.
        with contextlib.suppress(ValueError, TypeError, RecursionError):
            sealed = {**content, "sha256": _checksum(content)}
            _write(self._store, campaign_id, "", sealed)


class LineCache:
    """What long histories of one campaign were condensed to, by hash of what went in.

    Serves as a memory of the models: ``get`` and ``put``, then ``save``. What was not asked for
    since it was opened is forgotten by ``save``.

    Args:
        store: the store it belongs to.
        campaign_id: id in the store.
    """

    def __init__(self, store: Store, campaign_id: str) -> None:
        self._store, self._campaign_id = store, campaign_id
        self._used: dict[str, Any] = {}
        self._changed = False

    @cached_property
    def _kept(self) -> dict[str, Any]:
        """Entries written last; none when they are not exactly what was written."""
        found = _read(self._store, self._campaign_id, _LINES)
        entries = found.get("entries")
        if not isinstance(entries, dict) or found.get("sha256") != _checksum(entries):
            return {}
        return entries

    def get(self, key: str) -> object | None:
        """The value kept under a key; None when there is none."""
        if key not in self._used and key in self._kept:
            self._used[key] = self._kept[key]
        return self._used.get(key)

    def put(self, key: str, value: object) -> None:
        """Keep a JSON-able value."""
        self._used[key] = value
        self._changed = True

    def save(self) -> None:
        """Write what was used, where something is new; what cannot be kept is forgotten."""
        if not self._changed:
            return
        with contextlib.suppress(ValueError, TypeError, RecursionError):
            content = {"sha256": _checksum(self._used), "entries": self._used}
            _write(self._store, self._campaign_id, _LINES, content)
            self._changed = False


def _checksum(entries: Mapping[str, Any]) -> str:
    text = json.dumps(entries, allow_nan=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _read(store: Store, campaign_id: str, kind: str) -> dict[str, Any]:
    """What was written for a campaign; empty when there is nothing readable."""
    folder = store.cache_folder
    try:
        if folder is None:
            text = _IN_MEMORY.get(store, {}).get(campaign_id + kind, "")
        elif _CAMPAIGN_ID.fullmatch(campaign_id):
            text = read_regular_file(folder / f"{campaign_id}{kind}.json", _LARGEST).decode()
        else:
            return {}
        found = parse_json(text)
    except (DesignerError, OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and found.get("format") == _FORMAT else {}


def _write(store: Store, campaign_id: str, kind: str, content: Mapping[str, Any]) -> None:
    """Keep a JSON-able object; a disk that refuses it is no error."""
    text = json.dumps({"format": _FORMAT, **content}, allow_nan=False)
    folder = store.cache_folder
    if folder is None:
        _IN_MEMORY.setdefault(store, {})[campaign_id + kind] = text
    elif _CAMPAIGN_ID.fullmatch(campaign_id):
        with contextlib.suppress(OSError, DesignerError):
            folder.mkdir(exist_ok=True)
            write_atomic(folder / f"{campaign_id}{kind}.json", text.encode(), force=True)
