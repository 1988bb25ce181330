"""Tables of the API have columns of one type each."""

import numpy as np
import pandas as pd
import pytest

from designer import Campaign
from tests.campaigns_for_tests import SMALL, line_rows, loading, porosity

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

SPEC = SMALL + '\n[[given]]\nname = "humidity"\nunit = "%"\nlow = 0\nhigh = 60\n'
WHOLES = {"order", "rank", "replicate", "rows"}
TIMES = {"made_at", "recorded_at", "at"}


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """An attached run of long ago, a plan half measured, a failed run, a line."""
    path = tmp_path_factory.mktemp("frames") / "small.toml"
    path.write_text(SPEC)
    campaign = Campaign.create(path, store=None)
    campaign.add_line("line2", line_rows())
    recipe = {"solid_content": 55.5, "coating_gap": 100, "binder": "PVDF-A"}
    campaign.attach({**recipe, "mass_loading": 7, "made_at": "1066-10-14", "humidity": 40})
    plan = campaign.propose(4, seed=0)
    frame = plan.frame.iloc[:3]
    recipes = frame.to_dict("records")
    frame = frame.assign(
        mass_loading=[loading(r) for r in recipes], porosity=[porosity(recipes[0]), np.nan, np.nan]
    )
    campaign.record(frame.assign(made_at="2026-03-01T14:30Z"))
    campaign.fail(plan.runs[3], "web break")
    return campaign


def check(frame: pd.DataFrame) -> None:
    """Numbers are numbers and times are times."""
    assert len(frame)
    for name, column in frame.items():
        if name in TIMES:
            assert isinstance(column.dtype, pd.DatetimeTZDtype), name
            assert str(column.dtype.tz) == "UTC"
        elif name in WHOLES:
            assert str(column.dtype) == "Int64", name
        else:
            known = column.dropna()
            numbers = all(isinstance(v, int | float | np.number) for v in known) and len(known)
            flags = column.dtype == np.bool_
            assert (column.dtype == np.float64) == bool(numbers and not flags), name


def test_tables_of_numbers_and_times(campaign: Campaign) -> None:
    data = campaign.data()
    for frame in (data, campaign.history(), campaign.lines(), campaign.best(2)):
        check(frame)
    check(campaign.predict(data[["solid_content", "coating_gap", "binder"]]))
    check(campaign.propose(2, dry_run=True).frame)
    assert data["humidity"].tolist()[0] == 40
    assert data["humidity"].dtype == data["porosity"].dtype == np.float64
    assert data.loc[0, "made_at"] == pd.Timestamp("1066-10-14", tz="UTC")
    assert data.loc[1, "made_at"] == pd.Timestamp("2026-03-01T14:30", tz="UTC")
    assert (data.dropna(subset="replicate")["replicate"] == 1).all()


def test_empty_tables_have_the_same_types(campaign: Campaign) -> None:
    empty = Campaign.create({**campaign_tables(), "campaign": HEAD}, store=None)
    full, none = campaign.data().dtypes, empty.data().dtypes
    for name in ("solid_content", "mass_loading", "replicate", "made_at", "recorded_at"):
        assert none[name] == full[name]
    first = empty.propose(1, seed=0)
    plan = empty.propose(1, top_up=True)
    assert len(plan.frame) == len(plan) == 0
    assert plan.frame["coating_gap"].dtype == first.frame["coating_gap"].dtype == np.float64
    assert "of no runs" in plan._repr_html_()
    assert empty.lines()["trust"].dtype == np.float64
    assert empty.history(since="2090-01-01")["at"].dtype == full["recorded_at"]


HEAD = {"version": 1, "name": "empty", "line": "line4"}


def campaign_tables() -> dict[str, object]:
    import tomllib

    return tomllib.loads(SPEC)


def test_predictions_keep_the_labels_of_the_recipes(campaign: Campaign) -> None:
    recipe = {"solid_content": 55, "coating_gap": 100, "binder": "PVDF-A"}
    assert campaign.predict(pd.Series(recipe, name="x")).index.tolist() == ["x"]
    assert campaign.predict(pd.DataFrame([recipe], index=["y"])).index.tolist() == ["y"]
    assert campaign.predict(recipe).index.tolist() == [0]


def test_the_data_of_one_campaign_are_a_line_of_another(campaign: Campaign) -> None:
    other = Campaign.create({**campaign_tables(), "campaign": HEAD}, store=None)
    assert other.add_line("line4b", campaign.data())["rows"] >= 3
