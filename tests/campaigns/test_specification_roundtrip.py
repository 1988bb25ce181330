"""A specification survives being written as a dict, as JSON and as TOML."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tomllib
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from designer.campaigns.space.grids import LogGrid
from designer.campaigns.specification import load
from designer.campaigns.specification.amend import amendment_problems, difference
from designer.campaigns.specification.load import example_text
from designer.campaigns.specification.text import to_tables, toml_text

NUMBER = st.decimals(-500, 500, places=3)
POSITIVE = st.decimals(min_value="0.001", max_value=500, places=3)
WORDS = st.text(alphabet="aäμ°ABC 0-\"\\'#=[]{},→", min_size=1, max_size=12).filter(str.strip)
UNITS = st.sampled_from([None, "1", "um", "mg/cm^2", "wt%", "cm2", "gsm", "h"])


def kept(**keys: Any) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if value is not None}


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


@st.composite
def ranges(draw: st.DrawFn) -> dict[str, Any]:
    low, step, count = draw(NUMBER), draw(POSITIVE), draw(st.integers(1, 500))
    return {"low": low, "high": low + step * count, "step": draw(st.sampled_from([step, None]))}


@st.composite
def values(draw: st.DrawFn) -> dict[str, Any]:
    form = draw(st.sampled_from(["range", "levels", "categories", "decades"]))
    if form == "decades":
        per_decade = draw(st.integers(1, 100))
        low = float(f"{draw(st.integers(1000, 9999))}e{draw(st.integers(-15, 5))}")
        high = LogGrid(low, per_decade, 0).value(draw(st.integers(1, 60)))
        own = {"scale": "log", "was": draw(maybe(POSITIVE))}
        own["per_decade"] = draw(st.sampled_from([None, per_decade]))
        return {"unit": draw(UNITS), "low": Decimal(str(low)), "high": Decimal(str(high)), **own}
    if form == "range":
        return {"unit": draw(UNITS), **draw(ranges()), "was": draw(maybe(NUMBER))}
    if form == "levels":
        numbers = draw(st.lists(NUMBER, min_size=2, max_size=5, unique=True))
        return {"unit": draw(UNITS), "levels": sorted(numbers)}
    names = draw(st.lists(WORDS.map(str.strip), min_size=2, max_size=4, unique=True))
    return {"categories": names, "was": draw(st.sampled_from([None, names[0]]))}


@st.composite
def ends(draw: st.DrawFn) -> list[Decimal | float] | None:
    low, width = draw(NUMBER), draw(POSITIVE)
    choices: list[list[Decimal | float] | None] = [
        [low, low + width], [low, Decimal("Infinity")], [-math.inf, low], None,
    ]  # fmt: skip
    return draw(st.sampled_from(choices))


@st.composite
def responses(draw: st.DrawFn, name: str, stages: list[str]) -> dict[str, Any]:
    possible = draw(ends())
    return kept(
        name=name,
        unit=draw(UNITS),
        noise_sd=draw(maybe(POSITIVE)),
        possible=possible,
        window=None if possible is not None else draw(ends()),
        goal=draw(st.sampled_from(["none", "maximize", "minimise", None])),
        weight=draw(maybe(POSITIVE)),
        stage=draw(st.sampled_from([None, *stages])),
        scale=draw(st.sampled_from([None, "linear"])),
        knowledge=draw(st.sampled_from([None, [], ["loading"], ["loading", "compaction"]])),
        history=draw(st.sampled_from([None, True, False])),
    )


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    stages = [f"stage{i}" for i in range(draw(st.integers(0, 3)))]
    factors = [
        kept(name=f"f{i}", **draw(values()), stage=draw(st.sampled_from([None, *stages])))
        for i in range(draw(st.integers(1, 4)))
    ]
    mixture = []
    if draw(st.booleans()):
        factors += [{"name": f"m{i}", "low": 0, "high": 100, "step": 0.5} for i in range(3)]
        mixture = [{"factors": ["m0", "m1", "m2"], "total": draw(st.sampled_from([1, 50, 99.5]))}]
    numeric = [f for f in factors if "low" in f]
    named = [f for f in factors if "categories" in f]
    constraint = []
    if numeric:
        when = {named[0]["name"]: named[0]["categories"][:1]} if named else None
        name, low = numeric[0]["name"], numeric[0]["low"]
        constraint = [kept(expression=f"{name} >= {low}", reason=draw(maybe(WORDS)), when=when)]
    return {
        "campaign": kept(
            name=draw(WORDS), line=draw(WORDS), goal=draw(st.sampled_from([None, "learn"]))
        ),
        "stage": [
            kept(
                name=name,
                change_cost=draw(POSITIVE),
                most_runs=draw(st.one_of(st.none(), st.integers(1, 50))),
            )
            for name in stages
        ],
        "factor": factors,
        "given": [{"name": "g", **kept(unit=draw(UNITS)), "low": 0, "high": draw(POSITIVE)}],
        "mixture": mixture,
        "response": [draw(responses(f"r{i}", stages)) for i in range(draw(st.integers(1, 3)))],
        "constraint": constraint,
        "costs": kept(unit=draw(maybe(WORDS)), run=draw(POSITIVE), budget=draw(maybe(POSITIVE))),
    }


@given(tables())
def test_round_trips(raw: dict[str, Any]) -> None:
    spec = load.from_dict(raw)
    as_dict = to_tables(spec)
    assert load.from_dict(as_dict) == spec
    assert load.from_dict(as_dict, trusted=True) == spec
    text = json.dumps(as_dict, allow_nan=False, ensure_ascii=False)
    again = load.from_dict(json.loads(text))
    assert again == spec
    assert json.dumps(to_tables(again), allow_nan=False, ensure_ascii=False) == text
    from_text = load.from_toml(spec.text)
    assert from_text == spec
    assert to_tables(from_text) == as_dict
    assert difference(spec, from_text) == []
    assert amendment_problems(spec, from_text) == []


def test_the_example_round_trips() -> None:
    spec = load.from_toml(example_text())
    made = load.from_dict(to_tables(spec))
    assert made == spec
    assert made.text != spec.text
    assert load.from_toml(made.text) == spec
    assert load.from_dict(tomllib.loads(example_text())) == spec


def test_open_ends_are_null_in_json() -> None:
    spec = load.from_dict(
        {
            "campaign": {"name": "x", "line": "l"},
            "factor": [{"name": "a", "low": 0.5, "high": 2.0}],
            "response": [{"name": "y", "window": [30, math.inf], "possible": [-math.inf, 50]}],
        }
    )
    written = to_tables(spec)
    assert written["response"][0]["window"] == [30, None]
    assert written["response"][0]["possible"] == [None, 50]
    assert "window = [30, inf]" in spec.text
    assert "possible = [-inf, 50]" in spec.text
    assert [type(v) for v in (written["factor"][0]["low"], written["factor"][0]["high"])] == [
        float,
        int,
    ]


def test_trusted_specifications_load_without_heavy_modules() -> None:
    """`status` reads a stored specification with any unit: neither pint nor numpy may be needed."""
    code = (
        "import sys; from designer.campaigns.specification import load;"
        "load.from_dict({'campaign': {'name': 'x', 'line': 'l'},"
        "'factor': [{'name': 'a', 'low': 0, 'high': 1, 'unit': 'furlong'}],"
        "'constraint': [{'expression': 'a <= 1'}],"
        "'response': [{'name': 'y', 'unit': 'slug'}]}, trusted=True);"
        "print([m for m in ('pint', 'numpy', 'pydantic', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_reference_recipe_reads_back() -> None:
    text = example_text().replace("# reference = ", "reference = ")
    spec = load.from_toml(text)
    assert spec.stage("slurry").reference == {"coating_gap": 150.0, "calendering_pressure": 80.0}
    again = load.from_toml(toml_text(to_tables(spec)))
    assert again == spec
    assert load.from_dict(json.loads(json.dumps(to_tables(spec)))) == spec
