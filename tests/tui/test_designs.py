"""Plans that are classical designs, on the screens."""

from __future__ import annotations

from pathlib import Path

import pytest

from designer.service import Service
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
