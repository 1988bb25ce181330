"""Workbooks mean what they show: formats, units in them, sheets, hidden and merged cells."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from designer.campaigns.earlier_lines.mapping import LineMapping, LineTable
from designer.campaigns.earlier_lines.read import read_line
from designer.campaigns.errors import InputError, Problem
from tests.campaigns.test_tables_lab import SPEC

NAMES = ["gap", "pressure", "binder", "loading", "porosity"]
ROWS: list[Sequence[Any]] = [[100, 50, "NA", 5.2, 38.1], [200, 60, "PVDF", 10.4, 36]]
Change = Callable[[Workbook], None]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., LineTable]:
    def read(
        *sheets: tuple[str, Sequence[Sequence[Any]]], change: Change | None = None, **said: Any
    ) -> LineTable:
        workbook = openpyxl.Workbook()
        assert workbook.active is not None
        workbook.remove(workbook.active)
        for title, rows in sheets:
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(row)
        if change is not None:
            change(workbook)
        workbook.save(tmp_path / "t.xlsx")
        return read_line(tmp_path / "t.xlsx", SPEC, LineMapping(**said))

    return read


@pytest.fixture
def refused(read: Callable[..., LineTable]) -> Callable[..., Problem]:
    def refused(*sheets: tuple[str, Sequence[Sequence[Any]]], **said: Any) -> Problem:
        with pytest.raises(InputError) as error:
            read(*sheets, **said)
        (problem,) = error.value.problems
        return problem

    return refused


TABLE = ("Data", [NAMES, *ROWS])


def shown(place: str, code: str, value: float) -> Change:
    def change(workbook: Workbook) -> None:
        cell = workbook.worksheets[0][place]
        cell.number_format, cell.value = code, value

    return change


@pytest.mark.parametrize(
    ("place", "code", "value", "number"),
    [
        ("E2", "0.0%", 0.381, 38.1), ("E2", "0%", 0.38125, 38.125), ("E2", "0.00 %", 0.3, 30.0),
        ("A2", '0.0" mm"', 0.123456, 123.456), ("A2", r'0.00\ "mm"', 0.12, 120.0),
        ("A2", '0.0 "µm"', 123.4, 123.4), ("A2", "#,##0.0", 123.4, 123.4),
        ("A2", '0" Stk"', 123.0, 123.0), ("A2", "0.0;[Red]-0.0", 123.4, 123.4),
        ("A2", "0.0E+00", 123.4, 123.4), ("A2", "0", 123.4567891, 123.4567891),
        ("B2", '0.00 "GPa"', 0.05, 50.0), ("D2", '[Blue]0 "g/m²"', 52.0, 5.2),
    ],
)  # fmt: skip
def test_a_cell_means_what_it_shows_with_all_its_digits(
    read: Callable[..., LineTable], place: str, code: str, value: float, number: float
) -> None:
    row = read(TABLE, change=shown(place, code, value)).rows[0]
    flat = {**row["settings"], **{n: v[0]["number"] for n, v in row["responses"].items()}}
    assert flat[NAMES["ABCDE".index(place[0])]] == number


@pytest.mark.parametrize(
    ("code", "value", "word"),
    [
        ('"<"0.0', 0.5, "below"), ('">"0', 60.0, "above"), ("0,", 5200.0, "in thousands"),
        ("dd/mm/yyyy", 45000.0, "a date"), ("[h]:mm", 1.5, "a date or time"),
    ],
)  # fmt: skip
def test_what_a_format_makes_of_a_number_may_be_no_number(
    refused: Callable[..., Problem], code: str, value: float, word: str
) -> None:
    problem = refused(TABLE, change=shown("D2", code, value))
    assert problem.where == "t.xlsx row 2 column loading"
    assert word in problem.what


def test_error_cells_of_settings_and_results_are_one_problem_each(
    refused: Callable[..., Problem],
) -> None:
    for place in (0, 3):
        row = list(ROWS[0])
        row[place] = "#DIV/0!"
        problem = refused(("Data", [NAMES, row, ROWS[1]]))
        assert (problem.where, problem.found) == (f"t.xlsx row 2 column {NAMES[place]}", "#DIV/0!")


def test_the_sheet_with_the_columns_is_read_and_told(
    read: Callable[..., LineTable], refused: Callable[..., Problem]
) -> None:
    info: tuple[str, Sequence[Sequence[Any]]] = ("Info", [["made by", "Kim"], [1, 2]])
    line = read(info, TABLE, ("Old", [["x", "y"], [1, 2]]))
    assert line.notes == ["read sheet 'Data'; not read: 'Info', 'Old'"]
    again = ("Again", [NAMES, ROWS[1]])
    problem = refused(info, TABLE, again)
    assert (problem.what, problem.found) == (
        "several sheets have the expected columns", "'Data', 'Again'",
    )  # fmt: skip
    line = read(info, TABLE, again, sheet="again")
    assert (len(line.rows), line.mapping["sheet"]) == (1, "again")
    assert "no such sheet" in refused(info, TABLE, sheet="Dat").what


def hidden(*titles: str) -> Change:
    def hide(workbook: Workbook) -> None:
        for title in titles:
            workbook[title].sheet_state = "veryHidden" if title == "Secret" else "hidden"

    return hide


def test_a_hidden_sheet_is_named_and_never_read_unasked(
    read: Callable[..., LineTable], refused: Callable[..., Problem]
) -> None:
    info: tuple[str, Sequence[Sequence[Any]]] = ("Info", [["made by", "Kim"], [1, 2]])
    secret = ("Secret", TABLE[1])
    problem = refused(info, secret, change=hidden("Secret"))
    assert "a hidden sheet has the expected columns, and none" in problem.what
    assert problem.found == "'Secret' (hidden)"
    assert "Read it with --sheet 'Secret'" in str(problem.hint)
    some = ("Data", [["gap", "pressure", "loading"], [100, 50, 5.2]])
    problem = refused(some, secret, change=hidden("Secret"))
    assert "has more of the expected columns than those that are shown" in problem.what
    assert "or the one that is shown with --sheet 'Data'" in str(problem.hint)
    problem = refused(("Data", []), secret, change=hidden("Secret"))
    assert problem.what == "only a hidden sheet has data"
    line = read(info, secret, change=hidden("Secret"), sheet="Secret")
    assert (len(line.rows), line.notes) == (2, ["sheet 'Secret' is hidden"])


def test_hidden_sheets_beside_the_one_with_the_columns_are_told(
    read: Callable[..., LineTable],
) -> None:
    info: tuple[str, Sequence[Sequence[Any]]] = ("Info", [["made by", "Kim"], [1, 2]])
    line = read(info, TABLE, change=hidden("Info"))
    assert line.notes == ["read sheet 'Data'; not read: 'Info' (hidden)"]
    again = ("Again", [[*NAMES, "batch:slurry", "made_at"], [*ROWS[1], "s1", None]])
    line = read(again, TABLE, change=hidden("Again"))  # more columns, but none that is needed
    assert len(line.rows) == 2
    assert line.notes[1] == "the hidden sheet 'Again' has the expected columns, too; " + (
        "--sheet 'Again' reads it"
    )


def test_titles_units_counter_and_means_of_a_sheet(read: Callable[..., LineTable]) -> None:
    rows = [
        ["Trial 5"], [], [None, *NAMES], [None, "mm", "MPa", None, "g/m2", "%"],
        [1, 0.1, 50, "NA", 52, 38.1], [2, 0.2, 60, "PVDF", 104, 36],
        ["Mean", None, None, None, 78, 37],
    ]  # fmt: skip
    line = read(("Data", rows))
    assert [row["settings"]["gap"] for row in line.rows] == [100.0, 200.0]
    assert [row["responses"]["loading"][0]["number"] for row in line.rows] == [5.2, 10.4]
    assert len(line.notes) == 4


def test_hidden_rows_are_told_and_merged_cells_refused(
    read: Callable[..., LineTable], refused: Callable[..., Problem]
) -> None:
    def hide(workbook: Workbook) -> None:
        sheet = workbook["Data"]
        sheet.row_dimensions[3].hidden = sheet.column_dimensions["D"].hidden = True

    line = read(TABLE, change=hide)
    assert line.notes == ["1 hidden row is read, too: 3", "a hidden column is read, too: loading"]
    problem = refused(TABLE, change=lambda workbook: workbook["Data"].merge_cells("A2:A3"))
    assert problem.where == "t.xlsx row 3 column gap"
    assert "merged cells" in problem.what
    line = read(TABLE, change=lambda workbook: workbook["Data"].merge_cells("D2:D3"))
    assert line.notes == [
        "of cells merged over several rows, only the first row has the value (split them where the"
        " others have it, too): loading"
    ]
    wide = ("Data", [[*NAMES, "old"], [*ROWS[0], 1], [*ROWS[1], 2]])
    line = read(wide, change=lambda book: book["Data"].column_dimensions.group("F", hidden=True))
    assert line.notes == ["columns not used: old"]
    titled = ("Data", [["Trial"], NAMES, *ROWS])
    assert len(read(titled, change=lambda book: book["Data"].merge_cells("A1:E1")).rows) == 2


def test_decimal_commas_kept_as_text_can_be_said(read: Callable[..., LineTable]) -> None:
    rows = [NAMES, ["100", 50, "NA", "5,2", 38.1]]
    row = read(("Data", rows), decimal="comma").rows[0]
    assert row["responses"]["loading"][0]["number"] == 5.2
    assert row["responses"]["porosity"][0]["number"] == 38.1
