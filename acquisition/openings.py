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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from designer.acquisition.batches import BatchTree
from designer.acquisition.blocks import Block, Rows
from designer.acquisition.fields import Field
from designer.acquisition.squares import WeightedSquares
from designer.acquisition.surface import Points
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
        self._groups: dict[int, _Group] = {}

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
            keys = [key for key in groups[places].tolist() if key not in found]
            self._know({key: _thinned(parts[key]) for key in keys})
            found.update({key: self._value(key, total, left) for key in keys})

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

    def _value(self, key: int, total: float, left: float) -> Opening:
        group = self._groups[key]
        inner = [_Inner(one) for one in group.responses]
        price = _Price(self._tree, group.rows, self._stage)
        bits, cost, runs = 0.0, 0.0, 0
        start = total
        while runs < self._most:
            gains = np.sum([one.gains() for one in inner], axis=0)
            after = np.maximum(total - gains, _LEAST * start)
            each = 0.5 * np.log2(total / after) if total > 0 else np.zeros(len(gains))
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
            for one in inner:
                one.take(pick)
        return Opening(key, bits / cost if cost > 0 else 0.0, runs)

    def _know(self, wanted: Mapping[int, IntArray]) -> None:
        """Compute what is not known yet about some groups and bring all of them up to date."""
        new = {
            key: rows
            for key, rows in wanted.items()
            if key not in self._groups or not np.array_equal(self._groups[key].rows, rows)
        }
        if new:
            every = np.concatenate(list(new.values()))
            pools = []
            for field in self._fields:
                block = field.block(every)
                pools.append(_Pool(field, block, field.squares(block)))
            end = np.cumsum([len(rows) for rows in new.values()])
            for (key, rows), stop in zip(new.items(), end.tolist(), strict=True):
                part = slice(stop - len(rows), stop)
                joints = self._joints(rows, [pool.block.points.take(part) for pool in pools])
                responses = [_Response(p, part, j) for p, j in zip(pools, joints, strict=True)]
                self._groups[key] = _Group(rows, responses)
        for pool in {
            id(r.pool): r.pool for k in wanted for r in self._groups[k].responses
        }.values():
            pool.field.follow(pool.block, pool.squares)

    def _joints(self, rows: IntArray, points: Sequence[Points]) -> list[FloatArray]:
        """Covariance of what runs of one new batch would observe, without noise, ``[m, m]``."""
        stages = range(self._stage + 1, len(self._tree.change))
        keys = [self._tree.keys(stage)[rows] for stage in stages]
        alike = [own[:, None] == own[None, :] for own in keys]
        joints = []
        for field, own in zip(self._fields, points, strict=True):
            joint = np.asarray(field.surface.covariance(own, own), dtype=np.float64)
            joint += field.batch_variance[: self._stage + 1].sum()
            for stage, same in zip(stages, alike, strict=True):
                joint += field.batch_variance[stage] * same
            joints.append(joint)
        return joints


def _thinned(rows: IntArray) -> IntArray:
    """At most so many candidates of a group, evenly over them."""
    if len(rows) <= _POINTS:
        return rows
    return rows[np.linspace(0, len(rows) - 1, _POINTS).round().astype(np.int64)]


@dataclass(frozen=True, eq=False)
class _Pool:
    """One response on the candidates of several groups."""

    field: Field
    block: Block
    squares: WeightedSquares


@dataclass(frozen=True, eq=False)
class _Response:
    """One response on one group's candidates, whatever runs were taken before.

    Attributes:
        pool: where they are kept.
        part: which of the pool's points they are.
        joint: covariance of what they would observe in one new batch, without noise, ``[m, m]``.
    """

    pool: _Pool
    part: slice
    joint: FloatArray


@dataclass(frozen=True, eq=False)
class _Group:
    """A group's candidates as all responses see them."""

    rows: IntArray
    responses: list[_Response]


class _Inner:
    """One response in the inner plan of a group, given the inner plan's runs."""

    def __init__(self, response: _Response) -> None:
        pool, part = response.pool, response.part
        self._weights = pool.field.weights
        self._C = pool.squares.now(part).astype(np.float64)
        self._squares = pool.squares.values[part].copy()
        self._joint = response.joint
        self._before = pool.block.u.view[:, part].astype(np.float64)
        own = np.diagonal(response.joint) + pool.block.points.noise[part]
        self._variance = np.maximum(own - pool.block.reduced[part], _LEAST)
        runs = 8
        self._u = Rows(len(own), np.float64, runs)
        self._w = Rows(len(self._weights), np.float64, runs)

    def gains(self) -> FloatArray:
        """By how much the goal would fall, ``[m]``."""
        return np.asarray(np.maximum(self._squares, 0.0) / self._variance)

    def take(self, i: int) -> None:
        """Condition on a run."""
        sd = float(np.sqrt(self._variance[i]))
        seen = self._u.view[:, i]
        u = (self._joint[:, i] - self._before[:, i] @ self._before - seen @ self._u.view) / sd
        w = (self._C[i] - seen @ self._w.view) / sd
        weighted = self._weights * w
        along = self._C @ weighted - (self._w.view @ weighted) @ self._u.view
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
