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

from designer.acquisition.functions.base import AcquisitionFunction
from designer.acquisition.functions.expected_hits import ExpectedHits
from designer.acquisition.functions.improvement import Improvement, Improver, MakeImprover
from designer.acquisition.functions.reference_points import ReferencePoints
from designer.acquisition.selection.greedy import (
    GreedyPlan,
    Pick,
    StoppingRule,
    by_gain,
    by_gain_per_cost,
)
from designer.acquisition.selection.hit_search import HitSearch, probability_of_hit, search_hits
from designer.acquisition.selection.problem import PlanningProblem
from designer.acquisition.selection.refinement import Refinement, Select
from designer.acquisition.selection.screening import EIScreen, screen_candidates
from designer.campaigns.specification.parts import DEFAULT_RUNS, WANTED_HITS
from designer.models.arrays import BoolArray

Refine = Callable[[PlanningProblem, ReferencePoints, Select], Refinement]

_SMALL_CHANCE = 0.3  # of any hit: below, learning where the window lies comes first (line-hours)
_NEARLY = 0.25  # runs expected to be missing that open runs are trusted to bring (assumption)
_REGION = 256  # points that stand for the region
_FLAT = 0.05  # gains that differ by less of the largest choose nothing (their samples' error)
_JUDGED = 192  # candidates whose improvement is judged: their joint moments take seconds


@dataclass(frozen=True)
class Selection:
    """The runs of a plan and what they were chosen for.

    Attributes:
        problem: points and beliefs they were chosen among, all of them taken.
        goal: name of the goal.
        reference: what the information of the runs is about.
        picks: the runs, in order of value.
        value_name: of what was maximised, when that is no information.
        notes: sentences for the user.
    """

    problem: PlanningProblem
    goal: str
    reference: ReferencePoints
    picks: list[Pick]
    value_name: str | None
    notes: tuple[str, ...]

    @property
    def bits(self) -> float:
        """Information of the runs."""
        return float(sum(pick.bits for pick in self.picks))

    @property
    def value(self) -> float:
        """What the runs bring of what was maximised, where that is no information."""
        return float(sum(pick.value for pick in self.picks if pick.value is not None))


def select_runs(
    problem: PlanningProblem,
    goal: str,
    rng: np.random.Generator,
    stop: StoppingRule,
    *,
    make_improver: MakeImprover | None = None,
    refine: Refine | None = None,
) -> Selection:
    """Choose the runs of a plan.

    Args:
        problem: points and beliefs, open runs taken.
        goal: ``learn``, ``window`` or ``optimum``.
        rng: source of all chance.
        stop: when the plan is complete.
        make_improver: makes the judge of improvement; None: plans do not improve.
        refine: makes the search for information around the candidates, where they are but a part
            of the region; None: the candidates are all there is.
    """
    reference = problem.reference_points("window" if goal == "optimum" else goal, rng)
    function: AcquisitionFunction | None = None
    notes: list[str] = []
    if goal == "optimum" and not problem.uninformed and stop.runs:
        function, notes = _phase(problem, rng, stop, make_improver)
    name = "optimum" if goal == "optimum" else goal if problem.uninformed else reference.name
    if function is None:
        notes += reference.notes
        if refine is not None:
            found = refine(problem, reference, by_information).plan(stop)
            return Selection(found.problem, name, found.reference, found.picks, None, tuple(notes))
        picks = by_information(problem, reference, problem.allowed(), stop)
        return Selection(problem, name, reference, picks, None, tuple(notes))
    information = problem.information(reference)
    plan = GreedyPlan(information, problem.tree, problem.allowed(), stop)
    plan.extend(function, by_gain_per_cost(plan, function))
    if 0 < len(plan.picks) < stop.runs and plan.affordable().any():
        left = "run" if len(plan.picks) == 1 else f"{len(plan.picks)} runs"
        notes.append(f"after the first {left} nothing adds enough to that: the rest is a mix")
    valued = function.name if plan.picks else None
    plan.extend(information, by_gain_per_cost(plan, information))
    return Selection(problem, name, reference, plan.picks, valued, tuple(notes))


def by_information(
    problem: PlanningProblem, reference: ReferencePoints, allowed: BoolArray, stop: StoppingRule
) -> list[Pick]:
    """Runs chosen by their bits per cost; knowing nothing, spread over the region."""
    information = problem.information(reference, stop.first)
    plan = GreedyPlan(information, problem.tree, allowed, stop)
    choice = by_gain if problem.uninformed else by_gain_per_cost
    plan.extend(information, choice(plan, information))
    return plan.picks


def _phase(
    problem: PlanningProblem,
    rng: np.random.Generator,
    stop: StoppingRule,
    make_improver: MakeImprover | None,
) -> tuple[AcquisitionFunction | None, list[str]]:
    """What to maximise for the goal optimum (None: the mix's information), and why."""
    search = search_hits(problem, rng)
    if search is not None and search.found < WANTED_HITS:
        if search.missing > _NEARLY:
            return _searching(problem, search, stop)
        notes = [f"search: {_found(search)}, and the open runs are expected to bring the rest"]
    elif search is not None:
        notes = [f"search is over: {search.found} runs are predicted in spec"]
    else:
        notes = []
    improvement, why = _improving(problem, rng, make_improver)
    return improvement, [*notes, why]


def _searching(
    problem: PlanningProblem, search: HitSearch, stop: StoppingRule
) -> tuple[AcquisitionFunction | None, list[str]]:
    """Hits, if a plan is likely to bring one: with what is set up, else with a new batch."""
    told = f"search: {_found(search)}"
    ways = [(search.hits, "the plan looks for more")]
    stage, depth = problem.tree.hard_stage, problem.tree.depth()
    if stage is not None and (depth > stage).any():
        name = problem.tree.stages[stage]
        new = f"the {name} at hand offers little, so the plan looks for more with a new one"
        ways.append((search.hits.among(depth <= stage), new))
    most = 0.0
    for hits, how in ways:
        chance = _probability_of_hit(problem, hits, stop)
        if chance > _SMALL_CHANCE:
            unit = problem.spec.costs.unit.removesuffix("s") or "cost"
            each = probability_of_hit(problem, problem.representatives)
            alike = "; all recipes are about as likely in spec, so any will do"
            flat = alike if float(np.ptp(each)) < _FLAT * float(each.max()) else ""
            return hits, [f"{told}; {how}, as many per {unit} as possible{flat}"]
        most = max(most, chance)
    return None, [
        f"{told}; {DEFAULT_RUNS} further runs would bring one with probability {most:.2f} only,"
        " so the plan learns where the windows' borders lie"
    ]


def _probability_of_hit(problem: PlanningProblem, hits: ExpectedHits, stop: StoppingRule) -> float:
    """Probability that a plan of four runs for hits alone brings any, by making it on trial."""
    everywhere = np.ones(len(problem.X), dtype=np.bool_)
    rule = StoppingRule(DEFAULT_RUNS, stop.budget, stock=stop.stock)
    trial = GreedyPlan(None, problem.tree.fork(), problem.allowed(), rule)
    on_trial = hits.among(everywhere)
    trial.extend(on_trial, by_gain_per_cost(trial, on_trial))
    return hits.probability_of_any(np.array([pick.row for pick in trial.picks], dtype=np.int64))


def _found(search: HitSearch) -> str:
    verb = "is" if search.found == 1 else "are"
    return f"{search.found} of {WANTED_HITS} runs {verb} predicted in spec"


def _improving(
    problem: PlanningProblem, rng: np.random.Generator, make_improver: MakeImprover | None
) -> tuple[Improvement | None, str]:
    if not problem.goals:
        return None, "mix: no response has a goal to improve on, so the plan gathers information"
    n = len(problem.candidates)
    whole, rows_of = problem.candidates.region
    region = rows_of[whole.spread(_REGION, rng)]
    improver = None
    if make_improver is not None:
        improver = make_improver(problem.made_recipes(), problem.X[np.unique(region)])
    if improver is None:
        return None, "mix: the plan gathers information"
    rows = screen_candidates(problem, EIScreen(problem), rng, _JUDGED)
    if not len(rows):
        return None, "mix: every recipe was made, so the plan gathers information"
    function = Improvement(improver, problem.X, rows, problem.X[n:], problem.success[rows])
    return _judged(function, improver, " and ".join(response.name for response in problem.goals))


def _judged(
    function: Improvement, improver: Improver, names: str
) -> tuple[Improvement | None, str]:
    """The improvement where it can choose the next run, and why or why not."""
    each = function.each()
    if not np.isfinite(each).all():
        return None, f"mix: how far a run improves {names} cannot be computed"
    most = float(each.max())
    told = f"the best run is expected to improve {names} by {improver.told(most)}"
    if most < improver.threshold:
        least = improver.told(improver.threshold)
        return None, f"mix: {told}, less than {least} (1 % of what varies)"
    if len(each) > 1 and np.ptp(each) < _FLAT * most:
        return None, f"mix: {told}, but any other does as well, so the plan gathers information"
    return function, f"improve: {told} ({improver.name})"
