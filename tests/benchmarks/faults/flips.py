"""Flip bits of a store: what is read is what was written, or an error says that it is damaged."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from designer.campaigns.errors import DesignerError
from designer.campaigns.store.store import Store
from tests.store.cases import SPEC, noting


def run(folder: Path, flips: int, seed: int = 1) -> Counter[str]:
    """Count what flips led to: ``noticed``, ``same``, ``silent``, ``crash``; a tenth are cuts."""
    path, chance = folder / "pilot.db", random.Random(seed)
    store = Store(str(path))
    store.create(SPEC, "anna")
    for k in range(60):
        store.change("demo", noting(f"note {k} " + "x" * (37 * k % 400)), actor="anna")
    expected, whole = store.state("demo"), path.read_bytes()
    damaged = folder / "damaged.db"
    counts: Counter[str] = Counter(silent=0, crash=0)
    for k in range(flips):
        place = chance.randrange(8 * len(whole))
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        damaged.write_bytes(whole[: place // 8] if k % 10 == 0 else changed)
        try:
            found = Store(str(damaged)).state("demo")
            counts["same" if found == expected else "silent"] += 1
        except DesignerError:
            counts["noticed"] += 1
        except Exception as error:
            counts["crash"] += 1
            counts[type(error).__name__] += 1
    return counts
