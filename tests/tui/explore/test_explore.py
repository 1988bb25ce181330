"""4 Explore in the program: maps, read-out, sliders, slices, and runs planned from them."""

import re
import time
import tomllib
from pathlib import Path

from designer.service import Service
from designer.tui.explore.state import Exploring
from designer.tui.screens.explore import ExploreScreen
from designer.tui.widgets.pictures.map_view import MapView
from designer.tui.widgets.pictures.picture import Picture
from tests.campaigns_for_tests import SMALL
from tests.tui.cases import Ui, open_ui

SHARE = 0.18  # s of CPU for a key with all that Pilot waits for: three times the aim of 60 ms


def here(ui: Ui) -> Exploring:
    screen = ui.app.screen
    assert isinstance(screen, ExploreScreen)
    assert screen.here is not None
    return screen.here


async def explore(ui: Ui) -> None:
    await ui.press("4")
    await ui.until("in spec")
    await ui.until("±")


async def test_the_map_the_cursor_and_what_is_expected_there(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"mass_loading": "12", "porosity": "41"})
    async with open_ui(store) as ui:
        await explore(ui)
        await ui.until("mass_loading [mg/cm^2]")
        before = here(ui).recipe
        assert "╋" in ui.text()
        assert "●" in ui.text()
        await ui.press("right", "down")
        after = here(ui).recipe
        assert after["solid_content"] == min(60.0, float(before["solid_content"]) + 1)
        assert f"solid_content {after['solid_content']:g} wt%" in ui.text()
        await ui.press("y")
        await ui.until("porosity [%]")
        await ui.press("v")
        await ui.until("± 95 % of porosity")
        await ui.press("v")
        await ui.until("probability in spec")
        await ui.press("v")
        await ui.until("bits of one more run")
        await ui.until(" bit")


async def test_the_read_out_is_what_predict_says(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"mass_loading": "12", "porosity": "41"})
    async with open_ui(store) as ui:
        await explore(ui)
        await ui.press("right", "right")
        recipe = {name: str(value) for name, value in here(ui).recipe.items()}
        row = Service(str(store)).models.predict("small", recipe)["rows"][0]
        assert f"porosity {row['porosity_mean']:.1f}"[:-2] in ui.prose()
        inside = row["in_spec"]
        assert isinstance(inside, float)
        assert f"in spec {100 * inside:.0f} %" in ui.prose()


async def test_a_held_factor_moves_and_every_number_follows(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"mass_loading": "12", "porosity": "41"})
    async with open_ui(store) as ui:
        await explore(ui)
        binder = here(ui).recipe["binder"]
        await ui.press("right_square_bracket")
        assert here(ui).recipe["binder"] != binder
        await ui.until("[ ]")
        await ui.until("computing")
        await ui.gone("computing")
        await ui.press("t")
        assert (here(ui).x, here(ui).y) == ("coating_gap", "solid_content")
        await ui.press("a")
        await ui.until("The axes of the map")
        await ui.press("escape")


async def test_slices_take_the_place_of_the_map_and_stand_below_it_on_wide_ones(
    store: Path,
) -> None:
    Service(str(store)).runs.record("small", "R001", {"mass_loading": "12", "porosity": "41"})
    async with open_ui(store) as ui:
        await explore(ui)
        assert not ui.app.screen.query_one("#strip", Picture).display
        await ui.press("enter")
        await ui.until("┊")
        assert "╋" not in ui.text()
        await ui.press("enter")
        await ui.until("╋")
    async with open_ui(store, size=(140, 40)) as ui:
        await explore(ui)
        await ui.until("± 95 % of mass_loading")
        assert "┊" in ui.text()
        assert ui.text().count("╋") == 2


async def test_a_run_is_planned_from_the_map(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"mass_loading": "12", "porosity": "41"})
    async with open_ui(store) as ui:
        await explore(ui)
        await ui.press("e")
        await ui.until("What if")
        await ui.press("escape")
        recipe = dict(here(ui).recipe)
        await ui.press("plus")
        await ui.until("Plan a run here")
        await ui.until("designer attach small")
        assert re.search(r"\d bit .*for [\d.]+ h, with", ui.prose())
        await ui.press("ctrl+s")
        await ui.until("is planned")
    runs = Service(str(store)).campaigns.show("small")["runs"]
    assert runs[-1]["status"] == "proposed"
    assert runs[-1]["settings"] == recipe


async def test_settings_that_are_typed_are_checked_and_looked_at(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"mass_loading": "12", "porosity": "41"})
    async with open_ui(store) as ui:
        await explore(ui)
        await ui.press("e")
        await ui.until("What if")
        await ui.press(*["backspace"] * 6, "9", "9", "ctrl+s")
        await ui.until("outside the range")
        await ui.press("backspace", "backspace", "5", "3", "ctrl+s")
        await ui.gone("nothing is written")
        assert here(ui).recipe["solid_content"] == 53.0


async def test_where_nothing_is_known_it_says_what_to_do(store: Path) -> None:
    Service(str(store)).campaigns.create(tomllib.loads(SMALL.replace('"small"', '"new"')))
    async with open_ui(store, campaign="new") as ui:
        await ui.press("4")
        await ui.until("No map yet")
        assert "Record a run" in ui.prose()


async def test_one_factor_has_slices_and_a_read_out(store: Path) -> None:
    spec = '[campaign]\nversion = 1\nname = "one"\nline = "l"\n[[factor]]\nname = "gap"\nlow = 50\n'
    spec += 'high = 300\nstep = 10\n[[response]]\nname = "y"\n'
    service = Service(str(store))
    service.campaigns.create(tomllib.loads(spec))
    for made in (50, 100, 200, 300):
        service.runs.attach("one", {"gap": str(made), "y": str(made / 100)})
    async with open_ui(store, campaign="one") as ui:
        await ui.press("4")
        await ui.until("half the 95 % interval")
        await ui.until("┊")
        gap = here(ui).recipe["gap"]
        await ui.press("left")
        assert here(ui).recipe["gap"] != gap
        row = service.models.predict("one", {"gap": str(here(ui).recipe["gap"])})["rows"][0]
        mean = row["y_mean"]
        assert isinstance(mean, float)
        await ui.until(f"y {mean:.1f}"[:-1])
        await ui.press("a")
        await ui.until("a map needs two factors")


async def test_a_cursor_key_is_cheap(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"mass_loading": "12", "porosity": "41"})
    async with open_ui(store) as ui:
        await explore(ui)
        began = time.process_time()
        for _ in range(10):
            await ui.press("right", "left")
        assert (time.process_time() - began) / 20 < SHARE


async def test_without_colours_signs_are_plain(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"mass_loading": "12", "porosity": "41"})
    async with open_ui(store) as ui:
        ui.app.ascii_only = True
        await explore(ui)
        rows = ui.app.screen.query_one("#map-main", MapView).canvas()
        assert rows is not None
        assert all(row.isascii() for row in rows.rows())
