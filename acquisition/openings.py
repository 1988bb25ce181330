"""What a new batch of the dearest stage is worth: its best inner plan, in bits per cost.

A *group* are the candidates that could share one new batch of the hard stage (a slurry of one
solid content). For a group the inner plan is made greedily by information per cost, batch effects
in the covariances, until the next run would lower the average (marginal value theorem,
Charnov 1976): ``d/c ≤ bits/cost``. Everything happens on small dense blocks::

    S_j(x, x') = cov_j(x, x') + Σ_s σ_ws² [same batch of stage s] + δ σ_j²,   C_j(x, r) unchanged
    gain_i = Σ_j Σ_r W_j C_j(i, r)² / S_j(i, i),   d_i = ½ log2(T / (T − gain_i))
    after taking i: u = S[:, i]/√S_ii,  w = C[i, :]/√S_ii,  S −= u u',  C −= u w'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from designer.acquisition.batches import BatchTree
from designer.acquisition.fields import Field
from designer.acquisition.reference_runs import ReferenceRuns
from designer.models.arrays import BoolArray, FloatArray, IntArray

_POINTS = 160  # candidates of a group that are looked at
_GROUPS = 14  # groups that are looked at first; then the neighbours of the best
_MOST_RUNS = 40  # of an inner plan
_LEAST = 1e-12
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Opening:
    """The best new batch.

    Attributes:
        group: key of its candidates at the hard stage.
        bits: of its inner plan.
        cost: of its inner plan, in ``costs.unit``.
        runs: number of runs in it.
    """

    group: int
    bits: float
    cost: float
    runs: int

    @property
    def rate(self) -> float:
        """Bits per cost."""
        return self.bits / self.cost if self.cost > 0 else 0.0


def hard_stage(tree: BatchTree) -> int | None:
    """The stage whose batches are worth planning as a whole: the dearest; None: none costs."""
    if not len(tree.change) or float(tree.change.max()) <= 0.0:
        return None
    return int(np.argmax(tree.change))


class Openings:
    """Values of new batches of the hard stage.

    Args:
        fields: responses, reference points set.
        tree: batches.
        stage: the hard stage.
    """

    def __init__(self, fields: Sequence[Field], tree: BatchTree, stage: int) -> None:
        self._fields, self._tree, self._stage = fields, tree, stage
        self._most = min(tree.most_runs(stage), _MOST_RUNS)
        self._reference = ReferenceRuns(tree).points(stage)

    def best(self, total: float, allowed: BoolArray, left: float) -> Opening | None:
        """The opening with the most bits per cost.

        Args:
            total: T now.
            allowed: points that may be proposed, ``[n]``.
            left: of the budget.
        """
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
        found: dict[int, Opening] = {}

        def look(places: IntArray) -> None:
            for place in places.tolist():
                key = int(groups[place])
                if key not in found:
                    found[key] = self._value(key, parts[key], total, left)

        count = len(groups)
        look(np.unique(np.linspace(0, count - 1, min(count, _GROUPS)).round().astype(np.int64)))
        for _ in range(3):  # walk uphill between the places looked at
            best = max(found.values(), key=lambda o: o.rate)
            at = int(np.searchsorted(groups, best.group))
            reach = max(1, round(count / _GROUPS / 2))
            near = np.array([at - reach, at - 1, at + 1, at + reach])
            before = len(found)
            look(np.unique(near[(near >= 0) & (near < count)]))
            if len(found) == before:
                break
        return max(found.values(), key=lambda o: (o.rate, -o.group))

    # ---- one group -----------------------------------------------------------------------------

    def _value(self, key: int, rows: IntArray, total: float, left: float) -> Opening:
        first = rows[:0] if self._reference is None else rows[self._reference[rows]][:1]
        if len(rows) > _POINTS:
            rows = rows[np.linspace(0, len(rows) - 1, _POINTS).round().astype(np.int64)]
        rows = np.union1d(rows, first)
        blocks = [_Block(field, rows, self._effects(field, rows)) for field in self._fields]
        price = _Price(self._tree, rows, self._stage)
        bits, cost, runs = 0.0, 0.0, 0
        start = total
        while runs < self._most:
            gains = np.sum([block.gains() for block in blocks], axis=0)
            after = np.maximum(total - gains, _LEAST * start)
            each = 0.5 * np.log2(total / after) if total > 0 else np.zeros(len(rows))
            costs = price.next()
            worth = np.where(cost + costs <= left + _ROUNDING, each / costs, -np.inf)
            pick = int(np.argmax(worth))
            if len(first) and not runs:  # the reference run of the new batch
                pick = int(np.searchsorted(rows, first[0]))
            if worth[pick] == -np.inf or price.expired(cost + costs[pick]):
                break
            if runs and worth[pick] <= bits / cost:
                break
            bits, cost, runs = bits + float(each[pick]), cost + float(costs[pick]), runs + 1
            total = float(after[pick])
            price.take(pick)
            for block in blocks:
                block.take(pick)
        return Opening(key, bits, cost, runs)

    def _effects(self, field: Field, rows: IntArray) -> FloatArray:
        """Common batch effects of runs of one new batch, ``[m, m]``."""
        out = np.zeros((len(rows), len(rows)))
        for stage, variance in enumerate(field.batch_variance):
            if stage <= self._stage:
                out += variance
            else:
                keys = self._tree.keys(stage)[rows]
                out += variance * (keys[:, None] == keys[None, :])
        return out


class _Block:
    """One response on a group's candidates: covariances among them and with the references."""

    def __init__(self, field: Field, rows: IntArray, effects: FloatArray) -> None:
        self._C, self._weights = field.to_references(rows)
        self._S = field.among(rows) + effects
        self._noise = field.noise[rows]

    def gains(self) -> FloatArray:
        """By how much the goal would fall, ``[m]``."""
        return np.asarray((np.square(self._C) @ self._weights) / self._variance())

    def _variance(self) -> FloatArray:
        return np.maximum(np.diagonal(self._S) + self._noise, _LEAST)

    def take(self, i: int) -> None:
        """Condition on a run."""
        sd = float(np.sqrt(self._variance()[i]))
        u, w = self._S[:, i] / sd, self._C[i] / sd
        self._S = self._S - np.outer(u, u)
        self._C = self._C - np.outer(u, w)


class _Price:
    """What the next run of a new batch costs: sub-batches already made are free."""

    def __init__(self, tree: BatchTree, rows: IntArray, stage: int) -> None:
        self._first = tree.costs()[rows]
        self._run = float(tree.spec.costs.run)
        self._change = [float(c) for c in tree.change[stage + 1 :]]
        self._keys = [tree.keys(s)[rows] for s in range(stage + 1, len(tree.change))]
        self._most = [tree.most_runs(s) for s in range(stage + 1, len(tree.change))]
        self._runs = [np.zeros(len(rows)) for _ in self._keys]  # of the last batch made of a key
        self._any = False
        self._usable = tree.pot_life(stage)

    def next(self) -> FloatArray:
        """Cost of every candidate as the next run, ``[m]``."""
        if not self._any:
            return self._first
        cost = np.full(len(self._first), self._run)
        new = np.zeros(len(cost), dtype=np.bool_)
        for change, runs, most in zip(self._change, self._runs, self._most, strict=True):
            new |= (runs == 0) | (runs >= most)
            cost += np.where(new, change, 0.0)
        return cost

    def take(self, i: int) -> None:
        """The batches of this run are made."""
        self._any = True
        for s, (keys, runs) in enumerate(zip(self._keys, self._runs, strict=True)):
            alike = keys == keys[i]
            if runs[i] == 0 or runs[i] >= self._most[s]:
                for inner in self._runs[s:]:  # a new batch: none of its sub-batches is made
                    inner[alike] = 0
            runs[alike] = runs[i] + 1

    def expired(self, cost: float) -> bool:
        """Whether the batch would be too old after so much time."""
        return cost > self._usable + _ROUNDING
