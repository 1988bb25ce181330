"""`campaign.judge`: frames, plans, files, lists of them."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from designer import Campaign, InputError
from designer.api.plans import JudgedPlan
from tests.campaigns_for_tests import SMALL, line_rows

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

FRAME = pd.DataFrame(
    {
        "solid_content": [50, 60, 50, 60, 55],
        "coating_gap": [80, 80, 150, 150, 100],
        "binder": ["PVDF-A", "PVDF-B", "PVDF-B", "PVDF-A", "PVDF-A"],
    }
)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    path = tmp_path_factory.mktemp("judge") / "small.toml"
    path.write_text(SMALL)
    campaign = Campaign.create(path, store=None)
    campaign.add_line("line2", line_rows())
    return campaign


def one(found: JudgedPlan | list[JudgedPlan]) -> JudgedPlan:
    assert isinstance(found, JudgedPlan)
    return found


def test_a_frame_a_dict_rows_and_a_file_are_the_same_plan(
    campaign: Campaign, tmp_path: Path
) -> None:
    path = tmp_path / "mine.csv"
    FRAME.to_csv(path, index=False)
    rows = FRAME.to_dict("records")
    several = [FRAME, FRAME.to_dict("list"), path, str(path)]
    listed = campaign.judge(several, compare=False)
    assert isinstance(listed, list)
    found = [*listed, one(campaign.judge(rows, compare=False))]
    assert {each["information_bits"] for each in found} == {found[0]["information_bits"]}
    assert [each["plan"] for each in found] == ["plan 1", "plan 2", *["mine.csv"] * 2, "the plan"]


def test_a_plan_of_ours_is_judged_as_it_was_told(campaign: Campaign) -> None:
    plan = campaign.propose(3, seed=1, dry_run=True)
    judged = one(campaign.judge(plan, seed=1))
    assert judged["information_bits"] == pytest.approx(plan.information_bits, rel=1e-4)
    assert judged["cost"] == pytest.approx(plan.cost)
    assert str(judged).startswith(("As much as our own plan", "More than", "Somewhat less"))
    assert "<table>" in judged._repr_html_()


def test_the_frame_of_a_plan_is_its_open_runs(campaign: Campaign) -> None:
    plan = campaign.propose(3, seed=2)
    found = one(campaign.judge(plan.frame, compare=False)).to_dict()
    assert [run["run"] for run in found["runs"]] == plan.runs
    assert found["information_bits"] == pytest.approx(plan.information_bits, rel=0.02)
    campaign.undo()
    labelled = one(campaign.judge(FRAME.set_axis([*"abcde"]), compare=False)).to_dict()
    assert [run["run"] for run in labelled["runs"]] == [None] * 5


def test_sizes_of_effects_are_numbers_or_a_dict(campaign: Campaign) -> None:
    frame = pd.concat([FRAME, FRAME])
    small = one(campaign.judge(frame, effect={"porosity": 0.1}, compare=False)).to_dict()
    large = one(campaign.judge(frame, effect=5, compare=False)).to_dict()
    assert small["power"][1]["size"] == pytest.approx(0.1)
    assert large["power"][1]["size_sd"] == 5


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (3, "is no table"),
        ("P077", "no such plan"),
        ("mine.csv", "there is no such file"),
        ([], "no plan is named"),
        (FRAME[["solid_content"]], "coating_gap"),
        (FRAME.assign(coating_gap="x"), "this is not a number"),
    ],
)
def test_what_is_no_plan_is_refused(campaign: Campaign, plan: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        campaign.judge(plan)
