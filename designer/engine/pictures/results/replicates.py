"""Recipes that were measured more than once: how far their results lie apart, and the odd one."""

from __future__ import annotations

from typing import Final

import numpy as np

from designer.engine.fitted_campaign import FittedCampaign
from designer.engine.pictures.answers import Replicates
from designer.engine.training_rows.training_set import training_runs
from designer.models.arrays import FloatArray

_FAR: Final = 3.5
"""Modified z-score from which a value is odd (Iglewicz & Hoaglin 1993, How to Detect Outliers)."""
_SCORE: Final = 0.6745  # of a normal distribution's median absolute deviation in standard ones


def replicates(fitted: FittedCampaign, name: str) -> list[Replicates]:
    """Groups of results of the same recipe, in the order they came.

    Args:
        fitted: the campaign and what was learned.
        name: of the response.
    """
    groups: dict[tuple[object, ...], list[tuple[str, float]]] = {}
    recipes = {}
    for run in training_runs(fitted.state):
        recipe = {**run.given, **run.used}
        key: tuple[object, ...] = tuple(sorted(recipe.items()))
        recipes[key] = dict(run.used)
        groups.setdefault(key, []).extend((run.id, value) for value in run.values(name))
    noise = noise_sd(fitted, name)
    found: list[Replicates] = []
    for key, results in groups.items():
        if len(results) < 2:
            continue
        values = np.array([value for _, value in results])
        found.append(
            {
                "runs": [run for run, _ in results],
                "settings": recipes[key],
                "values": values.tolist(),
                "mean": float(values.mean()),
                "sd": float(values.std(ddof=1)),
                "odd": _odd(values, noise),
            }
        )
    return found


def _odd(values: FloatArray, noise: float) -> int | None:
    """The place of a value far from the others; of two nobody can tell which it is."""
    if len(values) < 3:
        return None
    away = np.abs(values - np.median(values))
    # never less than the noise: of three that agree by chance the third is not odd
    spread = max(float(np.median(away)) / _SCORE, noise)
    worst = int(away.argmax())
    return worst if spread > 0 and _SCORE * away[worst] / spread > _FAR * _SCORE else None


def noise_sd(fitted: FittedCampaign, name: str) -> float:
    """Standard deviation of one measurement in the response's unit, where it typically is."""
    known = fitted.averaged[name]
    data = fitted.posteriors[name].fitted.data
    own = data.X[data.target]
    X = own if len(own) else data.X
    mean = np.array([float(np.median(known.mean(X)))])
    return float(known.to_raw(mean, known.noise_given(mean))[1][0])
