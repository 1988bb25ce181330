"""What pictures are drawn from agrees with what other verbs say of the same recipes."""

import json
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from designer import Campaign
from designer.campaigns.errors import InputError
from designer.campaigns.space.factors import Setting
from designer.service import Service
from tests.campaigns_for_tests import SMALL, line_rows, loading, porosity

RECIPE: dict[str, Setting] = {"solid_content": 55.0, "coating_gap": 150.0, "binder": "PVDF-A"}
MIXED = """
[campaign]
version = 1
name = "mixed"
line = "l"

[[factor]]
name = "active"
unit = "wt%"
low = 80
high = 96
step = 1
[[factor]]
name = "carbon"
unit = "wt%"
low = 2
high = 10
step = 1
[[factor]]
name = "binder"
unit = "wt%"
low = 2
high = 10
step = 1
[[factor]]
name = "speed"
unit = "m/min"
low = 0.1
high = 10
scale = "log"

[[mixture]]
factors = ["active", "carbon", "binder"]
total = 100

[[response]]
name = "adhesion"
unit = "N/m"
possible = [0, 1000]
goal = "maximize"
"""


@pytest.fixture(scope="module")
def known() -> Service:
    """`small` with results, an earlier line, a failed run and open ones."""
    service = Service(None)
    service.campaigns.create(tomllib.loads(SMALL))
    service.lines.add("small", line_rows(), name="line2")
    service.plans.propose("small", 4, seed=2)
    for run in ("R001", "R002"):
        used = service.runs.show("small", run)["used"]
        values = {"mass_loading": str(loading(used)), "porosity": str(porosity(used))}
        service.runs.record("small", run, values)
    service.runs.fail("small", "R003", reason="web break")
    return service


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Service:
    path = tmp_path_factory.mktemp("mixed") / "store.db"
    rows = [
        {"active": 100 - c - b, "carbon": c, "binder": b, "speed": v, "adhesion": 5.0 * b + c + v}
        for c, b, v in ((2, 2, 0.1), (4, 3, 1.0), (6, 5, 10.0), (3, 8, 3.0), (8, 4, 0.3))
    ]
    with Campaign.create(tomllib.loads(MIXED), store=path) as case:
        case.attach(pd.DataFrame(rows))
    return Service(str(path))


def texts(recipe: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in recipe.items()}


def predicted(service: Service, campaign: str, recipe: Mapping[str, Any]) -> Mapping[str, Any]:
    return service.models.predict(campaign, texts(recipe))["rows"][0]


def test_a_slice_at_the_recipe_is_the_prediction(known: Service) -> None:
    told = known.pictures.slices("small", RECIPE)
    row = predicted(known, "small", RECIPE)
    assert told["recipe"] == RECIPE
    assert told["problems"] == []
    assert told["in_spec"] == pytest.approx(row["in_spec"])
    for each in told["slices"]:
        place = each["axis"]["values"].index(RECIPE[each["axis"]["factor"]])
        assert each["in_spec"] is not None
        assert each["in_spec"][place] == pytest.approx(row["in_spec"])
        for name, bands in each["responses"].items():
            assert bands["median"][place] == pytest.approx(row[f"{name}_mean"])


def test_bands_are_nested_and_as_long_as_their_axis(known: Service) -> None:
    for each in known.pictures.slices("small", RECIPE)["slices"]:
        count = len(each["axis"]["values"])
        assert len(each["feasible"]) == count
        for bands in each["responses"].values():
            ordered = [bands[key] for key in ("low_95", "low_50", "median", "high_50", "high_95")]
            assert {len(values) for values in ordered} == {count}
            for values in zip(*ordered, strict=True):
                assert [*values] == sorted(values)


def test_a_row_of_the_map_is_the_slice(known: Service) -> None:
    told = known.pictures.recipe_map("small", "solid_content", "coating_gap", RECIPE)
    (along,) = (
        each
        for each in known.pictures.slices("small", RECIPE)["slices"]
        if each["axis"]["factor"] == "solid_content"
    )
    row = told["y"]["values"].index(150.0)
    assert told["x"]["values"] == along["axis"]["values"]
    assert told["feasible"][row] == along["feasible"]
    for name, bands in along["responses"].items():
        assert told["mean"][name][row] == pytest.approx(bands["median"])
        ends = zip(bands["low_95"], bands["high_95"], strict=True)
        half = [0.5 * (high - low) for low, high in ends if low is not None and high is not None]
        assert told["width"][name][row] == pytest.approx(half)
    assert told["in_spec"] is not None
    assert told["in_spec"][row] == pytest.approx(along["in_spec"])


def test_what_the_constraint_forbids_is_not_feasible(known: Service) -> None:
    told = known.pictures.recipe_map("small", "solid_content", "coating_gap", RECIPE)
    for y, row in zip(told["y"]["values"], told["feasible"], strict=True):
        for x, fine in zip(told["x"]["values"], row, strict=True):
            assert fine == (float(x) * float(y) <= 11000)


def test_runs_lines_and_failures_stand_beside_the_picture(known: Service) -> None:
    told = known.pictures.recipe_map("small", "solid_content", "coating_gap", RECIPE)["readings"]
    kinds = {each["run"]: each["kind"] for each in told if each["run"]}
    assert kinds == {"R001": "made", "R002": "made", "R003": "failed", "R004": "open"}
    assert sum(each["line"] == "line2" for each in told) == 16
    failed = next(each for each in told if each["run"] == "R003")
    assert failed["values"] == {}
    used = known.runs.show("small", "R001")["used"]
    near = known.pictures.slices("small", used)["readings"][0]["near"]
    assert near == pytest.approx(1.0)


def test_a_category_is_an_axis(known: Service) -> None:
    told = known.pictures.recipe_map("small", "binder", "coating_gap", RECIPE)
    assert told["x"]["values"] == ["PVDF-A", "PVDF-B"]
    assert len(told["mean"]["porosity"][0]) == 2


def test_settings_are_put_on_the_steps_of_the_machine(known: Service) -> None:
    told = known.pictures.slices("small", {"solid_content": 54.6, "coating_gap": "0.16 mm"})
    assert told["recipe"]["solid_content"] == 55.0
    assert told["recipe"]["coating_gap"] == 150.0


def test_answers_are_plain_json(known: Service, mixed: Service) -> None:
    for answer in (
        known.pictures.slices("small"),
        known.pictures.recipe_map("small", "binder", "solid_content"),
        known.pictures.information_map("small", "coating_gap", "solid_content", size=(4, 5)),
        known.pictures.what_if("small", RECIPE),
        mixed.pictures.slices("mixed"),
        mixed.pictures.recipe_map("mixed", "active", "binder", size=(17, 9)),
    ):
        json.dumps(answer, allow_nan=False)


def test_along_a_component_the_others_share_the_rest(mixed: Service) -> None:
    recipe = {"active": 90.0, "carbon": 4.0, "binder": 6.0, "speed": 1.0}
    told = mixed.pictures.slices("mixed", recipe)
    along = {each["axis"]["factor"]: each for each in told["slices"]}
    active = dict(zip(along["active"]["axis"]["values"], along["active"]["feasible"], strict=True))
    assert active[90.0]
    assert active[92.0]  # 3.2 and 4.8
    assert not active[80.0]  # 8 and 12, and binder ends at 10
    assert active[95.0]  # 2 and 3
    assert not active[96.0]  # 1.6 and 2.4, and carbon begins at 2
    assert all(along["speed"]["feasible"])


def test_two_components_leave_the_third(mixed: Service) -> None:
    recipe = {"active": 90.0, "carbon": 4.0, "binder": 6.0, "speed": 1.0}
    told = mixed.pictures.recipe_map("mixed", "active", "carbon", recipe, size=(17, 9))
    for carbon, row in zip(told["y"]["values"], told["feasible"], strict=True):
        for active, fine in zip(told["x"]["values"], row, strict=True):
            assert fine == (2 <= 100 - float(active) - float(carbon) <= 10)


def test_a_recipe_off_its_mixture_says_so(mixed: Service) -> None:
    told = mixed.pictures.slices("mixed", {"active": 90, "carbon": 4, "binder": 3, "speed": 1})
    assert any("must sum to 100 wt%" in problem for problem in told["problems"])
    speed = next(each for each in told["slices"] if each["axis"]["factor"] == "speed")
    assert not any(speed["feasible"])


def test_an_axis_on_the_logarithm_is_spread_on_it(mixed: Service) -> None:
    (speed,) = (
        each["axis"]
        for each in mixed.pictures.slices("mixed", {"speed": 1.0}, points=11)["slices"]
        if each["axis"]["factor"] == "speed"
    )
    assert speed["log"]
    assert speed["values"][0] == 0.1
    assert sum(float(value) <= 1.0 for value in speed["values"]) >= 5


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda p: p.slices("small", {"gap": 100}), ("gap", "coating_gap")),
        (lambda p: p.slices("small", {"coating_gap": "wide"}), ("coating_gap", "not a number")),
        (lambda p: p.slices("small", {"coating_gap": 900}), ("outside the range", "900 um")),
        (lambda p: p.slices("small", {"binder": "PVDF-C"}), ("no category", "PVDF-A")),
        (lambda p: p.slices("small", points=1), ("points", "2 to 400")),
        (lambda p: p.recipe_map("small", "binder", "binder"), ("same factor", "coating_gap")),
        (lambda p: p.recipe_map("small", "a", "b"), ("x", "y", "no factor")),
        (lambda p: p.what_if("small", run="R001"), ("R001", "completed")),
        (lambda p: p.what_if("small", run="R9"), ("R9", "no such run")),
    ],
)
def test_what_nobody_can_draw_is_refused(
    known: Service, ask: Callable[[Any], object], words: tuple[str, ...]
) -> None:
    with pytest.raises(InputError) as refused:
        ask(known.pictures)
    assert all(word in str(refused.value) for word in words)


def test_a_campaign_that_knows_nothing_says_what_to_do(tmp_path: Path) -> None:
    service = Service(str(tmp_path / "new.db"))
    service.campaigns.create(tomllib.loads(SMALL))
    with pytest.raises(InputError, match="Record a run, or add an earlier line"):
        service.pictures.slices("small")
