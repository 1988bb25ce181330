"""A design as it is published: coded points, before the machine is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from designer.acquisition.designs.design import CENTRE, CORNER, Option
from designer.acquisition.designs.model_terms import ModelOrder
from designer.models.arrays import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Published:
    """Points of a design in standard order.

    Attributes:
        coded: of every factor of its own a column: numbers from -1 to 1, or places of categories,
            ``[n, k]``.
        kinds: point types, ``[n]``.
        order: the model it is made for.
        facts: sentences about it.
        amounts: components of every mixture, ``[n, q]`` each.
        blocks: block of every point, from 1, ``[n]``; None: it says nothing of blocks.
        centres: centre points it usually has; None: they are among the points already.
        passes: which making of the whole design a point belongs to, from 1, ``[n]``; None: one.
    """

    coded: FloatArray
    kinds: IntArray
    order: ModelOrder
    facts: tuple[str, ...] = ()
    amounts: tuple[FloatArray, ...] = ()
    blocks: IntArray | None = None
    centres: int | None = 0
    passes: IntArray | None = None

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
    kinds = np.where(np.all(coded == 0, axis=1), CENTRE, CORNER) if coded.size else np.zeros(0)
    return Published(np.asarray(coded, dtype=np.float64), kinds.astype(np.int64), order, facts)


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
    """

    options: Mapping[str, Option] = field(default_factory=dict)
    runs: int | None = None
    replicates: int = 1
    centres: int | None = None
    blocks: int = 1
    rng: np.random.Generator = field(default_factory=np.random.default_rng)

    def word(self, name: str) -> str:
        """An option that is a word."""
        return str(self.options[name])

    def number(self, name: str) -> float:
        """An option that is a number."""
        return float(str(self.options[name]))
