"""The greedy plan: again and again the run that lowers the goal most, given all before it.

``gain_i = Σ_j Σ_r W_j C_j(i, r)² / (S_j(i, i) + σ_j²)`` is exactly by how much run i lowers
``T = Σ_j Σ_r W_j v_j``, so bits ``½ log2(T / (T − gain))`` add up to the plan's. The first k runs
of a plan are the plan of k runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from designer.acquisition.batches import BatchTree
from designer.acquisition.fields import Field
from designer.acquisition.goals import Target
from designer.models.arrays import BoolArray, FloatArray

_TIE = 1e-6  # relative; gains this close are equal (float32 covariances), the lowest row wins
LEAST = 1e-12  # share of T that is never explained away: bits stay finite


@dataclass(frozen=True)
class Pick:
    """A run of a plan, in order of value.

    Attributes:
        row: its candidate.
        chain: its batches, one per stage.
        bits: information it adds at its rank.
        shares: part of its gain per response, summing to 1 (0 where it teaches nothing).
        cost: what it costs in order of value, in ``costs.unit``.
    """

    row: int
    chain: tuple[int, ...]
    bits: float
    shares: dict[str, float]
    cost: float


@dataclass(frozen=True)
class Stop:
    """When a plan is complete; every limit binds.

    Attributes:
        runs: most runs.
        budget: most cost (None: unlimited).
        repeat: a recipe may come again when that is worth more than another one.
        per_batch: most runs of one batch of the dearest stage (None: any number).
    """

    runs: int
    budget: float | None = None
    repeat: bool = True
    per_batch: int | None = None


def greedy(
    fields: Sequence[Field],
    target: Target,
    tree: BatchTree,
    allowed: BoolArray,
    stop: Stop,
) -> list[Pick]:
    """Choose runs one by one.

    Args:
        fields: responses, open runs already taken.
        target: reference points and weights.
        tree: batches, open runs already taken.
        allowed: which points may be proposed, ``[n]``.
        stop: when the plan is complete.
    """
    taking = Taking(fields, target, tree, allowed, stop)
    return taking.until_done(lambda open_to: best(taking.gains(), open_to))


class Taking:
    """Runs taken one by one: what is left to learn, of the budget, and of the recipes.

    Args:
        fields: responses, open runs already taken.
        target: reference points and weights.
        tree: batches, open runs already taken.
        allowed: which points may be proposed, ``[n]``.
        stop: when the plan is complete.

    Attributes:
        total: T now.
        left: of the budget.
        allowed: points that may still be proposed, ``[n]``.
    """

    def __init__(
        self,
        fields: Sequence[Field],
        target: Target,
        tree: BatchTree,
        allowed: BoolArray,
        stop: Stop,
    ) -> None:
        self.fields, self.tree, self.stop = fields, tree, stop
        for field in fields:
            field.set_references(target.rows, target.weights[field.name])
        self.total = self._start = left_of(fields, target)
        self.left = np.inf if stop.budget is None else stop.budget
        self.allowed = allowed.copy()

    def until_done(self, choose: Callable[[BoolArray], int | None]) -> list[Pick]:
        """Take what ``choose`` picks among the points that are open to it, until it is None."""
        picks: list[Pick] = []
        while len(picks) < self.stop.runs:
            open_to = self.allowed & self.tree.affordable(self.left)
            row = choose(open_to) if open_to.any() else None
            if row is None:
                break
            picks.append(self._take(row))
        return picks

    def gains(self, of_interest: BoolArray | None = None) -> FloatArray:
        """By how much T would fall if a point (of interest) were the next run, ``[n]``."""
        rows = None if of_interest is None else np.flatnonzero(of_interest)
        found = [field.gains(self.tree, rows) for field in self.fields]
        return np.asarray(np.sum(found, axis=0))

    def worth(self, of_interest: BoolArray | None = None) -> FloatArray:
        """Bits per cost of every point (of interest) as the next run, ``[n]``."""
        gains = self.gains(of_interest)
        if self.total <= 0:
            return np.zeros(len(gains))
        after = np.maximum(self.total - gains, LEAST * self._start)
        return np.asarray(0.5 * np.log2(self.total / after) / self.tree.costs())

    def _take(self, row: int) -> Pick:
        self.allowed[row] = self.stop.repeat
        chain, cost = self.tree.take(row)
        drops = {field.name: field.take(row, chain, self.tree) for field in self.fields}
        after = max(self.total - sum(drops.values()), LEAST * self._start)
        pick = Pick(row, tuple(chain), bits(self.total, after), shares(drops), cost)
        self.total, self.left = after, self.left - cost
        return pick


def left_of(fields: Sequence[Field], target: Target) -> float:
    """``T``: the weighted uncertainty at the reference points, given the runs taken."""
    return float(sum(target.weights[f.name] @ f.variance_at(target.rows) for f in fields))


def best(gains: FloatArray, allowed: BoolArray) -> int:
    """The allowed point with the largest gain; among equals the first."""
    gains = np.where(allowed, gains, -np.inf)
    largest = float(gains.max())
    return int(np.argmax(gains >= largest - _TIE * abs(largest)))


def bits(before: float, after: float) -> float:
    """``½ log2(before / after)``; 0 when there was nothing to learn."""
    return 0.5 * float(np.log2(before / after)) if before > 0 else 0.0


def shares(drops: dict[str, float]) -> dict[str, float]:
    """Part of a gain per response, summing to 1 (0 where it teaches nothing)."""
    total = sum(drops.values())
    return {name: drop / total if total > 0 else 0.0 for name, drop in drops.items()}
