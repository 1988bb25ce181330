"""Data no model likes, through the whole product: figures and a sentence, never a traceback."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from designer import Campaign, InputError

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

SPEC: dict[str, Any] = {
    "campaign": {"name": "odd", "line": "line4"},
    "factor": [
        {"name": "gap", "unit": "um", "low": 50, "high": 250, "step": 10},
        {"name": "solids", "unit": "wt%", "low": 50, "high": 66, "step": 1},
    ],
    "response": [
        {"name": "loading", "unit": "mg/cm^2", "window": [10, 14], "possible": [0, 1e9]},
        {"name": "porosity", "unit": "%"},
    ],
}
GRID = pd.DataFrame(
    list(itertools.product((50.0, 100.0, 150.0, 200.0, 250.0), (50.0, 55.0, 60.0, 66.0))),
    columns=["gap", "solids"],
)
RNG = np.random.default_rng(0)


def truth(frame: pd.DataFrame) -> tuple[Any, Any]:
    gap, solids = frame["gap"].astype(float), frame["solids"].astype(float)
    return 0.0013 * gap * solids, 20 + 0.05 * gap + 0.1 * solids


def recipes(n: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"gap": rng.integers(5, 26, n) * 10.0, "solids": rng.integers(50, 67, n)})


def measured(frame: pd.DataFrame, **changes: Any) -> pd.DataFrame:
    loading, porosity = truth(frame)
    return frame.assign(**({"loading": loading, "porosity": porosity} | changes))


def campaign(
    runs: pd.DataFrame | None = None,
    lines: Sequence[pd.DataFrame] = (),
    spec: dict[str, Any] = SPEC,
) -> Campaign:
    made = Campaign.create(spec, store=None)
    for k, frame in enumerate(lines, start=1):
        made.add_line(f"line{k}", frame)
    if runs is not None:
        made.attach(runs)
    return made


def checked(
    made: Campaign, responses: Sequence[str] = ("loading", "porosity")
) -> tuple[pd.DataFrame, str]:
    """Every verb answers, and every figure is finite, positive and no certainty."""
    told = made.predict(GRID)
    for name in responses:
        assert np.isfinite(told[f"{name}_mean"]).all()
        assert (told[f"{name}_sd"] > 0).all()
        assert (told[f"{name}_sd_result"] >= told[f"{name}_sd"]).all()
        assert np.isfinite(told[f"{name}_sd_result"]).all()
    status = made.status()
    assert status["model"]["stale"] is False
    plan = made.propose(2, seed=0)
    assert len(plan.runs) == 2
    assert not plan.frame[["gap", "solids"]].isna().to_numpy().any()
    made.best(1)
    return told, " ".join(status["notes"])


ONE = recipes(1)
TEN = recipes(10)
SAME = pd.DataFrame({"gap": [100.0] * 50, "solids": [60.0] * 50})
CASES = {
    "one run": (measured(ONE), (), "only 1 result(s)"),
    "constant responses": (measured(TEN, loading=12.0, porosity=33.0), (), "all values are equal"),
    "50 replicates": (measured(SAME, loading=8 + 0.1 * RNG.standard_normal(50)), (), ""),
    "50 equal replicates": (measured(SAME), (), "all values are equal"),
    "outlier": (measured(TEN, loading=[1e6, *truth(TEN)[0][1:]]), (), "far from all the others"),
    "zero on a log scale": (
        measured(TEN, loading=[0.0, *truth(TEN)[0][1:]]), (), "0 mg/cm^2 in R001 does not exist"
    ),
    "two zeros of ten on a log scale": (
        measured(TEN, loading=[0.0, 0.0, *truth(TEN)[0][2:]]), (), "linear instead of a logarithmic"
    ),
    "negative porosity": (measured(TEN, porosity=-truth(TEN)[1]), (), ""),
    "a line with one row": (measured(TEN), (measured(ONE),), ""),
    "a line with equal rows": (measured(TEN), (measured(SAME),), ""),
    "only a line with one row": (None, (measured(ONE),), ""),
    "only a line with equal rows": (None, (measured(SAME),), "all values are equal"),
    "three lines with one row": (None, (measured(ONE), measured(recipes(1, 1)),
                                        measured(recipes(1, 2))), ""),
    "a line without a factor": (measured(TEN), (measured(recipes(20)).drop(columns="gap"),),
                                "line1 has no gap"),
    "only a line without a factor": (None, (measured(recipes(20)).drop(columns="gap"),),
                                     "line1 has no gap"),
    "a line at one setting of a factor": (None, (measured(recipes(20).assign(gap=100.0)),), ""),
}  # fmt: skip


@pytest.mark.parametrize(("runs", "lines", "words"), CASES.values(), ids=CASES)
def test_every_verb_answers(runs: pd.DataFrame, lines: tuple[Any, ...], words: str) -> None:
    _, notes = checked(campaign(runs, lines))
    assert words in notes


@pytest.mark.parametrize(
    "case", ["50 replicates", "50 equal replicates", "only a line with equal rows"]
)
def test_what_was_never_tried_stays_uncertain(case: str) -> None:
    runs, lines, _ = CASES[case]
    told, _ = checked(campaign(runs, lines))
    far = np.abs(GRID["gap"] - 100) + 10 * np.abs(GRID["solids"] - 60) > 60
    near = ~far & (GRID["gap"] == 100) & (GRID["solids"] == 60)
    for name in ("loading", "porosity"):
        sd = told[f"{name}_sd"]
        if runs is not None:  # another line's replicates are not sure to hold here
            assert sd[far].min() > 3 * sd[near].max()
        assert sd[far].min() > 0.02 * told[f"{name}_mean"][near].mean()


def test_an_outlier_does_not_drown_the_rest() -> None:
    told, _ = checked(campaign(CASES["outlier"][0]))
    assert np.abs(told["loading_mean"] - truth(GRID)[0]).median() < 2.0


def test_a_response_never_measured_is_told_and_left_out() -> None:
    made = campaign(measured(TEN).drop(columns="porosity"))
    told, notes = checked(made, ["loading"])
    assert "porosity was never measured, here or on an earlier line: it is left out" in notes
    assert "porosity_mean" not in told


def test_nothing_known_yet() -> None:
    made = Campaign.create(SPEC, store=None)
    with pytest.raises(InputError, match="nothing to predict from"):
        made.predict(GRID)
    assert "Nothing is known yet" in made.status()["advice"]
    assert len(made.propose(3, seed=0).runs) == 3


def test_all_runs_failed() -> None:
    made = Campaign.create(SPEC, store=None)
    for run in made.propose(3, seed=0).runs:
        made.fail(run, "the coating tore")
    with pytest.raises(InputError, match="nothing to predict from"):
        made.predict(GRID)
    plan = made.propose(3, seed=1)
    assert any("every run made so far failed" in note for note in plan.to_dict()["notes"])
    made.status()


def test_all_lines_excluded() -> None:
    made = campaign(None, (measured(recipes(20)),))
    made.exclude_line("line1", "other slurry")
    with pytest.raises(InputError, match="nothing to predict from"):
        made.predict(GRID)
    assert "use an earlier line again" in made.status()["advice"]
    made.attach(measured(TEN))
    checked(made)


@pytest.mark.parametrize("values", [{"low": 100, "high": 100}, {"levels": [100]}])
def test_a_factor_with_one_value_only(values: dict[str, Any]) -> None:
    factor = {"name": "speed", "unit": "m/min", **values}
    try:
        made = Campaign.create({**SPEC, "factor": [*SPEC["factor"], factor]}, store=None)
    except InputError as error:
        assert "speed" in str(error)  # noqa: PT017 - refused with a sentence is fine, too
        return
    made.attach(measured(TEN).assign(speed=100.0))
    told = made.predict(GRID.assign(speed=100.0))
    assert np.isfinite(told["loading_sd"]).all()
    assert (made.propose(2, seed=0).frame["speed"] == 100).all()


def test_many_tiny_lines() -> None:
    lines = [measured(recipes(3, seed)) for seed in range(20)]
    checked(campaign(measured(ONE), lines))
