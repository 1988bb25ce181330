"""The README's commands are what CI does, and its examples are true."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from designer.campaigns.specification.load import load_specification
from designer.cli.parser import read_command_line
from tests.pictures import DEMO, rows
from tests.places import ROOT

README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the README's first command prints once everything is installed."""
    *setup, demo = blocks("sh")[0].strip().split(" && ")
    assert setup[0].endswith("-m venv .venv")
    assert setup[1] == ".venv/bin/python -m pip install -c constraints.txt -e '.[dev]'"
    store = tmp_path_factory.mktemp("demo") / "demo.db"
    program = Path(sys.executable).parent / "designer"
    assert demo.startswith(".venv/bin/designer ")
    done = subprocess.run(
        [program, *shlex.split(demo)[1:]], capture_output=True, text=True, check=False,
        env=os.environ | {"DESIGNER_STORE": str(store), "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_first_command_ends_with_the_demo_and_it_works(told: str) -> None:
    assert "Recommended recipe" in told


def test_the_picture_of_the_demo_shows_what_it_prints(told: str) -> None:
    """Plans and errors of the picture are today's; digits of a few runs may differ elsewhere."""
    drawn = rows(DEMO.read_text(encoding="utf-8"))
    recipes = {row.split()[0]: row.split()[1:4] for row in drawn if re.match(r"R\d{3} ", row)}
    printed = {
        run: re.findall(r"[\w.]+ ([\d.]+)(?:,|$)", settings)
        for run, settings in re.findall(r"^  (R\d{3})  (.*)$", told, re.MULTILINE)
    }
    assert recipes.keys() == printed.keys()
    same = [run for run in printed if recipes[run] == printed[run]]
    assert len(same) >= 0.75 * len(printed), "draw it again: python -m tests.pictures"
    errors = [int(found) for found in re.findall(r"error (\d+) % of the spread", told)]
    shown = [int(row.rpartition(" ")[2][:-1]) for row in drawn if re.search(r" \d+%$", row)]
    assert max(abs(a - b) for a, b in zip(errors, shown, strict=True)) <= 2


def test_ci_runs_the_readme_test_command() -> None:
    assert blocks("sh")[1].strip() in (ROOT / ".ci" / "run").read_text()


def test_every_command_of_the_tour_parses() -> None:
    for line in "".join(blocks("sh")[2:]).splitlines():
        words = shlex.split(line.partition("#")[0].partition(">")[0])
        if words:
            assert words[0] == "designer"
            assert read_command_line(words[1:]).verb is not None


def test_the_short_specification_is_valid() -> None:
    for text in blocks("toml"):
        load_specification(tomllib.loads(text))


def test_pictures_exist() -> None:
    for path in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (ROOT / path).is_file(), path


def test_links_lead_somewhere() -> None:
    for path in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#:]*)\)", README):
        assert (ROOT / path).exists(), path
