"""What runs cost in the order they stand in, and in the best."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.acquisition.judge.making import as_listed, in_best_order
from designer.acquisition.selection.context import OpenRun, PlanningContext, Setup
from designer.campaigns.sheets.brought_plan import BroughtRun
from tests.acquisition.cases import line_spec

SPEC = line_spec()  # slurry 3, coating 0.5, cal 0.1, every run 0.05
NOTHING = PlanningContext()
Recipe = tuple[float, float, float]


def brought(recipes: Sequence[Recipe], batch: Sequence[Mapping[str, str]] = ()) -> list[BroughtRun]:
    return [
        BroughtRun(
            k,
            f"row {k}",
            {"solid": solid, "gap": gap, "pressure": pressure},
            batch=batch[k] if batch else {},
        )
        for k, (solid, gap, pressure) in enumerate(recipes)
    ]


BACK_AND_FORTH = [(50.0, 80.0, 20.0), (54.0, 80.0, 20.0), (50.0, 80.0, 20.0), (50.0, 80.0, 30.0)]


def test_going_back_costs_a_batch_in_the_order_of_the_rows_only() -> None:
    runs = brought(BACK_AND_FORTH)
    listed, best = as_listed(SPEC, runs, NOTHING), in_best_order(SPEC, runs, NOTHING, 0)
    assert listed.new == {"slurry": 3, "coating": 3, "cal": 4}
    assert listed.cost == pytest.approx(3 * 3 + 3 * 0.5 + 4 * 0.1 + 4 * 0.05)
    assert best.new == {"slurry": 2, "coating": 2, "cal": 3}
    assert best.cost == pytest.approx(2 * 3 + 2 * 0.5 + 3 * 0.1 + 4 * 0.05)
    assert sorted(best.order) == [0, 1, 2, 3]


def test_what_is_set_up_is_free_and_what_open_runs_bring_too() -> None:
    setup = Setup({"solid": 50.0, "gap": 80.0, "pressure": 20.0}, {"slurry": "slurry-03"})
    context = PlanningContext(setup=setup)
    listed = as_listed(SPEC, brought(BACK_AND_FORTH), context)
    assert listed.new["slurry"] == 2
    assert listed.batches[0]["slurry"] == "slurry-03"
    open_run = OpenRun("R009", {"solid": 54.0, "gap": 80.0, "pressure": 20.0}, {"slurry": "s-4"})
    best = in_best_order(
        SPEC, brought(BACK_AND_FORTH), PlanningContext(setup=setup, pending=(open_run,)), 0
    )
    assert best.new["slurry"] == 0


def test_told_batches_are_kept() -> None:
    same = [(50.0, 80.0, 20.0)] * 4
    runs = brought(same, [{"slurry": name} for name in ("a", "b", "a", "b")])
    for making in (as_listed(SPEC, runs, NOTHING), in_best_order(SPEC, runs, NOTHING, 0)):
        assert making.new["slurry"] == 2
    assert [batch["slurry"] for batch in as_listed(SPEC, runs, NOTHING).batches] == [*"abab"]


def test_a_pot_life_and_a_full_batch_need_a_new_one() -> None:
    spec = line_spec(stages=(("slurry", 3.0, 3.9), ("coating", 0.5), ("cal", 0.1)))
    runs = brought([(50.0, 80.0, 20.0 + 10 * (k % 6)) for k in range(6)])
    # the first run takes 3 + 0.5 + 0.1 + 0.05 of which 0.65 on the slurry, each further one 0.15
    assert as_listed(spec, runs, NOTHING).new["slurry"] == 1
    short = line_spec(stages=(("slurry", 3.0, 0.9), ("coating", 0.5), ("cal", 0.1)))
    assert as_listed(short, runs, NOTHING).new["slurry"] == 3


recipes = st.lists(
    st.tuples(
        st.sampled_from([50.0, 54.0, 58.0]),
        st.sampled_from([80.0, 100.0, 200.0]),
        st.sampled_from([20.0, 30.0, 70.0]),
    ),
    min_size=1,
    max_size=10,
)


@given(recipes)
def test_the_best_order_counts_every_setting_once_and_never_costs_more(
    listed: list[Recipe],
) -> None:
    runs = brought(listed)
    best = in_best_order(SPEC, runs, NOTHING, 0)
    changes = 3.0 * len({r[:1] for r in listed}) + 0.5 * len({r[:2] for r in listed})
    assert best.cost == pytest.approx(changes + 0.1 * len({*listed}) + 0.05 * len(listed))
    assert best.cost <= as_listed(SPEC, runs, NOTHING).cost + 1e-9
    assert sorted(best.order) == [*range(len(listed))]
