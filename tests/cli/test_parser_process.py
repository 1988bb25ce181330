"""The program as a process: exit codes, streams, what it loads."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.speed import allowed

HEAVY = (
    "torch", "gpytorch", "botorch", "ax", "scipy", "pandas", "numpy",
    "textual", "openpyxl", "pint",
)  # fmt: skip


def designer(*tokens: str, **options: Any) -> subprocess.CompletedProcess[str]:
    settings = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, **options}
    return subprocess.run([sys.executable, "-m", "designer", *tokens], check=False, **settings)


def test_version_on_stdout() -> None:
    done = designer("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("designer ")
    assert json.loads(designer("--version", "--json").stdout) == {"version": done.stdout.split()[1]}


def test_the_installed_command_is_the_module() -> None:
    command = Path(sys.executable).parent / "designer"
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == designer("--version").stdout


def test_version_costs_little() -> None:
    code = (
        "import resource, subprocess, sys;"
        "subprocess.run([sys.executable, '-m', 'designer', '--version'], check=True);"
        "use = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(use.ru_utime + use.ru_stime)"
    )
    best = min(
        float(subprocess.check_output([sys.executable, "-c", code]).split()[-1]) for _ in range(3)
    )
    assert best <= allowed(0.3)


@pytest.mark.parametrize(
    "tokens", [["--version"], ["--help"], ["propose", "--help"], ["propose", "c", "-n", "0"]]
)
def test_words_alone_load_nothing_heavy(tokens: list[str]) -> None:
    code = (
        "import sys\n"
        "from designer.cli.main import main\n"
        "main(sys.argv[2:])\n"
        "loaded = [name for name in sys.argv[1].split(',') if name in sys.modules]\n"
        "print('loaded:', loaded, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, ",".join(HEAVY), *tokens],
        capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.stderr.splitlines()[-1] == "loaded: []"


def test_the_heavy_list_has_names_that_exist() -> None:
    assert all(importlib.util.find_spec(name) for name in HEAVY)


@pytest.mark.parametrize(
    "tokens", [[], ["--quiet"], ["recrd"], ["explain"], ["record", "c", "r1", "porosity"]]
)
def test_exit_2_with_words_on_stderr_only(tokens: list[str]) -> None:
    done = designer(*tokens)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("designer: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "tokens",
    [
        ["recrd", "--json"], ["--json"], ["propose", "c", "-n", "four", "--json"],
        ["list", "--json=yes"], ["--json", "record", "c", "r1", "porosity"], ["--json", "tui"],
    ],
)  # fmt: skip
def test_exit_2_as_json_on_stdout_and_as_text_on_stderr(tokens: list[str]) -> None:
    done = designer(*tokens)
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert (error["kind"], error["exit_code"]) == ("usage", 2)
    assert error["problems"][0].keys() == {"where", "what", "found", "allowed", "hint"}
    assert done.stderr == f"designer: {error['message']}\n"


def test_help_as_json_is_one_document() -> None:
    done = designer("record", "--help", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["help"].startswith("usage: designer record")


def test_help_of_every_level_is_data() -> None:
    for tokens in (["--help"], ["lines", "-h"], ["lines", "add", "--help"], ["record", "-h"]):
        done = designer(*tokens)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("usage: designer")


def test_escape_sequences_of_the_command_line_do_not_come_back() -> None:
    done = designer("\x1b]0;owned\x07", encoding="utf-8")
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "\x07" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_a_reader_that_left_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = designer("--help", capture_output=False, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_stdout_is_exit_5() -> None:
    with Path("/dev/full").open("w") as full:
        done = designer("--version", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 5
    assert done.stderr.startswith("designer: standard output cannot be written")


def test_an_ascii_terminal_gets_help_and_errors() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = designer("größe", env=environment, encoding="ascii")
    assert done.returncode == 2
    assert "gr\\xf6\\xdfe" in done.stderr
