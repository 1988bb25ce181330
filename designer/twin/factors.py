"""What can be set and measured on the twin: names, units, ranges, and settings as columns.

The three base factors and responses are those of the contract's example specification. Ranges of
the optional factors lie inside those of Zanotto et al. 2022, Table 6 (coating speed 0.3–30 m/min)
or are assumptions (dryer temperature for NMP slurries).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from designer.models.arrays import FloatArray

Columns: TypeAlias = Mapping[str, ArrayLike]
Recipes: TypeAlias = Columns | Sequence[Mapping[str, float | str]]


@dataclass(frozen=True)
class TwinFactor:
    """One setting: range and machine resolution in ``unit``; ``usual`` when it is no factor."""

    name: str
    unit: str
    low: float
    high: float
    step: float
    stage: str
    usual: float

    def at(self, share: FloatArray) -> FloatArray:
        """The settings at shares of the range, ``[n]``; 0 is its low end."""
        return self.low + share * (self.high - self.low)

    def snap(self, values: ArrayLike) -> FloatArray:
        """The nearest set-points inside the range, without float noise."""
        steps = np.round((np.asarray(values, dtype=np.float64) - self.low) / self.step)
        steps = np.clip(steps, 0, round((self.high - self.low) / self.step))
        return np.round(self.low + steps * self.step, 6)

    def grid(self) -> FloatArray:
        """Every set-point, ascending."""
        count = round((self.high - self.low) / self.step) + 1
        return self.snap(self.low + self.step * np.arange(count))


@dataclass(frozen=True)
class TwinResponse:
    """One measured property; ``multiplicative``: its noise grows with its level."""

    name: str
    unit: str
    possible: tuple[float, float]
    stage: str
    multiplicative: bool = False


STAGE_COSTS: dict[str, float] = {"slurry": 3.0, "coating": 0.5, "calendering": 0.1}

FACTORS: tuple[TwinFactor, ...] = (
    TwinFactor("solid_content", "wt%", 50.0, 66.0, 0.5, "slurry", 58.0),
    TwinFactor("coating_gap", "um", 80.0, 300.0, 5.0, "coating", 190.0),
    TwinFactor("calendering_pressure", "MPa", 20.0, 200.0, 5.0, "calendering", 110.0),
    TwinFactor("coating_speed", "m/min", 0.5, 3.0, 0.1, "coating", 1.0),
    TwinFactor("drying_temperature", "degC", 70.0, 130.0, 5.0, "coating", 90.0),
)
RESPONSES: tuple[TwinResponse, ...] = (
    TwinResponse("mass_loading", "mg/cm^2", (0.0, 60.0), "coating"),
    TwinResponse("porosity", "%", (5.0, 80.0), "calendering"),
    TwinResponse("adhesion", "N/m", (0.0, 200.0), "calendering", multiplicative=True),
    TwinResponse("thickness", "um", (0.0, 400.0), "calendering"),
    TwinResponse("areal_capacity", "mAh/cm^2", (0.0, 12.0), "calendering"),
)
BASE_FACTORS: tuple[str, ...] = ("solid_content", "coating_gap", "calendering_pressure")


@dataclass(frozen=True)
class TwinOptions:
    """Which optional factors can be set, which optional responses are measured, how lines differ.

    Attributes:
        coating_speed: a factor; else 1 m/min.
        drying_temperature: a factor; else 90 °C.
        thickness: measure the calendered coating thickness (without foil).
        areal_capacity: measure the areal capacity.
        variation: multiplies how much lines differ in their hidden constants (not their gauges).
    """

    coating_speed: bool = False
    drying_temperature: bool = False
    thickness: bool = False
    areal_capacity: bool = False
    variation: float = 1.0

    @property
    def factors(self) -> tuple[TwinFactor, ...]:
        """The factors that can be set, in process order of the table above."""
        return tuple(f for f in FACTORS if f.name in BASE_FACTORS or getattr(self, f.name))

    @property
    def responses(self) -> tuple[TwinResponse, ...]:
        """The responses that are measured."""
        base = ("mass_loading", "porosity", "adhesion")
        return tuple(r for r in RESPONSES if r.name in base or getattr(self, r.name))


def columns_of(recipes: Recipes) -> dict[str, ArrayLike]:
    """Recipes as columns, whether given as columns or as one mapping per recipe.

    Raises:
        ValueError: one recipe lacks a setting that another one has.
    """
    if isinstance(recipes, Mapping):
        return dict(recipes)
    names = dict.fromkeys(name for recipe in recipes for name in recipe)
    for position, recipe in enumerate(recipes):
        if missing := [name for name in names if name not in recipe]:
            raise ValueError(f"recipe {position} lacks {', '.join(missing)}")
    return {name: [recipe[name] for recipe in recipes] for name in names}


def settings_of(columns: Columns, options: TwinOptions) -> dict[str, FloatArray]:
    """All five settings as float64 ``[n]``; what is no factor has its usual value.

    Columns that are no setting of the twin (batch ids, responses) are ignored, so that a history
    can be put in again.

    Args:
        columns: settings by name, all of one length (scalars are repeated).
        options: which optional factors there are.

    Raises:
        ValueError: a factor is missing, not finite, not above zero, or 100 wt% solids.
    """
    factors = {factor.name for factor in options.factors}
    if missing := [name for name in factors if name not in columns]:
        raise ValueError(f"settings lack {', '.join(sorted(missing))}")
    raw = [
        np.asarray(columns[f.name] if f.name in factors else f.usual, dtype=np.float64)
        for f in FACTORS
    ]
    settings = {}
    for factor, values in zip(FACTORS, np.broadcast_arrays(*map(np.atleast_1d, raw)), strict=True):
        if not (np.isfinite(values).all() and (values > 0).all()):
            raise ValueError(f"{factor.name}: settings must be finite and above 0 {factor.unit}")
        settings[factor.name] = np.array(values)
    if (settings["solid_content"] >= 100.0).any():
        raise ValueError("solid_content: settings must be below 100 wt%")
    return settings
