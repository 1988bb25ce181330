"""Probability of success: Laplace's approximation against quadrature, and what failures teach."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import ndtr

from designer.models.success_gp import USUAL, SuccessModel, laplace_mode

ONE = np.array([0])


def exact(K: np.ndarray, signs: np.ndarray, mean: float) -> tuple[float, float]:
    """Evidence, and E Φ(f_1) of the first row, by product quadrature over the latent values."""
    nodes, weights = hermegauss(40)
    root = np.linalg.cholesky(K)
    evidence, success = 0.0, 0.0
    for places in itertools.product(range(40), repeat=len(signs)):
        f = mean + root @ nodes[list(places)]
        weight = np.prod(weights[list(places)]) / np.sqrt(2 * np.pi) ** len(signs)
        likelihood = np.prod(ndtr(signs * f))
        evidence += weight * likelihood
        success += weight * likelihood * ndtr(f[0])
    return evidence, success / evidence


# (latent sd, correlation, outcomes, mean, rtol of the evidence, atol of the probability):
# Laplace's approximation is known to be good for moderate amplitudes and to underestimate beyond
@pytest.mark.parametrize(
    ("sd", "rho", "signs", "mean", "rtol", "atol"),
    [
        (0.5, 0.0, (1,), 0.0, 0.01, 0.005),
        (1.0, 0.0, (-1,), 1.0, 0.02, 0.02),
        (1.0, 0.8, (1, -1), 0.5, 0.03, 0.01),
        (1.0, 0.8, (-1, -1), 0.5, 0.05, 0.02),
        (2.2, 0.9, (1, -1), 1.9, 0.12, 0.03),
        (2.2, 0.5, (-1, -1), 1.9, 0.2, 0.08),
    ],
)
def test_laplace_against_quadrature(
    sd: float, rho: float, signs: tuple[int, ...], mean: float, rtol: float, atol: float
) -> None:
    outcomes = np.array(signs, dtype=float)
    K = sd**2 * (rho + (1 - rho) * np.eye(len(signs)))
    evidence, success = exact(K, outcomes, mean)
    mode = laplace_mode(K, outcomes, mean)
    assert np.exp(mode.evidence) == pytest.approx(evidence, rel=rtol)
    half = np.linalg.solve(mode.chol, mode.root * K[0])
    variance = K[0, 0] - half @ half
    told = ndtr((mean + K[0] @ mode.slope) / np.sqrt(1 + variance))
    assert told == pytest.approx(success, abs=atol)


def test_the_mode_is_where_the_gradient_vanishes() -> None:
    rng = np.random.default_rng(0)
    X = rng.random((12, 2))
    K = 4 * np.exp(-np.square(X[:, None] - X[None]).sum(-1) / 0.1) + 1e-9 * np.eye(12)
    signs = np.where(rng.random(12) < 0.6, 1.0, -1.0)
    mode = laplace_mode(K, signs, 0.7)
    g = K @ mode.slope  # at the mode g = K ∇ log p(y | f), eq. 3.17
    z = signs * (0.7 + g)
    gradient = signs * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi) / ndtr(z)
    assert gradient == pytest.approx(mode.slope, abs=1e-4)


def test_without_runs_nearby_it_is_the_usual() -> None:
    model = SuccessModel(np.zeros((0, 1)), np.zeros(0, dtype=bool), ONE)
    assert model(np.array([[0.1], [0.9]])) == pytest.approx([USUAL, USUAL])


def corner(failures: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Runs spread over the square; the corner of both large fails."""
    made = np.array([[0.1, 0.1], [0.1, 0.9], [0.9, 0.1], [0.5, 0.5], [0.3, 0.6], [0.6, 0.2]])
    failed = np.array([[0.95, 0.95], [0.85, 0.95], [0.95, 0.85]])[:failures]
    return np.vstack([made, failed]), np.arange(6 + failures) < 6


def test_a_failing_corner_is_seen_there_and_not_elsewhere() -> None:
    X, made = corner()
    model = SuccessModel(X, made, np.arange(2))
    there, others = model(np.array([[0.92, 0.92]])), model(X[made])
    assert there[0] < 0.35
    assert others.min() > 0.6
    one = SuccessModel(*corner(1), np.arange(2))
    assert there[0] < one(np.array([[0.92, 0.92]]))[0] < others.min()  # one failure: milder


def test_a_failing_end_of_one_input_is_told_from_the_others() -> None:
    rng = np.random.default_rng(1)
    X = rng.random((30, 4))
    model = SuccessModel(X, X[:, 2] < 0.7, np.arange(4))
    new = rng.random((200, 4))
    p = model(new)
    assert p[new[:, 2] > 0.85].max() < 0.45
    assert p[new[:, 2] < 0.5].min() > 0.75


@settings(max_examples=25)
@given(st.integers(1, 25), st.integers(0, 10_000))
def test_laws(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = np.array([0, 1, 1, 1])
    X = np.hstack([rng.random((n, 1)), np.sqrt(0.5) * np.eye(3)[rng.integers(0, 3, n)]])
    made = rng.random(n) < 0.5
    model, points = SuccessModel(X, made, groups), X[:5]
    p = model(points)
    assert ((p > 0) & (p < 1)).all()
    order = rng.permutation(n)
    assert SuccessModel(X[order], made[order], groups)(points) == pytest.approx(p, abs=1e-5)
    worse = SuccessModel(np.vstack([X, X[:1]]), np.append(made, False), groups)
    better = SuccessModel(np.vstack([X, X[:1]]), np.append(made, True), groups)
    assert worse(X[:1])[0] < p[0] < better(X[:1])[0]
