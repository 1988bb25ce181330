"""How large values of a quantity usually are, and which ones look like another unit or scale.

Sizes are compared on the logarithm, whatever the sign: a line in millimetres is a thousandth of
one in micrometres. Judged are whole groups of values (an earlier line, the results of a run), by
how far their bulk lies off the usual range and whether a unit, or a power of ten, closes the gap.
Ordinary differences between lines (a factor of 5) are never remarked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from designer.campaigns.errors import InputError
from designer.campaigns.values.numbers import number_text
from designer.campaigns.values.quantity import usual_units
from designer.campaigns.values.units import convert, is_share

# Assumptions, chosen for few false alarms: see `other_scale`
ORDINARY: Final = 5.0
"""Lines may differ by this factor without a remark."""
_MANY: Final = 3  # fewer values than this do not show how far they vary …
_PAD: Final = 2.0  # … so their range is taken to be this many times wider,
_PAD_LOG: Final = 3.0  # … or this, on a logarithmic scale
_BULK: Final = 0.1  # share of the values at either end that may be typing errors
_SMALL_STEP: Final = 30.0  # conversions below this factor have to fit better
_FITS: Final = math.sqrt(10.0)  # how far off the usual size after conversion …
_FITS_WELL: Final = 2.0  # … by a smaller factor
_CALM: Final = 4.0  # factor within which the bulk of a quantity that varies little lies
_GAP: Final = 0.5  # share of the conversion, on the logarithm, that must be a gap
_GAP_LOG: Final = 0.65  # … of a quantity that varies over decades
_OPEN: Final = 10.0  # least gap to a limit that tells one side only
_FAR_FROM_WANTED: Final = 100.0  # least gap to a window where no unit explains it
_RARE: Final = 0.05  # share of results ≤ 0 up to which, and a single one, a log scale stands
LARGEST: Final = 1e30
"""No measurement is larger in any unit (or smaller than its inverse); powers stay finite."""
POWERS: Final = (-6, -4, -3, -2, 2, 3, 4, 6)
"""Powers of ten by which whole groups of values are off without any unit that explains it."""


@dataclass(frozen=True, slots=True)
class Usual:
    """Usual sizes of a quantity [its unit], without sign.

    Attributes:
        low: least usual size; 0: nothing is too small.
        typical: size in the middle.
        high: greatest usual size; infinite: nothing is too large.
        sign: 1 or -1 where all values have it, else 0.
        gap: least factor by which values must lie off this range to be doubted.
        wanted: whether it is what somebody wants, not what was found.
    """

    low: float
    typical: float
    high: float
    sign: int
    gap: float = 1.0
    wanted: bool = False

    @classmethod
    def of_values(cls, values: Sequence[float], *, log: bool = False) -> Usual | None:
        """Bulk of the sizes of some values; None where all of them are 0 or there are none.

        Args:
            values: finite numbers in one unit.
            log: whether the quantity varies over decades.
        """
        sizes = sorted(abs(value) for value in values if value != 0)
        if not sizes:
            return None
        middle = sizes[len(sizes) // 2]
        if min(values) < 0 < max(values):  # around zero any smaller size is usual, too
            return cls(middle, middle, sizes[-1], 0)
        cut = int(_BULK * len(sizes))
        pad = 1.0 if len(sizes) >= _MANY else _PAD_LOG if log else _PAD
        low, high = sizes[cut] / pad, sizes[-1 - cut] * pad
        return cls(low, middle, high, 1 if max(values) > 0 else -1)

    @classmethod
    def of_window(cls, window: tuple[float, float]) -> Usual | None:
        """Sizes inside an acceptance window; None where it tells no size.

        Args:
            window: its ends, perhaps infinite.
        """
        ends = [end for end in window if math.isfinite(end) and end != 0]
        if not ends or (len(ends) == 2 and ends[0] < 0 < ends[1]):
            return None
        sizes = sorted(map(abs, ends))
        sign = 1 if ends[-1] > 0 else -1
        if len(ends) == 2:
            return cls(sizes[0], math.sqrt(sizes[0]) * math.sqrt(sizes[1]), sizes[1], sign, 1, True)
        outward = math.isinf(window[1]) if sign > 0 else math.isinf(window[0])
        low, high = (sizes[0], math.inf) if outward else (0.0, sizes[0])
        return cls(low, sizes[0], high, sign, _OPEN, True)


SHARE: Final = Usual(low=10.0, typical=30.0, high=100.0, sign=1)
"""Percentages where nothing is known but what is possible: all of them below 1 are doubted."""


def holds_shares(unit: str | None, possible: tuple[float, float] | None) -> bool:
    """Whether what is possible of a response holds all usual percentages."""
    low, high = possible or (math.inf, 0.0)
    return is_share(unit) and low <= SHARE.low and high >= SHARE.high


@dataclass(frozen=True, slots=True)
class ScaleDoubt:
    """Values that look like another unit or scale.

    Attributes:
        ratio: their typical size over the usual one.
        factor: number that would bring them to the usual size.
        unit: unit they would then be in; None: no usual unit explains it.
    """

    ratio: float
    factor: float
    unit: str | None

    @property
    def size(self) -> str:
        """``about 1/100 of``, ``about 1000 times``: what they are beside the usual values."""
        if self.factor >= 1:
            return f"about 1/{_short(self.factor)} of"
        return f"about {_short(1 / self.factor)} times"

    @property
    def guess(self) -> str:
        """What they may be, to be put before a question mark."""
        if self.unit is None and 0.05 < self.factor < 20:
            return "a slip of the decimal point"
        words = {None: "another unit", "1": "a fraction", "%": "a percentage"}
        return words.get(self.unit, f"in {self.unit}")


def _short(number: float) -> str:
    """Three digits, in full: ``1000``."""
    return number_text(float(f"{number:.3g}"))


def is_calm(values: Sequence[float]) -> bool:
    """Whether some values, enough to tell, vary by a small factor alone."""
    usual = Usual.of_values(values)
    return usual is not None and len(values) >= _MANY and usual.high <= _CALM * usual.low


def agrees(values: Usual, usual: Usual) -> bool:
    """Whether values are of the usual size, as far as lines and runs ordinarily differ."""
    apart = max(usual.low / values.high, values.low / usual.high)
    ratio = values.typical / usual.typical
    return apart <= 1 or 1 / ORDINARY <= ratio <= ORDINARY


def other_scale(
    values: Usual,
    usual: Usual,
    unit: str | None,
    *,
    possible: tuple[float, float] | None = None,
    log: bool = False,
    calm: bool = False,
) -> ScaleDoubt | None:
    """Say whether values look as if they were in another unit than declared.

    A unit that measures the same, or a power of ten from 100 on, must bring their typical size to
    the usual one, and most of the factor must be an empty gap between the two ranges, so that
    values which only vary much are not doubted. pint is loaded for values that are far off alone.

    Args:
        values: sizes of the values in question.
        usual: sizes of what is known to be right.
        unit: declared unit of both.
        possible: limits of what can be; no conversion may lead outside.
        log: whether the quantity varies over decades.
        calm: whether both are known to vary little: then a power of ten is one from 10 on.
    """
    if agrees(values, usual) or values.sign * usual.sign < 0:
        return None
    gap = max(usual.low / values.high, values.low / usual.high)
    if gap < usual.gap:
        return None
    ratio = values.typical / usual.typical
    if not 0 < ratio < math.inf:  # out of reach of the numbers themselves
        return None
    found: list[tuple[bool, float, ScaleDoubt]] = []
    powers = () if log and usual.wanted else (*POWERS, -1, 1) if calm else POWERS
    for name, factor in conversions(values.typical, unit, powers):
        ends = [(values.sign or 1) * factor * end for end in (values.low, values.high)]
        inside = possible is None or (possible[0] <= min(ends) and max(ends) <= possible[1])
        step = max(factor, 1 / factor)
        off = abs(math.log(ratio) + math.log(factor))
        fits = math.log(_FITS_WELL if step < _SMALL_STEP else _FITS)
        needed = step ** (_GAP_LOG if log else _GAP)
        if name is None and usual.wanted:
            needed = max(needed, _FAR_FROM_WANTED)
        if inside and off <= fits and gap >= needed:
            found.append((name is None, off, ScaleDoubt(ratio, factor, name)))
    return min(found, key=lambda each: each[:2])[-1] if found else None


def conversions(
    size: float, unit: str | None, powers: Sequence[int] = ()
) -> list[tuple[str | None, float]]:
    """Units a number may be in, each with the factor to the declared one; then powers of ten.

    Args:
        size: typical number; where a unit has another zero, the factor is that of this number.
        unit: declared unit.
        powers: exponents of ten that may have slipped in without any unit.
    """
    found: list[tuple[str | None, float]] = []
    for name in usual_units(unit):
        try:
            factor = convert(size, name, unit or "1") / size
        except (InputError, OverflowError):
            continue
        if factor > 0 and not math.isclose(factor, 1.0):
            found.append((name, factor))
    return [*found, *((None, 10.0**power) for power in powers)]


def is_computable(value: float) -> bool:
    """Whether models can compute with a result: 0, or of a size whose powers stay in float64."""
    return value == 0 or 1 / LARGEST <= abs(value) <= LARGEST


def unusable(values: Sequence[float], own: Sequence[bool], *, log: bool) -> list[bool]:
    """Which results no model can use.

    Those that are no size of a measurement in any unit; on a logarithmic scale also what is not
    positive (a broken contact conducts nothing) while the scale stands. It does for a single such
    result or a few in a hundred; it becomes linear where most results are not positive, all of
    them or the own ones.

    Args:
        values: all results of a response.
        own: which of them were measured on the campaign's own line.
        log: whether it is modelled on a logarithmic scale.
    """
    odd = [not is_computable(value) for value in values]
    if not log:
        return odd
    low = [value <= 0 and not strange for value, strange in zip(values, odd, strict=True)]
    of_own = [below for below, here in zip(low, own, strict=True) if here]
    many = sum(low) > max(1.0, _RARE * len(values)) or 2 * sum(low) > len(values)
    if many or (sum(of_own) > 1 and 2 * sum(of_own) > len(of_own)):
        return odd
    return [strange or below for strange, below in zip(odd, low, strict=True)]
