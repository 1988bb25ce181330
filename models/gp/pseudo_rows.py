"""What a few pseudo-rows of a long earlier line stand for, beyond their values.

The pseudo-rows are values of the line's surface at some of its own points, with correlated noise
(``line_gp``). What all its measurements say about noise and batch effects, and the pseudo-rows
do not, is one more term of the negative log likelihood, quadratic in
``u = (ln noise factor, ln σ_w² per stage)``: ``g'(u - û) + ½ (u - û)'H(u - û)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import block_diag

from designer.models.arrays import FloatArray, IntArray
from designer.models.gp.hyperparameters import Layout


@dataclass(frozen=True, eq=False)
class Summary:
    """One long line in short.

    Attributes:
        points: rows of the line whose points the pseudo-rows have, ascending, ``[M]``.
        values: the surface there, ``[M]``, model scale.
        noise: covariance of their noise per unit of the line's noise factor, ``[M, M]``.
        stages: stages whose batches the line's rows shared, ``[k]`` of them.
        at: û, ``[1 + k]``.
        slope: g, ``[1 + k]``.
        curvature: H, positive semi-definite, ``[1 + k, 1 + k]``.
        doubted: rows of the line that contradict all its others and were left out.
    """

    points: IntArray
    values: FloatArray
    noise: FloatArray
    stages: tuple[int, ...]
    at: FloatArray
    slope: FloatArray
    curvature: FloatArray
    doubted: IntArray

    def to_json(self) -> dict[str, Any]:
        """Plain lists; numbers come back exactly."""
        return {name: np.asarray(value).tolist() for name, value in vars(self).items()}

    @classmethod
    def from_json(cls, found: object, rows: int) -> Summary | None:
        """What ``to_json`` gave; None when it cannot be that of a line with so many rows."""
        if not isinstance(found, Mapping):
            return None
        try:
            points, doubted = (np.array(found[k], dtype=np.int64) for k in ("points", "doubted"))
            numbers = ("values", "noise", "at", "slope", "curvature")
            values, noise, at, slope, curvature = (
                np.array(found[name], dtype=np.float64) for name in numbers
            )
            stages = tuple(int(stage) for stage in found["stages"])
        except (KeyError, TypeError, ValueError, OverflowError):
            return None
        m, k = len(points), 1 + len(stages)
        shapes = [a.shape for a in (values, noise, at, slope, curvature)]
        if shapes != [(m,), (m, m), (k,), (k,), (k, k)] or doubted.ndim != 1:
            return None
        named = np.concatenate([points, doubted])
        finite = all(np.isfinite(a).all() for a in (values, noise, at, slope, curvature))
        if m == 0 or named.min() < 0 or named.max() >= rows or not finite:
            return None
        return cls(points, values, noise, stages, at, slope, curvature, doubted)


class PseudoRowLikelihood:
    """What all summaries say about noise and batch effects: one quadratic function of θ.

    Args:
        summaries: by line position.
        layout: the hyperparameters.
    """

    def __init__(self, summaries: Mapping[int, Summary], layout: Layout) -> None:
        level, own = layout.where("mu_s")[0], layout.where("eta")
        effects = layout.where("ln_sigma_w")
        maps = []  # u of each line as a linear map of θ
        for position, summary in summaries.items():
            u = np.zeros((len(summary.at), len(layout.names)))
            u[0, [level, own[position]]] = 1.0
            for k, stage in enumerate(summary.stages, start=1):
                u[k, effects[layout.stages.index(stage)]] = 2.0
            maps.append(u)
        self._map = np.concatenate(maps)
        self._at = np.concatenate([summary.at for summary in summaries.values()])
        self._slope = np.concatenate([summary.slope for summary in summaries.values()])
        self._curvature = block_diag(*(summary.curvature for summary in summaries.values()))

    def __call__(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Value and gradient ``[k]``."""
        away = self._map @ theta - self._at
        pull = self._curvature @ away
        value = float(self._slope @ away + 0.5 * (away @ pull))
        return value, np.asarray((self._slope + pull) @ self._map)
