"""Earlier lines from files and frames; the row numbers are those of the bad-input table."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.campaigns.earlier_lines.mapping import LineMapping, LineTable
from designer.campaigns.earlier_lines.read import line_from_columns, read_line
from designer.campaigns.errors import InputError
from designer.campaigns.specification import load
from tests.laws import ONE_FIXTURE
from tests.speed import allowed

SPEC = load.from_toml("""
[campaign]
version = 1
name = "lines"
line = "line4"
[[stage]]
name = "slurry"
change_cost = 3
[[stage]]
name = "coating"
change_cost = 1
[[factor]]
name = "solid_content"
unit = "wt%"
low = 50
high = 66
step = 0.5
stage = "slurry"
[[factor]]
name = "binder"
categories = ["PVDF-A", "PVDF-B", "NA"]
stage = "slurry"
[[factor]]
name = "coating_gap"
unit = "um"
levels = [80, 100, 150, 200, 300]
stage = "coating"
[[given]]
name = "humidity"
unit = "%"
low = 0
high = 60
[[response]]
name = "mass_loading"
unit = "mg/cm^2"
possible = [0, 60]
[[response]]
name = "porosity"
unit = "%"
possible = [0, 100]
""")
HEADER = "solid_content,binder,coating_gap,humidity,mass_loading,porosity"


@pytest.fixture
def line(tmp_path: Path) -> Callable[..., LineTable]:
    def line(
        text: str, columns: dict[str, str] | tuple[Any, ...] = (), **mapping: Any
    ) -> LineTable:
        path = tmp_path / "old.csv"
        path.write_text(text, encoding="utf-8")
        return read_line(path, SPEC, LineMapping(dict(columns), **mapping))

    return line


@pytest.fixture
def refused(line: Callable[..., LineTable]) -> Callable[..., str]:
    def refused(text: str, columns: dict[str, str] | tuple[Any, ...] = (), **mapping: Any) -> str:
        with pytest.raises(InputError) as error:
            line(text, columns, **mapping)
        return str(error.value)

    return refused


def test_a_plain_file(line: Callable[..., LineTable]) -> None:
    table = line(
        f"{HEADER}\n55.5,PVDF-A,100,40,12.1,31.5\n56,NA,150,41,13,\n56,NA,150,41,13.2,NA\n"
    )
    assert table.rows[0] == {
        "settings": {"solid_content": 55.5, "binder": "PVDF-A", "coating_gap": 100.0},
        "given": {"humidity": 40.0},
        "responses": {
            "mass_loading": [{"number": 12.1, "text": "12.1"}],
            "porosity": [{"number": 31.5, "text": "31.5"}],
        },
        "batch": {},
        "made_at": None,
    }
    assert [list(row["responses"]) for row in table.rows[1:]] == [["mass_loading"]] * 2
    assert table.rows[1]["settings"]["binder"] == "NA"  # row 11: a name, not a missing value
    assert not table.batches
    assert table.notes == []
    assert table.source == "old.csv"
    assert len(table.sha256) == 64
    json.dumps(table.rows, allow_nan=False)
    assert table.mapping["columns"]["coating_gap"] == "coating_gap"


def test_units_in_headers_are_converted_and_the_original_kept(
    line: Callable[..., LineTable],
) -> None:
    text = (
        "solid_content [%],binder,coating_gap (mm),humidity,mass_loading [g/m^2]\n"
        "55.5,PVDF-A,0.07,40,121\n56.0,PVDF-A,0.1,40,\n"
    )
    table = line(text + "56.0,PVDF-A,0.3,40,130\n")
    first = table.rows[0]
    assert first["settings"]["coating_gap"] == 70.0
    assert first["typed"] == {"coating_gap": {"text": "0.07", "unit": "mm"}}
    assert first["responses"]["mass_loading"] == [{"number": 12.1, "text": "121", "unit": "g/m^2"}]
    assert table.rows[1]["typed"]["solid_content"] == {"text": "56.0"}
    assert table.mapping["units"] == {"coating_gap (mm)": "mm", "mass_loading [g/m^2]": "g/m^2"}
    assert table.notes == [
        "coating_gap: 1 of 2 values lie outside 80, 100, 150, 200, 300 um and are kept"
        " (first: 70 um in old.csv line 2)",
        "rows without any result left out: 1",
    ]


def test_decimal_commas_keep_their_text(line: Callable[..., LineTable]) -> None:
    header = HEADER.replace(",", ";")
    table = line(f"{header}\n55,5;PVDF-A;100;40;12,1;31,5\n")
    assert table.rows[0]["settings"]["solid_content"] == 55.5
    assert table.rows[0]["typed"] == {"solid_content": {"text": "55,5"}}
    assert table.rows[0]["responses"]["porosity"] == [{"number": 31.5, "text": "31,5"}]


def test_mapping_constants_units_and_conditions(line: Callable[..., LineTable]) -> None:
    text = "Day,Gap [mm],TS,Binder,Loading\nmon,0.1,0.55,x,12\ntue,0.15,0.56,x,13\ntue,0.2,,x,14\n"
    table = line(
        text,
        {"Gap [mm]": "coating_gap", "TS": "solid_content", "Loading": "mass_loading"},
        constants={"binder": "PVDF-B", "humidity": "0.4 1", "solid_content": "56"},
        units={"TS": "1"},
        where={"Day": "tue"},
    )
    assert [row["settings"] for row in table.rows] == [
        {"solid_content": 56.0, "binder": "PVDF-B", "coating_gap": 150.0},
        {"solid_content": 56.0, "binder": "PVDF-B", "coating_gap": 200.0},
    ]
    assert table.rows[0]["given"] == {"humidity": 40.0}
    assert table.rows[0]["typed"]["solid_content"] == {"text": "0.56", "unit": "1"}
    assert "took 2 of 3 rows (Day = tue)" in table.notes
    assert "columns not used: Day, Binder" in table.notes
    assert table.mapping["where"] == {"Day": "tue"}
    assert table.mapping["constants"]["binder"] == "PVDF-B"


def test_a_unit_can_be_said_by_mapped_name_and_conditions_by_base_name(
    line: Callable[..., LineTable],
) -> None:
    text = "Gap [micron?],TS (%),mass_loading\n0.1,55,12\n0.2,56,13\n"
    table = line(
        text,
        {"Gap": "coating_gap", "TS": "solid_content"},
        constants={"binder": "PVDF-A", "humidity": "40"},
        units={"coating_gap": "mm"},
        where={"solid_content": "55.0"},
    )
    assert [row["settings"]["coating_gap"] for row in table.rows] == [100.0]


def test_a_constant_fills_blanks_but_never_replaces_what_the_file_says(
    line: Callable[..., LineTable], refused: Callable[..., str]
) -> None:
    text = f"{HEADER}\n55,PVDF-A,100,40,12,\n,PVDF-A,100,40,12,\n"
    assert line(text, constants={"solid_content": "55"}).rows[1]["settings"]["solid_content"] == 55
    problem = refused(text, constants={"solid_content": "60"})
    assert "says something else than --set solid_content=60 (found 55 wt%)" in problem
    assert "--map 'solid_content=-'" in problem
    table = line(text, {"solid_content": "-"}, constants={"solid_content": "60"})
    assert [row["settings"]["solid_content"] for row in table.rows] == [60, 60]
    assert table.mapping["columns"]["solid_content"] == "-"


def test_batches_and_times(line: Callable[..., LineTable]) -> None:
    text = (
        f"{HEADER},batch:slurry,made_at\n55,NA,100,40,12,31,S-1,2021-10-15\n55,NA,100,40,12,31,,\n"
    )
    table = line(text)
    assert table.batches
    assert [(row["batch"], row["made_at"]) for row in table.rows] == [
        ({"slurry": "S-1"}, "2021-10-15"),
        ({}, None),
    ]


def test_row5_every_missing_factor_is_told_with_the_nearest_columns(
    refused: Callable[..., str],
) -> None:
    text = refused("Gap_um,solids pct,mass_loading\n100,55,12\n")
    assert "no column for coating_gap" in text
    assert "--map 'Gap_um=coating_gap'" in text
    assert "no column for solid_content" in text
    assert "--map 'solids pct=solid_content'" in text
    assert "--set solid_content=VALUE" in text
    assert "Never recorded: --set solid_content=unknown" in text
    assert "no column for binder" not in text  # nothing in the file could be meant: allowed


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        ("Porosity", "porosity"),
        ("porosty", "porosity"),
        ("porosity_wt", "porosity"),
        ("porosity_frac", "porosity"),
        ("POROSITY (%)", "porosity"),
        ("batch slurry", "batch:slurry"),
        ("made at", "made_at"),
    ],
)
def test_row5_a_column_that_looks_like_an_expected_one_is_refused(
    line: Callable[..., LineTable], refused: Callable[..., str], column: str, meant: str
) -> None:
    start = HEADER.removesuffix(",porosity")
    text = f"{start},{column}\n55,NA,100,40,12,2021-01-01\n"
    problem = refused(text)
    assert f"looks like {meant}" in problem
    assert f"--map '{column}=-'" in problem
    table = line(text, {column: "-"})
    assert list(table.rows[0]["responses"]) == ["mass_loading"]


@pytest.mark.parametrize(
    "column", ["operator", "precal_porosity_pct", "porosity_mean", "sd_porosity", "density", "made"]
)
def test_row5_other_columns_are_listed_and_ignored(
    line: Callable[..., LineTable], column: str
) -> None:
    table = line(f"{HEADER.removesuffix(',porosity')},{column}\n55,NA,100,40,12,x\n")
    assert table.notes == [f"columns not used: {column}"]


def test_row5_mistakes_in_the_mapping_name_the_nearest(refused: Callable[..., str]) -> None:
    text = refused(
        f"{HEADER}\n55,NA,100,40,12,31\n",
        {"coating_gab": "coating_gap", "porosity": "porosty", "humidity": "mass_loading"},
        constants={"bindr": "NA"},
        units={"coatinggap": "mm", "binder": "mm", "porosity": "flurbs"},
        where={"dai": "x"},
    )
    for words in (
        "--map coating_gab=coating_gap: the file has no such column",
        "Did you mean 'coating_gap'?",
        "--map porosity=porosty: this is no factor, given or response",
        "--set bindr: is no factor or given",
        "--unit coatinggap=mm: no column that is read has this name",
        "--unit porosity=flurbs",
        "--where dai=x: the file has no such column",
    ):
        assert words in text
    assert "its cells are no numbers" in text


@pytest.mark.parametrize("header", [HEADER, HEADER.replace("binder,", "")])
def test_a_refused_constant_is_one_problem(refused: Callable[..., str], header: str) -> None:
    """Neither that the file says something else nor that a column is missing is told beside it."""
    row = "55,NA,100,40,12,31" if "binder" in header else "55,100,40,12,31"
    text = refused(f"{header}\n{row}\n", constants={"binder": "PVDF-C"})
    assert all("--set binder" in line for line in text.splitlines())
    assert "(found PVDF-C)" in text


def test_row5_two_columns_for_one_name(refused: Callable[..., str]) -> None:
    text = refused(f"{HEADER},coating_gap [mm]\n55,NA,100,40,12,31,0.1\n")
    assert "two columns hold coating_gap" in text
    text = refused("a,b\n1,2\n", {"a": "coating_gap", "b": "coating_gap"})
    assert "another column is mapped to coating_gap already" in text


def test_row4_a_column_in_another_unit_is_recognised(
    line: Callable[..., LineTable], refused: Callable[..., str]
) -> None:
    rows = "\n".join(f"55,NA,{gap},40,12,31" for gap in (0.08, 0.1, 0, 0.3))
    text = refused(f"{HEADER}\n{rows}\n")
    assert "column coating_gap: all values are ten times or more off" in text
    assert "looks like mm" in text
    assert "found 0.08 to 0.3" in text
    assert "--unit 'coating_gap=mm'" in text
    table = line(f"{HEADER}\n{rows}\n", units={"coating_gap": "mm"})
    assert [row["settings"]["coating_gap"] for row in table.rows] == [80.0, 100.0, 0.0, 300.0]
    table = line(f"{HEADER}\n{rows}\n", units={"coating_gap": "um"})  # it is really meant
    assert table.rows[0]["settings"]["coating_gap"] == 0.08


def test_row4_shares_instead_of_percent(refused: Callable[..., str]) -> None:
    text = refused(f"{HEADER}\n0.55,NA,100,40,12,31\n0.6,NA,100,40,12,31\n")
    assert "solid_content: looks like a fraction (" in text


def test_row4_one_odd_value_is_kept_and_told(line: Callable[..., LineTable]) -> None:
    table = line(f"{HEADER}\n55,NA,0.1,40,12,31\n45,NA,100,40,12,31\n55,NA,100,40,12,31\n")
    assert len(table.rows) == 3
    assert any("ten times or more off, a typing error?: 0.1 um in old.csv line 2" in note
               for note in table.notes)  # fmt: skip
    assert any(note.startswith("solid_content: 1 of 3 values lie outside 50 to 66 wt%")
               for note in table.notes)  # fmt: skip


def test_rows8_9_11_every_bad_cell_is_told_at_once(refused: Callable[..., str]) -> None:
    text = refused(
        f"{HEADER}\n"
        "abc,PVDF-A,100,40,12,31\n"
        "55,PVDF-C,1e999,40,12,31\n"
        "55,,100,,inf,31\n"
        "55,PVDF-A,100,40,-1,1.4e2\n"
    )
    for words in (
        "line 2 column solid_content: this is not a number (found 'abc')",
        "line 3 column binder: no category of binder (found PVDF-C); allowed: PVDF-A, PVDF-B, NA",
        "line 3 column coating_gap",
        "line 4 column binder: the cell is blank",
        "line 4 column humidity: the cell is blank",
        "line 4 column mass_loading: this is not a finite number",
        "line 5 column mass_loading: impossible value (found -1 mg/cm^2)",
        "line 5 column porosity: impossible value",
    ):
        assert words in text
    assert "Did you mean 'PVDF-" in text


def test_conditions_that_leave_no_row_show_what_there_is(refused: Callable[..., str]) -> None:
    text = refused(f"day,{HEADER}\nmon,55,NA,100,40,12,31\ntue,55,NA,100,40,12,31\n",
                   where={"day": "mo"})  # fmt: skip
    assert "--where day=mo: no row is left (found 'mo'); allowed: 'mon', 'tue'" in text
    assert "Did you mean 'mon'" in text


def test_nothing_to_learn_from_is_refused(refused: Callable[..., str]) -> None:
    assert "no rows" in refused(f"{HEADER}\n")
    assert "no row has the result" in refused(f"{HEADER}\n55,NA,100,40,,-\n55,NA,100,40,NA,none\n")
    assert "no column of any response" in refused("solid_content,binder\n55,NA\n")


def test_a_row_without_results_may_be_blank_elsewhere(line: Callable[..., LineTable]) -> None:
    table = line(f"{HEADER}\n55,NA,100,40,12,31\n,,,,,PENDING\n")
    assert table.notes == ["rows without any result left out: 1"]


def test_replicates_in_one_cell(line: Callable[..., LineTable]) -> None:
    table = line(f"{HEADER}\n55,NA,100,40,12,31.2/31.9/ 32\n")
    numbers = [value["number"] for value in table.rows[0]["responses"]["porosity"]]
    assert numbers == [31.2, 31.9, 32.0]


def test_mapping_files(tmp_path: Path, line: Callable[..., LineTable]) -> None:
    text = """
[map]
"Gap [mm]" = "coating_gap"
[set]
humidity = 40.0
solid_content = 55
[unit]
mass_loading = "g/m^2"
[where]
series = 2
"""
    path = tmp_path / "map.toml"
    path.write_text(text)
    mapping = LineMapping.from_file(path)
    assert mapping.constants == {"humidity": "40.0", "solid_content": "55"}
    over = mapping.merged(LineMapping(constants={"humidity": "30"}, where={"x": "y"}))
    assert over.constants == {"humidity": "30", "solid_content": "55"}
    assert over.where == {"series": "2", "x": "y"}
    table = line(
        "series,Gap [mm],binder,mass_loading\n1,0.1,NA,100\n2,0.2,NA,120\n",
        mapping.columns,
        constants=mapping.constants,
        units=mapping.units,
        where=mapping.where,
    )
    assert [row["responses"]["mass_loading"][0]["number"] for row in table.rows] == [12.0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[maps]\na = 'b'", "Did you mean 'map'"),
        ("map = 3", "not a table"),
        ("[set]\na = [1]", "list"),
        ("[set]\na = true", "bool"),
        ("[set]\na.b = 1", "quotes"),
        ("[set", "no valid TOML"),
        ("[set]\na = 1\na = 2", "no valid TOML"),
    ],
)
def test_wrong_mapping_files(text: str, words: str) -> None:
    with pytest.raises(InputError) as error:
        LineMapping.from_toml(text, "m.toml")
    assert words in str(error.value)
    assert "m.toml" in str(error.value)


def test_columns_in_memory(line: Callable[..., LineTable]) -> None:
    columns: dict[str, Any] = {
        "solid_content": [55, 56.5, 0.1 + 0.2],
        "binder": ["PVDF-A", "NA", "NA"],
        "coating_gap": [100, 150, 200],
        "humidity": [40.0, 40.0, 40.0],
        "mass_loading": [12.1, None, float("nan")],
        "porosity": [float("nan"), 31, 30.5],
    }
    table = line_from_columns(columns, SPEC, name="line2")
    assert table.rows[2]["settings"]["solid_content"] == 0.1 + 0.2
    assert [sorted(row["responses"]) for row in table.rows] == [
        ["mass_loading"], ["porosity"], ["porosity"],
    ]  # fmt: skip
    assert table.name == "line2"
    assert "typed" not in table.rows[0]
    again = line_from_columns(columns, SPEC)
    assert again.sha256 == table.sha256
    columns["porosity"][1] = 32
    assert line_from_columns(columns, SPEC).sha256 != table.sha256


def test_columns_in_memory_with_infinity_or_unequal_length() -> None:
    columns: dict[str, Any] = {"solid_content": [55.0], "mass_loading": [float("inf")]}
    mapping = LineMapping(constants={"binder": "NA", "coating_gap": "100", "humidity": "40"})
    with pytest.raises(InputError, match="row 0 column mass_loading: this is not a finite number"):
        line_from_columns(columns, SPEC, mapping)
    with pytest.raises(InputError, match="not equally long"):
        line_from_columns({"a": [1], "b": []}, SPEC)


def test_data_frames(line: Callable[..., LineTable]) -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(
        {
            "solid_content": [55, 56],
            "binder": pd.Categorical(["PVDF-A", "NA"]),
            "coating_gap": pd.array([100, 150], dtype="Int64"),
            "humidity": [40.0, 41.0],
            "mass_loading": pd.array([12.5, pd.NA], dtype="Float64"),
            "porosity": [float("nan"), 31.0],
            "made_at": pd.to_datetime(["2021-10-15", None]),
        }
    )
    table = line_from_columns(frame, SPEC)
    assert [row["made_at"] for row in table.rows] == ["2021-10-15", None]
    assert table.rows[0]["responses"] == {"mass_loading": [{"number": 12.5, "text": "12.5"}]}
    assert table.rows[1]["settings"] == {"solid_content": 56, "binder": "NA", "coating_gap": 150}


CELLS = st.sampled_from(
    ["55", "NA", "PVDF-A", "0,5", "1.5", "", "-", "1e999", "µ", "none", "31/32", "'=1", "0"]
) | st.text(max_size=6)


@settings(ONE_FIXTURE, max_examples=150)
@given(
    st.permutations(HEADER.split(",")),
    st.lists(st.lists(CELLS, min_size=6, max_size=6), min_size=1, max_size=4),
    st.sampled_from(";,\t"),
)
def test_f7_any_cells_give_rows_or_an_input_error(
    line: Callable[..., LineTable], header: list[str], rows: list[list[str]], separator: str
) -> None:
    lines = [separator.join(cells) for cells in [header, *rows]]
    try:
        table = line("\n".join(lines), {"humidity": "-"}, constants={"humidity": "40"})
    except (InputError, UnicodeEncodeError):  # lone surrogates cannot be in a file at all
        return
    assert table.rows
    json.dumps(table.rows, allow_nan=False)
    for row in table.rows:
        # a column that is blank in every row is none
        assert set(row["settings"]) <= {"solid_content", "binder", "coating_gap"}
        assert row["responses"]


@settings(ONE_FIXTURE, max_examples=200)
@given(st.text(alphabet='[]maps etuniwhr"=.\n1#{}', max_size=60))
def test_f7_any_mapping_text_gives_a_mapping_or_an_input_error(text: str) -> None:
    try:
        mapping = LineMapping.from_toml(text)
    except InputError:
        return
    assert all(isinstance(value, str) for value in mapping.columns.values())


def test_row14_a_large_line_is_read_in_seconds(line: Callable[..., LineTable]) -> None:
    rows = "\n".join(f"{50 + i % 17},PVDF-A,100,40,{i % 30}.5,31" for i in range(50_000))
    start = time.process_time()
    assert len(line(f"{HEADER}\n{rows}\n").rows) == 50_000
    assert time.process_time() - start < allowed(10)


def test_a_factor_nobody_recorded_is_allowed_and_told(
    line: Callable[..., LineTable], refused: Callable[..., str]
) -> None:
    header, row = "binder,coating_gap,humidity,mass_loading", "PVDF-A,100,40,12"
    table = line(f"{header}\n{row}\n")
    assert table.rows[0]["settings"] == {"binder": "PVDF-A", "coating_gap": 100.0}
    (note,) = table.notes
    assert note.startswith("old.csv has no solid_content: taken as unknown but constant")
    assert "--set solid_content=58 (or what it was) if you know it" in note
    told = line(f"{header}\n{row}\n", constants={"solid_content": "60"})
    assert told.rows[0]["settings"]["solid_content"] == 60.0
    assert told.notes == []
    text = refused(f"solids content,{header}\n55,{row}\n")  # perhaps that column: the user decides
    assert "no column for solid_content" in text
    for said in ({"constants": {"solid_content": "unknown"}}, {"columns": {"solids content": "-"}}):
        assert (
            "solid_content"
            not in line(f"solids content,{header}\n55,{row}\n", **said).rows[0]["settings"]
        )


def test_a_blank_column_is_no_column_and_single_blanks_can_stay_unknown(
    line: Callable[..., LineTable], refused: Callable[..., str]
) -> None:
    rows = "55,NA,,40,12,31\n56,NA,,40,12,31\n"
    table = line(f"{HEADER}\n{rows}")
    assert "coating_gap" not in table.rows[0]["settings"]
    assert table.notes[-1].startswith("old.csv has no coating_gap")
    text = refused(f"{HEADER}\n{rows}57,NA,100,40,12,31\n")
    assert "line 2 column coating_gap: the cell is blank" in text
    assert "coating_gap=unknown" in text
    kept = line(f"{HEADER}\n{rows}57,NA,100,40,12,31\n", constants={"coating_gap": "unknown"})
    assert [row["settings"].get("coating_gap") for row in kept.rows] == [None, None, 100.0]


def test_a_file_without_any_factor_is_another_file(refused: Callable[..., str]) -> None:
    assert "no column of any factor" in refused("Tag,mass_loading\nmon,12\n")


def test_another_binder_can_be_kept_as_one_more_category(
    line: Callable[..., LineTable], refused: Callable[..., str]
) -> None:
    text = f"{HEADER}\n55,CMC,100,40,12,31\n55,PVDF-A,100,40,12,31\n"
    assert "--other binder" in refused(text)
    table = line(text, others=("binder",))
    assert [row["settings"]["binder"] for row in table.rows] == ["CMC", "PVDF-A"]
    assert table.mapping["others"] == ["binder"]
    assert any("(CMC 1) are kept as one more category" in note for note in table.notes)


def test_mapping_files_can_name_other_categories() -> None:
    mapping = LineMapping.from_toml('other = ["binder"]\n[set]\nhumidity = 40\n')
    assert mapping.others == ("binder",)
    assert mapping.merged(LineMapping(others=("color",))).others == ("binder", "color")
    with pytest.raises(InputError, match="wrong kind of value"):
        LineMapping.from_toml("other = 3")


def test_a_header_that_its_numbers_contradict_is_refused(line: Callable[..., LineTable]) -> None:
    head = HEADER.replace("coating_gap", "coating_gap [mm]")
    rows = "\n55,PVDF-A,120,30,12,35\n56,PVDF-A,140,30,13,36\n"
    with pytest.raises(InputError, match=r"120 mm is 120000 um.*without it they fit"):
        line(head + rows)
    read = line(head + rows, units={"coating_gap [mm]": "um"})
    assert [row["settings"]["coating_gap"] for row in read.rows] == [120, 140]
    assert line(head + rows, units={"coating_gap [mm]": "mm"}).rows


def test_a_line_less_than_ten_times_outside_is_told_with_its_unit(
    line: Callable[..., LineTable],
) -> None:
    read = line(HEADER + "\n0.55,PVDF-A,1000,30,12,35\n0.56,PVDF-A,1500,30,13,36\n",
                units={"solid_content": "1"})  # fmt: skip
    assert any("looks 10× too large? Then take the line back" in note for note in read.notes)
