"""Whole sets of results in another unit: two units of one response, fractions for percentages.

Where a few results are in another unit the others speak against them; where half of them are,
nobody is believed more. Two groups of sizes that a unit explains, at the same settings, are told
all the same: a response that jumps has its groups at settings of their own.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Sequence

from designer.campaigns.plausibility.comparisons import Comparisons, Doubt
from designer.campaigns.values.usual import SHARE, Usual, holds_shares, other_scale

# Assumptions, checked by tests/benchmarks/entry_slips.py
_FEWEST = 3  # results of a group
_GAP = 0.8  # decades between the groups, at least …
_WIDER = 2.0  # … and this many times what each of them spans
_MANY_MORE = 3  # times as many came later: then the first ones are odd
_MIXED = 0.65  # of the neighbours of another group that chance brings
_SURE = 0.15  # decades by which the unit misses, as a rule
_ALIKE = 3  # results that look alike; fewer tell nothing


def mixed_units(comparisons: Comparisons, places: Sequence[int]) -> dict[int, Doubt]:
    """Doubts about one of two groups of results: that off the window, or that came later.

    Args:
        comparisons: of the results, in the order they came.
        places: those that are looked at.
    """
    groups = _two_groups(comparisons, places)
    if groups is None:
        return {}
    odd, usual = _odd_and_usual(comparisons, groups)
    if not _are_mixed(comparisons, odd, usual):
        return {}
    doubts = {place: comparisons.doubt_beside(place, usual) for place in odd}
    found = {place: doubt for place, doubt in doubts.items() if doubt is not None}
    if len(found) < len(odd) / 2:
        return {}
    return found if statistics.median(d.off_power for d in found.values()) <= _SURE else {}


def _two_groups(
    comparisons: Comparisons, places: Sequence[int]
) -> tuple[list[int], list[int]] | None:
    """The results below and above the widest gap; None: there are no two groups."""
    if len(places) < 2 * _FEWEST:
        return None
    size = comparisons.sizes
    order = sorted(places, key=lambda place: size[place])
    cut = max(range(1, len(order)), key=lambda k: size[order[k]] - size[order[k - 1]])
    low, high = order[:cut], order[cut:]
    gap = size[high[0]] - size[low[-1]]
    widest = max(size[group[-1]] - size[group[0]] for group in (low, high))
    if min(len(low), len(high)) < _FEWEST or gap < max(_GAP, _WIDER * widest):
        return None
    return sorted(low), sorted(high)


def _odd_and_usual(
    comparisons: Comparisons, groups: tuple[list[int], list[int]]
) -> tuple[list[int], list[int]]:
    """Which group is the wrong one: far from a window; of one unit after another the later one."""
    low, high = comparisons.response.window or (0.0, math.inf)
    if 0 < low <= high < math.inf:
        middle = (math.log10(low) + math.log10(high)) / 2

        def far(group: Sequence[int]) -> float:
            return abs(statistics.median(comparisons.sizes[k] for k in group) - middle)

        usual, odd = sorted(groups, key=far)
        return odd, usual
    first, later = sorted(groups, key=min)
    if len(later) > _MANY_MORE * len(first):
        return first, later
    return later, first


def _are_mixed(comparisons: Comparisons, some: Sequence[int], others: Sequence[int]) -> bool:
    """Whether the groups have no settings of their own: next to each other as chance has it."""
    every = sorted([*some, *others])
    crossing = sum(not comparisons.is_apart(place, some, every) for place in some)
    crossing += sum(not comparisons.is_apart(place, others, every) for place in others)
    by_chance = 2 * len(some) * len(others) / (len(every) - 1)
    return crossing >= _MIXED * by_chance


def fractions(comparisons: Comparisons, right: Collection[int]) -> dict[int, Doubt]:
    """Own percentages below 1, by place, where all others, if there are any, are usual ones.

    One that is confirmed, or lies between, shows that the response may be that small.

    Args:
        comparisons: of all results.
        right: places of those that are confirmed.
    """
    response = comparisons.response
    if (
        response.window is not None
        or response.log_scale
        or not holds_shares(response.unit, response.possible)
    ):
        return {}
    own = [k for k, result in enumerate(comparisons.results) if result.run is not None]
    small = [k for k in own if abs(comparisons.results[k].value) < 1]
    between = any(1 <= abs(result.value) < SHARE.low for result in comparisons.results)
    if len(small) < _ALIKE or between or not set(small).isdisjoint(right):
        return {}
    usual = [k for k in own if k not in small]
    if len(usual) >= _ALIKE and usual[_ALIKE - 1] < small[0]:  # they speak for themselves
        return {}
    sizes = Usual.of_values([comparisons.results[place].value for place in small])
    doubt = sizes and other_scale(sizes, SHARE, response.unit, possible=response.possible)
    return dict.fromkeys(small, Doubt(doubt, "what is possible")) if doubt else {}
