"""The examples run as they are, in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from designer import Campaign
from tests.places import ROOT

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

SPEC: dict[str, Any] = {
    "campaign": {"version": 1, "name": "graphite", "line": "line4"},
    "factor": [
        {"name": "coating_gap", "unit": "um", "low": 50, "high": 350, "step": 10},
        {"name": "drying_temperature", "unit": "degC", "low": 60, "high": 120, "step": 5},
    ],
    "response": [{"name": "mass_loading", "unit": "mg/cm^2", "possible": [0, 60]}],
}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with one campaign and one earlier line."""
    path = tmp_path / "pilot.db"
    campaign = Campaign.create(SPEC, str(path))
    gaps = [60, 100, 150, 200, 250, 300, 120, 180]
    line = {
        "coating_gap": gaps,
        "drying_temperature": [80, 100, 90, 70, 110, 95, 75, 105],
        "mass_loading": [round(0.066 * gap + 0.1 * (k % 3), 2) for k, gap in enumerate(gaps)],
    }
    campaign.add_line("line2", pd.DataFrame(line))
    return path


def run(name: str, *words: object, store: Path, code: int = 0) -> str:
    """Run an example; returns what it prints."""
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / name, *map(str, words), "--store", str(store)],
        capture_output=True, text=True, check=False, cwd=store.parent,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return done.stdout


def test_all_examples_are_tested_here_and_told_in_the_guide() -> None:
    text = (ROOT / "tests" / "package" / "test_examples.py").read_text()
    guide = (ROOT / "docs" / "guide" / "python.md").read_text()
    for path in (ROOT / "examples").glob("*.py"):
        assert f'run("{path.name}"' in text
        assert f"`examples/{path.name}`" in guide


def test_nightly_proposals_fill_up_and_then_rest(store: Path) -> None:
    words = ("graphite", "--open", 3, "--seed", 1)
    assert run("nightly_proposals.py", *words, store=store) == "proposed R001, R002, R003\n"
    assert run("nightly_proposals.py", *words, store=store) == "nothing to do\n"
    assert run("nightly_proposals.py", "nobody", store=store, code=3) == ""
    history = Campaign.open("graphite", str(store)).history()
    assert history["actor"].iloc[-1] == "nightly"


def test_a_plan_goes_out_and_comes_back_filled(store: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "plan.csv"
    runs = Campaign.open("graphite", str(store)).propose(2, seed=1).runs
    run("export_plan.py", "out", "graphite", sheet, store=store)
    assert run("export_plan.py", "in", "graphite", sheet, store=store) == "recorded nothing\n"
    table = pd.read_csv(sheet)
    table.loc[table["run"] == runs[0], "mass_loading [mg/cm^2]"] = 12.5
    table.to_csv(sheet, index=False)
    assert run("export_plan.py", "in", "graphite", sheet, store=store) == f"recorded {runs[0]}\n"
    counts = Campaign.open("graphite", str(store)).status(refresh=False)["runs"]
    assert (counts["completed"], counts["proposed"]) == (1, 1)


def test_an_acquisition_function_of_ones_own_finds_the_target(store: Path) -> None:
    told = run("own_acquisition.py", "graphite", "mass_loading", "12", store=store)
    recipe = {name: float(value) for name, value in (p.split(" = ") for p in told.split(", "))}
    assert recipe["coating_gap"] % 10 == 0
    predicted = Campaign.open("graphite", str(store)).predict(pd.DataFrame([recipe]))
    assert abs(predicted["mass_loading_mean"].iloc[0] - 12) < 3
