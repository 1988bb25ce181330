"""Stores from strangers: right hashes over nonsense, read by every verb.

One field of one payload of a good store becomes something else, and the chain of hashes is made
anew. Whatever verb reads it answers, refuses what was asked, or blames the store; and whoever reads
the log blames it where, and only where, `store verify` does.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from designer.campaigns.log.events import NewEvent
from designer.cli.main import main
from tests.hostile import peaceful, rewritten

CODES = {0, 3, 4, 6}
OTHER: tuple[object, ...] = (
    None, True, -7, 1e308, "x", "", [], {}, [[]], {"x": None}, 1e400, 10**400, 10**30, "nan",
    "2026-99-99", "x" * 5000,
)  # fmt: skip
READING = (
    "status small", "show small", "show small R001", "history small", "export small d.csv --force",
    "export small e.json --what events --force", "store verify",
)  # fmt: skip
OTHERS = (
    "lines show small", "list", "export small d.csv --what data --force", "undo small",
    "record small R004 porosity=3", "note small R001 seen", "reopen small R002",
)  # fmt: skip
Place = tuple[str | int, ...]


def run(folder: Path, stores: int, seed: int = 5) -> Counter[str]:
    """Count stores that are ``good`` and ``damaged``, and ``apart`` and ``crash``: neither is.

    Args:
        folder: takes the stores; it must be the working folder, too.
        stores: how many.
        seed: of chance.
    """
    state = peaceful(folder / "peaceful.db").session.state("small")
    drafts = [NewEvent(event.kind, event.body) for event in state.events]
    chance, counts = random.Random(seed), Counter(good=0, damaged=0, apart=0, crash=0)
    for number in range(stores):
        at = number % len(drafts)
        place = chance.choice([*leaves(drafts[at].body)])
        other = with_other(drafts[at].body, place, chance.choice(OTHER))
        store = folder / f"{number}.db"  # a name of its own: the program remembers what it saw
        changed = [*drafts[:at], NewEvent(drafts[at].kind, other), *drafts[at + 1 :]]
        rewritten(store, state.campaign_id, changed)
        codes = [_called(line, store, chance) for line in (*READING, chance.choice(OTHERS))]
        if not CODES.issuperset(codes):
            counts["crash"] += 1
        elif len({*codes[:-1]}) > 1:
            counts["apart"] += 1
        else:
            counts["damaged" if codes[0] else "good"] += 1
        store.unlink()
    return counts


def _called(line: str, store: Path, chance: random.Random) -> int:
    """Exit code of a verb, for people or for scripts."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        return main([*line.split(), "--store", str(store), *chance.choice([[], ["--json"]])])


def leaves(value: dict[str, Any] | list[Any], path: Place = ()) -> Iterator[Place]:
    """Paths of everything in a payload, itself left out."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(item, dict | list):
            yield from leaves(item, (*path, key))


def with_other(body: dict[str, Any], path: Place, value: object) -> dict[str, Any]:
    """A copy of a payload with something else at one place."""
    copy = json.loads(json.dumps(body))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return dict(copy)
