"""Candidates worth a closer look, found without looking at all of them.

How promising a candidate is for the responses' goals is told in closed form: expected improvement
of each goal alone (Jones, Schonlau & Welch 1998, eq. 15) times the probability of being in spec.
Only to choose the few hundred candidates that are judged properly.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import ndtr

from designer.acquisition.candidates.local_search import COARSE, best_rows, largest_first
from designer.acquisition.candidates.stratified import draw
from designer.acquisition.conditioning.response import ResponseConditioning
from designer.acquisition.functions.improvement import goal_on_scale, utility
from designer.acquisition.selection.problem import PlanningProblem
from designer.models.arrays import BoolArray, FloatArray, IntArray


def screen_candidates(
    problem: PlanningProblem,
    worth: Callable[[IntArray], FloatArray],
    rng: np.random.Generator,
    count: int,
) -> IntArray:
    """Candidates by what they are worth, sorted, ``[m]``; recipes made or open are left out.

    A third are the most valuable ones, a third the most valuable ones that the batches at hand can
    make, a third drawn in proportion to their worth, and as many again as half of that evenly.

    Args:
        problem: the proposal.
        worth: of some candidates, ``[m]``, not negative.
        rng: source of the part that is drawn.
        count: about how many.
    """
    third, n, morton = count // 3, len(problem.candidates), problem.candidates.morton
    free = problem.allowed()[:n] & ~problem.repeated()
    found = np.zeros(n)

    def score(rows: IntArray) -> FloatArray:
        found[rows] = np.where(free[rows], worth(rows), 0.0)
        return found[rows, None]

    best_rows(problem.candidates, score, largest_first, third)
    at_hand = problem.tree.depth()[:n] > 0
    score(_some(at_hand & free, morton))
    order = np.argsort(-found, kind="stable")
    parts = [order[:third], order[at_hand[order]][:third]]
    share = np.ones(n)  # candidates that stand for all weigh as many as they stand for
    share[problem.representatives] = n / len(problem.representatives)
    drawn = found * share
    for weights, number in ((drawn, third), (free.astype(np.float64), third // 2)):
        if weights.sum() > 0:
            parts.append(draw(morton, weights, number, rng))
    rows = np.unique(np.concatenate(parts))
    return rows[free[rows]]


def _some(mask: BoolArray, morton: IntArray) -> IntArray:
    """Of the candidates in a mask ``[n]`` all, or a part that is spread evenly over them."""
    rows = np.flatnonzero(mask)
    if len(rows) <= COARSE:
        return rows
    rng = np.random.default_rng(0)
    return np.unique(draw(morton, mask.astype(np.float64), COARSE, rng))


class EIScreen:
    """Expected improvement of candidates, not negative; 0 everywhere without a goal.

    Args:
        problem: the proposal; improvement is over the best of its stand-ins that is as probably
            in spec as any of them.
    """

    def __init__(self, problem: PlanningProblem) -> None:
        self._problem = problem
        goals = {r.name: goal_on_scale(r.goal, problem.posteriors[r.name]) for r in problem.goals}
        region = problem.representatives
        log_p = problem.log_in_spec(region)
        self._most = float(log_p.max())
        sure = log_p - self._most >= np.log(0.5)
        self._goals: list[tuple[ResponseConditioning, str | float, float, float]] = []
        for conditioning in problem.conditionings:
            if conditioning.name in goals:
                goal = goals[conditioning.name]
                expected, sd = _expected_utility(conditioning, goal, region)
                best = float(expected[sure].max())
                scale = max(float(_improvement(expected, sd, best).max()), np.finfo(float).tiny)
                self._goals.append((conditioning, goal, best, scale))

    def __call__(self, rows: IntArray) -> FloatArray:
        """At some candidates, ``[m]``."""
        promise: FloatArray = np.zeros(len(rows))
        for conditioning, goal, best, scale in self._goals:
            promise += _improvement(*_expected_utility(conditioning, goal, rows), best) / scale
        inside = np.exp(self._problem.log_in_spec(rows) - self._most)
        return np.asarray(promise * inside * self._problem.success[rows])


def _improvement(expected: FloatArray, sd: FloatArray, best: float) -> FloatArray:
    """Expected improvement over the best."""
    z = (expected - best) / sd
    return np.asarray(sd * (np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi) + z * ndtr(z)))


def _expected_utility(
    conditioning: ResponseConditioning, goal: str | float, rows: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Expected utility at some points, and the standard deviation of the response."""
    mean, variance = conditioning.surface.moments(rows)
    sd = np.sqrt(variance)
    if isinstance(goal, str):
        return utility(goal, mean), sd
    off = mean - goal
    a = off / sd  # E|f − goal|: mean of a folded normal distribution
    folded = sd * np.sqrt(2 / np.pi) * np.exp(-0.5 * a * a) + off * (1 - 2 * ndtr(-a))
    return np.asarray(-folded), sd
