"""What the runs of a plan cost when they are made: in the order they stand in, and in the best.

In the order of the rows a batch goes on while the settings of its stage and of all earlier ones
stay (and its pot life and room last); a change, there and back, makes a new one. In the best order
runs of the same settings share their batches wherever they stand. A batch somebody told is that
batch in both. Costs are those of any plan (`designer.acquisition.batches.tree`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.batches.tree import ROOT, Batch, BatchTree, in_order
from designer.acquisition.candidates.candidates import from_columns
from designer.acquisition.candidates.levels import Levels
from designer.acquisition.plan.order import Planned, make_order
from designer.acquisition.selection.context import OpenRun, PlanningContext

if TYPE_CHECKING:
    from designer.campaigns.sheets.brought_plan import BroughtRun
    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.specification import Specification

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Making:
    """Runs made in some order.

    Attributes:
        order: places of the runs in the order of making.
        batches: batch id per stage of every run in that order; ``new-1``, … where new.
        costs: what every run adds in that order, in ``costs.unit``.
        new: how many new batches of each stage.
    """

    order: tuple[int, ...]
    batches: tuple[Mapping[str, str], ...]
    costs: tuple[float, ...]
    new: Mapping[str, int]

    @property
    def cost(self) -> float:
        """Of all of them."""
        return float(sum(self.costs))

    @property
    def by_place(self) -> list[Mapping[str, str]]:
        """Batches of every run in the order of the rows."""
        places = dict(zip(self.order, self.batches, strict=True))
        return [places[place] for place in sorted(places)]

    def open_runs(self, runs: Sequence[BroughtRun]) -> list[OpenRun]:
        """The runs in this order with their batches."""
        return [
            OpenRun(runs[place].run or "", runs[place].settings, batch, runs[place].given)
            for place, batch in zip(self.order, self.batches, strict=True)
        ]


def as_listed(spec: Specification, runs: Sequence[BroughtRun], context: PlanningContext) -> Making:
    """The runs made in the order they stand in."""
    batches = _Batches(spec, runs, context)
    chains = [batches.chain(run, anywhere=False) for run in runs]
    return _made(batches.tree, chains, list(range(len(runs))))


def in_best_order(
    spec: Specification, runs: Sequence[BroughtRun], context: PlanningContext, seed: int
) -> Making:
    """The runs made with as few changes as their batches allow, as a plan of ours is ordered."""
    batches = _Batches(spec, runs, context)
    chains = [batches.chain(run, anywhere=True) for run in runs]
    planned = [Planned(run.settings, chain) for run, chain in zip(runs, chains, strict=True)]
    at = context.setup.settings if context.setup else None
    order = make_order(spec, planned, batches.tree, at, np.random.default_rng(seed))
    return _made(batches.tree, chains, order)


def costs_alone(
    spec: Specification, runs: Sequence[BroughtRun], context: PlanningContext
) -> list[tuple[Mapping[str, str], float]]:
    """What each run would cost as the only one, and the batches there are that it goes on with."""
    batches = _Batches(spec, runs, context)
    return [batches.alone(run) for run in runs]


def _made(tree: BatchTree, chains: Sequence[Sequence[int]], order: Sequence[int]) -> Making:
    told = in_order([chains[place] for place in order], tree)
    used = {number for chain in chains for number in chain}
    new = [tree.batches[number].stage for number in used if tree.batches[number].planned]
    return Making(
        order=tuple(order),
        batches=tuple(labels for labels, _ in told),
        costs=tuple(cost for _, cost in told),
        new={name: new.count(stage) for stage, name in enumerate(tree.stages)},
    )


class _Batches:
    """The batches of runs as they are made, and those that are there for nothing."""

    def __init__(
        self, spec: Specification, runs: Sequence[BroughtRun], context: PlanningContext
    ) -> None:
        columns = [
            Levels(f.name, np.array([run.settings[f.name] for run in runs])) for f in spec.factors
        ]
        # its own rules about candidates are not asked: they share batches wherever they stand
        self.tree = BatchTree(spec, from_columns(tuple(columns), {})[0])
        self._names = [[f.name for f in spec.stage_factors(stage)] for stage in self.tree.stages]
        self._keys: list[tuple[Setting | None, ...]] = []
        self._told: dict[tuple[int, str], int] = {}
        self._last: list[int] = []
        self._made = context.made
        setup = context.setup
        if setup is not None:
            self._last = self._known(setup.settings, setup.batch, setup.left)
        for run in context.pending:
            chain = self._known(run.settings, run.batch, {})
            self._count(chain, len(chain))

    def _known(
        self,
        settings: Mapping[str, Setting],
        labels: Mapping[str, str],
        left: Mapping[str, float],
    ) -> list[int]:
        """Batches that are there already, as far as they have ids."""
        chain: list[int] = []
        for stage, name in enumerate(self.tree.stages):
            label = labels.get(name)
            if label is None:
                break
            there = self._told.get((stage, label))
            chain.append(
                self._open(stage, chain, settings, label, left.get(name), planned=False)
                if there is None
                else there
            )
        return chain

    def _open(
        self,
        stage: int,
        chain: Sequence[int],
        settings: Mapping[str, Setting],
        label: str | None,
        left: float | None = None,
        *,
        planned: bool = True,
    ) -> int:
        tree = self.tree
        limit = tree.pot_life(stage) if left is None else left
        made = self._made.get((tree.stages[stage], label or ""), 0)
        parent = chain[-1] if chain else ROOT
        planned = planned and not made  # a batch somebody told that is there already costs nothing
        tree.batches.append(Batch(stage, parent, -1, label, planned, limit, runs=made))
        self._keys.append(self._key(stage, settings))
        number = len(tree.batches) - 1
        if label is not None:
            self._told[stage, label] = number
        return number

    def _key(self, stage: int, settings: Mapping[str, Setting]) -> tuple[Setting | None, ...]:
        return tuple(settings.get(name) for name in self._names[stage])

    def alone(self, run: BroughtRun) -> tuple[dict[str, str], float]:
        """Labels of the batches that a run would go on with, and what it would cost."""
        chain = self._shared(run, anywhere=True)
        labels = {
            self.tree.stages[stage]: self.tree.batches[number].label or ""
            for stage, number in enumerate(chain)
        }
        return labels, float(self.tree.level_cost[len(chain)])

    def chain(self, run: BroughtRun, *, anywhere: bool) -> list[int]:
        """The batches of the next run; new ones are opened.

        Args:
            run: it.
            anywhere: it may go on with any batch of the same settings, not only with the last.
        """
        tree, there = self.tree, len(self.tree.batches)
        chain = self._shared(run, anywhere=anywhere)
        for stage in range(len(chain), len(tree.stages)):
            label = run.batch.get(tree.stages[stage])
            number = None if label is None else self._told.get((stage, label))
            if number is None:
                number = self._open(stage, chain, run.settings, label)
            chain.append(number)
        self._count(chain, sum(number < there for number in chain))
        self._last = chain
        return chain

    def _shared(self, run: BroughtRun, *, anywhere: bool) -> list[int]:
        """Batches the next run goes on with, from the first stage on."""
        tree, chain = self.tree, list[int]()
        for stage, name in enumerate(tree.stages):
            label = run.batch.get(name)
            number = (
                self._going_on(stage, chain, run.settings, anywhere=anywhere)
                if label is None
                else self._told.get((stage, label))
            )
            if number is None:
                break
            chain.append(number)
        time = float(tree.level_cost[len(chain)])
        for place, number in enumerate(chain):
            if run.batch.get(tree.stages[place]) is None and not self._room(number, time):
                return chain[:place]
        return chain

    def _going_on(
        self, stage: int, chain: Sequence[int], settings: Mapping[str, Setting], *, anywhere: bool
    ) -> int | None:
        """The batch of a stage that the next run may share; None: it needs a new one."""
        parent, key = chain[-1] if chain else ROOT, self._key(stage, settings)
        asked = range(len(self.tree.batches)) if anywhere else self._last[stage : stage + 1]
        for number in asked:
            batch = self.tree.batches[number]
            same = (batch.stage, batch.parent) == (stage, parent) and self._keys[number] == key
            if same and self._room(number, self.tree.spec.costs.run):
                return number
        return None

    def _room(self, number: int, time: float) -> bool:
        """Whether a batch takes one more run that needs so much time."""
        batch = self.tree.batches[number]
        enough = batch.used + time <= batch.limit + _ROUNDING
        return enough and batch.runs < self.tree.most_runs(batch.stage)

    def _count(self, chain: Sequence[int], shared: int) -> None:
        """Count a run and its time on all its batches."""
        for stage, number in enumerate(chain):
            batch = self.tree.batches[number]
            batch.runs += 1
            batch.used += float(self.tree.level_cost[max(stage + 1, shared)])
