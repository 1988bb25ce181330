"""Candidate recipes: feasible, on the machines' grids, complete, without duplicates."""

import itertools
import re
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from designer.acquisition.candidates.candidates import Candidates, make_candidates, with_fixed
from designer.acquisition.candidates.levels import (
    Continuum,
    Levels,
    floats,
    levels_of,
)
from designer.acquisition.candidates.mixtures import simplex_sample, whole_numbers
from designer.acquisition.candidates.stratified import draw, morton_order
from designer.campaigns.errors import InputError
from designer.campaigns.space.lattice import rows_that_sum
from designer.campaigns.specification.recipes import recipe_problems
from designer.campaigns.specification.specification import Specification
from designer.models.encoding import Space
from tests.acquisition.cases import line_spec, make_spec, specs
from tests.laws import NO_HEALTH_CHECK

QUICK = settings(max_examples=35, suppress_health_check=NO_HEALTH_CHECK)


def recipes_of(candidates: Candidates) -> list[Any]:
    return [candidates.recipe(row) for row in range(len(candidates))]


def rows_of(candidates: Candidates) -> list[tuple[Any, ...]]:
    """The same quickly, where there are thousands: settings in the order of the factors."""
    columns = candidates.columns
    return [*zip(*(columns[name].tolist() for name in candidates.names), strict=True)]


def brute_force(spec: Specification, fixed: dict[str, Any]) -> list[Any]:
    """Every feasible recipe in plain Python, through the specification's own check."""
    values = [[fixed[f.name]] if f.name in fixed else list(f.values() or ()) for f in spec.factors]
    names = [f.name for f in spec.factors]
    every = (
        dict(zip(names, combination, strict=True)) for combination in itertools.product(*values)
    )
    return [recipe for recipe in every if not recipe_problems(spec, recipe, "")]


@QUICK
@given(specs(continuous=False), st.data())
def test_the_grid_is_exactly_what_the_specification_allows(
    spec: Specification, data: st.DataObject
) -> None:
    factor = data.draw(st.sampled_from(spec.factors))
    fixed = {}
    if data.draw(st.booleans()):
        fixed[factor.name] = data.draw(st.sampled_from(factor.values() or ()))
    expected = brute_force(spec, fixed)
    if not expected:
        with pytest.raises(InputError) as caught:
            make_candidates(spec, fixed=fixed)
        assert all(f"{name} = " in str(caught.value) for name in fixed)
        return
    candidates = make_candidates(spec, fixed=fixed)
    assert candidates.exact
    found = recipes_of(candidates)
    assert sorted(map(repr, found)) == sorted(map(repr, expected))


@QUICK
@given(specs(), st.integers(0, 3))
def test_sampled_candidates_are_feasible_distinct_and_settable(
    spec: Specification, seed: int
) -> None:
    try:
        candidates = make_candidates(spec, seed=seed, exact_limit=50, raw_limit=60)
    except InputError:
        listed = all(f.values() is not None for f in spec.factors)
        assert not listed or not brute_force(spec, {})
        return
    assert 0 < len(candidates) <= 20_000
    some = np.linspace(0, len(candidates) - 1, 40).astype(int)
    for recipe in (candidates.recipe(row) for row in np.unique(some)):
        assert recipe_problems(spec, recipe, "") == []
    assert len(np.unique(candidates.index, axis=0)) == len(candidates)


def test_continuous_settings_have_three_decimals_of_the_range() -> None:
    spec = make_spec([{"name": "a", "low": 20, "high": 200}, {"name": "b", "low": 0, "high": 0.5}])
    candidates = make_candidates(spec)
    for name, decimals in (("a", 1), ("b", 4)):
        column = candidates.columns[name]
        assert np.array_equal(column, np.round(column, decimals))  # 123.4, as a dial is read
        assert len(np.unique(column)) > 1700
    assert not candidates.exact
    assert len(candidates) > 0.9 * 2**14


def test_a_continuous_fraction_takes_exactly_what_the_others_leave() -> None:
    spec = make_spec(
        [
            {"name": "active", "low": 90, "high": 98},
            {"name": "carbon", "low": 1, "high": 5, "step": 0.5},
            {"name": "binder", "low": 1, "high": 5},
        ],
        mixture=[{"factors": ["active", "carbon", "binder"], "total": 100}],
    )
    candidates = make_candidates(spec, seed=3)
    assert len(candidates) > 8000
    for row in range(0, len(candidates), 200):
        recipe = candidates.recipe(row)
        assert sum(Decimal(repr(value)) for value in recipe.values()) == 100
        assert recipe_problems(spec, recipe, "") == []
    # uniform on the feasible part of the simplex: the corners are reached, the middle is not empty
    carbon = candidates.columns["carbon"]
    assert set(np.unique(carbon)) == set(np.arange(1, 5.01, 0.5))


def test_the_whole_simplex_is_listed_exactly() -> None:
    spec = make_spec(
        [{"name": n, "low": 0, "high": 1, "step": 0.1} for n in ("a", "b", "c")],
        mixture=[{"factors": ["a", "b", "c"], "total": 1}],
    )
    candidates = make_candidates(spec)
    assert candidates.exact
    assert len(candidates) == 66  # (10 + 2 over 2)


def test_tight_constraints_keep_the_sampling_going() -> None:
    spec = make_spec(
        [{"name": n, "low": 0, "high": 1} for n in ("a", "b", "c", "d")],
        constraint=[{"expression": "a + b + c + d <= 0.6"}],  # 0.5 % of the cube
    )
    candidates = make_candidates(spec)
    assert 2000 < len(candidates) <= 2**15 + 2**14
    total = np.sum([candidates.columns[n] for n in ("a", "b", "c", "d")], axis=0)
    assert total.max() <= 0.6 + 1e-9


def test_more_than_the_limit_gives_a_uniform_part() -> None:
    spec = line_spec()
    every, part = make_candidates(spec), make_candidates(spec, exact_limit=30, seed=5)
    assert len(every) == 120
    assert 20 < len(part) <= 30
    assert not part.exact
    assert set(map(repr, recipes_of(part))) <= set(map(repr, recipes_of(every)))
    for name in ("solid", "gap", "pressure"):
        assert len(np.unique(part.columns[name])) >= 4


def test_an_empty_region_names_the_constraint_and_what_to_set_free() -> None:
    spec = line_spec(constraint=[
        {"expression": "solid * gap <= 9000", "reason": "dryer capacity"},
        {"expression": "pressure <= 60"},
    ])  # fmt: skip
    with pytest.raises(InputError) as caught:
        make_candidates(spec, fixed={"solid": 58.0, "gap": 200.0})
    text = str(caught.value)
    assert "solid * gap <= 9000 (dryer capacity)" in text
    assert "pressure <= 60" not in text
    assert "solid = 58.0, gap = 200.0" in text
    assert "Leave gap free" in text


def test_givens_are_fixed_and_count_in_constraints() -> None:
    spec = line_spec(
        given=[{"name": "humidity", "unit": "%", "low": 0, "high": 60}],
        constraint=[{"expression": "humidity + pressure <= 80"}],
    )
    candidates = make_candidates(spec, given={"humidity": 40.0})
    assert candidates.columns["pressure"].max() == 40
    assert set(candidates.columns["humidity"]) == {40.0}
    with pytest.raises(InputError, match="humidity"):
        make_candidates(spec)


@QUICK
@given(specs(continuous=False))
def test_encoding_by_levels_is_encoding(spec: Specification) -> None:
    try:
        candidates = make_candidates(spec)
    except InputError:
        assume(False)
    space = Space.from_specification(spec)
    assert np.allclose(candidates.encode(space), space.encode(candidates.columns), atol=1e-12)


def test_a_recipe_is_found_again() -> None:
    candidates = make_candidates(line_spec())
    for row in (0, 17, 119):
        assert list(np.flatnonzero(candidates.matching(candidates.recipe(row)))) == [row]
    assert not candidates.matching({"solid": 51.0}).any()


@given(st.lists(st.sampled_from(["0.1", "0.3", "0.25", "1"]), min_size=2, max_size=3),
       st.sampled_from(["1", "2.5", "3"]))  # fmt: skip
def test_simplex_rows_are_all_decimal_solutions(steps: list[str], total: str) -> None:
    members = [
        Levels(f"m{k}", np.array([float(Decimal(i) * Decimal(s)) for i in range(8)]))
        for k, s in enumerate(steps)
    ]
    codes, goal = whole_numbers(members, Decimal(total))
    rows = rows_that_sum(codes, goal, 10_000)
    expected = [
        index
        for index in itertools.product(range(8), repeat=len(steps))
        if sum(Decimal(i) * Decimal(s) for i, s in zip(index, steps, strict=True)) == Decimal(total)
    ]
    assert rows is not None
    assert [tuple(row) for row in rows.tolist()] == expected
    assert rows_that_sum(codes, goal, len(expected) - 1) is None or not expected


def test_sampling_the_simplex_is_uniform() -> None:
    rng = np.random.default_rng(0)
    members = [Continuum(n, 0, 10_000, 4) for n in ("a", "b", "c")]
    kept, values, decimals = simplex_sample(members, Decimal(1), rng.random((20_000, 2)))
    points = values / 10**decimals
    assert len(kept) == 20_000
    assert np.all(values.sum(axis=1) == 10**decimals)
    # Dirichlet(1, 1, 1): mean 1/3, variance 1/18 (20,000 samples, atol 4 standard errors)
    assert np.allclose(points.mean(axis=0), 1 / 3, atol=0.007)
    assert np.allclose(points.var(axis=0), 1 / 18, rtol=0.05)


def test_settings_on_a_logarithmic_scale_are_spread_over_its_decades() -> None:
    """Continuous or on a grid: every decade has as many, constraints are about plain values."""
    additive = {"name": "a", "low": 1e-9, "high": 1e-1, "scale": "log"}
    other = {"name": "b", "low": 0, "high": 1}
    for more in ({}, {"per_decade": 10}):
        spec = make_spec([additive | more, other])
        column = make_candidates(spec).columns["a"]
        counts = np.histogram(np.log10(column), np.arange(-9, 0))[0] / len(column)
        assert counts == pytest.approx(1 / 8, rel=0.12)
        assert len(np.unique(column)) == (81 if more else 1001)
        assert all(float(f"{value:.3e}") == value for value in column.tolist())
    narrow = make_spec([additive, other], constraint=[{"expression": "a * 1e8 + b <= 1.5"}])
    candidates = make_candidates(narrow)
    assert candidates.columns["a"].max() <= 1.5e-8
    assert not candidates.exact
    assert len(candidates) > 4000


def test_small_settings_of_many_decades_are_told_apart() -> None:
    factor = {"name": "a", "levels": [1e-12, 2e-12, 1.0], "scale": "log"}
    candidates = make_candidates(make_spec([factor]))
    assert [candidates.level_of("a", value) for value in (1e-12, 2e-12, 1.0)] == [0, 1, 2]
    assert candidates.level_of("a", 3e-12) == -1


def test_levels_are_the_nearest_floats_of_exact_decimals() -> None:
    spec = make_spec([{"name": "a", "low": 0.1, "high": 0.7, "step": 0.1}])
    levels = levels_of(spec.factors[0])
    assert isinstance(levels, Levels)
    assert levels.values.tolist() == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    assert floats(np.array([3, 12]), 1).tolist() == [0.3, 1.2]
    assert floats(np.array([3, 12]), -2).tolist() == [300.0, 1200.0]


# ---- fixed settings and the whole region ----


@QUICK
@given(specs(), st.integers(0, 2), st.booleans(), st.data())
def test_fixed_settings_are_marked_in_the_whole_region(
    spec: Specification, seed: int, listed: bool, data: st.DataObject
) -> None:
    small = {"exact_limit": 60, "raw_limit": 70}
    limits: dict[str, Any] = {"exact_limit": 3000} if listed else small
    fixed = {}
    for factor in spec.factors:
        if data.draw(st.booleans()):
            values = factor.values()
            middle = (
                sum(factor.bounds) / 2 if values is None else data.draw(st.sampled_from(values))
            )
            fixed[factor.name] = middle
    try:
        held = make_candidates(spec, fixed=fixed, seed=seed, **limits)
        whole = make_candidates(spec, seed=seed, **limits)
    except InputError as error:
        refused = str(error)
        with pytest.raises(InputError, match=re.escape(refused)):
            with_fixed(spec, fixed, {}, seed, **limits)
        return
    candidates, mask = with_fixed(spec, fixed, {}, seed, **limits)
    rows = rows_of(candidates)
    assert len(set(rows)) == len(candidates)  # each once
    assert {*rows_of(whole)} <= {*rows}
    marked = {rows[row] for row in np.flatnonzero(mask)}
    if whole.exact or not fixed:
        assert len(candidates) == len(whole)
        assert candidates.exact == whole.exact
    assert {*rows_of(held)} <= marked
    if held.exact:
        assert len(held) == len(marked)
    for row in np.flatnonzero(mask)[:20]:
        recipe = candidates.recipe(row)
        assert all(recipe[name] == value for name, value in fixed.items())
        assert recipe_problems(spec, recipe, "") == []


def test_a_fixed_setting_of_a_continuous_factor_has_its_own_recipes() -> None:
    spec = make_spec([{"name": n, "low": 0, "high": 1} for n in ("a", "b")])
    candidates, mask = with_fixed(spec, {"a": 0.123456}, {}, 0)
    assert mask.sum() == 1001  # no recipe of the region's own part has it
    assert (~mask).sum() > 0.9 * 2**14
    assert set(candidates.columns["a"][mask]) == {0.123456}
    assert np.array_equal(candidates.index, np.unique(candidates.index, axis=0))


def test_where_nothing_is_left_to_propose_it_is_told_what_to_free() -> None:
    factors = [{"name": n, "low": 0, "high": 10, "step": 1} for n in ("a", "b")]
    spec = make_spec(factors, constraint=[{"expression": "a + b <= 5"}])
    with pytest.raises(InputError) as caught:
        with_fixed(spec, {"a": 8}, {}, 0)
    assert caught.value.problems[0].where == "fixed values"
    with pytest.raises(InputError) as caught:
        make_candidates(make_spec(factors, constraint=[{"expression": "a + b >= 50"}]))
    assert caught.value.problems[0].where == "constraints"


# ---- drawing reference points ----


def test_drawing_follows_the_weights() -> None:
    rng = np.random.default_rng(1)
    grid = np.meshgrid(np.arange(32), np.arange(32), indexing="ij")
    index = np.stack(grid, -1).reshape(-1, 2).astype(np.int32)
    order = morton_order(index, [32, 32])
    assert sorted(order.tolist()) == list(range(1024))
    weights = np.where(index[:, 0] < 8, 3.0, 1.0)
    weights[index[:, 1] == 5] = 0.0
    rows = draw(order, weights, 512, rng)
    assert not np.any(index[rows, 1] == 5)
    heavy = np.mean(index[rows, 0] < 8)
    assert heavy == pytest.approx(weights[index[:, 0] < 8].sum() / weights.sum(), abs=0.01)


def test_strata_spread_better_than_chance() -> None:
    """Mean of a smooth function over 128 points: far less scatter than independent draws."""
    index = np.stack(np.meshgrid(*[np.arange(24)] * 3, indexing="ij"), -1).reshape(-1, 3)
    order = morton_order(index.astype(np.int32), [24, 24, 24])
    f = np.sin(index[:, 0] / 6) + np.square(index[:, 1] / 24) - index[:, 2] / 12
    ones, errors, chance = np.ones(len(f)), [], []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        errors.append(f[draw(order, ones, 128, rng)].mean() - f.mean())
        chance.append(f[rng.integers(len(f), size=128)].mean() - f.mean())
    assert np.std(errors) < 0.5 * np.std(chance)
