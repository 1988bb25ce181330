"""What a new batch of the dearest stage is worth: its best inner plan, in value per cost.

A *group* are the candidates that could share one new batch of the hard stage (a slurry of one
solid content). For a group the inner plan is made greedily by value per cost (the acquisition
function on the group's few candidates, `AcquisitionFunction.within_new_batch`) until the next run
would lower the average (marginal value theorem, Charnov 1976): ``d/c ≤ value/cost``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from designer.acquisition.batches.reference_runs import ReferenceRuns
from designer.acquisition.batches.tree import BatchTree
from designer.acquisition.candidates.offered import Stock
from designer.acquisition.functions.base import AcquisitionFunction, InnerAcquisition
from designer.models.arrays import BoolArray, FloatArray, IntArray

_POINTS = 160  # candidates of a group that are looked at
_GROUPS = 14  # groups that are looked at first; then the neighbours of the best
_MOST_RUNS = 40  # of an inner plan
_ROUNDING = 1e-9


@dataclass(frozen=True)
class NewBatch:
    """The best new batch.

    Attributes:
        group: key of its candidates at the hard stage.
        value: of its inner plan.
        cost: of its inner plan, in ``costs.unit``.
        runs: number of runs in it.
    """

    group: int
    value: float
    cost: float
    runs: int

    @property
    def rate(self) -> float:
        """Value per cost."""
        return self.value / self.cost if self.cost > 0 else 0.0


@dataclass(frozen=True, eq=False)
class _Group:
    """Candidates that could share one new batch.

    Attributes:
        rows: those that are looked at, ``[m]``.
        first: the reference run of the batch, if it has one, ``[0 or 1]``.
        inner: what runs of the batch are worth.
    """

    rows: IntArray
    first: IntArray
    inner: InnerAcquisition


class NewBatches:
    """Values of new batches of the hard stage.

    Args:
        function: what runs are worth.
        tree: batches.
        stage: the hard stage.
    """

    def __init__(self, function: AcquisitionFunction, tree: BatchTree, stage: int) -> None:
        self._function, self._tree, self._stage = function, tree, stage
        self._most = min(tree.most_runs(stage), _MOST_RUNS)
        self._reference = ReferenceRuns(tree).points(stage)

    def best(self, allowed: BoolArray, left: float, stock: Stock | None = None) -> NewBatch | None:
        """The new batch with the most value per cost; None: there is none.

        Args:
            allowed: points that may be proposed, ``[n]``.
            left: of the budget.
            stock: points of which there are only so many.
        """
        each = self._function.gains() if self._function.sparse else None
        if each is not None:
            allowed = allowed & (each >= self._function.threshold)
        tree = self._tree
        new = allowed & (tree.depth() <= self._stage) & tree.affordable(left)
        rows = np.flatnonzero(new)
        if not len(rows):
            return None
        keys = tree.keys(self._stage)[rows]
        order = np.argsort(keys, kind="stable")
        groups = np.unique(keys)
        cuts = np.split(rows[order], np.searchsorted(keys[order], groups[1:]))
        parts = dict(zip(groups.tolist(), cuts, strict=True))
        found: dict[int, NewBatch] = {}

        def look(places: IntArray) -> None:
            new = {k: parts[k] for k in groups[places].tolist() if k not in found}
            found.update(self._values(new, left, stock))

        count = len(groups)
        most = None if each is None else np.array([each[parts[int(k)]].max() for k in groups])
        look(_first_looks(count, most))
        for _ in range(3):  # walk uphill between the places looked at
            best = max(found.values(), key=lambda o: o.rate)
            at = int(np.searchsorted(groups, best.group))
            step = max(1, round(count / _GROUPS / 2))
            near = np.array([at - step, at - 1, at + 1, at + step])
            before = len(found)
            look(np.unique(near[(near >= 0) & (near < count)]))
            if len(found) == before:
                break
        return max(found.values(), key=lambda o: (o.rate, -o.group))

    # ---- one group -----------------------------------------------------------------------------

    def _values(
        self, groups: Mapping[int, IntArray], left: float, stock: Stock | None
    ) -> dict[int, NewBatch]:
        first = {key: rows[:0] for key, rows in groups.items()}
        if self._reference is not None:  # the reference run of a group's new batch, if it has one
            first = {key: rows[self._reference[rows]][:1] for key, rows in groups.items()}
        some = {key: np.union1d(_thinned(rows), first[key]) for key, rows in groups.items()}
        inner = self._function.within_new_batch(some, self._stage)
        return {
            key: self._value(key, _Group(some[key], first[key], inner[key]), left, stock)
            for key in groups
        }

    def _value(self, key: int, group: _Group, left: float, stock: Stock | None) -> NewBatch:
        rows, first, inner = group.rows, group.first, group.inner
        kinds = None if stock is None else stock.of[rows]
        counts = None if stock is None else stock.counts.copy()
        price = _Price(self._tree, rows, self._stage)
        usable = self._tree.pot_life(self._stage)
        value, cost, runs = 0.0, 0.0, 0
        while runs < self._most:
            each, costs = inner.gains(), price.costs
            worth = np.where(cost + costs <= left + _ROUNDING, each / costs, -np.inf)
            if kinds is not None and counts is not None:
                worth[counts[kinds] <= 0] = -np.inf
            pick = int(np.argmax(worth))
            if len(first) and not runs:  # the reference run of the new batch
                pick = int(np.searchsorted(rows, first[0]))
            if worth[pick] == -np.inf or cost + costs[pick] > usable + _ROUNDING:
                break
            if runs and worth[pick] <= value / cost:
                break
            value, cost, runs = value + float(each[pick]), cost + float(costs[pick]), runs + 1
            if kinds is not None and counts is not None:
                counts[kinds[pick]] -= 1
            price.add_run(pick)
            inner.condition(pick)
        return NewBatch(key, value, cost, runs)


def _thinned(rows: IntArray) -> IntArray:
    """At most so many candidates of a group, evenly over them."""
    if len(rows) <= _POINTS:
        return rows
    return rows[np.linspace(0, len(rows) - 1, _POINTS).round().astype(np.int64)]


def _first_looks(count: int, most: FloatArray | None) -> IntArray:
    """Places to look at first: spread evenly, and half of them where a single run adds most.

    Args:
        count: number of groups.
        most: what a single run adds at most, per group; None: not known, all are alike.
    """
    if count <= _GROUPS:
        return np.arange(count)
    even = _GROUPS if most is None else _GROUPS // 2
    spread = np.linspace(0, count - 1, even).round().astype(np.int64)
    if most is None:
        return spread
    return np.unique(np.append(spread, np.argsort(-most, kind="stable")[: _GROUPS // 2]))


class _Price:
    """What the next run of a new batch costs: sub-batches already made are free.

    Attributes:
        costs: of every candidate as the next run, ``[m]``.
    """

    def __init__(self, tree: BatchTree, rows: IntArray, stage: int) -> None:
        self.costs = tree.costs()[rows]
        self._run = float(tree.spec.costs.run)
        later = range(stage + 1, len(tree.change))
        self._stages = [(tree.change[s], tree.keys(s)[rows], tree.most_runs(s)) for s in later]
        self._runs = [np.zeros(len(rows)) for _ in later]  # of the last batch made of a key

    def add_run(self, i: int) -> None:
        """The batches of this run are made."""
        self.costs = np.full(len(self.costs), self._run)
        new = np.zeros(len(self.costs), dtype=np.bool_)
        for s, (change, keys, most) in enumerate(self._stages):
            runs, alike = self._runs[s], keys == keys[i]
            if runs[i] == 0 or runs[i] >= most:
                for inner in self._runs[s:]:  # a new batch: none of its sub-batches is made
                    inner[alike] = 0
            runs[alike] = runs[i] + 1
            new |= (runs == 0) | (runs >= most)
            self.costs += np.where(new, change, 0.0)
