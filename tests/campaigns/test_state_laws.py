"""Laws of the fold, on random campaigns beside a little dictionary that does the same."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from designer.campaigns import commands
from designer.campaigns.commands import PlanDraft, PlannedRun, ResultEntry
from designer.campaigns.errors import ConflictError, InputError
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.fold import advance, fold
from designer.campaigns.log.state import CampaignState
from designer.campaigns.log.summary import summary_of
from designer.campaigns.specification import load
from designer.campaigns.store.store import Store
from designer.campaigns.values.quantity import Quantity

SPEC = load.from_dict(
    {
        "campaign": {"version": 1, "name": "demo", "line": "line4"},
        "stage": [{"name": "slurry", "change_cost": 3.0}],
        "factor": [{"name": "gap", "unit": "um", "levels": [80, 100], "stage": "slurry"}],
        "response": [{"name": "loading", "unit": "mg/cm^2"}, {"name": "porosity", "unit": "%"}],
    }
)
RUN = st.integers(1, 6).map(lambda number: f"R{number:03d}")
RESPONSE = st.sampled_from(["loading", "porosity"])
VALUE = st.integers(1, 9).map(str)


class Campaigns(RuleBasedStateMachine):
    """Random commands on a store in memory; what is refused must change nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store(None, program="0")
        self.state = self.store.create(SPEC, "anna")
        self.values: dict[
            str, dict[str, Any]
        ] = {}  # run → response → values; None: will never be measured
        self.before: list[Any] = []  # the dictionary before each command that can be undone

    def do(self, decide: Callable[..., Any], effect: Callable[..., Any]) -> None:
        """Run a command; the dictionary follows only where it was accepted."""
        head = self.state.head
        try:
            self.state = self.store.change("demo", decide, actor="anna")
        except (InputError, ConflictError):
            assert self.store.state("demo").head == head
            return
        if self.state.head != head:
            self.before.append({run: dict(told) for run, told in self.values.items()})
            effect()

    @rule(count=st.integers(1, 2))
    def propose(self, count: int) -> None:
        first = self.state.next_run_number

        def decide(state: CampaignState) -> list[NewEvent]:
            labels = {"slurry": "new-1"}
            runs = [
                PlannedRun(i, i, {"gap": 80.0}, labels, {}, 0.1, 1.0, None, "")
                for i in range(1, count + 1)
            ]
            return commands.propose(state, PlanDraft("learn", 1, runs, state.seq, 1.0, 0.1))

        def effect() -> None:
            self.values.update({f"R{first + i:03d}": {} for i in range(count)})

        self.do(decide, effect)

    @rule(value=VALUE)
    def attach(self, value: str) -> None:
        run = f"R{self.state.next_run_number:03d}"
        entry = ResultEntry(
            None, {"loading": [Quantity.of(value)]}, used={"gap": Quantity.of("90")}
        )
        self.do(
            lambda state: commands.attach(state, [entry]),
            lambda: self.values.update({run: {"loading": [float(value)]}}),
        )

    @rule(run=RUN, response=RESPONSE, told=st.lists(VALUE, min_size=1, max_size=2) | st.none())
    def record(self, run: str, response: str, told: list[str] | None) -> None:
        typed = None if told is None else [Quantity.of(value) for value in told]

        def effect() -> None:
            there = self.values[run].get(response)
            assert not there, "a value was overwritten"
            self.values[run][response] = None if told is None else [float(v) for v in told]

        self.do(lambda s: commands.record(s, [ResultEntry(run, {response: typed})]), effect)

    @rule(run=RUN, response=RESPONSE, told=VALUE)
    def record_replicate(self, run: str, response: str, told: str) -> None:
        entry = ResultEntry(run, {response: [Quantity.of(told)]}, replicate=True)

        def effect() -> None:
            there = self.values[run].get(response) or []
            self.values[run][response] = [*there, float(told)]

        self.do(lambda state: commands.record(state, [entry]), effect)

    @rule(run=RUN, response=RESPONSE, told=VALUE)
    def correct_the_only_value(self, run: str, response: str, told: str) -> None:
        def effect() -> None:
            self.values[run][response] = [float(told)]

        what = {response: Quantity.of(told)}
        self.do(lambda s: commands.correct(s, run, reason="a", responses=what), effect)

    @rule(run=RUN, how=st.sampled_from(["start", "fail", "abandon", "reopen", "note"]))
    def change_the_status(self, run: str, how: str) -> None:
        def decide(state: CampaignState) -> list[NewEvent]:
            return {
                "start": lambda: commands.start(state, run),
                "fail": lambda: commands.fail(state, run, "cracks"),
                "abandon": lambda: commands.abandon(state, [run], "no time"),
                "reopen": lambda: commands.reopen(state, run),
                "note": lambda: commands.note(state, "hm", run),
            }[how]()

        self.do(decide, lambda: None)

    @precondition(lambda self: self.before)
    @rule()
    def undo(self) -> None:
        with contextlib.suppress(InputError):
            self.state = self.store.change("demo", commands.undo, actor="bert")
            self.values = self.before.pop()

    @invariant()
    def the_state_is_what_the_dictionary_says(self) -> None:
        assert set(self.state.runs) == set(self.values)
        for run in self.state.runs.values():
            told = self.values[run.id]
            for response in ("loading", "porosity"):
                expected = told.get(response, "open")
                assert list(run.values(response)) == (
                    expected if isinstance(expected, list) else []
                )
                assert (response in run.never) == (expected is None)
            if run.status not in ("failed", "abandoned"):
                done = len(told)
                allowed = {0: {"proposed", "running"}, 1: {"partial"}, 2: {"completed"}}[done]
                assert run.status in allowed

    @invariant()
    def a_list_tells_what_the_fold_tells(self) -> None:
        assert self.store.summaries() == [summary_of(self.state)]

    @invariant()
    def folding_in_two_parts_is_folding_at_once(self) -> None:
        events = self.state.events
        whole = fold(self.state.campaign_id, events)
        assert whole == self.state
        cut = 1 + len(events) * 7 % max(1, len(events) - 1)
        first = fold(self.state.campaign_id, events[:cut])
        assert advance(first, events[cut:]) == whole


TestCampaigns = Campaigns.TestCase
TestCampaigns.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    derandomize=True,
)
