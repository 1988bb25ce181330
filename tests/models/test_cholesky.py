"""Factors of covariances and their inverses."""

from __future__ import annotations

import numpy as np
import pytest

from designer.models.cholesky import factorise, inverse, inverse_factor


@pytest.mark.parametrize("n", [1, 2, 47, 48, 49, 97, 131])
def test_inverses_by_halves_are_those_of_the_whole(n: int) -> None:
    """Odd and even sizes, below and above that of one step."""
    root = np.random.default_rng(n).normal(size=(n, n))
    K = root @ root.T + n * np.eye(n)
    chol = factorise(K)
    assert chol is not None
    kept = chol.copy()
    half, whole = inverse_factor(chol), inverse(chol)
    assert np.array_equal(chol, kept)
    np.testing.assert_allclose(half @ chol, np.eye(n), atol=1e-12)
    np.testing.assert_allclose(whole, np.tril(np.linalg.inv(K)), atol=1e-12)
    assert not np.triu(half, 1).any()
    assert not np.triu(whole, 1).any()


def test_nothing_has_an_empty_inverse() -> None:
    """No rows at all."""
    assert inverse_factor(np.zeros((0, 0))).shape == (0, 0)
