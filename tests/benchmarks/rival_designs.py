"""Designs that need no model: recipes and batches of the rivals, more of them than 40 h can hold.

One recipe per slurry: random, Sobol, Latin hypercube. Stages used: stratified random with 4 gaps ×
2 pressures per slurry, stratified random with the allocation of our own plan (as many strips and
passes per slurry), I-optimal for a quadratic model with either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from designer.twin.designs import stratified
from tests.benchmarks.campaign_line import BUDGET, RUN, START, Line, columns
from tests.benchmarks.i_optimal import i_optimal

OVER = 1.0  # h that a design may take beyond the budget, so that none loses a slurry by a hair
STRIPS, PASSES = 4, 2  # of a structured slurry


@dataclass(frozen=True)
class Design:
    """Runs in the order they are made.

    Attributes:
        settings: columns of set-points, each ``[n]``.
        batches: batch ids of every run by stage.
    """

    settings: dict[str, np.ndarray]
    batches: list[dict[str, str]]


def alone(settings: dict[str, np.ndarray]) -> Design:
    """Every run its own slurry."""
    n = len(next(iter(settings.values())))
    ids = [{"slurry": f"slurry-{k:03d}", "coating": f"coating-{k:03d}"} for k in range(1, n + 1)]
    return Design(settings, ids)


def shared(line: Line, X: np.ndarray, allocation: list[list[int]]) -> Design:
    """Recipes on the unit cube with batches of an allocation; equal passes of a strip go together.

    Args:
        line: where they are made.
        X: unit cube, in the order of the allocation, ``[n, 3]``.
        allocation: passes per strip, per slurry.
    """
    settings = columns(line.factors, X)
    slurry = np.repeat(np.arange(len(allocation)), [sum(strips) for strips in allocation])
    passes = [n for strips in allocation for n in strips]
    strip = np.repeat(np.arange(len(passes)), passes)
    pressure = settings["calendering_pressure"]
    batches = [
        {
            "slurry": f"slurry-{a + 1:03d}",
            "coating": f"coating-{b + 1:03d}",
            "calendering": f"coating-{b + 1:03d} {p:g}",
        }
        for a, b, p in zip(slurry, strip, pressure, strict=True)
    ]
    return Design(settings, batches)


def recipes_in_budget(change: tuple[float, float, float]) -> int:
    """How many recipes of a slurry each."""
    return int((BUDGET + OVER) / (sum(change) + RUN))


def structured(change: tuple[float, float, float]) -> list[list[int]]:
    """4 strips × 2 passes per slurry as far as the hours go; the last slurry may be shorter."""
    left, found = BUDGET + OVER, []
    strip = change[1] + PASSES * (change[2] + RUN)
    while left >= change[0] + strip:
        strips = min(STRIPS, int((left - change[0]) / strip + 1e-9))
        found.append([PASSES] * strips)
        left -= change[0] + strips * strip
    return found


def sobol_recipes(line: Line, count: int, _rng: np.random.Generator) -> Design:
    return alone({name: values[START:] for name, values in line.sobol(START + count).items()})


def random_recipes(line: Line, count: int, rng: np.random.Generator) -> Design:
    return alone(columns(line.factors, rng.random((count, len(line.factors)))))


def latin_hypercube(line: Line, count: int, rng: np.random.Generator) -> Design:
    return alone(
        columns(line.factors, qmc.LatinHypercube(len(line.factors), rng=rng).random(count))
    )


def stratified_random(line: Line, allocation: list[list[int]], rng: np.random.Generator) -> Design:
    """Slurries stratified over all, gaps and pressures over each slurry."""
    solids = stratified(len(allocation), rng)
    rows = []
    for a, strips in enumerate(allocation):
        gaps, pressures = stratified(len(strips), rng), stratified(sum(strips), rng)
        which = np.repeat(np.arange(len(strips)), strips)
        rows.append(np.column_stack([np.full(len(which), solids[a]), gaps[which], pressures]))
    return shared(line, np.vstack(rows), allocation)


def quadratic(line: Line, allocation: list[list[int]], rng: np.random.Generator) -> Design:
    """I-optimal for a quadratic model, the starting runs counted."""
    start = np.column_stack(
        [2 * (line.sobol(START)[f.name] - f.low) / (f.high - f.low) - 1 for f in line.factors]
    )
    X, _ = i_optimal(allocation, start, rng)
    return shared(line, (X + 1) / 2, allocation)
