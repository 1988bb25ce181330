"""Targets with three related lines, on the scale the model works on: what lines are spoiled from.

Branin, Hartmann-3 and smooth random functions in two to four inputs (lines differ as in
`families.Difference`); the mass loading and the porosity of the twin, whose lines differ as its
scenarios do. Linear and logarithmic responses; the twin's are both positive and may be either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from designer.twin.factors import BASE_FACTORS, TwinOptions
from designer.twin.lines import TwinLine
from designer.twin.scenario import scenario
from tests.benchmarks.families import (
    FAMILIES,
    NOISE,
    POINTS,
    Difference,
    Function,
    Problem,
    random_smooth,
    related,
    sobol,
    standardised,
)

Scale: TypeAlias = Literal["linear", "log"]

TWIN = {"loading": "mass_loading", "porosity": "porosity"}
NAMES = ("branin", "hartmann3", "smooth", *TWIN)
MOST_RUNS = 24
_LINEAR = (40.0, 5.0)  # centre and spread of the synthetic responses, a porosity in %
_LOG = (np.log(20.0), 0.5)  # of their logarithms, a loading


@dataclass(frozen=True)
class Surface:
    """A target and its lines.

    Attributes:
        name: of the family and the scale.
        dimension: number of inputs d.
        scale: of the response.
        truth: of the target on the model scale, ``[n, d] -> [n]``.
        lines: of three related lines on the model scale.
        spread: of the target over the cube, on the model scale.
        seed: where everything random comes from.
    """

    name: str
    dimension: int
    scale: Scale
    truth: Function
    lines: tuple[Function, ...]
    spread: float
    seed: int

    @property
    def noise(self) -> float:
        """Standard deviation of a measurement, on the model scale."""
        return NOISE * self.spread

    def raw(self, values: np.ndarray) -> np.ndarray:
        """From the model scale to what is recorded."""
        return np.exp(values) if self.scale == "log" else values


def make_surface(family: str, scale: Scale, seed: int) -> Surface:
    """One target: everything random comes from (family, seed).

    Args:
        family: of ``NAMES``.
        scale: of the response.
        seed: any integer ≥ 0.
    """
    rng = np.random.default_rng([seed, NAMES.index(family), 31])
    if family in TWIN:
        dimension, functions = len(BASE_FACTORS), _of_twin(TWIN[family], scale, seed)
    else:
        dimension, functions = _synthetic(family, scale, seed, rng)
    spread = float(functions[0](sobol(dimension, 1024, rng)).std())
    name = f"{family} {scale}"
    return Surface(name, dimension, scale, functions[0], tuple(functions[1:]), spread, seed)


def _synthetic(
    family: str, scale: Scale, seed: int, rng: np.random.Generator
) -> tuple[int, list[Function]]:
    if family == "smooth":
        dimension = 2 + seed % 3
        base = standardised(random_smooth(dimension, rng, 0.5), dimension)
    else:
        function, dimension = FAMILIES[family]
        base = standardised(function, dimension)
    centre, size = _LOG if scale == "log" else _LINEAR
    return dimension, [
        _scaled(related(base, dimension, rng, Difference()), centre, size) for _ in range(4)
    ]


def _scaled(function: Function, centre: float, size: float) -> Function:
    return lambda X: centre + size * function(X)


def _of_twin(response: str, scale: Scale, seed: int) -> list[Function]:
    earlier, target = scenario(seed, "related")
    factors = {f.name: f for f in TwinOptions().factors}
    low = np.array([factors[name].low for name in BASE_FACTORS])
    span = np.array([factors[name].high for name in BASE_FACTORS]) - low

    def of(line: TwinLine) -> Callable[[np.ndarray], np.ndarray]:
        def truth(X: np.ndarray) -> np.ndarray:
            recipes = {name: low[i] + span[i] * X[:, i] for i, name in enumerate(BASE_FACTORS)}
            values = np.asarray(line.truth(recipes)[response])
            return np.asarray(np.log(values)) if scale == "log" else values

        return truth

    return [of(target), *(of(old.line) for old in earlier)]


def problem_of(surface: Surface, lines: tuple[tuple[np.ndarray, np.ndarray], ...]) -> Problem:
    """The target's runs and the lines' rows as they are recorded.

    Args:
        surface: the target.
        lines: inputs and recorded values per earlier line.
    """
    rng = np.random.default_rng([surface.seed, NAMES.index(surface.name.split()[0]), 32])
    runs = sobol(surface.dimension, MOST_RUNS, rng)
    measured = surface.truth(runs) + surface.noise * rng.standard_normal(MOST_RUNS)
    return Problem(
        surface.name,
        surface.dimension,
        lambda X: surface.raw(surface.truth(X)),
        runs,
        surface.raw(measured),
        lines,
        sobol(surface.dimension, POINTS, rng),
        log_scale=surface.scale == "log",
    )
