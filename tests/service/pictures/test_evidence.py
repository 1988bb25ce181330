"""What results say of the models: the figures of `status`, run by run."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from designer import Campaign
from designer.engine.pictures.results.line_evidence import line_verdict
from designer.engine.pictures.results.pareto import on_front
from designer.engine.pictures.results.parity import coverage_of
from designer.models.diagnostics.cross_validation import PredictedResults
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
    bits = [point["bits"] for point in told["progress"]]
    assert bits == sorted(bits)
    assert bits[0] < bits[-1]
    first, end = told["progress"][0]["sd"], last["sd"]
    assert end["porosity"] < first["porosity"]


def test_what_is_open_promises_more(service: Service, told: EvidenceAnswer) -> None:
    assert [point["run"] for point in told["promised"]] == ["R013", "R014", "R015"]
    bits = [point["bits"] for point in told["promised"]]
    assert bits == sorted(bits)
    assert bits[0] > 0
    one = service.judging.judge("small", ["open"], compare=False)[0]["information_bits"]
    assert bits[-1] == pytest.approx(one)


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
    assert coverage_of(1e-9 * right, places, runs)["verdict"] == (
        "intervals more than 10 times too wide"
    )
    assert coverage_of(right[:4], places[:4], runs)["verdict"].startswith("too few runs")
    unusable = right.copy()
    unusable[2] = np.inf
    told = coverage_of(unusable, places, runs)
    assert told["ratio"] is None
    assert "R003" in told["verdict"]


def test_the_front_is_what_nothing_beats() -> None:
    served = np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 2.0], [0.5, 0.5], [2.0, -1.0], [1.0, 1.0]])
    assert on_front(served).tolist() == [True, True, True, False, False, True]


@given(
    points=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12),
)
def test_every_point_is_on_the_front_or_beaten(points: list[tuple[int, int]]) -> None:
    served = np.array(points, dtype=np.float64)
    front = on_front(served)
    for one, here in zip(served, front, strict=True):
        beaten = ((served >= one).all(axis=1) & (served > one).any(axis=1)).any()
        assert here != beaten


def errors(residual: NDArray[np.float64]) -> PredictedResults:
    """Results of as many runs, each that far from its prediction."""
    places, nothing = np.arange(len(residual)), np.zeros(len(residual))
    return PredictedResults(
        places, places, residual, nothing, residual, nothing, nothing + 1.0, nothing
    )


def test_a_line_helps_or_hurts_only_where_the_runs_can_tell() -> None:
    rng = np.random.default_rng(0)
    small = rng.normal(size=12)
    assert line_verdict(0.8, errors(small), errors(2.0 * small)) == "helps"
    assert line_verdict(0.8, errors(2.0 * small), errors(small)) == "hurts"
    assert line_verdict(0.8, errors(small), errors(1.05 * small)) == "makes no difference"
    assert line_verdict(0.05, errors(small), errors(1.05 * small)) == "hardly used"
    assert line_verdict(0.8, errors(small[:4]), errors(2.0 * small[:4])) == "too early to tell"
    one = small.copy()
    one[3] += 4.0  # a single run decides nothing
    assert line_verdict(0.8, errors(one), errors(small)) == "too early to tell"


def test_what_no_model_can_use_is_held_against_no_line(tmp_path: Path) -> None:
    """It is missed as far with the line as without."""
    path = tmp_path / "zero.db"
    logarithmic = SMALL.replace("possible = [0, 60]\nwindow = [11, 13]", 'scale = "log"')
    recipes = [
        {"solid_content": 50.0 + k, "coating_gap": (80.0, 100.0, 150.0)[k % 3], "binder": "PVDF-A"}
        for k in range(8)
    ]
    rows = [{**r, "mass_loading": 0.0 if k == 3 else loading(r)} for k, r in enumerate(recipes)]
    with Campaign.create(tomllib.loads(logarithmic), store=path) as case:
        case.add_line("line2", pd.DataFrame(line_rows()))
        case.attach(pd.DataFrame(rows))
    told = Service(str(path)).pictures.evidence("small")
    json.dumps(told, allow_nan=False)
    assert "R004" in told["coverage"]["mass_loading"]["verdict"]
    line = told["lines"]["line2"]["responses"]["mass_loading"]
    missed = loading(recipes[3]) / np.sqrt(8)
    assert line["error_with"] == pytest.approx(missed, rel=0.1)
    assert line["error_without"] is not None
    assert line["error_without"] > 0.5 * missed
    assert line["verdict"] != "hurts"


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
