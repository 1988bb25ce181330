"""A sheet whose columns were sorted apart is refused and named; what really happened goes in."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from designer.campaigns.errors import InputError
from tests.campaigns.filled_sheets import (
    LOADING,
    PLAN,
    POROSITY,
    SETTINGS,
    FilledSheets,
    Rows,
    filled,
    sorted_apart,
)
from tests.places import SHARED_DATA

GAP, PRESSURE, BINDER = SETTINGS[1], SETTINGS[2], SETTINGS[3]
SPREAD = tuple((50 + 2.5 * k, 100 + 30 * k, 30 + 25 * k, "AB"[k % 2]) for k in range(6))
"""Six recipes that differ in everything."""


def number(column: str) -> Callable[[dict[str, str]], float]:
    return lambda row: float(row[column])


@pytest.fixture
def sheets(tmp_path: Path) -> FilledSheets:
    return FilledSheets(tmp_path)


def refusal(sheets: FilledSheets, rows: Rows) -> str:
    with pytest.raises(InputError) as error:
        sheets.read(rows)
    assert len(error.value.problems) == 1
    return str(error.value)


def test_all_settings_sorted_together_are_those_of_other_runs(sheets: FilledSheets) -> None:
    rows = filled(sheets.sheet(), POROSITY, *[33] * 6)
    moved = sorted_apart(rows, SETTINGS, number(GAP))
    text = refusal(sheets, moved)
    assert (
        "coating_gap, pressure, binder of R001, R002, R003, R004, R005, R006 are those of" in text
    )
    assert "sorted by some columns only?" in text
    assert "R001 coating_gap 110 instead of 190" in text
    assert "--force-settings" in text
    results = sheets.read(moved, force=True)
    used = [{name: told.text for name, told in entry.used.items()} for entry in results.entries]
    assert used[0] == {"coating_gap": "110", "pressure": "105"}
    assert used[2] == {"pressure": "195", "binder": "A"}


@pytest.mark.parametrize("column", [GAP, PRESSURE, BINDER])
def test_one_column_sorted_alone(sheets: FilledSheets, column: str) -> None:
    rows = sorted_apart(sheets.sheet(), [column], lambda row: row[column])
    if column == BINDER:
        rows = sorted_apart(sheets.sheet(), [column], lambda row: "BA".index(row[column]))
    text = refusal(sheets, rows)
    assert f"{column.split(' ', 1)[0]} of R00" in text
    others = {GAP, PRESSURE, BINDER} - {column}
    assert not any(f"{other.split(' ')[0]} of" in text for other in others)


def test_sorted_apart_in_part_with_rows_gone_or_a_cell_changed_besides(tmp_path: Path) -> None:
    sheets = FilledSheets(tmp_path, SPREAD)
    falling = sorted_apart(sheets.sheet(), SETTINGS, lambda row: -float(row[GAP]))
    assert "R001, R002, R003, R004, R005, R006" in refusal(sheets, falling)
    assert "R001, R002, R005, R006" in refusal(sheets, [*falling[:2], *falling[4:]])
    two = refusal(sheets, falling[:2])  # the runs the settings belong to are not in the sheet
    assert "R001, R002 are those of other runs" in two
    changed = [dict(row) for row in falling]
    changed[0][GAP] = "255"
    assert "R002" in refusal(sheets, changed)


def test_cells_shifted_by_a_row(tmp_path: Path) -> None:
    sheets = FilledSheets(tmp_path, SPREAD)
    rows = sheets.sheet()
    gaps = [row[GAP] for row in rows]
    for row, gap in zip(rows, [*gaps[2:3], *gaps[:2], *gaps[3:]], strict=True):
        row[GAP] = gap
    assert "coating_gap of R001, R002, R003 are those of other runs" in refusal(sheets, rows)


def test_results_sorted_along_with_predictions_show_in_the_figures(sheets: FilledSheets) -> None:
    rows = filled(sheets.sheet(), POROSITY, 31, 32, 33, 34, 35, 36)
    names = list(rows[0])
    right = [name for name in names[names.index(LOADING) :] if name != "rank"]
    moved = sorted_apart(rows, right, number("mass_loading_mean"))
    text = refusal(sheets, moved)
    assert "hold the figures of other runs (information_bits, mass_loading_mean" in text
    assert "R001 has those of R005" not in text  # its rank still is its own
    left = names[: names.index("rank")]
    mixed = sorted_apart(rows, left, lambda row: -int(row["order"]))
    assert "R006 has those of R001, R005 has those of R002" in refusal(sheets, mixed)


def test_one_row_under_the_id_of_another_run(tmp_path: Path) -> None:
    sheets = FilledSheets(tmp_path, SPREAD)
    row = filled(sheets.sheet(), POROSITY, 33)[0]
    text = refusal(sheets, [{**row, "run": "R004"}])
    assert "R004 hold the figures of other runs" in text
    assert "R004 has those of R001" in text


@pytest.mark.parametrize(
    "change",
    [
        {0: {GAP: "200"}},
        {0: {GAP: "110"}},  # a setting of other runs, but no exchange
        {0: {GAP: "110", PRESSURE: "105"}},  # one run made with the recipe of another
        {k: {GAP: str(200 if k < 4 else 120)} for k in range(6)},  # the machine was 10 too high
        {k: {PRESSURE: str(float(p) * 1.1)} for k, (_, _, p, _) in enumerate(PLAN)},
        {k: {GAP: "190"} for k in range(6)},  # the other shim was missing
        {0: {"solid_content [wt%]": "58.6"}, 1: {PRESSURE: "117"}, 4: {BINDER: "B"}},
        {k: {"batch:slurry": "S-117"} for k in range(6)},
        {0: {"batch:coating": "c7"}, 2: {"batch:coating": "coating-02"}},
        {k: {"order": str(6 - k)} for k in range(6)},  # made in another order
    ],
)
def test_what_really_happened_goes_in(
    sheets: FilledSheets, change: dict[int, dict[str, str]]
) -> None:
    rows = filled(sheets.sheet(), POROSITY, *[33] * 6)
    sheets.put([{**row, **change.get(place, {})} for place, row in enumerate(rows)])
    assert all(run.values("porosity") == (33.0,) for run in sheets.state.runs.values())
    told = {name for run in sheets.state.runs.values() for name in run.reported}
    assert told == {n.split(" ")[0] for c in change.values() for n in c if n in SETTINGS}


def test_whole_rows_in_any_order_rounded_or_with_fewer_columns(sheets: FilledSheets) -> None:
    rows = filled(sheets.sheet(), POROSITY, *[33] * 6)
    rows.sort(key=lambda row: (float(row[PRESSURE]), row["run"]), reverse=True)
    for row in rows:
        row["mass_loading_mean"] = f"{float(row['mass_loading_mean']):.1f}"
        row["information_bits"] = f"{float(row['information_bits']):.2f}"
        del row["rank"], row["head"], row["batch:coating"]
    assert len(sheets.read(rows).entries) == 6


def test_runs_that_exchanged_their_settings_only_when_somebody_says_so(tmp_path: Path) -> None:
    sheets = FilledSheets(tmp_path, SPREAD)
    rows = filled(sheets.sheet(), POROSITY, 31, 33)
    for name in SETTINGS:
        rows[0][name], rows[1][name] = rows[1][name], rows[0][name]
    assert "R001, R002 are those of other runs" in refusal(sheets, rows)
    sheets.put(rows, force=True)
    assert sheets.run("R001").used == sheets.run("R002").planned


def test_the_sheet_of_a_plan_that_is_not_recorded_here(tmp_path: Path) -> None:
    other = FilledSheets(tmp_path, SPREAD)
    rows = filled(other.sheet(), POROSITY, *[33] * 6)
    sheets = FilledSheets(tmp_path)
    text = refusal(sheets, rows)
    assert "not exported from this campaign as it is now" in text


def test_other_problems_are_told_besides(sheets: FilledSheets) -> None:
    rows = sorted_apart(filled(sheets.sheet(), POROSITY, 330), SETTINGS, number(GAP))
    with pytest.raises(InputError) as error:
        sheets.read(rows)
    told = [problem.what for problem in error.value.problems]
    assert len(told) == 2
    assert told[1] == "impossible value"


CASES = SHARED_DATA / "cases"


@pytest.mark.skipif(not CASES.is_dir(), reason="no inputs in ../shared/data/cases")
def test_the_sheet_of_the_cases(tmp_path: Path) -> None:
    sheets = FilledSheets(tmp_path)
    exported, moved = (
        list(csv.DictReader((CASES / name).read_text(encoding="utf-8").splitlines()))
        for name in ("sheet_as_exported.csv", "sheet_settings_sorted.csv")
    )
    assert [row["run"] for row in exported] == [row["run"] for row in moved]
    names = {"calendering_pressure [MPa]": PRESSURE}
    keep = ("run", "batch:slurry", "batch:coating", *SETTINGS[:2], *names, POROSITY)
    rows = [{names.get(name, name): row[name] for name in keep} for row in moved]
    text = refusal(sheets, rows)
    assert "coating_gap, pressure of R001, R002, R005, R006 are those of other runs" in text
    fine = [{names.get(name, name): row[name] for name in keep} for row in exported]
    assert sheets.read(fine).entries == []


def test_a_cell_that_was_dragged_down_is_named(tmp_path: Path) -> None:
    sheets = FilledSheets(tmp_path, SPREAD)
    rows = sheets.sheet()
    first = float(rows[0][PRESSURE])
    dragged = [{**row, PRESSURE: f"{first + k:g}"} for k, row in enumerate(rows)]
    text = refusal(sheets, dragged)
    assert "pressure of R002, R003, R004, R005, R006 grow row by row by one step" in text
    assert "R002 pressure 31 instead of 55" in text
    assert sheets.read(dragged, force=True).entries
    assert "R004, R005, R006 grow" in refusal(sheets, [*rows[:3], *dragged[3:]])
    two = [{**row, GAP: f"{100 + 25 * k:g}"} for k, row in enumerate(rows)]
    assert "R002, R003, R004, R005, R006 grow" in refusal(sheets, two)


def test_a_ladder_that_was_planned_is_no_dragged_cell(tmp_path: Path) -> None:
    sheets = FilledSheets(tmp_path, SPREAD)  # gap and pressure are ladders as planned
    rows = filled(sheets.sheet(), POROSITY, *[33] * 6)
    assert len(sheets.read(rows).entries) == 6
    for change in ({0: "105"}, {2: "162", 5: "253"}, {1: "135", 3: "195", 4: "225"}):
        made = [{**row, GAP: change.get(place, row[GAP])} for place, row in enumerate(rows)]
        assert len(sheets.read(made).entries) == 6
    assert "grow row by row" in refusal(
        sheets, [{**row, GAP: f"{100 + k:g}"} for k, row in enumerate(rows)]
    )


def test_a_few_changed_settings_or_all_a_bit_higher_are_no_dragged_cell(tmp_path: Path) -> None:
    sheets = FilledSheets(tmp_path, SPREAD)
    rows = sheets.sheet()
    assert sheets.read([{**row, PRESSURE: f"{float(row[PRESSURE]) + 3:g}"} for row in rows]).entries
    for values in (
        (30, 55, 81, 107, 130, 155),
        (33, 33, 33, 33, 33, 33),
        (31, 54, 83, 104, 131, 157),
    ):
        changed = [{**r, PRESSURE: str(v)} for r, v in zip(rows, values, strict=True)]
        assert sheets.read(changed).entries
