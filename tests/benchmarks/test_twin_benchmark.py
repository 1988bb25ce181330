"""The twin benchmark at quick settings: what a broken model or oracle cannot meet."""

import numpy as np
import pytest

from designer.twin.scenario import ScenarioKind
from tests.benchmarks.rivals import OURS
from tests.benchmarks.twin_benchmark import measure_models

pytestmark = pytest.mark.benchmark
KIND: ScenarioKind = "one_misleading"
SEEDS = 3


@pytest.fixture(scope="module")
def models() -> dict[tuple[str, int], np.ndarray]:
    """Figures [seeds, 2] per (model, runs), mean over the responses; development seeds."""
    found = measure_models((KIND,), [OURS, "oracle"], SEEDS, first=0)
    return {(name, runs): rows.mean(axis=1) for (_, name, runs), rows in found.items()}


def median(models: dict[tuple[str, int], np.ndarray], name: str, figure: int = 0) -> np.ndarray:
    return np.array([np.median(models[name, runs][:, figure]) for runs in (0, 4, 16)])


def test_ours_learns_the_twin_with_honest_intervals(
    models: dict[tuple[str, int], np.ndarray],
) -> None:
    assert (median(models, OURS) < [0.9, 0.3, 0.16]).all()
    assert (median(models, OURS, 1)[1:] > 0.85).all()


def test_the_true_equations_are_a_floor(models: dict[tuple[str, int], np.ndarray]) -> None:
    floor = median(models, "oracle")
    assert (floor < [1.0, 0.2, 0.08]).all()
    assert (floor[1:] < median(models, OURS)[1:]).all()
    assert (median(models, "oracle", 1) > 0.7).all()
