"""Efficiencies against designs whose criteria are known."""

import numpy as np

from designer.acquisition.designs.model_terms import ModelTerms
from designer.acquisition.designs.moments import box_moments
from designer.acquisition.judge.estimation.effects import plan_models
from designer.acquisition.judge.estimation.efficiency import Criteria, best_found
from tests.acquisition.judge.estimation.published import coded_spec, fraction_5_2, runs_of


def test_efficiencies_of_an_orthogonal_plan_are_1_and_of_half_the_range_a_quarter() -> None:
    names = "ABCDE"
    spec = coded_spec(names)
    whole = plan_models(spec, runs_of(names, 2 * fraction_5_2()))["linear"].F
    moments = box_moments(spec, ModelTerms.of(spec, "linear"))
    bound = Criteria.orthogonal(8, moments)
    found = Criteria.of(whole, moments).relative_to(bound)
    assert {name: round(value or 0, 9) for name, value in found.items()} == dict.fromkeys("DAI", 1)
    half = plan_models(spec, runs_of(names, fraction_5_2()))["linear"].F
    found = Criteria.of(half, moments).relative_to(bound)
    # |F'F| = 8^6 (1/4)^5; the inverse has 1/8 once and 4/8 five times
    assert found["D"] is not None
    assert found["A"] is not None
    assert abs(found["D"] - 0.25 ** (5 / 6)) < 1e-12
    assert abs(found["A"] - 6 / 21) < 1e-12
    leverage = plan_models(spec, runs_of(names, fraction_5_2()))["linear"].leverage
    assert abs(leverage - 6 / 8).max() < 1e-12


def test_the_best_of_eight_runs_for_five_factors_is_orthogonal() -> None:
    spec = coded_spec("ABCDE")
    moments = box_moments(spec, ModelTerms.of(spec, "linear"))
    best = best_found(spec, "linear", 8, moments, given={}, seed=0)
    assert best is not None
    by_bound = best.relative_to(Criteria.orthogonal(8, moments))
    assert all(abs((share or 0) - 1) < 1e-9 for share in by_bound.values())
    assert best_found(spec, "quadratic", 400, np.eye(21), given={}, seed=0) is None
