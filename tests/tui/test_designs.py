"""Plans that are classical designs, on the screens."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from designer.campaigns.errors import InputError
from designer.cli.parser import read_command_line
from designer.service import Service
from designer.tui.campaign_view import ViewReader
from designer.tui.dialogs.design import design_arguments, design_command
from tests.campaigns_for_tests import SMALL
from tests.tui.cases import Ui, open_ui


async def opened(ui: Ui, place: str) -> None:
    ui.app.action_show(place)
    await ui.until(lambda: ui.place == place)


@pytest.mark.parametrize("informed", [True, False])
async def test_a_design_is_shown_whatever_is_known(
    store: Path, tmp_path: Path, *, informed: bool
) -> None:
    if not informed:
        (tmp_path / "small.toml").write_text(SMALL)
        store = tmp_path / "empty.db"
        Service(str(store)).campaigns.create(tmp_path / "small.toml")
    Service(str(store)).designs.propose("small", "full-factorial", center_points=1, replace=True)
    async with open_ui(store) as ui:
        for place in ("campaign", "record", "history", "proposals"):
            await opened(ui, place)
        await ui.until("of the full-factorial design, no.")
        assert ("bit for" in ui.text()) is informed
        assert "✓ inside all ranges and limits" in ui.text()


# ---- made on the screens ------------------------------------------------------------------------

EMPTY = dict.fromkeys(
    ("options", "n", "replicates", "center", "blocks", "budget", "fix", "given", "replace"), ""
)


async def asked_for(ui: Ui, place: str) -> None:
    await opened(ui, place)
    await ui.press("d")
    await ui.until("same as: designer propose small --design")


async def test_a_design_is_chosen_by_keys_refused_mended_and_made(store: Path) -> None:
    async with open_ui(store) as ui:
        await asked_for(ui, "proposals")
        await ui.press("enter", *"frac", "enter", "tab")
        await ui.type("a=1")
        await ui.press("ctrl+s")
        await ui.until("No new design", 60)  # the worker knows what options there are
        assert "option a" in ui.prose()
        assert len(Service(str(store)).campaigns.show("small")["plans"]) == 1
        # all that was typed is there again; another design is one change away
        await ui.press("escape", "d")
        again = "designer propose small --design fractional-factorial a=1"
        await ui.until(lambda: again in ui.flowing())
        await ui.press("enter", "f", "u", "enter", "tab", "end", "ctrl+u", "tab", "tab", "tab")
        await ui.type("2")
        await ui.press(*["tab"] * 4, "space")  # the box is in sight and has the focus
        await ui.until("▐x▌ abandon the 3 open runs")
        assert "--design full-factorial --replace --center-points 2" in ui.flowing()
        await ui.press("ctrl+s")
        await ui.until("New design: P002: 10 runs", 60)
        assert ui.screen.chosen["design"] is not None
    shown = Service(str(store)).campaigns.show("small")
    made = [run["design"] for run in shown["runs"] if run["plan"] == "P002"]
    assert [point["point_type"] for point in made if point].count(0) == 2  # centre points
    assert {run["status"] for run in shown["runs"][:3]} == {"abandoned"}


def test_the_command_line_is_what_is_done(store: Path) -> None:
    view = ViewReader(Service(str(store))).read("small")
    typed = EMPTY | {
        "name": "fractional-factorial", "options": "generators=C=AB,D=-A order='standard'",
        "n": "8", "replicates": "2", "center": "0", "blocks": "2", "budget": "9.5",
        "fix": "binder='PVDF-A',coating_gap=100", "replace": "yes",
    }  # fmt: skip
    told = read_command_line(shlex.split(design_command(view, typed))[1:]).arguments
    done = dict(design_arguments(view, typed))
    done["design"] = done.pop("name")
    assert done == {name: getattr(told, name) for name in done}
    assert done.keys() >= {"options", "n", "replicates", "center_points", "blocks", "budget"}
    assert done["options"] == {"generators": "C=AB,D=-A", "order": "standard"}
    assert done["fix"] == {"binder": "PVDF-A", "coating_gap": "100"}
    assert design_arguments(view, EMPTY | {"name": "sobol"}) == {"name": "sobol"}
    wrong = {"options": "foo a=1 a=2", "blocks": "0", "center": "-1", "fix": "gap"}
    with pytest.raises(InputError) as caught:
        design_arguments(view, typed | wrong)
    assert len(caught.value.problems) == 5
