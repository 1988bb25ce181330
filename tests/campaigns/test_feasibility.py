"""Empty feasible sets are proved, named minimally, and never claimed wrongly."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.campaigns.errors import Problem
from designer.campaigns.space import solver
from designer.campaigns.space.constraints import Constraint
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.space.feasibility import conflicts
from designer.campaigns.space.mixtures import Mixture, reachable
from designer.campaigns.space.solver import Region, enumerate_grid, search
from designer.campaigns.specification import load
from designer.campaigns.specification.load import example_text
from designer.campaigns.specification.recipes import recipe_problems
from tests.speed import allowed


def stepped(
    name: str, low: Decimal | float, high: Decimal | float, step: Decimal | float
) -> Factor:
    return Factor(name, low=float(low), high=float(high), step=Decimal(str(step)))


def levels(name: str, *values: Decimal | float) -> Factor:
    return Factor(name, levels=tuple(map(float, values)))


def continuous(name: str, low: int, high: int) -> Factor:
    return Factor(name, low=float(low), high=float(high))


def categories(name: str, *values: str) -> Factor:
    return Factor(name, categories=values)


def problems(
    factors: list[Factor],
    constraints: Sequence[str | Constraint],
    mixtures: Sequence[Any] = (),
    givens: Sequence[Given] = (),
) -> list[Problem]:
    return conflicts(
        factors,
        givens,
        {f"mixture[{i}]": mixture for i, mixture in enumerate(mixtures)},
        {
            f"constraint[{i}]": c if isinstance(c, Constraint) else Constraint(c)
            for i, c in enumerate(constraints)
        },
    )


def decade_grid(name: str, low: float, high: float, per_decade: int) -> Factor:
    return Factor(name, low=low, high=high, log_scale=True, per_decade=per_decade)


SMALL = st.sampled_from([
    levels("x", 0, 1, 2, 3), levels("x", -2, 0.5, 7), stepped("x", 0, 2, 0.5),
    stepped("x", 1, 10, 3), stepped("x", 0.1, 0.7, 0.2),
])  # fmt: skip
EXPRESSIONS = st.sampled_from([
    "x0 + x1 <= {n}", "x0 * x1 >= {n}", "x1 - x2 > {n}", "x2**2 < {n}", "x0 / x1 >= {n}",
    "max(x0, x1) <= {n}", "abs(x0 - x2) >= {n}", "x0 + x1 + x2 >= {n}", "x2 <= x0 - {n}",
])  # fmt: skip
WHEN: list[dict[str, tuple[str, ...]]] = [
    {}, {}, {"k": ("A",)}, {"k": ("A", "B")}, {"k": ("B",)},
]  # fmt: skip
RULES = st.lists(
    st.tuples(
        EXPRESSIONS,
        st.sampled_from([-3, -1, 0, 0.3, 0.5, 1, 2, 4, 5, 9]),
        st.sampled_from(WHEN),
    ),
    min_size=1,
    max_size=4,
)
MIXTURES = st.sampled_from([None, None, ("x0", "x1"), ("x0", "x1", "x2")])


def renamed(factor: Factor, name: str) -> Factor:
    return replace(factor, name=name)


@st.composite
def regions(draw: st.DrawFn) -> Region:
    factors = [renamed(draw(SMALL), f"x{i}") for i in range(3)]
    decades = draw(st.booleans())
    if decades:
        factors[2] = decade_grid("x2", 0.1, 10, 2)
    factors.append(categories("k", "A", "B"))
    rules = [Constraint(text.format(n=n), when=when) for text, n, when in draw(RULES)]
    members = draw(MIXTURES)
    if decades and members is not None:
        members = ("x0", "x1")  # a factor on a logarithmic scale is in no mixture
    total = draw(st.sampled_from(["0", "1", "2.5", "4", "6.3", "10"]))
    mixtures = () if members is None else (Mixture(members, Decimal(total)),)
    return Region(tuple(factors), mixtures, tuple(rules))


def brute_force(region: Region) -> list[dict[str, Any]]:
    """All recipes, one by one, sums as fractions: the independent answer."""
    names = [part.name for part in region.inputs]
    found = []
    choices = [part.values() or () for part in region.inputs if isinstance(part, Factor)]
    assert len(choices) == len(region.inputs)
    for values in itertools.product(*choices):
        recipe = dict(zip(names, values, strict=True))
        exact = all(
            sum(Fraction(str(recipe[name])) for name in mixture.factors) == Fraction(mixture.total)
            for mixture in region.mixtures
        )
        if exact and all(c.holds_for(recipe) for c in region.constraints):
            found.append(recipe)
    return found


@given(regions())
@settings(max_examples=300)
def test_the_search_agrees_with_brute_force(region: Region) -> None:
    expected = brute_force(region)
    verdict = search(region)
    assert verdict.empty == (not expected)
    if expected:
        assert verdict.recipe in expected


@given(regions())
@settings(max_examples=150)
def test_enumeration_agrees_with_brute_force(region: Region) -> None:
    expected = brute_force(region)
    verdict = enumerate_grid(region)
    assert verdict.recipe in expected if expected else verdict.recipe is None
    assert verdict.empty == (not expected)


@given(regions())
@settings(max_examples=150)
def test_with_few_boxes_the_answer_is_the_same(region: Region) -> None:
    assert search(region, boxes=2).empty == (not brute_force(region))


@given(regions())
@settings(max_examples=200)
def test_conflicts_are_minimal(region: Region) -> None:
    """Every named set is empty and has a recipe as soon as one rule of it is left out."""
    found = conflicts(
        [part for part in region.inputs if isinstance(part, Factor)],
        [],
        {f"mixture[{i}]": m for i, m in enumerate(region.mixtures)},
        {f"constraint[{i}]": c for i, c in enumerate(region.constraints)},
    )
    assert bool(found) == (not brute_force(region))
    for problem in found:
        rules = [
            (region.mixtures if "mixture" in where else region.constraints)[int(where[-2])]
            for where in problem.where.removesuffix(".expression")
            .removesuffix(".total")
            .split(", ")
        ]

        def part(kept: list[Any]) -> Region:
            return Region(
                region.inputs,
                tuple(rule for rule in kept if isinstance(rule, Mixture)),
                tuple(rule for rule in kept if isinstance(rule, Constraint)),
            )

        assert not brute_force(part(rules))
        for left_out in range(len(rules)):
            assert brute_force(part(rules[:left_out] + rules[left_out + 1 :]))


SUMS = st.lists(
    st.one_of(
        st.lists(st.integers(-30, 30), min_size=2, max_size=4, unique=True).map(sorted),
        st.tuples(st.integers(-30, 30), st.integers(1, 7), st.integers(1, 6)),
    ),
    min_size=2,
    max_size=3,
)


@given(SUMS, st.integers(-60, 120), st.sampled_from([1, 10, 100]))
def test_reachable_sums_are_exact(
    members: list[list[int] | tuple[int, int, int]], total: int, scale: int
) -> None:
    factors, values = [], []
    for i, member in enumerate(members):
        if isinstance(member, tuple):
            low, step, count = (Decimal(n) for n in member)
            high = low + step * count
            factors.append(stepped(f"x{i}", low / scale, high / scale, step / scale))
            values.append([int(low + step * k) for k in range(int(count) + 1)])
        else:
            factors.append(levels(f"x{i}", *(Decimal(n) / scale for n in member)))
            values.append(member)
    sums = {sum(choice) for choice in itertools.product(*values)}
    below, above = reachable(factors, Decimal(total) / scale)
    assert below == max((Decimal(s) / scale for s in sums if s <= total), default=None)
    assert above == min((Decimal(s) / scale for s in sums if s >= total), default=None)


def test_reachable_sums_with_a_continuous_member() -> None:
    members = [stepped("a", 0, 100, 10), continuous("b", 0, 4)]
    assert reachable(members, Decimal(52)) == (Decimal(52), Decimal(52))
    assert reachable(members, Decimal(57)) == (Decimal(54), Decimal(60))
    assert reachable(members, Decimal(-1)) == (None, Decimal(0))
    assert reachable(members, Decimal(105)) == (Decimal(104), None)
    assert reachable(members, Decimal("1e12"))[1] is None


@pytest.mark.parametrize(
    ("factors", "rules", "mixtures", "where"),
    [
        ([stepped("a", 50, 66, 0.5), levels("g", 80, 300)], ["a * g <= 1000"], [],
         ["constraint[0].expression"]),
        ([continuous("a", 0, 100), continuous("b", 0, 100)],
         ["a * b <= 15", "a <= 90", "a * b >= 15.001"], [], ["constraint[0], constraint[2]"]),
        ([continuous(n, 0, 100) for n in "abc"],
         ["a + b <= 10", "b + c <= 10", "a + c <= 10", "a + b + c >= 15.01"], [],
         ["constraint[0], constraint[1], constraint[2], constraint[3]"]),
        ([continuous(n, 0, 100) for n in "ab"],
         ["a <= 1", "a >= 2", "b <= 1", "b >= 2"], [],
         ["constraint[0], constraint[1]", "constraint[2], constraint[3]"]),
        ([stepped("a", 0, 100, 2), stepped("b", 0, 100, 2)], [], [Mixture(("a", "b"), Decimal(99))],
         ["mixture[0].total"]),
        ([stepped("a", 0, 100, 2), stepped("b", 0, 100, 2), stepped("c", 0, 100, 1)],
         ["c >= 1", "c <= 1.5"], [Mixture(("a", "b", "c"), Decimal(100))],
         ["mixture[0], constraint[0], constraint[1]"]),
        ([continuous("a", 90, 97), stepped("b", 1, 20, 0.5)], ["b <= 2"],
         [Mixture(("a", "b"), Decimal(100))], ["mixture[0], constraint[0]"]),
        ([continuous("a", 0, 1), categories("k", "A", "B")],
         [Constraint("a >= 2", when={"k": ("A",)}), Constraint("a <= -1", when={"k": ("B",)})], [],
         ["constraint[0], constraint[1]"]),
        ([stepped("a", 0, 1000, 1), stepped("b", 0, 1000, 1)],
         ["a**2 + b**2 <= 999999.5", "a*a + b*b >= 999999.1"], [],
         ["constraint[0], constraint[1]"]),  # needs the enumeration of a million recipes
    ],
)  # fmt: skip
def test_contradictions_are_named(
    factors: list[Factor], rules: list[str], mixtures: list[Any], where: list[str]
) -> None:
    found = problems(factors, rules, mixtures)
    assert [problem.where for problem in found] == where
    for problem in found:
        assert all(factor.name in str(problem.found) for factor in factors if len(where) == 1
                   and (factor.name in "".join(map(str, rules)) or mixtures))  # fmt: skip


@pytest.mark.parametrize(
    ("factors", "rules", "mixtures"),
    [
        ([continuous("a", 0, 100), continuous("b", 0, 100)], ["a*b <= 1500", "a*b >= 1499.999999"],
         []),
        ([continuous("a", 0, 1000), continuous("b", 0, 1000)],
         ["a**2 + b**2 <= 999999.5", "a*a + b*b >= 999999.1"], []),
        ([stepped(f"x{i}", 0, 100, 0.1) for i in range(8)],
         ["+".join(f"x{i}" for i in range(8)) + " <= 10",
          "*".join(f"x{i}" for i in range(8)) + " >= 1"], []),
        ([stepped(f"x{i}", 0, 100, 0.1) for i in range(10)], ["x0 * x1 * x2 >= 20000"],
         [Mixture(tuple(f"x{i}" for i in range(10)), Decimal(100))]),
        ([stepped("a", 0, 1, 0.1), stepped("b", 0, 1, 0.1)], ["a + b <= 0.3", "a + b >= 0.3"], []),
        ([categories("k", "A", "B"), continuous("a", 0, 1)],
         [Constraint("a >= 2", when={"k": ("A",)})], []),
    ],
)  # fmt: skip
def test_narrow_but_feasible_regions_are_found(
    factors: list[Factor], rules: list[str], mixtures: list[Any]
) -> None:
    constraints = tuple(c if isinstance(c, Constraint) else Constraint(c) for c in rules)
    recipe = search(Region(tuple(factors), tuple(mixtures), constraints)).recipe
    assert recipe is not None
    assert all(c.holds_for(recipe) for c in constraints)
    assert all(m.holds_for(recipe) for m in mixtures)
    for factor in factors:
        assert factor.problems_with(recipe[factor.name], "", on_grid=True) == []
    assert problems(factors, constraints, mixtures) == []


def test_what_cannot_be_decided_is_not_refused() -> None:
    factors = [continuous("a", 0, 1000), continuous("b", 0, 1000)]
    rules = ["a**2 + b**2 <= 999999.5", "a*a + b**2 >= 999999.6"]
    verdict = search(Region(tuple(factors), (), tuple(map(Constraint, rules))))
    assert (verdict.recipe, verdict.empty) == (None, False)
    assert problems(factors, rules) == []


def test_givens_may_take_any_value_of_their_range() -> None:
    humidity = Given("h", "%", 0, 10)
    assert problems([continuous("a", 0, 100)], ["a * h >= 500"], givens=[humidity]) == []
    found = problems([continuous("a", 0, 100)], ["a * h >= 1001"], givens=[humidity])
    assert [problem.where for problem in found] == ["constraint[0].expression"]
    assert "h 0 to 10 %" in str(found[0].found)


def test_the_answer_does_not_depend_on_the_order_of_constraints() -> None:
    factors = [continuous(n, 0, 100) for n in "ab"]
    rules = ["a + b <= 10", "a >= 6", "b >= 5", "b <= 80"]
    for order in itertools.permutations(rules):
        (problem,) = problems(factors, list(order))
        named = {order[int(where[-2])] for where in problem.where.split(", ")}
        assert named == {"a + b <= 10", "a >= 6", "b >= 5"}


def test_the_example_is_decided_quickly() -> None:
    started = time.process_time()
    spec = load.from_toml(example_text())
    assert time.process_time() - started < allowed(1.0)
    recipe = search(Region(spec.inputs, spec.mixtures, spec.constraints)).recipe
    assert recipe is not None
    assert recipe_problems(spec, recipe, "") == []


def test_work_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten interwoven undecidable constraints stop at the box limit."""
    looked = 0
    original = solver._Search.narrow

    def counted(self: Any, box: Any) -> Any:
        nonlocal looked
        looked += 1
        return original(self, box)

    monkeypatch.setattr(solver._Search, "narrow", counted)
    factors = [continuous(f"x{i}", 0, 1) for i in range(6)]
    total = " + ".join(f"x{i}**2" for i in range(6))
    same = " + ".join(f"x{i}*x{i}" for i in range(6))
    rules = [Constraint(f"{total} <= 3"), Constraint(f"{same} >= 3.00001")]
    assert not search(Region(tuple(factors), (), tuple(rules))).empty
    assert looked <= solver.MOST_BOXES
