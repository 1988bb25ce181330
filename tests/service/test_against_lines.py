"""Own results that speak against the earlier lines: told everywhere, with what would decide."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from designer import Campaign
from designer.api.messages import python_words

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

SPEC: dict[str, Any] = {
    "campaign": {"version": 1, "name": "case", "line": "own"},
    "factor": [
        {"name": "gap", "unit": "um", "low": 50, "high": 350},
        {"name": "speed", "low": 0, "high": 10},
    ],
    "response": [{"name": "ratio", "unit": "g/L", "scale": "linear", "window": [0, 2]}],
}


def frame(rows: int, seed: int, *, corner: float = 1.0, right: bool = True) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    gap, speed = 50 + 300 * corner * draw.random(rows), 10 * corner * draw.random(rows)
    ratio = 1e-2 * gap + 0.1 * speed if right else np.sin(gap / 15) * np.cos(2 * speed)
    return pd.DataFrame({"gap": gap.round(1), "speed": speed.round(2), "ratio": ratio})


def case(runs: int, corner: float) -> Campaign:
    made = Campaign.create(SPEC, store=None)
    made.add_line("line2", frame(60, 0, right=False))
    made.attach(frame(runs, 1, corner=corner))
    return made


@pytest.mark.parametrize(
    ("runs", "corner", "words"),
    [
        (6, 1.0, "They are still used: 2 more different own recipes would decide."),
        (
            18, 0.35,
            "They are still used: the own recipes are enough, but cover a corner of the region"
            " only. Some that vary gap (so far 52.9 to 149.8 um), speed (so far 0.41 to 3.43) more"
            " widely would decide.",
        ),
    ],
)  # fmt: skip
def test_it_is_said_once_with_what_is_missing(runs: int, corner: float, words: str) -> None:
    made = case(runs, corner)
    status = made.status()
    (told,) = [text for text in status["warnings"] if "against using the earlier lines" in text]
    assert words in told
    assert told not in status["notes"]
    recipe = {"gap": "100", "speed": "5"}
    for answer in (
        made.service.models.predict("case", recipe),
        made.service.models.best("case"),
        made.propose(1, seed=0, dry_run=True).to_dict(),
    ):
        assert [python_words(note) for note in answer["notes"]].count(told) == 1
