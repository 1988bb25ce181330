"""State = fold of the log: what each event does, undo and redo, contradictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from designer.campaigns import commands
from designer.campaigns.commands import PlanDraft, PlannedRun, ResultEntry
from designer.campaigns.errors import InputError, StoreDamagedError
from designer.campaigns.log.builder import InconsistentLogError
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.fold import fold, tried
from designer.campaigns.log.runs import near_run_id
from designer.campaigns.log.state import CampaignState
from designer.campaigns.specification import load
from designer.campaigns.specification.text import to_tables
from designer.campaigns.values.quantity import Quantity
from tests.campaigns.decisions import RECIPE, SPEC, TABLES, begin, then, to_events, values

SPEED: dict[str, Any] = {
    "name": "speed", "unit": "m/min", "low": 1, "high": 9, "step": 1, "was": 3,
}  # fmt: skip
"""A factor that comes in later."""


def plan(
    state: CampaignState,
    recipes: Sequence[dict[str, float]] = (RECIPE,),
    labels: dict[int, dict[str, str]] | None = None,
) -> PlanDraft:
    runs = [
        PlannedRun(i, i, recipe, (labels or {}).get(i, {}), {}, 0.5, 1.0, None, "explores")
        for i, recipe in enumerate(recipes, start=1)
    ]
    return PlanDraft("learn", 7, runs, state.seq, float(len(runs)), 0.5 * len(runs))


def proposed(count: int = 2) -> CampaignState:
    state = begin()
    return then(state, commands.propose(state, plan(state, [RECIPE] * count)))


def recorded(state: CampaignState, run: str, **told: str | None) -> CampaignState:
    return then(state, commands.record(state, [ResultEntry(run, values(**told))]))


def test_a_campaign_begins_with_its_specification_as_typed() -> None:
    state = begin()
    assert state.spec == SPEC
    assert state.spec.text == SPEC.text
    assert (state.seq, state.head, state.closed) == (1, "1:00000001", False)
    assert state.created_at == state.changed_at == "2026-03-01T08:01:00.000000Z"
    assert state.open_runs == []
    assert state.setup is None
    with pytest.raises(InputError, match="no runs yet"):
        state.run("R001")


def test_the_status_follows_what_happened() -> None:
    state = proposed()
    assert state.runs["R001"].status == "proposed"
    state = then(state, commands.start(state, " r 01 ", used={"gap": Quantity.of("101")}))
    assert state.runs["R001"].status == "running"
    assert state.runs["R001"].used == {"solid": 56.5, "gap": 101.0}
    assert state.runs["R001"].planned == RECIPE
    state = recorded(state, "R001", loading="12.1/12.3")
    assert state.runs["R001"].status == "partial"
    assert state.runs["R001"].values("loading") == (12.1, 12.3)
    state = recorded(state, "R001", porosity=None)
    assert state.runs["R001"].status == "completed"
    assert state.runs["R001"].never == {"porosity"}
    assert [run.id for run in state.open_runs] == ["R002"]
    assert state.status_counts["completed"] == state.status_counts["proposed"] == 1


def test_a_value_beats_never() -> None:
    state = recorded(proposed(), "R1", porosity=None)
    state = recorded(state, "R1", porosity="31")
    assert state.runs["R001"].never == frozenset()
    assert state.runs["R001"].values("porosity") == (31.0,)


def test_failed_and_abandoned_runs_go_back_to_what_their_data_say() -> None:
    state = proposed(3)
    state = then(state, commands.fail(state, "R1", "coating defects"))
    state = then(state, commands.abandon(state, ["R2"], "no time"))
    state = recorded(state, "R3", loading="12")
    state = then(state, commands.fail(state, "R3", "web break"))
    assert [run.status for run in state.runs.values()] == ["failed", "abandoned", "failed"]
    assert state.runs["R003"].values("loading") == (12.0,)
    assert state.setup is not None
    assert state.setup.id == "R003"
    for run in ("R1", "R2", "R3"):
        state = then(state, commands.reopen(state, run))
    assert [run.status for run in state.runs.values()] == ["proposed", "proposed", "partial"]
    assert state.runs["R001"].made_key is None


def test_corrections_keep_the_old_value() -> None:
    state = recorded(proposed(), "R1", loading="12.1/12.3")
    drafts = commands.correct(
        state, "R1", reason="typo", responses={"loading": Quantity.of("12.2")}, replicate=2
    )
    state = then(state, drafts)
    second = state.runs["R001"].measurements["loading"][1]
    assert (second.number, second.seq, second.replicate) == (12.2, 4, 2)
    assert [old.number for old in second.history] == [12.3]
    withdrawn = commands.correct(
        state, "R1", reason="other run", responses={"loading": None}, replicate=1
    )
    state = then(state, withdrawn)
    assert state.runs["R001"].values("loading") == (12.2,)
    assert state.runs["R001"].never == frozenset()


def test_withdrawing_the_only_value_leaves_nothing_to_wait_for() -> None:
    state = recorded(proposed(), "R1", loading="12.1")
    drafts = commands.correct(state, "R1", reason="other run", responses={"loading": None})
    run = then(state, drafts).runs["R001"]
    assert (run.values("loading"), run.never) == ((), frozenset({"loading"}))
    assert run.status == "partial"


def test_replicates_keep_their_numbers_when_others_are_undone() -> None:
    state = recorded(proposed(), "R1", loading="12.1")
    again = [ResultEntry("R1", values(loading="12.5"), replicate=True)]
    state = then(state, commands.record(state, again))
    state = then(state, commands.undo(state, 3))
    assert [(v.replicate, v.number) for v in state.runs["R001"].measurements["loading"]] == [
        (2, 12.5)
    ]
    state = then(state, commands.record(state, [replace(again[0])]))
    assert [v.replicate for v in state.runs["R001"].measurements["loading"]] == [2, 3]


def test_undo_of_undo_is_redo_at_any_depth() -> None:
    state = recorded(proposed(), "R1", loading="12.1")
    seen = []
    for _ in range(4):
        state = then(state, commands.undo(state, state.seq))
        seen.append(state.runs["R001"].values("loading"))
    assert seen == [(), (12.1,), (), (12.1,)]
    assert state.reversals == {4: 5, 6: 7}


def test_numbers_are_never_given_out_again_even_after_an_undo() -> None:
    state = begin()
    labels = {
        1: {"slurry": "new-1", "coating": "new-1"},
        2: {"slurry": "new-1", "coating": "new-2"},
    }
    state = then(state, commands.propose(state, plan(state, [RECIPE] * 2, labels)))
    assert state.runs["R002"].batch == {"slurry": "slurry-01", "coating": "coating-02"}
    state = then(state, commands.undo(state))
    assert not state.runs
    assert state.batches == {"slurry": (), "coating": ()}
    assert (state.next_run_number, state.next_plan_number) == (3, 2)
    assert (state.next_batch_number("slurry"), state.next_batch_number("coating")) == (2, 3)
    state = then(state, commands.propose(state, plan(state, [RECIPE], {1: {"slurry": "new-1"}})))
    assert list(state.runs) == ["R003"]
    assert list(state.plans) == ["P002"]
    assert state.runs["R003"].batch == {"slurry": "slurry-02"}


def test_a_batch_named_by_hand_takes_its_number_too() -> None:
    state = proposed()
    entry = ResultEntry("R1", batch={"slurry": "Slurry-07"})
    state = then(state, commands.record(state, [entry]))
    assert state.next_batch_number("slurry") == 8
    first = then(
        proposed(), commands.record(proposed(), [replace(entry, batch={"slurry": "slurry-0"})])
    )
    assert first.next_batch_number("slurry") == 1


def test_the_setup_is_the_run_made_last_as_told_or_as_recorded() -> None:
    state = proposed(3)
    for run, made_at in (("R1", "2026-02-27T10:00Z"), ("R2", "2026-02-26"), ("R3", None)):
        entry = ResultEntry(run, values(loading="12"), made_at=made_at)
        state = then(state, commands.record(state, [entry]))
        assert state.setup is not None
        assert state.setup.id == {"R1": "R001", "R2": "R001", "R3": "R003"}[run]


def test_out_of_range_settings_are_kept_and_flagged() -> None:
    state = proposed()
    entry = ResultEntry("R1", used={"solid": Quantity.of("70")})
    state = then(state, commands.record(state, [entry]))
    run = state.runs["R001"]
    assert run.used["solid"] == 70.0
    assert run.status == "running"
    assert len(run.flags) == 1
    assert "solid" in run.flags[0]
    assert "70 wt%" in run.flags[0]
    assert state.runs["R002"].flags == ()


def amended(
    state: CampaignState, **changes: list[dict[str, Any] | dict[str, str]]
) -> CampaignState:
    return then(state, commands.amend(state, load.from_dict({**TABLES, **changes})))


def test_an_added_factor_gets_its_value_so_far_in_old_runs() -> None:
    state = recorded(proposed(), "R1", loading="12.1", porosity="31")
    state = amended(state, factor=[*TABLES["factor"], SPEED])
    assert state.runs["R001"].used == {"solid": 56.5, "gap": 100.0, "speed": 3.0}
    assert (state.runs["R002"].planned or {})["speed"] == 3.0
    assert "speed" in state.events[-1].body["difference"][0]
    state = then(state, commands.propose(state, plan(state, [{**RECIPE, "speed": 5.0}])))
    with pytest.raises(InputError, match="depend on it"):
        commands.undo(state, state.seq - 1)


def test_a_response_added_later_does_not_reopen_closed_history() -> None:
    state = recorded(proposed(), "R1", loading="12.1", porosity="31")
    adhesion = {"name": "adhesion", "unit": "N/m"}
    state = amended(state, response=[*TABLES["response"], adhesion])
    assert state.runs["R001"].status == "completed"
    state = recorded(state, "R2", loading="12.1", porosity="31")
    assert state.runs["R002"].status == "partial"
    state = recorded(state, "R1", adhesion="5")
    assert state.runs["R001"].status == "completed"
    assert state.runs["R001"].values("adhesion") == (5.0,)


def line(state: CampaignState, name: str = "line2") -> list[NewEvent]:
    from designer.campaigns.earlier_lines.mapping import LineTable

    row: dict[str, Any] = {
        "settings": {"solid": 60.0, "gap": 90.0},
        "given": {},
        "responses": {"loading": [{"number": 11.0, "text": "11"}, {"number": 12.0, "text": "12"}]},
        "batch": {},
        "made_at": None,
    }
    return commands.add_line(state, LineTable([row], {}, f"sha-{name}", False, "a.csv"), name)


def test_lines_come_in_go_out_and_come_in_again() -> None:
    state = begin()
    state = then(state, line(state))
    assert state.lines["line2"].rows[0].responses == {"loading": (11.0, 12.0)}
    assert state.lines["line2"].included
    state = then(state, commands.exclude_line(state, "LINE2", "other powder"))
    assert not state.lines["line2"].included
    assert state.lines["line2"].reason == "other powder"
    state = then(state, commands.include_line(state, "line2", "checked"))
    assert state.lines["line2"].included


def test_an_added_factor_gets_its_value_so_far_in_lines() -> None:
    state = begin()
    state = then(state, line(state))
    state = amended(state, factor=[*TABLES["factor"], SPEED])
    assert state.lines["line2"].rows[0].settings == {"solid": 60.0, "gap": 90.0, "speed": 3.0}


def test_notes_stand_at_the_run_and_at_the_campaign() -> None:
    state = proposed()
    state = then(state, commands.note(state, "first\nsecond", "R1"))
    state = then(state, commands.note(state, "whole campaign"))
    assert [note.run for note in state.notes] == ["R001", None]
    assert state.runs["R001"].notes[0].text == "first\nsecond"


def test_folding_leaves_earlier_states_alone() -> None:
    state = proposed()
    before = (dict(state.runs), state.events, state.counters)
    recorded(state, "R1", loading="12")
    assert (dict(state.runs), state.events, state.counters) == before


def test_trying_events_leaves_the_state_alone() -> None:
    state = proposed()
    runs = dict(state.runs)
    after = tried(state, commands.start(state, "R1"))
    assert after.runs["R001"].status == "running"
    assert state.runs == runs


CONTRADICTIONS = {
    "a result for a run that is not there": ("result_recorded", {"run": "R009"}),
    "a start of a started run": ("run_started", {"run": "R001", "settings": {}}),
    "an unknown response": (
        "result_recorded",
        {"run": "R002", "responses": {"colour": [{"number": 1.0, "text": "1"}]}},
    ),
    "an unknown factor": ("result_recorded", {"run": "R002", "used": {"x": {"number": 1}}}),
    "a second first value": (
        "result_recorded",
        {"run": "R001", "responses": {"loading": [{"number": 1.0, "text": "1"}]}},
    ),
    "a run attached twice": ("result_recorded", {"run": "R001", "attached": True}),
    "an abandoned run that was made": ("run_abandoned", {"run": "R001", "reason": "a"}),
    "a reopened run that is open": ("run_reopened", {"run": "R002", "reason": None}),
    "a line out that is not there": ("line_excluded", {"name": "x", "reason": "a"}),
    "a second creation": ("campaign_created", {"text": "", "parsed": to_tables(SPEC)}),
    "a correction of another value": (
        "result_corrected",
        {
            "run": "R001",
            "reason": "a",
            "what": {
                "responses": {
                    "loading": {
                        "replicate": 1,
                        "old": {"number": 99.0, "text": "99"},
                        "new": {"number": 1.0, "text": "1"},
                    }
                }
            },
        },
    ),
    "a payload of another shape": ("result_recorded", {"run": "R002", "responses": [1]}),
    "a reversal of nothing": ("event_reversed", {"event": 99, "reason": None}),
    "a reversal of the creation": ("event_reversed", {"event": 1, "reason": None}),
}
RESULT: dict[str, Any] = {
    "replicate": None, "responses": {}, "used": {}, "given": {}, "batch": {}, "made_at": None,
}  # fmt: skip


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_an_event_that_cannot_follow_is_named(case: str) -> None:
    state = recorded(proposed(), "R1", loading="12")
    kind, body = cast("tuple[str, dict[str, Any]]", CONTRADICTIONS[case])
    if kind == "result_recorded":
        body = {**RESULT, **body}
    with pytest.raises(InconsistentLogError) as caught:
        then(state, [NewEvent(kind, body)])
    assert caught.value.seq == 4
    assert "#4" in str(caught.value)


def test_nothing_but_notes_follows_the_closing() -> None:
    state = proposed()
    state = then(state, commands.close(state))
    assert state.closed
    state = then(state, commands.note(state, "late remark"))
    with pytest.raises(InconsistentLogError, match="closed"):
        then(state, [NewEvent("run_started", {"run": "R001", "settings": {}})])


def test_gaps_and_empty_logs_are_damage() -> None:
    events = to_events(commands.create(SPEC))
    with pytest.raises(StoreDamagedError, match="no events"):
        fold("c", [])
    with pytest.raises(StoreDamagedError, match="event 2 is missing"):
        fold("c", [*events, replace(events[0], seq=3)])
    with pytest.raises(StoreDamagedError, match="not been created"):
        fold("c", [replace(events[0], kind="run_failed", body={"run": "R1", "reason": "a"})])


def test_a_copy_of_a_run_knows_its_fields() -> None:
    run = proposed().runs["R001"]
    assert run.changed(status="failed") == replace(run, status="failed")
    with pytest.raises(TypeError, match="colour"):
        run.changed(colour="red")


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("R002", "R012"), ("R021", "R012"), ("R0l1", "R011"),
        ("R054", None), ("R900", None), ("x", None), ("R1012", None), ("r013", "R012"),
    ],
)  # fmt: skip
def test_only_a_slip_of_one_character_is_taken_for_another_run(
    typed: str, near: str | None
) -> None:
    assert near_run_id(typed, ["R010", "R011", "R012"]) == near
