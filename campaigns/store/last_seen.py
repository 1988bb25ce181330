"""The log positions this computer has seen: what shows that an older copy of a store came back.

A chain of hashes cannot tell that its end was cut off, nor that a campaign or the whole file was
put back to an earlier state. So the last position seen of every campaign is kept in the user's data
folder, under the path of the store: never beside the store, where a copy would bring its own along.
A backup opened under another path is no older copy of anything.

What is kept is a memory, not a record: where it is missing, damaged or cannot be written, nothing
is noticed and nothing is said.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from designer.campaigns.errors import DesignerError
from designer.campaigns.files import MEGABYTE, read_regular_file
from designer.campaigns.log.events import Event, canonical_json, head_text, parse_json

ACCEPT = "if that is meant: designer store verify --accept"
_FOLDER = "pilot-designer-seen"  # not the folder of the default store: that may be put back, too
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class SeenHead:
    """The last event of a campaign that was seen: name of the campaign, number and hash."""

    name: str
    seq: int
    hash: str

    @property
    def told(self) -> str:
        """The position as people see it elsewhere."""
        return head_text(self.seq, self.hash)


SeenHeads = Mapping[str, SeenHead]
"""By campaign id."""


class LastSeen:
    """The positions seen of one store.

    Read them before the store: then whatever other processes append meanwhile is newer.

    Args:
        store: resolved path of the store file.
    """

    def __init__(self, store: Path) -> None:
        self._store = str(store)

    @property
    def _file(self) -> Path:
        from platformdirs import user_data_path

        name = hashlib.sha256(os.fsencode(self._store)).hexdigest()[:32]
        return user_data_path(_FOLDER, appauthor=False) / f"{name}.json"

    def read(self) -> dict[str, SeenHead]:
        """What was seen; empty when there is nothing, or nothing that can be trusted."""
        try:
            found = parse_json(read_regular_file(self._file, MEGABYTE).decode())
            heads = found["heads"]
            if (found["format"], found["store"]) != (_FORMAT, self._store):
                return {}
            if found["sha256"] != _checksum(heads):
                return {}
            return {key: SeenHead(**head) for key, head in heads.items()}
        except (DesignerError, OSError, ValueError, KeyError, TypeError, RuntimeError):
            return {}
        except (AttributeError, RecursionError):  # JSON, but not ours
            return {}

    def keep(self, heads: SeenHeads) -> None:
        """Remember further positions; one that another process saw beyond is left.

        A position is never put back here: `replace` does that.
        """
        there = self.read()
        new = {k: head for k, head in heads.items() if k not in there or there[k].seq < head.seq}
        if new:
            self.replace({**there, **new})

    def replace(self, heads: SeenHeads) -> None:
        """Remember these positions and no others."""
        entries = {key: asdict(head) for key, head in heads.items()}
        content = {
            "format": _FORMAT,
            "store": self._store,
            "heads": entries,
            "sha256": _checksum(entries),
        }
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            file = self._file
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            new = file.with_suffix(f".{os.getpid()}.new")
            # no wait for the disk: what a power cut takes away here is only not noticed
            try:
                new.write_text(json.dumps(content), encoding="utf-8")
                new.replace(file)
            finally:
                new.unlink(missing_ok=True)


def _checksum(heads: object) -> str:
    return hashlib.sha256(canonical_json(heads).encode("utf-8", "surrogatepass")).hexdigest()


def hash_at(events: Sequence[Event], seen: SeenHead | None) -> str | None:
    """Hash of the event that has the number seen; None: there is none."""
    there = seen is not None and 1 <= seen.seq <= len(events)
    return events[seen.seq - 1].hash if seen is not None and there else None


def older_copy(seen: SeenHead, seq: int, digest: str | None) -> str | None:
    """Say that a log is not the one that was seen, gone on.

    Args:
        seen: the last event that was seen.
        seq: number of its last event now.
        digest: hash of the event that has the number seen; None: there is none.

    Returns:
        A sentence, or None when the log is as it should be.
    """
    if digest == seen.hash:
        return None
    if seq < seen.seq:
        found = f"ends at event {seq}, but event {seen.told} was seen on this computer before"
        why = "its end was cut off, or an older copy of the store came back"
    else:
        found = f"does not hold event {seen.told}, which was seen on this computer before"
        why = "an older copy of the store came back and went on, or its log was rewritten"
    return f"{seen.name} {found}: {why}; {ACCEPT}"


class Watch:
    """Compares what a store holds with what was seen of it, and remembers what it holds.

    Args:
        store: resolved path of the store file; None: a store in memory, of which nothing is kept.

    Attributes:
        alarms: what is wrong, by campaign id; stays until the log is as it was seen, or `accept`.
        remarks: what was found once and is no alarm.
    """

    def __init__(self, store: Path | None) -> None:
        self._memory = None if store is None else LastSeen(store)
        self.alarms: dict[str, str] = {}
        self.remarks: list[str] = []

    def seen(self) -> dict[str, SeenHead]:
        """What was seen before; to be read before the store is."""
        return {} if self._memory is None else self._memory.read()

    def campaigns(self, seen: dict[str, SeenHead], there: Collection[str]) -> None:
        """Compare the campaigns a store holds with those seen; another store is no older copy.

        Args:
            seen: positions seen; emptied where none of its campaigns is one of the store.
            there: ids of the campaigns of the store.
        """
        gone = {key: head for key, head in seen.items() if key not in there}
        if there and gone and len(gone) == len(seen):
            names = ", ".join(head.name for head in gone.values())
            self.remarks.append(f"another store lies here than the one seen before, with {names}")
            self._replace({})
            seen.clear()
            gone = {}
        for key in self.alarms.keys() - gone.keys() - seen.keys():
            del self.alarms[key]
        self.alarms |= {key: _gone(head) for key, head in gone.items()}

    def log(self, seen: SeenHeads, key: str, now: SeenHead, digest: str | None) -> bool:
        """Compare the log of one campaign with the position seen.

        Args:
            seen: positions seen.
            key: id of the campaign.
            now: its last event.
            digest: hash of the event that has the number seen; None: there is none.

        Returns:
            Whether it is the log that was seen, gone on or not.
        """
        alarm = older_copy(seen[key], now.seq, digest) if key in seen else None
        if alarm is not None:
            self.alarms[key] = alarm
            return False
        self.alarms.pop(key, None)
        return True

    def remember(self, heads: SeenHeads) -> None:
        """Keep positions that are as they should be."""
        if self._memory is not None and heads:
            self._memory.keep(heads)

    def accept(self, heads: SeenHeads) -> None:
        """Take the store as it is now: what was seen before is forgotten."""
        self.alarms.clear()
        self._replace(heads)

    def begun_anew(self) -> None:
        """A new store was made where none was: what was seen there is of one that is gone."""
        seen = self.seen()
        if seen:
            names = ", ".join(f"{head.name} (event {head.told})" for head in seen.values())
            self.remarks.append(f"a new store was begun where there was one before, with {names}")
            self.accept({})

    def _replace(self, heads: SeenHeads) -> None:
        if self._memory is not None:
            self._memory.replace(heads)


def _gone(head: SeenHead) -> str:
    return (
        f"{head.name} is gone from this store; it was seen on this computer up to event"
        f" {head.told}; {ACCEPT}"
    )
