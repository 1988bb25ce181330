"""What one result can be compared with, and what the comparisons say together."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.neighbours import (
    NEAR_ROWS,
    Measured,
    Neighbours,
    near_results,
)
from designer.campaigns.plausibility.predicted import deviations
from designer.campaigns.specification.parts import Response
from designer.campaigns.values.usual import (
    ScaleDoubt,
    Usual,
    conversions,
    other_scale,
)
from designer.render.figures import figure_text

# Assumptions, checked by tests/benchmarks/entry_slips.py
_FAR = 4.0  # standard deviations off what is expected …
_FAR_RATIO = 4.0  # … and factor, from which on a result is doubted
_FITS = 2.0  # standard deviations off after the conversion
_FITS_ABOUT = 3.0  # … after one of the factors below: units are of about the same size
_FACTORS = (*(10.0**power for power in range(-6, 7) if power), 25.4, 1 / 25.4, 60.0, 1 / 60)
_ENOUGH = 3  # results that tell what is beyond them all
_ROWS = 200  # results that are compared with, of more
_SAME_SIZE = 0.7  # decades by which results of about the same size differ
_IN_PLACE = 2.0  # standard deviations of a result that is where it is expected
_KNOWN = 0.35  # decades: a wider expectation finds nothing in place
_STEP = 5.0  # factor between results that lead from one size to another
_DECADES = 100.0  # factor between results from which on any size between them is possible
_CLEAR = 30.0  # conversion from which on a window stands against all own results
_SLIPS = (-1, 1, -2, 2, -3, 3)  # powers of ten that slip in without a unit that explains them
_NEAR_POWER = 0.12  # decades around a power of ten that are told as that power
_AS_LINES = 2.0  # factor around the nearest rows of lines that is as they say


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubt, beside what, and whether other results of the response alone speak for it."""

    doubt: ScaleDoubt
    beside: str
    by_others: bool = False

    @property
    def off_power(self) -> float:
        """Decades between what the slip explains and what was expected."""
        return abs(math.log10(self.doubt.ratio * self.doubt.factor))

    @property
    def clause(self) -> str:
        """``is about 1/100 of the window: a fraction?``."""
        doubt = self.doubt
        if doubt.unit is None and self.off_power > _NEAR_POWER:
            side = "below" if doubt.ratio < 1 else "above"
            return f"is far {side} {self.beside}: another unit, or a slip of the point?"
        return f"is {doubt.size} {self.beside}: {doubt.guess}?"


_Opinion = Doubt | bool | None
"""A doubt; True: in place; None: nothing can be said."""


@dataclass
class Comparisons:
    """Compares results of one response.

    Attributes:
        state: the campaign.
        response: the response.
        results: results, none 0 and all of one sign; those of earlier lines are compared with each
            other alone.
    """

    state: CampaignState
    response: Response
    results: Sequence[Measured]

    def doubt(self, place: int, among: Sequence[int], *, wide: bool) -> Doubt | None:
        """What a result looks like; None where it is in place, or nothing explains it.

        Args:
            place: of the result among all.
            among: places of others that are believed.
            wide: whether they vary over decades.
        """
        result, own = self.results[place], self._by_others(place, among, wide=wide)
        if result.run is None:
            return own if isinstance(own, Doubt) else None
        window = self._by_window(result)
        levels = [abs(self.results[k].value) for k in among]
        if isinstance(window, Doubt) and self._is_clear(window.doubt, result, levels):
            return window
        plan = self._by_plan(result.run, result)
        many = len(levels) >= _ENOUGH
        if many and (self.response.log_scale or _is_among(abs(result.value), levels)):
            window = None  # a wish is no measurement
        if own is True or plan is True or (window is True and not isinstance(plan, Doubt)):
            return None
        doubts = [each for each in (own, plan, window) if isinstance(each, Doubt)]
        nothing_else = own is plan is window is None
        if nothing_else or doubts == [own]:  # the rows of lines may be many
            lines = self._by_lines(result)
            if lines is True:
                return None
            if isinstance(lines, Doubt) and nothing_else and not self.are_several(result):
                doubts = [lines]
        if not doubts or (doubts == [own] and self._is_known(place, among)):
            return None
        beside = " and ".join(each.beside for each in doubts)
        return replace(doubts[0], beside=beside, by_others=doubts == [own])

    def is_suspect(self, place: int) -> bool:
        """Whether the prediction of its plan or the window speak against a result; cheap."""
        result = self.results[place]
        if result.run is None:
            return False
        size, (low, high) = abs(result.value), self._clear
        if not low < size < high:
            return True
        predicted = result.run.prediction(self.response.name)
        mean = abs(predicted["mean"]) if predicted else 0.0
        if mean == 0 or mean / _FAR_RATIO < size < mean * _FAR_RATIO:
            return False
        off = deviations(self.response, predicted, [result.value])
        return off is not None and abs(off) >= _FAR

    def is_expected(self, place: int) -> bool:
        """Whether the prediction of its plan or the window find a result in place."""
        result = self.results[place]
        of_plan = None if result.run is None else self._by_plan(result.run, result)
        return of_plan is True or self._by_window(result) is True

    def doubt_beside(self, place: int, among: Sequence[int]) -> Doubt | None:
        """What a result looks like beside some others alone."""
        found = self._by_others(place, among, wide=False)
        return found if isinstance(found, Doubt) else None

    def is_in_place(self, place: int, among: Sequence[int]) -> bool:
        """Whether a result is as others at settings nearby are, also as those that are doubted."""
        return self._by_others(place, among, wide=True) is True

    def is_usual(self, place: int) -> bool:
        """Whether other results at settings nearby are alike, whatever was predicted."""
        others = [other for other in range(len(self.results)) if other != place]
        return self.is_in_place(place, others[:: max(1, len(others) // _ROWS)])

    def _is_known(self, place: int, among: Sequence[int]) -> bool:
        """Whether a response over decades was of that size elsewhere, though not right there."""
        size, levels = abs(self.results[place].value), [abs(self.results[k].value) for k in among]
        over_decades = max(levels, default=1.0) / min(levels, default=1.0) >= _DECADES
        there = any(size / _STEP <= level <= size * _STEP for level in levels)
        return over_decades and there and not self._neighbours.has_replicate(place, among)

    def are_several(self, result: Measured) -> bool:
        """Whether own results agree about a size: then it is the lines that are off, or all."""
        size = result.size
        near = (other for other in self.sizes if abs(other - size) <= _SAME_SIZE)
        return len([*islice(near, _ENOUGH)]) == _ENOUGH

    def is_apart(self, place: int, some: Collection[int], among: Sequence[int]) -> bool:
        """Whether the nearest of other results, by its settings, is one of some."""
        nearest = self._neighbours.nearest(place, [other for other in among if other != place])
        return all(other in some for other in nearest)

    def _is_clear(self, doubt: ScaleDoubt, result: Measured, levels: Sequence[float]) -> bool:
        """Whether the window alone decides: results of that size are wrong, however many.

        Not where results lie between, so that the response may well reach that far.
        """
        both = all(map(math.isfinite, self.response.window or (math.nan,)))
        far = max(doubt.factor, 1 / doubt.factor) >= _CLEAR
        size = abs(result.value)
        between = any(size / _STEP < level < size * _STEP for level in levels)
        return both and far and not self.response.log_scale and not between

    @cached_property
    def sizes(self) -> Sequence[float]:
        """Decimal logarithm of the size of every result."""
        return [result.size for result in self.results]

    @cached_property
    def _neighbours(self) -> Neighbours:
        return Neighbours(self.state.spec.inputs, self.results)

    def _by_others(self, place: int, among: Sequence[int], *, wide: bool) -> _Opinion:
        """Beside the other results, those at settings nearby above all."""
        result, expected = self.results[place], self._neighbours.expected(place, among, wide=wide)
        if expected is None:
            return None
        off = expected.off(result.size)
        if abs(off) <= _IN_PLACE and expected.spread <= _KNOWN:
            return True
        values = [self.results[k].value for k in among]
        doubt = None
        if abs(off) >= _FAR:
            doubt = self._explained(
                result, 10**expected.center, lambda size: expected.off(math.log10(size))
            )
        if doubt is None and not self.response.log_scale and len(values) >= _ENOUGH:
            doubt = self._beyond_all(result, values)
        if doubt is None:
            return None
        whose = "its" if result.run is None else "your"
        low, high, words = min(values), max(values), f"{whose} other results"
        if low <= result.value <= high:
            low, high, words = expected.low, expected.high, f"{whose} results near these settings"
        return Doubt(
            doubt, f"{words} ({figure_text(low, 3)} to {figure_text(high, 3)})", by_others=True
        )

    def _beyond_all(self, result: Measured, values: Sequence[float]) -> ScaleDoubt | None:
        """The unit a result may be in that no distance to the others excuses."""
        sizes, usual = Usual.of_values([result.value]), Usual.of_values(values)
        return None if sizes is None or usual is None else self._other_scale(sizes, usual)

    def _by_plan(self, run: Run, result: Measured) -> _Opinion:
        """Beside what was predicted when the run was planned."""
        predicted = run.prediction(self.response.name)
        if predicted is None or not predicted.get("sd_result"):
            return None
        mean = float(predicted["mean"])
        if mean * result.value <= 0:
            return None

        def off(size: float) -> float:
            return deviations(self.response, predicted, [math.copysign(size, mean)]) or 0.0

        far = abs(off(abs(result.value)))
        if far <= _IN_PLACE and min(abs(off(abs(10 * mean))), abs(off(abs(mean / 10)))) > _FITS:
            return True
        doubt = None if far < _FAR else self._explained(result, abs(mean), off)
        return None if doubt is None else Doubt(doubt, f"its prediction ({figure_text(mean, 3)})")

    def _explained(
        self, result: Measured, typical: float, off: Callable[[float], float]
    ) -> ScaleDoubt | None:
        """The unit or power of ten that would bring a result where it is expected.

        Args:
            result: far off.
            typical: size that is expected.
            off: standard deviations of a size.
        """
        size, limits = abs(result.value), self.response.possible
        ratio = size / typical
        if 1 / _FAR_RATIO < ratio < _FAR_RATIO:
            return None
        if not any(abs(off(size * factor)) <= _FITS_ABOUT for factor in _FACTORS):
            return None  # before pint is loaded
        found: list[tuple[bool, float, ScaleDoubt]] = []
        for unit, factor in conversions(size, self.response.unit, _SLIPS):
            meant = factor * result.value
            possible = limits is None or limits[0] <= meant <= limits[1]
            away = abs(off(abs(meant)))
            if possible and away <= _FITS:
                found.append((unit is None, away, ScaleDoubt(ratio, factor, unit)))
        return min(found, key=lambda each: each[:2])[-1] if found else None

    def _by_window(self, result: Measured) -> _Opinion:
        """Beside the acceptance window."""
        usual, sizes = self._window, Usual.of_values([result.value])
        if usual is None or sizes is None or not 0 < usual.low <= usual.high < math.inf:
            return None  # beyond one end anything may be measured
        ends = self.response.window
        if ends is not None and ends[0] <= result.value <= ends[1] and usual.gap == 1:
            return True
        doubt = self._other_scale(sizes, usual)
        return None if doubt is None else Doubt(doubt, "the window")

    def _by_lines(self, result: Measured) -> _Opinion:
        """Beside the rows of earlier lines at the nearest settings."""
        near = near_results(self.state, self.response, result.settings)
        sizes = Usual.of_values([result.value])
        usual = Usual.of_values(near, log=self.response.log_scale)
        if usual is None or sizes is None:
            return None
        low, high, sign = min(near), max(near), math.copysign(1.0, result.value)
        sizes_near = sorted(sign * value for value in near)
        inner = sizes_near[1:-1] if len(near) >= NEAR_ROWS else sizes_near  # a line has slips, too
        ends = inner[0], inner[-1]
        if ends[0] > 0 and ends[0] / _AS_LINES <= abs(result.value) <= ends[1] * _AS_LINES:
            return True
        doubt = self._other_scale(sizes, usual)
        beside = (
            f"the earlier lines near its settings ({figure_text(low, 3)} to {figure_text(high, 3)})"
        )
        return None if doubt is None else Doubt(doubt, beside)

    def _other_scale(self, sizes: Usual, usual: Usual) -> ScaleDoubt | None:
        log, limits = self.response.log_scale, self.response.possible
        return other_scale(sizes, usual, self.response.unit, possible=limits, log=log)

    @cached_property
    def _clear(self) -> tuple[float, float]:
        """Sizes beyond which the window alone speaks against a result."""
        usual = self._window
        return (-1.0, math.inf) if usual is None else (usual.low / _CLEAR, usual.high * _CLEAR)

    @cached_property
    def _window(self) -> Usual | None:
        return None if self.response.window is None else Usual.of_window(self.response.window)


def _is_among(size: float, levels: Sequence[float]) -> bool:
    """Whether a size lies within a small factor of the range of others."""
    return min(levels) / _STEP <= size <= max(levels) * _STEP
