"""Order that means nothing changes nothing, order that means something is kept."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from designer.campaigns import commands
from designer.campaigns.commands import PlanDraft, PlannedRun, ResultEntry
from designer.campaigns.errors import StoreDamagedError
from designer.campaigns.log.events import KINDS, Event, NewEvent, check_known, event_problems
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.neighbours import Measured, Neighbours
from designer.campaigns.plausibility.slips import slips
from designer.campaigns.specification import load
from designer.campaigns.store.store import Store
from designer.campaigns.values.quantity import Quantity
from tests.campaigns.decisions import begin
from tests.campaigns.test_slips import FACTORS, RIGHT, campaign
from tests.store.cases import SPEC


def given(draft: NewEvent, _: CampaignState) -> list[NewEvent]:
    return [draft]


def test_replicates_are_in_the_order_of_their_numbers_whenever_they_came() -> None:
    store = Store(None)
    store.create(SPEC, "anna")
    runs = [PlannedRun(1, 1, {"gap": 100.0}, {}, {}, 0.1, 1.0, None, "")]
    store.change(
        "demo",
        lambda state: commands.propose(state, PlanDraft("learn", 1, runs, state.seq, 1.0, 0.1)),
        actor="anna",
    )
    for number, value in ((1, "31"), (4, "34"), (2, "32"), (3, "33")):
        further = ResultEntry("R001", {"loading": [Quantity.of(value)]}, replicate=number > 1)
        draft, *_ = commands.record(store.state("demo"), [further])
        body = {**draft.body, "replicate": number if number > 1 else None}
        state = store.change("demo", partial(given, NewEvent(draft.kind, body)), actor="anna")
    told = state.runs["R001"].measurements["loading"]
    assert [(value.replicate, value.number) for value in told] == [
        (1, 31),
        (2, 32),
        (3, 33),
        (4, 34),
    ]


def test_what_results_should_be_like_does_not_depend_on_the_order_they_are_looked_at() -> None:
    spec = load.from_dict(
        {
            "campaign": {"version": 1, "name": "case", "line": "l"},
            "factor": FACTORS,
            "response": [{"name": "y"}],
        }
    )
    draw = random.Random(3)
    for wide in (False, True):
        results = [
            Measured(
                10 ** draw.uniform(1, 1.6),
                ({"gap": draw.uniform(50, 350), "speed": draw.uniform(0, 10)}, {}),
            )
            for _ in range(14)
        ]
        neighbours = Neighbours(spec.factors, results)
        among = list(range(1, 14))
        expected = neighbours.expected(0, among, wide=wide)
        assert expected is not None
        for _ in range(6):
            draw.shuffle(among)
            found = neighbours.expected(0, among, wide=wide)
            assert found is not None
            np.testing.assert_allclose(
                (found.center, found.spread, found.low, found.high),
                (expected.center, expected.spread, expected.low, expected.high),
            )


def test_slips_are_told_in_the_order_of_the_runs_whatever_the_response() -> None:
    spec = load.from_dict(
        {
            "campaign": {"version": 1, "name": "case", "line": "l"},
            "factor": FACTORS,
            "response": [{"name": "y", "unit": "%"}, {"name": "z", "unit": "%"}],
        }
    )
    y = campaign(*RIGHT, 0.332, 33.0, 0.35).runs.values()
    z = campaign(33.0, 0.34, *RIGHT, 0.33).runs.values()
    runs = {
        one.id: replace(one, measurements={**one.measurements, "z": other.measurements["y"]})
        for one, other in zip(y, z, strict=True)
    }
    told = [(slip.run, slip.response) for slip in slips(replace(begin(spec), runs=runs))]
    assert told == [("R002", "z"), ("R007", "y"), ("R009", "y"), ("R009", "z")]


@pytest.mark.parametrize("kind", ["run_started", "result_recorded", "result_corrected"])
def test_problems_of_an_event_are_listed_by_name(kind: str) -> None:
    extra = {f"{letter}_unknown": 1 for letter in "hcafbegd"}
    found = event_problems([NewEvent(kind, extra)])
    lacking = [f"{kind} lacks {key!r}" for key in sorted(KINDS[kind].required)]
    assert found == [*lacking, *(f"{kind} does not know {key!r}" for key in sorted(extra))]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_stored_event_lacks_is_listed_by_name(kind: str) -> None:
    event = Event(2, "x.0", kind, KINDS[kind].version, {}, "anna", "", "0.2", "")
    with pytest.raises(StoreDamagedError) as caught:
        check_known(event, "demo")
    assert f"demo#2: {kind} lacks {', '.join(sorted(KINDS[kind].required))}" in str(caught.value)


@pytest.mark.parametrize(("count", "more"), [(8, False), (9, True)])
def test_open_runs_are_told_up_to_eight_and_that_there_are_more(count: int, more: bool) -> None:
    places = range(1, count + 1)
    runs = [PlannedRun(k, k, {"gap": 100.0}, {}, {}, 0.1, 1.0, None, "") for k in places]
    store = Store(None)
    store.create(SPEC, "anna")
    state = store.change(
        "demo",
        lambda state: commands.propose(state, PlanDraft("learn", 1, runs, state.seq, 1.0, 0.1)),
        actor="anna",
    )
    hint = state.unknown_run("zzzz").hint or ""
    shown = ", ".join(f"R{k:03d}" for k in range(1, 9))
    assert hint == f"Open runs: {shown}{', …' if more else ''}"
