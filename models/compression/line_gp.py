"""A long earlier line by itself: its measurements as a few values of its surface.

The line alone is a GP f with noise and batch effects. Its kernel is replaced by a pivoted Cholesky
factor of low rank, ``K ≈ LL'`` (Harbrecht, Peters & Schneider 2012), with what that leaves out as
more noise (FITC; Snelson & Ghahramani 2006): ``y = Lv + w + e``, ``v ~ N(0, I)``. All that y says
about f at M of the line's points is then a Gaussian message in closed form: with ``f_Z = R'a``
from ``L_Z' = QR`` the information about v is rotated by Q and the rest of v integrated out. Unlike
a projection on M kernel functions it has no error from what M functions cannot follow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from designer.models.arrays import FloatArray, IntArray
from designer.models.data.dataset import same_batch
from designer.models.gp.pseudo_rows import Summary
from designer.models.gp.training_rows import TrainingRows

_RANK = 160  # of a line's kernel, at most
_TOLERANCE = 1e-2  # variance left out per noise variance at which a lower rank will do
_STEP = 0.1  # of differences, in logarithms of variances
_NEWTON = 2  # steps from the hyperparameters of some rows to those of all
_JITTER = 1e-10  # relative


@dataclass(frozen=True)
class LineKernel:
    """Hyperparameters of a line by itself.

    Attributes:
        lengthscale: per column, ``[D]``.
        amplitude: A²; the kernel is ``A² (k + 1)``.
        variances: ``(ln noise factor, ln σ_w² per stage)``, ``[1 + k]``.
    """

    lengthscale: FloatArray
    amplitude: float
    variances: FloatArray


class LineModel:
    """The line's GP at given lengthscales and amplitude.

    Args:
        rows: the measurements, with the batches of the stages below; negative: shared with nobody.
        stages: stages with batches shared by some of these rows.
        kernel: hyperparameters.
        refine: the kernel comes from some of the rows: look for variances better for all.
    """

    def __init__(
        self, rows: TrainingRows, stages: tuple[int, ...], kernel: LineKernel, *, refine: bool
    ) -> None:
        self.rows, self.stages = rows, stages
        self.level = float(rows.z.mean())
        self._y = rows.z - self.level
        noise = float(np.exp(kernel.variances[0]) * np.median(rows.base))
        self.pivots, self._L, self._left = low_rank(rows.X, kernel, _TOLERANCE * noise)
        self.variances = self._refined(kernel.variances) if refine else kernel.variances

    def _moments(self, u: FloatArray) -> tuple[FloatArray, FloatArray, float]:
        """``L'C⁻¹L``, ``L'C⁻¹y`` and ``½ (ln|C| + y'C⁻¹y)`` for noise C at variances u."""
        noise = np.exp(u[0]) * self.rows.base + self._left
        stacked = np.column_stack([self._L, self._y])
        half, log_det = self._whitened(stacked, noise, np.exp(u[1:]))
        gram = half.T @ half
        return gram[:-1, :-1], gram[:-1, -1], 0.5 * (log_det + float(gram[-1, -1]))

    def _whitened(
        self, F: FloatArray, noise: FloatArray, effects: FloatArray
    ) -> tuple[FloatArray, float]:
        """``C^{-½} F`` and ``ln|C|``: rows that share no batch are independent."""
        out = F / np.sqrt(noise)[:, None]
        log_det = float(np.log(noise).sum())
        for block in self._blocks:
            C = np.diag(noise[block])
            for codes, variance in zip(self.rows.batch[block].T, effects, strict=True):
                same = same_batch(codes, codes)
                C += variance * (same & (same.sum(axis=1) > 1)[:, None])
            chol = np.linalg.cholesky(C)
            out[block] = solve_triangular(chol, F[block], lower=True)
            log_det += 2.0 * float(np.log(np.diagonal(chol)).sum())
            log_det -= float(np.log(noise[block]).sum())
        return out, log_det

    @cached_property
    def _blocks(self) -> list[IntArray]:
        """Rows that depend on each other through batches, group by group."""
        n = len(self.rows)
        pairs = [_links(codes) for codes in self.rows.batch.T]
        if not pairs:
            return []
        links = np.concatenate(pairs, axis=1)
        graph = coo_array((np.ones(links.shape[1]), (links[0], links[1])), shape=(n, n))
        _, label = connected_components(graph, directed=False)
        order = np.argsort(label, kind="stable")
        blocks = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
        return [block for block in blocks if len(block) > 1]

    def objective(self, u: FloatArray) -> float:
        """Negative log likelihood of all rows, without ``n/2 ln 2π``."""
        information, pull, value = self._moments(u)
        information[np.diag_indices_from(information)] += 1.0
        chol = np.linalg.cholesky(information)
        half = solve_triangular(chol, pull, lower=True)
        return value + float(np.log(np.diagonal(chol)).sum()) - 0.5 * float(half @ half)

    def _refined(self, u: FloatArray) -> FloatArray:
        """Better variances, from all rows: some Newton steps on the likelihood."""
        for _ in range(_NEWTON):
            slope, curvature = expanded(self.objective, u)
            values, V = np.linalg.eigh(curvature)
            step = V @ ((V.T @ slope) / np.maximum(np.abs(values), 1.0))
            u = u - np.clip(step, -1.0, 1.0)
        return u

    @cached_property
    def surprise(self) -> FloatArray:
        """Leave-one-out residuals ``[n]`` per standard deviation (robust; batches set aside)."""
        noise = np.exp(self.variances[0]) * self.rows.base + self._left
        noise = noise + np.exp(self.variances[1:]).sum()
        half = self._L / np.sqrt(noise)[:, None]
        information = half.T @ half + np.eye(half.shape[1])
        pull = half.T @ (self._y / np.sqrt(noise))
        factor = cho_factor(information, lower=True)
        residual = self._y - self._L @ cho_solve(factor, pull)
        leverage = np.square(solve_triangular(factor[0], half.T, lower=True)).sum(axis=0)
        out = residual / np.sqrt(noise * np.maximum(1.0 - leverage, 1e-3))
        usual = 1.4826 * float(np.median(np.abs(out)))  # consistent with the sd of normal data
        return np.asarray(out / min(max(usual, 0.1), 1.0))

    def summary(self, count: int, doubted: IntArray) -> Summary:
        """The line as ``count`` pseudo-rows at most.

        Args:
            count: M.
            doubted: carried along.
        """
        information, pull, _ = self._moments(self.variances)
        chosen = self.pivots[representative(self._L, self.pivots, information, count)]
        chosen = np.sort(chosen)
        values, noise = _message(self._L[chosen], information, pull)
        K = self._L[chosen] @ self._L[chosen].T
        base = float(np.exp(self.variances[0]))

        def missing(u: FloatArray) -> float:
            """What all rows say about u and the pseudo-rows do not."""
            C = K + np.exp(u[0]) / base * noise
            C[np.diag_indices_from(C)] *= 1.0 + _JITTER
            chol = np.linalg.cholesky(C)
            half = solve_triangular(chol, values, lower=True)
            pseudo = float(np.log(np.diagonal(chol)).sum()) + 0.5 * float(half @ half)
            return self.objective(u) - pseudo

        slope, curvature = expanded(missing, self.variances)
        bends, V = np.linalg.eigh(curvature)
        V, bends = V[:, bends > 0.0], bends[bends > 0.0]  # without directions of negative curvature
        return Summary(
            points=chosen,
            values=values + self.level,
            noise=noise / base,
            stages=self.stages,
            at=self.variances,
            slope=V @ (V.T @ slope),
            curvature=(V * bends) @ V.T,
            doubted=doubted,
        )


def _links(codes: IntArray) -> IntArray:
    """Pairs of rows ``[2, …]`` that tie the rows of each batch of a stage together."""
    order = np.argsort(codes, kind="stable")
    order = order[codes[order] >= 0]
    same = codes[order][1:] == codes[order][:-1]
    return np.stack([order[:-1][same], order[1:][same]])


def _message(
    L: FloatArray, information: FloatArray, pull: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """What the rows say about ``f_Z = Lv``: values ``[M]`` and the covariance of their noise."""
    m = len(L)
    Q, R = np.linalg.qr(L.T, mode="complete")
    turned, pulled = Q.T @ information @ Q, Q.T @ pull
    J, h = turned[:m, :m], pulled[:m]
    if turned.shape[0] > m:
        rest = turned[m:, m:] + np.eye(turned.shape[0] - m)
        back = cho_solve(
            cho_factor(rest, lower=True), np.column_stack([turned[m:, :m], pulled[m:]])
        )
        J, h = J - turned[:m, m:] @ back[:, :-1], h - turned[:m, m:] @ back[:, -1]
    J = 0.5 * (J + J.T)
    J[np.diag_indices_from(J)] *= 1.0 + _JITTER
    factor = cho_factor(J, lower=True)
    half = solve_triangular(factor[0], R[:m], lower=True)
    noise = half.T @ half
    return R[:m].T @ cho_solve(factor, h), noise


def expanded(
    function: Callable[[FloatArray], float], u: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Gradient ``[k]`` and Hessian ``[k, k]`` of a function at u, by differences."""
    k, h = len(u), _STEP
    here = function(u)
    step = h * np.eye(k)
    up = np.array([function(u + s) for s in step])
    down = np.array([function(u - s) for s in step])
    slope = (up - down) / (2.0 * h)
    curvature = np.diag((up + down - 2.0 * here) / (h * h))
    for i in range(k):
        for j in range(i):
            both = function(u + step[i] + step[j])
            mixed = (both - up[i] - up[j] + here) / (h * h)
            curvature[i, j] = curvature[j, i] = mixed
    return slope, curvature


def low_rank(
    X: FloatArray, kernel: LineKernel, tolerance: float
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Pivoted Cholesky factor of ``A² (k + 1)``, k Matern-5/2.

    Returns:
        Pivots ``[r]``, factor L ``[n, r]`` and the variance left out, ``[n]``.
    """
    S = X * (np.sqrt(5.0) / kernel.lengthscale)
    left = np.full(len(X), 2.0 * kernel.amplitude)
    rank = min(_RANK, len(X))
    L, pivots = np.zeros((rank, len(X))), np.zeros(rank, dtype=np.int64)
    for j in range(rank):
        p = int(np.argmax(left))
        if left[p] <= max(tolerance, _JITTER * kernel.amplitude):
            rank = j
            break
        q = np.sqrt(np.square(S - S[p]).sum(axis=1))
        column = kernel.amplitude * ((1.0 + q + q * q / 3.0) * np.exp(-q) + 1.0)
        column -= L[:j, p] @ L[:j]
        column /= np.sqrt(left[p])
        L[j], pivots[j] = column, p
        left = np.maximum(left - column * column, 0.0)
        left[p] = 0.0
    return pivots[:rank], np.ascontiguousarray(L[:rank].T), left


def representative(
    L: FloatArray, pivots: IntArray, information: FloatArray, count: int
) -> IntArray:
    """Pivots that together tell most about the surface where the line's rows are.

    Greedy: each takes most off the integrated variance (Cohn 1996). Rows count at the pivot they
    correlate most with; no value is thought to be known better than all rows tell.

    Args:
        L: ``[n, r]``.
        pivots: ``[r]``.
        information: of all rows about v, ``[r, r]``.
        count: how many.
    """
    candidates = L[pivots]
    if count >= len(pivots):
        return np.arange(len(pivots))
    nearest = np.argmax(L @ candidates.T, axis=1)
    weight = np.bincount(nearest, minlength=len(pivots)).astype(np.float64)
    known = np.linalg.solve(information + np.eye(len(pivots)), candidates.T)
    floor = float(weight @ np.einsum("ij,ji->i", candidates, known)) / weight.sum()
    C = candidates @ candidates.T
    chosen: list[int] = []
    for _ in range(count):
        variance = np.diagonal(C) + floor
        gain = (weight @ np.square(C)) / variance
        gain[chosen] = -1.0
        best = int(np.argmax(gain))
        chosen.append(best)
        C = C - np.outer(C[best], C[best]) / variance[best]
    return np.array(chosen, dtype=np.int64)
