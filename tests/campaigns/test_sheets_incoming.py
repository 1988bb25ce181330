"""Sheets as people hand them in: renamed, retitled, with columns nobody reads, or none at all."""

from pathlib import Path

import pytest

from designer.campaigns import commands
from designer.campaigns.errors import ConflictError, InputError
from designer.campaigns.sheets.filled.results import read_results
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.values.quantity import Quantity
from tests.campaigns.filled_sheets import (
    LOADING,
    POROSITY,
    SPEC,
    FilledSheets,
    Rows,
    filled,
    written,
)

DATES = ((58.5, 190, 195, "1-2"), (58.5, 190, 115, "1/2"))


@pytest.fixture
def sheets(tmp_path: Path) -> FilledSheets:
    return FilledSheets(tmp_path)


def renamed(rows: Rows, column: str, name: str, *values: object) -> Rows:
    rows = filled(rows, column, *values)
    return [{name if key == column else key: text for key, text in row.items()} for row in rows]


def refused(sheets: FilledSheets, rows: Rows) -> str:
    with pytest.raises(InputError) as error:
        sheets.read(rows)
    assert len(error.value.problems) == 1
    return str(error.value)


@pytest.mark.parametrize("name", ["Flächengewicht", "areal weight", "ML [g/m^2]", "mass loading"])
@pytest.mark.parametrize("values", [(12.5,), (12.5, 12.9, 12.1)])
def test_a_renamed_response_is_told_with_what_to_do(
    sheets: FilledSheets, name: str, values: tuple[float, ...]
) -> None:
    text = refused(sheets, renamed(sheets.sheet(), LOADING, name, *values))
    assert f"column {name}" in text
    assert f"--map '{name}=mass_loading'" in text
    assert f"--map '{name}=-'" in text
    told = TableOptions(columns={name: "mass_loading"})
    results = read_results(sheets.folder / "filled.csv", sheets.state, told)
    assert len(results.entries) == len(values)


def test_a_column_like_a_setting_is_none_where_all_settings_are_left_out(
    sheets: FilledSheets,
) -> None:
    rows = filled(sheets.sheet(), LOADING, 12.5, 12.9, 12.1)
    gaps = next(row for row in rows[0] if row.startswith("coating_gap"))
    kept = ("run", LOADING)
    bare = [{k: row[k] for k in kept} | {"room temperature": row[gaps]} for row in rows]
    results = sheets.read(bare)
    assert len(results.entries) == 3
    assert any("room temperature" in note for note in results.notes)


def test_a_column_beside_the_blank_ones_is_told_where_nothing_else_is_filled(
    sheets: FilledSheets,
) -> None:
    rows = [{**row, "my loading": text} for row, text in zip(sheets.sheet(), "123456", strict=True)]
    rows[0]["my loading"] = "12"
    assert "column my loading: it would not be read, and may be mass_loading" in refused(
        sheets, rows
    )
    rows[0][POROSITY] = "33"
    results = sheets.read(rows)
    assert results.notes == ["columns not used: my loading"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("run,who\nR001,ann\n", "nothing in it is read: no column has a known name"),
        ("Lauf,porosity\nR001,33\n", "there is no column for run"),
        ("run,porosity\n", "a header, but no rows"),
    ],
)
def test_a_sheet_of_which_nothing_is_read(sheets: FilledSheets, text: str, told: str) -> None:
    path = sheets.folder / "odd.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=told):
        read_results(path, sheets.state)


def test_a_sheet_that_was_not_filled_in_is_no_error_but_told(sheets: FilledSheets) -> None:
    results = sheets.read(sheets.sheet())
    assert not results.brings
    assert results.notes == ["no result is filled in"]


def test_titles_units_replicates_and_means_are_found_in_sheets_too(
    sheets: FilledSheets,
) -> None:
    path = sheets.folder / "lab.csv"
    path.write_text(
        "Shift 3,,,\nrun,mass_loading,porosity_1,porosity_2\n,g/m^2,%,%\n"
        "R001,125,33,34\nR002,130,35,\n"
    )
    results = read_results(path, sheets.state)
    sheets.change(results.events)
    assert sheets.run("R001").values("porosity") == (33.0, 34.0)
    assert sheets.run("R001").values("mass_loading") == (12.5,)
    assert sheets.run("R002").values("mass_loading") == (13.0,)
    told = " ".join(results.notes)
    assert "line 2 names the columns" in told
    assert "line 3 has the units" in told
    path.write_text(f"{path.read_text()}mean,127.5,34,34\n")
    with pytest.raises(InputError, match="line 6: a row that sums up others"):
        read_results(path, sheets.state)


def test_decimal_commas_of_a_spreadsheet_beside_our_own_figures(sheets: FilledSheets) -> None:
    rows = filled(sheets.sheet(), POROSITY, "33.5", "34.25")
    lines = written(rows).splitlines()
    path = sheets.folder / "german.csv"
    path.write_text("\n".join(line.replace(",", ";").replace(".", ",") for line in lines))
    results = read_results(path, sheets.state)
    assert [run["new"] for run in results.runs if run["new"]] == [
        {"porosity": [33.5]}, {"porosity": [34.25]},
    ]  # fmt: skip


def test_row24_a_correction_made_on_an_older_sheet_shows_both_values(sheets: FilledSheets) -> None:
    sheets.put(filled(sheets.sheet(), POROSITY, 33))
    rows = sheets.sheet()
    sheets.change(
        lambda state: commands.correct(
            state, "R001", reason="digits", responses={"porosity": Quantity.of("35")}
        )
    )
    rows[0][POROSITY] = "34"
    with pytest.raises(ConflictError, match=r"another value already, 35 %.*found 34"):
        sheets.put(rows)


def test_row25_results_before_the_start_after_a_failure_and_after_the_end(
    sheets: FilledSheets,
) -> None:
    sheets.change(lambda state: commands.fail(state, "R002", "web break"))
    sheets.put(filled(sheets.sheet(), POROSITY, 33))
    assert sheets.run("R001").status == "partial"
    sheets.put([{"run": "R002", POROSITY: "34"}])
    assert sheets.run("R002").status == "partial"
    sheets.change(commands.close)
    with pytest.raises(InputError, match="was closed"):
        sheets.put([{"run": "R003", POROSITY: "34"}])


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("used:coating_gp", "no factor of this name (found coating_gp)"),
        ("used:humidity [%]", "no factor of this name (found humidity)"),
        ("Batch: drying", "no stage of this name (found drying)"),
    ],
)
def test_a_filled_column_of_an_unknown_factor_or_stage_is_refused_by_name(
    sheets: FilledSheets, column: str, told: str
) -> None:
    rows = filled(sheets.sheet(), LOADING, 12.5)
    assert sheets.read([{**row, column: ""} for row in rows]).brings
    text = refused(sheets, [{**row, column: "3"} for row in rows])
    assert f"column {column}: it is filled, and there is {told}" in text
    left_out = TableOptions(columns={column: "-"})
    assert read_results(sheets.folder / "filled.csv", sheets.state, left_out).brings


def test_names_that_a_spreadsheet_has_made_equal_are_told_once(tmp_path: Path) -> None:
    sheets = FilledSheets(tmp_path, spec=SPEC.replace('"A", "B"', '"1-2", "1/2"'), plan=DATES)
    rows = filled(sheets.sheet(), LOADING, 12.5)
    for row in rows:
        row["binder"] = "2026-02-01"
    text = refused(sheets, rows)
    assert "line 2 column binder: a spreadsheet has made this of 1-2 or 1/2" in text
    assert "--map 'binder=-'" in text
    told = TableOptions(columns={"binder": "-"})
    results = read_results(sheets.folder / "filled.csv", sheets.state, told)
    assert [run["new"] for run in results.runs if run["new"]] == [{"mass_loading": [12.5]}]
