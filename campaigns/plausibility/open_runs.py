"""Open runs that a later change of the specification has overtaken."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from designer.campaigns.errors import Problem
from designer.campaigns.log.events import Event
from designer.campaigns.log.runs import BREACH, WAITING, Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.open_batches import batch_problems, is_overtaken
from designer.campaigns.space.factors import quantity_text
from designer.campaigns.specification import load
from designer.campaigns.specification.parts import Response, range_text
from designer.campaigns.specification.recipes import recipe_flags, recipe_problems
from designer.campaigns.specification.specification import Specification


@dataclass(frozen=True, slots=True)
class Breach:
    """Something about an open run that the specification does not allow, or want, any more.

    Attributes:
        run: run id.
        response: the response whose window it is expected to miss; None: it is about its recipe.
        problem: what it is.
        since: when the specification was changed (UTC).
    """

    run: str
    response: str | None
    problem: Problem
    since: str

    @property
    def message(self) -> str:
        """A sentence without a final full stop."""
        return str(self.problem)


def breaches(state: CampaignState, only: Collection[str] | None = None) -> list[Breach]:
    """What open runs break since the specification was changed, in their order.

    Args:
        state: the campaign.
        only: ids of the runs that are wanted; None: all.
    """
    change, before = _last_change(state), _SpecificationsBefore(state)
    if change is None:
        return []
    found: list[Breach] = []
    reached = [
        run
        for run in (state.runs.values() if only is None else map(state.run, only))
        if run.seq < change.seq and (run.status in WAITING or is_overtaken(run, change.seq))
    ]
    of_batches = batch_problems(state, change.seq, before.of) if reached else {}
    for run in reached:
        if _is_confirmed(run, change):
            continue
        told: list[tuple[str | None, Problem]] = []
        if run.status in WAITING:
            told += [(None, problem) for problem in _problems(state, run, f"run {run.id}")]
            told += _missed_windows(state, run, before)
        told += [(None, problem) for problem in of_batches.get(run.id, ())]
        found += [Breach(run.id, name, problem, change.recorded_at) for name, problem in told]
    return found


def broken_by(state: CampaignState, runs: Collection[str]) -> list[str]:
    """What the recipes and planned batches of some runs break, a sentence each."""
    found = breaches(state, dict.fromkeys(runs))
    return [each.message for each in found if each.response is None]


def settings_against(state: CampaignState, run: Run) -> list[str]:
    """What the settings of a run are against, confirmed or not.

    A run that waits for nothing more is measured by the specification it was made under, as its
    flags are; one that waits by today's, too.
    """
    told = list(run.flags)
    if run.status in WAITING and run.seq < state.spec_seq:
        told += [str(problem) for problem in _problems(state, run, "")]
    return told


def _problems(state: CampaignState, run: Run, where: str) -> list[Problem]:
    if run.planned is None or run.judged_seq > state.spec_seq:
        return []  # what it was made with is told by its own flags
    settings = {**run.used, **run.given}
    if not (run.reported or run.reported_given or run.own_recipe):
        return recipe_problems(state.spec, settings, where)
    told = recipe_flags(state.spec, settings)  # used, or somebody's own: off the grid is ordinary
    return [Problem(where, text) for text in told if text not in run.flags]


def _last_change(state: CampaignState) -> Event | None:
    """The last event that gave the campaign another specification; perhaps its reversal."""
    return state.events[state.spec_seq - 1] if state.spec_seq > 1 else None


def _is_confirmed(run: Run, change: Event) -> bool:
    return run.confirmed_seq(BREACH) > change.seq


class _SpecificationsBefore:
    """The specifications that runs were planned under."""

    def __init__(self, state: CampaignState) -> None:
        self._state = state
        self._read: dict[int, Specification] = {}

    @cached_property
    def _stated(self) -> list[Event]:
        kinds = ("campaign_created", "spec_amended")
        return [event for event in self._state.events if event.kind in kinds]

    def of(self, run: Run) -> Specification:
        """The one that counted when a run was planned."""
        stated = [
            event
            for event in self._stated
            if event.seq < run.seq < self._state.reversals.get(event.seq, run.seq + 1)
        ]
        seq = stated[-1].seq
        if seq not in self._read:
            self._read[seq] = load.from_dict(stated[-1].body["parsed"], trusted=True)
        return self._read[seq]


def _missed_windows(
    state: CampaignState, run: Run, specifications: _SpecificationsBefore
) -> Iterator[tuple[str, Problem]]:
    """Changed windows that a run is expected to miss, though it did not when it was planned."""
    for response in state.spec.responses:
        expected = _expected_ends(run, response)
        if expected is None or response.window is None or not _misses(expected, response.window):
            continue
        planned = {each.name: each.window for each in specifications.of(run).responses}
        before = planned.get(response.name)
        if before is None or not _misses(expected, before):
            found = (
                f"{quantity_text(expected[0], None)} to {quantity_text(expected[1], response.unit)}"
            )
            window = range_text(response.window, response.unit)
            what = f"{response.name} is expected outside the window"
            what += f" (expected {found}; window: {window})"
            yield response.name, Problem(f"run {run.id}", what)


def _expected_ends(run: Run, response: Response) -> tuple[float, float] | None:
    """Between what values one more result lies with 95 %, as predicted when it was planned."""
    told = run.prediction(response.name)
    if not told:
        return None
    low, high = told.get("low95"), told.get("high95")
    if low is None or high is None:
        low, high = (told["mean"] + side * 2 * told["sd_result"] for side in (-1, 1))
    return float(f"{low:.3g}"), float(f"{high:.3g}")


def _misses(expected: tuple[float, float], window: tuple[float, float]) -> bool:
    return expected[1] < window[0] or expected[0] > window[1]
