"""Which runs share a batch of which stage, and the covariance of their errors.

The factors of a stage are set once per whole plot, a batch of that stage; whole plots of a later
stage lie inside those of the earlier ones (split-plot, split-split-plot: Jones & Goos 2009,
Biometrika 96, 67). ``V = I + Σ η_k Z_k Z_k'``, η_k the variance of batches of stage k over that of
a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from designer.acquisition.candidates.grid import RecipeGrid
from designer.models.arrays import FloatArray, IntArray

_TRIES = 8  # draws of other settings inside a whole plot, where constraints refuse many


@dataclass(frozen=True, eq=False)
class WholePlots:
    """Whole plots of the stages that have any.

    Attributes:
        runs: number of runs.
        stages: stages with whole plots, hardest to change first.
        counts: how many each has, not fewer than the stage before.
        level_of: place in ``stages`` at which each factor is set, ``[F]``; ``len(stages)``: per
            run.
        ratios: variance ratio η per stage, 1 where none is named.
    """

    runs: int
    stages: tuple[str, ...]
    counts: tuple[int, ...]
    level_of: tuple[int, ...]
    ratios: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def index(self) -> IntArray:
        """Number of the whole plot of every run, from 0, per stage, ``[stages, runs]``."""
        rows, units = [np.arange(self.runs)], self.runs
        for count in reversed(self.counts):  # what lies inside is shared out evenly
            rows.append((np.arange(units) * count // units)[rows[-1]])
            units = count
        return np.array(rows[:0:-1], dtype=np.int64).reshape(len(self.counts), self.runs)

    @cached_property
    def weight(self) -> FloatArray:
        """The inverse covariance of the runs, ``[runs, runs]``."""
        V = np.eye(self.runs)
        for stage, row in zip(self.stages, self.index, strict=True):
            V += self.ratio(stage) * (row[:, None] == row)
        return np.asarray(np.linalg.inv(V))

    def ratio(self, stage: str) -> float:
        """Variance ratio η of a stage."""
        return float(self.ratios.get(stage, 1.0))

    @cached_property
    def visits(self) -> tuple[tuple[int, IntArray], ...]:
        """Level and rows of every whole plot, and of every run, hardest to change first."""
        every = [*self.index, np.arange(self.runs)]
        return tuple(
            (level, np.flatnonzero(row == plot))
            for level, row in enumerate(every)
            for plot in range(int(row[-1]) + 1)
        )

    def numbers(self, run: int) -> dict[str, int]:
        """Stage → number of the run's whole plot, from 1."""
        of_run = self.index[:, run].tolist()
        return {stage: plot + 1 for stage, plot in zip(self.stages, of_run, strict=True)}


def in_standard_order(plots: WholePlots, codes: IntArray) -> IntArray:
    """Runs ``[n, F]`` by their settings; of whole plots as they are."""
    return codes if plots.stages else np.asarray(codes[np.lexsort(codes.T[::-1])])


def random_designs(
    grid: RecipeGrid, plots: WholePlots, pool: IntArray, count: int, rng: np.random.Generator
) -> IntArray:
    """Codes of feasible designs to start from, ``[count, runs, F]``.

    Args:
        grid: recipes in whole numbers.
        plots: which runs share settings.
        pool: feasible recipes spread over the region, ``[P, F]``.
        count: how many designs.
        rng: source of chance.
    """
    designs = np.empty((count, plots.runs, pool.shape[1]), dtype=np.int64)
    level_of = np.array(plots.level_of)
    for place, row in enumerate((*plots.index, np.arange(plots.runs))):
        later = np.flatnonzero(level_of >= place)
        for _ in range(_TRIES if place else 1):
            # the same recipe for all runs of a plot; inside, what the plot has set stays
            drawn = rng.integers(len(pool), size=(count, int(row[-1]) + 1))[:, row]
            tried = pool[drawn] if place == 0 else designs.copy()
            tried[..., later] = pool[drawn][..., later]
            if place == 0:
                designs = tried
                continue
            fine = _whole(grid.feasible(tried.reshape(-1, tried.shape[-1])), row, count)
            designs[fine] = tried[fine]
    return designs


def _whole(fine: np.ndarray, row: IntArray, count: int) -> np.ndarray:
    """Runs ``[count, runs]`` of plots in which every recipe is feasible."""
    by_run = fine.reshape(count, len(row))
    kept = np.ones((count, int(row[-1]) + 1), dtype=np.bool_)
    for plot in range(kept.shape[1]):
        kept[:, plot] = by_run[:, row == plot].all(axis=1)
    return kept[:, row]
