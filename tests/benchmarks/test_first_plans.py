"""Classical designs, quick: beside our spread as a first plan, and beside published entries."""

import pytest

from tests.benchmarks.first_plans import FIRST_SEED, QUICK, compare
from tests.benchmarks.published_designs import mixtures, surfaces

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.filterwarnings("ignore::designer.DesignerWarning"),
]


def test_two_levels_teach_less_than_a_spread_of_as_many_hours() -> None:
    ((design, runs, hours),) = compare(QUICK[0], [FIRST_SEED])
    assert design[0] == runs[0] == 8
    assert hours[1] <= design[1] + 1e-9
    assert runs[1] > 2 * design[1]  # whole plots save most of the slurries
    assert hours[2] < design[2]


def test_published_entries_are_met() -> None:
    for entry in (*surfaces(), *mixtures()):
        assert entry.ours.split(",")[0].split()[0] == entry.published.split()[0]
