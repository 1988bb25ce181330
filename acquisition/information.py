"""Information as the worth of runs: by how much they lower the goal's uncertainty, in bits.

``gain_i = Σ_j Σ_r W_j C_j(i, r)² / (S_j(i, i) + σ_j²)`` is exactly by how much run i lowers
``T = Σ_j Σ_r W_j v_j``, so bits ``½ log2(T / (T − gain))`` add up to the plan's. A run that may
fail brings its bits with its probability of success; what follows it assumes that it succeeds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from designer.acquisition.batches import BatchTree
from designer.acquisition.fields import Field
from designer.acquisition.goals import Target
from designer.models.arrays import FloatArray, IntArray

LEAST = 1e-12  # share of T that is never explained away: bits stay finite


class Information:
    """The bits of runs taken one by one (an `Objective`).

    Args:
        fields: responses, open runs already taken.
        target: reference points and weights.
        tree: batches, open runs already taken.
        success: probability that a run at a point succeeds, ``[n]``; None: all do.

    Attributes:
        total: T now.
        shares: part of the last run's gain per response, summing to 1 (0 where it taught nothing).
    """

    name = None
    least = -np.inf  # a plan is filled with whatever teaches most

    def __init__(
        self,
        fields: Sequence[Field],
        target: Target,
        tree: BatchTree,
        success: FloatArray | None = None,
    ) -> None:
        self._fields, self._tree, self._success = fields, tree, success
        for field in fields:
            field.set_references(target.rows, target.weights[field.name])
        self.total = self._start = left_of(fields, target)
        self.shares: dict[str, float] = {}

    def each(self) -> FloatArray:
        """Expected bits of every point as the next run, ``[n]``."""
        gains = np.sum([field.gains(self._tree) for field in self._fields], axis=0)
        return _expected(bits_of(gains, self.total, self._start), self._success)

    def take(self, row: int, chain: Sequence[int]) -> float:
        """Condition on a run and return its expected bits."""
        drops = {field.name: field.take(row, chain, self._tree) for field in self._fields}
        self.shares = shares(drops)
        gained = float(bits_of(np.array([sum(drops.values())]), self.total, self._start)[0])
        self.total = max(self.total - sum(drops.values()), LEAST * self._start)
        return gained if self._success is None else gained * float(self._success[row])

    def inside(self, rows: IntArray, stage: int) -> InnerInformation:
        """Bits of runs of one new batch, on dense blocks."""
        blocks = [_Block(field, rows, self._effects(field, rows, stage)) for field in self._fields]
        success = None if self._success is None else self._success[rows]
        return InnerInformation(blocks, self.total, success)

    def _effects(self, field: Field, rows: IntArray, new: int) -> FloatArray:
        """Common batch effects of runs of one new batch of a stage, ``[m, m]``."""
        out = np.zeros((len(rows), len(rows)))
        for stage, variance in enumerate(field.batch_variance):
            if stage <= new:
                out += variance
            else:
                keys = self._tree.keys(stage)[rows]
                out += variance * (keys[:, None] == keys[None, :])
        return out


class InnerInformation:
    """The bits of runs of one new batch.

    Args:
        blocks: responses on its candidates.
        total: T now.
        success: probability of success per candidate, ``[m]``; None: all succeed.
    """

    def __init__(
        self, blocks: Sequence[_Block], total: float, success: FloatArray | None = None
    ) -> None:
        self._blocks, self._total, self._start = blocks, total, total
        self._success = success
        self._gains = np.zeros(0)

    def each(self) -> FloatArray:
        """Expected bits of every candidate as the next run, ``[m]``."""
        self._gains = np.sum([block.gains() for block in self._blocks], axis=0)
        return _expected(bits_of(self._gains, self._total, self._start), self._success)

    def take(self, i: int) -> None:
        """Condition on a run, the gains being those of the last `each`."""
        self._total = max(self._total - float(self._gains[i]), LEAST * self._start)
        for block in self._blocks:
            block.take(i)


class _Block:
    """One response on a group's candidates: covariances among them and with the references.

    ``S_j(x, x') = cov_j(x, x') + Σ_s σ_ws² [same batch of stage s] + δ σ_j²``, C_j unchanged;
    after taking i: ``u = S[:, i]/√S_ii, w = C[i, :]/√S_ii, S −= u u', C −= u w'``.
    """

    def __init__(self, field: Field, rows: IntArray, effects: FloatArray) -> None:
        self._C, self._weights = field.to_references(rows)
        self._S = field.among(rows) + effects
        self._noise = field.noise[rows]

    def gains(self) -> FloatArray:
        """By how much the goal would fall, ``[m]``."""
        return np.asarray((np.square(self._C) @ self._weights) / self._variance())

    def _variance(self) -> FloatArray:
        return np.maximum(np.diagonal(self._S) + self._noise, LEAST)

    def take(self, i: int) -> None:
        """Condition on a run."""
        sd = float(np.sqrt(self._variance()[i]))
        u, w = self._S[:, i] / sd, self._C[i] / sd
        self._S = self._S - np.outer(u, u)
        self._C = self._C - np.outer(u, w)


def left_of(fields: Sequence[Field], target: Target) -> float:
    """``T``: the weighted uncertainty at the reference points, given the runs taken."""
    return float(sum(target.weights[f.name] @ f.variance[target.rows] for f in fields))


def bits_of(gains: FloatArray, total: float, start: float) -> FloatArray:
    """``½ log2(T / (T − gain))`` per gain; 0 when there is nothing to learn."""
    if total <= 0:
        return np.zeros(len(gains))
    return np.asarray(0.5 * np.log2(total / np.maximum(total - gains, LEAST * start)))


def shares(drops: dict[str, float]) -> dict[str, float]:
    """Part of a gain per response, summing to 1 (0 where it teaches nothing)."""
    total = sum(drops.values())
    return {name: drop / total if total > 0 else 0.0 for name, drop in drops.items()}


def _expected(gains: FloatArray, success: FloatArray | None) -> FloatArray:
    return gains if success is None else gains * success
