"""The language of constraints: three ways to evaluate it agree with Python's own arithmetic."""

from __future__ import annotations

import math
import re
import sys
from types import FrameType

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from designer.campaigns.space.constraints import Constraint
from designer.campaigns.space.expression import ExpressionError, parse
from designer.campaigns.space.expression_tree import PLAIN
from designer.campaigns.space.intervals import INTERVALS, can_hold

NAMES: tuple[str, ...] = ("a", "b", "c")
NUMBERS = st.sampled_from([0.0, 0.1, 0.5, 1.0, 2.0, 3.0, 7.25, 100.0])
COMPARATORS = st.sampled_from(["<=", "<", ">=", ">"])
VALUES = st.one_of(
    st.sampled_from([-3.0, -1.0, -0.5, 0.0, 0.3, 1.0, 2.0, 50.0]), st.floats(-100, 100)
)


def _texts() -> st.SearchStrategy[str]:
    leaves = st.one_of(st.sampled_from(NAMES), NUMBERS.map(repr))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner).map(
                lambda t: f"({t[0]} {t[1]} {t[2]})"
            ),
            inner.map(lambda t: f"(-{t})"),
            inner.map(lambda t: f"abs({t})"),
            st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
                lambda t: f"{t[0]}({t[1]}, {t[2]})"
            ),
        ),
        max_leaves=8,
    )


def _python(text: str, values: dict[str, float]) -> float | None:
    """Python's own value of the text (it is a valid Python expression); None when undefined."""
    try:
        value = eval(text, {"abs": abs, "min": min, "max": max, **values})
    except (ArithmeticError, TypeError):
        return None
    return value if isinstance(value, (int, float)) and math.isfinite(value) else None


@given(_texts(), st.tuples(VALUES, VALUES, VALUES))
def test_values_are_python_s(text: str, numbers: tuple[float, float, float]) -> None:
    values = dict(zip(NAMES, numbers, strict=True))
    ours = parse(f"{text} <= 0").left.evaluate(PLAIN, values.__getitem__)
    theirs = _python(text, values)
    if theirs is not None and not math.isnan(ours):
        assert ours == theirs
    elif theirs is None:
        assert math.isnan(ours)
    # The other case: a part was inf or complex in between, which Python allows and we do not.


@given(_texts(), COMPARATORS, st.lists(st.tuples(VALUES, VALUES, VALUES)))
def test_columns_agree_with_single_recipes(
    text: str, comparator: str, rows: list[tuple[float, float, float]]
) -> None:
    constraint = Constraint(f"{text} {comparator} a + 1")
    columns = {name: [row[i] for row in rows] for i, name in enumerate(NAMES)}
    together = constraint.holds(columns)
    alone = [constraint.holds_for(dict(zip(NAMES, row, strict=True))) for row in rows]
    assert together.dtype == np.bool_
    assert together.tolist() == alone


@given(
    _texts(),
    st.lists(st.tuples(VALUES, VALUES).map(sorted), min_size=3, max_size=3),
    st.tuples(*[st.floats(0, 1)] * 3),
)
def test_intervals_contain_every_value(
    text: str, ends: list[list[float]], shares: tuple[float, float, float]
) -> None:
    box = {name: (low, high) for name, (low, high) in zip(NAMES, ends, strict=True)}
    point = {
        name: min(max(low + share * (high - low), low), high)
        for (name, (low, high)), share in zip(box.items(), shares, strict=True)
    }
    tree = parse(f"{text} <= 0").left
    value = tree.evaluate(PLAIN, point.__getitem__)
    assume(not math.isnan(value))
    interval = tree.evaluate(INTERVALS, box.__getitem__)
    assert interval is not None
    assert interval[0] <= value <= interval[1]


@given(
    _texts(),
    COMPARATORS,
    st.lists(st.tuples(VALUES, VALUES).map(sorted), min_size=3, max_size=3),
    st.tuples(*[st.floats(0, 1)] * 3),
)
def test_what_cannot_hold_in_a_box_holds_nowhere(
    text: str, comparator: str, ends: list[list[float]], shares: tuple[float, float, float]
) -> None:
    comparison = parse(f"{text} {comparator} b")
    box = {name: (low, high) for name, (low, high) in zip(NAMES, ends, strict=True)}
    point = {
        name: min(max(low + share * (high - low), low), high)
        for (name, (low, high)), share in zip(box.items(), shares, strict=True)
    }
    if comparison.holds_for(point.__getitem__):
        assert can_hold(comparison, box)


def test_an_exponent_without_end_is_no_crash() -> None:
    comparison = parse("(0 - a) ** (1 / b) <= 3")
    assert can_hold(comparison, {"a": (1.0, 2.0), "b": (0.0, 1.0)})  # (-1) ** 1


def test_intervals_do_rule_out() -> None:
    box = {"a": (50.0, 66.0), "b": (80.0, 300.0), "c": (-2.0, 3.0)}
    for impossible in (
        "a * b <= 3999", "a * b > 19800.1", "c**2 <= -0.1", "abs(c) > 3.1", "min(a, b) < 49",
        "max(a, c) < 49", "a / b > 0.9", "a**-1 > 0.021", "2**a < 1e15", "-a >= -49", "1/c**2 < 0",
        "(c - 10)**0.5 > 0", "a / (c - c*1) <= a - 67",
    ):  # fmt: skip
        if impossible.startswith("a / (c"):
            assert can_hold(parse(impossible), box)  # dependency: allowed to be too optimistic
        else:
            assert not can_hold(parse(impossible), box), impossible


@pytest.mark.parametrize(
    ("expression", "recipe", "holds"),
    [
        ("a + b <= 0.3", {"a": 0.1, "b": 0.2}, True),  # 0.30000000000000004 in floats
        ("a + b - 0.3 <= 0", {"a": 0.1, "b": 0.2}, True),
        ("a + b < 0.3", {"a": 0.1, "b": 0.2}, False),
        ("a + b >= 0.3", {"a": 0.1, "b": 0.2}, True),
        ("0.3 > a + b", {"a": 0.1, "b": 0.2}, False),
        ("a * 3 >= 0.9", {"a": 0.3}, True),  # 0.8999999999999999
        ("a <= 15000", {"a": 15000.001}, False),
        ("1 / a >= 5", {"a": 0.0}, False),
        ("1 / a <= 5", {"a": 0.0}, False),
        ("a ** 0.5 >= 0", {"a": -1.0}, False),
        ("a ** 1000 >= 0", {"a": 1e9}, False),
        ("1 / (1 / a) <= 1", {"a": 0.0}, False),
        ("0 ** -a <= 1", {"a": 1.0}, False),
        ("min(a, 1 / b) <= 1", {"a": 0.0, "b": 0.0}, False),
        ("-a ** 2 <= -3.9", {"a": 2.0}, True),
        ("2 ** -a <= 0.25", {"a": 2.0}, True),
        ("2 ** 3 ** a <= 256", {"a": 2.0}, False),  # right to left: 2**9
        ("10 - a - 3 <= 5", {"a": 2.0}, True),  # left to right
        ("12 / a / 2 <= 2", {"a": 3.0}, True),
        ("10 - (a - 3) <= 11", {"a": 2.0}, True),
        ("+a >= 2", {"a": 2.0}, True),
    ],
)
def test_border_and_undefined_values(
    expression: str, recipe: dict[str, float], holds: bool
) -> None:
    constraint = Constraint(expression)
    assert constraint.holds_for(recipe) is holds
    assert constraint.holds({name: [value] for name, value in recipe.items()}).tolist() == [holds]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a", "no comparison"),
        ("", "too early"),
        ("a <=", "too early"),
        ("<= 3", "not expected"),
        ("a == 3", r"\[\[mixture\]\]"),
        ("a = 3", "equality"),
        ("a != 3", "equality"),
        ("1 <= a <= 3", "two comparisons"),
        ("a <= 3 and b <= 4", "two constraints"),
        ("a ^ 2 <= 3", r"Write \*\*"),
        ("a ≤ 3", "Write <="),
        ("a % 2 <= 1", "not part of the language"),
        ("a // 2 <= 1", "not part of the language"),
        ("a b <= 3", r"Write a \* b"),
        ("2 a <= 3", r"Write 2 \* a"),
        ("(a <= 3", "not closed"),
        ("a <= 3)", "not expected"),
        ("a <= 1,5", "point"),
        ("min(a) <= 3", "two or more"),
        ("abs(a, b) <= 3", "one value"),
        ("min <= 3", "brackets"),
        ("a() <= 3", "not expected"),
        ("sin(a) <= 3", "not expected"),
        ("a.b <= 3", "not part of the language"),
        ("a <= 'PVDF-B'", "when"),
        ("a <= 1e999", "too large"),
        ("__import__('os') <= 1", "not expected|compares text"),
        ("a[0] <= 1", "not part of the language"),
        ("ä <= 3", "not part of the language"),
        ("a <= 0x10", "operator is missing"),
        ("a <= 1_000", "operator is missing"),
        ("a <= 1j", "operator is missing"),
        ("a\x00 <= 1", "not part of the language"),
        ("a # <= 1", "not part of the language"),
        ("~a <= 1", "not part of the language"),
        ("a @ b <= 1", "not part of the language"),
        ("(a := 3) <= 1", "not part of the language"),
        ("lambda: a <= 1", "not part of the language"),
        ("a in b <= 1", "operator is missing"),
        ("a if b else c <= 1", "not part of the language"),
        ("not a <= 1", "not part of the language"),
        ("(a <= 3)", "not closed"),
        ("(a <= 3) <= 1", "not closed"),
        ("(a, b) <= 1", "','"),
        ("() <= 1", "not expected"),
        ("min(a, b,) <= 1", "not expected"),
        ("min(*a) <= 1", "not expected"),
        ("(min)(a, b) <= 1", "brackets"),
        ("min(a, b)(c) <= 1", "not expected"),
        ("2 (a) <= 1", "not expected"),
        ("9" * 400 + " <= a", "too large"),
        ("(" * 60 + "a" + ")" * 60 + " <= 1", "too deeply"),
        ("-" * 60 + "a <= 1", "too deeply"),
        ("2 ** " * 60 + "a <= 1", "too deeply"),
        ("a + " * 110 + "a <= 1", "too deeply"),
        ("a" * 501 + " <= 1", "at most 500"),
    ],
)
def test_mistakes_get_a_sentence(text: str, says: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    error = caught.value
    assert re.search(says, f"{error.what}. {error.hint}")


def test_names_and_numbers_are_ours_not_python_s() -> None:
    tree = parse("in + lambda\r\n* None <= 007 +\t.5 - 1. ** 1E+2")
    assert tree.names == ("in", "lambda", "None")
    values = {"in": 1.0, "lambda": 2.0, "None": 3.0}
    assert tree.left.evaluate(PLAIN, values.__getitem__) == 7.0
    assert tree.right.evaluate(PLAIN, values.__getitem__) == 6.5


@given(st.text(alphabet="ab1.+-*/()<>=,min maxe _^&'[\u2264", max_size=40))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        names = parse(text).names
    except ExpressionError:
        return
    assert all(name in text for name in names)


def test_the_deepest_allowed_expression_evaluates_under_a_low_recursion_limit() -> None:
    text = "(" * 49 + "a" + ")" * 49 + " + a" * 98 + " <= 1000"
    constraint = Constraint(text)
    frames = len(_frames())
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(frames + 600)
    try:
        assert constraint.holds_for({"a": 1.0})
    finally:
        sys.setrecursionlimit(before)


def _frames() -> list[FrameType]:
    frame: FrameType | None = sys._getframe()
    frames = []
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return frames


def test_when_limits_a_constraint_to_categories() -> None:
    constraint = Constraint("a <= 1", when={"binder": ("B", "C"), "film": ("x",)})
    rows = [(5.0, "A", "x"), (5.0, "B", "y"), (5.0, "B", "x"), (0.5, "C", "x")]
    expected = [True, True, False, True]
    columns = {name: [row[i] for row in rows] for i, name in enumerate(("a", "binder", "film"))}
    assert constraint.holds(columns).tolist() == expected
    alone = [constraint.holds_for({"a": a, "binder": b, "film": f}) for a, b, f in rows]
    assert alone == expected


def test_missing_names_are_key_errors() -> None:
    constraint = Constraint("a <= 1", when={"binder": ("B",)})
    with pytest.raises(KeyError):
        constraint.holds_for({"binder": "B"})
    with pytest.raises(KeyError):
        constraint.holds_for({"a": 1.0})
    with pytest.raises(KeyError):
        constraint.holds({"a": [1.0]})


def test_names_in_order_of_appearance() -> None:
    assert Constraint("b * a <= min(c, b)").names == ("b", "a", "c")
