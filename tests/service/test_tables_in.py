"""Tables of results in: what is odd is told of every run, nothing is half recorded."""

from pathlib import Path

import pandas as pd
import pytest

from designer import Campaign, ConflictError, InputError
from designer.campaigns.tables.options import TableOptions
from designer.service import Service
from tests.campaigns_for_tests import SMALL
from tests.command_line import CommandLine
from tests.places import SHARED_DATA

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

HEAD = "solid_content,coating_gap,binder,mass_loading,porosity\n"
ROWS = (
    "55,100,PVDF-A,11.5,38\n", "52,150,PVDF-B,12.1,37\n", "56,80,PVDF-A,9.1,39\n",
    "58,150,PVDF-B,12.8,36\n", "50,200,PVDF-A,13.1,38\n",
)  # fmt: skip


@pytest.fixture
def case(tmp_path: Path) -> Service:
    service = Service(None)
    service.campaigns.create(specification(tmp_path))
    return service


def specification(folder: Path) -> Path:
    path = folder / "small.toml"
    path.write_text(SMALL)
    return path


def table(folder: Path, text: str) -> Path:
    path = folder / "lab.csv"
    path.write_text(text)
    return path


def test_a_dry_run_tells_everything_and_writes_nothing(case: Service, tmp_path: Path) -> None:
    path = table(tmp_path, HEAD + "".join(ROWS))
    before = case.campaigns.show("small")["head"]
    told = case.tables.attach_file("small", path, dry_run=True)
    assert (told["attached"], told["applied"]) == (["R001", "R002", "R003", "R004", "R005"], False)
    assert told["head"] == before == case.campaigns.show("small")["head"]
    first = told["added"][0]
    assert (first["run"], first["status"]) == ("R001", "completed")
    assert first["settings"] == {"solid_content": 55.0, "coating_gap": 100.0, "binder": "PVDF-A"}
    assert first["results"] == {"mass_loading": [11.5], "porosity": [38.0]}
    assert case.tables.attach_file("small", path)["applied"]
    again = case.tables.attach_file("small", path)
    assert (again["attached"], again["applied"]) == ([], False)
    assert again["runs"] == told["attached"]


def test_slips_and_settings_out_of_range_are_remarked_by_run(case: Service, tmp_path: Path) -> None:
    rows = HEAD + "".join(ROWS) + "62,100,PVDF-A,11.9,\n"
    told = case.tables.attach_file("small", table(tmp_path, rows))["messages"]
    assert any(text.startswith("R006: ") and "solid_content" in text for text in told)
    path = table(tmp_path, "run,porosity\nR006,0.386\n")
    told = case.tables.import_sheet("small", path, dry_run=True)["messages"]
    assert any(text.startswith("R006") and "porosity" in text for text in told)
    more = rows + "51,100,PVDF-B,0.0115,0.38\n"
    told = case.tables.attach_file("small", table(tmp_path, more))["messages"]
    assert any(text.startswith("R007") and "mass_loading" in text for text in told)
    assert any(text.startswith("R007") and "porosity" in text for text in told)


def test_rows_without_run_id_are_attached_beside_the_sheet(case: Service, tmp_path: Path) -> None:
    case.tables.attach_file("small", table(tmp_path, HEAD + ROWS[0].replace(",38", ",")))
    text = "run," + HEAD + "R001,,,,,38\n," + ROWS[1]
    path = table(tmp_path, text)
    with pytest.raises(InputError, match="--attach-new"):
        case.tables.import_sheet("small", path)
    told = case.tables.import_sheet("small", path, attach_new=True)
    assert told["attached"] == ["R002"]
    assert [run["run"] for run in told["runs"] if run["new"]] == ["R001"]
    assert not case.tables.import_sheet("small", path, attach_new=True)["applied"]


def test_what_is_said_about_the_table_reaches_it(case: Service, tmp_path: Path) -> None:
    path = table(tmp_path, "Gap;Poro\n0,1;38,5\n0,2;37,5\n")
    told = TableOptions(
        columns={"Gap": "coating_gap", "Poro": "porosity"}, units={"Gap": "mm"},
        constants={"solid_content": "55 %", "binder": "PVDF-B"},
    )  # fmt: skip
    assert case.tables.attach_file("small", path, options=told)["attached"] == ["R001", "R002"]
    used = case.runs.show("small", "R002")["used"]
    assert used == {"solid_content": 55.0, "coating_gap": 200.0, "binder": "PVDF-B"}
    unknown = TableOptions(columns=told.columns, constants={**told.constants, "binder": "unknown"})
    with pytest.raises(InputError, match="binder"):
        case.tables.attach_file("small", path, options=unknown)


def test_a_growing_frame(tmp_path: Path) -> None:
    campaign = Campaign.create(specification(tmp_path), store=None)
    frame = pd.read_csv(table(tmp_path, HEAD + "".join(ROWS)))
    assert [*campaign.attach(frame[:3])] == ["R001", "R002", "R003"]
    assert [*campaign.attach(frame)] == ["R001", "R002", "R003", "R004", "R005"]
    assert len(campaign.data()) == 5
    changed = frame.copy()
    changed.loc[1, "mass_loading"] = 12.2
    with pytest.raises(ConflictError, match="R002 has another value already"):
        campaign.attach(changed)


@pytest.mark.skipif(
    not (SHARED_DATA / "cases").is_dir(), reason="no inputs in ../shared/data/cases"
)
def test_the_cases_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cases, line = SHARED_DATA / "cases", CommandLine(tmp_path / "s.db", capsys)
    line("init", cases / "two_responses_spec.toml")
    line("init", cases / "calender_spec.toml")
    for name in ("header3", "unitsrow", "meanrow", "cp1252"):
        answer = line.json("attach", "case", cases / f"table_{name}.csv", "--dry-run")
        assert len(answer["attached"]) == 2, name
    for name in ("title_rows", "index_column", "replicate_columns"):
        answer = line.json("attach", "calender", cases / f"table_{name}.csv")
        assert len(answer["runs"]) == 2, name
    assert len(line.json("show", "calender")["runs"]) < 6  # the same rows in other dress
    for name in ("excelerr", "lod", "pm", "dupcol"):
        line.refused("attach", "case", cases / f"table_{name}.csv")


def test_rows_of_a_line_that_come_again_as_own_results_are_told_on_every_way_in(
    begun: CommandLine,
) -> None:
    Path("own.csv").write_text(HEAD + "".join(ROWS))
    Path("sheet.csv").write_text(
        "run,solid_content,coating_gap,binder,mass_loading\nR005,55,100,PVDF-A,11.5\n"
    )
    begun("lines", "add", "small", "own.csv", "--name", "past")
    recorded = begun.json(
        "record", "small", "R006", "mass_loading=12.1", "--set", "solid_content=52",
        "--set", "coating_gap=150", "--set", "binder=PVDF-B",
    )["messages"]  # fmt: skip
    assert not any("over again" in text for text in recorded)  # a single one may be chance
    by_id = begun.json("import", "small", "sheet.csv", "--dry-run", "--force-settings")["messages"]
    assert "2 of 6 own results (R005, R006) are rows of past over again" in " ".join(by_id)
    told = begun.json("attach", "small", "own.csv")["messages"]
    (told,) = [text for text in told if "over again" in text]
    assert told.startswith("5 of 9 own results (R006, R008, R009, R010, R011) are rows of past")
    one = ("attach", "small", "solid_content=52", "coating_gap=150", "binder=PVDF-B")
    assert "6 of 10 own results (R006, R008, R009, R010, R011, …) are rows" in " ".join(
        begun(*one, "mass_loading=12.1").split()
    )
