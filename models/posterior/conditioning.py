"""Rows a posterior is conditioned on, and how pending runs join them.

Runs of one batch share its effect. A training row alone in its batch has the effect inside its
noise; should a pending run join that batch, at most half of that noise (over all stages) can be
common. This keeps the joint covariance positive definite.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import solve_triangular

from designer.models.arrays import FloatArray, IntArray
from designer.models.cholesky import factorise
from designer.models.data.dataset import same_batch
from designer.models.gp.covariance import LineCovariance
from designer.models.gp.fitted import FittedResponse
from designer.models.gp.hyperparameters import Parameters

_TINY = 1e-12


@dataclass(frozen=True, eq=False)
class ConditionedRows:
    """The training rows, then pending ones.

    Attributes:
        X: transformed inputs, ``[N, C]``.
        position: line positions, ``[N]``; pending rows belong to the target.
        batch: batch code per stage, ``[N, S]``.
        loading: standard deviation of the row's batch effect per stage, ``[N, S]``.
        chol: lower Cholesky factor of their covariance, ``[N, N]``.
        alpha: ``K⁻¹ z``, ``[N]``; 0 for pending rows.
    """

    X: FloatArray
    position: IntArray
    batch: IntArray
    loading: FloatArray
    chol: FloatArray
    alpha: FloatArray

    def whiten(self, B: FloatArray) -> FloatArray:
        """``L⁻¹ B`` for ``B [N, …]``."""
        return solve_triangular(self.chol, B, lower=True) if len(B) else B

    def unwhiten(self, B: FloatArray) -> FloatArray:
        """``L⁻ᵀ B`` for ``B [N, …]``."""
        return solve_triangular(self.chol, B, lower=True, trans=1) if len(B) else B


def training_rows(
    fitted: FittedResponse, parameters: Parameters, batch_variance: FloatArray
) -> ConditionedRows:
    """The measurements alone.

    Args:
        fitted: data and hyperparameters.
        parameters: hyperparameters in natural units.
        batch_variance: σ_w² per stage, ``[S]``.
    """
    rows, solved = fitted.rows, fitted.solved
    loading = _loadings(fitted, parameters, np.sqrt(batch_variance))
    if solved is not None:
        return ConditionedRows(
            rows.X, rows.position, rows.batch, loading, solved.chol, solved.alpha
        )
    K = fitted.likelihood.covariance(parameters)
    # doubling the diagonal always makes K factorisable; the fit refuses such θ anyway
    chol = factorise(K + np.diag(np.diagonal(K)))
    if chol is None:
        raise ArithmeticError(f"the covariance of {fitted.data.name} cannot be factorised")
    unsolved = ConditionedRows(rows.X, rows.position, rows.batch, loading, chol, rows.z)
    return replace(unsolved, alpha=unsolved.unwhiten(unsolved.whiten(rows.z)))


def some_rows(every: ConditionedRows, z: FloatArray, kept: IntArray) -> ConditionedRows:
    """Some of the training rows, with the covariance they have among all.

    A batch several runs were made of keeps its effect where only one of them is looked at:
    otherwise that one would teach more alone than together with the others.

    Args:
        every: all training rows, no pending ones.
        z: their values on the model scale, ``[n]``.
        kept: which of them, ascending, ``[k]``.
    """
    half = every.chol[kept]
    chol = factorise(half @ half.T)
    if chol is None:
        raise ArithmeticError("the covariance of some rows cannot be factorised")
    some = ConditionedRows(
        every.X[kept], every.position[kept], every.batch[kept], every.loading[kept], chol, z[kept]
    )
    return replace(some, alpha=some.unwhiten(some.whiten(some.alpha)))


def with_pending(
    old: ConditionedRows,
    kernel: LineCovariance,
    X: FloatArray,
    *,
    batch: IntArray,
    noise: FloatArray,
    batch_variance: FloatArray,
) -> ConditionedRows:
    """Rows with q pending runs on the target line appended.

    Args:
        old: rows so far.
        kernel: covariance of f_0.
        X: transformed inputs of the pending runs, ``[q, C]``.
        batch: their batch codes, ``[q, S]``.
        noise: their noise variance without batch effects, ``[q]``.
        batch_variance: σ_w² per stage, ``[S]``.
    """
    pending = np.tile(np.sqrt(batch_variance), (len(X), 1))
    cross = kernel.to_rows(old.X, old.position)(X)
    cross = cross + _common(batch, pending, old.batch, old.loading)
    own = kernel.to_points(X)(X) + _common(batch, pending, batch, pending)
    alone = np.where(batch < 0, np.square(pending), 0.0).sum(axis=1)
    own[np.diag_indices_from(own)] += alone + noise
    target = np.full(len(X), len(kernel.parameters.trust) - 1, dtype=np.int64)
    return ConditionedRows(
        X=np.vstack([old.X, X]),
        position=np.concatenate([old.position, target]),
        batch=np.vstack([old.batch, batch]),
        loading=np.vstack([old.loading, pending]),
        chol=_extended(old.chol, old.whiten(cross.T), own),
        alpha=np.concatenate([old.alpha, np.zeros(len(X))]),
    )


def _loadings(fitted: FittedResponse, parameters: Parameters, sigma: FloatArray) -> FloatArray:
    """Standard deviation of each training row's batch effect per stage, ``[n, S]``."""
    rows = fitted.rows
    noise = rows.base * parameters.noise[rows.position]
    out = np.tile(sigma, (len(rows), 1))
    stages = max(int(np.count_nonzero(sigma)), 1)
    for stage in range(len(sigma)):
        modelled = stage in fitted.layout.stages
        alone = ~rows.shared(stage) if modelled else np.ones(len(rows), dtype=np.bool_)
        out[alone, stage] = np.minimum(sigma[stage], np.sqrt(0.5 * noise[alone] / stages))
    return out


def _common(
    batch: IntArray, loading: FloatArray, other: IntArray, other_loading: FloatArray
) -> FloatArray:
    """Covariance ``[q, N]`` from common batches; a code below 0 is shared with nobody."""
    out = np.zeros((len(batch), len(other)))
    for stage in range(batch.shape[1]):
        same = same_batch(batch[:, stage], other[:, stage])
        out += same * (loading[:, stage, None] * other_loading[None, :, stage])
    return out


def _extended(chol: FloatArray, half: FloatArray, own: FloatArray) -> FloatArray:
    """Cholesky factor of a matrix with q more rows: ``half = L⁻¹ K_nq``, ``own = K_qq``."""
    n, q = half.shape
    corner = own - half.T @ half
    factor = factorise(0.5 * (corner + corner.T))
    if factor is None:  # only rounding can get here: the noise alone makes the corner definite
        factor = factorise(np.diag(np.maximum(np.diagonal(corner), _TINY)))
    out = np.zeros((n + q, n + q), order="F")
    out[:n, :n] = chol
    out[n:, :n] = half.T
    if factor is not None:
        out[n:, n:] = factor
    return out
