"""A sheet may say that a run failed, or will not be made; what contradicts the record is told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from designer.campaigns import commands
from designer.campaigns.commands import ResultEntry
from designer.campaigns.errors import ConflictError, InputError
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.filled.results import (
    SheetRules,
    read_results,
    results_from_columns,
)
from designer.campaigns.values.quantity import Quantity
from tests.campaigns.filled_sheets import LOADING, POROSITY, FilledSheets, Rows, filled, written


@pytest.fixture
def sheets(tmp_path: Path) -> FilledSheets:
    return FilledSheets(tmp_path)


def said(sheets: FilledSheets, *words: str, **columns: str) -> Rows:
    """The sheet with a status per run from the top, and other columns for the first."""
    rows = [
        {**row, **dict.fromkeys(columns, "")} for row in filled(sheets.sheet(), "status", *words)
    ]
    return [{**rows[0], **columns}, *rows[1:]]


@pytest.mark.parametrize(
    ("word", "columns", "status", "reason"),
    [
        ("failed", {}, "failed", "failed according to filled.csv"),
        ("FAILED", {"reason": "web break"}, "failed", "web break"),
        ("Fail", {"failure": "web break", "note": "at 10 m"}, "failed", "web break"),
        ("failed", {"note": "web\nbreak"}, "failed", "web break"),
        (" abandoned ", {}, "abandoned", "abandoned according to filled.csv"),
        ("cancelled", {"reason": "no slurry"}, "abandoned", "no slurry"),
        ("Failed: web break", {}, "failed", "web break"),
        ("failed (web break)", {"note": "at 10 m"}, "failed", "web break"),
        ("failed - web break", {"failure": "edge"}, "failed", "edge"),
        ("Ausschuss", {"note": "Bahnriss"}, "failed", "Bahnriss"),
        ("Entfällt", {"reason": "kein Slurry"}, "abandoned", "kein Slurry"),
    ],
)
def test_runs_that_failed_or_will_not_be_made(
    sheets: FilledSheets, word: str, columns: dict[str, str], status: str, reason: str
) -> None:
    rows = said(sheets, word, **columns)
    results = sheets.put(rows)
    assert (sheets.run("R001").status, sheets.run("R001").failure) == (status, reason)
    assert results.runs[0]["new"]["status"] == status
    assert results.runs[0]["new"]["failure"] == reason
    assert sheets.state.status_counts["proposed"] == 5
    assert not sheets.read(rows).brings
    assert [note.text for note in sheets.run("R001").notes] == (
        ["at 10 m"] if columns.get("note") == "at 10 m" else []
    )


@pytest.mark.parametrize("word", ["proposed", "Running", "to do", "", "-", "offen", "in_Arbeit"])
def test_words_that_say_nothing_new(sheets: FilledSheets, word: str) -> None:
    assert not sheets.read(said(sheets, word)).brings


def test_values_of_a_failed_run_are_kept_and_come_in_pieces(sheets: FilledSheets) -> None:
    rows = filled(said(sheets, "failed", note="edge bead"), LOADING, 12)
    sheets.put(rows)
    run = sheets.run("R001")
    assert (run.status, run.values("mass_loading"), run.failure) == ("failed", (12.0,), "edge bead")
    assert not sheets.read(rows).brings
    sheets.put(filled(rows, POROSITY, 33))
    run = sheets.run("R001")
    assert (run.status, run.values("porosity"), run.failure) == ("failed", (33.0,), "edge bead")


def test_all_or_nothing(sheets: FilledSheets) -> None:
    before = sheets.state.seq
    with pytest.raises(InputError) as error:
        sheets.put(filled(said(sheets, "failed", "broken", "abandoned"), POROSITY, "", "", 33))
    text = str(error.value)
    assert "line 3 column status: this is no status (found 'broken'); allowed: failed" in text
    assert "line 4 column status: R003 has results here (porosity [%]), so it was made" in text
    assert sheets.state.seq == before


def values(state: CampaignState) -> list[NewEvent]:
    told = {name: [Quantity.of("12")] for name in ("mass_loading", "porosity")}
    return commands.record(state, [ResultEntry("R001", told)])


def partial(state: CampaignState) -> list[NewEvent]:
    return commands.record(state, [ResultEntry("R001", {"porosity": [Quantity.of("12")]})])


def failed(state: CampaignState) -> list[NewEvent]:
    return commands.fail(state, "R001", "web break")


def abandoned(state: CampaignState) -> list[NewEvent]:
    return commands.abandon(state, ["R001"], "no slurry")


def reopened(state: CampaignState) -> list[NewEvent]:
    return commands.reopen(state, "R001", "it was fine")


@pytest.mark.parametrize(
    ("recorded", "word", "told"),
    [
        ([values], "failed", "R001 is completed by ben on"),
        ([values], "abandoned", "R001 is completed by ben on"),
        ([partial], "abandoned", "R001 is partial by ben on"),
        ([failed], "abandoned", "R001 is failed, web break by ben on"),
        ([failed], "completed", "R001 is failed, web break by ben on"),
        ([abandoned], "failed", "R001 is abandoned, no slurry by ben on"),
        ([failed, reopened], "failed", "R001 is proposed since it was reopened by ben on"),
        ([abandoned, reopened], "abandoned", "since it was reopened"),
    ],
)
def test_contradictions_are_conflicts(
    sheets: FilledSheets,
    recorded: list[Callable[[CampaignState], list[NewEvent]]],
    word: str,
    told: str,
) -> None:
    rows = said(sheets, word)
    for decide in recorded:
        sheets.change(decide)
    with pytest.raises(ConflictError) as error:
        sheets.read(rows)
    assert told in str(error.value)
    assert "column status" in str(error.value)


def test_a_run_reopened_before_the_sheet_was_written_may_fail_again(sheets: FilledSheets) -> None:
    sheets.change(failed)
    sheets.change(reopened)
    sheets.put(said(sheets, "failed"))
    assert sheets.run("R001").status == "failed"


def test_a_partial_run_may_fail_and_a_completed_one_is_no_news(sheets: FilledSheets) -> None:
    sheets.change(partial)
    sheets.put(said(sheets, "failed"))
    assert sheets.run("R001").status == "failed"
    rows = filled(filled(said(sheets, "completed"), POROSITY, 33), LOADING, 12)
    assert [run["run"] for run in sheets.put(rows).runs if "porosity" in run["new"]] == ["R002"]


def test_why_a_run_was_proposed_is_not_why_it_failed(sheets: FilledSheets) -> None:
    columns = {"run": ["R001"], "status": ["failed"], "reason": ["explore"]}
    results = results_from_columns(columns, sheets.state)
    assert results.outcomes[0].reason == "failed according to data frame"


def test_a_run_called_completed_without_a_response_is_told(sheets: FilledSheets) -> None:
    rows = filled(said(sheets, "completed"), POROSITY, 33)
    (note,) = [note for note in sheets.put(rows).notes if "completed" in note]
    assert note.startswith("called completed, but without mass_loading: R001; still open")
    rows = filled(rows, LOADING, "none")
    assert not [note for note in sheets.put(rows).notes if "completed" in note]
    assert sheets.run("R001").status == "completed"


@pytest.mark.parametrize("word", ["Done.", "OK", "✓", "fertig", "i.O.", "i. O.", "passed"])
def test_words_for_completed_state_nothing_without_results(sheets: FilledSheets, word: str) -> None:
    results = sheets.read(said(sheets, word))
    assert not results.brings
    assert any(note.startswith("called completed, but without") for note in results.notes)


@pytest.mark.parametrize("word", ["aborted", "scrapped", "abgebrochen", "n.i.O.", "half done", "x"])
def test_words_that_may_mean_two_things_are_asked_about(sheets: FilledSheets, word: str) -> None:
    with pytest.raises(InputError, match="this is no status") as refused:
        sheets.read(said(sheets, word))
    two_meanings = "Write failed where the run went wrong" in str(refused.value)
    assert two_meanings == (word not in ("half done", "x"))


def test_results_of_an_abandoned_run_are_refused_with_their_cells(sheets: FilledSheets) -> None:
    with pytest.raises(InputError) as error:
        sheets.read(filled(said(sheets, "abandoned"), POROSITY, 33))
    assert "line 2 column status: R001 has results here (porosity [%])" in str(error.value)


def test_a_failed_run_that_was_completed_after_all_is_told(sheets: FilledSheets) -> None:
    before = said(sheets, "failed", reason="web break")
    rows = filled(filled(said(sheets, "completed", reason=""), POROSITY, 33), LOADING, 12)
    sheets.put(before)
    results = sheets.put(rows)
    assert sheets.run("R001").status == "completed"
    (told,) = [note for note in results.notes if "was failed" in note]
    assert told.startswith("R001 was failed (web break) by ben on")
    assert told.endswith("a result has come in, so it counts as made")
    assert not sheets.read(rows).brings
    with pytest.raises(ConflictError, match="R001 is completed"):  # the first sheet again
        sheets.read(before)


def test_a_reason_without_a_status_is_told(sheets: FilledSheets) -> None:
    results = sheets.read(filled(said(sheets, "", reason="web break"), POROSITY, 33))
    assert "a reason without status failed or abandoned, which was not read: R001" in results.notes
    columns = {"run": ["R001"], "reason": ["explore"], "porosity": ["33"]}  # why it was proposed
    assert not [n for n in results_from_columns(columns, sheets.state).notes if "reason" in n]


def test_a_row_of_a_new_run_that_is_abandoned_has_no_results(sheets: FilledSheets) -> None:
    row = {**sheets.sheet()[0], "run": "", "status": "abandoned", POROSITY: "33"}
    path = sheets.folder / "filled.csv"
    path.write_text(written([row]), encoding="utf-8")
    with pytest.raises(InputError, match="the run has results here"):
        read_results(path, sheets.state, rules=SheetRules(attach_new=True))
