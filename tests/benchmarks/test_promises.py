"""What is promised before a plan, at quick settings: neither empty words nor far from the truth."""

import numpy as np
import pytest

from tests.benchmarks.promises import Figures, measure, ratios, table

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.filterwarnings("ignore::designer.DesignerWarning"),
]


@pytest.fixture(scope="module")
def found() -> Figures:
    """Figures [seeds, 4, responses] per plan; development seeds."""
    return measure(2, first=0, quick=True)


def test_promises_are_kept(found: Figures) -> None:
    assert list(found) == [("from 4 Sobol runs", 4, 8), ("from 4 Sobol runs", 8, 16)]
    for rows in found.values():
        assert rows.shape == (2, 4, 3)
        assert (rows > 0).all()
        assert (rows[:, 1] < rows[:, 0]).all()  # every response will be known better
        _, stated, _ = ratios(rows, 1, 2)
        _, true, _ = ratios(rows, 1, 3)
        assert 0.7 < stated < 1.5
        assert 0.6 < true < 2.5
    assert len(table(found).splitlines()) == 2 + len(found)


def test_the_ratio_is_a_geometric_mean_over_seeds() -> None:
    rows = np.ones((2, 4, 3))
    rows[0, 1], rows[1, 1] = 4.0, 1.0
    each, both, by_seed = ratios(rows, 1, 3)
    assert each == pytest.approx([2.0] * 3)
    assert both == pytest.approx(2.0)
    assert by_seed == pytest.approx(np.log([4.0, 1.0]))
