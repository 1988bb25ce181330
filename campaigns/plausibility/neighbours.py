"""Where a result may be expected from results at settings nearby, without any model.

Sizes are compared on the decimal logarithm. The expectation is the mean of the nearest results,
weighted by closeness; its spread grows with the distance by the steepest change that the results
themselves show, and with how badly they foretell each other. That is enough to tell a slip of the
decimal point from a far corner of the region, and needs no more than some thousand additions.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import Factor, Given, Setting
from designer.campaigns.specification.parts import Response
from designer.campaigns.values.usual import is_computable

# Assumptions, checked by tests/benchmarks/entry_slips.py
FEWEST = 2
"""Results from which on they tell what is usual."""
_NEAREST = 5  # results an expectation is made of
_NOISE = 0.06  # decades by which equal recipes may differ
_SOME = 24  # results that tell how steep the response is
_APART = 0.1  # least distance of a pair that tells it
_SAME = 0.02  # distance of settings that are about the same
_STEEP = 0.8  # share of the pairs that are less steep
_FEW = 6  # below this many results the steepness is hardly known …
_UNKNOWN_SLOPE = 0.6  # … and this is its least value [decades per range],
_UNKNOWN_SLOPE_WIDE = 2.0  # … or this, of a response that varies over decades
_LEAST_SLOPE = 0.2  # of any response
_WIDEST = 0.45  # spread of what three results foretell of any other, at the most [decades];
_AGREEING, _SHARE = 0.08, 0.8  # between them it is this much, and this share of their range
_BEYOND = 0.2  # beyond them all it is at least this, and twice their range
_CATEGORY = 0.25  # squared distance of two categories [ranges]
NEAR_ROWS = 8
"""Rows of earlier lines that are compared: those at the nearest settings (assumption)."""
_ROWS = 1000  # rows of earlier lines among which the nearest are looked for
_TYPICAL_WORST = 1.5  # standard deviations by which the worst results foretell each other


@dataclass(frozen=True, slots=True)
class Expected:
    """Where the size of a result is expected, on the decimal logarithm.

    Attributes:
        center: logarithm of the expected size.
        spread: one standard deviation [decades].
        low: least of the results it was made of [their unit].
        high: greatest of them.
    """

    center: float
    spread: float
    low: float
    high: float

    def off(self, size: float) -> float:
        """Standard deviations between the logarithm of a size and the expected one."""
        return (size - self.center) / self.spread


@dataclass(slots=True)
class Measured:
    """A result, not 0, and where it comes from.

    Attributes:
        value: the result.
        recipe: settings of factors and of givens.
        run: the own run that was measured; None: it is of an earlier line.
        came: when it came in, equal for results that came together.
    """

    value: float
    recipe: tuple[Mapping[str, Setting], Mapping[str, float]]
    run: Run | None = None
    came: str | None = None

    @property
    def settings(self) -> Mapping[str, Setting]:
        """Settings of factors and givens together."""
        return {**self.recipe[0], **self.recipe[1]}

    @property
    def size(self) -> float:
        """Decimal logarithm of its size."""
        return math.log10(abs(self.value))


@dataclass
class Neighbours:
    """Results that are compared with each other; each is called by its place among them.

    Attributes:
        inputs: factors and givens of the campaign.
        results: all of one sign.
    """

    inputs: Sequence[Factor | Given]
    results: Sequence[Measured]
    _squares: dict[tuple[int, int], float] = field(default_factory=dict, init=False)

    def expected(self, result: int, among: Sequence[int], *, wide: bool) -> Expected | None:
        """What one result should be like by some others; None: too little is known.

        Args:
            result: place of the result.
            among: places of the others.
            wide: whether they may vary over decades.
        """
        if len(among) < FEWEST:
            return None
        some = among[:: max(1, len(among) // _SOME)]
        slope = self._slope(some, wide=wide)
        found = self._mean(result, among, slope)
        if len(some) > FEWEST:
            off = sorted(
                abs(self._mean(one, [k for k in some if k != one], slope).off(self._size(one)))
                for one in some
            )
            worst = off[-1 - len(off) // 10] / _TYPICAL_WORST
        else:
            worst = 1.0
        spread = found.spread * max(1.0, worst)
        if not wide and len(among) > FEWEST:
            spread = min(spread, self._widest(result, some))
        return Expected(found.center, spread, found.low, found.high)

    def nearest(self, result: int, among: Sequence[int]) -> list[int]:
        """Which of some others have the settings nearest to those of a result."""
        least = min(self._square(result, other) for other in among)
        return [other for other in among if self._square(result, other) <= least]

    def has_replicate(self, result: int, among: Sequence[int]) -> bool:
        """Whether one of some others has about the settings of a result."""
        return any(self._square(result, other) < _SAME**2 for other in among)

    def _mean(self, result: int, among: Sequence[int], slope: float) -> Expected:
        near = heapq.nsmallest(_NEAREST, ((self._square(result, k), k) for k in among))
        spreads = [_NOISE**2 + slope**2 * square for square, _ in near]
        total = math.fsum(1 / spread for spread in spreads)
        pairs = zip(near, spreads, strict=True)
        center = math.fsum(self._size(k) / spread for (_, k), spread in pairs) / total
        values = [self.results[k].value for _, k in near]
        return Expected(center, math.sqrt(min(spreads)), min(values), max(values))

    def _widest(self, result: int, some: Sequence[int]) -> float:
        """Spread of what results that agree foretell, at the most; less where it is among them."""
        extent = max(self._square(one, other) for one in some for other in some)
        sizes = [self._size(one) for one in some]
        varied = max(sizes) - min(sizes)
        if min(self._square(result, one) for one in some) > extent:
            return min(_WIDEST, _BEYOND + 2 * varied)
        return min(_WIDEST, _AGREEING + _SHARE * varied)

    def _slope(self, some: Sequence[int], *, wide: bool) -> float:
        """Decades per range of a factor that results change by, at the most."""
        found = []
        for number, one in enumerate(some):
            for other in some[:number]:
                apart = math.sqrt(self._square(one, other))
                if apart >= _APART:
                    found.append(abs(self._size(one) - self._size(other)) / apart)
        steep = sorted(found)[int(_STEEP * len(found))] if found else 0.0
        unknown = _UNKNOWN_SLOPE_WIDE if wide else _UNKNOWN_SLOPE
        return max(steep, unknown if len(some) < _FEW else _LEAST_SLOPE)

    def _size(self, result: int) -> float:
        return self.results[result].size

    def _square(self, one: int, other: int) -> float:
        """Squared distance of two results."""
        pair = (one, other) if one < other else (other, one)
        square = self._squares.get(pair)
        if square is None:
            here, there = self.results[pair[0]].settings, self.results[pair[1]].settings
            square = self._squares[pair] = distance(self.inputs, here, there)
        return square


def distance(
    inputs: Sequence[Factor | Given], one: Mapping[str, Setting], other: Mapping[str, Setting]
) -> float:
    """Squared distance of settings in shares of the ranges; what is not recorded says nothing."""
    total = 0.0
    for item in inputs:
        here, there = one.get(item.name), other.get(item.name)
        if here is None or there is None:
            continue
        if isinstance(here, str) or isinstance(there, str):
            total += _CATEGORY * (here != there)
        else:
            total += item.scale.apart(here, there) ** 2
    return total if math.isfinite(total) else math.inf


def near_results(
    state: CampaignState, response: Response, settings: Mapping[str, Setting]
) -> list[float]:
    """Results of the earlier lines in use at the settings nearest to those of a run."""
    spec = state.spec
    if not spec.uses_history(response):
        return []
    rows = [
        row for line in state.used_lines for row in line.rows if row.responses.get(response.name)
    ]
    some = rows[:: max(1, len(rows) // _ROWS)]
    nearest = heapq.nsmallest(
        NEAR_ROWS,
        some,
        key=lambda row: distance(spec.inputs, settings, {**row.settings, **row.given}),
    )
    found = [value for row in nearest for value in row.responses[response.name]]
    return [value for value in found if is_computable(value)]
