"""What will be known once the plan is made, and what the best step after it would still bring.

Given the hyperparameters, variances do not depend on the values that will be measured: a plan's
own conditioning says how far every response will be known. What is told is the root mean square
over the region of half the 68 % interval in raw units and within what is possible (the standard
deviation, where the scale is linear), which is what an error (RMSE) over the region is compared
with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from designer.acquisition.conditioning.response import ResponseConditioning
from designer.acquisition.functions.reference_points import GoalUncertainty
from designer.acquisition.predictions import SD_68, quantiles
from designer.acquisition.selection.new_batches import NewBatches
from designer.acquisition.selection.problem import PlanningProblem
from designer.models.arrays import FloatArray, IntArray

_POINTS = 128  # that stand for the region: figures within 3 %, as with 256 (measured)


@dataclass(frozen=True)
class Step:
    """The best thing to do after the plan.

    Attributes:
        stage: stage of which it would be a new batch; None: it is a single run.
        runs: number of runs.
        bits: information it would bring.
        cost: in ``costs.unit``.
    """

    stage: str | None
    runs: int
    bits: float
    cost: float


@dataclass(frozen=True)
class Outlook:
    """What to expect.

    Attributes:
        runs: runs it is about: the open ones and the plan's.
        sd_now: typical ± per response over the region, raw units, from the results so far.
        sd_after: the same once those runs are made.
        next_bits: information of the next single run after them.
        step: the best step after them; None: there is none.
        best_rate: most bits per cost of the step and of a single run.
        about: what all bits are about, as set by the results so far: open runs do not count.
    """

    runs: int
    sd_now: Mapping[str, float]
    sd_after: Mapping[str, float]
    next_bits: float
    step: Step | None
    best_rate: float
    about: GoalUncertainty = field(compare=False)  # arrays cannot be told equal


def outlook(problem: PlanningProblem, goal: str, planned: int) -> Outlook | None:
    """Look ahead from a plan; None when nothing is known yet.

    The goal is set anew, as the next plan will set it: afterwards the fields are about that.

    Args:
        problem: what the plan was chosen from, its runs taken.
        goal: of the campaign.
        planned: number of runs of the plan.
    """
    if problem.uninformed:
        return None
    known = known_over_region(problem)
    goal = "window" if goal == "optimum" else goal
    about = problem.reference_points(goal, np.random.default_rng(0), results_only=True)
    single, step = _next(problem, goal)
    return Outlook(
        runs=len(problem.context.pending) + planned,
        sd_now={name: now for name, (now, _) in known.items()},
        sd_after={name: after for name, (_, after) in known.items()},
        next_bits=single.bits,
        step=step,
        best_rate=max(s.bits / s.cost for s in (single, step) if s is not None),
        about=GoalUncertainty(problem.X[about.rows], about.weights),
    )


def known_over_region(problem: PlanningProblem) -> dict[str, tuple[float, float]]:
    """Typical ± per response over the region in raw units: by the results, and the runs taken."""
    whole, rows = problem.candidates.region
    region = np.unique(rows[whole.spread(_POINTS, np.random.default_rng(0))])
    return {each.name: _known(problem, each, region) for each in problem.conditionings}


def _known(
    problem: PlanningProblem, conditioning: ResponseConditioning, rows: IntArray
) -> tuple[float, float]:
    """Typical ± now and after the runs taken.

    The posterior may be averaged over hyperparameters, the conditioning is at their mode: the
    share of the variance that the runs leave is taken from there.
    """
    posterior, X = problem.posteriors[conditioning.name], problem.X[rows]
    mean, variance = posterior.moments(X)
    before = np.maximum(conditioning.surface.moments(rows)[1], np.finfo(float).tiny)
    left = np.minimum(conditioning.variance_at(rows) / before, 1.0)
    possible = problem.spec.response(conditioning.name).possible

    def typical(of: FloatArray) -> float:
        low, high = quantiles(posterior, mean, of, (-SD_68, SD_68), possible)
        return float(np.sqrt(np.mean(np.square(high - low)))) / 2

    return typical(variance), typical(variance * left)


def _next(ahead: PlanningProblem, goal: str) -> tuple[Step, Step | None]:
    """The best single run by bits per cost, and the best step."""
    tree, allowed = ahead.tree, ahead.allowed(any_settings=True)
    information = ahead.information(ahead.reference_points(goal, np.random.default_rng(0)))
    stage, new_batch, near = tree.hard_stage, None, allowed
    if stage is not None:  # a single run of another new batch than the best is no good idea
        new_batch = NewBatches(information, tree, stage).best(allowed, np.inf)
        going = tree.depth() > stage
        near = going if new_batch is None else going | (tree.keys(stage) == new_batch.group)
        near = allowed & near
    few = np.zeros(len(allowed), dtype=np.bool_)
    few[ahead.representatives] = True
    asked = near & few if (near & few).any() else near
    each, costs = information.gains(asked), tree.costs()
    best = int(np.argmax(np.where(asked, each / costs, -np.inf)))
    single = Step(None, 1, float(each[best]), float(costs[best]))
    if stage is None:
        return single, single
    if new_batch is None or not new_batch.runs:  # a batch too short-lived for a single run
        return single, None
    return single, Step(tree.stages[stage], new_batch.runs, new_batch.value, new_batch.cost)
