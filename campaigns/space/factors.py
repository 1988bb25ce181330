"""What can be set (factors) and what is known before a run (givens): ranges, grids, checks."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import ClassVar, Final, Literal

from designer.campaigns.errors import Problem
from designer.campaigns.space.grids import Grid, LogGrid, SettingScale
from designer.campaigns.values.names import suggestion
from designer.campaigns.values.numbers import number_text

Setting = float | str
"""Value of a factor: a number in its unit, or the name of a category."""

Kind = Literal["stepped", "levels", "continuous", "categorical"]

MOST_STEPS: Final = 1_000_000
"""Most grid values of one factor (assumption: finer machines are continuous in practice)."""

MOST_CHOICES: Final = 1000
"""Most set-points of one factor to choose from (assumption)."""


@dataclass(frozen=True)
class Factor:
    """A setting someone can choose.

    Attributes:
        name: its name.
        unit: unit of all its numbers; None for none.
        low: lowest set-point [unit] (None for levels and categories).
        high: highest set-point [unit].
        step: machine resolution [unit], None for a continuous factor.
        levels: the only possible numbers [unit], ascending.
        categories: names, for a categorical factor.
        log_scale: whether settings are compared on the logarithm; all set-points are above 0.
        per_decade: set-points per decade of a logarithmic grid; None: no such grid.
        stage: stage it belongs to; None: it can be changed for every run.
        was: value before an amendment added this factor, for the runs made until then.
    """

    name: str
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    step: Decimal | None = None
    log_scale: bool = False
    per_decade: int | None = None
    levels: tuple[float, ...] | None = None
    categories: tuple[str, ...] | None = None
    stage: str | None = None
    was: Setting | None = None

    @property
    def kind(self) -> Kind:
        """Which of the four kinds of factor it is."""
        if self.categories is not None:
            return "categorical"
        if self.levels is not None:
            return "levels"
        return "continuous" if self.grid is None else "stepped"

    @property
    def is_categorical(self) -> bool:
        """True when its values are names."""
        return self.categories is not None

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest set-point [unit].

        Raises:
            ValueError: for a categorical factor.
        """
        if self.levels is not None:
            return self.levels[0], self.levels[-1]
        if self.low is None or self.high is None:
            raise ValueError(f"{self.name} is categorical and has no bounds")
        return self.low, self.high

    @cached_property
    def scale(self) -> SettingScale:
        """What its settings are compared on.

        Raises:
            ValueError: for a categorical factor.
        """
        return SettingScale(*self.bounds, self.log_scale)

    @cached_property
    def grid(self) -> Grid | LogGrid | None:
        """The exact grid of a stepped factor, else None."""
        if self.low is None or self.high is None:
            return None
        if self.per_decade is not None:
            return LogGrid.between(self.low, self.high, self.per_decade)
        return None if self.step is None else Grid.between(self.low, self.high, self.step)

    @property
    def count(self) -> int | None:
        """How many set-points it has; None when continuous."""
        listed = self.categories or self.levels
        if listed is not None:
            return len(listed)
        return None if self.grid is None else self.grid.count

    def values(self) -> tuple[Setting, ...] | None:
        """All set-points in order (floats nearest to the exact decimals); None when continuous."""
        grid = self.grid
        if grid is None:
            return self.categories or self.levels
        return tuple(grid.value(k) for k in range(grid.count))

    @property
    def choices(self) -> tuple[Setting, ...]:
        """Set-points that no range with a step tells, where they are few enough to be listed."""
        if self.step is not None or (self.count or 0) > MOST_CHOICES:
            return ()
        return self.values() or ()

    def fixed_at(self, value: Setting) -> Factor:
        """The same factor with one value only, in its range or not."""
        if isinstance(value, str):
            return replace(self, categories=(value,))
        levels = (float(value),)
        return replace(self, low=None, high=None, step=None, per_decade=None, levels=levels)

    def off_scale(self, value: object) -> bool:
        """Whether a number has no place on its logarithmic scale."""
        return self.log_scale and isinstance(value, int | float) and not value > 0

    def with_unit(self, value: Setting) -> str:
        """The value with its unit, for messages: ``56.5 wt%``."""
        return quantity_text(value, self.unit)

    @property
    def allowed(self) -> str:
        """What can be set, in words."""
        if self.categories is not None:
            return ", ".join(self.categories)
        unit = "" if self.unit in (None, "1") else f" {self.unit}"
        if self.levels is not None:
            return ", ".join(number_text(level) for level in self.levels) + unit
        low, high = self.bounds
        text = f"{number_text(low)} to {number_text(high)}{unit}"
        if self.per_decade is not None:
            return f"{text}, {self.per_decade} per decade"
        return text if self.step is None else f"{text} in steps of {number_text(float(self.step))}"

    def problems_with(self, value: object, where: str, *, on_grid: bool) -> list[Problem]:
        """What is wrong with a value of this factor.

        Args:
            value: number [unit] or category.
            where: place for the message.
            on_grid: True for a proposal, which must be a set-point; False for a setting really
                used, which is a fact even outside the range. An unknown category, a value that
                is no finite number and one without a logarithm that is needed are refused in both.

        Returns:
            No problem or one.
        """
        if self.categories is not None:
            if isinstance(value, str) and value in self.categories:
                return []
            guess = suggestion(value, self.categories) if isinstance(value, str) else None
            what = f"no category of {self.name}"
            return [Problem(where, what, str(value), self.allowed, guess)]
        number = _finite(value)
        if isinstance(number, str):
            return [Problem(where, number, str(value), self.allowed)]
        if self.off_scale(number):
            what = "not above 0, and the factor is on a logarithmic scale"
            return [Problem(where, what, self.with_unit(number), self.allowed)]
        return self._off_set_point(number, where) if on_grid else []

    def _off_set_point(self, value: float, where: str) -> list[Problem]:
        found = self.with_unit(value)
        if not self.bounds[0] <= value <= self.bounds[1]:
            return [Problem(where, "outside the range", found, self.allowed)]
        if self.levels is not None and value not in self.levels:
            return [Problem(where, "not one of the levels", found, self.allowed)]
        below, above = self.grid.around(value) if self.grid is not None else (value, value)
        if below != above:
            nearest = f"{number_text(below)} or {self.with_unit(above)}"
            return [Problem(where, "between two steps", found, nearest)]
        return []


@dataclass(frozen=True)
class Given:
    """Known before a run but not chosen: coat weight of the incoming coil, humidity.

    Attributes:
        name: its name.
        unit: unit of its numbers; None for none.
        low: lowest expected value [unit].
        high: highest expected value [unit].
        was: value before an amendment added this given, for the runs made until then.
    """

    name: str
    unit: str | None
    low: float
    high: float
    was: float | None = None
    is_categorical: ClassVar[bool] = False

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest expected value [unit]."""
        return self.low, self.high

    @cached_property
    def scale(self) -> SettingScale:
        """What its values are compared on."""
        return SettingScale(self.low, self.high)

    @property
    def allowed(self) -> str:
        """What is expected, in words."""
        return f"{number_text(self.low)} to {quantity_text(self.high, self.unit)}"

    def problems_with(self, value: object, where: str, *, on_grid: bool = False) -> list[Problem]:
        """What is wrong with a value; out of range only with ``on_grid`` (a plan's given)."""
        number = _finite(value)
        if isinstance(number, str):
            return [Problem(where, number, str(value), self.allowed)]
        if on_grid and not self.low <= number <= self.high:
            found = quantity_text(number, self.unit)
            return [Problem(where, "outside the range", found, self.allowed)]
        return []


def _finite(value: object) -> float | str:
    """The value as a finite number, or why it is none."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return "not a number"
    return float(value) if math.isfinite(value) else "not a finite number"


def quantity_text(value: Setting, unit: str | None = None) -> str:
    """``56.5 wt%`` without float noise; the unit ``1`` is left out."""
    text = value if isinstance(value, str) else number_text(value)
    return text if unit is None or unit == "1" else f"{text} {unit}"
