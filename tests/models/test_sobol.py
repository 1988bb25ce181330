"""Sobol points are scipy's own, to the last bit, and come without `scipy.stats`."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import qmc

from designer.models import sobol


@pytest.mark.parametrize(("dimension", "seed"), [(1, 0), (3, 5), (30, 1), (200, 2)])
def test_points_are_those_of_scipy(dimension: int, seed: int) -> None:
    theirs = qmc.Sobol(dimension, scramble=True, rng=np.random.default_rng(seed))
    for first in (0, 64):
        ours = sobol.scrambled_sobol(64, dimension, seed, first)
        np.testing.assert_array_equal(ours, theirs.random(64))


def test_scipy_is_asked_where_its_numbers_are_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = [sobol.scrambled_sobol(16, 4, 3, first) for first in (0, 16)]
    monkeypatch.setattr(sobol, "_directions", lambda _: None)
    for found, first in zip(ours, (0, 16), strict=True):
        np.testing.assert_array_equal(found, sobol.scrambled_sobol(16, 4, 3, first))


def test_models_and_plans_do_not_load_scipy_stats() -> None:
    code = (
        "import sys, designer.engine.proposing, designer.engine.evaluation;"
        " from designer.models.sobol import scrambled_sobol; scrambled_sobol(8, 3, 0);"
        " assert 'scipy.stats' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
