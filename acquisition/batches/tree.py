"""Which runs share a batch of which stage, and what the next run would cost.

A batch belongs to a stage and to one batch of every earlier stage: a tree. A candidate continues
the open batches whose settings it shares, from the first stage on; from the first stage at which
it differs it needs new batches of that and all later stages.

Cost = Σ run + Σ over stages of change_cost × new batches; what is set up now is free, and so is a
batch of open runs (their own plan pays for it). A run's cost is what it adds when the runs are
made in the given order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from designer.models.arrays import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from designer.acquisition.candidates.candidates import Candidates
    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.specification import Specification

ROOT = -1  # parent of a first-stage batch; leaf of a candidate that shares nothing
_ROUNDING = 1e-9  # sums of costs are compared with this slack


@dataclass
class Batch:
    """One batch of one stage.

    Attributes:
        stage: place of its stage in the process order.
        parent: its batch of the stage before, or ROOT.
        key: what the candidates that could share it have in common (`stage_keys`), or -1.
        label: id it has already, if any.
        planned: this plan makes it.
        limit: pot life left, in ``costs.unit`` (infinite: none).
        used: time the plan has spent since it was made.
        runs: runs of it: those made (`BatchTree`), open ones and the plan's.
    """

    stage: int
    parent: int
    key: int
    label: str | None = None
    planned: bool = False
    limit: float = np.inf
    used: float = 0.0
    runs: int = 0


def stage_keys(spec: Specification, candidates: Candidates) -> IntArray:
    """Per stage a number that is equal where the settings up to that stage are, ``[n, S]``."""
    keys = np.zeros((len(candidates), len(spec.stages)), dtype=np.int64)
    key = np.zeros(len(candidates), dtype=np.int64)
    for s, stage in enumerate(spec.stages):
        for factor in spec.stage_factors(stage.name):
            k = candidates.names.index(factor.name)
            key = key * len(candidates.levels[k]) + candidates.index[:, k]
        key = np.unique(key, return_inverse=True)[1].reshape(-1)  # keeps the numbers small
        keys[:, s] = key
    return keys


class BatchTree:
    """The open batches, the batch every candidate would continue, and its cost.

    Args:
        spec: the campaign's specification.
        candidates: candidate recipes; rows 0…n-1 of the points.
        others: number of further points (open runs), rows n…; they share by id, not by settings.
        made: runs made of the batches with ids, per (stage, id).
    """

    def __init__(
        self,
        spec: Specification,
        candidates: Candidates,
        others: int = 0,
        made: Mapping[tuple[str, str], int] | None = None,
    ) -> None:
        self.spec = spec
        self._made = made or {}
        self.change = np.array([stage.change_cost for stage in spec.stages], dtype=np.float64)
        self.stages = tuple(stage.name for stage in spec.stages)
        self.candidates = candidates
        own = np.full((others, len(self.stages)), -1, dtype=np.int64)
        self._keys = np.vstack([stage_keys(spec, candidates), own])
        self.leaf = np.full(len(candidates) + others, ROOT, dtype=np.int64)
        self.batches: list[Batch] = []
        self._labels: dict[tuple[int, str], int] = {}

    def fork(self) -> BatchTree:
        """A copy in which runs can be planned on trial (batches with ids are shared)."""
        other = copy(self)
        other.leaf = self.leaf.copy()
        other.batches = [replace(batch) for batch in self.batches]
        return other

    @cached_property
    def hard_stage(self) -> int | None:
        """The stage whose batches are worth planning as a whole: the dearest; None: none costs."""
        if not len(self.change) or float(self.change.max()) <= 0.0:
            return None
        return int(np.argmax(self.change))

    @cached_property
    def level_cost(self) -> FloatArray:
        """Cost of a run that shares the batches of the first L stages, ``[S + 1]``."""
        later = np.append(np.cumsum(self.change[::-1])[::-1], 0.0)
        return np.asarray(later + self.spec.costs.run)

    # ---- what exists -------------------------------------------------------------------------

    def add_known(
        self,
        settings: Mapping[str, Setting],
        labels: Mapping[str, str],
        left: Mapping[str, float] | None = None,
    ) -> tuple[list[int], int]:
        """Add the batches of a run made or planned before; the same id is the same batch.

        Returns:
            Its batches from the first stage on, as far as it has ids without a gap, and how
            many of them were there already.
        """
        chain: list[int] = []
        existing = 0
        row = self._row_like(settings)
        for s, stage in enumerate(self.stages):
            label = labels.get(stage)
            if label is None:
                break
            number = self._labels.get((s, label))
            if number is None:
                parent = chain[-1] if chain else ROOT
                limit = (left or {}).get(stage, self.pot_life(s))
                runs = self._made.get((stage, label), 0)
                number = self._open(Batch(s, parent, row[s], label, limit=limit, runs=runs))
            else:
                existing += 1
            chain.append(number)
        self._leave_closed()
        return chain, existing

    def _row_like(self, settings: Mapping[str, Setting]) -> list[int]:
        """Per stage the key of the candidates with these settings, -1 where there are none."""
        same = np.ones(len(self.candidates), dtype=np.bool_)
        row = []
        for s, stage in enumerate(self.stages):
            names = [factor.name for factor in self.spec.stage_factors(stage)]
            known = {name: settings[name] for name in names if name in settings}
            same &= self.candidates.matching(known) if len(known) == len(names) else False
            found = np.flatnonzero(same)
            row.append(int(self._keys[found[0], s]) if len(found) else -1)
        return row

    def pot_life(self, stage: int) -> float:
        """How long a batch of a stage stays usable, in ``costs.unit`` (infinite: for ever)."""
        usable = self.spec.stages[stage].usable_for
        return usable if usable is not None and self.spec.costs.is_time else np.inf

    def _open(self, batch: Batch) -> int:
        number = len(self.batches)
        self.batches.append(batch)
        if batch.label is not None:
            self._labels[batch.stage, batch.label] = number
        if batch.key >= 0:
            alike = self._keys[:, batch.stage] == batch.key
            self.leaf[alike & (self.leaf == batch.parent)] = number
        return number

    # ---- what the next run would be -----------------------------------------------------------

    def chain(self, leaf: int) -> list[int]:
        """A batch and its ancestors, first stage first."""
        chain: list[int] = []
        while leaf != ROOT:
            chain.append(leaf)
            leaf = self.batches[leaf].parent
        return chain[::-1]

    def costs(self) -> FloatArray:
        """What every point would cost as the next run, ``[n]``."""
        return np.asarray(self.level_cost[self.depth()])

    def depth(self) -> IntArray:
        """How many stages of every point's next run would continue a batch, ``[n]``."""
        stages = np.array([*(batch.stage for batch in self.batches), -1])  # the last is ROOT's
        return np.asarray(stages[self.leaf] + 1)

    def keys(self, stage: int) -> IntArray:
        """Per point a number that is equal where the settings up to a stage are, ``[n]``."""
        return np.asarray(self._keys[:, stage])

    def within(self, number: int) -> BoolArray:
        """Points whose next run would continue a batch, ``[n]``."""
        inner = [b for b in range(number, len(self.batches)) if number in self.chain(b)]
        return np.isin(self.leaf, inner)

    def add_run(self, row: int, shared: Sequence[int] | None = None) -> tuple[list[int], float]:
        """Plan a run: open the batches it needs and count the time on all of them.

        Args:
            row: its candidate.
            shared: batches it continues, first stage first; None: all that its settings allow.

        Returns:
            Its batches, one per stage, and its cost.
        """
        known = self.chain(int(self.leaf[row])) if shared is None else list(shared)
        chain = self._make(known, len(known), self._keys[row].tolist(), planned=True)
        return chain, float(self.level_cost[len(known)])

    def add_open_run(self, chain: list[int], existing: int) -> list[int]:
        """Count an open run: stages without an id get a batch nobody else shares.

        Args:
            chain: its batches with ids (`add_known`).
            existing: how many of them were there before it.

        Returns:
            Its batches, one per stage.
        """
        return self._make(chain, existing, [-1] * len(self.stages), planned=False)

    def _make(self, known: list[int], shared: int, keys: list[int], *, planned: bool) -> list[int]:
        """Open the batches a run still needs and count the run and its time on all of them."""
        chain = list(known)
        for s in range(len(chain), len(self.stages)):
            parent = chain[-1] if chain else ROOT
            batch = Batch(s, parent, keys[s], planned=planned, limit=self.pot_life(s))
            chain.append(self._open(batch))
        for s, number in enumerate(chain):
            self.batches[number].runs += 1
            self.batches[number].used += float(self.level_cost[max(s + 1, shared)])
        self._leave_closed()
        return chain

    def most_runs(self, stage: int) -> float:
        """How many runs a batch of a stage may hold (infinite: any number)."""
        most = self.spec.stages[stage].most_runs
        return np.inf if most is None else most

    def usable(self, chain: Sequence[int]) -> list[int]:
        """The first batches of a chain that can take one more run: not full, not too old."""
        usable = list(chain)
        while usable:
            time = float(self.level_cost[len(usable)])
            for place, number in enumerate(usable):
                batch = self.batches[number]
                full = batch.runs >= self.most_runs(batch.stage)
                if full or batch.used + time > batch.limit + _ROUNDING:
                    del usable[place:]
                    break
            else:
                break
        return usable

    def _leave_closed(self) -> None:
        """Candidates for which a batch is full, or would grow too old, need a new one."""
        leaves = self.leaf.copy()
        for leaf in np.unique(leaves[leaves != ROOT]).tolist():
            chain = self.chain(leaf)
            time = float(self.level_cost[len(chain)])
            for place, number in enumerate(chain):
                batch = self.batches[number]
                full = batch.runs >= self.most_runs(batch.stage)
                if full or batch.used + time > batch.limit + _ROUNDING:
                    self.leaf[leaves == leaf] = chain[place - 1] if place else ROOT
                    break

    def affordable(self, left: float) -> BoolArray:
        """Points whose cost does not exceed what is left of a budget, ``[n]``."""
        return self.costs() <= left + _ROUNDING


def in_order(
    chains: Sequence[Sequence[int]], tree: BatchTree
) -> list[tuple[dict[str, str], float]]:
    """Batch id per stage and cost of every run when made in this order.

    Args:
        chains: batches of the runs, one per stage, in the order they are made.
        tree: all batches.

    Returns:
        Per run the existing ids, or ``new-1``, ``new-2``, … by making; and its cost in
        ``costs.unit``: their sum is the plan's cost.
    """
    ids: dict[int, str] = {}
    unnamed = [0] * len(tree.stages)
    made = []
    for chain in chains:
        changes = 0.0
        for stage, b in enumerate(chain):
            if b in ids:
                continue
            batch = tree.batches[b]
            unnamed[stage] += batch.label is None
            ids[b] = f"new-{unnamed[stage]}" if batch.label is None else batch.label
            changes += float(tree.change[stage]) if batch.planned else 0.0
        labels = {name: ids[b] for name, b in zip(tree.stages, chain, strict=True)}
        made.append((labels, tree.spec.costs.run + changes))
    return made
