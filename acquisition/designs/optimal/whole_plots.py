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
from designer.acquisition.candidates.moves import Moves
from designer.acquisition.designs.model_terms import ModelTerms
from designer.models.arrays import BoolArray, FloatArray, IntArray

_SMALL = 1e-7  # singular value below which nothing varies, as a share of the largest
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
        return np.asarray(np.linalg.inv(V), dtype=np.float64)

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

    A recipe is drawn for every whole plot; inside, what the plot has set stays, and the rest comes
    from other recipes where that is feasible, else from random steps.

    Args:
        grid: recipes in whole numbers.
        plots: which runs share settings.
        pool: feasible recipes spread over the region, ``[P, F]``.
        count: how many designs.
        rng: source of chance.
    """
    level_of = np.array(plots.level_of)
    designs = np.zeros((count, plots.runs, pool.shape[1]), dtype=np.int64)
    for level, row in enumerate((*plots.index, np.arange(plots.runs))):
        _, first = np.unique(row, return_index=True)
        shape = (count, len(first))
        if level == 0:
            own = pool[rng.integers(len(pool), size=shape)]
        else:
            own = _varied(grid, level_of >= level, designs[:, first], pool, rng)
        designs = own[:, row]
    return designs


def _varied(
    grid: RecipeGrid, free: BoolArray, codes: IntArray, pool: IntArray, rng: np.random.Generator
) -> IntArray:
    """Recipes ``[count, plots, F]`` with other settings of the factors that are free, ``[F]``."""
    flat = codes.reshape(-1, codes.shape[-1])
    left = np.arange(len(flat))
    for _ in range(_TRIES):
        tried = flat[left]
        tried[:, free] = pool[rng.integers(len(pool), size=len(left))][:, free]
        fine = grid.feasible(tried)
        flat[left[fine]] = tried[fine]
        left = left[~fine]
        if not len(left):
            return flat.reshape(codes.shape)
    moves = Moves(grid, free)
    for _ in range(_TRIES):
        flat[left] = moves.random_step(flat[left], rng)
    return flat.reshape(codes.shape)


def functions_of_plots(
    grid: RecipeGrid,
    terms: ModelTerms,
    plots: WholePlots,
    pool: IntArray,
    rng: np.random.Generator,
) -> FloatArray:
    """The functions of a model that change with whole plots only, ``[p, k]``, as its coefficients.

    So many whole plots are needed where nothing else tells of them. In a box they are the terms of
    the plots' own factors; what a mixture or constraints bind together may add some.

    Args:
        grid: recipes in whole numbers.
        terms: the model.
        plots: whole plots of one stage, more of them than there are terms.
        pool: feasible recipes spread over the region, ``[P, F]``.
        rng: source of chance.
    """
    codes = random_designs(grid, plots, pool, 1, rng)[0]
    matrix = terms.matrix(grid.columns(codes))
    row = plots.index[0]
    size = np.bincount(row)[:, None]
    means = np.stack([np.bincount(row, weights=column) for column in matrix.T], axis=1) / size
    _, inside, functions = np.linalg.svd(matrix - means[row])
    every = np.linalg.svd(matrix, compute_uv=False)
    return np.asarray(functions[int((inside > _SMALL * every[0]).sum()) :].T)
