"""What results say of the models: the figures of `status`, run by run."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from designer import Campaign
from designer.engine.pictures.results.pareto import on_front
from designer.engine.pictures.results.parity import coverage_of
from designer.service import Service
from designer.service.verbs.pictures import EvidenceAnswer
from tests.campaigns_for_tests import SMALL, line_rows, loading, porosity

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

GOALS = SMALL.replace('name = "porosity"', 'name = "porosity"\ngoal = "minimize"').replace(
    'name = "mass_loading"', 'name = "mass_loading"\ngoal = 12'
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine runs, one of them three times, one failed, and a plan of three."""
    path = tmp_path_factory.mktemp("evidence") / "store.db"
    rng = np.random.default_rng(1)
    recipes = [
        {"solid_content": 50.0 + k % 11, "coating_gap": (80.0, 100.0, 150.0)[k % 3],
         "binder": ("PVDF-A", "PVDF-B")[k % 2]}
        for k in range(0, 18, 2)
    ]  # fmt: skip
    recipes += [recipes[0]] * 2
    rows = [
        {**r, "mass_loading": loading(r) + 0.1 * rng.normal(),
         "porosity": porosity(r) + 0.3 * rng.normal()}
        for r in recipes
    ]  # fmt: skip
    with Campaign.create(tomllib.loads(GOALS), store=path) as case:
        case.add_line("line2", pd.DataFrame(line_rows()))
        case.attach(pd.DataFrame(rows))
        case.propose(4, seed=0)
    Service(str(path)).runs.fail("small", "R012", reason="web break")
    return path


@pytest.fixture(scope="module")
def service(store: Path) -> Service:
    return Service(str(store))


@pytest.fixture(scope="module")
def told(service: Service) -> EvidenceAnswer:
    return service.pictures.evidence("small")


def test_it_is_plain_json(told: EvidenceAnswer) -> None:
    json.dumps(told, allow_nan=False)


def test_errors_are_those_of_status(service: Service, told: EvidenceAnswer) -> None:
    shown = service.models.status("small", refresh=True)
    for name, points in told["parity"].items():
        errors = [point["measured"] - point["predicted"] for point in points]
        assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(
            shown["responses"][name]["error_sd"]
        )
        inside = told["coverage"][name]
        assert inside["n"] == len(points) == 11
        assert inside["inside_95"] / inside["n"] == pytest.approx(
            shown["responses"][name]["coverage"]
        )
    for response in ("mass_loading", "porosity"):
        line = told["lines"]["line2"]["responses"][response]
        assert line["error_with"] == pytest.approx(shown["responses"][response]["error_sd"])
        assert len(line["parity"]) == 11


def test_progress_ends_where_status_is(service: Service, told: EvidenceAnswer) -> None:
    shown = service.models.status("small", refresh=True)
    last = told["progress"][-1]
    assert last["bits"] == pytest.approx(shown["information_bits"])
    assert [point["run"] for point in told["progress"]][-1] == "R012"
    costs = [point["cost"] for point in told["progress"]]
    assert costs == sorted(costs)
    assert told["progress"][0]["bits"] < last["bits"]
    first, end = told["progress"][0]["sd"], last["sd"]
    assert end["porosity"] < first["porosity"]


def test_what_is_open_promises_more(service: Service, told: EvidenceAnswer) -> None:
    assert sorted(point["run"] for point in told["promised"]) == ["R013", "R014", "R015"]
    bits = [point["bits"] for point in told["promised"]]
    assert bits == sorted(bits)
    assert bits[0] > 0
    one = service.judging.judge("small", ["open"], compare=False)[0]["information_bits"]
    assert bits[-1] == pytest.approx(one, rel=0.02)


def test_the_control_chart_is_in_the_order_of_making(told: EvidenceAnswer) -> None:
    points = told["control"]["porosity"]
    assert [point["run"] for point in points] == [f"R{k:03}" for k in range(1, 13)]
    failed = points[-1]
    assert (failed["status"], failed["value"]) == ("failed", None)
    assert all(point["low_95"] is not None for point in points[:-1])


def test_what_was_measured_again_stands_together(told: EvidenceAnswer) -> None:
    (group,) = told["replicates"]["porosity"]
    assert group["runs"] == ["R001", "R010", "R011"]
    assert group["odd"] is None
    assert group["sd"] == pytest.approx(np.std(group["values"], ddof=1))


def test_one_that_lies_far_from_its_replicates_is_odd(store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(store.read_bytes())
    service = Service(str(copy))
    wrong = {"porosity": str(porosity({"solid_content": 50, "coating_gap": 80}) + 9.0)}
    service.runs.correct("small", "R010", wrong, reason="read again")
    (group,) = service.pictures.evidence("small")["replicates"]["porosity"]
    assert group["odd"] == 1


def test_coverage_in_words() -> None:
    rng = np.random.default_rng(0)
    runs = [f"R{k:03}" for k in range(1, 31)]
    places = np.arange(30)
    right = rng.normal(size=30)
    right /= np.sqrt(np.mean(np.square(right)))
    assert coverage_of(right, places, runs)["verdict"].startswith("as wide as they should be")
    assert coverage_of(2.1 * right, places, runs)["verdict"] == "intervals about twice too narrow"
    assert coverage_of(0.2 * right, places, runs)["verdict"].endswith("times too wide")
    slip = right.copy()
    slip[4] = 12.0
    assert "but for R005" in coverage_of(slip, places, runs)["verdict"]
    assert coverage_of(right[:4], places[:4], runs)["verdict"].startswith("too few runs")
    unusable = right.copy()
    unusable[2] = np.inf
    told = coverage_of(unusable, places, runs)
    assert told["ratio"] is None
    assert "R003" in told["verdict"]


def test_the_front_is_what_nothing_beats() -> None:
    served = np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 2.0], [0.5, 0.5], [2.0, -1.0], [1.0, 1.0]])
    assert on_front(served).tolist()[:5] == [True, True, True, False, False]


def test_two_goals_have_a_front(told: EvidenceAnswer) -> None:
    found = told["pareto"]
    assert found is not None
    assert found["responses"] == ["mass_loading", "porosity"]
    assert found["goals"] == {"mass_loading": "hit 12", "porosity": "minimize"}
    predicted = [point for point in found["points"] if point["run"] is None]
    assert predicted
    for point in predicted:
        for name in found["responses"]:
            assert point["low_95"][name] <= point["values"][name] <= point["high_95"][name]
    assert sum(point["run"] is not None for point in found["points"]) == 11


def test_lines_alone_tell_what_they_can() -> None:
    service = Service(None)
    service.campaigns.create(tomllib.loads(SMALL))
    service.lines.add("small", line_rows(), name="line2")
    told = service.pictures.evidence("small")
    assert told["parity"] == {}
    assert told["progress"] == told["promised"] == []
    assert told["pareto"] is None
    assert told["lines"]["line2"]["verdict"] == "too early to tell"
    json.dumps(told, allow_nan=False)


def test_own_results_alone_have_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    recipes = [
        {"solid_content": 50.0 + k, "coating_gap": 100.0, "binder": "PVDF-A"} for k in (0, 5)
    ]
    rows = [{**r, "mass_loading": loading(r)} for r in recipes]
    with Campaign.create(tomllib.loads(SMALL), store=path) as case:
        case.attach(pd.DataFrame(rows))
    told = Service(str(path)).pictures.evidence("small")
    assert told["lines"] == {}
    assert set(told["parity"]) == {"mass_loading"}
    json.dumps(told, allow_nan=False)
