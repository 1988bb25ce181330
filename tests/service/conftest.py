"""What several tests of the service begin with."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from designer import Campaign
from tests.campaigns_for_tests import SMALL, loading, porosity
from tests.command_line import CommandLine

_GAPS = (80.0, 100.0, 150.0, 200.0)


@pytest.fixture(scope="session")
def small_begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with `small`: four results and a plan of three.

    R006 and R007 of the plan share slurry-02 and differ in coating_gap.
    """
    path = tmp_path_factory.mktemp("begun") / "store.db"
    recipes = [
        {"solid_content": 50.0 + k, "coating_gap": gap, "binder": "PVDF-A"}
        for k, gap in enumerate(_GAPS)
    ]
    rows = [{**r, "mass_loading": loading(r), "porosity": porosity(r)} for r in recipes]
    with Campaign.create(tomllib.loads(SMALL), store=path) as case:
        case.attach(pd.DataFrame(rows))
        case.propose(3, seed=0)
    return path


@pytest.fixture
def begun(
    small_begun: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> CommandLine:
    """A command line on a copy of it, in a folder of its own with `spec.toml`."""
    monkeypatch.chdir(tmp_path)
    Path("spec.toml").write_text(SMALL)
    return CommandLine(Path(shutil.copy(small_begun, tmp_path / "store.db")), capsys)
