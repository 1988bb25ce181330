"""What bad input gets: a clear message, the right exit code, nothing changed."""

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from designer.cli.main import main
from designer.cli.verbs import VERBS
from tests.campaigns_for_tests import SMALL
from tests.command_line import CommandLine


@pytest.fixture
def small(small: CommandLine) -> CommandLine:
    """Campaign `small` with two planned runs."""
    small("propose", "small", "-n", "2")
    return small


LINE = "solid_content,coating_gap,binder,mass_loading\n55,100,PVDF-A,7.1\n58,150,PVDF-B,11.9\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("record", "small", "R009", "mass_loading=3"), ("R009", "R001")),
        (("record", "small", "R001", "mass_laoding=3"), ("mass_laoding", "mass_loading")),
        (("record", "small", "R001", "mass_loading=twelve"), ("mass_loading", "twelve")),
        (("record", "small", "R001", "mass_loading=nan"), ("mass_loading", "nan")),
        (("record", "small", "R001", "mass_loading=1e999"), ("mass_loading", "1e999")),
        (("record", "small", "R001", "mass_loading=121"), ("121", "0 to 60")),
        (("record", "small", "R001", "mass_loading=12 parsec"), ("parsec",)),
        (("record", "small", "R001", "mass_loading=12", "--set", "binder=PVDF-C"), ("PVDF-B",)),
        (("record", "small", "R001", "mass_loading=12", "--set", "gap=100"), ("gap",)),
        (("record", "small", "R001", "mass_loading=12", "--batch", "slury=s1"), ("slurry",)),
        (("record", "small", "R001", "mass_loading=12", "--at", "tomorrow"), ("tomorrow",)),
        (("record", "smal", "R001", "mass_loading=12"), ("smal", "small")),
        (("propose", "small", "--fix", "coating_gap=110"), ("coating_gap", "100")),
        (("propose", "small", "--fix", "coating_gp=100"), ("coating_gap",)),
        (
            ("propose", "small", "--fix", "coating_gap=200", "solid_content=60"),
            ("dryer capacity",),
        ),
        (("attach", "small", "solid_content=55", "mass_loading=7"), ("coating_gap", "binder")),
        (("predict", "small", "solid_content=55"), ("coating_gap", "binder")),
        (("lines", "exclude", "small", "line9", "--reason", "x"), ("line9",)),
        (("undo", "small", "77"), ("77",)),
        (("export", "small", "plan.docx"), ("docx", ".csv")),
    ],
)
def test_refused_with_a_sentence(
    small: CommandLine, words: tuple[str, str, str, str], says: tuple[str, str]
) -> None:
    said = small.refused(*words)
    for word in says:
        assert word in said


def test_all_problems_of_one_record_at_once(small: CommandLine) -> None:
    said = small.refused("record", "small", "R001", "mass_loading=x", "porosity=101", "foo=1")
    for word in ("mass_loading", "porosity", "foo"):
        assert word in said


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        (LINE.replace("coating_gap", "coating_gpa"), (), ("coating_gpa", "coating_gap")),
        (LINE.replace("PVDF-B", "PVDF-X"), (), ("PVDF-X", "line 3")),
        (LINE.replace("7.1", "seven"), (), ("seven", "line 2", "mass_loading")),
        (LINE.replace("7.1", "710"), (), ("710", "0 to 60")),
        (LINE.replace("7.1", "inf"), (), ("line 2",)),
        (LINE, ("--unit", "coating_gap=furlongz"), ("furlongz",)),
        (LINE, ("--unit", "coating_gap=kg"), ("kg", "um")),
        (LINE, ("--map", "gap=coating_gap"), ("gap",)),
        (LINE, ("--where", "series=AS"), ("series",)),
        (LINE.replace(",PVDF-B,11.9", ",11.9"), (), ("line 3",)),
        (LINE.replace("100,", "0.1,").replace("150,", "0.15,"), (), ("mm",)),
    ],
)
def test_a_bad_line_file_changes_nothing(
    small: CommandLine, tmp_path: Path, text: str, options: tuple[Any, ...], says: tuple[str, str]
) -> None:
    (tmp_path / "line.csv").write_text(text)
    said = small.refused("lines", "add", "small", "line.csv", "--name", "line2", *options)
    for word in says:
        assert word in said


def test_an_empty_feasible_set_is_refused_at_creation(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "none.toml").write_text(SMALL.replace("<= 11000", "<= 100"))
    said = cli.refused("init", "none.toml")
    assert "solid_content * coating_gap <= 100" in said


def test_a_taken_name_is_refused(small: CommandLine) -> None:
    assert "small" in small.refused("init", "small.toml")


def test_a_specification_with_many_faults_names_them_all(cli: CommandLine, tmp_path: Path) -> None:
    bad = (
        SMALL.replace('unit = "um"', 'unit = "furlongz"')
        .replace("step = 1", "step = 3")
        .replace("window = [11, 13]", "window = [13, 11]")
        .replace('stage = "coating"', 'stage = "coatin"')
        .replace("run = 0.1", "run = 0")
    )
    (tmp_path / "bad.toml").write_text(bad)
    said = cli.refused("init", "bad.toml")
    for word in (
        "furlongz",
        "factor[0].high",
        "59",
        "62",
        "response[0].window",
        "coatin",
        "costs.run",
    ):
        assert word in said


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("propse", "small"),
        ("record", "small", "R001", "mass_loading"),
        ("propose", "small", "-n", "0"),
        ("record", "small"),
    ],
)
def test_a_command_line_that_does_not_parse_is_code_2(
    small: CommandLine, words: tuple[str, ...]
) -> None:
    small.refused(*words, code=2)


def test_a_store_from_the_future_is_code_6(small: CommandLine) -> None:
    connection = sqlite3.connect(small.store)
    connection.execute("UPDATE designer_version SET version = 99")
    connection.commit()
    connection.close()
    for words in (("list",), ("status", "small"), ("record", "small", "R001", "mass_loading=9")):
        small(*words, code=6)
        assert "99" in small.err
        assert "newer" in small.err


def test_a_store_that_is_no_store_is_not_touched(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "pilot.db").write_bytes(b"")
    cli("list", code=6)
    assert (tmp_path / "pilot.db").read_bytes() == b""
    (tmp_path / "pilot.db").write_text("not a database, but a long enough text to look like one")
    cli("list", code=6)


def test_postgresql_is_refused_politely_without_the_password(cli: CommandLine) -> None:
    cli.store = "postgresql://anna:secret@db/pilot"
    cli("list", code=5)
    assert "secret" not in cli.err


# ---- stores that are not there

NEEDS_A_STORE = [
    "list", "show small", "show small R001", "status small", "best small", "history small",
    "predict small coating_gap=100", "propose small", "propose small --top-up", "start small R001",
    "record small R001 mass_loading=9", "attach small mass_loading=9", "note small x", "undo small",
    "fail small R001 --reason x", "abandon small R001 --reason x", "reopen small R001",
    "correct small R001 mass_loading=9 --reason x", "close small", "amend small small.toml",
    "lines add small line.csv --name a", "lines add small --from b", "lines show small",
    "lines exclude small a --reason x", "lines include small a --reason x",
    "import small line.csv", "export small plan.csv", "store info", "store verify",
]  # fmt: skip
NEEDS_NONE = {"init", "demo", "store init", "tui", "serve", "completion", "schema"}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "small.toml").write_text(SMALL)
    (tmp_path / "line.csv").write_text(LINE)
    return tmp_path


@pytest.mark.parametrize("line", NEEDS_A_STORE)
def test_a_named_store_that_is_not_there_is_code_5_and_stays_away(
    cli: CommandLine, files: Path, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (files / "pilot-old.db").write_text("x")
    before = sorted(files.iterdir())
    cli(*line.split(), code=5)
    assert "there is no store" in cli.err
    assert "Did you mean 'pilot-old.db'" in cli.err
    monkeypatch.setenv("DESIGNER_STORE", str(files / "no.db"))
    assert main(line.split()) == 5
    assert sorted(files.iterdir()) == before


def test_every_verb_is_tried_without_a_store() -> None:
    tried = {
        next(name for k in (2, 1) if (name := " ".join(line.split()[:k])) in VERBS)
        for line in NEEDS_A_STORE
    }
    assert tried | NEEDS_NONE >= set(VERBS)


@pytest.mark.parametrize("line", NEEDS_A_STORE)
def test_a_missing_default_store_is_empty_and_code_3(
    line: str, files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(files)
    monkeypatch.delenv("DESIGNER_STORE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(files / "data"))
    assert main([*line.split(), "--json"]) == (0 if line == "list" else 3)
    told = json.loads(capsys.readouterr().out)
    assert told["campaigns"] == [] if line == "list" else told["error"]["exit_code"] == 3
    assert not (files / "data").exists()


def test_the_terminal_ui_does_not_open_on_a_store_that_is_not_there(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("designer.cli.verbs.begin.on_terminal", lambda: True)
    cli("tui", code=5)
    cli("serve", "small", code=5)
    assert "there is no store" in cli.err


def test_what_makes_a_store_makes_it_where_it_was_named(cli: CommandLine, files: Path) -> None:
    cli("init", "--example")
    assert not (files / "pilot.db").exists()
    cli("store", "init")
    assert (files / "pilot.db").exists()


# ---- reliability, rows 20 and 33: tricks with JSON and with paths, through the command line

JSON_TRICKS = {
    "keys twice": '{"campaign": {}, "campaign": {}}',
    "deep lists": "[" * 100_000,
    "deep tables": '{"a":' * 50_000 + "1" + "}" * 50_000,
    "a long number": '{"campaign": {"version": ' + "9" * 5000 + "}}",
    "a large number": '{"campaign": {"version": 1e999}}',
    "no number": '{"campaign": {"version": NaN}}',
    "half": '{"campaign": {"version": 1',
    "two documents": "{} {}",
    "a list": "[1, 2]",
    "nothing": "",
    "a lone surrogate": '{"campaign": {"version": 1, "name": "\\ud800"}}',
}


@pytest.mark.parametrize("text", JSON_TRICKS.values(), ids=JSON_TRICKS)
def test_row20_json_tricks(cli: CommandLine, tmp_path: Path, text: str) -> None:
    (tmp_path / "spec.json").write_text(text)
    assert "spec.json" in cli.refused("init", "spec.json") or "campaign" in cli.err
    assert not (tmp_path / "pilot.db").exists()


@pytest.fixture
def traps(small: CommandLine, tmp_path: Path) -> CommandLine:
    """Files that are none, and links."""
    (tmp_path / "line.csv").write_text(LINE)
    (tmp_path / "taken.csv").write_text("mine")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "taken.csv")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    return small


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize(
    "verb",
    [
        ("lines", "add", "small", "--name", "a"), ("import", "small"), ("init",),
        ("amend", "small"), ("lines", "add", "small", "line.csv", "--name=a", "--mapping"),
    ],
)  # fmt: skip
def test_row33_only_regular_files_come_in(traps: CommandLine, verb: tuple[str, ...]) -> None:
    for name in (
        "folder.csv", "loop.csv", "pipe.csv", "/dev/zero", "nothing.csv", "x" * 4000 + ".csv",
        "file:line.csv?mode=ro", "line.csv/more.csv", "\x00.csv", "line.csv;rm", " ",
    ):  # fmt: skip
        traps.refused(*verb, name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_row33_outputs_are_new_regular_files(traps: CommandLine, tmp_path: Path) -> None:
    for name in (
        "folder.csv", "link.csv", "loop.csv", "pipe.csv", "taken.csv", "no/folder.csv",
        "x" * 4000 + ".csv", "line.csv/more.csv", "\x00.csv", "/dev/null", " ",
    ):  # fmt: skip
        traps.refused("export", "small", name, "--what", "data")
        if name != "taken.csv":
            traps.refused("export", "small", name, "--what", "data", "--force")
    assert (tmp_path / "taken.csv").read_text() == "mine"


@pytest.mark.parametrize(
    "store",
    [
        "file:pilot.db?mode=memory", "sqlite:///pilot.db?mode=memory", ":memory:", "/dev/null",
        "/", "sqlite://", "mysql://root:secret@h/db;drop", "\x00", "x" * 5000,
    ],
)  # fmt: skip
def test_row33_stores_are_regular_files(cli: CommandLine, store: str) -> None:
    cli.store = store
    for words in (("list",), ("store", "init"), ("init", "--example")):
        cli(*words, code=0 if words[-1] == "--example" else 5)
        assert "secret" not in cli.err


def test_row33_names_never_become_paths(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESIGNER_STORE", str(cli.store))
    for name in ("../outside", "/tmp/x", "-rf", "~", "a;b", "CON", "..", "%2e%2e"):
        (tmp_path / "spec.toml").write_text(SMALL.replace('"small"', f'"{name}"'))
        cli("init", "spec.toml")
        assert main(["propose", "-n", "1", "--quiet", "--", name]) == 0
    made = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")}
    assert made <= {"pilot.db", "pilot.db.cache", "spec.toml"}
