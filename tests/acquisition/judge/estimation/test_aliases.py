"""Alias structures of published designs."""

from collections.abc import Sequence

import numpy as np
import pytest

from designer.acquisition.judge.estimation.aliases import (
    AliasStructure,
    alias_matrix,
    alias_structure,
)
from designer.acquisition.judge.estimation.effects import largest_estimable, plan_models
from designer.acquisition.judge.estimation.words import alias_text
from designer.campaigns.space.factors import Setting
from designer.campaigns.specification.specification import Specification
from tests.acquisition.cases import make_spec
from tests.acquisition.judge.estimation.published import (
    central_composite,
    coded_spec,
    definitive_screening_6,
    fraction_5_2,
    plackett_burman_12,
    runs_of,
)


def structure(spec: Specification, runs: Sequence[dict[str, float]]) -> AliasStructure:
    return alias_structure(plan_models(spec, runs, own_ranges=True)["quadratic"])


def groups(found: AliasStructure) -> set[frozenset[str]]:
    return {frozenset(alias.effects) for alias in found.complete}


def test_the_fraction_2_5_2_has_its_published_aliases() -> None:
    names = "ABCDE"
    found = structure(coded_spec(names), runs_of(names, fraction_5_2()))
    assert groups(found) == {
        frozenset({"A", "B × D", "C × E"}),
        frozenset({"B", "A × D"}),
        frozenset({"C", "A × E"}),
        frozenset({"D", "A × B"}),
        frozenset({"E", "A × C"}),
        frozenset({"B × C", "D × E"}),
        frozenset({"B × E", "C × D"}),
    }
    assert alias_text(found.complete[0]) == "A cannot be told from B × D and C × E"
    assert {effect.name for effect in found.constant} == {f"{name}²" for name in names}
    assert found.partial == ()


def test_where_the_levels_lie_does_not_matter() -> None:
    names = "ABCDE"
    moved = fraction_5_2() * [0.3, 0.2, 1, 0.5, 0.7] + [0.1, -0.6, 0.4, 1.0, -1.2]
    found = structure(coded_spec(names), runs_of(names, moved))
    assert groups(found) >= {frozenset({"A", "B × D", "C × E"}), frozenset({"B × C", "D × E"})}


def test_a_main_effect_of_plackett_burman_carries_a_third_of_each_interaction() -> None:
    names = "ABCDEFGHIJK"
    spec, runs = coded_spec(names), runs_of(names, plackett_burman_12())
    models = plan_models(spec, runs, own_ranges=True)
    assert largest_estimable(models) == "linear"
    matrix = alias_matrix(models["linear"], models["interaction"])
    mains = matrix.coefficients[1:]
    for main, row in zip(matrix.terms[1:], mains, strict=True):
        for other, value in zip(matrix.left_out, row, strict=True):
            expected = 0.0 if main in other.split(" × ") else 1 / 3
            assert abs(value) == pytest.approx(expected, abs=1e-12)
    found = structure(spec, runs)
    assert found.complete == ()
    between = [a for a in found.partial if a.kinds == ("main", "interaction")]
    assert len(between) == 11 * 45
    assert {round(abs(a.correlation), 6) for a in between} == {0.333333}


def test_main_effects_of_a_definitive_screening_design_are_clear() -> None:
    names = "ABCDEF"
    found = structure(coded_spec(names), runs_of(names, definitive_screening_6()))
    assert found.complete == ()
    assert not any("main" in alias.kinds for alias in found.partial)
    squares = [a.correlation for a in found.partial if {*a.kinds} == {"square"}]
    # Jones & Nachtsheim 2011, §3: 1/3 - 1/(m - 1) for m factors
    np.testing.assert_allclose(squares, np.full(15, 1 / 3 - 1 / 5))


def test_squares_of_a_central_composite_design_are_correlated_as_computed_by_hand() -> None:
    spec, runs = coded_spec("AB"), runs_of("AB", central_composite(2, 2**0.5, 5))
    models = plan_models(spec, runs)
    assert largest_estimable(models) == "quadratic"
    found = structure(spec, runs)
    assert [a.effects for a in found.partial] == [("A²", "B²")]
    by_hand = (4 - 64 / 13) / (12 - 64 / 13)
    assert found.partial[0].correlation == pytest.approx(by_hand)


def test_centre_points_show_curvature_but_not_whose() -> None:
    X = np.vstack([fraction_5_2()[:, :3], np.zeros((2, 3))])
    found = structure(coded_spec("ABC"), runs_of("ABC", X))
    assert [alias_text(alias) for alias in found.complete] == [
        "A², B² and C² cannot be told from each other: that there is curvature will show, but not"
        " whose"
    ]
    models = plan_models(coded_spec("ABC"), runs_of("ABC", X), own_ranges=True)
    assert models["quadratic"].lacking == ["A²", "B²", "C²"]


def test_categories_of_three_names_are_told_by_canonical_correlation() -> None:
    spec = make_spec(
        [
            {"name": "binder", "categories": ["P", "Q", "R"]},
            {"name": "oven", "categories": ["1", "2", "3"]},
            {"name": "gap", "low": 0, "high": 1},
        ]
    )
    same: list[dict[str, Setting]] = [
        {"binder": b, "oven": o, "gap": g}
        for b, o in zip("PQR", "231", strict=True)
        for g in (0.0, 1.0)
    ]
    models = plan_models(spec, same, own_ranges=True)
    assert "binder" in models["linear"].lacking
    told = [alias_text(a) for a in alias_structure(models["quadratic"]).complete]
    assert told[0] == "binder cannot be told from oven and binder × oven"


def test_a_factor_that_stays_says_nothing() -> None:
    X = np.array([[-1, 0.5], [1, 0.5], [0, 0.5]])
    found = structure(coded_spec("AB"), runs_of("AB", X))
    assert {effect.name for effect in found.constant} >= {"B"}


def test_shares_of_a_mixture_are_not_called_aliased() -> None:
    spec = make_spec(
        [{"name": name, "low": 0, "high": 1} for name in "uvw"],
        mixture=[{"factors": ["u", "v", "w"], "total": 1}],
    )
    corners = [*np.eye(3), [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3]]
    found = structure(spec, runs_of("uvw", np.array(corners)))
    assert found.complete == ()
    assert found.constant == ()
