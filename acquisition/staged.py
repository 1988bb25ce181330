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
from designer.acquisition.greedy import Pick, Stop, Taking, best, greedy
from designer.acquisition.openings import Opening, Openings, hard_stage
from designer.models.arrays import BoolArray


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
    taking = Taking(fields, target, tree, allowed, stop)
    return taking.until_done(_Staged(taking, stage).next)


class _Staged:
    """The choice of the next run: of an open batch, or the first of a new one."""

    def __init__(self, taking: Taking, stage: int) -> None:
        self._taking, self._tree, self._stage = taking, taking.tree, stage
        self._openings = Openings(taking.fields, taking.tree, stage, taking.stop.per_batch)
        self._best: Opening | None = None

    def next(self, open_to: BoolArray) -> int | None:
        """The next run among the points open to it; None: there is none."""
        going = open_to & (self._tree.depth() > self._stage) & self._below_cap()
        stay, rate = None, -np.inf
        if going.any():
            worth = self._taking.worth(going)
            stay = best(worth, going)
            rate = float(worth[stay])
        if self._best is None or rate < self._best.rate:
            self._look()
        if self._best is None or (stay is not None and rate >= self._best.rate):
            return stay
        inside = open_to & (self._tree.depth() <= self._stage)
        inside &= self._tree.keys(self._stage) == self._best.group
        return best(self._taking.worth(inside), inside) if inside.any() else stay

    def _look(self) -> None:
        """Look for the best new batch."""
        taking = self._taking
        self._best = self._openings.best(taking.total, taking.allowed, taking.left)

    def _below_cap(self) -> BoolArray:
        """Points whose batch of the hard stage may hold one more run, ``[n]``."""
        most = self._taking.stop.per_batch
        if most is None:
            return np.ones(len(self._taking.allowed), dtype=np.bool_)
        return self._tree.runs_in(self._stage) < most
