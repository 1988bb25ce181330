"""Columns that contradict their header, and numbers that can be read in two ways."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from designer.campaigns.earlier_lines.mapping import LineMapping, LineTable
from designer.campaigns.earlier_lines.read import line_from_columns, read_line
from designer.campaigns.errors import InputError, Problem
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.filled.attached import attach_file
from designer.campaigns.specification import load
from designer.campaigns.store.store import Store
from designer.campaigns.tables.options import TableOptions
from tests.campaigns import filled_sheets
from tests.campaigns.filled_sheets import POROSITY, FilledSheets, filled

SPEC = load.from_toml("""
[campaign]
version = 1
name = "dry"
line = "l"
[[factor]]
name = "temp"
unit = "degC"
low = 60
high = 120
[[factor]]
name = "pressure"
unit = "MPa"
low = 20
high = 200
[[response]]
name = "porosity"
unit = "%"
window = [30, 40]
possible = [0, 100]
[[response]]
name = "solvent"
unit = "ppm"
scale = "log"
""")
HEAD = "temp,pressure,porosity,solvent"
Read = Callable[..., LineTable]
Refused = Callable[..., tuple[Problem, ...]]


@pytest.fixture
def state() -> CampaignState:
    store = Store(None)
    store.create(SPEC, "anna")
    return store.state("dry")


@pytest.fixture
def read(tmp_path: Path, state: CampaignState) -> Read:
    """Reads a table as own runs, and as an earlier line."""

    def read(*lines: str, **said: object) -> LineTable:
        path = tmp_path / "t.csv"
        path.write_text("\n".join(lines) + "\n")
        attach_file(path, state, TableOptions(**said))  # type: ignore[arg-type]
        return read_line(path, SPEC, LineMapping(**said))  # type: ignore[arg-type]

    return read


@pytest.fixture
def refused(tmp_path: Path, state: CampaignState) -> Refused:
    """The problems of a table, the same as own runs and as an earlier line."""

    def refused(*lines: str) -> tuple[Problem, ...]:
        path = tmp_path / "t.csv"
        path.write_text("\n".join(lines) + "\n")
        with pytest.raises(InputError) as own:
            attach_file(path, state)
        with pytest.raises(InputError) as line:
            read_line(path, SPEC)
        # only an earlier line may never have recorded a factor
        unknown = re.compile(r" Never recorded: --set \w+=unknown\.")
        known = [replace(p, hint=unknown.sub("", p.hint or "")) for p in line.value.problems]
        assert [replace(p, hint=p.hint or "") for p in own.value.problems] == known
        return line.value.problems

    return refused


def column(line: LineTable, name: str) -> list[float]:
    return [value["number"] for row in line.rows for value in row["responses"].get(name, ())]


@pytest.mark.parametrize("unit", ["[-]", "[1]", "/ -", "[v/v]", "(ppm)"])
@pytest.mark.parametrize("rows", [1, 3])
def test_percentages_below_another_unit_are_asked_about(
    refused: Refused, read: Read, unit: str, rows: int
) -> None:
    header = f"porosity {unit}"
    lines = [HEAD.replace("porosity", header), "80,100,42.2,", "90,110,38,", "100,120,35.5,"]
    (problem,) = refused(*lines[: rows + 1])
    assert problem.where == f"t.csv column {header}"
    assert "all values are far off the range of porosity (42.2" in problem.what
    assert "they fit: 42.2 %?" in problem.what
    assert f"--unit '{header}=%'" in str(problem.hint)
    assert column(read(*lines, units={header: "%"}), "porosity") == [42.2, 38, 35.5]


@pytest.mark.parametrize("unit", ["[-]", "[1]", "[v/v]", "(w/w)", "[Prozent]", "% (v/v)"])
def test_fractions_and_percentages_below_their_unit_are_read(read: Read, unit: str) -> None:
    times = 1 if "%" in unit or "Pro" in unit else 100
    head = HEAD.replace("porosity", f"porosity {unit}")
    line = read(head, *(f"80,100,{value / times},50" for value in (42.2, 38, 35.5)))
    assert column(line, "porosity") == [42.2, 38, 35.5]


def test_a_share_without_any_range_is_at_most_all() -> None:
    spec = load.from_toml(SPEC.text.replace("window = [30, 40]\npossible = [0, 100]\n", ""))
    columns: dict[str, Sequence[object]] = {"temp": [80, 90], "pressure": [100, 110]}
    columns["porosity [-]"] = [0.42, 2.5]
    assert column(line_from_columns(columns, spec), "porosity") == [42, 250]
    with pytest.raises(InputError, match="in % they fit: 42 %"):
        line_from_columns(columns | {"porosity [-]": [42, 38]}, spec)


def test_settings_beside_their_range_in_the_unit_of_the_header_and_in_it_without(
    refused: Refused, read: Read
) -> None:
    head = HEAD.replace("pressure", "pressure [bar]")
    (problem,) = refused(head, "80,30,33,50", "90,190,34,60", "100,120,35,70")
    assert "all values are off the range of pressure (30 bar is 3 MPa)" in problem.what
    assert len(read(head, "80,300,33,50", "90,190,34,60", "100,120,35,70").rows) == 3
    assert len(read(head, "80,30,33,50", "90,190,34,60").rows) == 2  # a small press


def test_a_guess_of_a_unit_does_not_end_at_next_to_nothing(refused: Refused) -> None:
    (problem,) = refused(HEAD, "80,100,326,", "90,110,479,", "100,120,400,")
    assert problem.what == "3 of 3 values are impossible: looks 10× too large"
    assert "ppm" not in str(problem)


@pytest.mark.parametrize("mark", [".", ","])
def test_thousands_beside_whole_numbers_are_asked_about(
    refused: Refused, read: Read, mark: str
) -> None:
    solvent = ("985", f"2{mark}310", "450", f"1{mark}234", f"3{mark}105")
    head = HEAD.replace(",", ";")
    lines = [head, *(f"{80 + k};100;;{text}" for k, text in enumerate(solvent))]
    (problem,) = refused(*lines)
    assert problem.what == "this may mean 2.310 or 2310"
    other, same = ("comma", "point") if mark == "." else ("point", "comma")
    assert column(read(*lines, decimal=other), "solvent") == [985, 2310, 450, 1234, 3105]
    assert column(read(*lines, decimal=same), "solvent") == [985, 2.31, 450, 1.234, 3.105]


def test_numbers_of_a_comma_file_that_are_no_thousands_are_read(read: Read) -> None:
    head = HEAD.replace(",", ";")
    for texts in (("0,985", "2,310"), ("98", "2,310"), ("985", "2,31"), ("985,5", "2,310")):
        line = read(head, *(f"80;{k}0;;{text}" for k, text in enumerate(texts, 5)))
        assert column(line, "solvent") == [float(text.replace(",", ".")) for text in texts]


def test_thousands_beside_decimals_are_no_word_of_who_says_decimal_comma(read: Read) -> None:
    head = HEAD.replace(",", ";")
    line = read(head, "80,5;100;;2.310", "81,5;100;;985", decimal="comma")
    assert column(line, "solvent") == [2310, 985]
    with pytest.raises(InputError, match="Write it without doubt"):
        read(head, "80,5;100;;2.310", "81,5;100;;98,5", decimal="comma")


@pytest.mark.parametrize(
    ("cells", "found"),
    [(("2.310", "1.234", 985), None), ((2.31, 1.234, 985), (2.31, 1.234, 985)),
     (("2.310", "1.234", 98), (2.31, 1.234, 98))],
)  # fmt: skip
def test_thousands_as_texts_of_a_sheet(
    tmp_path: Path, cells: Sequence[object], found: Sequence[float] | None
) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEAD.split(","))
    for cell in cells:
        sheet.append([80, 100, None, cell])
    book.save(tmp_path / "t.xlsx")
    if found is not None:
        assert column(read_line(tmp_path / "t.xlsx", SPEC), "solvent") == [*found]
        return
    with pytest.raises(InputError, match=r"2\.310 or 2310"):
        read_line(tmp_path / "t.xlsx", SPEC)
    said = LineMapping(decimal="comma")
    assert column(read_line(tmp_path / "t.xlsx", SPEC, said), "solvent") == [2310, 1234, 985]


def test_a_sheet_of_ours_says_no_unit_for_who_fills_it_in(tmp_path: Path) -> None:
    sheets = FilledSheets(tmp_path)
    rows = filled(sheets.sheet(), POROSITY, 33, 34, 35, 36, 37, 38)
    bars = [{**row, "pressure [MPa]": f"{10 * float(row['pressure [MPa]']):g}"} for row in rows]
    with pytest.raises(InputError, match="looks like bar") as error:
        sheets.read(bars)
    (problem,) = error.value.problems
    assert "--unit 'pressure [MPa]=bar'" in str(problem.hint)
    assert len(sheets.read(rows).entries) == 6
    percent = [{**row, POROSITY: ""} | {"porosity [-]": row[POROSITY]} for row in rows]
    for row in percent:
        del row[POROSITY]
    with pytest.raises(InputError, match="in % they fit: 33 %"):
        sheets.read(percent)


def test_a_renamed_response_of_which_nobody_knows_the_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = filled_sheets.SPEC.replace("possible = [0, 100]\n", "")
    monkeypatch.setattr(filled_sheets, "SPEC", text)
    sheets = FilledSheets(tmp_path)
    rows = filled(sheets.sheet(), POROSITY, 33, 34.5, 33.7, 36, 37, 38)
    renamed = [
        {("Messwert" if key == POROSITY else key): cell for key, cell in row.items()}
        for row in filled(rows, "mass_loading [mg/cm^2]", 8, 9, 10, 11, 12, 13)
    ]
    with pytest.raises(InputError, match="--map 'Messwert=porosity'"):
        sheets.read(renamed)
    added = [{**row, "humidity": "41.5"} for row in rows]
    assert len(sheets.read(added).entries) == 6


def test_replicates_are_not_asked_about(read: Read) -> None:
    head = f"{HEAD},replicate"
    same = ("80,100,33.12,512.5", "80,100,33.12,512.5")
    assert "pasted twice" in str(read(HEAD, *same).notes)
    assert "pasted twice" in str(read(head, *(f"{row},1" for row in same)).notes)
    assert "pasted twice" not in str(read(head, f"{same[0]},1", f"{same[1]},2").notes)
    short = ("80,100,33.1,", "80,100,33.1,")
    assert "pasted twice" in str(read(HEAD, *short).notes)
    assert "pasted twice" not in str(read(HEAD, *short, "80,100,33.3,").notes)  # by chance
    assert "pasted twice" in str(read(HEAD, *same, "80,100,33.3,500").notes)


def test_nothing_measured_as_zero_is_told_of_a_line(read: Read) -> None:
    line = read(HEAD, "80,100,0,0", "90,110,0,60", "100,120,35,70")
    (note,) = [note for note in line.notes if "not above 0" in note]
    assert note.startswith("solvent: 1 of 3 results are not above 0")
    assert "(line 2)" in note
    assert column(line, "solvent") == [0, 60, 70]


def test_german_summaries_and_shortened_names(read: Read, refused: Refused) -> None:
    for word in ("StdAbw", "Std.abw.", "Std.-Abw.", "Std", "STABW"):
        line = read(HEAD, "80,100,33,50", "90,110,34,60", "Mittelwert,,33.5,55", f"{word},,1,5")
        assert any(f"line 5 ({word})" in note for note in line.notes)
    (problem,) = refused(HEAD.replace("temp", "Temperatur [K]"), "353,100,33,50")
    assert "--map 'Temperatur [K]=temp'" in str(problem.hint)


def test_a_guess_for_a_setting_does_not_end_at_next_to_nothing() -> None:
    spec = load.from_toml(
        SPEC.text.replace('"MPa"\nlow = 20\nhigh = 200', '"%"\nlow = 0\nhigh = 90')
    )
    columns = {"temp": [80, 90, 100], "pressure": [3260, 4790, 4000], "solvent": [50, 60, 70]}
    with pytest.raises(InputError, match="ten times or more off") as error:
        line_from_columns(columns, spec)
    assert "ppm" not in str(error.value)
