"""Computing in the worker: progress, cancelling, refusals, and an interface that stays alive."""

import asyncio
import time
from pathlib import Path

import pytest

from designer.campaigns.errors import InputError
from designer.service import Service
from designer.tui.campaign_view import ViewReader
from designer.tui.dialogs.plan import plan_arguments
from tests.tui.cases import Ui, open_ui

MANY = 400  # runs of a plan that takes long enough to be interrupted


def plans(store: Path, campaign: str = "small") -> list[str]:
    return [plan["plan"] for plan in Service(str(store)).campaigns.show(campaign)["plans"]]


async def ask_for(ui: Ui, runs: int) -> None:
    await ui.press("g")
    await ui.until("Number of runs")
    await ui.press("end", "ctrl+u")
    await ui.type(str(runs))
    await ui.press("ctrl+s")


async def test_a_new_plan_is_computed_and_shown(store: Path) -> None:
    async with open_ui(store) as ui:
        await ui.press("1")
        await ui.until("Next")
        await ui.press("g")
        await ui.until("designer propose small -n 4")
        await ui.press("tab", "tab")
        await ui.type("binder=PVDF-B")
        await ui.until("--fix binder=PVDF-B")
        await ui.press("ctrl+s")
        await ui.until("New plan: P002: 4 runs, ", 60)
        await ui.until("○ R006")
        assert ui.place == "proposals"
        # the list is at the first new run, not somewhere above it
        assert ui.screen.chosen["run"] == "R004"
        await ui.until("○ R004  proposed · P002, number 1 to make")
    new = Service(str(store)).campaigns.show("small")["runs"][3:]
    assert [(run["settings"] or {})["binder"] for run in new] == ["PVDF-B"] * 4


async def test_escape_cancels_and_the_next_plan_works(slow_store: Path) -> None:
    async with open_ui(slow_store, campaign="demo") as ui:
        await ui.until("Next")
        await ask_for(ui, MANY)
        await ui.until("esc cancels")
        await ui.press("down", "up", "f6")  # the interface goes on meanwhile
        await ui.until(lambda: ui.place == "history")
        assert ui.app.jobs.current is not None
        await ui.press("escape")
        await ui.until(lambda: "Cancelled: nothing entered" in ui.notes())
        assert plans(slow_store, "demo") == ["P001"]
        await ui.press("f2")
        await ui.until("Press g for a new plan")
        await ask_for(ui, 1)
        await ui.until("○ R005", 60)
    assert plans(slow_store, "demo") == ["P001", "P002"]


async def test_wrong_wishes_are_told_before_anything_is_computed(store: Path) -> None:
    async with open_ui(store) as ui:
        await ui.until("checks")
        await ui.press("g")
        await ui.until("Number of runs")
        await ui.press("end", "ctrl+u")
        await ui.type("x")
        await ui.press("tab")
        await ui.type("-1")
        await ui.press("tab")
        await ui.type("bindr=PVDF-A gap")
        await ui.press("ctrl+s")
        await ui.until("✗ number of runs: is none (found x)")
        for words in ("✗ at most: is no amount", "is no pair (found gap)", "bindr: is no factor"):
            assert words in ui.text()
        assert ui.app.jobs.current is None


async def test_what_the_worker_refuses_is_told_and_the_wishes_are_kept(store: Path) -> None:
    async with open_ui(store) as ui:
        await ui.until("checks")
        await ui.press("g")
        await ui.until("Number of runs")
        await ui.press("tab")
        await ui.type("0.01")
        await ui.press("ctrl+s")
        await ui.until("No new plan", 60)
        await ui.press("escape", "g")
        await ui.until("Number of runs")
        await ui.until("0.01")
    assert plans(store) == ["P001"]


async def test_a_plan_overtaken_by_somebody_else_tells_who_and_what(slow_store: Path) -> None:
    async with open_ui(slow_store, campaign="demo") as ui:
        await ui.until("Next")
        await ask_for(ui, 100)
        await ui.until("choosing recipes", 60)
        Service(str(slow_store), actor="eve").campaigns.note("demo", "new drier")
        await ui.until("went on from event", 90)
        assert "note: new drier by eve" in " ".join(ui.text().replace("│", " ").split())
    assert plans(slow_store, "demo") == ["P001"]


async def test_figures_are_refreshed_in_the_worker(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"mass_loading": "10", "porosity": "43"})
    async with open_ui(store) as ui:
        await ui.press("1")
        await ui.until("results came since: press r")
        await ui.press("r")
        await ui.until("as of event 4, up to date", 60)
    assert Service(str(store)).models.status("small")["model"] == {"seq": 4, "stale": False}


async def test_quitting_while_computing_asks_and_stops_it(slow_store: Path) -> None:
    async with open_ui(slow_store, campaign="demo") as ui:
        await ui.until("Next")
        await ask_for(ui, MANY)
        await ui.until("esc cancels")
        await ui.press("q")
        await ui.until("A computation is going on")
        await ui.press("escape")
        await ui.gone("A computation is going on")
        assert ui.app.is_running
        await ui.press("q")
        await ui.until("A computation is going on")
        await ui.press("ctrl+s")
        await ui.until(lambda: not ui.app.is_running or ui.app._exit)
    assert plans(slow_store, "demo") == ["P001"]


async def test_keys_are_answered_while_it_computes(slow_store: Path) -> None:
    """Without a terminal between: the pilot's own time is included, so this is no key latency."""
    waits: list[float] = []
    async with open_ui(slow_store, campaign="demo") as ui:
        await ui.until("Next")
        await ask_for(ui, MANY)
        await ui.until("esc cancels")
        while ui.app.jobs.current is not None and len(waits) < 40:
            begin = time.perf_counter()
            await ui.press("down" if len(waits) % 2 == 0 else "up")
            waits.append(time.perf_counter() - begin)
        await ui.press("escape")
    assert len(waits) > 5
    assert sorted(waits)[len(waits) // 2] < 0.5


def test_wishes_become_arguments(store: Path) -> None:
    view = ViewReader(Service(str(store))).read("small")
    typed = {"n": "3", "budget": "8.5", "fix": "binder=PVDF-A, coating_gap=100", "replace": "yes"}
    assert plan_arguments(view, typed) == {
        "n": 3, "budget": 8.5, "fix": {"binder": "PVDF-A", "coating_gap": "100"}, "replace": True,
    }  # fmt: skip
    assert plan_arguments(view, {"n": "", "budget": "", "fix": ""}) == {}
    with pytest.raises(InputError) as caught:
        plan_arguments(view, {"n": "0", "budget": "nan", "fix": "coating_gap=101 x="})
    assert len(caught.value.problems) == 4


async def test_figures_follow_a_result_by_themselves_and_waiting_runs_tell_what_changed(
    store: Path,
) -> None:
    async with open_ui(store, quiet=0.2) as ui:
        await ui.until("R001  proposed")
        assert "after the plan" not in ui.text()
        service = Service(str(store), actor="eve")
        await asyncio.to_thread(
            service.runs.record, "small", "R001", {"mass_loading": "10", "porosity": "43"}
        )
        await ui.until("news of R001 came after the plan: counted in", 90)
        await ui.until(lambda: ui.app.jobs.current is None)
        assert ui.app.view is not None
        assert not ui.app.view.status["model"]["stale"]
        assert "  planned with " in ui.text()


async def test_what_was_cancelled_is_not_begun_again_by_itself(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"mass_loading": "10", "porosity": "43"})
    async with open_ui(store) as ui:
        await ui.until("news of R001 came after the plan: not counted in yet")
        ui.app.fresh.look()
        await ui.app.jobs.cancel()
        ui.app.fresh.quiet = 0.0
        ui.app.fresh.look()
        await ui.pilot.pause(0.1)
        assert ui.app.jobs.current is None
