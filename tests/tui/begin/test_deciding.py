"""What is known is asked for, other runs than proposed are made, campaigns end and change."""

from __future__ import annotations

import shlex
from argparse import Namespace
from pathlib import Path

import pytest

from designer.campaigns.errors import InputError
from designer.cli.parser import read_command_line
from designer.service import Service
from designer.tui.campaign_view import CampaignView, ViewReader
from designer.tui.dialogs.begin.amending import amend_command
from designer.tui.dialogs.deciding.by_hand import attach_arguments, attach_command
from designer.tui.dialogs.deciding.judge import judge_arguments, judge_command
from designer.tui.dialogs.deciding.others import replacing_arguments, replacing_command
from designer.tui.dialogs.deciding.recipes import predict_command
from tests.campaigns_for_tests import SMALL
from tests.tui.begin.filling import fill
from tests.tui.cases import Ui, open_ui


async def at(ui: Ui, place: str, key: str, title: str) -> None:
    ui.app.action_show(place)
    await ui.until(lambda: ui.place == place)
    await ui.press(key)
    await ui.until(title)


async def refused(ui: Ui) -> str:
    """What the question refuses, once it does."""
    await ui.until(lambda: ui.screen.query_one("#modal-wrong").display, 60)
    return str(ui.screen.query_one("#modal-wrong").render().plain)


def read(line: str) -> Namespace:
    return read_command_line(shlex.split(line)[1:]).arguments


def view_of(store: Path) -> CampaignView:
    return ViewReader(Service(str(store))).read("small")


# ---- what is known ------------------------------------------------------------------------------


async def test_recipe_best_and_worth_are_computed_in_the_worker(store: Path) -> None:
    async with open_ui(store) as ui:
        await at(ui, "proposals", "P", "Predict for small")
        settings = ui.run("R001")["used"]
        assert f"solid_content={settings['solid_content']:g}" in ui.flowing()
        await ui.press("end", "backspace", "backspace", "x", "ctrl+s")
        assert "solid_content" in await refused(ui)  # where it was typed
        await ui.press("backspace", "5", "5", "ctrl+s")
        await ui.until("Predicted: 1 recipe", 60)
        assert "solid_content 55 wt%" in ui.text()
        assert "window 11 to 13" in ui.text()
        await ui.press("escape")
        await ui.gone("Predicted: ")
        await ui.press("b")
        await ui.until("same as: designer best small -n 5")
        await ui.press("enter")
        await ui.until("1. solid_content", 60)
        await ui.press("end")
        await ui.until("same as: designer best small -n 5")
        await ui.press("escape")
        await ui.gone("Set-points: small")
        await ui.press("w")
        await ui.until("same as: designer propose small --judge open")
        await ui.press("ctrl+s")
        await ui.until("What it is worth", 60)
        assert "Verdict" in ui.text()
    assert len(Service(str(store)).campaigns.show("small")["plans"]) == 1


def test_command_lines_of_what_is_known(store: Path) -> None:
    view = view_of(store)
    typed = {"in-solid_content": "55", "in-binder": "PVDF A", "in-coating_gap": "0.1 mm",
             "path": "", "out": "a b.csv", "force": "yes"}  # fmt: skip
    told = read(predict_command(view, typed))
    assert told.source == {"solid_content": "55", "coating_gap": "0.1 mm", "binder": "PVDF A"}
    assert (told.out, told.force) == (Path("a b.csv"), True)
    assert read(predict_command(view, typed | {"path": "r.csv"})).source == Path("r.csv")
    asked = dict.fromkeys(("map", "unit", "set", "where", "sheet", "header", "mapping"), "")
    asked |= {"path": "my plan.csv", "plan": "P001 open", "effect": "2 porosity=0.5", "seed": "7"}
    asked |= {"decimal": "file", "map": "'Gap [mm]=coating_gap'"}
    done, line = judge_arguments(view, asked), read(judge_command(view, asked))
    assert [str(each) for each in line.judge] == done["plans"] == ["my plan.csv", "P001", "open"]
    assert (line.effect, line.seed) == (done["effect"], done["seed"])
    options = done["options"]
    assert isinstance(options, dict)
    assert line.columns == options["columns"]
    with pytest.raises(InputError) as caught:
        judge_arguments(view, asked | {"path": "", "plan": "", "seed": "x"})
    assert len(caught.value.problems) == 2


# ---- other runs ---------------------------------------------------------------------------------


async def test_a_run_of_ones_own_is_seen_refused_and_entered(store: Path) -> None:
    async with open_ui(store) as ui:
        await at(ui, "campaign", "t", "A run nobody proposed")
        for text in ("55", "100", "PVDF-C", "7.1"):
            await fill(ui, text)
            await ui.press("tab")
        await ui.press("ctrl+s")
        assert "PVDF-A, PVDF-B" in await refused(ui)
    async with open_ui(store) as ui:
        await at(ui, "campaign", "t", "A run nobody proposed")
        await ui.until("PVDF-C")  # nothing is lost, whatever ended the program
        await ui.press("tab", "tab", "end", "backspace", "A", "ctrl+s")
        await ui.until("It would be R004, partial", 60)
        await ui.press("enter")
        await ui.until(lambda: ui.app.view is not None and ui.app.view.run("R004"), 60)
        assert ui.run("R004")["results"]["mass_loading"] == [7.1]


async def test_another_instead_of_a_run_and_several_skipped(store: Path) -> None:
    async with open_ui(store) as ui:
        await at(ui, "proposals", "G", "Another run in its place")
        await ui.press("tab")
        await fill(ui, "too wide")
        assert "--instead-of R001 --reason 'too wide'" in ui.flowing()
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.run("R001")["status"] == "abandoned", 60)
        assert "too wide" in str(ui.run("R001")["failure"])
        await ui.until("New plan")
        await ui.press("home", "S")
        await ui.until("Skip several runs")
        waiting = " ".join(run["run"] for run in ui.app.view.waiting) if ui.app.view else ""
        assert ui.screen.values["runs"] == waiting
        await ui.press("ctrl+s")
        await ui.until("✗ reason")
        await ui.press("tab")
        await fill(ui, "other foil")
        await ui.press("ctrl+s")
        await ui.until("No run waits")
        await ui.press("v", "O")
        await ui.until("R001 is abandoned")
        await fill(ui, "it was made")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.run("R001")["status"] == "proposed")
        await ui.press("O")
        await ui.until(lambda: "nothing to reopen" in ui.notes())


def test_command_lines_of_other_runs(store: Path) -> None:
    view = view_of(store)
    typed = {"runs": "r001, R002", "reason": "a b", "fix": "binder=PVDF-A", "budget": "9"}
    told, done = read(replacing_command(view, typed)), replacing_arguments(view, typed)
    assert {name: getattr(told, name) for name in done} == done
    with pytest.raises(InputError):
        replacing_arguments(view, typed | {"runs": "R001 R077"})
    typed = {"in-solid_content": "55", "out-porosity": "31/32", "batch-slurry": "slurry-01",
             "at": "2026-03-01 14:30", "note": "edge bead"}  # fmt: skip
    told, arguments = read(attach_command(view, typed)), attach_arguments(view, typed)
    assert {"solid_content": "55", "porosity": "31/32"} == told.values == arguments["values"]
    assert told.batch == arguments["batch"] == {"slurry": "slurry-01"}
    assert (told.at, told.note) == (arguments["at"], arguments["note"])


# ---- the campaign as a whole --------------------------------------------------------------------


async def test_the_specification_changes_after_a_look(store: Path, tmp_path: Path) -> None:
    (tmp_path / "spec.toml").write_text(SMALL.replace("[11, 13]", "[11, 12.5]"))
    (tmp_path / "bad.toml").write_text(SMALL.replace("[11, 13]", "[13, 11]"))
    async with open_ui(store) as ui:
        await at(ui, "campaign", "M", "Change the specification of small")
        await fill(ui, "bad.toml")
        await ui.press("ctrl+s")
        await ui.until("response[0].window")
        await ui.press("ctrl+u")
        await fill(ui, "spec.toml")
        await ui.press("ctrl+s")
        await ui.until("nothing is written yet")
        assert "12.5" in ui.text()
        assert "same as: designer amend small spec.toml" in ui.flowing()
        await ui.press("enter")
        await ui.until(lambda: ui.app.view is not None and ui.app.view.details["spec"]["response"]
                       [0]["window"] == [11, 12.5])  # fmt: skip
        assert read(amend_command(view_of(store), {"path": "a b.toml", "reason": "x y"})).reason
        # closed, refused what writes, and open again
        await ui.press("c")
        await ui.until("Close small")
        await fill(ui, "goal reached")
        await ui.press("ctrl+s")
        await ui.until("This campaign is closed")
        await ui.press("m", "M")
        await ui.pilot.pause()
        assert not ui.screen.is_modal
        await ui.press("O")
        await ui.until("Undo: event")
        await ui.press("ctrl+s")
        await ui.gone("This campaign is closed")
        await ui.press("O")
        await ui.until(lambda: "small is open" in ui.notes())
