"""Own results that look like another unit or a slip of the decimal point.

A result is compared with own results at settings nearby, with what was predicted when its run was
planned, with the window, and, where there is nothing of these, with earlier lines. It is doubted
where it is far off and a unit, or a power of ten, would bring it where it is expected, unless
another comparison finds it in place. Nothing is refused: a doubt stands until the result is
corrected or confirmed, and what is doubted tells nothing about other results.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from designer.campaigns.log.runs import LEARNED_FROM, RESULT_IS_RIGHT, Measurement, Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.beyond import beyond_all, far_off, near_zero, other_sign
from designer.campaigns.plausibility.comparisons import Comparisons
from designer.campaigns.plausibility.doubts import doubts, one_sign
from designer.campaigns.plausibility.neighbours import Measured
from designer.campaigns.plausibility.predicted import Result, Told, misplaced, surprises
from designer.campaigns.space.factors import quantity_text
from designer.campaigns.specification.parts import Response
from designer.campaigns.values.collector import collector_paused
from designer.campaigns.values.usual import ScaleDoubt, is_computable

_LONG = 1000  # runs of a long campaign (assumption), …
_SAMPLE = (
    400  # … and how many of them a change is compared with; twice its own where these are more
)
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
        clause: what is said of the value.
        message: a sentence that names the value, what is usual and what it may be.
    """

    run: str
    response: str
    value: Measurement
    doubt: ScaleDoubt
    clause: str
    message: str


@collector_paused()
def slips(
    state: CampaignState, only: Collection[str] | None = None, about: Collection[str] | None = None
) -> list[Slip]:
    """Results that look like slips and are not confirmed, in the order of the runs.

    Args:
        state: the campaign.
        only: names of the responses that are wanted; None: all.
        about: ids of runs that were changed; of a long campaign only these are looked at, beside a
            sample of the others, which a few results bring into no doubt. None: all runs.
    """
    runs, is_sample = _looked_at(state, about)
    wanted = [r for r in state.spec.responses if only is None or r.name in only]
    found = [slip for response in wanted for slip in _slips_of(state, response, runs)]
    if is_sample and about is not None:
        found = [slip for slip in found if slip.run in about]
    if len(found) < 2:
        return found
    order = {run: number for number, run in enumerate(state.runs)}
    return sorted(found, key=lambda slip: order[slip.run])


def _looked_at(state: CampaignState, about: Collection[str] | None) -> tuple[Sequence[Run], bool]:
    """The runs that are compared, and whether they are a sample."""
    if about is None or len(state.runs) <= _LONG:
        return [*state.runs.values()], False
    step = max(1, len(state.runs) // max(_SAMPLE, 2 * len(about)))
    some = dict(islice(state.runs.items(), 0, None, step))
    return [*{**some, **{run: state.runs[run] for run in about}}.values()], True


def _slips_of(state: CampaignState, response: Response, runs: Sequence[Run]) -> Iterator[Slip]:
    """Doubted results of one response, of these runs."""
    every = [
        (run, value)
        for run in runs
        if run.status in LEARNED_FROM
        for value in run.measurements.get(response.name, ())
        if is_computable(value.number)
    ]
    nonzero = [pair for pair in every if pair[1].number != 0]
    kept = one_sign([value.number for _, value in nonzero], response)
    found = [pair for pair, keep in zip(nonzero, kept, strict=True) if keep]
    found.sort(key=lambda pair: pair[1].seq)
    results = [Measured(value.number, (run.used, run.given), run, value.at) for run, value in found]

    def is_right(run: Run, value: Measurement) -> bool:
        return run.is_confirmed(response.name, value, *RESULT_IS_RIGHT)

    right = {place for place, pair in enumerate(found) if pair[0].confirmed and is_right(*pair)}
    comparisons = Comparisons(state, response, results)
    verdicts = doubts(comparisons, right)
    verdicts |= beyond_all(comparisons, verdicts)
    for place in sorted(verdicts.keys() - right - near_zero(comparisons, verdicts)):
        run, value = found[place]
        yield _slip(run, response, value, verdicts[place].doubt, verdicts[place].clause)
    told = {id(found[place][1]) for place in verdicts}
    for run, value, doubt, clause in _unexplained(comparisons, every, found):
        if id(value) not in told and not is_right(run, value):
            told.add(id(value))
            yield _slip(run, response, value, doubt, clause)


def _unexplained(
    comparisons: Comparisons, every: Sequence[Result], found: Sequence[Result]
) -> Iterator[Told]:
    """Results that no size explains: far off predictions or what others vary by, not above 0."""
    response = comparisons.response
    yield from other_sign(every, response)
    if any(run.predicted for run, _ in found):
        yield from misplaced(comparisons.state, response, every)
        for place, told in surprises(response, found):
            if not comparisons.is_usual(place):
                yield told
    sized = {id(value) for _, value in found}
    if not response.log_scale and any(v.number != 0 and id(v) not in sized for _, v in every):
        yield from (told for told in far_off(every) if id(told[1]) not in sized)


def _slip(run: Run, response: Response, value: Measurement, doubt: ScaleDoubt, clause: str) -> Slip:
    shown = f"{run.id}: {response.name} {quantity_text(value.number, response.unit)}"
    return Slip(run.id, response.name, value, doubt, clause, f"{shown} {clause}")
