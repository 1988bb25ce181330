"""Wrong specifications: every problem of the file at once, each with path, value and remedy."""

from __future__ import annotations

import copy
import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.campaigns.errors import InputError, Problem
from designer.campaigns.specification import load
from designer.campaigns.specification.load import example_text
from designer.campaigns.specification.text import to_tables

BAD = """
colour = "red"

[campaign]
version = 2
name = ""
lin = "line4"
goal = "optimun"

[[stage]]
name = "slurry"
change_cost = -3.0
usable_for = 8

[[stage]]
name = "coating"

[[factor]]
name = "solid_content"
unit = "wt%"
low = 50.0
high = 66.2
step = 0.5
stage = "slury"

[[factor]]
name = "coating_gap"
unit = "micron meter foo"
levels = [80, 100, 100, 90]
stage = "coating"

[[factor]]
name = "calendering_pressure"
unit = "MPa"
low = 20
high = 200
step = 0
stag = "calendering"

[[factor]]
name = "binder"
categories = ["PVDF-A", "PVDF-A", "", 3]

[[factor]]
name = "speed"
low = 5
high = 1

[[factor]]
name = "run"
low = "1"
high = inf

[[factor]]
name = "gap_mean"
low = 1
high = 2
levels = [1, 2]

[[factor]]
name = "nothing"

[[factor]]
name = "solid_content"
low = 0
high = 1

[[given]]
name = "2humidity"
low = 0

[[mixture]]
factors = ["solid_content", "carbon_black", "binder"]

[[mixture]]
factors = ["solid_content"]
total = "hundred"

[[response]]
name = "mass_loading"
noise_sd = 0
possible = [60, 0]
window = [1]
goal = "bigger"
weight = -1
scale = "logarithmic"
knowledge = ["loading", "compacting"]

[[response]]
name = "porosity"
possible = [0, 100]
window = [30, 135]
goal = 120

[[response]]
name = "shift"
possible = [-1, 1]
scale = "log"

[[constraint]]
expression = "solid_contnt * coating_gap == 15000"

[[constraint]]
expression = "solid_contnt * coating_gap + porosity <= 15000 * binder"
when = { binderr = ["PVDF-B"] }

[costs]
unit = "EUR"
run = 0
budget = "lots"
"""


def problems_of(**tables: Any) -> Sequence[Problem]:
    base: dict[str, Any] = {
        "campaign": {"version": 1, "name": "x", "line": "line1"},
        "factor": [{"name": "a", "low": 0, "high": 10}],
        "response": [{"name": "y"}],
    }
    with pytest.raises(InputError) as caught:
        load.from_dict({**base, **tables})
    return caught.value.problems


def refused(read: Callable[[], object]) -> Sequence[Problem]:
    """The problems of what is refused, at least one; none of what is read."""
    try:
        read()
    except InputError as error:
        return error.problems or [Problem("", "")]
    return []


def test_all_problems_of_a_file_are_reported_at_once() -> None:
    with pytest.raises(InputError) as caught:
        load.from_toml(BAD, "bad.toml")
    told: dict[str, list[Problem]] = {}
    for problem in caught.value.problems:
        told.setdefault(problem.where.split(" (")[0], []).append(problem)
    expected = {
        "colour": "unknown key", "campaign.version": "newer", "campaign.name": "empty",
        "campaign.line": "missing", "campaign.lin": "unknown key", "campaign.goal": "unknown word",
        "stage[0].change_cost": "too small", "stage[0].usable_for": "no time",
        "stage[1].change_cost": "missing",
        "factor[0].high": "whole number of steps", "factor[0].stage": "unknown stage",
        "factor[1].unit": "no known unit", "factor[1].levels[2]": "twice",
        "factor[2].step": "too small", "factor[2].stag": "unknown key",
        "factor[3].categories[1]": "twice", "factor[3].categories[2]": "empty",
        "factor[3].categories[3]": "not a text", "factor[4].high": "not above low",
        "factor[5].name": "reserved", "factor[5].low": "not a number",
        "factor[5].high": "not a finite number", "factor[6].name": "_mean",
        "factor[6]": "exactly one", "factor[7]": "exactly one", "factor[8].name": "taken",
        "given[0].name": "no valid name", "given[0].high": "missing",
        "mixture[0].factors[1]": "no factor", "mixture[0].total": "missing",
        "mixture[1].factors": "two or more", "mixture[1].total": "not a number",
        "response[0].noise_sd": "too small", "response[0].possible": "below the second",
        "response[0].window": "not a pair", "response[0].goal": "unknown goal",
        "response[0].weight": "too small", "response[0].scale": "unknown word",
        "response[0].knowledge[1]": "unknown process knowledge",
        "response[1].window": "impossible", "response[1].goal": "impossible",
        "response[2].scale": "positive", "constraint[0].expression": "equality",
        "constraint[1].expression": "neither factor nor given",
        "constraint[1].when.binderr": "no categorical factor",
        "costs.run": "too small",
        "costs.budget": "not a number",
    }  # fmt: skip
    for where, says in expected.items():
        assert any(says in problem.what for problem in told.get(where, [])), (
            where,
            told.get(where),
        )
    assert set(told) == set(expected)
    text = str(caught.value)
    for words in (
        "found 66.2 wt%); allowed: 66 or 66.5 wt%",
        "factor[2].step ('calendering_pressure')",
        "found 0 MPa); allowed: above 0",
        "Did you mean 'slurry'?",
        "Did you mean 'line'?",
        "Did you mean 'stage'?",
        "Did you mean 'solid_content'?",
        "Did you mean 'compaction'?",
        "Write numbers without quotes",
        "[[mixture]]",
        "a response, but constraints are about factors and givens",
    ):
        assert words in text, words


def test_a_broken_item_is_blamed_once() -> None:
    """Constraints and mixtures that use a broken factor are not blamed for it."""
    factors: list[dict[str, Any]] = [
        {"name": "a", "low": 1, "high": 0},
        {"name": "b", "low": 0, "high": 1},
    ]
    found = problems_of(
        factor=factors,
        constraint=[{"expression": "a + b <= 1"}],
        mixture=[{"factors": ["a", "b"], "total": 1}],
    )
    assert [problem.where for problem in found] == ["factor[0].high ('a')"]


def test_independent_parts_are_checked_for_feasibility_beside_other_problems() -> None:
    found = problems_of(constraint=[{"expression": "a >= 11"}], costs={"run": 0})
    assert [p.where for p in found] == ["costs.run", "constraint[0].expression"]


EXAMPLE = to_tables(load.from_toml(example_text()))


@pytest.mark.parametrize(
    ("stage", "keys", "told"),
    [
        (0, {"most_runs": 2.5}, {"stage[0].most_runs ('slurry')": "not a whole number"}),
        (0, {"most_runs": 0}, {"stage[0].most_runs ('slurry')": "too small"}),
        (0, {"reference": 150}, {"stage[0].reference ('slurry')": "not a table"}),
        (0, {"reference": {"coating_gap": 155, "calendering_pressur": 80}}, {
            "stage[0].reference.coating_gap": "not one of the levels",
            "stage[0].reference.calendering_pressur": "no factor of this name",
            "stage[0].reference ('slurry')": "leaves out calendering_pressure"}),
        (0, {"reference": {"coating_gap": "wide", "calendering_pressure": 80,
                           "solid_content": 56}}, {
            "stage[0].reference.coating_gap": "not a number",
            "stage[0].reference.solid_content": "set once for a whole batch of slurry"}),
        (1, {"reference": {"calendering_pressure": 83}}, {
            "stage[1].reference.calendering_pressure": "between two steps"}),
        (1, {"reference": {}}, {"stage[1].reference ('coating')": "leaves out"}),
        (2, {"reference": {}}, {"stage[2].reference ('calendering')": "no factor can differ"}),
        (0, {"reference": {"coating_gap": 300, "calendering_pressure": 200}}, {
            "stage[0].reference ('slurry')": "no recipe with these settings is feasible"}),
    ],
)  # fmt: skip
def test_caps_and_reference_recipes_are_checked_with_all_problems_at_once(
    stage: int, keys: dict[str, float], told: dict[str, str]
) -> None:
    tables = copy.deepcopy(EXAMPLE)
    tables["stage"][stage] |= keys
    tables["constraint"].append({"expression": "coating_gap + calendering_pressure <= 400"})
    with pytest.raises(InputError) as caught:
        load.from_dict(tables)
    found = {problem.where: problem.what for problem in caught.value.problems}
    assert found.keys() == told.keys()
    for where, what in told.items():
        assert what in found[where]


@pytest.mark.parametrize(
    ("tables", "where", "says"),
    [
        ({"campaign": {"name": "x", "line": "l", "goal": "window"}}, "campaign.goal", "window"),
        ({"campaign": {"name": "x", "line": "l", "goal": "optimum"}}, "campaign.goal", "better"),
        ({"campaign": {"name": "x" * 65, "line": "l"}}, "campaign.name", "at most 64"),
        ({"campaign": {"name": "x\x1b[2J", "line": "l"}}, "campaign.name", "invisible"),
        ({"campaign": {"name": 7, "line": "l"}}, "campaign.name", "not a text"),
        ({"campaign": {"version": 0, "name": "x", "line": "l"}}, "campaign.version", "unknown"),
        ({"campaign": {"version": True, "name": "x", "line": "l"}}, "campaign.version", "number"),
        ({"campaign": [{"name": "x", "line": "l"}]}, "campaign", "one bracket"),
        ({"campaign": None}, "campaign.name", "missing"),
        ({"factor": []}, "factor", "missing"),
        ({"factor": {"name": "a", "low": 0, "high": 1}}, "factor", "two brackets"),
        ({"factor": "a"}, "factor", "not a list"),
        ({"factor": ["a"]}, "factor[0]", "not a table"),
        ({"factor": [{"name": "a", "low": 0, "high": 1}] * 1001}, "factor", "1001 items"),
        ({"response": []}, "response", "missing"),
        ({"response": [{"name": "a"}]}, "response[0].name", "taken by factor[0]"),
        ({"response": [{"name": "y"}, {"name": "y_low95"}]}, "response[1].name", "predictions of"),
        ({"response": [{"name": "y", "weight": 0}]}, "response", "weight 0"),
        ({"factors": []}, "factors", "'factor'"),
        ({"costs": {f"zzz{i}": 1 for i in range(50)}}, "costs", "30 more unknown keys"),
        ({"costs": {1: 2}}, "costs.1", "unknown key"),
        ({"costs": {"run": math.nan}}, "costs.run", "finite"),
        ({"costs": {"run": 10**400}}, "costs.run", "finite"),
        ({"costs": [1]}, "costs", "not a table"),
        ({"stage": [{"name": "s", "change_cost": 0}]}, "costs.run", "last stage, is 0"),
        ({"stage": [{"name": "s", "change_cost": 1, "usable_for": 8}]}, "stage[0].usable_for",
         "no time"),
        ({"given": [{"name": "h", "low": 1, "high": 1}]}, "given[0].high", "not above low"),
        ({"given": [{"name": "h", "low": 0, "high": 1, "step": 1}]}, "given[0].step",
         "unknown key"),
    ],
)  # fmt: skip
def test_tables(tables: dict[str, dict[str, str]], where: str, says: str) -> None:
    found = [str(p) for p in problems_of(**tables) if p.where.split(" (")[0] == where]
    assert any(says in text for text in found), (found, problems_of(**tables))


def test_names_of_columns_added_later_stay_in_specifications_of_old_stores() -> None:
    tables = copy.deepcopy(EXAMPLE)
    tables["factor"].append({"name": "porosity_low", "low": 0, "high": 1})
    with pytest.raises(InputError, match="predictions of porosity"):
        load.from_dict(tables)
    assert load.from_dict(tables, trusted=True).factors[-1].name == "porosity_low"


@pytest.mark.parametrize(
    ("keys", "where", "says"),
    [
        ({"low": 0, "high": 1, "step": 0.3}, "high", "0.9 or 1.2 um"),
        ({"low": 0, "high": 1, "step": 3}, "high", "allowed: 3 um"),
        ({"low": 0, "high": 1, "step": -0.1}, "step", "above 0"),
        ({"low": 0, "high": 1, "step": 1e-9}, "step", "continuous"),
        ({"low": 0, "step": 1}, "high", "missing"),
        ({"step": 1}, "low", "missing"),
        ({"low": 1, "high": 1}, "high", "Leave out"),
        ({"low": True, "high": 1}, "low", "not a number (found true)"),
        ({"low": dt.date(2026, 1, 2), "high": 1}, "low", "found a date"),
        ({"low": -math.inf, "high": 1}, "low", "finite"),
        ({"levels": [3]}, "levels", "two or more"),
        ({"levels": []}, "levels", "two or more"),
        ({"levels": [2, 1]}, "levels[1]", "not above"),
        ({"levels": [1, "2"]}, "levels[1]", "not a number"),
        ({"levels": 3}, "levels", "not a list"),
        ({"levels": list(range(1001))}, "levels", "at most 1000"),
        ({"levels": [1, 2], "categories": ["a", "b"]}, "", "exactly one"),
        ({"levels": [1, 2], "step": 1}, "", "exactly one"),
        ({"categories": ["a"]}, "categories", "two or more"),
        ({"categories": ["a", "b"]}, "unit", "no unit"),
        ({"categories": ["a", "b\u202e"]}, "categories[1]", "invisible"),
        ({"categories": ["a", 1]}, "categories[1]", 'Write "1"'),
        ({"categories": ["a", "b"], "was": "c"}, "was", "no category"),
        ({"low": 0, "high": 1, "was": "c"}, "was", "not a number"),
        ({"low": 0, "high": 1, "stage": "s"}, "stage", "there is no [[stage]]"),
        ({"low": 0, "high": 1, "unit": "umm"}, "unit", "no known unit"),
        ({"low": 0, "high": 1, "unit": ""}, "unit", "is empty"),
    ],
)
def test_factors(keys: dict[str, float], where: str, says: str) -> None:
    found = problems_of(factor=[{"name": "a", "unit": "um", **keys}])
    path = f"factor[0].{where} ('a')" if where else "factor[0] ('a')"
    assert any(p.where == path and says in str(p) for p in found), found


@pytest.mark.parametrize(
    ("keys", "where", "says"),
    [
        ({"window": [3, 2]}, "window", "below the second"),
        ({"window": [2, 2]}, "window", "below the second"),
        ({"window": [math.inf, 2]}, "window", "-inf"),
        ({"window": [-math.inf, math.inf]}, "window", "no end"),
        ({"window": [None, None]}, "window", "no end"),
        ({"window": [math.nan, 2]}, "window", "not a pair"),
        ({"window": "1-2"}, "window", "not a pair"),
        ({"window": [1, 2, 3]}, "window", "not a pair"),
        ({"window": [70, math.inf], "possible": [0, 60]}, "window", "impossible"),
        ({"window": [60, math.inf], "possible": [0, 60]}, "window", "impossible"),
        ({"window": [-1, 5], "possible": [0, 60]}, "window", "0 to 60 um"),
        ({"noise_sd": -1}, "noise_sd", "above 0"),
        ({"weight": math.inf}, "weight", "finite"),
        ({"goal": True}, "goal", "not a number"),
        ({"goal": "12"}, "goal", "without quotes"),
        ({"goal": math.inf}, "goal", "finite"),
        ({"knowledge": "loading"}, "knowledge", "not a list"),
        ({"scale": "ln"}, "scale", "log, linear"),
        ({"scale": "log", "possible": [-1, 5]}, "scale", "-1 to 5 um"),
        ({"scale": "log", "possible": [None, 5]}, "scale", "at most 5 um"),
        ({"scale": "log", "window": [-3, -2]}, "window", "above 0"),
        ({"scale": "log", "goal": 0}, "goal", "above 0"),
        ({"windows": [1, 2]}, "windows", "'window'"),
    ],
)
def test_responses(keys: dict[str, list[int]], where: str, says: str) -> None:
    found = problems_of(response=[{"name": "y", "unit": "um", **keys}])
    assert any(p.where == f"response[0].{where} ('y')" and says in str(p) for p in found), found


TWO: list[dict[str, Any]] = [
    {"name": "a", "low": 0, "high": 10, "unit": "%"},
    {"name": "b", "low": 0, "high": 10, "unit": "wt%"},
    {"name": "c", "low": 0, "high": 10, "unit": "g"},
    {"name": "k", "categories": ["A", "B"]},
]


@pytest.mark.parametrize(
    ("mixture", "where", "says"),
    [
        ([{"factors": ["a", "c"], "total": 5}], "mixture[0].factors", "same unit"),
        ([{"factors": ["a", "k"], "total": 5}], "mixture[0].factors[1]", "categorical"),
        ([{"factors": ["a", "a"], "total": 5}], "mixture[0].factors[1]", "twice"),
        ([{"factors": ["a", "y"], "total": 5}], "mixture[0].factors[1]", "no factor"),
        ([{"factors": [], "total": 5}], "mixture[0].factors", "two or more"),
        ([{"factors": ["a", "b"], "total": 5}, {"factors": ["b", "c"], "total": 5}],
         "mixture[1].factors[0]", "mixture[0]"),
        ([{"factors": ["a", "b"], "total": 20.5}], "mixture[0].total", "nearest: 20 %"),
        ([{"factors": ["a", "b"], "total": math.inf}], "mixture[0].total", "finite"),
        ([{"factor": ["a", "b"], "total": 5}], "mixture[0].factor", "'factors'"),
    ],
)  # fmt: skip
def test_mixtures(mixture: list[dict[str, Any]], where: str, says: str) -> None:
    found = problems_of(factor=TWO, mixture=mixture)
    assert any(p.where == where and says in str(p) for p in found), found


def test_percentages_of_any_kind_can_be_mixed() -> None:
    spec = load.from_dict(
        {
            "campaign": {"name": "x", "line": "l"},
            "factor": TWO,
            "response": [{"name": "y"}],
            "mixture": [{"factors": ["a", "b"], "total": 10}],
        }
    )
    assert spec.mixtures[0].factors == ("a", "b")


@pytest.mark.parametrize(
    ("constraint", "where", "says"),
    [
        ({"expression": "a + k <= 3"}, "constraint[0].expression", 'when = { k = ["…"] }'),
        ({"expression": "a + y <= 3"}, "constraint[0].expression", "a response"),
        ({"expression": "aa <= 3"}, "constraint[0].expression", "Did you mean 'a'?"),
        ({"expression": "1 <= 3"}, "constraint[0].expression", "names no factor"),
        ({"expression": "a <= 3", "when": {"k": ["C"]}}, "constraint[0].when.k[0]", "A, B"),
        ({"expression": "a <= 3", "when": {"k": []}}, "constraint[0].when.k", "never apply"),
        ({"expression": "a <= 3", "when": {"k": "A"}}, "constraint[0].when.k", "not a list"),
        ({"expression": "a <= 3", "when": {"a": ["A"]}}, "constraint[0].when.a", "categorical"),
        ({"expression": "a <= 3", "when": ["k"]}, "constraint[0].when", "not a table"),
        ({"when": {"k": ["A"]}}, "constraint[0].expression", "missing"),
        ({"expression": 3}, "constraint[0].expression", "not a text"),
        ({"expression": "a >= 11"}, "constraint[0].expression", "a 0 to 10 %"),
    ],
)
def test_constraints(constraint: dict[str, str], where: str, says: str) -> None:
    found = problems_of(factor=TWO, constraint=[constraint])
    assert any(p.where == where and says in str(p) for p in found), found


def test_messages_never_repeat_control_characters() -> None:
    found = problems_of(
        campaign={"name": "a\x1b[2J", "line": "l", "bad\x1b[2Jkey": 1},
        factor=[{"name": "\u202ex", "low": 0, "high": "\x07"}],
        constraint=[{"expression": "a\x1b <= 1"}],
    )
    assert len(found) >= 5
    assert all(str(problem).isprintable() for problem in found)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["a", "y", "um", "log", "a <= 1", 1, 0.5, [1, 2], ["A", "B"]]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)  # fmt: skip
KEYS = st.sampled_from([*re.findall(r"^(\w+) = ", example_text(), re.MULTILINE), "was", "nonsense"])
TABLE = st.dictionaries(KEYS, JSON, max_size=6)


@given(
    st.dictionaries(
        st.sampled_from(
            ["campaign", "stage", "factor", "given", "mixture", "response", "constraint", "costs"]
        ),
        st.one_of(JSON, TABLE, st.lists(TABLE, max_size=3)),
    )
)
def test_any_tables_are_read_or_refused_with_problems(tables: dict[str, Any]) -> None:
    for problem in refused(lambda: load.from_dict(tables)):
        assert problem.where
        assert problem.what


@given(st.data())
def test_a_damaged_example_is_read_or_refused(data: st.DataObject) -> None:
    text = example_text()
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 12))
    insert = data.draw(st.text(alphabet='0123.-e"[]=,\n abc', max_size=6))
    damaged = text[:start] + insert + text[start + length :]
    for problem in refused(lambda: load.from_toml(damaged)):
        assert problem.where
