"""What is nearly the same as a recipe that somebody does not want.

Who says "not this one" does not want the next set-point of the machine either, nor a run whose
results could not be told from it. Alike is a recipe

- all of whose settings lie within a twentieth of their ranges, with the same categories; or
- whose results are known to be the same: the expected squared difference of every response,
  ``(μ − μ')² + var(f − f')``, is below the noise variance of a single measurement. A difference
  in a factor that moves nothing makes no other run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.conditioning.points import SharedPoints
from designer.acquisition.conditioning.surfaces import make_surface
from designer.acquisition.posterior import Posterior
from designer.models.arrays import BoolArray, FloatArray

if TYPE_CHECKING:
    from designer.models.encoding import Space

NEAR = 0.05  # of the range of every factor (assumption)
_PART = 8192  # points that are compared at a time


def near(X: FloatArray, other: FloatArray, space: Space, factors: Sequence[str]) -> BoolArray:
    """Which points have all settings close to those of another one, ``[n]``.

    Args:
        X: encoded points, ``[n, D]``.
        other: encoded point, ``[D]``.
        space: encoding of the inputs.
        factors: names of those that are set.
    """
    chosen = [k for k, axis in enumerate(space.axes) if axis.name in set(factors)]
    columns = np.isin(space.groups, chosen)
    return np.asarray(np.all(np.abs(X[:, columns] - other[columns]) <= NEAR + 1e-9, axis=1))


def same_results(
    posteriors: Mapping[str, Posterior], X: FloatArray, others: FloatArray
) -> BoolArray:
    """Which points are known to give what any of some others gives, ``[n]``.

    Args:
        posteriors: belief per response; none: nothing is known to be the same.
        X: encoded points, ``[n, D]``.
        others: encoded points, ``[q, D]``.
    """
    alike = np.full((len(X), len(others)), bool(posteriors))
    region = SharedPoints(np.vstack([X, others]))
    those = np.arange(len(X), len(region.X))
    for posterior in posteriors.values():
        surface = make_surface(posterior, region)
        there = surface.at(those)
        for start in range(0, len(X), _PART):
            rows = np.arange(start, min(start + _PART, len(X)))
            here = surface.at(rows)
            shared = np.asarray(surface.covariance(here, there), dtype=np.float64)
            spread = here.variance[:, None] + there.variance - 2.0 * shared
            apart = (here.mean[:, None] - there.mean) ** 2 + np.maximum(spread, 0.0)
            alike[rows] &= apart < there.noise
    return np.asarray(alike.any(axis=1))
