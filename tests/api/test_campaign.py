"""The Python API: the same verbs as tables."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import designer
from designer import Campaign, ConflictError, DesignerWarning, InputError
from designer.api.plans import ProposedPlan
from tests.campaigns_for_tests import SMALL, loading, porosity

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return Campaign.create(path, store=None)


def results(plan: ProposedPlan) -> pd.DataFrame:
    recipes = plan.frame[["solid_content", "coating_gap", "binder"]].to_dict("index")
    return pd.DataFrame(
        {"mass_loading": {r: loading(s) for r, s in recipes.items()},
         "porosity": {r: porosity(s) for r, s in recipes.items()}}
    )  # fmt: skip


def test_propose_record_learn(campaign: Campaign) -> None:
    plan = campaign.propose(5, seed=0)
    assert list(plan.frame.index) == plan.runs == ["R001", "R002", "R003", "R004", "R005"]
    campaign.record(results(plan))
    status = campaign.status()
    assert status["runs"]["completed"] == 5
    assert status["model"]["stale"] is False
    assert status["responses"]["mass_loading"]["coverage"] is not None
    second = campaign.propose(3)
    assert second.to_dict()["campaign"] == "small"
    assert second.information_bits is not None
    assert second.information_bits > 0
    grid = pd.DataFrame(
        [{"solid_content": s, "coating_gap": g, "binder": b}
         for s in (50, 55) for g in (80, 150) for b in ("PVDF-A", "PVDF-B")],
        index=list("abcdefgh"),
    )  # fmt: skip
    told = campaign.predict(grid)
    assert list(told.index) == list("abcdefgh")
    truth = [loading(row) for row in grid.to_dict("records")]
    assert np.abs(told["mass_loading_mean"] - truth).max() < 2.5
    assert (told["mass_loading_sd_result"] >= told["mass_loading_sd"]).all()
    assert (told["mass_loading_low95"] < told["mass_loading_low"]).all()
    assert (told["mass_loading_low"] < told["mass_loading_high"]).all()
    planned = {(run["predicted"] or {})["mass_loading"]["at"] for run in second.to_dict()["runs"]}
    assert planned == {int(second.to_dict()["head"].partition(":")[0]) - 1}  # before the plan
    assert (second.frame["mass_loading_high"] <= 60).all()  # possible
    assert second.frame["in_spec_measured"].between(0, 1).all()


def test_the_frame_of_a_plan_can_be_filled_and_recorded(campaign: Campaign) -> None:
    frame = campaign.propose(2, seed=1).frame
    frame["mass_loading"] = [9.5, np.nan]
    campaign.record(frame)
    data = campaign.data().set_index("run")
    assert data.loc["R001", "mass_loading"] == 9.5
    assert data.loc["R001", "status"] == "partial"
    frame["mass_loading"] = [9.5, 10.25]
    campaign.record(frame)
    head = campaign.head
    with pytest.warns(DesignerWarning, match=r"nothing is new: the values of R001, R002 are"):
        answer = campaign.record(frame)
    assert (answer["applied"], campaign.head) == (False, head)
    with pytest.raises(ConflictError, match="R001"):
        campaign.record(frame.assign(mass_loading=[9.6, 10.25]))


def test_one_response_alone_beside_the_predictions_of_all(campaign: Campaign) -> None:
    frame = campaign.propose(3, seed=1).frame
    campaign.record(frame.assign(porosity=31.0))
    assert campaign.data()["porosity"].tolist() == [31.0] * 3
    assert campaign.data()["mass_loading"].isna().all()


def test_a_frame_whose_settings_are_those_of_other_runs_is_refused(campaign: Campaign) -> None:
    frame = campaign.propose(4, seed=1).frame.assign(porosity=31.0)
    settings = ["solid_content", "coating_gap", "binder"]
    frame[settings] = frame[settings].to_numpy()[::-1]
    with pytest.raises(InputError, match=r"of other runs.*say so with force_settings=True"):
        campaign.record(frame)
    campaign.record(frame, force_settings=True)
    assert campaign.status(refresh=False)["runs"]["partial"] == 4


def test_a_frame_may_say_that_runs_failed(campaign: Campaign) -> None:
    frame = campaign.propose(2, seed=1).frame
    campaign.record(frame.assign(status=["failed", ""], failure=["web break", ""]))
    assert campaign.data()["status"].tolist() == ["failed"]
    assert campaign.data()["reason"].tolist() == ["web break"]


def test_all_problems_of_a_frame_at_once(campaign: Campaign) -> None:
    campaign.propose(2, seed=1)
    bad = pd.DataFrame({"mass_loading": [99.0, 8.0], "binder": ["PVDF-A", "PVDF-X"]},
                       index=["R001", "R007"])  # fmt: skip
    head = campaign.head
    with pytest.raises(InputError) as error:
        campaign.record(bad)
    text = str(error.value)
    assert "99" in text
    assert "R007" in text
    assert campaign.head == head


def test_lines_attach_history_best_model(campaign: Campaign) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"solid_content": rng.integers(50, 61, 24), "coating_gap": rng.choice([80, 100, 150], 24),
         "binder": rng.choice(["PVDF-A", "PVDF-B"], 24)}
    )  # fmt: skip
    frame["mass_loading"] = [1.05 * loading(row) for row in frame.to_dict("records")]
    campaign.add_line("line2", frame)
    ids = campaign.attach(
        pd.DataFrame([{"solid_content": 55, "coating_gap": 150, "binder": "PVDF-A",
                       "mass_loading": 10.7, "porosity": 43.0}])
    )  # fmt: skip
    assert list(ids) == ["R001"]
    assert campaign.lines().loc["line2", "rows"] == 24
    assert campaign.history()["kind"].tolist() == [
        "campaign_created", "line_added", "result_recorded",
    ]  # fmt: skip
    best = campaign.best(3)
    assert len(best) == 3
    assert best["in_spec"].is_monotonic_decreasing or best["in_spec"].iloc[0] > 0.3
    model = campaign.model()
    assert model.num_outputs == 2


def test_model_agrees_with_predict(campaign: Campaign) -> None:
    torch = pytest.importorskip("torch")
    campaign.record(results(campaign.propose(6, seed=3)))
    told = campaign.predict(
        pd.DataFrame([{"solid_content": 55, "coating_gap": 150, "binder": "PVDF-B"}])
    )
    x = torch.tensor([[0.5, (150 - 80) / 120, 1.0]], dtype=torch.float64)
    posterior: Any = campaign.model().posterior(x)
    assert posterior.mean[0, 0].item() == pytest.approx(told["mass_loading_mean"].iloc[0], rel=0.1)


def test_same_store_and_seed_give_the_same_plan(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    store = str(tmp_path / "s.db")
    campaign = Campaign.create(path, store=store)
    campaign.record(results(campaign.propose(4, seed=5)))
    here = campaign.propose(3, seed=9, dry_run=True).to_dict()
    again = Campaign.open("small", store=store).propose(3, seed=9, dry_run=True).to_dict()
    code = (
        "import json; from designer import Campaign;"
        f"print(json.dumps(Campaign.open('small', store={store!r})"
        ".propose(3, seed=9, dry_run=True).to_dict()))"
    )
    fresh = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    import json

    assert here["runs"] == again["runs"] == json.loads(fresh.stdout)["runs"]


def test_the_callers_thread_setting_is_left_alone(campaign: Campaign) -> None:
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    campaign.propose(1, dry_run=True)
    assert torch.get_num_threads() == before


def test_names_of_the_package() -> None:
    assert designer.__version__.count(".") == 2
    assert issubclass(designer.InputError, designer.DesignerError)
    assert set(designer.__all__) <= set(dir(designer))


@pytest.mark.parametrize(
    "arguments", [{"n": "3"}, {"n": 2.5}, {"n": True}, {"seed": 1.5}, {"budget": "5"}]
)
def test_numbers_of_the_wrong_type_are_refused(
    campaign: Campaign, arguments: dict[str, Any]
) -> None:
    with pytest.raises(InputError):
        campaign.propose(**arguments)


def test_an_unknown_column_is_named(campaign: Campaign) -> None:
    campaign.propose(1)
    with pytest.raises(InputError, match="mass_laoding"):
        campaign.record(pd.DataFrame({"mass_laoding": [9.0]}, index=["R001"]))


def test_lines_without_lines_is_an_empty_table(campaign: Campaign) -> None:
    assert len(campaign.lines()) == 0
    assert "trust" in campaign.lines().columns
