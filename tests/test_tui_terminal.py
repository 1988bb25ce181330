"""The terminal UI in a real 80 × 24 terminal (tmux), driven by keys alone."""

import os
import pty
import select
import shutil
import struct
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from designer.service import Service
from tests.campaigns_for_tests import SMALL
from tests.tui_cases import (  # noqa: F401 - fixtures
    line_rows,
    prepared_slow_store,
    prepared_store,
    slow_store,
    store,
)

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
P99 = 0.100  # s, the aim for a key while a plan is computed
SLACK = 5.0  # on busy machines: this is a test that nothing freezes, the aim itself is measured


class Terminal:
    """A tmux session of its own, 80 × 24, on a socket nobody else uses."""

    def __init__(self, store):  # noqa: F811
        self.store = store
        self.socket = f"designer-{uuid.uuid4().hex[:8]}"

    def __enter__(self):
        state = os.environ["XDG_STATE_HOME"]
        shell = ["env", "-u", "NO_COLOR", "TERM=tmux-256color", f"XDG_STATE_HOME={state}"]
        shell += ["OMP_NUM_THREADS=1", "LC_ALL=C.UTF-8", "sh"]
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", *shell)
        self.tmux("set-option", "-s", "escape-time", "0")
        return self

    def __exit__(self, *_):
        self.tmux("kill-server")

    def tmux(self, *words):
        done = subprocess.run(
            ["tmux", "-L", self.socket, *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, *words):
        """`designer …` on the store, and its exit code afterwards."""
        line = " ".join([sys.executable, "-m", "designer", *words, "--store", str(self.store)])
        self.type(f"clear; {line}; echo ended with $?")
        self.key("Enter")

    def key(self, *keys):
        for key in keys:
            self.tmux("send-keys", key)
            time.sleep(0.05)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def until(self, text, seconds=40):
        end = time.monotonic() + seconds
        while text not in self.screen():
            assert time.monotonic() < end, f"never: {text}\n{self.screen()}"
            time.sleep(0.05)

    def gone(self, text, seconds=40):
        end = time.monotonic() + seconds
        while text in self.screen():
            assert time.monotonic() < end, f"still there: {text}\n{self.screen()}"
            time.sleep(0.05)

    @staticmethod
    def children(pid):
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@needs_tmux
def test_a_working_day_in_a_real_terminal(tmp_path, monkeypatch, cli):
    """Propose, record with a typing error, correct it, fail a run, quit, reopen."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "small.toml").write_text(SMALL)
    columns = line_rows()
    rows = [columns, *zip(*columns.values(), strict=True)]
    (tmp_path / "line2.csv").write_text("".join(f"{','.join(map(str, row))}\n" for row in rows))
    cli("init", "small.toml")
    cli("lines", "add", "small", "line2.csv", "--name", "line2")
    with Terminal(cli.store) as terminal:
        terminal.run("tui")
        terminal.until("window")
        terminal.key("Enter")
        terminal.until("Press g")
        terminal.key("g")
        terminal.until("designer propose small -n 4")
        terminal.key("C-s")
        terminal.until("○ R004")
        terminal.key("3")
        terminal.until("31.2/31.9: replicates")
        terminal.type("120")
        terminal.until("✗ run R001, mass_loading: impossible value (found 120 mg/cm^2)")
        terminal.key("C-s")
        terminal.until("Not saved: 1 problem")
        terminal.key("BSpace")
        terminal.until("R001 will be partial")
        terminal.key("Tab")
        terminal.type("43.5")
        terminal.until("R001 will be completed")
        terminal.key("C-s")
        terminal.until("○ R002  proposed")
        terminal.key("F9")
        terminal.until("R002 failed")
        terminal.type("web break")
        terminal.key("Enter")
        terminal.until("○ R003  proposed")
        terminal.type("11.5")
        terminal.until("R003 will be partial")
        terminal.key("C-q")  # not saved: it must be there again
        terminal.until("ended with 0")
        terminal.run("tui", "small")
        terminal.until("checks")
        terminal.key("v")
        terminal.until("● R001")
        terminal.until("✗ R002")
        terminal.key("6")
        terminal.until("R001 result: mass_loading = 12, porosity = 43.5")
        terminal.until("R002 failed (web break)")
        terminal.key("3")
        terminal.until("R003 will be partial")
        terminal.key("Escape")
        time.sleep(0.5)  # a lone escape is told from a longer sequence by waiting
        terminal.key("q")
        terminal.until("ended with 0")
    run = Service(str(cli.store)).show("small", "R001")
    assert {n: [v["number"] for v in vs] for n, vs in run["measurements"].items()} == {
        "mass_loading": [12.0],
        "porosity": [43.5],
    }


@needs_tmux
def test_bare_designer_on_a_terminal_is_the_terminal_ui(store):  # noqa: F811
    with Terminal(store) as terminal:
        terminal.run()
        terminal.until("enter Open")
        terminal.key("q")
        terminal.until("ended with 0")


@needs_tmux
def test_a_campaign_that_does_not_exist_is_exit_3(store):  # noqa: F811
    with Terminal(store) as terminal:
        terminal.run("tui", "smal")
        terminal.until("Did you mean 'small'?")
        terminal.until("ended with 3")


@needs_tmux
@pytest.mark.parametrize("name", ["TERM", "HUP"])
def test_signals_end_it_cleanly_and_lose_nothing(store, name):  # noqa: F811
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
def test_a_fault_of_the_program_leaves_a_report_and_exit_1(store, tmp_path):  # noqa: F811
    script = tmp_path / "broken.py"
    script.write_text(
        "import sys\n"
        "from designer.tui.desk import Desk\n"
        "def look(self, campaign):\n    secret = 4711\n    raise ZeroDivisionError('boom')\n"
        "Desk.look = look\n"
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
def test_without_a_terminal_it_is_exit_2_with_a_hint(words):
    done = subprocess.run(
        [sys.executable, "-m", "designer", *words],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "designer " in done.stderr
    assert done.stdout == ""


def key_latencies(store, campaign, keys, pause):  # noqa: F811
    """Seconds from a key to the first bytes it draws, idle and while a plan is computed.

    The status line is drawn anew every half second: what it draws may answer for a key.
    """
    import fcntl
    import termios

    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", OMP_NUM_THREADS="1")
        os.execv(sys.executable, [sys.executable, "-m", "designer", "tui", campaign,
                                  "--store", str(store)])  # fmt: skip
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    seen = bytearray()

    def drain(quiet, longest=20.0):
        end = time.monotonic() + longest
        while select.select([terminal], [], [], quiet)[0] and time.monotonic() < end:
            try:
                seen.extend(os.read(terminal, 65536))
            except OSError:  # the program has ended
                return

    def press(key):
        drain(0.0)
        begin = time.perf_counter()
        os.write(terminal, key)
        assert select.select([terminal], [], [], 10.0)[0], "no answer within 10 s"
        took = time.perf_counter() - begin
        drain(pause / 2)
        time.sleep(pause / 2)
        return took

    def wait_for(text, keys=b""):
        seen.clear()
        os.write(terminal, keys)
        end = time.monotonic() + 30
        while text not in seen:
            assert time.monotonic() < end, f"never: {text!r}"
            drain(0.05, 0.1)
        drain(0.3, 3.0)

    try:
        wait_for(b"Learned")
        wait_for(b"campaign created", b"6")
        arrows = [b"\x1b[B", b"\x1b[A"]
        idle = [press(arrows[k % 2]) for k in range(20)]
        wait_for(b"Press g", b"2")
        wait_for(b"propose demo", b"g")
        for key in (b"\x15", b"3", b"0", b"0"):  # only what differs is drawn: no text to wait for
            os.write(terminal, key)
            drain(0.3, 1.0)
        wait_for(b"esc cancels", b"\x13")
        wait_for(b"campaign created", b"6")
        busy = [press(arrows[k % 2]) for k in range(keys)]
        assert b"entered" not in seen
        wait_for(b"Cancelled", b"\x1b")
    finally:
        os.kill(pid, 15)
        drain(0.5, 3.0)
        os.waitpid(pid, 0)
        os.close(terminal)
    return idle, busy


def test_keys_are_answered_while_a_plan_is_computed(slow_store, record_property):  # noqa: F811
    idle, busy = key_latencies(slow_store, "demo", 100, 0.04)
    told = {
        f"{name} {share}": round(1000 * sorted(times)[min(len(times) - 1, int(q * len(times)))], 1)
        for name, times in (("idle", idle), ("busy", busy))
        for share, q in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
    }
    record_property("key latency [ms]", told)
    print("key latency [ms]", told)
    assert told["busy p99"] <= 1000 * P99 * SLACK
