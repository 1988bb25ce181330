"""Workbooks: honest ones in full, hostile ones refused before they cost anything."""

import datetime as dt
import io
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

import openpyxl
import pytest

from designer.campaigns.errors import InputError
from designer.campaigns.tables.layout import ExpectedColumns
from designer.campaigns.tables.read import read_table
from tests.campaigns.test_tables_lab import SPEC
from tests.speed import allowed


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    def book(*sheets: tuple[str, Sequence[Sequence[Any]]]) -> Path:
        """A workbook; each sheet is (title, rows)."""
        workbook = openpyxl.Workbook()
        assert workbook.active is not None
        workbook.remove(workbook.active)
        for title, rows in sheets:
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "book.xlsx"
        workbook.save(path)
        return path

    return book


@pytest.fixture
def rebuilt(tmp_path: Path, book: Callable[..., Path]) -> Callable[..., Path]:
    def rebuilt(
        changes: dict[str, str],
        rows: tuple[tuple[str, str], tuple[int, int]] = (("a", "b"), (1, 2)),
    ) -> Path:
        """An honest workbook with some parts replaced or added."""
        honest = book(("S", rows))
        path = tmp_path / "rebuilt.xlsx"
        with (
            zipfile.ZipFile(honest) as source,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for name in source.namelist():
                if name not in changes:
                    target.writestr(name, source.read(name))
            for name, content in changes.items():
                target.writestr(name, content)
        return path

    return rebuilt


SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet_xml(rows: str, before: str = "") -> str:
    start = f"<?xml version='1.0'?>{before}<worksheet {NAMESPACE}>"
    return f"{start}<sheetData>{rows}</sheetData></worksheet>"


def refused(path: Path) -> str:
    with pytest.raises(InputError) as error:
        read_table(path)
    return str(error.value)


def test_numbers_texts_and_blanks(book: Callable[..., Path]) -> None:
    table = read_table(
        book(("Data", [["run", "gap [µm]", "note"], ["R1", 120, None], [None, None, None],
                       ["R2", 0.1234567890123, " x\ny "], ["R3", -1e-7, "'q"], ["007", 3.0, 12.5]]))
    )  # fmt: skip
    assert table.columns == ("run", "gap [µm]", "note")
    assert [*table.rows] == [
        ["R1", "120", ""],
        ["R2", "0.1234567890123", "x\ny"],
        ["R3", "-1e-7", "'q"],
        ["007", "3", "12.5"],
    ]
    assert table.row_numbers == [2, 4, 5, 6]
    assert table.where(1, "note") == "book.xlsx row 4 column note"
    assert table.number("0.1234567890123") == 0.1234567890123
    assert table.decimal == "."


def test_row17_a_text_that_begins_like_a_formula_stays_this_text(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    workbook.active.append(["name", "x"])
    assert workbook.active is not None
    workbook.active.append(["", 1])
    assert workbook.active is not None
    cell = workbook.active["A2"]
    cell.value = "=1+1"
    cell.data_type = "s"
    workbook.save(tmp_path / "x.xlsx")
    assert [*read_table(tmp_path / "x.xlsx").rows] == [["=1+1", "1"]]


def test_row16_dates_bools_and_errors_are_no_numbers(book: Callable[..., Path]) -> None:
    day = dt.datetime(2021, 10, 15)  # noqa: DTZ001  as in a sheet
    moment = dt.datetime(2021, 10, 15, 8, 30)  # noqa: DTZ001
    path = book(("S", [["when", "x"], [day, day], [moment, True], ["a", "#N/A"],
                       [dt.time(8), dt.timedelta(hours=3)]]))  # fmt: skip
    table = read_table(path)
    assert table.column("when") == ["2021-10-15", "2021-10-15T08:30:00", "a", "08:00:00"]
    assert table.column("x")[1] == "TRUE"
    found = [table.number_problem(row, "x", table.cell(row, "x")).what for row in range(4)]
    assert "a date where a number" in found[0]
    assert "TRUE or FALSE" in found[1]
    assert "an error value" in found[2]
    assert "time where a number" in found[3]


def test_row16_a_formula_without_value_is_noticed_where_it_stands(
    book: Callable[..., Path],
) -> None:
    path = book(("S", [["a", "b"], [1, "=A2*2"], [2, None]]))
    table = read_table(path)
    assert table.cell(0, "b") == ""
    assert table.oddity(0, "b") == "a formula without a stored value"
    assert table.oddity(1, "b") is None


def test_row16_a_formula_with_its_value_reads_as_the_value(rebuilt: Callable[..., Path]) -> None:
    rows = "<row r='1'><c r='A1' t='inlineStr'><is><t>a</t></is></c></row>"
    rows += "<row r='2'><c r='A2'><f>1+1</f><v>2</v></c></row>"
    rows += "<row r='3'><c r='A3'><f>NA()</f><v></v></c></row>"
    table = read_table(rebuilt({SHEET: sheet_xml(rows)}))
    assert [*table.rows] == [["2"], [""]]
    assert table.oddities == {(1, 0): "a formula without a stored value"}


def test_row16_a_formula_that_shows_nothing_is_blank(rebuilt: Callable[..., Path]) -> None:
    rows = "<row r='1'><c r='A1' t='inlineStr'><is><t>a</t></is></c><c r='B1' t='inlineStr'>"
    rows += "<is><r><t>b</t></r><r><t>c</t></r><rPh><t>spoken</t></rPh></is></c></row>"
    rows += "<row r='2'><c r='A2' t='str'><f>IF(B2&gt;1,1,\"\")</f><v></v></c><c r='B2'><v>1</v>"
    table = read_table(rebuilt({SHEET: sheet_xml(f"{rows}</c></row>")}))
    assert (table.columns, [*table.rows], table.oddities) == (("a", "bc"), [["", "1"]], {})


def test_rows_and_texts_that_cannot_be_are_refused(rebuilt: Callable[..., Path]) -> None:
    cell = "<c r='A{0}'><v>{0}</v></c>"
    rows = [f"<row r='{number}'>{cell.format(number)}</row>" for number in (1, 3, 2)]
    assert "row 2 comes behind row 3" in refused(rebuilt({SHEET: sheet_xml("".join(rows))}))
    for wrong in (
        "<c r='A2' t='s'><v>-1</v></c>",
        "<c r='1A'><v>1</v></c>",
        "<c s='9'><v>1</v></c>",
    ):
        text = refused(rebuilt({SHEET: sheet_xml(f"{rows[0]}<row r='2'>{wrong}</row>")}))
        assert "damaged" in text


def test_row14_a_sheet_is_read_once_and_costs_what_is_in_it(rebuilt: Callable[..., Path]) -> None:
    """A sheet of 5,000 columns that does not say its size; 500,000 cells: 4 s, before 12.5 s."""
    names = "".join(f"<c t='inlineStr'><is><t>c{k}</t></is></c>" for k in range(5000))
    row = "<row>" + "".join(f"<c><v>{k}.25</v></c>" for k in range(5000)) + "</row>"
    path = rebuilt({SHEET: sheet_xml(f"<row>{names}</row>{row * 20}")})
    opened: list[str] = []

    def opening(archive: zipfile.ZipFile, part: str | zipfile.ZipInfo, *rest: Any) -> IO[bytes]:
        opened.append(str(getattr(part, "filename", part)))
        return unpack(archive, part, *rest)

    unpack = zipfile.ZipFile.open
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "open", opening)
        start = time.process_time()
        table = read_table(path, None, ExpectedColumns.of(SPEC, asked=["c7", "c4000"]))
    assert time.process_time() - start < allowed(4)
    assert opened.count(SHEET) == 3  # measured, looked over, read
    assert (table.columns, len(table.rows), table.rows[19]) == (
        ("c7", "c4000"), 20, ["7.25", "4000.25"],
    )  # fmt: skip
    assert table.unread["c4999"].low == 4999.25


def test_decimal_commas_kept_as_text_are_read_beside_numbers(book: Callable[..., Path]) -> None:
    rows = [["a"], ["12,5"], [1.5], ["12,125"], ["31,2/31,9"], [1234.5]]
    table = read_table(book(("S", rows))).read_numbers_of(["a"])
    assert [table.number(cell) for cell in table.column("a")] == [12.5, 1.5, 12.125, None, 1234.5]
    assert [table.number(part) for part in ("31,2", "31,9")] == [31.2, 31.9]
    assert table.notes == ("commas in numbers kept as text were read as decimal commas",)


@pytest.mark.parametrize(
    "texts",
    [["12,125"], ["12,125", "1,5", "13.5"], ["12,5", "1.234"], ["1,234", "5"], ["1,234.5", "1,5"]],
)
def test_commas_kept_as_text_are_never_guessed(book: Callable[..., Path], texts: list[str]) -> None:
    table = read_table(book(("S", [["a"], [1.5], *([text] for text in texts)])))
    table = table.read_numbers_of(["a"])
    assert table.number(texts[0]) is None
    assert table.number_problem(1, "a", texts[0]).hint is not None


def test_texts_that_can_be_nothing_else_are_read_by_their_own_mark(
    book: Callable[..., Path],
) -> None:
    table = read_table(book(("S", [["a"], [1.5], ["12,5"], ["13.25"], ["52.8190/76.25"]])))
    table = table.read_numbers_of(["a"])
    assert [table.number(cell) for cell in table.column("a")[:3]] == [1.5, 12.5, 13.25]


def test_the_sheet_that_was_read_is_told(book: Callable[..., Path]) -> None:
    one = [["a"], [1]]
    assert read_table(book(("S", one))).notes == ()
    assert read_table(book(("Info", []), ("Data", one))).notes == ("read sheet 'Data'",)
    notes = read_table(book(("Data", one), ("More", one), ("Blank", []))).notes
    assert notes == ("read sheet 'Data'; not read: 'More'",)
    text = refused(book(("Info", []), ("A", one), ("B", one)))
    assert "'A', 'B'" in text
    assert "no sheet" in refused(book(("A", []), ("B", [["", " "]])))


def test_row5_names_and_values_beyond_the_header(book: Callable[..., Path]) -> None:
    assert "same name" in refused(book(("S", [["a", "A"], [1, 2]])))
    assert "row 3: there is a value beyond" in refused(book(("S", [["a", "b"], [1, 2], [1, 2, 3]])))
    assert "column 2 has values but no name" in refused(book(("S", [["a", None, "b"], [1, 2, 3]])))
    assert [*read_table(book(("S", [["a", None, "b", None], [1, None, 3]]))).rows] == [["1", "3"]]


def test_row15_a_bomb_is_refused_quickly_and_cheaply(
    rebuilt: Callable[..., Path], tmp_path: Path
) -> None:
    row = "<row r='{}'>" + "<c><v>1</v></c>" * 1000 + "</row>"
    path = rebuilt({SHEET: sheet_xml("".join(row.format(i + 1) for i in range(8000)))})
    assert path.stat().st_size < 1_000_000
    start = time.process_time()
    text = refused(path)
    assert "unpacks to too much" in text
    assert time.process_time() - start < allowed(1)


@pytest.mark.parametrize(
    "changes",
    [
        {SHEET: sheet_xml("<row>" + "<c><v>12345.678</v></c>" * 150_000 + "</row>")},
        {SHEET: sheet_xml("<row/>" * 260_000)},
        {SHEET: sheet_xml("<x:row/>" * 260_000)},
        {"xl/sharedStrings.xml": f"<sst {NAMESPACE}>" + "<si/>" * 1_000_001 + "</sst>"},
        {"xl/styles.xml": f"<styleSheet {NAMESPACE}>" + "".join(map(str, range(2_000_000)))},
        {SHEET: sheet_xml("<row/>").encode("utf-16")},
    ],
    ids=["one row", "many rows", "prefixed", "strings", "styles", "utf16"],
)
def test_row15_parts_that_would_grow_in_memory_are_refused(
    rebuilt: Callable[..., Path], changes: dict[str, str]
) -> None:
    path = rebuilt(changes)
    start = time.process_time()
    assert "workbook" in refused(path)
    assert time.process_time() - start < allowed(3)


def test_row15_a_sheet_claiming_the_whole_grid_is_not_believed(
    rebuilt: Callable[..., Path],
) -> None:
    cell = "<c r='{}' t='inlineStr'><is><t>{}</t></is></c>"
    rows = f"<row r='1'>{cell.format('A1', 'a')}</row><row r='2'>{cell.format('A2', '7')}</row>"
    claim = "<dimension ref='A1:XFD1048576'/>"
    xml = sheet_xml(rows).replace("<sheetData>", claim + "<sheetData>")
    start = time.process_time()
    assert [*read_table(rebuilt({SHEET: xml})).rows] == [["7"]]
    far = f"<row r='999999999999'>{cell.format('A1', 'x')}</row>"
    assert "too many rows" in refused(rebuilt({SHEET: sheet_xml(rows + far)}))
    wide = f"<row r='1'>{cell.format('XFD1', 'x')}</row>"
    assert read_table(rebuilt({SHEET: sheet_xml(wide)})).columns == ("x",)
    assert time.process_time() - start < allowed(5)


def test_row15_entities_are_not_expanded(rebuilt: Callable[..., Path]) -> None:
    entities = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>"
    for old, new in zip("abcdefg", "bcdefgh", strict=True):
        entities += f"<!ENTITY {new} '{f'&{old};' * 10}'>"
    rows = "<row r='1'><c r='A1' t='inlineStr'><is><t>&h;</t></is></c></row>"
    assert "damaged" in refused(rebuilt({SHEET: sheet_xml(rows, entities + "]>")}))
    outside = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
    rows = "<row r='1'><c r='A1' t='inlineStr'><is><t>&a;</t></is></c></row>"
    assert "root:" not in refused(rebuilt({SHEET: sheet_xml(rows, outside)}))


def test_a_workbook_of_the_strict_kind_is_refused_by_name(rebuilt: Callable[..., Path]) -> None:
    main = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    book = f'<workbook xmlns="{main}" conformance="strict"><sheets/></workbook>'
    assert "Strict Open XML" in refused(rebuilt({"xl/workbook.xml": book}))


def test_lying_directory_and_nested_archives(tmp_path: Path, rebuilt: Callable[..., Path]) -> None:
    path = rebuilt({})
    content = bytearray(path.read_bytes())
    # Halve every size in the central directory: what is read then fails its checksum.
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        size = int.from_bytes(content[at + 24 : at + 28], "little")
        content[at + 24 : at + 28] = (size // 2).to_bytes(4, "little")
        at = content.find(b"PK\x01\x02", at + 4)
    path.write_bytes(content)
    assert "workbook" in refused(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a workbook"),
        (b"run,gap\n1,2\n", "a text file ends in .csv"),
        (b"\xd0\xcf\x11\xe0rest", "password"),
        (b"PK\x05\x06" + b"\0" * 18, "damaged"),
    ],
)
def test_files_that_are_no_workbooks(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    assert words in refused(path)


def test_damaged_workbooks_give_input_errors_only(book: Callable[..., Path]) -> None:
    content = book(("S", [["a", "b"], [1, "x"], [2.5, None]])).read_bytes()
    path = book(("S", [["a"]]))
    refusals = 0
    for place in range(0, len(content), max(1, len(content) // 150)):
        damaged = bytearray(content)
        damaged[place] ^= 0x5A
        path.write_bytes(damaged)
        try:
            read_table(path)
        except InputError:
            refusals += 1
    assert refusals > 20


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_row14_the_largest_table_stays_below_500_mb(tmp_path: Path, kind: str) -> None:
    """Two million cells: the most the limits let through."""
    path = tmp_path / f"big.{kind}"
    header = [f"c{i}" for i in range(100)]
    if kind == "csv":
        with path.open("w") as file:
            file.write(",".join(header) + "\n")
            for i in range(19_990):
                file.write(",".join(f"{i}.{j}" for j in range(100)) + "\n")
    else:
        # Written by hand: openpyxl would take a minute.
        rows = io.StringIO()
        for i in range(4_000):
            cells = (
                "".join(f"<c><v>{i}.{j}1</v></c>" for j in range(100))
                if i
                else "".join(f"<c t='inlineStr'><is><t>{name}</t></is></c>" for name in header)
            )
            rows.write(f"<row r='{i + 1}'>{cells}</row>")
        workbook = openpyxl.Workbook()
        workbook.save(tmp_path / "small.xlsx")
        with (
            zipfile.ZipFile(tmp_path / "small.xlsx") as source,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for name in source.namelist():
                target.writestr(
                    name, sheet_xml(rows.getvalue()) if name == SHEET else source.read(name)
                )
    script = (
        "import re, sys; from designer.campaigns.tables.read import read_table;"
        "t = read_table(sys.argv[1]);"
        # not ru_maxrss: a child starts with the high-water mark of its parent
        "status = open('/proc/self/status').read();"
        "print(len(t.rows), int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) // 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, path], capture_output=True, text=True, check=True
    )
    read, megabytes = map(int, done.stdout.split())
    assert read == (19_990 if kind == "csv" else 3_999)
    assert megabytes < 500


def test_csv_does_not_import_openpyxl_or_pandas(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    script = (
        "import sys; from designer.campaigns.tables.read import read_table;"
        "read_table(sys.argv[1]);"
        "print({'openpyxl', 'pandas', 'pint', 'numpy', 'sqlalchemy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, path], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
