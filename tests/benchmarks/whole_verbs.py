"""CPU seconds of whole verbs, as a user pays for them, one thread.

    .venv/bin/python -m tests.benchmarks.whole_verbs

``propose -n 4`` inside a running process on the pilot-line twin: 3 factors, 54,945 recipes,
3 responses, 3 × 40 history rows + 40 runs, fits, averaging, plan and figures for `status` included.
Promises: propose ≤ 2 s, --version ≤ 0.3 s, status of 100 runs ≤ 1 s, import ≤ 0.1 s.
"""

from __future__ import annotations

import os
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is loaded

import json
import subprocess
import sys
import tempfile
import time

import pandas as pd

from designer import Campaign
from designer.twin.scenario import history, scenario
from designer.twin.specification import twin_specification

REPEATS = 5


def twin_campaign(store: str | None = None, runs: int = 40) -> Campaign:
    """A campaign on the twin with three earlier lines, one of them misleading."""
    twin = scenario(3, "one_misleading")
    spec = twin_specification("window", line=twin.target, seed=3, name="cpu", budget=None)
    campaign = Campaign.create(spec, store=store)
    for earlier in twin.earlier:
        campaign.add_line(earlier.name, pd.DataFrame(earlier.data))
    campaign.attach(pd.DataFrame(history(twin.target, runs, seed=9)))
    return campaign


def proposing() -> list[float]:
    """CPU seconds of propose(4), several times in one process."""
    campaign = twin_campaign()
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        campaign.propose(4, dry_run=True)
        times.append(time.process_time() - start)
    return times


def child(code: str, *words: Any) -> float:
    """CPU seconds a fresh interpreter reports for itself, start included; best of several."""
    found = []
    for _ in range(REPEATS):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
        )
        found.append(json.loads(done.stderr.splitlines()[-1]))
    return float(min(found))


VERB = (
    "import sys, time; from designer.cli.main import main; main(sys.argv[1:]);"
    " print(time.process_time(), file=sys.stderr)"
)
IMPORT = (
    "import sys, time; s = time.process_time(); import designer;"
    " print(time.process_time() - s, file=sys.stderr)"
)


def main() -> None:
    """Print the figures."""
    times = proposing()
    print(f"propose -n 4: {min(times):.2f} s best, {sorted(times)[len(times) // 2]:.2f} s median")
    with tempfile.TemporaryDirectory() as folder:
        store = f"{folder}/s.db"
        twin_campaign(store, runs=100)
        print(f"--version: {child(VERB, '--version'):.2f} s")
        print(f"status, 100 runs: {child(VERB, 'status', 'cpu', '--store', store):.2f} s")
    print(f"import designer: {child(IMPORT):.3f} s")


if __name__ == "__main__":
    main()
