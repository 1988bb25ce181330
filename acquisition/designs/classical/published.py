"""A design as it is published: coded points, before the machine is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.designs.design import CORNER, Option
from designer.acquisition.designs.model_terms import ModelOrder
from designer.models.arrays import FloatArray, IntArray

if TYPE_CHECKING:
    from designer.acquisition.candidates.region import Columns
    from designer.acquisition.designs.optimal.optimal import EarlierRuns


@dataclass(frozen=True, eq=False)
class Published:
    """Points of a design in standard order.

    Attributes:
        coded: of every factor of its own a column: numbers from -1 to 1, or places of categories,
            ``[n, k]``.
        kinds: point types, ``[n]``.
        order: the model it is made for.
        facts: sentences about how it is made.
        claims: sentences about what it can tell, as long as no point is moved.
        amounts: components of every mixture, ``[n, q]`` each.
        blocks: block of every point, from 1, ``[n]``; None: it says nothing of blocks.
        centres: centre points it usually has, which are not among the points.
        middles: where those stand in every mixture, ``[q]`` each; none: between its limits.
        passes: which making of the whole design a point belongs to, from 1, ``[n]``; None: one.
        as_made: sentences about its runs as they are made, of their settings; None: none.
    """

    coded: FloatArray
    kinds: IntArray
    order: ModelOrder
    facts: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    amounts: tuple[FloatArray, ...] = ()
    blocks: IntArray | None = None
    centres: int = 0
    middles: tuple[FloatArray, ...] = ()
    passes: IntArray | None = None
    as_made: Callable[[Columns], list[str]] | None = None

    def __len__(self) -> int:
        return len(self.coded)

    def with_facts(self, *facts: str) -> Published:
        """The same with more to say."""
        return replace(self, facts=(*self.facts, *facts))

    def rows(self, places: IntArray) -> Published:
        """Some of its points, in that order, as often as they are named."""
        return replace(
            self,
            coded=self.coded[places],
            kinds=self.kinds[places],
            amounts=tuple(own[places] for own in self.amounts),
            blocks=None if self.blocks is None else self.blocks[places],
            passes=None if self.passes is None else self.passes[places],
        )


def corners(coded: FloatArray, order: ModelOrder, *facts: str) -> Published:
    """A design all of whose points are corners."""
    kinds = np.full(len(coded), CORNER, dtype=np.int64)
    return Published(np.asarray(coded, dtype=np.float64), kinds, order, facts)


@dataclass(frozen=True, eq=False)
class Asked:
    """What somebody asks of a design.

    Attributes:
        options: its own options, read; defaults are in it.
        runs: number of runs; None: the design's own.
        replicates: how often everything is made.
        centres: number of centre points in all; None: what is usual.
        blocks: number of blocks.
        rng: source of all chance.
        earlier: runs that there are, for designs that go on from them.
    """

    options: Mapping[str, Option] = field(default_factory=dict)
    runs: int | None = None
    replicates: int = 1
    centres: int | None = None
    blocks: int = 1
    rng: np.random.Generator = field(default_factory=np.random.default_rng)
    earlier: EarlierRuns | None = None

    def word(self, name: str) -> str:
        """An option that is a word."""
        return str(self.options[name])

    def number(self, name: str) -> float:
        """An option that is a number."""
        return float(str(self.options[name]))
