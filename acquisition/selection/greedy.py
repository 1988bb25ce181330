"""The greedy plan: again and again the run that is worth most, given all before it.

Over stages it is the run that is worth most per cost, and a dear new batch only when it pays: runs
that continue a batch of the dearest stage are taken while their value per cost is not below that
of the best new batch with its own inner plan (`new_batches`). Without a stage that costs anything
this is the greedy plan by value. Nothing depends on how many runs are asked for, so the first k
runs of a plan are the plan of k.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from designer.acquisition.batches.reference_runs import ReferenceRuns
from designer.acquisition.batches.tree import BatchTree
from designer.acquisition.candidates.local_search import best_rows, largest_first
from designer.acquisition.candidates.offered import Stock
from designer.acquisition.functions.base import AcquisitionFunction
from designer.acquisition.functions.information import Information
from designer.acquisition.selection.new_batches import NewBatch, NewBatches
from designer.models.arrays import BoolArray, FloatArray, IntArray

_TIE = 1e-6  # relative; gains this close are equal (float32 covariances), the lowest row wins


@dataclass(frozen=True)
class Pick:
    """A run of a plan, in order of value.

    Attributes:
        row: its candidate.
        chain: its batches, one per stage.
        bits: information it is expected to add at its rank.
        shares: part of its gain per response, summing to 1 (0 where it teaches nothing).
        cost: what it costs in order of value, in ``costs.unit``.
        value: what it adds to what was maximised, when that is no information.
    """

    row: int
    chain: tuple[int, ...]
    bits: float
    shares: dict[str, float]
    cost: float
    value: float | None = None


@dataclass(frozen=True)
class StoppingRule:
    """When a plan is complete; every limit binds.

    Attributes:
        runs: most runs.
        budget: most cost (None: unlimited).
        repeat: a recipe may come again when that is worth more than another one.
        first: points taken before anything is chosen (a plan that is continued).
        stock: points of which there are only so many; then nothing else limits repetition.
    """

    runs: int
    budget: float | None = None
    repeat: bool = True
    first: tuple[int, ...] = ()
    stock: Stock | None = None


Choose = Callable[[BoolArray], int | None]
"""From the points open to the choice, ``[n]``, to the next run, if any adds enough."""


class GreedyPlan:
    """Runs taken one by one: what is left of the budget, and of the recipes.

    Args:
        information: bits of every run, whatever is maximised; None: not counted.
        tree: batches, open runs already taken.
        allowed: which points may be proposed, ``[n]``.
        stop: when the plan is complete.

    Attributes:
        picks: the runs so far.
        left: of the budget.
        allowed: points that may still be proposed, ``[n]``.
        stock: what is left of points of which there are only so many; None: there are none.
        references: reference runs of new batches, which come before what was chosen.
    """

    def __init__(
        self,
        information: Information | None,
        tree: BatchTree,
        allowed: BoolArray,
        stop: StoppingRule,
    ) -> None:
        self.information, self.tree, self.stop = information, tree, stop
        self.picks: list[Pick] = []
        self.left = np.inf if stop.budget is None else stop.budget
        self.allowed = allowed.copy()
        # a reference run may repeat what a plan that knows nothing does not
        self._proposable = allowed if stop.stock is None else self.allowed
        self.stock = None if stop.stock is None else stop.stock.padded(len(allowed))
        self.references = ReferenceRuns(tree)
        self._next: int | None = None  # what a reference run came before

    def extend(self, function: AcquisitionFunction, choose: Choose) -> None:
        """Take what ``choose`` picks until the plan is complete or nothing adds enough."""
        for given in self.stop.first[len(self.picks) :]:
            self._take(given, function)
        while len(self.picks) < self.stop.runs:
            affordable = self.affordable()
            chosen, self._next = self._next, None
            if chosen is None or not affordable[chosen]:
                chosen = choose(affordable) if affordable.any() else None
            if chosen is None:
                return
            possible = self._proposable & self.tree.affordable(self.left)
            row = self.references.run_before(chosen, possible)
            self._next = None if row == chosen else chosen
            self._take(row, function)

    def affordable(self) -> BoolArray:
        """Points that may be proposed and that the budget allows, ``[n]``."""
        return self.allowed & self.tree.affordable(self.left)

    def _take(self, row: int, function: AcquisitionFunction) -> None:
        self._count(row)
        chain, cost = self.tree.add_run(row)
        self.references.took(row, chain)
        bits, shares = 0.0, dict[str, float]()
        if self.information is not None:
            bits = self.information.condition(row, chain)
            shares = self.information.shares
        value = None if function is self.information else function.condition(row, chain)
        self.picks.append(Pick(row, tuple(chain), bits, shares, cost, value))
        self.left -= cost

    def _count(self, row: int) -> None:
        """A point is taken: perhaps it may not be taken again."""
        if self.stock is None:
            self.allowed[row] = self.stop.repeat
            return
        kind = int(self.stock.of[row])
        self.stock.counts[kind] -= 1
        if not self.stock.counts[kind]:
            self.allowed[self.stock.of == kind] = False


def by_gain(plan: GreedyPlan, function: AcquisitionFunction) -> Choose:
    """The choice of the run that adds most, whatever it costs.

    Of many points a part is asked about, then those around the best of it (`best_rows`).
    """

    def choose(open_to: BoolArray) -> int | None:
        def score(rows: IntArray) -> FloatArray:
            looked[rows] = open_to[rows]
            asked = np.zeros_like(open_to)
            asked[rows] = open_to[rows]
            return np.where(asked, function.gains(asked), -np.inf)[rows, None]

        looked = open_to.copy()
        if not function.sparse and plan.stop.stock is None:  # what is offered may lie anywhere
            looked[:] = False
            best_rows(plan.tree.candidates, score, largest_first, 1)
        return _most(function, looked, 1.0)[0]

    return choose


def by_gain_per_cost(plan: GreedyPlan, function: AcquisitionFunction) -> Choose:
    """The choice of the run that adds most per cost: of an open batch, or the first of a new one.

    Over stages the acquisition function is asked only about the points of open batches and those
    of the best new one.
    """
    tree, hard = plan.tree, plan.tree.hard_stage
    if hard is None:
        return by_gain(plan, function)
    stage, new_batches = hard, NewBatches(function, tree, hard)
    new_batch: NewBatch | None = None

    def choose(open_to: BoolArray) -> int | None:
        nonlocal new_batch
        going, costs = tree.depth() > stage, tree.costs()
        stay, rate = _most(function, open_to & going, costs)
        if new_batch is None or rate < new_batch.rate:
            new_batch = new_batches.best(plan.allowed, plan.left, plan.stock)
        if new_batch is None or (stay is not None and rate >= new_batch.rate):
            return stay
        inside = tree.keys(stage) == new_batch.group
        first, _ = _most(function, open_to & ~going & inside, costs)
        return stay if first is None else first

    return choose


def _most(
    function: AcquisitionFunction, points: BoolArray, costs: FloatArray | float
) -> tuple[int | None, float]:
    """The point with the largest value per cost (None: none adds enough), and that."""
    if points.any():
        each = function.gains(points)
        points = points & (each >= function.threshold)
        if points.any():
            worth = each / costs
            row = best(worth, points)
            return row, float(worth[row])
    return None, -np.inf


def best(values: FloatArray, allowed: BoolArray) -> int:
    """The allowed point with the largest value; among equals the first."""
    values = np.where(allowed, values, -np.inf)
    largest = float(values.max())
    if np.isnan(largest):
        raise FloatingPointError("what a run is worth is not a number")
    return int(np.argmax(values >= largest - _TIE * abs(largest)))
