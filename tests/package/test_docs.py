"""The documentation is true: its commands parse, its snippets run, its lists are complete."""

import ast
import contextlib
import functools
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints, is_typeddict

import pytest
from _pytest.mark import ParameterSet

from designer.campaigns.log.events import KINDS
from designer.campaigns.sheets.run_object import RunObject
from designer.cli.main import main
from designer.cli.parser import read_command_line
from designer.cli.verbs import VERBS
from designer.service import answers
from designer.tui.keys.actions import ACTIONS
from docs.hooks import answers_page, keys_page, rooms, specification_page, verbs_page
from tests.places import ROOT

DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def each(language: str) -> list[ParameterSet]:
    """Every block of a language, named by its page."""
    return [
        pytest.param(text, id=f"{page.stem}-{k}")
        for page in PAGES
        for k, text in enumerate(blocks(page, language))
    ]


def commands(text: str) -> Iterator[list[str]]:
    """Command lines of ``designer`` in a block; other programs are somebody else's."""
    for line in text.splitlines():
        for part in line.split(" && "):
            words = shlex.split(re.split(r" [<>|] ", part)[0], comments=True)
            if words and words[0].endswith("designer"):
                yield words[1:]


@pytest.mark.parametrize("text", each("sh"))
def test_commands_parse(text: str) -> None:
    for words in commands(text):
        assert read_command_line(words).verb is not None, words


def test_commands_in_running_text_parse() -> None:
    for page in PAGES:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for command in re.findall(r"`designer ([^`\n]+)`", text):
            words = shlex.split(command.split(" > ")[0].replace("…", ""))
            verb = next((n for k in (2, 1) if (n := " ".join(words[:k])) in VERBS), None)
            assert verb or words[0].startswith(("--", "VERB")), (page.name, command)


@pytest.mark.parametrize("text", each("toml"))
def test_specifications_are_accepted(text: str, tmp_path: Path) -> None:
    (tmp_path / "spec.toml").write_text(text)
    assert "campaign" in init(tmp_path, code=0)


def init(folder: Path, code: int) -> Any:
    """What ``designer init`` answers about ``spec.toml`` in a folder."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        words = ["init", str(folder / "spec.toml"), "--store", str(folder / "s.db"), "--json"]
        assert main(words) == code
    return json.loads(out.getvalue())


@pytest.mark.parametrize("text", each("python"))
def test_snippets_are_python(text: str) -> None:
    ast.parse(text)


@pytest.mark.parametrize("text", each("json"))
def test_documents_are_json(text: str) -> None:
    json.loads(text)


def test_the_python_page_runs_from_top_to_bottom(tmp_path: Path) -> None:
    """With the specification of the first page, as a reader would."""
    (tmp_path / "spec.toml").write_text(blocks(DOCS / "guide" / "first-campaign.md", "toml")[0])
    code = "\n".join(blocks(DOCS / "guide" / "python.md", "python"))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "coating_gap" in done.stdout


def test_paths_and_modules_exist() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for path in re.findall(r"`([a-z][\w.-]*/[\w./-]*)`", text):
            assert (ROOT / path).exists(), (page.name, path)
        for name in re.findall(r"^::: ([\w.]+)$", text, re.MULTILINE):
            head, _, last = name.rpartition(".")
            module = __import__(head, fromlist=[last])
            assert hasattr(module, last), (page.name, name)


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for path in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            target = (page.parent / path).resolve()
            made = target.is_relative_to(DOCS) and str(target.relative_to(DOCS)) in generated()
            assert target.exists() or made, (page.name, path)


@functools.cache
def generated() -> set[str]:
    """Pages made while the documentation is built (`docs.hooks.site`, which needs mkdocs)."""
    text = (DOCS / "hooks" / "site.py").read_text(encoding="utf-8")
    return set(re.findall(r'"((?:inside|reference)/[\w.-]+)"', text)) | {
        *rooms.room_pages(),
        *rooms.floors_pictures(),
    }


def test_every_verb_is_in_the_reference() -> None:
    page = verbs_page.page()
    for name in VERBS:
        assert f"### {name}\n" in page
    assert "### Options" not in page
    for verb in VERBS.values():
        for example in verb.examples:
            assert f"designer {example}" in page
            assert read_command_line(shlex.split(example.split(" > ")[0])).verb is verb


def test_every_key_of_the_terminal_ui_is_in_the_reference() -> None:
    page = keys_page.page()
    for action in ACTIONS:
        assert action.about.replace("[ ]", "`[ ]`") in page
        for key in action.shown_keys.split(" or "):
            assert f"`{key}`" in page
    assert "| `^s` | Save |" in page


def test_every_key_of_the_specification_is_in_the_reference(tmp_path: Path) -> None:
    """A key nobody knows is refused with the list of all that are known."""
    tables = specification_page.read_example(specification_page.example_text())
    text = specification_page.example_text()
    for table in tables:
        text = text.replace(f"{table.header}\n", f"{table.header}\nno_such_key = 1\n", 1)
    (tmp_path / "spec.toml").write_text(text)
    problems = init(tmp_path, code=3)["error"]["problems"]
    allowed = {
        re.split(r"[\[.]", problem["where"])[0]: set(problem["allowed"].split(", "))
        for problem in problems
        if "no_such_key" in problem["where"]
    }
    assert allowed == {t.header.strip("[]"): {row[0] for row in t.rows} for t in tables}


def test_every_key_of_a_run_is_told() -> None:
    text = (DOCS / "reference" / "json.md").read_text(encoding="utf-8")
    table = text.partition("## A run")[2].partition("## ")[0]
    keys = [re.findall(r"`(\w+)`", row.split("|")[1]) for row in table.splitlines() if "|" in row]
    assert {key for row in keys for key in row} == RunObject.__annotations__.keys()


def test_every_type_of_an_answer_is_in_the_reference() -> None:
    sections = re.split(r"^## ", answers_page.page(), flags=re.MULTILINE)[1:]
    told = dict(section.split("\n", 1) for section in sections)
    assert keys_told("RunObject", told) == RunObject.__annotations__.keys()
    for answer in vars(answers).values():
        if is_typeddict(answer):
            for part in parts_of(answer):
                assert keys_told(part.__name__, told) == part.__annotations__.keys(), part.__name__


def keys_told(name: str, told: dict[str, str]) -> set[str]:
    """Keys of a type on the page, with those of the types it builds on."""
    keys = re.findall(r"^\| `(\w+)` \|", told[name], re.MULTILINE)
    more = re.findall(r"^With all keys of (.*)\.$", told[name], re.MULTILINE)
    bases = re.findall(r"\[(\w+)\]", " ".join(more))
    return {*keys}.union(*(keys_told(base, told) for base in bases))


def parts_of(answer: type, seen: frozenset[type] = frozenset()) -> set[type]:
    """An answer and all typed dictionaries that its keys hold."""
    parts = {answer}
    for kind in get_type_hints(answer).values():
        for inner in (kind, *every_argument(kind)):
            if is_typeddict(inner) and inner not in seen | parts:
                parts |= parts_of(inner, seen | parts)
    return parts


def every_argument(kind: Any) -> Iterator[Any]:
    for inner in get_args(kind):
        yield inner
        yield from every_argument(inner)


def test_symbols_stand_in_the_files_that_are_named() -> None:
    page = (DOCS / "inside" / "notation.md").read_text(encoding="utf-8")
    for row in re.findall(r"^\| (`.*) \|$", page, re.MULTILINE):
        symbols, *_, files = row.split(" | ")
        code = "".join((ROOT / path).read_text() for path in re.findall("`(.*?)`", files))
        for symbol in re.findall("`(.*?)`", symbols):
            assert re.split("[ =(]", symbol)[0] in code, symbol


def test_every_kind_of_event_is_told() -> None:
    told = re.findall(r"^\| `(\w+)`", (DOCS / "reference" / "events.md").read_text(), re.MULTILINE)
    assert told == [*KINDS]


def test_exit_codes_are_those_of_the_errors() -> None:
    import designer

    page = (DOCS / "reference" / "exit-codes.md").read_text()
    for code, name in re.findall(r"^\| (\d+) \|.*\| `(\w+)` \|$", page, re.MULTILINE):
        error = getattr(designer, name, None)
        assert error is None or error.exit_code == int(code)


def test_floors_are_drawn_for_every_layers_contract() -> None:
    contracts = rooms.contracts()
    assert contracts
    for house in contracts:
        drawn = rooms.picture(house)
        assert all(f">{name}<" in drawn for floor in house.floors for name in floor)


def test_nothing_is_loaded_from_elsewhere() -> None:
    for picture in (DOCS / "pictures").glob("*.svg"):
        text = picture.read_text(encoding="utf-8")
        assert re.findall(r"(?:src|href|url)\W*[=(:]\W*https?:", text) == []
