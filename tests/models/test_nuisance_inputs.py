"""Inputs that only one line varied, as functions for its own rows."""

from __future__ import annotations

import numpy as np

from designer.models.data.nuisance_inputs import nuisance_inputs


def test_each_input_is_two_functions_of_its_own_line_alone() -> None:
    speeds = np.linspace(2.0, 6.0, 4001)
    varied = [{"speed": float(speed), "room": 21.0} for speed in speeds]
    ours, other = nuisance_inputs([varied, [{}, {}]])
    assert ours.shape == (4001, 2)  # what was kept constant explains nothing
    assert other.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    # normalised over the line's range, orthogonal, the curvature a third of the slope
    moments = ours.T @ ours / len(ours)
    np.testing.assert_allclose(moments, [[1.0, 0.0], [0.0, 0.3**2]], atol=2e-3)
    np.testing.assert_allclose(ours.mean(axis=0), 0.0, atol=1e-3)


def test_an_input_that_was_not_written_down_is_of_the_middle() -> None:
    (found,) = nuisance_inputs([[{"speed": 2.0}, {}, {"speed": 6.0}]])
    assert found[1].tolist() == [0.0, 0.0]
