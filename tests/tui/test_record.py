"""Recording: typing errors, surprises, pieces, failures, corrections, drafts, conflicts."""

import asyncio
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.events import Key

from designer.cli.parser import read_command_line
from designer.service import Service
from designer.tui.campaign_view import ViewReader
from designer.tui.dialogs.correct import _correctable, _correction_line
from designer.tui.drafts import Drafts
from designer.tui.widgets.paste import cells_of
from designer.tui.widgets.record_text import arguments_of
from tests.campaigns_for_tests import SMALL
from tests.tui.cases import Ui, open_ui


def run(store: Path, run_id: str = "R001") -> Any:
    return Service(str(store)).runs.show("small", run_id)


def predicted(store: Path, response: str, run_id: str = "R001") -> float:
    return float(run(store, run_id)["predicted"][response]["mean"])


async def form_of(ui: Ui, run_id: str = "R001") -> None:
    await ui.press("f3")
    await ui.until(f"{run_id}  ")
    await ui.until("31.2/31.9: replicates")
    await ui.until(lambda: ui.app.focused is not None)


async def test_a_typing_error_is_red_and_not_saved_corrected_it_is_saved(store: Path) -> None:
    good = f"{predicted(store, 'mass_loading'):.1f}"
    async with open_ui(store) as ui:
        await form_of(ui)
        await ui.until(lambda: re.search(r"predicted [\d.]+ [±…] [\d.]+", ui.text()) is not None)
        await ui.type("x0.2")
        await ui.until("✗ run R001, mass_loading: is not a number (found 'x0.2')")
        field = ui.screen.form.fields["response:mass_loading"]
        assert field.has_class("-bad")
        await ui.press("ctrl+s")
        await ui.until(lambda: "Not saved: 1 problem" in ui.notes())
        assert run(store)["measurements"] == {}
        assert field.input.value == "x0.2"
        await ui.press("ctrl+u")
        await ui.type("120")
        await ui.until("impossible value (found 120 mg/cm^2); allowed: 0 to")
        await ui.press("ctrl+u")
        await ui.type(good)
        await ui.until("✓ ctrl+s saves; R001 will be partial")
        await ui.press("enter")
        await ui.type(f"{predicted(store, 'porosity'):.1f}")
        await ui.until("R001 will be completed")
        await ui.press("ctrl+s")
        await ui.until("R002  proposed · 1 of 2 waiting")
        await ui.until("● saved")
    told = run(store)
    assert told["status"] == "completed"
    assert told["measurements"]["mass_loading"][0]["text"] == good
    assert told["measurements"]["mass_loading"][0]["actor"] == "bob"


async def test_a_surprise_is_amber_and_saved(store: Path) -> None:
    async with open_ui(store) as ui:
        await form_of(ui)
        await ui.type("33")
        await ui.until("standard deviations above its prediction")
        assert ui.screen.form.fields["response:mass_loading"].has_class("-odd")
        await ui.press("ctrl+s")
        await ui.until("R002  proposed")
        assert "worth a second look" in ui.notes()
    assert run(store)["measurements"]["mass_loading"][0]["number"] == 33
    assert run(store)["status"] == "partial"


async def test_a_result_50_times_off_is_remarked_while_it_is_typed_and_kept(store: Path) -> None:
    for gap, loading in (("80", "6.1"), ("100", "7.4"), ("150", "10.8")):
        settings = {"solid_content": "55", "coating_gap": gap, "binder": "PVDF-A"}
        Service(str(store)).runs.attach("small", {**settings, "mass_loading": loading})

    remark = "R001: mass_loading 0.2 mg/cm^2 is far below your other results (6.1 to 10.8)"
    async with open_ui(store) as ui:
        await form_of(ui)
        field = ui.screen.form.fields["response:mass_loading"]
        await ui.type(f"{predicted(store, 'mass_loading'):.1f}")
        await ui.until("✓ ctrl+s saves; R001 will be partial")
        await ui.until(lambda: not field.has_class("-odd"))
        assert "far below" not in ui.text()
        await ui.press("ctrl+u")
        await ui.type("0.2")
        await ui.until(lambda: remark in ui.flowing())
        assert field.has_class("-odd")
        row = next(row for row in ui.rows() if "mass_loading [" in row)
        assert "0.2 " in row
        assert "! far below your other" in row
        await ui.press("ctrl+s")
        await ui.until("R001 saved: it is partial")
        assert remark in ui.flowing()
        assert "designer" not in ui.flowing()  # keys answer it here
    assert run(store)["measurements"]["mass_loading"][0]["text"] == "0.2"


async def test_pieces_settings_batches_notes_and_what_is_never_measured(store: Path) -> None:
    async with open_ui(store) as ui:
        await form_of(ui)
        await ui.type("10.1/10.3")
        for text in ("", "", "0.155 mm", "", "", "coating-77", "2026-03-01", "edge bead"):
            await ui.press("tab")
            await ui.type(text)
        await ui.until("R001 will be partial")
        await ui.press("ctrl+s")
        await ui.until("R002  proposed")
        await ui.press("pageup")
        await ui.until("◐ R001!  partial")  # made with another gap than planned
        await ui.until("f7 right as it is · f8 correct it")
        assert "f9 the run failed" not in ui.text()
        await ui.until("10.1 / 10.3")
        fields = ui.screen.form.fields
        assert fields["response:mass_loading"].input.disabled
        assert ui.app.focused is fields["response:porosity"].input
        await ui.type("none")
        await ui.until("R001 will be completed")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.run("R001")["status"] == "completed")
    told = run(store)
    assert [value["number"] for value in told["measurements"]["mass_loading"]] == [10.1, 10.3]
    assert told["used"]["coating_gap"] == 155
    assert told["batch"]["coating"] == "coating-77"
    assert told["made_at"] == "2026-03-01"
    assert told["notes"][0]["text"] == "edge bead"
    assert told["never"] == ["porosity"]


async def test_a_setting_far_off_is_refused_beside_its_field(store: Path) -> None:
    async with open_ui(store) as ui:
        await form_of(ui)
        await ui.press("tab", "tab", "tab")
        await ui.type("0.15")
        await ui.until("far outside the range")
        assert ui.screen.form.fields["setting:coating_gap"].has_class("-bad")


async def test_further_measurements_of_a_made_run(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"mass_loading": "10.1", "porosity": "43"})
    async with open_ui(store) as ui:
        await form_of(ui, "R002")
        await ui.press("pageup")
        await ui.until("● R001  completed")
        await ui.press("ctrl+r")
        await ui.until(lambda: ui.app.focused is not None and not ui.app.focused.disabled)
        await ui.until("completed · P001  further measurements: type them")
        await ui.type("10.4")
        await ui.until("R001 will be completed")
        await ui.press("ctrl+s")
        await ui.until(lambda: len(ui.run("R001")["measurements"]["mass_loading"]) == 2)
    assert [v["replicate"] for v in run(store)["measurements"]["mass_loading"]] == [1, 2]


async def test_failing_from_inside_a_field_goes_on_to_the_next_run(store: Path) -> None:
    async with open_ui(store) as ui:
        await form_of(ui)
        await ui.type("3")  # a digit is text while a field has the focus
        assert ui.place == "record"
        await ui.press("f9")
        await ui.until("R001 failed")
        await ui.type("delamination")
        await ui.press("enter")
        await ui.until("R002  proposed")
    assert (run(store)["status"], run(store)["failure"]) == ("failed", "delamination")


async def test_correcting_a_value_keeps_the_old_one(store: Path) -> None:
    Service(str(store)).runs.record(
        "small", "R001", {"mass_loading": "10.1/11.1", "porosity": "34"}
    )
    async with open_ui(store) as ui:
        await ui.press("v")
        await ui.until("● R001")
        await ui.press("home", "c")
        await ui.until("Correct R001")
        await ui.press("down", "down", "enter")  # opens the list, the second value
        await ui.press("tab")
        await ui.type("10.2")
        await ui.press("enter")
        await ui.type("digits swapped")
        await ui.until("mass_loading=10.2 --replicate 2")
        await ui.press("enter")
        await ui.gone("Correct R001")
        await ui.until(lambda: "is corrected" in ui.notes())
        await ui.press("6")
        await ui.until("mass_loading 11.1 → 10.2 (digits swapped)")
    values = run(store)["measurements"]["mass_loading"]
    assert [(v["number"], v["corrected"]) for v in values] == [(10.1, []), (10.2, [11.1])]


async def test_a_correction_without_reason_or_value_stays_open(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"porosity": "34"})
    async with open_ui(store) as ui:
        await ui.until("◐ R001")
        await ui.press("c")
        await ui.until("Correct R001")
        await ui.press("ctrl+s")
        await ui.until("✗ right value: is missing")
        await ui.press("tab")
        await ui.type("340")
        await ui.press("ctrl+s")
        await ui.until("✗ reason")
        await ui.press("tab")
        await ui.type("typo")
        await ui.press("ctrl+s")
        await ui.until("impossible value")
    assert run(store)["measurements"]["porosity"][0]["number"] == 34


async def test_a_value_recorded_by_somebody_else_meanwhile(store: Path) -> None:
    async with open_ui(store) as ui:
        await form_of(ui)
        await ui.type("10.4")
        await ui.until("✓ ctrl+s saves")
        other = Service(str(store), actor="eve")
        await asyncio.to_thread(other.runs.record, "small", "R001", {"mass_loading": "10.9"})
        await ui.press("ctrl+s")
        await ui.until("has a value already, recorded by eve")
        await ui.until("10.9 mg/cm^2")
        assert ui.screen.form.fields["response:mass_loading"].input.value == "10.4"
    assert [v["number"] for v in run(store)["measurements"]["mass_loading"]] == [10.9]


async def test_undo_from_the_form(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"porosity": "34"})
    async with open_ui(store) as ui:
        await form_of(ui)
        await ui.press("ctrl+z")
        await ui.until("R001 result: porosity = 34")
        await ui.press("enter")
        await ui.until("○ R001  proposed")
    assert run(store)["measurements"] == {}


async def test_what_was_typed_outlives_the_program(store: Path) -> None:
    async with open_ui(store) as ui:
        await form_of(ui)
        await ui.type("10.4")
        await ui.press("tab", "tab", "tab", "tab", "tab", "tab", "tab", "tab")
        await ui.type("torn edge")
        await ui.press("pagedown")
        await ui.until("R002  proposed")
        await ui.until("31.2/31.9: replicates")
        await ui.type("9.9")  # no pause before the end
    async with open_ui(store) as ui:
        await ui.press("f3")
        await ui.until("will be partial")
        fields = ui.screen.form.fields
        assert fields["response:mass_loading"].input.value == "10.4"
        assert fields["note"].input.value == "torn edge"
        await ui.until(lambda: "was typed earlier is here again" in ui.notes())
        await ui.press("ctrl+s")
        await ui.until("R002  proposed")
        assert ui.screen.form.fields["response:mass_loading"].input.value == "9.9"
    drafts = Drafts(Service(str(store)).session.store.url, "small")
    assert not drafts.path("R001").exists()
    assert drafts.read("R002") == {"response:mass_loading": "9.9"}


async def test_what_was_typed_stays_with_its_campaign(store: Path) -> None:
    service = Service(str(store))
    service.campaigns.create(tomllib.loads(SMALL.replace('name = "small"', 'name = "other"')))
    await asyncio.to_thread(service.plans.propose, "other", 1, seed=1)
    async with open_ui(store) as ui:
        await form_of(ui)
        await ui.type("10.4")
        await ui.until("will be partial")
        ui.app.open_campaign("other")
        await ui.until(lambda: ui.app.view is not None and ui.app.view.name == "other")
        await form_of(ui)
        assert ui.screen.form.typed == {}
    url = service.session.store.url
    assert Drafts(url, "small").read("R001") == {"response:mass_loading": "10.4"}
    assert Drafts(url, "other").read("R001") == {}


async def test_a_pause_that_ends_after_the_program_finds_nobody(store: Path) -> None:
    async with open_ui(store) as ui:
        await form_of(ui)
        await ui.type("10.4")
        screen = ui.screen
    with ui.app._context():
        await screen._check_after_pause()
    assert Drafts(Service(str(store)).session.store.url, "small").read("R001")


def test_drafts_of_stores_and_campaigns_do_not_mix_and_bad_files_are_none(tmp_path: Path) -> None:
    one, other = Drafts("a", "c", tmp_path), Drafts("b", "c", tmp_path)
    one.write("R001", {"note": "x", "at": " "})
    assert one.read("R001") == {"note": "x"}
    assert other.read("R001") == {}
    assert one.path("R001").stat().st_mode & 0o077 == 0
    for text in ("", "[1]", '{"a": 1}', "\xff"):
        one.path("R001").write_text(text, encoding="latin-1")
        assert one.read("R001") == {}
    one.write("R001", {"note": " "})
    assert not one.path("R001").exists()


def test_fields_become_arguments_of_record() -> None:
    typed = {
        "response:a": " 1 ",
        "setting:b": "2",
        "batch:s": "s1",
        "at": "today",
        "note": "n",
    }
    assert arguments_of(typed, replicate=True) == {
        "responses": {"a": "1"}, "settings": {"b": "2"}, "batch": {"s": "s1"},
        "at": "today", "note": "n", "replicate": True,
    }  # fmt: skip
    assert arguments_of({}, replicate=False)["at"] is None


def test_checking_says_what_recording_does_and_writes_nothing(store: Path) -> None:
    service = Service(str(store))
    arguments = ("small", "R001", {"mass_loading": "33"})
    checked = service.runs.record(*arguments, dry_run=True)
    assert service.campaigns.show("small")["head"] == checked["head"]
    recorded = service.runs.record(*arguments)
    assert {**recorded, "head": None} == {**checked, "head": None}
    assert "standard deviations above" in checked["messages"][0]


async def test_what_is_still_to_come_is_named(store: Path) -> None:
    async with open_ui(store) as ui:
        await form_of(ui)
        assert "F1 Campaign" in ui.text()  # digits go into the fields
        await ui.type("10.4")
        await ui.until("R001 will be partial, still to come: porosity")


def test_whatever_was_recorded_can_be_corrected_in_the_order_of_the_form(store: Path) -> None:
    service = Service(str(store))
    service.runs.record("small", "R001", {"porosity": "34", "mass_loading": "10.1/11.1"})
    view = ViewReader(service).read("small")
    recorded = view.run("R001")
    assert recorded is not None
    options = _correctable(view, recorded)
    assert [key for _, key in options] == [
        "response:mass_loading:1", "response:mass_loading:2", "response:porosity:1",
        "setting:solid_content:", "setting:coating_gap:", "setting:binder:",
        "batch:slurry:", "batch:coating:",
    ]  # fmt: skip
    assert options[0][0].startswith("mass_loading = 10.1 mg/cm^2  (")
    for key, told in (("response:mass_loading:1", "--replicate 1"), ("response:porosity:1", "")):
        values: dict[str, Any] = {"what": key, "value": "12", "reason": "typing error"}
        line = _correction_line("small", recorded, values)
        assert told in line
        assert ("--replicate" in line) == bool(told)
        # what is shown is what the command line understands
        call = read_command_line(shlex.split(line)[1:])
        assert call.verb is not None
        assert call.verb.name == "correct"


def burst(ui: Ui, *keys: Any) -> None:
    """Keys as a scanner sends them: all there before the first is handled."""
    for key in keys:
        for sign in [key] if key in ("tab", "enter", "ctrl+s", "pagedown", "f9") else key:
            ui.app.post_message(Key(sign, sign if len(sign) == 1 else None))


@pytest.mark.parametrize("between", ["tab", "enter"])
async def test_keys_faster_than_the_screen_go_where_they_belong(store: Path, between: str) -> None:
    async with open_ui(store) as ui:
        await form_of(ui)
        burst(ui, "10.45", between, "43.25", "ctrl+s")
        await ui.until("R002  proposed")
    assert {n: [v["number"] for v in vs] for n, vs in run(store)["measurements"].items()} == {
        "mass_loading": [10.45], "porosity": [43.25],
    }  # fmt: skip


async def test_a_quick_page_down_does_not_carry_digits_to_the_next_run(store: Path) -> None:
    async with open_ui(store) as ui:
        await form_of(ui)
        burst(ui, "10.45", "pagedown")
        await ui.until("R002  proposed")
        assert not ui.screen.form.typed
        await ui.press("pageup")
        await ui.until("10.45")


async def test_a_reason_typed_quickly_is_kept_whole(store: Path) -> None:
    async with open_ui(store) as ui:
        await form_of(ui)
        await ui.press("f9")
        await ui.until("R001 failed")
        burst(ui, "delamination", "enter")
        await ui.until("R002  proposed")
    assert run(store)["failure"] == "delamination"


async def test_a_completed_run_is_read_only_until_it_is_corrected(store: Path) -> None:
    service = Service(str(store))
    for run_id in ("R001", "R002", "R003"):
        service.runs.record("small", run_id, {"mass_loading": "10.1", "porosity": "43"})
    before = len(service.campaigns.history("small")["events"])
    async with open_ui(store) as ui:
        await ui.press("f3")  # nothing waits: a recorded run is shown
        await ui.until("Read only: completed · c corrects a value · ctrl+r further measurements")
        assert all(field.input.disabled for field in ui.screen.form.fields.values())
        await ui.press("5", "0", "ctrl+s")
        assert ui.place != "record"  # a digit shows a screen: there is no field to type in
        await ui.press("3")
        await ui.until("Read only: completed")
        await ui.press("ctrl+r")
        await ui.until(lambda: not ui.screen.form.fields["response:porosity"].input.disabled)
        assert ui.screen.form.fields["setting:coating_gap"].input.disabled
        await ui.press("ctrl+r", "escape")
        await ui.until("Read only: completed")
        await ui.press("c")
        await ui.until("Correct R001")
        await ui.press("escape")
    assert len(service.campaigns.history("small")["events"]) == before


async def test_recording_on_a_failed_run_asks_for_a_reason(store: Path) -> None:
    service = Service(str(store))
    service.runs.fail("small", "R001", "delamination")
    async with open_ui(store) as ui:
        await ui.press("f3")
        await ui.until("R002  proposed")
        await ui.press("pageup")
        await ui.until("Read only: failed · c corrects a value · ctrl+r reopens it, with a reason")
        await ui.press("ctrl+r")
        await ui.until("R001 is failed")
        await ui.until("To record a result, put it back first")
        await ui.press("ctrl+s")
        await ui.until("✗ reason")
        await ui.type("wrong sheet")
        await ui.until("designer reopen small R001 --reason 'wrong sheet'")
        await ui.press("ctrl+s")
        await ui.until("○ R001  proposed")
        await ui.until(lambda: not ui.screen.form.fields["response:porosity"].input.disabled)
    assert run(store)["status"] == "proposed"


async def test_what_was_typed_before_somebody_called_the_run_failed_is_kept(store: Path) -> None:
    async with open_ui(store) as ui:
        await form_of(ui)
        await ui.type("10.4")
        other = Service(str(store), actor="eve")
        await asyncio.to_thread(other.runs.fail, "small", "R001", "web break")
        await ui.until("✗ R001  failed")
        await ui.press("ctrl+s")
        await ui.until("R001 is failed")
        await ui.type("it was R002")
        await ui.press("ctrl+s")
        await ui.until("○ R001  proposed")
        assert ui.screen.form.fields["response:mass_loading"].input.value == "10.4"
        await ui.press("ctrl+s")
        await ui.until("R002  proposed")
    assert run(store)["status"] == "partial"


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("12\n41\n", ["12", "41"]), ("12\t41", ["12", "41"]), ("12", ["12"]), ("", []),
        ("12\t41\r\n12.2\t42\r\n", ["12/12.2", "41/42"]), ("12\n\n41", ["12", "41"]),
        ("\t41", ["", "41"]),
    ],
)  # fmt: skip
def test_cells_of_a_spreadsheet_are_told_apart(text: str, cells: list[str]) -> None:
    assert cells_of(text) == cells


async def test_a_pasted_column_fills_the_fields_below(store: Path) -> None:
    async with open_ui(store) as ui:
        await ui.press("3")
        await ui.until("Measured")
        ui.app.post_message(events.Paste("12,1\n41\n"))
        await ui.until("2 cells went into the fields")
        await ui.until("R001 will be completed")
        ui.app.post_message(events.Paste("a\n" * 40))
        await ui.until("had no field left")
        assert Service(str(store)).runs.show("small", "R001")["status"] == "proposed"
