"""A classical design on the machine: its runs in standard order, and what is to be told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from designer.campaigns.log.runs import DesignPoint
from designer.campaigns.log.state import PlanDesign

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Setting

CORNER: Final = 1
"""Point type, as Minitab numbers it: corner of the cube, vertex of a mixture; of designs without
kinds of points every one."""
CENTRE: Final = 0
"""Centre point, centroid of a mixture."""
AXIAL: Final = -1
"""On an axis through the centre."""
EDGE: Final = 2
"""Middle of an edge; blend of two components."""
FACE: Final = 3
"""Middle of a face; blend of three components or more."""

Option = str | float | Mapping[str, str | float]
"""Value of an option of a design; of some options one per factor."""


@dataclass(frozen=True, slots=True)
class DesignRun:
    """One run of a design.

    Attributes:
        settings: a feasible recipe on the machine's grid, every factor.
        point: its place in the design. Its whole plots: runs of one number share a batch of that
            stage, runs of different ones do not although their settings may be the same; empty
            where the order of making decides.
        passed: which making of the whole design it belongs to, from 1: replicates are made with
            batches of their own.
    """

    settings: Mapping[str, Setting]
    point: DesignPoint
    passed: int = 1


@dataclass(frozen=True)
class Design:
    """A design.

    Attributes:
        name: its name, as ``--design`` takes it.
        options: what it was made with, defaults included, in words.
        runs: in standard order.
        facts: sentences for people: resolution and aliases, what the machine's grid and
            constraints cost it.
    """

    name: str
    options: Mapping[str, str]
    runs: tuple[DesignRun, ...]
    facts: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.runs)

    @property
    def told(self) -> PlanDesign:
        """What is kept of it with the plan."""
        return PlanDesign(self.name, dict(self.options), self.facts)
