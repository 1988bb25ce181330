"""Make faults and count what they led to.

.venv/bin/python -m tests.benchmarks.faults                    # full settings, half an hour
.venv/bin/python -m tests.benchmarks.faults --quick            # seconds
.venv/bin/python -m tests.benchmarks.faults --only kills fuzz
"""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import cache_flips
from tests.benchmarks.faults import books, flips, fuzz, power_cuts, processes, strangers


def _writers(folder: Path, processes_: int, each: int) -> Counter[str]:
    counts, longest = processes.writers(folder, processes_, each)
    print(f"  longest wait of a writer: {longest:.2f} s")
    return counts


def _strangers(folder: Path, stores: int) -> Counter[str]:
    with contextlib.chdir(folder):  # exports go there
        return strangers.run(folder, stores)


KINDS: dict[str, tuple[Callable[[Path], Counter[str]], Callable[[Path], Counter[str]]]] = {
    "kills": (lambda f: processes.kills(f, 200), lambda f: processes.kills(f, 3)),
    "power cuts": (lambda f: power_cuts.run(f, 3000), lambda f: power_cuts.run(f, 100, number=10)),
    "store flips": (lambda f: flips.run(f, 3000), lambda f: flips.run(f, 100)),
    "cache flips": (lambda f: cache_flips.run(f, 700), lambda f: cache_flips.run(f, 30)),
    "fuzz": (lambda f: fuzz.run(f, 2000, 2000), lambda f: fuzz.run(f, 60, 40)),
    "books": (lambda f: books.run(f, 2400), lambda f: books.run(f, 30)),
    "strangers": (lambda f: _strangers(f, 3000), lambda f: _strangers(f, 40)),
    "writers": (lambda f: _writers(f, 8, 50), lambda f: _writers(f, 3, 5)),
}
"""Name of a kind of faults: full and quick settings."""


def main() -> None:
    """Print what every kind of faults led to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*", default=[])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        os.environ["XDG_DATA_HOME"] = folder  # what the program remembers of stores
        for name, settings in KINDS.items():
            if asked.only and name not in asked.only:
                continue
            place = Path(folder) / name.replace(" ", "-")
            place.mkdir()
            began = time.process_time()
            counts = settings[asked.quick](place)
            told = ", ".join(f"{what} {number}" for what, number in sorted(counts.items()))
            print(f"{name}: {told} ({time.process_time() - began:.0f} s CPU here)", flush=True)


if __name__ == "__main__":
    main()
