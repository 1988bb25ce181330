"""Published designs in coded units, written down from their definitions."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from designer.campaigns.specification.specification import Specification
from tests.acquisition.cases import make_spec


def coded_spec(names: Sequence[str], **more: Any) -> Specification:
    """Continuous factors from -1 to 1."""
    return make_spec([{"name": name, "low": -2, "high": 2} for name in names], **more)


def runs_of(names: Sequence[str], X: np.ndarray) -> list[dict[str, float]]:
    """Rows as settings."""
    return [dict(zip(names, map(float, row), strict=True)) for row in X]


def fraction_5_2() -> np.ndarray:
    """2^(5-2), generators D = AB and E = AC: I = ABD = ACE = BCDE (Montgomery, table 8.14)."""
    A = np.array([*product((-1, 1), repeat=3)], dtype=float)
    return np.column_stack([A, A[:, 0] * A[:, 1], A[:, 0] * A[:, 2]])


def plackett_burman_12() -> np.ndarray:
    """Plackett & Burman 1946: the cyclic generator of 12 runs and a row of minus signs."""
    generator = [1, 1, -1, 1, 1, 1, -1, -1, -1, 1, -1]
    rows = [np.roll(generator, k) for k in range(11)]
    return np.array([*rows, [-1] * 11], dtype=float)


def definitive_screening_6() -> np.ndarray:
    """Jones & Nachtsheim 2011: a conference matrix of order 6, its mirror image and a centre."""
    C = np.array(
        [
            [0, 1, 1, 1, 1, 1],
            [1, 0, 1, -1, -1, 1],
            [1, 1, 0, 1, -1, -1],
            [1, -1, 1, 0, 1, -1],
            [1, -1, -1, 1, 0, 1],
            [1, 1, -1, -1, 1, 0],
        ],
        dtype=float,
    )
    assert np.array_equal(C.T @ C, 5 * np.eye(6))
    return np.vstack([C, -C, np.zeros((1, 6))])


def central_composite(factors: int, alpha: float, centres: int) -> np.ndarray:
    """Box & Wilson 1951: corners, axial points, centre."""
    corners = np.array([*product((-1, 1), repeat=factors)], dtype=float)
    axes = alpha * np.vstack([np.eye(factors), -np.eye(factors)])
    return np.vstack([corners, axes, np.zeros((centres, factors))])
