"""What a plan is made for: the campaign's goal, and for `optimum` the phase it is in.

    search   until three recipes made are predicted in spec with probability above one half: as
             many hits per cost as possible; where a hit is improbable, the window's information
    improve  then the responses' goals, in spec
    mix      without goals, or when nothing is left to improve: the goal `window`

The phase follows from the belief alone, never from how many runs are asked for, so plans stay
nested. When a phase has nothing left to gain within a plan, the mix fills it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from designer.acquisition.candidates.stratified import draw
from designer.acquisition.functions.base import AcquisitionFunction
from designer.acquisition.functions.expected_hits import WANTED, ExpectedHits
from designer.acquisition.functions.improvement import Improvement, MakeImprover
from designer.acquisition.functions.reference_points import ReferencePoints
from designer.acquisition.selection.greedy import (
    Pick,
    Stop,
    Taking,
    by_value,
    per_cost,
)
from designer.acquisition.selection.hit_search import Search, search
from designer.acquisition.selection.problem import DEFAULT_RUNS, PlanningProblem
from designer.acquisition.selection.refinement import Refinement, Take
from designer.acquisition.selection.screening import EIScreen, notable
from designer.models.arrays import BoolArray

Refine = Callable[[PlanningProblem, ReferencePoints, Take], Refinement]

_SMALL_CHANCE = 0.3  # of any hit: below, learning where the window lies comes first (line-hours)
_NEARLY = 0.25  # runs expected to be missing that open runs are trusted to bring (assumption)
_REGION = 256  # points that stand for the region
_JUDGED = 192  # candidates whose improvement is judged: their joint moments take seconds


@dataclass(frozen=True)
class Selection:
    """The runs of a plan and what they were chosen for.

    Attributes:
        proposal: points and beliefs they were chosen among, all of them taken.
        goal: name of the goal.
        target: what the information of the runs is about.
        picks: the runs, in order of value.
        value_name: of what was maximised, when that is no information.
        notes: sentences for the user.
    """

    proposal: PlanningProblem
    goal: str
    target: ReferencePoints
    picks: list[Pick]
    value_name: str | None
    notes: tuple[str, ...]

    @property
    def value(self) -> float:
        """What the runs bring of what was maximised, where that is no information."""
        return float(sum(pick.value for pick in self.picks if pick.value is not None))


def choose(
    proposal: PlanningProblem,
    goal: str,
    rng: np.random.Generator,
    stop: Stop,
    *,
    make_improver: MakeImprover | None = None,
    refine: Refine | None = None,
) -> Selection:
    """Choose the runs of a plan.

    Args:
        proposal: points and beliefs, open runs taken.
        goal: ``learn``, ``window`` or ``optimum``.
        rng: source of all chance.
        stop: when the plan is complete.
        make_improver: makes the judge of improvement; None: plans do not improve.
        refine: makes the search for information around the candidates, where they are but a part
            of the region; None: the candidates are all there is.
    """
    target = proposal.target("window" if goal == "optimum" else goal, rng)
    objective: AcquisitionFunction | None = None
    notes: list[str] = []
    if goal == "optimum" and not proposal.blind and stop.runs:
        objective, notes = _phase(proposal, rng, stop.budget, make_improver)
    name = "optimum" if goal == "optimum" else goal if proposal.blind else target.name
    if objective is None:
        notes += target.notes
        if refine is not None:
            found = refine(proposal, target, by_information).plan(stop)
            return Selection(found.proposal, name, found.target, found.picks, None, tuple(notes))
        picks = by_information(proposal, target, proposal.allowed(), stop)
        return Selection(proposal, name, target, picks, None, tuple(notes))
    information = proposal.information(target)
    taking = Taking(information, proposal.tree, proposal.allowed(), stop)
    taking.by(objective, per_cost(taking, objective))
    if 0 < len(taking.picks) < stop.runs and taking.affordable().any():
        left = "run" if len(taking.picks) == 1 else f"{len(taking.picks)} runs"
        notes.append(f"after the first {left} nothing adds enough to that: the rest is a mix")
    valued = objective.name if taking.picks else None
    taking.by(information, per_cost(taking, information))
    return Selection(proposal, name, target, taking.picks, valued, tuple(notes))


def by_information(
    proposal: PlanningProblem, target: ReferencePoints, allowed: BoolArray, stop: Stop
) -> list[Pick]:
    """Runs chosen by their bits per cost; knowing nothing, spread over the region."""
    information = proposal.information(target)
    taking = Taking(information, proposal.tree, allowed, stop)
    how = by_value(information) if proposal.blind else per_cost(taking, information)
    taking.by(information, how)
    return taking.picks


def _phase(
    proposal: PlanningProblem,
    rng: np.random.Generator,
    budget: float | None,
    make_improver: MakeImprover | None,
) -> tuple[AcquisitionFunction | None, list[str]]:
    """What to maximise for the goal optimum (None: the mix's information), and why."""
    looked = search(proposal, rng)
    if looked is not None and looked.found < WANTED:
        if looked.missing > _NEARLY:
            return _searching(proposal, looked, budget)
        notes = [f"search: {_found(looked)}, and the open runs are expected to bring the rest"]
    elif looked is not None:
        notes = [f"search is over: {looked.found} runs are predicted in spec"]
    else:
        notes = []
    improvement, why = _improving(proposal, rng, make_improver)
    return improvement, [*notes, why]


def _searching(
    proposal: PlanningProblem, looked: Search, budget: float | None
) -> tuple[AcquisitionFunction | None, list[str]]:
    """Hits, if a plan is likely to bring one: with what is set up, else with a new batch."""
    told = f"search: {_found(looked)}"
    ways = [(looked.hits, "the plan looks for more")]
    stage, depth = proposal.tree.hard_stage, proposal.tree.depth()
    if stage is not None and (depth > stage).any():
        name = proposal.tree.stages[stage]
        new = f"the {name} at hand offers little, so the plan looks for more with a new one"
        ways.append((looked.hits.among(depth <= stage), new))
    most = 0.0
    for hits, how in ways:
        chance = _chance(proposal, hits, budget)
        if chance > _SMALL_CHANCE:
            unit = proposal.spec.costs.unit.removesuffix("s") or "cost"
            return hits, [f"{told}; {how}, as many per {unit} as possible"]
        most = max(most, chance)
    return None, [
        f"{told}; {DEFAULT_RUNS} further runs would bring one with probability {most:.2f} only,"
        " so the plan learns where the windows' borders lie"
    ]


def _chance(proposal: PlanningProblem, hits: ExpectedHits, budget: float | None) -> float:
    """Probability that a plan of four runs for hits alone brings any, by making it on trial."""
    everywhere = np.ones(len(proposal.X), dtype=np.bool_)
    trial = Taking(None, proposal.tree.fork(), proposal.allowed(), Stop(DEFAULT_RUNS, budget))
    on_trial = hits.among(everywhere)
    trial.by(on_trial, per_cost(trial, on_trial))
    return hits.chance(np.array([pick.row for pick in trial.picks], dtype=np.int64))


def _found(looked: Search) -> str:
    verb = "is" if looked.found == 1 else "are"
    return f"{looked.found} of {WANTED} runs {verb} predicted in spec"


def _improving(
    proposal: PlanningProblem, rng: np.random.Generator, make_improver: MakeImprover | None
) -> tuple[Improvement | None, str]:
    if not proposal.goals:
        return None, "mix: no response has a goal to improve on, so the plan gathers information"
    n = len(proposal.candidates)
    region = draw(proposal.candidates.morton, np.ones(n), min(n, _REGION), rng)
    improver = None
    if make_improver is not None:
        improver = make_improver(proposal.made_recipes(), proposal.X[np.unique(region)])
    if improver is None:
        return None, "mix: the plan gathers information"
    rows = notable(proposal, EIScreen(proposal), rng, _JUDGED)
    if not len(rows):
        return None, "mix: every recipe was made, so the plan gathers information"
    objective = Improvement(improver, proposal.X, rows, proposal.X[n:], proposal.success_of(rows))
    most = float(objective.each().max(initial=0.0))
    names = " and ".join(response.name for response in proposal.goals)
    told = f"the best run is expected to improve {names} by {most:.2g}"
    if most < improver.least:
        return None, f"mix: {told}, less than {improver.least:.2g} (1 % of what varies)"
    return objective, f"improve: {told} ({improver.name})"
