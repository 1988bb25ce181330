"""A classical design on the machine: its runs in standard order, and what is to be told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Setting

PointType = Literal[-1, 0, 1, 2]
"""Kind of a point, as Minitab numbers it."""

CORNER: Final = 1
"""Corner of the cube, vertex of a mixture; of designs without kinds of points every one."""
CENTRE: Final = 0
"""Centre point, centroid of a mixture."""
AXIAL: Final = -1
"""On an axis through the centre."""
EDGE: Final = 2
"""Middle of an edge; blend of two components."""

Option = str | float | Mapping[str, str | float]
"""Value of an option of a design; of some options one per factor."""


@dataclass(frozen=True, slots=True)
class DesignRun:
    """One run of a design.

    Attributes:
        settings: a feasible recipe on the machine's grid, every factor.
        std_order: place in the design's standard order, from 1.
        point_type: `CORNER`, `CENTRE`, `AXIAL` or `EDGE`.
        block: block it is made in, from 1.
        whole_plots: stage to number of the whole plot, from 1: runs of one number share a batch of
            that stage, runs of different ones do not although their settings may be the same. Empty
            where the design leaves it to the order of making.
    """

    settings: Mapping[str, Setting]
    std_order: int
    point_type: PointType = CORNER
    block: int = 1
    whole_plots: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """What is kept with the run: place, kind, block and whole plots, JSON-able."""
        told = asdict(self)
        del told["settings"]
        return told


@dataclass(frozen=True)
class Design:
    """A design.

    Attributes:
        name: its name, as ``--design`` takes it.
        options: what it was made with, defaults included; JSON-able.
        runs: in standard order.
        facts: sentences for people: resolution and aliases, what the machine's grid and
            constraints cost it.
    """

    name: str
    options: Mapping[str, Option]
    runs: tuple[DesignRun, ...]
    facts: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.runs)

    def to_dict(self) -> dict[str, Any]:
        """What is kept with the plan, JSON-able."""
        options = {k: dict(v) if isinstance(v, Mapping) else v for k, v in self.options.items()}
        return {"name": self.name, "options": options, "facts": list(self.facts)}
