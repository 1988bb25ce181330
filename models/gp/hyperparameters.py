"""Hyperparameters of the trust GP: names, priors, bounds, and their place in one vector.

All are normal priors on logarithms or logits. Their means and widths were chosen on simulated
pilot lines (16 seeds, confirmed on 16 others); bounds are assumptions that only keep the search
away from nonsense. Without earlier lines the line-specific parameters do not exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from designer.models.arrays import Array, BoolArray, FloatArray, IntArray, input_count, namespace
from designer.models.gp.process_features import Feature

COMMON_TRUST_SD = 1.5  # logit t_l around the common level
TARGET_TRUST_SD = 3.0  # wide: insurance when all earlier lines are wrong
KNOWN_NOISE_SD = 0.2  # ln factor on a stated repeatability
# ln ratio of a noise variance to that of all lines: a quiet line (a simulation, means of many) must
# not make the own results look as quiet; .4 made coverage .62 where it is .88 (measured)
OWN_NOISE_SD = 0.7
LINE_NOISE_SD = 1.2
DOUBTED_NOISE_SD = 1.5  # … that the data contradict (assumption)
SHIFT = 0.03  # prior median of a line's shift along an input, in unit cubes (assumption)
SHIFT_SD = 0.7  # of its logarithm
MOVED = (
    0.1  # the same where lines and target do not meet, and were laid upon each other (assumption)
)
NUISANCE = 0.3  # prior median effect of an input only an earlier line has, in spreads (assumption)
NUISANCE_SD = 1.0  # of its logarithm
TREND = 2.0  # prior median trend along an input no line varied, spreads per cube (assumption)
TREND_SD = 1.0  # of its logarithm
BEND = 0.7  # by which the ln lengthscale is expected to be shorter along it (measured, see tests)
OWN_SD = 0.5  # ln ratio of the target's own lengthscales to the lines' (measured; .8 is too wide)
UNKNOWN_SD = 0.3  # of a setting nobody recorded, in unit cubes around their middle (numerics B)

_NOWHERE: IntArray = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Parameters:
    """Hyperparameters in natural units (model scale z).

    Attributes:
        surface: lengthscales of the shared surface G, ``[p]``.
        deviation: lengthscales of the line deviations D_l and drifts δ_l, ``[p]``.
        own: the same of the target, ``[p]``.
        amplitude: A², variance of G and D.
        offset: τ², variance of a line's offset.
        drift: A_d², variance of a line's drift over the inputs.
        slopes: κ_i², variance of a line's shift along each slope, ``[p]``.
        unknown: variance of the same shift because the line never recorded the input, ``[P, p]``.
        nuisance: variance per function of an input that only an earlier line has.
        feature_drift: κ², variance of a line's drift in the coefficients of process features.
        shape: hyperparameters h of the process feature, ``[k]``.
        batch: σ_w² per modelled stage, ``[B]``.
        noise: noise variance (factor) per line position, ``[P]``.
        trust: t per line position, ``[P]``; the target is the last position.
    """

    surface: FloatArray
    deviation: FloatArray
    own: FloatArray
    amplitude: float
    offset: float
    drift: float
    slopes: FloatArray
    feature_drift: float
    shape: FloatArray
    batch: FloatArray
    noise: FloatArray
    trust: FloatArray
    unknown: FloatArray
    nuisance: float

    def shifts(self, place: int | None) -> Array:
        """Variance of a line's shift along each slope, ``[p]``; None: a line without rows."""
        return self.slopes if place is None else self.slopes + self.unknown[place]

    def used_with(self, X: Array) -> Parameters:
        """The same with arrays of the library that X is of."""
        xp, values = namespace(X), vars(self).items()
        return replace(self, **{k: xp.asarray(v) for k, v in values if isinstance(v, np.ndarray)})


@dataclass(frozen=True)
class Layout:
    """Where each hyperparameter sits in the vector θ, with its prior and bounds.

    Attributes:
        names: one per entry of θ.
        mean: prior means; for the logits of trust relative to the common level ``mu_t``.
        sd: prior standard deviations.
        low: lower bounds of the search.
        high: upper bounds of the search.
        positions: line codes by position; the target (code 0) is the last.
        stages: stage index of every modelled batch effect.
        unknown: see ``Parameters``; as many columns as there are slopes.
    """

    names: tuple[str, ...]
    mean: FloatArray
    sd: FloatArray
    low: FloatArray
    high: FloatArray
    positions: tuple[int, ...]
    stages: tuple[int, ...]
    unknown: FloatArray

    @property
    def transfer(self) -> bool:
        """Whether there are earlier lines."""
        return len(self.positions) > 1

    @cached_property
    def _places(self) -> dict[str, IntArray]:
        kinds = [name.partition("[")[0] for name in self.names]
        return {kind: np.flatnonzero([k == kind for k in kinds]) for kind in kinds}

    def where(self, kind: str) -> IntArray:
        """Entries of θ named ``kind`` or ``kind[…]``; empty when the model has none."""
        return self._places.get(kind, _NOWHERE)

    def with_slopes(
        self,
        columns: Sequence[int],
        inputs: Sequence[int],
        *,
        unknown: BoolArray,
        untried: BoolArray,
        moved: BoolArray,
    ) -> Layout:
        """The same with a variance per slope of the shared surface (``surface_gradients``).

        Args:
            columns: coordinates that have one.
            inputs: their inputs.
            unknown: did the line at a position never record that coordinate? ``[P, p]``.
            untried: has no line varied that coordinate? ``[p]``. Then the surface may bend along
                it more than usual: history cannot have seen it.
            moved: along which the target was moved to lie upon the lines, ``[p]``: by a guess.
        """
        p = len(columns)
        mean = self.mean.copy()
        for i, free in zip(inputs, untried, strict=True):
            mean[self.names.index(f"ln_l_g[{i}]")] -= BEND if free else 0.0
        return replace(
            self,
            names=(*self.names, *(f"ln_kappa[{i}]" for i in columns)),
            mean=np.append(mean, np.log(np.where(untried, TREND, np.where(moved, MOVED, SHIFT)))),
            sd=np.append(self.sd, np.where(untried, TREND_SD, SHIFT_SD)),
            low=np.append(self.low, np.full(p, -8.0)),
            high=np.append(self.high, np.where(untried, 3.0, 0.0)),
            unknown=np.where(unknown & ~untried, UNKNOWN_SD**2, 0.0),
        )

    def unpack(self, theta: FloatArray) -> Parameters:
        """θ in natural units; variances of what the model does not have are 0."""

        def exp(kind: str, power: float = 1.0) -> FloatArray:
            return np.asarray(np.exp(power * theta[self.where(kind)]))

        surface, level = exp("ln_l_g"), theta[self.where("mu_s")][0]
        if self.transfer:
            deviation, trust = exp("ln_l_d"), sigmoid(theta[self.where("logit_t")])
            own = deviation * exp("u")
            noise = np.exp(level + theta[self.where("eta")])
        else:
            deviation, trust, noise = surface, np.ones(1), np.exp(level) * np.ones(1)
            own = surface
        return Parameters(
            surface=surface,
            deviation=deviation,
            own=own,
            amplitude=float(exp("ln_A2")[0]),
            offset=float(exp("ln_tau", 2.0).sum()),
            drift=float(exp("ln_Ad2").sum()),
            slopes=exp("ln_kappa", 2.0),
            feature_drift=float(exp("ln_kappa_f", 2.0).sum()),
            shape=theta[self.where("shape")],
            batch=exp("ln_sigma_w", 2.0),
            noise=noise,
            trust=trust,
            unknown=self.unknown,
            nuisance=float(exp("ln_aside", 2.0).sum()),
        )

    def to_dict(self, theta: FloatArray) -> dict[str, float]:
        """θ by name, JSON-able."""
        return {name: float(value) for name, value in zip(self.names, theta, strict=True)}

    def from_dict(self, values: Mapping[str, float]) -> FloatArray:
        """θ from a dictionary; unknown names are ignored, missing ones start at the prior."""
        theta = self.start()
        for i, name in enumerate(self.names):
            value = values.get(name)
            if value is not None and np.isfinite(value):
                theta[i] = value
        return np.clip(theta, self.low, self.high)

    def start(self, *, doubtful: bool = False) -> FloatArray:
        """The first start (prior modes), or the second: shorter lengthscales, little trust."""
        theta = self.mean.copy()
        trust = self.where("logit_t")
        if len(trust):
            theta[trust] += theta[self.where("mu_t")][0]
        if doubtful:
            theta[self.where("ln_l_g")] -= 0.7
            theta[self.where("mu_s")] += 1.0
            if len(trust):
                theta[trust] = 0.0
                theta[self.where("mu_t")] = 1.5
                theta[self.where("ln_Ad2")] += 1.0
        return theta


def sigmoid(x: FloatArray) -> FloatArray:
    """``1 / (1 + exp(-x))`` without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(x, dtype=np.float64)))


@dataclass(frozen=True)
class TargetTrust:
    """The target's trust where no target run informs it: moments over its prior.

    Attributes:
        level: ``E[t_0]`` (only used without target runs).
        shrink: ``E[√t_0] / √E[t_0]``: factor on the mean.
        spread: ``Var(√t_0) / E[t_0]``: factor on the squared mean, added to the variance.
    """

    level: float = 1.0
    shrink: float = 1.0
    spread: float = 0.0

    @classmethod
    def from_prior(cls, logit: float) -> TargetTrust:
        """Moments under ``logit t_0 ~ N(logit, 1.5²)`` with 5 Gauss-Hermite nodes.

        A line like the others, hence their standard deviation; with that of the target's prior
        (3, an insurance for when runs can decide) intervals at 0 runs cover 100 % and say less.
        """
        nodes, weights = np.polynomial.hermite_e.hermegauss(5)
        weights = weights / weights.sum()
        t = sigmoid(logit + COMMON_TRUST_SD * nodes)
        level = float(weights @ t)
        root = float(weights @ np.sqrt(t))
        return cls(level, root / np.sqrt(level), max(level - root * root, 0.0) / level)


def make_layout(
    groups: IntArray,
    positions: tuple[int, ...],
    stages: tuple[int, ...],
    *,
    noise_factor_sd: float | None,
    feature: Feature | None = None,
    nuisance: bool = False,
) -> Layout:
    """The hyperparameters of one response.

    Args:
        groups: input index of every encoded column, ``[D]``.
        positions: codes of the earlier lines that have rows, then 0 for the target.
        stages: stages with really shared batches.
        noise_factor_sd: prior sd of the ln factor on a stated repeatability; None: none stated.
        feature: process knowledge, if any.
        nuisance: an earlier line varied an input the target does not have.
    """
    transfer, inputs = len(positions) > 1, input_count(groups)
    shift = 0.5 * np.log(inputs / 3.0) if inputs > 3 else 0.0
    rows: list[tuple[str, float, float, float, float]] = []  # name, mean, sd, low, high
    rows += [(f"ln_l_g[{i}]", shift, 0.8, -3.5, 4.0) for i in range(inputs)]
    if transfer:
        rows += [(f"ln_l_d[{i}]", shift, 0.8, -3.5, 4.0) for i in range(inputs)]
        rows += [(f"u[{i}]", 0.0, OWN_SD, -3.0, 3.0) for i in range(inputs)]
    # with a feature that explains most of the surface, less is left for G
    rows.append(("ln_A2", *((0.0, 0.7) if feature is None else (-1.5, 1.0)), -6.0, 6.0))
    if transfer:
        rows.append(("ln_tau", float(np.log(0.15)), 0.7, -6.0, 3.0))
        rows.append(("ln_Ad2", float(np.log(0.03)), 1.5, -12.0, 4.0))
    if feature is not None:
        if transfer:
            rows.append(("ln_kappa_f", float(np.log(0.1)), 1.0, -8.0, 3.0))
        rows += [(f"shape[{prior[0]}]", *prior[1:]) for prior in feature.shape]
    rows += [(f"ln_sigma_w[{s}]", float(np.log(0.1)), 0.7, -6.0, 2.0) for s in stages]
    if noise_factor_sd is not None:
        rows.append(("mu_s", 0.0, noise_factor_sd, -3.0, 12.0))
    else:
        rows.append(("mu_s", -4.0, 1.0, -9.2, 3.0))  # exp(-9.2) = 1e-4: floor of the noise
    if transfer:
        for line in positions:
            known = noise_factor_sd is not None
            own, other = (KNOWN_NOISE_SD, 0.4) if known else (OWN_NOISE_SD, LINE_NOISE_SD)
            rows.append((f"eta[{line}]", 0.0, own if line == 0 else other, -5.0, 5.0))
        for line in positions:
            sd = TARGET_TRUST_SD if line == 0 else COMMON_TRUST_SD
            rows.append((f"logit_t[{line}]", 0.0, sd, -12.0, 14.0))
        rows.append(("mu_t", 3.0, 1.0, -3.0, 8.0))
        if nuisance:
            rows.append(("ln_aside", float(np.log(NUISANCE)), NUISANCE_SD, -8.0, 3.0))
    mean, sd, low, high = np.array([row[1:] for row in rows], dtype=np.float64).T
    names = tuple(row[0] for row in rows)
    unknown = np.zeros((len(positions), 0))
    return Layout(names, mean, sd, low, high, positions, stages, unknown)
