"""Plans that earlier lines were run by: a Sobol sequence, and a split plot with shared batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from designer.models.arrays import FloatArray
from designer.twin.factors import TwinFactor

PlanKind: TypeAlias = Literal["sobol", "split_plot"]

RUNS_PER_SLURRY, RUNS_PER_STRIP = 8, 2  # of a split plot
_BITS = 30
_MOST_DIMENSIONS = 5  # the twin's factors


def sobol(n: int, dimensions: int, rng: np.random.Generator | None = None) -> FloatArray:
    """Points of the Sobol sequence in the open unit cube, ``[n, dimensions]``.

    With ``rng`` shifted digitally (xor), which keeps the balance of the sequence.

    Raises:
        ValueError: more than five dimensions.
    """
    from scipy.stats import qmc  # takes a while to load

    if not 1 <= dimensions <= _MOST_DIMENSIONS:
        raise ValueError(f"{dimensions} dimensions; allowed: 1 to {_MOST_DIMENSIONS}")
    sequence = qmc.Sobol(dimensions, scramble=False, bits=_BITS)
    share = sequence.random_base2((n - 1).bit_length())[:n]
    points = (share * (1 << _BITS)).astype(np.int64)
    if rng is not None:
        points ^= rng.integers(0, 1 << _BITS, size=dimensions)
    return np.asarray((points + 0.5) / (1 << _BITS), dtype=np.float64)


def stratified(n: int, rng: np.random.Generator) -> FloatArray:
    """One random value in each of ``n`` equal parts of (0, 1), in random order."""
    return np.asarray((rng.permutation(n) + rng.random(n)) / n, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class TwinPlan:
    """Recipes in the order they are made, with batch ids for every stage but the last.

    Attributes:
        settings: set-points by factor, each ``[n]``.
        batches: batch ids by stage (slurry, coating), each of length ``n``.
    """

    settings: dict[str, FloatArray]
    batches: dict[str, list[str]]


def batch_id(stage: str, number: int) -> str:
    """``slurry-03``."""
    return f"{stage}-{number:02d}"


def sobol_plan(factors: Sequence[TwinFactor], n: int, rng: np.random.Generator) -> TwinPlan:
    """Set-points of a shifted Sobol sequence; every run is its own slurry and its own strip."""
    points = sobol(n, len(factors), rng)
    settings = {f.name: f.snap(f.at(points[:, d])) for d, f in enumerate(factors)}
    own = {stage: [batch_id(stage, k + 1) for k in range(n)] for stage in ("slurry", "coating")}
    return TwinPlan(settings, own)


def split_plot_plan(factors: Sequence[TwinFactor], n: int, rng: np.random.Generator) -> TwinPlan:
    """Random slurries, each with several strips, each with several passes through the calender.

    Every factor is stratified: slurry factors over all slurries, coating factors over the strips
    of a slurry, calendering factors over the runs of a slurry.
    """
    run = np.arange(n)
    slurry, strip = run // RUNS_PER_SLURRY, run // RUNS_PER_STRIP
    settings = {}
    for factor in factors:
        share = np.empty(n)
        if factor.stage == "slurry":
            share = stratified(int(slurry.max()) + 1, rng)[slurry]
        else:
            plot = strip if factor.stage == "coating" else run
            for s in np.unique(slurry):
                rows = slurry == s
                plots, position = np.unique(plot[rows], return_inverse=True)
                share[rows] = stratified(len(plots), rng)[position]
        settings[factor.name] = factor.snap(factor.at(share))
    batches = {
        "slurry": [batch_id("slurry", int(k) + 1) for k in slurry],
        "coating": [batch_id("coating", int(k) + 1) for k in strip],
    }
    return TwinPlan(settings, batches)
