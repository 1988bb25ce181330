"""The model benchmark at quick settings: thresholds a broken model cannot meet."""

import numpy as np
import pytest

from tests.benchmarks.model_benchmark import Results, measure

pytestmark = pytest.mark.benchmark
SEEDS = 4
OURS, ALONE = "trust GP averaged", "no history"
FAMILIES = ("forrester", "branin", "hartmann3", "twin split-plot")


@pytest.fixture(scope="module")
def results() -> Results:
    return measure(FAMILIES, [OURS, ALONE], SEEDS, first=0)


def over_families(results: Results, model: str, runs: int, figure: int) -> np.ndarray:
    return np.array([np.median(results[family, model, runs][:, figure]) for family in FAMILIES])


def test_history_beats_no_history_from_the_first_runs(results: Results) -> None:
    assert (over_families(results, OURS, 0, 0) < 0.7).all()
    ratio = over_families(results, OURS, 4, 0) / over_families(results, ALONE, 4, 0)
    assert (ratio < 0.6).all()
    ratio = over_families(results, OURS, 16, 0) / over_families(results, ALONE, 16, 0)
    assert (ratio < 1.3).all()
    assert np.median(ratio) < 0.6


def test_more_runs_are_better(results: Results) -> None:
    four, sixteen = (over_families(results, OURS, runs, 0) for runs in (4, 16))
    assert (sixteen < four).all()
    assert (sixteen < 0.3).all()


def test_intervals_are_honest(results: Results) -> None:
    for runs in (4, 16):
        coverage = over_families(results, OURS, runs, 1)
        assert (coverage >= 0.85).all()
        pooled = np.mean([results[family, OURS, runs][:, 1] for family in FAMILIES])
        assert 0.88 <= pooled <= 0.99
        assert (
            over_families(results, OURS, runs, 2) > over_families(results, ALONE, runs, 2)
        ).all()


def test_a_fit_and_its_predictions_take_little_time(results: Results) -> None:
    seconds = [np.median(results[family, OURS, 16][:, 3]) for family in FAMILIES[:3]]
    assert max(seconds) < 1.0  # measured .2 s on one core; a broken gradient takes several
