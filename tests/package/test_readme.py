"""The README's commands are what CI does, and its examples are true."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

from designer.campaigns.specification.load import load_specification
from designer.cli.parser import read_command_line
from tests.places import ROOT

README = (ROOT / "README.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_first_command_ends_with_the_demo_and_it_works(tmp_path):
    *setup, demo = blocks("sh")[0].strip().split(" && ")
    assert setup[0].endswith("-m venv .venv")
    assert setup[1] == ".venv/bin/python -m pip install -c constraints.txt -e '.[dev]'"
    program = Path(sys.executable).parent / "designer"
    assert demo.startswith(".venv/bin/designer ")
    done = subprocess.run(
        [program, *shlex.split(demo)[1:]], capture_output=True, text=True, check=False,
        env=os.environ | {"DESIGNER_STORE": str(tmp_path / "demo.db"), "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Recommended recipe" in done.stdout


def test_ci_runs_the_readme_test_command():
    assert blocks("sh")[1].strip() in (ROOT / ".ci" / "run").read_text()


def test_every_command_of_the_tour_parses():
    for line in "".join(blocks("sh")[2:]).splitlines():
        words = shlex.split(line.partition("#")[0].partition(">")[0])
        if words:
            assert words[0] == "designer"
            assert read_command_line(words[1:]).verb is not None


def test_the_short_specification_is_valid():
    for text in blocks("toml"):
        load_specification(tomllib.loads(text))


def test_pictures_exist():
    for path in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (ROOT / path).is_file(), path


def test_links_lead_somewhere():
    for path in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#:]*)\)", README):
        assert (ROOT / path).exists(), path
