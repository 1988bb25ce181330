"""Cut the power at a random moment: nothing that was acknowledged may be missing, nothing half.

The program's own store writes commands of three events each; `disk` notes what reaches the
operating system and builds what a cut would leave, which a new store then reads.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from designer.campaigns import commands
from designer.campaigns.errors import DesignerError
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.state import CampaignState
from designer.campaigns.store.store import Store
from tests.benchmarks.faults.disk import Disk, noted
from tests.store.cases import SPEC

PARTS = 3


def written(folder: Path, number: int, chance: random.Random) -> Disk:
    """What the disk sees of so many commands, some larger than a page."""
    folder.mkdir()
    store = Store(str(folder / "pilot.db"))
    store.create(SPEC, "anna")
    with noted(folder) as disk:
        for _ in range(number):
            size = chance.choice((10, 300, 3000))

            def decide(state: CampaignState, size: int = size) -> list[NewEvent]:
                return [commands.note(state, f"{k} " + "x" * size)[0] for k in range(PARTS)]

            state = store.change("demo", decide, actor="anna")
            disk.acknowledge(state.seq, state.events[-1].hash)
    return disk


def run(folder: Path, cuts: int, seed: int = 1, number: int = 30) -> Counter[str]:
    """Count what cuts led to: ``kept``, ``lost``, ``half``, ``unreadable``."""
    chance = random.Random(seed)
    disk = written(folder / "writer", number, chance)
    assert any(each.what == "sync" for each in disk.happened), "nothing was noted"
    after = folder / "after"
    after.mkdir()
    counts: Counter[str] = Counter()
    for _ in range(cuts):
        left, told = disk.cut(chance.randrange(len(disk.happened) + 1), chance)
        for file in after.iterdir():
            file.unlink()
        for name, content in left.items():
            (after / name).write_bytes(content)
        counts[_outcome(after / "pilot.db", told, verify=chance.random() < 0.1)] += 1
    return counts


def _outcome(path: Path, told: dict[int, str], *, verify: bool) -> str:
    try:
        events = Store(str(path)).state("demo").events
        if verify:
            Store(str(path)).verify(accept=True)  # the place is used again for other cuts
    except DesignerError:
        return "unreadable"
    if (len(events) - 1) % PARTS:
        return "half"
    kept = all(seq <= len(events) and events[seq - 1].hash == told[seq] for seq in told)
    return "kept" if kept else "lost"
