"""What can be remembered: the kinds of events, their payloads, how they are written and chained.

An event is a fact that somebody stated at some time. Events are appended and never changed; all
else (runs, plans, lines, status) is derived from them by `designer.campaigns.log.fold`.

Each event's hash covers the hash before it, so an edit anywhere breaks every later link. The chain
is evidence against accidents and casual edits, not against someone who recomputes it; for that,
compare a head (``seq:hash8``) printed earlier with ``store verify --head``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, NoReturn

from designer.campaigns.errors import StoreDamagedError
from designer.campaigns.log.payloads import PAYLOADS
from designer.campaigns.values.shape import members


@dataclass(frozen=True, slots=True)
class Kind:
    """The payload of one kind of event.

    Attributes:
        version: payload version this program writes and understands.
        required: keys every payload has.
        optional: keys a payload may have.
    """

    version: int
    required: frozenset[str]
    optional: frozenset[str] = frozenset()


_VERSIONS: Mapping[str, int] = {"note_added": 3, "plan_proposed": 2}
"""Of payloads that were changed since the first one."""


def _kind(name: str, payload: type) -> Kind:
    required, optional = members(payload)
    return Kind(_VERSIONS.get(name, 1), frozenset(required), frozenset(optional))


KINDS: Mapping[str, Kind] = {name: _kind(name, payload) for name, payload in PAYLOADS.items()}
"""Every kind of event this program knows, with the newest version of its payload."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A new event before it is stored.

    Attributes:
        kind: one of `KINDS`.
        body: JSON-able payload with the keys `KINDS` names.
    """

    kind: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """A stored event.

    Attributes:
        seq: place in its campaign's log, 1, 2, 3, … without gaps.
        event_id: ``<command id>.<index>``; the same id is never stored twice.
        kind: one of `KINDS`.
        version: version of the payload in `body`.
        body: payload, in the version this program works with.
        actor: who stated it.
        recorded_at: when it was stored, UTC with microseconds, ``2026-03-01T08:15:00.000000Z``.
        program: version of the program that wrote it.
        hash: SHA-256 over the previous event's hash and this event as stored, 64 hexadecimal
            digits.
        older: version and payload as stored, where they are older than these
            (`designer.campaigns.log.upcast`).
    """

    seq: int
    event_id: str
    kind: str
    version: int
    body: dict[str, Any]
    actor: str
    recorded_at: str
    program: str
    hash: str
    older: tuple[int, dict[str, Any]] | None = None

    @classmethod
    def unstored(cls, seq: int, draft: NewEvent) -> Event:
        """A new event that is tried on a state, and not stored."""
        version = KINDS[draft.kind].version
        return cls(seq, f"new.{seq}", draft.kind, version, draft.body, "", "", "", "")

    @property
    def as_stored(self) -> dict[str, Any]:
        """Every field as the store holds it, JSON-able."""
        version, body = self.older or (self.version, self.body)
        stored = {field.name: getattr(self, field.name) for field in fields(self)}
        del stored["older"]
        return stored | {"version": version, "body": body}

    @property
    def command_id(self) -> str:
        """The id of the command that appended this event, perhaps with others."""
        return self.event_id.rpartition(".")[0]


def canonical_json(value: object) -> str:
    """Write a JSON-able value as the one text that stands for it.

    Args:
        value: dicts with text keys, lists, texts, finite numbers, booleans, None.

    Returns:
        JSON with sorted keys and no blanks.

    Raises:
        ValueError: for nan and infinities, which JSON does not know.
        TypeError: for values JSON cannot hold.
    """
    return _CANONICAL(value)


# made once: json.dumps makes an encoder at every call with options
_CANONICAL = json.JSONEncoder(
    sort_keys=True, allow_nan=False, ensure_ascii=False, separators=(",", ":")
).encode
_LONG = 1 << 20
_BODY = 5  # place of the body in a row that is hashed
_ROW = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


parse_json = json.JSONDecoder(parse_constant=_no_constant).decode
"""Reads JSON text; nan and infinities are refused (ValueError)."""


def event_problems(drafts: Iterable[NewEvent]) -> list[str]:
    """Name what is wrong with new events; anything here is a fault of this program."""
    problems = []
    for draft in drafts:
        kind = KINDS.get(draft.kind)
        if kind is None:
            problems.append(f"unknown kind of event {draft.kind!r}")
            continue
        missing = kind.required - draft.body.keys()
        extra = draft.body.keys() - kind.required - kind.optional
        problems += [f"{draft.kind} lacks {key!r}" for key in sorted(missing)]
        problems += [f"{draft.kind} does not know {key!r}" for key in sorted(extra)]
    return problems


def check_known(event: Event, campaign: str) -> None:
    """Refuse an event this program cannot understand in full.

    Raises:
        StoreDamagedError: unknown kind, newer payload version, or a payload with missing keys;
            the problem names ``campaign#seq``.
    """
    kind = KINDS.get(event.kind)
    if kind and event.version == kind.version and kind.required <= event.body.keys():
        return
    where = f"{campaign}#{event.seq}"
    writer, hint = f"written by pilot-designer {event.program}", "Use that version or a newer one"
    if kind is None:
        what = f"unknown kind of event {event.kind!r}, {writer}"
        raise StoreDamagedError.at(where, what, hint=hint)
    if event.version != kind.version:
        what = (
            f"{event.kind} has payload version {event.version}, this program knows version"
            f" {kind.version}; it was {writer}"
        )
        raise StoreDamagedError.at(where, what, hint=hint)
    missing = ", ".join(sorted(kind.required - event.body.keys()))
    raise StoreDamagedError.at(where, f"{event.kind} lacks {missing}")


GENESIS = ""
"""What stands before the first event of a campaign."""


def event_hash(previous: str, row: tuple[str | int, ...]) -> str:
    """Return SHA-256(previous hash + canonical row) as 64 hexadecimal digits.

    Args:
        previous: hash of the event before (`GENESIS` for the first one).
        row: campaign id, seq, event id, kind, payload version, body (canonical JSON text, exactly
            as stored), actor, time, program version.

    Raises:
        UnicodeEncodeError: for texts that are no Unicode (lone surrogates).
    """
    body = row[_BODY]
    if not isinstance(body, str) or len(body) <= _LONG:
        return hashlib.sha256(f"{previous}{_ROW(row)}".encode()).hexdigest()
    digest = hashlib.sha256(previous.encode())
    for piece in _pieces(row):
        digest.update(piece.encode())
    return digest.hexdigest()


def _pieces(row: tuple[str | int, ...]) -> Iterator[str]:
    """The canonical row piece by piece: of a long line it would be there three times at once."""
    for place, value in enumerate(row):
        yield "," if place else "["
        if isinstance(value, str):
            yield '"'
            for start in range(0, len(value), _LONG):  # each character is escaped by itself
                yield _ROW(value[start : start + _LONG])[1:-1]
            yield '"'
        else:
            yield _ROW(value)
    yield "]"


def head_text(seq: int, digest: str) -> str:
    """Return the short form people see, ``seq:hash8`` (``0:`` for an empty log)."""
    return f"{seq}:{digest[:8]}"
