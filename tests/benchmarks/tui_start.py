"""What the terminal UI costs: start, another screen, memory, beside a bare Textual program.

    .venv/bin/python -m tests.benchmarks.tui_start --rounds 7

Both programs run in pseudo-terminals of 80 × 24, in turns within the same minute, so that ratios
hold on a busy machine. CPU is that of the process of the interface with all its threads, from the
spawn to the bytes of the first frame and to the bytes of the data; the computing process is
another one and starts later. Wanted: first frame ≤ 1.8, data ≤ 3.0 times the bare program's first
frame; another screen ≤ 120 ms; ≤ 80 MB.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.tui_latency import CAMPAIGN, Screen

BARE = """
from textual.app import App
from textual.widgets import DataTable, Footer, Header
class Bare(App):
    BINDINGS = [("q", "quit", "Quit"), ("a", "bell", "Bell")]
    def compose(self):
        yield Header()
        yield DataTable()
        yield Footer()
    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns(*(f"column {n}" for n in range(6)))
        table.add_rows([str(n * k) for n in range(6)] for k in range(7, 27))
Bare().run()
"""
SCREENS = {b"1": "Learned", b"2": "No run waits", b"5": "rows inside", b"6": "campaign created"}
"""Digit of a screen, and what only its data show."""


@dataclass(frozen=True)
class Start:
    """One start of both programs.

    Attributes:
        bare: CPU of the bare program until its first frame [s].
        frame: ours until the first frame [s].
        data: ours until the campaign is on the screen [s].
        memory: of our interface after walking through all screens [MB].
        switches: wall time of a change to a screen that was seen already [s].
        first_switches: wall time of the first change to a screen [s].
    """

    bare: float
    frame: float
    data: float
    memory: float
    switches: list[float]
    first_switches: list[float]


def start(store: Path, walks: int = 3) -> Start:
    """Start both programs once; walk through our screens some times."""
    with Screen(store, words=["-c", BARE]) as screen:
        screen.until("column 5")
        bare = screen.cpu()
        screen.drain(0.2)
    with Screen(store, words=["-m", "designer", "tui", CAMPAIGN, "--store", str(store)]) as screen:
        screen.until("Proposals")
        frame = screen.cpu()
        if "Learned" not in screen.seen:
            screen.until("Learned")
        data = screen.cpu()
        screen.drain(1.0)
        first_switches = _walk(screen, 1)
        switches = _walk(screen, walks)
        memory = screen.memory()
    return Start(bare, frame, data, memory, switches, first_switches)


def keep_compiled(folder: Path) -> None:
    """Let the programs find their modules compiled, as an installed one does."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")


def _walk(screen: Screen, times: int) -> list[float]:
    """Seconds from a digit to the data of its screen."""
    found = []
    for _ in range(times):
        for digit in (b"2", b"5", b"6", b"1"):
            found.append(screen.until(SCREENS[digit], digit))
            screen.drain(0.3)
    return found


def told(starts: list[Start]) -> dict[str, float]:
    """Medians: ratios to the bare program's first frame, milliseconds, megabytes."""
    median = statistics.median
    first = [seconds for each in starts for seconds in each.first_switches]
    later = [seconds for each in starts for seconds in each.switches]
    return {
        "bare first frame, CPU [s]": round(median(each.bare for each in starts), 3),
        "first frame, ratio of CPU": round(median(each.frame / each.bare for each in starts), 2),
        "data, ratio of CPU": round(median(each.data / each.bare for each in starts), 2),
        "first visit of a screen [ms]": round(1e3 * median(first)),
        "another screen [ms]": round(1e3 * median(later)),
        "another screen, worst [ms]": round(1e3 * max(later)),
        "memory [MB]": round(median(each.memory for each in starts)),
    }


def main() -> None:
    """Make a store, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=7)
    chosen = parser.parse_args()
    from designer.service import Service
    from designer.service.demo import demo

    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        keep_compiled(Path(folder))
        store = Path(folder) / "pilot.db"
        demo(Service(str(store)), 4)
        start(store, 1)  # compiles
        for name, value in told([start(store) for _ in range(chosen.rounds)]).items():
            sys.stdout.write(f"{name}: {value}\n")
    sys.stdout.write(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")


if __name__ == "__main__":
    main()
