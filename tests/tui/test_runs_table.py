"""The table of runs: order, search, frozen columns, rounded settings; what skipping costs."""

import tomllib
from pathlib import Path

import pandas as pd
import pytest

from designer import Campaign
from designer.service import Service
from designer.tui.widgets.run_text import kept_words
from designer.tui.widgets.runs_table import setting_text
from tests.tui.cases import open_ui

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

MANY = "\n".join(
    [
        '[campaign]\nversion = 1\nname = "many"\nline = "l"',
        *(f'[[factor]]\nname = "factor_number_{k}"\nlow = 0\nhigh = 1000' for k in range(12)),
        '[[response]]\nname = "porosity"\nunit = "%"',
        '[[response]]\nname = "adhesion"\nunit = "N/m"',
    ]
)


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Forty runs of twelve factors with settings as a file has them."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    rows = [
        {**{f"factor_number_{k}": 100 / 3 + k + row for k in range(12)},
         "porosity": 30.0 + row, "adhesion": 99.0 - row}
        for row in range(40)
    ]  # fmt: skip
    path = tmp_path / "many.db"
    with Campaign.create(tomllib.loads(MANY), store=path) as case:
        case.attach(pd.DataFrame(rows))
    return path


async def test_with_many_factors_results_stand_beside_the_run(many: Path) -> None:
    async with open_ui(many, campaign="many") as ui:
        await ui.press("2", "v")
        await ui.until("R001")
        row = next(row for row in ui.rows() if "R003" in row)
        assert "32" in row
        assert "97" in row
        assert "35.3333" in row
        assert "35.333333" not in ui.text().partition("R003")[0]
        for _ in range(30):
            await ui.press("right")
        await ui.pilot.pause(0.3)
        assert any("R003" in row for row in ui.rows())  # the run stays in sight


async def test_rows_are_sorted_and_found(many: Path) -> None:
    async with open_ui(many, campaign="many") as ui:
        await ui.press("2", "v")
        await ui.until("R001")
        await ui.press("z", "z")
        await ui.until("highest porosity first")
        first = next(row for row in ui.rows() if "● R0" in row)
        assert "R040" in first
        await ui.press("slash")
        await ui.type("r017")
        await ui.until(lambda: sum("● R0" in row for row in ui.rows()) <= 2)
        assert "R017" in ui.text()
        await ui.press("enter")
        await ui.press("slash", *["backspace"] * 4, "x", "y", "enter")
        await ui.until("No run holds this text")


async def test_what_is_left_without_a_run_is_told(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"mass_loading": "12", "porosity": "41"})
    async with open_ui(store) as ui:
        await ui.press("2")
        await ui.until("rank")
        await ui.until("without it the open runs keep")
    told = Service(str(store)).pictures.what_if("small", run="R002")
    assert told["before"] is not None
    assert told["open_bits"] is not None
    assert 0 < (told["before"]["bits"] or 0) <= told["open_bits"] + 1e-6
    assert "keep" in kept_words(told)


async def test_replicates_show_their_spread_and_the_odd_one(store: Path) -> None:
    results = {"mass_loading": "12.1/12.2/12.0/15.9", "porosity": "41/42"}
    Service(str(store)).runs.record("small", "R001", results)
    async with open_ui(store) as ui:
        await ui.press("2", "v", "home")
        await ui.until("R001")
        await ui.until("15.9 is odd")
        assert "mean 41.5 ± 0.71" in ui.prose()


def test_settings_have_as_many_digits_as_can_be_read() -> None:
    assert setting_text(56.5) == "56.5"
    assert setting_text(100 / 3) == "33.3333"
    assert setting_text(1234567.0) == "1234567"
    assert setting_text(0.1 + 0.2) == "0.3"
    assert setting_text("PVDF-A with a long name") == "PVDF-A with…"
    assert setting_text(None) == "–"
