"""What a design can vary: factors of their own, mixtures, and what stays where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.candidates.region import Columns, ProposalRegion
from designer.models.arrays import FloatArray

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Factor, Setting
    from designer.campaigns.specification.specification import Specification

LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZabcdefghjklmnopqrstuvwxyz"
"""Letters of factors in generators, without the I of the identity, as textbooks have them."""


@dataclass(frozen=True)
class Blend:
    """A mixture of which two or more components are free.

    Attributes:
        names: the free components.
        total: what they sum to, once the fixed ones are taken off.
        low: least of each, ``[q]``.
        high: most of each, ``[q]``.
    """

    names: tuple[str, ...]
    total: float
    low: FloatArray
    high: FloatArray

    @property
    def room(self) -> float:
        """What is left to share out above the least amounts."""
        return self.total - float(self.low.sum())

    @property
    def middle(self) -> FloatArray:
        """All components alike far between their limits, summing to the total, ``[q]``."""
        reach = np.minimum(self.high, self.low + self.room)
        least = np.maximum(self.low, self.high - (float(self.high.sum()) - self.total))
        share = (self.total - float(least.sum())) / float((reach - least).sum())
        return np.asarray(least + share * (reach - least))


@dataclass(frozen=True, eq=False)
class DesignRoom:
    """The factors of a campaign as a design sees them.

    Attributes:
        region: where recipes may lie.
    """

    region: ProposalRegion

    @classmethod
    def of(
        cls, spec: Specification, fixed: Mapping[str, Setting], given: Mapping[str, float]
    ) -> DesignRoom:
        """The room of a proposal; fixed values were checked by the caller."""
        return cls(ProposalRegion.of(spec, fixed, given))

    @property
    def spec(self) -> Specification:
        """The campaign's specification."""
        return self.region.spec

    @cached_property
    def process(self) -> tuple[Factor, ...]:
        """Factors in no mixture that have more than one setting, in the specification's order."""
        mixed = {name for mixture in self.spec.mixtures for name in mixture.factors}
        levels = {level.name: level for level in self.region.levels}
        return tuple(
            f for f in self.spec.factors if f.name not in mixed and len(levels[f.name]) > 1
        )

    @cached_property
    def numeric(self) -> tuple[Factor, ...]:
        """Those of them that are numbers with a middle: three settings or more."""
        return tuple(factor for factor in self.process if factor not in self.switched)

    @cached_property
    def switched(self) -> tuple[Factor, ...]:
        """Those of them that have categories, or two settings."""
        return tuple(f for f in self.process if f.is_categorical or f.count == 2)

    @cached_property
    def many_categories(self) -> tuple[Factor, ...]:
        """Those of them that have more than two categories."""
        return tuple(f for f in self.process if len(f.categories or ()) > 2)

    @cached_property
    def blends(self) -> tuple[Blend, ...]:
        """Mixtures of which something is left to choose."""
        levels = {level.name: level for level in self.region.levels}
        found = []
        for mixture in self.spec.mixtures:
            free = [name for name in mixture.factors if len(levels[name]) > 1]
            held = [name for name in mixture.factors if name not in free]
            total = float(mixture.total) - sum(self._only(name) for name in held)
            low, high = np.array([self.spec.factor(name).bounds for name in free]).reshape(-1, 2).T
            if len(free) > 1 and low.sum() < total < high.sum():
                found.append(Blend(tuple(free), total, low, high))
        return tuple(found)

    def _only(self, name: str) -> float:
        """The one setting of a number that does not vary."""
        fixed = self.region.fixed.get(name)
        return float(self.spec.factor(name).bounds[0] if fixed is None else fixed)

    def letter(self, factor: Factor) -> str:
        """Letter of a factor in generators."""
        return LETTERS[self.process.index(factor)]

    # ---- from coded points to settings -----------------------------------------------------------

    def columns(self, coded: FloatArray, amounts: Sequence[FloatArray] = ()) -> Columns:
        """Settings per factor, each ``[n]``, as the design has them (not on the grid yet).

        Args:
            coded: of every factor of `process` a column: numbers from -1 (low) to 1 (high), or
                places of categories.
            amounts: components of each of `blends`, ``[n, q]``.
        """
        found: Columns = {}
        for k, factor in enumerate(self.process):
            if factor.categories is not None:
                found[factor.name] = np.array(factor.categories)[coded[:, k].astype(np.int64)]
            else:
                found[factor.name] = uncoded(factor, coded[:, k])
        for blend, own in zip(self.blends, amounts, strict=True):
            found |= {name: own[:, k] for k, name in enumerate(blend.names)}
        for factor in self.spec.factors:
            if factor.name not in found:
                found[factor.name] = np.full(len(coded), self._held(factor))
        return {name: found[name] for name in self.region.names}

    def _held(self, factor: Factor) -> Setting:
        """The setting of a factor that does not vary; of a component what the others leave."""
        if factor.name in self.region.fixed:
            return self.region.fixed[factor.name]
        if factor.categories is not None:
            return factor.categories[0]
        for mixture in self.spec.mixtures:
            free = [name for name in mixture.factors if name not in self.region.fixed]
            if factor.name in free:
                held = sum(float(self.region.fixed[name]) for name in {*mixture.factors} - {*free})
                others = [self.spec.factor(name).bounds for name in free if name != factor.name]
                left = float(mixture.total) - held
                # all others stand at one end, else there would be a choice
                least = left - sum(low for low, _ in others)
                most = left - sum(high for _, high in others)
                return float(min(max(factor.bounds[0], most), factor.bounds[1], least))
        return factor.bounds[0]


def uncoded(factor: Factor, coded: FloatArray) -> FloatArray:
    """Settings of a number at coded places from -1 (its low end) to 1 (its high end)."""
    return np.asarray(factor.scale.at(0.5 * (coded + 1.0)))
