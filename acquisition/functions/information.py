"""Information as the worth of runs: by how much they lower the goal's uncertainty, in bits.

``gain_i = Σ_j Σ_r W_j C_j(i, r)² / (S_j(i, i) + σ_j²)`` is exactly by how much run i lowers
``T = Σ_j Σ_r W_j v_j``, so bits ``½ log2(T / (T − gain))`` add up to the plan's. A run that may
fail brings its bits with its probability of success; what follows it assumes that it succeeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from designer.acquisition.batches.tree import BatchTree
from designer.acquisition.conditioning.batch_pool import BatchPools, InnerConditioning
from designer.acquisition.conditioning.response import ResponseConditioning
from designer.acquisition.functions.reference_points import ReferencePoints
from designer.models.arrays import BoolArray, FloatArray, IntArray

LEAST = 1e-12  # share of T that is never explained away: bits stay finite


class SuccessProbabilities:
    """Probabilities of success, each computed once.

    Args:
        success: probability that encoded recipes ``[m, D]`` are made successfully, ``[m]``; None:
            all are.
        X: points, ``[n, D]``.
    """

    def __init__(self, success: Callable[[FloatArray], FloatArray] | None, X: FloatArray) -> None:
        self._success, self._X = success, X
        self._known = np.full(len(X), np.nan)

    def __getitem__(self, rows: IntArray) -> FloatArray:
        """At some points, ``[m]``."""
        if self._success is None:
            return np.ones(len(rows))
        missing = np.unique(rows[np.isnan(self._known[rows])])
        if len(missing):
            self._known[missing] = self._success(self._X[missing])
        return self._known[rows]


_CERTAIN = SuccessProbabilities(None, np.zeros((0, 0)))


class _Explained:
    """The weighted uncertainty as runs lower it.

    Args:
        total: T now.

    Attributes:
        total: T now.
    """

    def __init__(self, total: float) -> None:
        self.total = self._start = total

    def bits(self, drops: FloatArray) -> FloatArray:
        """Information of runs that would lower T by so much."""
        return bits_of(drops, self.total, self._start)

    def lower(self, drop: float) -> None:
        """T falls."""
        self.total = max(self.total - drop, LEAST * self._start)


class Information:
    """The bits of runs taken one by one (an `AcquisitionFunction`).

    Args:
        conditionings: responses, open runs already taken.
        reference: reference points and weights.
        tree: batches, open runs already taken.
        success: probability that a run at a point succeeds; left out: all do.
        pools: what is known already about groups of these fields and batches, per stage; more is
            added to it.
        expected: points of runs that will be taken.

    Attributes:
        shares: part of the last run's gain per response, summing to 1 (0 where it taught nothing).
    """

    name = None
    sparse = False
    threshold = -np.inf  # a plan is filled with whatever teaches most

    def __init__(
        self,
        conditionings: Sequence[ResponseConditioning],
        reference: ReferencePoints,
        tree: BatchTree,
        success: SuccessProbabilities = _CERTAIN,
        pools: dict[int, BatchPools] | None = None,
        *,
        expected: Sequence[int] = (),
    ) -> None:
        self._conditionings, self._tree, self._success = conditionings, tree, success
        for conditioning in conditionings:
            weights = reference.weights[conditioning.name]
            conditioning.set_references(reference.rows, weights, expected)
        self._left = _Explained(left_of(conditionings))
        self.shares: dict[str, float] = {}
        self._pools = {} if pools is None else pools

    def gains(self, of_interest: BoolArray | None = None) -> FloatArray:
        """Expected bits of points as the next run, ``[n]``."""
        rows = np.arange(len(self._tree.leaf))
        rows = rows if of_interest is None else rows[of_interest]
        gains = [conditioning.gains(self._tree, rows) for conditioning in self._conditionings]
        found = self._left.bits(np.sum(gains, axis=0))
        found[rows] *= self._success[rows]
        return found

    def condition(self, row: int, chain: Sequence[int]) -> float:
        """Condition on a run and return its expected bits."""
        drops = {
            conditioning.name: conditioning.condition(row, chain, self._tree)
            for conditioning in self._conditionings
        }
        drop = sum(drops.values())
        self.shares = {name: own / drop if drop > 0 else 0.0 for name, own in drops.items()}
        gained = float(self._left.bits(np.array([drop]))[0])
        self._left.lower(drop)
        return gained * float(self._success[np.array([row])][0])

    def within_new_batch(
        self, groups: Mapping[int, IntArray], stage: int
    ) -> dict[int, InnerInformation]:
        """Bits of runs of one new batch, per group."""
        if stage not in self._pools:
            self._pools[stage] = BatchPools(self._conditionings, self._tree, stage)
        return {
            key: InnerInformation(conditionings, self._left.total, self._success[groups[key]])
            for key, conditionings in self._pools[stage].within_new_batch(groups).items()
        }


class InnerInformation:
    """The bits of runs of one new batch.

    Args:
        conditionings: responses on its candidates.
        total: T now.
        success: probability of success per candidate, ``[m]``.
    """

    def __init__(
        self, conditionings: Sequence[InnerConditioning], total: float, success: FloatArray
    ) -> None:
        self._conditionings, self._left = conditionings, _Explained(total)
        self._success, self._drops = success, np.zeros(len(success))

    def gains(self) -> FloatArray:
        """Expected bits of every candidate as the next run, ``[m]``."""
        self._drops = np.sum([conditioning.gains() for conditioning in self._conditionings], axis=0)
        return self._left.bits(self._drops) * self._success

    def condition(self, i: int) -> None:
        """Condition on a run, after `gains` were asked for."""
        self._left.lower(float(self._drops[i]))
        for conditioning in self._conditionings:
            conditioning.condition(i)


def left_of(conditionings: Sequence[ResponseConditioning]) -> float:
    """``T``: the weighted uncertainty at the reference points, given the runs taken."""
    return float(sum(conditioning.references.left for conditioning in conditionings))


def bits_of(gains: FloatArray, total: float, start: float) -> FloatArray:
    """``½ log2(T / (T − gain))`` per gain; 0 when there is nothing to learn."""
    if total <= 0:
        return np.zeros(len(gains))
    return np.asarray(0.5 * np.log2(total / np.maximum(total - gains, LEAST * start)))
