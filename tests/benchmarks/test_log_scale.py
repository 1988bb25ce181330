"""A factor that spans decades is learned on the logarithm, where the plant is simple."""

import numpy as np
import pytest

from tests.benchmarks.log_scale import measure

pytestmark = pytest.mark.benchmark


@pytest.mark.parametrize("line", [False, True])
def test_the_logarithm_makes_the_error_a_fraction(line: bool) -> None:
    found = measure(2, "Sobol recipes", line=line)
    ratios = found["log"][:, 0] / found["linear"][:, 0]
    assert np.exp(np.log(ratios).mean()) < 0.4
    assert np.median(found["log"][:, 0]) < 0.15
    assert found["log"][:, 1].mean() > 0.8
