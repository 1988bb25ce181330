"""The best design from many random starts: all roughly, then the best of them by small steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from designer.acquisition.designs.optimal.exchange import Exchange, ExchangeProblem, Progress
from designer.acquisition.designs.optimal.whole_plots import random_designs
from designer.campaigns.errors import InputError
from designer.models.arrays import IntArray
from designer.render.words import count as counted
from designer.render.words import listed

_FIRST_ROUND = 2.5  # seconds of CPU for all starts, roughly
_ROUND = 4.0  # seconds in which no round goes on
_MOST_STARTS, _FEWEST_STARTS = 150, 2
_MOST_SWEEPS, _FEWEST_SWEEPS = 60, 3
_STEP, _FLOP = 3e-4, 1.5e-9  # seconds of one step, of one of its products (measured)
_FINISHED = 3  # best designs that are improved until nothing improves

# Determinants like ends and middles: what is good among those stays good. Variances do not: how
# good a start is shows only after small steps (6 numbers, 30 runs: correlation of ranks .76, .13).
_KEPT = {True: 0.1, False: 0.5}  # share of starts that small steps are tried on, by determinant?


@dataclass(frozen=True)
class _Round:
    """One round of improvement.

    Attributes:
        designs: how many.
        settled: improvement of the efficiency below which a design is finished.
        fine: small steps, too.
    """

    designs: int
    settled: float
    fine: bool

    def sweeps(self, problem: ExchangeProblem) -> int:
        """Most sweeps there is time for; a fixed rule, so that a seed says all."""
        least = 8 if not self.fine else _FEWEST_SWEEPS
        sweep = _seconds(problem, self.designs, fine=self.fine)
        return int(np.clip(_ROUND / sweep, least, _MOST_SWEEPS))


def _seconds(problem: ExchangeProblem, designs: int, *, fine: bool) -> float:
    """CPU time of one sweep, roughly."""
    p, settings = len(problem.terms), problem.spread + (16 if fine else 0)
    criterion = 1 if problem.moments is None else 2
    steps = problem.plots.runs * len(problem.plots.level_of)
    return steps * (_STEP + _FLOP * designs * criterion * (settings + 2) * p**2)


def starts_for(problem: ExchangeProblem) -> int:
    """How many starts there is time for; a fixed rule, so that a seed says all."""
    one = 8 * (_seconds(problem, 2, fine=False) - _seconds(problem, 1, fine=False))
    return int(np.clip(_FIRST_ROUND / one, _FEWEST_STARTS, _MOST_STARTS))


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
        told = progress
        return None if told is None else lambda share: told(first + share * (last - first))

    codes = random_designs(problem.grid, problem.plots, pool, starts, rng)
    kept = max(_FINISHED, int(starts * _KEPT[problem.moments is None]))
    loose = 1e-3 if problem.moments is None else 1e-2
    rounds = (
        _Round(starts, loose, fine=False),
        _Round(min(kept, starts), loose / 10, fine=True),
        _Round(min(_FINISHED, starts), loose / 1000, fine=True),
    )
    values = np.arange(float(starts))
    for place, each in enumerate(rounds):
        _, first = np.unique(np.round(values, 6), return_index=True)  # ascending, each once
        exchange = Exchange(problem, codes[first[: each.designs]])
        values = exchange.run(
            fine=each.fine,
            settled=each.settled,
            sweeps=each.sweeps(problem),
            progress=part(place / len(rounds), (place + 1) / len(rounds)),
        )
        codes = exchange.codes
    best = int(np.argmin(values))
    if not np.isfinite(values[best]):
        raise _none_found(problem)
    return np.asarray(codes[best])


def _none_found(problem: ExchangeProblem) -> InputError:
    plots = problem.plots
    found = [counted(plots.runs, "run")]
    for stage, count in zip(plots.stages, plots.counts, strict=True):
        found.append(counted(count, f"batch of {stage}", f"batches of {stage}"))
    return InputError.at(
        "--design",
        "no design was found that tells all terms of the model apart",
        listed(found),
        None,
        "Ask for more runs (-n) or batches (whole_plots:STAGE=), or take a smaller model",
    )
