"""Results beside what was predicted when their runs were planned: one by one, and as a table.

One result far off its prediction may be a surprise. Where most of a table are, and fit as soon as
they are given to other runs or to another response, or all divided by ten, it is a slip.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from designer.campaigns.log.runs import Measurement, Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import quantity_text
from designer.campaigns.specification.parts import Response
from designer.campaigns.values.usual import ScaleDoubt

_FEW = 3  # results of a plan that tell how good its predictions were
_FEWEST = 4  # runs of a table (assumptions, like all that follow)
_OFF, _FIT = 3.0, 1.5  # standard deviations that most are off, and that they are off elsewhere
_SURPRISE = 8.0  # standard deviations beyond which any result is doubted, as of the models
_TENS = (-3, -2, -1, 1, 2, 3)  # powers of ten by which all results of a table may be off
_AGREE = 0.15  # decades by which they miss such a power, and half of them each other

Result = tuple[Run, Measurement]
Told = tuple[Run, Measurement, ScaleDoubt, str]
"""A doubted result with its doubt, and the words that follow the value."""


def deviations(
    response: Response, predicted: Mapping[str, Any] | None, values: Sequence[float]
) -> float | None:
    """By how many standard deviations the mean of some results is off its prediction.

    On the logarithm where the response has that scale: its standard deviation there follows from
    the one told, ``sd² = median² e^v (e^v - 1)``.

    Args:
        response: what was measured.
        predicted: what was expected (`run_object.Predicted`); None: nothing was.
        values: results; none: there is nothing to compare.
    """
    if not values or not predicted or not predicted.get("sd_result"):
        return None
    mean, sd = float(predicted["mean"]), float(predicted["sd_result"])
    value = sum(values) / len(values)
    if not response.log_scale or min(value, mean) <= 0:
        return (value - mean) / sd
    # (1 + √(1 + 4 r²)) / 2 = e^v, without the square of a large ratio
    spread = math.log((1 + math.hypot(1, 2 * sd / mean)) / 2)
    return math.log(value / mean) / math.sqrt(spread)


def _mean(run: Run, response: Response) -> float:
    """The predicted mean of a response of which something was expected."""
    return float((run.prediction(response.name) or {})["mean"])


def _told(run: Run, value: Measurement, response: Response, clause: str) -> Told:
    """A result that no factor explains, by how much it is off its prediction."""
    mean = _mean(run, response)
    ratio = abs(value.number / mean) if mean else math.inf
    return run, value, ScaleDoubt(ratio, 1.0, None), clause


def surprises(response: Response, found: Sequence[Result]) -> Iterator[tuple[int, Told]]:
    """Results that are very far off their prediction, whatever explains it, with their places.

    Not where most of their plan are off: then it is the predictions that were wrong.
    """
    off = {}
    plans: dict[str | None, list[float]] = {}
    for place, (run, value) in enumerate(found):
        away = deviations(response, run.prediction(response.name), [value.number])
        if away is not None:
            off[place] = away
            plans.setdefault(run.plan, []).append(abs(away))
    for place, away in off.items():
        run, value = found[place]
        of_plan = plans[run.plan]
        if abs(away) < _SURPRISE:
            continue
        if len(of_plan) >= _FEW and statistics.median(of_plan) >= _OFF:
            continue
        side = "above" if away > 0 else "below"
        mean = quantity_text(float(f"{_mean(run, response):.3g}"), response.unit)
        clause = (
            f"is {abs(away):.0f} standard deviations {side} its prediction ({mean}): a slip, or a"
            " surprise?"
        )
        yield place, _told(run, value, response, clause)


def misplaced(state: CampaignState, response: Response, found: Sequence[Result]) -> Iterator[Told]:
    """Results of a table that fit other runs or another response, or are all off by ten alike.

    Args:
        state: the campaign.
        response: what was measured.
        found: its results, each with its run.
    """
    tables: dict[str, list[Result]] = {}
    for run, value in found:
        if value.replicate == 1 and run.prediction(response.name):
            tables.setdefault(value.at, []).append((run, value))
    for table in tables.values():
        if len(table) >= _FEWEST:
            yield from _misplaced_in(state, response, table)


def _misplaced_in(
    state: CampaignState, response: Response, table: Sequence[Result]
) -> Iterator[Told]:
    runs, values = [run for run, _ in table], [value.number for _, value in table]
    off = _deviations(response, runs, values)
    if off is None:
        return
    usual = statistics.median(map(abs, off))
    clause = None
    if usual >= _OFF:
        clause = _swapped(state, response, table) or _in_other_order(response, runs, values)
    clause = clause or _off_by_ten(response, runs, values, usual)
    for (run, value), away in zip(table, off, strict=True):
        if clause is not None and (abs(away) >= _OFF or usual < _OFF):
            yield _told(run, value, response, clause)


def _deviations(
    response: Response, runs: Sequence[Run], values: Sequence[float]
) -> list[float] | None:
    """Standard deviations between values and the predictions of runs; None: one is not known."""
    off = []
    for run, value in zip(runs, values, strict=True):
        found = deviations(response, run.prediction(response.name), [value])
        if found is None or not math.isfinite(found):
            return None
        off.append(found)
    return off


def _fit(response: Response, runs: Sequence[Run], values: Sequence[float]) -> bool:
    off = _deviations(response, runs, values)
    return off is not None and statistics.median(map(abs, off)) <= _FIT


def _swapped(state: CampaignState, response: Response, table: Sequence[Result]) -> str | None:
    """``fits what was predicted of first_efficiency, …``."""
    runs, values = [run for run, _ in table], [value.number for _, value in table]
    for other in state.spec.responses:
        theirs = [run.values(other.name)[:1] for run in runs]
        if other == response or not all(theirs):
            continue
        if _fit(other, runs, values) and _fit(response, runs, [number for (number,) in theirs]):
            return (
                f"fits what was predicted of {other.name}, like all of its table, and {other.name}"
                f" what was predicted of {response.name}: are the two columns swapped?"
            )
    return None


def _in_other_order(response: Response, runs: Sequence[Run], values: Sequence[float]) -> str | None:
    """``fits the prediction of another run …``: the order of the values is not that of the runs."""
    by_mean = sorted(runs, key=lambda run: _mean(run, response))
    if not _fit(response, by_mean, sorted(values)):
        return None
    return (
        f"fits the prediction of another run, like all {response.name} of its table: are they"
        " sorted apart from the runs, or moved by a row?"
    )


def _off_by_ten(
    response: Response, runs: Sequence[Run], values: Sequence[float], usual: float
) -> str | None:
    """``is about 10 times its prediction, like all …``."""
    means = [_mean(run, response) for run in runs]
    if usual < 1 or any(value * mean <= 0 for value, mean in zip(values, means, strict=True)):
        return None
    powers = [math.log10(value / mean) for value, mean in zip(values, means, strict=True)]
    middle = statistics.median(powers)
    power = min(_TENS, key=lambda ten: abs(ten - middle))
    spread = statistics.median(abs(each - middle) for each in powers)
    if abs(power - middle) > _AGREE or spread > _AGREE:
        return None
    size = f"{10**power} times" if power > 0 else f"1/{10**-power} of"
    return (
        f"is about {size} its prediction, like all {response.name} of its table: another unit, or a"
        " slip of the point?"
    )
