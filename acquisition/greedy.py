"""The greedy plan: again and again the run that lowers the goal most, given all before it.

``gain_i = Σ_j Σ_r W_j C_j(i, r)² / (S_j(i, i) + σ_j²)`` is exactly by how much run i lowers
``T = Σ_j Σ_r W_j v_j``, so bits ``½ log2(T / (T − gain))`` add up to the plan's. The first k runs
of a plan are the plan of k runs.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    for field in fields:
        field.set_references(target.rows, target.weights[field.name])
    total = left_of(fields, target)
    start = total
    picks: list[Pick] = []
    left = np.inf if stop.budget is None else stop.budget
    allowed = allowed.copy()
    while len(picks) < stop.runs:
        open_to = allowed & tree.affordable(left)
        if not open_to.any():
            break
        row = best(np.sum([field.gains(tree) for field in fields], axis=0), open_to)
        allowed[row] = stop.repeat
        chain, cost = tree.take(row)
        drops = {field.name: field.take(row, chain, tree) for field in fields}
        after = max(total - sum(drops.values()), LEAST * start)
        picks.append(Pick(row, tuple(chain), bits(total, after), shares(drops), cost))
        total = after
        left -= cost
    return picks


def left_of(fields: Sequence[Field], target: Target) -> float:
    """``T``: the weighted uncertainty at the reference points, given the runs taken."""
    return float(sum(target.weights[f.name] @ f.variance[target.rows] for f in fields))


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
