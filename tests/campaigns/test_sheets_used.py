"""Columns ``used:<factor>``: what was really set, beside what was planned."""

from pathlib import Path

import pytest

from designer.campaigns import commands
from designer.campaigns.errors import ConflictError, InputError
from designer.campaigns.sheets.filled.preview import counts_of, with_status
from designer.campaigns.sheets.filled.results import SheetRules, read_results
from designer.campaigns.values.quantity import Quantity
from tests.campaigns.filled_sheets import LOADING, POROSITY, FilledSheets, Rows, filled, written

USED = {
    "used:solid_content [wt%]": "", "used:coating_gap [um]": "", "used:pressure [MPa]": "",
    "used:binder": "",
}  # fmt: skip


@pytest.fixture
def sheets(tmp_path: Path) -> FilledSheets:
    return FilledSheets(tmp_path)


def with_used(sheets: FilledSheets, **cells: str) -> Rows:
    """The sheet with columns for settings really used, those of its first run filled."""
    rows = [{**row, **USED} for row in filled(sheets.sheet(), POROSITY, 33)]
    headers = {header.partition(" ")[0].removeprefix("used:"): header for header in USED}
    return [{**rows[0], **{headers[name]: text for name, text in cells.items()}}, *rows[1:]]


def test_blank_is_as_planned_and_the_rest_is_what_was_used(sheets: FilledSheets) -> None:
    rows = with_used(sheets, coating_gap="0.2 mm", binder="B")
    results = sheets.put(rows)
    run = sheets.run("R001")
    assert run.reported == {"coating_gap": 200, "binder": "B"}
    assert run.planned == {
        "solid_content": 58.5, "coating_gap": 190, "pressure": 195, "binder": "A",
    }  # fmt: skip
    assert results.runs[0]["changed"] == {
        "coating_gap": {"before": 190, "after": 200}, "binder": {"before": "A", "after": "B"},
    }  # fmt: skip
    again = sheets.read(rows)
    assert not again.brings
    assert [run["changed"] for run in again.runs] == [{}] * 6


def test_the_unit_of_the_header_counts(sheets: FilledSheets) -> None:
    rows = with_used(sheets, coating_gap="0.2")
    for row in rows:
        row["used:coating_gap [mm]"] = row.pop("used:coating_gap [um]")
    sheets.put(rows)
    assert sheets.run("R001").used["coating_gap"] == 200


def test_an_edited_setting_and_another_one_used_contradict(sheets: FilledSheets) -> None:
    rows = with_used(sheets, pressure="180")
    rows[0]["pressure [MPa]"] = "185"
    with pytest.raises(InputError) as error:
        sheets.read(rows)
    assert "column used:pressure [MPa]: R001 has pressure 185 in the column of its plan" in str(
        error.value
    )
    rows[0]["pressure [MPa]"] = "180"
    sheets.put(rows)
    assert sheets.run("R001").used["pressure"] == 180


def test_what_was_planned_contradicts_another_setting_told_before(sheets: FilledSheets) -> None:
    sheets.put(with_used(sheets, pressure="180"))
    assert not sheets.read(with_used(sheets, pressure="180")).brings
    with pytest.raises(ConflictError, match="180 MPa"):
        sheets.put(with_used(sheets, pressure="195"))


def test_a_setting_corrected_since_is_not_told_again(sheets: FilledSheets) -> None:
    rows = with_used(sheets, pressure="180")
    sheets.put(rows)
    sheets.change(
        lambda state: commands.correct(
            state, "R001", used={"pressure": Quantity.of("181")}, reason="gauge"
        )
    )
    assert not sheets.read(rows).brings


def test_a_column_in_another_unit_is_one_problem(sheets: FilledSheets) -> None:
    rows = [{**row, "used:coating_gap [um]": "0.19"} for row in with_used(sheets)]
    with pytest.raises(InputError) as error:
        sheets.read(rows)
    assert len(error.value.problems) == 1
    assert "looks like mm" in str(error.value)


def test_a_misspelt_column_is_not_passed_over(sheets: FilledSheets) -> None:
    rows = [{**row, "Used pressure": "180"} for row in sheets.sheet()]
    with pytest.raises(InputError, match="looks like used:pressure"):
        sheets.read(rows)


def test_a_row_without_id_was_made_as_used(sheets: FilledSheets) -> None:
    rows = with_used(sheets)
    rows.append({**rows[0], "run": "", "used:pressure [MPa]": "150", POROSITY: "30"})
    path = sheets.folder / "filled.csv"
    path.write_text(written(rows), encoding="utf-8")
    with pytest.raises(InputError, match="taken with --attach-new"):
        read_results(path, sheets.state)
    results = read_results(path, sheets.state, rules=SheetRules(attach_new=True))
    sheets.change(results.events)
    assert sheets.run("R007").used["pressure"] == 150
    assert sheets.run("R007").attached
    assert not read_results(path, sheets.state, rules=SheetRules(attach_new=True)).brings


def test_the_preview_counts_what_is_new_changed_and_known(sheets: FilledSheets) -> None:
    sheets.put(filled(sheets.sheet(), POROSITY, 33))
    rows = filled(with_used(sheets, pressure="180"), LOADING, 12, 13)
    rows = [{**row, "status": "", "reason": ""} for row in rows]
    rows[2] |= {"status": "failed", "reason": "web break"}
    results = sheets.put(rows)
    runs = with_status(results.runs, sheets.state)
    assert [(run["status_before"], run["status"]) for run in runs[:3]] == [
        ("partial", "completed"), ("proposed", "partial"), ("proposed", "failed"),
    ]  # fmt: skip
    assert counts_of(runs, ["R007"]) == {
        "runs": 3, "values": 2, "changed": 1, "completed": 1, "failed": 1, "abandoned": 0,
        "attached": 1, "known": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("slurry", "batch:slurry"), ("Batch slurry", "batch:slurry"),
        ("slurry lot", "batch:slurry"), ("coating_gap used", "used:coating_gap"),
        ("actual coating gap [um]", "used:coating_gap"),
    ],
)  # fmt: skip
def test_batches_and_real_settings_under_other_names_are_not_passed_over(
    sheets: FilledSheets, header: str, name: str
) -> None:
    rows = filled(sheets.sheet(), LOADING, 12)
    with pytest.raises(InputError, match=f"looks like {name}") as refused:
        sheets.read(filled(rows, header, "150"))
    there = name.startswith("batch:")  # the plan has such a column, where they can be written
    assert (f"Write it into the column {name}" in str(refused.value)) == there
    assert (f"={name}'" in str(refused.value)) != there
    assert sheets.read(filled(rows, header)).brings
