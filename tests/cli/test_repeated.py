"""A verb that writes, called again with the same request id; and plans topped up by a clock."""

import json
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from designer.cli.verbs import VERBS
from tests.campaigns_for_tests import SMALL
from tests.command_line import CommandLine

ROW = "solid_content=55 coating_gap=100 binder=PVDF-A mass_loading=7.1"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a plan of three, of which one has failed."""
    from designer.service import Service

    path = tmp_path_factory.mktemp("begun") / "pilot.db"
    service = Service(str(path), actor="anna")
    service.campaigns.create(tomllib.loads(SMALL))
    service.plans.propose("small", 3)
    service.runs.fail("small", "R003", "web break")
    return path


@pytest.fixture
def begun(cli: CommandLine, template: Path, tmp_path: Path) -> CommandLine:
    """A copy of it, and files."""
    shutil.copy(template, cli.store)
    (tmp_path / "wide.toml").write_text(SMALL.replace("window = [11, 13]", "window = [11, 14]"))
    (tmp_path / "line.csv").write_text(
        "solid_content,coating_gap,binder,mass_loading\n55,100,PVDF-A,7.1\n58,150,PVDF-B,11.9\n"
    )
    (tmp_path / "sheet.csv").write_text("run,mass_loading\nR002,8.25\n")
    (tmp_path / "own.csv").write_text(
        "solid_content,coating_gap,binder,mass_loading\n57,150,PVDF-A,9.3\n"
    )
    return cli


REPEATABLE = [
    "record small R001 porosity=40 mass_loading=9.1/9.2 --note hot --batch slurry=s2"
    " --batch coating=c3 --set solid_content=56 --set binder=PVDF-A",
    f"attach small {ROW} porosity=0.4 --batch slurry=s2 --batch coating=c3",
    "attach small own.csv",
    "start small R001",
    "fail small R001 --reason jam",
    "abandon small R002 R001 --reason late",
    "reopen small R003 --reason repaired",
    "note small R001 'slurry was old'",
    "undo small",
    "amend small wide.toml --reason wider",
    "lines add small line.csv --name line2",
    "import small sheet.csv",
    "close small",
    "propose small -n 1 --replace --fix solid_content=55 --fix binder=PVDF-A",
    "propose small -n 5 --top-up",
]
NEEDS_MORE = {
    "correct small R001 mass_loading=9.2 --reason digits": "record small R001 mass_loading=9.1",
    "correct small R001 porosity=40 mass_loading=9.2 --set solid_content=58 --set binder=PVDF-A"
    " --batch slurry=s --batch coating=c --reason x": "record small R001 porosity=4 mass_loading=9",
    "lines exclude small line2 --reason x": "lines add small line.csv --name line2",
}


def words(line: str) -> list[str]:
    import shlex

    return shlex.split(line)


@pytest.mark.parametrize("line", [*REPEATABLE, *NEEDS_MORE])
def test_the_first_answer_comes_again_and_nothing_is_written_twice(
    begun: CommandLine, line: str
) -> None:
    if line in NEEDS_MORE:
        begun(*words(NEEDS_MORE[line]))
    first = begun(*words(line), "--request-id", "r-1", "--json")
    begun("note", "small", "meanwhile")
    before = len(begun.json("history", "small")["events"])
    assert begun("--request-id", "r-1", *words(line), "--json") == first  # byte by byte
    assert len(begun.json("history", "small")["events"]) == before
    begun(*words(line), "--request-id", "r-1")  # as text, too
    assert len(begun.json("history", "small")["events"]) == before


def test_lines_come_back_with_a_repeated_answer(begun: CommandLine) -> None:
    begun("lines", "add", "small", "line.csv", "--name", "line2")
    begun("lines", "exclude", "small", "line2", "--reason", "x")
    line = words("lines include small line2 --reason y")
    first = begun(*line, "--request-id", "a", "--json")
    begun("lines", "exclude", "small", "line2", "--reason", "z")
    assert begun(*line, "--request-id", "a", "--json") == first


def test_every_verb_that_writes_is_tried_above() -> None:
    tried = {
        next(name for k in (2, 1) if (name := " ".join(words(line)[:k])) in VERBS)
        for line in [*REPEATABLE, *NEEDS_MORE]
    }
    writing = {verb.name for verb in VERBS.values() if verb.writes}
    assert tried | {"init", "lines include"} == writing


def test_creating_a_campaign_may_be_repeated(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "spec.toml").write_text(SMALL)
    first = cli("init", "spec.toml", "--request-id", "new", "--json")
    assert cli("init", "spec.toml", "--request-id", "new", "--json") == first
    assert len(cli.json("list")["campaigns"]) == 1
    cli("init", "spec.toml", code=3)
    (tmp_path / "spec.toml").write_text(SMALL.replace("small", "other"))
    cli("init", "spec.toml", "--request-id", "new", code=4)
    assert len(cli.json("list")["campaigns"]) == 1


@pytest.mark.parametrize(
    "other",
    [
        "record small R001 mass_loading=9.2", "record small R002 mass_loading=9.1",
        "record small R001 mass_loading=9.1 --replicate", "fail small R001 --reason x",
        "record small R001 porosity=9.1", "propose small", "undo small", "import small sheet.csv",
    ],
)  # fmt: skip
def test_other_arguments_are_a_conflict(begun: CommandLine, other: str) -> None:
    begun("record", "small", "R001", "mass_loading=9.1", "--request-id", "r-1")
    said = begun.refused(*words(other), "--request-id", "r-1", code=4)
    assert "r-1" in said
    assert "R001" in said  # what it was used for


def test_a_file_counts_by_what_is_in_it(begun: CommandLine, tmp_path: Path) -> None:
    first = begun.json("import", "small", "sheet.csv", "--request-id", "s")
    (tmp_path / "copy.csv").write_bytes((tmp_path / "sheet.csv").read_bytes())
    assert begun.json("import", "small", "copy.csv", "--request-id", "s") == first
    (tmp_path / "sheet.csv").write_text("run,mass_loading\nR002,8.5\n")
    begun.refused("import", "small", "sheet.csv", "--request-id", "s", code=4)


def test_a_refused_call_uses_no_id_up(begun: CommandLine) -> None:
    begun.refused("record", "small", "R001", "mass_loading=900", "--request-id", "r")
    begun("record", "small", "R001", "mass_loading=9.1", "--request-id", "r")


@pytest.mark.parametrize("line", ["status small", "list", "export small x.csv", "store init"])
def test_an_id_means_nothing_where_nothing_is_entered(begun: CommandLine, line: str) -> None:
    begun(*words(line), "--request-id", "x", code=2)
    assert "enters nothing" in begun.err


@pytest.mark.parametrize(
    ("verb", "why"),
    [
        ("demo", "begins a campaign of its own (demo, demo-2, ...)"),
        ("tui", "A person enters things there one by one"),
    ],
)
def test_verbs_of_many_entries_say_why_they_take_no_id(
    begun: CommandLine, verb: str, why: str
) -> None:
    begun(verb, "--request-id", "x", code=2)
    said = " ".join(begun.err.split())
    assert f"--request-id: {'Every demo ' if verb == 'demo' else ''}{why}" in said
    assert "enters nothing" not in said
    assert [each["name"] for each in begun.json("list")["campaigns"]] == ["small"]
    assert why in " ".join(begun(verb, "--help").split())


@pytest.mark.parametrize("bad", ["", "a b", "a:b", "ä", "x" * 65])
def test_an_unusable_id_is_refused(begun: CommandLine, bad: str) -> None:
    assert "request id" in begun.refused("start", "small", "R001", "--request-id", bad)


def test_a_repeated_plan_is_told_without_computing(
    begun: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun("record", "small", "R001", "mass_loading=9.1", "porosity=31")
    begun("record", "small", "R002", "mass_loading=10.1", "porosity=33")
    line = ("propose", "small", "-n", "2", "--request-id", "nightly")
    first = begun.json(*line)
    assert first["outlook"] is not None
    assert first["notes"]

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError

    monkeypatch.setattr("designer.engine.proposing.propose", never)
    assert begun.json(*line) == first


# ---- plans topped up


def test_a_plan_is_topped_up_to_n_open_runs(begun: CommandLine) -> None:
    added = begun.json("propose", "small", "--top-up", "-n", "5")
    assert len(added["runs"]) == 3  # R003 failed
    begun("record", "small", "R001", "mass_loading=9.1")  # partial is still open
    head = begun.json("show", "small")["head"]
    for count in ([], ["-n", "5"], ["-n", "1"]):
        none = begun.json("propose", "small", "--top-up", *count)
        assert (none["plan"], none["runs"], none["cost"]) == (None, [], 0)
        assert none.keys() == added.keys()
        assert none["head"] == head
    assert "none is missing to 4" in begun.json("propose", "small", "--top-up")["notes"][0]
    assert "No plan for small" in begun("propose", "small", "--top-up")
    assert "are open already (R001" in begun.err
    begun("record", "small", "R001", "porosity=31")
    assert len(begun.json("propose", "small", "--top-up", "-n", "5", "--dry-run")["runs"]) == 1
    assert len(begun.json("propose", "small", "--top-up", "-n", "5")["runs"]) == 1


@pytest.mark.parametrize("other", [["--budget", "3"], ["--replace"]])
def test_topping_up_excludes_other_sizes(begun: CommandLine, other: list[str]) -> None:
    begun("propose", "small", "--top-up", *other, code=2)
    assert other[0] in begun.err


def test_topping_up_a_closed_campaign_is_refused(begun: CommandLine) -> None:
    begun("close", "small")
    begun.refused("propose", "small", "--top-up")


def test_replace_abandons_the_open_runs_first(begun: CommandLine) -> None:
    begun("propose", "small", "-n", "1", "--replace")
    runs = {run["run"]: run["status"] for run in begun.json("show", "small")["runs"]}
    assert runs == {
        "R001": "abandoned", "R002": "abandoned", "R003": "failed", "R004": "proposed",
    }  # fmt: skip


def test_a_repeated_call_works_through_standard_input(
    begun: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    answers = []
    for _ in range(2):
        stream = io.TextIOWrapper(io.BytesIO(b"run,mass_loading\nR002,8.25\n"))
        monkeypatch.setattr(sys, "stdin", stream)
        answers.append(json.dumps(begun.json("import", "small", "-", "--request-id", "s")))
    assert answers[0] == answers[1]
