"""Plans over stages: runs by value per cost, a dear new batch only when it pays.

Runs that continue a batch of the dearest stage are taken while their value per cost is not below
that of the best new batch with its own inner plan (`openings`). Nothing depends on how many runs
are asked for, so the first k runs are the plan of k. Without a stage that costs anything this is
the greedy plan by value.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from designer.acquisition.batches.tree import BatchTree
from designer.acquisition.conditioning.response import ResponseConditioning
from designer.acquisition.functions.base import AcquisitionFunction
from designer.acquisition.functions.information import Information
from designer.acquisition.functions.reference_points import ReferencePoints
from designer.acquisition.selection.greedy import (
    Choose,
    Pick,
    Stop,
    Taking,
    best,
    by_value,
)
from designer.acquisition.selection.new_batches import NewBatch, Openings, hard_stage
from designer.models.arrays import BoolArray


def staged(
    fields: Sequence[ResponseConditioning],
    target: ReferencePoints,
    tree: BatchTree,
    allowed: BoolArray,
    stop: Stop,
) -> list[Pick]:
    """Choose runs one by one by their information per cost.

    Args:
        fields: responses, open runs already taken.
        target: reference points and weights.
        tree: batches, open runs already taken.
        allowed: which points may be proposed, ``[n]``.
        stop: when the plan is complete.
    """
    information = Information(fields, target, tree)
    taking = Taking(information, tree, allowed, stop)
    taking.by(information, per_cost(taking, information))
    return taking.picks


def per_cost(taking: Taking, objective: AcquisitionFunction) -> Choose:
    """How the next run is chosen by an objective's value per cost."""
    stage = hard_stage(taking.tree)
    return by_value(objective) if stage is None else _Staged(taking, objective, stage).next


class _Staged:
    """The choice of the next run: of an open batch, or the first of a new one.

    The objective is asked only about the points of open batches and those of the best new one.
    """

    def __init__(self, taking: Taking, objective: AcquisitionFunction, stage: int) -> None:
        self._taking, self._tree, self._stage = taking, taking.tree, stage
        self._objective = objective
        self._openings = Openings(objective, taking.tree, stage)
        self._best: NewBatch | None = None

    def next(self, open_to: BoolArray) -> int | None:
        """The next run among the points open to it; None: there is none."""
        going = self._tree.depth() > self._stage
        stay, rate = self._among(open_to & going)
        if self._best is None or rate < self._best.rate:
            self._best = self._openings.best(self._taking.allowed, self._taking.left)
        if self._best is None or (stay is not None and rate >= self._best.rate):
            return stay
        inside = self._tree.keys(self._stage) == self._best.group
        first, _ = self._among(open_to & ~going & inside)
        return stay if first is None else first

    def _among(self, points: BoolArray) -> tuple[int | None, float]:
        """The point with the largest value per cost (None: none adds enough), and that."""
        if not points.any():
            return None, -np.inf
        each = self._objective.each(points)
        points = points & (each >= self._objective.least)
        if not points.any():
            return None, -np.inf
        worth = each / self._tree.costs()
        row = best(worth, points)
        return row, float(worth[row])
