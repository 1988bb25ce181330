"""I-optimal split-split-plot designs for a quadratic model, by coordinate exchange.

Least mean prediction variance over the cube (Jones & Goos 2012, J. Qual. Technol. 44, 85) under
generalised least squares: ``V = I + Z_slurry Z_slurry' + Z_strip Z_strip'`` (variance ratios 1),
criterion ``tr((Σ F' V⁻¹ F)⁻¹ W)`` with W the moments of the model over the cube. The method is what
a textbook offers who knows the stages but has neither history nor a model beyond the quadratic.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np

LEVELS = np.linspace(-1.0, 1.0, 5)
RATIO = 1.0  # variance of a slurry and of a strip, over that of a run
STARTS = 4
SWEEPS = 12


def expand(X: np.ndarray) -> np.ndarray:
    """Quadratic model of recipes in [-1, 1], ``[n, d] -> [n, 1 + d + d(d + 1)/2]``."""
    d = X.shape[1]
    mixed = [X[:, i] * X[:, j] for i, j in combinations(range(d), 2)]
    return np.column_stack([np.ones(len(X)), X, *mixed, X**2])


def moments(d: int) -> np.ndarray:
    """Mean of ``f f'`` over the cube (three Gauss-Legendre nodes a factor: exact)."""
    nodes, weights = np.polynomial.legendre.leggauss(3)
    X = np.array(list(product(nodes, repeat=d)))
    w = np.prod(list(product(weights / 2, repeat=d)), axis=1)
    F = expand(X)
    return np.asarray(F.T @ (w[:, None] * F))


class _Slurry:
    """One slurry: solids, one gap per strip, one pressure per pass."""

    def __init__(self, passes: Sequence[int], rng: np.random.Generator) -> None:
        n = sum(passes)
        self.strip = np.repeat(np.arange(len(passes)), passes)
        same = self.strip[:, None] == self.strip[None, :]
        self.weight = np.linalg.inv(np.eye(n) + RATIO + RATIO * same)
        self.values = [rng.choice(LEVELS, 1), rng.choice(LEVELS, len(passes))]
        self.values.append(rng.choice(LEVELS, n))

    def recipes(self) -> np.ndarray:
        solids, gaps, pressures = self.values
        return np.column_stack([np.repeat(solids, len(pressures)), gaps[self.strip], pressures])

    def information(self) -> np.ndarray:
        F = expand(self.recipes())
        return np.asarray(F.T @ self.weight @ F)


def i_optimal(
    allocation: Sequence[Sequence[int]], start: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, float]:
    """The best of ``STARTS`` designs.

    Args:
        allocation: passes per strip, per slurry.
        start: recipes in [-1, 1] made before, each of a slurry of its own, ``[n0, 3]``.
        rng: source of chance.

    Returns:
        Recipes in [-1, 1] in the order of the allocation, ``[n, 3]``, and the criterion.
    """
    W = moments(3)
    before = expand(start).T @ expand(start) / (1 + 2 * RATIO) + 1e-9 * np.eye(len(W))
    tried = [_exchange(allocation, before, W, rng) for _ in range(STARTS)]
    value, slurries = min(tried, key=lambda pair: pair[0])
    return np.vstack([s.recipes() for s in slurries]), value


def _exchange(
    allocation: Sequence[Sequence[int]], before: np.ndarray, W: np.ndarray, rng: np.random.Generator
) -> tuple[float, list[_Slurry]]:
    """Coordinate exchange from a random design until nothing improves."""
    slurries = [_Slurry(passes, rng) for passes in allocation]
    parts = [s.information() for s in slurries]
    best = np.trace(np.linalg.solve(before + sum(parts), W))
    for _ in range(SWEEPS):
        started = best
        for k, slurry in enumerate(slurries):
            others = before + sum(parts[:k]) + sum(parts[k + 1 :])
            for values in slurry.values:
                for place in range(len(values)):
                    best = _improve(slurry, values, place, others, W, best)
            parts[k] = slurry.information()
        if best > started * (1 - 1e-6):
            break
    return best, slurries


def _improve(
    slurry: _Slurry, values: np.ndarray, place: int, others: np.ndarray, W: np.ndarray, best: float
) -> float:
    """Set one coordinate to its best level."""
    kept = values[place]
    for level in LEVELS:
        values[place] = level
        value = np.trace(np.linalg.solve(others + slurry.information(), W))
        if value < best * (1 - 1e-9):
            best, kept = value, level
    values[place] = kept
    return best
