"""Reference runs: the first run planned in every new batch is made at known settings.

A stage may name a reference recipe, the settings of all later stages. Every batch the plan opens
there gets one run at it before any other: what differs between such runs is the batch, or drift.
A batch owes its reference run from the moment it is planned, so the first k runs of a plan stay
the plan of k.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from designer.acquisition.batches.tree import BatchTree
from designer.models.arrays import BoolArray


class ReferenceRuns:
    """Which runs of a plan have to be reference runs.

    Args:
        tree: batches; those that exist already owe nothing.
    """

    def __init__(self, tree: BatchTree) -> None:
        self._tree, candidates = tree, tree.candidates
        self._at: dict[int, BoolArray] = {}
        for stage, item in enumerate(tree.spec.stages):
            if item.reference:
                points = np.zeros(len(tree.leaf), dtype=np.bool_)
                points[: len(candidates)] = candidates.matching(item.reference)
                self._at[stage] = points
        self._settled = {b for b, batch in enumerate(tree.batches) if not batch.planned}

    def points(self, stage: int) -> BoolArray | None:
        """The points at the reference recipe of a stage, ``[n]``; None: it has none."""
        return self._at.get(stage)

    def run_before(self, row: int, open_to: BoolArray) -> int:
        """The run to make before a chosen one may be: the reference run of its new batch.

        Args:
            row: chosen point.
            open_to: points that may be taken now, ``[n]``.

        Returns:
            The reference run that is owed, else the chosen point itself. A batch whose reference
            run is not possible (infeasible there, abandoned, another setting fixed) has none.
        """
        for points in self._owed(row):
            rows = np.flatnonzero(points & open_to)
            if len(rows):
                return int(rows[0])
        return row

    def _owed(self, row: int) -> Iterator[BoolArray]:
        """Reference runs that open batches, then the new ones of a chosen point, may owe."""
        tree = self._tree
        for number, batch in enumerate(tree.batches):
            if number not in self._settled and batch.stage in self._at:
                yield tree.within(number) & self._at[batch.stage]
        shared = int(tree.depth()[row])
        for stage, points in self._at.items():
            if stage >= shared:
                keys = tree.keys(stage)
                yield (keys == keys[row]) & (tree.leaf == tree.leaf[row]) & points

    def took(self, row: int, chain: list[int]) -> None:
        """Count a run: its batches have their reference run, or can have none."""
        for number in chain:
            stage = self._tree.batches[number].stage
            if stage not in self._at or self._at[stage][row]:
                self._settled.add(number)
