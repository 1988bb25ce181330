"""Results of one response in two units, about as many of each.

Where a few results are in another unit the others speak against them; where half of them are,
nobody is believed more. Two groups of sizes that a unit explains, at the same settings, are told
all the same: a response that jumps has its groups at settings of their own.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from designer.campaigns.plausibility.comparisons import Comparisons, Doubt

# Assumptions, checked by tests/benchmarks/entry_slips.py
_FEWEST = 3  # results of a group
_GAP = 0.8  # decades between the groups, at least …
_WIDER = 2.0  # … and this many times what each of them spans
_MIXED = 0.65  # of the neighbours of another group that chance brings
_SURE = 0.15  # decades by which the unit misses, as a rule


def mixed_units(comparisons: Comparisons, places: Sequence[int]) -> dict[int, Doubt]:
    """Doubts about the smaller of two groups of results, or the one that began later.

    Args:
        comparisons: of the results, in the order they came.
        places: those that are looked at.
    """
    groups = _two_groups(comparisons, places)
    if groups is None:
        return {}
    fewer, more = sorted(groups, key=lambda group: (len(group), -min(group)))
    if not _are_mixed(comparisons, fewer, more):
        return {}
    doubts = {place: comparisons.doubt_beside(place, more) for place in fewer}
    found = {place: doubt for place, doubt in doubts.items() if doubt is not None}
    if len(found) < len(fewer) / 2:
        return {}
    return found if statistics.median(d.off_power for d in found.values()) <= _SURE else {}


def _two_groups(
    comparisons: Comparisons, places: Sequence[int]
) -> tuple[list[int], list[int]] | None:
    """The results below and above the widest gap; None: there are no two groups."""
    if len(places) < 2 * _FEWEST:
        return None
    size = [result.size for result in comparisons.results]
    order = sorted(places, key=lambda place: size[place])
    cut = max(range(1, len(order)), key=lambda k: size[order[k]] - size[order[k - 1]])
    low, high = order[:cut], order[cut:]
    gap = size[high[0]] - size[low[-1]]
    widest = max(size[group[-1]] - size[group[0]] for group in (low, high))
    if min(len(low), len(high)) < _FEWEST or gap < max(_GAP, _WIDER * widest):
        return None
    return sorted(low), sorted(high)


def _are_mixed(comparisons: Comparisons, fewer: Sequence[int], more: Sequence[int]) -> bool:
    """Whether the groups have no settings of their own: next to each other as chance has it."""
    every = sorted([*fewer, *more])
    crossing = sum(not comparisons.is_apart(place, fewer, every) for place in fewer)
    crossing += sum(not comparisons.is_apart(place, more, every) for place in more)
    by_chance = 2 * len(fewer) * len(more) / (len(every) - 1)
    return crossing >= _MIXED * by_chance
