"""The workbook of a plan: what can be filled in, what cannot be mistaken, how it prints."""

import io
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from designer.campaigns.log.runs import DesignPoint
from designer.campaigns.sheets.book.plan_book import plan_book
from designer.campaigns.sheets.export import export
from designer.campaigns.sheets.filled.results import read_results
from designer.campaigns.sheets.plan_sheet import plan_runs
from designer.campaigns.space.factors import Setting
from tests.laws import ONE_FIXTURE
from tests.sheets.planned import EXPECTED, LINE, RECIPES, WHY, Planned

HEADER = 4
FIRST = HEADER + 1


def book_of(planned: Planned, plan: str | None = None) -> Workbook:
    return load_workbook(io.BytesIO(plan_book(planned.state, plan_runs(planned.state, plan))))


@pytest.fixture(scope="module")
def planned() -> Planned:
    return Planned()


@pytest.fixture(scope="module")
def book(planned: Planned) -> Workbook:
    return book_of(planned)


def columns(sheet: Worksheet, row: int = HEADER) -> dict[str, int]:
    """Place of every column by its header, on one line."""
    return {" ".join(str(c.value).split()): c.column for c in sheet[row] if c.value is not None}


def column(sheet: Worksheet, header: str, rows: int = 6) -> list[object]:
    place = columns(sheet)[header]
    return [sheet.cell(row, place).value for row in range(FIRST, FIRST + rows)]


def rule_of(sheet: Worksheet, row: int, header: str) -> DataValidation | None:
    """What is checked of a cell."""
    place = columns(sheet)[header]
    rules: list[DataValidation] = sheet.data_validations.dataValidation
    for rule in rules:
        for area in str(rule.sqref).split():
            left, top, right, bottom = range_boundaries(area)
            assert None not in (left, top, right, bottom)
            if int(left or 0) <= place <= int(right or 0) and int(top or 0) <= row <= int(
                bottom or 0
            ):
                return rule
    return None


def ends(rule: DataValidation) -> tuple[float, float]:
    """Between what numbers a cell should lie."""
    return float(str(rule.formula1)), float(str(rule.formula2))


def cells(sheet: Worksheet) -> Iterator[tuple[str, object, str]]:
    for row in sheet.iter_rows():
        for cell in row:
            yield cell.coordinate, cell.value, cell.data_type


def test_the_columns_people_fill_in_come_in_the_order_of_work(book: Workbook) -> None:
    assert book.sheetnames == ["Plan", "Predictions", "Facts"]
    assert list(columns(book["Plan"])) == [
        "run", "solid_content [wt%]", "gap [um]", "binder", "humidity [%]", "loading [mg/cm^2]",
        "porosity [%]", "adhesion", "status", "reason", "batch:slurry", "batch:coating", "made_at",
        "note", "used:solid_content [wt%]", "used:gap [um]", "used:binder",
    ]  # fmt: skip
    assert column(book["Plan"], "run") == [f"R00{k}" for k in range(1, 7)]
    assert column(book["Plan"], "batch:slurry") == ["slurry-01"] * 3 + ["slurry-02"] * 3


def test_numbers_are_numbers_and_names_are_texts(book: Workbook) -> None:
    sheet = book["Plan"]
    assert column(sheet, "solid_content [wt%]") == [60, 60, 60, 55.5, 55.5, 55.5]
    assert column(sheet, "binder") == [recipe["binder"] for recipe in RECIPES]
    place = columns(sheet)["binder"]
    for row in range(FIRST, FIRST + 26):
        assert sheet.cell(row, place).number_format == "@"
    formats = {sheet.cell(row, columns(sheet)["loading [mg/cm^2]"]).number_format
               for row in range(FIRST, FIRST + 26)}  # fmt: skip
    assert formats == {"General"}
    for name in book.sheetnames:
        assert {kind for _, _, kind in cells(book[name])} <= {"n", "s"}, name


def test_only_what_people_fill_in_can_be_changed(book: Workbook) -> None:
    sheet = book["Plan"]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    there = columns(sheet)
    fixed = {"run", "solid_content [wt%]", "gap [um]", "binder"}
    for header, place in there.items():
        planned_cell, blank = sheet.cell(FIRST, place), sheet.cell(FIRST + 6, place)
        assert planned_cell.protection.locked == (header in fixed), header
        assert blank.protection.locked == (header == "run" or header.startswith("used:")), header
        for cell in (planned_cell, blank):
            coloured = cell.fill.fgColor.rgb == "00FFF2C2"
            assert coloured != cell.protection.locked, header
    last = sheet.max_row
    assert last == HEADER + 6 + 20
    for name in ("Predictions", "Facts"):
        assert book[name].protection.sheet


def test_cells_know_what_is_possible(book: Workbook) -> None:
    sheet = book["Plan"]
    rule = rule_of(sheet, FIRST, "loading [mg/cm^2]")
    assert rule is not None
    assert (rule.type, rule.operator, rule.errorStyle) == ("decimal", "between", "warning")
    assert ends(rule) == (0, 60)
    for said in ("mg/cm^2", "0 to 60", "11.4 to 12.6", "none"):
        assert said in str(rule.prompt)
    free = rule_of(sheet, FIRST, "porosity [%]")
    assert free is not None
    assert ends(free)[0] < -1e200
    assert "at least 30" in str(free.prompt)
    assert "goal: maximize" in str(getattr(rule_of(sheet, FIRST, "adhesion"), "prompt", ""))
    status = rule_of(sheet, FIRST + 25, "status")
    assert status is not None
    assert (status.formula1, status.errorStyle) == ('"completed,failed,abandoned"', "stop")
    assert rule_of(sheet, FIRST + 26, "status") is None
    for rule in sheet.data_validations.dataValidation:
        assert len(str(rule.prompt)) <= 255
        assert len(str(rule.error)) <= 255
        assert len(str(rule.promptTitle)) <= 32
        assert rule.showInputMessage
        assert rule.allow_blank


def test_settings_of_rows_nobody_planned_are_chosen_from_lists_of_cells(book: Workbook) -> None:
    sheet, facts = book["Plan"], book["Facts"]
    blank = FIRST + 6
    assert rule_of(sheet, FIRST, "gap [um]") is None  # it is locked
    levels, names = rule_of(sheet, blank, "gap [um]"), rule_of(sheet, blank, "binder")
    assert levels is not None
    assert names is not None
    assert (levels.type, levels.errorStyle) == ("list", "warning")
    assert (names.type, names.errorStyle) == ("list", "stop")
    lists: list[tuple[DataValidation, list[object]]]
    lists = [(levels, [80, 100.5, 150]), (names, [*planned_categories()])]
    for rule, wanted in lists:
        match = re.fullmatch(r"'Facts'!\$([A-Z]+)\$(\d+):\$([A-Z]+)\$(\d+)", str(rule.formula1))
        assert match is not None
        (row,) = facts[f"{match[1]}{match[2]}:{match[3]}{match[4]}"]
        assert [c.value for c in row] == wanted
    ranged = rule_of(sheet, blank, "solid_content [wt%]")
    assert ranged is not None
    assert ends(ranged) == (50, 66)
    assert rule_of(sheet, FIRST, "used:gap [um]") is levels or rule_of(
        sheet, FIRST, "used:gap [um]"
    )
    assert rule_of(sheet, blank, "used:gap [um]") is None
    assert rule_of(sheet, FIRST, "humidity [%]") is not None


def planned_categories() -> tuple[object, ...]:
    return Planned(predicted=False).spec.factor("binder").categories or ()


def test_it_prints_on_the_width_of_a_page_with_heads_on_every_page(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    sheet = book["Plan"]
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$4", "$A:$A")
    assert sheet.freeze_panes == "B5"
    assert sheet.print_area == f"'Plan'!$A$1:$Q${FIRST + 6 + 10 - 1}"  # blank rows fill the page
    foot = sheet.oddFooter
    assert foot is not None
    assert foot.left is not None
    assert foot.left.text == "line && <b>four</b>"


def test_with_many_factors_all_to_be_filled_in_is_on_one_page() -> None:
    extra = "".join(f'[[factor]]\nname = "f{k}"\nlow = 0\nhigh = 1\n' for k in range(12))
    recipes = [{**recipe, **{f"f{k}": 0.5 for k in range(12)}} for recipe in RECIPES]
    sheet = book_of(Planned(LINE.replace("[[given]]", f"{extra}[[given]]"), recipes))["Plan"]
    area = str(sheet.print_area).replace("'Plan'!", "")
    place = columns(sheet)
    assert range_boundaries(area)[2] == place["note"]
    assert place["used:solid_content [wt%]"] == place["note"] + 1
    assert "cross out a setting that was not made" in str(sheet["A2"].value)
    widths = [sheet.column_dimensions[get_column_letter(k)].width for k in range(1, place["note"])]
    assert sum(widths) < 270  # letters of 6 points and more


def test_long_names_of_categories_go_over_several_lines() -> None:
    name = "Supplier of active material number one, batch group north"
    planned = Planned(LINE.replace("a,b", name), [*RECIPES[:5], {**RECIPES[5], "binder": name}])
    sheet = book_of(planned)["Plan"]
    cell = sheet.cell(FIRST + 5, columns(sheet)["binder"])
    assert cell.alignment.wrap_text
    assert not cell.alignment.shrink_to_fit
    heights = [sheet.row_dimensions[FIRST + k].height for k in range(6)]
    assert heights[5] >= 3 * 15 > heights[4]


def test_batches_are_blocks_and_what_changes_is_bold(book: Workbook) -> None:
    sheet = book["Plan"]
    edges = [sheet.cell(row, 1).border.top.style for row in range(FIRST, FIRST + 7)]
    assert edges == ["thick", "thin", "hair", "thick", "hair", "thin", "thick"]
    fills = [sheet.cell(row, 1).fill.fill_type for row in range(FIRST, FIRST + 6)]
    assert fills == [None, None, None, "solid", "solid", "solid"]
    there = columns(sheet)

    def bold(row: int) -> list[bool]:
        names = ("solid_content [wt%]", "gap [um]", "binder")
        return [bool(sheet.cell(FIRST + row, there[name]).font.b) for name in names]

    assert bold(0) == [True, True, True]
    assert bold(1) == [False, True, True]
    assert bold(4) == [False, False, True]


def test_predictions_and_facts(planned: Planned, book: Workbook) -> None:
    sheet = book["Predictions"]
    there = columns(sheet, 2)
    assert sheet.cell(3, there["median"]).value == float(f"{EXPECTED['mean']:.4g}")
    assert sheet.cell(3, there["95 % to"]).value == EXPECTED["high95"]
    assert sheet.cell(3, there["why"]).value == WHY
    facts = {row[0].value: row[1].value for row in book["Facts"].iter_rows(max_col=2)}
    assert facts["head"] == planned.state.head
    assert (facts["campaign"], facts["seed"], facts["told when planned"]) == (
        planned.spec.name, "7", "a note of the plan",
    )  # fmt: skip
    assert facts["dryer capacity"] == "solid_content * gap <= 9500"
    assert facts["cost"] == "7.5 h"


def test_results_and_outcomes_known_so_far_are_filled_in() -> None:
    planned = Planned()
    planned.record("R001", {"gap": "82"}, loading="12/12.5", porosity="31", adhesion=None)
    planned.fail("R002", "=web break")
    sheet = book_of(planned, "P001")["Plan"]
    assert column(sheet, "loading [mg/cm^2]", 2) == ["12/12.5", None]
    assert column(sheet, "porosity [%]", 2) == [31, None]
    assert column(sheet, "adhesion", 2) == ["none", None]
    assert column(sheet, "status", 3) == ["completed", "failed", None]
    assert column(sheet, "reason", 2) == [None, "=web break"]
    assert column(sheet, "gap [um]", 1) == [80]  # as planned
    assert column(sheet, "used:gap [um]", 2) == [82, None]


def test_what_a_table_said_and_the_columns_of_a_design(tmp_path: Path) -> None:
    extra: list[dict[str, Setting]]
    extra = [{"coil": f"C{k}", "note": "thin", "Blocks": k} for k in range(6)]
    points = [DesignPoint(6 - k, (-1) ** k, 1 + k // 3, {"slurry": 1 + k // 3, "coating": k + 1})
              for k in range(6)]  # fmt: skip
    planned = Planned(extra=extra, design=points)
    book = book_of(planned)
    names = ["run", "Blocks", "extra:Blocks", "coil", "extra:note"]
    assert list(columns(book["Plan"]))[:5] == names
    assert column(book["Plan"], "Blocks") == [1, 1, 1, 2, 2, 2]
    assert column(book["Plan"], "coil") == [f"C{k}" for k in range(6)]
    assert columns(book["Predictions"], 2).keys() >= {"StdOrder", "RunOrder", "PtType", "WP"}
    facts = {row[0].value: row[1].value for row in book["Facts"].iter_rows(max_col=2)}
    assert (facts["design"], facts["about the design"]) == ("full-factorial", "resolution V")
    export(planned.state, tmp_path / "plan.csv")
    header, first = (tmp_path / "plan.csv").read_text(encoding="utf-8-sig").splitlines()[:2]
    cells = dict(zip(header.split(","), first.split(","), strict=False))
    assert (cells["StdOrder"], cells["PtType"], cells["WP"], cells["WP:coating"]) == (
        "6", "1", "1", "1",
    )  # fmt: skip
    assert (cells["extra:note"], cells["note"]) == ("thin", "")
    export(planned.state, tmp_path / "plan.xlsx")
    for name in ("plan.csv", "plan.xlsx"):
        assert not read_results(tmp_path / name, planned.state).brings


def test_the_same_state_gives_the_same_bytes(planned: Planned) -> None:
    runs = plan_runs(planned.state)
    content = plan_book(planned.state, runs)
    assert content == plan_book(planned.state, runs)
    with ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        core = archive.read("docProps/core.xml").decode()
    assert planned.state.changed_at[:19] in core


def normal(name: str) -> str:
    """A name as specifications keep it."""
    return unicodedata.normalize("NFC", name)


FREE = """
[campaign]
version = 1
name = "free"
line = "line4"
[[factor]]
name = "speed"
unit = "m/min"
low = 1e-9
high = 1
[[factor]]
name = "binder"
categories = NAMES
[[response]]
name = "thickness"
unit = "um"
possible = [0, 60]
"""
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=64
)


@settings(ONE_FIXTURE, max_examples=4)
@given(
    names=st.lists(NAMES, min_size=2, max_size=6, unique_by=lambda name: normal(name).casefold()),
    speeds=st.lists(st.floats(1e-9, 1), min_size=6, max_size=6),
    values=st.lists(st.floats(0, 60), min_size=6, max_size=6),
)
def test_what_was_written_comes_back_with_every_bit(
    tmp_path: Path, names: list[str], speeds: list[float], values: list[float]
) -> None:
    text = FREE.replace("NAMES", json.dumps(names, ensure_ascii=False))
    recipes: list[dict[str, Setting]] = [
        {"speed": speed, "binder": normal(name)} for speed, name in zip(speeds, names, strict=False)
    ]
    planned = Planned(text, recipes)
    book = book_of(planned)
    sheet = book["Plan"]
    assert column(sheet, "binder", len(names)) == [recipe["binder"] for recipe in recipes]
    assert column(sheet, "speed [m/min]", len(names)) == speeds[: len(names)]
    fill(sheet, "thickness [um]", values[: len(names)])
    fill(sheet, "speed [m/min]", speeds[: len(names)])
    book.save(tmp_path / "plan.xlsx")
    results = read_results(tmp_path / "plan.xlsx", planned.state)
    told = [
        value.value for entry in results.entries for value in entry.responses["thickness"] or ()
    ]
    assert told == values[: len(names)]
    assert not any(entry.used for entry in results.entries)


def fill(sheet: Worksheet, header: str, numbers: list[float]) -> None:
    """Type numbers as spreadsheets store them: with all their digits."""
    for row, number in enumerate(numbers, start=FIRST):
        cell = sheet.cell(row, columns(sheet)[header], repr(number))
        cell.data_type = "n"
