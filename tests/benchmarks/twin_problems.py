"""The built-in pilot-line twin as a benchmark problem: one response at a time, recipes by Sobol.

Every run has its own slurry, as in the families; the twin's own noise and batch effects apply.
"""

from __future__ import annotations

import numpy as np
from families import POINTS, ROWS, Problem, sobol

from designer.models.twin import ScenarioKind, scenario
from designer.models.twin_factors import BASE_FACTORS, TwinOptions

RESPONSES = {
    "twin loading": "mass_loading",
    "twin porosity": "porosity",
    "twin adhesion": "adhesion",
}
LOG = {"mass_loading": True, "porosity": False, "adhesion": True}  # as the specification resolves
KINDS: dict[int, ScenarioKind] = {0: "related", 1: "one_misleading", 3: "all_misleading"}


def make_twin_problem(name: str, seed: int, *, misleading: int) -> Problem:
    """One response of one twin scenario.

    Args:
        name: a key of ``RESPONSES``.
        seed: any integer ≥ 0.
        misleading: 0, 1 or 3 (then all three agree with each other) of the earlier lines.
    """
    response = RESPONSES[name]
    earlier, line = scenario(seed, KINDS[misleading], rows=ROWS)
    factors = {factor.name: factor for factor in TwinOptions().factors}
    bounds = np.array([(factors[f].low, factors[f].high) for f in BASE_FACTORS])
    low, span = bounds[:, 0], bounds[:, 1] - bounds[:, 0]

    def recipes(X: np.ndarray) -> dict[str, np.ndarray]:
        return {f: low[i] + span[i] * X[:, i] for i, f in enumerate(BASE_FACTORS)}

    def encoded(data: dict[str, object]) -> np.ndarray:
        values = np.column_stack([np.asarray(data[f], dtype=float) for f in BASE_FACTORS])
        return (values - low) / span

    rng = np.random.default_rng([seed, 77])
    runs, points = sobol(len(low), 24, rng), sobol(len(low), POINTS, rng)
    results = line.campaign(seed).make(recipes(runs))[response]
    lines = tuple((encoded(old.data), np.asarray(old.data[response])) for old in earlier)
    return Problem(
        name=name,
        dimension=len(low),
        target=lambda X: line.truth(recipes(X))[response],
        runs=runs,
        results=results,
        lines=lines,
        points=points,
        log_scale=LOG[response],
    )
