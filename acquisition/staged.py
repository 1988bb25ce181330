"""Plans over stages: runs by information per cost, a dear new batch only when it pays.

Runs that continue a batch of the dearest stage are taken while their bits per cost are not below
those of the best new batch with its own inner plan (`openings`). Nothing depends on how many runs
are asked for, so the first k runs are the plan of k. Without a stage that costs anything this is
the greedy plan by information.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from designer.acquisition.batches import BatchTree
from designer.acquisition.fields import Field
from designer.acquisition.goals import Target
from designer.acquisition.greedy import LEAST, Pick, Stop, best, bits, greedy, left_of, shares
from designer.acquisition.openings import Opening, Openings, hard_stage
from designer.models.arrays import BoolArray, FloatArray


def staged(
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
    stage = hard_stage(tree)
    if stage is None:
        return greedy(fields, target, tree, allowed, stop)
    return _Staged(fields, target, tree, allowed=allowed.copy(), stop=stop, stage=stage).picks()


class _Staged:
    def __init__(
        self,
        fields: Sequence[Field],
        target: Target,
        tree: BatchTree,
        *,
        allowed: BoolArray,
        stop: Stop,
        stage: int,
    ) -> None:
        self._fields, self._target, self._tree = fields, target, tree
        self._allowed, self._stop, self._stage = allowed, stop, stage
        for field in fields:
            field.set_references(target.rows, target.weights[field.name])
        self._total = self._start = left_of(fields, target)
        self._left = np.inf if stop.budget is None else stop.budget
        self._openings = Openings(fields, target, tree, stage, stop.per_batch)
        self._best: Opening | None = None
        self._fresh = False  # nothing was taken since the best opening was looked for

    def picks(self) -> list[Pick]:
        """The plan."""
        out: list[Pick] = []
        while len(out) < self._stop.runs:
            row = self._next()
            if row is None:
                break
            out.append(self._take(row))
        return out

    def _next(self) -> int | None:
        """The next run: of an open batch, or the first of a new one."""
        open_to = self._allowed & self._tree.affordable(self._left)
        if not open_to.any():
            return None
        gains = np.sum([field.gains(self._tree) for field in self._fields], axis=0)
        worth = self._worth(gains)
        going = open_to & (self._tree.depth() > self._stage) & self._below_cap()
        stay = best(worth, going) if going.any() else None
        rate = float(worth[stay]) if stay is not None else -np.inf
        if self._best is None or rate < self._best.rate:
            self._look()
        if self._best is None or (stay is not None and rate >= self._best.rate):
            return stay
        inside = open_to & (self._tree.depth() <= self._stage)
        inside &= self._tree.keys(self._stage) == self._best.group
        return best(worth, inside) if inside.any() else stay

    def _worth(self, gains: FloatArray) -> FloatArray:
        """Bits per cost of every point as the next run, ``[n]``."""
        if self._total <= 0:
            return np.zeros(len(gains))
        after = np.maximum(self._total - gains, LEAST * self._start)
        return np.asarray(0.5 * np.log2(self._total / after) / self._tree.costs())

    def _look(self) -> None:
        """Look for the best new batch unless nothing changed since the last time."""
        if not self._fresh:
            self._best = self._openings.best(self._total, self._allowed, self._left)
            self._fresh = True

    def _below_cap(self) -> BoolArray:
        """Points whose batch of the hard stage may hold one more run, ``[n]``."""
        most = self._stop.per_batch
        if most is None:
            return np.ones(len(self._allowed), dtype=np.bool_)
        return self._tree.runs_in(self._stage) < most

    def _take(self, row: int) -> Pick:
        self._allowed[row] = self._stop.repeat
        chain, cost = self._tree.take(row)
        drops = {field.name: field.take(row, chain, self._tree) for field in self._fields}
        after = max(self._total - sum(drops.values()), LEAST * self._start)
        pick = Pick(row, tuple(chain), bits(self._total, after), shares(drops), cost)
        self._total, self._left, self._fresh = after, self._left - cost, False
        return pick
