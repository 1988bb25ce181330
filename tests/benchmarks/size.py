"""CPU and memory of verbs on stores far larger than usual, beside another version of the program.

    .venv/bin/python -m tests.benchmarks.size                             # this tree, 5 repeats
    .venv/bin/python -m tests.benchmarks.size --before /path/to/old/tree  # both, in turns
    .venv/bin/python -m tests.benchmarks.size --only list --only status

Stores: 10,000 runs of two responses in one campaign, an event each; 500 campaigns of two runs.
Every verb is a process of its own (start included): the least CPU of several, in turns, so that a
busy machine disturbs both alike. ``record``: in one long-lived process, 99th percentile of 200
results, elapsed and CPU. ``factors``: CPU of a plan of four runs in 200 factors, 60 runs known.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from designer.campaigns import commands
from designer.campaigns.commands import ResultEntry
from designer.campaigns.specification import load
from designer.campaigns.store.store import Store
from designer.campaigns.values.quantity import Quantity
from tests.places import ROOT

RUNS, CAMPAIGNS, FACTORS = 10_000, 500, 200
SPEC: dict[str, Any] = {
    "campaign": {"version": 1, "name": "big", "line": "line4"},
    "factor": [
        {"name": "gap", "unit": "um", "low": 80, "high": 200, "step": 10},
        {"name": "pressure", "unit": "MPa", "low": 20, "high": 200},
    ],
    "response": [
        {"name": "loading", "unit": "mg/cm^2", "window": [5, 6]},
        {"name": "porosity", "unit": "%"},
    ],
}
VERBS = {
    "list": ("many", ["list"], "≤ 0.5"),
    "status": ("big", ["status", "big"], "≤ 0.7"),
    "history": ("big", ["history", "big"], "linear"),
    "history --json": ("big", ["history", "big", "--json"], "linear"),
    "show": ("big", ["show", "big"], "linear"),
    "verify": ("big", ["store", "verify"], ""),
}
RECORD = """
import json, sys, time
from designer.service import Service
service = Service(sys.argv[1], actor="anna")
wall, cpu = [], []
for k in range(200):
    began, used = time.perf_counter(), time.process_time()
    service.runs.record("big", f"R{k + 1:03d}", {"loading": "5.1"}, replicate=True)
    wall.append(time.perf_counter() - began); cpu.append(time.process_time() - used)
at = lambda times: 1000 * sorted(times[2:])[int(.99 * len(times[2:]))]
print(json.dumps([at(wall), at(cpu)]))
"""
WIDE = """
import json, sys, time
import numpy as np, pandas as pd
from designer import Campaign
n, rng = int(sys.argv[1]), np.random.default_rng(0)
names = [f"x{k:03d}" for k in range(n)]
spec = {"campaign": {"version": 1, "name": "wide", "line": "l4"}, "response": [{"name": "y"}],
        "factor": [{"name": x, "low": 0, "high": 1, **({"step": .1} if k % 2 else {})}
                   for k, x in enumerate(names)]}
campaign = Campaign.create(spec, store=None)
known = pd.DataFrame({x: rng.integers(0, 11, 60) / 10 for x in names})
known["y"] = known.x000 + known.x001**2 + 5 + rng.normal(0, .1, 60)
campaign.attach(known)
used = time.process_time()
campaign.propose(4, seed=0)
print(json.dumps(time.process_time() - used))
"""


def entry(k: int) -> ResultEntry:
    """A run nobody proposed."""
    told = {"loading": [Quantity.of(f"{4 + k % 20 / 10}")],
            "porosity": [Quantity.of(f"{30 + k % 50 / 10}")]}  # fmt: skip
    used = {"gap": Quantity.of(f"{80 + k % 13 * 10}"), "pressure": Quantity.of(f"{20 + k % 180}")}
    return ResultEntry(None, told, used=used)


def make_stores(folder: Path) -> None:
    """Write `big.db` and `many.db`."""
    big, many = Store(str(folder / "big.db")), Store(str(folder / "many.db"))
    big.create(load.from_dict(SPEC), "anna")
    for start in range(0, RUNS, 500):
        entries = [entry(k) for k in range(start, start + 500)]
        big.change("big", partial(commands.attach, entries=entries), actor="anna")
    for k in range(CAMPAIGNS):
        name = f"c{k:03d}"
        campaign = {**SPEC["campaign"], "name": name}
        many.create(load.from_dict({**SPEC, "campaign": campaign}), "anna")
        many.change(name, partial(commands.attach, entries=[entry(k), entry(k + 1)]), actor="anna")


def child(tree: Path, words: list[str], folder: Path) -> tuple[float, str]:
    """CPU seconds of a fresh interpreter on a tree, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    options = {
        "XDG_DATA_HOME": str(folder / "data"),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(tree),
        "PYTHONDONTWRITEBYTECODE": "",  # compiled once, as where it is installed
    }
    done = subprocess.run(
        [sys.executable, *words], env={**os.environ, **options}, cwd=tree, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, done.stdout


def verb_row(name: str, trees: list[Path], folder: Path, repeats: int) -> list[str]:
    """Least CPU of a verb on every tree."""
    store, words, wanted = VERBS[name]
    command = ["-m", "designer", *words, "--store", str(folder / f"{store}.db")]
    least = [
        min(times)
        for times in zip(
            *([child(tree, command, folder)[0] for tree in trees] for _ in range(repeats)),
            strict=True,
        )
    ]
    return [name, *(f"{each:.2f} s" for each in least), wanted]


def record_row(trees: list[Path], folder: Path) -> list[str]:
    """99th percentile of a result in a long-lived process."""
    told = []
    for tree in trees:
        copy = folder / "record.db"
        copy.write_bytes((folder / "big.db").read_bytes())
        wall, cpu = json.loads(child(tree, ["-c", RECORD, str(copy)], folder)[1])
        told.append(f"{wall:.0f} ms ({cpu:.0f} CPU)")
        copy.unlink()
        (folder / "data").rename(folder / f"data-{len(told)}")
    return ["record, p99", *told, "≤ 50 ms"]


def factors_row(trees: list[Path], folder: Path) -> list[str]:
    """CPU of a plan in many factors."""
    times = [float(child(tree, ["-c", WIDE, str(FACTORS)], folder)[1]) for tree in trees]
    return [f"propose, {FACTORS} factors", *(f"{each:.0f} s" for each in times), "≤ 60 s"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, help="another tree of the program")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", action="append", choices=[*VERBS, "record", "factors"])
    told = parser.parse_args()
    trees = [*([told.before] if told.before else []), ROOT]
    print("| what | " + " | ".join([*(["before"] if told.before else []), "now", "wanted"]) + " |")
    print("|---" * (len(trees) + 2) + "|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_stores(folder)
        (folder / "data").mkdir()
        steps: dict[str, Callable[[], list[str]]] = {
            verb: partial(verb_row, verb, trees, folder, told.repeats) for verb in VERBS
        }
        steps["record"] = partial(record_row, trees, folder)
        steps["factors"] = partial(factors_row, trees, folder)
        for step, row in steps.items():
            if not told.only or step in told.only:
                print("| " + " | ".join(row()) + " |", flush=True)


if __name__ == "__main__":
    main()
