"""The other parts of a specification: stages, responses, costs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from designer.campaigns.errors import Problem
from designer.campaigns.space.factors import Setting, quantity_text
from designer.campaigns.values.numbers import number_text

CampaignGoal = Literal["learn", "window", "optimum"]
ResponseGoal = Literal["none", "maximize", "minimize"]

DEFAULT_RUNS: Final = 4
"""Runs of a plan when nobody says how many."""

MOST_RUNS: Final = 1000
"""Most runs of a plan."""

DESIGNS: Final = (
    "full-factorial", "fractional-factorial", "plackett-burman", "central-composite",
    "box-behnken", "definitive-screening", "latin-hypercube", "sobol", "simplex-lattice",
    "simplex-centroid", "extreme-vertices", "d-optimal", "a-optimal", "i-optimal",
)  # fmt: skip
"""Names of classical designs, for those who ask for one; their own room loads long."""

WANTED_HITS: Final = 3
"""Different recipes in spec that end the search of goal ``optimum``."""

_HOURS: Final[dict[str, float]] = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1 / 3600),
    **dict.fromkeys(("min", "minute", "minutes"), 1 / 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 1.0),
    **dict.fromkeys(("d", "day", "days"), 24.0),
    **dict.fromkeys(("week", "weeks"), 168.0),
}


@dataclass(frozen=True)
class Stage:
    """A step of the process chain.

    Attributes:
        name: its name.
        change_cost: cost of one new batch of this stage [costs.unit].
        usable_for: pot life of a batch [costs.unit, a time]; None: unlimited.
        most_runs: most runs of one batch; None: any number.
        reference: what the first planned run of every new batch is made at, where drift between
            batches is a concern: a setting for every factor of later stages; empty: no such run.
    """

    name: str
    change_cost: float
    usable_for: float | None = None
    most_runs: int | None = None
    reference: Mapping[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True)
class Response:
    """A measured property.

    Attributes:
        name: its name.
        unit: unit of its numbers; None for none.
        noise_sd: known repeatability, 1 sd [unit]; None: learned.
        possible: values outside are impossible [unit, ends may be infinite]; None: not known.
        window: acceptance window [unit, ends may be infinite]; None: no window.
        goal: none, maximize, minimize, or a number to hit [unit].
        weight: share in the information about all responses, ≥ 0.
        stage: where in the chain it is decided; None: at the end.
        log_scale: whether it is modelled on a logarithmic scale.
        knowledge: process knowledge to use: "loading", "compaction".
        history: whether its model learns from earlier lines.
    """

    name: str
    unit: str | None = None
    noise_sd: float | None = None
    possible: tuple[float, float] | None = None
    window: tuple[float, float] | None = None
    goal: ResponseGoal | float = "none"
    weight: float = 1.0
    stage: str | None = None
    log_scale: bool = False
    knowledge: tuple[str, ...] = ()
    history: bool = True

    def problems_with(self, value: float, where: str) -> list[Problem]:
        """What is wrong with a measured value [unit]: not finite, or impossible."""
        found = quantity_text(value, self.unit)
        if not math.isfinite(value):
            return [Problem(where, "not a finite number", found)]
        if self.possible is not None and not self.possible[0] <= value <= self.possible[1]:
            allowed = range_text(self.possible, self.unit)
            hint = "A typing error, another unit? Else widen `possible` with amend"
            return [Problem(where, "impossible value", found, allowed, hint)]
        return []


@dataclass(frozen=True)
class Costs:
    """What runs cost.

    Attributes:
        unit: free text.
        run: every run's own cost [unit], > 0.
        budget: for the whole campaign [unit]; None: unlimited.
    """

    unit: str = "runs"
    run: float = 1.0
    budget: float | None = None

    @property
    def hours_per_unit(self) -> float | None:
        """Hours in one cost unit (``h``, ``min``, ``line hours``); None when it is no time."""
        words = self.unit.casefold().replace("-", " ").split()
        return _HOURS.get(words[-1]) if words and "per" not in words else None

    @property
    def is_time(self) -> bool:
        """Whether costs are counted in time."""
        return self.hours_per_unit is not None


def range_text(ends: tuple[float, float], unit: str | None) -> str:
    """``11.4 to 12.6 mg/cm^2``, ``at least 30 %``, ``at most 5``."""
    low, high = ends
    if math.isinf(low) and math.isinf(high):
        return "any number"
    if math.isinf(high):
        return f"at least {quantity_text(low, unit)}"
    if math.isinf(low):
        return f"at most {quantity_text(high, unit)}"
    return f"{number_text(low)} to {quantity_text(high, unit)}"
