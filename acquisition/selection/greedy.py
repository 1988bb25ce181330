"""The greedy plan: again and again the run that is worth most, given all before it.

The first k runs of a plan are the plan of k runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from designer.acquisition.batches.reference_runs import ReferenceRuns
from designer.acquisition.batches.tree import BatchTree
from designer.acquisition.conditioning.response import ResponseConditioning
from designer.acquisition.functions.base import AcquisitionFunction
from designer.acquisition.functions.information import Information
from designer.acquisition.functions.reference_points import ReferencePoints
from designer.models.arrays import BoolArray, FloatArray

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
class Stop:
    """When a plan is complete; every limit binds.

    Attributes:
        runs: most runs.
        budget: most cost (None: unlimited).
        repeat: a recipe may come again when that is worth more than another one.
        first: points taken before anything is chosen (a plan that is continued).
    """

    runs: int
    budget: float | None = None
    repeat: bool = True
    first: tuple[int, ...] = ()


Choose = Callable[[BoolArray], int | None]
"""From the points open to the choice, ``[n]``, to the next run, if any adds enough."""


def greedy(
    fields: Sequence[ResponseConditioning],
    target: ReferencePoints,
    tree: BatchTree,
    allowed: BoolArray,
    stop: Stop,
) -> list[Pick]:
    """Choose runs one by one by their information, whatever they cost.

    Args:
        fields: responses, open runs already taken.
        target: reference points and weights.
        tree: batches, open runs already taken.
        allowed: which points may be proposed, ``[n]``.
        stop: when the plan is complete.
    """
    information = Information(fields, target, tree)
    taking = Taking(information, tree, allowed, stop)
    taking.by(information, by_value(information))
    return taking.picks


class Taking:
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
        references: reference runs of new batches, which come before what was chosen.
    """

    def __init__(
        self, information: Information | None, tree: BatchTree, allowed: BoolArray, stop: Stop
    ) -> None:
        self.information, self.tree, self.stop = information, tree, stop
        self.picks: list[Pick] = []
        self.left = np.inf if stop.budget is None else stop.budget
        self.allowed, self._proposable = allowed.copy(), allowed
        self.references = ReferenceRuns(tree)
        self._next: int | None = None  # what a reference run came before

    def by(self, objective: AcquisitionFunction, choose: Choose) -> None:
        """Take what ``choose`` picks until the plan is complete or nothing adds enough."""
        for given in self.stop.first[len(self.picks) :]:
            self._take(given, objective)
        while len(self.picks) < self.stop.runs:
            affordable = self.affordable()
            chosen, self._next = self._next, None
            if chosen is None or not affordable[chosen]:
                chosen = choose(affordable) if affordable.any() else None
            if chosen is None:
                return
            possible = self._proposable & self.tree.affordable(self.left)
            row = self.references.instead(chosen, possible)
            self._next = None if row == chosen else chosen
            self._take(row, objective)

    def affordable(self) -> BoolArray:
        """Points that may be proposed and that the budget allows, ``[n]``."""
        return self.allowed & self.tree.affordable(self.left)

    def _take(self, row: int, objective: AcquisitionFunction) -> None:
        self.allowed[row] = self.stop.repeat
        chain, cost = self.tree.take(row)
        self.references.took(row, chain)
        bits, shares = 0.0, dict[str, float]()
        if self.information is not None:
            bits = self.information.take(row, chain)
            shares = self.information.shares
        value = None if objective is self.information else objective.take(row, chain)
        self.picks.append(Pick(row, tuple(chain), bits, shares, cost, value))
        self.left -= cost


def by_value(objective: AcquisitionFunction) -> Choose:
    """The choice of the run that adds most, whatever it costs."""

    def choose(open_to: BoolArray) -> int | None:
        each = objective.each(open_to)
        enough = open_to & (each >= objective.least)
        return best(each, enough) if enough.any() else None

    return choose


def best(values: FloatArray, allowed: BoolArray) -> int:
    """The allowed point with the largest value; among equals the first."""
    values = np.where(allowed, values, -np.inf)
    largest = float(values.max())
    if np.isnan(largest):
        raise FloatingPointError("what a run is worth is not a number")
    return int(np.argmax(values >= largest - _TIE * abs(largest)))
