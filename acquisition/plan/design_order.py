"""The order to make a design's runs in: whole plots together, all of it by chance.

Chance protects from drift (Fisher 1935), whole plots save batches: runs of the same settings up to
a hard-to-change stage share a batch of it (split-plot designs; Jones & Nachtsheim 2009, J. Qual.
Technol. 41, 340). Blocks follow each other; replicates have batches of their own, else they would
not tell how far one batch differs from another.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from designer.acquisition.batches.tree import BatchTree, in_order
from designer.acquisition.candidates.candidates import from_columns
from designer.acquisition.candidates.levels import Levels
from designer.acquisition.designs.design import Design, DesignRun
from designer.acquisition.selection.context import PlanningContext, Setup

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification

OrderMode = Literal["whole-plots", "random", "standard"]

WHOLE_PLOTS: Final = "whole-plots"
RANDOM: Final = "random"


@dataclass(frozen=True)
class OrderedRun:
    """A run in the order of making.

    Attributes:
        run: the run; its whole plots are numbered in the order of making.
        batch: batch per stage: an id, or ``new-1``, …
        cost: what it adds in this order, in ``costs.unit``.
    """

    run: DesignRun
    batch: Mapping[str, str]
    cost: float


def order_mode(spec: Specification, design: Design) -> OrderMode:
    """How the runs are ordered: as its options say, else in whole plots where batches cost."""
    told = design.options.get("order")
    modes: tuple[OrderMode, ...] = get_args(OrderMode)
    for mode in modes:
        if mode == told:
            return mode
    return WHOLE_PLOTS if any(stage.change_cost > 0 for stage in spec.stages) else RANDOM


def ordered_runs(
    spec: Specification,
    design: Design,
    mode: OrderMode,
    context: PlanningContext,
    rng: np.random.Generator,
) -> list[OrderedRun]:
    """The runs of a design in the order to make them, with their batches.

    Args:
        spec: the campaign's specification.
        design: the design; whole plots it has itself are kept.
        mode: whole-plots: runs of the same settings together; random: every run set up anew;
            standard: the design's own order, batches go on while the settings stay.
        context: what is set up now, and goes on where the first runs allow it.
        rng: source of chance.
    """
    order = _Order(spec, design, mode, context.setup, rng)
    return _made(spec, design, order, context)


class _Order:
    """Places of the runs in the order to make them, and which of them share which batches."""

    def __init__(
        self,
        spec: Specification,
        design: Design,
        mode: OrderMode,
        setup: Setup | None,
        rng: np.random.Generator,
    ) -> None:
        self.stages = [stage.name for stage in spec.stages]
        self._factors = [[f.name for f in spec.stage_factors(name)] for name in self.stages]
        self._runs, self._rng, self._mode = design.runs, rng, mode
        self._at = setup
        self._told = any(run.point.whole_plots for run in design.runs)
        places = list(range(len(design)))
        if mode == "standard":
            self.places = places
            return
        self.places = []
        for block in sorted({run.point.block for run in design.runs}):
            own = [place for place in places if design.runs[place].point.block == block]
            self.places += self._through(own, 0)

    def plots(self, place: int, depth: int) -> Hashable:
        """What runs that share the batches of the first ``depth`` stages have in common."""
        run = self._runs[place]
        if self._told:
            told = [run.point.whole_plots.get(stage) for stage in self.stages[:depth]]
            return (*(place if plot is None else plot for plot in told),)
        if self._mode == RANDOM:
            return place
        names = [name for own in self._factors[:depth] for name in own]
        return (run.point.block, run.passed, *(run.settings[name] for name in names))

    def at_hand(self, place: int) -> int:
        """How many stages of what is set up now a run would go on with."""
        if self._at is None or (self._mode == RANDOM and not self._told):
            return 0
        for depth, (stage, names) in enumerate(zip(self.stages, self._factors, strict=True)):
            alike = all(
                self._runs[place].settings[name] == self._at.settings.get(name) for name in names
            )
            if stage not in self._at.batch or not alike:
                return depth
        return len(self.stages)

    def _through(self, places: list[int], depth: int) -> list[int]:
        """Runs that share the batches of the first ``depth`` stages, plots by chance."""
        mixed = [places[k] for k in self._rng.permutation(len(places))]
        if depth == len(self.stages):
            return mixed
        groups: dict[Hashable, list[int]] = {}
        for place in mixed:
            groups.setdefault(self.plots(place, depth + 1), []).append(place)
        if not self.places:  # what is set up now goes on, else it would be lost
            ahead = sorted(groups, key=lambda key: -self.at_hand(groups[key][0]))
            groups = {key: groups[key] for key in ahead}
        order: list[int] = []
        for own in groups.values():
            order += self._through(own, depth + 1)
        return order


def _made(
    spec: Specification, design: Design, order: _Order, context: PlanningContext
) -> list[OrderedRun]:
    """Batches, costs and whole plots of runs made in an order."""
    columns = tuple(
        Levels(f.name, np.array([run.settings[f.name] for run in design.runs]))
        for f in spec.factors
    )
    candidates, rows = from_columns(columns, {})
    tree = BatchTree(spec, candidates, made=context.made)
    setup, last = context.setup, -1
    chain = [] if setup is None else tree.add_known(setup.settings, setup.batch, setup.left)[0]
    chains: list[list[int]] = []
    for place in order.places:
        if last < 0:
            depth = order.at_hand(place)
        else:
            depths = range(len(order.stages), 0, -1)
            same = (d for d in depths if order.plots(place, d) == order.plots(last, d))
            depth = next(same, 0)
        chain, _ = tree.add_run(int(rows[place]), tree.usable(chain[:depth]))
        chains.append(chain)
        last = place
    plots = _whole_plots(order.stages, chains)
    told = in_order(chains, tree)
    return [
        OrderedRun(replace(run, point=replace(run.point, whole_plots=own)), labels, cost)
        for run, own, (labels, cost) in zip(
            (design.runs[place] for place in order.places), plots, told, strict=True
        )
    ]


def _whole_plots(stages: Sequence[str], chains: Sequence[Sequence[int]]) -> list[dict[str, int]]:
    """Number of the batch of every stage in the order of making, of stages that share any."""
    plots: list[dict[str, int]] = [{} for _ in chains]
    for place, stage in enumerate(stages):
        numbers: dict[int, int] = {}
        for chain in chains:
            numbers.setdefault(chain[place], len(numbers) + 1)
        if len(numbers) < len(chains):
            for own, chain in zip(plots, chains, strict=True):
                own[stage] = numbers[chain[place]]
    return plots
