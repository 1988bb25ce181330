"""Families of related test functions: one target line, three earlier lines, one of them unrelated.

Base functions on the unit cube: Forrester (Forrester, Sobester & Keane 2008, p. 197), Branin
(Dixon & Szego 1978) and Hartmann-3 and -6 (Hartmann 1973), each standardised to spread 1. A line's
truth is ``gain · base(stretch · (x - 0.5) + 0.5 + shift) + offset``; the unrelated line is a draw
of a smooth random function. How far lines differ is an assumption (`Difference`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

Function = Callable[[np.ndarray], np.ndarray]

NOISE = 0.03  # sd of a measurement, share of the base function's spread
ROWS = 40  # per earlier line
POINTS = 512  # where figures are taken


@dataclass(frozen=True)
class Difference:
    """Random differences between lines (standard deviations; assumptions)."""

    shift: float = 0.03  # of x, in unit cubes
    stretch: float = 0.05  # of x, relative
    gain: float = 0.10  # of y, relative
    offset: float = 0.20  # of y, in spreads


@dataclass(frozen=True)
class Problem:
    """One seed of one family.

    Attributes:
        name: name of the family.
        dimension: number of inputs d.
        target: noise-free response of the target line, ``[n, d] -> [n]``.
        runs: target inputs in the order they are made, ``[24, d]``.
        results: their measured values, ``[24]``.
        lines: inputs ``[40, d]`` and measured values ``[40]`` of the earlier lines.
        points: ``[512, d]`` where figures are taken.
        log_scale: the response is positive and of ratio scale (told to our models only).
        noise_sd: repeatability, where it is known (told to our models only).
    """

    name: str
    dimension: int
    target: Function
    runs: np.ndarray
    results: np.ndarray
    lines: tuple[tuple[np.ndarray, np.ndarray], ...]
    points: np.ndarray
    log_scale: bool = False
    noise_sd: float | None = None


def forrester(X: np.ndarray) -> np.ndarray:
    x = X[:, 0]
    return (6.0 * x - 2.0) ** 2 * np.sin(12.0 * x - 4.0)


def branin(X: np.ndarray) -> np.ndarray:
    a, b = 15.0 * X[:, 0] - 5.0, 15.0 * X[:, 1]
    bowl = (b - 5.1 / (4.0 * np.pi**2) * a**2 + 5.0 / np.pi * a - 6.0) ** 2
    return bowl + 10.0 * (1.0 - 1.0 / (8.0 * np.pi)) * np.cos(a) + 10.0


_HARTMANN_A = np.array([[3.0, 10, 30], [0.1, 10, 35], [3.0, 10, 30], [0.1, 10, 35]])
_HARTMANN_P = 1e-4 * np.array(
    [[3689.0, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547], [381, 5743, 8828]]
)


def hartmann3(X: np.ndarray) -> np.ndarray:
    distance = np.square(X[:, None, :] - _HARTMANN_P) * _HARTMANN_A
    return np.asarray(-np.exp(-distance.sum(axis=2)) @ np.array([1.0, 1.2, 3.0, 3.2]))


_HARTMANN6_A = np.array(
    [
        [10.0, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3.0, 3.5, 1.7, 10, 17, 8],
        [17.0, 8, 0.05, 10, 0.1, 14],
    ]
)
_HARTMANN6_P = 1e-4 * np.array(
    [
        [1312.0, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ]
)


def hartmann6(X: np.ndarray) -> np.ndarray:
    distance = np.square(X[:, None, :] - _HARTMANN6_P) * _HARTMANN6_A
    return np.asarray(-np.exp(-distance.sum(axis=2)) @ np.array([1.0, 1.2, 3.0, 3.2]))


FAMILIES: dict[str, tuple[Function, int]] = {
    "forrester": (forrester, 1),
    "branin": (branin, 2),
    "hartmann3": (hartmann3, 3),
    "hartmann6": (hartmann6, 6),
}


def sobol(dimension: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """The first ``count`` points of a scrambled Sobol sequence, ``[count, dimension]``."""
    power = int(np.ceil(np.log2(max(count, 2))))
    return qmc.Sobol(dimension, scramble=True, rng=rng).random_base2(power)[:count]


def standardised(function: Function, dimension: int) -> Function:
    """The function with mean 0 and spread 1 over the unit cube."""
    values = function(sobol(dimension, 4096, np.random.default_rng(0)))
    mean, spread = values.mean(), values.std()
    return lambda X: (function(X) - mean) / spread


def random_smooth(dimension: int, rng: np.random.Generator, lengthscale: float = 0.35) -> Function:
    """A draw of a smooth Gaussian process (64 random Fourier features), spread about 1."""
    frequency = rng.standard_normal((dimension, 64)) / lengthscale
    phase = rng.uniform(0.0, 2.0 * np.pi, 64)
    weight = rng.standard_normal(64) / np.sqrt(32.0)
    return lambda X: np.cos(X @ frequency + phase) @ weight


def related(
    base: Function, dimension: int, rng: np.random.Generator, difference: Difference
) -> Function:
    """A randomly shifted, stretched and scaled copy of the base function."""
    shift = difference.shift * rng.standard_normal(dimension)
    stretch = np.exp(difference.stretch * rng.standard_normal(dimension))
    gain = np.exp(difference.gain * rng.standard_normal())
    offset = difference.offset * rng.standard_normal()
    return lambda X: gain * base(stretch * (X - 0.5) + 0.5 + shift) + offset


def make_problem(
    family: str, seed: int, *, misleading: int = 1, difference: Difference | None = None
) -> Problem:
    """One problem: everything random comes from (family, seed).

    Args:
        family: a key of ``FAMILIES``.
        seed: any integer ≥ 0.
        misleading: how many of the three earlier lines are unrelated to the target.
        difference: how far related lines differ.
    """
    function, dimension = FAMILIES[family]
    rng = np.random.default_rng([seed, list(FAMILIES).index(family)])
    base = standardised(function, dimension)
    difference = difference or Difference()
    target = related(base, dimension, rng, difference)
    lines = []
    for k in range(3):
        truth = related(base, dimension, rng, difference)
        if k < misleading:
            truth = random_smooth(dimension, rng)
        X = sobol(dimension, ROWS, rng)
        lines.append((X, truth(X) + NOISE * rng.standard_normal(ROWS)))
    runs = sobol(dimension, 24, rng)
    results = target(runs) + NOISE * rng.standard_normal(24)
    points = sobol(dimension, POINTS, rng)
    return Problem(family, dimension, target, runs, results, tuple(lines), points)
