"""What the information is about: reference points and the weight of every variance there.

A goal is ``T = Σ_j Σ_r W_j(r) v_j(r)``, the weighted uncertainty left. All bits are
``½ log2(T_before / T_after)`` at the same points, weights and (most probable) hyperparameters: of a
plan from today to after its runs, of the results so far from the earlier lines alone to today. One
bit halves the standard deviations, on average. Weights are set by what is known today, so what came
before and what comes next add up.

* learn: r uniform over the region, W_j = weight_j / mean v_j;
* window: r drawn ∝ Σ_j ω_j v_j, W_j = ω_j / Σ_i ω_i v_i with the border weights of `in_spec`;
* a campaign's goal ``window`` is the mix: half of each, both normalised to T = 1 (line-hours
  study: pure window costs 50 % in error, pure learn 13 % in log loss).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from designer.acquisition.candidates.stratified import draw
from designer.acquisition.functions.probability_in_spec import Limits, border_weights
from designer.models.arrays import FloatArray, IntArray

# Points per part. Measured against all 5,491 recipes as reference points (8 runs, 15 seeds):
# 64 lose 2.3 % of the bits, 96 lose 1.2 %, 128 lose 1.0 % and cost a fifth more CPU.
REFERENCES = 96
_NO_BORDER = 1e-9  # nats of border uncertainty per recipe below which there is no border


@dataclass(frozen=True, eq=False)
class Beliefs:
    """What is believed about every response at the candidates, open runs counted.

    Attributes:
        means: mean per response on the model scale, each ``[n]``.
        variances: variance per response, each ``[n]``.
        limits: window on the model scale of every response that has one.
        weights: the specification's weight per response.
        order: candidates in an order in which neighbours are alike, ``[n]``.
    """

    means: Mapping[str, FloatArray]
    variances: Mapping[str, FloatArray]
    limits: Mapping[str, Limits]
    weights: Mapping[str, float]
    order: IntArray


@dataclass(frozen=True, eq=False)
class ReferencePoints:
    """Reference points and weights of a goal.

    Attributes:
        name: ``learn`` or ``window``.
        rows: reference points among the candidates, ``[R]``.
        weights: weight of the variance per response, each ``[R]``; together they give T = 1.
        notes: what the user should know.
    """

    name: str
    rows: IntArray
    weights: Mapping[str, FloatArray]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class GoalUncertainty:
    """The weighted uncertainty T of a goal, whatever the variances are given.

    Attributes:
        X: encoded reference points, ``[R, D]``.
        weights: weight of the variance per response, each ``[R]``.
    """

    X: FloatArray
    weights: Mapping[str, FloatArray]

    def bits(self, before: Mapping[str, FloatArray], after: Mapping[str, FloatArray]) -> float:
        """``½ log2(T_before / T_after)``, at least 0.

        Args:
            before: variance of each response at ``X``, ``[R]``.
            after: the same once more is known.
        """
        left, had = self._left(after), self._left(before)
        return 0.5 * float(np.log2(had / left)) if had > left > 0 else 0.0

    def _left(self, variances: Mapping[str, FloatArray]) -> float:
        return float(sum(w @ variances[name] for name, w in self.weights.items()))


def make_reference_points(
    goal: str, beliefs: Beliefs, rng: np.random.Generator, references: int = REFERENCES
) -> ReferencePoints:
    """The target of a campaign's goal.

    Args:
        goal: ``learn`` or ``window``.
        beliefs: what is believed at the candidates.
        rng: source of the reference points.
        references: points per part.
    """
    learn = _learn(beliefs, rng, references)
    if goal == "learn":
        return learn
    if not beliefs.limits:
        note = "no response has a window, so the plan learns all responses everywhere"
        return replace(learn, notes=(note,))
    window = _window(beliefs, rng, references)
    if window is None:
        note = (
            "which recipes are in spec is already certain everywhere, or nothing comes near the"
            " windows: the plan learns all responses everywhere"
        )
        return replace(learn, notes=(note,))
    rows = np.concatenate([learn.rows, window.rows])
    weights = {
        name: 0.5 * np.concatenate([learn.weights[name], window.weights[name]])
        for name in beliefs.means
    }
    return ReferencePoints("window", rows, weights)


def _learn(beliefs: Beliefs, rng: np.random.Generator, references: int) -> ReferencePoints:
    n = len(beliefs.order)
    rows, share = _sampled_points(beliefs, np.ones(n), rng, references)
    total = sum(beliefs.weights.values())
    weights = {}
    for name, variance in beliefs.variances.items():
        own = beliefs.weights[name] / total if total > 0 else 1.0 / len(beliefs.variances)
        mean = float(share @ variance[rows])
        weights[name] = share * (own / mean if mean > 0 else 0.0)
    return _normalised("learn", rows, weights, beliefs)


def _window(beliefs: Beliefs, rng: np.random.Generator, references: int) -> ReferencePoints | None:
    omega = border_weights(beliefs.means, beliefs.variances, beliefs.limits)
    weighted = {name: beliefs.weights[name] * w for name, w in omega.items()}
    if not any(np.any(w) for w in weighted.values()):
        weighted = omega  # all responses with a window have weight 0: treat them alike
    density: FloatArray = np.sum([w * beliefs.variances[k] for k, w in weighted.items()], axis=0)
    if not float(density.mean()) > _NO_BORDER:
        return None
    rows, share = _sampled_points(beliefs, density, rng, references)
    weights = {name: np.zeros(len(rows)) for name in beliefs.means}
    for name, w in weighted.items():
        weights[name] = share * w[rows] / density[rows]
    return _normalised("window", rows, weights, beliefs)


def _sampled_points(
    beliefs: Beliefs, density: FloatArray, rng: np.random.Generator, references: int
) -> tuple[IntArray, FloatArray]:
    """Points that stand for all candidates under a density, and their shares."""
    if len(density) <= references:
        rows = np.flatnonzero(density > 0)
        return rows, density[rows] / density.sum()
    rows = draw(beliefs.order, density, references, rng)
    return rows, np.full(references, 1.0 / references)


def _normalised(
    name: str, rows: IntArray, weights: dict[str, FloatArray], beliefs: Beliefs
) -> ReferencePoints:
    total = sum(float(w @ beliefs.variances[key][rows]) for key, w in weights.items())
    scale = 1.0 / total if total > 0 else 1.0
    return ReferencePoints(name, rows, {key: w * scale for key, w in weights.items()})
