"""Which values each factor may take in a plan, exactly.

A stepped factor offers the nearest floats of ``low + k·step`` taken in decimals; so does a
continuous one, on a decimal grid of a thousandth of its range or somewhat finer: a dial is read
to three or four digits, and what is stored is what is shown. On a logarithmic scale a continuous
one has a thousand settings equally far apart, in as few digits as tell them apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from designer.campaigns.values.numbers import decimals_of, whole
from designer.models.arrays import FloatArray, IntArray

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Factor, Setting

SIGNIFICANT = 3  # decimals of the range a continuous setting is rounded to (assumption)
_FINE = 10**SIGNIFICANT  # parts of the range of a continuous setting on a logarithmic scale


@dataclass(frozen=True, eq=False)
class Levels:
    """A factor with a list of values.

    Attributes:
        name: name of the factor.
        values: numbers in ascending order (declared unit) or names of categories, ``[m]``.
        endless: the factor is continuous, and the list stands for what its dial can show.
    """

    name: str
    values: np.ndarray[Any, Any]
    endless: bool = False

    def __len__(self) -> int:
        return len(self.values)

    @property
    def decimals(self) -> int:
        """Decimals needed to write every value (numbers only)."""
        return decimals_of(*self.values.tolist())


@dataclass(frozen=True)
class Continuum:
    """A continuous factor: the multiples of ``10**-decimals`` within its bounds.

    Attributes:
        name: name of the factor.
        low: smallest multiple.
        high: largest multiple.
        decimals: negative for coarse grids (``-2``: hundreds).
    """

    name: str
    low: int
    high: int
    decimals: int

    def __len__(self) -> int:
        return self.high - self.low + 1


FactorValues = Levels | Continuum


def floats(multiples: IntArray, decimals: int) -> FloatArray:
    """Nearest floats of ``multiples · 10**-decimals`` (one correctly rounded division)."""
    if decimals < 0:
        return np.asarray(multiples * 10**-decimals, dtype=np.float64)
    return np.asarray(multiples / 10.0**decimals, dtype=np.float64)


def multiples(values: Iterable[float], decimals: int) -> IntArray:
    """The whole numbers ``values · 10**decimals``, exact for values with so many decimals."""
    return np.array([whole(float(value), decimals) for value in values], dtype=np.int64)


def levels_of(factor: Factor, fixed: Setting | None = None) -> FactorValues:
    """The values of one factor, or only the fixed one."""
    if fixed is not None:
        value = fixed if isinstance(fixed, str) else float(fixed)
        return Levels(factor.name, np.array([value]))
    values = factor.values()
    if values is None and factor.log_scale:
        return _fine_levels(factor)
    if values is None:
        return _continuum(factor.name, *factor.bounds)
    if factor.is_categorical:
        return Levels(factor.name, np.array(values, dtype=np.str_))
    return Levels(factor.name, np.unique(np.array(values, dtype=np.float64)))


def _continuum(name: str, low: float, high: float) -> FactorValues:
    if not high > low:
        return Levels(name, np.array([float(low)]))
    decimals = SIGNIFICANT - math.floor(math.log10(high - low))
    smallest = math.ceil(Decimal(str(low)).scaleb(decimals))
    largest = math.floor(Decimal(str(high)).scaleb(decimals))
    return Continuum(name, smallest, largest, decimals)


def _fine_levels(factor: Factor) -> Levels:
    """Settings equally far apart on the logarithm; the ends of the range as they are."""
    low, high = factor.bounds
    places = np.linspace(0.0, 1.0, _FINE + 1)[1:-1]
    ratio = (high / low) ** (1.0 / _FINE) - 1.0 if high / low < math.inf else 1.0
    digits = max(SIGNIFICANT, 1 - math.floor(math.log10(min(max(ratio, 1e-15), 0.1))))
    inner = [float(f"{value:.{digits - 1}e}") for value in factor.scale.at(places)]
    inside = [value for value in inner if low < value < high]
    return Levels(factor.name, np.unique([low, *inside, high]), endless=True)
