"""Units behind the names of columns without brackets, as laboratories write them."""

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from designer.campaigns.earlier_lines.mapping import LineMapping, LineTable
from designer.campaigns.earlier_lines.read import line_from_columns, read_line
from designer.campaigns.errors import InputError, Problem
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.filled.attached import attach_file
from designer.campaigns.sheets.recipes import recipes_of
from designer.campaigns.specification import load
from designer.campaigns.store.store import Store
from designer.campaigns.tables.loose_names import name_before, replicate_before, unit_behind
from designer.campaigns.tables.read import read_table, table_of_columns

SPEC = load.from_toml("""
[campaign]
version = 1
name = "coat"
line = "l"
[[factor]]
name = "gap"
unit = "um"
low = 50
high = 350
[[factor]]
name = "pressure"
unit = "MPa"
low = 20
high = 200
[[response]]
name = "loading"
unit = "mg/cm^2"
possible = [0, 60]
[[response]]
name = "porosity"
unit = "%"
possible = [0, 100]
""")
UNITS = {
    "gap": "um", "pressure": "MPa", "loading": "mg/cm^2", "porosity": "%", "temperature": "degC",
    "speed": "m/min", "viscosity": "mPa*s", "time": "min", "ratio": None, "power": "mW",
}  # fmt: skip
ROWS = ((60.5, 100.25, 10.1, 31.5), (120.5, 150.5, 12.25, 33.1), (200.0, 60.5, 8.5, 35.2))
WAYS = ("{}, {}", "{},{}", "{} / {}", "{}/{}", "{}_{}", "{} in {}", "{} {}", "{}: {}", "{} / ({})")


@pytest.fixture
def state() -> CampaignState:
    store = Store(None)
    store.create(SPEC, "anna")
    return store.state("coat")


def written(folder: Path, headers: Sequence[str], separator: str = ";", mark: str = ",") -> Path:
    lines = [separator.join(headers)]
    lines += [separator.join(str(cell).replace(".", mark) for cell in row) for row in ROWS]
    path = folder / "t.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def values(line: LineTable) -> list[tuple[float, ...]]:
    results = [[v["number"] for (v,) in row["responses"].values()] for row in line.rows]
    return [
        (*row["settings"].values(), *found) for row, found in zip(line.rows, results, strict=True)
    ]


def problems(path: Path, state: CampaignState) -> list[tuple[Problem, ...]]:
    """Those of a file as an earlier line and as own runs."""
    found = []
    for read in (lambda: read_line(path, SPEC), lambda: attach_file(path, state)):
        with pytest.raises(InputError) as error:
            read()
        found.append(error.value.problems)
    return found


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("separator", "mark"), [(";", ","), ("\t", ","), ("\t", ".")])
def test_a_unit_behind_a_name_is_its_unit(
    tmp_path: Path, state: CampaignState, way: str, separator: str, mark: str
) -> None:
    units = {"gap": "um", "pressure": "MPa", "loading": "mg/cm²", "porosity": "%"}
    headers = [way.format(*item) for item in units.items()]
    path = written(tmp_path, headers, separator, mark)
    line = read_line(path, SPEC)
    assert values(line) == list(ROWS)
    if "(" not in way:
        told = zip(headers, units.values(), strict=True)
        assert line.notes == [f"{h}: read in {unit}, as its name says" for h, unit in told]
    assert len(attach_file(path, state).entries) == len(ROWS)


def test_another_unit_is_converted_in_files_frames_and_recipes(tmp_path: Path) -> None:
    headers = ["gap / mm", "pressure_bar", "loading, g/m²", "porosity_%"]
    rows = [(g / 1000, 10 * p, 10 * m, e) for g, p, m, e in ROWS]
    frame = dict(zip(headers, map(list, zip(*rows, strict=True)), strict=True))
    line = line_from_columns(frame, SPEC)
    assert values(line) == [pytest.approx(row) for row in ROWS]
    assert "gap / mm: read in mm, as its name says" in line.notes
    recipes = recipes_of(table_of_columns(frame), SPEC)
    assert [recipe["gap"] for recipe in recipes] == [60.5, 120.5, 200]


@pytest.mark.parametrize(
    ("header", "name", "unit"),
    [
        ("gap-um", "gap", "um"), ("gap.um", "gap", "um"), ("gap - um", "gap", "um"),
        ("gap_μm", "gap", "µm"), ("gap in mm", "gap", "mm"), ("gap_in_mm", "gap", "mm"),
        ("loading_mg_cm2", "loading", "mg/cm2"), ("loading / mg cm-2", "loading", "mg cm-2"),
        ("loading.mg.cm2", "loading", "mg/cm2"), ("loading, gsm", "loading", "gsm"),
        ("pressure_mpa", "pressure", "MPa"), ("pressure / kN/m²", "pressure", "kN/m²"),
        ("speed_m_per_min", "speed", "m/min"), ("speed_m_min", "speed", "m/min"),
        ("speed, m min-1", "speed", "m min-1"), ("viscosity_mPa_s", "viscosity", "mPa s"),
        ("viscosity / Pa s", "viscosity", "Pa s"), ("time_h", "time", "h"),
        ("temperature, °C", "temperature", "°C"), ("temperature_K", "temperature", "K"),
        ("porosity, vol%", "porosity", "vol%"), ("porosity / -", "porosity", "1"),
        ("gap_microns", "gap", "microns"), ("pressure_mbar", "pressure", "mbar"),
        ("pressure_psi", "pressure", "psi"), ("temperature_°F", "temperature", "°F"),
        ("temperature_deg_C", "temperature", "deg C"), ("viscosity_cP", "viscosity", "cP"),
        ("loading_g/m²", "loading", "g/m²"), ("porosity_Vol.-%", "porosity", "Vol.-%"),
        ("ratio / -", "ratio", "1"), ("ratio, %", "ratio", "%"), ("power_mw", "power", "mW"),
        ("power_MW", "power", "MW"),
    ],
)  # fmt: skip
def test_a_name_with_a_unit(header: str, name: str, unit: str) -> None:
    assert name_before(header, UNITS) == name
    assert unit_behind(header, UNITS[name]) == unit


@pytest.mark.parametrize(
    "header",
    [
        "gap_m", "gap_at", "gap_in", "gap_set", "gap, MPa", "gap_1", "gap, corrected", "gap_um_2",
        "gap_point", "time_day", "time_start", "gap_mil",
        "pressure_at", "porosity_sd", "porosity_1", "porosity_turn", "porosity, turn", "ratio_C",
        "porosity / 1", "porosity_cycle", "ratio, rad", "ratio_deg", "time_max", "time_d",
        "um", "_um", "gap_", "gap / ", "speed_m", "loading_mg", "xgap_um",
    ],
)  # fmt: skip
def test_what_may_be_something_else_is_no_unit(header: str) -> None:
    assert name_before(header, UNITS) is None


@pytest.mark.parametrize(
    "headers",
    [
        ("porosity_1 / %", "porosity_2 / %"), ("porosity, % (1)", "porosity, % (2)"),
        ("porosity_%_1", "porosity_%_2"), ("porosity / %", "porosity / %.1"),
    ],
)  # fmt: skip
def test_replicates_with_a_unit(tmp_path: Path, headers: tuple[str, str]) -> None:
    assert replicate_before(headers[1], UNITS) in {("porosity", 2), ("porosity", 1)}
    path = written(tmp_path, ["gap_um", "pressure", *headers])
    line = read_line(path, SPEC)
    found = [[v["number"] for v in row["responses"]["porosity"]] for row in line.rows]
    assert found == [list(row[2:]) for row in ROWS]


@pytest.mark.parametrize(
    "headers", [("porosity_10", "porosity_100"), ("porosity_C10", "porosity_C20")]
)
def test_numbers_that_mean_something_count_no_replicates(
    tmp_path: Path, headers: tuple[str, str], state: CampaignState
) -> None:
    path = written(tmp_path, ["gap_um", "pressure", *headers])
    for found in problems(path, state):
        assert any("--map" in str(problem) and "porosity" in str(problem) for problem in found)
    capacity = {"capacity": "mAh"}
    assert replicate_before("capacity_C10", capacity) is None
    assert replicate_before("temp_C_1", {"temp": "degC"}) == ("temp", 1)


def test_two_units_of_one_name_are_one_problem(tmp_path: Path, state: CampaignState) -> None:
    path = written(tmp_path, ["gap_um", "gap_mm", "loading", "pressure"])
    for (problem,) in problems(path, state):
        assert problem.what == "two columns hold gap"
        assert problem.hint == "Leave one out: --map 'gap_mm=-'."
    said = LineMapping(columns={"gap_mm": "-"})
    rows = read_line(path, SPEC, said).rows
    assert [row["settings"]["gap"] for row in rows] == [60.5, 120.5, 200]


def test_a_name_itself_comes_before_one_with_a_unit(tmp_path: Path) -> None:
    for own in ("gap", "gap [um]"):
        line = read_line(written(tmp_path, [own, "pressure", "loading", "gap_mm"]), SPEC)
        assert [row["settings"]["gap"] for row in line.rows] == [60.5, 120.5, 200]
        assert "columns not used: gap_mm" in line.notes


def test_a_column_of_another_unit_is_not_what_is_missing(tmp_path: Path) -> None:
    for other in ("width_mm", "mass / g", "gap, mm"):
        line = read_line(written(tmp_path, ["gap", "pressure", "loading", other]), SPEC)
        assert f"columns not used: {other}" in line.notes
    for other in ("Dichte, %", "width_min"):  # the least one?
        with pytest.raises(InputError, match="it would not be read, and may be porosity"):
            read_line(written(tmp_path, ["gap", "pressure", "loading", other]), SPEC)


def test_letters_of_zones_and_statistics_are_no_units() -> None:
    text = SPEC.text.replace('"gap"\nunit = "um"', '"heat"\nunit = "degC"')
    spec = load.from_toml(text.replace('"pressure"\nunit = "MPa"', '"time"\nunit = "min"'))
    columns = {name: [51, 52, 53] for name in ("heat_K", "time_min", "loading", "porosity")}
    columns["heat_K"] = [400, 350, 500]
    assert len(line_from_columns(columns, spec).rows) == 3
    for other, wrong in (("heat_A", "heat"), ("time_max", "time")):
        with pytest.raises(InputError) as error:
            line_from_columns(columns | {other: [54, 55, 56]}, spec)
        assert wrong in {problem.what.rpartition(" ")[2] for problem in error.value.problems}


def test_a_unit_the_numbers_contradict_is_asked_about(tmp_path: Path, state: CampaignState) -> None:
    path = written(tmp_path, ["gap, mm", "pressure, MPa", "loading", "porosity"])
    for (problem,) in problems(path, state):
        assert "all values are far off the range of gap" in problem.what
        assert "--unit 'gap, mm=um'" in str(problem.hint)


def test_names_written_otherwise_are_one_problem_with_units_behind(
    tmp_path: Path, state: CampaignState
) -> None:
    path = written(tmp_path, ["Gap, um", "PRESSURE / MPa", "loading", "porosity"])
    for (problem,) in problems(path, state):
        assert problem.found == "Gap, um, PRESSURE / MPa"
        assert "--map 'Gap, um=gap' --map 'PRESSURE / MPa=pressure'" in str(problem.hint)
    said = LineMapping(columns={"Gap, um": "gap", "PRESSURE / MPa": "pressure"})
    assert values(read_line(path, SPEC, said)) == list(ROWS)


def test_a_separator_that_fits_wins_over_a_name_cut_out_of_another(
    tmp_path: Path, state: CampaignState
) -> None:
    headers = ["gap, set", "Druck, MPa", "Beladung, mg/cm²", "Porosität, %"]
    path = written(tmp_path, headers)
    assert read_table(path).separator == ";"
    names = dict(zip(headers, ("gap", "pressure", "loading", "porosity"), strict=True))
    for found in problems(path, state):
        assert not any("the line has" in problem.what for problem in found)
    assert values(read_line(path, SPEC, LineMapping(columns=names))) == list(ROWS)


def test_names_with_units_are_found_below_titles(tmp_path: Path) -> None:
    path = written(tmp_path, ["gap, um", "pressure, MPa", "loading, mg/cm²", "porosity, %"])
    path.write_text(f"Trial 12, anode\n\n{path.read_text()}")
    line = read_line(path, SPEC)
    assert values(line) == list(ROWS)
    assert "line 3 names the columns; above it, not read: 'Trial 12, anode'" in line.notes


def test_names_over_several_lines_of_a_cell(tmp_path: Path, state: CampaignState) -> None:
    names = ["gap\n[um]", "pressure \n(MPa)", "loading\nmg/cm²", "porosity\r\n/ %"]
    path = written(tmp_path, [f'"{name}"' for name in names])
    assert values(read_line(path, SPEC)) == list(ROWS)
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for cells in (names, *ROWS):
        sheet.append(list(cells))
    book.save(tmp_path / "t.xlsx")
    assert values(read_line(tmp_path / "t.xlsx", SPEC)) == list(ROWS)
    swallowed = 'gap,pressure,loading,"porosity\n60,100,10,33"\n80,110,11,34\n'
    path.write_text(swallowed)
    for first, *_ in problems(path, state):
        assert "invisible character" in first.what
