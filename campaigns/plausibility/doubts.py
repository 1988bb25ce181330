"""Which of some results are doubted beside each other."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from designer.campaigns.plausibility.comparisons import Comparisons, Doubt
from designer.campaigns.plausibility.whole_sets import fractions, mixed_units
from designer.campaigns.specification.parts import Response

# Assumptions, the first two to bound the work; checked by tests/benchmarks/entry_slips.py
_ALL = 100  # results up to which each is looked at; of more, as many of those that are odd
_REFERENCES = 200  # of more results, this many are compared with
_BESIDE = 0.3  # decades, and …
_DEVIATIONS = 2.0  # … median deviations, beyond which one of many results is looked at
_WIDE = 0.2  # median deviation [decades] from which on a response varies over decades
_KNOWN = 5  # results that show how far a response varies; fewer: its scale has to tell
NO_ZERO = ("degC", "°C", "degF", "°F")
_MOSTLY = 0.7  # share of the slips of a response over decades that are the same one
_DECADES = 2.5  # that results fill without a gap of …
_GAP = 0.7  # … decades, where the response itself varies so
_SURE = 0.2  # decades by which what slips explain misses its place, at the most, as a rule
_CLEARLY = 1.5  # weight of those that are right over that of those that came first
_AROUND_ZERO = 10.0  # factor between sizes, beside one of the other sign, of what lies around zero
_MODE = 3  # doubted results that may be another branch of the response


def doubts(comparisons: Comparisons, right: Collection[int] = ()) -> dict[int, Doubt]:
    """Doubted results by place.

    Each result is compared with those that came before it and are not doubted, so that a doubt
    stands whatever comes later; the first ones again as soon as some are known. Where clearly more
    are doubted than believed, the first ones are the odd ones; where doubted results at settings
    of their own agree, they are another branch of the response.

    Args:
        comparisons: of the results, in the order they came.
        right: places of results that are confirmed, and never doubted.
    """
    places = range(len(comparisons.results))
    if not places:
        return {}
    shares = fractions(comparisons, right)
    odd, suspects = _odd(comparisons)
    looked_at = set(odd[:_ALL]).difference(right, shares)
    passed = suspects.difference(looked_at, right).union(shares)  # not compared with others
    order = [place for place in places if place not in passed]
    return {**shares, **_beside_others(comparisons, order, looked_at, right)}


def _beside_others(
    comparisons: Comparisons, order: Sequence[int], looked_at: set[int], right: Collection[int]
) -> dict[int, Doubt]:
    """Doubted results by place, of those that are looked at, each compared with the others."""
    found = _in_turn(comparisons, order, looked_at)
    usual_first = _usual_first(comparisons, order) if found and len(order) <= _ALL else order
    if usual_first != order:
        found = min(_in_turn(comparisons, usual_first, looked_at), found, key=len)
    if 2 * len(found) > len(order) and _outweigh(comparisons, found):
        others = [place for place in order if place not in found]
        turned = _in_turn(comparisons, [*found, *others], looked_at)
        found = min(found, turned, key=len)
    by_others = {place: doubt for place, doubt in found.items() if doubt.by_others}
    if len(found) < _MODE and not right:
        return mixed_units(comparisons, _some(order)) or found
    if len(by_others) < _MODE:
        return found
    branch = _branch(comparisons, by_others)
    left = {place: doubt for place, doubt in by_others.items() if place not in branch}
    if len(left) >= _MODE and _is_the_response(comparisons, left.values()):
        branch = [*by_others]
    return {place: doubt for place, doubt in found.items() if place not in branch}


def _outweigh(comparisons: Comparisons, some: Collection[int]) -> bool:
    """Whether some results say clearly more than the others; those that came together say less.

    A table in another unit has many rows, and yet was made in one go.
    """
    together = Counter(result.came for result in comparisons.results)
    weight = {True: 0.0, False: 0.0}
    for place, result in enumerate(comparisons.results):
        count = 1 if result.came is None else together[result.came]
        weight[place in some] += (1 + math.log2(count)) / count
    return weight[True] > _CLEARLY * weight[False]


def _branch(comparisons: Comparisons, found: Collection[int]) -> list[int]:
    """Those of some doubted results that agree, most of them at settings of their own.

    Not where all of one table are doubted, and nothing else is: a table has one unit.
    """
    came = {comparisons.results[place].came for place in found}
    of_table = [k for k, result in enumerate(comparisons.results) if result.came in came]
    if len(came) == 1 and None not in came and len(of_table) == len(found):
        return []
    near = sorted({*_some(range(len(comparisons.results))), *found})
    agreeing = [
        place
        for place in found
        if comparisons.is_in_place(place, [other for other in near if other != place])
    ]
    apart = [place for place in agreeing if comparisons.is_apart(place, found, near)]
    return agreeing if 2 * len(apart) > len(agreeing) else apart


def _is_the_response(comparisons: Comparisons, found: Collection[Doubt]) -> bool:
    """Whether doubts beside the others tell how the response is, and of no slip."""
    return (
        _fills_decades(comparisons)
        or statistics.median(each.off_power for each in found) > _SURE
        or (comparisons.response.log_scale and not _is_one_slip(found))
    )


def _is_one_slip(found: Collection[Doubt]) -> bool:
    """Whether doubts can be one slip made several times, not a response over many decades."""
    powers = [math.log10(each.doubt.factor) for each in found]
    usual = statistics.median(powers)
    return sum(abs(power - usual) < _BESIDE for power in powers) >= _MOSTLY * len(powers)


def _fills_decades(comparisons: Comparisons) -> bool:
    """Whether there are results of every size over more decades than a slip of the point."""
    sizes = sorted(comparisons.sizes)
    return sizes[-1] - sizes[0] >= _DECADES and all(b - a <= _GAP for a, b in pairwise(sizes))


def _odd(comparisons: Comparisons) -> tuple[Sequence[int], set[int]]:
    """Results to be compared, and of many those that a window or prediction speaks against.

    All; of many those that are far from the usual size, the farthest first.
    """
    places = range(len(comparisons.results))
    if len(places) <= _ALL:
        return places, set()
    sizes = comparisons.sizes
    middle, deviation = middle_and_deviation(sizes)
    off = [abs(size - middle) for size in sizes]
    reach = _BESIDE + _DEVIATIONS * deviation
    suspects = {k for k in places if comparisons.is_suspect(k)}
    odd = [k for k in places if off[k] > reach or k in suspects]
    return sorted(odd, key=lambda place: (place not in suspects, -off[place])), suspects


def _in_turn(
    comparisons: Comparisons, order: Sequence[int], looked_at: Collection[int]
) -> dict[int, Doubt]:
    """Compare results one after the other; the first ones again once some are known."""
    believed: list[int] = []
    found: dict[int, Doubt] = {}
    if not looked_at:
        return found
    number = {place: k for k, place in enumerate(order)}
    for place in order:
        if place in looked_at and not _is_usual(comparisons, place, believed):
            doubt = _doubt(comparisons, place, believed)
            if doubt is not None:
                found[place] = doubt
                continue
        believed.append(place)
        if len(believed) == _KNOWN:
            _look_again(comparisons, believed, looked_at, found, number)
    # of many, the first ones once more: what came after them was mostly not compared with them
    if len(believed) < _KNOWN or len(looked_at) < len(order):
        _look_again(comparisons, believed, looked_at, found, number)
    return found


def _look_again(
    comparisons: Comparisons,
    believed: list[int],
    looked_at: Collection[int],
    found: dict[int, Doubt],
    number: Mapping[int, int],
) -> None:
    """Move what the others speak against from those believed to those found.

    What was doubted beside those is compared once more with what came before it.
    """
    doubted = list(found)
    for place in [each for each in believed if each in looked_at]:
        doubt = _doubt(comparisons, place, [each for each in believed if each != place])
        if doubt is not None:
            found[place] = doubt
            believed.remove(place)
    if len(found) == len(doubted):
        return
    for place in doubted:
        before = [each for each in believed if number[each] < number[place]]
        if _doubt(comparisons, place, before) is None:
            del found[place]
            believed.append(place)


def _usual_first(comparisons: Comparisons, order: Sequence[int]) -> Sequence[int]:
    """The same order, but the rows of a table, which has none, begin with the usual ones."""
    tables: dict[str, list[int]] = {}
    for place in order:
        tables.setdefault(comparisons.results[place].came or f"{place}", []).append(place)
    found: list[int] = []
    for rows in tables.values():
        middle = _densest(sorted(comparisons.sizes[place] for place in rows))
        found += sorted(rows, key=lambda place: abs(comparisons.sizes[place] - middle))
    return found


def _densest(sizes: Sequence[float]) -> float:
    """Median of the half of some sorted sizes that lies closest together."""
    half = (len(sizes) + 1) // 2
    starts = range(len(sizes) - half + 1)
    start = min(starts, key=lambda k: sizes[k + half - 1] - sizes[k])
    return statistics.median(sizes[start : start + half])


def _is_usual(comparisons: Comparisons, place: int, believed: Sequence[int]) -> bool:
    """Whether a result is like those before it at first sight; comparing takes longer."""
    if len(believed) < _KNOWN or comparisons.is_suspect(place):
        return False
    sizes = [comparisons.sizes[each] for each in _some(believed)]
    middle, deviation = middle_and_deviation(sizes)
    return deviation <= _WIDE and abs(comparisons.sizes[place] - middle) <= _BESIDE


def _doubt(comparisons: Comparisons, place: int, believed: Sequence[int]) -> Doubt | None:
    some = _some(believed)
    return comparisons.doubt(place, some, wide=_is_wide(comparisons, some))


def _is_wide(comparisons: Comparisons, places: Sequence[int]) -> bool:
    """Whether results vary over decades."""
    if len(places) < _KNOWN - 1:
        return comparisons.response.log_scale
    sizes = [comparisons.sizes[place] for place in places]
    return middle_and_deviation(sizes)[1] > _WIDE


def middle_and_deviation(numbers: Sequence[float]) -> tuple[float, float]:
    """Median of numbers, and the median deviation from it."""
    middle = statistics.median(numbers)
    return middle, statistics.median(abs(number - middle) for number in numbers)


def _some(places: Sequence[int]) -> Sequence[int]:
    """Places that are compared with, where they are many: evenly spread ones."""
    return places[:: max(1, len(places) // _REFERENCES)]


def one_sign(values: Sequence[float], response: Response) -> list[bool]:
    """Which values have a size to be compared: those of the sign that most have.

    None where a quantity lies around zero, or its zero means nothing (temperatures); on a
    logarithmic scale the positive ones.
    """
    if response.unit in NO_ZERO:
        return [False] * len(values)
    above = [value > 0 for value in values]
    many = sum(above)
    if response.log_scale:
        return above
    most = above if 2 * many >= len(above) else [not positive for positive in above]
    others = len(above) - sum(most)
    sizes = [abs(value) for value, of_most in zip(values, most, strict=True) if of_most]
    if others > 1 or (others == 1 and max(sizes) > _AROUND_ZERO * min(sizes)):
        return [False] * len(values)
    return most
