"""What a sheet repeats from the time of its export is no statement; a changed cell is one."""

from pathlib import Path

import pytest

from designer.campaigns import commands
from designer.campaigns.commands import ResultEntry
from designer.campaigns.errors import ConflictError
from designer.campaigns.log.runs import Run
from designer.campaigns.values.quantity import Quantity
from tests.campaigns.filled_sheets import LOADING, POROSITY, SETTINGS, FilledSheets, filled

GAP = SETTINGS[1]


@pytest.fixture
def sheets(tmp_path: Path) -> FilledSheets:
    return FilledSheets(tmp_path)


def record(sheets: FilledSheets, run: str, **told: object) -> None:
    entry = ResultEntry(
        run,
        {name: [Quantity.of(str(told[name]))] for name in ("porosity",) if name in told},
        {name: Quantity.of(str(told[name])) for name in ("coating_gap",) if name in told},
        batch={name: str(told[name]) for name in ("slurry",) if name in told},
        made_at=str(told["made_at"]) if "made_at" in told else None,
    )
    sheets.change(lambda state: commands.record(state, [entry]))


@pytest.mark.parametrize("headless", [False, True])
@pytest.mark.parametrize(
    "told", [{"slurry": "S-117"}, {"coating_gap": 200}, {"made_at": "2026-03-01"}]
)
def test_a_sheet_written_before_does_not_contradict_what_was_told_since(
    sheets: FilledSheets, told: dict[str, object], headless: bool
) -> None:
    rows = filled(sheets.sheet(), POROSITY, "", 33)
    if headless:
        rows = [{name: text for name, text in row.items() if name != "head"} for row in rows]
    record(sheets, "R001", porosity=31, **told)
    assert [entry.run for entry in sheets.put(rows).entries] == ["R002"]
    run = sheets.run("R001")
    facts = {"coating_gap": run.used["coating_gap"], "made_at": run.made_at, **run.batch}
    assert {name: facts[name] for name in told} == told


def test_a_cell_changed_on_the_sheet_is_a_statement(sheets: FilledSheets) -> None:
    record(sheets, "R001", slurry="S-117", coating_gap=200)
    rows = sheets.sheet()
    assert (rows[0]["batch:slurry"], rows[0][GAP]) == ("S-117", "200")
    for column, planned in (("batch:slurry", "slurry-01"), (GAP, "190")):
        back = [{**rows[0], column: planned}]
        with pytest.raises(ConflictError, match="told differently before"):
            sheets.put(back)
        headless = [{**back[0], "head": ""}]  # may be as old as the plan
        assert sheets.read(headless).entries == []


def test_the_same_sheet_again_after_a_correction(sheets: FilledSheets) -> None:
    rows = filled(sheets.sheet(), POROSITY, 21)
    rows[0][GAP], rows[0]["batch:slurry"] = "200", "S-117"
    sheets.put(rows)
    sheets.change(
        lambda state: commands.correct(
            state, "R001", reason="digits swapped", responses={"porosity": Quantity.of("12")},
            used={"coating_gap": Quantity.of("210")}, batch={"slurry": "S-118"},
        )
    )  # fmt: skip
    rows[1][POROSITY] = "33"
    results = sheets.put(rows)
    assert [entry.run for entry in results.entries] == ["R002"]
    assert "porosity of R001 was 21 % and is 12 % since it was corrected" in results.notes[0]
    assert sheets.run("R001").values("porosity") == (12.0,)
    rows[0][POROSITY] = "22"
    with pytest.raises(ConflictError, match="another value already, 12 %"):
        sheets.read(rows)


def test_a_result_taken_back_does_not_come_again_with_an_older_sheet(sheets: FilledSheets) -> None:
    record(sheets, "R001", porosity=31)
    rows = filled(sheets.sheet(), LOADING, "", 12)
    assert rows[0][POROSITY] == "31"
    last = sheets.state.seq
    sheets.change(lambda state: commands.undo(state, last, "wrong run"))
    results = sheets.put(rows)
    assert [entry.run for entry in results.entries] == ["R002"]
    assert "porosity 31 of R001 was taken back since the sheet was written" in results.notes[0]
    assert sheets.run("R001").values("porosity") == ()
    fresh = filled(sheets.sheet(), POROSITY, 31)  # typed into a sheet that shows it blank
    sheets.put(fresh)
    assert sheets.run("R001").values("porosity") == (31.0,)


def test_a_sheet_whose_import_was_taken_back_brings_everything_again(sheets: FilledSheets) -> None:
    rows = filled(sheets.sheet(), LOADING, 12)
    rows[0] |= {GAP: "200", "batch:slurry": "S-117", "made_at": "2026-10-15", POROSITY: "none"}
    rows[0]["note"] = "thin edges"
    sheets.put(rows)
    once = told(sheets.run("R001"))
    assert once[:2] == (200.0, "S-117")
    last = sheets.state.seq
    sheets.change(lambda state: commands.undo(state, last, "wrong sheet"))
    sheets.put(rows)
    assert told(sheets.run("R001")) == once


def told(run: Run) -> tuple[object, ...]:
    notes = [note.text for note in run.notes]
    return run.used["coating_gap"], run.batch["slurry"], run.made_at, run.never, notes


def test_never_repeated_after_a_value_came(sheets: FilledSheets) -> None:
    sheets.put(filled(sheets.sheet(), POROSITY, "none"))
    rows = filled(sheets.sheet(), LOADING, 12)
    assert rows[0][POROSITY] == "none"
    record(sheets, "R001", porosity=31)
    results = sheets.put(rows)
    assert results.runs[0] | {"status": "", "status_before": ""} == {
        "run": "R001",
        "new": {"mass_loading": [12.0]},
        "changed": {},
        "skipped": ["porosity"],
        "status": "",
        "status_before": "",
    }
