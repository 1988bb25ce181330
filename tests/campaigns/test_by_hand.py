"""Runs planned by hand: decided, folded, begun, told; what old logs say stays as it was."""

from __future__ import annotations

from typing import Any

import pytest

from designer.campaigns import commands
from designer.campaigns.commands.by_hand import with_figures
from designer.campaigns.commands.entries import PlannedRun, ResultEntry
from designer.campaigns.errors import InputError
from designer.campaigns.log.describe import describe
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.fold import fold
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.off_plan import off_plan
from designer.campaigns.plausibility.open_runs import breaches
from designer.campaigns.specification import load
from designer.campaigns.values.quantity import Quantity
from tests.campaigns.decisions import TABLES, begin, then, to_events, values


def entry(solid: str = "56.5", gap: str = "100", **more: Any) -> ResultEntry:
    return ResultEntry(None, used={"solid": Quantity.of(solid), "gap": Quantity.of(gap)}, **more)


def figures(order: int, batch: dict[str, str], **more: Any) -> PlannedRun:
    usual: dict[str, Any] = {"bits": 0.5, "cost": 3.55, "in_spec": 0.25, "reason": "why"}
    predicted = {"loading": {"mean": 12.0, "sd": 0.5, "sd_result": 0.6}}
    return PlannedRun(order, 3 - order, {}, batch, predicted, **{**usual, **more})


def planned(state: CampaignState, *entries: ResultEntry) -> CampaignState:
    drafts = commands.attach(state, entries)
    runs = [draft.body["run"] for draft in drafts if draft.kind == "run_planned"]
    new = {"slurry": "new-1", "coating": "new-1"}
    told = {run: figures(place, new) for place, run in enumerate(runs, start=1)}
    return then(state, with_figures(state, drafts, told, state.seq))


def test_without_a_result_or_a_time_a_run_is_planned() -> None:
    entries = [
        entry(), entry(made_at="2026-03-01"), entry(made=True), entry(gap="80", note="for Ann"),
        ResultEntry(None, values(loading="12"), entry().used), entry(batch={"slurry": "S7"}),
    ]  # fmt: skip
    drafts = commands.attach(begin(), entries)
    assert [(draft.kind, draft.body["run"]) for draft in drafts] == [
        ("result_recorded", "R002"), ("result_recorded", "R003"), ("result_recorded", "R005"),
        ("run_planned", "R001"), ("run_planned", "R004"), ("run_planned", "R006"),
    ]  # fmt: skip
    state = then(begin(), drafts)
    statuses = {run: state.runs[run].status for run in sorted(state.runs)}
    assert list(statuses.values()) == [
        "proposed", "running", "running", "proposed", "partial", "proposed",
    ]  # fmt: skip
    assert state.runs["R004"].notes[0].text == state.notes[0].text == "for Ann"
    assert state.next_run_number == 7


def test_it_is_like_a_proposed_run_of_no_plan() -> None:
    state = planned(begin(), entry(gap="0.1 mm"), entry(solid="60"))
    first, second = state.runs.values()
    assert (first.plan, first.attached, first.status, first.order) == (None, True, "proposed", 1)
    assert first.planned == first.used == {"solid": 56.5, "gap": 100.0}
    assert first.reported == first.reported_batch == {}
    assert first.batch == second.batch == {"slurry": "slurry-01", "coating": "coating-01"}
    assert (first.information_bits, first.cost, first.in_spec, first.rank) == (0.5, 3.55, 0.25, 2)
    assert first.prediction("loading") == {"mean": 12.0, "sd": 0.5, "sd_result": 0.6}
    told = describe(state.events[-2])
    assert told == "R001 planned by hand: solid = 56.5, gap = 0.1 mm"
    # the next ones follow in the order of making, and get batches of their own
    third = planned(state, entry(solid="62")).runs["R003"]
    assert (third.order, third.batch["slurry"]) == (3, "slurry-02")
    assert not off_plan(state, state.runs.values())


def test_its_life_is_that_of_any_other() -> None:
    state = planned(begin(), entry())
    state = then(state, commands.start(state, "R001"))
    assert state.runs["R001"].status == "running"
    told = ResultEntry("R001", values(loading="12", porosity="31"), {"gap": Quantity.of("150")})
    state = then(state, commands.record(state, [told]))
    assert state.runs["R001"].status == "completed"
    assert [each.run for each in off_plan(state, state.runs.values())] == ["R001"]
    state = planned(state, entry())
    state = then(state, commands.abandon(state, ["R002"], "no"))
    state = then(state, commands.reopen(state, "R002"))
    state = then(state, commands.fail(state, "R002", "web break"))
    assert state.runs["R002"].made_seq
    state = then(state, commands.reopen(state, "R002"))
    assert state.runs["R002"].status == "proposed"
    assert state.runs["R002"].flags == ()
    at = next(event.seq for event in state.events if event.kind == "run_planned")
    with pytest.raises(InputError, match="depend"):
        commands.undo(state, at)


def test_off_the_grid_is_its_own_affair_out_of_range_is_not() -> None:
    state = planned(begin(), entry(gap="111", solid="56.3"))
    assert state.runs["R001"].flags == ()
    assert then(state, commands.start(state, "R001")).runs["R001"].flags == ()
    other = {**TABLES, "costs": {"run": 1.0}}
    amended = then(state, commands.amend(state, load.from_dict(other), None))
    assert not breaches(amended)  # it was between set-points before
    assert then(amended, commands.start(amended, "R001")).runs["R001"].flags == ()
    outside = planned(begin(), entry(solid="70"))
    assert "outside the range" in outside.runs["R001"].flags[0]
    with pytest.raises(InputError, match=r"solid: outside the range.*--anyway"):
        commands.start(outside, "R001")
    assert then(outside, commands.start(outside, "R001", anyway=True)).runs["R001"].flags


def test_batches_that_were_made_otherwise_are_refused() -> None:
    state = planned(begin(), entry())
    with pytest.raises(InputError, match=r"solid is 60 wt%, in this batch 56\.5 wt% \(R001\)"):
        commands.attach(state, [entry(solid="60", batch={"slurry": "slurry-01"})])
    same = planned(state, entry(gap="150", batch={"slurry": "slurry-01"})).runs["R002"]
    assert same.batch == {"slurry": "slurry-01", "coating": "coating-02"}


def test_only_what_is_missing_of_a_planned_run_is_asked_for() -> None:
    tables = {**TABLES, "given": [{"name": "humidity", "unit": "%", "low": 0, "high": 60}]}
    state = begin(load.from_dict(tables))
    told = {"R001": figures(1, {}, given={"humidity": 42.0})}
    drafts = commands.attach(state, [entry()])
    run = then(state, with_figures(state, drafts, told, 1)).runs["R001"]
    assert run.given == {"humidity": 42.0}
    assert run.reported_given == {}  # what it will be is told when it is made
    with pytest.raises(InputError, match="humidity: its value is missing"):
        commands.attach(state, [entry(made_at="2026-03-01")])


def test_old_logs_say_what_they_said() -> None:
    """Before there was ``run_planned`` a run without results was said to be made."""
    body = commands.attach(begin(), [entry(made=True)])[0].body
    log = [*begin().events, *to_events([NewEvent("result_recorded", body)], 1)]
    assert fold("c", log).runs["R001"].status == "running"
