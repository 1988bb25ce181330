"""How far is far: a value is set aside well beyond each limit, and kept well within it."""

from __future__ import annotations

import numpy as np
import pytest

from designer.models.data.dataset import ResponseData
from designer.models.data.outliers import far_values

SHAPE = np.array([-1.0, 1.0, -0.5, 0.5, -2.0, 2.0, 0.2, -0.2, 1.5, -1.5])


def data(
    y: np.ndarray, *, log: bool, own: bool, window: tuple[float, float] | None
) -> ResponseData:
    """One setting a row; the last row lies among all others."""
    X = np.linspace(0.0, 1.0, len(y))[:, None]
    X[-1] = 0.5
    line = np.zeros(len(y), int) if own else np.ones(len(y), int)
    return ResponseData("y", log, None, X, y, line, window=window)


def found(
    others: np.ndarray,
    odd: float,
    *,
    log: bool,
    own: bool = False,
    window: tuple[float, float] | None = None,
) -> bool:
    y = np.append(others, odd)
    each = data(y, log=log, own=own, window=window)
    far, _ = far_values(np.log(y) if log else y, each, log=log)
    assert not far[:-1].any()
    return bool(far[-1])


@pytest.mark.parametrize("sign", [-1.0, 1.0])
@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e5])
@pytest.mark.parametrize(("spreads", "far"), [(25.0, False), (100.0, True), (1e4, True)])
def test_a_row_of_a_line_fifty_robust_spreads_away(
    spreads: float, far: bool, unit: float, sign: float
) -> None:
    spread = 1.4826 * float(np.median(np.abs(SHAPE)))
    others = 10.0 + np.repeat(SHAPE, 2)
    assert found(unit * others, unit * (10.0 + sign * spreads * spread), log=False) is far


@pytest.mark.parametrize(
    ("count", "factor", "far"),
    [(10, 10.0, False), (10, 100.0, True), (4, 300.0, False), (4, 3000.0, True)],
)
@pytest.mark.parametrize("above", [True, False])
def test_a_value_beyond_a_gap_on_a_logarithmic_scale(
    count: int, factor: float, far: bool, above: bool
) -> None:
    others = np.geomspace(1.0, 2.0, count)
    odd = others[-1] * factor if above else others[0] / factor
    assert found(others, odd, log=True) is far


@pytest.mark.parametrize(("factor", "far"), [(300.0, False), (3000.0, True)])
def test_one_of_three_values(factor: float, far: bool) -> None:
    assert found(np.array([1.0, 1.2]), 1.1 * factor, log=False) is far


@pytest.mark.parametrize(("factor", "far"), [(40.0, False), (300.0, True)])
def test_few_own_recipes_alone(factor: float, far: bool) -> None:
    assert found(np.array([1.0, 1.2, 0.9, 1.1]), factor, log=False, own=True) is far


def test_what_is_wanted_is_never_far() -> None:
    others = 10.0 + SHAPE
    assert found(others, 500.0, log=False)
    assert not found(others, 500.0, log=False, window=(400.0, 600.0))
