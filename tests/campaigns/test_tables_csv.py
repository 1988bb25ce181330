"""CSV files in every shape people send them; the row numbers are those of the bad-input table."""

import csv
import hashlib
import io
import string
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.campaigns.errors import InputError
from designer.campaigns.tables.read import read_table
from designer.campaigns.tables.table import PackedRows, Table, escape_formula, unescape_formula
from tests.laws import ONE_FIXTURE


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Table]:
    def read(content: bytes | str, name: str = "data.csv") -> Table:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(path)

    return read


@pytest.fixture
def refused(read: Callable[..., Table]) -> Callable[..., str]:
    def refused(content: bytes | str, name: str = "data.csv") -> str:
        with pytest.raises(InputError) as error:
            read(content, name)
        assert all(problem.where.startswith(name) or not problem.where
                   for problem in error.value.problems)  # fmt: skip
        return str(error.value)

    return refused


def numbers(table: Table, column: str) -> list[float | None]:
    table = table.read_numbers_of([column])
    return [table.number(cell) for cell in table.column(column)]


def test_plain_table_keeps_texts_places_and_hash(read: Callable[..., Table]) -> None:
    table = read("run,gap\n007, 1e5 \n\nR2,0.10\n")
    assert table.columns == ("run", "gap")
    assert [*table.rows] == [["007", "1e5"], ["R2", "0.10"]]
    assert table.row_numbers == [2, 4]
    assert table.where(1, "gap") == "data.csv line 4 column gap"
    expected = hashlib.sha256(b"run,gap\n007, 1e5 \n\nR2,0.10\n").hexdigest()
    assert table.sha256 == expected


def test_packed_rows_give_every_cell_back() -> None:
    rows, given_rows = PackedRows(), [["007", ""], ["a\0b", "\0"], ["", ""], ["\0"], [""], []]
    for cells in given_rows:
        rows.append(cells)
    assert [*rows] == [rows[k] for k in range(6)] == given_rows
    assert (rows[-1], len(rows)) == ([], 6)


def test_row1_semicolons_and_decimal_commas_are_read_as_meant(read: Callable[..., Table]) -> None:
    table = read("run;gap\nr1;1,5\nr2;2\nr3;-0,25e2\n")
    assert table.separator == ";"
    assert numbers(table, "gap") == [1.5, 2.0, -25.0]


def test_row1_a_point_among_decimal_commas_is_never_guessed(read: Callable[..., Table]) -> None:
    table = read("run;gap;speed\nr1;1,5;1.5\nr2;2,5;3.5\n").read_numbers_of(["gap", "speed"])
    assert table.decimal == "."  # as many of each: one kind is refused, whichever it is
    assert table.number("1,5") is None
    table = read("run;gap\nr1;1,5\nr2;2,5\nr3;3.5\n").read_numbers_of(["gap"])
    assert [table.number(cell) for cell in table.column("gap")] == [1.5, 2.5, None]
    problem = table.number_problem(2, "gap", "3.5")
    assert problem.where == "data.csv line 4 column gap"
    assert "3,5 or 35" in problem.what


def test_row1_text_columns_do_not_decide_the_decimal_mark(read: Callable[..., Table]) -> None:
    table = read("note_id;gap\n1,2;1.5\n3,4;2.5\n")
    assert numbers(table, "gap") == [1.5, 2.5]


def test_row2_too_many_cells_are_refused_with_their_line(refused: Callable[..., str]) -> None:
    text = refused("run,gap\nr1,120,5\nr2,3\nr3\n")
    assert "line 2" in text
    assert "3 cells, the header 2" in text
    assert "line 4" in text
    assert "line 3" not in text


@pytest.mark.parametrize("value", ["1.234", "12.345", "-999.000"])
def test_row3_german_thousands_in_a_decimal_comma_file_are_ambiguous(
    read: Callable[..., Table], value: str
) -> None:
    table = read(f"a;b\n1,5;{value}\n2,5;7\n3,5;8\n")
    both = table.read_numbers_of(["a", "b"])
    assert both.decimal == ","
    assert both.number(value) is None
    assert "may mean" in both.number_problem(0, "b", value).what


def test_row3_numbers_that_all_look_like_thousands_leave_the_mark_open(
    read: Callable[..., Table],
) -> None:
    table = read("a;b\n1.234;x\n2.500;y\n30;z\n").read_numbers_of(["a"])
    assert table.decimal == "?"
    assert [table.number(cell) for cell in table.column("a")] == [None, None, 30.0]
    assert "1.234 or 1234" in table.number_problem(0, "a", "1.234").what
    assert numbers(read("a;b\n12,345;x\n1,500;y\n"), "a") == [12.345, 1.5]  # ; goes with , only
    assert numbers(read("a\tb\n12,345\tx\n"), "a") == [None]
    assert numbers(read("a,b\n1.234,x\n"), "a") == [1.234]


def test_row3_thousands_with_both_marks_are_refused_with_a_remedy(
    read: Callable[..., Table],
) -> None:
    table = read("a;b\n1.234,5;1\n1,5;2\n").read_numbers_of(["a"])
    assert table.number("1.234,5") is None
    assert "grouped" in table.number_problem(0, "a", "1.234,5").what


@pytest.mark.parametrize(
    ("header", "found"),
    [("gap,gap", "'gap' and 'gap'"), ("gap,Gap", "'gap' and 'Gap'"), ("é,e\u0301", "two columns")],
)
def test_row5_columns_of_the_same_name_are_refused(
    refused: Callable[..., str], header: str, found: str
) -> None:
    assert found in refused(f"{header}\n1,2\n")


def test_row5_nameless_columns_are_dropped_when_blank_and_refused_when_not(
    read: Callable[..., Table], refused: Callable[..., str]
) -> None:
    assert read("a,b,,\n1,2,,\n").columns == ("a", "b")
    assert [*read("a,,b\n1,,2\n").rows] == [["1", "2"]]
    assert "column 3 has values but no name" in refused("a,b,\n1,2,3\n")


@pytest.mark.parametrize("text", ["007", "1e5", "12E3", "NA", "None", "null", "True"])
def test_rows7_and_11_cells_stay_text(read: Callable[..., Table], text: str) -> None:
    assert read(f"run,x\n{text},1\n").cell(0, "run") == text


@pytest.mark.parametrize(
    "text",
    ["nan", "NaN", "inf", "-Infinity", "1e999", "1_000", "１２", "0x10", "", "1.2.3", "--1",
     "12 mm", "1,234.5", "2021-10-15", "1/2", "½", "1.#INF"],
)  # fmt: skip
def test_row8_only_plain_finite_numbers_are_numbers(read: Callable[..., Table], text: str) -> None:
    table = read(f'a,b\n"{text}",1\n')
    assert table.number(text) is None
    problem = table.number_problem(0, "a", text)
    assert problem.where == "data.csv line 2 column a"
    assert problem.found == repr(text)


@pytest.mark.parametrize("text", ["1", "-1.5", "+.5", "5.", "1e-7", "1E+3"])
def test_row8_plain_numbers(read: Callable[..., Table], text: str) -> None:
    assert read("a,b\n1,2\n").number(text) == float(text)


def test_row12_utf8_with_and_without_mark_and_utf16(read: Callable[..., Table]) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        table = read("gap [µm],x\n1,ü\n".encode(encoding))
        assert table.columns == ("gap [µm]", "x")
        assert [*table.rows] == [["1", "ü"]]


def test_row12_other_encodings_are_refused_with_line_and_remedy(
    refused: Callable[..., str],
) -> None:
    text = refused("run,unit\nr1,mm\nr2,µm\n".encode("cp437"))  # in Windows-1252 it would be æm
    assert "line 3" in text
    assert "CSV UTF-8" in text
    assert "NUL" in refused(b"a,b\n1,\x002\n")
    assert "UTF-16" in refused(b"\xff\xfea\x00,\x00b")
    assert "workbook" in refused(b"PK\x03\x04rest")


@pytest.mark.parametrize("text", ["gap [µm],T [°C]\n1,2\n", "Dicke,Öl\n1,ä²\n", "a,b\n±1,é\n"])
def test_row12_windows_1252_is_read_and_told_where_it_is_clear(
    read: Callable[..., Table], text: str
) -> None:
    table = read(text.encode("cp1252"))
    assert [list(table.columns), *table.rows] == [row.split(",") for row in text.splitlines()]
    assert "read as Windows-1252" in table.notes[0]


def test_row13_an_open_quote_swallows_nothing(refused: Callable[..., str]) -> None:
    assert "line 2" in refused('run,gap\nr1,"1\nr2,2\nr3,3\n')
    text = refused('run,gap\nr1,"1\nr2,2\nr3",3\n')
    assert "line 2" in text
    assert "3" in text
    assert "line break" in refused('run,gap\n"r1\nr2",1\n')
    assert "closing quotation" in refused('run,gap\n"r1"x,1\n')


def test_row13_notes_may_have_several_lines_and_lines_are_still_counted(
    read: Callable[..., Table], refused: Callable[..., str]
) -> None:
    table = read('run,note\nr1,"first\nsecond"\nr2,x\n')
    assert table.rows[0][1] == "first\nsecond"
    assert table.row_numbers == [2, 4]
    assert "line 4" in refused('run,note\nr1,"first\nsecond"\nr2\n')


def test_row14_sizes_are_limited(
    refused: Callable[..., str], read: Callable[..., Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "too long" in refused(f"a,b\n{'x' * 1001},1\n")
    assert read(f"a,note\n1,{'x' * 9999}\n").rows
    assert "too long" in refused(f"a,note\n1,{'x' * 10_001}\n")
    assert "too many columns" in refused(",".join(f"c{i}" for i in range(20_001)) + "\n")
    assert "million characters" in refused("a,b\n" + "x" * 1_000_001 + "\n")
    monkeypatch.setattr("designer.campaigns.tables.builder.MAX_ROWS", 3)
    assert len(read("a,b\n" + "1,2\n" * 3).rows) == 3
    assert "line 5" in refused("a,b\n" + "1,2\n" * 4)


def test_row14_large_files_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(50_000_001)
    with pytest.raises(InputError, match=r"50\.0 MB"):
        read_table(path)


def test_row17_the_escape_of_formulas_is_taken_away_exactly(read: Callable[..., Table]) -> None:
    table = read("a,b\n'=1+1,'x\n'-5,''=1\n")
    assert [*table.rows] == [["=1+1", "'x"], ["-5", "'=1"]]


@given(st.text(max_size=20))
def test_row17_escaping_is_undone_exactly(text: str) -> None:
    escaped = escape_formula(text)
    assert unescape_formula(escaped) == text
    assert not escaped or escaped[0] not in "=+-@\t\r"


def test_separator_is_found_or_the_doubt_is_told(
    read: Callable[..., Table], refused: Callable[..., str]
) -> None:
    assert read("a\tb\n1,5\t2\n").separator == "\t"
    assert read("a,b\n1,x;y\n").separator == ","
    assert read("run;solid, wet;gap, set\nr1;50,5;80,5\nr2;51,5;90,5\n").separator == ";"
    assert [*read("sep=;\na;b\n1;2\n").rows] == [["1", "2"]]
    assert read("sep=;\na;b\n1;2\n").row_numbers == [3]
    assert read("only\n1\n").columns == ("only",)
    text = refused("a,b;c\nx,y;z\nu,v;w\n")
    assert "commas and semicolons" in text or "semicolons and commas" in text
    assert "sep=;" in text


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("gap, um,x, MPa\n1,2\n3,4\n", "all 2 lines have 2 cells, the header 4", "quotes"),
        ("a,b\n1,5,2\n1,5,2,5\n", "all 2 lines have 3 or 4 cells, the header 2", "commas?"),
        ("a,b\n1\n2\n", "all 2 lines have 1 cell, the header 2", "quotes"),
    ],
)
def test_a_header_no_line_fits_is_one_fault(
    refused: Callable[..., str], text: str, what: str, hint: str
) -> None:
    problem = refused(text)
    assert problem.startswith(f"data.csv: {what}")
    assert hint in problem
    assert "\n" not in problem


def test_all_problems_at_once_and_the_list_is_capped(refused: Callable[..., str]) -> None:
    text = refused("a,b\n1,2\n" + "1\n" * 80)
    assert text.count("\n") == 50
    assert "… and 30 more problems" in text


def test_empty_files_and_wrong_endings(
    refused: Callable[..., str], read: Callable[..., Table]
) -> None:
    assert "empty" in refused("")
    assert "empty" in refused("\n\n,,\n")
    assert [*read("a,b\n").rows] == []
    for name, hint in [
        ("x.xls", "Excel 2003"),
        ("x.pkl", "can run code"),
        ("x.pt", "can run code"),
    ]:
        assert hint in refused("a", name)
    assert "no ending" not in refused("a", "noending")


def test_invisible_characters_in_headers_are_refused(refused: Callable[..., str]) -> None:
    assert "invisible" in refused("a,b\u202ec\n1,2\n")


@settings(ONE_FIXTURE, max_examples=150)
@given(
    st.lists(
        st.lists(
            st.floats(allow_nan=False, allow_infinity=False)
            | st.text(string.ascii_letters + "µ=+-@',;\"#é ", max_size=8),
            min_size=2,
            max_size=2,
        ),
        min_size=1,
        max_size=6,
    )
)
def test_round_trip_of_any_cells(read: Callable[..., Table], rows: list[Sequence[Any]]) -> None:
    """What Python's own writer writes, escaped, comes back bit for bit."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["run", "a", "b"])
    for number, row in enumerate(rows):
        cells = [repr(c) if isinstance(c, float) else escape_formula(c.strip()) for c in row]
        writer.writerow([f"R{number}", *cells])
    table = read(buffer.getvalue())
    for row, cells in zip(rows, table.rows, strict=True):
        for value, cell in zip(row, cells[1:], strict=True):
            if isinstance(value, float):
                assert table.number(cell) == value
            else:
                assert cell == value.strip()


@settings(ONE_FIXTURE, max_examples=300)
@given(st.binary(max_size=200) | st.text("ab,;\t\"'\n\r0.5=é\0", max_size=80).map(str.encode))
def test_f7_any_bytes_give_a_table_or_an_input_error(
    read: Callable[..., Table], content: bytes
) -> None:
    try:
        table = read(content)
    except InputError:
        return
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert len(table.rows) == len(table.row_numbers)
