"""Negative log posterior of the trust GP's hyperparameters and its gradient by hand.

Model of one response (z on the model scale, lines l, target 0)::

    z = √t_l G(x) + √(1 - t_l) D_l(x) + δ_l(x) + w_batch + e
    G ~ GP(0, A²(k_g + 1) + φφ')    D_l ~ GP(0, A²(k_d + 1) + φφ')
    δ_l ~ GP(0, τ² + A_d² k_d + κ²φφ' + Σ_i κ_i² g_i g_i')
    w ~ N(0, σ_w²) per really shared batch                e ~ N(0, base · exp(μ_s + η_l))

on an earlier line that varied inputs of its own also ``+ F b, b ~ N(0, κ_a²)`` (``nuisance``);
with process features φ (``process_features``) and slopes g_i of the shared surface
(``surface_gradients``), where there are any. Without earlier lines only G, w and e remain: a plain
GP. The gradient uses ``∂/∂θ = ½ Σ (K⁻¹ - αα')∘∂K/∂θ`` (Rasmussen & Williams 2006, eq. 5.9) with K⁻¹
from K's Cholesky factor; squared differences per input are computed once. It is written by hand on
purpose: measured equal to automatic differentiation to 1e-14, and 8 to 10 times faster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import blas, lapack

from designer.models.arrays import FloatArray
from designer.models.cholesky import factorise, inverse
from designer.models.gp.hyperparameters import Layout, Parameters
from designer.models.gp.input_transform import InputTransform
from designer.models.gp.kernels import matern_and_slope
from designer.models.gp.pseudo_rows import PseudoRowLikelihood
from designer.models.gp.row_pairs import RowPairs
from designer.models.gp.training_rows import TrainingRows

_lapack: Any = lapack  # the type checkers disagree on which routines these modules have
_blas: Any = blas

_REFUSED = 1e10  # value of a θ whose covariance cannot be factorised at all
_FIVE_THIRDS = 5.0 / 3.0


@dataclass(frozen=True, eq=False)
class Solved:
    """What one value of the likelihood took.

    Attributes:
        value: negative log posterior.
        chol: lower Cholesky factor of the rows' covariance, ``[n, n]``.
        alpha: ``K⁻¹ z``, ``[n]``.
    """

    value: float
    chol: FloatArray
    alpha: FloatArray


class Likelihood:
    """Callable θ → (value, gradient) for one response.

    Args:
        rows: training rows, sorted by line.
        transform: meaning of the columns of their points.
        layout: the hyperparameters.

    Attributes:
        evaluations: number of evaluations so far.
    """

    def __init__(self, rows: TrainingRows, transform: InputTransform, layout: Layout) -> None:
        self.rows = rows
        self.input_transform = transform
        self.layout = layout
        self.evaluations = 0
        self._blocks = rows.blocks()
        self._pairs = pairs = RowPairs(rows)
        self._all = pairs.squared_differences(rows.X[:, : transform.dimension], transform.groups)
        self._within = self._all[:, : pairs.within]
        target = pairs.own[-1].start if rows.target_rows else pairs.within
        self._lines, self._target = slice(0, target), slice(target, pairs.within)
        self._inputs = rows.X[:, transform.feature_columns]
        self._slopes = pairs.products(rows.X[:, transform.slope_columns], pairs.within)
        self._nuisance = pairs.products(rows.nuisance).sum(axis=0)
        self._starts = np.array([s.start for _, s in self._blocks], dtype=np.int64)
        self._present = np.array([p for p, _ in self._blocks], dtype=np.int64)
        self._batches = [pairs.common(rows.batch[:, s], rows.shared(s)) for s in layout.stages]
        self._joint = [  # noise that pseudo-rows of a line share, besides that on the diagonal
            (k, self._noise_of_pairs(rows, k))
            for k, (position, _) in enumerate(self._blocks)
            if position in rows.summaries
        ]
        self._summarised = PseudoRowLikelihood(rows.summaries, layout) if rows.summaries else None

    def __call__(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Negative log posterior (up to a constant of the data's size) and gradient."""
        value, gradient = self._prior(theta)
        if len(self.rows) == 0:
            self.evaluations += 1
            return value, gradient
        p = self.layout.unpack(theta)
        K, parts = self._covariance(p)
        solved = self._solve(K, value)
        if solved is None:
            return _REFUSED, np.zeros_like(theta)
        value, chol, alpha = solved.value, solved.chol, solved.alpha
        # G = K⁻¹ - αα' folded: an entry below the diagonal stands for its mirror image, too.
        G = self._pairs.of(_blas.dger(-1.0, alpha, alpha, a=inverse(chol), overwrite_a=1))
        G *= self._pairs.fold
        self._add_gradient(gradient, G, p, parts)
        return value, gradient

    def _noise_of_pairs(self, rows: TrainingRows, k: int) -> FloatArray:
        """Covariance of a summarised line's noise, per unit, off the diagonal, of its own pairs."""
        position, s = self._blocks[k]
        noise = rows.summaries[position].noise - np.diag(rows.base[s])
        own = self._pairs.own[k]
        joint: FloatArray = noise[
            self._pairs.first[own] - s.start, self._pairs.second[own] - s.start
        ]
        return joint

    def solve(self, theta: FloatArray) -> Solved | None:
        """The value alone, with the factorisation it took; None where there is none."""
        K = self._covariance(self.layout.unpack(theta))[0]
        return self._solve(K, self._prior(theta)[0])

    def _solve(self, K: FloatArray, prior: float) -> Solved | None:
        self.evaluations += 1
        chol = factorise(self._pairs.lower(K).T)
        if chol is None:
            return None
        z = self.rows.z
        alpha = _lapack.dpotrs(chol, z, lower=1)[0] if len(z) else z
        value = prior + 0.5 * float(z @ alpha) + float(np.log(np.diagonal(chol)).sum())
        value += 0.5 * len(z) * float(np.log(2.0 * np.pi))
        return Solved(value, chol, alpha)

    def _prior(self, theta: FloatArray) -> tuple[float, FloatArray]:
        layout = self.layout
        offset = theta - layout.mean
        trust, common = layout.where("logit_t"), layout.where("mu_t")
        if len(trust):
            offset[trust] -= theta[common]
        scaled = offset / np.square(layout.sd)
        gradient = scaled.copy()
        if len(trust):
            gradient[common] -= scaled[trust].sum()
        value = 0.5 * float(offset @ scaled)
        if self._summarised is not None:
            more, slope = self._summarised(theta)
            value += more
            gradient += slope
        return value, gradient

    def covariance(self, p: Parameters) -> FloatArray:
        """Covariance ``[n, n]`` of the rows at given hyperparameters."""
        lower = self._pairs.lower(self._covariance(p)[0])
        return lower + np.tril(lower, -1).T

    def _covariance(self, p: Parameters) -> tuple[FloatArray, dict[str, FloatArray]]:
        """K of all pairs ``[P]`` and the pieces the gradient needs again."""
        pairs, rows = self._pairs, self.rows
        kg, hg = matern_and_slope((5.0 / np.square(p.surface)) @ self._all)
        kg += 1.0
        trust = p.trust[self._present]
        shared = p.amplitude * np.sqrt(trust[pairs.lines]).prod(axis=0)
        weight = pairs.each(shared)
        K = kg * weight
        parts = {"kg": kg, "hg": hg, "shared": shared, "weight": weight}
        if self.input_transform.feature is not None:
            parts["phi"] = self.input_transform.feature.at(self._inputs, p.shape)
            parts["phi2"] = pairs.products(parts["phi"]).sum(axis=0)
            parts["weight_phi"] = self._feature_weight(p)
            K += parts["weight_phi"] * parts["phi2"]
        if self.layout.transfer:
            own = K[: pairs.within]
            parts["kd"], parts["hd"] = kd, _ = matern_and_slope(self._own_distances(p))
            level = p.amplitude * (1.0 - trust)
            own += kd * pairs.each(level + p.drift)
            own += pairs.each(level + p.offset)
            for (position, _), s in zip(self._blocks, pairs.own, strict=True):
                if len(p.slopes):
                    own[s] += p.shifts(position) @ self._slopes[:, s]
            if p.nuisance > 0.0:
                K += p.nuisance * self._nuisance
        K[pairs.diagonal] += rows.base * p.noise[rows.position] + rows.extra
        for k, joint in self._joint:
            K[pairs.own[k]] += p.noise[self._present[k]] * joint
        for variance, places in zip(p.batch, self._batches, strict=True):
            K[places] += variance
        return K, parts

    def _own_distances(self, p: Parameters) -> FloatArray:
        """``5 r²`` within lines; the target has lengthscales of its own."""
        q = np.empty(self._within.shape[1])
        for scale, part in ((p.deviation, self._lines), (p.own, self._target)):
            q[part] = (5.0 / np.square(scale)) @ self._within[:, part]
        return q

    def _feature_weight(self, p: Parameters) -> FloatArray:
        """Weight of φφ' of all pairs: ``√(t_l t_m)``, inside a line ``1 + κ²``."""
        weight = np.sqrt(p.trust[self._present][self._pairs.lines]).prod(axis=0)
        weight[: len(self._blocks)] = 1.0 + p.feature_drift
        return self._pairs.each(weight)

    def _add_gradient(
        self, out: FloatArray, G: FloatArray, p: Parameters, parts: dict[str, FloatArray]
    ) -> None:
        """Add ``½ Σ G∘∂K/∂θ`` over all pairs; G is folded."""
        layout, rows, pairs = self.layout, self.rows, self._pairs
        by_group = pairs.sums(G * parts["kg"]) * parts["shared"]
        out[layout.where("ln_A2")] += 0.5 * by_group.sum()
        product = G * parts["hg"]
        product *= parts["weight"]
        out[layout.where("ln_l_g")] += (
            0.5 * _FIVE_THIRDS / np.square(p.surface) * (self._all @ product)
        )
        noise = G[pairs.diagonal] * rows.base * p.noise[rows.position]
        for k, joint in self._joint:
            noise[self._starts[k]] += p.noise[self._present[k]] * (G[pairs.own[k]] @ joint)
        out[layout.where("mu_s")] += 0.5 * noise.sum()
        for place, variance, places in zip(
            layout.where("ln_sigma_w"), p.batch, self._batches, strict=True
        ):
            out[place] += variance * G[places].sum()
        if layout.transfer:
            trust = layout.where("logit_t")[self._present]
            by_line = pairs.by_line(by_group)
            out[trust] += 0.25 * (1.0 - p.trust[self._present]) * by_line
            eta = layout.where("eta")[self._present]
            out[eta] += 0.5 * np.add.reduceat(noise, self._starts)
            self._add_within(out, G[: pairs.within], p, parts)
            if p.nuisance > 0.0:
                out[layout.where("ln_aside")] += p.nuisance * (G @ self._nuisance)
        self._add_feature(out, G, p, parts)

    def _add_feature(
        self, out: FloatArray, G: FloatArray, p: Parameters, parts: dict[str, FloatArray]
    ) -> None:
        """The part of the gradient from process features, if there are any."""
        feature, pairs = self.input_transform.feature, self._pairs
        if feature is None:
            return
        layout, phi = self.layout, parts["phi"]
        shapes = feature.shape_gradients(self._inputs, p.shape)
        if len(shapes):
            weighted = pairs.lower(G * parts["weight_phi"])
            back = weighted @ phi + weighted.T @ phi
            out[layout.where("shape")] += 0.5 * np.einsum("kns,ns->k", shapes, back)
        if not layout.transfer:
            return
        t = p.trust[self._present]
        by_group = pairs.sums(G * parts["phi2"])
        within = by_group[: len(t)].copy()
        by_line = pairs.by_line(by_group * np.sqrt(t[pairs.lines]).prod(axis=0))
        trust = layout.where("logit_t")[self._present]
        out[trust] += (1.0 - t) * (0.25 * by_line - 0.5 * t * within)
        out[layout.where("ln_kappa_f")] += p.feature_drift * within.sum()

    def _add_within(
        self, out: FloatArray, G: FloatArray, p: Parameters, parts: dict[str, FloatArray]
    ) -> None:
        """The part of the gradient from D_l and δ_l, which stay inside a line: G of its pairs."""
        layout, pairs = self.layout, self._pairs
        constant, correlated = pairs.sums(G), pairs.sums(G * parts["kd"])
        t = p.trust[self._present]
        own = constant + correlated
        out[layout.where("ln_A2")] += 0.5 * p.amplitude * ((1.0 - t) @ own)
        trust = layout.where("logit_t")[self._present]
        out[trust] -= 0.5 * p.amplitude * t * (1.0 - t) * own
        out[layout.where("ln_tau")] += p.offset * constant.sum()
        out[layout.where("ln_Ad2")] += 0.5 * p.drift * correlated.sum()
        if len(p.slopes):
            out[layout.where("ln_kappa")] += p.slopes * (self._slopes @ G)
        g = G * parts["hd"]
        g *= pairs.each(p.amplitude * (1.0 - t) + p.drift)
        lines, target = (
            self._within[:, part] @ g[part] / np.square(scale)
            for scale, part in ((p.deviation, self._lines), (p.own, self._target))
        )
        out[layout.where("ln_l_d")] += 0.5 * _FIVE_THIRDS * (lines + target)
        out[layout.where("u")] += 0.5 * _FIVE_THIRDS * target
