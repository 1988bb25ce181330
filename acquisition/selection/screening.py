"""Candidates worth a closer look, found without looking at all of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from designer.acquisition.candidates.local_search import COARSE, best_rows
from designer.acquisition.candidates.stratified import draw
from designer.acquisition.selection.problem import PlanningProblem
from designer.models.arrays import BoolArray, FloatArray, IntArray


def notable(
    proposal: PlanningProblem,
    worth: Callable[[IntArray], FloatArray],
    rng: np.random.Generator,
    count: int,
) -> IntArray:
    """Candidates by what they are worth, sorted, ``[m]``; recipes made or open are left out.

    A third are the most valuable ones, a third the most valuable ones that the batches at hand can
    make, a third drawn in proportion to their worth, and as many again as half of that evenly.

    Args:
        proposal: the proposal.
        worth: of some candidates, ``[m]``, not negative.
        rng: source of the part that is drawn.
        count: about how many.
    """
    third, n, morton = count // 3, len(proposal.candidates), proposal.candidates.morton
    free = proposal.allowed()[:n] & ~proposal.repeated()
    found = np.zeros(n)

    def score(rows: IntArray) -> FloatArray:
        found[rows] = np.where(free[rows], worth(rows), 0.0)
        return found[rows, None]

    best_rows(proposal.candidates, score, _largest, third)
    at_hand = proposal.tree.depth()[:n] > 0
    score(_some(at_hand & free, morton))
    order = np.argsort(-found, kind="stable")
    parts = [order[:third], order[at_hand[order]][:third]]
    share = np.ones(n)  # candidates that stand for all weigh as many as they stand for
    share[proposal.stand_ins] = n / len(proposal.stand_ins)
    drawn = found * share
    for weights, number in ((drawn, third), (free.astype(np.float64), third // 2)):
        if weights.sum() > 0:
            parts.append(draw(morton, weights, number, rng))
    rows = np.unique(np.concatenate(parts))
    return rows[free[rows]]


def _largest(figures: FloatArray, rows: IntArray) -> IntArray:
    return np.lexsort((rows, -figures[:, 0]))


def _some(mask: BoolArray, morton: IntArray) -> IntArray:
    """Of the candidates in a mask ``[n]`` all, or a part that is spread evenly over them."""
    rows = np.flatnonzero(mask)
    if len(rows) <= COARSE:
        return rows
    rng = np.random.default_rng(0)
    return np.unique(draw(morton, mask.astype(np.float64), COARSE, rng))
