"""Somebody leans on the keyboard: 2,000 keys at random on every screen of the terminal UI.

    .venv/bin/python -m tests.benchmarks.key_mash --keys 2000 --seed 1

Promise: never a question on top of another, nothing entered that was not confirmed, no end of the
program. With ``--confirming`` the keys that confirm are among them; then only the first and the
last are promised. The quick setting is `tests/tui/test_asking.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from pathlib import Path

from designer.service import Service
from tests.campaigns_for_tests import SMALL, line_rows
from tests.tui.mash import ALL, CALM, SCREENS, mash


def _small(store: Path) -> Path:
    """A campaign with an earlier line and three runs that wait."""
    spec = store.with_suffix(".toml")
    spec.write_text(SMALL)
    service = Service(str(store), actor="anna")
    service.campaigns.create(spec)
    service.lines.add("small", line_rows(), name="line2")
    service.plans.propose("small", 3, seed=1)
    return store


def main() -> None:
    """Press, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--keys", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--screens", nargs="*", default=SCREENS)
    parser.add_argument("--confirming", action="store_true")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        for screen in told.screens:
            store = _small(Path(folder) / f"{screen}.db")
            begin = time.monotonic()
            keys = ALL if told.confirming else CALM
            kinds = asyncio.run(mash(store, [screen], keys, told.keys, told.seed))
            assert told.confirming or set(kinds) <= {"run_started"}, kinds
            events = ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))
            seconds = time.monotonic() - begin
            print(f"{screen}: {told.keys} keys in {seconds:.0f} s; events: {events or 'none'}")


if __name__ == "__main__":
    main()
