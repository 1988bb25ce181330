"""Where runs can be made at all: probability of success from runs made and runs that failed.

Gaussian-process classification with a probit likelihood and Laplace's approximation (Rasmussen &
Williams 2006, algorithms 3.1 and 3.2, eq. 3.82 for the averaged probability), averaged over a few
kernels in proportion to their evidence: with few failures nothing is chosen that they do not say.

    P(success at x) = Φ(f(x)),   f ~ GP(m, c² + s² Matern-5/2)

The kernels are a failing region in all inputs together and, with half of the prior weight, one
input alone (too dry, too thick), each at a few lengthscales. Far from all data the probability
is that of the prior, pulled up by successes and down by failures everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from scipy.special import log_ndtr, ndtr, ndtri

from designer.models.arrays import BoolArray, FloatArray, IntArray
from designer.models.gp.kernels import MaternTo

# Assumptions: how much f varies over the region (sd of 2 lets 98 % turn into 2 %), how far the
# line as a whole may be from the usual, and that four of five untried recipes can be made.
AMPLITUDE = 2.0
LEVEL = 1.0
USUAL = 0.8
LENGTHSCALES = (0.25, 0.5, 1.0)  # of an input's range; in all inputs: times √(number / 3)
_MOST = 400  # rows: the latest ones
_BLOCK = 1024  # points at a time
_STEPS = 100
_CLOSE = 1e-9  # in the objective
_MEAN = float(np.sqrt(1.0 + AMPLITUDE**2 + LEVEL**2) * ndtri(USUAL))


@dataclass(frozen=True, eq=False)
class Mode:
    """Laplace's approximation at one kernel.

    Attributes:
        slope: ``∇ log p(y | f)`` at the mode, ``[n]``.
        root: ``W^½``, ``[n]``.
        chol: Cholesky factor of ``I + W^½ K W^½``, ``[n, n]``.
        evidence: approximate ``log p(y)``.
    """

    slope: FloatArray
    root: FloatArray
    chol: FloatArray
    evidence: float


def laplace_mode(K: FloatArray, signs: FloatArray, mean: float = 0.0) -> Mode:
    """Find the mode of the latent values by Newton's method with step halving.

    Rasmussen & Williams 2006, algorithm 3.1, for ``f = mean + g``, ``g ~ N(0, K)``.

    Args:
        K: covariance of the rows, ``[n, n]``.
        signs: +1 success, -1 failure, ``[n]``.
        mean: of the latent values.
    """
    a: FloatArray = np.zeros(len(signs))
    g: FloatArray = np.zeros(len(signs))
    value = float(log_ndtr(signs * mean).sum())
    for _ in range(_STEPS):
        slope, weight, root, chol = _expansion(K, signs, mean + g)
        b = weight * g + slope
        inner = solve_triangular(chol, root * (K @ b), lower=True)
        step = b - root * solve_triangular(chol.T, inner, lower=False) - a
        size, before = 1.0, value
        while size > 1e-4:
            new_a = a + size * step
            new_g = K @ new_a
            value = float(-0.5 * new_a @ new_g + log_ndtr(signs * (mean + new_g)).sum())
            if value >= before:
                break
            size *= 0.5
        else:
            value = before
            break
        a, g = new_a, new_g
        if value - before < _CLOSE:
            break
    slope, _, root, chol = _expansion(K, signs, mean + g)
    return Mode(slope, root, chol, value - float(np.log(np.diagonal(chol)).sum()))


def _expansion(
    K: FloatArray, signs: FloatArray, f: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """First and negative second derivative W of ``log Φ(y f)`` (eq. 3.16), and `Mode`'s factors."""
    z = signs * f
    ratio = np.exp(-0.5 * z * z - 0.5 * np.log(2 * np.pi) - log_ndtr(z))
    weight = np.maximum(ratio * (ratio + z), 1e-12)
    root = np.sqrt(weight)
    B = np.eye(len(root)) + root[:, None] * K * root
    return signs * ratio, weight, root, np.asarray(cholesky(B, lower=True))


class SuccessModel:
    """Probability of success, averaged over kernels.

    Runs made on earlier lines do not count: their tables hold what gave results, so no failure
    could be among them, and what another dryer stands says little about this one.

    Args:
        X: encoded recipes of the runs made here, in the order they were made, ``[n, D]``.
        made: whether each was made successfully, ``[n]``.
        groups: input index of every column, ``[D]``.
    """

    def __init__(self, X: FloatArray, made: BoolArray, groups: IntArray) -> None:
        self._X = X[-_MOST:]
        signs = np.where(made[-_MOST:], 1.0, -1.0)
        self._kernels = _kernels(groups)
        self._modes = [
            laplace_mode(self._covariance(scale, self._X), signs, _MEAN)
            for scale, _ in self._kernels
        ]
        log_prior = np.log([prior for _, prior in self._kernels])
        log_weight = np.array([mode.evidence for mode in self._modes]) + log_prior
        weight = np.exp(log_weight - log_weight.max())
        self.weights: FloatArray = weight / weight.sum()

    def __call__(self, X: FloatArray) -> FloatArray:
        """Probability of success at ``X [n, D]``, ``[n]``."""
        out = np.zeros(len(X))
        if not len(X):
            return out
        for (scale, _), mode, weight in zip(self._kernels, self._modes, self.weights, strict=True):
            if weight < 1e-4:
                continue
            used = np.isfinite(scale)
            points, back = _distinct(X, used)
            blocks = range(0, len(points), _BLOCK)
            found = [self._probability(points[k : k + _BLOCK], scale, mode) for k in blocks]
            out += weight * np.concatenate(found)[back]
        return out

    def _covariance(self, scale: FloatArray, X: FloatArray) -> FloatArray:
        """With the rows, ``[n, N]``."""
        used = np.isfinite(scale)
        matern = MaternTo(self._X[:, used], scale[used])(X[:, used])
        return np.asarray(LEVEL**2 + AMPLITUDE**2 * matern)

    def _probability(self, X: FloatArray, scale: FloatArray, mode: Mode) -> FloatArray:
        """``Φ(E f / √(1 + Var f))`` (algorithm 3.2, eq. 3.82)."""
        cross = self._covariance(scale, X)
        half = solve_triangular(mode.chol, (cross * mode.root).T, lower=True)
        variance = AMPLITUDE**2 + LEVEL**2 - np.einsum("ij,ij->j", half, half)
        mean = _MEAN + cross @ mode.slope
        return np.asarray(ndtr(mean / np.sqrt(1.0 + np.maximum(variance, 0.0))))


def _kernels(groups: IntArray) -> list[tuple[FloatArray, float]]:
    """Lengthscales per column (infinite: the input does not matter) and prior weights."""
    inputs = np.unique(groups)
    share = 1.0 / len(LENGTHSCALES)
    wide = np.sqrt(max(3, len(inputs)) / 3.0)
    alone = 0.5 if len(inputs) > 1 else 0.0
    together = [(np.full(len(groups), wide * s), share * (1.0 - alone)) for s in LENGTHSCALES]
    single = [
        (np.where(groups == k, s, np.inf), share * alone / len(inputs))
        for k in inputs
        for s in LENGTHSCALES
    ]
    return together + single if alone else together


def _distinct(X: FloatArray, used: BoolArray) -> tuple[FloatArray, NDArray[np.int64]]:
    """Points that differ in the columns used, and the place of every point among them."""
    if used.all():
        return X, np.arange(len(X))
    columns = X[:, used]
    key = columns[:, 0] if columns.shape[1] == 1 else columns  # one column: ten times faster
    axis = None if key.ndim == 1 else 0
    _, first, back = np.unique(key, axis=axis, return_index=True, return_inverse=True)
    return X[first], back.reshape(-1)
