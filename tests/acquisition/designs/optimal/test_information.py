"""What a change of rows is worth, and the state after it, against everything computed anew."""

import numpy as np
import pytest

from designer.acquisition.designs.optimal.information import RIDGE, FisherInformation, criterion


def _state(seed: int, moments: bool) -> FisherInformation:
    rng = np.random.default_rng(seed)
    n, p = 9, 4
    plots = np.repeat(np.arange(3), 3)
    weight = np.linalg.inv(np.eye(n) + 1.3 * (plots[:, None] == plots))
    root = rng.normal(size=(p, p))
    known = np.diag([0.5, 0.0, 0.0, 1.0])
    return FisherInformation(
        rng.normal(size=(2, n, p)), weight, root @ root.T if moments else None, known
    )


def _anew(state: FisherInformation) -> np.ndarray:
    n, p = state.matrices.shape[1:]
    X = state.matrices
    total = [state.known + x.T @ state.weight @ x + RIDGE * n * np.eye(p) for x in X]
    return criterion(np.array(total), state.moments)


@pytest.mark.parametrize("moments", [False, True])
@pytest.mark.parametrize("rows", [[4], [3, 4, 5], [0, 1]])
def test_gains_and_updates_are_those_of_the_changed_design(moments: bool, rows: list[int]) -> None:
    state = _state(1, moments)
    rng = np.random.default_rng(2)
    for _ in range(5):
        candidates = rng.normal(size=(2, 7, len(rows), 4)) * 1.5
        before, kept = _anew(state), state.matrices.copy()
        gains = np.empty((2, 7))
        for c in range(7):
            other = kept.copy()
            other[:, rows] = candidates[:, c]
            gains[:, c] = before - _anew(
                FisherInformation(other, state.weight, state.moments, state.known)
            )
        allowed = rng.random((2, 7)) < 0.8
        taken, gained = state.improve(np.array(rows), candidates, allowed, 1e-9)
        gains[~allowed] = -np.inf
        for start in range(2):
            best = int(gains[start].argmax())
            assert taken[start] == (best if gains[start, best] > 1e-9 else -1)
            if taken[start] >= 0:
                assert gained[start] == pytest.approx(gains[start, best], rel=1e-6, abs=1e-9)
                kept[start, rows] = candidates[start, best]
        np.testing.assert_array_equal(state.matrices, kept)
        updated = state.subset(np.arange(2))
        np.testing.assert_allclose(updated._inverse, state._inverse, rtol=1e-6, atol=1e-9)


def test_a_design_that_cannot_tell_its_terms_is_infinitely_bad() -> None:
    singular = np.array([np.diag([1.0, 2.0, 0.0])])
    assert criterion(singular, None)[0] == np.inf
    assert criterion(singular, np.eye(3))[0] == np.inf
