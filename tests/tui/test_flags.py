"""What is odd about runs in the terminal UI: shown until somebody acts, asked before harm."""

from pathlib import Path

import pytest

from designer.service import Service
from designer.tui.campaign_view import CampaignView, ViewReader
from designer.tui.keys.run_keys import FORM_KEYS, doable, ways_out
from designer.tui.widgets.run_text import run_text
from tests.campaigns_for_tests import SMALL
from tests.tui.cases import Ui, open_ui

LEVELS = "levels = [80, 100, 150, 200]"


def amended(store: Path, levels: str) -> Service:
    """The store after a change of the gaps that are allowed."""
    service, spec = Service(str(store)), store.with_name("changed.toml")
    spec.write_text(SMALL.replace(LEVELS, f"levels = [{levels}]"))
    service.campaigns.amend("small", spec)
    return service


def seen(store: Path) -> CampaignView:
    return ViewReader(Service(str(store))).read("small")


def checks(view: CampaignView, run_id: str) -> str:
    run = view.run(run_id)
    assert run is not None
    rows = run_text(view, run).plain.split("\n")
    return next(row for row in rows if row.startswith("checks"))


def keys(view: CampaignView, run_id: str) -> str:
    run = view.run(run_id)
    assert run is not None
    return ways_out(view, run)


def footer(ui: Ui) -> str:
    return ui.rows()[-1]


async def test_a_run_that_a_change_forbids_is_started_only_when_asked(store: Path) -> None:
    amended(store, "60, 70")
    async with open_ui(store) as ui:
        await ui.until("R001!")
        await ui.until("allowed: 60, 70 um")
        await ui.until("! right as it is · s skip it · a make it all the same · g plan anew")
        assert "correct it" not in ui.text()
        await ui.press("a")
        await ui.until("R001 breaks the changed specification")
        await ui.press("escape")
        await ui.gone("R001 breaks the changed specification")
        assert ui.run("R001")["status"] == "proposed"
        await ui.press("a")
        await ui.until("R001 breaks the changed specification")
        assert "designer start small R001 --anyway" in ui.text()
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.run("R001")["status"] == "running")
        await ui.press("1")
        await ui.until("break the specification")


async def test_a_run_that_will_miss_a_changed_window_is_started_only_when_asked(
    store: Path,
) -> None:
    service, spec = Service(str(store)), store.with_name("changed.toml")
    spec.write_text(SMALL.replace("window = [11, 13]", "window = [50, 51]"))
    service.campaigns.amend("small", spec)
    async with open_ui(store) as ui:
        await ui.until("R001!")
        await ui.press("a")
        await ui.until("R001 breaks the changed specification")
        await ui.until("mass_loading is expected outside the window")
        assert ui.run("R001")["status"] == "proposed"
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.run("R001")["status"] == "running")


async def test_a_slip_is_seen_in_the_form_and_confirmed_with_a_remark(store: Path) -> None:
    first = Service(str(store))
    first.runs.record("small", "R001", {"porosity": "0.42", "mass_loading": "7"})
    async with open_ui(store) as ui:
        await ui.press("1")
        await ui.until("porosity in R001 may be a slip")
        await ui.press("2")
        await ui.until("R002  proposed")
        assert "Start" in footer(ui)
        assert "Confirm" not in footer(ui)
        assert "Correct" not in footer(ui)
        await ui.press("v", "home")
        await ui.until("● R001!  completed")
        await ui.until("! Confirm")
        assert "c Correct" in footer(ui)
        assert "Start" not in footer(ui)
        assert "! right as it is · c correct it · f the run failed" in ui.text()
        await ui.press("exclamation_mark")
        await ui.until("Confirm R001")
        assert "about 1/100 of its prediction" in ui.prose()
        await ui.type("measured again")
        await ui.press("ctrl+s")
        await ui.until(lambda: not ui.run("R001")["flags"])
        await ui.gone("R001!")
    assert first.runs.show("small", "R001")["flags"] == []


async def test_a_slip_is_marked_beside_its_field_and_stays_on_the_screen_when_saved(
    store: Path,
) -> None:
    async with open_ui(store) as ui:
        await ui.press("f3")
        await ui.until(lambda: ui.app.focused is not None)
        assert "Confirm" not in footer(ui)
        await ui.type("0.055")
        await ui.until("0.055 ")
        await ui.until("! about 1/100 of ")  # in the row of the field, before anything is saved
        assert any("0.055" in row and "! about 1/100 of" in row for row in ui.rows())
        await ui.press("ctrl+u")
        await ui.type("5.5")
        await ui.gone("about 1/100")
        await ui.press("ctrl+u")
        await ui.type("0.055")
        await ui.until("! about 1/100 of ")
        await ui.press("ctrl+s")
        await ui.until("look at R001!")
        await ui.until("R002  proposed")
        ui.app.let_notice_pass(60.0)
        await ui.gone("R001 saved")
        assert "look at R001!" in ui.rows()[1]
        assert not ui.app.screen.query("Toast")
        await ui.press("pageup")
        await ui.until("◐ R001!")
        await ui.until("f7 Confirm")
        assert "f7 right as it is · f8 correct it · f9 the run failed" in ui.text()
        await ui.press("f7")
        await ui.until("Confirm R001")
        await ui.type("balance was tared")
        await ui.press("ctrl+s")
        await ui.gone("R001!")
        await ui.until(lambda: "Confirm" not in footer(ui))
    assert Service(str(store)).runs.show("small", "R001")["flags"] == []


async def test_what_is_said_in_passing_hides_no_row(store: Path) -> None:
    async with open_ui(store) as ui:
        await ui.until("checks")
        before = [row for row in ui.rows() if row.strip()]
        ui.app.notify("said in passing\nand more", severity="warning")
        await ui.until("and more")
        assert [row for row in ui.rows() if row in before] == before
        await ui.press("s")  # a question on top stops the clock
        await ui.until("Skip R001")
        ui.app.let_notice_pass(60.0)
        await ui.press("escape")
        await ui.gone("Skip R001")
        assert "said in passing" in ui.text()
        ui.app.let_notice_pass(60.0)
        await ui.gone("said in passing")


def test_a_made_run_is_measured_by_the_specification_of_its_time(store: Path) -> None:
    service = Service(str(store))
    recipe = {"solid_content": "52", "binder": "PVDF-A", "mass_loading": "7", "porosity": "43"}
    inside = service.runs.attach("small", {**recipe, "coating_gap": "100"})["run"]
    outside = service.runs.attach("small", {**recipe, "coating_gap": "210"})["run"]
    assert checks(seen(store), inside) == "checks  ✓ inside all ranges and limits"
    assert "! coating_gap: outside the range" in checks(seen(store), outside)
    amended(store, "60, 70")
    view = seen(store)
    assert service.runs.show("small", inside)["flags"] == []
    told = checks(view, inside)
    assert told == "checks  ✓ inside all ranges and limits of its time, not of today's"
    service.campaigns.note("small", "meant", outside, confirm="breaks_specification")
    assert checks(seen(store), outside) == "checks  ! coating_gap: outside the range (confirmed)"
    amended(store, "60, 70, 300")
    told = checks(seen(store), outside)
    assert told.endswith("outside the range (confirmed), inside today's ranges and limits")
    for open_run in ("R001", "R002", "R003"):  # what is to be made yet counts by today's
        assert "! coating_gap: " in checks(view, open_run)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("proposed", "! right as it is · s skip it · a make it all the same · g plan anew"),
        ("running", "! right as it is · c correct it · s skip it"),
        ("partial", "! right as it is · c correct it"),
    ],
)
def test_the_keys_beside_a_flag_are_those_that_do_something(
    store: Path, status: str, told: str
) -> None:
    service = Service(str(store))
    if status == "running":
        service.runs.start("small", "R001")
    elif status == "partial":
        service.runs.record("small", "R001", {"porosity": "43"})
    amended(store, "60, 70")
    assert keys(seen(store), "R001") == told
    service.campaigns.close("small")
    assert keys(seen(store), "R001") == "! right as it is"  # a remark is all that is accepted


def test_what_can_be_done_with_a_run_follows_its_status(store: Path) -> None:
    service = Service(str(store))
    service.runs.record("small", "R001", {"porosity": "0.42", "mass_loading": "7"})
    service.runs.fail("small", "R002", "web break")
    service.runs.abandon("small", ["R003"], "no slurry")
    view = seen(store)
    able = {run["run"]: doable(view, run) for run in view.runs}
    assert able == {
        "R001": {"confirm", "correct", "fail", "replicate"},
        "R002": {"correct", "replicate"}, "R003": {"replicate"},
    }  # fmt: skip
    slipped = view.run("R001")
    assert slipped is not None
    told = ways_out(view, slipped, FORM_KEYS)
    assert told == "f7 right as it is · f8 correct it · f9 the run failed"


async def test_flagged_runs_are_found_among_many_and_a_started_one_is_not_asked_about(
    store: Path,
) -> None:
    service = Service(str(store))
    recipe = {"solid_content": "52", "binder": "PVDF-A", "coating_gap": "100"}
    for k in range(12):
        service.runs.attach("small", {**recipe, "porosity": f"43.{k}"})
    service.runs.start("small", "R001")
    amended(store, "60, 70")
    async with open_ui(store) as ui:
        await ui.until("▶ R001!")
        await ui.press("a")
        await ui.until("Not done")  # it is being made: no question whether it shall be
        assert "is running" in ui.flowing()
        await ui.press("escape", "v")
        await ui.until("◐ R004 ")
        await ui.press("v")
        await ui.until("Only runs with a flag (!)")
        assert "R004 " not in ui.text()
        for run_id in ("R001", "R002", "R003"):
            service.campaigns.note("small", "meant", run_id, confirm="breaks_specification")
        await ui.until("Nothing is flagged any more")
        await ui.press("v")
        await ui.until("▶ R001 ")


async def test_the_form_tells_an_old_flag_in_its_head_only(store: Path) -> None:
    recipe = {"solid_content": "52", "binder": "PVDF-A", "coating_gap": "210"}
    odd = Service(str(store)).runs.attach("small", {**recipe, "porosity": "43"})["run"]
    async with open_ui(store) as ui:
        await ui.press("f3")
        await ui.until("R001  proposed")
        await ui.until(f"look at {odd}!")
        await ui.press("pagedown", "pagedown", "pagedown")
        await ui.until(f"◐ {odd}!")
        await ui.until(lambda: ui.app.focused is not None)
        await ui.type("7.4")
        await ui.until(f"✓ ctrl+s saves; {odd} will be completed")
        assert ui.flowing().count("coating_gap: outside the range") == 1
        assert not ui.screen.form.fields["setting:coating_gap"].has_class("-odd")


async def test_a_long_name_of_a_person_leaves_room_for_what_happened(store: Path) -> None:
    name = "a-login-name-longer-than-any-column-of-the-table"
    Service(str(store), actor=name).campaigns.note("small", "dryer was cleaned")
    async with open_ui(store) as ui:
        await ui.press("6")
        await ui.until("note: dryer was cleaned")
        assert any("note: dryer was cleaned" in row for row in ui.rows()[1:4])
        assert name in ui.text()  # below, in full


async def test_a_correction_begins_at_the_value_that_is_doubted(store: Path) -> None:
    service = Service(str(store))
    service.runs.record("small", "R001", {"mass_loading": "9", "porosity": "0.42"}, at="2026-03-01")
    async with open_ui(store) as ui:
        await ui.press("v", "home")
        await ui.until("● R001!")
        assert "made 2026-03-01\n" in ui.text()  # nobody told a time of day
        await ui.press("c")
        await ui.until("Correct R001")
        await ui.press("tab")
        await ui.type("42")
        await ui.until("designer correct small R001 porosity=42")


async def test_a_notice_that_passes_after_the_end_is_no_fault(store: Path) -> None:
    async with open_ui(store) as ui:
        ui.app.notify("said in passing")
    ui.app._tick()
