"""Writers that are killed, and writers that are many: real processes on one store."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from designer.campaigns.store.store import Store
from tests.store.cases import SPEC

PARTS = 3

FOR_EVER = """
import sys
from designer.campaigns import commands
from designer.campaigns.store.store import Store
store = Store(sys.argv[1])
def decide(state):
    return [commands.note(state, f"{state.seq} {part}")[0] for part in "abc"]
while True:
    state = store.change("demo", decide, actor="anna")
    print(state.seq, state.events[-1].hash, flush=True)
"""

SOME = """
import sys, time
from designer.campaigns import commands
from designer.campaigns.store.store import Store
store, me, number = Store(sys.argv[1]), sys.argv[2], int(sys.argv[3])
sys.stdin.readline()
for k in range(number):
    began = time.monotonic()
    text = f"{me} {k}"
    state = store.change("demo", lambda state: commands.note(state, text), actor=me)
    print(state.seq, time.monotonic() - began, flush=True)
"""


def _start(script: str, path: Path, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(path), *map(str, words)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def kills(folder: Path, number: int, seed: int = 1) -> Counter[str]:
    """Kill a writer at random moments: ``kills``, ``acknowledged``, ``hot`` journals, ``lost``,
    ``half`` commands."""
    path, chance = folder / "pilot.db", random.Random(seed)
    Store(str(path)).create(SPEC, "anna")
    counts: Counter[str] = Counter(lost=0, half=0)
    for _ in range(number):
        writer = _start(FOR_EVER, path)
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(chance.uniform(0, 0.06))
        writer.send_signal(signal.SIGKILL)
        rest, _ = writer.communicate()
        counts["kills"] += 1
        counts["hot"] += path.with_name("pilot.db-journal").exists()
        events = Store(str(path)).state("demo").events
        counts["half"] += (len(events) - 1) % PARTS != 0
        for line in [first, *rest.splitlines(keepends=True)]:
            if line.endswith("\n"):
                seq, digest = line.split()
                counts["acknowledged"] += 1
                kept = int(seq) <= len(events) and events[int(seq) - 1].hash == digest
                counts["lost"] += not kept
    Store(str(path)).verify()
    return counts


def writers(folder: Path, processes: int, each: int) -> tuple[Counter[str], float]:
    """Write at once: ``stored``, ``missing`` entries, ``errors``; and the longest wait, s."""
    path = folder / "pilot.db"
    Store(str(path)).create(SPEC, "anna")
    started = [_start(SOME, path, f"w{k}", each) for k in range(processes)]
    for one in started:  # all wait at their starting line
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    answers = [one.communicate() for one in started]
    told = [line.split() for out, _ in answers for line in out.splitlines()]
    events = Store(str(path)).state("demo").events
    texts = {str(event.body["text"]) for event in events[1:]}
    wanted = {f"w{k} {n}" for k in range(processes) for n in range(each)}
    Store(str(path)).verify()
    counts = Counter(
        stored=len(events) - 1,
        missing=len(wanted - texts) + len(told) - len({seq for seq, _ in told}),
        errors=sum(one.returncode != 0 for one in started),
    )
    return counts, max(float(seconds) for _, seconds in told)
