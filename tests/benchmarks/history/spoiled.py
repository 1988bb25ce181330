"""Earlier lines that are wrong about how strongly the response reacts, or that hardly looked.

A damped line's gauge shows a part of every change, its noise included; a reversed one shows it
with the other sign. Another unit multiplies every value. A narrow line's rows lie in a corner, a
one-recipe line's at one recipe: what they tell is right, but little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.benchmarks.families import Function, sobol
from tests.benchmarks.history.surfaces import Scale, Surface

ROWS = 40
CORNER = 0.2  # edge of the corner that holds a narrow line's rows, in unit cubes
_LOG_LIMIT = 10.0  # a logarithm amplified further names values that no gauge shows


@dataclass(frozen=True)
class Fault:
    """What is wrong with the first of the lines.

    Attributes:
        name: for tables.
        reaction: of the line to a change, relative to a right one.
        unit: factor on all recorded values.
        rows: where they lie: ``everywhere``, ``corner`` or ``one recipe``.
        good: right lines beside it.
    """

    name: str
    reaction: float = 1.0
    unit: float = 1.0
    rows: str = "everywhere"
    good: int = 0

    def on(self, scale: Scale) -> bool:
        """Whether such a line can be on this scale."""
        return scale == "linear" or abs(self.reaction) <= _LOG_LIMIT


FAULTS = (
    Fault("damped to 1 %", 0.01),
    Fault("damped to 10 %", 0.1),
    Fault("damped to 30 %", 0.3),
    Fault("amplified × 3", 3.0),
    Fault("amplified × 10", 10.0),
    Fault("amplified × 100", 100.0),
    Fault("reversed", -1.0),
    Fault("reversed, damped to 30 %", -0.3),
    Fault("reversed, damped to 3 %", -0.03),
    Fault("narrow", rows="corner"),
    Fault("one recipe", rows="one recipe"),
    Fault("other unit × 1000", unit=1000.0),
    Fault("other unit ÷ 1000", unit=0.001),
    Fault("other unit ÷ 100", unit=0.01),
    Fault("damped to 1 % beside two good lines", 0.01, good=2),
    Fault("amplified × 10 beside two good lines", 10.0, good=2),
    Fault("reversed, damped to 10 % beside two good lines", -0.1, good=2),
    Fault("one recipe beside two good lines", rows="one recipe", good=2),
    Fault("other unit ÷ 100 beside two good lines", unit=0.01, good=2),
    Fault("other unit × 1000 beside two good lines", unit=1000.0, good=2),
)


def lines_with(surface: Surface, fault: Fault) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Inputs and recorded values of the spoiled line and the right ones beside it.

    Args:
        surface: of the target.
        fault: of the first line.
    """
    rng = np.random.default_rng([surface.seed, 33])
    bad, *good = surface.lines[: 1 + fault.good]
    X = _inputs(surface.dimension, fault.rows, rng)
    values = _measured(surface, bad, X, rng)
    middle = float(bad(sobol(surface.dimension, 1024, rng)).mean())
    spoiled = surface.raw(middle + fault.reaction * (values - middle)) * fault.unit
    found = [(X, spoiled)]
    for truth in good:
        X = sobol(surface.dimension, ROWS, rng)
        found.append((X, surface.raw(_measured(surface, truth, X, rng))))
    return tuple(found)


def _inputs(dimension: int, where: str, rng: np.random.Generator) -> np.ndarray:
    X = sobol(dimension, ROWS, rng)
    if where == "corner":
        return CORNER * X
    return np.repeat(X[:1], ROWS, axis=0) if where == "one recipe" else X


def _measured(
    surface: Surface, truth: Function, X: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    return np.asarray(truth(X) + surface.noise * rng.standard_normal(len(X)))
