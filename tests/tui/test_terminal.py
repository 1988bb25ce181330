"""The terminal UI in a real 80 × 24 terminal (tmux), driven by keys alone."""

import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest

from designer.service import Service
from tests.benchmarks.tui_latency import key_seconds, percentile, start_seconds

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
P99 = 0.100  # s, the aim for a key while a plan is computed
START = 3.0  # s until the campaign is on the screen, twice what was measured
_READ = 0.25  # s that nobody reads faster in (assumption)
SLACK = 5.0  # on busy machines: this is a test that nothing freezes, the aim itself is measured


class Terminal:
    """A tmux session of its own, 80 × 24, on a socket nobody else uses."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.socket = f"designer-{uuid.uuid4().hex[:8]}"

    def __enter__(self) -> Self:
        state = os.environ["XDG_STATE_HOME"]
        shell = ["env", "-u", "NO_COLOR", "TERM=tmux-256color", f"XDG_STATE_HOME={state}"]
        shell += ["OMP_NUM_THREADS=1", "LC_ALL=C.UTF-8", "sh"]
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", *shell)
        self.tmux("set-option", "-s", "escape-time", "0")
        return self

    def __exit__(self, *_: Any) -> None:
        self.tmux("kill-server")

    def tmux(self, *words: Any) -> str:
        done = subprocess.run(
            ["tmux", "-L", self.socket, *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, *words: Any) -> None:
        """`designer …` on the store, and its exit code afterwards."""
        line = " ".join([sys.executable, "-m", "designer", *words, "--store", str(self.store)])
        self.type(f"clear; {line}; echo ended with $?")
        self.key("Enter")

    def key(self, *keys: Any) -> None:
        for key in keys:
            self.tmux("send-keys", key)
            time.sleep(0.05)

    def type(self, text: str) -> None:
        self.tmux("send-keys", "-l", text)

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def until(self, text: str, seconds: float = 40) -> None:
        """Wait for a text, and then as long as a person takes at least to read it.

        A key that comes as the first byte of a question is drawn was pressed before anybody could
        read it, and is rightly passed over.
        """
        end = time.monotonic() + seconds
        while text not in self.screen():
            assert time.monotonic() < end, f"never: {text}\n{self.screen()}"
            time.sleep(0.05)
        time.sleep(_READ)

    def gone(self, text: str, seconds: float = 40) -> None:
        end = time.monotonic() + seconds
        while text in self.screen():
            assert time.monotonic() < end, f"still there: {text}\n{self.screen()}"
            time.sleep(0.05)

    @staticmethod
    def children(pid: int) -> list[int]:
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@needs_tmux
def test_a_working_day_in_a_real_terminal(slow_store: Path) -> None:
    """Open the demo, propose, record with typing errors, correct, fail a run, quit, reopen."""
    with Terminal(slow_store) as terminal:
        terminal.run("tui")
        terminal.until("window")
        terminal.key("Enter")
        terminal.until("Press g")
        terminal.key("g")
        terminal.until("designer propose demo -n 4")
        terminal.key("C-s")
        terminal.until("○ R008")
        terminal.key("3")
        terminal.until("31.2/31.9: replicates")
        terminal.type("120")
        terminal.until("✗ run R005, mass_loading: impossible value (found 120 mg/cm^2)")
        terminal.key("C-s")
        terminal.until("Not saved: 1 problem")
        terminal.key("BSpace")
        terminal.until("R005 will be partial, still to come: porosity, adhesion")
        terminal.key("Tab")
        terminal.type("43.5")
        terminal.key("Tab")
        terminal.type("20.1")
        terminal.until("R005 will be completed")
        terminal.key("C-s")
        terminal.until("○ R006  proposed")
        terminal.key("PageUp")
        terminal.until("● R005  completed")
        terminal.key("F8")
        terminal.until("Wrong value")
        terminal.key("Tab")
        terminal.type("12.1")
        terminal.key("Enter")
        terminal.type("digits swapped")
        terminal.until("correct demo R005 mass_loading=12.1")
        terminal.key("Enter")
        terminal.until("R005 is corrected")
        terminal.key("PageDown")
        terminal.until("○ R006  proposed")
        terminal.key("F9")
        terminal.until("R006 failed")
        terminal.type("web break")
        terminal.key("Enter")
        terminal.until("○ R007  proposed")
        terminal.type("11.5")
        terminal.until("R007 will be partial")
        terminal.key("C-q")  # not saved: it must be there again
        terminal.until("ended with 0")
        terminal.run("tui", "demo")
        terminal.until("checks")
        terminal.key("v")
        terminal.until("● R005")
        terminal.until("✗ R006")
        terminal.key("6")
        terminal.until("R006 failed (web break)")
        terminal.until("mass_loading 12 → 12.1 (digits")
        terminal.key("3")
        terminal.until("R007 will be partial")
        terminal.key("Escape")
        time.sleep(0.5)  # a lone escape is told from a longer sequence by waiting
        terminal.key("q")
        terminal.until("ended with 0")
    run = Service(str(slow_store)).runs.show("demo", "R005")
    assert {n: [v["number"] for v in vs] for n, vs in run["measurements"].items()} == {
        "mass_loading": [12.1],
        "porosity": [43.5],
        "adhesion": [20.1],
    }


@needs_tmux
def test_bare_designer_on_a_terminal_is_the_terminal_ui(store: Path) -> None:
    with Terminal(store) as terminal:
        terminal.run()
        terminal.until("enter Open")
        terminal.key("q")
        terminal.until("ended with 0")


@needs_tmux
def test_a_campaign_that_does_not_exist_is_exit_3(store: Path) -> None:
    with Terminal(store) as terminal:
        terminal.run("tui", "smal")
        terminal.until("Did you mean 'small'?")
        terminal.until("ended with 3")


@needs_tmux
@pytest.mark.parametrize("name", ["TERM", "HUP"])
def test_signals_end_it_cleanly_and_lose_nothing(store: Path, name: str) -> None:
    with Terminal(store) as terminal:
        terminal.run("tui", "small")
        terminal.until("checks")
        terminal.key("3")
        terminal.until("31.2/31.9: replicates")
        terminal.type("10.4")
        terminal.until("10.4")
        shell = int(terminal.tmux("display-message", "-p", "#{pane_pid}"))
        subprocess.run(["kill", f"-{name}", str(terminal.children(shell)[0])], check=True)
        terminal.until("ended with 0")
        terminal.run("tui", "small")
        terminal.until("checks")
        terminal.key("3")
        terminal.until("R001 will be partial")


@needs_tmux
def test_a_fault_of_the_program_leaves_a_report_and_exit_1(store: Path, tmp_path: Path) -> None:
    script = tmp_path / "broken.py"
    script.write_text(
        "import sys\n"
        "from designer.tui.campaign_view import ViewReader\n"
        "def read(self, campaign):\n    secret = 4711\n    raise ZeroDivisionError('boom')\n"
        "ViewReader.read = read\n"
        "from designer.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    with Terminal(store) as terminal:
        terminal.type(f"{sys.executable} {script} tui small --store {store}; echo ended with $?")
        terminal.key("Enter")
        terminal.until("The report for the developers is in")
        terminal.until("ended with 1")
        assert "4711" not in terminal.screen()
    reports = list((tmp_path / "state").rglob("designer-report-*"))
    assert "ZeroDivisionError: boom" in reports[0].read_text()


@pytest.mark.parametrize("words", [["tui"], ["tui", "small"], ["tui", "--json"], []])
def test_without_a_terminal_it_is_exit_2_with_a_hint(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "designer", *words],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "designer " in done.stderr
    assert "--json" in words or done.stdout == ""


def test_keys_are_answered_while_a_plan_is_computed(
    slow_store: Path, record_property: Callable[[str, object], None]
) -> None:
    """Quick settings of tests/benchmarks/tui_latency.py: nothing may freeze."""
    idle, busy = key_seconds(slow_store, 60)
    told = {
        f"{name} {share}": round(percentile(times, q))
        for name, times in (("idle", idle), ("busy", busy))
        for share, q in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
    }
    record_property("key latency [ms]", told)
    assert told["busy p99"] <= 1000 * P99 * SLACK, told


def test_the_first_frame_comes_soon(slow_store: Path) -> None:
    frame, shown = start_seconds(slow_store)
    assert frame <= shown <= START * SLACK
