"""`-` in the place of a file: standard input and standard output, for every verb."""

import codecs
import errno
import io
import json
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from designer import Campaign, InputError
from designer.cli.parser import read_command_line
from designer.cli.streams import open_streams
from designer.cli.verbs.arguments import Argument
from tests.campaigns_for_tests import SMALL
from tests.command_line import CommandLine

LINE = "solid_content,coating_gap,binder,mass_loading\n55,100,PVDF-A,7.1\n58,150,PVDF-B,11.9\n"


class Stream(io.TextIOWrapper):
    """Standard input with some bytes in it, or a terminal."""

    def __init__(self, content: bytes, *, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(content))
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> "Put":
    return Put(monkeypatch)


class Put:
    """Puts something into standard input."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, content: str | bytes, *, terminal: bool = False) -> None:
        data = content if isinstance(content, bytes) else content.encode()
        self._monkeypatch.setattr(sys, "stdin", Stream(data, terminal=terminal))


def test_specifications_come_through_standard_input(cli: CommandLine, put: Put) -> None:
    put(SMALL)
    assert cli.json("init", "-")["campaign"] == "small"
    put(SMALL.replace("window = [11, 13]", "window = [11, 12]"))
    assert cli.json("amend", "small", "-")["applied"] is True
    spec = json.dumps(cli.json("show", "small")["spec"] | {"campaign": {}})
    put(spec)
    assert "campaign.name" in cli.refused("init", "-", "--format", "json")
    put("[campaign\n")
    assert "standard input" in cli.refused("init", "-")


def test_lines_and_sheets_come_through_standard_input(
    small: CommandLine, put: Put, tmp_path: Path
) -> None:
    put(LINE)
    assert small.json("lines", "add", "small", "-", "--name", "a")["rows"] == 2
    assert small.json("lines", "show", "small")["lines"][0]["source"] == "standard input"
    put(LINE.replace("7.1", "710"))
    assert "standard input line 2" in small.refused("lines", "add", "small", "-", "--name", "b")
    book = Workbook()
    assert book.active is not None
    for line in LINE.replace("PVDF-A", "PVDF-B").splitlines():
        book.active.append([float(c) if c[0].isdigit() else c for c in line.split(",")])
    book.save(tmp_path / "line.xlsx")
    put((tmp_path / "line.xlsx").read_bytes())
    added = small.json("lines", "add", "small", "-", "--name", "c", "--format", "xlsx")
    assert added["rows"] == 2
    assert load_workbook(tmp_path / "line.xlsx") is not None
    put("[map]\nsolids = 'solid_content'\n")
    (tmp_path / "line.csv").write_text(LINE.replace("solid_content", "solids").replace("7.1", "7"))
    assert small.json("lines", "add", "small", "line.csv", "--name", "d", "--mapping", "-")
    put(LINE)
    assert len(small.json("attach", "small", "-")["runs"]) == 2
    small("propose", "small", "-n", "1")
    put("run,mass_loading\nR003,9.1\n")
    assert small.json("import", "small", "-")["applied"] is True


def test_recipes_in_and_predictions_out_through_streams(small: CommandLine, put: Put) -> None:
    put(LINE)
    small("lines", "add", "small", "-", "--name", "a")
    put("solid_content,coating_gap,binder\n55,100,PVDF-A\n")
    out = small("predict", "small", "-", "--out", "-")
    header, row, *more = out.splitlines()
    assert header.startswith("solid_content,coating_gap,binder,mass_loading_mean")
    assert row.startswith("55,100,PVDF-A,")
    assert more == []


def test_exports_go_to_standard_output(small: CommandLine) -> None:
    small("propose", "small", "-n", "2")
    plan = small("export", "small", "-")
    assert plan.startswith("run,")
    assert len(plan.splitlines()) == 3
    small("export", "small", "plan.csv")
    assert Path("plan.csv").read_bytes() == codecs.BOM_UTF8 + plan.encode()
    assert json.loads(small("export", "small", "-", "--format", "json"))["runs"]
    assert small("export", "small", "-", "--what", "spec") == SMALL
    assert small("export", "small", "-", "--what", "events").startswith("seq,")
    assert not Path("-").exists()


def test_plans_of_spreadsheets_with_decimal_commas_come_back(small: CommandLine, put: Put) -> None:
    small("propose", "small", "-n", "2", "--seed", "1")
    sheet = small("export", "small", "-", "--decimal", "comma")
    header, *rows = [line.split(";") for line in sheet.splitlines()]
    assert [len(row) for row in rows] == [len(header)] * 2
    why = header.index("why")  # a sentence
    assert not any("." in cell for row in rows for cell in (*row[:why], *row[why + 1 :]))
    column = header.index("mass_loading [mg/cm^2]")
    for row, value in zip(rows, ("2,125", "7,125/7,5"), strict=True):
        row[column] = value
    put("\n".join(map(";".join, [header, *rows])))
    assert small.json("import", "small", "-")["applied"] is True
    results = [run["results"]["mass_loading"] for run in small.json("show", "small")["runs"]]
    assert results == [[2.125], [7.125, 7.5]]
    data = small("export", "small", "-", "--what", "data", "--decimal", "comma")
    put(data)
    assert small.json("lines", "add", "small", "-", "--name", "again")["rows"] == 3
    case = Campaign.open("small", store=str(small.store))
    case.export("data.csv", what="data", decimal="comma")
    assert Path("data.csv").read_text() == data
    with pytest.raises(InputError, match=r"campaign.export\('events.csv', what='events'\)"):
        case.export("log.xlsx", what="events")
    assert "no meaning in a file .json" in small.refused(
        "export", "small", "-", "--format", "json", "--decimal", "comma"
    )


def test_a_file_of_that_name_is_still_a_file(small: CommandLine) -> None:
    small("propose", "small", "-n", "1")
    small("export", "small", "./-", "--what", "spec", code=3)  # it has no ending
    small("export", "small", "./-.csv")
    assert Path("-.csv").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("export", "small", "-", "--json"), "both the file and the JSON answer"),
        (("predict", "small", "g=1", "--out", "-", "--json"), "both the file and the JSON"),
        (("lines", "add", "small", "-", "--name", "a", "--mapping", "-"), "one stream cannot be"),
        (("import", "small", "sheet.xlsx", "--format", "csv"), "belongs to -"),
        (("import", "small", "-", "--format", "ods"), "choose from 'csv', 'xlsx'"),
        (("attach", "small", "-", "--format", "json"), "choose from 'csv', 'xlsx'"),
        (("predict", "small", "-", "--format", "toml"), "choose from 'csv', 'xlsx'"),
        (
            ("export", "small", "-", "--format", "ods"),
            "choose from 'csv', 'xlsx', 'json', 'toml', 'html', 'md'",
        ),
        (("init", "-", "--format", "csv"), "choose from 'toml', 'json'"),
    ],
)
def test_streams_that_cannot_be_are_exit_2(
    small: CommandLine, put: Put, words: tuple[str, ...], says: str
) -> None:
    put(LINE)
    small(*words, code=2)
    assert says in small.err


def test_a_format_beside_a_file_that_has_it_is_no_contradiction(small: CommandLine) -> None:
    small("propose", "small", "-n", "1")
    small("export", "small", "plan.csv", "--format", "csv")


def test_what_help_offers_is_read_or_written(small: CommandLine, put: Put) -> None:
    small("propose", "small", "-n", "1")
    for words in (
        ("import", "small"),
        ("attach", "small"),
        ("lines", "add", "small", "--name", "b"),
    ):
        for form in ("csv", "xlsx"):
            put("")
            said = small.refused(*words, "-", "--format", form)
            assert "kind of file" not in said
    for form in ("csv", "json"):
        assert small("export", "small", "-", "--format", form)
    for form in ("toml", "json"):
        assert small("export", "small", "-", "--what", "spec", "--format", form)


@pytest.mark.parametrize(
    "words",
    [
        ("init", "-"), ("amend", "small", "-"), ("lines", "add", "small", "-", "--name", "a"),
        ("import", "small", "-"), ("predict", "small", "-"), ("attach", "small", "-"),
    ],
)  # fmt: skip
def test_a_terminal_is_refused_with_a_hint_and_nothing_waits(
    small: CommandLine, put: Put, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    put("", terminal=True)
    small(*words, code=2)
    assert "< file" in small.err
    monkeypatch.setattr(sys, "stdin", None)
    small(*words, code=2)
    assert "closed" in small.err


def test_nothing_in_standard_input_is_refused_as_an_empty_file(
    small: CommandLine, put: Put
) -> None:
    put("")
    small.refused("init", "-")
    put("")
    assert "standard input" in small.refused("lines", "add", "small", "-", "--name", "a")


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch, small: CommandLine, put: Put) -> None:
    monkeypatch.setattr("designer.cli.streams.INPUT_LIMIT", 60_000_000)
    put(b"a,b\n" + b"1,2\n" * 13_000_000)
    said = small.refused("lines", "add", "small", "-", "--name", "a")
    assert "standard input: the file is too large" in said


def test_a_workbook_is_not_printed_on_a_terminal(
    small: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    call = read_command_line(["export", "small", "-"])
    call.arguments.format = "xlsx"
    with pytest.raises(Exception, match="workbook"):
        open_streams(call.arguments, [Argument("path", "FILE", "", writes=("csv", "xlsx"))])


def test_a_stream_that_cannot_be_read_is_told(
    small: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readall(self) -> bytes:
            raise OSError(errno.EIO, "Input/output error")

        def readinto(self, _buffer: object) -> int:
            raise OSError(errno.EIO, "Input/output error")

    stream = io.TextIOWrapper(io.BufferedReader(Broken()))
    monkeypatch.setattr(sys, "stdin", stream)
    small("init", "-", code=2)
    assert "standard input cannot be read: Input/output error" in small.err
