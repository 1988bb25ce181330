"""Whatever is typed: an exit code of the contract, one JSON document, no traceback, no hang."""

import io
import json
import os
import random
import sys
from pathlib import Path

import pytest

from designer.cli.main import main
from designer.cli.verbs import VERBS
from designer.cli.verbs.arguments import COMMON, FORMAT
from tests.command_line import CommandLine

CODES = {0, 2, 3, 4, 5, 6, 130}
SLOW = ("demo", "tui", "serve", "propose", "best", "predict", "status")  # they may fit models
ODD = (
    "", " ", "-", "--", "---", "-n", "-n4", "--json", "=", "=1", "a=", "a==b", "a=1", "--set=a",
    "small", "SMALL", "nobody", "R001", "r1", "R999999999999", "0", "-1", "1e999", "nan", "12,5",
    "mass_loading=9", "mass_loading=1e155", "mass_loading=nan", "porosity=31/32", "porosity=none",
    "coating_gap=100", "binder=PVDF-A", "binder=NA", "solid_content=55", "x" * 4000, "\x1b[31m",
    "\u202edcba", "\ud83d\ude00", "caf\udce9", "ä", "\n", "\t", "\x00", "../../etc/passwd", "/",
    "/dev/null", "/dev/zero", "/proc/self/mem", "file:x?mode=memory", "small.toml", "line.csv",
    "sheet.csv", "folder", "pipe", "loop", "nothing.csv", "*.csv", "~", "$HOME", "`id`", ";", "'",
    '"', "%s", "{0}", "[bold]x[/]", "2026-11-30", "yesterday", "1:2:3", "12:ab", "P001", "plan.csv",
    "plan.toml", "plan.docx", "-rf", "--help", "--version", "--dry-run", "--format", "csv", "xlsx",
    "--request-id", "--store", "--top-up", "mass_loading=9 mg/cm^2", "mass_loading=9 parsec",
    "mass_loading=" + "9" * 500, "note=" + "x" * 20_000, "١٢", "0x10", "1_000", "+5", "5.",
)  # fmt: skip


def words(draw: random.Random) -> list[str]:
    """A command line: mostly a verb with its own options, and anything between them."""
    verb = draw.choice([verb for name, verb in VERBS.items() if name not in SLOW])
    options = [a.name for a in (*verb.arguments, *COMMON, FORMAT) if a.name.startswith("-")]
    typed = verb.name.split() if draw.random() < 0.95 else []
    if draw.random() < 0.7:
        typed.append("small")
    for _ in range(draw.randrange(4)):
        kind = draw.random()
        if kind < 0.35:
            typed.append(draw.choice(options))
        if kind < 0.9:
            typed.append(draw.choice(ODD))
        else:
            typed.insert(draw.randrange(len(typed) + 1), draw.choice(ODD))
    return typed


@pytest.fixture
def folder(small: CommandLine, tmp_path: Path) -> Path:
    """A store and files of every kind, among them traps."""
    (tmp_path / "line.csv").write_text(
        "solid_content,coating_gap,binder,mass_loading\n55,100,PVDF-A,7.1\n"
    )
    (tmp_path / "sheet.csv").write_text("run,mass_loading\nR001,8.25\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
    small("attach", "small", "solid_content=55", "coating_gap=100", "binder=PVDF-A")
    return tmp_path


def answered(
    typed: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a,b\n1,2\n")))
    code = main(typed)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_typed(
    seed: int,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DESIGNER_STORE", str(folder / "pilot.db"))
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    monkeypatch.setattr("designer.cli.verbs.begin.on_terminal", lambda: False)
    draw = random.Random(seed)
    for _ in range(90):
        typed = words(draw)
        code, out, err = answered(typed, capsys, monkeypatch)
        assert code in CODES, (typed, out, err)
        assert "Traceback" not in out + err, typed
        assert code == 0 or err, typed
        for text in (out, err):
            assert all(c.isprintable() or c == "\n" for c in text), typed
        if code and "--json" in typed[: typed.index("--") if "--" in typed else None]:
            assert json.loads(out)["error"]["exit_code"] == code, typed
    assert not list((folder / "state").rglob("designer-report-*"))


def test_the_verbs_with_models_refuse_the_same(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESIGNER_STORE", str(folder / "pilot.db"))
    monkeypatch.setattr("designer.cli.verbs.begin.on_terminal", lambda: False)
    for name in SLOW:
        for odd in ODD[::4]:
            code, out, err = answered([name, "nobody", odd, "--json"], capsys, monkeypatch)
            assert code in {0, 2, 3}, (name, odd, err)
            assert odd == "--" or code == 0 or "error" in json.loads(out)
