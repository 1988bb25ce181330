"""What fixed settings cost, what lies ahead and when to stop: command line, JSON, terminal UI."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest

from designer import Campaign
from designer.campaigns.log.state import CampaignState
from designer.campaigns.specification.parts import WANTED_HITS
from designer.engine.answers import Ahead
from designer.service import Service
from designer.service.advice import advice, in_spec_runs, outlook
from tests.campaigns_for_tests import SMALL, line_rows, loading, porosity
from tests.command_line import CommandLine
from tests.tui.cases import open_ui

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

OUTLOOK: Ahead = {
    "runs": 5,
    "best_rate": 0.1,
    "responses": {
        "mass_loading": {"sd_now": 0.4567, "sd_after": 0.2123},
        "porosity": {"sd_now": 0.91, "sd_after": 0.6},
    },
    "next": {"stage": "slurry", "runs": 9, "bits": 0.4, "cost": 6.1},
}


def told(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def small(small: CommandLine, tmp_path: Path) -> CommandLine:
    """Campaign `small` with an earlier line."""
    pd.DataFrame(line_rows()).to_csv(tmp_path / "line.csv", index=False)
    small("lines", "add", "small", "line.csv", "--name", "line2")
    return small


def campaign(spec: str = SMALL, **changes: Any) -> Campaign:
    """A campaign in memory, with an earlier line."""
    for old, new in changes.values():
        assert old in spec
        spec = spec.replace(old, new)
    made = Campaign.create(tomllib.loads(spec), store=None)
    made.add_line("line2", pd.DataFrame(line_rows()))
    return made


# ---- the operator's will ----


def test_what_keeping_a_setting_costs_is_told_in_numbers_and_words(small: CommandLine) -> None:
    plan = small.json("propose", "small", "--fix", "coating_gap=80", "--dry-run", "--seed", "1")
    cost = plan["deviation"]
    assert cost["fixed"] == {"coating_gap": 80.0}
    assert cost["bits"] == pytest.approx(plan["information_bits"])
    assert cost["cost"] == pytest.approx(plan["cost"])
    assert cost["lost_percent"] == pytest.approx(
        max(0.0, 100 * (1 - cost["bits"] / cost["bits_free"]))
    )
    free = small.json("propose", "small", "--dry-run", "--seed", "1")
    assert free["deviation"] is None
    assert cost["bits_free"] == pytest.approx(free["information_bits"])
    assert cost["cost_free"] == pytest.approx(free["cost"])
    assert re.fullmatch(
        r"keeping coating_gap at 80 um costs (\d+ % of this plan's|no) information"
        r" \([\d.]+ instead of [\d.]+ bit\); it takes [\d.]+ h (instead of [\d.]+ h|either way)",
        cost["text"],
    )
    out = small("propose", "small", "--fix", "coating_gap=80", "--dry-run", "--seed", "1")
    assert f"Fixed: {cost['text']}" in told(out)
    assert small.json("show", "small")["plans"] == []
    small("propose", "small", "--fix", "coating_gap=80", "--seed", "1")
    assert small.json("show", "small")["plans"][0]["deviation"] == cost


# ---- ahead ----


def test_status_tells_what_will_be_known_and_what_a_further_slurry_brings(
    small: CommandLine,
) -> None:
    assert small.json("status", "small")["outlook"] is None
    plan = small.json("propose", "small", "-n", "3", "--seed", "1")
    status = small.json("status", "small")
    ahead = status["outlook"]
    assert ahead["runs"] == 3
    for sd in ahead["responses"].values():
        assert 0 < sd["sd_after"] < sd["sd_now"]
    assert ahead["next"]["stage"] == "slurry"
    assert ahead["next"]["bits"] > 0
    assert status["expected_next_bits"] == max(run["information_bits"] for run in plan["runs"])
    out = told(small("status", "small"))
    assert f"Ahead: {ahead['text']}" in out
    assert plan["outlook"] == ahead
    assert "3 more runs bring the typical ± of mass_loading from " in ahead["text"]
    assert "A further slurry then brings" in ahead["text"]
    # the plan's runs are open now: looking again tells the same
    again = small.json("status", "small", "--refresh")["outlook"]
    assert again["runs"] == 3
    for name, sd in again["responses"].items():
        assert sd["sd_after"] == pytest.approx(ahead["responses"][name]["sd_after"], rel=1e-6)
    assert again["next"]["bits"] == pytest.approx(ahead["next"]["bits"], rel=1e-4)
    # open runs are no results: what was learned so far stays
    small("attach", "small", "solid_content=55", "coating_gap=100", "binder=PVDF-A",
          "mass_loading=7.2", "porosity=42")  # fmt: skip
    learned = small.json("status", "small", "--refresh")["information_bits"]
    assert learned > 0
    small("propose", "small", "-n", "2", "--seed", "5")
    assert small.json("status", "small")["information_bits"] == pytest.approx(learned)


def test_the_sentence_has_units_and_two_digits() -> None:
    spec = campaign().service.session.state("small").spec

    def sentence(figures: Ahead) -> str:
        found = outlook(spec, figures)
        assert found is not None
        return found["text"]

    assert outlook(spec, None) is None
    assert sentence(OUTLOOK) == (
        "5 more runs bring the typical ± of mass_loading from 0.46 to 0.21 mg/cm^2, porosity"
        " from 0.91 to 0.60 %. A further slurry then brings 0.40 bit (± 24 % smaller) for 6.1 h"
        " (9 runs): 0.066 bit/h."
    )
    now: Ahead = {**OUTLOOK, "runs": 0, "next": None}
    assert sentence(now) == "The typical ± is mass_loading 0.21 mg/cm^2, porosity 0.60 %."


# ---- stop ----


def recipe(k: int) -> dict[str, Any]:
    gap = (80, 100, 150)[k % 3]
    return {"solid_content": 50 + k % 11, "coating_gap": gap, "binder": "PVDF-A"}


def attached(made: Campaign, recipes: list[dict[str, Any]], **values: Any) -> CampaignState:
    rows = [{**r, "mass_loading": loading(r), "porosity": porosity(r), **values} for r in recipes]
    made.attach(pd.DataFrame(rows))
    return made.service.session.state("small")


def next_step(**changes: Any) -> Ahead:
    return cast("Ahead", {**OUTLOOK, "next": {**cast("Any", OUTLOOK["next"]), **changes}})


def test_stop_when_the_best_next_slurry_is_not_worth_its_hours() -> None:
    state = attached(campaign(), [recipe(0)])
    assert advice(state, next_step()) == (
        "Propose the next runs: a further slurry brings 0.40 bit for 6.1 h."
    )
    assert advice(state, next_step(bits=0.04)) == (
        "Stop: a further slurry brings 0.04 bit for 6.1 h. Little is left to learn here."
    )
    alone = next_step(stage=None, bits=0.04, cost=0.1)  # four such runs are worth it
    assert advice(state, alone).startswith("Propose the next runs: a further run brings 0.04 bit")
    assert advice(state, None) == "Propose the next runs."


def test_stop_when_the_budget_is_used_up_or_no_longer_pays() -> None:
    state = attached(campaign(budget=('unit = "h"', 'unit = "h"\nbudget = 40')), [recipe(0)])
    assert advice(state, next_step()).startswith("Propose")  # 39.9 h are left
    for budget, words in (
        (0.9, "Stop: a further slurry brings 0.40 bit for 6.1 h, so the 0.8 h left bring 0.08 bit"),
        (0.15, "Stop: the budget of 0.15 h is used up."),
    ):
        poor = replace(state.spec, costs=replace(state.spec.costs, budget=budget))
        assert advice(replace(state, spec=poor), next_step()).startswith(words)


def test_stop_when_a_search_has_found_its_three_recipes() -> None:
    spec = SMALL.replace('line = "line4"', 'line = "line4"\ngoal = "optimum"')
    made = campaign(spec)
    inside = [r for r in map(recipe, range(33)) if 11 <= loading(r) <= 13][:WANTED_HITS]
    state = attached(made, [*inside[:2], recipe(0)])
    again = {**inside[0], "mass_loading": loading(inside[0]) + 0.01}
    made.attach(pd.DataFrame([again]))  # the same recipe again is no further one
    state = made.service.session.state("small")
    assert in_spec_runs(state) == ["R001", "R002"]
    assert advice(state, next_step(bits=0.0)) == (
        "Propose the next runs: 2 of 3 recipes are in spec."
    )
    state = attached(made, inside[2:])
    assert advice(state, next_step()) == (
        "Stop: R001, R002, R005 are in spec, which this campaign was to find."
    )
    made.propose(1)
    state = made.service.session.state("small")
    assert advice(state, None).endswith("The 1 open run can be abandoned.")
    first, *rest = state.spec.responses
    aim = replace(first, goal="maximize")  # then there is something to improve
    wanted = replace(state.spec, responses=(aim, *rest))
    assert not advice(replace(state, spec=wanted), None).startswith("Stop")


def test_a_run_measured_in_part_is_not_in_spec_and_the_mean_of_replicates_counts() -> None:
    two = SMALL.replace('unit = "%"\npossible = [0, 100]', 'unit = "%"\nwindow = [0, 100]')
    made = campaign(two)
    made.attach(pd.DataFrame([{**recipe(0), "mass_loading": 12.0}]))
    made.service.runs.record("small", "R001", {"mass_loading": "14.5"}, replicate=True)
    state = made.service.session.state("small")
    assert in_spec_runs(state) == []  # porosity is still to come
    made.service.runs.record("small", "R001", {"porosity": "33"})
    assert in_spec_runs(made.service.session.state("small")) == []  # mean 13.25
    made.service.runs.correct("small", "R001", {"mass_loading": "13.5"}, reason="typo", replicate=2)
    assert in_spec_runs(made.service.session.state("small")) == ["R001"]


# ---- the terminal UI ----


async def test_overview_and_plan_tell_what_lies_ahead_and_what_a_fixed_setting_costs(
    small_store: Path,
) -> None:
    service = Service(str(small_store), actor="anna")
    service.plans.propose("small", 3, fix={"coating_gap": "80"}, replace=True, seed=1)
    cost = service.campaigns.show("small")["plans"][-1]["deviation"]
    async with open_ui(small_store) as ui:
        await ui.until("why ")
        rows = told(ui.text().replace("│", " "))
        assert "why " in rows
        await ui.press("down")
        await ui.app.run_action("app.show('campaign')")
        await ui.until("Ahead")
        assert "the typical ± of" in told(ui.text())
        await ui.app.run_action("app.show('proposals')")
        await ui.until("why ")
        detail = ui.app.screen.query_one("#detail")
        detail.scroll_end(animate=False)
        await ui.until("plan ")
        assert cost is not None
        words = cost["text"][:30]
        await ui.until(lambda: words in told(ui.text()))
