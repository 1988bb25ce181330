"""Results far beyond all others, where no unit and no slip explains them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Iterator, Sequence

from designer.campaigns.plausibility.comparisons import Comparisons, Doubt
from designer.campaigns.plausibility.doubts import NO_ZERO, middle_and_deviation
from designer.campaigns.plausibility.neighbours import NEAR_ROWS, near_results
from designer.campaigns.plausibility.predicted import Result, Told
from designer.campaigns.specification.parts import Response, range_text
from designer.campaigns.values.numbers import span_text
from designer.campaigns.values.usual import ScaleDoubt

# Assumptions, checked by tests/benchmarks/entry_slips.py
_ENOUGH = 3  # own results from which on they tell what is usual
_MANY = 6  # … and how far it varies
_FAR_OWN = 10.0  # factor beyond all of them …
_FAR_LINES = 5.0  # … and beyond the nearest rows of earlier lines, which may be shifted by as much
_SPREAD = 5  # results that show what others vary by, where sizes mean nothing
_EQUAL = 0.05  # share of their size that equal results vary by
_FAR_OFF = 30.0  # … in median deviations, beyond which one is doubted
_RANGES = 1.5  # ranges of all others beyond which one on the other side, or nearer to 0, is doubted


def beyond_all(comparisons: Comparisons, doubted: Collection[int]) -> dict[int, Doubt]:
    """The greatest and the least result where they are far beyond all others, by place.

    Args:
        comparisons: of all results.
        doubted: places of those that are doubted already, and tell nothing.
    """
    usual = [place for place in range(len(comparisons.results)) if place not in doubted]
    if not usual:
        return {}
    found = {}
    few = len(usual) <= _ENOUGH and comparisons.response.log_scale
    middle = statistics.median(comparisons.sizes[place] for place in usual)
    for end in (min, max):
        place = end(usual, key=comparisons.sizes.__getitem__)
        if few or 10 ** abs(comparisons.sizes[place] - middle) > _FAR_OWN:
            doubt = _far(comparisons, place, usual)
            if doubt is not None and not comparisons.is_expected(place):
                found[place] = doubt
    return found


def _far(comparisons: Comparisons, place: int, usual: Sequence[int]) -> Doubt | None:
    """The doubt about one result where all that is known is far above or far below it."""
    results, response = comparisons.results, comparisons.response
    result = results[place]
    size, told, sides = abs(result.value), [], set()
    run = result.run
    apart = [k for k in usual if k != place and (run is None or results[k].run is not run)]
    others = [abs(results[k].value) for k in apart]
    if len(others) >= _ENOUGH:
        known = 1.0 if len(others) >= _MANY else max(others) / min(others)  # it may go on so far
        sides.add(_side(size, others, max(_FAR_OWN, known)))
        told.append((f"{'its' if run is None else 'your'} other results", others))
    alone = response.log_scale and not comparisons.are_several(result)  # lines have the word
    if run is not None and sides <= {-1, 1} and (sides or alone):
        near = near_results(comparisons.state, response, result.settings)
        near = [abs(value) for value in near if value * result.value > 0]
        if len(near) >= NEAR_ROWS:
            sides.add(_side(size, near, _FAR_LINES))
            told.append(("the earlier lines near its settings", near))
    if sides not in ({-1}, {1}):
        return None
    sign = 1 if result.value > 0 else -1
    beside = " and ".join(f"{words} ({span_text([sign * v for v in of])})" for words, of in told)
    return Doubt(ScaleDoubt(size / statistics.median(told[0][1]), 1.0, None), beside, True)


def near_zero(comparisons: Comparisons, doubted: Collection[int]) -> set[int]:
    """Doubted results below 0 that are only nearer to it than the others: it may go on above."""
    if not doubted:
        return set()
    values = [result.value for result in comparisons.results]
    usual = [value for place, value in enumerate(values) if place not in doubted]
    if not usual or max(usual) > 0:
        return set()
    end = max(usual) + _RANGES * (max(usual) - min(usual))
    return {place for place in doubted if max(usual) < values[place] <= end}


def far_off(found: Sequence[Result]) -> Iterator[Told]:
    """Results far beyond what the others vary by, where sizes mean nothing (°C, both signs)."""
    numbers = [value.number for _, value in found]
    if len(numbers) < _SPREAD:
        return
    middle, usual = middle_and_deviation(numbers)
    usual = usual or _EQUAL * abs(middle)
    near = [number for number in numbers if abs(number - middle) <= _FAR_OFF * usual]
    for run, value in found:
        off = value.number - middle
        if usual == 0 or abs(off) <= _FAR_OFF * usual:
            continue
        side = "above" if off > 0 else "below"
        beside = f"your other results ({span_text(near)})"
        clause = f"is far {side} {beside}: another unit, or a slip of the point?"
        yield run, value, ScaleDoubt(abs(off) / usual, 1.0, None), clause


def other_sign(found: Sequence[Result], response: Response) -> Iterator[Told]:
    """A result that is not above 0 like the window or all others; not where that is ordinary.

    Nothing is measured as 0 by chance. A number below 0 is ordinary where the others come near it,
    or are too few to tell how far they vary.
    """
    low = [pair for pair in found if pair[1].number <= 0]
    if response.log_scale or response.unit in NO_ZERO or len({run.id for run, _ in low}) != 1:
        return
    others = [value.number for _, value in found if value.number > 0]
    window = response.window
    if len(others) >= _ENOUGH:
        if max(others) > _FAR_OWN * min(others):
            return  # they lie around 0 themselves
        usual = f"your other results ({span_text(others)})"
        spread = max(others) - min(others) if len(others) >= _MANY else math.inf
        least = min(others) - _RANGES * spread
    elif window is not None and window[0] > 0:
        usual, least = f"the window ({range_text(window, response.unit)})", 0.0
    else:
        return
    for run, value in low:
        if value.number == 0 or value.number <= least:
            clause = f"is not above 0 like {usual}: not measured, or a sign?"
            ratio = abs(value.number) / statistics.median(others or window or (1.0,))
            yield run, value, ScaleDoubt(ratio, 1.0, None), clause


def _side(value: float, others: Sequence[float], factor: float) -> int:
    """-1 or 1 where a value lies a factor below or above all others, else 0."""
    return -1 if value * factor < min(others) else 1 if value > max(others) * factor else 0
