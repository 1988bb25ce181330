"""Power against independent computations: noncentral distributions by hand, and simulation."""

import numpy as np
import pytest
from scipy import stats

from designer.acquisition.judge.estimation.effects import plan_models
from designer.acquisition.judge.estimation.power import Strata, powers
from tests.acquisition.cases import line_spec, make_spec
from tests.acquisition.judge.estimation.published import coded_spec, plackett_burman_12, runs_of

NO_STAGES = np.zeros(0)


def test_a_main_effect_of_plackett_burman_has_the_power_of_the_t_test() -> None:
    names = "ABCDEFGH"  # 8 of 11 columns: 3 degrees of freedom for the error
    spec = coded_spec(names)
    runs = runs_of(names, 2 * plackett_burman_12()[:, :8])
    found = powers(
        plan_models(spec, runs)["linear"], Strata.of(spec, [{}] * 12), NO_STAGES, size=2.5
    )
    # two-sided t test of a difference of means of 6 and 6 runs, 3 degrees of freedom
    shift = 2.5 / np.sqrt(1 / 6 + 1 / 6)
    limit = stats.t.ppf(0.975, 3)
    expected = stats.nct.sf(limit, 3, shift) + stats.nct.cdf(-limit, 3, shift)
    assert [each.error_df for each in found] == [3] * 8
    np.testing.assert_allclose([each.power for each in found if each.power], expected, rtol=1e-9)


def test_power_is_what_simulated_regressions_find() -> None:
    rng = np.random.default_rng(3)
    names = "AB"
    spec, X = coded_spec(names), rng.uniform(-2, 2, size=(9, 2))
    model = plan_models(spec, runs_of(names, X))["interaction"]
    found = powers(model, Strata.of(spec, [{}] * 9), NO_STAGES, size=4.0)[0]
    F, repeats = model.F, 4000
    Y = 4.0 / 2 * F[:, [1]] + rng.normal(size=(9, repeats))
    inverse = np.linalg.inv(F.T @ F)
    beta = inverse @ F.T @ Y
    s2 = np.square(Y - F @ beta).sum(axis=0) / (9 - 4)
    rejected = np.abs(beta[1]) / np.sqrt(s2 * inverse[1, 1]) > stats.t.ppf(0.975, 5)
    assert found.power == pytest.approx(rejected.mean(), abs=4 * np.sqrt(0.25 / repeats))


def test_a_factor_of_the_slurry_is_tested_against_slurries() -> None:
    spec = line_spec()
    runs, batches = [], []
    for slurry, solid in enumerate((50, 58, 50, 58, 50, 58)):
        for gap in (80, 200):
            for pressure in (20, 70):
                runs.append({"solid": solid, "gap": gap, "pressure": pressure})
                label = f"{slurry}-{gap}"
                batches.append(
                    {"slurry": str(slurry), "coating": label, "cal": f"{label}-{pressure}"}
                )
    ratio = 2.0
    found = {
        each.effect: each
        for each in powers(
            plan_models(spec, runs)["linear"],
            Strata.of(spec, batches),
            np.array([ratio, 0.0, 0.0]),
            size=3.0,
        )
    }
    # means of 3 and 3 slurries of 4 runs each: a t test with 4 degrees of freedom
    sd = np.sqrt(ratio + 1 / 4) * np.sqrt(2 / 3)
    limit = stats.t.ppf(0.975, 4)
    expected = stats.nct.sf(limit, 4, 3.0 / sd) + stats.nct.cdf(-limit, 4, 3.0 / sd)
    assert found["solid"].stage == "slurry"
    assert found["solid"].error_df == 4
    assert found["solid"].power == pytest.approx(expected, rel=1e-9)
    # within slurries: 24 runs, less 6 slurries, less gap and pressure
    limit = stats.t.ppf(0.975, 16)
    shift = 3.0 / np.sqrt(2 / 12)
    expected = stats.nct.sf(limit, 16, shift) + stats.nct.cdf(-limit, 16, shift)
    assert found["gap"].stage is None
    assert found["gap"].error_df == 16
    assert found["gap"].power == pytest.approx(expected, rel=1e-9)


def test_categories_are_judged_by_their_hardest_pair() -> None:
    spec = make_spec([{"name": "binder", "categories": ["P", "Q", "R"]}])
    runs = [{"binder": name} for name in "PPPQQQRRR"]
    (found,) = powers(plan_models(spec, runs)["linear"], Strata.of(spec, [{}] * 9), NO_STAGES, 2.0)
    # one-way analysis of variance, two means 2 apart and the third between them
    noncentrality = 3 * (1.0**2 + 1.0**2)
    expected = stats.ncf.sf(stats.f.ppf(0.95, 2, 6), 2, 6, noncentrality)
    assert found.power == pytest.approx(expected, rel=1e-9)


def test_where_no_run_is_left_for_the_error_nothing_is_promised() -> None:
    spec, runs = coded_spec("A"), [{"A": -1.0}, {"A": 1.0}]
    (found,) = powers(plan_models(spec, runs)["linear"], Strata.of(spec, [{}] * 2), NO_STAGES, 2.0)
    assert found.power is None
    assert found.error_df == 0
