"""What a new batch of the dearest stage is worth: its best inner plan, in bits per cost.

A *group* are the candidates that could share one new batch of the hard stage (a slurry of one
solid content). For a group the inner plan is made greedily by information per cost, batch effects
in the covariances, until the next run would lower the average (marginal value theorem,
Charnov 1976): ``d/c ≤ bits/cost``. Everything happens on small dense blocks::

    S_j(x, x') = cov_j(x, x') + Σ_s σ_ws² [same batch of stage s] + δ σ_j²,   C_j(x, r) unchanged
    gain_i = Σ_j Σ_r W_j C_j(i, r)² / S_j(i, i),   d_i = ½ log2(T / (T − gain_i))
    after taking i: u = S[:, i]/√S_ii,  w = C[i, :]/√S_ii,  S −= u u',  C −= u w'

(kept as u and w, so that a run costs one product of C with a vector).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from designer.acquisition.batches import BatchTree
from designer.acquisition.fields import Field
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
        rate: bits per cost of its inner plan.
        runs: number of runs in it.
    """

    group: int
    rate: float
    runs: int


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
        limit: most runs per batch (None: any number).
    """

    def __init__(
        self,
        fields: Sequence[Field],
        tree: BatchTree,
        stage: int,
        limit: int | None = None,
    ) -> None:
        self._fields, self._tree, self._stage = fields, tree, stage
        self._most = _MOST_RUNS if limit is None else min(limit, _MOST_RUNS)
        self._groups: dict[int, tuple[IntArray, list[_Group]]] = {}

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
        if len(rows) > _POINTS:
            rows = rows[np.linspace(0, len(rows) - 1, _POINTS).round().astype(np.int64)]
        inner = [_Inner(field, group) for field, group in self._group(key, rows)]
        price = _Price(self._tree, rows, self._stage)
        bits, cost, runs = 0.0, 0.0, 0
        start = total
        while runs < self._most:
            gains = np.sum([each.gains() for each in inner], axis=0)
            after = np.maximum(total - gains, _LEAST * start)
            each = 0.5 * np.log2(total / after) if total > 0 else np.zeros(len(rows))
            costs = price.next()
            worth = np.where(cost + costs <= left + _ROUNDING, each / costs, -np.inf)
            pick = int(np.argmax(worth))
            if worth[pick] == -np.inf or price.expired(cost + costs[pick]):
                break
            if runs and worth[pick] <= bits / cost:
                break
            bits, cost, runs = bits + float(each[pick]), cost + float(costs[pick]), runs + 1
            total = float(after[pick])
            price.take(pick)
            for response in inner:
                response.take(pick)
        return Opening(key, bits / cost if cost > 0 else 0.0, runs)

    def _group(self, key: int, rows: IntArray) -> list[tuple[Field, _Group]]:
        """The responses on a group's candidates, up to date; computed when first looked at."""
        known = self._groups.get(key)
        if known is None or not np.array_equal(known[0], rows):
            alike = self._alike(rows)
            known = rows, [_Group(field, rows, self._stage, alike) for field in self._fields]
            self._groups[key] = known
        for field, group in zip(self._fields, known[1], strict=True):
            field.follow(group.block, group.squares)
        return list(zip(self._fields, known[1], strict=True))

    def _alike(self, rows: IntArray) -> list[BoolArray]:
        """Which points of a group could share a batch of each later stage, each ``[m, m]``."""
        keys = [self._tree.keys(s)[rows] for s in range(self._stage + 1, len(self._tree.change))]
        return [own[:, None] == own[None, :] for own in keys]


class _Group:
    """One response on a group's candidates, whatever runs were taken before.

    Args:
        field: the response.
        rows: the candidates, ``[m]``.
        stage: the hard stage.
        alike: which of them could share a batch of each later stage.

    Attributes:
        block: the candidates.
        squares: of that block.
        joint: covariance of what they would observe in one new batch, without noise, ``[m, m]``.
    """

    def __init__(
        self, field: Field, rows: IntArray, stage: int, alike: Sequence[BoolArray]
    ) -> None:
        self.block = field.block(rows)
        self.squares = field.squares(self.block)
        own, later = field.batch_variance[: stage + 1], field.batch_variance[stage + 1 :]
        self.joint = self.block.among() + own.sum()
        for variance, same in zip(later, alike, strict=True):
            self.joint += variance * same


class _Inner:
    """One response in the inner plan of a group: as `_Group`, given the inner plan's runs."""

    def __init__(self, field: Field, group: _Group) -> None:
        self._weights = field.weights
        self._C = group.squares.now().astype(np.float64)
        self._squares = group.squares.values.copy()
        self._joint, self._before = group.joint, group.block.u.view.astype(np.float64)
        own = np.diagonal(group.joint) + group.block.points.noise - group.block.reduced
        self._variance = np.maximum(own, _LEAST)
        self._u: list[FloatArray] = []
        self._w: list[FloatArray] = []

    def gains(self) -> FloatArray:
        """By how much the goal would fall, ``[m]``."""
        return np.asarray(np.maximum(self._squares, 0.0) / self._variance)

    def take(self, i: int) -> None:
        """Condition on a run."""
        sd = float(np.sqrt(self._variance[i]))
        u, w = self._joint[:, i] - self._before[:, i] @ self._before, self._C[i].copy()
        for earlier, there in zip(self._u, self._w, strict=True):
            u -= earlier[i] * earlier
            w -= earlier[i] * there
        u, w = u / sd, w / sd
        weighted = self._weights * w
        along = self._C @ weighted
        for earlier, there in zip(self._u, self._w, strict=True):
            along -= float(there @ weighted) * earlier
        self._squares += u * (u * float(weighted @ w) - 2.0 * along)
        self._variance = np.maximum(self._variance - np.square(u), _LEAST)
        self._u.append(u)
        self._w.append(w)


class _Price:
    """What the next run of a new batch costs: sub-batches already made are free."""

    def __init__(self, tree: BatchTree, rows: IntArray, stage: int) -> None:
        self._first = tree.costs()[rows]
        self._run = float(tree.spec.costs.run)
        self._change = [float(c) for c in tree.change[stage + 1 :]]
        self._keys = [tree.keys(s)[rows] for s in range(stage + 1, len(tree.change))]
        self._made = [np.zeros(len(rows), dtype=np.bool_) for _ in self._keys]
        self._any = False
        self._usable = tree.pot_life(stage)

    def next(self) -> FloatArray:
        """Cost of every candidate as the next run, ``[m]``."""
        if not self._any:
            return self._first
        cost = np.full(len(self._first), self._run)
        for change, made in zip(self._change, self._made, strict=True):
            cost += np.where(made, 0.0, change)
        return cost

    def take(self, i: int) -> None:
        """The batches of this run are made."""
        self._any = True
        self._made = [
            made | (keys == keys[i]) for keys, made in zip(self._keys, self._made, strict=True)
        ]

    def expired(self, cost: float) -> bool:
        """Whether the batch would be too old after so much time."""
        return cost > self._usable + _ROUNDING
