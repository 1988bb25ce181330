"""A campaign object: open until let go, copied, pickled, shown."""

import copy
import gc
import pickle
import shutil
import tomllib
import warnings
from pathlib import Path

import pytest

from designer import Campaign, DesignerWarning, StorageError
from designer.api.html import ShownStatus
from tests.campaigns_for_tests import SMALL

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

SPEC = tomllib.loads(SMALL)
RUN = {"solid_content": 55, "coating_gap": 100, "binder": "PVDF-A", "mass_loading": 7.0}


def test_with_lets_the_store_go(tmp_path: Path) -> None:
    with Campaign.create(SPEC, tmp_path / "pilot.db") as campaign:
        campaign.attach(RUN)
    with pytest.raises(StorageError, match=r"Campaign\.open\('small'"):
        campaign.data()
    assert "disconnected" in repr(campaign)
    assert "disconnected" in campaign._repr_html_()
    campaign.disconnect()  # twice is no fault
    with Campaign.open("small", tmp_path / "pilot.db") as again:
        assert len(again.data()) == 1


def test_an_error_inside_with_is_passed_on() -> None:
    with pytest.raises(ZeroDivisionError), Campaign.create(SPEC, store=None):
        raise ZeroDivisionError


def test_an_older_copy_that_came_back_is_warned_of_once(tmp_path: Path) -> None:
    store, kept = tmp_path / "pilot.db", tmp_path / "kept.db"
    with Campaign.create(SPEC, store) as campaign:
        shutil.copy(store, kept)
        campaign.attach(RUN)
    shutil.copy(kept, store)
    with pytest.warns(
        DesignerWarning, match=r"small.*event 2.*store\.verify\(accept=True\)"
    ) as told:
        again = Campaign.open("small", store)
    assert [warning.filename for warning in told] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again.data()
    with pytest.warns(DesignerWarning, match="event 2"):
        Campaign.list(store)
    again.service.store.verify(accept=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Campaign.open("small", store)


def test_no_connection_is_left_to_the_garbage_collector(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "error", ResourceWarning
        )  # unclosed sqlite3 connections, from 3.13 on
        for store in (None, str(tmp_path / "pilot.db")):
            Campaign.create(SPEC, store).attach(RUN)
            gc.collect()


def test_a_campaign_in_memory_is_copied_with_its_record() -> None:
    campaign = Campaign.create(SPEC, store=None, actor="anna")
    campaign.attach(RUN)
    shared, own = copy.copy(campaign), copy.deepcopy(campaign)
    thawed = pickle.loads(pickle.dumps(campaign))
    for other in (own, thawed):
        assert other.head == campaign.head
        other.note("only here")
        assert other.history()["actor"].unique().tolist() == ["anna"]
    shared.note("in both")
    assert campaign.head == shared.head
    assert len({campaign.head, own.head, thawed.head}) == 3
    assert [c.history()["summary"].iloc[-1] for c in (campaign, own)] == [
        "note: in both", "note: only here"
    ]  # fmt: skip
    campaign.disconnect()
    with pytest.raises(StorageError, match="no store in memory"):
        shared.data()


def test_a_campaign_of_a_file_is_pickled_as_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    campaign = Campaign.create(SPEC, "pilot.db", actor="anna")
    campaign.attach(RUN)
    campaign.propose(1, seed=0)  # models are learned: they are never pickled
    frozen = pickle.dumps(campaign)
    assert len(frozen) < 500
    monkeypatch.chdir("/")
    for other in (pickle.loads(frozen), copy.deepcopy(campaign), copy.copy(campaign)):
        other.note("here, too")
    assert (campaign.history()["actor"] == "anna").all()
    assert (campaign.history()["kind"] == "note_added").sum() == 3


def test_plans_and_ids_can_be_pickled() -> None:
    campaign = Campaign.create(SPEC, store=None)
    plan, ids = campaign.propose(2, seed=0), campaign.attach(RUN)
    again, same = pickle.loads(pickle.dumps((plan, ids)))
    assert again.frame.equals(plan.frame)
    assert (same, same.messages) == (ids, ids.messages)


# ---- notebooks and reprs ------------------------------------------------------------------------

ODD = "<script>alert('x')</script>"


def test_pages_of_a_notebook_are_escaped() -> None:
    spec = {**SPEC, "campaign": {**SPEC["campaign"], "name": ODD, "line": "<b>"}}
    spec["factor"] = [*SPEC["factor"][:2], {"name": "binder", "categories": ["<i>", "A&B"]}]
    campaign = Campaign.create(spec, store=None)
    campaign.attach({**RUN, "binder": "<i>"})
    pages = [campaign._repr_html_(), campaign.propose(2, fix={"binder": "<i>"})._repr_html_()]
    status = campaign.status()
    assert isinstance(status, ShownStatus)
    pages.append(status._repr_html_())
    for page in pages:
        assert "&lt;script&gt;" in page
        assert not any(tag in page for tag in ("<script", "<i>", "<b>"))
    assert "<td>R002</td>" in pages[1]
    assert "&lt;i&gt;" in pages[1]
    assert "Propose the next runs" in pages[2] or "make and record" in pages[2]
    assert "<th>prediction error (1 sd)</th>" in pages[2]


def test_reprs_are_short() -> None:
    campaign = Campaign.create(SPEC, store=None)
    plan = campaign.propose(2, seed=0)
    assert repr(campaign) == "Campaign('small', store='memory')"
    assert repr(plan) == "ProposedPlan('P001', 2 runs)"
    assert repr(campaign.attach(RUN)) == "['R003']"
    assert repr(campaign.spec) == (
        "Specification('small' on 'line4': solid_content, coating_gap, binder"
        " → mass_loading, porosity)"
    )
