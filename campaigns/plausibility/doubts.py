"""Which of some results are doubted beside each other."""

from __future__ import annotations

import statistics
from collections.abc import Collection, Sequence

from designer.campaigns.plausibility.comparisons import Comparisons, Doubt

# Assumptions, the first two to bound the work; checked by tests/benchmarks/entry_slips.py
_ALL = 100  # results up to which each is looked at; of more, as many of those that are odd
_REFERENCES = 200  # of more results, this many are compared with
_BESIDE = 0.3  # decades, and …
_DEVIATIONS = 2.0  # … median deviations, beyond which one of many results is looked at
_WIDE = 0.2  # median deviation [decades] from which on a response varies over decades
_ROUNDS = 4  # after which doubts that come and go are told as they are
_NATURE = 0.2  # share of doubts from which on they are the nature of a response over decades


def one_sign(values: Sequence[float], *, log: bool) -> list[bool]:
    """Which values have a size to be compared: those of the sign that most have.

    None where a quantity lies around zero; on a logarithmic scale the positive ones.
    """
    above = [value > 0 for value in values]
    many = sum(above)
    if log or (many >= len(above) - many and len(above) - many <= 1):
        return above
    return [many <= 1 and not positive for positive in above]


def doubts(comparisons: Comparisons, right: Collection[int] = ()) -> dict[int, Doubt]:
    """Doubted results by place.

    Every result is compared with those that are not doubted, until the doubts stay the same. At
    first those far from the usual size are; but of a response that varies over decades no size is
    usual, and where many results would be doubted they are its nature.

    Args:
        comparisons: of the results.
        right: places of results that are confirmed, and never doubted.
    """
    places = range(len(comparisons.results))
    if not places:
        return {}
    sizes = [each.size for each in comparisons.results]
    middle = statistics.median(sizes)
    off = [abs(size - middle) for size in sizes]
    reach = statistics.median(off)
    comparisons.wide = comparisons.response.log_scale or reach > _WIDE
    if len(places) > _ALL:
        reach = _BESIDE + _DEVIATIONS * reach
    unusual = {place for place in places if off[place] > reach}
    looked_at = [
        place
        for place in places
        if place not in right
        and (len(places) <= _ALL or place in unusual or comparisons.is_suspect(place))
    ]
    if len(places) > _ALL:
        looked_at = sorted(sorted(looked_at, key=lambda place: -off[place])[:_ALL])
    left_out = set() if comparisons.wide else unusual.difference(right)
    found: dict[int, Doubt] = {}
    for _ in range(_ROUNDS):
        believed = [place for place in places if place not in left_out]
        now = _judged(comparisons, looked_at, believed)
        if found and comparisons.wide and len(now) > max(1.0, _NATURE * len(places)):
            break
        found = now
        if found.keys() == left_out:
            break
        left_out = set(found)
    return found


def _judged(
    comparisons: Comparisons, places: Sequence[int], believed: Sequence[int]
) -> dict[int, Doubt]:
    some = believed[:: max(1, len(believed) // _REFERENCES)]
    verdicts = ((k, comparisons.doubt(k, [o for o in some if o != k])) for k in places)
    return {place: verdict for place, verdict in verdicts if verdict is not None}
