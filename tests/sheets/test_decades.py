"""Numbers of which a decade could be miscounted: how workbooks show them, and that they return."""

import io
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from designer.campaigns.sheets.book.looks import Look, Looks, cut, safe_text
from designer.campaigns.sheets.book.plan_book import plan_book
from designer.campaigns.sheets.book.validations import of_words
from designer.campaigns.sheets.export import export
from designer.campaigns.sheets.filled.results import read_results
from designer.campaigns.sheets.plan_sheet import plan_runs
from designer.campaigns.tables.formats.number_formats import shown_text
from designer.campaigns.values.numbers import number_text, parse_number
from tests.sheets.planned import Planned

TINY = """
[campaign]
version = 1
name = "tiny"
line = "line4"
[[factor]]
name = "additive"
unit = "mol/L"
low = 1e-7
high = 1e7
scale = "log"
[[response]]
name = "leak"
"""
SHOWN: Mapping[float, str] = {
    5.623e-6: "5.623E-6", 1e-5: "1E-5", 1.7783e-5: "1.7783E-5", 0.0001778: "0.0001778",
    0.25: "0.25", 99999.5: "99999.5", 2.5e5: "2.5E+5", 1e7: "1E+7",
}  # fmt: skip
"""Set-points, and what a spreadsheet shows of them."""
HEADER, BLANK = 4, 4 + len(SHOWN) + 1
ANY = "[<0.0001]0.##############E+0;[<100000]General;0.##############E+0"


@pytest.fixture(scope="module")
def planned() -> Planned:
    found = Planned(TINY, [{"additive": v} for v in SHOWN], [()] * len(SHOWN), predicted=False)
    found.record("R002", {"additive": "3.16e-6"}, leak="1.25e-9")
    return found


@pytest.fixture(scope="module")
def sheet(planned: Planned) -> Worksheet:
    runs = plan_runs(planned.state, "P001")
    return load_workbook(io.BytesIO(plan_book(planned.state, runs))).worksheets[0]


def shown(value: float, code: str) -> str:
    """A number as a spreadsheet shows it in one of our formats."""
    if code == ANY:
        return SHOWN[value] if 1e-4 <= value < 1e5 else f"{Decimal(repr(value)):E}"
    if code == "General":
        return number_text(value)
    digits = len(code.partition(".")[2].partition("E")[0])
    mantissa, _, exponent = f"{value:.{digits}E}".partition("E")
    return f"{mantissa}E{int(exponent):+d}"


def test_no_zeros_are_to_be_counted(sheet: Worksheet) -> None:
    for row, (value, text) in enumerate(SHOWN.items(), start=HEADER + 1):
        cell = sheet.cell(row, 2)
        assert cell.value == value
        assert shown(value, cell.number_format) == text


def test_what_can_be_changed_shows_any_number_with_all_its_digits(sheet: Worksheet) -> None:
    names = [str(cell.value).split("\n")[0] for cell in sheet[HEADER]]
    used, leak = (names.index(name) + 1 for name in ("used:additive", "leak"))
    assert {sheet.cell(row, used).number_format for row in range(HEADER + 1, BLANK)} == {ANY}
    assert sheet.cell(BLANK, 2).number_format == ANY
    assert sheet.cell(BLANK, 2).alignment.shrink_to_fit  # else a spreadsheet shows ###
    assert sheet.cell(HEADER + 2, leak).number_format == ANY  # 1.25e-9 is recorded
    assert sheet.cell(HEADER + 1, leak).number_format == "General"


def test_a_table_with_what_spreadsheets_show_says_nothing_new(
    planned: Planned, tmp_path: Path
) -> None:
    path = tmp_path / "plan.csv"
    export(planned.state, path, plan="P001")
    text = path.read_text(encoding="utf-8-sig")
    for value, spelled in SHOWN.items():
        text = re.sub(rf"(?m)^(R\d+),{re.escape(number_text(value))},", rf"\1,{spelled},", text)
    text = text.replace("3.16e-6", "3.16E-6").replace("1E-5", "1.E-5")
    assert all(spelled in text or spelled == "1E-5" for spelled in SHOWN.values())
    path.write_text(text, encoding="utf-8")
    assert not read_results(path, planned.state).brings


@given(st.floats(1e-30, 1e30))
@example(5e-324)
def test_formats_show_what_is_there_and_lose_nothing(value: float) -> None:
    book = Workbook()
    looks, sheet = Looks(book), book.worksheets[0]
    for column, look in enumerate((Look("told", "decades"), Look("entry", "decades")), start=1):
        looks.put(sheet, 1, column, value, look)
        code = sheet.cell(1, column).number_format
        assert shown_text(value, code) == (number_text(value), None)
        if code != ANY and code != "General":
            digits = len(Decimal(repr(value)).normalize().as_tuple().digits)
            told = parse_number(shown(value, code))
            assert told == (value if digits <= 15 else pytest.approx(value, rel=1e-14))


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.integers(1, 40))
@example("\U0001f600" * 20, 32)
def test_texts_are_as_long_as_spreadsheets_count(text: str, most: int) -> None:
    found = cut(text, most)
    assert len(found.encode("utf-16-le")) <= 2 * most
    assert found == text or (text.startswith(found[:-1]) and found.endswith("…"))


def test_messages_and_cells_are_not_longer_than_excel_takes() -> None:
    faces = "\U0001f600"
    rule = of_words(faces * 20, faces * 200, 64)
    for told, most in (
        (rule.promptTitle, 32), (rule.errorTitle, 32), (rule.prompt, 255), (rule.error, 255),
    ):  # fmt: skip
        assert len(str(told).encode("utf-16-le")) <= 2 * most
    assert str(rule.promptTitle) == f"{faces * 15}…"
    assert len(safe_text(faces * 20_000).encode("utf-16-le")) <= 2 * 32_767
