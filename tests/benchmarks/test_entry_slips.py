"""Slips are found and right results are left alone, at quick settings; development seeds."""

import numpy as np
import pytest

from tests.benchmarks.entry_slips import PLANTS, Found, measure, summary, table

pytestmark = pytest.mark.benchmark


@pytest.fixture(scope="module")
def found() -> Found:
    """Two seeds of every second plant."""
    return measure(2, first=0, counts=(4, 8), plants=PLANTS[1::2])


def share(found: Found, way: str, n: int, kinds: tuple[str, ...]) -> float:
    told = [v for (_, w, m, kind), v in found.items() if (w, m) == (way, n) and kind in kinds]
    return float(np.mean([each for values in told for each in values]))


def test_slips_are_found_and_right_results_are_not_doubted(found: Found) -> None:
    far = ("x1000", "/1000", "x100", "/100")
    assert share(found, "planned", 8, far) > 0.75
    assert share(found, "attached", 8, far) > 0.5
    assert share(found, "planned", 8, ("x10", "/10")) > 0.5
    for way in ("planned", "attached", "in a table"):
        for n in (4, 8):
            assert share(found, way, n, ("right",)) < 0.1
    assert len(table(found).splitlines()) == 2 + 4 * 2 * 3
    assert len(summary(found).splitlines()) == 2 + 2 * 3
