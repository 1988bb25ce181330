"""Earlier lines that are wrong about how strongly the response reacts, or that hardly looked.

A damped line's gauge shows a part of every change, its noise included (or not: "noise stays"); a
reversed one shows it with the other sign. Another unit multiplies every value. A narrow line's rows
lie in a corner, a one-recipe line's at one recipe: what they tell is right, but little.
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
    """What is wrong with a line.

    Attributes:
        reaction: of the line to a change, relative to a right one.
        unit: factor on all recorded values.
        rows: where they lie: ``everywhere``, ``corner`` or ``one recipe``.
        noise_stays: the gauge's own noise is not damped or amplified.
    """

    reaction: float = 1.0
    unit: float = 1.0
    rows: str = "everywhere"
    noise_stays: bool = False


RIGHT = Fault()
DAMPED, UNIT, HUGE = Fault(0.01), Fault(unit=0.01), Fault(unit=1000.0)
RECIPE = Fault(rows="one recipe")
CASES: dict[str, tuple[Fault, ...]] = {
    "damped to 1 %": (DAMPED,),
    "damped to 10 %": (Fault(0.1),),
    "damped to 30 %": (Fault(0.3),),
    "damped to 3 %, noise stays": (Fault(0.03, noise_stays=True),),
    "amplified × 3": (Fault(3.0),),
    "amplified × 10": (Fault(10.0),),
    "amplified × 100": (Fault(100.0),),
    "reversed": (Fault(-1.0),),
    "reversed, damped to 30 %": (Fault(-0.3),),
    "reversed, damped to 3 %": (Fault(-0.03),),
    "narrow": (Fault(rows="corner"),),
    "narrow, damped to 10 %": (Fault(0.1, rows="corner"),),
    "one recipe": (RECIPE,),
    "other unit × 1000": (HUGE,),
    "other unit ÷ 1000": (Fault(unit=0.001),),
    "other unit ÷ 100": (UNIT,),
    "three lines damped to 10 %": (Fault(0.1),) * 3,
    "three lines at one recipe": (RECIPE,) * 3,
    "damped to 1 %, two right": (DAMPED, RIGHT, RIGHT),
    "amplified × 10, two right": (Fault(10.0), RIGHT, RIGHT),
    "reversed, damped to 10 %, two right": (Fault(-0.1), RIGHT, RIGHT),
    "one recipe, two right": (RECIPE, RIGHT, RIGHT),
    "other unit ÷ 100, two right": (UNIT, RIGHT, RIGHT),
    "other unit × 1000, two right": (HUGE, RIGHT, RIGHT),
    "damped to 1 %, other unit × 1000, one right": (DAMPED, HUGE, RIGHT),
}


def possible(case: str, scale: Scale) -> bool:
    """Whether such lines can be on this scale."""
    return scale == "linear" or max(abs(f.reaction) for f in CASES[case]) <= _LOG_LIMIT


def lines_with(surface: Surface, case: str) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Inputs and recorded values of every line of a case.

    Args:
        surface: of the target.
        case: of ``CASES``.
    """
    rng = np.random.default_rng([surface.seed, 33])
    pairs = zip(CASES[case], surface.lines, strict=False)
    return tuple(line_with(surface, truth, fault, rng) for fault, truth in pairs)


def line_with(
    surface: Surface, truth: Function, fault: Fault, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and recorded values of one line.

    Args:
        surface: of the target.
        truth: of the line, on the model scale.
        fault: what is wrong with it.
        rng: of everything random.
    """
    X = sobol(surface.dimension, ROWS, rng)
    if fault.rows == "corner":
        X = CORNER * X
    if fault.rows == "one recipe":
        X = np.repeat(X[:1], ROWS, axis=0)
    middle = float(truth(sobol(surface.dimension, 1024, rng)).mean())
    noise = surface.noise * rng.standard_normal(ROWS)
    shown = noise if fault.noise_stays else fault.reaction * noise
    values = middle + fault.reaction * (truth(X) - middle) + shown
    return X, surface.raw(values) * fault.unit
