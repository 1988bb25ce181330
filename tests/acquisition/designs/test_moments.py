"""Moments of a model over the region: exact in a box, the mean over all recipes elsewhere."""

import numpy as np
from hypothesis import given, settings

from designer.acquisition.candidates.candidates import make_candidates
from designer.acquisition.designs.model_terms import MODEL_ORDERS, ModelTerms
from designer.acquisition.designs.moments import region_moments
from designer.campaigns.specification.specification import Specification
from tests.acquisition.cases import make_spec, specs
from tests.laws import NO_HEALTH_CHECK


@settings(max_examples=20, suppress_health_check=NO_HEALTH_CHECK)
@given(specs(continuous=False, mixtures=False))
def test_a_boxs_moments_are_the_mean_over_all_recipes(spec: Specification) -> None:
    if spec.constraints:
        return
    columns = make_candidates(spec).columns
    for order in MODEL_ORDERS:
        terms = ModelTerms.of(spec, order)
        matrix = terms.matrix(columns)
        np.testing.assert_allclose(region_moments(spec, terms), matrix.T @ matrix / len(matrix),
                                   atol=1e-12)  # fmt: skip


def test_continuous_factors_are_integrated() -> None:
    spec = make_spec(
        [{"name": "x", "low": 3, "high": 7}, {"name": "z", "low": 1e-2, "high": 1, "scale": "log"}]
    )
    terms = ModelTerms.of(spec)
    nodes, weights = np.polynomial.legendre.leggauss(3)
    x, z = (axis.ravel() for axis in np.meshgrid(nodes, nodes))
    matrix = terms.matrix({"x": 5 + 2 * x, "z": 10 ** (z - 1)})
    weight = np.outer(weights / 2, weights / 2).ravel()
    np.testing.assert_allclose(
        region_moments(spec, terms), matrix.T @ (weight[:, None] * matrix), atol=1e-14
    )


def test_constraints_and_mixtures_count() -> None:
    parts = [{"name": name, "low": 0, "high": 1, "step": 0.25} for name in ("a", "b")]
    spec = make_spec(
        [*parts, {"name": "x", "low": 0, "high": 4, "step": 1}],
        mixture=[{"factors": ["a", "b"], "total": 1}],
        constraint=[{"expression": "x + 4 * a <= 4"}],
    )
    terms = ModelTerms.of(spec)
    rows = [(a / 4, 1 - a / 4, x) for a in range(5) for x in range(5) if x + a <= 4]
    a, b, x = np.array(rows, dtype=float).T
    matrix = terms.matrix({"a": a, "b": b, "x": x})
    np.testing.assert_allclose(region_moments(spec, terms), matrix.T @ matrix / len(rows))
