"""The chain of hashes that makes a changed, lost or exchanged event visible.

Each event's hash covers the hash before it, so an edit anywhere breaks every later link. The
chain is evidence against accidents and casual edits, not against someone who recomputes it; for
that, compare a head (``seq:hash8``) printed earlier with ``store verify --head``.
"""

from __future__ import annotations

import hashlib
import json

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
    text = previous + json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def head_text(seq: int, digest: str) -> str:
    """Return the short form people see, ``seq:hash8`` (``0:`` for an empty log)."""
    return f"{seq}:{digest[:8]}"
