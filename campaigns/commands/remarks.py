"""What to say of a result when it comes in: it is kept, but may be a slip or a failed run."""

from __future__ import annotations

import heapq
import math
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from designer.campaigns.log.runs import LEARNED_FROM, Run
from designer.campaigns.log.state import CampaignState, LineRow
from designer.campaigns.space.factors import Setting, quantity_text
from designer.campaigns.specification.parts import Response
from designer.campaigns.specification.specification import Specification
from designer.campaigns.values.usual import Usual, is_computable, other_scale

_NEAR = 8  # rows of earlier lines that are compared: the nearest settings (assumption)
_ENOUGH = 3  # own results from which on they tell what is usual (assumption)
_MANY = 50  # own results from which on a new one is not told from the others
_FAR_OWN = 10.0  # factor beyond all own results that is remarked, on a logarithmic scale …
_FAR_LINES = 5.0  # … beyond the nearest rows of earlier lines; lines may be shifted by as much


def result_remarks(
    state: CampaignState, results: Sequence[tuple[Run, Collection[str]]]
) -> list[str]:
    """Sentences about results that are far from usual; nothing is refused for it.

    Args:
        state: the campaign.
        results: runs, each with the responses whose values are new.
    """
    told = []
    for response in state.spec.responses:
        new = [run for run, names in results if response.name in names]
        if new:
            judge = _Beside.of(state, response)
            odd = [(run, clause) for run in new for clause in judge.odd(run)]
            told += [f"{clause} {_ways_out(state, run, response)}" for run, clause in odd]
    return told


def _ways_out(state: CampaignState, run: Run, response: Response) -> str:
    of_run = f"{shlex.quote(state.spec.name)} {run.id}"
    return (
        f"It is kept; if it is a slip: designer correct {of_run} {response.name}=VALUE"
        f" --reason TEXT; if the run failed: designer fail {of_run} --reason TEXT"
    )


@dataclass(frozen=True)
class _Beside:
    """What is known of one response beside a new result.

    Attributes:
        state: the campaign.
        response: the response.
        results: run and value of every own result.
    """

    state: CampaignState
    response: Response
    results: Sequence[tuple[str, float]]

    @classmethod
    def of(cls, state: CampaignState, response: Response) -> _Beside:
        """Collect the own results."""
        own = (run for run in state.runs.values() if run.status in LEARNED_FROM)
        results = [(run.id, value) for run in own for value in run.values(response.name)]
        return cls(state, response, results)

    @cached_property
    def _most(self) -> _Group:
        """All own results but the greatest and the least, where they are many."""
        return self._group(sorted(value for _, value in self.results)[1:-1])

    def _others(self, run: Run) -> _Group:
        """Own results of other runs; of many, one more may be left out to save time."""
        if len(self.results) > _MANY:
            return self._most
        return self._group([value for name, value in self.results if name != run.id])

    def _group(self, values: Sequence[float]) -> _Group:
        return _Group.of(values, log=self.response.log_scale)

    def odd(self, run: Run) -> Iterator[str]:
        """What is odd about the values of a run, a clause each."""
        for value in dict.fromkeys(run.values(self.response.name)):
            shown = f"{run.id}: {self.response.name} {quantity_text(value, self.response.unit)}"
            if not is_computable(value):
                yield f"{shown} is no size of a measurement, so the models leave it out."
            elif self.response.log_scale and value <= 0:
                yield (
                    f"{shown} does not exist on its logarithmic scale: the models leave it out, or"
                    " turn to a linear scale where such results are many."
                )
            else:
                others = self._others(run)
                unit, guess = self._other_unit(run, value, others)
                found = guess if unit else self._far(run, value, others) or guess
                if found:
                    yield f"{shown} is {found}"

    def _other_unit(self, run: Run, value: float, others: _Group) -> tuple[str | None, str]:
        """The unit it may be in, and ``about 1/100 of the window: a fraction?``."""
        response, log = self.response, self.response.log_scale
        known: list[tuple[str, Usual | None]] = []
        if others.count >= _ENOUGH:
            known.append((f"your other results ({others.ends})", others.usual))
        if response.window is not None:
            known.append(("the window", Usual.of_window(response.window)))
        if not known:
            near = self._group(_near_results(self.state, run, response))
            known.append((f"the earlier lines near its settings ({near.ends})", near.usual))
        sizes = Usual.of_values([value])
        found: tuple[str | None, str] = (None, "")
        for beside, usual in reversed(known):
            if usual is None or sizes is None:
                return None, ""
            limits = response.possible
            doubt = other_scale(sizes, usual, response.unit, possible=limits, log=log)
            if doubt is None:
                return None, ""
            found = doubt.unit, f"{doubt.size} {beside}: {doubt.guess}?"
        return found

    def _far(self, run: Run, value: float, others: _Group) -> str | None:
        """``far below your other results (2 to 8) and the earlier lines near … (3 to 5)``."""
        if not self.response.log_scale:
            return None
        told, sides = [], set()
        if others.count >= _ENOUGH:
            sides.add(others.side(value, _FAR_OWN))
            told.append(f"your other results ({others.ends})")
        if sides <= {-1, 1}:
            near = self._group(_near_results(self.state, run, self.response))
            if near.count >= _NEAR:
                sides.add(near.side(value, _FAR_LINES))
                told.append(f"the earlier lines near its settings ({near.ends})")
        if sides not in ({-1}, {1}):
            return None
        return f"far {'below' if sides == {-1} else 'above'} {' and '.join(told)}."


@dataclass(frozen=True)
class _Group:
    """Results a new one is compared with.

    Attributes:
        count: how many.
        low: the least.
        high: the greatest.
        usual: their usual sizes; None: there are none but 0.
    """

    count: int
    low: float
    high: float
    usual: Usual | None

    @classmethod
    def of(cls, values: Sequence[float], *, log: bool) -> _Group:
        """Look at them once; those nothing can be computed with do not count."""
        sound = [v for v in values if is_computable(v) and (v > 0 or not log)]
        usual, ends = Usual.of_values(sound, log=log), sound or [0.0]
        return cls(len(sound), min(ends), max(ends), usual)

    @property
    def ends(self) -> str:
        """``2.1 to 8.3``."""
        return f"{self.low:.3g} to {self.high:.3g}"

    def side(self, value: float, factor: float) -> int:
        """-1 or 1 where a value lies a factor below or above all of them, else 0."""
        return -1 if value * factor < self.low else 1 if value > self.high * factor else 0


def _near_results(state: CampaignState, run: Run, response: Response) -> list[float]:
    """Results of the earlier lines in use at the settings nearest to those of a run."""
    spec = state.spec
    if not spec.uses_history(response):
        return []
    rows = [
        row
        for line in state.lines.values()
        if line.included
        for row in line.rows
        if row.responses.get(response.name)
    ]
    settings = {**run.used, **run.given}
    nearest = heapq.nsmallest(_NEAR, rows, key=lambda row: _distance(spec, settings, row))
    return [value for row in nearest for value in row.responses[response.name]]


def _distance(spec: Specification, settings: Mapping[str, Setting], row: LineRow) -> float:
    """Squared distance of settings in shares of the ranges; what is not recorded says nothing."""
    total = 0.0
    there = {**row.settings, **row.given}
    for item in spec.inputs:
        one, other = settings.get(item.name), there.get(item.name)
        if one is None or other is None:
            continue
        if isinstance(one, str) or isinstance(other, str):
            total += float(one != other)
        else:
            low, high = item.bounds
            total += ((one - other) / (high - low)) ** 2 if high > low else 0.0
    return total if math.isfinite(total) else math.inf
