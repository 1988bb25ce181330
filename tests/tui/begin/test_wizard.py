"""A campaign is begun in the terminal UI, page by page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from designer.campaigns.specification.load import example_text, from_toml, load_specification
from designer.service import Service
from designer.tui.dialogs.begin.spec_draft import SpecDraft, tables_of_toml
from tests.campaigns_for_tests import SMALL
from tests.tui.begin.filling import fill
from tests.tui.cases import Ui, open_ui


async def wizard(ui: Ui) -> None:
    await ui.until("campaign")
    await ui.press("n")
    await ui.until("New campaign · ")


async def cells(ui: Ui, *texts: str) -> None:
    for text in texts:
        await fill(ui, text)
        await ui.press("tab")


# ---- what is typed, as a specification ----------------------------------------------------------


@pytest.mark.parametrize("text", [example_text(), SMALL])
def test_a_template_goes_through_the_cells_unharmed(text: str) -> None:
    draft = SpecDraft()
    draft.begin_from(tables_of_toml(text, "spec.toml"), "spec.toml")
    told = tables_of_toml(text, "")["campaign"]
    draft.fields |= {"name": told["name"], "line": told["line"]}
    again = SpecDraft.from_texts(draft.kept_texts())
    assert again is not None
    assert again == draft
    assert replace(from_toml(again.toml()), text="") == replace(from_toml(text), text="")


def test_cells_say_log_levels_names_open_ends_and_decimal_commas() -> None:
    draft = SpecDraft(fields={"name": "a", "line": "b", "unit": "h", "run": "0,5"})
    draft.rows = {
        "factor": [
            {"name": "additive", "low": "1e-6", "high": "1e-3", "step": "4", "scale": "log"},
            {},
            {"name": "gap", "values": "80, 100.5, 150"},
            {"name": "binder", "values": "A, 007"},
        ],
        "response": [{"name": "y", "window_low": "3", "goal": "maximise", "noise_sd": "0,15"}],
    }
    spec = load_specification(draft.tables())
    additive, gap, binder = spec.factors
    assert (additive.log_scale, additive.per_decade) == (True, 4)
    assert gap.levels == (80.0, 100.5, 150.0)
    assert binder.categories == ("A", "007")
    assert spec.responses[0].window == (3.0, float("inf"))
    assert (spec.responses[0].noise_sd, spec.costs.run) == (0.15, 0.5)
    draft.rows["factor"][2]["values"] = "80, 70"
    (problem,) = draft.problems()
    assert draft.place(problem) == ("factor", (2, "values"))  # the empty row counts here


def test_what_is_missing_on_later_pages_is_no_problem_yet() -> None:
    draft = SpecDraft(fields={"name": "", "line": "l"})
    assert [problem.where for problem in draft.problems(upto=0)] == ["campaign.name"]
    assert {problem.where for problem in draft.problems()} >= {"factor", "response"}


# ---- page by page -------------------------------------------------------------------------------


async def test_a_campaign_is_begun_from_nothing(store: Path, tmp_path: Path) -> None:
    async with open_ui(store, None) as ui:
        await wizard(ui)
        await ui.press("tab", "tab")
        await fill(ui, "Small")
        await ui.press("tab")
        await fill(ui, "line9")
        await ui.press("ctrl+s")
        await ui.until("is taken in this store")  # in any spelling
        await ui.press("shift+tab", "end", "2", "ctrl+s")
        await ui.until("2 of 6: Stages")
        await cells(ui, "slurry", "3")
        await ui.press("ctrl+s")
        await ui.until("3 of 6: Factors")
        await cells(ui, "gap", "um", "50", "101", "10", "", "slury", "")
        await cells(ui, "binder", "", "", "", "", "A,B")
        await ui.press("ctrl+s")
        await ui.until("✗ high: ")
        assert "110" in ui.prose()
        assert "✗ stage: " in ui.text()  # all at once, each below its row
        assert ui.screen.focused.column.key == "high"
        await ui.press("end", "backspace", "0", *["tab"] * 3, "end", "backspace")
        await ui.press("r", "y", "ctrl+s")
        await ui.until("4 of 6: Responses")
        await cells(ui, "load", "mg", "3", "5")
        await ui.press("ctrl+s")
        await ui.until("5 of 6: Limits")
        await ui.press("ctrl+s")
        await ui.until('name = "gap"')
        assert "same as: designer init Small2.toml" in ui.text()
        (tmp_path / "Small2.toml").write_text("mine")
        await ui.press("ctrl+s")
        await ui.until("overwrite a file that is there")
        assert "exists already" in ui.prose()
        assert (tmp_path / "Small2.toml").read_text() == "mine"
        await ui.press("tab", "space", "ctrl+s")
        await ui.until(lambda: ui.app.view is not None and ui.app.view.name == "Small2")
        await ui.until(lambda: ui.place == "campaign")
    spec = Service(str(store)).campaigns.specification("Small2")
    assert spec["factor"][0]["high"] == 100
    assert spec["response"][0]["window"] == [3, 5]
    assert load_specification(tmp_path / "Small2.toml").name == "Small2"


async def test_escape_and_a_kill_lose_nothing(store: Path) -> None:
    async with open_ui(store, None) as ui:
        await wizard(ui)
        await ui.press("enter", "end", "up", "enter")  # the last but a file of yours: as small
        await ui.until("as campaign small")
        await ui.press("tab", "tab")
        await fill(ui, "other")
        await ui.press("tab")
        await fill(ui, "line9")
        await ui.press("ctrl+s")
        await ui.until("2 of 6: Stages")
        await ui.press("ctrl+s")
        await ui.until("3 of 6: Factors")
        await ui.press("end")
        await fill(ui, "_x")
        await ui.press("escape")
        await ui.until("2 of 6: Stages")
        assert "slurry" in [row["name"] for row in ui.screen._draft.rows["stage"]]
        await ui.press("escape", "escape")
        await ui.gone("New campaign")
    async with open_ui(store, None) as ui:
        await wizard(ui)
        await ui.until("other")
        await ui.press("ctrl+s", "ctrl+s")
        await ui.until("3 of 6: Factors")
        assert "solid_content_x" in [cell.value for cell in ui.screen.query(".cell")]
        await ui.press("ctrl+n")
        await ui.until("1 of 6")
        assert ui.screen._draft == SpecDraft(fields=ui.screen._draft.fields)
    assert len(Service(str(store)).campaigns.list()["campaigns"]) == 1


async def test_a_template_file_that_is_none_is_told(store: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("= 1")
    async with open_ui(store, None) as ui:
        await wizard(ui)
        await ui.press("enter", "end", "enter", "tab")
        await fill(ui, "bro")
        await ui.press("tab")
        await ui.until("broken.toml")
        await ui.press("ctrl+s")
        await ui.until("not valid TOML")


async def test_a_specification_is_changed_page_by_page(store: Path, tmp_path: Path) -> None:
    async with open_ui(store) as ui:
        await ui.press("1", "m")
        await ui.until("Change small · 1 of 6")
        await ui.press("ctrl+s")
        await ui.until("2 of 6")
        await ui.press("ctrl+s")
        await ui.until("3 of 6: Factors")
        assert ui.screen.query_one(".cells").query(".cell").last().column.key == "was"
        await ui.press("down", "down", "down")  # a factor that is new
        await cells(ui, "speed", "m/min", "1", "5", "1", "", "coating")
        await ui.press("ctrl+s")
        await ui.until("4 of 6: Responses")
        await ui.press("tab", "tab", "tab", "end", "backspace", "4", "ctrl+s")
        await ui.until("5 of 6")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.screen.query_one(".page-wrong").display)
        wrong = str(ui.screen.query_one(".page-wrong").render().plain)
        assert "was" in wrong  # what runs had is not told yet
        await ui.press("escape", "escape")
        await ui.until("3 of 6: Factors")
        await ui.press("down", "down", "down", "shift+tab", "tab", *["tab"] * 8, "2", "ctrl+s")
        await ui.until("4 of 6: Responses")
        await ui.press("ctrl+s")
        await ui.until("5 of 6")
        await ui.press("ctrl+s")
        await ui.until("Changes:")
        assert "14" in ui.text()
        await ui.until("same as: designer amend small small.toml")
        await ui.press("ctrl+s")
        await ui.until(lambda: "The specification is changed" in ui.notes())
    spec = Service(str(store)).campaigns.specification("small")
    assert spec["response"][0]["window"] == [11, 14]
    assert spec["factor"][-1]["name"] == "speed"
    assert load_specification(tmp_path / "small.toml").factor("speed") is not None
