"""What is odd about runs in the terminal UI: shown until somebody acts, asked before harm."""

from pathlib import Path

from designer.service import Service
from tests.campaigns_for_tests import SMALL
from tests.tui.cases import open_ui


async def test_a_run_that_a_change_forbids_is_started_only_when_asked(
    store: Path, tmp_path: Path
) -> None:
    spec = tmp_path / "tight.toml"
    spec.write_text(SMALL.replace("levels = [80, 100, 150, 200]", "levels = [60, 70]"))
    Service(str(store)).campaigns.amend("small", spec)
    async with open_ui(store) as ui:
        await ui.until("R001!")
        await ui.until("allowed: 60, 70 um")
        await ui.press("a")
        await ui.until("R001 is not allowed any more")
        await ui.press("escape")
        await ui.gone("R001 is not allowed any more")
        assert ui.run("R001")["status"] == "proposed"
        await ui.press("a")
        await ui.until("R001 is not allowed any more")
        assert "designer start small R001 --anyway" in ui.text()
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.run("R001")["status"] == "running")
        await ui.press("1")
        await ui.until("break the specification")


async def test_a_slip_is_seen_in_the_form_and_confirmed_with_a_remark(store: Path) -> None:
    first = Service(str(store))
    first.runs.record("small", "R001", {"porosity": "0.42", "mass_loading": "7"})
    async with open_ui(store) as ui:
        await ui.press("1")
        await ui.until("porosity in R001 may be a slip")
        await ui.press("2", "v")
        await ui.until("R001!")
        await ui.press("home", "exclamation_mark")
        await ui.until("Confirm R001")
        assert "about 1/100 of its prediction" in " ".join(ui.text().split())
        await ui.type("measured again")
        await ui.press("ctrl+s")
        await ui.until(lambda: not ui.run("R001")["flags"])
        await ui.gone("R001!")
    assert first.runs.show("small", "R001")["flags"] == []
