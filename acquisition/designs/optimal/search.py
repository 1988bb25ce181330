"""The best design from many random starts: all roughly, then the best of them by small steps."""

from __future__ import annotations

import numpy as np

from designer.acquisition.designs.optimal.exchange import Exchange, ExchangeProblem, Progress
from designer.acquisition.designs.optimal.whole_plots import random_designs
from designer.campaigns.errors import InputError
from designer.models.arrays import IntArray

_WORK = 1.5  # seconds of CPU for the first round of all starts, roughly
_MOST_STARTS, _FEWEST_STARTS = 150, 2
_FINISHED = 3  # best designs that are improved until nothing improves

# Determinants like ends and middles: what is good among those stays good. Variances do not: how
# good a start is shows only after small steps (6 numbers, 30 runs: correlation of ranks .76, .13).
_KEPT = {True: 0.1, False: 0.5}  # share of starts that small steps are tried on, by determinant?


def starts_for(problem: ExchangeProblem) -> int:
    """How many starts there is time for; a fixed rule, so that a seed says all."""
    runs, p = problem.plots.runs, len(problem.terms)
    each = runs * len(problem.plots.level_of) * 15 * (problem.spread * p**2 + 500) * 1e-9
    each *= 1 if problem.moments is None else 3
    return int(np.clip(_WORK / each, _FEWEST_STARTS, _MOST_STARTS))


def best_design(
    problem: ExchangeProblem,
    pool: IntArray,
    starts: int,
    rng: np.random.Generator,
    progress: Progress | None,
) -> IntArray:
    """Codes of the best design found, ``[n, F]``.

    Args:
        problem: what is to be optimised.
        pool: feasible recipes spread over the region, ``[P, F]``.
        starts: how many random designs to start from.
        rng: source of chance.
        progress: called with the share that is done.

    Raises:
        InputError: none was found that tells all terms of the model.
    """

    def part(first: float, last: float) -> Progress | None:
        return None if progress is None else lambda share: progress(first + share * (last - first))

    codes = random_designs(problem.grid, problem.plots, pool, starts, rng)
    kept = max(_FINISHED, int(starts * _KEPT[problem.moments is None]))
    stages = ((False, 1e-2, starts), (True, 1e-3, kept), (True, 1e-5, _FINISHED))
    values = np.arange(float(starts))
    for place, (fine, settled, count) in enumerate(stages):
        _, first = np.unique(np.round(values, 6), return_index=True)  # ascending, each once
        exchange = Exchange(problem, codes[first[:count]])
        told = part(place / len(stages), (place + 1) / len(stages))
        values = exchange.run(fine=fine, settled=settled, progress=told)
        codes = exchange.codes
    best = int(np.argmin(values))
    if not np.isfinite(values[best]):
        what = "no design was found that tells all terms of the model apart"
        raise InputError.at("-n", what, None, None, "Ask for more runs or more whole plots")
    return np.asarray(codes[best])
