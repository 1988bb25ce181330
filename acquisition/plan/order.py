"""The order to make a plan's runs in: batches together, least change-over, else by chance.

Every batch is made once and all its runs follow each other, so no order costs less. What is set
up now comes first, then batches of open runs. Hard stages (a new batch costs something) walk to
the nearest settings next; where changing costs nothing the order is random, which protects
against drift (Fisher 1935: randomisation). Of new batches of the dearest stage the one filled last
comes last: it is what the next plan may go on with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.batches.tree import BatchTree

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Factor, Setting
    from designer.campaigns.specification.specification import Specification


@dataclass(frozen=True)
class Planned:
    """A run to be put in order.

    Attributes:
        settings: its settings.
        chain: its batches, one per stage.
    """

    settings: Mapping[str, Setting]
    chain: Sequence[int]


def make_order(
    spec: Specification,
    runs: Sequence[Planned],
    tree: BatchTree,
    setup: Mapping[str, Setting] | None,
    rng: np.random.Generator,
) -> list[int]:
    """Places of the runs in the order to make them.

    Args:
        spec: the campaign's specification.
        runs: the plan, in order of value.
        tree: its batches.
        setup: settings of what is set up now.
        rng: source of chance.
    """
    return _TreeWalk(spec, runs, tree, rng).through(list(range(len(runs))), 0, setup)


@dataclass(frozen=True, eq=False)
class _TreeWalk:
    """See `make_order`."""

    _spec: Specification
    _runs: Sequence[Planned]
    _tree: BatchTree
    _rng: np.random.Generator

    def through(self, places: list[int], stage: int, at: Mapping[str, Setting] | None) -> list[int]:
        """Order some runs that share the batches of all earlier stages."""
        if stage == len(self._tree.stages):
            return [places[k] for k in self._rng.permutation(len(places))]
        groups: dict[int, list[int]] = {}
        for place in places:
            groups.setdefault(self._runs[place].chain[stage], []).append(place)
        order: list[int] = []
        for batch in self._sequence(groups, stage, at):
            order += self.through(groups[batch], stage + 1, at)
            at = self._runs[order[-1]].settings
        return order

    def _sequence(
        self, groups: dict[int, list[int]], stage: int, at: Mapping[str, Setting] | None
    ) -> list[int]:
        """Order of the batches of one stage: those that exist, then the nearest next."""
        exist = sorted(b for b in groups if not self._tree.batches[b].planned)
        new = [b for b in groups if self._tree.batches[b].planned]
        if self._tree.change[stage] == 0:
            return exist + [new[k] for k in self._rng.permutation(len(new))]
        if exist:
            at = self._runs[groups[exist[-1]][0]].settings
        factors = self._spec.stage_factors(self._tree.stages[stage])
        within = stage + 1 < len(self._tree.stages)  # else a batch only brings replicates
        last: list[int] = []
        if within and stage == self._tree.hard_stage:
            # the batch of the run of least value: runs are taken where they are worth most
            several = len(new) > 1 and any(len(groups[b]) > 1 for b in new)
            last = [max(new, key=lambda b: max(groups[b]))] if several else []
        settings = {b: self._runs[groups[b][0]].settings for b in new if b not in last}
        return exist + nearest_next(settings, factors, at) + last


def nearest_next(
    settings: Mapping[int, Mapping[str, Setting]],
    factors: Sequence[Factor],
    at: Mapping[str, Setting] | None,
) -> list[int]:
    """Visit all settings, always the nearest next; without a start, from the best end."""
    if at is not None or not settings:
        return _chain(settings, factors, at)[0]
    walks = []
    for first in settings:
        rest = {b: s for b, s in settings.items() if b != first}
        walk, length = _chain(rest, factors, settings[first])
        walks.append((length, [first, *walk]))
    return min(walks, key=lambda walk: walk[0])[1]


def _chain(
    settings: Mapping[int, Mapping[str, Setting]],
    factors: Sequence[Factor],
    at: Mapping[str, Setting] | None,
) -> tuple[list[int], float]:
    left, order, length = dict(settings), [], 0.0
    while left:
        here = at or {}
        steps = {b: change(here, there, factors) for b, there in left.items()}
        nearest = min(steps, key=lambda b: steps[b])
        length += steps[nearest]
        at = left.pop(nearest)
        order.append(nearest)
    return order, length


def change(
    one: Mapping[str, Setting], other: Mapping[str, Setting], factors: Sequence[Factor]
) -> float:
    """How far apart two recipes are: Σ |difference| / range, another category counts 1."""
    return sum(part(one.get(f.name), other.get(f.name), f) for f in factors)


def part(one: Setting | None, other: Setting | None, factor: Factor) -> float:
    """One factor's part of `change`; 0 when a setting is not known."""
    if one is None or other is None:
        return 0.0
    if isinstance(one, str) or isinstance(other, str):
        return float(one != other)
    return factor.scale.apart(one, other)
