"""Wishes of a plan: what is set up kept, with its price; recipes of a table."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from designer.campaigns.errors import InputError
from designer.cli.parser import read_command_line
from designer.service import Service
from designer.tui.campaign_view import ViewReader
from designer.tui.dialogs.deciding.set_up import ways_to_hold
from designer.tui.dialogs.plan import plan_arguments, plan_command
from tests.tui.begin.filling import fill
from tests.tui.cases import open_ui

TYPED = {"n": "2", "budget": "", "fix": "", "hold": "", "among": "", "about": "", "seed": ""}


def test_the_command_line_is_what_is_done(store: Path) -> None:
    service = Service(str(store))
    view = ViewReader(service).read("small")
    assert ways_to_hold(view) == {}  # nothing was made yet
    service.runs.start("small", "R001")
    view = ViewReader(service).read("small")
    settings = view.runs[0]["used"]
    (stage,) = ways_to_hold(view)
    assert stage == "slurry"
    typed = TYPED | {
        "hold": "slurry", "fix": "coating_gap=100", "among": "coils 1.xlsx", "top_up": "yes",
        "about": "--map 'Gap [mm]=coating_gap' --unit 'Gap [mm]=mm' --sheet 'S 1'", "seed": "7",
    }  # fmt: skip
    done = dict(plan_arguments(view, typed))
    told = read_command_line(shlex.split(plan_command(view, typed))[1:]).arguments
    options = done.pop("options")
    assert isinstance(options, dict)
    for name in ("columns", "units", "sheet"):
        assert getattr(told, name) == options[name]
    assert done.pop("among") == str(told.among)
    assert done == {name: getattr(told, name) for name in done}
    assert done["fix"] == {
        "solid_content": f"{settings['solid_content']:g}",
        "binder": settings["binder"],
        "coating_gap": "100",
    }
    anew = TYPED | {"replace": "yes", "reason": "--all wrong"}
    done, line = dict(plan_arguments(view, anew)), plan_command(view, anew)
    told = read_command_line(shlex.split(line)[1:]).arguments
    assert done == {name: getattr(told, name) for name in done}
    assert done["reason"] == "--all wrong"
    with pytest.raises(InputError) as caught:
        plan_arguments(view, TYPED | {"about": "gap --foo", "seed": "x", "n": "0"})
    assert len(caught.value.problems) == 4


async def test_what_is_set_up_is_held_and_its_price_told_before(store: Path) -> None:
    async with open_ui(store) as ui:
        await ui.press("2", "h")
        await ui.until(lambda: "Nothing is set up yet" in ui.notes())
        await ui.press("a")
        await ui.until(lambda: ui.run("R001")["status"] == "running")
        await ui.press("h")
        await ui.until("Keep as set up now")
        assert "--fix solid_content=" in ui.flowing()
        await ui.press("ctrl+s")
        await ui.until("What holding costs", 60)
        assert "% of the information" in ui.text()
        assert "slurry-01" in ui.text()
        await ui.press("escape")
        await ui.gone("What holding costs")
        assert len(Service(str(store)).campaigns.show("small")["plans"]) == 1
        await ui.press("h")
        await ui.until("Keep as set up now")
        await ui.press("2", "ctrl+s")
        await ui.until("What holding costs", 60)
        await ui.press("enter")
        await ui.until("New plan: P002", 60)
        shown = ui.run("R001")["used"]
        new = [run for run in ui.app.view.runs if run["plan"] == "P002"] if ui.app.view else []
        assert {run["used"]["solid_content"] for run in new} == {shown["solid_content"]}
        assert new


async def test_only_recipes_of_a_table_are_proposed(store: Path, tmp_path: Path) -> None:
    rows = "solid_content,Gap,binder,coil\n55,100,PVDF-A,c7\n57,150,PVDF-B,c9\n"
    (tmp_path / "coils.csv").write_text(rows)
    async with open_ui(store) as ui:
        await ui.press("2", "g")
        await ui.until("Only recipes of")
        await ui.press("ctrl+u", "1", *["tab"] * 6)
        await fill(ui, "co")
        await ui.press("tab", "tab")
        await fill(ui, "--map Gap=coating_gap")
        await ui.until("--among coils.csv --map Gap=coating_gap")
        await ui.press("ctrl+s")
        await ui.until("New plan: P002", 60)
        assert ui.screen.chosen["extra"]["coil"] in ("c7", "c9")
