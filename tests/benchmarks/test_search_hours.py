"""The search benchmark counts hits and hours as it says."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import search_hours
from search_hours import BUDGET, Finder


class FakeCampaign:
    """Takes runs and forgets them."""

    def attach(self, frame):
        self.last = frame


def test_a_hit_is_a_recipe_that_truly_is_in_spec_once():
    finder = Finder(3000, "related")
    finder.campaign, finder.line = FakeCampaign(), finder.target.campaign(0)
    name = next(iter(finder.windows))
    settings = {f.name: np.array([f.low, f.low, f.low + f.step]) for f in finder.factors}
    finder.windows = {name: (-np.inf, np.inf)}
    ids = {"slurry": ["a", "a", "b"], "coating": ["a", "a", "b"]}
    finder.make(settings, ids, np.array([3.65, 0.05, 3.65]))
    assert finder.hits == pytest.approx([3.65, 7.35])  # the second run repeats the first
    finder.windows = {name: (1e8, 1e9)}
    finder.make({k: v + 1 for k, v in settings.items()}, ids, np.ones(3))
    assert len(finder.hits) == 2
    assert finder.hours == pytest.approx(10.35)


def test_the_table_counts_campaigns_and_pairs_them():
    rows = {"optimum": [(4.0, 1.0, 1), (12.0, 1.0, 2)], "engineer": [(8.0, 1.0, 3), (np.inf, 1, 9)]}
    ours, engineer = search_hours.table(rows).splitlines()[2:]
    assert "| 1 of 2 | 2 of 2 |" in ours
    assert "| 1 of 2 | 1 of 2 |" in engineer
    ratio = np.exp(np.mean(np.log([4 / 8, 12 / BUDGET])))
    assert f"{ratio:.2f} ±" in engineer
