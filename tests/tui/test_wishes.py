"""Runs planned by hand, and runs of a table of coils, on the small screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from designer.service import Service
from tests.tui.cases import open_ui


async def test_who_planned_a_run_and_which_coil_it_is_of(store: Path) -> None:
    service = Service(str(store))
    columns: dict[str, Sequence[object]] = {"coil": ["007", "C-8"], "coating_gap": [81.5, 100.0]}
    plan = service.plans.propose("small", 1, among=columns, replace=True)
    coil = (plan["runs"][0]["extra"] or {})["coil"]
    own = {"solid_content": "53", "coating_gap": "200", "binder": "PVDF-B"}
    run = service.runs.attach("small", own)["run"]
    async with open_ui(store, size=(80, 24)) as ui:
        await ui.press("2")
        await ui.until(f"coil {coil}")
        assert "choosing among the 2 recipes of data frame" in ui.prose()
        await ui.press("down")
        await ui.until("planned by hand, order 1")
        assert run in ui.text()
        assert "planned by hand, which costs" in ui.prose()
