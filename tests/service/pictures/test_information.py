"""Bits and cost of what somebody thinks of are those of plans, judges and runs planned by hand."""

import tomllib

import pytest

from designer.service import Service
from tests.campaigns_for_tests import SMALL, line_rows
from tests.service.pictures.test_slices_and_maps import RECIPE, known, texts

__all__ = ["known"]


def test_a_point_of_the_map_is_the_run_thought_of(known: Service) -> None:
    told = known.pictures.information_map("small", "solid_content", "coating_gap", RECIPE)
    for x, y in ((55.0, 150.0), (50.0, 200.0), (60.0, 80.0)):
        row, column = told["y"]["values"].index(y), told["x"]["values"].index(x)
        one = known.pictures.what_if("small", {**RECIPE, "solid_content": x, "coating_gap": y})
        assert one["bits"] == pytest.approx(told["bits"][row][column], rel=1e-3)
        assert one["cost"] == pytest.approx(told["cost"][row][column])


def test_what_cannot_be_made_brings_nothing(known: Service) -> None:
    told = known.pictures.information_map("small", "solid_content", "coating_gap", RECIPE)
    row, column = told["y"]["values"].index(200.0), told["x"]["values"].index(60.0)
    assert told["bits"][row][column] is None
    assert told["cost"][row][column] is None


def test_a_run_thought_of_is_worth_what_it_is_once_planned() -> None:
    service = Service(None)
    service.campaigns.create(tomllib.loads(SMALL))
    service.lines.add("small", line_rows(), name="line2")
    thought = service.pictures.what_if("small", RECIPE)
    service.tables.attach_columns("small", {name: [value] for name, value in RECIPE.items()})
    run = service.runs.show("small", "R001")
    assert run["status"] == "proposed"
    assert thought["bits"] == pytest.approx(run["information_bits"])
    assert thought["cost"] == pytest.approx(run["cost"])
    assert thought["new_batches"] == ["slurry", "coating"]
    row = service.models.predict("small", texts(RECIPE))["rows"][0]
    assert thought["predicted"]["porosity"]["mean"] == pytest.approx(row["porosity_mean"])


def test_an_open_run_is_seen_beside_what_it_would_be(known: Service) -> None:
    run = known.runs.show("small", "R004")
    other = 80.0 if run["used"]["coating_gap"] != 80.0 else 100.0
    told = known.pictures.what_if("small", {"coating_gap": other}, run="R004")
    assert told["before"] is not None
    assert told["before"]["recipe"] == run["used"]
    assert told["recipe"] == {**run["used"], "coating_gap": other}
    same = known.pictures.what_if("small", run="R004")
    assert same["before"] is not None
    assert same["bits"] == pytest.approx(same["before"]["bits"])
    assert same["cost"] == pytest.approx(same["before"]["cost"])


def test_an_open_run_is_worth_what_a_judge_says() -> None:
    """Of a run of ours and of one planned by hand, each at the seed it was told with."""
    service = Service(None)
    service.campaigns.create(tomllib.loads(SMALL))
    service.lines.add("small", line_rows(), name="line2")
    service.plans.propose("small", 1, seed=7)
    (judged,) = service.judging.judge("small", ["open"], compare=False)
    told = service.pictures.what_if("small", run="R001")
    assert told["bits"] == pytest.approx(judged["information_bits"])
    assert told["cost"] == pytest.approx(judged["best_order"]["cost"])
    service.runs.abandon("small", ["R001"], "another is tried")
    service.tables.attach_columns("small", {name: [value] for name, value in RECIPE.items()})
    (judged,) = service.judging.judge("small", ["open"], compare=False)
    told = service.pictures.what_if("small", run="R002")
    assert told["bits"] == pytest.approx(judged["information_bits"])
    assert told["cost"] == pytest.approx(judged["best_order"]["cost"])


def test_a_recipe_of_a_table_is_worth_what_a_judge_says(known: Service) -> None:
    table = {name: [value] for name, value in RECIPE.items()}
    (judged,) = known.judging.judge("small", [table], compare=False)
    told = known.pictures.what_if("small", RECIPE)
    assert told["bits"] == pytest.approx(judged["information_bits"])
    assert told["cost"] == pytest.approx(judged["best_order"]["cost"])
