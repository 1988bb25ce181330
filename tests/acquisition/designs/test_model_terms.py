"""Terms of models: names, codes, and exactly the functions the model is about."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings

from designer.acquisition.candidates.candidates import make_candidates
from designer.acquisition.designs.model_terms import MODEL_ORDERS, ModelOrder, ModelTerms
from designer.campaigns.specification.specification import Specification
from tests.acquisition.cases import make_spec, specs
from tests.laws import NO_HEALTH_CHECK

GAP = {"name": "gap", "levels": [80, 100, 200]}
SPEED = {"name": "speed", "low": 1, "high": 3}
DRYER = {"name": "dryer", "levels": [1, 2]}
BINDER = {"name": "binder", "categories": ["A", "B", "C"]}
ADDED = {"name": "added", "categories": ["no", "yes"]}
SHARES = [{"name": name, "low": low, "high": 100} for name, low in (("a", 80), ("b", 0), ("c", 5))]
MIXTURE = {"factors": ["a", "b", "c"], "total": 100}


def test_names_in_words() -> None:
    spec = make_spec([GAP, DRYER, BINDER])
    linear = ("intercept", "gap", "dryer", "binder (A)", "binder (B)")
    products = ("gap × dryer", "gap × binder (A)", "gap × binder (B)", "dryer × binder (A)",
                "dryer × binder (B)")  # fmt: skip
    assert ModelTerms.of(spec, "linear").names == linear
    assert ModelTerms.of(spec, "interaction").names == linear + products
    quadratic = ModelTerms.of(spec)
    assert quadratic.names == (*linear, *products, "gap²")
    assert quadratic.notes == ("dryer has two settings: no dryer²",)
    assert [term.factors for term in quadratic.terms][-2:] == [("dryer", "binder"), ("gap",)]


def test_codes_run_from_minus_one_to_one_and_effects_sum_to_zero() -> None:
    terms = ModelTerms.of(make_spec([GAP, SPEED, BINDER, ADDED]), "linear")
    matrix = terms.matrix({
        "gap": np.array([80.0, 140.0, 200.0]),
        "speed": np.array([1.0, 2.5, 3.0]),
        "binder": np.array(["A", "B", "C"]),
        "added": np.array(["no", "yes", "yes"]),
        "humidity": np.zeros(3),
    })  # fmt: skip
    assert matrix.tolist() == [
        [1, -1, -1, 1, 0, 1],
        [1, 0, 0.5, 0, 1, -1],
        [1, 1, 1, -1, -1, -1],
    ]


def test_decades_are_equally_far_apart_on_a_logarithmic_scale() -> None:
    additive = {"name": "additive", "low": 1e-6, "high": 1e-2, "scale": "log"}
    terms = ModelTerms.of(make_spec([additive]))
    matrix = terms.matrix({"additive": np.array([1e-6, 1e-5, 1e-4, 1e-2])})
    np.testing.assert_allclose(matrix[:, 1], [-1, -0.5, 0, 1], atol=1e-12)


def test_a_mixture_has_scheffes_terms_in_pseudocomponents() -> None:
    spec = make_spec([*SHARES, SPEED], mixture=[MIXTURE])
    assert ModelTerms.of(spec, "linear").names == ("a", "b", "c", "speed")
    quadratic = ModelTerms.of(spec)
    assert quadratic.names == (
        "a", "b", "c", "a × b", "a × c", "a × speed", "b × c", "b × speed", "c × speed", "speed²",
    )  # fmt: skip
    corner = {"a": np.array([95.0]), "b": np.array([0.0]), "c": np.array([5.0])}
    assert quadratic.matrix({**corner, "speed": np.array([1.0])})[0, :3].tolist() == [1, 0, 0]


def test_what_is_fixed_has_no_term() -> None:
    spec = make_spec([*SHARES, BINDER], mixture=[MIXTURE])
    two = ModelTerms.of(spec, fixed={"a": 90.0, "binder": "B"})
    assert two.names == ("b", "c", "b × c")
    matrix = two.matrix({"b": np.array([0.0, 5.0]), "c": np.array([10.0, 5.0])})
    assert matrix.tolist() == [[0, 1, 0], [1, 0, 0]]
    none = ModelTerms.of(spec, fixed={"a": 90.0, "b": 2.0, "binder": "B"})
    assert none.names == ("intercept",)
    assert none.matrix({"c": np.array([8.0, 8.0])}).tolist() == [[1], [1]]


def test_two_mixtures_span_every_quadratic_function() -> None:
    first = [{"name": name, "low": 0, "high": 1, "step": 0.25} for name in ("a", "b", "c")]
    second = [{"name": name, "low": 0, "high": 1, "step": 0.25} for name in ("p", "q", "r")]
    mixtures = [
        {"factors": [factor["name"] for factor in mixed], "total": 1} for mixed in (first, second)
    ]
    spec = make_spec([*first, *second, {**SPEED, "step": 0.5}], mixture=mixtures)
    columns = make_candidates(spec).columns
    terms = ModelTerms.of(spec)
    matrix = terms.matrix(columns)
    free = np.column_stack([columns[name] for name in ("a", "b", "p", "q", "speed")])
    pairs = [free[:, i] * free[:, j] for i in range(5) for j in range(i, 5)]
    wanted = np.column_stack([np.ones(len(free)), free, *pairs])
    assert len(terms) == wanted.shape[1] == np.linalg.matrix_rank(matrix)
    assert np.linalg.matrix_rank(np.hstack([matrix, wanted])) == len(terms)


def _rank_wanted(order: ModelOrder, coded: np.ndarray, widths: list[int]) -> int:
    """Rank of all functions of a model of factors outside mixtures, from every product."""
    ends = np.cumsum([0, *widths])
    blocks = [coded[:, a:b] for a, b in itertools.pairwise(ends)]
    columns = [np.ones((len(coded), 1)), coded]
    if order != "linear":
        for left, right in itertools.combinations(blocks, 2):
            columns += [left[:, [i]] * right for i in range(left.shape[1])]
    if order == "quadratic":
        columns += [block**2 for block in blocks if block.shape[1] == 1]
    return int(np.linalg.matrix_rank(np.hstack(columns)))


@settings(max_examples=25, suppress_health_check=NO_HEALTH_CHECK)
@given(specs(continuous=False, mixtures=False))
def test_terms_are_independent_where_the_region_is_a_box(spec: Specification) -> None:
    if spec.constraints:
        return
    columns = make_candidates(spec).columns
    blocks = []
    for factor in spec.factors:
        values = columns[factor.name]
        if factor.categories is None:
            blocks.append(np.asarray(values, dtype=np.float64)[:, None])
        else:  # full dummies here, effects there: the same functions
            blocks.append(np.array([[float(v == c) for c in factor.categories] for v in values]))
    for order in MODEL_ORDERS:
        terms = ModelTerms.of(spec, order)
        matrix = terms.matrix(columns)
        assert matrix.shape == (len(columns[spec.factors[0].name]), len(terms.names))
        assert np.linalg.matrix_rank(matrix) == len(terms)
        wanted = _rank_wanted(order, np.hstack(blocks), [block.shape[1] for block in blocks])
        assert wanted == len(terms)


def test_a_missing_factor_is_named() -> None:
    terms = ModelTerms.of(make_spec([GAP, SPEED]))
    with pytest.raises(KeyError, match="speed"):
        terms.matrix({"gap": np.array([80.0])})
