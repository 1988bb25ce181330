"""Pictures where people look: on Campaign, Proposals and Lines, at both sizes."""

from pathlib import Path

import pytest

from designer.service import Service
from designer.tui.widgets.pictures.panes import EvidencePane
from tests.tui.cases import open_ui

WIDE = (140, 40)


@pytest.fixture
def known(store: Path) -> Path:
    """A store in which one run was measured."""
    Service(str(store)).runs.record("small", "R001", {"mass_loading": "12", "porosity": "41"})
    return store


async def test_pictures_take_the_place_of_the_text_and_give_it_back(known: Path) -> None:
    async with open_ui(known) as ui:
        await ui.press("1")
        await ui.until("Learned")
        await ui.press("p")
        await ui.until("parity")
        await ui.until("mass_loading [mg/cm^2] predicted")
        assert "Learned" not in ui.text()
        assert "too few runs to tell" in ui.prose()
        await ui.press("y")
        await ui.until("porosity [%] predicted")
        seen = []
        for _ in range(4):
            await ui.press("p")
            await ui.pilot.pause(0.05)
            seen.append(ui.text())
        assert any("information [bit]" in text for text in seen)
        assert any("in the order of making" in text for text in seen)
        assert any("Learned" in text for text in seen)


async def test_on_a_wide_terminal_they_stand_beside_it(known: Path) -> None:
    async with open_ui(known, size=WIDE) as ui:
        await ui.press("1")
        await ui.until("mass_loading [mg/cm^2] predicted")
        assert "Learned" in ui.text()
        await ui.press("p")
        await ui.until("what open runs promise")
        assert ui.app.screen.query_one(EvidencePane).shows == 1


async def test_they_follow_what_is_recorded(known: Path) -> None:
    async with open_ui(known, size=WIDE) as ui:
        await ui.press("1")
        await ui.until("predicted without its run")
        await ui.press("p", "p", "p")
        await ui.until("in the order of making")
        assert "R002" not in ui.text().partition("in the order of making")[0].rpartition("└")[2]
        Service(str(known)).runs.record("small", "R002", {"mass_loading": "11"})
        await ui.until(lambda: ui.app.view is not None and ui.app.view.seq > 4)
        await ui.until("R002  ")


async def test_slices_of_a_run_stand_beside_it_and_follow_the_cursor(known: Path) -> None:
    async with open_ui(known, size=WIDE) as ui:
        await ui.press("2")
        await ui.until("slices through R002")
        await ui.until("┊")
        await ui.press("down")
        await ui.until("slices through R003")
    async with open_ui(known) as ui:
        await ui.press("2")
        await ui.until("why")
        await ui.press("p")
        await ui.until("slices through R002")
        await ui.press("p")
        await ui.until("why")


async def test_trust_in_a_line_is_drawn_with_what_it_said(known: Path) -> None:
    async with open_ui(known) as ui:
        await ui.press("5")
        await ui.until("trust, 0 to 1")
        assert "too early to tell" in ui.prose()
        await ui.until("of own runs, as line2 alone says")
        await ui.press("y")
        await ui.until("porosity [%] of own runs")
