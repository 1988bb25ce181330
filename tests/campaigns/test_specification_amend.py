"""Amendments: what changes, in words, and what a running campaign cannot change."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from designer.campaigns.specification import load
from designer.campaigns.specification.amend import amendment_problems, difference
from designer.campaigns.specification.load import example_text
from designer.campaigns.specification.specification import Specification
from designer.campaigns.specification.text import to_tables

BASE = load.from_toml(example_text())


def changed(change: Callable[..., Any], base: Specification = BASE) -> Specification:
    tables = copy.deepcopy(to_tables(base))
    change(tables)
    return load.from_dict(tables)


def item(tables: dict[str, Any], table: str, name: str) -> dict[str, Any]:
    return next(entry for entry in tables[table] if entry["name"] == name)


def put(table: str, name: str | None, /, **keys: Any) -> Callable[..., Any]:
    def change(tables: dict[str, Any]) -> None:
        target = tables[table] if name is None else item(tables, table, name)
        target.update(keys)
        for key in [key for key, value in target.items() if value is None]:
            del target[key]

    return change


def add(table: str, /, **entry: Any) -> Callable[..., Any]:
    return lambda tables: tables.setdefault(table, []).append(entry)


def drop(table: str, index: int) -> Callable[..., Any]:
    return lambda tables: tables[table].pop(index)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("campaign", None, goal="optimum"), "goal window → optimum"),
        (put("factor", "calendering_pressure", high=300),
         "factor calendering_pressure: values 20 to 200 MPa in steps of 5 → "
         "20 to 300 MPa in steps of 5"),
        (put("factor", "calendering_pressure", step=None),
         "factor calendering_pressure: values 20 to 200 MPa in steps of 5 → "
         "20 to 200 MPa (continuous)"),
        (put("factor", "coating_gap", levels=[60, 80]),
         "factor coating_gap: values 80, 100, 150, 200, 300 um (levels) → 60, 80 um (levels)"),
        (put("factor", "binder", categories=["PVDF-A", "PVDF-B", "CMC"]),
         "factor binder: values PVDF-A, PVDF-B (categorical) → PVDF-A, PVDF-B, CMC (categorical)"),
        (put("factor", "binder", stage="coating"), "factor binder: stage slurry → coating"),
        (put("response", "porosity", window=[28, None]),
         "response porosity: window 30 to 35 % → at least 28 %"),
        (put("response", "porosity", window=None), "response porosity: window 30 to 35 % → none"),
        (put("response", "porosity", goal=32), "response porosity: goal none → 32 %"),
        (put("response", "mass_loading", noise_sd=None),
         "response mass_loading: noise sd 0.15 mg/cm^2 → none"),
        (put("response", "mass_loading", scale="linear"),
         "response mass_loading: scale log → linear"),
        (put("response", "porosity", history=False),
         "response porosity: history used → not used"),
        (put("campaign", None, history=False), "history used → not used"),
        (put("stage", "slurry", change_cost=4), "stage slurry: change cost 3 → 4"),
        (put("stage", "slurry", usable_for=None), "stage slurry: usable for 8 → none"),
        (put("stage", "coating", most_runs=4), "stage coating: most runs none → 4"),
        (put("stage", "coating", reference={"calendering_pressure": 80}),
         "stage coating: reference none → calendering_pressure 80 MPa"),
        (put("costs", None, budget=60), "budget 40 → 60"),
        (put("given", "humidity", high=80), "given humidity: range 0 to 60 % → 0 to 80 %"),
        (add("factor", name="speed", low=1, high=5, unit="m/min", was=2),
         "factor speed added: values 1 to 5 m/min (continuous); unit m/min; value so far 2 m/min"),
        (add("response", name="adhesion", unit="N/m"),
         "response adhesion added: unit N/m; possible anything; scale linear"),
        (drop("response", 1), "response porosity removed"),
        (drop("factor", 0), None),
        (drop("constraint", 0),
         "constraint removed: solid_content * coating_gap <= 15000 when binder is PVDF-B "
         "(dryer capacity)"),
        (add("constraint", expression="coating_gap <= 250"),
         "constraint added: coating_gap <= 250"),
        (drop("mixture", 0), "mixture removed: active + carbon + binder_share = 100"),
        (lambda tables: tables["response"].reverse(),
         "order of responses: mass_loading, porosity → porosity, mass_loading"),
    ],
)  # fmt: skip
def test_changes_in_words(change: Callable[..., Any], words: str) -> None:
    tables = to_tables(BASE)
    change(tables)
    if words is None:  # the constraint needs the factor too
        tables["constraint"] = []
        new = load.from_dict(tables)
        assert difference(BASE, new)[0] == "factor solid_content removed"
    else:
        assert difference(BASE, load.from_dict(tables)) == [words]


def _other(table: str, key: str, value: Any) -> Any:
    """Another valid value of this key."""
    if (table, key, value) == ("factor", "stage", "calendering"):
        return "coating"
    if isinstance(value, str):
        words = {"goal": "learn", "scale": "linear", "stage": "calendering"}
        word = words.get(key, value + "x")
        word = "minimize" if (table, key) == ("response", "goal") else word
        return "log" if value == word == "linear" else word
    change: dict[str, Callable[[Any], Any]] = {
        "low": lambda v: v - 5, "high": lambda v: v + 5, "step": lambda v: v / 5,
        "window": lambda v: [v[0], v[1] + 0.1], "possible": lambda v: [v[0], 61],
        "levels": lambda v: v[:-1], "categories": lambda v: [*v, "C"], "total": lambda v: v - 1,
        "knowledge": lambda _: ["loading"], "history": lambda v: not v,
    }  # fmt: skip
    return change.get(key, lambda v: v + 0.5)(value)


def test_every_change_is_seen() -> None:
    """Whatever single value of the dict changes, the difference is not empty."""
    tables = to_tables(BASE)
    seen = 0
    for table, entries in tables.items():
        for index, entry in enumerate(entries if isinstance(entries, list) else [entries]):
            for key, value in entry.items():
                if key in ("name", "version", "factors", "expression", "unit", "when"):
                    continue
                new_value = _other(table, key, value)
                edited = json.loads(json.dumps(tables))
                target = edited[table][index] if isinstance(entries, list) else edited[table]
                target[key] = new_value
                new = load.from_dict(edited, trusted=True)
                assert new != BASE
                lines = 2 if table in ("mixture", "constraint") else 1  # removed and added
                assert len(difference(BASE, new)) == lines, (table, key)
                seen += 1
    assert seen > 40


def test_harmless_amendments_are_accepted() -> None:
    for change in (
        put("factor", "calendering_pressure", low=100, high=300),
        put("response", "porosity", window=[25, 30]),
        put("costs", None, budget=100),
        drop("constraint", 0),
        drop("mixture", 0),
        add("factor", name="speed", low=1, high=5, was=9),
        add("factor", name="film", categories=["A", "B"], was="A"),
        add("given", name="coil", low=1, high=5, was=2),
        add("response", name="adhesion"),
        lambda tables: tables["stage"].append({"name": "drying", "change_cost": 0.2}),
        put("factor", "binder", categories=["PVDF-A", "PVDF-B", "CMC"]),
    ):
        assert amendment_problems(BASE, changed(change)) == []


@pytest.mark.parametrize(
    ("change", "where", "says"),
    [
        (put("campaign", None, name="other"), "campaign.name", "'nmc622-line4'"),
        (put("campaign", None, line="line5"), "campaign.line", "'line4'"),
        (lambda t: (t["factor"].pop(6),), "factor calendering_pressure", "taken away"),
        (drop("response", 1), "response porosity", "weight = 0"),
        (drop("given", 0), "given humidity", "taken away"),
        (put("factor", "coating_gap", unit="mm"), "factor coating_gap.unit", "'um'"),
        (put("factor", "coating_gap", unit=None), "factor coating_gap.unit", "'none'"),
        (put("response", "porosity", unit="1"), "response porosity.unit", "'%'"),
        (put("given", "humidity", unit="1"), "given humidity.unit", "'%'"),
        (lambda t: (t.pop("constraint"),
                    put("factor", "binder", categories=["PVDF-A", "PVDF-C"])(t)),
         "factor binder.categories", "'PVDF-B'"),
        (put("factor", "coating_gap", levels=None, unit=None, categories=["thin", "thick"]),
         "factor coating_gap", "exchanged"),
        (add("factor", name="speed", low=1, high=5), "factor speed.was", "so far"),
        (add("given", name="coil", low=1, high=5), "given coil.was", "so far"),
        (lambda t: (t["stage"].pop(2), put("factor", "calendering_pressure", stage=None)(t)),
         "stage calendering", "taken away"),
        (lambda t: t["stage"].reverse(), "stage", "slurry, coating, calendering"),
        (lambda t: (t.pop("given"), add("factor", name="humidity", low=0, high=60, unit="%")(t)),
         "factor humidity", "was a given"),
    ],
)  # fmt: skip
def test_what_cannot_be_changed(change: Callable[..., Any], where: str, says: str) -> None:
    tables = to_tables(BASE)
    change(tables)
    if where == "factor coating_gap":
        tables.pop("constraint")
    problems = amendment_problems(BASE, load.from_dict(tables))
    assert [problem.where for problem in problems] == [where]
    assert says in str(problems[0])


def test_all_problems_of_an_amendment_are_told_at_once() -> None:
    tables = to_tables(BASE)
    tables["campaign"].update(name="other", line="other")
    tables["response"].pop()
    tables["factor"].append({"name": "speed", "low": 1, "high": 5})
    problems = amendment_problems(BASE, load.from_dict(tables))
    assert len(problems) == 4


def test_a_renamed_factor_is_one_problem() -> None:
    tables: dict[str, Any] = {
        "campaign": {"version": 1, "name": "demo", "line": "line4"},
        "factor": [
            {"name": "gap", "unit": "um", "levels": [80, 100]},
            {"name": "speed", "low": 1, "high": 5},
        ],
        "response": [{"name": "loading"}],
    }
    base = load.from_dict(tables)
    renamed = changed(put("factor", "gap", name="coating_gap"), base)
    (problem,) = amendment_problems(base, renamed)
    assert str(problem) == "factor gap: cannot be renamed (found 'coating_gap'); allowed: 'gap'"
    other = changed(put("factor", "gap", name="coating_gap", levels=[80, 120]), base)
    assert len(amendment_problems(base, other)) == 2  # it may be another one
