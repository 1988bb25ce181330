"""The feasible region of one proposal: levels, mixtures, constraints, what is fixed and given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from designer.acquisition.candidates.levels import FactorValues, levels_of
from designer.campaigns.errors import InputError, Problem
from designer.models.arrays import BoolArray

if TYPE_CHECKING:
    from designer.campaigns.space.constraints import Constraint
    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.specification import Specification

Columns = dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True, eq=False)
class ProposalRegion:
    """Where recipes may lie.

    Attributes:
        spec: the campaign's specification.
        levels: values of every factor, in the specification's order.
        fixed: settings the user fixed.
        given: value of every given, in its declared unit.
        constraints: what a recipe must satisfy.
    """

    spec: Specification
    levels: tuple[FactorValues, ...]
    fixed: dict[str, Setting]
    given: dict[str, float]
    constraints: tuple[Constraint, ...]

    @classmethod
    def of(
        cls, spec: Specification, fixed: Mapping[str, Setting], given: Mapping[str, float]
    ) -> ProposalRegion:
        """The region of a proposal; fixed values were checked by the caller."""
        levels = tuple(levels_of(factor, fixed.get(factor.name)) for factor in spec.factors)
        return cls(spec, levels, dict(fixed), dict(given), tuple(spec.constraints))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the factors."""
        return tuple(level.name for level in self.levels)

    @property
    def blocks(self) -> tuple[tuple[int, ...], ...]:
        """Positions of the factors that are chosen together: mixtures, else one by one."""
        place = {name: k for k, name in enumerate(self.names)}
        mixtures = [
            tuple(place[name] for name in mixture.factors) for mixture in self.spec.mixtures
        ]
        mixed = {k for mixture in mixtures for k in mixture}
        singles = [(k,) for k in range(len(self.levels)) if k not in mixed]
        return tuple(sorted([*mixtures, *singles]))

    def feasible(self, columns: Columns, count: int) -> BoolArray:
        """Which of ``count`` recipes satisfy every constraint, ``[count]``."""
        filled = columns | {name: np.full(count, value) for name, value in self.given.items()}
        keep = np.ones(count, dtype=np.bool_)
        for constraint in self.constraints:
            keep &= constraint.holds(filled)
        return keep

    def without(self, name: str) -> ProposalRegion:
        """The same region with one fixed factor set free."""
        fixed = {other: value for other, value in self.fixed.items() if other != name}
        return ProposalRegion.of(self.spec, fixed, self.given)


def check_given(spec: Specification, given: Mapping[str, float]) -> None:
    """Whether every given has a value.

    Raises:
        InputError: with all that have none.
    """
    missing = [
        Problem(item.name, "this given has no value", hint=f"Say {item.name}=value")
        for item in spec.givens
        if item.name not in given
    ]
    if missing:
        raise InputError(missing)
