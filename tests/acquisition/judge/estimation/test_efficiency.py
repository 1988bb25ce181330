"""Efficiencies against designs whose criteria are known."""

from itertools import product

import numpy as np
import pytest

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


def test_the_bound_of_many_runs_is_the_best_that_whole_runs_come_near_to() -> None:
    spec = coded_spec("AB")
    terms = ModelTerms.of(spec, "quadratic")
    moments = box_moments(spec, terms)
    best = Criteria.divided(terms, 100, moments)
    # Farrell, Kiefer & Walbran 1967: weights .146 a corner, .080 an edge, .096 the centre
    weights = {2: 0.1458, 1: 0.0802, 0: 0.0962}
    grid = np.array([*product((-1.0, 0.0, 1.0), repeat=2)])
    F = terms.matrix({"A": 2 * grid[:, 0], "B": 2 * grid[:, 1]})
    shares = [weights[int(np.abs(row).sum())] for row in grid]
    known = np.linalg.det(F.T @ (np.array(shares)[:, None] * F)) ** (1 / 6)
    assert best.precision == pytest.approx(100 * known, rel=2e-3)
    # orthogonality cannot be had of a quadratic model: that bound would call the best plan poor
    orthogonal = best.relative_to(Criteria.orthogonal(100, moments))
    assert (orthogonal["D"] or 1) < 0.5
    searched = best_found(spec, "quadratic", 40, moments, given={}, seed=0)
    assert searched is not None
    shares_of = searched.relative_to(Criteria.divided(terms, 40, moments))
    assert all(0.97 < (share or 0) < 1.005 for share in shares_of.values())


def test_the_bound_is_that_of_orthogonal_plans_where_there_are_such() -> None:
    spec = coded_spec("ABCDE")
    terms = ModelTerms.of(spec, "linear")
    moments = box_moments(spec, terms)
    best = Criteria.divided(terms, 8, moments).relative_to(Criteria.orthogonal(8, moments))
    assert all(abs((share or 0) - 1) < 0.01 for share in best.values())
