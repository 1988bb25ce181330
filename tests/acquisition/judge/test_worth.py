"""Bits of judged runs are those a plan tells of itself."""

import numpy as np
import pytest

from designer.acquisition.candidates.candidates import with_fixed
from designer.acquisition.judge.worth import Yardstick
from designer.acquisition.plan.plan import make_plan
from designer.acquisition.selection.context import OpenRun, PlanningContext, Setup
from tests.acquisition.cases import line_spec, posteriors_of

PENDING = OpenRun("R001", {"solid": 54.0, "gap": 100.0, "pressure": 30.0}, {"slurry": "s-1"})
SETUP = Setup({"solid": 56.0, "gap": 150.0, "pressure": 40.0}, {"slurry": "s-0"})


@pytest.mark.parametrize("goal", ["learn", "window"])
def test_a_plan_of_ours_has_the_bits_it_told(goal: str) -> None:
    spec = line_spec(campaign={"goal": goal})
    space, posteriors = posteriors_of(spec)
    context = PlanningContext(setup=SETUP, pending=(PENDING,))
    plan = make_plan(spec, space, posteriors, runs=7, context=context, seed=5)
    candidates, _ = with_fixed(spec, None, {}, 5)
    yardstick = Yardstick(spec, space, posteriors, candidates, context, 5)
    by_rank = sorted(plan.runs, key=lambda run: run.rank)
    worth = yardstick.worth([OpenRun("", run.settings, run.batch) for run in by_rank])
    assert worth.bits == pytest.approx(plan.bits)
    told = np.array([run.bits for run in by_rank], dtype=float)
    np.testing.assert_allclose(np.array(worth.each), told, rtol=1e-6)
    assert plan.outlook is not None
    for name, sd in plan.outlook.sd_after.items():
        assert worth.sd_after[name] == pytest.approx(sd)
        assert worth.sd_now[name] >= worth.sd_before[name] > worth.sd_after[name]


def test_the_sum_does_not_depend_on_the_order_but_on_the_batches() -> None:
    spec = line_spec(campaign={"goal": "learn"})
    space, posteriors = posteriors_of(spec, batch=np.array([0.5, 0.1, 0.0]))
    candidates, _ = with_fixed(spec, None, {}, 0)
    yardstick = Yardstick(spec, space, posteriors, candidates, PlanningContext(), 0)
    recipes = [{"solid": 50.0, "gap": gap, "pressure": 40.0} for gap in (80.0, 150.0, 200.0)]
    shared = [OpenRun("", recipe, {"slurry": "one"}) for recipe in recipes]
    bits = yardstick.worth(shared).bits
    assert yardstick.worth(shared[::-1]).bits == pytest.approx(bits)
    repeated = [OpenRun("", recipes[0], {"slurry": "one"}) for _ in range(3)]
    apart = [OpenRun("", recipes[0], {"slurry": str(k)}) for k in range(3)]
    assert yardstick.worth(apart).bits > yardstick.worth(repeated).bits > 0


def test_settings_that_no_candidate_has_are_judged_too() -> None:
    spec = line_spec()
    space, posteriors = posteriors_of(spec)
    candidates, _ = with_fixed(spec, None, {}, 0)
    yardstick = Yardstick(spec, space, posteriors, candidates, PlanningContext(), 0)
    worth = yardstick.worth([OpenRun("", {"solid": 51.234, "gap": 400.0, "pressure": 43.0})])
    assert worth.bits > 0
