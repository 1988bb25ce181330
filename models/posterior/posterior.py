"""What is known about one response on the target line, on the model scale z.

The posterior is that of ``f_0 = √t_0 G + √(1 - t_0) D_0 + δ_0``: free of noise and batch effects.
Without any target run the target's own trust is integrated over its prior (5 Gauss-Hermite
nodes): mean and variance are those of the mixture, covariances those of the mean trust.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike

from designer.models.arrays import ArrayT, BoolArray, FloatArray, IntArray, RealArray, namespace
from designer.models.data.dataset import OWN_BATCH
from designer.models.data.scaling import Scaling
from designer.models.gp.covariance import CrossCovariance, LineCovariance
from designer.models.gp.fitted import FittedResponse
from designer.models.gp.hyperparameters import TargetTrust, sigmoid
from designer.models.posterior.conditioning import (
    ConditionedRows,
    some_rows,
    training_rows,
    with_pending,
)
from designer.models.posterior.laplace import Laplace

_UNSEEN_BATCH_VARIANCE = 0.01  # prior median of σ_w², for stages no batch was shared in yet
_BLOCK = 256  # rows per block: 256 × 256 float32 = 256 kB, about half a level-2 cache
_MIN_VARIANCE = 1e-12  # rounding must not make a variance negative


class ResponsePosterior:
    """Posterior of one response on the target line.

    Args:
        fitted: data and hyperparameters.
        rows: rows conditioned on; left out: the training rows.

    Attributes:
        trust: moments of the target's trust while no target run informs it.
    """

    def __init__(self, fitted: FittedResponse, rows: ConditionedRows | None = None) -> None:
        self.fitted = fitted
        parameters = fitted.parameters
        self.trust = TargetTrust()
        if fitted.layout.transfer and fitted.rows.target_rows == 0:
            self.trust = TargetTrust.from_prior(float(fitted.theta[fitted.layout.where("mu_t")[0]]))
            trust = parameters.trust.copy()
            trust[-1] = self.trust.level
            parameters = replace(parameters, trust=trust)
        self.parameters = parameters
        self.kernel = LineCovariance.of_target(parameters, fitted.input_transform)
        self.conditioned = rows or training_rows(fitted, parameters, self.batch_variance)

    # ---- what it is about -------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Name of the response."""
        return self.fitted.data.name

    @property
    def at_mode(self) -> ResponsePosterior:
        """The posterior at the most probable hyperparameters."""
        return self

    @property
    def without_target_runs(self) -> ResponsePosterior:
        """What the earlier lines alone say, at the same hyperparameters; without lines the prior.

        The trust in the target's runs included. The difference to this is what they taught.
        """
        return self.after_runs(())

    def after_runs(self, runs: Collection[int]) -> ResponsePosterior:
        """What the earlier lines and some of the target's runs say, at the same hyperparameters.

        Args:
            runs: numbers of the runs.
        """
        fitted, rows = self.fitted, self.fitted.rows
        kept = np.isin(rows.run, [*runs])
        kept[: rows.earlier] = True
        every = training_rows(fitted, self.parameters, self.batch_variance)
        return ResponsePosterior(fitted, some_rows(every, rows.z, np.flatnonzero(kept)))

    @property
    def scaling(self) -> Scaling:
        """Raw units ↔ model scale."""
        return self.fitted.scaling

    # ---- posterior of f_0 -------------------------------------------------------------------

    def transformed(self, X: FloatArray) -> FloatArray:
        """Transformed inputs V ``[n, C]`` of ``X [n, D]``: what the ``_at`` methods take."""
        return self.fitted.input_transform.points(X)

    def mean(self, X: FloatArray) -> FloatArray:
        """Posterior mean ``[n]`` at ``X [n, D]``."""
        return self.moments(X)[0]

    def variance(self, X: FloatArray) -> FloatArray:
        """Posterior variance ``[n]`` at ``X [n, D]``."""
        return self.moments(X)[1]

    def moments(self, X: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Posterior mean and variance, ``[n]`` each, at ``X [n, D]``."""
        return self.moments_at(self.transformed(X))

    def moments_at(self, V: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Posterior mean and variance, ``[n]`` each, at transformed inputs ``V [n, C]``."""
        plain, reduction = np.empty(len(V)), np.empty(len(V))
        cross = self.rows_covariance()
        for start in range(0, len(V), 4 * _BLOCK):
            block = slice(start, start + 4 * _BLOCK)
            k = cross(V[block])
            plain[block] = k @ self.alpha
            half = self.conditioned.whiten(k.T)
            reduction[block] = np.einsum("ij,ij->j", half, half)
        return self.from_plain(V, plain, reduction)

    def covariance(self, X: FloatArray, Z: FloatArray, dtype: DTypeLike = np.float64) -> RealArray:
        """Posterior covariance ``[n, m]`` of f_0 at ``X [n, D]`` with f_0 at ``Z [m, D]``.

        Work that depends on Z is done once; X passes in blocks.

        Args:
            X: many points.
            Z: few points.
            dtype: float64, or float32 for speed (relative error about 1e-4 of the largest).
        """
        few = self.transformed(Z)
        prior, cross = self.kernel.to_points(few, dtype), self.rows_covariance(dtype)
        half = self.conditioned.whiten(self.rows_covariance()(few).T)  # L⁻¹ K_nZ
        weights = self.conditioned.unwhiten(half).astype(dtype)  # K⁻¹ K_nZ
        V = self.transformed(X)
        out = np.empty((len(X), len(Z)), dtype=dtype)
        for start in range(0, len(X), _BLOCK):
            block = slice(start, start + _BLOCK)
            prior(V[block], out=out[block])
            out[block] -= cross(V[block]) @ weights
        return out

    def noise(self, X: FloatArray) -> FloatArray:
        """Noise variance ``[n]`` of one more measurement at ``X [n, D]``, without batch effects."""
        return self.noise_given(self.mean(X))

    def noise_given(self, mean: FloatArray) -> FloatArray:
        """The same at points with these posterior means, ``[n]``."""
        return self.scaling.noise(mean, self.parameters.noise[-1], self.hidden_batch_variance)

    @property
    def hidden_batch_variance(self) -> float:
        """Effect of stages no batch was shared in yet: still part of the learned noise."""
        return float(self.batch_variance[self._unseen_stages].sum())

    @property
    def batch_variance(self) -> FloatArray:
        """Variance ``[S]`` of a batch effect per stage.

        Learned where batches were shared. Where none was shared yet: the prior's median, at most
        half of the noise over all such stages; 0 where the stage cannot change the response.
        """
        out = np.zeros(self.fitted.data.stages)
        unseen = self._unseen_stages
        if unseen.any():
            rows = self.fitted.rows
            base = rows.base[rows.earlier :]
            base = base if len(base) else self.scaling.noise_base(np.zeros(1))
            noise = self.parameters.noise[-1] * float(base.min())
            out[unseen] = min(_UNSEEN_BATCH_VARIANCE, 0.5 * noise / np.count_nonzero(unseen))
        out[list(self.fitted.layout.stages)] = self.parameters.batch
        return out

    # ---- how far to believe it ---------------------------------------------------------------

    @cached_property
    def laplace(self) -> Laplace:
        """Normal approximation of the hyperparameters' posterior."""
        return Laplace.around(self.fitted.likelihood, self.fitted.theta)

    # ---- pending runs -----------------------------------------------------------------------

    def condition(self, X: FloatArray, batch: IntArray | None = None) -> ResponsePosterior:
        """The posterior as if runs had been measured at their predicted means.

        Variances shrink, the mean stays.

        Args:
            X: points of the pending runs on the target line, ``[q, D]``.
            batch: batch code per stage, ``[q, S]``; codes may be those of target rows;
                left out: every run has its own batches.
        """
        if len(X) == 0:
            return self
        shape = (len(X), self.fitted.data.stages)
        codes = np.full(shape, OWN_BATCH) if batch is None else np.asarray(batch).reshape(shape)
        V = self.transformed(X)
        rows = with_pending(
            self.conditioned,
            self.kernel,
            V,
            batch=codes.astype(np.int64),
            noise=self.noise_given(self.moments_at(V)[0]),
            batch_variance=self.batch_variance,
        )
        return ResponsePosterior(self.fitted, rows)

    # ---- raw units --------------------------------------------------------------------------

    def limits(self, low: float, high: float) -> tuple[float, float]:
        """A raw window on the model scale; infinite ends stay, log of ≤ 0 is -inf."""
        return self.scaling.limits(low, high)

    def to_raw(self, mean: FloatArray, variance: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Point prediction (log scale: median) and standard deviation in raw units."""
        return self.scaling.to_raw(mean, variance)

    # ---- linear algebra shared with plans -----------------------------------------------------

    @property
    def chol(self) -> FloatArray:
        """Lower Cholesky factor ``[N, N]`` of the rows' covariance, pending rows last."""
        return self.conditioned.chol

    @property
    def alpha(self) -> FloatArray:
        """``K⁻¹ z [N]``; 0 for pending rows."""
        return self.conditioned.alpha

    def rows_covariance(self, dtype: DTypeLike = np.float64) -> CrossCovariance:
        """Covariance of f_0 at transformed inputs with the rows conditioned on (as a callable)."""
        return self.kernel.to_rows(self.conditioned.X, self.conditioned.position, dtype)

    def from_plain(
        self, V: FloatArray, plain: FloatArray, reduction: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Mean and variance from ``k'K⁻¹z`` and ``k'K⁻¹k`` (target's trust integrated).

        Args:
            V: transformed inputs, ``[n, C]``.
            plain: ``k'K⁻¹z``, ``[n]``.
            reduction: ``k'K⁻¹k``, ``[n]``.
        """
        variance = np.maximum(self.kernel.variance(V) - reduction, _MIN_VARIANCE)
        if self.trust.spread > 0:
            variance += self.trust.spread * np.square(plain)
        return plain * self.trust.shrink, np.asarray(variance)

    def line_mean(self, X: ArrayT, line: int) -> ArrayT:
        """Posterior mean ``[...]`` of a line's own surface, measured rows only.

        Args:
            X: points, ``[..., D]``, numpy or torch.
            line: code of the line; one without rows has the shared surface only.
        """
        fitted, xp = self.fitted, namespace(X)
        rows, p = fitted.rows, fitted.parameters.used_with(X)
        place = rows.positions.index(line) if line in rows.positions else None
        trust = 1.0
        if place is not None:
            trust = float(p.trust[place])
        elif fitted.layout.transfer:
            trust = float(sigmoid(fitted.theta[fitted.layout.where("mu_t")])[0])
        kernel = LineCovariance(p, fitted.input_transform, place, trust)
        cross = kernel.to_rows(xp.asarray(rows.X), rows.position)
        alpha = xp.asarray(self.alpha[: len(rows)])
        mean: ArrayT = cross(fitted.input_transform.on_line(X, line)) @ alpha
        return mean

    # ---- construction -----------------------------------------------------------------------

    @cached_property
    def _unseen_stages(self) -> BoolArray:
        data = self.fitted.data
        unseen = np.array(data.effects, dtype=np.bool_)
        unseen[list(self.fitted.layout.stages)] = False
        return unseen
