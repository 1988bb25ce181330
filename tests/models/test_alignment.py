"""Own runs beside the earlier lines: moved upon them where that fits, else left where they are."""

import numpy as np
import pytest
import torch

from designer.models.arrays import FloatArray
from designer.models.botorch_adapter.posterior import to_torch
from designer.models.data.alignment import move_to_lines
from designer.models.data.dataset import ResponseData
from designer.models.encoding import cube_points
from designer.models.fitting.fit import fit
from designer.models.posterior.averaging import average

GROUPS = np.arange(2)


def truth(X: FloatArray) -> FloatArray:
    return np.asarray(5 + np.sin(9 * X[:, 0]) + X[:, 1] * np.cos(6 * X[:, 0]))


def inside(X: FloatArray, low: float, high: float) -> FloatArray:
    return np.column_stack([low + (high - low) * X[:, 0], X[:, 1]])


def campaign(gauge: float, runs: int = 6, seed: int = 0) -> ResponseData:
    """A line made at x0 in 0.6…1, own runs in 0…0.4 on a machine that reads ``gauge`` less."""
    rng = np.random.default_rng(seed)
    rows = inside(cube_points(GROUPS, 30, seed=seed), 0.6, 1.0)
    own = inside(cube_points(GROUPS, runs, seed=seed + 1), 0.0, 0.4)
    y = np.concatenate([truth(rows), truth(own + np.array([gauge, 0.0]))])
    line = np.repeat([1, 0], [30, runs])
    y = y + 0.02 * rng.standard_normal(len(y))
    return ResponseData("y", False, None, np.vstack([rows, own]), y, line)


def error(data: ResponseData, gauge: float, lines: int = 1) -> float:
    points = inside(cube_points(GROUPS, 128, seed=7), 0.0, 0.4)
    posterior = average(fit(data, GROUPS, lines))
    off = posterior.scaling.median(posterior.mean(points)) - truth(points + np.array([gauge, 0.0]))
    return float(np.sqrt(np.mean(np.square(off))))


def test_ranges_that_do_not_meet_are_laid_upon_each_other() -> None:
    move = move_to_lines(campaign(0.6), GROUPS)
    assert move is not None
    assert move[0] == pytest.approx(0.6, abs=0.06)
    assert move[1] == 0.0


def test_lines_that_meet_the_own_runs_are_left() -> None:
    data = campaign(0.6)
    data.X[:8, 0] -= 0.6
    assert move_to_lines(data, GROUPS) is None
    assert move_to_lines(campaign(0.6, runs=2), GROUPS) is None


def test_another_gauge_is_found_and_history_helps() -> None:
    ratios = []
    for seed in range(4):
        data = campaign(0.6, seed=seed)
        ratios.append(error(data, 0.6) / error(data.of_target, 0.6, lines=0))
    assert np.median(ratios) < 0.5


def test_the_same_machine_elsewhere_is_not_moved() -> None:
    for seed in range(4):
        assert fit(campaign(0.0, seed=seed), GROUPS, 1).fitted.input_transform.move is None


def test_torch_sees_moved_points_alike() -> None:
    posterior = fit(campaign(0.6), GROUPS, 1)
    assert posterior.fitted.input_transform.move is not None
    points = cube_points(GROUPS, 16, seed=3)
    mean, _ = to_torch(posterior).transformed(torch.from_numpy(points))
    np.testing.assert_allclose(mean.numpy(), posterior.scaling.median(posterior.mean(points)))
