"""Factors and responses that are called like our own columns: nothing is lost or mixed up."""

import csv
from pathlib import Path
from typing import cast

import pytest
from openpyxl import load_workbook

from designer.api.frames import data_frame, plan_frame
from designer.campaigns.log.runs import DesignPoint
from designer.campaigns.sheets.data_sheet import data_rows
from designer.campaigns.sheets.export import export
from designer.campaigns.sheets.filled.results import read_results
from designer.campaigns.sheets.own_columns import OWN_COLUMNS
from designer.campaigns.sheets.plan_sheet import plan_json, plan_runs
from designer.campaigns.space.factors import Setting
from designer.campaigns.tables.headers import plain_name, split_unit
from designer.campaigns.values.names import IN_SPEC
from designer.service.answers import DataAnswer, PlanAnswer
from tests.sheets.planned import Planned

WORDS = sorted(
    OWN_COLUMNS - {*IN_SPEC}
    | {"status", "Reason", "failure", "Campaign", "StdOrder", "PtType", "Blocks"}
)
SPEC = """
[campaign]
version = 1
name = "names"
line = "line4"
[[stage]]
name = "slurry"
change_cost = 1
[[factor]]
name = "WORD"
unit = "mm"
low = 0
high = 10
[[factor]]
name = "OTHER"
categories = ["p", "q"]
stage = "slurry"
[[response]]
name = "y"
unit = "%"
"""
POINTS = [DesignPoint(3 - k, 1, 1, {"slurry": 1}) for k in range(3)]


def planned_with(word: str, other: str = "binder") -> Planned:
    recipes: list[dict[str, Setting]] = [{word: 0.5 + k, other: "pqp"[k]} for k in range(3)]
    text = SPEC.replace("WORD", word).replace("OTHER", other)
    return Planned(text, recipes, [("new-1",)] * 3, design=POINTS, predicted=False)


def bare_names(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [plain_name(split_unit(header)[0]) for header in next(csv.reader(file))]


def test_every_column_has_a_name_of_its_own_and_sheets_come_back(tmp_path: Path) -> None:
    factor = '[[factor]]\nname = "WORD"\nunit = "mm"\nlow = 0\nhigh = 10\n'
    text = SPEC.replace("OTHER", "binder")
    text = text.replace(factor, "".join(factor.replace("WORD", word) for word in WORDS))
    recipes: list[dict[str, Setting]]
    recipes = [dict.fromkeys(WORDS, 0.5 + k) | {"binder": "pqp"[k]} for k in range(3)]
    planned = Planned(text, recipes, [("new-1",)] * 3, design=POINTS, predicted=False)
    for name in ("plan.csv", "plan.xlsx"):
        export(planned.state, tmp_path / name)
        results = read_results(tmp_path / name, planned.state)
        assert (results.brings, results.notes) == (False, ["no result is filled in"])
    names = bare_names(tmp_path / "plan.csv")
    assert len(set(names)) == len(names)
    planned.record("R001", y="31")
    columns, rows = data_rows(planned.state)
    assert len(set(map(plain_name, columns))) == len(columns)
    assert [rows[0][word] for word in WORDS] == [0.5] * len(WORDS)
    assert rows[0]["run"] == "R001"


def test_what_became_of_a_run_can_be_said_beside_a_factor_called_status(tmp_path: Path) -> None:
    planned = planned_with("status", "reason")
    export(planned.state, tmp_path / "plan.xlsx")
    book = load_workbook(tmp_path / "plan.xlsx")
    sheet = book["Plan"]
    place = {" ".join(str(cell.value).split()): at for at, cell in enumerate(sheet[4], 1)}
    sheet.cell(5, place["run:status"], "failed")
    sheet.cell(5, place["run:reason"], "web break")
    book.save(tmp_path / "plan.xlsx")
    results = read_results(tmp_path / "plan.xlsx", planned.state)
    assert [(o.run, o.status, o.reason) for o in results.outcomes] == [
        ("R001", "failed", "web break")
    ]


@pytest.mark.parametrize("word", ["campaign", "head"])
def test_a_book_is_known_by_its_facts_whatever_factors_are_called(
    tmp_path: Path, word: str
) -> None:
    planned = planned_with(word)
    export(planned.state, tmp_path / "plan.xlsx")
    assert read_results(tmp_path / "plan.xlsx", planned.state).notes == ["no result is filled in"]


def test_frames_keep_both() -> None:
    planned = planned_with("cost", "order")
    state = planned.state
    answer = plan_json(state, plan_runs(state), None, {})
    frame = plan_frame(cast("PlanAnswer", answer), state.spec)
    assert frame["cost"].tolist() == [0.5, 1.5, 2.5]
    assert frame["run:cost"].tolist() == [1.25] * 3
    assert frame["order"].tolist() == ["p", "q", "p"]
    assert frame["run:order"].tolist() == [1, 2, 3]
    assert frame["StdOrder"].tolist() == [3, 2, 1]
    planned = planned_with("recorded_at", "plan")
    planned.record("R002", y="31")
    columns, rows = data_rows(planned.state)
    table: DataAnswer = {
        "campaign": "names",
        "columns": columns,
        "rows": [[row.get(name) for name in columns] for row in rows],
        "head": planned.state.head,
    }
    data = data_frame(table, planned.spec)
    assert data["recorded_at"].tolist() == [1.5]
    assert str(data["run:recorded_at"].dtype) == "datetime64[us, UTC]"
    assert (data["plan"][0], data["run:plan"][0]) == ("q", "P001")


def test_the_place_in_a_design_stands_beside_the_data(tmp_path: Path) -> None:
    planned = planned_with("gap")
    planned.record("R002", y="31")
    planned.fail("R003", "web break")
    columns, rows = data_rows(planned.state)
    design = ["StdOrder", "RunOrder", "PtType", "Blocks", "WP"]
    assert columns[-5:] == design
    assert [[row[name] for name in design] for row in rows] == [[2, 2, 1, 1, 1], [1, 3, 1, 1, 1]]
    for name in ("data.csv", "data.xlsx"):
        export(planned.state, tmp_path / name, "data")
    assert bare_names(tmp_path / "data.csv")[-5:] == [name.casefold() for name in design]
