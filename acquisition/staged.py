"""Plans over stages: runs by value per cost, a dear new batch only when it pays.

Runs that continue a batch of the dearest stage are taken while their value per cost is not below
that of the best new batch with its own inner plan (`openings`). Nothing depends on how many runs
are asked for, so the first k runs are the plan of k. Without a stage that costs anything this is
the greedy plan by value.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from designer.acquisition.batches import BatchTree
from designer.acquisition.fields import Field
from designer.acquisition.goals import Target
from designer.acquisition.greedy import Choose, Pick, Stop, Taking, best
from designer.acquisition.information import Information
from designer.acquisition.objective import Objective
from designer.acquisition.openings import Opening, Openings, hard_stage
from designer.models.arrays import BoolArray, FloatArray


def staged(
    fields: Sequence[Field],
    target: Target,
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


def per_cost(taking: Taking, objective: Objective) -> Choose:
    """How the next run is chosen by an objective's value per cost."""
    stage = hard_stage(taking.tree)
    return best if stage is None else _Staged(taking, objective, stage).next


class _Staged:
    """The choice of the next run: of an open batch, or the first of a new one."""

    def __init__(self, taking: Taking, objective: Objective, stage: int) -> None:
        self._taking, self._tree, self._stage = taking, taking.tree, stage
        self._least = objective.least
        self._openings = Openings(objective, taking.tree, stage)
        self._best: Opening | None = None

    def next(self, each: FloatArray, open_to: BoolArray) -> int | None:
        """The next run among the points open to it; None: there is none."""
        worth = each / self._tree.costs()
        going = open_to & (self._tree.depth() > self._stage)
        stay = best(worth, going) if going.any() else None
        rate = float(worth[stay]) if stay is not None else -np.inf
        if self._best is None or rate < self._best.rate:
            self._look(each)
        if self._best is None or (stay is not None and rate >= self._best.rate):
            return stay
        inside = open_to & (self._tree.depth() <= self._stage)
        inside &= self._tree.keys(self._stage) == self._best.group
        return best(worth, inside) if inside.any() else stay

    def _look(self, each: FloatArray) -> None:
        """Look for the best new batch."""
        allowed = self._taking.allowed & (each >= self._least)
        self._best = self._openings.best(each, allowed, self._taking.left)
