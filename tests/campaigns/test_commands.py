"""Decisions about runs, plans, lines and the campaign itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from designer.campaigns import commands
from designer.campaigns.commands import PlanDraft, PlannedRun, ResultEntry
from designer.campaigns.earlier_lines.mapping import LineTable
from designer.campaigns.errors import ConflictError, InputError
from designer.campaigns.log.events import canonical_json
from designer.campaigns.log.runs import DesignPoint
from designer.campaigns.log.state import CampaignState, PlanDesign
from designer.campaigns.sheets.run_object import run_object
from designer.campaigns.specification import load
from designer.campaigns.values.quantity import Quantity
from tests.campaigns.decisions import RECIPE, SPEC, TABLES, begin, then, values


def a_run(
    order: int = 1, *, rank: int | None = None, settings: dict[str, float] = RECIPE, **more: Any
) -> PlannedRun:
    told: dict[str, Any] = {
        "batch": {},
        "predicted": {},
        "bits": 0.5,
        "cost": 1.0,
        "in_spec": None,
        "reason": "r",
    }
    return PlannedRun(order, rank or order, settings, **{**told, **more})


def a_plan(state: CampaignState, *runs: PlannedRun, **more: Any) -> PlanDraft:
    told: dict[str, Any] = {
        "goal": "learn",
        "seed": 7,
        "position": state.seq,
        "cost": 2.0,
        "information_bits": 1.0,
    }
    return PlanDraft(runs=runs or (a_run(1), a_run(2)), **{**told, **more})


@pytest.fixture
def begun() -> CampaignState:
    return begin()


@pytest.fixture
def state(begun: CampaignState) -> CampaignState:
    """Two proposed runs, R001 and R002."""
    return then(begun, commands.propose(begun, a_plan(begun)))


def said(error: type[ConflictError] | type[InputError], call: Callable[..., Any]) -> str:
    with pytest.raises(error) as caught:
        call()
    return "\n".join(str(problem) for problem in caught.value.problems)


def recorded(state: CampaignState, run: str, **told: Any) -> CampaignState:
    return then(state, commands.record(state, [ResultEntry(run, values(**told))]))


# --- plans


def test_ids_follow_the_order_of_making_and_batches_are_numbered_by_stage(
    begun: CampaignState,
) -> None:
    plan = a_plan(
        begun,
        a_run(3, rank=1, batch={"slurry": "new-2", "coating": "new-9"}),
        a_run(1, rank=2, batch={"slurry": "new-7", "coating": "new-1"}),
        a_run(2, rank=3, batch={"slurry": "new-7", "coating": "new-2"}),
    )
    (draft,) = commands.propose(begun, plan)
    told = [(r["run"], r["order"], r["rank"], r["batch"]) for r in draft.body["runs"]]
    assert told == [
        ("R001", 1, 2, {"slurry": "slurry-01", "coating": "coating-01"}),
        ("R002", 2, 3, {"slurry": "slurry-01", "coating": "coating-02"}),
        ("R003", 3, 1, {"slurry": "slurry-02", "coating": "coating-03"}),
    ]
    assert draft.body["plan"] == "P001"
    assert draft.body["position"] == 1
    state = then(begun, [draft])
    assert state.plans["P001"].runs == ("R001", "R002", "R003")
    again = a_plan(state, a_run(1, batch={"slurry": "slurry-02", "coating": "new-1"}))
    (draft,) = commands.propose(state, again)
    assert draft.body["runs"][0]["batch"] == {"slurry": "slurry-02", "coating": "coating-04"}
    assert draft.body["runs"][0]["run"] == "R004"


def test_numbers_of_numpy_become_plain_ones(begun: CampaignState) -> None:
    settings: dict[str, Any] = {"solid": np.float64(56.5), "gap": np.int64(100)}
    run = a_run(
        1,
        settings=settings,
        bits=np.float64(0.25),
        predicted={"loading": {"mean": np.float64(12), "sd": np.float32(1), "sd_result": 1.5}},
    )
    plan = a_plan(begun, run, hyperparameters={"lengthscales": np.array([1.0, 2.0])})
    (draft,) = commands.propose(begun, plan)
    assert canonical_json(draft.body)
    assert draft.body["hyperparameters"] == {"lengthscales": [1.0, 2.0]}
    with pytest.raises(InputError, match="not finite"):
        commands.propose(begun, a_plan(begun, a_run(1, bits=float("nan"))))


def test_plans_that_cannot_be_are_refused_with_all_reasons(begun: CampaignState) -> None:
    plan = a_plan(
        begun,
        a_run(1, settings={"solid": 56.3, "gap": 100.0}),
        a_run(2, settings={"solid": 56.5}),
        a_run(3, batch={"mixing": "new-1", "slurry": "slurry-09"}),
        a_run(4, given={"humidity": 3.0}),
    )
    found = said(InputError, lambda: commands.propose(begun, plan))
    assert "proposal 1 solid: between two steps" in found
    assert "proposal 2 gap: missing" in found
    assert "no such stage" in found
    assert "no such batch" in found
    assert "is no given" in found
    with pytest.raises(InputError, match="holds no runs"):
        commands.propose(begun, replace(a_plan(begun), runs=()))


def test_a_plan_computed_from_an_older_position_is_a_conflict(begun: CampaignState) -> None:
    plan = a_plan(begun)
    later = then(begun, commands.note(begun, "hello"))
    found = said(ConflictError, lambda: commands.propose(later, plan))
    assert "went on from event 1 to event 2 while the plan was computed" in found


def test_the_place_in_a_design_and_the_rest_of_a_table_come_back(begun: CampaignState) -> None:
    point = DesignPoint(3, -1, 2, {"slurry": 1})
    design = PlanDesign("central-composite", {"alpha": "face"}, ("moved by half a step",))
    run = a_run(design=point, extra={"coil": "=C-7", "width": 151.5})
    told = then(begun, commands.propose(begun, a_plan(begun, run, a_run(2), design=design)))
    first, second = told.runs.values()
    assert (first.design, first.extra) == (point, {"coil": "=C-7", "width": 151.5})
    assert run_object(first)["design"] == asdict(point)
    assert run_object(first)["extra"] == first.extra
    assert told.plans["P001"].design == design
    assert (run_object(second)["design"], run_object(second)["extra"]) == (None, None)


def test_replacing_abandons_the_open_runs_in_the_same_breath(state: CampaignState) -> None:
    state = recorded(state, "R1", loading="12")
    drafts = commands.propose(state, a_plan(state, a_run(1)), replace="new powder")
    assert [(d.kind, d.body.get("run")) for d in drafts] == [
        ("run_abandoned", "R002"),
        ("plan_proposed", None),
    ]
    after = then(state, drafts)
    assert [run.status for run in after.runs.values()] == ["partial", "abandoned", "proposed"]
    undone = then(after, commands.undo(after))
    assert [run.status for run in undone.runs.values()] == ["partial", "proposed"]


# --- runs


def test_every_step_of_a_run_says_who_was_faster(state: CampaignState) -> None:
    state = then(state, commands.start(state, "R1"))
    found = said(ConflictError, lambda: commands.start(state, "R1"))
    assert "run R001: is running by anna on 2026-03-01 08:03 UTC (event 3)" in found
    state = then(state, commands.fail(state, "R1", "cracks"))
    assert "is failed, cracks" in said(ConflictError, lambda: commands.fail(state, "R1", "x"))
    assert "Reopen it first" in said(ConflictError, lambda: commands.start(state, "R1"))
    assert "is failed" in said(ConflictError, lambda: commands.abandon(state, ["R1"], "x"))
    assert "nothing to reopen" in said(ConflictError, lambda: commands.reopen(state, "R2"))


def test_settings_told_at_the_start_are_checked(state: CampaignState) -> None:
    wrong = {"gap": Quantity.of("0.1"), "humidity": Quantity.of("3")}
    found = said(InputError, lambda: commands.start(state, "R1", used=wrong))
    assert "looks like mm" in found
    assert "no such factor" in found


def test_abandoning_is_all_or_nothing(state: CampaignState) -> None:
    state = recorded(state, "R1", loading="12")
    found = said(InputError, lambda: commands.abandon(state, ["R2", "R7", "R1", "R8"], "x"))
    assert "run R7" in found
    assert "run R8" in found
    assert "run R001: is partial" in found
    drafts = commands.abandon(state, ["R2", "r002"], "no time")
    assert [draft.body for draft in drafts] == [{"run": "R002", "reason": "no time"}]


@pytest.mark.parametrize(
    "call",
    [
        lambda state: commands.fail(state, "R1", " "),
        lambda state: commands.abandon(state, ["R1"], ""),
        lambda state: commands.abandon(state, [], "x"),
        lambda state: commands.note(state, "\n"),
        lambda state: commands.note(state, "a\x00b"),
        lambda state: commands.note(state, "hello", "R9"),
        lambda state: commands.fail(state, "R1", "x" * 1001),
        lambda state: commands.reopen(state, "R9"),
    ],
)
def test_reasons_and_notes_must_say_something(
    state: CampaignState, call: Callable[..., Any]
) -> None:
    with pytest.raises(InputError):
        call(state)


# --- lines


ROW: dict[str, Any] = {
    "settings": {"solid": 60.0, "gap": 90.0},
    "given": {},
    "responses": {"loading": [{"number": 11.0, "text": "11"}]},
    "batch": {},
    "made_at": None,
}


def a_table(*rows: dict[str, Any], sha256: str = "abc", name: str | None = None) -> LineTable:
    return LineTable(list(rows or [ROW]), {"map": {}}, sha256, False, "a.csv", [], name)


def test_a_line_is_added_once(begun: CampaignState) -> None:
    state = then(begun, commands.add_line(begun, a_table(), "line2"))
    assert "is a line of that name" in said(
        InputError, lambda: commands.add_line(state, a_table(sha256="other"), "LINE2")
    )
    found = said(InputError, lambda: commands.add_line(state, a_table(), "line3"))
    assert "same data are in the campaign already, as line line2" in found
    undone = then(state, commands.undo(state))
    assert commands.add_line(undone, a_table(), "line2")


def test_a_line_must_fit_the_specification(begun: CampaignState) -> None:
    bad: dict[str, Any] = {
        **ROW,
        "settings": {"solid": float("nan"), "speed": 3.0},
        "responses": {"loading": [{"number": float("inf"), "text": "inf"}], "colour": []},
    }
    found = said(InputError, lambda: commands.add_line(begun, a_table(ROW, bad), "line2"))
    assert "line line2 row 2, solid" in found
    assert "line line2 row 2, speed: no such factor or given" in found
    assert "line line2 row 2, loading: is not a finite number" in found
    assert "line line2 row 2, colour: no such response" in found
    assert "no rows" in said(
        InputError, lambda: commands.add_line(begun, replace(a_table(), rows=[]), "x")
    )
    assert "name of the line" in said(InputError, lambda: commands.add_line(begun, a_table()))
    assert commands.add_line(begun, a_table(name="line7"))[0].body["name"] == "line7"


def test_lines_are_left_out_with_a_reason(begun: CampaignState) -> None:
    state = then(begun, commands.add_line(begun, a_table(), "line2"))
    with pytest.raises(InputError, match="reason"):
        commands.exclude_line(state, "line2", "")
    found = said(InputError, lambda: commands.exclude_line(state, "lin2", "x"))
    assert "Did you mean 'line2'?" in found
    assert "included already" in said(
        ConflictError, lambda: commands.include_line(state, "line2", "x")
    )
    state = then(state, commands.exclude_line(state, "Line2", "other powder"))
    again = said(ConflictError, lambda: commands.exclude_line(state, "line2", "x"))
    assert "excluded already (other powder)" in again


# --- the campaign


def test_amending_tells_the_difference_and_refuses_what_loses_data(state: CampaignState) -> None:
    wider: dict[str, Any] = {
        "name": "gap",
        "unit": "um",
        "levels": [80, 100, 150, 200],
        "stage": "coating",
    }
    spec = load.from_dict({**TABLES, "factor": [TABLES["factor"][0], wider]})
    (draft,) = commands.amend(state, spec, "new shim")
    assert draft.body["reason"] == "new shim"
    assert any("200" in line for line in draft.body["difference"])
    assert then(state, [draft]).spec == spec
    assert commands.amend(state, SPEC) == []
    other = load.from_dict(
        {
            **TABLES,
            "campaign": {**TABLES["campaign"], "name": "x"},
            "response": TABLES["response"][:1],
        }
    )
    found = said(InputError, lambda: commands.amend(state, other))
    assert "campaign.name" in found
    assert "porosity" in found


def test_undo_walks_back_command_by_command(state: CampaignState) -> None:
    state = recorded(state, "R1", loading="12")
    both = [ResultEntry(run, {"porosity": [Quantity.of("31")]}) for run in ("R1", "R2")]
    state = then(state, commands.record(state, both))
    assert [draft.body["event"] for draft in commands.undo(state)] == [5, 4]
    state = then(state, commands.undo(state))
    assert state.runs["R001"].values("porosity") == ()
    assert [draft.body["event"] for draft in commands.undo(state)] == [3]
    state = then(state, commands.undo(state))
    state = then(state, commands.undo(state))
    assert not state.runs
    assert "nothing to undo" in said(InputError, lambda: commands.undo(state))


def test_undoing_what_others_depend_on_names_all_of_them(state: CampaignState) -> None:
    state = recorded(state, "R1", loading="12")
    state = then(state, commands.start(state, "R2"))
    found = said(InputError, lambda: commands.undo(state, 2))
    assert "event 2 (plan P001 proposed: R001, R002): cannot be undone" in found
    assert "event 3: R001 result: loading = 12 by anna" in found
    assert "event 4: R002 started by anna" in found


def test_redoing_what_was_replaced_meanwhile_is_refused(state: CampaignState) -> None:
    state = recorded(state, "R1", loading="12")
    state = then(state, commands.undo(state))
    state = recorded(state, "R1", loading="13")
    found = said(InputError, lambda: commands.undo(state, 4))
    assert "event 5" in found
    assert "has a value of loading already" in found


def test_what_cannot_be_undone(state: CampaignState) -> None:
    assert "creation" in said(InputError, lambda: commands.undo(state, 1))
    assert "no such event; allowed: 2 to 2" in said(InputError, lambda: commands.undo(state, 3))
    state = then(state, commands.undo(state, 2, reason="wrong seed"))
    assert state.events[-1].body["reason"] == "wrong seed"
    found = said(ConflictError, lambda: commands.undo(state, 2))
    assert "is undone already by anna" in found
    assert "undo event 3" in found


def test_a_closed_campaign_takes_notes_and_the_undo_of_its_closing(state: CampaignState) -> None:
    closed = then(state, commands.close(state, "finished"))
    spec = load.from_dict({**TABLES, "response": [*TABLES["response"], {"name": "x"}]})
    for call in (
        lambda: commands.close(closed),
        lambda: commands.amend(closed, spec),
        lambda: commands.start(closed, "R1"),
        lambda: commands.fail(closed, "R1", "x"),
        lambda: commands.abandon(closed, ["R1"], "x"),
        lambda: commands.reopen(closed, "R1"),
        lambda: commands.add_line(closed, a_table(), "l"),
        lambda: commands.exclude_line(closed, "l", "x"),
        lambda: commands.propose(closed, a_plan(closed)),
        lambda: commands.undo(closed, 2),
    ):
        assert "was closed" in said(InputError, call)
    noted = then(closed, commands.note(closed, "report sent"))
    assert not then(noted, commands.undo(noted, closed.seq)).closed


def test_of_many_events_that_depend_on_it_an_undo_names_twenty(state: CampaignState) -> None:
    for _ in range(25):
        state = then(state, commands.note(state, "looked at", "R1"))
    with pytest.raises(InputError) as caught:
        commands.undo(state, 2)
    assert len(caught.value.problems) == 1 + 20


def test_a_run_that_breaks_a_change_is_started_only_when_told_so(state: CampaignState) -> None:
    narrow = {**TABLES["factor"][0], "high": 55, "was": None}
    tables = {**TABLES, "factor": [{k: v for k, v in narrow.items() if v is not None},
                                   TABLES["factor"][1]]}  # fmt: skip
    state = then(state, commands.amend(state, load.from_dict(tables)))
    assert "solid" in said(InputError, lambda: commands.start(state, "R1"))
    assert commands.start(state, "R1", anyway=True)
