"""A store from a stranger: no verb and no file hands its commands on, none falls over it."""

import json
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.benchmarks.faults import strangers
from tests.command_line import CommandLine
from tests.hostile import commands_in, hostile_store

LOOKING = (
    "list", "show small", "show small R001", "show small R002", "status small", "history small",
    "history small R001", "lines show small", "store info", "store verify",
)  # fmt: skip
WRITING = (
    "record small R004 mass_loading=12", "note small R001 seen", "start small R001",
    "fail small R002 --reason x", "lines exclude small line3 --reason x",
    "abandon small R003 --reason x", "correct small R001 porosity=31 --reason x", "undo small",
    "close small --reason x", "show smal", "show small R01x",
)  # fmt: skip


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hostile store."""
    return Path(hostile_store(tmp_path_factory.mktemp("strange") / "evil.db"))


@pytest.fixture
def evil(cli: CommandLine, strange: Path) -> CommandLine:
    """The command line on a copy of it."""
    cli.store = shutil.copy(strange, Path(cli.store).with_name("evil.db"))
    return cli


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_no_verb_prints_a_command(
    evil: CommandLine, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    from designer.cli.main import main

    for line in (*LOOKING, *WRITING):
        code = main([*line.split(), "--store", str(evil.store), *options])
        out, err = capsys.readouterr()
        assert code in (0, 3, 4, 6), (line, err)
        assert not commands_in(out + err), line


def test_no_export_holds_a_command_and_json_tells_the_text(evil: CommandLine) -> None:
    files = {
        "plan.csv": "plan", "data.csv": "data", "events.csv": "events", "plan.json": "plan",
        "data.json": "data", "events.json": "events", "spec.toml": "spec", "spec.json": "spec",
    }  # fmt: skip
    for file, what in files.items():
        evil("export", "small", file, "--what", what)
        assert not commands_in(Path(file).read_bytes().decode("utf-8-sig")), file
    for file in ("plan.html", "plan.md"):
        evil("export", "small", file)
        assert not commands_in(Path(file).read_bytes().decode()), file
    for file, what in (("plan.xlsx", "plan"), ("data.xlsx", "data")):
        evil("export", "small", file, "--what", what)
        for sheet in load_workbook(file).worksheets:
            texts = [str(cell.value) for row in sheet.iter_rows() for cell in row]
            assert not commands_in("\n".join(texts)), file
            assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"n", "s"}
    events = json.loads(Path("events.json").read_text())["events"]
    assert events[0]["actor"].startswith("anna\x1b[31m")


def test_nonsense_under_right_hashes_is_damage_to_whoever_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    counts = strangers.run(tmp_path, 36)
    assert counts["apart"] == counts["crash"] == 0
    assert counts["damaged"] > 9
    assert counts["good"] > 1
