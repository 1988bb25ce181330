"""What pictures cost: the verbs they are drawn from, and a cursor key on the map.

    .venv/bin/python -m tests.benchmarks.pictures_cpu

CPU seconds of a warm process (models learned before), one thread: the demo of 16 runs, and a
campaign of six factors with 40 runs, three responses and an earlier line of 60 rows.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from designer import Campaign
from designer.service import Service
from designer.service.demo import demo
from designer.tui.app import DesignerApp
from designer.tui.screens.explore import ExploreScreen
from designer.worker import Worker

_FACTORS = 6
_SPEC = "\n".join(
    [
        '[campaign]\nversion = 1\nname = "six"\nline = "here"',
        *(f'[[factor]]\nname = "f{k}"\nlow = 0\nhigh = 100\nstep = 1' for k in range(_FACTORS)),
        *(f'[[response]]\nname = "y{k}"\nwindow = [40, 60]' for k in range(3)),
    ]
)


def six(store: Path) -> None:
    """The campaign of six factors."""
    rng = np.random.default_rng(0)

    def rows(count: int, shift: float) -> pd.DataFrame:
        X = rng.integers(0, 101, size=(count, _FACTORS))
        frame = pd.DataFrame(X, columns=[f"f{k}" for k in range(_FACTORS)])
        for k in range(3):
            frame[f"y{k}"] = (
                50 + shift + 0.2 * X[:, k] - 0.1 * X[:, k + 1] + 5 * np.sin(X[:, k + 2] / 20)
                + rng.normal(size=count)
            )  # fmt: skip
        return frame

    with Campaign.create(tomllib.loads(_SPEC), store=store) as case:
        case.add_line("before", rows(60, 2.0))
        case.attach(rows(40, 0.0))
        case.propose(4, seed=0)


def cpu(call: Callable[[], object]) -> float:
    """CPU seconds of the second of two calls."""
    call()
    began = time.process_time()
    call()
    return time.process_time() - began


async def keys(store: Path, campaign: str, count: int) -> float:
    """CPU seconds of the interface for a cursor key on the map, the pauses of Pilot included."""
    service = Service(str(store))
    worker = Worker(service.session.store.url, "anna")
    app = DesignerApp(service, worker, campaign)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.5)
        await pilot.press("4")
        while not (isinstance(app.screen, ExploreScreen) and app.screen.here is not None):
            await pilot.pause(0.1)
        await pilot.pause(3.0)
        began = time.process_time()
        for number in range(count):
            await pilot.press("right" if number % 2 else "left")
        found = (time.process_time() - began) / count
    await asyncio.to_thread(worker.close)
    return found


def measured(store: Path, name: str) -> dict[str, float]:
    """CPU seconds by what is asked for."""
    service = Service(str(store))
    x, y = [factor.name for factor in service.session.state(name).spec.factors][:2]
    pictures = service.pictures
    recipe = pictures.slices(name)["recipe"]
    return {
        "slices": cpu(lambda: pictures.slices(name, recipe)),
        "recipe_map": cpu(lambda: pictures.recipe_map(name, x, y, recipe)),
        "information_map": cpu(lambda: pictures.information_map(name, x, y, recipe)),
        "what_if": cpu(lambda: pictures.what_if(name, recipe)),
        "evidence": cpu(lambda: pictures.evidence(name)),
        "a cursor key": asyncio.run(keys(store, name, 60)),
    }


def main() -> None:
    """Measure, and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        cases = {"demo": Path(folder) / "demo.db", "six": Path(folder) / "six.db"}
        demo(Service(str(cases["demo"])), 16)
        six(cases["six"])
        for name, store in cases.items():
            told = measured(store, name)
            print(f"{name}: " + ", ".join(f"{what} {1000 * s:.0f} ms" for what, s in told.items()))


if __name__ == "__main__":
    main()
