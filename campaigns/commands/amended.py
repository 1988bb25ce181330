"""What a new specification makes of the results and settings that are there: told, not refused."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from designer.campaigns.log.runs import LEARNED_FROM, Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import Factor, Given, quantity_text
from designer.campaigns.specification.parts import Response, range_text
from designer.campaigns.values.usual import Usual, is_computable, other_scale

_NAMED = 3  # results that are named one by one
_CLOSE = 2.0  # factor between a limit in its unit and values that it allows (assumption)

_Range = tuple[float, float]


def overtaken_results(before: CampaignState, after: CampaignState) -> list[str]:
    """Sentences about results that a change makes impossible, and ranges in another unit.

    Args:
        before: the campaign.
        after: the same with another specification.
    """
    old = {response.name: response for response in before.spec.responses}
    told: list[str] = []
    for response in after.spec.responses:
        was = old.get(response.name)
        if was is None:
            continue
        if response.possible != was.possible:
            told += _impossible(after, response, was)
        if response.window is not None and response.window != was.window:
            own = [value for _, value in after.learned_results[response.name]]
            whose = "your results" if own else "the results of the earlier lines"
            there = own or _of_lines(after, response)
            told += _other_unit(response, "window", response.window, there, whose)
    ranges = {item.name: _bounds(item) for item in before.spec.inputs}
    for item in after.spec.inputs:
        now = _bounds(item)
        if now is not None and ranges.get(item.name, now) != now:
            used = [{**run.used, **run.given}.get(item.name) for run in _made(after)]
            numbers = [float(v) for v in used if isinstance(v, (int, float))]
            told += _other_unit(item, "range", now, numbers, "the settings of your runs")
    return told


def _made(state: CampaignState) -> list[Run]:
    return [run for run in state.runs.values() if run.status in LEARNED_FROM]


def _of_lines(state: CampaignState, response: Response) -> list[float]:
    rows = [row for line in state.teaching_lines for row in line.rows]
    return [value for row in rows for value in row.responses.get(response.name, ())]


def _bounds(item: Factor | Given) -> _Range | None:
    return None if item.is_categorical else item.bounds


def _impossible(state: CampaignState, now: Response, was: Response) -> Iterator[str]:
    """Results outside the new limits that the old ones allowed: own ones, then rows of lines."""
    limits = now.possible
    if limits is None:
        return

    def is_new(value: float) -> bool:
        inside = was.possible is None or was.possible[0] <= value <= was.possible[1]
        return inside and not limits[0] <= value <= limits[1]

    allowed = f"possible now: {range_text(limits, now.unit)}"
    own = state.learned_results[now.name]
    out = [(run.id, value) for run, value in own if is_new(value)]
    if out:
        named = [f"{run} {quantity_text(value, now.unit)}" for run, value in out[:_NAMED]]
        more = f" and {len(out) - _NAMED} more" if len(out) > _NAMED else ""
        lie = f"{len(out)} of your {len(own)} results"
        yield (
            f"{now.name}: {lie} cannot be any more ({', '.join(named)}{more}; {allowed}). They are"
            f" kept, but such a result is refused from now on{_as_unit(now, own, limits)}"
        )
    for line in state.lines.values():
        rows = [values for row in line.rows if (values := row.responses.get(now.name, ()))]
        odd = sum(any(map(is_new, values)) for values in rows)
        if odd:
            yield (
                f"{now.name}: {odd} of {len(rows)} rows of {line.name} cannot be any more"
                f" ({allowed}). They are kept"
            )


def _as_unit(now: Response, own: Sequence[tuple[Run, float]], limits: _Range) -> str:
    """`` The limits look like a fraction``; empty where no unit explains them."""
    guess = _guess(now, limits, [value for _, value in own])
    return f". The limits look as if they were {guess}" if guess else ""


def _other_unit(
    item: Factor | Given | Response, what: str, ends: _Range, there: Sequence[float], whose: str
) -> Iterator[str]:
    """A sentence where a range lies a unit away from all that was measured or set."""
    guess = _guess(item, ends, there)
    if guess:
        found = float(f"{min(there):.3g}"), float(f"{max(there):.3g}")
        yield (
            f"{item.name}: the {what} ({range_text(ends, item.unit)}) lies far from {whose}"
            f" ({range_text(found, item.unit)}). Is it {guess}?"
        )


def _guess(item: Factor | Given | Response, ends: _Range, there: Sequence[float]) -> str | None:
    """``a fraction``, ``in mm``: what a range looks like beside values; None: nothing."""
    values = [value for value in there if value != 0 and is_computable(value)]
    sizes = [end for end in ends if end != 0 and math.isfinite(end)]
    range_, usual = Usual.of_values(sizes), Usual.of_values(values)
    if range_ is None or usual is None:
        return None
    log = isinstance(item, Response) and item.log_scale
    doubt = other_scale(range_, usual, item.unit, log=log)
    if doubt is None or doubt.unit is None:
        return None
    holds = all(ends[0] <= value <= ends[1] for value in there)
    if holds and not 1 / _CLOSE <= doubt.ratio * doubt.factor <= _CLOSE:
        return None  # an open end may lie far from what it allows
    return doubt.guess
