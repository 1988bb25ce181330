"""How soon the terminal UI is there, and how soon it answers a key while a plan is computed.

    .venv/bin/python -m tests.benchmarks.tui_latency --keys 300

Measured through a pseudo-terminal of 80 × 24, as a user's fingers and eyes would: from the spawn
to the bytes of the first frame and of the campaign; from a key to the bytes of what it changes,
with a real ``propose`` of many runs going on in the worker. Promise: p99 of a key ≤ 100 ms then.
"""

from __future__ import annotations

import argparse
import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path
from typing import Any, Self

CAMPAIGN = "demo"
RUNS = b"500"  # of the plan that is computed meanwhile; it is cancelled in the end
DOWN, UP, ESCAPE, SAVE, ERASE = b"\x1b[B", b"\x1b[A", b"\x1b", b"\x13", b"\x15"
HISTORY = b"6"


class Screen:
    """A program in a pseudo-terminal: writes keys, waits for what it draws."""

    def __init__(
        self, store: Path, *, size: tuple[int, int] = (24, 80), words: list[str] | None = None
    ) -> None:
        words = words or ["-m", "designer", "tui", CAMPAIGN, "--store", str(store)]
        self.seen = ""
        self.begin = time.perf_counter()
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", OMP_NUM_THREADS="1")
            os.execv(sys.executable, [sys.executable, *words])
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        os.kill(self._pid, signal.SIGTERM)
        self.drain(1.0)
        os.waitpid(self._pid, 0)
        os.close(self._terminal)

    def _read(self, seconds: float) -> bool:
        """Whether something was drawn within a time."""
        if not select.select([self._terminal], [], [], max(0.0, seconds))[0]:
            return False
        try:
            self.seen += self._decode(os.read(self._terminal, 65536))
        except OSError:  # the program has ended
            return False
        return True

    def drain(self, seconds: float) -> None:
        """Take in what is drawn during a time."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if not self._read(left):
                return

    def cpu(self) -> float:
        """CPU of the process with all its threads until now [s]."""
        return time.clock_gettime((~self._pid << 3) | 2)  # Linux: the clock of a process

    def memory(self) -> float:
        """Resident memory of the process [MB]."""
        told = Path(f"/proc/{self._pid}/status").read_text(encoding="ascii")
        return int(told.partition("VmRSS:")[2].split()[0]) / 1024

    def until(self, pattern: str, keys: bytes = b"", seconds: float = 60.0) -> float:
        """Press keys; seconds until something that matches is drawn."""
        self.seen = ""
        begin = time.perf_counter()
        if keys:
            os.write(self._terminal, keys)
        while re.search(pattern, self.seen) is None:
            left = begin + seconds - time.perf_counter()
            if not self._read(left) and left <= 0:
                raise AssertionError(f"never drawn: {pattern}")
        return time.perf_counter() - begin


def start_seconds(store: Path) -> tuple[float, float]:
    """Seconds from the spawn to the first frame and to the campaign on it."""
    with Screen(store) as screen:
        screen.until("Campaign")
        frame = time.perf_counter() - screen.begin
        if "Learned" not in screen.seen:
            screen.until("Learned")
        shown = time.perf_counter() - screen.begin
        screen.drain(0.3)
    return frame, shown


def key_seconds(store: Path, keys: int, pause: float = 0.05) -> tuple[list[float], list[float]]:
    """Seconds from a key to the row it leads to: idle, and while a plan is computed."""
    with Screen(store) as screen:
        screen.until("Learned")
        screen.drain(1.0)
        screen.until("campaign created", HISTORY)
        screen.drain(1.0)
        idle = _walk(screen, keys // 4, pause)
        screen.until("propose demo", b"1g")
        for key in (ERASE, RUNS):
            screen.until(".", key)
            screen.drain(0.3)
        screen.until("esc cancels", SAVE)
        screen.until("campaign created", HISTORY)
        busy = _walk(screen, keys, pause)
        screen.until("Cancelled: nothing entered", ESCAPE)  # so it was computing to the end
    return idle, busy


def _walk(screen: Screen, keys: int, pause: float) -> list[float]:
    """Go up and down in the history: the pane below names the event under the cursor."""
    times = []
    for number in range(keys):
        # what comes late from the key before must not answer for this one
        screen.drain(pause)
        times.append(screen.until(r"event \d+ · ", DOWN if number % 2 == 0 else UP, 10.0))
    return times


def percentile(times: list[float], share: float) -> float:
    """A percentile [ms], by the nearest rank."""
    ranked = sorted(times)
    return 1000 * ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def main() -> None:
    """Make a store, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--keys", type=int, default=300)
    parser.add_argument("--starts", type=int, default=7)
    chosen = parser.parse_args()
    from designer.service import Service
    from designer.service.demo import demo

    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        store = Path(folder) / "pilot.db"
        demo(Service(str(store)), 4)
        starts = sorted(start_seconds(store) for _ in range(chosen.starts))
        frames = [frame for frame, _ in starts]
        shown = [campaign for _, campaign in starts]
        for name, times in (("first frame", frames), ("campaign shown", shown)):
            ranked = sorted(times)
            print(f"{name}: median {ranked[len(ranked) // 2]:.2f} s, worst {ranked[-1]:.2f} s")
        walks = key_seconds(store, chosen.keys)
        for name, times in zip(("idle", "computing"), walks, strict=True):
            told = " / ".join(f"{percentile(times, share):.0f}" for share in (0.5, 0.95, 0.99, 1))
            print(f"key, {name} ({len(times)} keys): p50 / p95 / p99 / max {told} ms")
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
