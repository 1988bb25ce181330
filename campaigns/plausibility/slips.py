"""Own results that look like another unit or a slip of the decimal point.

A result is compared with own results at settings nearby, with what was predicted when its run was
planned, with the window, and, where there is nothing of these, with earlier lines. It is doubted
where it is far off and a unit, or a power of ten, would bring it where it is expected, unless
another comparison finds it in place. Nothing is refused: a doubt stands until the result is
corrected or confirmed, and what is doubted tells nothing about other results.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from designer.campaigns.log.runs import LEARNED_FROM, Measurement, Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.comparisons import Comparisons
from designer.campaigns.plausibility.doubts import doubts
from designer.campaigns.plausibility.neighbours import Measured
from designer.campaigns.space.factors import quantity_text
from designer.campaigns.specification.parts import Response
from designer.campaigns.values.usual import ScaleDoubt, is_computable

SLIP = "slip"
"""Kind of the flag."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A result that looks like a slip.

    Attributes:
        run: run id.
        response: name of the response.
        value: the result, as recorded.
        doubt: how far it is off, and what may have happened.
        message: a sentence that names the value, what is usual and what it may be.
    """

    run: str
    response: str
    value: Measurement
    doubt: ScaleDoubt
    message: str


def slips(state: CampaignState) -> list[Slip]:
    """Results that look like slips and are not confirmed, in the order of the runs."""
    found = [slip for response in state.spec.responses for slip in _slips_of(state, response)]
    order = {run: number for number, run in enumerate(state.runs)}
    return sorted(found, key=lambda slip: order[slip.run])


@dataclass(frozen=True)
class _Result:
    """One value of one run."""

    run: Run
    value: Measurement

    @cached_property
    def measured(self) -> Measured:
        return Measured({**self.run.used, **self.run.given}, self.value.number)

    @property
    def confirmed(self) -> bool:
        return self.run.confirmed.get(SLIP, 0) > self.value.seq


def _slips_of(state: CampaignState, response: Response) -> Iterator[Slip]:
    """Doubted results of one response."""
    results = _with_a_size(state, response)
    comparisons = Comparisons(
        state, response, [each.measured for each in results], [each.run for each in results]
    )
    right = {place for place, each in enumerate(results) if each.confirmed}
    for place, verdict in doubts(comparisons, right).items():
        run, value = results[place].run, results[place].value
        shown = f"{run.id}: {response.name} {quantity_text(value.number, response.unit)}"
        yield Slip(run.id, response.name, value, verdict.doubt, f"{shown} {verdict.clause}")


def _with_a_size(state: CampaignState, response: Response) -> list[_Result]:
    """Own results that are not 0 and of one sign; none where the quantity lies around zero."""
    found = [
        _Result(run, value)
        for run in state.runs.values()
        if run.status in LEARNED_FROM
        for value in run.measurements.get(response.name, ())
        if value.number != 0 and is_computable(value.number)
    ]
    below = [each for each in found if each.value.number < 0]
    above = [each for each in found if each.value.number > 0]
    if min(len(below), len(above)) > 1 and not response.log_scale:
        return []
    return above if response.log_scale or len(above) >= len(below) else below
